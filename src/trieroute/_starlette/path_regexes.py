"""Path regexes, as Starlette writes them, read as segments; and the trie of such segments.

Starlette compiles the path of a route to one regex: its texts, escaped, and a named group for each
variable with the regex of the variable's convertor. The segments that are read here match a
*superset*: whatever the regex matches, they match too. Where they match nothing more, and give the
same values, they are *exact*. A regex that was written in another way is not read at all.

``$`` also matches before a line feed at the end of a path, which is left to the caller.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, NamedTuple

from .._core.compiler import Compiler
from .._core.items import Shape, ShapeKind
from .._core.part import Conversion, Part, Value
from .._core.pattern import Pattern, SegmentRegex
from .._core.target import Target
from .._core.trie import Trie

__all__ = ["PARAMETER", "Reading", "is_within_segment", "read", "trie_of"]


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
        """Tell whether the path may begin with any text, so that a trie finds nothing by it."""
        return len(self.parts) == 2 and self.parts[1].tail


#: A variable in a path format.
PARAMETER = re.compile(r"\{([a-zA-Z_][a-zA-Z0-9_]*)\}")
_ANY = Shape(ShapeKind.STRING, low=1)
_INT = Shape(ShapeKind.INT)
#: Starlette's own convertors are called elsewhere.
_TEXT = SimpleNamespace(to_python=str)
#: The regexes that are read exactly where they are a whole segment.
_EXACT = {"[^/]+": _ANY, "[0-9]+": _INT}

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

    :param path_format: the path with each variable as ``{name}``.
    :param convertors: objects with a ``regex``, by variable name.
    :return: what the regex was read as, or ``None`` if it is not the one that the path and the
        convertors make.
    """
    pieces = PARAMETER.split(path_format)
    regexes = {name: getattr(convertors.get(name), "regex", None) for name in pieces[1::2]}
    if not all(isinstance(inner, str) and _is_whole(inner) for inner in regexes.values()):
        return None
    source = "".join(
        f"(?P<{piece}>{regexes[piece]})" if index % 2 else re.escape(piece)
        for index, piece in enumerate(pieces)
    )
    if regex.pattern != f"^{source}$" or regex.flags != re.UNICODE:
        return None
    if not path_format.startswith("/") or path_format.startswith("//"):
        # The trie takes all slashes in front of a path for one.
        return None
    exact = all(inner in _EXACT for inner in regexes.values())
    parts: list[Part] = []
    # A subclass of `str` may cut itself into texts that are not plain.
    for segment in str.split(path_format, "/"):
        pieces = PARAMETER.split(segment)
        names = pieces[1::2]
        if not all(_shape(regexes[name]) for name in names):
            return Reading((*parts, _REST), False, False)
        if not names:
            parts.append(_static(segment))
        elif len(names) == 1 and pieces[0] == pieces[2] == "":
            parts.append(_variable(names[0], (_shape(regexes[names[0]]),)))
        else:
            # The text of all variables together is only known not to be empty.
            items = (item for item in (pieces[0], _ANY, pieces[-1]) if item)
            parts.append(_variable(names[0], tuple(items)))
            exact = False
    return Reading(tuple(parts), path_format.endswith("/"), exact)


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
    return Compiler(targets, exact, lacking, tolerated).trie


# Routes share these parts.
_static = lru_cache(maxsize=4096)(Part)


@lru_cache(maxsize=4096)
def _variable(name: str, items: tuple[str | Shape, ...]) -> Part:
    conversion = Conversion.AS_INT if items == (_INT,) else Conversion.AS_TEXT
    return Part(None, Pattern(items), values=(Value(name, conversion, _TEXT),))


@lru_cache(maxsize=256)
def _is_whole(regex: str) -> bool:
    """Tell whether a regex compiles by itself, so that its groups close within it."""
    try:
        re.compile(regex)
    except (re.error, OverflowError, RecursionError):
        return False
    return True


def is_within_segment(regex: str) -> bool:
    """Tell whether a regex is known to match neither a slash nor nothing at all."""
    return _shape(regex) is not None


@lru_cache(maxsize=256)
def _shape(regex: str) -> Shape | None:
    """Return what a text must look like; ``None`` if it is not known to be a part of a segment."""
    if _WITHOUT_SLASH.fullmatch(regex) is None or re.fullmatch(regex, "") is not None:
        return None
    return _EXACT.get(regex, _ANY)
