"""Edits of routes that a trie has: a program may set the path of a route anew at any time.

The recipes for prefixes and for paths without regard to case set ``path`` and ``path_regex`` of
routes that a router has already. Nobody else is told, and to look at all routes for every request
would take as long as to try them. So the class of all routes counts what is set on a route that has
it already. That is the only thing in Starlette that is replaced, when this file is imported; it
costs a look into a set for each attribute that is set on a route, and nothing where one is read.
"""

from __future__ import annotations

from functools import wraps
from typing import Any

from starlette.routing import BaseRoute

from .._core.changes import change_and_tell
from .loops import LOOPS

__all__ = ["are_seen"]

#: What is read of a route when its list is compiled, or its name is read.
_READ = frozenset({"_base_app", "name", "param_convertors", "path_format", "path_regex"})
#: What a route has from its class until it is set on the route itself.
_OF_CLASS = frozenset({"__class__", "matches", "url_path_for"})


# A route may have a second base, and that may have such methods.


def _set_as_next_class(route: Any, name: str, value: Any) -> None:
    super(BaseRoute, route).__setattr__(name, value)


def _delete_as_next_class(route: Any, name: str) -> None:
    super(BaseRoute, route).__delattr__(name)


_set: Any = vars(BaseRoute).get("__setattr__", _set_as_next_class)
_delete: Any = vars(BaseRoute).get("__delattr__", _delete_as_next_class)


def _may_have(route: Any, name: str) -> bool:
    """Tell whether a route may have an attribute, which is not read: that may call a property."""
    kind: Any = type(route)
    if kind.__getattribute__ is not object.__getattribute__ or name in route.__dict__:
        return True
    for base in kind.__mro__:
        own = base.__dict__
        if name in own or "__getattr__" in own:
            return True
    return False


@wraps(BaseRoute.__setattr__)
def _set_and_tell(route: Any, name: str, value: Any) -> None:
    if name in _OF_CLASS or (name in _READ and _may_have(route, name)):
        change_and_tell(LOOPS.edited, _set, route, name, value)
    else:
        _set(route, name, value)


@wraps(BaseRoute.__delattr__)
def _delete_and_tell(route: Any, name: str) -> None:
    if name in _OF_CLASS or name in _READ:
        change_and_tell(LOOPS.edited, _delete, route, name)
    else:
        _delete(route, name)


BaseRoute.__setattr__ = _set_and_tell  # type: ignore[method-assign]
BaseRoute.__delattr__ = _delete_and_tell  # type: ignore[method-assign]


def are_seen(route: Any) -> bool:
    """Tell whether edits of a route are counted, which a class of its own may prevent.

    A second base with methods of its own may set other attributes than those that it is told.
    """
    kind: Any = type(route)
    return (
        kind.__setattr__ is _set_and_tell
        and kind.__delattr__ is _delete_and_tell
        and super(BaseRoute, kind).__setattr__ is object.__setattr__
        and super(BaseRoute, kind).__delattr__ is object.__delattr__
    )
