"""Rule factories: the built-in ones, own ones, and Werkzeug's."""

from __future__ import annotations

from collections.abc import Iterator
from string import Template
from typing import Any

import pytest
import werkzeug.routing

import trieroute as tr
from outcomes import redirect_of
from trieroute import EndpointPrefix, Map, Rule, RuleFactory, RuleTemplate, Subdomain, Submount

SETTINGS: dict[str, Any] = {
    "defaults": {"page": 1},
    "subdomain": "www",
    "methods": {"GET", "HEAD"},
    "build_only": True,
    "endpoint": "e",
    "strict_slashes": False,
    "merge_slashes": False,
    "redirect_to": "new",
    "alias": True,
    "host": "example.com",
    "websocket": True,
}


def settings_of(rule: Rule) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in SETTINGS}


def test_submount_puts_rules_below_a_path() -> None:
    rules = [Rule("/", endpoint="index"), Rule("/<int:n>", endpoint="entry")]
    adapter = Map([Rule("/", endpoint="root"), Submount("/blog", rules)]).bind("example.com")
    assert adapter.match("/") == ("root", {})
    assert adapter.match("/blog/") == ("index", {})
    assert redirect_of(adapter, "/blog") == "http://example.com/blog/"
    assert adapter.match("/blog/3") == ("entry", {"n": 3})


def test_slash_at_the_end_of_a_submount_does_not_count() -> None:
    adapter = Map([Submount("/blog/", [Rule("/a", endpoint="e")])]).bind("example.com")
    assert adapter.match("/blog/a") == ("e", {})


def test_submount_may_hold_variables() -> None:
    adapter = Map([Submount("/<user>", [Rule("/<int:n>", endpoint="e")])]).bind("example.com")
    assert adapter.match("/ann/3") == ("e", {"user": "ann", "n": 3})


def test_subdomain_puts_rules_on_a_subdomain() -> None:
    rules = [Rule("/", endpoint="select"), Subdomain("<lang>", [Rule("/", endpoint="index")])]
    url_map = Map(rules)
    assert url_map.bind("example.com").match("/") == ("select", {})
    assert url_map.bind("example.com", subdomain="de").match("/") == ("index", {"lang": "de"})


def test_endpoint_prefix() -> None:
    adapter = Map([EndpointPrefix("blog.", [Rule("/", endpoint="index")])]).bind("example.com")
    assert adapter.match("/") == ("blog.index", {})


def test_factories_nest() -> None:
    rules = [Subdomain("kb", [EndpointPrefix("a.", [Submount("/m", [Rule("/b", endpoint="c")])])])]
    adapter = Map(rules).bind("example.com", subdomain="kb")
    assert adapter.match("/m/b") == ("a.c", {})


def test_factory_leaves_the_rules_it_was_given_unbound() -> None:
    rule = Rule("/b", endpoint="e")
    factory = Submount("/a", [rule])
    first, second = Map([factory]), Map([factory])
    assert rule.map is None
    assert rule.rule == "/b"
    assert first.bind("example.com").match("/a/b") == ("e", {})
    assert second.bind("example.com").match("/a/b") == ("e", {})


@pytest.mark.parametrize(
    ("wrap", "changed"),
    [
        (lambda rule: Submount("/a", [rule]), {}),
        (lambda rule: Subdomain("kb", [rule]), {"subdomain": "kb"}),
        (lambda rule: EndpointPrefix("a.", [rule]), {"endpoint": "a.e"}),
        (lambda rule: RuleTemplate([rule])(), {}),
        (lambda rule: Submount("/a", [EndpointPrefix("", [RuleTemplate([rule])()])]), {}),
    ],
)
def test_factory_keeps_every_setting(wrap: Any, changed: dict[str, Any]) -> None:
    (rule,) = wrap(Rule("/<x>/", **SETTINGS)).get_rules(Map())
    assert settings_of(rule) == SETTINGS | changed


def test_empty_keeps_every_setting() -> None:
    rule = Rule("/<x>/", **SETTINGS)
    copy = rule.empty()
    assert settings_of(copy) == SETTINGS
    assert copy.rule == "/<x>/"
    assert copy.map is None


def test_websocket_rule_of_a_submount_is_one() -> None:
    url_map = Map([Submount("/a", [Rule("/ws", websocket=True, endpoint="e")])])
    assert url_map.bind("example.com", url_scheme="ws").match("/a/ws") == ("e", {})


def test_rule_of_a_submount_may_be_without_merging() -> None:
    url_map = Map([Submount("/a", [Rule("/b//c", merge_slashes=False, endpoint="e")])])
    assert url_map.bind("example.com").match("/a/b//c") == ("e", {})


def test_template_fills_in_every_text() -> None:
    rule = Rule(
        "/$name/<x>",
        endpoint="$name.show",
        subdomain="${name}s",
        defaults={"kind": "$name", "page": 1},
        redirect_to="new/$name/<x>",
    )
    (filled,) = RuleTemplate([rule])(name="user").get_rules(Map())
    assert filled.rule == "/user/<x>"
    assert filled.endpoint == "user.show"
    assert filled.subdomain == "users"
    assert filled.defaults == {"kind": "user", "page": 1}
    assert filled.redirect_to == "new/user/<x>"


def test_template_fills_in_a_host() -> None:
    template = RuleTemplate([Rule("/", host="$name.example.com", endpoint="e")])
    url_map = Map([template(name="www")], host_matching=True)
    assert url_map.bind("www.example.com").match("/") == ("e", {})


def test_template_is_used_several_times() -> None:
    template = RuleTemplate(
        [Rule("/$name/", endpoint="$name.list"), Rule("/$name/<int:id>", endpoint="$name.show")]
    )
    adapter = Map([template(name="user"), template({"name": "page"})]).bind("example.com")
    assert adapter.match("/user/3") == ("user.show", {"id": 3})
    assert adapter.match("/page/") == ("page.list", {})


def test_template_takes_endpoints_that_are_no_text() -> None:
    endpoint = ("any", "thing")
    adapter = Map([RuleTemplate([Rule("/$n", endpoint=endpoint)])(n="a")]).bind("example.com")
    assert adapter.match("/a") == (endpoint, {})


def test_template_without_a_value_is_refused() -> None:
    with pytest.raises(KeyError, match="name"):
        Map([RuleTemplate([Rule("/$name")])(other="a")])


def test_template_keeps_the_class_of_its_rules() -> None:
    class OwnRule(Rule):
        pass

    (rule,) = RuleTemplate([OwnRule("/$name")])(name="a").get_rules(Map())
    assert type(rule) is OwnRule


def test_template_takes_factories() -> None:
    template = RuleTemplate([Submount("/$name", [Rule("/b", endpoint="$name")])])
    assert Map([template(name="a")]).bind("example.com").match("/a/b") == ("a", {})


# Own factories


def test_own_factory_gets_the_map() -> None:
    class Versions(RuleFactory):
        def get_rules(self, map: Map) -> Iterator[Rule]:
            for version in map.versions:
                yield Rule(f"/{version}", endpoint=version)

    class VersionMap(Map):
        versions = ("v1", "v2")

    adapter = VersionMap([Versions()]).bind("example.com")
    assert adapter.match("/v1") == ("v1", {})
    assert adapter.match("/v2") == ("v2", {})


def test_own_factory_may_wrap_others() -> None:
    class Lower(RuleFactory):
        def __init__(self, rules: list[RuleFactory]) -> None:
            self.rules = rules

        def get_rules(self, map: Map) -> Iterator[Rule]:
            for factory in self.rules:
                for rule in factory.get_rules(map):
                    rule = rule.empty()
                    rule.rule = rule.rule.lower()
                    yield rule

    adapter = Map([Lower([Submount("/A", [Rule("/B", endpoint="e")])])]).bind("example.com")
    assert adapter.match("/a/b") == ("e", {})


def test_factory_may_give_a_list_or_nothing() -> None:
    class Fixed(RuleFactory):
        def __init__(self, rules: list[Rule]) -> None:
            self.rules = rules

        def get_rules(self, map: Map) -> list[Rule]:
            return self.rules

    url_map = Map([Fixed([]), Fixed([Rule("/a", endpoint="e")])])
    assert [rule.rule for rule in url_map.iter_rules()] == ["/a"]


def test_factory_without_get_rules_is_refused() -> None:
    with pytest.raises(NotImplementedError):
        Map([RuleFactory()])


def test_factory_is_a_subclass_of_werkzeugs() -> None:
    assert issubclass(RuleFactory, werkzeug.routing.RuleFactory)
    assert issubclass(Rule, werkzeug.routing.RuleFactory)


# Werkzeug's own objects


def test_werkzeugs_rule_is_converted() -> None:
    given = werkzeug.routing.Rule("/<int:x>/", endpoint="e", methods=["GET"])
    url_map = Map([given])
    adapter = url_map.bind("example.com")
    rule, values = adapter.match("/3/", return_rule=True)
    assert isinstance(rule, Rule)
    assert values == {"x": 3}
    assert rule.methods == {"GET", "HEAD"}
    assert redirect_of(adapter, "/3") == "http://example.com/3/"


def test_werkzeugs_rule_keeps_every_setting() -> None:
    (rule,) = Map([werkzeug.routing.Rule("/<x>/", **SETTINGS)]).iter_rules()
    assert settings_of(rule) == SETTINGS


def test_werkzeugs_rule_keeps_attributes_that_were_set() -> None:
    given = werkzeug.routing.Rule("/a", endpoint="e")
    given.provide_automatic_options = True
    (rule,) = Map([given]).iter_rules()
    assert rule.provide_automatic_options is True


@pytest.mark.parametrize(
    "factory",
    [
        werkzeug.routing.Submount("/a", [werkzeug.routing.Rule("/b", endpoint="e")]),
        werkzeug.routing.Submount("/a", [Rule("/b", endpoint="e")]),
        Submount("/a", [werkzeug.routing.Rule("/b", endpoint="e")]),
        werkzeug.routing.EndpointPrefix("", [werkzeug.routing.Rule("/a/b", endpoint="e")]),
        werkzeug.routing.RuleTemplate([werkzeug.routing.Rule("/$n/b", endpoint="e")])(n="a"),
    ],
)
def test_werkzeugs_factories_are_taken(factory: Any) -> None:
    url_map = Map([factory])
    assert url_map.bind("example.com").match("/a/b") == ("e", {})
    assert all(isinstance(rule, Rule) for rule in url_map.iter_rules())


def test_werkzeugs_subdomain_is_taken() -> None:
    factory = werkzeug.routing.Subdomain("www", [werkzeug.routing.Rule("/", endpoint="e")])
    assert Map([factory]).bind("example.com", subdomain="www").match("/") == ("e", {})


def test_factory_subclass_of_werkzeugs_is_taken() -> None:
    class Own(werkzeug.routing.RuleFactory):
        def get_rules(self, map: Any) -> Iterator[Any]:
            yield werkzeug.routing.Rule("/a", endpoint="a")
            yield Rule("/b", endpoint="b")

    adapter = Map([Own()]).bind("example.com")
    assert adapter.match("/a") == ("a", {})
    assert adapter.match("/b") == ("b", {})


def test_get_converter_of_a_subclass_of_werkzeugs_rule_is_used() -> None:
    class IntRule(werkzeug.routing.Rule):
        def get_converter(self, *args: Any) -> Any:
            return tr.IntegerConverter(self.map)

    adapter = Map([IntRule("/<x>", endpoint="e")]).bind("example.com")
    assert adapter.match("/3") == ("e", {"x": 3})
    assert not adapter.test("/a")


def test_werkzeugs_rule_that_is_bound_is_refused() -> None:
    given = werkzeug.routing.Rule("/a")
    werkzeug.routing.Map([given])
    with pytest.raises(RuntimeError, match="'/a'"):
        Map([given])


def test_object_that_is_no_factory_is_refused() -> None:
    with pytest.raises((TypeError, AttributeError)):
        Map(["/a"])  # type: ignore[list-item]


def test_substitution_is_that_of_string_templates() -> None:
    template = RuleTemplate([Rule("/$$/${n}s", endpoint="e")])
    (rule,) = template(n="a").get_rules(Map())
    assert rule.rule == Template("/$$/${n}s").substitute(n="a") == "/$/as"
