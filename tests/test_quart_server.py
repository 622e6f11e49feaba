"""A Quart site under hypercorn: every answer is equal with Werkzeug's router and with trieroute."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from serving import PATIENCE, SITES, Site, served

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


def talk(site: Site, path: str, host: str, texts: list[str], count: int) -> list[str | bytes]:
    """Send texts over a WebSocket and return the first answers."""
    with connect(
        f"ws://{host}{path}",
        sock=_connection(site.port),
        proxy=None,
        open_timeout=PATIENCE,
        close_timeout=PATIENCE,
    ) as websocket:
        for text in texts:
            websocket.send(text)
        return [websocket.recv(timeout=PATIENCE) for _ in range(count)]


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
        assert talk(site, "/live/a%20b", "site.example", ["one", "two"], 2) == [
            "a b /live/<room> one",
            "a b /live/<room> two",
        ]


def test_websocket_on_a_subdomain(sites: dict[str, Site]) -> None:
    for site in sites.values():
        assert talk(site, "/", "ann.site.example", [], 1) == ["live ann"]


@pytest.mark.parametrize("path", ["/nope", "/pages/2", "/live/"])
def test_websocket_that_no_rule_takes(sites: dict[str, Site], path: str) -> None:
    statuses = []
    for site in sites.values():
        with pytest.raises(InvalidStatus) as caught:
            talk(site, path, "site.example", [], 0)
        statuses.append(caught.value.response.status_code)
    assert statuses[1:] == statuses[:1] * 2
    assert statuses[0] in (400, 403, 404)


def _connection(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
