"""`MapAdapter.build`: the path that a rule gives, and its quoting."""

from __future__ import annotations

from typing import Any

import pytest

from adapters import adapter_of, built
from trieroute import Map, Rule

# Paths


@pytest.mark.parametrize(
    ("rule", "values", "url"),
    [
        ("/", {}, "/"),
        ("/a", {}, "/a"),
        ("/a/", {}, "/a/"),
        ("/a/b/c", {}, "/a/b/c"),
        ("/<x>", {"x": "b"}, "/b"),
        ("/a/<x>/", {"x": "b"}, "/a/b/"),
        ("/<x>/<y>", {"x": "b", "y": "c"}, "/b/c"),
        ("/<x>/<y>", {"y": "c", "x": "b"}, "/b/c"),
        ("/a<x>b-<y>.<z>", {"x": 1, "y": 2, "z": 3}, "/a1b-2.3"),
        ("/<x><y>", {"x": "b", "y": "c"}, "/bc"),
        ("/<path:p>/x/<path:q>/", {"p": "a/b", "q": "c/d"}, "/a/b/x/c/d/"),
    ],
)
def test_path(rule: str, values: dict[str, Any], url: str) -> None:
    assert built(rule, values) == url


@pytest.mark.parametrize(
    ("merge_slashes", "url"), [(True, "/a/b/1/"), (False, "/a//b///1//")], ids=["merge", "keep"]
)
def test_runs_of_slashes_in_a_rule(merge_slashes: bool, url: str) -> None:
    assert built("/a//b///<x>//", {"x": 1}, merge_slashes=merge_slashes) == url


def test_many_variables() -> None:
    names = [f"v{number}" for number in range(200)]
    rule = "".join(f"/<{name}>" for name in names)
    assert built(rule, {name: name for name in names}) == "/" + "/".join(names)


def test_long_value() -> None:
    assert built("/<x>", {"x": "\xe9" * 100_000}) == "/" + "%C3%A9" * 100_000


def test_values_may_be_left_out_where_there_is_no_variable() -> None:
    assert adapter_of(Rule("/a", endpoint="e")).build("e") == "/a"


@pytest.mark.parametrize("endpoint", [1, None, ("a", 1), frozenset("a"), Map, 1.5, b"e", ""])
def test_endpoint_may_be_any_hashable_object(endpoint: Any) -> None:
    assert adapter_of(Rule("/a", endpoint=endpoint)).build(endpoint) == "/a"


def test_unhashable_endpoint() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        adapter_of(Rule("/a", endpoint="e")).build(["e"])


@pytest.mark.parametrize("name", ["self", "values", "class", "lambda", "append_unknown", "None"])
def test_variable_may_have_any_name(name: str) -> None:
    assert built(f"/<{name}>", {name: 1}) == "/1"


def test_arguments_take_the_positions_that_they_have_in_werkzeug() -> None:
    rules = [
        Rule("/get", endpoint="e", methods=["GET"]),
        Rule("/post", endpoint="e", methods=["POST"]),
    ]
    adapter = adapter_of(*rules)
    url = adapter.build("e", {"x": 1}, "POST", True, False, "https")
    assert url == "https://example.com/post"


# Quoting


@pytest.mark.parametrize(
    ("rule", "url"),
    [
        ("/a b", "/a%20b"),
        ("/\xe9/\u20ac", "/%C3%A9/%E2%82%AC"),
        ("/100%", "/100%25"),
        ("/%2F", "/%252F"),
        ("/a?b#c", "/a%3Fb%23c"),
        ("/a+b&c=d;e:f@g,h!$'()*", "/a+b&c=d;e:f@g,h!$'()*"),
        ('/"[\\]^`{|}', "/%22%5B%5C%5D%5E%60%7B%7C%7D"),
    ],
)
def test_quoting_of_static_text(rule: str, url: str) -> None:
    assert built(rule) == url


@pytest.mark.parametrize(
    ("value", "url"),
    [
        ("a b", "/a%20b"),
        ("\xe9", "/%C3%A9"),
        ("\u4e2d", "/%E4%B8%AD"),
        ("\U0001f600", "/%F0%9F%98%80"),
        ("100%", "/100%25"),
        ("%2F", "/%252F"),
        ("a?b#c", "/a%3Fb%23c"),
        ("a/b", "/a/b"),
        ("a\nb\x00", "/a%0Ab%00"),
        ("!$&'()*+,/:;=@", "/!$&'()*+,/:;=@"),
        ("<>", "/%3C%3E"),
        ("..", "/.."),
    ],
)
@pytest.mark.parametrize("converter", ["", "string:", "path:"])
def test_quoting_of_values(converter: str, value: str, url: str) -> None:
    assert built(f"/<{converter}x>", {"x": value}) == url


@pytest.mark.parametrize("x", ["a", "\xe9", "\u20ac", "\U0001f600"])
@pytest.mark.parametrize("y", ["b", " ", "\xff", "\uffff"])
def test_texts_of_every_width_side_by_side(x: str, y: str) -> None:
    quoted = {
        "a": "a",
        "\xe9": "%C3%A9",
        "\u20ac": "%E2%82%AC",
        "\U0001f600": "%F0%9F%98%80",
        "b": "b",
        " ": "%20",
        "\xff": "%C3%BF",
        "\uffff": "%EF%BF%BF",
    }
    assert built("/<x>-\xe9/<y>", {"x": x, "y": y}) == f"/{quoted[x]}-%C3%A9/{quoted[y]}"


def test_lone_surrogate_in_a_value() -> None:
    with pytest.raises(UnicodeEncodeError):
        built("/<x>", {"x": "\udc80"})


def test_lone_surrogate_in_the_query() -> None:
    with pytest.raises(UnicodeEncodeError):
        built("/", {"x": "\udc80"})


@pytest.mark.parametrize("value", ["", "/", "//", "//evil.example", "/\\evil.example"])
def test_value_never_leads_to_another_host(value: str) -> None:
    url = built("/<x>", {"x": value})
    assert url.startswith("/")
    assert not url.startswith("//")
