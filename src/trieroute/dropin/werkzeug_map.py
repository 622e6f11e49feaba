"""Reading a whole map of Werkzeug's: its settings, and its rules as they were added."""

from __future__ import annotations

from heapq import merge
from itertools import groupby
from typing import Any

from .._core.installed import SUBDOMAIN_MATCHING

__all__ = ["MAP_SETTINGS", "in_order_of_insertion"]

#: The settings that both maps have, as arguments of the constructor and as attributes.
MAP_SETTINGS = (
    "default_subdomain",
    "strict_slashes",
    "merge_slashes",
    "redirect_defaults",
    "sort_parameters",
    "sort_key",
    "host_matching",
    *(["subdomain_matching"] if SUBDOMAIN_MATCHING else ()),
)


def in_order_of_insertion(old: Any) -> list[Any]:
    """Put the rules of a map of Werkzeug's in an order in which they may have been added.

    Werkzeug keeps no such list. Its matches depend on two orders alone, which its states keep: that
    of the rules of a state, and that of the variable transitions of equal weight that leave it. An
    order that agrees with these gives the same matches. Where it is free, rules stand as they are
    listed by endpoint, since endpoints are listed in the order in which they were added.

    :param old: the map; it is left as it is.
    :return: all rules that are matched or built. A program may have taken some of them out of
        ``_rules_by_endpoint``.
    """
    old.update()
    listed = [rule for rules in old._rules_by_endpoint.values() for rule in rules]
    places = {id(rule): place for place, rule in enumerate(listed)}

    def merged(*sequences: list[Any]) -> list[Any]:
        return list(merge(*sequences, key=lambda rule: places.get(id(rule), len(places))))

    def rules_behind(state: Any) -> list[Any]:
        # A map that looks for redirects fails to match a rule whose endpoint is not listed.
        ends = [
            rule
            for rule in state.rules
            if rule.endpoint in old._rules_by_endpoint or not old.redirect_defaults
        ]
        sequences = [ends, *map(rules_behind, state.static.values())]
        for _, transitions in groupby(state.dynamic, lambda transition: transition[0].weight):
            sequence: list[Any] = []
            for _, following in reversed(list(transitions)):
                # The first rule behind a transition made it, before the transitions after it.
                behind = rules_behind(following)
                sequence = behind[:1] + merged(behind[1:], sequence)
            sequences.append(sequence)
        return merged(*sequences)

    matched = rules_behind(old._matcher._root)
    known = set(map(id, matched))
    return merged(matched, [rule for rule in listed if id(rule) not in known])
