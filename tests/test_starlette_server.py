"""Starlette and FastAPI sites under uvicorn: every answer is equal with and without trieroute.

Each runs with both of uvicorn's parsers, once at the root and once with ``--root-path``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from websockets.exceptions import InvalidStatus

from serving import SITES, Site, raw_request, served

SITE = str(SITES / "starlette_site.py")


KINDS = ("starlette", "fastapi")
#: The root path by the parser of HTTP.
ROOTS = {"h11": "", "httptools": "/app"}
#: The site without trieroute, and the one with it.
Pair = tuple[Site, Site]


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[tuple[str, str], Pair]]:
    folder = tmp_path_factory.mktemp("static")
    (folder / "a b.css").write_text("body {}")
    with ExitStack() as stack:

        def start(kind: str, option: str, parser: str) -> Site:
            arguments = kind, str(folder), option, parser, ROOTS[parser]
            return stack.enter_context(served(SITE, *arguments))

        yield {
            (kind, parser): (start(kind, "plain", parser), start(kind, "speedup", parser))
            for kind in KINDS
            for parser in ROOTS
        }


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(params=list(ROOTS))
def parser(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def pair(sites: dict[tuple[str, str], Pair], kind: str, parser: str) -> Pair:
    return sites[kind, parser]


def test_routers(pair: Pair) -> None:
    assert [site.router for site in pair] == ["builtins", "trieroute"]


@pytest.mark.parametrize(
    ("method", "target", "host", "starlette", "fastapi"),
    [
        ("GET", "/", "site.example", 200, 200),
        ("HEAD", "/", "site.example", 200, 405),
        ("OPTIONS", "/", "site.example", 405, 405),
        ("POST", "/", "site.example", 405, 405),
        ("GET", "/items/7", "site.example", 200, 200),
        ("GET", "/items/7?q=%C3%A9", "site.example", 200, 200),
        ("POST", "/items/7", "site.example", 200, 200),
        ("DELETE", "/items/7", "site.example", 405, 405),
        ("OPTIONS", "/items/7", "site.example", 405, 405),
        ("GET", "/items/7/", "site.example", 307, 307),
        ("POST", "/items/7/?x=1", "site.example", 307, 307),
        ("GET", "/items", "site.example", 307, 404),
        ("GET", "/items/%D9%A7", "site.example", 200, 422),
        ("GET", "/items/caf%C3%A9", "site.example", 200, 422),
        ("GET", "/items/a%2Fb", "site.example", 404, 404),
        ("GET", "/items/a%20b", "site.example", 200, 422),
        ("GET", "/items/7%0A", "site.example", 200, 200),
        ("GET", "/any%0A", "site.example", 200, 200),
        ("GET", "/Items/7", "site.example", 404, 404),
        ("GET", "//items/7", "site.example", 404, 404),
        ("GET", "/files/a/b%20c/%C3%A9.txt", "site.example", 200, 200),
        ("GET", "/files/", "site.example", 200, 200),
        ("GET", "/files//a", "site.example", 200, 200),
        ("GET", "/files/../any", "site.example", 200, 200),
        ("GET", "/files/%2E%2E/any", "site.example", 200, 200),
        ("GET", "/any/../items/7", "site.example", 404, 404),
        ("HEAD", "/any", "site.example", 200, 405),
        ("POST", "/any", "site.example", 200, 200),
        ("GET", "/api/7", "site.example", 200, 404),
        ("DELETE", "/api/7", "site.example", 200, 404),
        ("PUT", "/api/7", "site.example", 405, 404),
        ("GET", "/api/7/x/y", "site.example", 200, 404),
        ("GET", "/api", "site.example", 307, 404),
        ("GET", "/api/v1/users/ann", "site.example", 200, 200),
        ("POST", "/api/v1/users/ann", "site.example", 405, 405),
        ("GET", "/users/ann?limit=3", "site.example", 404, 200),
        ("GET", "/users/ann?limit=x", "site.example", 404, 422),
        ("GET", "/users/ann/", "site.example", 404, 307),
        ("GET", "/rest/2/a", "site.example", 200, 404),
        ("GET", "/rest/2/a/b", "site.example", 404, 404),
        ("GET", "/page", "ann.site.example", 200, 404),
        ("GET", "/page", "ANN.site.example:80", 200, 404),
        ("GET", "/static/a%20b.css", "site.example", 200, 200),
        ("HEAD", "/static/a%20b.css", "site.example", 200, 200),
        ("GET", "/static/../starlette_site.py", "site.example", 404, 404),
        ("GET", "/static/none.css", "site.example", 404, 404),
        ("GET", "/docs", "site.example", 404, 200),
        ("GET", "/openapi.json", "site.example", 404, 200),
        ("GET", "/nope/%FF", "site.example", 404, 404),
        ("GET", "/live/room", "site.example", 404, 404),
    ],
)
def test_answers_are_equal(
    pair: Pair, kind: str, method: str, target: str, host: str, starlette: int, fastapi: int
) -> None:
    plain, fast = (site.request(target, method, {"Host": host}) for site in pair)
    assert plain.status == (starlette if kind == "starlette" else fastapi)
    assert fast == plain


def test_keep_alive(pair: Pair) -> None:
    plain, fast = (
        site.on_one_connection(
            [
                ("GET", "/"),
                ("HEAD", "/any"),
                ("HEAD", "/nope"),
                ("POST", "/any"),
                ("POST", "/nope"),
                ("OPTIONS", "/any"),
                ("GET", "/any/"),
                ("PUT", "/any"),
                ("GET", "/items/7"),
            ]
        )
        for site in pair
    )
    statuses = [answer.status for answer in plain]
    # FastAPI's routes for GET take no HEAD.
    assert statuses in (
        [200, 200, 404, 200, 404, 405, 307, 405, 200],
        [200, 405, 404, 200, 404, 405, 307, 405, 200],
    )
    assert fast == plain


@pytest.mark.parametrize(
    ("method", "target", "h11", "httptools"),
    [
        ("GET", "/items/7", 200, 200),
        ("GET", "/files/../a/./b/..", 200, 200),
        ("GET", "/files/%2E%2E/a", 200, 200),
        ("GET", "/any/../items/7", 404, 404),
        ("GET", "", 400, 400),
        ("GET", "?a=b", 307, 400),
        ("GET", "/é", 400, 400),
        ("GET", "http://site.example/items/7", 404, 200),
        ("GET", "http://site.example", 404, 400),
        ("OPTIONS", "*", 404, 404),
        ("GET", "/\\evil.example", 404, 404),
        ("GET", "//evil.example/..", 404, 404),
        ("GET", "//evil.example/", 404, 404),
        ("GET", "/files/a;b=c,d@e:f!g", 200, 200),
    ],
)
def test_raw_target(
    pair: Pair, parser: str, method: str, target: str, h11: int, httptools: int
) -> None:
    plain, fast = (raw_request(site.port, target, method) for site in pair)
    assert plain.startswith(b"HTTP/1.1 %d " % (h11 if parser == "h11" else httptools))
    assert without_date(fast) == without_date(plain)


def without_date(answer: bytes) -> bytes:
    return re.sub(rb"(?m)^date: .*\r\n", b"", answer)


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/files/" + "a/" * 30_000, 200),
        ("/items/" + "7" * 4_000, 200),
        ("/x" * 30_000, 404),
        ("/" * 60_000, 404),
    ],
    ids=["rest", "number", "segments", "slashes"],
)
def test_long_path(pair: Pair, target: str, status: int) -> None:
    plain, fast = (site.request(target) for site in pair)
    assert plain.status == status
    assert fast == plain


def test_many_connections_at_once(pair: Pair) -> None:
    plain, fast = (
        site.at_once((f"/api/v1/users/{number}", f"h{number}.example") for number in range(200))
        for site in pair
    )
    assert [str(number) in answer.body.decode() for number, answer in enumerate(plain)] == [
        True
    ] * 200
    assert fast == plain


def test_websocket(pair: Pair) -> None:
    for site in pair:
        assert site.talk("/live/a%20b", ["one", "two"], answers=2) == ["a b one", "a b two"]


@pytest.mark.parametrize("kind", ["fastapi"])
def test_websocket_of_an_included_router(pair: Pair) -> None:
    for site in pair:
        assert site.talk("/api/v1/users/x/live", ["one"]) == ["x one"]


@pytest.mark.parametrize("path", ["/nope", "/items/7", "/live/a%2Fb"])
def test_websocket_that_no_route_takes(pair: Pair, path: str) -> None:
    for site in pair:
        with pytest.raises(InvalidStatus) as caught:
            site.talk(path)
        assert caught.value.response.status_code == 403
