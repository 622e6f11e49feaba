"""Lists of which some loops get a part: what they do when they are used otherwise than meant."""

from __future__ import annotations

import pytest

from trieroute._core.narrowing import Answers, Finder, Guide, Narrowing
from trieroute._core.trie import Trie


def test_guide_of_no_list_has_no_items() -> None:
    assert list(Guide()) == []
    with pytest.raises(TypeError, match="the guide belongs to no list"):
        Guide().matches({"type": "http", "method": "GET", "path": "/"})


def test_finder_needs_all_its_parts() -> None:
    with pytest.raises(TypeError):
        Finder.__new__(Finder)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Finder([], None, [], None)  # type: ignore[arg-type]


def test_list_has_to_be_compiled_by_its_class() -> None:
    class Forgetful(Narrowing):
        def _compile(self) -> Finder:
            return None  # type: ignore[return-value]

    with pytest.raises(TypeError, match="must return a Finder, not None"):
        Forgetful([], []).compiled()
    with pytest.raises(NotImplementedError):
        Narrowing([], []).compiled()


def test_loop_that_asks_nothing_gets_the_guide_and_all_items() -> None:
    def loop() -> list[object]:
        return [item for item in items]

    def watched() -> list[object]:
        seen = []
        for item in items:
            seen.append(item)
        return seen

    items = Narrowing(["a", "b"], [watched.__code__])
    assert loop() == ["a", "b"]
    guide, *others = watched()
    assert isinstance(guide, Guide)
    assert others == ["a", "b"]


def test_candidates_keep_their_order() -> None:
    answers = Answers("full", "partial", ("none", {}), lambda scope: scope["path"], False)
    finder = Finder(["a", "b"], Trie([]), [0, 1], answers)
    assert finder.candidates("/x") == ["a", "b"]
    assert Finder(["a"], Trie([]), [], answers).candidates("/x") == []
