"""The three match orders: rules in, ranks out.

A rule can match in three forms: *exact*, with the path as the rule states it; *lacking* its last
slash; and *tolerated*, with one slash too many. Each form of each rule is an entry with a rank of
its own, and of all entries that match a request the lowest rank wins. So an order is nothing but a
numbering.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .patterns import Part
    from .rules import Rule

__all__ = ["MATCH_ORDERS", "ranks"]

_Keys = list[tuple[Any, ...]]


def ranks(rules: Sequence[Rule], match_order: str) -> list[tuple[int, int, int]]:
    """Number the entries of bound rules.

    :param rules: bound rules, in order of insertion.
    :param match_order: ``"weights"``, ``"segments"`` or ``"registration"``.
    :return: for each rule the ranks of its exact, lacking and tolerated form.
    """
    keys = MATCH_ORDERS[match_order](rules)
    numbers = [0] * len(keys)
    for rank, entry in enumerate(sorted(range(len(keys)), key=keys.__getitem__)):
        numbers[entry] = rank
    return list(zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True))


def _by_weights(rules: Sequence[Rule]) -> _Keys:
    """Rank over the whole map by ``match_compare_key``; an exact form first, then insertion."""
    keys: _Keys = []
    for rule in rules:
        key = rule.match_compare_key()
        keys += [(key, False), (key, True), (key, True)]
    return keys


def _by_registration(rules: Sequence[Rule]) -> _Keys:
    """First added wins, whatever its form."""
    return [(index,) for index in range(len(rules)) for _ in range(3)]


# Where an entry stands in its state when states are searched depth first: what ends here, what
# ends here but for a slash, static segments, variable ones by weight, and what tolerates a slash.
_ENDS, _LACKS_SLASH, _STATIC, _VARIABLE, _TOLERATES = range(5)


class _State:
    """A state of the segment machine: its static and its variable transitions."""

    __slots__ = ("place", "static", "variable")

    def __init__(self) -> None:
        self.static: dict[str, _State] = {}
        self.variable: dict[tuple[Any, ...], tuple[Part, _State]] = {}
        #: identity of a variable transition -> its place among them; filled when all rules are in.
        self.place: dict[tuple[Any, ...], int] = {}


def _by_segments(rules: Sequence[Rule]) -> _Keys:
    """The order in which a depth-first search, static before variable, meets the entries."""
    root = _State()
    paths = []
    for rule in rules:
        state = root
        path = []
        for part in rule._parts:
            path.append((state, part))
            if part.pattern is None:
                assert part.text is not None
                following = state.static.get(part.text)
                if following is None:
                    following = state.static[part.text] = _State()
                state = following
            else:
                transition = state.variable.get(part.identity)
                if transition is None:
                    transition = state.variable[part.identity] = (part, _State())
                state = transition[1]
        paths.append(path)

    keys: _Keys = []
    for rule, path in zip(rules, paths, strict=True):
        steps = tuple(_step(state, part) for state, part in path)
        # The last step of a branch is the empty segment behind its slash.
        before = steps[:-1] if rule.is_branch else steps
        keys += [(*steps, (_ENDS,)), (*before, (_LACKS_SLASH,)), (*steps, (_TOLERATES,))]
    return keys


def _step(state: _State, part: Part) -> tuple[int, ...]:
    if part.pattern is None:
        return (_STATIC,)
    if not state.place:
        weighed = sorted(state.variable, key=lambda identity: state.variable[identity][0].weight)
        state.place = {identity: place for place, identity in enumerate(weighed)}
    return (_VARIABLE, state.place[part.identity])


#: The match orders by name; each gives three sort keys a rule, one a form.
MATCH_ORDERS: dict[str, Callable[[Sequence[Rule]], _Keys]] = {
    "weights": _by_weights,
    "segments": _by_segments,
    "registration": _by_registration,
}
