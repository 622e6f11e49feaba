"""Reading a whole map of Werkzeug's: its settings, and its rules as they were added."""

from __future__ import annotations

from heapq import merge
from itertools import chain, groupby
from typing import Any

from .._core.werkzeug_version import SUBDOMAIN_MATCHING
from .._rules.matcher import check_matcher

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


def in_order_of_insertion(old: Any) -> tuple[list[Any], set[int]]:
    """Put the rules of a map of Werkzeug's in an order in which they may have been added.

    Werkzeug keeps no such list. Its matches depend on two orders alone, which its states keep: that
    of the rules of a state, and that of the variable transitions of equal weight that leave it. An
    order that agrees with these gives the same matches. Where it is free, rules stand as they are
    listed by endpoint, since endpoints are listed in the order in which they were added.

    :param old: the map; it is left as it is.
    :return: all rules that are matched or built, some of which a program may have taken out of
        ``_rules_by_endpoint``; and the identities of those that are matched, which a program may
        have taken out of the matcher.
    :raise TypeError: its matcher is none of Werkzeug's own.
    """
    check_matcher(old._matcher)
    old.update()
    rules = [rule for listed in old._rules_by_endpoint.values() for rule in listed]
    places = {id(rule): place for place, rule in enumerate(rules)}
    in_states: set[int] = set()

    def place_of(rule: Any) -> int:
        # What is not listed goes behind what is.
        place = places.setdefault(id(rule), len(rules))
        if place == len(rules):
            rules.append(rule)
        return place

    def places_behind(state: Any) -> list[int]:
        # Most states lead to one other state, and to nothing else.
        while len(state.static) == 1 and not state.rules and not state.dynamic:
            (state,) = state.static.values()
        # A map that looks for redirects fails to match a rule whose endpoint is not listed.
        in_states.update(map(id, state.rules))
        ends = [
            place_of(rule)
            for rule in state.rules
            if rule.endpoint in old._rules_by_endpoint or not old.redirect_defaults
        ]
        if not state.static and not state.dynamic:
            return ends
        sequences = [ends, *map(places_behind, state.static.values())]
        for _, transitions in groupby(state.dynamic, lambda transition: transition[0].weight):
            sequence: list[int] = []
            for _, following in reversed(list(transitions)):
                # The first rule behind a transition made it, before the transitions after it.
                behind = places_behind(following)
                sequence = behind[:1] + _merged([behind[1:], sequence])
            sequences.append(sequence)
        return _merged(sequences)

    listed = len(rules)
    matched = places_behind(old._matcher._root)
    known = set(matched)
    others = [place for place in range(listed) if place not in known]
    return [rules[place] for place in _merged([matched, others])], in_states


def _merged(sequences: list[list[int]]) -> list[int]:
    """Merge sequences, each of which keeps its order."""
    filled = [sequence for sequence in sequences if sequence]
    if len(filled) < 2:
        return filled[0] if filled else []
    if all(sequence == sorted(sequence) for sequence in filled):
        return sorted(chain(*filled))
    return list(merge(*filled))
