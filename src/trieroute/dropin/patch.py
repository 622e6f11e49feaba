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
from contextlib import suppress
from functools import partial
from itertools import repeat
from types import FunctionType
from typing import Any

import werkzeug.routing

from .._core.adapter import MapAdapter
from ..map import Map as TrierouteMap
from ..rules import factories
from ..rules.foreign import combined
from .install import Map, Rule

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
#: Packages that may hold what is replaced.
_KNOWN = _PATCHED | {"trieroute"}

#: Base classes of applications, by the module that has them.
_APPLICATIONS = (("flask.sansio.app", "App"), ("flask", "Flask"), ("quart", "Quart"))

#: Their classes of maps and rules, and what takes the place of those.
_ATTRIBUTES = (("url_map_class", Map), ("url_rule_class", Rule))


def patch() -> None:
    """Replace the classes of ``werkzeug.routing`` by trieroute's, for the whole process.

    Call it before anything imports them: ``Map``, ``MapAdapter``, ``Rule`` and the rule factories
    are replaced in ``werkzeug.routing`` and its modules, and so are the classes of maps and rules
    of Flask and Quart, imported already or later. Maps match in the order ``"segments"`` where
    they are not given another. A second call changes nothing.

    :raise RuntimeError: it is too late: a module holds one of these classes under a name of its
        own, or in a function's default or closure, a :class:`functools.partial`, a list or a dict
        that is reached from such a name; a class derives from one or has one as an attribute; or a
        map exists. Nothing has been replaced. What only objects or tuples hold is not noticed.
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
        for name, base in _ATTRIBUTES
        if isinstance(vars(cls).get(name), type)
    ]
    for owner, name, value in replaced:
        setattr(owner, name, value)
    # Classes are found by identity: any other value may have an equality of its own.
    ours = {id(theirs): replacement for theirs, replacement in replacements.items()}
    for module_name, module in list(sys.modules.items()):
        if _package(module_name) in _PATCHED:
            for name, value in list(_names(module).items()):
                if id(value) in ours:
                    setattr(module, name, ours[id(value)])


def _derived() -> dict[type, type]:
    """Give what is put in the place of a framework's own classes of maps and rules."""
    return {
        cls: combined(cls, ours)
        for theirs, ours in ((werkzeug.routing.Map, Map), (werkzeug.routing.Rule, Rule))
        for cls in _subclasses(theirs)
        if _package(cls.__module__) in _PATCHED and not issubclass(cls, ours)
    }


def _names(module: Any) -> dict[str, Any]:
    """Give the names of a module; not by its own way, which imports it if it is a lazy one."""
    try:
        names: dict[str, Any] = object.__getattribute__(module, "__dict__")
    except AttributeError:
        return {}
    return names


def _package(module: Any) -> str:
    return module.partition(".")[0] if isinstance(module, str) else ""


def _modules(replacements: dict[type, type]) -> Iterator[str]:
    """Tell which modules hold a class that is replaced: in a name, or in what a name leads to."""
    modules = list(sys.modules.items())
    wanted = {id(cls): cls for cls in replacements}
    # The same names may be those of several modules, and be found in a closure as well.
    entered = {id(_names(module)) for name, module in modules if _package(name) in _KNOWN}
    applications = set(map(id, _application_classes()))
    for module_name, module in modules:
        names = _names(module)
        if id(names) in entered:
            continue
        entered.add(id(names))
        found = [(name, value) for name, value in names.items() if name != "__annotations__"]
        for path, value in found:
            if id(value) in wanted:
                name = wanted[id(value)].__name__
                if path in names:
                    yield f"module {module_name} has imported {name} as {path}"
                else:
                    yield f"module {module_name} holds {name} in {path}"
            elif id(value) not in entered:
                parts = list(_parts(path, value, applications))
                if parts:
                    entered.add(id(value))
                    # The loop comes to them in the end.
                    found += parts


def _parts(path: str, value: Any, applications: set[int]) -> Iterator[tuple[str, Any]]:
    """Give what a program may call by way of a value, each with the way to it.

    A class in a tuple, a set, an annotation or the key of a dict is there to be compared with, and
    what is ours compares as Werkzeug's does.
    """
    kind = type(value)  # Not isinstance: it would ask proxies for what they stand for.
    if kind is FunctionType:
        if _package(value.__module__) in _KNOWN:
            return
        yield from zip(repeat(f"{path}.__defaults__"), value.__defaults__ or ())
        yield f"{path}.__kwdefaults__", value.__kwdefaults__
        for cell in value.__closure__ or ():
            with suppress(ValueError):  # It may be empty.
                yield f"{path}.__closure__", cell.cell_contents
    elif kind is partial:
        yield f"{path}.func", value.func
        yield from zip(repeat(f"{path}.args"), value.args)
        yield f"{path}.keywords", value.keywords
    elif kind is list:
        yield from zip(repeat(f"{path}[...]"), list(value))
    elif kind is dict:
        yield from zip(repeat(f"{path}[...]"), list(value.values()))
    elif kind is staticmethod or kind is classmethod:
        yield path, value.__func__
    elif issubclass(kind, type):
        attributes = type.__dict__["__dict__"].__get__(value)
        if _package(attributes.get("__module__")) not in _KNOWN:
            replaced = dict(_ATTRIBUTES) if id(value) in applications else ()
            for name, attribute in list(attributes.items()):
                if name != "__annotations__" and name not in replaced:
                    yield f"{path}.{name}", attribute


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
