"""Two maps, one of Werkzeug's and one of trieroute's, of the same rules in the same order.

A map of Werkzeug's stands beside what ``install`` would make of it. A map of trieroute's is copied
for both, without what the program's own classes override.

Werkzeug's names come from its submodules: those of ``werkzeug.routing`` may have been replaced.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import werkzeug.routing.converters
import werkzeug.routing.map
import werkzeug.routing.rules

from ..converters import DEFAULT_CONVERTERS
from ..dropin.install import classes, taken_over
from ..dropin.werkzeug_map import MAP_SETTINGS, in_order_of_insertion
from ..map import Map
from ..rules.rule import SETTINGS, Rule
from .application import map_of

__all__ = ["Copies", "Refusal", "copies"]

_PLAIN_GET_CONVERTER = (Rule.get_converter, werkzeug.routing.rules.Rule.get_converter)


@dataclass
class Refusal:
    """A rule that only one of the two takes, and what each said."""

    rule: Any
    theirs: Exception | None
    ours: Exception | None


@dataclass
class Copies:
    """Two maps whose rules correspond by their place in the lists.

    :param refused: what ``install`` would raise; there are no rules then.
    """

    theirs: Any
    ours: Map
    their_rules: list[Any] = field(default_factory=list)
    our_rules: list[Rule] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    refused: Exception | None = None


def copies(application: Any, match_order: str) -> Copies:
    """Make the two maps of an application.

    :param application: an application of Flask or Quart, or a map of Werkzeug's or of trieroute's;
        it stays as it is.
    :param match_order: match order of trieroute's map.
    :return: the maps, with the rules that both take. Werkzeug's is the application's own, if that
        is one of Werkzeug's.
    :raise TargetError: there is no map.
    """
    url_map = map_of(application)
    try:
        if hasattr(application, "url_rule_class"):
            classes(application, match_order)
        if isinstance(url_map, Map):
            return _plain(url_map, match_order)
        ours = taken_over(url_map, match_order)
    except (TypeError, ValueError, LookupError) as error:
        return Copies(url_map, Map(), refused=error)
    return Copies(url_map, ours, in_order_of_insertion(url_map), list(ours._inserted))


def _plain(url_map: Map, match_order: str) -> Copies:
    """Copy a map of trieroute's twice."""
    settings = {name: getattr(url_map, name) for name in MAP_SETTINGS}
    settings["converters"] = {
        name: converter
        for name, converter in url_map.converters.items()
        if converter is not werkzeug.routing.converters.DEFAULT_CONVERTERS.get(name)
        and converter is not DEFAULT_CONVERTERS.get(name)
    }
    found = Copies(werkzeug.routing.map.Map(**settings), Map(**settings, match_order=match_order))
    for rule in list(url_map._inserted):
        refusal = Refusal(
            rule,
            _refused(rule, werkzeug.routing.rules.Rule, found.theirs),
            _refused(rule, Rule, found.ours),
        )
        if refusal.theirs is not None or refusal.ours is not None:
            found.refusals.append(refusal)
            continue
        found.their_rules.append(_copy(rule, werkzeug.routing.rules.Rule))
        found.theirs.add(found.their_rules[-1])
        found.our_rules.append(_copy(rule, Rule))
        found.ours.add(found.our_rules[-1])
    found.theirs.update()
    found.ours.update()
    return found


def _copy(rule: Any, rule_class: Any) -> Any:
    # Werkzeug's own empty() loses settings.
    copy = rule_class(rule.rule, **{name: getattr(rule, name) for name in SETTINGS})
    if rule.methods is not None:
        # They may have been changed since the rule was made.
        copy.methods = set(rule.methods)
    if type(rule).get_converter not in _PLAIN_GET_CONVERTER:
        copy.get_converter = rule.get_converter
    return copy


def _refused(rule: Any, rule_class: Any, url_map: Any) -> Exception | None:
    """Return what the map would raise for the rule."""
    try:
        _copy(rule, rule_class).bind(url_map)
    except (ValueError, LookupError, TypeError, SyntaxError, re.error) as error:
        return error
    return None
