"""`Map`: rules in and out, settings, subclasses, lifetime."""

from __future__ import annotations

import copy
import gc
import threading
import weakref
from typing import Any

import pytest
import werkzeug.routing
from werkzeug.datastructures import ImmutableDict

import trieroute as tr
from outcomes import redirect_of, valid_methods_of
from trieroute import BuildError, Map, MapAdapter, NotFound, Rule


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


# Changing what is bound


def test_methods_of_a_bound_rule_may_be_changed() -> None:
    rule = Rule("/a", endpoint="e", methods=["GET"])
    adapter = Map([rule]).bind("example.com")
    assert valid_methods_of(adapter, "/a", "POST") == ["GET", "HEAD"]
    rule.methods = {"POST"}
    assert adapter.match("/a", "POST") == ("e", {})
    assert valid_methods_of(adapter, "/a", "GET") == ["POST"]
    rule.methods = None
    assert adapter.match("/a", "PUT") == ("e", {})


def test_methods_of_a_bound_rule_may_be_changed_in_place() -> None:
    rule = Rule("/a", endpoint="e", methods=["GET"])
    adapter = Map([rule]).bind("example.com")
    assert adapter.match("/a", "GET") == ("e", {})
    assert rule.methods is not None
    rule.methods.add("POST")
    assert adapter.match("/a", "POST") == ("e", {})


def test_strict_slashes_of_a_bound_rule_may_be_changed() -> None:
    rule = Rule("/a/", endpoint="e")
    adapter = Map([rule]).bind("example.com")
    assert redirect_of(adapter, "/a") == "http://example.com/a/"
    rule.strict_slashes = False
    assert adapter.match("/a") == ("e", {})


def test_merge_slashes_of_a_bound_rule_may_be_changed() -> None:
    rule = Rule("/a/b", endpoint="e")
    adapter = Map([rule]).bind("example.com")
    assert redirect_of(adapter, "/a//b") == "http://example.com/a/b"
    rule.merge_slashes = False
    assert not adapter.test("/a//b")


@pytest.mark.parametrize(
    ("name", "value", "result"),
    [
        ("endpoint", "other", ("other", {"x": "a"})),
        ("defaults", {"y": 1}, ("e", {"x": "a", "y": 1})),
        ("websocket", False, ("e", {"x": "a"})),
    ],
)
def test_attribute_of_a_bound_rule_may_be_changed(name: str, value: Any, result: Any) -> None:
    rule = Rule("/<x>", endpoint="e")
    adapter = Map([rule]).bind("example.com")
    assert adapter.match("/a") == ("e", {"x": "a"})
    setattr(rule, name, value)
    assert adapter.match("/a") == result


def test_redirect_to_of_a_bound_rule_may_be_changed() -> None:
    rule = Rule("/<x>", endpoint="e")
    adapter = Map([rule]).bind("example.com")
    assert adapter.match("/a") == ("e", {"x": "a"})
    rule.redirect_to = "new/<x>"
    assert redirect_of(adapter, "/a") == "http://example.com/new/a"
    rule.redirect_to = lambda adapter, x: f"newer/{x}"
    assert redirect_of(adapter, "/a") == "http://example.com/newer/a"
    rule.redirect_to = None
    assert adapter.match("/a") == ("e", {"x": "a"})


def test_attributes_may_be_set_on_adapters() -> None:
    adapter = Map([Rule("/a/", subdomain="www")]).bind("example.com")
    adapter.subdomain = "www"
    adapter.url_scheme = "https"
    adapter.script_name = "/app/"
    adapter.note = "any other"
    assert redirect_of(adapter, "/a") == "https://www.example.com/app/a/"
    assert adapter.note == "any other"


# Subclasses


def test_subclass_of_map_may_take_more_arguments() -> None:
    class OwnMap(Map):
        def __init__(self, *args: Any, note: str, **kwargs: Any) -> None:
            self.note = note
            super().__init__(*args, **kwargs)

    url_map = OwnMap([Rule("/", endpoint="e")], note="own", strict_slashes=False)
    assert url_map.note == "own"
    assert url_map.bind("example.com").match("/") == ("e", {})


def test_subclass_of_map_may_override_bind() -> None:
    class OwnMap(Map):
        def bind(self, server_name: str, *args: Any, **kwargs: Any) -> MapAdapter:
            adapter = super().bind("other.example", *args, **kwargs)
            adapter.given = server_name
            return adapter

    adapter = OwnMap().bind("example.com")
    assert (adapter.server_name, adapter.given) == ("other.example", "example.com")


def test_subclass_of_map_may_override_add() -> None:
    class OwnMap(Map):
        def add(self, rulefactory: Any) -> None:
            for rule in rulefactory.get_rules(self):
                rule.rule = "/own" + rule.rule
                super().add(rule)

    adapter = OwnMap([Rule("/a", endpoint="e")]).bind("example.com")
    assert adapter.match("/own/a") == ("e", {})


def test_subclass_of_rule_may_take_more_arguments() -> None:
    class OwnRule(Rule):
        def __init__(self, string: str, note: str = "", **kwargs: Any) -> None:
            self.note = note
            super().__init__(string, **kwargs)

        def get_empty_kwargs(self) -> dict[str, Any]:
            return {**super().get_empty_kwargs(), "note": self.note}

    url_map = Map([tr.Submount("/a", [OwnRule("/b", note="own", endpoint="e")])])
    rule, _ = url_map.bind("example.com").match("/a/b", return_rule=True)
    assert type(rule) is OwnRule
    assert rule.note == "own"


def test_subclass_of_rule_may_override_bind() -> None:
    class OwnRule(Rule):
        def bind(self, map: Map, rebind: bool = False) -> None:
            self.subdomain = self.subdomain or "www"
            super().bind(map, rebind)

    url_map = Map([OwnRule("/", endpoint="e")])
    assert url_map.bind("example.com", subdomain="www").match("/") == ("e", {})


def test_subclass_of_adapter() -> None:
    class OwnAdapter(MapAdapter):
        def match(self, *args: Any, **kwargs: Any) -> Any:
            endpoint, values = super().match(*args, **kwargs)
            return endpoint.upper(), values

    url_map = Map([Rule("/<x>", endpoint="e")])
    adapter = OwnAdapter(url_map, "example.com", "/", "", "http", "/", "GET")
    assert adapter.match("/a") == ("E", {"x": "a"})
    assert adapter.test("/a")
    assert adapter.dispatch(lambda endpoint, values: endpoint, "/a") == "E"


def test_subclass_of_adapter_may_override_redirect_urls() -> None:
    class OwnAdapter(MapAdapter):
        def make_redirect_url(self, *args: Any, **kwargs: Any) -> str:
            return super().make_redirect_url(*args, **kwargs) + "#own"

    adapter = OwnAdapter(Map([Rule("/a/")]), "example.com", "/", "", "http", "/", "GET")
    assert redirect_of(adapter, "/a") == "http://example.com/a/#own"


def test_adapter_takes_the_positions_that_they_have_in_werkzeug() -> None:
    url_map = Map()
    adapter = MapAdapter(url_map, "example.com", "/app", "www", "https", "/a", "PUT", "q=1")
    assert adapter.map is url_map
    assert adapter.server_name == "example.com"
    assert adapter.script_name == "/app/"
    assert adapter.subdomain == "www"
    assert adapter.url_scheme == "https"
    assert adapter.path_info == "/a"
    assert adapter.default_method == "PUT"
    assert adapter.query_args == "q=1"
    assert adapter.websocket is False


def test_lock_class_is_used() -> None:
    entered = []

    class CountingLock:
        def __enter__(self) -> None:
            entered.append(1)

        def __exit__(self, *args: object) -> None:
            entered.append(-1)

    class OwnMap(Map):
        lock_class = CountingLock  # type: ignore[assignment]

    adapter = OwnMap([Rule("/", endpoint="e")]).bind("example.com")
    assert adapter.match("/") == ("e", {})
    assert entered == [1, -1]
    adapter.match("/")
    assert entered == [1, -1]


def test_update_may_be_called_at_any_time() -> None:
    url_map = Map([Rule("/", endpoint="e")])
    url_map.update()
    url_map.update()
    assert url_map.bind("example.com").match("/") == ("e", {})


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


# Lifetime and threads


def test_discarded_map_is_collected() -> None:
    class WordConverter(tr.BaseConverter):
        regex = "[a-z]+(1)?"

    rules = [Rule("/<word:x>/<int:y>", endpoint=object), Rule("/<path:p>/", redirect_to="a/<p>")]
    url_map = Map(rules, converters={"word": WordConverter})
    adapter = url_map.bind("example.com")
    assert adapter.test("/a/1")
    kept = [weakref.ref(thing) for thing in (url_map, *rules, rules[0]._converters["x"])]
    del url_map, adapter, rules
    gc.collect()
    assert [ref() for ref in kept] == [None] * 4


def test_result_outlives_the_map() -> None:
    def result() -> Any:
        return Map([Rule("/<x>/<int:y>", endpoint="e")]).bind("example.com").match("/a/300")

    first = result()
    gc.collect()
    assert first == ("e", {"x": "a", "y": 300})


def test_adapter_keeps_its_map() -> None:
    adapter = Map([Rule("/<x>", endpoint="e")]).bind("example.com")
    gc.collect()
    assert adapter.match("/a") == ("e", {"x": "a"})


def test_adapters_do_not_share_what_they_are_bound_to() -> None:
    url_map = Map([Rule("/<x>/")])
    first = url_map.bind("one.example", "/a", query_args="q=1")
    second = url_map.bind("two.example", "/b")
    assert redirect_of(first, "/x") == "http://one.example/a/x/?q=1"
    assert redirect_of(second, "/x") == "http://two.example/b/x/"


def test_threads_match_on_one_map() -> None:
    rules = [Rule(f"/r{number}/<int:n>", endpoint=number) for number in range(50)]
    url_map = Map(rules)
    wrong: list[Any] = []

    def run(start: int) -> None:
        adapter = url_map.bind("example.com")
        for step in range(2000):
            number = (start + step) % 50
            result = adapter.match(f"/r{number}/{step}")
            if result != (number, {"n": step}):
                wrong.append(result)

    threads = [threading.Thread(target=run, args=(start,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_rules_of_a_factory_become_visible_together_to_other_threads() -> None:
    url_map = Map([Rule("/fixed/<int:n>", endpoint="fixed")])
    done = threading.Event()
    wrong: list[Any] = []

    def look() -> None:
        adapter = url_map.bind("example.com")
        number = 0
        while not done.is_set() and number < 100:
            if adapter.match("/fixed/3") != ("fixed", {"n": 3}):
                wrong.append("fixed")
            if adapter.test(f"/m{number}/first"):
                if not adapter.test(f"/m{number}/last"):
                    wrong.append(number)
                number += 1

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(100):
        rules = [Rule(f"/{name}", endpoint=name) for name in ("first", "a", "b", "last")]
        url_map.add(tr.Submount(f"/m{number}", rules))
    done.set()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_converter_may_use_the_map_while_it_is_matching() -> None:
    class NestedConverter(tr.BaseConverter):
        def to_python(self, value: str) -> Any:
            return self.map.bind("example.com").match(f"/inner/{value}")

    rules = [Rule("/outer/<nested:x>", endpoint="outer"), Rule("/inner/<int:y>", endpoint="inner")]
    adapter = Map(rules, converters={"nested": NestedConverter}).bind("example.com")
    assert adapter.match("/outer/3") == ("outer", {"x": ("inner", {"y": 3})})


def test_converter_may_add_a_rule_while_it_is_matching() -> None:
    class AddingConverter(tr.BaseConverter):
        def to_python(self, value: str) -> str:
            self.map.add(Rule(f"/{value}/added", endpoint=value))
            return value

    url_map = Map([Rule("/<adding:x>", endpoint="e")], converters={"adding": AddingConverter})
    adapter = url_map.bind("example.com")
    assert adapter.match("/a") == ("e", {"x": "a"})
    assert adapter.match("/a/added") == ("a", {})


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


def test_endpoint_that_a_program_takes_out_builds_no_more() -> None:
    url_map = Map([Rule("/a", endpoint="a"), Rule("/b", endpoint="b")])
    adapter = url_map.bind("example.com")
    assert adapter.build("a") == "/a"
    del url_map._rules_by_endpoint["a"]
    with pytest.raises(BuildError):
        adapter.build("a")


def test_rule_that_a_program_takes_out_of_its_endpoint_builds_no_more() -> None:
    url_map = Map([Rule("/a", endpoint="a"), Rule("/a/<int:x>", endpoint="a")])
    adapter = url_map.bind("example.com")
    assert adapter.build("a", {"x": 1}) == "/a/1"
    del url_map._rules_by_endpoint["a"][0]
    assert adapter.build("a", {"x": 1}) == "/a?x=1"


def test_rules_that_a_program_sets_for_an_endpoint_build() -> None:
    url_map = Map([Rule("/a", endpoint="a"), Rule("/b", endpoint="b")])
    adapter = url_map.bind("example.com")
    assert adapter.build("a") == "/a"
    url_map._rules_by_endpoint["a"] = url_map._rules_by_endpoint["b"]
    assert adapter.build("a") == "/b"


def test_copies_of_the_rules_by_endpoint_are_plain() -> None:
    url_map = Map([Rule("/a", endpoint="a")])
    copied = copy.copy(url_map._rules_by_endpoint)
    assert (type(copied), type(copy.copy(copied["a"]))) == (dict, list)


def test_rules_by_endpoint_may_be_a_dictionary_of_the_programs() -> None:
    url_map = Map([Rule("/a", endpoint="a")])
    url_map._rules_by_endpoint = dict(url_map._rules_by_endpoint)
    url_map.add(Rule("/b", endpoint="b"))
    adapter = url_map.bind("example.com")
    assert (adapter.match("/b"), adapter.build("b")) == (("b", {}), "/b")
    del url_map._rules_by_endpoint["b"]
    with pytest.raises(BuildError):
        adapter.build("b")


@pytest.mark.parametrize(
    ("change", "left"),
    [
        (lambda rules: rules.pop(0), ["/b", "/c"]),
        (lambda rules: rules.insert(0, rules[2]), ["/c", "/a", "/b", "/c"]),
    ],
)
def test_rules_that_are_taken_out_or_put_in_while_they_are_sorted(
    change: Any, left: list[str]
) -> None:
    changes = []

    class Changing(Rule):
        def build_compare_key(self) -> Any:
            if changes and self.rule == "/b":
                changes.pop()(url_map._rules_by_endpoint["e"])
            return super().build_compare_key()

    url_map = Map([Changing(path, endpoint="e") for path in ("/a", "/b", "/c")])
    changes.append(change)
    url_map.update()
    assert [rule.rule for rule in url_map.iter_rules("e")] == left


def test_map_that_keeps_its_rules_sorted_is_compiled_once() -> None:
    class Sorting(Map):
        def update(self) -> None:
            super().update()
            for rules in self._rules_by_endpoint.values():
                rules.sort(key=Rule.build_compare_key)

    url_map = Sorting([Rule("/a", endpoint="e"), Rule("/a/<b>", endpoint="e")])
    adapter = url_map.bind("example.com")
    adapter.match("/a")
    trie = url_map._state.trie
    adapter.match("/a")
    assert url_map._state.trie is trie


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
