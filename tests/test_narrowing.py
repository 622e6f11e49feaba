"""Lists of which some loops get a part: what they do when they are used otherwise than meant."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest

from trieroute._core.part import Conversion, Part, Value
from trieroute._core.pattern import Kind, Pattern, Shape
from trieroute._core.target import Target
from trieroute._core.trie import Trie
from trieroute.starlette.guide import Answers, Finder, Guide, Narrowing, Snapshot


class Asked(NamedTuple):
    """An item."""

    methods: set[str] | None

    def matches(self) -> None:
        raise AssertionError("the guide answers in its place")


ANSWERS = Answers(
    "full", "partial", ("none", {}), lambda scope: scope["path"], False, Asked.matches
)

#: A segment with a variable that takes any text.
ANYTHING = Part(
    None, Pattern((Shape(Kind.STRING, low=1),)), values=(Value("x", Conversion.AS_TEXT, str),)
)


def finder(
    *paths: str,
    methods: list[set[str] | None],
    direct: list[bool],
    kinds: list[type[Asked]] | None = None,
) -> Finder:
    """Return what finds the paths themselves, or items with methods, in the order of the paths."""
    kinds = kinds or [Asked] * len(paths)
    targets = [
        Target(
            kinds[number](methods[number]),
            number,
            None,
            None,
            Part(""),
            tuple(ANYTHING if text == "*" else Part(text) for text in path.split("/")),
            path.endswith("/"),
            True,
            False,
            False,
            direct[number],
        )
        for number, path in enumerate(paths)
    ]
    exact, lacking, tolerated = (
        [number + len(paths) * form for number in range(len(paths))] for form in range(3)
    )
    trie = Trie(targets, exact, lacking, tolerated)
    return Finder(list(paths), trie, [], [], ANSWERS)


def test_guide_of_no_list_has_no_items() -> None:
    assert list(Guide()) == []
    with pytest.raises(TypeError, match="the guide belongs to no list"):
        Guide().matches({"type": "http", "method": "GET", "path": "/"})


def test_finder_needs_all_its_parts() -> None:
    with pytest.raises(TypeError):
        Finder.__new__(Finder)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Finder([], None, [], [], None)  # type: ignore[arg-type]


def test_list_has_to_be_compiled_by_its_class() -> None:
    class Forgetful(Narrowing):
        def _compile(self) -> Finder:
            return None  # type: ignore[return-value]

    with pytest.raises(TypeError, match="must return a Finder, not None"):
        Forgetful([], [], [], []).compiled()
    with pytest.raises(NotImplementedError, match="Narrowing does not override _compile"):
        Narrowing([], [], [], []).compiled()


def test_loop_that_asks_nothing_gets_the_guide_and_all_items() -> None:
    def loop() -> list[object]:
        return [item for item in items]

    def watched() -> list[object]:
        seen = []
        for item in items:
            seen.append(item)
        return seen

    items = Narrowing(["a", "b"], [watched.__code__], [], [])
    assert loop() == ["a", "b"]
    guide, *others = watched()
    assert isinstance(guide, Guide)
    assert others == ["a", "b"]


def test_loop_that_looks_for_included_items_gets_them_once_they_are_known() -> None:
    def skim() -> list[object]:
        return [*items]

    items = Narrowing(["a", "b"], [], [skim.__code__], [])
    assert skim() == ["a", "b"]
    items._finder = Finder(["a", "b"], Trie([], [], [], []), [0, 1], ["b"], ANSWERS)
    assert skim() == ["b"]
    assert list(items) == ["a", "b"]
    items._finder = None
    assert skim() == ["a", "b"]


def test_loop_that_falls_back_gets_the_items_that_have_something_for_it() -> None:
    def fall_back() -> list[object]:
        return [*items]

    items = Narrowing(["a", "b"], [], [], [fall_back.__code__])
    items._finder = Finder(["a", "b"], Trie([], [], [], []), [0, 1], ["a", "b"], ANSWERS, ["b"])
    assert fall_back() == ["b"]
    assert list(items) == ["a", "b"]


class Owner:
    """What a snapshot wants of a router."""

    def __init__(self) -> None:
        self.routes = Narrowing(["a"], [], [], [])
        self._routes_version = 0


def count(owner: Owner) -> None:
    owner._routes_version += 1


def change(owner: Owner) -> None:
    owner.routes._version = object()


def replace(owner: Owner) -> None:
    owner.routes = Narrowing(["a"], [], [], [])


@pytest.mark.parametrize("changed", [count, change, replace])
def test_snapshot_is_current_until_a_router_changes(changed: Callable[[Owner], None]) -> None:
    snapshot, first, second = Snapshot(), Owner(), Owner()
    assert snapshot.add(first)
    assert snapshot.add(second)
    assert not snapshot.add(first)
    assert snapshot.is_current()
    changed(second)
    assert not snapshot.is_current()


def test_snapshot_is_current_until_what_it_waits_for_is_made() -> None:
    class Maker:
        last: object = None

    snapshot, maker = Snapshot(), Maker()
    snapshot.wait(maker, None)
    assert snapshot.is_current()
    maker.last = []
    assert not snapshot.is_current()


def test_list_is_compiled_anew_once_as_much_was_done_in_vain_as_it_takes() -> None:
    class Maker:
        last: object = None

    class Counted(Narrowing):
        compilations = 0

        def _compile(self) -> Finder:
            self.compilations += 1
            snapshot = Snapshot()
            snapshot.items_read = 3
            for maker in makers:
                snapshot.wait(maker, maker.last)
            self._finder = Finder(self[:], Trie([], [], [], []), [0, 1], [], ANSWERS, [], snapshot)
            return self._finder

    def fall_back() -> list[object]:
        return [*items]

    makers = [Maker(), Maker(), Maker()]
    items = Counted(["a", "b"], [], [], [fall_back.__code__])
    compilations = []
    for _ in range(4):
        fall_back()
    makers[0].last = []
    for _ in range(4):
        fall_back()
        compilations.append(items.compilations)
    makers[1].last = makers[2].last = []
    for _ in range(2):
        fall_back()
        compilations.append(items.compilations)
    assert compilations == [1, 1, 1, 2, 2, 3]
    makers[0].last = []
    items.compiled()
    assert items.compilations == 4


def test_snapshot_is_current_until_a_class_gets_another_matches() -> None:
    class Item:
        def matches(self) -> None: ...

    snapshot = Snapshot()
    snapshot.add_class(Item, Item.matches)
    assert snapshot.is_current()
    Item.matches = lambda self: None  # type: ignore[method-assign]
    assert not snapshot.is_current()


def test_snapshot_wants_routers_whose_lists_tell_of_changes() -> None:
    owner = Owner()
    for routes in ([], None):
        owner.routes = routes  # type: ignore[assignment]
        with pytest.raises(TypeError):
            Snapshot().add(owner)


def test_items_that_are_in_no_trie_are_always_candidates() -> None:
    finder = Finder(["a", "b"], Trie([], [], [], []), [0, 1], [], ANSWERS)
    assert finder.candidates("/x") == ["a", "b"]
    assert Finder(["a"], Trie([], [], [], []), [], [], ANSWERS).candidates("/x") == []


@pytest.mark.parametrize(
    ("path", "candidates"),
    [
        ("/a", ["/*", "/a"]),
        ("/a/", ["/*/", "/a/"]),
        ("/b/a", ["/*/a"]),
        ("/", []),
        ("", []),
        ("//a", ["/*", "/a"]),
        ("/a//", []),
        ("/é", ["/*"]),
        ("/\U0001f600/", ["/*/"]),
    ],
)
def test_all_items_that_a_path_fits_are_found_in_order(path: str, candidates: list[str]) -> None:
    paths = ("/*", "/a", "/*/", "/a/", "/*/a")
    found = finder(*paths, methods=[None] * 5, direct=[True] * 5)
    assert found.candidates(path) == candidates


def test_first_item_that_has_the_method_is_matched() -> None:
    found = finder("/*", "/a", "/a", methods=[{"PUT"}, {"GET"}, set()], direct=[True] * 3)
    assert found.first("/a", "GET") == (Asked({"GET"}), {}, True)
    assert found.first("/a", "PUT") == (Asked({"PUT"}), {"x": "a"}, True)
    assert found.first("/a", "POST") == (Asked(set()), {}, True)
    assert found.first("/b", "GET") == (Asked({"PUT"}), {"x": "b"}, False)
    assert found.first("/b/c", "GET") is None


def test_item_that_is_not_direct_wants_a_closer_look() -> None:
    found = finder("/a", "/*", "/a", methods=[{"PUT"}, None, None], direct=[True, False, True])
    assert found.first("/a", "PUT") == (Asked({"PUT"}), {}, True)
    assert found.first("/a", "GET") is None


def test_item_with_a_matches_of_its_own_wants_a_closer_look() -> None:
    class Own(Asked):
        matches = None  # type: ignore[assignment]

    found = finder("/a", "/b", methods=[None, None], direct=[True, True], kinds=[Asked, Own])
    assert found.first("/a", "GET") == (Asked(None), {}, True)
    assert found.first("/b", "GET") is None


@pytest.mark.parametrize("path", ["//a", "a", "", "/é", "/a\n", "/" + "a" * 1000])
def test_odd_path_wants_a_closer_look(path: str) -> None:
    found = finder("/*", methods=[None], direct=[True])
    assert found.first("/a", "GET") == (Asked(None), {"x": "a"}, True)
    assert found.first(path, "GET") is None


def test_path_is_a_text() -> None:
    found = finder("/*", methods=[None], direct=[True])
    with pytest.raises(TypeError):
        found.candidates(b"/a")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        found.first(None, "GET")  # type: ignore[arg-type]
