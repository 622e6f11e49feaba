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

from .._core.trie import Trie

__all__ = ["Reading", "read", "trie_of"]

_Part = tuple[Any, ...]


class Reading(NamedTuple):
    """What a path regex was read as.

    :param parts: the segments, as the rows of a trie have them.
    :param branch: whether the path ends with a slash.
    :param exact: whether the segments match the same ASCII paths as the regex, with the same texts
        as values, of which those of digits alone become numbers.
    """

    parts: tuple[_Part, ...]
    branch: bool
    exact: bool

    @property
    def begins_with_anything(self) -> bool:
        """Whether the path may begin with any text, so that a trie finds nothing by it."""
        return len(self.parts) == 2 and bool(self.parts[1][2])


class _Rest(NamedTuple):
    """A pattern of the trie, for :mod:`re` to match."""

    regex: re.Pattern[str]
    merging: re.Pattern[str]
    groups: tuple[int, ...] = ()
    sliced: bool = False


_PARAMETER = re.compile(r"\{([a-zA-Z_][a-zA-Z0-9_]*)\}")
_ANY = ("string", 1, -1)
#: The regexes that are read exactly where they are a whole segment.
_EXACT: dict[str, tuple[Any, ...]] = {"[^/]+": _ANY, "[0-9]+": ("int", False, 0, None, None)}
#: How the trie makes values: the texts themselves, or numbers.
_AS_TEXT, _AS_INT = 1, 2

#: Regexes that match no slash, whatever else they match. Only a few plain forms are recognised;
#: their sets have no ranges but those of letters and digits, and a hyphen at their end.
_WITHOUT_SLASH = re.compile(
    r"""(?: \[\^/\] | \[ (?: [a-z]-[a-z] | [A-Z]-[A-Z] | [0-9]-[0-9] | \w | \\[dw] )+ -? \]
        | \w | - | \\[.\-dw] | [+*?|)] | \{\d+(?:,\d*)?\} | \((?:\?:)? )*""",
    re.VERBOSE | re.ASCII,
)
_ANYTHING = re.compile(r"(?s:.*)")
_REST: _Part = (None, _Rest(_ANYTHING, _ANYTHING), True, None, None, None, ())
#: The part of a rule's domain, where domains do not count.
_NO_DOMAIN: _Part = ("", None, False, None, None, None, ())


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
    kinds: dict[str, tuple[Any, ...] | None] = {}
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
    parts: list[_Part] = []
    items: list[str | tuple[str, tuple[Any, ...]]] = []
    for index, piece in enumerate(pieces):
        if index % 2:
            kind = kinds[piece]
            if kind is None:
                return Reading((*parts, _REST), False, False)
            items.append((piece, kind))
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
    # The rows have to live until the trie is made.
    rows = [
        (
            route,
            position,
            None,
            _NO_DOMAIN,
            reading.parts,
            reading.branch,
            True,
            False,
            None,
            False,
            (rank, count + rank, 2 * count + rank),
            reading.exact,
        )
        for rank, (route, position, reading) in enumerate(found)
    ]
    return Trie(rows)


def _part(items: list[str | tuple[str, tuple[Any, ...]]]) -> tuple[_Part, bool]:
    """Return the part of a segment, and whether it is exact."""
    variables = [item for item in items if isinstance(item, tuple)]
    if not variables:
        return _static("".join(item for item in items if isinstance(item, str))), True
    if len(items) == 1:
        name, kind = variables[0]
        return _variable(name, (kind,)), True
    # The text of several variables is only known not to be empty.
    before = items[:1] if isinstance(items[0], str) else []
    after = items[-1:] if isinstance(items[-1], str) else []
    return _variable(variables[0][0], (*before, _ANY, *after)), False


# Routes share these parts: the trie recognises them as the same, and is made faster and smaller.
@lru_cache(maxsize=4096)
def _static(text: str) -> _Part:
    return text, None, False, None, None, None, ()


@lru_cache(maxsize=4096)
def _variable(name: str, pattern: tuple[Any, ...]) -> _Part:
    conversion = _AS_INT if pattern[0][0] == "int" else _AS_TEXT
    return None, pattern, False, None, None, None, ((name, conversion, str),)


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
