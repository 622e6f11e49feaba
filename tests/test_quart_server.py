"""A Quart site under hypercorn: every answer is equal with Werkzeug's router and with trieroute."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from websockets.exceptions import InvalidStatus

from serving import SITES, Site, served

SITE = str(SITES / "quart_site.py")


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Site]]:
    folder = tmp_path_factory.mktemp("static")
    (folder / "a b.css").write_text("body {}")
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(served(*arguments, str(folder), *options))
            for name, arguments, options in (
                ("plain", (SITE,), ()),
                ("installed", (SITE,), ("install",)),
                ("patched", ("-m", "trieroute", "run", SITE), ()),
            )
        }


def test_routers(sites: dict[str, Site]) -> None:
    assert {name: site.router for name, site in sites.items()} == {
        "plain": "werkzeug",
        "installed": "trieroute",
        "patched": "trieroute",
    }


@pytest.mark.parametrize(
    ("method", "target", "host", "status"),
    [
        ("GET", "/", "site.example", 200),
        ("HEAD", "/", "site.example", 200),
        ("OPTIONS", "/", "site.example", 200),
        ("POST", "/", "site.example", 405),
        ("GET", "/", "ann.site.example", 200),
        ("GET", "/", "a.b.site.example", 200),
        ("GET", "/pages/", "site.example", 200),
        ("POST", "/pages/", "site.example", 200),
        ("GET", "/pages/1", "site.example", 308),
        ("GET", "/pages/2", "site.example", 200),
        ("GET", "/pages?x=%20", "site.example", 308),
        ("GET", "/blog/3/", "site.example", 200),
        ("GET", "/blog/3?x=1", "site.example", 308),
        ("GET", "/blog//3/", "site.example", 308),
        ("GET", "/live/room", "site.example", 400),
        ("GET", "/static/a%20b.css", "site.example", 200),
        ("GET", "/static/none.css", "site.example", 404),
        ("GET", "/nope", "site.example", 404),
    ],
)
def test_answers_are_equal(
    sites: dict[str, Site], method: str, target: str, host: str, status: int
) -> None:
    answers = {name: site.request(target, method, {"Host": host}) for name, site in sites.items()}
    assert answers["plain"].status == status
    assert answers["installed"] == answers["plain"]
    assert answers["patched"] == answers["plain"]


def test_websocket(sites: dict[str, Site]) -> None:
    for site in sites.values():
        assert site.talk("/live/a%20b", ["one", "two"], answers=2) == [
            "a b /live/<room> one",
            "a b /live/<room> two",
        ]


def test_websocket_on_a_subdomain(sites: dict[str, Site]) -> None:
    for site in sites.values():
        assert site.talk("/", host="ann.site.example") == ["live ann"]


@pytest.mark.parametrize("path", ["/nope", "/pages/2", "/live/"])
def test_websocket_that_no_rule_takes(sites: dict[str, Site], path: str) -> None:
    statuses = []
    for site in sites.values():
        with pytest.raises(InvalidStatus) as caught:
            site.talk(path)
        statuses.append(caught.value.response.status_code)
    assert statuses[1:] == statuses[:1] * 2
    assert statuses[0] in (400, 403, 404)
