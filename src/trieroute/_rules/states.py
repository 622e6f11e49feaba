"""States of a map: how the next one is compiled, and what is kept of it for the one after that.

The lists of rules belong to the map. Here it is written down how they change. With that, and with
the order of the rules and the compiler of their trie, a rule that is added or removed costs a copy
of the trie, and not a compilation of all rules.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from itertools import chain
from typing import Any, TypeAlias, cast

from .._core.binding import BindableMap
from .._core.changes import Changes
from .._core.compiler import Compiler
from .._core.locks import locked
from .._core.rule_binding import (
    any_redirects,
    is_matchable,
    provides_defaults,
    targets_of,
)
from .._core.state import MapState
from .._core.target import Target
from .map_protocol import RuleMap
from .methods import exact_methods
from .order import MatchOrder, Order
from .rule import Rule
from .tracked import sort_for_building

__all__ = ["CompiledMap"]

#: Changes of the lists of rules: the rules of each, with `None` if they were added, and with the
#: target that they had if they were removed.
Log: TypeAlias = list[list[tuple[Rule, Any]]]


class Compilation:
    """The rules of a map, compiled, in a form that can take up changes.

    It is changed in place, so one thread at a time works with it; the tries that it makes are not.

    :param targets: the rules that can match, in order of insertion.
    :param siblings: the rules of endpoints that redirect to each other, which no change touches.
    """

    def __init__(
        self,
        targets: list[Target],
        match_order: MatchOrder,
        siblings: dict[Any, tuple[Any, ...]],
    ) -> None:
        self.siblings = siblings
        #: A rule may be among those of another endpoint than its own, which was set since then.
        self.redirecting = {id(rule) for same in siblings.values() for rule in same}
        self._order = Order(targets, match_order)
        ranks = self._order.ranks
        self.compiler = Compiler(targets, ranks.exact, ranks.lacking, ranks.tolerated)

    def change(self, changes: Iterable[tuple[bool, Target]]) -> bool:
        """Make the trie after some changes.

        :param changes: pairs: whether a rule was added, or else removed; and its target.
        :return: whether it was made; otherwise all rules have to be compiled anew.
        """
        for added, target in changes:
            if not added:
                number = self.compiler.remove(target)
                if number < 0 or not self._order.remove(number):
                    return False
            else:
                placed = self._order.add(target)
                if placed is None:
                    return False
                number, ranks = placed
                self.compiler.add(target, number, *ranks)
        return self.compiler.change() is not None


class CompiledMap(BindableMap):
    """The part of a map that compiles its rules."""

    host_matching: bool
    merge_slashes: bool
    redirect_defaults: bool
    sort_parameters: bool
    _match_order: MatchOrder
    _inserted: list[Rule]
    _remap_lock: Any
    #: Held while the lists of rules are changed, or read together.
    _lists_lock: Any
    _rules_by_endpoint: Any
    #: What the last compilation has left for the next one.
    _compilation: Compilation | None
    #: The changes since then.
    _log: Log

    def _write_down(
        self, changes: Changes, rules: Iterable[Rule], targets: Iterable[Any], left: int
    ) -> None:
        """Add to changes of the lists that they are written down in the log.

        :param rules: the rules that are added or removed.
        :param targets: ``None`` for each rule that is added, its target for one that is removed.
        :param left: the number of rules that the map has then.
        """
        if self._compilation is None:
            return
        if len(self._log) < left:
            changes.append(self._log, [[*zip(rules, targets, strict=False)]])
        else:
            # Compiling all rules anew costs less, and what was removed is not kept.
            changes.set_attributes(self, {"_compilation": None, "_log": []})

    def update(self) -> None:
        """Compile the rules, if some were added or changed; matching and building call it."""
        if self._remap and not self._compiles:
            self._locked_as_compiler(self._compile_changes)

    def _compile_changes(self) -> None:
        if self._remap:
            self._compile(0)

    @property
    def _overrides_update(self) -> bool:
        """Tell whether the map or its class has another method ``update`` than this class had."""
        return type(self).update is not _UPDATE or "update" in vars(self)

    def _compile(self, ahead: int) -> None:
        """Make the next state; the thread holds the lock, and is known as the one that compiles.

        :param ahead: number of changes that it takes up before they are counted.
        """
        changes, log, compilation, lists = locked(self._lists_lock, self._take_log, ahead)
        for rules in lists:
            if len(rules) > 1:
                sort_for_building(rules)
        # Under the lock, the log has all rules of a factory or none, and a rule that is removed now
        # still has what it was compiled to. A program's own keys are asked for without the lock.
        if compilation is not None:
            news = locked(self._lists_lock, self._news, log, compilation.redirecting)
            if news is not None and compilation.change(news):
                self._compilation = compilation
            else:
                compilation = None
        if compilation is None:
            targets, siblings, whole = locked(self._lists_lock, self._all)
            compilation = Compilation(targets, self._match_order, siblings)
            if whole:
                self._compilation = compilation
        state = MapState(
            compilation.compiler.trie,
            changes,
            subdomain_matching=bool(self._finds_subdomains),
            host_matching=bool(self.host_matching),
            merge_slashes=bool(self.merge_slashes),
            redirect_defaults=bool(self.redirect_defaults),
            sorts=bool(self.sort_parameters),
            siblings=compilation.siblings,
        )
        self._publish(state, ahead)

    def _take_log(self, ahead: int) -> tuple[int, Log, Compilation | None, list[list[Rule]]]:
        """Take what has changed since the last state; what changes from now on is for the next one.

        :return: the number of changes of the next state; the log; the last compilation, if the
            log has all changes; the lists of rules that have to be sorted for building.
        """
        changes = self._changes + ahead
        log, self._log = self._log, []
        compilation, self._compilation = self._compilation, None
        # Other changes are not in the log.
        if compilation is None or len(log) != changes - self._state.changes:
            return changes, log, None, list(self._rules_by_endpoint.values())
        listed_with = self._rules_by_endpoint.listed_with
        changed = [listed_with(rule) for rule, _ in chain.from_iterable(log)]
        return changes, log, compilation, list({id(rules): rules for rules in changed}.values())

    def _all(self) -> tuple[list[Target], dict[Any, tuple[Rule, ...]], bool]:
        """Return what a compilation of all rules needs.

        :return: the targets of the rules that can match; the rules of the endpoints that redirect;
            and whether no change is left in the log, which would be taken up once more.
        """
        siblings = {
            endpoint: tuple(same)
            # A program's own rules may add others when they are asked.
            for endpoint, same in list(self._rules_by_endpoint.items())
            if any_redirects(same[:], Rule._as_made)
        }
        return self._targets(siblings), siblings, not self._log

    def _targets(self, siblings: Mapping[Any, Iterable[Rule]]) -> list[Target]:
        canonical = {
            endpoint
            for endpoint, same in siblings.items()
            if any(provides_defaults(rule, Rule._as_made) for rule in same)
        }
        return targets_of(self._inserted, self, canonical, exact_methods)

    def _news(self, log: Log, redirecting: Container[int]) -> list[tuple[bool, Target]] | None:
        """Return what a log says as changes of a compilation; ``None`` if it can't be said so.

        :param redirecting: the identities of the rules among which one redirects to another one.
        """
        news: list[tuple[bool, Target]] = []
        for rule, target in chain.from_iterable(log):
            others = self._rules_by_endpoint.listed_with(rule)
            if id(rule) in redirecting or any_redirects((rule, *others), Rule._as_made):
                return None
            if isinstance(target, Target):
                news.append((False, target))
            elif target is not None or rule.map is not self:
                # It was removed before it was compiled for the first time, or after it was added.
                if is_matchable(rule):
                    return None
            elif (made := rule._as_target(cast(RuleMap, self))) is not None:
                news.append((True, made))
        return news

    def _rules_of(self, endpoint: Any) -> list[Rule]:
        """Return the rules of an endpoint, preferred ones for building first."""
        return locked(self._lists_lock, list, self._rules_by_endpoint.get(endpoint, ()))


#: What the class had when it was made; a program may have replaced it since.
_UPDATE = CompiledMap.update
