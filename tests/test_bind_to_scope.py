"""Binding a map to a request of ASGI."""

from __future__ import annotations

from collections import UserDict
from types import MappingProxyType
from typing import Any

import pytest
from werkzeug.exceptions import BadHost

from asgi_client import http_scope, websocket_scope
from outcomes import redirect_of
from trieroute import BaseConverter, Map, MapAdapter, NotFound, Rule, WebsocketMismatch
from trieroute._core import hosts


def some_map(**settings: Any) -> Map:
    rules = [
        Rule("/", endpoint="index"),
        Rule("/docs/", endpoint="docs"),
        Rule("/live", endpoint="live", websocket=True),
        Rule("/", endpoint="shop", subdomain="shop"),
    ]
    return Map(rules, **settings)


def bound(scope: Any, **more: Any) -> MapAdapter:
    return some_map().bind_to_scope(scope, **more)


def test_request_is_matched() -> None:
    assert bound(http_scope("/")).match() == ("index", {})
    assert bound(http_scope("/docs/", method="POST")).default_method == "POST"


def test_redirect_has_host_query_and_root() -> None:
    scope = http_scope("/app/docs", root_path="/app", query_string=b"a=%20&b", host="Example.org")
    assert redirect_of(bound(scope)) == "http://example.org/app/docs/?a=%20&b"


@pytest.mark.parametrize(
    ("scheme", "host", "url"),
    [
        ("http", "example.org:80", "http://example.org/docs/"),
        ("http", "example.org:443", "http://example.org:443/docs/"),
        ("https", "example.org:443", "https://example.org/docs/"),
        ("https", "[::1]:8000", "https://[::1]:8000/docs/"),
        # What a proxy says of a WebSocket may end up at a request of HTTP.
        ("wss", "example.org", "https://example.org/docs/"),
    ],
)
def test_scheme_and_port(scheme: str, host: str, url: str) -> None:
    assert redirect_of(bound(http_scope("/docs", scheme=scheme, host=host))) == url


@pytest.mark.parametrize(
    ("path", "root", "matched", "script_name"),
    [
        ("/docs/", "", "/docs/", "/"),
        ("/app/docs/", "/app", "/docs/", "/app/"),
        ("/docs/", "/app", "/docs/", "/app/"),
        ("/app/docs/", "/app/", "/docs/", "/app/"),
        ("/app", "/app", "", "/app/"),
        ("/apple", "/app", "/apple", "/app/"),
        ("/a b/é/", "/a b", "/é/", "/a%20b/"),
        ("//evil.example/x", "//evil.example", "/x", "/evil.example/"),
        ("/\\evil.example/x", "/\\evil.example", "/x", "/%5Cevil.example/"),
        ("/\ud800/x", "/\ud800", "/x", "/%EF%BF%BD/"),
        ("/x", "/a\udfff", "/x", "/a%EF%BF%BD/"),
        ("http://example.org/docs/", "", "/docs/", "/"),
        ("HTTPS://example.org", "", "", "/"),
        # A server may put the root path in front of that, too.
        ("/apphttp://example.org/docs/", "/app", "/docs/", "/app/"),
        ("/app/http://example.org/docs/", "/app", "/http://example.org/docs/", "/app/"),
        ("*", "", "*", "/"),
    ],
)
def test_root_path(path: str, root: str, matched: str, script_name: str) -> None:
    adapter = bound(http_scope(path, root_path=root))
    assert (adapter.path_info, adapter.script_name) == (matched, script_name)


def test_root_path_and_query_may_be_missing() -> None:
    scope = http_scope("/docs")
    for key in ("root_path", "query_string", "scheme", "server"):
        del scope[key]
    assert redirect_of(bound(scope)) == "http://example.org/docs/"


def test_headers_may_be_missing() -> None:
    scope = http_scope("/docs", headers=None)
    assert redirect_of(bound(scope)) == "http://127.0.0.1:8000/docs/"
    del scope["headers"]
    assert redirect_of(bound(scope)) == "http://127.0.0.1:8000/docs/"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"path": b"/docs"}, "the path of the scope must be a str, not bytes"),
        ({"root_path": b"/app"}, "the root path of the scope must be a str, not bytes"),
        ({"query_string": "a=b"}, "the query string of the scope must be bytes, not str"),
        ({"headers": [(b"host", "e.org")]}, "the Host header of the scope must be bytes, not str"),
    ],
)
def test_wrong_type_in_a_scope(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        bound({**http_scope("/docs"), **wrong})


def test_websockets_match_their_rules_alone() -> None:
    assert bound(websocket_scope("/live")).match() == ("live", {})
    with pytest.raises(WebsocketMismatch):
        bound(websocket_scope("/")).match()
    with pytest.raises(WebsocketMismatch):
        bound(http_scope("/live")).match()


@pytest.mark.parametrize(
    ("scheme", "url"),
    [
        ("ws", "ws://example.org/live"),
        ("wss", "wss://example.org/live"),
        ("http", "ws://example.org/live"),
        ("https", "wss://example.org/live"),
    ],
)
def test_scheme_of_a_websocket(scheme: str, url: str) -> None:
    adapter = bound(websocket_scope("/live", scheme=scheme))
    assert adapter.match() == ("live", {})
    assert adapter.build("live") == url


@pytest.mark.parametrize(
    ("server", "host"),
    [
        (("10.0.0.1", 8000), "10.0.0.1:8000"),
        (("10.0.0.1", 80), "10.0.0.1"),
        (("::1", 8000), "[::1]:8000"),
        (["10.0.0.1", 8000], "10.0.0.1:8000"),
        (("/run/socket", None), "localhost"),
        (("/run/socket", 80), "localhost"),
        (None, "localhost"),
    ],
)
def test_without_a_host_header(server: Any, host: str) -> None:
    scope = http_scope("/", headers=[], server=server)
    assert bound(scope).server_name == host
    assert bound(http_scope("/", host="", server=server)).server_name == host


@pytest.mark.parametrize(
    "host",
    [
        "a b",
        "a/b",
        "user@example.org",
        "example.org:99999",
        "example.org:x",
        "bücher.example",
        "a..b",
        ".example.org",
        "[::1",
        "x" * 64,
        "x" * 10_000,
        ("x" * 60 + ".") * 200 + "x" * 64,
        "\\evil.example",
        "a\x00",
    ],
)
def test_bad_host(host: str) -> None:
    with pytest.raises(BadHost):
        bound(http_scope("/", host=host))


def test_subdomain() -> None:
    adapter = bound(http_scope("/", host="shop.example.org:8000"), server_name="example.org:8000")
    assert adapter.match() == ("shop", {})
    assert adapter.build("docs") == "http://example.org:8000/docs/"
    assert bound(http_scope("/"), server_name="Example.org:80").match() == ("index", {})
    assert bound(http_scope("/"), subdomain="shop").match() == ("shop", {})


def test_host_outside_the_server_name_matches_nothing_and_does_not_warn() -> None:
    adapter = bound(http_scope("/", host="other.example"), server_name="example.org")
    with pytest.raises(NotFound):
        adapter.match()
    assert adapter.build("docs") == "http://example.org/docs/"


class Anything(BaseConverter):
    regex = r"[\s\S]*"


@pytest.mark.parametrize(
    "subdomain",
    ["<s>", "<s>x", "<path:s>", "<any('<invalid>', '<invalid>/'):s>", "<anything:s>", "<s>.<t>"],
)
def test_host_outside_the_server_name_is_no_value_of_a_variable(subdomain: str) -> None:
    rules = [Rule("/docs/", subdomain=subdomain), Rule("/d/", subdomain=subdomain, alias=True)]
    url_map = Map(rules, converters={"anything": Anything})
    for path in ("/docs/", "/docs", "//docs/", "/d/", "/d"):
        scope = http_scope(path, host="other.example")
        with pytest.raises(NotFound):
            url_map.bind_to_scope(scope, "example.org").match()


def test_host_matching() -> None:
    url_map = Map([Rule("/", host="<name>.example.org", endpoint="e")], host_matching=True)
    scope = http_scope("/", host="Ann.example.org")
    assert url_map.bind_to_scope(scope).match() == ("e", {"name": "ann"})


def test_scope_of_another_type() -> None:
    with pytest.raises(ValueError, match="'http' or 'websocket', not 'lifespan'"):
        some_map().bind_to_scope({"type": "lifespan"})


class Upper(dict[str, Any]):
    """A scope whose path is in capitals."""

    def __getitem__(self, key: str) -> Any:
        value = super().__getitem__(key)
        return value.upper() if key == "path" else value


@pytest.mark.parametrize(
    ("kind", "matched"), [(UserDict, "/docs/"), (MappingProxyType, "/docs/"), (Upper, "/DOCS/")]
)
def test_scope_that_is_another_mapping(kind: Any, matched: str) -> None:
    adapter = bound(kind(http_scope("/docs/", query_string=b"a=1", host="example.org")))
    assert adapter.path_info == matched
    assert (adapter.server_name, adapter.query_args) == ("example.org", "a=1")


class Lazy:
    """What has the methods that are used of a scope, and an item that cannot be read."""

    def __init__(self, scope: dict[str, Any]) -> None:
        self.scope = {**scope, "session": None}

    def __getitem__(self, key: str) -> Any:
        assert key != "session"
        return self.scope[key]

    def get(self, key: str, default: Any = None) -> Any:
        return self[key] if key in self.scope else default


class Completed(dict[str, Any]):
    """A scope that makes its path when it is asked for it."""

    def __missing__(self, key: str) -> Any:
        if key == "path":
            return "/docs/"
        raise KeyError(key)


def test_scope_is_asked_for_what_is_needed_alone() -> None:
    lazy: Any = Lazy(http_scope("/docs/", host="example.org"))
    assert bound(lazy).match() == ("docs", {})
    scope = Completed(http_scope("/"))
    del scope["path"]
    assert bound(scope).match() == ("docs", {})


def test_scope_without_a_path() -> None:
    with pytest.raises(KeyError, match="path"):
        bound(UserDict({"type": "http", "method": "GET"}))


def test_names_of_headers_in_other_bytes() -> None:
    scope = http_scope("/")
    scope["headers"] = [
        (b"hosts", b"a"),
        (b"hos", b"b"),
        (bytearray(b"host"), b"c"),
        (b"host", b"d"),
    ]
    assert bound(scope).server_name == "c"


def test_hosts_that_are_kept_are_bounded() -> None:
    url_map = some_map()
    for number in range(2000):
        url_map.bind_to_scope(http_scope("/", host=f"h{number}.example.org"))
    assert hosts._place.cache_info().currsize <= 256


@pytest.mark.parametrize(
    ("header", "server_name"),
    [
        (b"example.org:", "example.org"),
        (b"EXAMPLE.org.:", "example.org."),
        (b"[::1]:", "[::1]"),
        (b"example.org:80", "example.org"),
        (b"example.org:8080", "example.org:8080"),
    ],
)
def test_empty_port_is_the_standard_one(header: bytes, server_name: str) -> None:
    scope = {"type": "http", "path": "/", "method": "GET", "headers": [(b"host", header)]}
    assert Map().bind_to_scope(scope).server_name == server_name


@pytest.mark.parametrize("header", [b":", b"example.org::", b"::1:", b"a:b:"])
def test_colon_that_ends_no_host_is_an_error(header: bytes) -> None:
    scope = {"type": "http", "path": "/", "method": "GET", "headers": [(b"host", header)]}
    with pytest.raises(BadHost):
        Map().bind_to_scope(scope)
