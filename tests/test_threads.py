"""Several threads at one map."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from gc import get_referents
from sys import getswitchinterval, setswitchinterval
from sysconfig import get_config_var
from threading import Barrier, Event, Thread
from typing import Any

import pytest
import werkzeug.routing

from trieroute import BuildError, Map, Rule, Submount


def test_first_requests_of_several_threads_all_match() -> None:
    for _ in range(5):
        url_map = Map([Rule(f"/r{number}/<int:x>", endpoint=number) for number in range(500)])
        adapter = url_map.bind("example.com")
        barrier = Barrier(4)

        def first_match(adapter: Any = adapter, barrier: Barrier = barrier) -> Any:
            barrier.wait()
            return adapter.match("/r7/1"), adapter.build(7, {"x": 1})

        with ThreadPoolExecutor(4) as pool:
            results = [future.result() for future in [pool.submit(first_match) for _ in range(4)]]
        assert results == [((7, {"x": 1}), "/r7/1")] * 4


def test_matching_goes_on_with_the_last_rules_while_new_ones_are_compiled() -> None:
    compiling, go_on = Event(), Event()

    class Slow(Rule):
        def match_compare_key(self) -> Any:
            compiling.set()
            assert go_on.wait(30)
            return super().match_compare_key()

    url_map = Map([Rule("/a", endpoint="a")])
    adapter = url_map.bind("example.com")
    adapter.match("/a")
    add = Thread(target=url_map.add, args=[Slow("/b", endpoint="b")])
    add.start()
    try:
        assert compiling.wait(30)
        # The thread that adds the rule compiles it, and nobody waits for that.
        assert adapter.match("/a") == ("a", {})
        assert adapter.build("a") == "/a"
        assert not adapter.test("/b")
    finally:
        go_on.set()
        add.join(30)
    assert adapter.match("/b") == ("b", {})
    assert not url_map._remap


def test_rule_added_while_others_are_compiled_is_not_lost() -> None:
    compiling, go_on = Event(), Event()

    class Slow(Rule):
        def match_compare_key(self) -> Any:
            compiling.set()
            assert go_on.wait(30)
            return super().match_compare_key()

    url_map = Map([Slow("/a", endpoint="a")])
    update = Thread(target=url_map.update)
    update.start()
    try:
        assert compiling.wait(30)
        url_map.add(Rule("/b", endpoint="b"))
    finally:
        go_on.set()
        update.join(30)
    assert url_map.bind("example.com").match("/b") == ("b", {})


def test_values_that_go_away_in_the_middle_of_a_build_are_still_built() -> None:
    rule = Rule("/<first>/<any(x):last>", endpoint="e")
    adapter = Map([rule]).bind("example.com")
    values = {"first": "z" * 1000, "last": "x"}

    class Clearing:
        def __contains__(self, item: object) -> bool:
            values.update(first="short")
            return True

    rule._converters["last"].items = Clearing()
    assert adapter.build("e", values) == "/" + "z" * 1000 + "/x"


def test_threads_that_ask_for_the_methods_of_a_rule_get_one_set() -> None:
    interval = getswitchinterval()
    setswitchinterval(1e-6)
    try:
        for _ in range(300):
            rule = Rule("/a", methods=["GET"])
            barrier = Barrier(4)

            def ask(rule: Rule = rule, barrier: Barrier = barrier) -> Any:
                barrier.wait()
                return rule.methods

            with ThreadPoolExecutor(4) as pool:
                results = [future.result() for future in [pool.submit(ask) for _ in range(4)]]
            assert all(methods is rule.methods for methods in results)
    finally:
        setswitchinterval(interval)


def test_rules_of_one_endpoint_that_several_threads_add_are_all_there() -> None:
    interval = getswitchinterval()
    setswitchinterval(1e-6)
    try:
        for _ in range(60):
            url_map = Map()
            barrier = Barrier(4)

            def add(thread: int, url_map: Map = url_map, barrier: Barrier = barrier) -> None:
                barrier.wait()
                for number in range(20):
                    url_map.add(Rule(f"/{thread}/{number}", endpoint=number))

            with ThreadPoolExecutor(4) as pool:
                list(pool.map(add, range(4)))
            assert [len(list(url_map.iter_rules(number))) for number in range(20)] == [4] * 20
    finally:
        setswitchinterval(interval)


def test_rule_added_while_those_of_its_endpoint_are_sorted_is_not_lost() -> None:
    class Adding(Rule):
        added = False

        def build_compare_key(self) -> Any:
            if not Adding.added:
                Adding.added = True
                thread = Thread(target=url_map.add, args=[Rule("/new/<z>", endpoint="e")])
                thread.start()
                thread.join(30)
            return super().build_compare_key()

    url_map = Map([Rule("/a", endpoint="e"), Adding("/b/<y>", endpoint="e")])
    adapter = url_map.bind("example.com")
    assert adapter.build("e", {"y": 1}) == "/b/1"
    assert adapter.build("e", {"z": 1}) == "/new/1"


def test_methods_may_be_changed_while_they_are_compiled() -> None:
    rule = Rule("/a", endpoint="a", methods=["GET", "POST"])
    url_map = Map([rule])
    rule.methods.add("PATCH")  # type: ignore[union-attr]
    stop = Event()

    def change() -> None:
        methods = rule.methods
        assert methods is not None
        while not stop.is_set():
            methods.add("PUT")
            methods.discard("PUT")

    interval = getswitchinterval()
    setswitchinterval(1e-6)
    thread = Thread(target=change)
    thread.start()
    try:
        adapter = url_map.bind("example.com")
        for _ in range(300):
            assert adapter.match("/a") == ("a", {})
    finally:
        stop.set()
        thread.join(30)
        setswitchinterval(interval)


@pytest.mark.parametrize("order", ["weights", "segments", "registration"])
def test_rule_that_no_host_matches_any_more_while_the_map_is_compiled(order: str) -> None:
    class Asked(Rule):
        """Refreshes another rule when it is asked for a setting."""

        other: Any = None

        @property  # type: ignore[override]
        def strict_slashes(self) -> bool:
            other, self.other = self.other, None
            if other is not None:
                other.subdomain = "a/b"
                other.refresh()
            return True

        @strict_slashes.setter
        def strict_slashes(self, given: Any) -> None:
            pass

    first, second = Rule("/a/<a>", endpoint="a"), Asked("/b", endpoint="b")
    adapter = Map([first, second], match_order=order).bind("example.com")
    second.other = first
    assert adapter.match("/b") == ("b", {})
    assert not adapter.test("/a/c")


@pytest.mark.parametrize("order", ["weights", "segments", "registration"])
def test_rules_are_refreshed_while_requests_match_and_explain(order: str) -> None:
    rules = [Rule(f"/r{number}/<x>", endpoint=number, subdomain="a") for number in range(20)]
    url_map = Map(rules, match_order=order)
    adapter = url_map.bind("example.com", subdomain="a")
    done = Event()

    def toggle() -> None:
        while not done.is_set():
            url_map.redirect_defaults = not url_map.redirect_defaults

    def refresh() -> None:
        for _ in range(15):
            for rule in rules[1:]:
                # No host has a slash.
                for subdomain in ("a/b", "a"):
                    rule.subdomain = subdomain
                    rule.refresh()

    interval = getswitchinterval()
    setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(2) as pool:
            writers = [pool.submit(toggle), pool.submit(refresh)]
            while not writers[1].done():
                assert adapter.match("/r0/q") == (0, {"x": "q"})
                assert adapter.explain("/r0/q").rule is rules[0]
            done.set()
            for writer in writers:
                writer.result()
    finally:
        done.set()
        setswitchinterval(interval)


def test_factory_is_seen_whole() -> None:
    interval = getswitchinterval()
    setswitchinterval(1e-6)
    torn = []
    try:
        for _ in range(60):
            url_map = Map([Rule("/", endpoint="root")])
            adapter = url_map.bind("example.com")
            added = Event()

            def add(url_map: Map = url_map, added: Event = added) -> None:
                url_map.add(Submount("/p", [Rule(f"/{n}", endpoint=n) for n in range(100)]))
                added.set()

            thread = Thread(target=add)
            thread.start()
            while not added.is_set():
                if adapter.test("/p/0") and not adapter.test("/p/99"):
                    torn.append("match")
                try:
                    adapter.build(0)
                except BuildError:
                    continue
                try:
                    adapter.build(99)
                except BuildError:
                    torn.append("build")
            thread.join(30)
    finally:
        setswitchinterval(interval)
    assert torn == []


def test_rule_of_werkzeugs_that_two_threads_add_is_the_rule_of_one_map() -> None:
    interval = getswitchinterval()
    setswitchinterval(1e-6)
    try:
        for _ in range(200):
            rule = werkzeug.routing.Rule("/a", endpoint="a")
            maps = [Map(), Map()]
            barrier = Barrier(2)

            def add(url_map: Map, rule: Any = rule, barrier: Barrier = barrier) -> bool:
                barrier.wait()
                try:
                    url_map.add(rule)
                except RuntimeError:
                    return False
                return True

            with ThreadPoolExecutor(2) as pool:
                accepted = list(pool.map(add, maps))
            assert sorted(accepted) == [False, True]
            assert [url_map.bind("h").test("/a") for url_map in maps] == accepted
    finally:
        setswitchinterval(interval)


def test_thread_that_goes_on_with_an_adapter_has_one_copy_of_the_state() -> None:
    adapter = Map([Rule("/a/<x>", endpoint="a")]).bind("example.org")
    copies = []
    for _ in range(8):
        adapter.match("/a/1")
        copies += [each for each in get_referents(adapter) if type(each).__name__ == "MapState"]
    without_the_gil = bool(get_config_var("Py_GIL_DISABLED"))
    assert len({id(copy) for copy in copies}) == without_the_gil
