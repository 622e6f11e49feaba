"""What the drop-ins of all frameworks have in common.

Here are a map and a rule that are also instances of Werkzeug's classes, and the one way in which
an application's map is replaced. This file knows no framework: an application is an object with
``url_map``, ``url_map_class`` and ``url_rule_class``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import ImmutableDict
from werkzeug.routing import BaseConverter as WerkzeugBaseConverter
from werkzeug.routing import Map as WerkzeugMap
from werkzeug.routing import UUIDConverter as WerkzeugUUIDConverter
from werkzeug.routing.converters import NumberConverter as WerkzeugNumberConverter

from . import map as trieroute_map
from .adoption import (
    CONVERTERS,
    Rule,
    combined,
    combined_classes,
    converted,
    in_order_of_insertion,
)
from .converters import BaseConverter, NumberConverter, UUIDConverter

__all__ = ["Installation", "Map", "Rule", "install_map"]

#: Attributes of a map of Werkzeug's that are no settings of the program's.
_MADE_BY_WERKZEUG = frozenset({"_matcher", "_remap", "_remap_lock", "_rules_by_endpoint"})

#: Settings that both maps have, as arguments of the constructor and as attributes.
_SETTINGS = (
    "default_subdomain",
    "strict_slashes",
    "merge_slashes",
    "redirect_defaults",
    "sort_parameters",
    "sort_key",
    "host_matching",
)

#: ``to_python`` of the converters that refuse what is out of bounds.
_NUMBERS = {cls.to_python for cls in (NumberConverter, WerkzeugNumberConverter)}
#: ``to_python`` of the converters that refuse nothing.
_NEVER_REFUSE = {
    cls.to_python
    for cls in (BaseConverter, WerkzeugBaseConverter, UUIDConverter, WerkzeugUUIDConverter)
}


class Map(trieroute_map.Map, WerkzeugMap):  # type: ignore[misc]
    """A map of trieroute that is an instance of Werkzeug's class as well, and matches in its order.

    Arguments are those of :class:`trieroute.Map`; *match_order* is ``"segments"`` where it is not
    given.
    """

    default_match_order = "segments"
    default_converters = ImmutableDict(
        {name: CONVERTERS[cls] for name, cls in WerkzeugMap.default_converters.items()}
    )


@dataclass(frozen=True)
class Installation:
    """What an ``install`` function did; ``str`` of it is for people.

    :param application: name of the application.
    :param match_order: the order in which its map matches.
    :param rules: number of rules that the map had.
    :param classes: the program's own classes of maps and rules, as ``module.Class``, which were
        combined with trieroute's.
    :param notes: a rule each that may dispatch otherwise than before, with the reason.
    """

    application: str
    match_order: str
    rules: int
    classes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        count = f"{self.rules:,} rule" + ("" if self.rules == 1 else "s")
        lines = [
            f"{self.application}: trieroute matches {count} in the order {self.match_order!r}",
            *(f"class {name} was combined with trieroute's" for name in self.classes),
            *self.notes,
        ]
        return "\n  ".join(lines)


def install_map(app: Any, match_order: str) -> Installation:
    """Replace the map of an application, and the class of the rules that it makes from now on.

    The map that the application had stays as it is, but rules that are added to it go to the new
    one, whose converters it shares. If anything can't be converted, the application is left as it
    was.

    :param app: the application.
    :param match_order: the order in which the new map matches.
    :return: what was done.
    :raise TypeError: a class of a map or of a rule can't be combined with trieroute's.
    :raise ValueError: *match_order* is unknown, or trieroute can't parse a rule.
    :raise RuntimeError: the application has a map of trieroute in another order.
    """
    old = app.url_map
    own_classes = {app.url_map_class, app.url_rule_class, type(old), *map(type, old.iter_rules())}
    map_class, rule_class = app.url_map_class, app.url_rule_class
    # What is no class makes rules as well: the map converts them when they are added.
    if isinstance(rule_class, type):
        rule_class = combined(rule_class, Rule)
    if isinstance(map_class, type):
        map_class = _ordered(combined(map_class, Map), match_order)
    if not isinstance(old, trieroute_map.Map):
        url_map = _taken_over(old, _ordered(combined(type(old), Map), match_order))
    elif old.match_order == match_order:
        url_map = old
    else:
        raise RuntimeError(
            f"application {app.name!r} has a map of trieroute in the order {old.match_order!r},"
            f" which can't be changed: give match_order={old.match_order!r}"
        )
    own_classes &= combined_classes()
    app.url_map, app.url_map_class, app.url_rule_class = url_map, map_class, rule_class
    rules = list(url_map.iter_rules())
    return Installation(
        application=app.name,
        match_order=match_order,
        rules=len(rules),
        classes=tuple(sorted(f"{cls.__module__}.{cls.__qualname__}" for cls in own_classes)),
        notes=tuple(note for rule in rules for note in _notes(rule)),
    )


def _ordered(cls: Any, match_order: str) -> Any:
    """Return a class of maps that has an order of its own, or the class itself if it has that."""
    if cls.default_match_order == match_order:
        return cls
    return type(cls.__name__, (cls,), {"default_match_order": match_order, "__doc__": cls.__doc__})


def _taken_over(old: Any, map_class: Any) -> Any:
    """Make a map of all that a map of Werkzeug's holds; its converters are shared."""
    url_map = map_class.__new__(map_class)
    trieroute_map.Map.__init__(url_map, **{name: getattr(old, name) for name in _SETTINGS})
    url_map.converters = {
        name: CONVERTERS.get(converter, converter) for name, converter in old.converters.items()
    }
    for name, value in vars(old).items():
        if name not in _MADE_BY_WERKZEUG and name not in vars(url_map):
            setattr(url_map, name, value)
    for rule in in_order_of_insertion(old):
        url_map.add(converted(rule))
    url_map.update()
    # From here on nothing fails. Who holds the old map, or its converters, adds to the new one.
    old.converters.update(url_map.converters)
    url_map.converters = old.converters
    old.add = url_map.add
    return url_map


def _notes(rule: Any) -> Iterator[str]:
    """Tell what may be dispatched otherwise than by Werkzeug because of one rule."""
    domain = rule.host if rule.map.host_matching else rule.subdomain
    end = rule._trace.index((False, "|"))
    if any(not variable and text != text.lower() for variable, text in rule._trace[:end]):
        yield (
            f"rule {rule.rule!r}: its domain {domain!r} is compared without regard to case;"
            " Werkzeug never matches it"
        )
    if any(_refuses(converter) for converter in rule._converters.values()):
        yield (
            f"rule {rule.rule!r}: when its converter refuses a value, the other rules are tried;"
            " Werkzeug answers with a 404"
        )


def _refuses(converter: Any) -> bool:
    """Tell whether a converter may refuse a text that its regex takes."""
    to_python = type(converter).to_python
    if to_python in _NUMBERS:
        return bool(converter.fixed_digits) or (converter.min, converter.max) != (None, None)
    return to_python not in _NEVER_REFUSE
