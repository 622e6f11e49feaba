"""Code of the program that runs within a change of its own thread, and asks or changes the map.

A signal's handler, a finalizer and what a program overrides may run between any two instructions of
the Python code of a change. They are called here where such a function begins and where it ends.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from trieroute import Map, NotFound, Rule


def in_time(call: Callable[[], object]) -> None:
    """Make a call that would wait for ever if its thread waited for itself."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            call()
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()
    for error in raised:
        raise error


def with_another(
    call: Callable[[], object], other: Callable[[], object], name: str, moment: str
) -> bool:
    """Make a call, and another one where a function of a name begins or ends for the first time.

    :param moment: ``"call"`` or ``"return"``.
    :return: whether that function was called.
    """
    done = False

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal done
        if frame.f_code.co_name == name and "trieroute" in frame.f_code.co_filename and not done:
            if event == moment:
                done = True
                other()
            return trace
        return None

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return done


PATHS = ("/gone", "/left", "/stay", "/new", "/inner")


def matched(url_map: Map) -> set[str]:
    adapter = url_map.bind("example.com")
    return {path for path in PATHS if adapter.test(path)}


OTHERS: dict[str, tuple[Callable[[Map, dict[str, Rule]], object], set[str], set[str]]] = {
    # What it does, the paths that there are more, and the paths that are gone.
    "matches": (lambda url_map, rules: matched(url_map), set(), set()),
    "adds": (
        lambda url_map, rules: url_map.add(Rule("/inner", endpoint="same")),
        {"/inner"},
        set(),
    ),
    "removes": (lambda url_map, rules: url_map.remove(rules["/left"]), set(), {"/left"}),
    "moves": (
        lambda url_map, rules: url_map._rules_by_endpoint["same"].remove(rules["/left"]),
        set(),
        set(),
    ),
}
WITHIN = {
    "add": ("_add", "_take_in", "_refuse_duplicates", "take_in", "_compile"),
    "remove": ("_leave_out", "leave_out", "_places", "parted", "_compile", "_take_log", "_news"),
}


@pytest.mark.parametrize("used", [False, True], ids=["unused", "used"])
@pytest.mark.parametrize("moment", ["call", "return"])
@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize(("change", "name"), [(c, name) for c in WITHIN for name in WITHIN[c]])
def test_both_are_done(change: str, name: str, other: str, moment: str, used: bool) -> None:
    rules = {path: Rule(path, endpoint="same") for path in ("/gone", "/left")}
    url_map = Map([*rules.values(), Rule("/stay", endpoint="stay")])
    if used:
        assert matched(url_map) == {"/gone", "/left", "/stay"}
    do, more, less = OTHERS[other]

    def call() -> None:
        if change == "add":
            url_map.add(Rule("/new", endpoint="same"))
        else:
            url_map.remove(rules["/gone"])
        matched(url_map)

    def both() -> None:
        called = with_another(call, lambda: do(url_map, rules), name, moment)
        if not called:
            # It is one of those that this change has no need of.
            assert name in ("_news", "_refuse_duplicates")
            do(url_map, rules)

    in_time(both)
    left = {"/gone", "/left", "/stay"} | more
    left = (left | {"/new"} if change == "add" else left - {"/gone"}) - less
    assert matched(url_map) == left
    # Now all rules are compiled anew, and removed, so that they are in no list.
    url_map.merge_slashes = False
    assert matched(url_map) == left
    assert {rule.rule for rule in url_map._inserted} == left
    url_map.remove(list(url_map._inserted))
    assert matched(url_map) == set()
    assert list(url_map.iter_rules()) == []
    # None of them is taken for one that is still there.
    url_map.add(Rule("/left", endpoint="left"))
    url_map.add(Rule("/gone", endpoint="gone"))


class Endpoint:
    """An endpoint that does something when it is compared or put into a dict."""

    def __init__(self) -> None:
        self.do: list[Callable[[], object]] = []

    def asked(self) -> None:
        if self.do:
            self.do.pop()()

    def __hash__(self) -> int:
        self.asked()
        return 1

    def __eq__(self, other: object) -> bool:
        self.asked()
        return self is other


def test_endpoint_that_adds_a_rule_and_asks_for_it_waits_for_nobody() -> None:
    one, two = Endpoint(), Endpoint()
    url_map = Map([Rule("/1", endpoint=one), Rule("/2", endpoint=two)])
    adapter = url_map.bind("example.com")
    assert adapter.match("/1") == (one, {})
    seen = []

    def logs() -> None:
        url_map.add(Rule("/log", endpoint="log"))
        # The change that it is within is not complete yet.
        seen.append(adapter.test("/log"))

    one.do.append(logs)
    in_time(lambda: url_map.add(Rule("/3", endpoint=two)))
    assert seen == [False]
    assert adapter.match("/log") == ("log", {})
    assert adapter.match("/3") == (two, {})


def test_thread_that_asks_within_its_change_does_not_wait_for_one_that_waits_for_it() -> None:
    url_map = Map([Rule("/1", endpoint="1")])
    adapter = url_map.bind("example.com")
    seen = []
    other = threading.Thread(target=adapter.match, args=("/1",), daemon=True)

    def asks() -> None:
        other.start()
        while other.is_alive() and not url_map._remap_lock.locked():
            # It compiles the rules, and then needs their lists.
            other.join(0.01)
        seen.append(adapter.test("/1"))

    def adds() -> None:
        url_map.add(Rule("/2", endpoint="2"))

    in_time(lambda: with_another(adds, asks, "take_in", "call"))
    assert seen == [False]
    other.join(60)
    assert not other.is_alive()
    assert adapter.match("/2") == ("2", {})


def test_rule_that_is_added_while_another_one_is_removed_stays() -> None:
    endpoint = Endpoint()
    rule = Rule("/e", endpoint=endpoint)
    url_map = Map([Rule("/1", endpoint=1), rule])
    adapter = url_map.bind("example.com")
    assert adapter.match("/e") == (endpoint, {})
    endpoint.do.append(lambda: url_map.add(Rule("/late", endpoint="late")))
    in_time(lambda: url_map.remove(rule))
    for merges in (True, False):
        url_map.merge_slashes = merges
        assert adapter.match("/late") == ("late", {})
        with pytest.raises(NotFound):
            adapter.match("/e")


@pytest.mark.parametrize("at", range(8))
def test_rule_is_matched_although_its_endpoint_removes_another_one(at: int) -> None:
    old, new = Endpoint(), Endpoint()
    gone = Rule("/gone", endpoint=old)
    url_map = Map([gone])
    new.do += [lambda: url_map.remove(gone), *[lambda: None] * at]
    in_time(lambda: url_map.add(Rule("/new", endpoint=new)))
    for merges in (True, False):
        url_map.merge_slashes = merges
        assert matched(url_map) == ({"/new"} if gone.map is None else {"/new", "/gone"})


def test_error_that_has_nothing_to_do_with_another_change_is_raised() -> None:
    endpoint = Endpoint()
    rule = Rule("/e", endpoint=endpoint)
    url_map = Map([rule])

    def fails() -> None:
        raise RuntimeError("not now")

    endpoint.do.append(fails)
    with pytest.raises(RuntimeError, match="not now"):
        url_map.remove(rule)
    assert url_map.bind("example.com").match("/e") == (endpoint, {})


def test_endpoint_that_always_changes_the_map_ends_nothing() -> None:
    maps: list[Map] = []

    class Restless(Endpoint):
        def asked(self) -> None:
            for url_map in maps:
                url_map.redirect_defaults = not url_map.redirect_defaults

    endpoint = Restless()
    rule = Rule("/e", endpoint=endpoint)
    url_map = Map([rule, Rule("/1", endpoint=1)])
    maps.append(url_map)
    in_time(lambda: url_map.remove(rule))
    maps.clear()
    assert [rule.rule for rule in url_map.iter_rules()] == ["/1"]
