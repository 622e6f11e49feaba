"""Reading a whole map of Werkzeug's: its settings, and its rules as they were added."""

from __future__ import annotations

from typing import Any

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
)


def in_order_of_insertion(old: Any) -> list[Any]:
    """Put the rules of a map of Werkzeug's in an order in which they may have been added.

    Werkzeug keeps no such list, but everything that depends on the order it keeps: the rules of a
    state, the variable transitions of equal weight that leave a state, the endpoints, and the rules
    of an endpoint that are equal when a URL is built. An order that agrees with all of these gives
    the same matches and the same URLs.

    :param old: the map; it is left as it is.
    :return: all rules that are matched or built. A program may have taken some of them out of
        ``_rules_by_endpoint``.
    """
    old.update()
    #: What was added before a rule, and what is there once the rule is; by the rule's identity.
    needs: dict[int, set[int]] = {}
    adds: dict[int, set[int]] = {}
    waiting = [rule for rules in old._rules_by_endpoint.values() for rule in rules]
    listed = set(map(id, waiting))
    states: list[tuple[Any, frozenset[int], frozenset[int]]] = [
        (old._matcher._root, frozenset(), frozenset())
    ]
    while states:
        state, needed, added = states.pop()
        previous: set[int] = set()
        # A map that looks for redirects fails to match a rule whose endpoint is not listed.
        matched = [
            rule
            for rule in state.rules
            if rule.endpoint in old._rules_by_endpoint or not old.redirect_defaults
        ]
        waiting += [rule for rule in matched if id(rule) not in listed]
        for rule in matched:
            needs[id(rule)] = {*needed, *previous}
            adds[id(rule)] = {*added, id(rule)}
            previous = {id(rule)}
        states += [(following, needed, added) for following in state.static.values()]
        before = None
        for part, following in state.dynamic:
            if before is not None and before[0].weight == part.weight:
                earlier = needed | {id(before[1])}
            else:
                earlier = needed
            states.append((following, earlier, added | {id(following)}))
            before = part, following
    opened: set[int] = set()
    for same_endpoint in old._rules_by_endpoint.values():
        last: dict[Any, int] = {}
        for rule in same_endpoint:
            key = rule.build_compare_key()
            needs.setdefault(id(rule), set()).update(opened, {last[key]} if key in last else ())
            adds.setdefault(id(rule), {id(rule)}).add(id(same_endpoint))
            last[key] = id(rule)
        opened = {id(same_endpoint)}

    known = set().union(*(adds[id(rule)] for rule in waiting))
    for rule in waiting:
        needs[id(rule)] &= known
    done: set[int] = set()
    ordered = []
    while waiting:
        ready = (index for index, rule in enumerate(waiting) if needs[id(rule)] <= done)
        rule = waiting.pop(next(ready, 0))
        done |= adds[id(rule)]
        ordered.append(rule)
    return ordered
