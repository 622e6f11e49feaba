"""Shapes: what of a converter the core can check and convert itself.

A converter is recognised by the text of its regex and by its own functions, so that a program's
subclass that changes neither is as fast as the built-in one. What is not recognised here is matched
by :mod:`re`, see :mod:`trieroute._rules.regexes`, and converted by calling the converter.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from werkzeug.routing import converters as werkzeugs

from .._converters import (
    MOST_DIGITS,
    MOST_LENGTH,
    AnyConverter,
    BaseConverter,
    NumberConverter,
    UUIDConverter,
)
from .._core.items import Shape, ShapeKind
from .._core.part import Conversion
from .._core.template import Gap, Rendering

__all__ = ["check_digits", "class_shape", "conversion", "gap", "rendering", "shape_of"]

_STRING = r"\[\^/\](?:\{([0-9]+)\}|\{([0-9]*),([0-9]*)\})"
_FIXED = {
    r"\d+": Shape(ShapeKind.INT),
    r"-?\d+": Shape(ShapeKind.INT, signed=True),
    r"\d+\.\d+": Shape(ShapeKind.FLOAT),
    r"-?\d+\.\d+": Shape(ShapeKind.FLOAT, signed=True),
    r"[^/]+": Shape(ShapeKind.STRING, low=1),
    r"[^/]{1,}": Shape(ShapeKind.STRING, low=1),
    r"[^/].*?": Shape(ShapeKind.PATH),
    UUIDConverter.regex: Shape(ShapeKind.UUID),
}
# The functions of trieroute's converters and those of Werkzeug's own do the same.
#: What ``to_python`` is where the text is the value.
_IDENTITIES = (BaseConverter.to_python, werkzeugs.BaseConverter.to_python)
#: What ``to_python`` is where the value is a UUID.
_UUIDS = (UUIDConverter.to_python, werkzeugs.UUIDConverter.to_python)
#: What ``to_python`` is where the value is a number within bounds.
_NUMBERS = (NumberConverter.to_python, werkzeugs.NumberConverter.to_python)
#: What ``to_url`` is where the value's text is quoted as a path.
_PLAIN_URLS = (BaseConverter.to_url, werkzeugs.BaseConverter.to_url)
#: What ``to_url`` is where the value is written as a number.
_NUMBER_URLS = (NumberConverter.to_url, werkzeugs.NumberConverter.to_url)
#: What ``to_url`` is where the value is written as a UUID.
_UUID_URLS = (UUIDConverter.to_url, werkzeugs.UUIDConverter.to_url)
#: What ``to_url`` is where the value has to be one of several texts.
_ANY_URLS = (AnyConverter.to_url, werkzeugs.AnyConverter.to_url)
_INT64 = range(-(2**63), 2**63)
_LENGTHS = range(MOST_LENGTH + 1)
_INT53 = range(-(2**53), 2**53)

#: A set, a class or any character, perhaps repeated. What may be a set within a set is left out.
#: This and the next one are compiled when a program has regexes of its own.
_CLASS = (
    r"(?s)(\[\^?\]?(?:\\.|[^\[\]\\&~|])*\]|\\[dDwWsS]|\.)"
    r"(?:([+*])|\{([0-9]+)\}|\{([0-9]*),([0-9]*)\})?"
)
_GROUPED = r"\((?:\?:|\?P<\w+>)?([^()]*)\)"


@lru_cache(maxsize=1024)
def class_shape(regex: str, case: bool) -> Shape | None:
    """Recognise a run of characters of one class, of which the core knows the ASCII ones.

    :return: the shape, ``None`` when the regex is something else.
    """
    grouped = re.fullmatch(_GROUPED, regex)
    found = re.fullmatch(_CLASS, grouped[1] if grouped else regex)
    if found is None or "--" in found[1]:
        return None
    try:
        character = re.compile(found[1], 0 if case else re.IGNORECASE)
    except re.error:
        return None
    members = sum(1 << code for code in range(128) if character.fullmatch(chr(code)))
    low, high = 1, 1
    if found[2]:
        low, high = (1 if found[2] == "+" else 0), -1
    elif found[3]:
        low = high = int(found[3])
    elif found[4] is not None:
        low, high = int(found[4] or 0), int(found[5] or -1)
    if max(low, high) not in _LENGTHS:
        return None
    return Shape(ShapeKind.CLASS, low=low, high=high, members=members)


def shape_of(converter: Any) -> Shape | None:
    """Recognise a converter by the text of its regex; ``None`` when only :mod:`re` can match it."""
    shape = _shape_of_regex(converter.regex)
    if (
        shape is not None
        and shape.kind in (ShapeKind.INT, ShapeKind.FLOAT)
        and _is_number(converter)
    ):
        return _bounded(shape, converter) or shape
    return shape


@lru_cache(maxsize=1024)
def _shape_of_regex(regex: str) -> Shape | None:
    shape = _FIXED.get(regex)
    if shape is not None:
        return shape
    string = re.fullmatch(_STRING, regex)
    if string is not None:
        low = int(string[1] or string[2] or 0)
        high = int(string[1] or string[3] or -1)
        # `re` refuses what is longer than any text, and a least length above the greatest.
        possible = low in _LENGTHS and (high == -1 or high in range(low, _LENGTHS.stop))
        return Shape(ShapeKind.STRING, low=low, high=high) if possible else None
    texts = _alternatives(regex)
    return None if texts is None else Shape(ShapeKind.ANY, texts=texts)


def _alternatives(regex: str) -> tuple[str, ...] | None:
    """Undo ``(?:a|b)`` as the ``any`` converter writes it, ``None`` for every other regex."""
    if not (regex.startswith("(?:") and regex.endswith(")")):
        return None
    body = regex[3:-1]
    texts = [""]
    for token in re.findall(r"\\.|.", body, re.DOTALL):
        if token == "|":
            texts.append("")
        else:
            texts[-1] += token[-1]
    if "|".join(re.escape(text) for text in texts) != body:
        return None
    return tuple(texts)


def _is_number(converter: Any) -> bool:
    """Tell whether the number is converted and checked exactly as the built-in converters do it."""
    return (
        isinstance(converter, werkzeugs.NumberConverter)
        and type(converter).to_python in _NUMBERS
        and "to_python" not in getattr(converter, "__dict__", ())
        and converter.num_convert in (int, float)
    )


def _bounded(shape: Shape, converter: Any) -> Shape | None:
    """Return the shape with the converter's bounds, ``None`` where the core can't check them."""
    digits, least, most = converter.fixed_digits or 0, converter.min, converter.max
    given = [bound for bound in (least, most) if bound is not None]
    if shape.kind == ShapeKind.INT and converter.num_convert is int:
        # Python goes through a range, number by number, for what is no int.
        exact = all(type(number) in (int, bool) for number in (digits, *given))
        exact = exact and digits in _LENGTHS and all(bound in _INT64 for bound in given)
        if exact:
            return Shape(ShapeKind.INT, signed=shape.signed, low=digits, least=least, most=most)
    elif shape.kind == ShapeKind.FLOAT and converter.num_convert is float:
        # Larger integers would not be compared exactly once they have become floats.
        exact = not digits and all(
            type(bound) is float or (type(bound) in (int, bool) and bound in _INT53)
            for bound in given
        )
        if exact:
            return Shape(
                ShapeKind.FLOAT,
                signed=shape.signed,
                least=None if least is None else float(least),
                most=None if most is None else float(most),
            )
    return None


def check_digits(converter: Any) -> None:
    """Check ``fixed_digits`` of a converter of numbers, Werkzeug's included.

    :raise ValueError: no text of so many digits is a number, or none can have it.
    """
    if isinstance(converter, werkzeugs.NumberConverter):
        digits: Any = converter.fixed_digits
        if digits is not None and not (isinstance(digits, int) and 0 <= digits <= MOST_DIGITS):
            raise ValueError(f"fixed_digits must be from 0 to {MOST_DIGITS}, not {digits!r}")


def conversion(converter: Any, shape: Shape | None) -> Conversion:
    """Tell how the core turns a variable's text into a value.

    :param shape: what the core checks the text for; ``None`` for a regex.
    :return: ``BY_CONVERTER`` unless the core does all that ``to_python`` would.
    """
    if "to_python" in getattr(converter, "__dict__", ()):
        return Conversion.BY_CONVERTER
    # Werkzeug takes any object that has the methods by the time when they are called.
    own = getattr(type(converter), "to_python", None)
    if own in _IDENTITIES:
        return Conversion.AS_TEXT
    if shape is None:
        return Conversion.BY_CONVERTER
    if shape.kind == ShapeKind.UUID and own in _UUIDS:
        return Conversion.AS_UUID
    if (
        shape.kind in (ShapeKind.INT, ShapeKind.FLOAT)
        and _is_number(converter)
        # The shape has no bounds where the core can't check them.
        and _bounded(shape, converter) == shape
    ):
        return Conversion.AS_INT if shape.kind == ShapeKind.INT else Conversion.AS_FLOAT
    return Conversion.BY_CONVERTER


def rendering(converter: Any) -> Rendering:
    """Tell how the core writes the values of a converter into a URL."""
    own = getattr(type(converter), "to_url", None)
    if "to_url" in getattr(converter, "__dict__", ()):
        return Rendering.CALLED
    if own in _PLAIN_URLS:
        return Rendering.TEXT
    if own in _NUMBER_URLS and converter.num_convert in (int, float):
        return Rendering.INTEGER if converter.num_convert is int else Rendering.REAL
    if own in _UUID_URLS:
        return Rendering.UUID
    return Rendering.CHOICE if own in _ANY_URLS else Rendering.CALLED


def gap(name: str, converter: Any) -> Gap:
    """Tell the core how a variable's value becomes text for a URL."""
    kind = rendering(converter)
    if kind in (Rendering.INTEGER, Rendering.REAL):
        return Gap(name, kind, converter, digits=converter.fixed_digits or 0)
    if kind == Rendering.CHOICE:
        return Gap(name, kind, converter, items=converter.items)
    return Gap(name, kind, converter)
