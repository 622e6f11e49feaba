"""What a program does to the lists, the matcher and the rules of a map, also while it serves."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import pytest

from trieroute import (
    BaseConverter,
    BuildError,
    Map,
    Rule,
    RuleFactory,
)
from trieroute._rules.methods import methods_of


def in_thread(function: Callable[[], object]) -> None:
    """Call a function in another thread, and wait for its end."""
    thread = threading.Thread(target=function)
    thread.start()
    thread.join(20)
    assert not thread.is_alive()


def map_of_two() -> tuple[Map, Any, Rule, Rule]:
    """Return a map that serves, an adapter, and its rules ``/a`` and ``/b``."""
    first, second = Rule("/a", endpoint="a"), Rule("/b", endpoint="b")
    url_map = Map([first, second])
    adapter = url_map.bind("example.org")
    assert adapter.match("/a") == ("a", {})
    return url_map, adapter, first, second


# What is given to remove


@pytest.mark.parametrize(
    "given",
    [
        lambda rules, change: (change(rule) for rule in rules),
        lambda rules, change: filter(change, rules),
        lambda rules, change: [map(change, rules)],
    ],
)
def test_iterator_that_changes_the_map_is_gone_through_once(given: Any) -> None:
    url_map, adapter, first, second = map_of_two()

    def change(rule: Rule) -> Rule:
        second.defaults = {"x": 1}
        return rule

    url_map.remove(given([first], change))
    assert list(url_map.iter_rules()) == [second]
    assert (adapter.test("/a"), adapter.test("/b")) == (False, True)


def test_iterator_may_wait_for_another_thread_that_reads_the_map() -> None:
    url_map, adapter, first, _ = map_of_two()

    def slow() -> Iterator[Rule]:
        in_thread(lambda: list(url_map.iter_rules()))
        yield first

    url_map.remove(slow())
    assert not adapter.test("/a")


@pytest.mark.parametrize("wrong", [3, [3], "ab", [Rule("/a", endpoint="a"), "ab"]])
def test_what_is_no_rule_cannot_be_removed(wrong: Any) -> None:
    with pytest.raises(TypeError, match="only rules, factories and lists of them can be removed"):
        Map().remove(wrong)


class Numbered(RuleFactory):
    """A factory that equals all others, and can be no key of a dict."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, path: str) -> None:
        self.path = path

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Numbered)

    def get_rules(self, map: Any) -> Iterator[Rule]:
        yield Rule(self.path, endpoint=self.path)


def test_factories_that_are_equal_are_removed_one_by_one() -> None:
    first, second = Numbered("/a"), Numbered("/b")
    url_map = Map([first, second])
    url_map.remove(first)
    assert [rule.rule for rule in url_map.iter_rules()] == ["/b"]
    with pytest.raises(ValueError, match="was not added"):
        url_map.remove(first)
    del first
    url_map.remove(second)
    assert list(url_map.iter_rules()) == []


# The matcher


def set_back(url_map: Map, meanwhile: Callable[[], None]) -> None:
    saved = url_map._matcher
    meanwhile()
    url_map._matcher = saved


def patched(url_map: Map, meanwhile: Callable[[], None]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(url_map, "_matcher", url_map._matcher)
        meanwhile()


def mocked(url_map: Map, meanwhile: Callable[[], None]) -> None:
    empty = type(url_map._matcher)()
    with mock.patch.object(url_map, "_matcher", empty):
        assert not url_map.bind("example.org").test("/b")
        meanwhile()


@pytest.mark.parametrize("way", [set_back, patched, mocked])
def test_matcher_that_is_set_back_matches_as_before(way: Any) -> None:
    url_map, adapter, _, _ = map_of_two()
    way(url_map, lambda: None)
    assert (adapter.match("/a"), adapter.match("/b")) == (("a", {}), ("b", {}))


@pytest.mark.parametrize("order", ["weights", "segments", "registration"])
def test_matcher_that_was_mocked_leaves_the_rules_in_their_order(order: Any) -> None:
    first, second = Rule("/<x>", endpoint="first"), Rule("/<y>", endpoint="second")
    url_map = Map([first, second, Rule("/<z>", endpoint="third")], match_order=order)
    adapter = url_map.bind("example.org")
    matcher = type(url_map._matcher)()
    matcher.add(second)
    with mock.patch.object(url_map, "_matcher", matcher):
        assert adapter.match("/v") == ("second", {"y": "v"})
        url_map.add(Rule("/<a>", endpoint="last"))
    endpoints = []
    for rule in list(url_map.iter_rules()):
        endpoints.append(adapter.match("/v")[0])
        url_map.remove(rule)
    assert endpoints == ["first", "second", "third", "last"]


@pytest.mark.parametrize("order", ["weights", "segments", "registration"])
def test_rule_that_is_removed_while_the_matcher_is_mocked_stays_removed(order: Any) -> None:
    first, second = Rule("/<x>", endpoint="first"), Rule("/<y>", endpoint="second")
    url_map = Map([first, second, Rule("/<z>", endpoint="third")], match_order=order)
    matcher = type(url_map._matcher)()
    matcher.add(second)
    with mock.patch.object(url_map, "_matcher", matcher):
        url_map.remove(first)
        Map([first])
    assert url_map.bind("example.org").match("/v") == ("second", {"y": "v"})
    assert [rule.endpoint for rule in url_map.iter_rules()] == ["second", "third"]


@pytest.mark.parametrize("way", [set_back, patched])
def test_matcher_that_is_set_back_has_no_rule_that_was_removed(way: Any) -> None:
    url_map, adapter, first, _ = map_of_two()
    way(url_map, lambda: url_map.remove(first))
    assert (adapter.test("/a"), adapter.test("/b")) == (False, True)
    assert len(list(url_map.iter_rules())) == 1


@pytest.mark.parametrize("way", [set_back, patched])
def test_matcher_that_is_set_back_has_a_rule_that_was_added(way: Any) -> None:
    url_map, adapter, _, _ = map_of_two()
    way(url_map, lambda: url_map.add(Rule("/c", endpoint="c")))
    assert adapter.match("/c") == ("c", {})


def test_matcher_that_was_read_brings_back_what_was_left_out_since_then() -> None:
    url_map, adapter, _, second = map_of_two()
    saved = url_map._matcher
    url_map._matcher = type(saved)()
    url_map._matcher.add(second)
    assert (adapter.test("/a"), adapter.test("/b")) == (False, True)
    url_map._matcher = saved
    assert (adapter.test("/a"), adapter.test("/b")) == (True, True)


def test_matcher_of_another_map_is_refused() -> None:
    url_map, adapter, _, _ = map_of_two()
    other = Map([Rule("/c", endpoint="c")])
    with pytest.raises(ValueError, match=r"call Map\.add, and to remove others, call Map\.remove"):
        url_map._matcher = other._matcher
    assert adapter.match("/a") == ("a", {})


# The lists of the endpoints


def test_list_that_a_program_holds_is_the_one_of_the_map_after_a_removal() -> None:
    rules = [Rule(f"/{name}", endpoint="e") for name in "abc"]
    url_map = Map(rules)
    adapter = url_map.bind("example.org")
    held = url_map._rules_by_endpoint["e"]
    assert adapter.build("e") == "/a"
    url_map.remove(rules[0])
    assert held == rules[1:]
    del held[0]
    assert [rule.rule for rule in url_map.iter_rules("e")] == ["/c"]
    assert adapter.build("e") == "/c"


class Sealed(Rule):
    """A rule that cannot be removed."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "map" and value is None and getattr(self, "map", None) is not None:
            raise RuntimeError("sealed")
        super().__setattr__(name, value)


def test_list_is_as_it_was_if_a_removal_is_refused() -> None:
    rules = [Rule("/a", endpoint="e"), Sealed("/b", endpoint="e"), Rule("/c", endpoint="e")]
    url_map = Map(rules)
    held = url_map._rules_by_endpoint["e"]
    with pytest.raises(RuntimeError, match="sealed"):
        url_map.remove(rules[:2])
    assert [rule.rule for rule in held] == ["/a", "/b", "/c"]
    assert [rule.map is url_map for rule in rules] == [True, True, True]
    assert url_map.bind("example.org").match("/b") == ("e", {})


class Moving(Rule):
    """A rule that moves another one to its own map before it refuses to be removed."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "map" and value is None and getattr(self, "map", None) is not None:
            self.elsewhere.add(self.other)
            raise RuntimeError("moved")
        super().__setattr__(name, value)


def test_rule_that_was_moved_while_a_removal_failed_stays_where_it_is() -> None:
    first, second = Rule("/<x>", endpoint="e"), Moving("/b", endpoint="e")
    second.other, second.elsewhere = first, Map(strict_slashes=False)
    url_map = Map([first, second])
    with pytest.raises(RuntimeError, match="moved"):
        url_map.remove([first, second])
    assert first.map is second.elsewhere
    assert (first.strict_slashes, second.map) == (False, url_map)
    assert second.elsewhere.bind("example.org").match("/a/") == ("e", {"x": "a"})


def test_loop_over_a_list_may_remove_its_rules() -> None:
    url_map = Map([Rule(f"/{number}", endpoint="e") for number in range(6)])
    for rule in url_map._rules_by_endpoint["e"]:
        url_map.remove(rule)
    assert list(url_map.iter_rules()) == []


def join_anew(lists: Any) -> None:
    owner = lists.owner
    owner._rules_by_endpoint |= {"new": lists["old"]}


def set_anew(lists: Any) -> None:
    lists.update(new=lists["old"])
    lists.owner._rules_by_endpoint = lists


@pytest.mark.parametrize(
    "share",
    [
        join_anew,
        set_anew,
        lambda lists: lists.update(new=lists["old"]),
        lambda lists: lists.setdefault("new", lists["old"]),
        lambda lists: lists["other"].extend(lists["old"]),
        lambda lists: lists["other"].insert(0, lists["old"][0]),
    ],
)
def test_rule_that_is_listed_for_two_endpoints_is_removed_from_both(share: Any) -> None:
    rule = Rule("/old", endpoint="old")
    url_map = Map([rule, Rule("/other", endpoint="other")])
    adapter = url_map.bind("example.org")
    share(url_map._rules_by_endpoint)
    url_map.remove(rule)
    assert [each.rule for each in url_map.iter_rules()] == ["/other"]
    for endpoint in ("old", "new"):
        with pytest.raises(BuildError):
            adapter.build(endpoint)
    assert adapter.build("other") == "/other"


@pytest.mark.parametrize("unhashable", [False, True])
def test_rule_whose_endpoint_was_set_anew_is_not_built_for_the_old_one(unhashable: bool) -> None:
    rule = Rule("/gone", endpoint="old")
    url_map = Map([Rule("/alias", endpoint="old", alias=True), rule, Rule("/z", endpoint="z")])
    adapter = url_map.bind("example.org")
    assert adapter.match("/z") == ("z", {})
    rule.endpoint = ["new"] if unhashable else "new"
    assert (adapter.match("/gone"), adapter.build("old")) == ((rule.endpoint, {}), "/gone")
    url_map.remove(rule)
    assert adapter.build("old") == "/alias"
    assert adapter.match("/alias") == ("old", {})
    assert not adapter.test("/gone")


# Rules that another thread removes or changes


class Meanwhile(BaseConverter):
    """A converter that lets another thread do something when it is made."""

    then: Callable[[], object] | None = None

    def __init__(self, url_map: Any) -> None:
        super().__init__(url_map)
        then, Meanwhile.then = Meanwhile.then, None
        if then is not None:
            in_thread(then)


def test_rule_that_is_removed_while_it_is_refreshed_stays_unbound() -> None:
    rule = Rule("/a/<meanwhile:x>", endpoint="a")
    url_map = Map([rule], converters={"meanwhile": Meanwhile})
    Meanwhile.then = lambda: url_map.remove(rule)
    with pytest.raises(RuntimeError, match="is not bound to a map: add it to one first"):
        rule.refresh()
    assert rule.map is None
    Map([rule], converters={"meanwhile": Meanwhile})


def test_rule_that_is_moved_while_it_is_refreshed_stays_where_it_is() -> None:
    rule = Rule("/a/<meanwhile:x>", endpoint="a")
    url_map = Map([rule], converters={"meanwhile": Meanwhile})
    other = Map(converters={"meanwhile": Meanwhile})

    def move() -> None:
        url_map.remove(rule)
        other.add(rule)

    Meanwhile.then = move
    with pytest.raises(RuntimeError, match="is already bound to a map"):
        rule.refresh()
    assert rule.map is other
    rule.methods = {"POST"}
    assert other.bind("example.org").match("/a/1", "POST") == ("a", {"x": "1"})


def test_setting_that_is_set_while_the_rule_is_refreshed_is_the_rules_own() -> None:
    rule = Rule("/a/<meanwhile:x>/", endpoint="a")
    url_map = Map([rule], converters={"meanwhile": Meanwhile})
    Meanwhile.then = lambda: setattr(rule, "strict_slashes", False)
    rule.refresh()
    url_map.remove(rule)
    assert (rule.strict_slashes, rule.merge_slashes, rule.subdomain) == (False, None, None)


def test_settings_that_threads_set_are_kept_by_whoever_removes_the_rule() -> None:
    url_map = Map([Rule("/b", endpoint="b")])
    url_map.bind("example.org").match("/b")
    for _ in range(300):
        rule = Rule("/a/", endpoint="a")
        url_map.add(rule)
        barrier = threading.Barrier(2)

        def set_it(rule: Rule = rule, barrier: threading.Barrier = barrier) -> None:
            barrier.wait()
            rule.strict_slashes = False

        setting = threading.Thread(target=set_it)
        setting.start()
        barrier.wait()
        url_map.remove(rule)
        setting.join()
        assert (rule.strict_slashes, rule.map) == (False, None)


@pytest.mark.parametrize("change", [Rule.refresh, lambda rule: rule.bind(rule.map, rebind=True)])
def test_text_without_a_slash_cannot_be_refreshed(change: Any) -> None:
    rule = Rule("/a", endpoint="a")
    url_map = Map([rule])
    rule.rule = "b"
    with pytest.raises(ValueError, match="rule 'b' must start with a slash"):
        change(rule)
    assert url_map.bind("example.org").match("/a") == ("a", {})


class Fickle:
    """A rule whose methods are others each time that they are read."""

    def __init__(self) -> None:
        self.answers = iter([{"PUT", "GET"}, None, None])

    @property
    def methods(self) -> set[str] | None:
        return next(self.answers)


def test_methods_are_read_once() -> None:
    assert methods_of(Fickle()) == ["GET", "PUT"]


def test_what_only_reads_rules_does_so_while_their_methods_are_set() -> None:
    rule = Rule("/a/", endpoint="a", methods=["GET"])
    url_map = Map([rule, Rule("/a/<x>", endpoint="a", methods=["POST"])])
    adapter = url_map.bind("example.org")
    done = threading.Event()

    def set_methods() -> None:
        while not done.is_set():
            rule.methods = {"GET", "POST"}
            rule.methods = None

    setting = threading.Thread(target=set_methods)
    setting.start()
    try:
        for _ in range(300):
            repr(url_map)
            rule.suitable_for({}, "POST")
            rule.match("|/a/", "POST")
            url_map.check()
            str(adapter.explain("/a/", "PUT"))
            copy.copy(rule)
            rule.empty()
    finally:
        done.set()
        setting.join()
