"""No operation, done very often, leaves memory or references behind.

``TRIEROUTE_OPERATIONS=1000000 pytest tests/test_leaks.py`` does each a million times; the slow
ones, which compile rules or explain them, a tenth of that.
"""

from __future__ import annotations

import ctypes
import gc
import os
import platform
import subprocess
import sys
from array import array
from collections.abc import Callable
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any, NamedTuple

import pytest

from operations import operations
from trieroute import Map, Rule

COUNT = int(os.environ.get("TRIEROUTE_OPERATIONS", 2_000))
#: They take from a fifth of a millisecond to two.
SLOW = {
    "add and remove a rule",
    "add and remove a factory",
    "make a map",
    "pickle a map",
    "install into Flask",
    "explain",
}
COMPILING = {
    *SLOW - {"explain"},
    "add a wrong rule",
    "set a setting",
    "copy a map",
    "speed up Starlette",
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


class InMalloc(ctypes.Structure):
    """What glibc tells of the memory that ``malloc`` gives; a field is as large as an address."""

    _fields_ = (
        *((name, ctypes.c_size_t) for name in ("arena", "ordblks", "smblks", "hblks", "hblkhd")),
        *((name, ctypes.c_size_t) for name in ("usmblks", "fsmblks", "uordblks", "fordblks")),
        ("keepcost", ctypes.c_size_t),
    )


#: The function that tells it; ``None`` where the C library is not glibc, or is one before 2.33.
MALLINFO: Any = None
if platform.libc_ver()[0] == "glibc":
    MALLINFO = getattr(ctypes.CDLL(None), "mallinfo2", None)
if MALLINFO is not None:
    MALLINFO.restype = InMalloc


def bytes_in_malloc() -> int:
    """What CPython's allocator of small objects has not given: what is larger than 512 bytes.

    It is 0 where the C library does not tell.
    """
    if MALLINFO is None:
        return 0
    found = MALLINFO()
    return int(found.uordblks + found.hblkhd)


class Growth(NamedTuple):
    """What doing something often leaves behind.

    :param objects: blocks of memory of up to 512 bytes, one for each small object.
    :param bytes: memory in larger blocks.
    :param references: more references, each number with the object that they are to.
    """

    objects: int
    bytes: int
    references: list[tuple[int, Any]]


def growth(operation: Callable[[], Any], count: int) -> Growth:
    def repeat(times: int) -> None:
        for _ in range(times):
            operation()
        gc.collect()

    # What is made once and kept: caches, compiled rules, lists of free objects.
    repeat(min(count // 4, 2_000))
    watched = reached_by(operation)
    # An array holds no references to the small numbers that are counted, too.
    before = array("q", map(sys.getrefcount, watched))
    blocks, in_malloc = sys.getallocatedblocks(), bytes_in_malloc()
    repeat(count)
    blocks, in_malloc = sys.getallocatedblocks() - blocks, bytes_in_malloc() - in_malloc
    after = array("q", map(sys.getrefcount, watched))
    counted = zip(watched, before, after, strict=True)
    references = [(new - old, thing) for thing, old, new in counted if new > old]
    return Growth(blocks, in_malloc, references)


@pytest.mark.parametrize("name", OPERATIONS)
def test_nothing_is_left_behind(name: str) -> None:
    count = COUNT // 10 if name in SLOW else COUNT
    # A trie that changes takes memory in advance, and gives it back when it is made anew.
    blocks_ahead, bytes_ahead, references_ahead = 50, 20_000, 20
    if name in COMPILING:
        blocks_ahead, bytes_ahead, references_ahead = 2_000, 200_000, 2_000
    grown = growth(OPERATIONS[name], count)
    assert grown.objects < blocks_ahead + count / 10
    assert grown.bytes < bytes_ahead + 2 * count
    assert [each for each in grown.references if each[0] > references_ahead + count / 10] == []


def test_leaks_would_be_noticed() -> None:
    kept: list[Any] = []
    thing = object()
    assert (1_000, thing) in growth(lambda: kept.append(thing), 1_000).references
    assert growth(lambda: kept.append(object()), 1_000).objects > 950
    if MALLINFO is not None:
        assert growth(lambda: kept.append(bytes(1_000)), 1_000).bytes > 1_000_000


def test_changes_between_two_requests_are_not_kept_for_ever() -> None:
    url_map = Map([Rule(f"/{number}", endpoint=number) for number in range(10)])
    adapter = url_map.bind("example.org")

    def change() -> None:
        rule = Rule("/new/<x>", endpoint="new")
        url_map.add(rule)
        url_map.remove(rule)

    assert adapter.test("/1")
    grown = growth(change, 1_000)
    assert grown.objects < 2_000 and grown.bytes < 200_000
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
