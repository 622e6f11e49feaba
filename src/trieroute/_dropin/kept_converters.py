"""Binding rules to a map with the converters that they have already.

A rule that comes from another map keeps its converters, whatever its new map would make by now.
Most of them are built-in ones with the settings that the new map's would have. What the map knows
of the rule's segments holds for those as well, so that the rule is not read as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from .._core.rule_binding import RuleBinding, compiles_apart
from .._rules.rule import Rule
from .._rules.segment_cache import Learned, ReadRule, SegmentCache

__all__ = ["KeptConverters"]


class KeptConverters(SegmentCache):
    """The segments of a map, for rules that have converters."""

    __slots__ = ("_converters", "_left", "_of_map")

    def __init__(self, map: Any) -> None:
        super().__init__(map)
        self._of_map: SegmentCache = map._segments
        #: The converters of the rule that is being read, and those that no variable has got yet.
        self._converters: Mapping[str, Any] = {}
        self._left: dict[str, Any] = {}

    def binding(
        self, rule: Any, converters: Mapping[str, Any], learned: Learned
    ) -> RuleBinding | None:
        """Compile a rule.

        :param learned: gets the segments that are read for the first time.
        :return: what binds the rule. ``None`` if it has to bind itself, since it has
            methods of the program; the caller then has to take away the ones set on it here.
        """
        self._converters, self._left = converters, dict(converters)
        if not (compiles_apart(rule, rule._as_made) and rule._sets_plainly):
            # The program's own methods were called when the rule was bound to its first map.
            own = partial(type(rule).get_converter, rule)
            rule.get_converter = partial(_taken_out, self._left, own)
            rule.bind = partial(Rule.bind, rule)
            rule.compile = partial(Rule.compile, rule)
            return None
        make = partial(_taken_out, self._left, self._of_map.make)
        binding: RuleBinding = rule._binding(self._map, None, make, self, learned)
        return binding

    def read(self, rule: str, domain_rule: str, make: Any, learned: Learned) -> ReadRule | None:
        """Put a rule together of what the map knows, see :meth:`SegmentCache.read`."""
        reading = self._of_map.read(rule, domain_rule, make, learned)
        if reading is not None:
            domain, parts, made = reading
            kept = {}
            for name, converter in made.items():
                own = self._converters.get(name)
                if not _are_alike(converter, own):
                    break
                kept[name] = own
            else:
                self._left.clear()
                return domain, parts, kept
        self._left.update(self._converters)
        return None


def _taken_out(left: dict[str, Any], make: Callable[..., Any], name: str, *arguments: Any) -> Any:
    """Give a variable the converter that its rule has.

    :param left: the converters that no variable has got yet; the one that is given is taken out.
    :param make: makes another one, for a variable of ``redirect_to`` may name one.
    :param arguments: what a converter is made of.
    """
    return left.pop(name) if name in left else make(name, *arguments)


def _are_alike(one: Any, other: Any) -> bool:
    """Tell whether two converters do the same, apart from the maps that made them."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    own, others = vars(one), vars(other)
    return own.keys() == others.keys() and all(
        [value == others[name] or name == "map" for name, value in own.items()]
    )
