"""Removing rules from a map: what is matched and built from then on, and what stays as it was."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from gc import collect
from typing import Any
from weakref import ref

import flask
import pytest
import werkzeug.routing

import trieroute.flask
from outcomes import redirect_of
from trieroute import (
    BuildError,
    EndpointPrefix,
    Map,
    NotFound,
    RequestRedirect,
    Rule,
    RuleFactory,
    Submount,
)
from trieroute.asgi import Mount, Router

ORDERS = ["weights", "segments", "registration"]


@pytest.mark.parametrize("match_order", ORDERS)
def test_removed_rule_is_neither_matched_nor_built(match_order: str) -> None:
    gone = Rule("/a/<int:x>", endpoint="gone")
    url_map = Map([gone, Rule("/a/<y>", endpoint="left")], match_order=match_order)
    adapter = url_map.bind("example.org")
    assert adapter.match("/a/1") == ("gone", {"x": 1})
    assert adapter.build("gone", {"x": 1}) == "/a/1"
    url_map.remove(gone)
    assert adapter.match("/a/1") == ("left", {"y": "1"})
    with pytest.raises(BuildError):
        adapter.build("gone", {"x": 1})
    assert [rule.rule for rule in url_map.iter_rules()] == ["/a/<y>"]
    with pytest.raises(KeyError):
        url_map.iter_rules("gone")


def test_other_rules_of_the_endpoint_stay() -> None:
    gone = Rule("/old/<x>", endpoint="page")
    url_map = Map([gone, Rule("/new/<x>", endpoint="page")])
    adapter = url_map.bind("example.org")
    assert adapter.build("page", {"x": 1}) == "/old/1"
    url_map.remove(gone)
    assert adapter.build("page", {"x": 1}) == "/new/1"


def test_rule_is_removed_before_the_map_was_ever_used() -> None:
    gone = Rule("/a", endpoint="a")
    url_map = Map([gone])
    url_map.remove(gone)
    with pytest.raises(NotFound):
        url_map.bind("example.org").match("/a")


def test_removed_rule_can_be_added_again() -> None:
    rule = Rule("/a/", endpoint="a", subdomain=None)
    first = Map([rule])
    first.remove(rule)
    assert rule.map is None
    assert (rule.strict_slashes, rule.merge_slashes, rule.subdomain) == (None, None, None)
    first.add(rule)
    assert first.bind("example.org").match("/a/") == ("a", {})
    first.remove(rule)
    other = Map([rule], strict_slashes=False, default_subdomain="www")
    assert other.bind("example.org").match("/a") == ("a", {})
    assert rule.subdomain == "www"


def test_settings_of_the_rule_itself_survive() -> None:
    rule = Rule("/a/", endpoint="a", strict_slashes=False, subdomain="api", methods=["GET"])
    url_map = Map([rule])
    url_map.remove(rule)
    assert (rule.strict_slashes, rule.subdomain, rule.methods) == (False, "api", {"GET", "HEAD"})


@pytest.mark.parametrize(
    "missing",
    [
        Rule("/b", endpoint="b"),
        next(Map([Rule("/b", endpoint="b")]).iter_rules()),
        werkzeug.routing.Rule("/b", endpoint="b"),
    ],
    ids=["unbound", "of another map", "of Werkzeug"],
)
def test_rule_that_the_map_does_not_have_is_named(missing: Any) -> None:
    url_map = Map([Rule("/a", endpoint="a"), Rule("/b", endpoint="b")])
    with pytest.raises(ValueError, match="the map does not have the rule '/b'"):
        url_map.remove(missing)
    assert url_map.bind("example.org").match("/b") == ("b", {})


def test_rule_that_was_removed_is_not_removed_twice() -> None:
    rule = Rule("/a", endpoint="a")
    url_map = Map([rule])
    url_map.remove(rule)
    with pytest.raises(ValueError, match="'/a'"):
        url_map.remove(rule)


@pytest.mark.parametrize("wrong", ["/a", 1, None])
def test_what_is_no_rule_is_a_type_error(wrong: Any) -> None:
    with pytest.raises(TypeError, match="can be removed"):
        Map([Rule("/a", endpoint="a")]).remove(wrong)


def test_all_rules_of_a_factory_are_removed() -> None:
    factory = Submount("/s", [EndpointPrefix("p.", [Rule("/a", endpoint="a")]), Rule("/b")])
    url_map = Map([factory, Rule("/s/c", endpoint="c")])
    url_map.remove(factory)
    adapter = url_map.bind("example.org")
    assert [adapter.test(path) for path in ("/s/a", "/s/b", "/s/c")] == [False, False, True]
    with pytest.raises(ValueError, match="was not added"):
        url_map.remove(factory)
    url_map.add(factory)
    assert adapter.match("/s/a") == ("p.a", {})


@pytest.mark.usefixtures("equal_rules")
def test_factory_that_was_added_twice_is_removed_with_all_its_rules() -> None:
    factory = Submount("/s", [Rule("/a", endpoint="a")])
    url_map = Map([factory])
    url_map.add(factory)
    url_map.remove(factory)
    assert list(url_map.iter_rules()) == []


def test_factory_that_lacks_a_rule_is_left_as_it_is() -> None:
    factory = Submount("/s", [Rule("/a", endpoint="a"), Rule("/b", endpoint="b")])
    url_map = Map([factory])
    first, second = url_map.iter_rules()
    url_map.remove(first)
    with pytest.raises(ValueError, match="'/s/a'"):
        url_map.remove(factory)
    assert list(url_map.iter_rules()) == [second]
    assert url_map.bind("example.org").match("/s/b") == ("b", {})


def test_list_of_rules_and_factories_is_removed_or_none_of_it() -> None:
    rule, factory = Rule("/a", endpoint="a"), Submount("/s", [Rule("/b", endpoint="b")])
    url_map = Map([rule, factory, Rule("/c", endpoint="c")])
    with pytest.raises(ValueError, match="'/d'"):
        url_map.remove([rule, factory, Rule("/d")])
    assert len(list(url_map.iter_rules())) == 3
    url_map.remove([rule, (factory, factory), rule])
    assert [rule.endpoint for rule in url_map.iter_rules()] == ["c"]


class Plain:
    """A factory of no class that is known as one."""

    def get_rules(self, map: Any) -> Iterator[Rule]:
        yield Rule("/a", endpoint="a")


class Slotted:
    """The same, with no room for a weak reference."""

    __slots__ = ()
    get_rules = Plain.get_rules


def test_factory_of_another_class_is_removed() -> None:
    factory: Any = Plain()
    url_map = Map([factory])
    url_map.remove(factory)
    assert list(url_map.iter_rules()) == []


def test_factory_without_room_for_a_weak_reference_can_be_added() -> None:
    factory: Any = Slotted()
    url_map = Map([factory])
    assert url_map.bind("example.org").match("/a") == ("a", {})
    with pytest.raises(ValueError, match="was not added"):
        url_map.remove(factory)


def test_rule_that_is_only_built_is_removed() -> None:
    rule = Rule("/a", endpoint="a", build_only=True)
    url_map = Map([rule])
    url_map.remove(rule)
    with pytest.raises(BuildError):
        url_map.bind("example.org").build("a")


def test_rule_whose_endpoint_was_set_anew_is_removed() -> None:
    rule = Rule("/a", endpoint="a")
    url_map = Map([rule, Rule("/b", endpoint="b")])
    rule.endpoint = "b"
    url_map.remove(rule)
    adapter = url_map.bind("example.org")
    assert not adapter.test("/a")
    assert not adapter.map._rules_by_endpoint.get("a")
    assert adapter.build("b") == "/b"


def test_rule_that_was_taken_out_of_the_private_dict_is_matched_until_it_is_removed() -> None:
    rule = Rule("/a", endpoint="a")
    url_map = Map([rule])
    url_map._rules_by_endpoint.pop("a")
    adapter = url_map.bind("example.org")
    assert adapter.match("/a") == ("a", {})
    url_map.remove(rule)
    assert not adapter.test("/a")


def test_canonical_rule_of_defaults_no_longer_redirects_when_it_is_removed() -> None:
    canonical = Rule("/all", defaults={"page": 1}, endpoint="all")
    url_map = Map([canonical, Rule("/all/<int:page>", endpoint="all")])
    adapter = url_map.bind("example.org")
    assert redirect_of(adapter, "/all/1") == "http://example.org/all"
    url_map.remove(canonical)
    assert adapter.match("/all/1") == ("all", {"page": 1})


def test_werkzeugs_own_rule_is_removed() -> None:
    rule = werkzeug.routing.Rule("/a", endpoint="a")
    url_map = Map([rule])
    url_map.remove(rule)
    assert not url_map.bind("example.org").test("/a")
    assert rule.map is None


def test_rule_of_a_flask_application_is_removed_and_its_view_stays() -> None:
    app = flask.Flask("shop", static_folder=None)
    app.add_url_rule("/a", "a", lambda: "a")
    trieroute.flask.install(app)
    (rule,) = app.url_map.iter_rules("a")
    app.url_map.remove(rule)  # type: ignore[attr-defined]
    assert app.test_client().get("/a").status_code == 404
    assert "a" in app.view_functions
    app.url_map.add(rule)
    assert app.test_client().get("/a").text == "a"


@pytest.mark.parametrize("order", ["weights", "segments", "registration"])
@pytest.mark.parametrize("used", [False, True])
def test_rule_that_is_removed_stays_in_copies_of_the_map(used: bool, order: Any) -> None:
    rule = Rule("/a/", endpoint="a")
    url_map = Map([rule, Rule("/<x>", endpoint="x")], strict_slashes=False, match_order=order)
    copied = copy.copy(url_map)
    adapter = copied.bind("example.org")
    if used:
        assert adapter.match("/a") == ("a", {})
    url_map.remove(rule)
    for number in range(2):
        assert rule in list(copied.iter_rules())
        # Settings that the rule does not say are still those of the map.
        assert adapter.match("/a") == ("a", {})
        assert adapter.build("a", {"q": "1"}) == "/a/?q=1"
        copied.add(Rule(f"/b/{number}", endpoint="b"))
    copied.remove(rule)
    assert adapter.match("/a") == ("x", {"x": "a"})
    with pytest.raises(BuildError):
        adapter.build("a")


def test_rule_that_a_copy_still_has_is_not_added_to_it_again() -> None:
    rule = Rule("/a", endpoint="a")
    url_map = Map([rule, Rule("/z", endpoint="z")])
    copied = copy.copy(url_map)
    url_map.remove(rule)
    with pytest.raises(RuntimeError, match="the map has the rule '/a' already"):
        copied.add(rule)
    assert rule.map is None
    copied.remove(rule)
    copied.add(rule)
    assert copied.bind("example.org").match("/a") == ("a", {})
    copied.remove(rule)
    assert not copied.bind("example.org").test("/a")


def test_rule_that_is_removed_while_a_copy_is_compiled_keeps_the_settings_of_the_map() -> None:
    class Leaving(Rule):
        def __getattribute__(self, name: str) -> Any:
            value = super().__getattribute__(name)
            if name == "strict_slashes" and leaving and self.map is url_map:
                leaving.clear()
                url_map.remove(self)
            return value

    leaving: list[bool] = []
    url_map = Map([Leaving("/s/", endpoint="s")])
    copied = copy.copy(url_map)
    leaving.append(True)
    with pytest.raises(RequestRedirect):
        copied.bind("example.org").match("/s")
    assert not leaving


def test_rule_that_is_removed_from_a_copy_stays_in_the_map() -> None:
    rule = Rule("/a", endpoint="a")
    url_map = Map([rule])
    copied = copy.copy(url_map)
    copied.remove(rule)
    assert not copied.bind("example.org").test("/a")
    assert rule.map is url_map
    rule.methods = {"POST"}
    assert url_map.bind("example.org").match("/a", "POST") == ("a", {})
    assert not url_map.bind("example.org").test("/a", "GET")
    assert url_map.bind("example.org").build("a") == "/a"
    url_map.remove(rule)
    copied.add(rule)
    assert not url_map.bind("example.org").test("/a", "POST")
    assert copied.bind("example.org").match("/a", "POST") == ("a", {})


def test_mount_is_removed() -> None:
    async def inner(scope: Any, receive: Any, send: Any) -> None: ...

    mount = Mount("/inner", endpoint=inner)
    router = Router(Map([mount]))
    other = router.mount("/other", inner, endpoint="other")
    adapter = router.map.bind("example.org")
    assert adapter.test("/inner/x")
    assert adapter.test("/other/x")
    router.map.remove([mount, other])
    assert not adapter.test("/inner/x")
    assert not adapter.test("/other/x")


def test_segments_of_removed_rules_are_not_kept() -> None:
    url_map = Map()
    for number in range(50):
        rule = Rule(f"/only-{number}/<int:x>", endpoint=number)
        url_map.add(rule)
        url_map.remove(rule)
    assert "only-3" not in url_map._segments._segments


# Programs that remove a rule from the private attributes of Werkzeug's map


def made_of_the_same_class(url_map: Any) -> Any:
    return type(url_map._matcher)(merge_slashes=url_map.merge_slashes)


def werkzeugs(url_map: Any) -> Any:
    return werkzeug.routing.StateMachineMatcher(url_map.merge_slashes)


def plain_map() -> tuple[Any, Any]:
    url_map = Map([Rule("/a/<x>", endpoint="a"), Rule("/<path:p>", endpoint="other")])
    return url_map, next(url_map.iter_rules("a"))


def installed_map() -> tuple[Any, Any]:
    app = flask.Flask(__name__, static_folder=None)
    app.add_url_rule("/a/<x>", "a")
    app.add_url_rule("/<path:p>", "other")
    trieroute.flask.install(app)
    return app.url_map, next(app.url_map.iter_rules("a"))


MAPS = pytest.mark.parametrize("make_map", [plain_map, installed_map])


@MAPS
@pytest.mark.parametrize("make_matcher", [made_of_the_same_class, werkzeugs])
def test_rule_that_is_left_out_of_a_new_matcher_is_not_matched(
    make_map: Any, make_matcher: Any
) -> None:
    url_map, rule = make_map()
    adapter = url_map.bind("example.org")
    assert adapter.match("/a/b") == ("a", {"x": "b"})
    matcher = make_matcher(url_map)
    for other in url_map.iter_rules():
        if other is not rule:
            matcher.add(other)
    url_map._matcher = matcher
    url_map._remap = True
    url_map.update()
    assert adapter.match("/a/b") == ("other", {"p": "a/b"})
    assert adapter.build("a", {"x": "b"}) == "/a/b"
    # Such a rule can still be removed as a whole.
    url_map.remove(rule)
    with pytest.raises(BuildError):
        adapter.build("a", {"x": "b"})
    url_map.add(rule)
    assert adapter.match("/a/b") == ("a", {"x": "b"})


@MAPS
@pytest.mark.parametrize("make_matcher", [made_of_the_same_class, werkzeugs])
def test_matcher_that_is_emptied_first_and_filled_again(make_map: Any, make_matcher: Any) -> None:
    url_map, _ = make_map()
    adapter = url_map.bind("example.org")
    url_map._rules_by_endpoint.pop("a")
    url_map._matcher = make_matcher(url_map)
    with pytest.raises(NotFound):
        adapter.match("/a/b")
    for other in url_map._rules:
        url_map._matcher.add(other)
        url_map._matcher.add(other)
    url_map._remap = True
    assert adapter.match("/a/b") == ("other", {"p": "a/b"})
    with pytest.raises(BuildError):
        adapter.build("a", {"x": "b"})
    assert [other.rule for other in url_map.iter_rules()] == ["/<path:p>"]


@MAPS
@pytest.mark.parametrize(
    "reach_in",
    [
        lambda url_map: setattr(url_map._matcher._root, "static", {}),
        lambda url_map: setattr(url_map, "_matcher", None),
    ],
    ids=["root", "set"],
)
def test_what_cannot_be_done_with_a_matcher_names_remove(make_map: Any, reach_in: Any) -> None:
    url_map, _ = make_map()
    with pytest.raises(TypeError, match=r"to remove a rule, call Map\.remove"):
        reach_in(url_map)
    assert url_map.bind("example.org").match("/a/b") == ("a", {"x": "b"})


@MAPS
def test_matcher_with_a_rule_that_the_map_lacks_is_refused(make_map: Any) -> None:
    url_map, _ = make_map()
    matcher = werkzeugs(url_map)
    matcher.add(Rule("/new"))
    with pytest.raises(ValueError, match=r"to add it, call Map\.add"):
        url_map._matcher = matcher
    with pytest.raises(TypeError, match=r"no rule of trieroute that is bound to the map"):
        url_map._matcher.add(Rule("/new"))
    assert url_map.bind("example.org").match("/a/b") == ("a", {"x": "b"})


@MAPS
def test_matcher_of_a_map_matches(make_map: Any) -> None:
    url_map, _ = make_map()
    url_map._matcher.update()
    rule, values = url_map._matcher.match("", "/a/b", "GET", False)
    assert (rule.endpoint, values) == ("a", {"x": "b"})


@MAPS
def test_rule_that_a_program_lists_among_those_of_an_endpoint_is_removed(make_map: Any) -> None:
    url_map, _ = make_map()
    rule = Rule("/listed", endpoint="listed")
    rule.bind(url_map)
    url_map._rules_by_endpoint["listed"] = [rule]
    url_map.remove(rule)
    assert "listed" not in url_map._rules_by_endpoint
    assert rule.map is None


def test_factory_is_removed_although_its_rules_of_before_were_removed_one_by_one() -> None:
    factory = Submount("/s", [Rule("/1", endpoint="1"), Rule("/2", endpoint="2")])
    url_map = Map([factory])
    for rule in list(url_map.iter_rules()):
        url_map.remove(rule)
    url_map.add(factory)
    adapter = url_map.bind("example.org")
    assert adapter.match("/s/2") == ("2", {})
    url_map.remove(factory)
    with pytest.raises(NotFound):
        adapter.match("/s/2")


def test_factory_one_of_whose_rules_is_gone_is_not_removed_in_part() -> None:
    factory = Submount("/s", [Rule("/1", endpoint="1"), Rule("/2", endpoint="2")])
    url_map = Map([factory])
    url_map.remove(next(url_map.iter_rules("1")))
    with pytest.raises(ValueError, match=r"the map does not have the rule '/s/1'"):
        url_map.remove(factory)
    assert url_map.bind("example.org").match("/s/2") == ("2", {})


def test_settings_that_a_bound_rule_was_given_stay() -> None:
    rule = Rule("/a/", endpoint="a")
    url_map = Map([rule], default_subdomain="www")
    rule.strict_slashes = False
    rule.subdomain = "api"
    rule.refresh()
    url_map.remove(rule)
    assert (rule.strict_slashes, rule.merge_slashes, rule.subdomain) == (False, None, "api")
    url_map.add(rule)
    assert url_map.bind("example.org", subdomain="api").match("/a") == ("a", {})


def test_setting_that_a_bound_rule_is_to_take_from_its_next_map_is_taken_from_that() -> None:
    rule = Rule("/a", endpoint="a", subdomain="api")
    first, second = Map([rule]), Map(default_subdomain="www")
    rule.subdomain = None
    first.remove(rule)
    second.add(rule)
    assert second.bind("example.org", subdomain="www").match("/a") == ("a", {})


@pytest.mark.parametrize("way", ["__setitem__", "update", "__ior__", "setdefault"])
def test_list_that_a_program_has_put_by_an_endpoint_is_emptied(way: str) -> None:
    url_map = Map([Rule("/a/<x>", endpoint="a"), Rule("/b", endpoint="b")])
    adapter = url_map.bind("example.org")
    rules, own = url_map._rules_by_endpoint, list(url_map.iter_rules("a"))
    if way == "setdefault":
        del rules["a"]
    getattr(rules, way)(*(({"a": own},) if way in ("update", "__ior__") else ("a", own)))
    assert adapter.build("a", {"x": 1}) == "/a/1"
    url_map._rules_by_endpoint["a"].clear()
    with pytest.raises(BuildError):
        adapter.build("a", {"x": 1})
    assert [rule.rule for rule in url_map.iter_rules()] == ["/b"]


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_copy_of_the_matcher_is_what_was_matched_then(copied: Callable[[Any], Any]) -> None:
    url_map = Map([Rule("/a", endpoint="a")])
    before = copied(url_map._matcher)
    url_map.add(Rule("/plugin", endpoint="plugin"))
    adapter = url_map.bind("example.org")
    assert adapter.match("/plugin") == ("plugin", {})
    url_map._matcher = before
    assert adapter.match("/a") == ("a", {})
    with pytest.raises(NotFound):
        adapter.match("/plugin")


def test_factory_whose_rules_are_only_matched_is_removed_whole() -> None:
    class Numbered(RuleFactory):
        given = 0

        def get_rules(self, map: Any) -> Iterator[Rule]:
            self.given += 1
            yield Rule(f"/{self.given}", endpoint=str(self.given))

    factory = Numbered()
    url_map = Map([factory])
    url_map._rules_by_endpoint.clear()
    url_map.add(factory)
    adapter = url_map.bind("example.org")
    assert adapter.match("/1") == ("1", {})
    url_map.remove(factory)
    for path in ("/1", "/2"):
        with pytest.raises(NotFound):
            adapter.match(path)


@pytest.mark.parametrize("at", range(1, 4))
def test_list_of_an_endpoint_that_another_one_has_just_made_is_kept(at: int) -> None:
    class Endpoint:
        asked = 0

        def __hash__(self) -> int:
            self.asked += 1
            if self.asked == at:
                made.append(rules.setdefault(self, []))
            return 1

    rules, made, endpoint = Map()._rules_by_endpoint, [], Endpoint()
    found = rules.setdefault(endpoint, [])
    assert all(found is other for other in made)
    assert list(rules.values()) == [[]]
    assert found is next(iter(rules.values()))


def test_factory_is_forgotten_with_its_last_rule() -> None:
    class Kept(Submount):
        """A factory that its rules keep alive."""

        def get_rules(self, map: Any) -> Iterator[Rule]:
            for rule in super().get_rules(map):
                rule.factory = self  # type: ignore[attr-defined]
                yield rule

    factory = Kept("/x", [Rule("/a", endpoint="a"), Rule("/b", endpoint="b")])
    rules = Map([factory])
    first, second = rules.iter_rules()
    seen = ref(factory)
    del factory
    rules.remove(first)
    with pytest.raises(ValueError, match="the map does not have the rule '/x/a'"):
        rules.remove(seen())  # type: ignore[arg-type]
    rules.remove(second)
    del first, second
    assert not rules.bind("example.org").test("/x/b")
    collect()
    assert seen() is None


def test_factory_without_rules_is_removed_once() -> None:
    rules = Map([Rule("/o", endpoint="o")])
    empty = Submount("/x", [])
    rules.add(empty)
    rules.remove(next(rules.iter_rules("o")))
    rules.remove(empty)
    with pytest.raises(ValueError, match="was not added to the map, or its rules are gone"):
        rules.remove(empty)
