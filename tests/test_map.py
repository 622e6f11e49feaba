"""`Map`: rules in and out, settings, what a match returns."""

from __future__ import annotations

from typing import Any

import pytest
import werkzeug.routing
from werkzeug.datastructures import ImmutableDict

import trieroute as tr
from outcomes import redirect_of
from trieroute import Map, NotFound, Rule


def test_empty_map_matches_nothing() -> None:
    with pytest.raises(NotFound):
        Map().bind("example.com").match("/")


def test_rules_may_be_any_iterable() -> None:
    url_map = Map(Rule(f"/{name}", endpoint=name) for name in "ab")
    assert url_map.bind("example.com").match("/b") == ("b", {})


def test_settings_take_the_positions_that_they_have_in_werkzeug() -> None:
    class WordConverter(tr.BaseConverter):
        regex = "[a-z]+"

    key = len
    url_map = Map([], "www", False, False, False, {"word": WordConverter}, True, key, True)
    assert url_map.default_subdomain == "www"
    assert url_map.strict_slashes is False
    assert url_map.merge_slashes is False
    assert url_map.redirect_defaults is False
    assert url_map.converters["word"] is WordConverter
    assert url_map.sort_parameters is True
    assert url_map.sort_key is key
    assert url_map.host_matching is True


def test_settings_have_werkzeugs_defaults() -> None:
    url_map = Map()
    assert url_map.default_subdomain == ""
    assert url_map.strict_slashes is True
    assert url_map.merge_slashes is True
    assert url_map.redirect_defaults is True
    assert url_map.sort_parameters is False
    assert url_map.sort_key is None
    assert url_map.host_matching is False


def test_exceptions_are_werkzeugs_own() -> None:
    for name in (
        "RequestRedirect",
        "RequestPath",
        "RequestAliasRedirect",
        "RoutingException",
        "BuildError",
        "NoMatch",
        "WebsocketMismatch",
        "ValidationError",
    ):
        assert getattr(tr, name) is getattr(werkzeug.routing, name)
    assert tr.NotFound is werkzeug.exceptions.NotFound
    assert tr.MethodNotAllowed is werkzeug.exceptions.MethodNotAllowed


# Adding


def test_add_binds_the_rule() -> None:
    url_map, rule = Map(), Rule("/a")
    url_map.add(rule)
    assert rule.map is url_map


def test_rule_cannot_be_bound_to_two_maps() -> None:
    rule = Rule("/a")
    Map([rule])
    with pytest.raises(RuntimeError, match="'/a'"):
        Map([rule])


def test_rule_cannot_be_added_twice() -> None:
    rule = Rule("/a")
    url_map = Map([rule])
    with pytest.raises(RuntimeError):
        url_map.add(rule)
    assert list(url_map.iter_rules()) == [rule]


@pytest.mark.usefixtures("equal_rules")
def test_same_rule_string_may_be_added_twice() -> None:
    adapter = Map([Rule("/a", endpoint=1), Rule("/a", endpoint=2)]).bind("example.com")
    assert adapter.match("/a") == (1, {})


def test_rules_added_after_a_match_are_seen() -> None:
    url_map = Map([Rule("/a", endpoint="a")])
    adapter = url_map.bind("example.com")
    assert not adapter.test("/b")
    url_map.add(Rule("/b", endpoint="b"))
    assert adapter.match("/b") == ("b", {})
    url_map.add(Rule("/c/<int:n>", endpoint="c"))
    assert adapter.match("/c/3") == ("c", {"n": 3})


def test_rule_takes_over_the_maps_settings_when_it_is_added() -> None:
    rule = Rule("/a/")
    url_map = Map([rule], strict_slashes=False, merge_slashes=False, default_subdomain="www")
    assert (rule.strict_slashes, rule.merge_slashes, rule.subdomain) == (False, False, "www")
    url_map.strict_slashes = True
    assert rule.strict_slashes is False


def test_many_rules() -> None:
    rules = [Rule(f"/r{number}/<int:n>/x", endpoint=number) for number in range(5000)]
    adapter = Map(rules).bind("example.com")
    for number in 0, 1, 2500, 4999:
        assert adapter.match(f"/r{number}/7/x") == (number, {"n": 7})
    assert not adapter.test("/r5000/7/x")


def test_many_rules_that_overlap() -> None:
    names = [f"{number:012b}" for number in range(0, 4096, 8)]
    rules = [
        Rule("/" + "/".join("a" if bit == "0" else f"<v{n}>" for n, bit in enumerate(name)))
        for name in names
    ]
    adapter = Map(rules).bind("example.com")
    assert not adapter.test("/b" * 12)
    assert adapter.match("/a" * 12) == (None, {})


def test_very_long_rule() -> None:
    rule = Rule("/" + "/".join(f"s{n}/<v{n}>" for n in range(500)), endpoint="e")
    adapter = Map([rule]).bind("example.com")
    endpoint, values = adapter.match("/" + "/".join(f"s{n}/{n}" for n in range(500)))
    assert endpoint == "e"
    assert values == {f"v{n}": str(n) for n in range(500)}


def test_very_many_variables_in_a_segment() -> None:
    rule = Rule("/" + "-".join(f"<int:v{n}>" for n in range(100)), endpoint="e")
    adapter = Map([rule]).bind("example.com")
    assert adapter.match("/" + "-".join(map(str, range(100))))[1] == {
        f"v{n}": n for n in range(100)
    }


def test_rule_nested_deeply_is_matched_without_recursion() -> None:
    adapter = Map([Rule("/<x>" + "/a" * 20_000, endpoint="e")]).bind("example.com")
    assert adapter.match("/b" + "/a" * 20_000) == ("e", {"x": "b"})
    assert not adapter.test("/b" + "/a" * 19_999 + "/c")


def test_rule_that_could_not_be_added_is_as_it_was() -> None:
    rule = Rule("/<a>", endpoint="e", redirect_to="/<b>")
    with pytest.raises(ValueError, match="no variable 'b'"):
        Map().add(rule)
    assert (rule.map, rule.arguments, rule._trace) == (None, set(), [])
    assert rule == Rule("/<a>", endpoint="e")


def test_rules_of_a_factory_that_could_not_be_added_are_as_they_were() -> None:
    rule = Rule("/<a>", endpoint="e")
    with pytest.raises(LookupError):
        Map().add(_Several([rule, Rule("/<none:b>")]))
    assert (rule.map, rule.arguments, rule._trace) == (None, set(), [])


class _Several(tr.RuleFactory):
    def __init__(self, rules: list[Rule]) -> None:
        self.rules = rules

    def get_rules(self, map: Map) -> Any:
        return iter(self.rules)


# Looking at rules


def test_iter_rules_gives_rules_by_endpoint() -> None:
    rules = [Rule("/a", endpoint=1), Rule("/b", endpoint=2), Rule("/c", endpoint=1)]
    url_map = Map(rules)
    assert [rule.rule for rule in url_map.iter_rules()] == ["/a", "/c", "/b"]
    assert [rule.rule for rule in url_map.iter_rules(1)] == ["/a", "/c"]


def test_iter_rules_of_an_unknown_endpoint() -> None:
    with pytest.raises(KeyError):
        Map().iter_rules("nope")


def test_iter_rules_gives_the_preferred_rule_for_building_first() -> None:
    rules = [
        Rule("/a", endpoint="e", alias=True),
        Rule("/b", endpoint="e"),
        Rule("/<x>/<y>", endpoint="e"),
        Rule("/c/<x>", endpoint="e", defaults={"y": 1}),
    ]
    assert [rule.rule for rule in Map(rules).iter_rules("e")] == ["/c/<x>", "/<x>/<y>", "/b", "/a"]


def test_rules_are_found_by_identity_and_endpoint() -> None:
    rule = Rule("/a", endpoint="e")
    url_map = Map([rule])
    assert rule in url_map._rules
    assert url_map._rules == [rule]
    assert url_map._rules_by_endpoint == {"e": [rule]}


def test_is_endpoint_expecting() -> None:
    rules = [
        Rule("/", endpoint="index"),
        Rule("/<lang>/<page>", endpoint="page"),
        Rule("/<page>", endpoint="page", defaults={"size": 1}),
    ]
    url_map = Map(rules)
    assert url_map.is_endpoint_expecting("page", "lang")
    assert url_map.is_endpoint_expecting("page", "lang", "page")
    assert url_map.is_endpoint_expecting("page", "size")
    assert not url_map.is_endpoint_expecting("page", "lang", "size")
    assert not url_map.is_endpoint_expecting("index", "lang")
    assert url_map.is_endpoint_expecting("index")
    with pytest.raises(KeyError):
        url_map.is_endpoint_expecting("nope", "lang")


def test_repr_shows_class_and_rules() -> None:
    class OwnMap(Map):
        pass

    url_map = OwnMap([Rule("/a", endpoint="a"), Rule("/b/<x>", endpoint="b", methods=["PUT"])])
    assert repr(url_map) == "OwnMap([<Rule '/a' -> a>, <Rule '/b/<x>' (PUT) -> b>])"
    assert repr(Map()) == "Map([])"


@pytest.mark.parametrize("endpoint", [None, 0, 3.5, ("a", 1), frozenset({1}), len, object, b"a"])
def test_endpoint_may_be_anything_hashable(endpoint: Any) -> None:
    assert Map([Rule("/", endpoint=endpoint)]).bind("example.com").match("/") == (endpoint, {})


def test_endpoint_that_is_not_hashable_is_refused_and_changes_nothing() -> None:
    url_map = Map()
    with pytest.raises(TypeError):
        url_map.add(Rule("/", endpoint=[]))
    assert list(url_map.iter_rules()) == []


# Converters


def test_default_converters() -> None:
    assert isinstance(Map.default_converters, ImmutableDict)
    assert set(Map.default_converters) == {
        "default",
        "string",
        "any",
        "path",
        "int",
        "float",
        "uuid",
    }
    assert dict(Map.default_converters) == dict(tr.DEFAULT_CONVERTERS)


def test_default_converters_of_a_subclass() -> None:
    class WordConverter(tr.BaseConverter):
        regex = "[a-z]+"

    class OwnMap(Map):
        default_converters = ImmutableDict({**Map.default_converters, "word": WordConverter})

    adapter = OwnMap([Rule("/<word:x>", endpoint="e")]).bind("example.com")
    assert adapter.match("/a") == ("e", {"x": "a"})
    assert not adapter.test("/1")


def test_converters_are_changed_in_place() -> None:
    class WordConverter(tr.BaseConverter):
        regex = "[a-z]+"

    url_map = Map()
    url_map.converters["word"] = WordConverter
    url_map.converters.update(other=WordConverter)
    url_map.add(Rule("/<word:x>/<other:y>", endpoint="e"))
    assert url_map.bind("example.com").match("/a/b") == ("e", {"x": "a", "y": "b"})
    assert "word" not in Map().converters


def test_given_converters_are_copied() -> None:
    converters = {"word": tr.UnicodeConverter}
    url_map = Map(converters=converters)
    url_map.converters["other"] = tr.UnicodeConverter
    assert list(converters) == ["word"]


# What a match returns


def test_return_rule() -> None:
    rule = Rule("/<x>", endpoint="e")
    result = Map([rule]).bind("example.com").match("/a", return_rule=True)
    assert result[0] is rule
    assert result[1] == {"x": "a"}


def test_result_is_a_pair_of_endpoint_and_a_dict_of_its_own() -> None:
    adapter = Map([Rule("/<x>", endpoint="e", defaults={"y": 1})]).bind("example.com")
    result = adapter.match("/a")
    assert type(result) is tuple
    assert type(result[1]) is dict
    result[1]["z"] = 2
    assert adapter.match("/a") == ("e", {"x": "a", "y": 1})


def test_values_come_in_the_order_of_the_rule_and_defaults_after_them() -> None:
    rule = Rule("/<b>/<a>.<c>/<path:d>", defaults={"e": 1, "a": 2}, endpoint="e")
    _, values = Map([rule]).bind("example.com").match("/1/2.3/4")
    assert list(values.items()) == [("b", "1"), ("a", 2), ("c", "3"), ("d", "4"), ("e", 1)]


def test_names_of_values_are_strings_though_defaults_have_other_keys() -> None:
    rule = Rule("/", defaults={"a": 1}, endpoint="e")
    assert Map([rule]).bind("example.com").match("/") == ("e", {"a": 1})
    assert rule.arguments == {"a"}


def test_match_takes_its_arguments_by_position() -> None:
    rule = Rule("/a/", endpoint="e", methods=["PUT"], websocket=False)
    adapter = Map([rule]).bind("example.com")
    assert adapter.match("/a/", "PUT", True, "q=1", False) == (rule, {})
    assert redirect_of(adapter, "/a", "PUT", True, "q=1", False) == "http://example.com/a/?q=1"
