"""The ASGI router under uvicorn, with both of its parsers, and the WSGI router under waitress and
gunicorn, each at the root and below another path."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from serving import PATIENCE, SITES, Response, Site, raw_request, served

SITE = str(SITES / "routers_site.py")

ASGI, WSGI = ("h11", "httptools"), ("waitress", "gunicorn")
#: Where the router is.
ROOTS = ("", "/app")


@pytest.fixture(scope="module")
def sites() -> Iterator[dict[tuple[str, str], Site]]:
    with ExitStack() as stack:
        yield {
            (server, root): stack.enter_context(served(SITE, server, root))
            for server in (*ASGI, *WSGI)
            for root in ROOTS
        }


@pytest.fixture(params=[*ASGI, *WSGI])
def server(request: Any) -> str:
    name: str = request.param
    return name


@pytest.fixture(params=ROOTS, ids=["at the root", "below a path"])
def root(request: Any) -> str:
    path: str = request.param
    return path


@pytest.fixture
def site(sites: dict[tuple[str, str], Site], server: str, root: str) -> Site:
    return sites[server, root]


@pytest.fixture
def prefix(server: str, root: str) -> str:
    """What targets begin with: uvicorn expects that a proxy has taken the root off."""
    return "" if server in ASGI else root


def header(answer: Response, name: str) -> str:
    return dict(answer.headers)[name]


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
    site: Site,
    root: str,
    prefix: str,
    method: str,
    target: str,
    mount: str,
    path: str,
    values: dict[str, Any],
) -> None:
    answer = site.request(prefix + target, method)
    assert answer.status == 200
    below = "/shops/%C3%A9/7" if mount == "/shops/é" else "/items/7"
    assert json.loads(answer.body) == [
        method,
        root + mount,
        root + mount + path,
        values,
        target.partition("?")[2],
        f"http://site.example{root}{below}",
    ]


@pytest.mark.parametrize(
    ("method", "target", "status", "name", "content"),
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
    site: Site,
    root: str,
    prefix: str,
    method: str,
    target: str,
    status: int,
    name: str,
    content: str,
) -> None:
    answer = site.request(prefix + target, method)
    assert answer.status == status
    assert header(answer, name) == content.format(root=root)


@pytest.mark.parametrize("target", ["/", "/items/7", "/nope", "/items"])
def test_head(site: Site, server: str, prefix: str, target: str) -> None:
    # One of the applications counts its bytes, one of the answers is the router's own.
    full, head = site.request(prefix + target), site.request(prefix + target, "HEAD")
    assert head.status == full.status
    assert head.body == b""
    if server == "gunicorn" and full.status == 200:
        # It counts no body by itself, but sends that one in parts.
        assert header(full, "transfer-encoding") == "chunked"
    else:
        # The application tells the method.
        more = len("HEAD") - len("GET") if full.status == 200 else 0
        assert int(header(head, "content-length")) == int(header(full, "content-length")) + more


def test_keep_alive(site: Site, prefix: str) -> None:
    answers = site.on_one_connection(
        (method, prefix + target)
        for method, target in [
            ("GET", "/"),
            ("HEAD", "/"),
            ("HEAD", "/nope"),
            ("POST", "/nope"),
            ("OPTIONS", "/"),
            ("GET", "/items"),
            ("HEAD", "/static/a"),
            ("PUT", "/items/1"),
            ("GET", "/"),
        ]
    )
    assert [answer.status for answer in answers] == [200, 200, 404, 404, 200, 308, 200, 200, 200]


@pytest.mark.parametrize(
    ("method", "target", "host", "status"),
    [
        ("GET", "{prefix}/items/7", "site.example", 200),
        ("GET", "{prefix}/items/7#part", "site.example", 200),
        ("GET", "{prefix}/files/../a/./b/..", "site.example", 200),
        ("GET", "{prefix}/../items/7", "site.example", 404),
        ("GET", "http://site.example{prefix}/items/7", "site.example", 200),
        ("GET", "HTTP://site.example:80{prefix}/items/7?x=http://y", "site.example", 200),
        ("GET", "http://site.example{prefix}/items", "site.example", 308),
        ("GET", "", "site.example", 400),
        ("GET", "{prefix}/é", "site.example", 400),
        ("GET", "{prefix}/items", "a b", 400),
        ("GET", "{prefix}/items", "x" * 64 + ".example", 400),
        ("GET", "{prefix}/items", "x" * 5_000, 400),
        ("GET", "{prefix}/\\evil.example", "site.example", 404),
        ("GET", "{prefix}//evil.example/..", "site.example", 404),
    ],
)
def test_raw_target(
    site: Site, server: str, prefix: str, method: str, target: str, host: str, status: int
) -> None:
    if server == "h11" and "#" in target:
        # It takes a fragment, which has no place in a target, for a part of the path.
        status = 404
    assert raw_status(site, target.format(prefix=prefix), method, host) == status


def raw_status(site: Site, target: str, method: str = "GET", host: str = "site.example") -> int:
    version, status, _ = raw_request(site.port, target, method, host).split(b" ", 2)
    assert version in (b"HTTP/1.0", b"HTTP/1.1")
    return int(status)


@pytest.mark.parametrize(
    ("target", "query", "refused_by"),
    [
        ("http://site.example", "", ["httptools"]),
        ("http://site.example?a=b", "?a=b", ["httptools"]),
        ("?a=b", "?a=b", ["httptools", "gunicorn"]),
    ],
)
def test_target_without_a_path(
    sites: dict[tuple[str, str], Site], server: str, target: str, query: str, refused_by: list[str]
) -> None:
    answer = raw_request(sites[server, ""].port, target)
    if server in refused_by:
        assert answer.startswith(b"HTTP/1.1 400 ")
    else:
        assert answer.startswith(b"HTTP/1.1 308 ")
        location = re.search(rb"(?i)\r\nlocation: (.*)\r\n", answer)
        assert location is not None
        assert location[1].decode() == f"http://site.example/{query}"


def test_asterisk_is_no_path_of_a_rule(sites: dict[tuple[str, str], Site], server: str) -> None:
    assert raw_status(sites[server, ""], "*", "OPTIONS") == 404


def test_long_path(site: Site, root: str, prefix: str) -> None:
    name = "a/" * 30_000 + "b"
    answer = site.request(f"{prefix}/files/{name}")
    assert answer.status == 200
    assert json.loads(answer.body)[2:4] == [f"{root}/files/{name}", {"name": name}]
    assert site.request(prefix + "/x" * 30_000).status == 404
    assert site.request(prefix + "/" * 60_000).status == 200


def test_long_path_that_arrives_in_parts(site: Site, prefix: str) -> None:
    head = f"GET {prefix}/files/{'a/' * 30_000}b HTTP/1.1\r\nHost: site.example\r\n".encode()
    with socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE) as connection:
        connection.sendall(head[:40_000])
        # One thread reads all connections: when this is answered, it has read the first part.
        assert site.request(f"{prefix}/").status == 200
        connection.sendall(head[40_000:] + b"Connection: close\r\n\r\n")
        answer = b"".join(iter(partial(connection.recv, 65536), b""))
    assert answer.split(b" ", 2)[1] == b"200"


def test_many_connections_at_once(site: Site, root: str, prefix: str) -> None:
    answers = site.at_once(
        (f"{prefix}/items/{number}", f"h{number}.example") for number in range(200)
    )
    assert [json.loads(answer.body)[3::2] for answer in answers] == [
        [{"id": number}, f"http://h{number}.example{root}/items/7"] for number in range(200)
    ]


# ASGI alone


@pytest.mark.parametrize("server", ASGI)
def test_lifespan_gives_a_state(site: Site) -> None:
    assert site.request("/started").body == b"up since the start"


@pytest.mark.parametrize("server", ASGI)
def test_websocket(site: Site, root: str) -> None:
    texts = site.talk("/live/a%20b", ["one"])
    assert texts == [f"a b ws://site.example{root}/live/b one"]


@pytest.mark.parametrize("server", ASGI)
@pytest.mark.parametrize(("path", "status"), [("/nope", 404), ("/items/7", 400), ("/live/", 404)])
def test_websocket_that_no_rule_takes(site: Site, path: str, status: int) -> None:
    with pytest.raises(InvalidStatus) as caught:
        site.talk(path)
    assert caught.value.response.status_code == status
    # The server goes on.
    assert site.request("/").status == 200


# WSGI alone


@pytest.mark.parametrize("server", WSGI)
def test_bytes_that_are_no_text_go_on_as_they_are(site: Site, prefix: str) -> None:
    assert site.request(f"{prefix}/bytes/%FF/%C3%A9").body == b"/\xff/\xc3\xa9"


@pytest.mark.parametrize("server", WSGI)
def test_urls_in_a_body_that_is_streamed(site: Site, root: str, prefix: str) -> None:
    body = site.request(f"{prefix}/streamed").body.decode()
    assert body == f"{root}/items/0 {root}/items/1 {root}/items/2 "
