"""Starlette and FastAPI sites under uvicorn: every answer is equal with and without trieroute."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from serving import PATIENCE, SITES, Site, served

SITE = str(SITES / "starlette_site.py")


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Site]]:
    folder = tmp_path_factory.mktemp("static")
    (folder / "a b.css").write_text("body {}")
    with ExitStack() as stack:
        yield {
            f"{kind} {option}": stack.enter_context(served(SITE, kind, str(folder), option))
            for kind in ("starlette", "fastapi")
            for option in ("plain", "speedup")
        }


def test_routers(sites: dict[str, Site]) -> None:
    assert {name: site.router for name, site in sites.items()} == {
        "starlette plain": "builtins",
        "starlette speedup": "trieroute",
        "fastapi plain": "builtins",
        "fastapi speedup": "trieroute",
    }


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
    sites: dict[str, Site], method: str, target: str, host: str, starlette: int, fastapi: int
) -> None:
    statuses = {"starlette": starlette, "fastapi": fastapi}
    for kind, status in statuses.items():
        plain, fast = (
            sites[f"{kind} {option}"].request(target, method, {"Host": host})
            for option in ("plain", "speedup")
        )
        assert (kind, plain.status) == (kind, status)
        assert fast == plain


@pytest.mark.parametrize("kind", ["starlette", "fastapi"])
def test_websocket(sites: dict[str, Site], kind: str) -> None:
    for option in ("plain", "speedup"):
        site = sites[f"{kind} {option}"]
        assert talk(site, "/live/a%20b", ["one", "two"]) == ["a b one", "a b two"]


def test_websocket_of_an_included_router(sites: dict[str, Site]) -> None:
    for option in ("plain", "speedup"):
        site = sites[f"fastapi {option}"]
        assert talk(site, "/api/v1/users/x/live", ["one"]) == ["x one"]


@pytest.mark.parametrize("kind", ["starlette", "fastapi"])
@pytest.mark.parametrize("path", ["/nope", "/items/7", "/live/a%2Fb"])
def test_websocket_that_no_route_takes(sites: dict[str, Site], kind: str, path: str) -> None:
    for option in ("plain", "speedup"):
        with pytest.raises(InvalidStatus) as caught:
            talk(sites[f"{kind} {option}"], path, [])
        assert caught.value.response.status_code == 403


def talk(site: Site, path: str, texts: list[str]) -> list[str | bytes]:
    """Send texts over a WebSocket; return the answer to each."""
    with connect(
        f"ws://site.example{path}",
        sock=socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE),
        proxy=None,
        open_timeout=PATIENCE,
        close_timeout=PATIENCE,
    ) as websocket:
        answers = []
        for text in texts:
            websocket.send(text)
            answers.append(websocket.recv(timeout=PATIENCE))
        return answers
