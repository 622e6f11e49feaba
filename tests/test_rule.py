"""`Rule` by itself: matching one rule, copies, attributes, comparison."""

from __future__ import annotations

import copy
import inspect
import pickle
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from unittest import mock
from urllib.parse import quote

import pytest
import werkzeug.routing
from hypothesis import given

import trieroute
from adapters import bound
from outcomes import redirect_of
from routing_model import MapSpec, Request, RuleSpec, make_map, route
from routing_strategies import maps_with_requests
from trieroute import (
    BaseConverter,
    IntegerConverter,
    Map,
    RequestAliasRedirect,
    RequestPath,
    Rule,
    UnicodeConverter,
)
from trieroute._core.werkzeug_version import WRITES_RULES_AS_TEXT

# match


@pytest.mark.parametrize(
    ("rule", "settings", "path", "values"),
    [
        ("/a", {}, "|/a", {}),
        ("/a", {}, "|/b", None),
        ("/a", {}, "www|/a", None),
        ("/a", {"subdomain": "www"}, "www|/a", {}),
        ("/<int:x>", {}, "|/3", {"x": 3}),
        ("/<int:x>", {}, "|/a", None),
        ("/<int(max=5):x>", {}, "|/9", None),
        ("/<x>", {"subdomain": "<user>"}, "ann|/3", {"user": "ann", "x": "3"}),
        ("/<x>", {"defaults": {"y": 1}}, "|/3", {"x": "3", "y": 1}),
        ("/<path:p>/x", {}, "|/a/b/x", {"p": "a/b"}),
        ("/a/", {}, "|/a/", {}),
        ("/a/", {"strict_slashes": False}, "|/a", {}),
        ("/a", {"strict_slashes": False}, "|/a/", {}),
        ("/a", {}, "|/a/", None),
        ("/a", {"build_only": True}, "|/a", None),
        # methods and websocket are for the map to ask
        ("/a", {"methods": ["PUT"]}, "|/a", {}),
        ("/a", {"websocket": True}, "|/a", {}),
    ],
)
def test_match(
    rule: str, settings: dict[str, Any], path: str, values: dict[str, Any] | None
) -> None:
    assert bound(rule, **settings).match(path) == values


def test_match_with_hosts() -> None:
    rule = bound("/<x>", {"host_matching": True}, host="<user>.example.com")
    assert rule.match("ann.example.com|/a") == {"user": "ann", "x": "a"}
    assert rule.match("example.com|/a") is None


@pytest.mark.parametrize(
    ("rule", "path", "target"),
    [
        ("/a/", "|/a", "/a/"),
        ("/<x>/", "|/b", "/b/"),
        ("/<path:p>/", "|/a/b", "/a/b/"),
        ("/a/b", "|/a//b", "/a/b"),
        ("/x/<path:p>", "|/x//a//b", "/x/a//b"),
    ],
)
def test_match_asks_for_the_right_path(rule: str, path: str, target: str) -> None:
    with pytest.raises(RequestPath) as caught:
        bound(rule).match(path)
    assert caught.value.path_info == target


def test_missing_slash_is_asked_for_only_if_the_rule_takes_the_method() -> None:
    rule = bound("/a/", methods=["GET"])
    with pytest.raises(RequestPath):
        rule.match("|/a", "GET")
    with pytest.raises(RequestPath):
        rule.match("|/a")
    assert rule.match("|/a/", "GET") == {}


def test_match_of_an_alias_asks_for_the_canonical_rule() -> None:
    with pytest.raises(RequestAliasRedirect) as caught:
        bound("/<x>", alias=True, endpoint="e").match("|/a")
    assert caught.value.matched_values == {"x": "a"}
    assert caught.value.endpoint == "e"


def test_match_of_an_alias_without_redirects() -> None:
    assert bound("/<x>", {"redirect_defaults": False}, alias=True).match("|/a") == {"x": "a"}


def test_match_before_binding_is_refused() -> None:
    with pytest.raises(RuntimeError, match="'/a'"):
        Rule("/a").match("|/a")


@given(maps_with_requests())
def test_match_agrees_with_a_map_of_the_rule_alone(drawn: tuple[MapSpec, list[Request]]) -> None:
    spec, requests = drawn
    settings = {
        name: value
        for name, value in spec.rules[0].settings.items()
        if name in ("subdomain", "host", "strict_slashes", "merge_slashes", "defaults", "endpoint")
    }
    alone = MapSpec((RuleSpec(spec.rules[0].rule, settings),), spec.settings)
    url_map, rules = make_map(trieroute, alone)
    for request in requests:
        result = route(url_map, rules, replace(request, websocket=False))
        if result == ("bad host",) or request.path is None or "\udc80" in request.path:
            continue
        adapter = request.bind(url_map)
        domain = adapter.server_name if url_map.host_matching else adapter.subdomain
        path = "/" + request.path.lstrip("/") if request.path else ""
        try:
            values = rules[0].match(f"{domain}|{path}")
        except RequestPath as wanted:
            quoted = quote(wanted.path_info, safe="!$&'()*+,/:;=@")
            query_args = adapter.query_args if request.query_args is None else request.query_args
            url = adapter.make_redirect_url(quoted, query_args or {})
            assert result == ("redirect", url)
        else:
            if values is None:
                assert result == ("404",)
            else:
                assert result[0] == "match"
                assert [(name, value) for name, _, value in result[2]] == list(values.items())


# Binding


def test_bind_by_hand() -> None:
    rule = Rule("/<int:x>")
    url_map = Map()
    rule.bind(url_map)
    assert rule.map is url_map
    assert rule.match("|/3") == {"x": 3}
    assert list(url_map.iter_rules()) == []


def test_bind_twice_is_refused_unless_it_is_a_rebind() -> None:
    rule = bound("/a")
    with pytest.raises(RuntimeError, match="'/a'"):
        rule.bind(Map())
    other = Map()
    rule.bind(other, rebind=True)
    assert rule.map is other


def test_refresh_takes_up_a_changed_rule() -> None:
    rule = Rule("/a", endpoint="e")
    adapter = Map([rule]).bind("example.com")
    assert adapter.match("/a") == ("e", {})
    rule.rule = "/b/<int:x>"
    rule.refresh()
    assert adapter.match("/b/3") == ("e", {"x": 3})
    assert not adapter.test("/a")
    assert rule.match("|/b/3") == {"x": 3}


def test_refresh_takes_up_a_changed_subdomain() -> None:
    rule = Rule("/", endpoint="e")
    url_map = Map([rule])
    rule.subdomain = "www"
    rule.refresh()
    assert url_map.bind("example.com", subdomain="www").match("/") == ("e", {})
    assert not url_map.bind("example.com").test("/")


def test_refresh_that_fails_leaves_the_rule_as_it_was() -> None:
    rule = Rule("/<x>", endpoint="e")
    adapter = Map([rule]).bind("example.com")
    rule.rule = "/<nope:x>"
    with pytest.raises(LookupError):
        rule.refresh()
    rule.rule = "/<x>"
    rule.refresh()
    assert adapter.match("/a") == ("e", {"x": "a"})


def test_compile_before_binding_is_refused() -> None:
    with pytest.raises((RuntimeError, AssertionError), match="not bound"):
        Rule("/a").compile()


def test_rule_that_refuses_to_be_bound_stays_unbound() -> None:
    class Frozen(Rule):
        frozen = False

        def __setattr__(self, name: str, value: Any) -> None:
            if self.frozen:
                raise AttributeError(f"{name} is frozen")
            super().__setattr__(name, value)

    rule = Frozen("/a", endpoint="a")
    object.__setattr__(rule, "frozen", True)
    url_map = Map()
    with pytest.raises(AttributeError, match="frozen"):
        url_map.add(rule)
    assert rule.map is None
    assert list(url_map.iter_rules()) == []
    object.__setattr__(rule, "frozen", False)
    url_map.add(rule)
    assert url_map.bind("example.org").match("/a") == ("a", {})


def test_rule_that_is_removed_while_it_is_compiled_stays_removed() -> None:
    class Removing(BaseConverter):
        removes = False

        def __init__(self, url_map: Any) -> None:
            super().__init__(url_map)
            if self.removes:
                url_map.remove(rule)

    rule = Rule("/a/<c:x>", endpoint="a")
    url_map = Map([rule], converters={"c": Removing})
    Removing.removes = True
    with pytest.raises(RuntimeError, match="is not bound"):
        rule.compile()
    Removing.removes = False
    assert rule.map is None
    assert list(url_map.iter_rules()) == []
    assert Map([rule], converters={"c": Removing}).bind("").match("/a/b")[0] == "a"


def test_compile_takes_no_setting_from_the_map() -> None:
    rule = Rule("/a/", subdomain="api", endpoint="a")
    url_map = Map([rule], default_subdomain="www", strict_slashes=False)
    rule.subdomain = rule.strict_slashes = None
    rule.compile()
    assert (rule.subdomain, rule.strict_slashes) == (None, None)
    assert url_map.bind("example.org", subdomain="").match("/a/") == ("a", {})


def test_settings_of_the_map_are_taken_over() -> None:
    rule = bound("/a", {"strict_slashes": False, "merge_slashes": False})
    assert rule.strict_slashes is False
    assert rule.merge_slashes is False
    assert rule.subdomain == ""


# Attributes


def test_attributes_of_a_new_rule() -> None:
    rule = Rule("/a/<x>")
    assert rule.rule == "/a/<x>"
    assert rule.map is None
    assert rule.endpoint is None
    assert rule.methods is None
    assert rule.defaults is None
    assert rule.subdomain is None
    assert rule.host is None
    assert rule.strict_slashes is None
    assert rule.merge_slashes is None
    assert rule.redirect_to is None
    assert rule.build_only is False
    assert rule.alias is False
    assert rule.websocket is False
    assert rule.arguments == set()


def test_settings_take_the_positions_that_they_have_in_werkzeug() -> None:
    rule = Rule("/a", {"x": 1}, "www", ["PUT"], True, "e", False, False, "new", True, "h", False)
    assert rule.defaults == {"x": 1}
    assert rule.subdomain == "www"
    assert rule.methods == {"PUT"}
    assert rule.build_only is True
    assert rule.endpoint == "e"
    assert rule.strict_slashes is False
    assert rule.merge_slashes is False
    assert rule.redirect_to == "new"
    assert rule.alias is True
    assert rule.host == "h"
    assert rule.websocket is False


@pytest.mark.parametrize(
    ("string", "is_leaf"), [("/", False), ("/a", True), ("/a/", False), ("/<x>", True)]
)
def test_rule_is_a_leaf_or_a_branch(string: str, is_leaf: bool) -> None:
    rule = Rule(string)
    assert (rule.is_leaf, rule.is_branch) == (is_leaf, not is_leaf)


def test_arguments_are_variables_and_defaults() -> None:
    rule = Rule("/<x>", subdomain="<user>", defaults={"y": 1})
    assert rule.arguments == {"y"}
    Map([rule])
    assert rule.arguments == {"x", "user", "y"}


def late_defaults(module: Any) -> Any:
    class Late(module.Rule):  # type: ignore[misc]
        def __init__(self, string: str, **settings: Any) -> None:
            super().__init__(string, **settings)
            self.defaults = {"lang": "en"}

    return Late("/b", endpoint="e")


def growing_defaults(module: Any) -> Any:
    defaults: dict[str, Any] = {}
    rule = module.Rule("/b", endpoint="e", defaults=defaults)
    defaults["lang"] = "en"
    return rule


def own_defaults(module: Any) -> Any:
    class Own(module.Rule):  # type: ignore[misc]
        defaults = property(lambda self: {"lang": "en"}, lambda self, value: None)

    return Own("/b", endpoint="e")


@pytest.mark.parametrize("made", [late_defaults, growing_defaults, own_defaults])
@pytest.mark.parametrize(
    ("rules", "maps"),
    [
        (werkzeug.routing, werkzeug.routing),
        (werkzeug.routing, trieroute),
        (trieroute, trieroute),
    ],
    ids=["werkzeug", "adopted", "trieroute"],
)
def test_defaults_that_the_constructor_did_not_get_are_no_arguments(
    rules: Any, maps: Any, made: Callable[[Any], Any]
) -> None:
    rule = made(rules)
    url_map = maps.Map([rule, maps.Rule("/c", endpoint="e")])
    assert rule.arguments == set()
    assert not url_map.is_endpoint_expecting("e", "lang")
    adapter = url_map.bind("example.org")
    assert redirect_of(adapter, "/c") == "http://example.org/b"
    assert adapter.match("/b") == ("e", {"lang": "en"})
    assert adapter.build("e") == "/b"
    assert adapter.build("e", {"lang": "de"}) == "/c?lang=de"
    # A copy is made with the defaults that the rule has.
    (copied,) = maps.Map([maps.Submount("/x", [made(rules)])]).iter_rules()
    assert copied.arguments == {"lang"}


def test_copies_keep_the_arguments() -> None:
    rule = Rule("/<x>", endpoint="e")
    rule.defaults = {"y": 1}
    url_map = Map([rule])
    for copied in (copy.copy(url_map), copy.deepcopy(url_map), pickle.loads(pickle.dumps(url_map))):
        (own,) = copied.iter_rules()
        assert (own.defaults, own.arguments) == ({"y": 1}, {"x"})


def test_binding_makes_the_set_of_arguments_unless_a_program_gives_one() -> None:
    changed, given = Rule("/<x>", endpoint="a"), Rule("/<y>", endpoint="b")
    changed.arguments.add("z")
    given.arguments = {"z"}
    Map([changed, given])
    assert (changed.arguments, given.arguments) == ({"x"}, {"z"})
    changed.arguments.add("z")
    for rule in (changed, given):
        rule.refresh()
    assert (changed.arguments, given.arguments) == ({"x"}, {"z"})


def test_converters_by_variable() -> None:
    rule = bound("/<int(min=3):x>", subdomain="<user>")
    assert list(rule._converters) == ["user", "x"]
    assert type(rule._converters["user"]) is UnicodeConverter
    assert type(rule._converters["x"]) is IntegerConverter
    assert rule._converters["x"].min == 3


@pytest.mark.parametrize(
    ("rule", "settings", "trace"),
    [
        ("/", {}, [(False, "|"), (False, "/")]),
        ("/a", {}, [(False, "|"), (False, "/"), (False, "a")]),
        (
            "/a/<x>.b/",
            {},
            [
                (False, "|"),
                (False, "/"),
                (False, "a"),
                (False, "/"),
                (True, "x"),
                (False, ".b"),
                (False, "/"),
            ],
        ),
        (
            "/<x>",
            {"subdomain": "<user>.eu"},
            [(True, "user"), (False, ".eu"), (False, "|"), (False, "/"), (True, "x")],
        ),
        ("/a//b", {}, [(False, "|"), (False, "/"), (False, "a"), (False, "/"), (False, "b")]),
    ],
)
def test_trace(rule: str, settings: dict[str, Any], trace: list[tuple[bool, str]]) -> None:
    assert bound(rule, **settings)._trace == trace


@pytest.mark.parametrize(
    ("rule", "settings", "path", "groups"),
    [
        ("/a", {}, "|/a", {}),
        ("/a", {}, "|/a/", None),
        ("/a", {}, "|/ab", None),
        ("/a", {}, "|/a\n", None),
        ("/<int:x>", {}, "|/3", {"x": "3"}),
        ("/<x>.<y>", {}, "|/a.b.c", {"x": "a.b", "y": "c"}),
        ("/<path:p>/x", {}, "|/a/b/x", {"p": "a/b"}),
        ("/a", {"subdomain": "<user>"}, "ann|/a", {"user": "ann"}),
        ("/a/", {}, "|/a/", {"__suffix__": "/"}),
        ("/a/", {}, "|/a", {"__suffix__": ""}),
        ("/a", {"strict_slashes": False}, "|/a/", {"__suffix__": "/"}),
        ("/a/b", {}, "|/a//b", {}),
        ("/a/b", {"merge_slashes": False}, "|/a//b", None),
    ],
)
def test_regex_is_the_whole_rule_as_one_pattern(
    rule: str, settings: dict[str, Any], path: str, groups: dict[str, str] | None
) -> None:
    found = bound(rule, **settings)._regex.search(path)
    assert (found and found.groupdict()) == groups


# Copies


def test_empty_gives_an_unbound_copy() -> None:
    rule = bound("/<x>", endpoint="e", methods=["GET"], defaults={"y": 1})
    copied = rule.empty()
    assert copied.map is None
    assert (copied.rule, copied.endpoint, copied.methods) == ("/<x>", "e", {"GET", "HEAD"})
    assert Map([copied]).bind("example.com").match("/a") == ("e", {"x": "a", "y": 1})


def test_empty_copies_methods_and_defaults() -> None:
    rule = Rule("/a", methods=["PUT"], defaults={"y": 1})
    copied = rule.empty()
    assert copied.methods is not None and copied.defaults is not None
    copied.methods.add("POST")
    copied.defaults["z"] = 2  # type: ignore[index]
    assert rule.methods == {"PUT"}
    assert rule.defaults == {"y": 1}


def test_attributes_of_a_copy_equal_those_of_the_original() -> None:
    rule = Rule(
        "/<x>",
        endpoint="e",
        methods=["GET"],
        defaults={"y": 1},
        subdomain="www",
        host="example.com",
        strict_slashes=False,
        alias=True,
    )
    copied = rule.empty()
    assert copied.__dict__ == rule.__dict__
    assert copied.methods == {"GET", "HEAD"}
    assert copied.methods is not rule.methods
    assert copied.__dict__["defaults"] is not rule.__dict__["defaults"]


def test_empty_keeps_the_class() -> None:
    class OwnRule(Rule):
        pass

    assert type(OwnRule("/a").empty()) is OwnRule


def test_get_empty_kwargs_are_what_the_constructor_takes() -> None:
    rule = Rule("/a", endpoint="e", websocket=True, merge_slashes=False)
    kwargs = rule.get_empty_kwargs()
    assert kwargs["endpoint"] == "e"
    assert kwargs["websocket"] is True
    assert kwargs["merge_slashes"] is False
    assert Rule("/a", **kwargs).__dict__ == rule.__dict__


def test_host_may_be_set_on_a_copy() -> None:
    copied = Rule("/", endpoint="e").empty()
    copied.host = "example.com"
    url_map = Map([copied], host_matching=True)
    assert url_map.bind("example.com").match("/") == ("e", {})


def test_any_attribute_may_be_set() -> None:
    rule = bound("/a")
    rule.provide_automatic_options = True  # type: ignore[attr-defined]
    assert rule.provide_automatic_options is True  # type: ignore[attr-defined]


def test_unbound_rule_can_be_copied_by_copy() -> None:
    copied = copy.copy(Rule("/<int:x>", endpoint="e"))
    assert Map([copied]).bind("example.com").match("/3") == ("e", {"x": 3})


def test_get_rules_gives_the_rule_itself() -> None:
    rule = Rule("/a")
    assert list(rule.get_rules(Map())) == [rule]
    assert next(iter(rule.get_rules(Map()))) is rule


# Comparison


def test_rules_of_equal_texts_and_variables_are_equal() -> None:
    assert bound("/<x>") == bound("/<x>")
    assert bound("/<int:x>", endpoint="a") == bound("/<x>", endpoint="b")
    assert bound("/<x>") != bound("/<y>")
    assert bound("/<x>") != bound("/<x>/")
    assert bound("/<x>") != bound("/<x>", subdomain="www")


def test_rule_is_equal_to_no_other_object() -> None:
    assert bound("/a") != "/a"
    assert bound("/a") != None  # noqa: E711


def test_rule_cannot_be_hashed() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(Rule("/a"))


def test_str_is_the_rule_string() -> None:
    text = "/a/<int:x>" if WRITES_RULES_AS_TEXT else "<Rule (unbound)>"
    assert str(Rule("/a/<int:x>")) == text


@pytest.mark.parametrize(
    ("rule", "settings", "text"),
    [
        ("/a", {"endpoint": "e"}, "<Rule '/a' -> e>"),
        ("/<int:x>/", {"endpoint": "e"}, "<Rule '/<x>/' -> e>"),
        ("/", {"endpoint": len}, f"<Rule '/' -> {len}>"),
        ("/a", {"subdomain": "www"}, "<Rule 'www|/a' -> None>"),
        ("/a", {"methods": ["PUT"], "endpoint": "e"}, "<Rule '/a' (PUT) -> e>"),
    ],
)
def test_repr(rule: str, settings: dict[str, Any], text: str) -> None:
    assert repr(bound(rule, **settings)) == text


def test_repr_of_an_unbound_rule() -> None:
    assert repr(Rule("/a")) == "<Rule (unbound)>"


@pytest.mark.parametrize(
    ("rule", "settings", "key"),
    [
        ("/a", {}, (0, 0, 0)),
        ("/<x>/<y>", {}, (0, -2, 0)),
        ("/<x>", {"defaults": {"y": 1}}, (0, -2, -1)),
        ("/<x>", {"alias": True}, (1, -1, 0)),
        ("/<x>", {"subdomain": "<user>"}, (0, -2, 0)),
    ],
)
def test_build_compare_key(rule: str, settings: dict[str, Any], key: tuple[int, int, int]) -> None:
    assert bound(rule, **settings).build_compare_key() == key


@pytest.mark.parametrize(
    ("first", "second", "provides"),
    [
        (("/", {"defaults": {"x": 1}}), ("/<x>", {}), True),
        (("/", {"defaults": {"x": 1}}), ("/<x>", {"endpoint": "other"}), False),
        (("/", {"defaults": {"x": 1}}), ("/<y>", {}), False),
        (("/", {"defaults": {"x": 1}, "build_only": True}), ("/<x>", {}), False),
        (("/<x>", {"defaults": {"x": 1}}), ("/<x>", {}), False),
        (("/", {}), ("/a", {}), False),
    ],
)
def test_provides_defaults_for(
    first: tuple[str, dict[str, Any]], second: tuple[str, dict[str, Any]], provides: bool
) -> None:
    one = bound(first[0], **{"endpoint": "e", **first[1]})
    other = bound(second[0], **{"endpoint": "e", **second[1]})
    assert one.provides_defaults_for(other) is provides


@pytest.mark.parametrize(
    ("settings", "values", "method", "suitable"),
    [
        ({}, {"x": 1}, None, True),
        ({}, {"x": 1, "y": 2}, None, True),
        ({}, {}, None, False),
        ({"defaults": {"y": 1}}, {"x": 1}, None, True),
        ({"defaults": {"y": 1}}, {"x": 1, "y": 1}, None, True),
        ({"defaults": {"y": 1}}, {"x": 1, "y": 2}, None, False),
        ({"defaults": {"x": 1}}, {}, None, True),
        ({"methods": ["PUT"]}, {"x": 1}, "PUT", True),
        ({"methods": ["PUT"]}, {"x": 1}, "GET", False),
        ({"methods": ["PUT"]}, {"x": 1}, None, True),
    ],
)
def test_suitable_for(
    settings: dict[str, Any], values: dict[str, Any], method: str | None, suitable: bool
) -> None:
    assert bound("/<x>", **settings).suitable_for(values, method) is suitable


def test_own_get_rules_of_one_rule_counts_in_a_new_map() -> None:
    rule: Any = Rule("/a", endpoint="a")
    rule.get_rules = lambda url_map: [Rule("/b", endpoint="b")]
    assert [added.rule for added in Map([rule]).iter_rules()] == ["/b"]


@pytest.mark.parametrize("name", ["_regex", "_build", "_build_unknown"])
def test_what_binding_makes_is_an_attribute_that_an_unbound_rule_lacks(name: str) -> None:
    rule = Rule("/a/<x>", endpoint="a")
    assert not hasattr(rule, name)
    with pytest.raises(AttributeError, match=r"rule '/a/<x>' is not bound to a map: add it"):
        getattr(rule, name)
    assert hasattr(Map([rule]).bind("example.org").match("/a/1", return_rule=True)[0], name)


@pytest.mark.parametrize("bound", [True, False])
def test_attributes_of_a_rule_may_be_gone_through(bound: bool) -> None:
    rule = Rule("/a/<x>", endpoint="a", methods=["GET"])
    if bound:
        Map([rule])
    members = dict(inspect.getmembers(rule))
    assert members["arguments"] == ({"x"} if bound else set())
    assert members["methods"] == {"GET", "HEAD"}
    assert isinstance(mock.Mock(spec=rule).build, mock.Mock)
    assert isinstance(mock.create_autospec(rule), Rule)
