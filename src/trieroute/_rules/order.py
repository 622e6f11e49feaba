"""The three match orders: rules in, ranks out.

A rule can match in three forms: *exact*, with the path as the rule states it; *lacking* its last
slash; and *tolerated*, with one slash too many. Each form of each rule is an entry with a rank of
its own, and of all entries that match a request the lowest rank wins. So an order is nothing but a
numbering.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeAlias

from .._core.entry_order import by_keys, by_segments, by_weights, sort_key
from .._core.part import Part
from .._core.rule_binding import compare_plainly
from .._core.target import Target
from .compiled import CompiledRule

__all__ = ["MATCH_ORDERS", "MatchOrder", "Order", "Ranks", "check_order"]

#: The names of the match orders.
MatchOrder: TypeAlias = Literal["weights", "segments", "registration"]

#: Ranks lie below this.
_MOST_RANK = 2**32 - 1
#: A rule of more parts than this is a rare one.
_DEEP = 64


class Ranks:
    """The ranks of targets: each list has a number for each of them.

    :param exact: the rank of the path as the rule states it.
    :param lacking: the rank of a branch whose last slash is missing.
    :param tolerated: the rank of the path with a slash too many.
    """

    __slots__ = ("exact", "lacking", "tolerated")

    def __init__(self, exact: list[int], lacking: list[int], tolerated: list[int]) -> None:
        self.exact = exact
        self.lacking = lacking
        self.tolerated = tolerated


class Order:
    """The entries of a map's targets in order, among which those of one more can be put.

    Ranks are numbered with gaps, so a rule that is added gets ranks between those of others, which
    stay as they are. A removed rule keeps its entries, which count no more.

    :param targets: rules that can match, in order of insertion; the number of a rule is its place
        here. A rule may be compiled again at any time, so nothing is asked of it but its own key.
    :param match_order: the name of the order.
    """

    def __init__(self, targets: Sequence[Target], match_order: MatchOrder) -> None:
        self._rules: list[CompiledRule] = [target.compiled for target in targets]
        self._match_order = match_order
        self._plain = match_order != "weights" or compare_plainly(targets)
        if self._plain:
            entries = MATCH_ORDERS[match_order](self._rules)
        else:
            entries = by_keys([target.rule.match_compare_key() for target in targets])
        #: Half of the numbers are left for what is added behind all others.
        self._step = _MOST_RANK // (2 * len(entries) + 2)
        self._entries = array("I", entries)
        self._ranks = array("I", range(self._step, self._step * (len(entries) + 1), self._step))
        self._gone: set[int] = set()
        self._find = {
            "weights": self._by_weight,
            "segments": self._by_segment,
            "registration": self._by_registration,
        }[match_order]
        #: The states of the order ``segments`` that were asked for, by the steps that lead there
        #: from the root. Under the key ``None``, a state has the variables that lead on, with the
        #: weight and the number of the first rule that has them there.
        self._states: dict[Any, dict[Any, Any]] = {}

    @property
    def ranks(self) -> Ranks:
        """The ranks of all rules by their numbers."""
        numbers = [0] * len(self._entries)
        for entry, rank in zip(self._entries, self._ranks, strict=True):
            numbers[entry] = rank
        return Ranks(numbers[::3], numbers[1::3], numbers[2::3])

    def add(self, target: Target) -> tuple[int, list[int]] | None:
        """Put the entries of one more rule in their places.

        :return: its number, and the ranks of its three forms; ``None`` if there is no room for
            them, a program's own keys decide, or the other rules would have to move: make a new
            order of all rules.
        """
        if not self._plain or (self._match_order == "weights" and not compare_plainly((target,))):
            return None
        number = len(self._rules)
        self._rules.append(target.compiled)
        ranks = []
        for form in range(3):
            place = self._find(number, form)
            if place is None:
                return None
            lower = self._ranks[place - 1] if place else 0
            upper = self._ranks[place] if place < len(self._ranks) else _MOST_RANK
            # Most rules are added behind the ones like them, so the larger part is left there.
            rank = lower + min(self._step, (upper - lower + 7) // 8)
            if rank >= upper:
                return None
            self._entries.insert(place, 3 * number + form)
            self._ranks.insert(place, rank)
            ranks.append(rank)
        return number, ranks

    def remove(self, number: int) -> bool:
        """Leave a rule out from now on.

        :return: whether the others stay in order; otherwise, make a new order of all rules.
        """
        if self._match_order == "segments" and self._leads(number):
            return False
        self._gone.add(number)
        return 2 * len(self._gone) <= len(self._rules)

    def _by_registration(self, number: int, form: int) -> int:
        return len(self._entries)

    def _by_weight(self, number: int, form: int) -> int:
        def key(entry: int) -> tuple[Any, bool]:
            return sort_key(self._rules[entry // 3]), entry % 3 > 0

        return bisect_right(self._entries, key(3 * number + form), key=key)

    def _by_segment(self, number: int, form: int) -> int | None:
        parts = _parts(self._rules[number])
        place = self._place(parts, form)
        state: dict[Any, dict[Any, Any]] | None = self._states
        for part in parts:
            if state is None:
                break
            if None in state and part.pattern is not None:
                state[None].setdefault(part.identity, (part.weight, number))
            state = state.get(_step(part))
        return place

    def _place(self, parts: tuple[Part, ...], form: int) -> int | None:
        """Return the place behind all entries that come before one with these parts."""
        try:
            return bisect_left(self._entries, True, key=lambda e: self._follows(e, parts, form))
        except _Undecided:
            return None

    def _follows(self, entry: int, parts: tuple[Part, ...], form: int) -> bool:
        """Tell whether an entry comes after one with these parts that is the newest."""
        own = _parts(self._rules[entry // 3])
        for depth, (ours, theirs) in enumerate(zip(own, parts, strict=False)):
            if ours.pattern is None or theirs.pattern is None:
                if ours.pattern is not theirs.pattern:
                    return theirs.pattern is None
                if ours.text != theirs.text:
                    assert ours.text is not None and theirs.text is not None
                    return ours.text > theirs.text
            elif ours.identity != theirs.identity:
                if ours.weight != theirs.weight:
                    return bool(ours.weight > theirs.weight)
                known = self._variables_at(parts[:depth])
                if theirs.identity not in known:
                    return False
                first = known[theirs.identity][1]
                if first in self._gone:
                    raise _Undecided
                return known[ours.identity][1] > first
        if len(own) == len(parts):
            return entry % 3 > form
        return form < 2 if len(own) > len(parts) else entry % 3 == 2

    def _variables_at(self, parts: tuple[Part, ...]) -> dict[Any, tuple[Any, int]]:
        """Return what leads on from the state behind these parts, see `_states`."""
        state = self._states
        for part in parts:
            state = state.setdefault(_step(part), {})
        known: dict[Any, tuple[Any, int]] | None = state.get(None)
        if known is None:
            known = state[None] = {}
            first, last = self._place(parts, -1), self._place(parts, 3)
            if first is None or last is None:
                raise _Undecided
            for number in sorted({entry // 3 for entry in self._entries[first:last]}):
                own = _parts(self._rules[number])
                if len(own) > len(parts) and own[len(parts)].pattern is not None:
                    part = own[len(parts)]
                    known.setdefault(part.identity, (part.weight, number))
        return known

    def _leads(self, number: int) -> bool:
        """Tell whether a variable of a rule has its place among others because of that rule."""
        parts = _parts(self._rules[number])
        if len(parts) > _DEEP:
            # Asking at each depth takes longer than a new order.
            return True
        for depth, part in enumerate(parts):
            if part.pattern is not None:
                try:
                    known = self._variables_at(parts[:depth])
                except _Undecided:
                    return True
                weights = [weight for weight, _ in known.values()]
                if known[part.identity][1] == number and weights.count(part.weight) > 1:
                    below = parts[: depth + 1]
                    numbers = {
                        entry // 3
                        for entry in self._entries[self._place(below, -1) : self._place(below, 3)]
                    }
                    if numbers - self._gone != {number}:
                        return True
        return False


class _Undecided(Exception):
    """The rule that decides the place of an entry was removed."""


def _parts(compiled: CompiledRule) -> tuple[Part, ...]:
    assert compiled.domain.part is not None
    return (compiled.domain.part, *compiled.parts)


def _step(part: Part) -> Any:
    return part.text if part.pattern is None else part.identity


def check_order(name: str) -> None:
    """Raise a ``ValueError`` for what is no match order."""
    if name not in MATCH_ORDERS:
        known = ", ".join(map(repr, MATCH_ORDERS))
        raise ValueError(f"match_order must be one of {known}, not {name!r}")


#: The match orders by name.
MATCH_ORDERS: dict[MatchOrder, Callable[[Sequence[CompiledRule]], list[int]]] = {
    "weights": by_weights,
    "segments": by_segments,
    # The rule that was added first wins, whatever its form.
    "registration": lambda rules: list(range(3 * len(rules))),
}
