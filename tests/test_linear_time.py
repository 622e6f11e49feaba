"""Matching takes time linear in the length of the path; counted in steps, not in seconds.

Only debug builds count steps, so `conftest.py` leaves this file out of the tests of others.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from werkzeug.exceptions import HTTPException

from adapters import adapter_of
from trieroute import MapAdapter
from trieroute._core.pattern import steps


def counted(adapter: MapAdapter, path: str) -> int:
    before = steps()
    with suppress(HTTPException):
        adapter.match(path)
    after = steps()
    assert before is not None and after is not None
    return after - before


def compiled(*rules: str) -> MapAdapter:
    """An adapter whose trie was made: what making it costs is counted no more."""
    adapter = adapter_of(*rules)
    counted(adapter, "/")
    return adapter


# Rules, and a path of about so many characters.
WORST: dict[str, tuple[tuple[str, ...], Callable[[int], str]]] = {
    "one long segment": (("/<name>", "/<int:n>", "/<path:p>/x"), lambda size: "/" + "a" * size),
    "slashes alone": (("/<path:p>", "/a/<path:p>/b"), lambda size: "/" * size),
    "slashes behind a segment": (("/a/<path:p>", "/a/b"), lambda size: "/a" + "/" * size),
    "many segments": (("/a/<b>/c",), lambda size: "/a" * (size // 2)),
    "three path variables": (
        ("/a/<path:x>/b/<path:y>/c/<path:z>/d",),
        lambda size: "/a" + "/b/c" * (size // 4) + "/d",
    ),
    "three path variables that do not match": (
        ("/a/<path:x>/b/<path:y>/c/<path:z>/d",),
        lambda size: "/a" + "/b/c" * (size // 4) + "/e",
    ),
    "three path variables in one text": (
        ("/<path:x>-<path:y>-<path:z>.html",),
        lambda size: "/" + "a-" * (size // 2) + ".htm",
    ),
    "several variables in a segment": (
        ("/<a>-<b>-<c>.<d>",),
        lambda size: "/" + "a-" * (size // 2),
    ),
    "numbers in a segment": (
        ("/<int:a><int:b><float:c>x",),
        lambda size: "/" + "1" * size,
    ),
    "paths below each other": (
        ("/a/<path:x>", "/a/<b>/<path:x>/c", "/a/<b>/<c>/<path:x>/d", "/<path:x>/e"),
        lambda size: "/a" * (size // 2),
    ),
}


@pytest.mark.parametrize("name", WORST)
def test_twice_the_path_takes_twice_the_steps(name: str) -> None:
    rules, path = WORST[name]
    adapter = compiled(*rules)
    once, twice = counted(adapter, path(20_000)), counted(adapter, path(40_000))
    assert once > 10_000
    assert 1.8 <= twice / once <= 2.2


@pytest.mark.parametrize("name", WORST)
def test_steps_a_character_are_few(name: str) -> None:
    rules, path = WORST[name]
    # A pattern of seven items is gone through item by item; a failed match asks four times.
    assert counted(compiled(*rules), path(20_000)) <= 20_000 * 8 * 4 * len(rules)


def test_overlapping_rules_are_visited_once_each() -> None:
    """Of 1,024 rules with a static segment or a variable at each of ten places."""
    rules = [
        "/" + "/".join("a" if choice >> bit & 1 else f"<v{bit}>" for bit in range(10))
        for choice in range(2**10)
    ]
    adapter = compiled(*rules)
    # There are 2,047 nodes, an edge to each; a failed match walks twice.
    assert counted(adapter, "/a" * 9 + "/a/b") <= 2 * 2 * 2_047 + 100
    # The best rule is found first, and what can't beat it is left out.
    assert counted(adapter, "/a" * 10) <= 100


def test_lone_rules_of_a_large_map_are_not_asked() -> None:
    adapter = compiled(*(f"/section{number}/<int:n>/edit" for number in range(10_000)))
    assert counted(adapter, "/section77/5/edit") <= 50
    assert counted(adapter, "/section77/5/view") <= 100
