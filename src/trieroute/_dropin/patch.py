"""``patch``: programs whose source can't be edited route with trieroute.

The names of ``werkzeug.routing`` are replaced before the program imports them. Flask and Quart take
their classes of maps and rules from there. Where Flask or Quart is imported already, the names in
its modules and the attributes of its application classes are replaced too. This file imports no
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

from .._core.changes import Changes
from .._core.map_adapter import MapAdapter
from .._map import Map as TrierouteMap
from .._rules import factories
from .._rules.foreign import combined
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
#: Packages that may hold the classes that are replaced.
_KNOWN = _PATCHED | {"trieroute"}

#: The attributes of applications that hold their classes of maps and rules, and what those are
#: combined with.
_ATTRIBUTES = {"url_map_class": Map, "url_rule_class": Rule}


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
    replacements = {**_WERKZEUGS, **_frameworks()}
    holders = [*_modules(replacements), *_classes(), *_maps()]
    if holders:
        raise RuntimeError(
            f"trieroute.patch() comes too late, Werkzeug's router is in use: {'; '.join(holders)}."
            " Call it before anything else is imported, or run the program by 'trieroute run'"
        )
    # All classes are combined before any name is replaced, because a class may refuse it.
    changes = Changes()
    for cls in _application_classes():
        for name, ours in _ATTRIBUTES.items():
            if isinstance(vars(cls).get(name), type):
                changes.assign(cls, {name: combined(vars(cls)[name], ours)})
    # Classes are found by identity: any other value may have an equality of its own.
    ours_by_id = {id(theirs): ours for theirs, ours in replacements.items()}
    for module_name, module in list(sys.modules.items()):
        if _package(module_name) in _PATCHED:
            names = list(_names(module).items())
            changed = {name: ours_by_id[id(old)] for name, old in names if id(old) in ours_by_id}
            changes.assign(module, changed)
    changes.make()


def _frameworks() -> dict[type, type]:
    """Return what is put in the place of the classes that frameworks derive from Werkzeug's."""
    return {
        cls: combined(cls, ours)
        for theirs, ours in ((werkzeug.routing.Map, Map), (werkzeug.routing.Rule, Rule))
        for cls in _subclasses(theirs)
        if _package(cls.__module__) in _PATCHED and not issubclass(cls, ours)
    }


def _names(module: Any) -> dict[str, Any]:
    """Return the names of a module without its own ``__getattribute__``, which may import it."""
    try:
        names: dict[str, Any] = object.__getattribute__(module, "__dict__")
    except AttributeError:
        return {}
    return names


def _package(module: Any) -> str:
    """Return the name of a module's topmost package; what is no name of a module has none."""
    return module.partition(".")[0] if isinstance(module, str) else ""


def _modules(replacements: dict[type, type]) -> Iterator[str]:
    """Tell which modules hold a class that is replaced, in a name or in what a name leads to."""
    modules = list(sys.modules.items())
    wanted = {id(cls): cls for cls in replacements}
    # Several modules may share one dict of names, and a closure may hold the dict as well.
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
                    # The loop over the list goes on with them.
                    found += parts


def _parts(path: str, value: Any, applications: set[int]) -> Iterator[tuple[str, Any]]:
    """Give what a program may call through a value, each with the path to it.

    A class in a tuple, a set, an annotation or the key of a dict is there to be compared with. Our
    classes compare as Werkzeug's do.
    """
    kind = type(value)  # isinstance() would ask proxies for what they stand for.
    if kind is FunctionType:
        if _package(value.__module__) in _KNOWN:
            return
        yield from zip(repeat(f"{path}.__defaults__"), value.__defaults__ or ())
        yield f"{path}.__kwdefaults__", value.__kwdefaults__
        for cell in value.__closure__ or ():
            with suppress(ValueError):  # The cell may be empty.
                yield f"{path}.__closure__", cell.cell_contents
    elif kind is partial:
        yield f"{path}.func", value.func
        yield from zip(repeat(f"{path}.args"), value.args)
        yield f"{path}.keywords", value.keywords
    elif kind is list or kind is dict:
        # It is copied, because another thread may change it.
        yield from zip(repeat(f"{path}[...]"), list(value.values() if kind is dict else value))
    elif kind is staticmethod or kind is classmethod:
        yield path, value.__func__
    elif issubclass(kind, type):
        attributes = type.__dict__["__dict__"].__get__(value)
        if _package(attributes.get("__module__")) not in _KNOWN:
            replaced = _ATTRIBUTES if id(value) in applications else ()
            for name, attribute in list(attributes.items()):
                if name != "__annotations__" and name not in replaced:
                    yield f"{path}.{name}", attribute


def _classes() -> Iterator[str]:
    """Tell which classes of programs derive from one that is replaced."""
    for replaced, ours in _WERKZEUGS.items():
        for cls in _subclasses(replaced):
            if _package(cls.__module__) not in _KNOWN and not issubclass(cls, (ours, TrierouteMap)):
                yield (
                    f"class {cls.__module__}.{cls.__qualname__} derives from {replaced.__name__}"
                )


def _maps() -> Iterator[str]:
    """Tell whether a map of Werkzeug's exists; a map that is garbage does not count."""
    if _count_maps():
        gc.collect()
        count = _count_maps()
        if count:
            yield f"maps were made: {count} (an application is turned by trieroute.flask.install)"


def _count_maps() -> int:
    # isinstance() would ask proxies for what they stand for.
    return sum(
        issubclass(type(found), werkzeug.routing.Map) and not issubclass(type(found), TrierouteMap)
        for found in gc.get_objects()
    )


def _application_classes() -> list[type]:
    """Return the base class of Flask's and Quart's applications and all that derive from it."""
    base = getattr(sys.modules.get("flask.sansio.app"), "App", None)
    return [] if base is None else [base, *_subclasses(base)]


def _subclasses(cls: type) -> Iterator[type]:
    """Give all classes that derive from a class, directly or not."""
    # The metaclass of `cls` may have a method of that name itself.
    subclasses: list[type] = type.__subclasses__(cls)
    for derived in subclasses:
        yield derived
        yield from _subclasses(derived)
