"""Segments: pieces and converters in, the parts of a rule out, as the core is told of them.

The rule is cut at its slashes into *segments*. A segment without variables is a text; one with
variables is a pattern of texts and shapes. From the first variable on that may hold a slash, the
rest of the rule is one pattern, the *tail*. A domain is one pattern or text as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from .._core.items import Shape
from .._core.part import Conversion, Part, Value
from .._core.pattern import Pattern, SegmentRegex
from .regexes import Source, segment_regex
from .shapes import class_shape, conversion, shape_of

__all__ = ["Domain", "Slot", "cut", "merged"]


class Slot:
    """A variable with its converter, ready to be matched."""

    __slots__ = ("converter", "isolating", "name")

    def __init__(self, name: str, converter: Any) -> None:
        self.name = name
        self.converter = converter
        #: Whether it takes no slash. The converter is asked once: it may say something else later.
        self.isolating = bool(converter.part_isolating)


class Identity(tuple[tuple[Source, ...], tuple[int, ...], bool, bool]):
    """What is alike in parts with variables that lead to one state in the order ``segments``.

    It has the sources; the weights of the variables' converters; whether the part takes the rest of
    the path; and whether it is the tail of a rule that ends with a slash.
    """

    __slots__ = ()

    @property
    def sources(self) -> tuple[Source, ...]:
        """The texts and the regexes of the variables, in order."""
        sources, *_ = self
        return sources


class Domain:
    """A subdomain or host rule."""

    __slots__ = ("part", "text")

    def __init__(self, text: str, pieces: Sequence[str | Slot]) -> None:
        self.text = text
        parts = cut(pieces, case=False)
        #: What it is matched as; ``None`` if no host can match it, since it holds a slash or a
        #: variable that may hold one.
        self.part = parts[0] if len(parts) == 1 and not parts[0].tail else None


def merged(path: Sequence[str | Slot]) -> list[str | Slot]:
    """Leave out each slash that follows another one."""
    return [
        piece
        for index, piece in enumerate(path)
        if not (piece == "/" and index and path[index - 1] == "/")
    ]


def cut(pieces: Sequence[str | Slot], case: bool = True) -> list[Part]:
    """Cut a rule at its slashes.

    :param pieces: static texts, ``"/"`` and slots, as the rule string has them.
    :param case: whether case counts; it doesn't in a domain, whose static texts become lower case.
    :return: the parts between the slashes; a rule that ends with a slash has a last part whose text
        is empty. After a tail there is at most that one.
    :raise ValueError: the regexes of a segment do not compile together.
    """
    parts: list[Part] = []
    items: list[str | Slot] = []
    tail = False
    for piece in pieces:
        if piece == "/" and not tail:
            parts.append(_part(items, False, case))
            items = []
            continue
        items.append(piece)
        if isinstance(piece, Slot) and not piece.isolating:
            tail = True
    branch = tail and items[-1] == "/"
    if branch:
        items.pop()
    parts.append(_part(items, tail, case, branch))
    if branch:
        parts.append(_part([], False, case))
    return parts


def _part(items: list[str | Slot], tail: bool, case: bool, branch: bool = False) -> Part:
    slots = [item for item in items if isinstance(item, Slot)]
    if not slots:
        text = "".join([item for item in items if isinstance(item, str) and item != "/"])
        return Part(text if case else text.lower())
    own = tuple([item if isinstance(item, str) else (str(item.converter.regex),) for item in items])
    known = tuple([shape_of(slot.converter) for slot in slots])
    pattern, shapes, sources, texts, static = _written(own, known, tail, case, branch)
    weights = tuple([slot.converter.weight for slot in slots])
    return Part(
        None,
        pattern,
        tail,
        tuple(
            [
                Value(slot.name, *_conversion(slot.converter, shape, case))
                for slot, shape in zip(slots, shapes, strict=True)
            ]
        ),
        (texts, static, -len(slots), weights),
        Identity((sources, weights, tail, branch)),
        None if case else _labels(items),
    )


# Rules of an application have few kinds of segments, whatever the names of their variables.
@lru_cache(maxsize=4096)
def _written(
    sources: tuple[Source, ...],
    known: tuple[Shape | None, ...],
    tail: bool,
    case: bool,
    branch: bool,
) -> tuple[Pattern, tuple[Shape | None, ...], tuple[Source, ...], int, tuple[tuple[int, int], ...]]:
    """Make what parts of the same texts, regexes and shapes have in common.

    :param known: for each variable, what the core checks in place of its regex, if it can.
    :return: the pattern; a shape for each variable, ``None`` where it is for `re` to say what it
        is; the sources as they are compared; minus the number of static texts; pairs of the index
        and minus the length of each of them.
    """
    if not case:
        sources, known = _in_lower_case(sources, known)
    pattern = _pattern(sources, known, tail, case, branch)
    # A shape stands for each variable, unless it is for `re` to say what the variable is.
    shapes: list[Shape | None] = [None] * len(known)
    if pattern.regex is None:
        shapes = [item for item in pattern.items if isinstance(item, Shape)]
    texts = [source for source in sources if isinstance(source, str) and source != "/"]
    static = tuple([(index, -len(text)) for index, text in enumerate(texts)])
    return pattern, tuple(shapes), sources, -len(texts), static


def _in_lower_case(
    sources: tuple[Source, ...], known: tuple[Shape | None, ...]
) -> tuple[tuple[Source, ...], tuple[Shape | None, ...]]:
    """Write the texts of a domain in lower case, those that a variable chooses from as well."""
    lower: list[Source] = []
    shapes: list[Shape | None] = []
    for source in sources:
        if isinstance(source, str):
            lower.append(source.lower())
            continue
        shape = known[len(shapes)]
        if shape is not None and shape.texts:
            (regex,) = source
            source = (regex.lower(),)
            shape = Shape(shape.kind, texts=tuple(text.lower() for text in shape.texts))
        lower.append(source)
        shapes.append(shape)
    return tuple(lower), tuple(shapes)


def _conversion(converter: Any, shape: Shape | None, case: bool) -> tuple[Conversion, Any]:
    """Return how text becomes a value, and the converter that makes it."""
    if case:
        return conversion(converter, shape), converter
    own = shape_of(converter)
    spelled = {text.lower(): text for text in reversed(own.texts)} if own is not None else {}
    if all(lower == text for lower, text in spelled.items()):
        return conversion(converter, shape), converter
    # The values of a choice are spelled as in the rule.
    return Conversion.BY_CONVERTER, SimpleNamespace(
        to_python=lambda text: converter.to_python(spelled.get(text.lower(), text))
    )


def _pattern(
    sources: tuple[Source, ...],
    known: tuple[Shape | None, ...],
    tail: bool,
    case: bool,
    branch: bool,
) -> Pattern:
    shaped: list[str | Shape] = []
    regex: SegmentRegex | None = None
    shapes = iter(known)
    for source in sources:
        if isinstance(source, str):
            shaped.append(source)
            continue
        shape = next(shapes)
        if shape is None:
            # The shape of a class holds for ASCII texts, the regex for all others.
            regex = segment_regex(sources, case, branch)
            (own,) = source
            shape = class_shape(own, case)
        if shape is None:
            shaped = []
            break
        shaped.append(shape)
    # A domain is matched as a whole, whatever it holds.
    return _shared(tuple(shaped), regex, tail or not case, branch)


# Sources that differ may have the same pattern.
@lru_cache(maxsize=4096)
def _shared(
    items: tuple[str | Shape, ...], regex: SegmentRegex | None, tail: bool, branch: bool
) -> Pattern:
    return Pattern(items, regex, tail, branch)


def _labels(items: list[str | Slot]) -> tuple[str | None, ...] | None:
    """Cut a domain at its dots."""
    labels: list[str | None] = [""]
    for item in items:
        if isinstance(item, Slot):
            if not _holds_no_dot(item.converter.regex):
                return None
            labels[-1] = None
            continue
        first, *others = item.lower().split(".")
        label = labels[-1]
        labels[-1] = None if label is None else label + first
        labels += others
    return tuple(labels)


#: Parts of a regex that take no dot, and those that repeat and group others. Sets are among them,
#: each of which is asked whether it takes a dot.
_DOTLESS = r"(?s)(?P<set>\[\^?\]?(?:\\.|[^\[\]\\])*\])|\\[dw]|[\w\-+*?(){}|,:]"


def _takes_dot(characters: str) -> bool:
    try:
        return re.match(characters, ".") is not None
    except re.error:
        # What looked like a set is a part of one.
        return True


@lru_cache(maxsize=1024)
def _holds_no_dot(regex: str) -> bool:
    """Tell whether it is certain that no text of a regex has a dot in it."""
    position = 0
    dotless = re.compile(_DOTLESS)
    while position < len(regex):
        token = dotless.match(regex, position)
        if token is None:
            return False
        if token["set"] and _takes_dot(token["set"]):
            return False
        position = token.end()
    return True
