"""Path regexes, as Starlette writes them, read as segments; and the trie of such segments.

Starlette compiles the path of a route to one regex: its texts, escaped, and a named group for each
variable with the regex of the variable's convertor. The segments that are read here match a
*superset*: whatever the regex matches, they match too. Where they match nothing more, and give the
same values, they are *exact*. A regex that was written in another way is not read at all.

``$`` also matches before a line feed at the end of a path, which is left to the caller.

This file alone makes rows for the trie.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from .._core.items import Kind, Shape
from .._core.part import Conversion, Part, Value
from .._core.pattern import Pattern, SegmentRegex
from .._core.target import Target
from .._core.trie import Trie

__all__ = ["Reading", "read", "trie_of"]


class Reading(NamedTuple):
    """What a path regex was read as.

    :param parts: the segments.
    :param branch: whether the path ends with a slash.
    :param exact: whether the segments match the same ASCII paths as the regex, with the same texts
        as values, of which those of digits alone become numbers.
    """

    parts: tuple[Part, ...]
    branch: bool
    exact: bool

    @property
    def begins_with_anything(self) -> bool:
        """Whether the path may begin with any text, so that a trie finds nothing by it."""
        return len(self.parts) == 2 and self.parts[1].tail


class _Variable(NamedTuple):
    """A variable of a path.

    :param name: its name.
    :param shape: what its text must look like, or more.
    """

    name: str
    shape: Shape


_PARAMETER = re.compile(r"\{([a-zA-Z_][a-zA-Z0-9_]*)\}")
_ANY = Shape(Kind.STRING, low=1)
#: The regexes that are read exactly where they are a whole segment.
_EXACT = {"[^/]+": _ANY, "[0-9]+": Shape(Kind.INT)}

#: Regexes that match no slash, whatever else they match. Only a few plain forms are recognised;
#: their sets have no ranges but those of letters and digits, and a hyphen at their end.
_WITHOUT_SLASH = re.compile(
    r"""(?: \[\^/\] | \[ (?: [a-z]-[a-z] | [A-Z]-[A-Z] | [0-9]-[0-9] | \w | \\[dw] )+ -? \]
        | \w | - | \\[.\-dw] | [+*?|)] | \{\d+(?:,\d*)?\} | \((?:\?:)? )*""",
    re.VERBOSE | re.ASCII,
)
_ANYTHING = re.compile(r"(?s:.*)")
_REST = Part(None, Pattern((), SegmentRegex(_ANYTHING, _ANYTHING, (), False), tail=True), tail=True)
#: The part of a rule's domain, where domains do not count.
_NO_DOMAIN = Part("")


def read(regex: re.Pattern[str], path_format: str, convertors: Mapping[str, Any]) -> Reading | None:
    """Read the regex of a path.

    :param regex: the compiled regex.
    :param path_format: the path with each variable as ``{name}``.
    :param convertors: objects with a ``regex``, by variable name.
    :return: what the regex was read as, or ``None`` if it is not the one that the path and the
        convertors make.
    """
    pieces = _PARAMETER.split(path_format)
    source = "^"
    kinds: dict[str, Shape | None] = {}
    for index, piece in enumerate(pieces):
        if index % 2 == 0:
            source += re.escape(piece)
            continue
        inner = getattr(convertors.get(piece), "regex", None)
        if not isinstance(inner, str) or not _is_whole(inner):
            return None
        source += f"(?P<{piece}>{inner})"
        kinds[piece] = _EXACT.get(inner, _ANY if _has_no_slash(inner) else None)
    if regex.pattern != source + "$" or regex.flags != re.UNICODE:
        return None
    if not path_format.startswith("/") or path_format.startswith("//"):
        # The trie takes all slashes in front of a path for one.
        return None
    exact = all(convertors[name].regex in _EXACT for name in kinds)
    parts: list[Part] = []
    items: list[str | _Variable] = []
    for index, piece in enumerate(pieces):
        if index % 2:
            kind = kinds[piece]
            if kind is None:
                return Reading((*parts, _REST), False, False)
            items.append(_Variable(piece, kind))
            continue
        first, *others = piece.split("/")
        if first:
            items.append(first)
        for text in others:
            part, whole = _part(items)
            parts.append(part)
            exact = exact and whole
            items = [text] if text else []
    part, whole = _part(items)
    return Reading((*parts, part), not items, exact and whole)


def trie_of(found: Sequence[tuple[Any, int, Reading]]) -> Trie:
    """Make the trie of routes.

    :param found: a route, its position and what a path of it was read as, in the order in which the
        routes go before each other. Of an exact reading, a match needs no closer look.
    :return: the trie; its rules are the routes, its endpoints the positions.
    """
    count = len(found)
    targets = [
        Target(
            route,
            position,
            None,
            None,
            _NO_DOMAIN,
            reading.parts,
            reading.branch,
            True,
            False,
            False,
            reading.exact,
        )
        for route, position, reading in found
    ]
    exact, lacking, tolerated = (list(range(form * count, (form + 1) * count)) for form in range(3))
    return Trie(targets, exact, lacking, tolerated)


def _part(items: list[str | _Variable]) -> tuple[Part, bool]:
    """Return the part of a segment, and whether it is exact."""
    variables = [item for item in items if isinstance(item, _Variable)]
    if not variables:
        return _static("".join(item for item in items if isinstance(item, str))), True
    if len(items) == 1:
        name, shape = variables[0]
        return _variable(name, (shape,)), True
    # The text of several variables is only known not to be empty.
    before = items[:1] if isinstance(items[0], str) else []
    after = items[-1:] if isinstance(items[-1], str) else []
    return _variable(variables[0].name, (*before, _ANY, *after)), False


# Routes share these parts.
@lru_cache(maxsize=4096)
def _static(text: str) -> Part:
    return Part(text)


@lru_cache(maxsize=4096)
def _variable(name: str, items: tuple[str | Shape, ...]) -> Part:
    first = items[0]
    is_int = isinstance(first, Shape) and first.kind == Kind.INT
    conversion = Conversion.AS_INT if is_int else Conversion.AS_TEXT
    return Part(None, Pattern(items), values=(Value(name, conversion, str),))


@lru_cache(maxsize=256)
def _is_whole(regex: str) -> bool:
    """Tell whether a regex compiles by itself, so that its groups close within it."""
    try:
        re.compile(regex)
    except (re.error, OverflowError, RecursionError):
        return False
    return True


@lru_cache(maxsize=256)
def _has_no_slash(regex: str) -> bool:
    """Tell whether a regex is known to match neither a slash nor an empty text."""
    return _WITHOUT_SLASH.fullmatch(regex) is not None and re.fullmatch(regex, "") is None
