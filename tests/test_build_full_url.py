"""`MapAdapter.build`: full URLs, with scheme, host, subdomain and script name."""

from __future__ import annotations

from typing import Any

import pytest

from adapters import CONVERTERS, adapter_of
from trieroute import BuildError, Map, Rule

# Full URLs


@pytest.mark.parametrize(
    ("scheme", "url_scheme", "url"),
    [
        ("http", None, "http://example.com/a"),
        ("https", None, "https://example.com/a"),
        ("", None, "//example.com/a"),
        ("ws", None, "http://example.com/a"),
        ("wss", None, "https://example.com/a"),
        ("ftp", None, "http://example.com/a"),
        ("http", "https", "https://example.com/a"),
        ("https", "http", "http://example.com/a"),
        ("http", "", "//example.com/a"),
        ("http", "wss", "https://example.com/a"),
        ("https", "ws", "http://example.com/a"),
        ("https", "ftp", "http://example.com/a"),
    ],
)
def test_scheme_of_a_full_url(scheme: str, url_scheme: str | None, url: str) -> None:
    adapter = Map([Rule("/a", endpoint="e")]).bind("example.com", url_scheme=scheme)
    assert adapter.build("e", force_external=True, url_scheme=url_scheme) == url


def test_scheme_without_force_external_changes_nothing() -> None:
    assert adapter_of(Rule("/a", endpoint="e")).build("e", url_scheme="https") == "/a"


def test_scheme_of_the_adapter_may_be_changed() -> None:
    adapter = adapter_of(Rule("/a", endpoint="e"))
    adapter.url_scheme = "https"
    assert adapter.build("e", force_external=True) == "https://example.com/a"


def test_full_url_has_the_port() -> None:
    adapter = Map([Rule("/a", endpoint="e")]).bind("example.com:8080")
    assert adapter.build("e", force_external=True) == "http://example.com:8080/a"


def test_full_url_has_path_and_query() -> None:
    adapter = adapter_of(Rule("/<x>", endpoint="e"))
    url = adapter.build("e", {"x": "\xe9", "y": "a b"}, force_external=True)
    assert url == "http://example.com/%C3%A9?y=a+b"


@pytest.mark.parametrize(
    ("script_name", "path", "full"),
    [
        (None, "/a", "http://h/a"),
        ("", "/a", "http://h/a"),
        ("/", "/a", "http://h/a"),
        ("/app", "/app/a", "http://h/app/a"),
        ("/app/", "/app/a", "http://h/app/a"),
        ("/app/v1", "/app/v1/a", "http://h/app/v1/a"),
        ("app", "/app/a", "http://h/app/a"),
        ("/app//", "/app/a", "http://h/app//a"),
        ("/\xe9", "/\xe9/a", "http://h/\xe9/a"),
    ],
)
def test_script_name(script_name: str | None, path: str, full: str) -> None:
    adapter = Map([Rule("/a", endpoint="e")]).bind("h", script_name)
    assert adapter.build("e") == path
    assert adapter.build("e", force_external=True) == full


# WebSockets


@pytest.mark.parametrize(
    ("scheme", "url_scheme", "url"),
    [
        ("http", None, "ws://example.com/a"),
        ("https", None, "wss://example.com/a"),
        ("ws", None, "ws://example.com/a"),
        ("wss", None, "wss://example.com/a"),
        ("", None, "ws://example.com/a"),
        ("http", "https", "wss://example.com/a"),
        ("https", "http", "ws://example.com/a"),
        ("https", "", "ws://example.com/a"),
        ("http", "wss", "wss://example.com/a"),
    ],
)
@pytest.mark.parametrize("external", [True, False])
def test_url_of_a_websocket_rule_is_full(
    scheme: str, url_scheme: str | None, url: str, external: bool
) -> None:
    rule = Rule("/a", endpoint="e", websocket=True)
    adapter = Map([rule]).bind("example.com", url_scheme=scheme)
    assert adapter.build("e", force_external=external, url_scheme=url_scheme) == url


def test_path_of_another_rule_on_a_websocket_adapter() -> None:
    adapter = Map([Rule("/a", endpoint="e")]).bind("example.com", url_scheme="ws")
    assert adapter.build("e") == "/a"


def test_websocket_rules_and_others_are_chosen_by_order_alone() -> None:
    rules = [Rule("/live", endpoint="e", websocket=True), Rule("/a", endpoint="e")]
    assert Map(rules).bind("h").build("e") == "ws://h/live"
    rules = [rule.empty() for rule in reversed(rules)]
    assert Map(rules).bind("h", url_scheme="ws").build("e") == "/a"


# Subdomains


@pytest.mark.parametrize(
    ("bound", "url"),
    [
        (None, "http://www.example.com/a"),
        ("", "http://www.example.com/a"),
        ("www", "/a"),
        ("WWW", "http://www.example.com/a"),
        ("other", "http://www.example.com/a"),
    ],
)
def test_subdomain(bound: str | None, url: str) -> None:
    url_map = Map([Rule("/a", endpoint="e", subdomain="www")])
    assert url_map.bind("example.com", subdomain=bound).build("e") == url


def test_rule_without_a_subdomain_seen_from_one() -> None:
    adapter = Map([Rule("/a", endpoint="e")]).bind("example.com", subdomain="www")
    assert adapter.build("e") == "http://example.com/a"


def test_default_subdomain() -> None:
    url_map = Map([Rule("/a", endpoint="e")], default_subdomain="www")
    assert url_map.bind("example.com").build("e") == "/a"
    assert url_map.bind("example.com", subdomain="").build("e") == "http://www.example.com/a"


@pytest.mark.parametrize(
    ("user", "url"),
    [
        ("ann", "/app/1"),
        ("bob", "https://bob.example.com/app/1"),
        (5, "https://5.example.com/app/1"),
        ("", "https://example.com/app/1"),
    ],
)
def test_variable_in_a_subdomain(user: Any, url: str) -> None:
    url_map = Map([Rule("/<int:n>", endpoint="e", subdomain="<user>")])
    adapter = url_map.bind("example.com", "/app", subdomain="ann", url_scheme="https")
    assert adapter.build("e", {"user": user, "n": 1}) == url


def test_subdomain_is_quoted() -> None:
    rule = Rule("/", endpoint="e", subdomain="\xe9.<x>")
    assert adapter_of(rule).build("e", {"x": "a b"}) == "http://%C3%A9.a%20b.example.com/"


def test_value_of_the_subdomain_is_not_in_the_query() -> None:
    rule = Rule("/", endpoint="e", subdomain="<user>")
    assert adapter_of(rule).build("e", {"user": "ann", "x": 1}) == "http://ann.example.com/?x=1"


def test_subdomain_is_required() -> None:
    with pytest.raises(BuildError):
        adapter_of(Rule("/", endpoint="e", subdomain="<user>")).build("e")


def test_default_for_the_subdomain() -> None:
    rule = Rule("/", endpoint="e", subdomain="<user>.m", defaults={"user": "ann"})
    assert adapter_of(rule).build("e") == "http://ann.m.example.com/"


def test_rule_on_the_bound_subdomain_is_not_preferred() -> None:
    rules = [
        Rule("/a", endpoint="e", subdomain="a"),
        Rule("/b", endpoint="e", subdomain="b"),
    ]
    assert Map(rules).bind("h", subdomain="b").build("e") == "http://a.h/a"


# Hosts


@pytest.mark.parametrize(
    ("bound", "url"),
    [
        ("a.example", "/a"),
        ("A.Example", "/a"),
        ("b.example", "http://a.example/a"),
        ("a.example:80", "http://a.example/a"),
    ],
)
def test_host(bound: str, url: str) -> None:
    url_map = Map([Rule("/a", endpoint="e", host="a.example")], host_matching=True)
    assert url_map.bind(bound).build("e") == url


def test_force_external_on_the_same_host() -> None:
    url_map = Map([Rule("/a", endpoint="e", host="a.example")], host_matching=True)
    adapter = url_map.bind("a.example", "/app")
    assert adapter.build("e", force_external=True) == "http://a.example/app/a"


def test_variable_in_a_host() -> None:
    rule = Rule("/<x>", endpoint="e", host="<user>.example:8080")
    adapter = Map([rule], host_matching=True).bind("ann.example:8080")
    assert adapter.build("e", {"user": "ann", "x": 1}) == "/1"
    assert adapter.build("e", {"user": "bob", "x": 1}) == "http://bob.example:8080/1"


def test_rule_of_the_bound_host_is_preferred() -> None:
    rules = [
        Rule("/<x>", endpoint="e", host="a.example", defaults={"y": 1}),
        Rule("/b/<x>", endpoint="e", host="b.example"),
        Rule("/c/<x>", endpoint="e", host="<host>.example", defaults={"host": "c"}),
    ]
    url_map = Map(rules, host_matching=True)
    assert url_map.bind("a.example").build("e", {"x": 1}) == "/1"
    assert url_map.bind("b.example").build("e", {"x": 1}) == "/b/1"


def test_first_rule_is_taken_when_none_is_of_the_bound_host() -> None:
    rules = [
        Rule("/a", endpoint="e", host="a.example"),
        Rule("/b", endpoint="e", host="b.example"),
    ]
    url_map = Map(rules, host_matching=True)
    assert url_map.bind("d.example").build("e") == "http://a.example/a"


def test_default_method_goes_before_the_bound_host() -> None:
    rules = [
        Rule("/a", endpoint="e", host="a.example", methods=["GET"]),
        Rule("/b", endpoint="e", host="b.example", methods=["POST"]),
    ]
    adapter = Map(rules, host_matching=True).bind("b.example")
    assert adapter.build("e") == "http://a.example/a"
    assert adapter.build("e", method="POST") == "/b"


def test_rule_after_the_one_of_the_bound_host_is_not_asked() -> None:
    rules = [
        Rule("/a/<x>", endpoint="e", host="a.example"),
        Rule("/b/<failing:x>", endpoint="e", host="b.example"),
    ]
    url_map = Map(rules, host_matching=True, converters=CONVERTERS)
    assert url_map.bind("a.example").build("e", {"x": 1}) == "/a/1"
    with pytest.raises(ZeroDivisionError):
        url_map.bind("c.example").build("e", {"x": 1})


def test_rule_without_a_host() -> None:
    adapter = Map([Rule("/a", endpoint="e")], host_matching=True).bind("a.example")
    assert adapter.build("e") == "/a"


@pytest.mark.parametrize(
    ("value", "host"),
    [
        ("b", "b"),
        ("a.b", "a.b"),
        ("/b", "%2Fb"),
        ("evil.example/", "evil.example%2F"),
        ("evil.example/b", "evil.example%2Fb"),
        ("evil.example?", "evil.example%3F"),
        ("evil.example#", "evil.example%23"),
        ("evil.example\\", "evil.example%5C"),
        ("user@", "user%40"),
        (":80", "%3A80"),
        ("b:80", "b%3A80"),
    ],
)
def test_no_value_ends_a_subdomain(value: str, host: str) -> None:
    rule = Rule("/a", endpoint="a", subdomain="<path:domain>")
    adapter = Map([rule]).bind("example.com")
    assert adapter.build("a", {"domain": value}) == f"http://{host}.example.com/a"


@pytest.mark.parametrize(
    ("value", "host"),
    [
        ("b.example", "b.example"),
        ("b.example:8080", "b.example:8080"),
        ("[::1]:80", "%5B::1%5D:80"),
        ("[::1]a:80", "%5B%3A%3A1%5Da:80"),
        ("/b.example", "%2Fb.example"),
        ("evil.example/.b.example", "evil.example%2F.b.example"),
        ("user@b.example", "user%40b.example"),
        ("b:80@evil.example", "b%3A80%40evil.example"),
        (":80", "%3A80"),
        ("b:80:90", "b%3A80:90"),
    ],
)
def test_no_value_ends_a_host_but_by_a_port(value: str, host: str) -> None:
    rule = Rule("/a", endpoint="a", host="<path:domain>")
    adapter = Map([rule], host_matching=True).bind("example.com")
    assert adapter.build("a", {"domain": value}) == f"http://{host}/a"


def test_port_that_a_host_rule_says_itself_stays() -> None:
    rule = Rule("/a", endpoint="a", host="b.example:8080")
    adapter = Map([rule], host_matching=True).bind("example.com")
    assert adapter.build("a") == "http://b.example:8080/a"


@pytest.mark.parametrize("scheme", ["http", "https", "ws", "wss", ""])
@pytest.mark.parametrize("websocket", [False, True])
def test_full_url_without_a_host_is_a_path(scheme: str, websocket: bool) -> None:
    url_map = Map([Rule("/<x>", endpoint="e", websocket=websocket)])
    adapter = url_map.bind("", url_scheme=scheme)
    assert adapter.build("e", {"x": "evil.example"}, force_external=True) == "/evil.example"
