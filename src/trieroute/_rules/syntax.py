"""Rule strings, cut into pieces.

``/user/<int(min=1):id>.json`` becomes slash, ``user``, slash, the variable ``id``, ``.json``. Every
error of syntax is raised here, with the position of the fault. This file knows neither converters
nor maps: a variable is a name, a converter's name, and that converter's arguments as Python values.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

__all__ = ["Piece", "Variable", "parse_converter_args", "parse_rule"]


class Variable:
    """A variable of a rule: ``<converter(args):name>``.

    :param name: the variable's name, an ASCII identifier.
    :param converter: the converter's name; ``"default"`` where the rule names none.
    :param args: positional arguments for the converter.
    :param kwargs: keyword arguments for the converter.
    :param position: index of its ``<`` in the rule string, in code points.
    """

    __slots__ = ("args", "converter", "kwargs", "name", "position")

    def __init__(
        self,
        name: str,
        converter: str,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        position: int,
    ) -> None:
        self.name = name
        self.converter = converter
        self.args = args
        self.kwargs = kwargs
        self.position = position


#: A static text without slashes, one ``"/"``, or a variable.
Piece = str | Variable

#: Regexes are compiled when a rule has need of them, so that the import need not.
_regex = cache(re.compile)
_STATIC = r"[^</]+"
_NAME = r"[a-zA-Z_][a-zA-Z0-9_]*"
_SPACE = r"\s*"
_KEYWORD = r"(\w+)\s*=\s*"
_QUOTED = r"""[uUrR]?("[^"]*"|'[^']*')"""
_BARE = r"[+-]?[\w.]+"
_FLOAT = r"[+-]?(\d+\.\d*|\.\d+|\d+(?=[eE]))([eE][+-]?\d+)?"
_INTEGER = r"[+-]?\d+(_\d+)*"
_CONSTANTS = {"None": None, "True": True, "False": False}

_NO_ARGS: dict[str, Any] = {}


def parse_rule(rule: str) -> list[Piece]:
    """Cut a rule string into its pieces.

    :param rule: a path rule such as ``"/user/<int:id>"``, or a subdomain or host rule.
    :return: static texts (without slashes), single ``"/"`` and :class:`Variable` objects, in order.
    :raise ValueError: a ``<`` starts no variable, or converter arguments can't be read. The
        message names the rule and the position.
    """
    pieces: list[Piece] = []
    position = 0
    end = len(rule)
    while position < end:
        character = rule[position]
        if character == "/":
            pieces.append("/")
            position += 1
        elif character == "<":
            variable, position = _parse_variable(rule, position)
            pieces.append(variable)
        else:
            static = _regex(_STATIC).match(rule, position)
            assert static is not None
            pieces.append(static[0])
            position = static.end()
    return pieces


def _parse_variable(rule: str, start: int) -> tuple[Variable, int]:
    """Read the variable whose ``<`` stands at *start*; return it and the position after it."""
    name = _regex(_NAME).match(rule, start + 1)
    if name is None:
        raise _malformed(rule, start, "no variable name after '<'")
    position = name.end()
    if rule.startswith(">", position):
        return Variable(name[0], "default", (), _NO_ARGS, start), position + 1

    converter = name[0]
    args: tuple[Any, ...] = ()
    kwargs = _NO_ARGS
    if rule.startswith("(", position):
        try:
            args, kwargs, position = _parse_arguments(rule, position + 1, ")")
        except ValueError as error:
            raise _malformed(rule, start, str(error)) from None
        position += 1
    if not rule.startswith(":", position):
        raise _malformed(rule, start, "'<' is not closed, expected '<name>' or '<converter:name>'")
    name = _regex(_NAME).match(rule, position + 1)
    if name is None:
        raise _malformed(rule, start, "no variable name after ':'")
    position = name.end()
    if not rule.startswith(">", position):
        raise _malformed(rule, start, f"no '>' after the variable name {name[0]!r}")
    return Variable(name[0], converter, args, kwargs, start), position + 1


def _malformed(rule: str, position: int, reason: str) -> ValueError:
    return ValueError(f"malformed rule {rule!r}, position {position}: {reason}")


def parse_converter_args(argstr: str) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Read the arguments of a converter, the text between its parentheses.

    Values are ``None``, ``True``, ``False``, integers and floats with an optional sign, words of
    letters, digits, ``_`` and ``.``, and quoted strings (taken as they stand, without escapes).
    One comma after the last value is allowed.

    :param argstr: for example ``'2, "a,b", max=-5'``.
    :return: positional arguments and keyword arguments.
    :raise ValueError: the text is no list of such values; the message quotes what is wrong.
    """
    args, kwargs, _ = _parse_arguments(argstr, 0, "")
    return args, kwargs


def _parse_arguments(
    text: str, position: int, closing: str
) -> tuple[tuple[Any, ...], dict[str, Any], int]:
    """Read values up to *closing* (the end of the text if empty); return its position too."""
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    while True:
        position = _skip_space(text, position)
        if _closes(text, position, closing):
            return tuple(args), kwargs, position
        keyword = _regex(_KEYWORD).match(text, position)
        if keyword is not None:
            value, position = _parse_value(text, keyword.end())
            if keyword[1] in kwargs:
                raise ValueError(f"converter argument {keyword[1]!r} is given twice")
            kwargs[keyword[1]] = value
        else:
            value, position = _parse_value(text, position)
            args.append(value)
        position = _skip_space(text, position)
        if text.startswith(",", position):
            position += 1
        elif not _closes(text, position, closing):
            raise _unreadable(text, position)


def _skip_space(text: str, position: int) -> int:
    space = _regex(_SPACE).match(text, position)
    assert space is not None
    return space.end()


def _closes(text: str, position: int, closing: str) -> bool:
    return text.startswith(closing, position) if closing else position == len(text)


def _unreadable(text: str, position: int) -> ValueError:
    if position == len(text):
        return ValueError("converter arguments are not closed, expected ')'")
    return ValueError(
        f"cannot parse converter arguments at {text[position:]!r},"
        " expected a number, a word, a quoted string, ',' or the end"
    )


def _parse_value(text: str, position: int) -> tuple[Any, int]:
    quoted = _regex(_QUOTED).match(text, position)
    if quoted is not None:
        return quoted[1][1:-1], quoted.end()
    bare = _regex(_BARE).match(text, position)
    if bare is None:
        raise _unreadable(text, position)
    # The exponent's sign is the one sign that may stand inside a number.
    number = _regex(_FLOAT).match(text, position)
    if number is not None and number.end() >= bare.end():
        return float(number[0]), number.end()
    word = bare[0]
    if word in _CONSTANTS:
        return _CONSTANTS[word], bare.end()
    if _regex(_INTEGER).fullmatch(word):
        return int(word), bare.end()
    if word[0] in "+-":
        raise _unreadable(text, position)
    return word, bare.end()
