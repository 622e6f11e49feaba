"""What the drop-ins of all frameworks have in common.

Here are a map that takes the place of Werkzeug's, and the one way in which the map of an
application is replaced. This file knows no framework: an application is an object with ``url_map``,
``url_map_class`` and ``url_rule_class``.
"""

from __future__ import annotations

import gc
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from operator import is_
from types import SimpleNamespace
from typing import Any, Protocol

from werkzeug.routing import BaseConverter, UUIDConverter
from werkzeug.routing import Map as WerkzeugMap
from werkzeug.routing import Rule as WerkzeugRule
from werkzeug.routing.converters import NumberConverter

from .. import _converters as converters
from .._core.changes import Changes
from .._core.replaced_methods import ReplacedMethods
from .._core.terminal_text import visible
from .._map import Map as TrierouteMap
from .._rules.foreign import combined, converted
from .._rules.order import MatchOrder
from .._rules.rule import Rule
from .kept_converters import KeptConverters
from .werkzeug_map import MAP_SETTINGS, in_order_of_insertion

__all__ = [
    "Installation",
    "Map",
    "Rule",
    "WerkzeugApplication",
    "behind_proxy",
    "classes",
    "install",
    "notes_of",
    "prepare",
    "taken_over",
]

#: Attributes that every map of Werkzeug's has and that ours makes itself.
_MADE_BY_WERKZEUG = frozenset({"_matcher", "_remap", "_remap_lock", "_rules_by_endpoint"})


class WerkzeugApplication(Protocol):
    """What :func:`install` needs of an application; Flask's and Quart's have it."""

    url_map: Any
    url_map_class: Any
    url_rule_class: Any

    @property
    def name(self) -> str:
        """The application's name, for messages."""
        ...


class Map(TrierouteMap):
    """A map of trieroute that has Werkzeug's converters and matches in Werkzeug's order.

    Arguments are those of :class:`trieroute.Map`; *match_order* is ``"segments"`` where it is not
    given.
    """

    default_match_order: MatchOrder = "segments"
    default_converters = WerkzeugMap.default_converters
    #: The hash of the map in whose place it is, which it equals; ``None`` if there is none.
    _replaced_hash: int | None = None

    def __hash__(self) -> int:
        own = self._replaced_hash
        return object.__hash__(self) if own is None else own


Map._named_class = Map
Map._replaced_methods = ReplacedMethods(Map, WerkzeugMap)


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
    match_order: MatchOrder
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
        return "\n  ".join(map(visible, lines))


def install(app: WerkzeugApplication, *, match_order: MatchOrder = "segments") -> Installation:
    """Let a Flask or Quart application route with trieroute, from the next request on.

    ``app.url_map`` becomes a map of trieroute with the rules, converters and settings of the one
    that the application had, and the rules that are registered later are trieroute's. Whoever
    holds the map that the application had uses the new one. A second call changes nothing.

    :param app: the application, or a proxy of it such as ``flask.current_app``; it may have rules
        or none, and may be serving requests.
    :param match_order: which of several matching rules wins; see :class:`trieroute.Map`. The order
        of Flask and Quart is ``"segments"``.
    :return: what was done; prints well.
    :raise TypeError: *app* is no application, or its class of maps or of rules overrides what
        trieroute has no counterpart of. The application is left as it was.
    :raise ValueError: *match_order* is unknown, or trieroute can't parse a rule. The application is
        left as it was.
    :raise RuntimeError: the application has a map of trieroute in another order.
    """
    changes = Changes()
    installation = prepare(changes, behind_proxy(app), match_order)
    changes.make()
    return installation


def behind_proxy(app: Any) -> Any:
    """Return the application that a proxy such as ``flask.current_app`` stands for now."""
    # It is asked of the class, since a mock has an attribute of any name.
    return app._get_current_object() if hasattr(type(app), "_get_current_object") else app


def prepare(changes: Changes, app: Any, match_order: MatchOrder) -> Installation:
    """Add to changes all that lets an application route with trieroute.

    :param changes: they are left to the caller, who makes them.
    :param app: the application, which is no proxy; it is left as it is.
    :param match_order: as for :func:`install`, which says what is raised, too.
    :return: what is done when the changes are made.
    """
    if not all(hasattr(app, name) for name in ("url_map", "url_map_class", "url_rule_class")):
        # A class of applications has no map yet; a blueprint never has one.
        kind = app if isinstance(app, type) else type(app)
        what = "the class " if isinstance(app, type) else ""
        raise TypeError(
            "app must be an application object of Flask or Quart, not"
            f" {what}{kind.__module__}.{kind.__qualname__}"
        )
    old = app.url_map
    before = {app.url_map_class, app.url_rule_class, type(old), *map(type, old.iter_rules())}
    map_class, rule_class = classes(app, match_order)
    if not isinstance(old, TrierouteMap):
        with _collector_paused():
            url_map = taken_over(old, match_order)
    elif old.match_order == match_order:
        url_map = old
    else:
        raise RuntimeError(
            f"application {app.name!r} has a map of trieroute in the order {old.match_order!r},"
            f" which can't be changed: give match_order={old.match_order!r}"
        )
    rules = list(url_map.iter_rules())
    installation = Installation(
        application=app.name,
        match_order=match_order,
        rules=len(rules),
        classes=tuple(
            sorted(f"{cls.__module__}.{cls.__qualname__}" for cls in before if _is_combined(cls))
        ),
        notes=tuple(note for rule in rules for note in notes_of(rule)),
    )
    if url_map is not old:
        _replace(changes, old, url_map)
    changes.assign(
        app, {"url_map": url_map, "url_map_class": map_class, "url_rule_class": rule_class}
    )
    return installation


@contextmanager
def _collector_paused() -> Generator[None]:
    """Pause the garbage collector while many objects are made that all stay.

    The collector would go through all objects of the process each time their number has grown by a
    quarter.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def classes(app: WerkzeugApplication, match_order: MatchOrder) -> tuple[Any, Any]:
    """Return the classes of maps and of rules that :func:`install` gives an application.

    :param app: the application; it is left as it is.
    :raise TypeError: as :func:`install`.
    """
    map_class, rule_class = app.url_map_class, app.url_rule_class
    # A function may make rules as well: the map adopts them when they are added.
    if isinstance(rule_class, type):
        rule_class = combined(rule_class, Rule)
    if isinstance(map_class, type):
        map_class = _ordered(combined(map_class, Map), match_order)
    return map_class, rule_class


def _is_combined(cls: Any) -> bool:
    """Tell whether a class of an application has to be combined with one of ours."""
    return (
        isinstance(cls, type)
        and cls not in (WerkzeugMap, WerkzeugRule)
        and not issubclass(cls, (TrierouteMap, Rule))
    )


def _ordered(cls: Any, match_order: MatchOrder) -> Any:
    """Return a class of maps that has an order as its default: the given class, if that has it."""
    if cls.default_match_order == match_order:
        return cls
    own = {"default_match_order": match_order, "__doc__": cls.__doc__, "__module__": cls.__module__}
    return type(cls.__name__, (cls,), own)


def taken_over(old: Any, match_order: MatchOrder) -> Any:
    """Make a map of all that a map of Werkzeug's holds.

    :param old: the map; it is left as it is. The new map shares its dict of converters, and its
        rules share the converters and the other objects that the rules of *old* have.
    :param match_order: the order of the new map.
    :return: the new map, whose rules are in the order of :func:`in_order_of_insertion`.
    :raise TypeError: as :func:`install`.
    :raise ValueError: as :func:`install`.
    """
    map_class = _ordered(combined(type(old), Map), match_order)
    url_map = map_class.__new__(map_class)
    TrierouteMap.__init__(url_map, **{name: getattr(old, name) for name in MAP_SETTINGS})
    url_map.converters = old.converters
    for name, value in vars(old).items():
        if name not in _MADE_BY_WERKZEUG and name not in vars(url_map):
            setattr(url_map, name, value)
    theirs, matched = in_order_of_insertion(old)
    rules = [converted(rule) for rule in theirs]
    converters = iter([rule._converters for rule in theirs])
    kept = KeptConverters(url_map)
    # Werkzeug has taken them. Methods that were added since then may make them duplicates.
    url_map._add(
        SimpleNamespace(get_rules=lambda _: rules),
        refuses_duplicates=False,
        binding_of=lambda rule, learned: kept.binding(rule, next(converters), learned),
    )
    for rule in rules:
        for name in ("get_converter", "bind", "compile"):
            vars(rule).pop(name, None)
    # A program may have taken rules out of the lists, so that they are no longer built, or out of
    # the matcher, so that they are no longer matched.
    ours = {id(before): rule for before, rule in zip(theirs, rules, strict=True)}
    by_endpoint = {
        endpoint: [ours[id(rule)] for rule in rules]
        for endpoint, rules in old._rules_by_endpoint.items()
    }
    if not _are_the_same(by_endpoint, url_map._rules_by_endpoint):
        url_map._rules_by_endpoint = by_endpoint
    url_map._change(
        url_map._match_alone,
        {id(rule): rule for number, rule in ours.items() if number in matched or rule.build_only},
    )
    url_map.update()
    return url_map


def _are_the_same(one: dict[Any, list[Any]], other: dict[Any, list[Any]]) -> bool:
    """Tell whether two dicts have the same rules for the same endpoints, in the same order."""
    return [*map(id, one)] == [*map(id, other)] and all(
        len(rules) == len(others) and all(map(is_, rules, others))
        for rules, others in zip(one.values(), other.values(), strict=True)
    )


def _replace(changes: Changes, old: Any, url_map: Any) -> None:
    """Add to changes that whoever holds a map of Werkzeug's uses the one made of it."""
    cls = type(old)
    replaced = type(cls.__name__, (_Replaced, cls), {"__module__": cls.__module__})
    # What a program has put into a dict by the old map is found by either.
    vars(url_map)["_replaced_hash"] = object.__hash__(old)
    changes.put(vars(old), "_replaced_by", url_map)
    changes.set_attributes(old, {"__class__": replaced})


class _Replaced:
    """What stands before the class of a map of Werkzeug's that was replaced.

    Everything that is read, called and set is that of the map in its place.
    """

    def __getattribute__(self, name: str) -> Any:
        return getattr(_in_its_place(self), name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(_in_its_place(self), name, value)

    def __delattr__(self, name: str) -> None:
        delattr(_in_its_place(self), name)

    # These two are looked up on the class.

    def __eq__(self, other: object) -> bool:
        this = _in_its_place(self)
        return bool(this == (_in_its_place(other) if isinstance(other, _Replaced) else other))

    def __hash__(self) -> int:
        return hash(_in_its_place(self))

    def __reduce_ex__(self, protocol: Any) -> Any:
        return _in_its_place(self).__reduce_ex__(protocol)


def _in_its_place(old: Any) -> Any:
    return object.__getattribute__(old, "__dict__")["_replaced_by"]


def notes_of(rule: Any) -> Iterator[str]:
    """Tell what may be dispatched otherwise than by Werkzeug because of one rule."""
    domain = rule._domain_rule
    # The names of variables may have upper case as well.
    if domain and domain != domain.lower() and _has_upper_case(rule._trace):
        yield (
            f"rule {rule.rule!r}: its domain {domain!r} is compared without regard to"
            " case; Werkzeug never matches it"
        )
    if any(map(_refuses, rule._compiled.converters.values())):
        yield (
            f"rule {rule.rule!r}: when its converter refuses a value, the other rules are tried;"
            " Werkzeug answers with a 404"
        )


def _has_upper_case(trace: list[tuple[bool, str]]) -> bool:
    """Tell whether a text of a domain has upper case."""
    domain = trace[: trace.index((False, "|"))]
    return any(not variable and text != text.lower() for variable, text in domain)


def _refuses(converter: Any) -> bool:
    """Tell whether a converter may refuse a text that its regex takes."""
    to_python = getattr(type(converter), "to_python", None)
    if to_python in (NumberConverter.to_python, converters.NumberConverter.to_python):
        return bool(converter.fixed_digits) or (converter.min, converter.max) != (None, None)
    return to_python not in (
        BaseConverter.to_python,
        UUIDConverter.to_python,
        converters.BaseConverter.to_python,
        converters.UUIDConverter.to_python,
    )
