"""`MapAdapter.build`: the values that are given, and the query of those that no variable takes."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pytest
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from adapters import CONVERTERS, Speaking, Text, adapter_of, built
from trieroute import BuildError, Rule

# Values


def test_missing_value() -> None:
    with pytest.raises(BuildError):
        built("/<x>/<y>", {"x": 1})


def test_none_counts_as_missing() -> None:
    with pytest.raises(BuildError):
        built("/<x>", {"x": None})


def test_none_is_dropped_before_the_rules_are_asked() -> None:
    rules = [Rule("/<x>", endpoint="e"), Rule("/", endpoint="e")]
    assert adapter_of(*rules).build("e", {"x": None, "y": None, "z": 0}) == "/?z=0"


def test_none_in_place_of_a_default_counts_as_missing() -> None:
    assert built("/all", {"page": None}, defaults={"page": 1}) == "/all"


@pytest.mark.parametrize("values", [None, {}, (), "", MultiDict()])
def test_empty_values(values: Any) -> None:
    assert built("/a", values) == "/a"


@pytest.mark.parametrize("values", [[("x", 1)], "x", 1])
def test_values_that_are_no_mapping(values: Any) -> None:
    with pytest.raises(TypeError, match="values must be a dict of values by name, not "):
        built("/<x>", values)


def test_values_may_be_any_mapping() -> None:
    assert built("/<x>", MappingProxyType({"x": "a", "y": None, "z": ["b", "c"]})) == "/a?z=b&z=c"


def test_values_may_be_of_a_subclass_of_dict() -> None:
    class Fixed(dict[str, Any]):
        def items(self) -> Any:
            return {"x": "fixed"}.items()

    assert built("/<x>", Fixed(x="a")) == "/fixed"


@pytest.mark.parametrize("kind", [MultiDict, ImmutableMultiDict])
def test_multi_dict(kind: Any) -> None:
    values = kind([("x", "a"), ("y", "b"), ("y", "c"), ("z", "d")])
    assert built("/<x>", values) == "/a?y=b&y=c&z=d"


def test_several_values_of_a_multi_dict_for_one_variable_are_a_list() -> None:
    rule = Rule("/<list:x>", endpoint="e")
    values = MultiDict([("x", "a"), ("x", "b")])
    assert adapter_of(rule, converters=CONVERTERS).build("e", values) == "/a+b"


def test_key_of_a_multi_dict_without_values_counts_as_missing() -> None:
    values: MultiDict[str, Any] = MultiDict()
    dict.__setitem__(values, "x", [])
    with pytest.raises(BuildError):
        built("/<x>", values)


def test_none_in_a_multi_dict_is_a_value() -> None:
    assert built("/<x>", MultiDict([("x", None), ("y", None)])) == "/None"


@pytest.mark.parametrize("key", [1, None, b"y", ("y",)])
@pytest.mark.parametrize("append_unknown", [True, False])
def test_name_of_a_value_has_to_be_a_str(key: Any, append_unknown: bool) -> None:
    adapter = adapter_of(Rule("/<x>", endpoint="e"))
    with pytest.raises(TypeError):
        adapter.build("e", {"x": 1, key: 2}, append_unknown=append_unknown)


def test_name_of_a_value_may_be_of_a_subclass_of_str() -> None:
    assert built("/<x>", {Text("x"): 1, Text("y"): 2}) == "/1?y=2"


def test_values_are_not_changed() -> None:
    values = {"x": "a", "y": None, "z": ["b", None]}
    built("/<x>", values)
    assert values == {"x": "a", "y": None, "z": ["b", None]}


def test_values_are_not_changed_by_a_rule_that_changes_its_own() -> None:
    class PoppingRule(Rule):
        def build(self, values: Any, append_unknown: bool = True) -> tuple[str, str] | None:
            values.pop("token")
            return super().build(values, append_unknown)

    values = {"token": 1}
    assert adapter_of(PoppingRule("/", endpoint="e")).build("e", values) == "/"
    assert values == {"token": 1}


# The query


@pytest.mark.parametrize(
    ("values", "query"),
    [
        ({"a": "b"}, "?a=b"),
        ({"b": 1, "a": 2}, "?b=1&a=2"),
        ({"a": ""}, "?a="),
        ({"": "a"}, "?=a"),
        ({"a": 0}, "?a=0"),
        ({"a": False}, "?a=False"),
        ({"a": 1.5}, "?a=1.5"),
        ({"a": None}, ""),
        ({"a": None, "b": 1}, "?b=1"),
        ({"a": ["b", "c"]}, "?a=b&a=c"),
        ({"a": ("b", "c")}, "?a=b&a=c"),
        ({"a": {"b"}}, "?a=b"),
        ({"a": ["b", None, 1]}, "?a=b&a=1"),
        ({"a": []}, ""),
        ({"a": [], "b": (), "c": set()}, ""),
        ({"a": [None]}, ""),
        ({"a": [], "b": 1, "c": []}, "?b=1"),
        ({"a": [["b", "c"]]}, "?a=%5B'b',+'c'%5D"),
        ({"a": frozenset({1})}, "?a=frozenset(%7B1%7D)"),
        ({"a": {"b": 1}}, "?a=%7B'b':+1%7D"),
        ({"a": b"b c\xff"}, "?a=b+c%FF"),
        ({"a": Text("b c")}, "?a=b+c"),
        ({"a": Speaking()}, "?a=a+b"),
        ({"a b": "c d"}, "?a+b=c+d"),
        ({"a": "b&c=d+e%f#g"}, "?a=b%26c%3Dd%2Be%25f%23g"),
        ({"a": "!$'()*,/:;?@"}, "?a=!$'()*,/:;?@"),
        ({"\xe9": "\u20ac"}, "?%C3%A9=%E2%82%AC"),
        ({"self": 1, "values": 2, "method": 3}, "?self=1&values=2&method=3"),
    ],
)
def test_query(values: dict[str, Any], query: str) -> None:
    assert built("/a", values) == "/a" + query


def test_query_follows_the_path_with_its_variables() -> None:
    assert built("/<x>/", {"y": 1, "x": "?", "z": 2}) == "/%3F/?y=1&z=2"


def test_query_of_a_rule_with_defaults_in_its_path() -> None:
    assert built("/<x>", {"x": 1, "y": 2}, defaults={"x": 1}) == "/1?y=2"


def test_append_unknown_false_drops_what_the_rule_does_not_know() -> None:
    adapter = adapter_of(Rule("/<x>", endpoint="e"))
    assert adapter.build("e", {"x": 1, "y": 2}, append_unknown=False) == "/1"


# Sorted queries


def test_query_keeps_the_order_of_the_values() -> None:
    assert built("/", {"b": 1, "c": 2, "a": 3}) == "/?b=1&c=2&a=3"


def test_sort_parameters() -> None:
    adapter = adapter_of(Rule("/<x>", endpoint="e"), sort_parameters=True)
    values = {"x": 1, "c": 2, "b": ["z", "a"], "a": None, "d": []}
    assert adapter.build("e", values) == "/1?b=a&b=z&c=2"


def test_sort_key_gets_pairs_of_key_and_value() -> None:
    def last_letter(pair: tuple[str, Any]) -> tuple[str, int]:
        key, value = pair
        return key[-1], -value

    adapter = adapter_of(Rule("/", endpoint="e"), sort_parameters=True, sort_key=last_letter)
    assert adapter.build("e", {"ab": 1, "ba": [2, 3]}) == "/?ba=3&ba=2&ab=1"


def test_sort_key_without_sort_parameters_does_nothing() -> None:
    adapter = adapter_of(Rule("/", endpoint="e"), sort_key=lambda pair: pair[0])
    assert adapter.build("e", {"b": 1, "a": 2}) == "/?b=1&a=2"


def test_values_that_cannot_be_sorted() -> None:
    adapter = adapter_of(Rule("/", endpoint="e"), sort_parameters=True)
    with pytest.raises(TypeError):
        adapter.build("e", {"a": ["b", 1]})


def test_sort_parameters_may_be_set_after_a_build() -> None:
    adapter = adapter_of(Rule("/", endpoint="e"))
    assert adapter.build("e", {"b": 1, "a": 2}) == "/?b=1&a=2"
    adapter.map.sort_parameters = True
    assert adapter.build("e", {"b": 1, "a": 2}) == "/?a=2&b=1"


def test_sort_key_may_be_set_after_a_build() -> None:
    adapter = adapter_of(Rule("/", endpoint="e"), sort_parameters=True)
    assert adapter.build("e", {"b": 2, "a": 1}) == "/?a=1&b=2"
    adapter.map.sort_key = lambda pair: -pair[1]
    assert adapter.build("e", {"b": 2, "a": 1}) == "/?b=2&a=1"
