"""Path regexes of Starlette: which are read, and what of them the trie may decide by itself."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import pytest

from trieroute._core.items import Shape, ShapeKind
from trieroute._starlette.path_regexes import read


class Convertor(NamedTuple):
    """What is asked of a convertor."""

    regex: Any


def reading(path: str, regex: Any = "[^/]+", whole: str | None = None, flags: int = 0) -> Any:
    """Read a path whose variables have one regex."""
    source = re.sub(r"\\\{(\w+)\\\}", lambda found: f"(?P<{found[1]}>{regex})", re.escape(path))
    names = re.findall(r"\{(\w+)\}", path)
    compiled = re.compile(f"^{source}$" if whole is None else whole, flags)
    return read(compiled, path, {name: Convertor(regex) for name in names})


def shown(path: str, regex: str = "[^/]+") -> list[Any]:
    """Return texts and patterns of the segments; a tail is three points."""
    parts = reading(path, regex).parts[1:]
    return [
        ... if part.tail else part.text or (part.pattern and part.pattern.items) for part in parts
    ]


ANY = Shape(ShapeKind.STRING, low=1)


def test_path_may_be_of_a_subclass_of_str() -> None:
    class Marked(str):
        def split(self, *args: Any) -> list[str]:  # type: ignore[override]
            return [Marked(part) for part in str.split(self, *args)]

    path = Marked("/marked-path/{x}")
    regex = re.compile("^/marked\\-path/(?P<x>[^/]+)$")
    found = read(regex, path, {"x": Convertor("[^/]+")})
    assert found is not None
    assert [part.text for part in found.parts] == ["", "marked-path", None]


@pytest.mark.parametrize(
    ("path", "regex", "segments", "exact"),
    [
        ("/a/b", "", ["a", "b"], True),
        ("/a.b/", "", ["a.b", None], True),
        ("/", "", [None], True),
        ("/a//b", "", ["a", None, "b"], True),
        ("/{x}/b", "[^/]+", [(ANY,), "b"], True),
        ("/{n}", "[0-9]+", [(Shape(ShapeKind.INT),)], True),
        ("/v{n}", "[0-9]+", [("v", ANY)], False),
        ("/a{x}{y}.b", "[^/]+", [("a", ANY, ".b")], False),
        ("/{x}", r"[0-9]+(\.[0-9]+)?", [(ANY,)], False),
        ("/{x}", "[0-9]{4}-[0-9]{2}", [(ANY,)], False),
        ("/{x}", "a|b", [(ANY,)], False),
        ("/a/{x}", ".*", ["a", ...], False),
        ("/a/b{x}/c", ".*", ["a", ...], False),
        # What may match nothing, or a slash, or is not known well enough.
        ("/a/{x}", "[a-z]*", ["a", ...], False),
        ("/a/{x}", "a/b", ["a", ...], False),
        ("/a/{x}", "[+-9]+", ["a", ...], False),
        ("/a/{x}", "[.-9]+", ["a", ...], False),
        ("/a/{x}", "[^a]+", ["a", ...], False),
        ("/a/{x}", r"\S+", ["a", ...], False),
        ("/a/{x}", r"\W", ["a", ...], False),
        ("/a/{x}", r"\x2f", ["a", ...], False),
        ("/a/{x}", "(?=a).+", ["a", ...], False),
        ("/a/{x}", "(?i:a)", ["a", ...], False),
        ("/a/{x}", "a.b", ["a", ...], False),
    ],
)
def test_segments(path: str, regex: str, segments: list[Any], exact: bool) -> None:
    assert [part or None for part in shown(path, regex)] == segments
    assert reading(path, regex).exact is exact


def test_branch() -> None:
    assert [reading(path).branch for path in ("/", "/a", "/a/", "/{x}", "/{x}/", "/a//")] == [
        True,
        False,
        True,
        False,
        True,
        True,
    ]


def test_what_is_not_read() -> None:
    assert reading("//a") is None
    assert reading("a") is None
    assert reading("") is None
    assert reading("/a", whole="^/b$") is None
    assert reading("/a", whole="^/a") is None
    assert reading("/a", flags=re.IGNORECASE) is None
    assert reading("/{x}", "[^/]+", whole="^/(?P<x>.+)$") is None
    # A regex that closes a group which it has not opened.
    assert reading("/{x}", "a)|(b") is None
    assert read(re.compile("^/(?P<x>[^/]+)$"), "/{x}", {}) is None
    assert read(re.compile("^/(?P<x>[^/]+)$"), "/{x}", {"x": Convertor(None)}) is None
