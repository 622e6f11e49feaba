"""The three match orders: rules in, ranks out.

A rule can match in three forms: *exact*, with the path as the rule states it; *lacking* its last
slash; and *tolerated*, with one slash too many. Each form of each rule is an entry with a rank of
its own, and of all entries that match a request the lowest rank wins. So an order is nothing but a
numbering.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, NamedTuple, Protocol

from .._core.part import Part
from .compiled import CompiledRule

__all__ = ["MATCH_ORDERS", "OrderedRule", "Ranks", "ranks"]


class OrderedRule(Protocol):
    """A bound rule that can match, as an order sees it."""

    @property
    def _compiled(self) -> CompiledRule | None: ...

    def match_compare_key(self) -> Any:
        """Return its place in the order ``weights``."""

    @property
    def _compares_plainly(self) -> bool: ...


class Ranks(NamedTuple):
    """The ranks of rules: each list has a number for each rule.

    :param exact: the rank of the path as the rule states it.
    :param lacking: the rank of a branch whose last slash is missing.
    :param tolerated: the rank of the path with a slash too many.
    """

    exact: list[int]
    lacking: list[int]
    tolerated: list[int]


def ranks(rules: Sequence[OrderedRule], match_order: str) -> Ranks:
    """Number the entries of rules.

    :param rules: bound rules, in order of insertion.
    :param match_order: ``"weights"``, ``"segments"`` or ``"registration"``.
    """
    numbers = [0] * (3 * len(rules))
    for rank, entry in enumerate(MATCH_ORDERS[match_order](rules)):
        numbers[entry] = rank
    return Ranks(numbers[::3], numbers[1::3], numbers[2::3])


# Each order gives the entries in order: of rule number n, 3n is the exact form, 3n + 1 the one that
# lacks its slash, 3n + 2 the one that tolerates one.


def _by_weights(rules: Sequence[OrderedRule]) -> list[int]:
    """Order the whole map by ``match_compare_key``; an exact form first, then insertion."""
    keys = _compare_keys(rules)
    entries: list[int] = []
    inexact: list[int] = []
    before = None
    for index in sorted(range(len(rules)), key=keys.__getitem__):
        if keys[index] != before:
            entries += inexact
            inexact.clear()
            before = keys[index]
        entries.append(3 * index)
        inexact += (3 * index + 1, 3 * index + 2)
    return entries + inexact


def _compare_keys(rules: Sequence[OrderedRule]) -> list[Any]:
    """Return a key for each rule, in the order of their ``match_compare_key``."""
    if all(rule._compares_plainly for rule in rules):
        return [_compiled(rule).sort_key for rule in rules]
    return [rule.match_compare_key() for rule in rules]


def _compiled(rule: OrderedRule) -> CompiledRule:
    assert rule._compiled is not None
    return rule._compiled


def _by_registration(rules: Sequence[OrderedRule]) -> list[int]:
    """First added wins, whatever its form."""
    return list(range(3 * len(rules)))


class _State:
    """A state of the segment machine: the rules that end in it, and where it leads to.

    What it leads to is the one rule that goes there, by its index, or a state where there are more.
    """

    # Most states have no more than one of these.
    __slots__ = ("ends", "static", "variable")

    def __init__(self) -> None:
        self.ends: list[int] | None = None
        #: By text.
        self.static: dict[str | None, _State | int] | None = None
        #: By identity, with the weight.
        self.variable: dict[tuple[Any, ...], tuple[tuple[Any, ...], _State | int]] | None = None

    def lead(self, parts: tuple[Part, ...], depth: int, index: int) -> _State | int:
        """Lead a rule on by its part at a depth; return what is there, the rule if nothing was."""
        if depth == len(parts):
            if self.ends is None:
                self.ends = []
            self.ends.append(index)
            return index
        part = parts[depth]
        if part.pattern is None:
            if self.static is None:
                self.static = {}
            return self.static.setdefault(part.text, index)
        if self.variable is None:
            self.variable = {}
        return self.variable.setdefault(part.identity, (part.weight, index))[1]

    def put(self, part: Part, state: _State) -> None:
        """Put a state in the place of the one rule that a part led to."""
        if part.pattern is None:
            assert self.static is not None
            self.static[part.text] = state
        else:
            assert self.variable is not None
            self.variable[part.identity] = (part.weight, state)


def _by_segments(rules: Sequence[OrderedRule]) -> list[int]:
    """The order in which a depth-first search, static before variable, meets the entries.

    In each state it looks at what ends there, at the static segment, at the variable ones by
    weight, and at last at what tolerates a slash. What lacks its slash comes with what ends behind
    it: no other entry of the same path is in between.
    """
    root = _State()
    for index, rule in enumerate(rules):
        _lead(root, rules, index, _parts(rule))
    entries: list[int] = []
    # What is still to be visited; a tuple holds the rules whose slashes too many come now.
    stack: list[_State | int | tuple[int, ...]] = [root]
    while stack:
        top = stack.pop()
        if isinstance(top, int):
            entries += (3 * top, 3 * top + 1, 3 * top + 2)
        elif isinstance(top, tuple):
            entries += [3 * index + 2 for index in top]
        else:
            if top.ends:
                entries += [3 * index for index in top.ends]
                entries += [3 * index + 1 for index in top.ends]
                stack.append(tuple(top.ends))
            if top.variable:
                # `sorted` is stable: variables of equal weight stay in order of insertion.
                weighed = sorted(top.variable.values(), key=itemgetter(0))
                stack += [following for _, following in reversed(weighed)]
            if top.static:
                stack += top.static.values()
    return entries


def _parts(rule: OrderedRule) -> tuple[Part, ...]:
    compiled = _compiled(rule)
    assert compiled.domain.part is not None
    return (compiled.domain.part, *compiled.parts)


def _lead(root: _State, rules: Sequence[OrderedRule], index: int, parts: tuple[Part, ...]) -> None:
    """Lead a rule through the states, with a new state wherever it meets another rule."""
    state = root
    depth = 0
    while (found := state.lead(parts, depth, index)) != index:
        if isinstance(found, int):
            # Two rules go there now, of which the other one gets no further than this.
            met = _State()
            met.lead(_parts(rules[found]), depth + 1, found)
            state.put(parts[depth], met)
            found = met
        state = found
        depth += 1


#: The match orders by name.
MATCH_ORDERS: dict[str, Callable[[Sequence[OrderedRule]], list[int]]] = {
    "weights": _by_weights,
    "segments": _by_segments,
    "registration": _by_registration,
}
