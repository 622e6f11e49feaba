"""No operation, done very often, leaves memory or references behind.

``TRIEROUTE_OPERATIONS=1000000 pytest tests/test_leaks.py`` does each a million times; the ones that
compile rules, a tenth of that.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tracemalloc
from array import array
from collections.abc import Callable
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any, NamedTuple

import pytest

from operations import operations
from trieroute import Map, Rule

COUNT = int(os.environ.get("TRIEROUTE_OPERATIONS", 2_000))
COMPILING = {
    "add and remove a rule",
    "add and remove a factory",
    "add a wrong rule",
    "set a setting",
    "make a map",
    "copy a map",
    "pickle a map",
}
OPERATIONS = operations()
#: What is shared by all code, and counted up to CPython 3.11.
SHARED = [None, True, False, "", (), b"", 0, 1, "GET", NotImplemented, ...]


def reached_by(operation: Callable[[], Any]) -> list[Any]:
    """The objects that an operation works on, and what they are made of."""
    waiting: list[Any] = [cell.cell_contents for cell in operation.__closure__ or ()]
    reached = {id(thing): thing for thing in SHARED}
    while waiting:
        thing = waiting.pop()
        left_out = (ModuleType, type, FunctionType, BuiltinFunctionType)
        if id(thing) not in reached and not isinstance(thing, left_out):
            reached[id(thing)] = thing
            waiting += gc.get_referents(thing)
    return list(reached.values())


class Growth(NamedTuple):
    """What doing something often leaves behind: bytes, and more references to objects."""

    memory: int
    references: list[tuple[int, Any]]


def growth(operation: Callable[[], Any], count: int) -> Growth:
    def repeat(times: int) -> None:
        for _ in range(times):
            operation()
        gc.collect()

    tracemalloc.start()
    try:
        # What is made once and kept: caches, compiled rules, lists of free objects.
        repeat(count // 4)
        watched = reached_by(operation)
        # An array holds no references to the small numbers that are counted, too.
        before = array("q", map(sys.getrefcount, watched))
        memory = tracemalloc.get_traced_memory()[0]
        repeat(count)
        grown = tracemalloc.get_traced_memory()[0] - memory
        after = array("q", map(sys.getrefcount, watched))
    finally:
        tracemalloc.stop()
    counted = zip(watched, before, after, strict=True)
    return Growth(grown, [(new - old, thing) for thing, old, new in counted if new > old])


@pytest.mark.parametrize("name", OPERATIONS)
def test_nothing_is_left_behind(name: str) -> None:
    # A trie that changes takes memory in advance, and gives it back when it is made anew.
    compiles = name in COMPILING
    count, bytes_ahead, references_ahead = COUNT, 5_000, 20
    if compiles:
        count, bytes_ahead, references_ahead = COUNT // 10, 200_000, 2_000
    grown = growth(OPERATIONS[name], count)
    # The smallest object has 16 bytes.
    assert grown.memory < bytes_ahead + 2 * count
    assert [each for each in grown.references if each[0] > references_ahead + count / 10] == []


def test_leaks_would_be_noticed() -> None:
    kept: list[Any] = []
    thing = object()
    assert growth(lambda: kept.append(thing), 1_000).references == [(1_000, thing)]
    assert growth(lambda: kept.append(object()), 1_000).memory > 16_000


def test_changes_between_two_requests_are_not_kept_for_ever() -> None:
    url_map = Map([Rule(f"/{number}", endpoint=number) for number in range(10)])
    adapter = url_map.bind("example.org")

    def change() -> None:
        rule = Rule("/new/<x>", endpoint="new")
        url_map.add(rule)
        url_map.remove(rule)

    assert adapter.test("/1")
    assert growth(change, 1_000).memory < 200_000
    assert adapter.match("/1") == (1, {})
    assert not adapter.test("/new/x")


ENDING = """
import sys
sys.path.insert(0, sys.argv[1])
from operations import operations

for operation in operations().values():
    operation()
"""


def test_interpreter_ends_quietly_after_every_operation() -> None:
    ended = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", ENDING, os.path.dirname(__file__)],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
