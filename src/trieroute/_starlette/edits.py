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

_set = BaseRoute.__setattr__
_delete = BaseRoute.__delattr__


@wraps(_set)
def _set_and_tell(route: Any, name: str, value: Any) -> None:
    again = name in _OF_CLASS or (name in _READ and hasattr(route, name))
    if again:
        change_and_tell(LOOPS.edited, _set, route, name, value)
    else:
        _set(route, name, value)


@wraps(_delete)
def _delete_and_tell(route: Any, name: str) -> None:
    if name in _OF_CLASS or name in _READ:
        change_and_tell(LOOPS.edited, _delete, route, name)
    else:
        _delete(route, name)


BaseRoute.__setattr__ = _set_and_tell  # type: ignore[method-assign]
BaseRoute.__delattr__ = _delete_and_tell  # type: ignore[method-assign]


def are_seen(route: Any) -> bool:
    """Tell whether edits of a route are counted, which a class of its own may prevent.

    :param route: a route.
    """
    kind: Any = type(route)
    return kind.__setattr__ is _set_and_tell and kind.__delattr__ is _delete_and_tell
