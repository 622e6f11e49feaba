"""The WSGI router under waitress, at the root and below a prefix."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest

from serving import PATIENCE, SITES, Site, raw_request, served

SITE = str(SITES / "wsgi_site.py")

#: Prefix by name of the site.
ROOTS = {"plain": "", "mounted": "/app"}


@pytest.fixture(scope="module")
def sites() -> Iterator[dict[str, Site]]:
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(served(SITE, *([root] if root else [])))
            for name, root in ROOTS.items()
        }


@pytest.fixture(params=list(ROOTS))
def site(request: Any, sites: dict[str, Site]) -> Site:
    return sites[request.param]


@pytest.fixture
def root(request: Any) -> str:
    return ROOTS[request.node.callspec.params["site"]]


def disguised(text: str) -> str:
    """Put a text as a WSGI environment has it (PEP 3333)."""
    return text.encode().decode("latin-1")


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
        ("GET", "/files/a%2Fb", "", "/files/a/b", {"name": "a/b"}),
        ("GET", "/files/a%252Fb", "", "/files/a%2Fb", {"name": "a%2Fb"}),
        ("GET", "/files/a/../../b/./c", "", "/files/a/../../b/./c", {"name": "a/../../b/./c"}),
        ("GET", "/files/%2e%2e/x", "", "/files/../x", {"name": "../x"}),
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
    below = "/shops/%C3%A9/7" if mount == "/shops/é" else "/items/7"
    assert json.loads(answer.body) == [
        method,
        root + disguised(mount),
        disguised(path),
        values,
        target.partition("?")[2],
        f"http://site.example{root}{below}",
    ]


def test_bytes_that_are_no_text_go_on_as_they_are(site: Site) -> None:
    answer = json.loads(site.request("/static/%FF/%C3%A9").body)
    assert answer[2] == "/\xff/\xc3\xa9"
    answer = json.loads(site.request("/files/%FF").body)
    assert answer[3] == {"name": "\ufffd"}


@pytest.mark.parametrize(
    ("method", "target", "status", "header", "value"),
    [
        ("OPTIONS", "/", 200, "Allow", "GET, HEAD, OPTIONS"),
        ("OPTIONS", "/items/7", 200, "Allow", "GET, HEAD, OPTIONS, PUT"),
        ("POST", "/", 405, "Allow", "GET, HEAD, OPTIONS"),
        ("PURGE", "/items/7", 405, "Allow", "GET, HEAD, OPTIONS, PUT"),
        ("GET", "/items?a=%20b", 308, "Location", "http://site.example{root}/items/?a=%20b"),
        ("GET", "//items", 308, "Location", "http://site.example{root}/items/"),
        ("GET", "/shops/a%20b", 308, "Location", "http://site.example{root}/shops/a%20b/"),
        ("GET", "/nope", 404, "Content-Type", "text/html; charset=utf-8"),
        ("GET", "/files/a%0Ab", 404, "Content-Type", "text/html; charset=utf-8"),
        ("GET", "/items/7/", 404, "Content-Type", "text/html; charset=utf-8"),
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
    full, head = site.request(target), site.request(target, "HEAD")
    assert head.status == full.status
    assert head.body == b""
    length, full_length = (int(dict(answer.headers)["Content-Length"]) for answer in (head, full))
    assert length - full_length == (len("HEAD") - len("GET") if full.status == 200 else 0)


def test_urls_in_a_body_that_is_streamed(site: Site, root: str) -> None:
    body = site.request("/streamed").body.decode()
    assert body == f"{root}/items/0 {root}/items/1 {root}/items/2 "


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
            ("PUT", "/items/1"),
            ("GET", "/"),
        ]:
            connection.request(method, target, body=b"x" if method in ("POST", "PUT") else None)
            own = connection.sock
            response = connection.getresponse()
            response.read()
            statuses.append(response.status)
            assert connection.sock is own is not None
    finally:
        connection.close()
    assert statuses == [200, 200, 404, 404, 200, 308, 200, 200]


@pytest.mark.parametrize(
    ("method", "target", "host", "status"),
    [
        ("GET", "/items/7", "site.example", 200),
        ("GET", "/items/7#part", "site.example", 200),
        ("GET", "http://site.example/items/7", "site.example", 200),
        ("OPTIONS", "*", "site.example", 404),
        ("GET", "/items", "a b", 400),
        ("GET", "/items", "x" * 64 + ".example", 400),
        ("GET", "/items", "x" * 10_000, 400),
        ("GET", "/\\evil.example", "site.example", 404),
        ("GET", "//evil.example/..", "site.example", 404),
    ],
)
def test_raw_target(site: Site, method: str, target: str, host: str, status: int) -> None:
    answer = raw_request(site.port, target, method, host)
    assert answer.split(b" ", 2)[:2] == [b"HTTP/1.1", str(status).encode()]


def test_long_path(site: Site) -> None:
    name = "a/" * 100_000 + "b"
    answer = site.request(f"/files/{name}")
    assert answer.status == 200
    assert json.loads(answer.body)[3] == {"name": name}
    assert site.request("/x" * 100_000).status == 404


def test_many_connections_at_once(site: Site, root: str) -> None:
    def one(number: int) -> Any:
        answer = site.request(f"/items/{number}", headers={"Host": f"h{number}.example"})
        return json.loads(answer.body)[3::2]

    with ThreadPoolExecutor(32) as pool:
        assert list(pool.map(one, range(200))) == [
            [{"id": number}, f"http://h{number}.example{root}/items/7"] for number in range(200)
        ]
