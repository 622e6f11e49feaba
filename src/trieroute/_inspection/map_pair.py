"""Two maps, one of Werkzeug's and one of trieroute's, with the same rules in the same order.

If the application has a map of Werkzeug's, it is compared with the one that ``install`` would make
of it. If it has a map of trieroute's, both maps are copies, and they leave out what the program's
own classes override.

Werkzeug's classes are imported from its submodules, because ``patch`` may have replaced the names
in ``werkzeug.routing``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import werkzeug.routing.converters
import werkzeug.routing.map
import werkzeug.routing.rules

from .._converters import DEFAULT_CONVERTERS
from .._dropin.install import classes, taken_over
from .._dropin.werkzeug_map import MAP_SETTINGS, in_order_of_insertion
from .._map import Map
from .._rules.order import MatchOrder
from .._rules.rule import Rule
from .application import map_of
from .outcomes import Outcome, outcome_of

__all__ = ["MapPair", "map_pair"]

_PLAIN_GET_CONVERTER = (Rule.get_converter, werkzeug.routing.rules.Rule.get_converter)


@dataclass
class MapPair:
    """Werkzeug's map and trieroute's, whose rules correspond by their place in the lists.

    :param their_rules: the rules of Werkzeug's map, in order of insertion.
    :param our_rules: the rules of trieroute's map, in the same order.
    :param refusals: the rules that were left out, because a map refused them, each with what adding
        it comes to in Werkzeug's map and in trieroute's.
    :param refused: what ``install`` would raise; if it is not ``None``, the lists are empty.
    """

    theirs: Any
    ours: Map
    their_rules: list[Any] = field(default_factory=list)
    our_rules: list[Rule] = field(default_factory=list)
    refusals: list[tuple[Rule, Outcome, Outcome]] = field(default_factory=list)
    refused: Exception | None = None

    @cached_property
    def counterparts(self) -> dict[int, Any]:
        """The rule of the other map, by the identity of a rule."""
        pairs = list(zip(self.their_rules, self.our_rules, strict=True))
        return {id(one): other for pair in pairs for one, other in (pair, pair[::-1])}


def map_pair(application: Any, match_order: MatchOrder) -> MapPair:
    """Make the two maps of an application.

    :param application: an application of Flask or Quart, or a map of Werkzeug's or of trieroute's;
        it stays as it is.
    :return: the maps, with the rules that both of them take. Werkzeug's map is the application's
        own one if the application has one of Werkzeug's.
    :raise TargetError: *application* has no map.
    """
    url_map = map_of(application)
    try:
        if hasattr(application, "url_rule_class"):
            classes(application, match_order)
        if isinstance(url_map, Map):
            return _copied(url_map, match_order)
        ours = taken_over(url_map, match_order)
    except (TypeError, ValueError, LookupError) as error:
        return MapPair(url_map, Map(), refused=error)
    return MapPair(url_map, ours, in_order_of_insertion(url_map)[0], list(ours._inserted))


def _copied(url_map: Map, match_order: MatchOrder) -> MapPair:
    """Copy a map of trieroute's into both kinds of maps."""
    settings = {name: getattr(url_map, name) for name in MAP_SETTINGS}
    settings["converters"] = {
        name: converter
        for name, converter in url_map.converters.items()
        if converter is not werkzeug.routing.converters.DEFAULT_CONVERTERS.get(name)
        and converter is not DEFAULT_CONVERTERS.get(name)
    }
    pair = MapPair(werkzeug.routing.map.Map(**settings), Map(**settings, match_order=match_order))
    for rule in url_map._inserted:
        theirs = _taken(_copy(rule, werkzeug.routing.rules.Rule).bind, pair.theirs)
        ours = _taken(_copy(rule, Rule).bind, pair.ours)
        their_rule = _copy(rule, werkzeug.routing.rules.Rule)
        if theirs.kind == ours.kind == "taken":
            # It may be a duplicate for Werkzeug alone.
            theirs = _taken(pair.theirs.add, their_rule)
        if not theirs.kind == ours.kind == "taken":
            pair.refusals.append((rule, theirs, ours))
            continue
        pair.their_rules.append(their_rule)
        pair.our_rules.append(_copy(rule, Rule))
        pair.ours._add(pair.our_rules[-1], refuses_duplicates=False)
    return pair


def _copy(rule: Any, rule_class: Any) -> Any:
    # A subclass may give its own constructor's arguments, which these classes do not know.
    copy = rule_class(rule.rule, **Rule.get_empty_kwargs(rule))
    methods = rule.methods
    if methods is not None:
        # The constructor adds HEAD, which the program may have taken out since.
        copy.methods = set(methods)
    if type(rule).get_converter not in _PLAIN_GET_CONVERTER:
        copy.get_converter = rule.get_converter
    return copy


def _taken(take: Callable[[Any], Any], taken: Any) -> Outcome:
    """Bind or add a rule, and return what that comes to."""

    def call() -> Outcome:
        take(taken)
        return Outcome("taken")

    return outcome_of(call)
