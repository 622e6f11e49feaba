"""Regexes of Python written as regexes of JavaScript, with its flag ``u``.

A page walks the exported trie by itself, OpenAPI's patterns are regexes of ECMA-262, and a module
of TypeScript checks values: all three are given the regexes of converters, which are Python's. What
does not mean the same there is not translated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from re import _parser  # type: ignore[attr-defined]
from typing import Any

from .._rules.regexes import Source

__all__ = ["UntranslatableError", "js_regex", "js_segment"]

_SYNTAX = re.compile(r"[\\^$.*+?()\[\]{}|/]")
_IN_SET = re.compile(r"[\\^\]\[\-]")
_WORD = r"\p{L}\p{N}_"
#: What Python takes for white space in a str; JavaScript's own set has one more.
_SPACE = r"\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_SETS = {"DIGIT": r"\p{Nd}", "WORD": _WORD, "SPACE": _SPACE}
_ASCII_SETS = {"DIGIT": "0-9", "WORD": "A-Za-z0-9_", "SPACE": r"\t-\r\x20"}


class UntranslatableError(ValueError):
    """A regex has something that JavaScript lacks, or that means something else there."""


@lru_cache(maxsize=1024)
def js_regex(regex: str, groups_before: int = 0) -> tuple[str, int]:
    """Write a regex for JavaScript.

    :param regex: a regex that :mod:`re` compiles.
    :param groups_before: the number of groups that stand in front of it.
    :return: the source of a regex for the flag ``u``, and the number of its groups.
    :raise UntranslatableError: it has no such source.
    """
    try:
        parsed = _parser.parse(regex)
    except (re.error, OverflowError, RecursionError) as error:
        raise UntranslatableError(str(error)) from None
    flags = parsed.state.flags & ~(re.UNICODE | re.VERBOSE)
    if flags & ~(re.ASCII | re.DOTALL):
        raise UntranslatableError("flags")
    writer = _Writer(flags, groups_before)
    return writer.sequence(parsed, True), parsed.state.groups - 1


def js_segment(sources: Sequence[Source], slash: str) -> str:
    """Write the texts and variables of a segment or of a tail as one regex.

    :param sources: texts, ``"/"``, and the regexes of variables, in order.
    :param slash: the regex for a slash.
    :return: the source; the groups of the variables are called ``v0``, ``v1``, …
    :raise UntranslatableError: a regex of a converter can't be translated.
    """
    written, groups, variables = "", 0, 0
    for source in sources:
        if isinstance(source, tuple):
            inner, inside = js_regex(str(source[0]), groups + 1)
            written += f"(?<v{variables}>{inner})"
            groups += 1 + inside
            variables += 1
        else:
            written += slash if source == "/" else _escaped(source)
    return written


def _escaped(text: str) -> str:
    return "".join(map(_literal, map(ord, text)))


def _literal(code: int, syntax: re.Pattern[str] = _SYNTAX) -> str:
    character = chr(code)
    if syntax.match(character):
        return f"\\{character}"
    return character if character.isprintable() else f"\\u{{{code:x}}}"


def _member(code: int) -> str:
    return _literal(code, _IN_SET)


class _Writer:
    """Writes what :mod:`re` has parsed."""

    def __init__(self, flags: int, groups_before: int) -> None:
        self.flags = flags
        self.before = groups_before
        self.sets = _ASCII_SETS if flags & re.ASCII else _SETS
        #: The groups that have a text wherever they are referred to.
        self.certain: set[int] = set()

    def sequence(self, items: Iterable[Any], certain: bool) -> str:
        return "".join(self.item(str(item[0]), item[1], certain) for item in items)

    def item(self, operation: str, argument: Any, certain: bool) -> str:
        """Write one item.

        :param certain: whether it takes part in every match.
        """
        if operation == "LITERAL":
            return _literal(argument)
        if operation == "NOT_LITERAL":
            return f"[^{_member(argument)}]"
        if operation == "ANY":
            return r"[\s\S]" if self.flags & re.DOTALL else r"[^\n]"
        if operation == "IN":
            return self.set_of(argument)
        if operation == "BRANCH":
            return "(?:" + "|".join(self.sequence(each, False) for each in argument[1]) + ")"
        if operation == "SUBPATTERN":
            number, on, off, inner = argument
            return self.group(number, on or off, inner, certain)
        if operation in ("MAX_REPEAT", "MIN_REPEAT"):
            least, most, inner = argument
            lazy = "?" if operation == "MIN_REPEAT" else ""
            repeated = self.sequence(inner, False)
            single = len(inner) == 1 and str(inner[0][0]) in ("LITERAL", "NOT_LITERAL", "ANY", "IN")
            if not single or repeated.startswith("(?"):
                repeated = f"(?:{repeated})"
            return f"{repeated}{_bounds(least, most)}{lazy}"
        if operation == "GROUPREF" and argument in self.certain:
            return rf"(?:\{self.before + argument})"
        if operation in ("ASSERT", "ASSERT_NOT"):
            direction, inner = argument
            mark = ("" if direction > 0 else "<") + ("=" if operation == "ASSERT" else "!")
            return f"(?{mark}{self.sequence(inner, False)})"
        if operation == "AT":
            return self.place(str(argument))
        raise UntranslatableError(operation)

    def group(self, number: int | None, flags: int, inner: Any, certain: bool) -> str:
        if flags:
            raise UntranslatableError("flags of a group")
        written = self.sequence(inner, certain)
        if number is None:
            return f"(?:{written})"
        if certain:
            self.certain.add(number)
        return f"({written})"

    def place(self, name: str) -> str:
        word = f"[{self.sets['WORD']}]"
        places = {
            "AT_BEGINNING": "^",
            "AT_BEGINNING_STRING": "^",
            "AT_END": r"(?=\n?$)",
            "AT_END_STRING": "$",
            "AT_BOUNDARY": f"(?:(?<={word})(?!{word})|(?<!{word})(?={word}))",
            "AT_NON_BOUNDARY": f"(?:(?<={word})(?={word})|(?<!{word})(?!{word}))",
        }
        if name not in places:
            raise UntranslatableError(name)
        return places[name]

    def set_of(self, members: Sequence[Any]) -> str:
        negated = str(members[0][0]) == "NEGATE"
        written = ""
        others = []
        for operation, argument in members[negated:]:
            kind = str(operation)
            if kind == "LITERAL":
                written += _member(argument)
            elif kind == "RANGE":
                written += f"{_member(argument[0])}-{_member(argument[1])}"
            else:
                name = str(argument).removeprefix("CATEGORY_")
                if name.startswith("NOT_"):
                    others.append(f"[^{self.sets[name.removeprefix('NOT_')]}]")
                else:
                    written += self.sets[name]
        if not others:
            return f"[{'^' * negated}{written}]"
        # JavaScript has no set within a set.
        either = "|".join([*([f"[{written}]"] if written else []), *others])
        if negated:
            return rf"(?:(?!{either})[\s\S])"
        return either if len(others) == 1 and not written else f"(?:{either})"


def _bounds(least: int, most: Any) -> str:
    most = None if most == _parser.MAXREPEAT else most
    short = {(0, None): "*", (1, None): "+", (0, 1): "?"}.get((least, most))
    if short is not None:
        return short
    return f"{{{least}}}" if least == most else f"{{{least},{'' if most is None else most}}}"
