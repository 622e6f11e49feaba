"""The building half of `Rule`, and subclasses that override it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from adapters import CONVERTERS, adapter_of, bound
from trieroute import BuildError, Map, Rule

# The building half of `Rule`


@pytest.mark.parametrize(
    ("values", "append_unknown", "parts"),
    [
        ({"user": "ann", "x": "a b"}, True, ("ann", "/a%20b")),
        ({"user": "ann", "x": 1, "y": [2, 3]}, True, ("ann", "/1?y=2&y=3")),
        ({"user": "ann", "x": 1, "y": [2, 3]}, False, ("ann", "/1")),
        ({"user": "ann", "x": None, "y": None}, True, ("ann", "/None")),
    ],
)
def test_rule_build(values: dict[str, Any], append_unknown: bool, parts: tuple[str, str]) -> None:
    assert bound("/<x>", subdomain="<user>").build(values, append_unknown) == parts


def test_rule_build_appends_unless_told_otherwise() -> None:
    assert bound("/").build({"x": 1}) == ("", "/?x=1")


def test_rule_build_without_a_value() -> None:
    with pytest.raises(TypeError, match="'x'"):
        bound("/<x>").build({})


@pytest.mark.parametrize("converter", ["lower", "failing"])
def test_rule_build_without_a_value_asks_no_converter(converter: str) -> None:
    rule = Rule(f"/<{converter}:x>/<y>")
    Map([rule], converters=CONVERTERS)
    with pytest.raises(TypeError, match="'y'"):
        rule.build({"x": 1})


def test_rule_build_of_a_refused_value() -> None:
    rule = Rule("/<lower:x>")
    Map([rule], converters=CONVERTERS)
    assert rule.build({"x": 1}) is None


def test_rule_build_does_not_look_at_methods_and_defaults() -> None:
    rule = bound("/a", methods=["GET"], defaults={"x": 1})
    assert rule.build({"x": 2}) == ("", "/a")


def test_build_and_build_unknown_take_keywords() -> None:
    rule = bound("/<x>", subdomain="s")
    assert rule._build(x=1, y=2) == ("s", "/1")
    assert rule._build_unknown(x=1, y=2) == ("s", "/1?y=2")


@pytest.mark.parametrize(
    ("append_unknown", "path"), [(True, "/1?y=2&self=3"), (False, "/1")], ids=["append", "drop"]
)
def test_compiled_builder_takes_the_rule_and_keywords(append_unknown: bool, path: str) -> None:
    rule = bound("/<x>")
    builder = rule._compile_builder(append_unknown).__get__(rule, None)
    assert builder(**{"x": 1, "y": 2, "self": 3}) == ("", path)


def test_compiled_builder_appends_unless_told_otherwise() -> None:
    rule = bound("/")
    assert rule._compile_builder().__get__(rule, None)(y=2) == ("", "/?y=2")


@pytest.mark.parametrize(
    ("values", "query"),
    [
        ({}, ""),
        ({"b": 1, "a": [2, None, 3]}, "b=1&a=2&a=3"),
        ({"a": None}, ""),
        (MultiDict([("a", 1), ("b", 2), ("a", 3)]), "a=1&a=3&b=2"),
        ([("a", 1), ("b", 2), ("a", 3)], "a=1&b=2&a=3"),
    ],
)
def test_encode_query_vars(values: Any, query: str) -> None:
    assert bound("/")._encode_query_vars(values) == query


def test_encode_query_vars_sorts_if_the_map_says_so() -> None:
    rule = Rule("/")
    Map([rule], sort_parameters=True)
    assert rule._encode_query_vars({"b": 1, "a": [3, 2]}) == "a=2&a=3&b=1"


@pytest.mark.parametrize(
    ("values", "method", "suitable"),
    [
        ({"x": 1}, None, True),
        ({"x": 1}, "GET", True),
        ({"x": 1}, "HEAD", True),
        ({"x": 1}, "POST", False),
        ({"x": 1}, "get", False),
        ({}, None, False),
        ({"y": 1}, None, False),
        ({"x": None}, None, True),
        ({"x": 1, "y": 1}, None, True),
        ({"x": 1, "y": 1.0}, None, True),
        ({"x": 1, "y": 2}, None, False),
        ({"x": 1, "y": None}, None, False),
        ({"x": 1, "z": 2}, None, True),
    ],
)
def test_suitable_for(values: dict[str, Any], method: str | None, suitable: bool) -> None:
    rule = bound("/<x>", defaults={"y": 1}, methods=["GET"])
    assert rule.suitable_for(values, method) is suitable


@pytest.mark.parametrize(
    ("values", "suitable"),
    [({}, True), ({"x": 1}, True), ({"x": 2}, False), ({"x": "1"}, False)],
)
def test_suitable_for_with_the_default_of_a_variable(
    values: dict[str, Any], suitable: bool
) -> None:
    assert bound("/<x>", defaults={"x": 1}).suitable_for(values) is suitable


# Subclasses of `Rule`


def test_rule_that_overrides_suitable_for_is_asked() -> None:
    class LoudRule(Rule):
        def suitable_for(self, values: Mapping[str, Any], method: str | None = None) -> bool:
            return "loud" in values and super().suitable_for(values, method)

    rules = [LoudRule("/loud/<x>", endpoint="e"), Rule("/<x>", endpoint="e")]
    adapter = adapter_of(*rules)
    assert adapter.build("e", {"x": 1}) == "/1"
    assert adapter.build("e", {"x": 1, "loud": 2}) == "/loud/1?loud=2"


def test_rule_that_says_it_suits_without_the_values() -> None:
    class EagerRule(Rule):
        def suitable_for(self, values: Mapping[str, Any], method: str | None = None) -> bool:
            return True

    with pytest.raises(TypeError, match="'x'"):
        adapter_of(EagerRule("/<x>", endpoint="e")).build("e")


def test_rule_that_overrides_suitable_for_gets_the_method() -> None:
    asked = []

    class AskedRule(Rule):
        def suitable_for(self, values: Mapping[str, Any], method: str | None = None) -> bool:
            asked.append((dict(values), method))
            return False

    adapter = adapter_of(AskedRule("/", endpoint="e"))
    with pytest.raises(BuildError):
        adapter.build("e", {"x": 1, "y": None})
    assert asked == [({"x": 1}, "GET"), ({"x": 1}, None)]


def test_rule_that_overrides_build_is_asked() -> None:
    class SignedRule(Rule):
        def build(
            self, values: Mapping[str, Any], append_unknown: bool = True
        ) -> tuple[str, str] | None:
            return super().build({**values, "signature": append_unknown}, append_unknown)

    adapter = adapter_of(SignedRule("/<x>", endpoint="e"))
    assert adapter.build("e", {"x": 1}) == "/1?signature=True"
    assert adapter.build("e", {"x": 1}, append_unknown=False) == "/1"


def test_rule_that_overrides_build_may_decline() -> None:
    class DecliningRule(Rule):
        def build(
            self, values: Mapping[str, Any], append_unknown: bool = True
        ) -> tuple[str, str] | None:
            return None

    rules = [DecliningRule("/a", endpoint="e"), Rule("/b", endpoint="e")]
    assert adapter_of(*rules).build("e") == "/b"


def test_rule_that_overrides_encode_query_vars_is_asked() -> None:
    class JoiningRule(Rule):
        def _encode_query_vars(self, query_vars: Mapping[str, Any]) -> str:
            return ";".join(f"{key}={value}" for key, value in query_vars.items())

    adapter = adapter_of(JoiningRule("/<x>", endpoint="e"))
    assert adapter.build("e", {"x": 1, "y": 2, "z": 3}) == "/1?y=2;z=3"
    assert adapter.build("e", {"x": 1}) == "/1"


def test_rule_that_overrides_compile_builder_is_asked() -> None:
    class FixedRule(Rule):
        def _compile_builder(self, append_unknown: bool = True) -> Any:
            return lambda rule, **values: ("sub", f"{rule.rule}/{sorted(values)}/{append_unknown}")

    adapter = adapter_of(FixedRule("/<x>", endpoint="e"))
    assert adapter.build("e", {"x": 1}) == "http://sub.example.com/<x>/['x']/True"


def test_rule_that_overrides_build_compare_key_is_ordered_by_it() -> None:
    class UrgentRule(Rule):
        def build_compare_key(self) -> tuple[int, int, int]:
            return (-1, 0, 0)

    rules = [Rule("/<x>/<y>", endpoint="e"), UrgentRule("/<x>", endpoint="e")]
    assert adapter_of(*rules).build("e", {"x": 1, "y": 2}) == "/1?y=2"


def test_suitable_for_may_be_set_on_a_rule_after_a_build() -> None:
    rule = Rule("/a", endpoint="e")
    adapter = adapter_of(rule, Rule("/b", endpoint="e"))
    assert adapter.build("e") == "/a"
    rule.suitable_for = lambda values, method=None: False  # type: ignore[method-assign]
    assert adapter.build("e") == "/b"
