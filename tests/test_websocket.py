"""WebSocket rules and requests."""

from __future__ import annotations

from typing import Any

import pytest
import werkzeug.routing
from werkzeug.exceptions import BadRequest
from werkzeug.test import create_environ

import trieroute
from outcomes import redirect_of
from trieroute import Map, NotFound, Rule, WebsocketMismatch


def both() -> Map:
    return Map([Rule("/ws", endpoint="ws", websocket=True), Rule("/http", endpoint="http")])


def test_websocket_rule_takes_websocket_requests_alone() -> None:
    adapter = both().bind("example.com", url_scheme="ws")
    assert adapter.match("/ws") == ("ws", {})
    with pytest.raises(WebsocketMismatch):
        adapter.match("/http")


def test_other_rule_takes_http_requests_alone() -> None:
    adapter = both().bind("example.com")
    assert adapter.match("/http") == ("http", {})
    with pytest.raises(WebsocketMismatch):
        adapter.match("/ws")


@pytest.mark.parametrize(
    ("url_scheme", "websocket"), [("http", False), ("https", False), ("ws", True), ("wss", True)]
)
def test_scheme_says_whether_a_request_is_one(url_scheme: str, websocket: bool) -> None:
    adapter = both().bind("example.com", url_scheme=url_scheme)
    assert adapter.websocket is websocket
    assert adapter.test("/ws") is websocket
    assert adapter.test("/http") is not websocket


def test_argument_of_match_overrides_the_scheme() -> None:
    assert both().bind("h", url_scheme="http").match("/ws", websocket=True) == ("ws", {})
    assert both().bind("h", url_scheme="ws").match("/http", websocket=False) == ("http", {})


def test_path_may_have_a_rule_of_either_kind() -> None:
    rules = [Rule("/", endpoint="ws", websocket=True), Rule("/", endpoint="http")]
    url_map = Map(rules)
    assert url_map.bind("example.com", url_scheme="ws").match("/") == ("ws", {})
    assert url_map.bind("example.com", url_scheme="http").match("/") == ("http", {})


def test_mismatch_is_a_bad_request() -> None:
    with pytest.raises(BadRequest) as caught:
        both().bind("example.com").match("/ws")
    assert caught.value.code == 400


def test_rule_of_the_other_kind_is_passed_over() -> None:
    rules = [Rule("/a", websocket=True), Rule("/<x>", endpoint="e")]
    assert Map(rules).bind("example.com").match("/a") == ("e", {"x": "a"})


def test_missing_slash_of_the_other_kind_is_no_match() -> None:
    with pytest.raises(NotFound):
        Map([Rule("/a/", websocket=True)]).bind("example.com").match("/a")


def test_missing_slash_redirects_to_the_scheme_of_the_request() -> None:
    adapter = Map([Rule("/a/", websocket=True)]).bind("example.com", url_scheme="wss")
    assert redirect_of(adapter, "/a") == "wss://example.com/a/"


def test_rule_whose_converter_refuses_causes_no_mismatch() -> None:
    adapter = Map([Rule("/<int(max=5):n>", websocket=True)]).bind("example.com")
    with pytest.raises(WebsocketMismatch):
        adapter.match("/5")
    with pytest.raises(NotFound):
        adapter.match("/9")


def test_mismatch_on_the_merged_path() -> None:
    with pytest.raises(WebsocketMismatch):
        Map([Rule("/a/b", websocket=True)]).bind("example.com").match("/a//b")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_websocket_rule_with_another_method_is_refused(method: str) -> None:
    with pytest.raises(ValueError, match="WebSocket"):
        Rule("/ws", websocket=True, methods=["GET", method])


def test_websocket_rule_may_name_its_methods() -> None:
    rule = Rule("/ws", websocket=True, methods=["GET", "HEAD", "OPTIONS"], endpoint="ws")
    assert Map([rule]).bind("example.com", url_scheme="ws").match("/ws") == ("ws", {})


@pytest.mark.parametrize(
    ("headers", "url_scheme"),
    [
        ({"Connection": "Upgrade", "Upgrade": "websocket"}, "ws"),
        ({"Connection": "upgrade", "Upgrade": "WebSocket"}, "ws"),
        ({"Connection": "keep-alive, Upgrade", "Upgrade": "websocket"}, "ws"),
        ({"Connection": "Upgrade"}, "http"),
        ({"Upgrade": "websocket"}, "http"),
        ({"Connection": "Upgraded", "Upgrade": "websocket"}, "http"),
        ({"Connection": "Upgrade", "Upgrade": "h2c"}, "http"),
    ],
)
def test_headers_of_the_environment_say_whether_a_request_is_one(
    headers: dict[str, str], url_scheme: str
) -> None:
    adapter = both().bind_to_environ(create_environ("/ws", headers=headers))
    assert adapter.url_scheme == url_scheme


def test_upgraded_https_is_a_secure_websocket() -> None:
    headers = {"Connection": "Upgrade", "Upgrade": "websocket"}
    environ = create_environ("/ws", "https://example.com", headers=headers)
    adapter = both().bind_to_environ(environ)
    assert adapter.url_scheme == "wss"
    assert adapter.match() == ("ws", {})


@pytest.mark.parametrize("url_map", [werkzeug.routing.Map(), trieroute.Map()])
@pytest.mark.parametrize(
    ("url_scheme", "host", "server_name", "expected"),
    [
        ("http", "a.example.org:80", "example.org", ("example.org", "a", "ws")),
        ("https", "a.example.org:443", "example.org", ("example.org", "a", "wss")),
        ("wss", "a.example.org:443", "example.org", ("example.org", "a", "ws")),
        ("ws", "a.example.org:80", "example.org:80", ("example.org", "a", "ws")),
        ("wss", "example.org:443", None, ("example.org", "", "ws")),
        ("wss", "example.org:80", None, ("example.org:80", "", "ws")),
        ("", "example.org:80", None, ("example.org:80", "", "ws")),
        ("HTTPS", "example.org:443", None, ("example.org:443", "", "ws")),
    ],
)
def test_port_is_left_out_by_the_scheme_before_the_upgrade(
    url_map: Any, url_scheme: str, host: str, server_name: str | None, expected: tuple[str, ...]
) -> None:
    # A proxy may say `wss` of a request that is still to be upgraded.
    environ = {
        "REQUEST_METHOD": "GET",
        "wsgi.url_scheme": url_scheme,
        "HTTP_HOST": host,
        "HTTP_UPGRADE": "websocket",
        "HTTP_CONNECTION": "Upgrade",
    }
    adapter = url_map.bind_to_environ(environ, server_name)
    assert (adapter.server_name, adapter.subdomain, adapter.url_scheme) == expected
    assert adapter.websocket is True
