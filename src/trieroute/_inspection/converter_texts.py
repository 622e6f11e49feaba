"""Texts that a converter is likely to tell apart: those that its code and its attributes name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from enum import EnumMeta
from random import Random
from types import CodeType, FunctionType
from typing import Any

from .regex_samples import regex_samples
from .variable_schemas import number_text

__all__ = ["converter_texts"]

#: The greatest number of texts that are taken from one collection or one regular expression.
_FROM_ONE = 12
#: The greatest number in code that may be meant for a length.
_LONGEST = 1000


def converter_texts(converter: Any) -> Iterator[str]:
    """Yield texts that a converter may refuse, or take where it refuses most others.

    :param converter: the converter of a variable; it is not called.
    """
    named = [*vars(converter).values()]
    for kind in type(converter).__mro__[:-1]:
        named += [value for name, value in vars(kind).items() if not name.startswith("__")]
    for value in (*named, *_named_by(type(converter))):
        yield from _texts(value)


def _named_by(cls: Any) -> list[Any]:
    """Return the values that ``to_python`` of a class names, and the program's functions it calls.

    Functions of other packages are left out: what they name has nothing to do with the converter.
    """
    to_python: Any = getattr(cls, "to_python", None)
    to_python = getattr(to_python, "__func__", to_python)
    waiting: list[Any] = [to_python]
    named: list[Any] = []
    seen: set[CodeType] = set()
    while waiting:
        function = waiting.pop()
        if not isinstance(function, FunctionType) or function.__code__ in seen:
            continue
        if _package(function) != _package(to_python):
            continue
        seen.add(function.__code__)
        found: list[Any] = []
        for cell in function.__closure__ or ():
            with suppress(ValueError):  # The cell may be empty.
                found.append(cell.cell_contents)
        for name in _names(function.__code__, found):
            found += [function.__globals__.get(name), getattr(cls, name, None)]
        named += found
        waiting += [getattr(value, "__func__", value) for value in found]
    return named


def _package(function: FunctionType) -> str:
    return str(function.__globals__.get("__name__")).partition(".")[0]


def _names(code: CodeType, constants: list[Any]) -> Iterator[str]:
    """Yield the names that code uses, and add its constants to a list, inner functions included."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant, constants)
        else:
            constants.append(constant)


def _texts(value: Any) -> Iterator[str]:
    """Yield the texts that a value stands for, alone or as the items of a collection."""
    values: Iterable[Any] = (value,)
    if isinstance(value, (list, tuple, set, frozenset, dict)):
        values = list(value)[:_FROM_ONE]
    elif isinstance(value, EnumMeta):
        members: list[Any] = list(value)[:_FROM_ONE]
        values = [text for member in members for text in (member.value, member.name)]
    elif isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        with suppress(re.error):  # Its flags may make it another expression.
            values = regex_samples(value.pattern, Random(value.pattern), _FROM_ONE)
    for item in values:
        if isinstance(item, str):
            yield item
        elif isinstance(item, (int, float)) and not isinstance(item, bool):
            yield from filter(None, map(number_text, (item, item + 1, item - 1)))
            if isinstance(item, int) and 0 < item <= _LONGEST:
                # It may be a length, so there is a text that is longer.
                yield from (character * (item + 1) for character in "a1")
