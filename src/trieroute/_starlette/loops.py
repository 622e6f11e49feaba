"""The loops that look for the route of a request, and the functions ``matches`` that they call.

A router finds the route of a request by a loop over ``self.routes``, in the middle of a method.
Only this loop may get a part of the list. An endpoint that lists the routes, the pages of OpenAPI
and ``url_path_for`` iterate over the same list, some of them while a request is answered, and have
to get all routes. So the list has to know who iterates over it.

Python tells an iterable nothing about this but the frame of its caller, and what stays the same
from call to call is the frame's code object. It is compared by identity. Of its bytecode only the
places are read at which it takes items (`bytecode.py`): compiled code that it calls has no frame.
So a loop that a program writes itself, or that a subclass overrides, gets all routes, and where it
calls ``super()``, the loop that it calls gets a part.

The other ways are worse. A method of our own in the place of the loop would be a copy of what
Starlette and FastAPI change from version to version. A variable that says "a router looks for
a route now" would also be set while the ``matches`` of a route, or an endpoint, iterates.
"""

from __future__ import annotations

import inspect
import sys
from functools import cache
from types import CodeType
from typing import Any

from starlette import routing
from starlette.routing import (  # type: ignore[attr-defined]
    Match,
    Mount,
    Route,
    Router,
    WebSocketRoute,
    get_route_path,  # pyright: ignore[reportPrivateImportUsage]
)

from .prerequisites import Loops


def code_of(function: Any) -> CodeType:
    """Return the code of a function, or of the function that decorators stand around."""
    code: CodeType = inspect.unwrap(function).__code__
    return code


def codes_in(module: str, *functions: Any) -> list[CodeType]:
    """Return the codes of functions that a module has written, which decorators may stand around.

    A function that a program has put in the place of one of them may do anything with routes.
    """
    written = [inspect.unwrap(function) for function in functions]
    return [function.__code__ for function in written if _is_written_in(function, module)]


def has_its_own(kind: Any, name: str = "matches") -> bool:
    """Tell whether a class has the method of its module, and no program has replaced it."""
    return _is_written_in(vars(kind).get(name), kind.__module__)


def _is_written_in(function: Any, module: str) -> bool:
    written_in = getattr(function, "__globals__", None)
    names = getattr(sys.modules.get(module), "__dict__", None)
    return inspect.isfunction(function) and written_in is names


def watch_called(module: Any) -> None:
    """Let loops get all routes once ``matches`` of a module call another function for the path."""
    function = vars(module).get("get_route_path")
    # One that a program has replaced already is not relied on either.
    known = function if _is_written_in(function, "starlette._utils") else object()
    LOOPS.add_called(vars(module), "get_route_path", known)


def originals(*classes: Any) -> tuple[Any, ...]:
    """Return the functions ``matches`` of those classes that have the one of their module."""
    return tuple(vars(kind)["matches"] for kind in classes if has_its_own(kind))


@cache
def route_is_as_known() -> bool:
    """Tell whether ``Route.matches`` gives what a guide gives in its place."""

    def endpoint() -> None: ...

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/value",
        "root_path": "",
        "path_params": {"before": 1},
        "headers": [],
    }
    child_scope = {"endpoint": endpoint, "path_params": {"before": 1, "name": "value"}}
    return bool(Route("/{name}", endpoint).matches(scope) == (Match.FULL, child_scope))


#: The loops of FastAPI are added once a program has imported it.
LOOPS = Loops(
    next(iter(codes_in(Router.__module__, Router.app)), None),
    Match.FULL,
    Match.PARTIAL,
    (Match.NONE, {}),
    get_route_path,
    Route.matches,
)

watch_called(routing)

#: The functions ``matches`` that try the regex of the path before anything else.
MATCHES = originals(Route, WebSocketRoute, Mount)
