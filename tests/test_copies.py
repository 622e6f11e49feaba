"""Copies and pickles of maps, rules and adapters."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest
import werkzeug.routing

from outcomes import redirect_of
from trieroute import IntegerConverter, Map, MapAdapter, MethodNotAllowed, Rule


def pickled(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))


COPIES = [copy.copy, copy.deepcopy, pickled]


def make_map() -> Map:
    return Map(
        [
            Rule("/a/<int:x>", endpoint="a", methods=["GET"]),
            Rule("/<path:p>", endpoint="b", host="h.example"),
            Rule("/old", endpoint="old", redirect_to="new"),
        ],
        host_matching=True,
        redirect_defaults=False,
        merge_slashes=False,
        match_order="segments",
    )


@pytest.mark.parametrize("copied", COPIES)
def test_copy_of_a_map_matches_and_builds(copied: Callable[[Any], Any]) -> None:
    twin = copied(make_map())
    adapter = twin.bind("h.example")
    assert adapter.match("/x/y") == ("b", {"p": "x/y"})
    assert adapter.build("b", {"p": "x/y"}) == "/x/y"
    assert twin.match_order == "segments"
    assert (twin.host_matching, twin.redirect_defaults, twin.merge_slashes) == (True, False, False)


@pytest.mark.parametrize("copied", COPIES)
def test_copy_of_a_map_has_lists_of_its_own(copied: Callable[[Any], Any]) -> None:
    url_map = make_map()
    twin = copied(url_map)
    twin.add(Rule("/c", endpoint="a", host="h.example"))
    assert twin.bind("h.example").build("a") == "/c"
    assert len(list(url_map.iter_rules("a"))) == 1
    assert url_map.bind("h.example").match("/c") == ("b", {"p": "c"})


@pytest.mark.parametrize("copied", [copy.deepcopy, pickled])
def test_deep_copy_of_a_map_has_rules_of_its_own(copied: Callable[[Any], Any]) -> None:
    url_map = make_map()
    twin = copied(url_map)
    (rule,) = twin.iter_rules("a")
    assert rule.map is twin
    rule.methods.add("PUT")
    assert twin.bind("").match("/a/3", "PUT") == ("a", {"x": 3})
    assert next(url_map.iter_rules("a")).methods == {"GET", "HEAD"}


@pytest.mark.parametrize("copied", COPIES)
@pytest.mark.parametrize("bound", [False, True])
def test_copy_of_a_rule(copied: Callable[[Any], Any], bound: bool) -> None:
    rule = Rule("/a/<int:x>", endpoint="a", methods=["GET"])
    rule.tag = "mine"  # type: ignore[attr-defined]
    if bound:
        assert Map([rule]).bind("example.com").match("/a/3") == ("a", {"x": 3})
        assert rule.build({"x": 3}) == ("", "/a/3")
    twin = copied(rule)
    assert (twin.rule, twin.endpoint, twin.methods, twin.tag) == (
        "/a/<int:x>",
        "a",
        {"GET", "HEAD"},
        "mine",
    )
    if bound:
        assert twin.build({"x": 3}) == ("", "/a/3")
        assert twin.match("|/a/3") == {"x": 3}


@pytest.mark.parametrize("copied", COPIES)
def test_copy_of_an_adapter(copied: Callable[[Any], Any]) -> None:
    twin = copied(make_map().bind("h.example", "/app", query_args="q=1"))
    assert twin.match("/x") == ("b", {"p": "x"})
    assert twin.build("b", {"p": "x"}) == "/app/x"
    assert twin.query_args == "q=1"


class TaggedRule(werkzeug.routing.Rule):
    """A program's own class, which is combined with trieroute's when it is added."""

    tag = "own"


@pytest.mark.parametrize("copied", COPIES)
def test_copy_of_a_converted_rule(copied: Callable[[Any], Any]) -> None:
    url_map = Map([TaggedRule("/a/<int:x>", endpoint="a", methods=["GET"])])
    twin = copied(next(url_map.iter_rules()))
    assert isinstance(twin, Rule)
    assert isinstance(twin, TaggedRule)
    assert twin.build({"x": 3}) == ("", "/a/3")
    assert twin.tag == "own"


@pytest.mark.parametrize("copied", [copy.deepcopy, pickled])
@pytest.mark.parametrize("seen", [False, True])
def test_methods_of_a_deep_copy_can_be_changed(copied: Callable[[Any], Any], seen: bool) -> None:
    url_map = Map([Rule("/a", endpoint="a", methods=["GET"])])
    if seen:
        assert next(url_map.iter_rules()).methods == {"GET", "HEAD"}
    twin = copied(url_map)
    adapter = twin.bind("example.com")
    assert adapter.match("/a") == ("a", {})
    (rule,) = twin.iter_rules()
    rule.methods.add("PUT")
    assert adapter.match("/a", "PUT") == ("a", {})
    rule.methods.discard("GET")
    with pytest.raises(MethodNotAllowed):
        adapter.match("/a", "GET")
    again = copy.copy(rule)
    again.methods.add("PATCH")
    assert rule.methods == {"HEAD", "PUT"}


class MethodsAsAttribute(Rule):
    methods = None


class MethodsAsProperty(Rule):
    @property
    def methods(self) -> Any:
        return self.__dict__["kept"]

    @methods.setter
    def methods(self, methods: Any) -> None:
        self.__dict__["kept"] = methods


@pytest.mark.parametrize("rule_class", [MethodsAsAttribute, MethodsAsProperty])
def test_subclass_with_methods_of_its_own(rule_class: Any) -> None:
    assert rule_class("/a").methods is None
    rule = rule_class("/a", endpoint="a", methods=["GET"])
    rule.methods.add("PUT")
    adapter = Map([rule]).bind("example.com")
    assert adapter.match("/a", "PUT") == ("a", {})
    rule.methods.add("PATCH")
    assert adapter.match("/a", "PATCH") == ("a", {})


def test_copy_of_a_rule_whose_class_has_a_class_attribute_for_methods() -> None:
    rule = MethodsAsAttribute("/a", endpoint="a", methods=["GET"])
    twin: Any = copy.copy(rule)
    twin.methods.add("PUT")
    assert rule.methods == {"GET", "HEAD"}


class SlottedRule(Rule):
    __slots__ = ("__secret", "title", "unset")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "kept"
        self.__secret = [1]

    def secret(self) -> list[int]:
        return self.__secret


class FurtherRule(SlottedRule):
    __slots__ = "more"


class SlottedMap(Map):
    __slots__ = ("title", "unset")


class SlottedAdapter(MapAdapter):
    __slots__ = ("title", "unset")


@pytest.mark.parametrize("copied", COPIES)
@pytest.mark.parametrize("bound", [False, True])
def test_copy_of_a_rule_keeps_slots(copied: Callable[[Any], Any], bound: bool) -> None:
    rule = FurtherRule("/a/<int:x>", endpoint="a", methods=["GET"])
    rule.more = "more"
    rule.tag = "mine"  # type: ignore[attr-defined]
    if bound:
        assert Map([rule]).bind("example.com").match("/a/3") == ("a", {"x": 3})
    twin = copied(rule)
    assert (twin.title, twin.secret(), twin.more, twin.tag) == ("kept", [1], "more", "mine")
    assert not hasattr(twin, "unset")
    assert twin.methods == {"GET", "HEAD"}
    assert (twin.secret() is rule.secret()) == (copied is copy.copy)


@pytest.mark.parametrize("copied", [copy.deepcopy, pickled])
def test_deep_copy_of_a_map_keeps_slots_of_its_rules(copied: Callable[[Any], Any]) -> None:
    twin = copied(Map([SlottedRule("/a", endpoint="a")]))
    (rule,) = twin.iter_rules()
    assert (rule.title, rule.secret()) == ("kept", [1])


@pytest.mark.parametrize("copied", COPIES)
def test_copy_of_a_map_keeps_slots(copied: Callable[[Any], Any]) -> None:
    url_map = SlottedMap([Rule("/a", endpoint="a")])
    url_map.title = "kept"
    twin = copied(url_map)
    assert twin.title == "kept"
    assert not hasattr(twin, "unset")
    assert twin.bind("example.com").match("/a") == ("a", {})


@pytest.mark.parametrize("copied", COPIES)
def test_copy_of_an_adapter_keeps_slots(copied: Callable[[Any], Any]) -> None:
    url_map = Map([Rule("/a", endpoint="a")])
    adapter = SlottedAdapter(url_map, "example.com", "/", "", "http", "/", "GET")
    adapter.title = "kept"
    twin = copied(adapter)
    assert twin.title == "kept"
    assert not hasattr(twin, "unset")
    assert twin.match("/a") == ("a", {})


class Digits(IntegerConverter):
    """A program's own converter, which has its map once more."""

    def __init__(self, map: Any, fixed_digits: int) -> None:
        super().__init__(map, fixed_digits=fixed_digits)
        self.maps = [map]


class Stated(IntegerConverter):
    def __getstate__(self) -> Any:
        return {**vars(self), "note": "kept"}

    def __setstate__(self, state: Any) -> None:
        vars(self).update(state)


@pytest.mark.parametrize("copied", COPIES)
@pytest.mark.parametrize(
    ("variable", "text", "refused"),
    [
        ("<int(fixed_digits=2):x>", "07", "7"),
        ("<int(min=3, signed=True):x>", "7", "2"),
        ("<float(max=2.5):x>", "1.5", "3.5"),
        ("<any(a, 1, None):x>", "a", "b"),
        ("<string(length=2):x>", "ab", "abc"),
        ("<x>", "ab", "a/b"),
        ("<path:x>", "a/b", "/"),
        ("<digits(2):x>", "07", "7"),
    ],
)
def test_copy_of_a_converter_has_a_map_that_matches_alike(
    copied: Callable[[Any], Any], variable: str, text: str, refused: str
) -> None:
    rule = Rule(f"/-/{variable}", endpoint="a")
    url_map = Map([rule], converters={"digits": Digits})
    converter = rule._converters["x"]
    twin = copied(converter)
    assert type(twin) is type(converter)
    assert vars(twin).keys() == vars(converter).keys()
    (copied_rule,) = twin.map.iter_rules()
    if copied is copy.copy:
        assert twin.map is url_map
    else:
        assert copied_rule._converters["x"] is twin
        assert twin.map is not url_map
    adapter = twin.map.bind("example.com")
    assert adapter.match(f"/-/{text}") == url_map.bind("example.com").match(f"/-/{text}")
    assert not adapter.test(f"/-/{refused}")


@pytest.mark.parametrize("copied", COPIES)
def test_copy_of_a_converter_is_made_as_its_class_says(copied: Callable[[Any], Any]) -> None:
    twin = copied(Stated(None, min=3))
    assert (twin.min, twin.note) == (3, "kept")


@pytest.mark.parametrize("copied", [copy.deepcopy, pickled])
def test_copy_of_one_of_werkzeugs_converters_says_what_to_copy(
    copied: Callable[[Any], Any],
) -> None:
    rule = Rule("/<int:x>/<y>", endpoint="a")
    url_map = Map([rule], converters=werkzeug.routing.Map.default_converters)
    with pytest.raises(TypeError, match=r"'/<int:x>/<y>': the IntegerConverter .* copy the map"):
        copied(rule._converters["x"])
    assert copied(url_map).bind("h").match("/7/a") == ("a", {"x": 7, "y": "a"})


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickles_of_all_protocols(protocol: int) -> None:
    rules = [
        Rule("/<int:x>/b/<any(p, q):y>", endpoint="a", redirect_to="c/<x>", host="<h>.example"),
        Rule("/d/<path:p>", endpoint="d", defaults={"z": 1}, methods=["GET"]),
    ]
    url_map = pickle.loads(pickle.dumps(Map(rules, host_matching=True), protocol))
    adapter = url_map.bind("n.example")
    assert redirect_of(adapter, "/1/b/p") == "http://n.example/c/1"
    assert [rule.rule for rule in url_map.iter_rules("d")] == ["/d/<path:p>"]
