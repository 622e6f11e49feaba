"""Lists of routes from which some loops get a part: what they do in other hands than meant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from starlette.routing import compile_path

from trieroute._core.trie import Trie
from trieroute._starlette.guide import CompiledRoutes, Guide, GuidedList
from trieroute._starlette.path_regexes import read, trie_of
from trieroute._starlette.prerequisites import Loops, Prerequisites


class Asked(NamedTuple):
    """A route."""

    methods: set[str] | None

    def matches(self) -> None:
        raise AssertionError("the guide answers in its place")


#: A trie without rules.
EMPTY = Trie([], [], [], [])
#: Two routes that are not in the trie, with the reasons.
BOTH = {0: "its own", 1: "its own"}


def loops(
    answered: Any = None, searching: Callable[[], Any] | None = None, falling_back: Any = None
) -> Loops:
    """Return functions of the tests as the loops that get a part."""
    known = Loops(
        getattr(answered, "__code__", None),
        "full",
        "partial",
        ("none", {}),
        lambda scope: scope["path"],
        Asked.matches,
    )
    if searching is not None:
        known.searching.append(searching.__code__)
    if falling_back is not None:
        known.falling_back.append(falling_back.__code__)
    return known


def compiled(
    *paths: str,
    methods: list[set[str] | None],
    direct: list[bool],
    kinds: list[type[Asked]] | None = None,
) -> CompiledRoutes:
    """Return what finds the paths themselves, or routes with methods, in the order of the paths."""
    kinds = kinds or [Asked] * len(paths)
    found = []
    for number, path in enumerate(paths):
        reading = read(*compile_path(path))
        assert reading is not None
        reading = reading._replace(exact=direct[number])
        found.append((kinds[number](methods[number]), number, reading))
    return CompiledRoutes(list(paths), trie_of(found), {}, [], loops(), Prerequisites())


def test_guide_of_no_list_has_no_items() -> None:
    assert list(Guide()) == []
    with pytest.raises(TypeError, match="the guide belongs to no list"):
        Guide().matches({"type": "http", "method": "GET", "path": "/"})


def test_compiled_routes_need_all_their_parts() -> None:
    with pytest.raises(TypeError):
        CompiledRoutes.__new__(CompiledRoutes)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        CompiledRoutes([], None, {}, [], loops(), Prerequisites())  # type: ignore[arg-type]


def test_list_has_to_be_compiled_by_its_class() -> None:
    class Forgetful(GuidedList):
        def _compile(self) -> CompiledRoutes:
            return None  # type: ignore[return-value]

    with pytest.raises(TypeError, match="must return CompiledRoutes, not None"):
        Forgetful([], loops()).compiled()
    with pytest.raises(NotImplementedError, match="GuidedList does not override _compile"):
        GuidedList([], loops()).compiled()


def test_loop_that_asks_nothing_gets_the_guide_and_all_routes() -> None:
    def loop() -> list[object]:
        return [route for route in routes]

    def answered() -> list[object]:
        return [*routes]

    def searching() -> list[object]:
        seen = []
        for route in routes:
            seen.append(route)
        return seen

    routes = GuidedList(["a", "b"], loops(answered, searching))
    assert loop() == ["a", "b"]
    for guide, *others in (answered(), searching()):
        assert isinstance(guide, Guide)
        assert others == ["a", "b"]


def test_loop_that_falls_back_gets_the_routes_that_have_something_for_it() -> None:
    def fall_back() -> list[object]:
        return [*routes]

    known = loops(falling_back=fall_back)
    routes = GuidedList(["a", "b"], known)
    routes._compiled = CompiledRoutes(["a", "b"], EMPTY, BOTH, ["b"], known, Prerequisites())
    assert fall_back() == ["b"]
    assert list(routes) == ["a", "b"]


class Owner:
    """What prerequisites want of a router."""

    def __init__(self) -> None:
        self.routes = GuidedList(["a"], loops())
        self._routes_version = 0


def count(owner: Owner) -> None:
    owner._routes_version += 1


def change(owner: Owner) -> None:
    owner.routes._changed()


def replace(owner: Owner) -> None:
    owner.routes = GuidedList(["a"], loops())


@pytest.mark.parametrize("changed", [count, change, replace])
def test_prerequisites_are_current_until_a_router_changes(changed: Callable[[Owner], None]) -> None:
    prerequisites, first, second = Prerequisites(), Owner(), Owner()
    for router in (first, second, first):
        prerequisites.add_router(router)
    assert prerequisites.are_current()
    changed(second)
    assert not prerequisites.are_current()


def test_prerequisites_are_current_until_what_is_awaited_is_made() -> None:
    class Maker:
        last: object = None

    prerequisites, maker = Prerequisites(), Maker()
    prerequisites.add_awaited(maker, None)
    assert prerequisites.are_current()
    maker.last = []
    assert not prerequisites.are_current()


def test_list_is_compiled_anew_once_as_much_was_done_in_vain_as_it_takes() -> None:
    class Maker:
        last: object = None

    class Counted(GuidedList):
        compilations = 0

        def _compile(self) -> CompiledRoutes:
            self.compilations += 1
            prerequisites = Prerequisites()
            prerequisites.routes_read = 3
            for maker in makers:
                prerequisites.add_awaited(maker, maker.last)
            self._compiled = CompiledRoutes(self[:], EMPTY, BOTH, [], self.loops, prerequisites)
            return self._compiled

    def fall_back() -> list[object]:
        return [*routes]

    makers = [Maker(), Maker(), Maker()]
    routes = Counted(["a", "b"], loops(falling_back=fall_back))
    compilations = []
    for _ in range(4):
        fall_back()
    makers[0].last = []
    for _ in range(4):
        fall_back()
        compilations.append(routes.compilations)
    makers[1].last = makers[2].last = []
    for _ in range(2):
        fall_back()
        compilations.append(routes.compilations)
    assert compilations == [1, 1, 1, 2, 2, 3]
    makers[0].last = []
    routes.compiled()
    assert routes.compilations == 4


def test_prerequisites_are_current_until_a_class_gets_another_matches() -> None:
    class Kind:
        def matches(self) -> None: ...

    prerequisites = Prerequisites()
    prerequisites.add_method(Kind, "matches", Kind.matches)
    assert prerequisites.are_current()
    Kind.matches = lambda self: None  # type: ignore[method-assign]
    assert not prerequisites.are_current()


def test_prerequisites_want_routers_whose_lists_tell_of_changes() -> None:
    owner = Owner()
    for routes in ([], None):
        owner.routes = routes  # type: ignore[assignment]
        with pytest.raises(TypeError):
            Prerequisites().add_router(owner)


def test_routes_that_are_in_no_trie_are_always_candidates() -> None:
    found = CompiledRoutes(["a", "b"], EMPTY, BOTH, [], loops(), Prerequisites())
    assert found.candidates("/x") == ["a", "b"]
    assert CompiledRoutes(["a"], EMPTY, {}, [], loops(), Prerequisites()).candidates("/x") == []


@pytest.mark.parametrize(
    ("path", "candidates"),
    [
        ("/a", ["/{x}", "/a"]),
        ("/a/", ["/{x}/", "/a/"]),
        ("/b/a", ["/{x}/a"]),
        ("/", []),
        ("", []),
        ("//a", ["/{x}", "/a"]),
        ("/a//", []),
        ("/é", ["/{x}"]),
        ("/\U0001f600/", ["/{x}/"]),
    ],
)
def test_all_routes_that_a_path_fits_are_found_in_order(path: str, candidates: list[str]) -> None:
    paths = ("/{x}", "/a", "/{x}/", "/a/", "/{x}/a")
    found = compiled(*paths, methods=[None] * 5, direct=[True] * 5)
    assert found.candidates(path) == candidates


def test_first_route_that_has_the_method_is_matched() -> None:
    found = compiled("/{x}", "/a", "/a", methods=[{"PUT"}, {"GET"}, set()], direct=[True] * 3)
    assert found.first("/a", "GET") == (Asked({"GET"}), {}, True)
    assert found.first("/a", "PUT") == (Asked({"PUT"}), {"x": "a"}, True)
    assert found.first("/a", "POST") == (Asked(set()), {}, True)
    assert found.first("/b", "GET") == (Asked({"PUT"}), {"x": "b"}, False)
    assert found.first("/b/c", "GET") is None


def test_route_that_is_not_direct_wants_a_closer_look() -> None:
    found = compiled("/a", "/{x}", "/a", methods=[{"PUT"}, None, None], direct=[True, False, True])
    assert found.first("/a", "PUT") == (Asked({"PUT"}), {}, True)
    assert found.first("/a", "GET") is None


def test_route_with_a_matches_of_its_own_wants_a_closer_look() -> None:
    class Own(Asked):
        matches = None  # type: ignore[assignment]

    found = compiled("/a", "/b", methods=[None, None], direct=[True, True], kinds=[Asked, Own])
    assert found.first("/a", "GET") == (Asked(None), {}, True)
    assert found.first("/b", "GET") is None


@pytest.mark.parametrize("path", ["//a", "a", "", "/é", "/a\n", "/" + "a" * 1000])
def test_odd_path_wants_a_closer_look(path: str) -> None:
    found = compiled("/{x}", methods=[None], direct=[True])
    assert found.first("/a", "GET") == (Asked(None), {"x": "a"}, True)
    assert found.first(path, "GET") is None


def test_path_is_a_text() -> None:
    found = compiled("/{x}", methods=[None], direct=[True])
    with pytest.raises(TypeError):
        found.candidates(b"/a")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        found.first(None, "GET")  # type: ignore[arg-type]
