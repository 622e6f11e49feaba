"""What a map keeps alive, and what may happen to it while it is matching."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import weakref
from typing import Any

import pytest

import trieroute as tr
from outcomes import redirect_of
from trieroute import Map, Rule


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


#: Threads have little of C's stack where the C library gives them little, as musl does.
SMALL_STACK = """
import gc
import threading

from trieroute import Map, Rule


def make_and_free():
    url_map = Map(RULES)
    adapter = url_map.bind("example.com")
    assert not adapter.test("/none/at/all")
    assert adapter.build("first") == URL
    del url_map, adapter
    gc.collect()
    print("freed")


threading.stack_size(1 << 18)
thread = threading.Thread(target=make_and_free)
thread.start()
thread.join()
"""


@pytest.mark.parametrize(
    ("rules", "url"),
    [
        ("[Rule('/a', endpoint='first', methods=[f'M{n}']) for n in range(30_000)]", "'/a'"),
        ("[Rule(f'/{n}', endpoint='first') for n in range(30_000)]", "'/0'"),
        (
            "[Rule('/a' * 20_000 + last, endpoint=name)"
            " for last, name in (('/b', 'first'), ('/c', 'then'))]",
            "'/a' * 20_000 + '/b'",
        ),
    ],
    ids=["rules of one path", "rules of one endpoint", "long rules"],
)
def test_what_is_long_is_freed_on_a_small_stack(rules: str, url: str) -> None:
    program = SMALL_STACK.replace("RULES", rules).replace("URL", url)
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "freed\n", "")
