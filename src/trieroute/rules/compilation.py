"""What a map keeps of a compilation: the order of its rules, and the compiler of its trie.

With these, a rule that is added or removed costs a copy of the trie, and not a compilation of all
rules. They are changed in place, so one thread at a time works with them; what they make is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from .._core.compiler import Compiler
from .._core.target import Target
from .._core.trie import Trie
from .order import MatchOrder, Order, OrderedRule

__all__ = ["Compilation"]


class Compilation:
    """The rules of a map, compiled, in a form that can take up changes.

    :param rules: the rules that can match, in order of insertion.
    :param targets: a target for each of them.
    :param match_order: ``"weights"``, ``"segments"`` or ``"registration"``.
    :param siblings: the rules of endpoints that redirect to each other, which no change touches.
    """

    def __init__(
        self,
        rules: Sequence[OrderedRule],
        targets: list[Target],
        match_order: MatchOrder,
        siblings: dict[Any, tuple[Any, ...]],
    ) -> None:
        self.siblings = siblings
        self._order = Order(rules, match_order)
        self._compiler = Compiler(targets, *self._order.ranks)

    @property
    def trie(self) -> Trie:
        """The last trie."""
        return self._compiler.trie

    def change(self, changes: Iterable[tuple[OrderedRule | None, Target]]) -> bool:
        """Make the trie after some changes.

        :param changes: rules that were added, each with its target, and ``None`` with the targets
            of rules that were removed.
        :return: whether it was made; otherwise all rules have to be compiled anew.
        """
        for rule, target in changes:
            if rule is None:
                number = self._compiler.remove(target)
                if number < 0 or not self._order.remove(number):
                    return False
            else:
                placed = self._order.add(rule)
                if placed is None:
                    return False
                number, ranks = placed
                self._compiler.add(target, number, *ranks)
        return self._compiler.change() is not None
