"""Slow regexes: those that can take exponential time, with a text that shows it.

:mod:`re` goes back and tries every way in which a regex can match a text before it gives up. If a
repetition can take the same text in two ways, there are twice as many ways for each time the text
is repeated. A regex is written here as an automaton whose states are the characters of the regex,
and it is searched for such a text: one that leads from a state back to it in two ways.

What is found is tried, so nothing is told that is only slow in theory. References to groups and
assertions are not followed; a regex with possessive repetitions or atomic groups, which do not go
back, is left out.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from re import _compiler, _parser  # type: ignore[attr-defined]
from time import perf_counter
from typing import Any

__all__ = ["slow_text"]

#: The characters by which sets are compared, beside those that a regex names.
_ALPHABET = "".join(map(chr, range(32, 127))) + "\t\n\u00e9\u0661"
#: Characters that may end a text which a regex refuses.
_STRANGE = "!\x00~ \u20ac"
#: A repetition that has a limit is written out so many times at most.
_COPIES = 4
#: A regex with more states is left out.
_STATES = 400
#: A text that takes so many seconds, at no more than so many repetitions, shows that it is slow.
_SECONDS, _REPEATS = 0.02, 40


class _LeftOutError(Exception):
    """The regex has something that is not followed."""


@dataclass
class _Piece:
    """A part of a regex: where it begins and ends, and in how many ways, 2 standing for more."""

    first: Counter[int] = field(default_factory=Counter)
    last: Counter[int] = field(default_factory=Counter)
    empty: int = 1


class _Automaton:
    """The states of a regex, each with the characters that lead into it."""

    def __init__(self, tree: Any, flags: int) -> None:
        self.tree = tree
        self.flags = flags
        self.characters: list[frozenset[str]] = []
        self.known: dict[str, frozenset[str]] = {}
        self.follow: list[Counter[int]] = []
        self.whole = self.sequence(tree)

    def sequence(self, items: Iterable[Any]) -> _Piece:
        whole = _Piece()
        for item in items:
            whole = self.joined(whole, self.item(item))
        return whole

    def joined(self, one: _Piece, other: _Piece) -> _Piece:
        self.lead(one.last, other.first)
        return _Piece(
            _sum(one.first, other.first, one.empty),
            _sum(other.last, one.last, other.empty),
            min(2, one.empty * other.empty),
        )

    def lead(self, last: Counter[int], first: Counter[int]) -> None:
        for state, ways in last.items():
            for following, more in first.items():
                self.follow[state][following] = min(2, self.follow[state][following] + ways * more)

    def item(self, item: Any) -> _Piece:
        operation, argument = str(item[0]), item[1]
        if operation in ("LITERAL", "NOT_LITERAL", "ANY", "IN"):
            return self.state(item)
        if operation in ("MAX_REPEAT", "MIN_REPEAT"):
            return self.repeated(*argument)
        if operation == "BRANCH":
            pieces = [self.sequence(branch) for branch in argument[1]]
            return _Piece(
                _sum(*(piece.first for piece in pieces)),
                _sum(*(piece.last for piece in pieces)),
                min(2, sum(piece.empty for piece in pieces)),
            )
        if operation == "SUBPATTERN":
            return self.sequence(argument[-1])
        if operation in ("AT", "ASSERT", "ASSERT_NOT"):
            return _Piece()
        raise _LeftOutError

    def state(self, item: Any) -> _Piece:
        if len(self.characters) == _STATES:
            raise _LeftOutError
        key = str(item)
        if key not in self.known:
            members = item[1] if isinstance(item[1], list) else ()
            named = [code for kind, code in members if str(kind) == "LITERAL"]
            named += [code for kind, ends in members if str(kind) == "RANGE" for code in ends]
            if isinstance(item[1], int):
                named.append(item[1])
            pattern = _compiler.compile(_parser.SubPattern(self.tree.state, [item]), self.flags)
            self.known[key] = frozenset(filter(pattern.fullmatch, (*_ALPHABET, *map(chr, named))))
        number = len(self.characters)
        self.characters.append(self.known[key])
        self.follow.append(Counter())
        return _Piece(Counter({number: 1}), Counter({number: 1}), 0)

    def repeated(self, least: Any, most: Any, items: Any) -> _Piece:
        whole = _Piece()
        endless = str(most) == "MAXREPEAT"
        for _ in range(min(int(least), _COPIES)):
            whole = self.joined(whole, self.sequence(items))
        if endless:
            piece = self.sequence(items)
            self.lead(piece.last, piece.first)
            return self.joined(whole, _Piece(piece.first, piece.last, 1))
        for _ in range(min(int(most), _COPIES) - min(int(least), _COPIES)):
            piece = self.sequence(items)
            whole = self.joined(whole, _Piece(piece.first, piece.last, 1))
        return whole

    def pump(self) -> tuple[str, str] | None:
        """Return a text that leads to a state, and one that leads back to it in two ways."""
        for state in range(len(self.characters)):
            text = self.back_in_two_ways(state)
            before = self.way_to(state)
            if text is not None and before is not None:
                return before, text
        return None

    def back_in_two_ways(self, start: int) -> str | None:
        # Both ways are followed at once; whether they have parted belongs to the place.
        waiting = deque([(start, start, False, "")])
        seen = {(start, start, False)}
        while waiting:
            one, other, parted, text = waiting.popleft()
            for to_one, ways in self.follow[one].items():
                for to_other in self.follow[other]:
                    shared = self.characters[to_one] & self.characters[to_other]
                    if not shared:
                        continue
                    now = parted or to_one != to_other or (one == other and ways > 1)
                    longer = text + min(shared)
                    if now and to_one == to_other == start:
                        return longer
                    place = (to_one, to_other, now)
                    if place not in seen:
                        seen.add(place)
                        waiting.append((*place, longer))
            if len(seen) > _STATES * 50:
                return None
        return None

    def way_to(self, state: int) -> str | None:
        """Return a text that ends in a state."""
        waiting = deque((first, self.any_of(first)) for first in self.whole.first)
        seen = set(self.whole.first)
        while waiting:
            at, text = waiting.popleft()
            if at == state:
                return text
            for following in self.follow[at]:
                if following not in seen:
                    seen.add(following)
                    waiting.append((following, text + self.any_of(following)))
        return None

    def any_of(self, state: int) -> str:
        return min(self.characters[state], default="")


def _sum(one: Counter[int], *others: Any) -> Counter[int]:
    """Add up the ways of counters; a number says how often the counter before it counts."""
    whole: Counter[int] = Counter(one)
    parts = list(others)
    times = parts.pop() if parts and isinstance(parts[-1], int) else 1
    for other in parts:
        for state, ways in other.items():
            whole[state] = min(2, whole[state] + ways * times)
    return Counter({state: ways for state, ways in whole.items() if ways})


def slow_text(regex: re.Pattern[str]) -> str | None:
    """Return a text that a regex takes exponential time to refuse, ``None`` if none was found.

    It is matched from the beginning of the text.
    """
    if not re.search(r"[*+}]", regex.pattern):
        return None
    try:
        automaton = _Automaton(_parser.parse(regex.pattern, regex.flags), regex.flags)
        found = automaton.pump()
    except (_LeftOutError, RecursionError):
        return None
    if found is None:
        return None
    before, again = found
    for end in _STRANGE:
        if regex.match(before + again * 3 + end) is not None:
            continue
        for times in range(4, _REPEATS):
            text = before + again * times + end
            start = perf_counter()
            regex.match(text)
            if perf_counter() - start > _SECONDS:
                return text
    return None
