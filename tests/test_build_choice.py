"""`MapAdapter.build`: which of an endpoint's rules is taken."""

from __future__ import annotations

from typing import Any

import pytest

from adapters import CONVERTERS, adapter_of, built
from trieroute import BuildError, Map, Rule, Submount

# Which rule


def test_unknown_endpoint() -> None:
    with pytest.raises(BuildError):
        adapter_of(Rule("/", endpoint="e")).build("f")


def test_empty_map() -> None:
    with pytest.raises(BuildError):
        adapter_of().build("e")


def test_first_of_equal_rules_wins() -> None:
    rules = [Rule("/b", endpoint="e"), Rule("/a", endpoint="e")]
    assert adapter_of(*rules).build("e") == "/b"


def test_match_order_has_no_say() -> None:
    rules = [Rule("/<x>", endpoint="e"), Rule("/a/<x>", endpoint="e")]
    for order in "weights", "segments", "registration":
        assert Map(rules, match_order=order).bind("h").build("e", {"x": 1}) == "/1"
        rules = [rule.empty() for rule in rules]


def test_alias_goes_last() -> None:
    rules = [
        Rule("/old/<x>", defaults={"y": 1}, endpoint="e", alias=True),
        Rule("/new/<x>", endpoint="e"),
    ]
    assert adapter_of(*rules).build("e", {"x": 1}) == "/new/1"


def test_alias_is_taken_when_nothing_else_suits() -> None:
    rules = [Rule("/new/<x>/<y>", endpoint="e"), Rule("/old/<x>", endpoint="e", alias=True)]
    assert adapter_of(*rules).build("e", {"x": 1}) == "/old/1"


def test_build_only_rule() -> None:
    assert built("/static/<path:p>", {"p": "a/b.css"}, build_only=True) == "/static/a/b.css"


def test_rule_with_redirect_to() -> None:
    assert built("/old", redirect_to="/new") == "/old"


def test_rules_of_a_factory() -> None:
    url_map = Map([Submount("/blog/<lang>", [Rule("/<int:n>", endpoint="e")])])
    assert url_map.bind("example.com").build("e", {"lang": "de", "n": 3}) == "/blog/de/3"


# Defaults


def test_default_for_a_variable_is_part_of_the_path() -> None:
    rule = Rule("/<x>/<int(fixed_digits=3):n>/a", defaults={"n": 7}, endpoint="e")
    assert adapter_of(rule).build("e", {"x": 1}) == "/1/007/a"


def test_default_for_a_variable_is_converted() -> None:
    rule = Rule("/<lower:x>", defaults={"x": "ABC"}, endpoint="e")
    assert adapter_of(rule, converters=CONVERTERS).build("e") == "/abc"


def test_default_that_the_converter_does_not_take_is_reported_when_the_rule_is_added() -> None:
    with pytest.raises(ValueError):
        Map([Rule("/<int:n>", defaults={"n": "a"}, endpoint="e")])


def test_value_that_equals_the_default_is_taken() -> None:
    assert built("/all", {"page": 1}, defaults={"page": 1}) == "/all"


def test_value_that_equals_the_default_is_not_in_the_query() -> None:
    assert built("/all", {"page": 1.0, "x": 2}, defaults={"page": 1}) == "/all?x=2"


def test_value_that_differs_from_the_default_does_not_suit() -> None:
    with pytest.raises(BuildError):
        built("/all", {"page": 2}, defaults={"page": 1})


def test_value_and_default_are_not_converted_to_be_compared() -> None:
    with pytest.raises(BuildError):
        built("/all", {"page": "1"}, defaults={"page": 1})


@pytest.mark.parametrize(
    ("values", "url"),
    [({}, "/all"), ({"page": 1}, "/all"), ({"page": 2}, "/page/2"), ({"page": "1"}, "/page/1")],
)
def test_rule_with_the_default_goes_first(values: dict[str, Any], url: str) -> None:
    rules = [
        Rule("/page/<int:page>", endpoint="e"),
        Rule("/all", defaults={"page": 1}, endpoint="e"),
    ]
    assert adapter_of(*rules).build("e", values) == url


@pytest.mark.parametrize(
    ("values", "url"),
    [
        ({}, "/"),
        ({"a": 1}, "/1"),
        ({"b": 1}, "/?b=1"),
        ({"a": 1, "b": 2}, "/1/2"),
        ({"a": 1, "b": 2, "c": 3}, "/1/2?c=3"),
    ],
)
def test_rule_with_most_arguments_goes_first(values: dict[str, Any], url: str) -> None:
    rules = [Rule("/", endpoint="e"), Rule("/<a>", endpoint="e"), Rule("/<a>/<b>", endpoint="e")]
    assert adapter_of(*rules).build("e", values) == url


def test_among_rules_with_equally_many_arguments_that_with_most_defaults_goes_first() -> None:
    rules = [
        Rule("/<a>/<b>", endpoint="e"),
        Rule("/first/<b>", defaults={"a": 1}, endpoint="e"),
        Rule("/first", defaults={"a": 1, "b": 2}, endpoint="e"),
    ]
    adapter = adapter_of(*rules)
    assert adapter.build("e", {"a": 1, "b": 2}) == "/first"
    assert adapter.build("e", {"a": 1, "b": 3}) == "/first/3"
    assert adapter.build("e", {"a": 2, "b": 3}) == "/2/3"


# Methods


@pytest.mark.parametrize(
    ("method", "url"), [(None, "/get"), ("GET", "/get"), ("HEAD", "/get"), ("POST", "/post")]
)
def test_method_chooses_the_rule(method: str | None, url: str) -> None:
    rules = [
        Rule("/post", endpoint="e", methods=["POST"]),
        Rule("/get", endpoint="e", methods=["GET"]),
    ]
    assert adapter_of(*rules).build("e", method=method) == url


@pytest.mark.parametrize("method", ["PUT", "get", ""])
def test_method_that_no_rule_has(method: str) -> None:
    with pytest.raises(BuildError):
        adapter_of(Rule("/", endpoint="e", methods=["GET"])).build("e", method=method)


@pytest.mark.parametrize("method", ["GET", "POST", "anything"])
def test_rule_without_methods_takes_each(method: str) -> None:
    assert adapter_of(Rule("/", endpoint="e")).build("e", method=method) == "/"


def test_rule_whose_methods_are_empty_takes_none() -> None:
    adapter = adapter_of(Rule("/", endpoint="e", methods=[]))
    with pytest.raises(BuildError):
        adapter.build("e", method="GET")


def test_without_a_method_rules_that_take_the_default_one_go_first() -> None:
    rules = [
        Rule("/<x>/<y>", endpoint="e", methods=["GET"]),
        Rule("/<x>", endpoint="e", methods=["POST"]),
    ]
    adapter = Map(rules).bind("example.com", default_method="POST")
    assert adapter.build("e", {"x": 1, "y": 2}) == "/1?y=2"


def test_without_a_method_any_rule_will_do_in_the_end() -> None:
    assert adapter_of(Rule("/", endpoint="e", methods=["PUT"])).build("e") == "/"


def test_default_method_of_another_case_is_the_method_of_no_rule() -> None:
    rules = [
        Rule("/a", endpoint="e", methods=["GET"]),
        Rule("/b", endpoint="e", methods=["POST"]),
    ]
    assert Map(rules).bind("example.com", default_method="post").build("e") == "/a"
