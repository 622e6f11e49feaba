"""Texts that a regular expression matches, drawn from a seeded source.

A sample follows the tree into which :mod:`re` parses a pattern. It ignores assertions, and draws
characters from a small alphabet, so that each text has to be checked with the pattern.
"""

from __future__ import annotations

import re
from random import Random
from re import _compiler, _parser  # type: ignore[attr-defined]
from typing import Any

__all__ = ["regex_samples"]

_ALPHABET = "abcxyzABCXYZ0123456789-_.~ é"
#: How often a part is repeated at most, beyond the least number that the pattern asks for.
_REPEATS = 3
_ATTEMPTS = 40


def regex_samples(regex: str, source: Random, count: int) -> list[str]:
    """Draw texts that match a regular expression as a whole.

    :param source: the source of all choices; the same state gives the same texts.
    :param count: the number of different texts that are wanted.
    """
    pattern = re.compile(regex)
    sampler = _Sampler(regex, source)
    found: dict[str, None] = {}
    for _ in range(_ATTEMPTS):
        text = sampler.text()
        if pattern.fullmatch(text) is not None:
            found[text] = None
            if len(found) == count:
                break
    return list(found)


class _Sampler:
    """Draws texts along the tree of one pattern."""

    def __init__(self, regex: str, source: Random) -> None:
        self.tree = _parser.parse(regex)
        self.source = source
        #: The texts of the groups in the text that is drawn.
        self.groups: dict[int, str] = {}
        #: The characters to choose from for a class of characters, by the class as a text.
        self.characters: dict[str, list[str]] = {}

    def text(self) -> str:
        self.groups = {}
        return self.sequence(self.tree)

    def sequence(self, items: Any) -> str:
        return "".join(map(self.item, items))

    def item(self, item: Any) -> str:
        operation, argument = str(item[0]), item[1]
        if operation == "LITERAL":
            return chr(argument)
        if operation in ("NOT_LITERAL", "ANY", "IN"):
            return self.source.choice(self.choices(item) or [""])
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

    def choices(self, item: Any) -> list[str]:
        """Return the characters that a class takes: of the alphabet, and those that it names."""
        key = str(item)
        if key not in self.characters:
            members = item[1] if isinstance(item[1], list) else ()
            literals = [code for kind, code in members if str(kind) == "LITERAL"]
            ends = [code for kind, limits in members if str(kind) == "RANGE" for code in limits]
            takes = _compiler.compile(_parser.SubPattern(self.tree.state, [item])).fullmatch
            self.characters[key] = list(filter(takes, (*_ALPHABET, *map(chr, literals + ends))))
        return self.characters[key]
