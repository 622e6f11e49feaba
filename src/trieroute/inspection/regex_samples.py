"""Texts that a regular expression matches, drawn from a seeded source.

A sample follows the tree into which :mod:`re` parses a pattern. It ignores assertions, and draws
characters from a small alphabet, so that each text has to be checked with the pattern.
"""

from __future__ import annotations

import re
from random import Random
from re import _parser  # type: ignore[attr-defined]
from typing import Any

__all__ = ["regex_samples"]

_ALPHABET = "abcxyzABCXYZ0123456789-_.~ é"
#: How often a part is repeated at most, beyond the least number that the pattern asks for.
_REPEATS = 3
_ATTEMPTS = 40


def regex_samples(regex: str, source: Random, count: int) -> list[str]:
    """Draw texts that match a regular expression as a whole.

    :param regex: the pattern.
    :param source: the source of all choices; the same state gives the same texts.
    :param count: the number of different texts that are wanted.
    :return: at most *count* texts; none if the pattern does not compile.
    """
    try:
        pattern = re.compile(regex)
        tree = _parser.parse(regex)
    except (re.error, OverflowError, RecursionError):
        return []
    found: dict[str, None] = {}
    for _ in range(_ATTEMPTS):
        text = _Sample(source).sequence(tree)
        if pattern.fullmatch(text) is not None:
            found[text] = None
            if len(found) == count:
                break
    return list(found)


class _Sample:
    """One text while it is drawn, and the texts of its groups so far."""

    def __init__(self, source: Random) -> None:
        self.source = source
        self.groups: dict[int, str] = {}

    def sequence(self, tree: Any) -> str:
        return "".join(self.item(str(operation), argument) for operation, argument in tree)

    def item(self, operation: str, argument: Any) -> str:
        if operation == "LITERAL":
            return chr(argument)
        if operation in ("NOT_LITERAL", "ANY", "IN"):
            return self.character(operation, argument)
        if operation in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            least, most, repeated = argument
            times = self.source.randint(least, min(int(most), least + _REPEATS))
            return "".join(self.sequence(repeated) for _ in range(times))
        if operation == "BRANCH":
            return self.sequence(self.source.choice(argument[1]))
        if operation == "SUBPATTERN":
            text = self.sequence(argument[-1])
            if argument[0] is not None:
                self.groups[argument[0]] = text
            return text
        if operation == "ATOMIC_GROUP":
            return self.sequence(argument)
        if operation == "GROUPREF":
            return self.groups.get(argument, "")
        if operation == "GROUPREF_EXISTS":
            group, present, absent = argument
            return self.sequence(present if group in self.groups else absent or ())
        return ""

    def character(self, operation: str, argument: Any) -> str:
        items = argument if operation == "IN" else ()
        named = [chr(code) for kind, code in items if str(kind) == "LITERAL"]
        ranges = [limits for kind, limits in items if str(kind) == "RANGE"]
        ends = [chr(code) for limits in ranges for code in limits]
        candidates = [
            character
            for character in (*_ALPHABET, *named, *ends)
            if _takes(operation, argument, character)
        ]
        return self.source.choice(candidates) if candidates else ""


#: The regular expression for each category of characters that :mod:`re` knows.
_CATEGORIES = {
    "CATEGORY_DIGIT": r"\d",
    "CATEGORY_NOT_DIGIT": r"\D",
    "CATEGORY_SPACE": r"\s",
    "CATEGORY_NOT_SPACE": r"\S",
    "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W",
}


def _takes(operation: str, argument: Any, character: str) -> bool:
    if operation == "ANY":
        return True
    if operation == "NOT_LITERAL":
        return character != chr(argument)
    negated = found = False
    for kind, value in argument:
        name = str(kind)
        if name == "NEGATE":
            negated = True
        elif name == "LITERAL":
            found |= character == chr(value)
        elif name == "RANGE":
            found |= value[0] <= ord(character) <= value[1]
        elif name == "CATEGORY":
            found |= re.match(_CATEGORIES[str(value)], character) is not None
    return found is not negated
