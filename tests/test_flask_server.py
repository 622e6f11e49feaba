"""A Flask site under waitress: every answer is equal with Werkzeug's router and with trieroute."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from serving import SITES, Response, Site, served

SITE = str(SITES / "flask_site.py")


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Site]]:
    folder = tmp_path_factory.mktemp("static")
    (folder / "a b.css").write_text("body {}")
    (folder / "deep").mkdir()
    (folder / "deep" / "x.txt").write_text("x" * 1000)
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


def header(response: Response, name: str) -> str | None:
    return next((value for key, value in response.headers if key.lower() == name), None)


@pytest.mark.parametrize(
    ("method", "target", "host", "status", "endpoint"),
    [
        ("GET", "/", "site.example", 200, "index"),
        ("HEAD", "/", "site.example", 200, "index"),
        ("OPTIONS", "/", "site.example", 200, "index"),
        ("POST", "/", "site.example", 405, "None"),
        ("GET", "/?token=wrong", "site.example", 403, "index"),
        ("GET", "/?q=%C3%A9", "SITE.example:80", 200, "index"),
        ("GET", "/", "ann.site.example", 200, "user"),
        ("GET", "/", "a.b.site.example", 200, "user"),
        ("GET", "/tags/a+b/", "site.example", 200, "tags"),
        ("GET", "/tags/a+b", "site.example", 308, "None"),
        ("POST", "/tags/a+b?x=1", "site.example", 308, "None"),
        ("POST", "/tags/%C3%A9+%2B/", "site.example", 200, "tags"),
        ("DELETE", "/tags/a/", "site.example", 405, "None"),
        ("GET", "/files/a/b%20c/d.txt", "site.example", 200, "file"),
        ("GET", "/files/%2Fa%3F%23", "site.example", 308, "None"),
        ("GET", "/files/a%0Ab", "site.example", 404, "None"),
        ("GET", "/files//a", "site.example", 308, "None"),
        ("GET", "//files/a", "site.example", 200, "file"),
        ("GET", "/files/", "site.example", 404, "None"),
        ("GET", "/numbers/12", "site.example", 200, "number"),
        ("GET", "/numbers/1.5", "site.example", 200, "number"),
        ("GET", "/numbers/-1", "site.example", 404, "None"),
        ("GET", "/numbers/12/", "site.example", 404, "None"),
        ("GET", "/pages/", "site.example", 200, "pages"),
        ("GET", "/pages/1?x=%20", "site.example", 308, "None"),
        ("GET", "/pages/2", "site.example", 200, "pages"),
        ("GET", "/pages", "site.example", 308, "None"),
        ("GET", "/plain", "site.example", 200, "plain"),
        ("OPTIONS", "/plain", "site.example", 405, "None"),
        ("GET", "/fails", "site.example", 200, "fails"),
        ("GET", "/item/3", "site.example", 200, "item"),
        ("PUT", "/item/3", "site.example", 200, "item"),
        ("PATCH", "/item/3", "site.example", 405, "None"),
        ("OPTIONS", "/item/3", "site.example", 200, "item"),
        ("GET", "/old/3?x=1", "site.example", 308, "None"),
        ("GET", "/mounted/x", "site.example", 200, "mounted"),
        ("GET", "/en/blog/", "site.example", 200, "blog.posts"),
        ("GET", "/en/blog", "site.example", 308, "None"),
        ("GET", "/en/blog/3", "site.example", 200, "blog.show"),
        ("GET", "/en/blog/x", "site.example", 404, "None"),
        (
            "GET",
            "/v1/things/6ba7b810-9dad-11d1-80b4-00c04fd430c8",
            "api.site.example",
            200,
            "api.thing",
        ),
        ("GET", "/v1/things/nope", "api.site.example", 404, "None"),
        ("GET", "/v1/things", "site.example", 404, "None"),
        ("GET", "/static/a%20b.css", "site.example", 200, "static"),
        ("HEAD", "/static/deep/x.txt", "site.example", 200, "static"),
        ("GET", "/static/../flask_site.py", "site.example", 404, "static"),
        ("GET", "/static/none.css", "site.example", 404, "static"),
        ("POST", "/static/a%20b.css", "site.example", 405, "None"),
        ("GET", "/nope/%FF", "site.example", 404, "None"),
    ],
)
def test_answers_are_equal(
    sites: dict[str, Site], method: str, target: str, host: str, status: int, endpoint: str
) -> None:
    body = "body" if method in ("POST", "PUT") else None
    answers = {
        name: site.request(target, method, {"Host": host}, body) for name, site in sites.items()
    }
    plain = answers["plain"]
    assert (plain.status, header(plain, "x-endpoint")) == (status, endpoint)
    assert answers["installed"] == plain
    assert answers["patched"] == plain


def test_urls(sites: dict[str, Site]) -> None:
    for site in sites.values():
        assert site.request("/").body.decode().split() == [
            "/en/blog/3#x%20y",
            "/static/a%20b.css",
            "http://ann.site.example/?page=2",
            "https://site.example/?tag=a&amp;tag=b",
        ]


def test_part_of_a_static_file(sites: dict[str, Site]) -> None:
    answers = [
        site.request("/static/deep/x.txt", headers={"Range": "bytes=0-9"})
        for site in sites.values()
    ]
    assert (answers[0].status, answers[0].body) == (206, b"x" * 10)
    assert answers[1:] == answers[:1] * 2


def test_static_file_that_was_not_changed(sites: dict[str, Site]) -> None:
    etag = header(sites["plain"].request("/static/a%20b.css"), "etag")
    assert etag is not None
    for site in sites.values():
        answer = site.request("/static/a%20b.css", headers={"If-None-Match": etag})
        assert (answer.status, answer.body) == (304, b"")


def test_only_intended_difference(sites: dict[str, Site]) -> None:
    # The converter refuses capital letters: trieroute tries the next rule, as documented.
    statuses = {name: site.request("/tags/A/").status for name, site in sites.items()}
    assert statuses == {"plain": 404, "installed": 200, "patched": 200}
