"""Subclasses and attributes that are set: what a program overrides is what happens."""

from __future__ import annotations

import copy
from contextlib import suppress
from threading import Lock, RLock
from typing import Any

import pytest
import werkzeug.routing

import trieroute
from outcomes import redirect_of
from trieroute import (
    BaseConverter,
    Map,
    MapAdapter,
    MethodNotAllowed,
    NotFound,
    RequestRedirect,
    Rule,
    RuleTemplate,
    Submount,
)


def test_overridden_update_is_called_before_each_match_and_build() -> None:
    calls = []

    class Reloading(Map):
        def update(self) -> None:
            calls.append(len(calls))
            super().update()

    adapter = Reloading([Rule("/a", endpoint="a")]).bind("example.com")
    adapter.match("/a")
    adapter.match("/a")
    adapter.build("a")
    assert calls == [0, 1, 2]


def test_update_may_give_another_map_to_the_adapter_that_matches() -> None:
    class Leaving(Map):
        def update(self) -> None:
            super().update()
            adapter.map = other

    other = Map([Rule("/b", endpoint="b")])
    adapter = Leaving([Rule("/a/<int:a>", endpoint="a")]).bind("example.com")
    assert adapter.match("/a/1") == ("a", {"a": 1})
    assert adapter.match("/b") == ("b", {})


@pytest.mark.parametrize("router", [trieroute, werkzeug.routing], ids=["ours", "werkzeugs"])
def test_methods_of_a_rule_may_be_found_by_asking_its_map(router: Any) -> None:
    class Asking(router.Rule):
        @property
        def methods(self) -> Any:
            if self.map is None:
                return self.own_methods
            return {
                method for rule in self.map.iter_rules(self.endpoint) for method in rule.own_methods
            }

        @methods.setter
        def methods(self, methods: Any) -> None:
            self.own_methods = methods

    rules = [Asking("/a", endpoint="a", methods=[method]) for method in ("PUT", "LINK")]
    url_map = router.Map(rules)
    adapter = url_map.bind("example.com")
    assert adapter.match("/a", "LINK") == ("a", {})
    url_map.add(Asking("/a", endpoint="a", methods=["LOCK"]))
    assert adapter.match("/a", "LOCK") == ("a", {})


@pytest.mark.parametrize("lock", [Lock, RLock], ids=["lock", "reentrant"])
def test_key_of_a_rule_may_be_found_by_matching_with_its_map(lock: Any) -> None:
    class Locked(Map):
        lock_class = staticmethod(lock)

    class Asking(Rule):
        found: Any = None

        def match_compare_key(self) -> Any:
            with suppress(NotFound):
                self.found = adapter.match("/a")
            return super().match_compare_key()

    url_map = Locked([Rule("/a", endpoint="a")])
    adapter = url_map.bind("example.com")
    asking = Asking("/b", endpoint="b")
    url_map.add(asking)
    # The map answers as it was before, where no rule was compiled yet.
    assert adapter.match("/b") == ("b", {})
    assert asking.found is None
    url_map.add(Rule("/c", endpoint="c"))
    assert adapter.match("/c") == ("c", {})
    assert asking.found == ("a", {})


def test_class_attribute_of_a_map_is_overridden_by_the_instance() -> None:
    class Quiet(Map):
        redirect_defaults = False

    url_map = Quiet([Rule("/a", endpoint="a"), Rule("/b", endpoint="a", alias=True)])
    assert url_map.redirect_defaults is True
    assert redirect_of(url_map.bind("example.com"), "/b") == "http://example.com/a"


def test_rule_class_may_make_a_property_of_a_setting() -> None:
    class Shouting(Rule):
        @property
        def subdomain(self) -> Any:
            return self.__dict__["quiet"]

        @subdomain.setter
        def subdomain(self, value: str | None) -> None:
            self.__dict__["quiet"] = None if value is None else value.lower()

    url_map = Map([Shouting("/", endpoint="a", subdomain="API"), Shouting("/b", endpoint="b")])
    assert url_map.bind("example.com", subdomain="api").match("/") == ("a", {})
    assert url_map.bind("example.com").match("/b") == ("b", {})


def test_overridden_build_makes_the_redirect_of_an_alias() -> None:
    class Elsewhere(MapAdapter):
        def build(self, *args: Any, **kwargs: Any) -> str:
            return "http://elsewhere.example/"

    url_map = Map([Rule("/a", endpoint="a"), Rule("/b", endpoint="a", alias=True)])
    adapter = Elsewhere(url_map, "example.com", "/", "", "http", "/", "GET")
    assert redirect_of(adapter, "/b") == "http://elsewhere.example/"


def test_overridden_get_host_tells_whether_a_rule_is_here() -> None:
    class Here(MapAdapter):
        def get_host(self, domain_part: str | None) -> str:
            return self.server_name

    url_map = Map([Rule("/a", endpoint="a", host="other.example")], host_matching=True)
    adapter = Here(url_map, "example.com", "/", None, "http", "/", "GET")
    assert adapter.build("a") == "/a"


def test_overridden_make_redirect_url_gets_a_query() -> None:
    class Versioned(MapAdapter):
        def make_redirect_url(self, path_info: str, query_args: Any = None, *args: Any) -> str:
            return super().make_redirect_url(path_info, {**query_args, "v": "1"}, *args)

    adapter = Versioned(
        Map([Rule("/a/", endpoint="a")]), "example.org", "/", "", "http", "/", "GET"
    )
    with pytest.raises(RequestRedirect) as caught:
        adapter.match("/a")
    assert caught.value.new_url == "http://example.org/a/?v=1"
    with pytest.raises(RequestRedirect) as caught:
        adapter.match("/a", query_args={"q": "2"})
    assert caught.value.new_url == "http://example.org/a/?q=2&v=1"


class Location(str):
    """A URL of a program's own class."""


@pytest.mark.parametrize("path", ["/a", "/old"])
def test_redirect_may_lead_to_a_text_of_another_class(path: str) -> None:
    class Own(MapAdapter):
        def make_redirect_url(self, *args: Any, **kwargs: Any) -> str:
            return Location("http://example.org/elsewhere")

        def make_alias_redirect_url(self, *args: Any) -> str:
            return Location("http://example.org/elsewhere")

    rules = [
        Rule("/a/", endpoint="a"),
        Rule("/new", endpoint="e"),
        Rule("/old", endpoint="e", alias=True),
    ]
    adapter = Own(Map(rules), "example.org", "/", "", "http", "/", "GET")
    with pytest.raises(RequestRedirect) as caught:
        adapter.match(path)
    assert caught.value.new_url == "http://example.org/elsewhere"


def test_adapter_without_a_map_is_an_error() -> None:
    adapter = MapAdapter.__new__(MapAdapter)
    with pytest.raises(RuntimeError):
        adapter.match("/")
    with pytest.raises(RuntimeError):
        adapter.build("a")
    with pytest.raises(RuntimeError):
        adapter.get_host(None)
    with pytest.raises(RuntimeError):
        adapter.make_alias_redirect_url("|/", "a", {}, "GET", {})


def test_adapter_that_loses_its_map_during_a_match_has_none_for_the_next_one() -> None:
    class Robbing(BaseConverter):
        def to_python(self, value: str) -> str:
            adapter.map = None  # type: ignore[assignment]
            return value

    url_map = Map(
        [Rule("/<r:x>", endpoint="a"), Rule("/1", endpoint="a", defaults={"x": "1"})],
        converters={"r": Robbing},
    )
    adapter = url_map.bind("example.com")
    assert adapter.match("/2") == ("a", {"x": "2"})
    with pytest.raises(RuntimeError):
        adapter.match("/2")


def test_map_class_that_does_not_initialise_its_base_raises() -> None:
    class Bare(Map):
        def __init__(self) -> None:
            pass

    with pytest.raises(AttributeError):
        MapAdapter(Bare(), "example.com", "/", "", "http", "/", "GET").match("/")


@pytest.mark.parametrize("factory", [Submount("/x", [])])
def test_rule_of_werkzeug_in_a_factory_keeps_its_settings(factory: Submount) -> None:
    factory.rules = [
        werkzeug.routing.Rule("/live", endpoint="live", websocket=True, merge_slashes=False)
    ]
    (rule,) = Map([factory]).iter_rules()
    assert (rule.rule, rule.websocket, rule.merge_slashes) == ("/x/live", True, False)


def test_rule_of_werkzeug_in_a_template_keeps_its_settings() -> None:
    template = RuleTemplate([werkzeug.routing.Rule("/$name", endpoint="$name", websocket=True)])
    (rule,) = Map([template(name="live")]).iter_rules()
    assert (rule.rule, rule.endpoint, rule.websocket) == ("/live", "live", True)


def test_rule_of_werkzeug_with_own_converters_is_asked_for_them_behind_a_factory() -> None:
    class Upper(werkzeug.routing.BaseConverter):
        regex = "[A-Z]+"

    class OwnConverters(werkzeug.routing.Rule):
        def get_converter(self, variable_name: str, *args: Any) -> Any:
            return Upper(self.map)

    adapter = Map([Submount("/x", [OwnConverters("/<a>", endpoint="e")])]).bind("example.com")
    assert adapter.match("/x/ABC") == ("e", {"a": "ABC"})
    assert not adapter.test("/x/abc")


def test_method_in_lower_case_that_was_set_on_a_rule_is_never_asked_for() -> None:
    rule = Rule("/a", endpoint="a", methods=["GET"])
    adapter = Map([rule]).bind("example.com")
    rule.methods = {"get"}
    with pytest.raises(MethodNotAllowed):
        adapter.match("/a", "get")


def test_rule_by_itself_follows_its_attributes() -> None:
    rule = Rule("/a", endpoint="a", strict_slashes=False)
    Map([rule])
    assert rule.match("|/a/") == {}
    rule.strict_slashes = True
    assert rule.match("|/a/") is None


def test_copied_rule_has_methods_of_its_own() -> None:
    rule = Rule("/a", endpoint="a", methods=["GET"])
    twin = copy.copy(rule)
    assert twin.methods is not None
    twin.methods.add("PUT")
    assert rule.methods == {"GET", "HEAD"}
    adapter = Map([twin]).bind("example.com")
    assert adapter.match("/a", "PUT") == ("a", {})


def test_built_rule_is_still_built_without_asking_it() -> None:
    rule = Rule("/<x>", endpoint="a")
    Map([rule])
    assert rule.build({"x": "1"}) == ("", "/1")
    assert "_build_unknown" not in vars(rule)


def test_builder_that_is_set_on_a_rule_is_asked() -> None:
    rule = Rule("/<x>", endpoint="a")
    adapter = Map([rule]).bind("example.com")
    assert adapter.build("a", {"x": "1"}) == "/1"
    rule._build_unknown = lambda **values: ("", "/set")
    assert adapter.build("a", {"x": "1"}) == "/set"
