"""``patch``: programs whose source can't be edited route with trieroute.

The names of ``werkzeug.routing`` are replaced before the program imports them. Flask and Quart take
their classes of maps and rules from there; where they are imported already, the names in their
modules and the attributes of their application classes are replaced. This file imports no
framework.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from typing import Any

import werkzeug.routing

from . import factories
from ._core.adapter import MapAdapter
from .adoption import combined
from .dropin import Map, Rule
from .map import Map as TrierouteMap

__all__ = ["patch"]

#: What is put in the place of Werkzeug's classes.
_WERKZEUGS: dict[type, type] = {
    werkzeug.routing.Map: Map,
    werkzeug.routing.MapAdapter: MapAdapter,
    werkzeug.routing.Rule: Rule,
    werkzeug.routing.Submount: factories.Submount,
    werkzeug.routing.Subdomain: factories.Subdomain,
    werkzeug.routing.EndpointPrefix: factories.EndpointPrefix,
    werkzeug.routing.RuleTemplate: factories.RuleTemplate,
    werkzeug.routing.RuleTemplateFactory: factories.RuleTemplateFactory,
}

#: Packages whose modules are patched.
_PATCHED = frozenset({"flask", "quart", "werkzeug"})

#: Base classes of applications, by the module that has them.
_APPLICATIONS = (("flask.sansio.app", "App"), ("flask", "Flask"), ("quart", "Quart"))


def patch() -> None:
    """Replace the classes of ``werkzeug.routing`` by trieroute's, for the whole process.

    Call it before anything imports them: ``Map``, ``MapAdapter``, ``Rule`` and the rule factories
    are replaced in ``werkzeug.routing`` and its modules, and so are the classes of maps and rules
    of Flask and Quart, imported already or later. Maps match in the order ``"segments"`` where
    they are not given another. A second call changes nothing.

    :raise RuntimeError: it is too late: a module holds one of these classes under a name of its
        own, a class derives from one, or a map exists. Nothing has been replaced.
    :raise TypeError: the class of maps or rules of an application's class can't be combined with
        trieroute's. Nothing has been replaced.
    """
    if werkzeug.routing.Map is Map:
        return
    replacements = {**_WERKZEUGS, **_derived()}
    holders = [*_modules(replacements), *_classes(), *_maps()]
    if holders:
        raise RuntimeError(
            f"trieroute.patch() comes too late, Werkzeug's router is in use: {'; '.join(holders)}."
            " Call it before anything else is imported, or run the program by 'trieroute run'"
        )
    replaced = [
        (cls, name, combined(vars(cls)[name], base))
        for cls in _application_classes()
        for name, base in (("url_map_class", Map), ("url_rule_class", Rule))
        if isinstance(vars(cls).get(name), type)
    ]
    for owner, name, value in replaced:
        setattr(owner, name, value)
    for module_name, module in list(sys.modules.items()):
        if _package(module_name) in _PATCHED:
            for name, value in _replaceable(module, replacements):
                setattr(module, name, replacements[value])


def _derived() -> dict[type, type]:
    """Give what is put in the place of a framework's own classes of maps and rules."""
    return {
        cls: combined(cls, ours)
        for theirs, ours in ((werkzeug.routing.Map, Map), (werkzeug.routing.Rule, Rule))
        for cls in _subclasses(theirs)
        if _package(cls.__module__) in _PATCHED and not issubclass(cls, ours)
    }


def _replaceable(module: Any, replacements: dict[type, type]) -> Iterator[tuple[str, type]]:
    """Give the names under which a module holds classes that are replaced."""
    try:
        # Not by the module's own way, which imports it if it is a lazy one.
        names = object.__getattribute__(module, "__dict__")
    except AttributeError:
        return
    for name, value in list(names.items()):
        for replaced in replacements:
            if value is replaced:
                yield name, replaced


def _package(module: str) -> str:
    return module.partition(".")[0]


def _modules(replacements: dict[type, type]) -> Iterator[str]:
    """Tell which modules have imported a class that is replaced."""
    seen = set()
    for module_name, module in list(sys.modules.items()):
        if _package(module_name) not in {*_PATCHED, "trieroute"} and id(module) not in seen:
            seen.add(id(module))
            for name, value in _replaceable(module, replacements):
                yield f"module {module_name} has imported {value.__name__} as {name}"


def _classes() -> Iterator[str]:
    """Tell which classes of programs derive from one that is replaced."""
    for replaced, ours in _WERKZEUGS.items():
        for cls in _subclasses(replaced):
            if _package(cls.__module__) not in _PATCHED and not issubclass(cls, ours):
                yield (
                    f"class {cls.__module__}.{cls.__qualname__} derives from {replaced.__name__}"
                )


def _maps() -> Iterator[str]:
    """Tell whether a map of Werkzeug's exists; what is garbage does not count."""
    if _count_maps():
        gc.collect()
        count = _count_maps()
        if count:
            yield f"maps were made: {count} (an application is turned by trieroute.flask.install)"


def _count_maps() -> int:
    # Not isinstance: it would ask proxies for what they stand for.
    return sum(
        issubclass(type(found), werkzeug.routing.Map) and not issubclass(type(found), TrierouteMap)
        for found in gc.get_objects()
    )


def _application_classes() -> Iterator[type]:
    for module, name in _APPLICATIONS:
        cls = getattr(sys.modules.get(module), name, None)
        if cls is not None:
            yield cls
            yield from _subclasses(cls)


def _subclasses(cls: type) -> Iterator[type]:
    derived: type
    for derived in type.__subclasses__(cls):
        yield derived
        yield from _subclasses(derived)
