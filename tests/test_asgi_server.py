"""The ASGI router under uvicorn, with both of its parsers, at the root and below a root path."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from serving import PATIENCE, SITES, Site, raw_request, served

SITE = str(SITES / "asgi_site.py")

#: Root path by name of the site.
ROOTS = {"h11": "", "httptools": "", "mounted": "/app"}


@pytest.fixture(scope="module")
def sites() -> Iterator[dict[str, Site]]:
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(served(SITE, *arguments))
            for name, arguments in (
                ("h11", ["h11"]),
                ("httptools", ["httptools"]),
                ("mounted", ["h11", "/app"]),
            )
        }


@pytest.fixture(params=list(ROOTS))
def site(request: Any, sites: dict[str, Site]) -> Site:
    return sites[request.param]


@pytest.fixture
def root(request: Any) -> str:
    return ROOTS[request.node.callspec.params["site"]]


@pytest.mark.parametrize(
    ("method", "target", "mount", "path", "values"),
    [
        ("GET", "/", "", "/", {}),
        ("POST", "/files/a", "", "/files/a", {"name": "a"}),
        ("GET", "/items/7?x=%20&y", "", "/items/7", {"id": 7}),
        ("PUT", "/items/007", "", "/items/007", {"id": 7}),
        ("GET", "/%69tems/7", "", "/items/7", {"id": 7}),
        ("GET", "/files/a%20b%2Bc+d", "", "/files/a b+c+d", {"name": "a b+c+d"}),
        ("GET", "/files/%C3%A9/%E2%82%AC", "", "/files/é/€", {"name": "é/€"}),
        ("GET", "/files/%FF", "", "/files/\ufffd", {"name": "\ufffd"}),
        ("GET", "/files/a%2Fb", "", "/files/a/b", {"name": "a/b"}),
        ("GET", "/files/a%252Fb", "", "/files/a%2Fb", {"name": "a%2Fb"}),
        ("GET", "/files/a/../../b/./c", "", "/files/a/../../b/./c", {"name": "a/../../b/./c"}),
        ("GET", "/files/%2e%2e/x", "", "/files/../x", {"name": "../x"}),
        ("GET", "/files/a%3Fb%23c", "", "/files/a?b#c", {"name": "a?b#c"}),
        ("GET", "/files/a%00b", "", "/files/a\x00b", {"name": "a\x00b"}),
        ("GET", "/static", "/static", "", {}),
        ("GET", "/static/", "/static", "/", {}),
        ("GET", "/static//a%2F/../%C3%A9", "/static", "//a//../é", {}),
        ("GET", "/shops/%C3%A9/7", "/shops/é", "/7", {"shop": "é", "id": 7}),
    ],
)
def test_request(
    site: Site, root: str, method: str, target: str, mount: str, path: str, values: dict[str, Any]
) -> None:
    answer = site.request(target, method)
    assert answer.status == 200
    prefix = root + mount
    below = "/shops/%C3%A9/7" if mount == "/shops/é" else "/items/7"
    assert json.loads(answer.body) == [
        method,
        prefix,
        prefix + path,
        values,
        target.partition("?")[2],
        f"http://site.example{root}{below}",
    ]


@pytest.mark.parametrize(
    ("method", "target", "status", "header", "value"),
    [
        ("OPTIONS", "/", 200, "allow", "GET, HEAD, OPTIONS"),
        ("OPTIONS", "/items/7", 200, "allow", "GET, HEAD, OPTIONS, PUT"),
        ("POST", "/", 405, "allow", "GET, HEAD, OPTIONS"),
        ("PURGE", "/items/7", 405, "allow", "GET, HEAD, OPTIONS, PUT"),
        ("GET", "/items?a=%20b", 308, "location", "http://site.example{root}/items/?a=%20b"),
        ("GET", "//items", 308, "location", "http://site.example{root}/items/"),
        ("GET", "/shops/a%20b", 308, "location", "http://site.example{root}/shops/a%20b/"),
        ("GET", "/nope", 404, "content-type", "text/html; charset=utf-8"),
        ("GET", "/files/a%0Ab", 404, "content-type", "text/html; charset=utf-8"),
        ("GET", "/items/7/", 404, "content-type", "text/html; charset=utf-8"),
        ("GET", "/live/a", 400, "content-type", "text/html; charset=utf-8"),
        ("GET", "//evil.example/%2e%2e", 404, "content-type", "text/html; charset=utf-8"),
    ],
)
def test_answer_of_the_router(
    site: Site, root: str, method: str, target: str, status: int, header: str, value: str
) -> None:
    answer = site.request(target, method)
    assert answer.status == status
    assert dict(answer.headers)[header] == value.format(root=root)


@pytest.mark.parametrize("target", ["/", "/items/7", "/nope", "/items"])
def test_head(site: Site, target: str) -> None:
    # One of the applications counts its bytes, one of the answers is the router's own.
    full, head = site.request(target), site.request(target, "HEAD")
    assert head.status == full.status
    assert head.body == b""
    length, full_length = (int(dict(answer.headers)["content-length"]) for answer in (head, full))
    assert length - full_length == (len("HEAD") - len("GET") if full.status == 200 else 0)


def test_lifespan_gives_a_state(site: Site) -> None:
    assert site.request("/started").body == b"up since the start"


def test_keep_alive(site: Site) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE)
    statuses = []
    try:
        for method, target in [
            ("GET", "/"),
            ("HEAD", "/"),
            ("HEAD", "/nope"),
            ("POST", "/nope"),
            ("OPTIONS", "/"),
            ("GET", "/items"),
            ("HEAD", "/started"),
            ("PUT", "/items/1"),
            ("GET", "/started"),
        ]:
            connection.request(method, target, body=b"x" if method in ("POST", "PUT") else None)
            own = connection.sock
            response = connection.getresponse()
            response.read()
            statuses.append(response.status)
            assert connection.sock is own is not None
    finally:
        connection.close()
    assert statuses == [200, 200, 404, 404, 200, 308, 200, 200, 200]


@pytest.mark.parametrize(
    ("method", "target", "host", "status"),
    [
        ("GET", "/items/7", "site.example", 200),
        ("GET", "/items/7#part", "site.example", {"h11": 404, "httptools": 200}),
        ("GET", "http://site.example/items/7", "site.example", 200),
        ("GET", "", "site.example", 400),
        ("GET", "/é", "site.example", 400),
        ("OPTIONS", "*", "site.example", 404),
        ("GET", "/items", "a b", 400),
        ("GET", "/items", "x" * 64 + ".example", 400),
        ("GET", "/items", "x" * 10_000, 400),
        ("GET", "/\\evil.example", "site.example", 404),
    ],
)
@pytest.mark.parametrize("name", ["h11", "httptools"])
def test_raw_target(
    sites: dict[str, Site], name: str, method: str, target: str, host: str, status: Any
) -> None:
    expected = status[name] if isinstance(status, dict) else status
    answer = raw_request(sites[name].port, target, method, host)
    assert answer.split(b" ", 2)[:2] == [b"HTTP/1.1", str(expected).encode()]


def test_long_path(site: Site, root: str) -> None:
    name = "a/" * 30_000 + "b"
    answer = site.request(f"/files/{name}")
    assert answer.status == 200
    assert json.loads(answer.body)[2:4] == [f"{root}/files/{name}", {"name": name}]
    assert site.request("/x" * 30_000).status == 404
    assert site.request("/" * 60_000).status == 200


def test_many_connections_at_once(site: Site, root: str) -> None:
    def one(number: int) -> Any:
        answer = site.request(f"/items/{number}", headers={"Host": f"h{number}.example"})
        return json.loads(answer.body)[3::2]

    with ThreadPoolExecutor(32) as pool:
        assert list(pool.map(one, range(200))) == [
            [{"id": number}, f"http://h{number}.example{root}/items/7"] for number in range(200)
        ]


# WebSockets


def talk(site: Site, path: str, text: str = "") -> str | bytes:
    with connect(
        f"ws://site.example{path}",
        sock=socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE),
        proxy=None,
        open_timeout=PATIENCE,
        close_timeout=PATIENCE,
    ) as websocket:
        websocket.send(text)
        return websocket.recv(timeout=PATIENCE)


def test_websocket(site: Site, root: str) -> None:
    text = talk(site, "/live/a%20b", "one")
    assert text == f"a b ws://site.example{root}/live/b one"


@pytest.mark.parametrize(("path", "status"), [("/nope", 404), ("/items/7", 400), ("/live/", 404)])
def test_websocket_that_no_rule_takes(site: Site, path: str, status: int) -> None:
    with pytest.raises(InvalidStatus) as caught:
        talk(site, path)
    assert caught.value.response.status_code == status
    # The server goes on.
    assert site.request("/").status == 200
