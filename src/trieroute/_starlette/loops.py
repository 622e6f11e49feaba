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

from .._core.replaced_methods import is_written_in
from .named import Naming
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
    value = vars(kind).get(name)
    return _is_written_in(getattr(value, "fget", value), kind.__module__)


def _is_written_in(function: Any, module: str) -> bool:
    # The frames of compiled functions tell nothing.
    return inspect.isfunction(function) and is_written_in(function, module.partition(".")[0])


def original(kind: Any, name: str) -> Any:
    """Return the method or property of a class's module; else an object that equals none."""
    return vars(kind)[name] if has_its_own(kind, name) else object()


def watch_called(owner: Loops | Naming, module: Any, name: str) -> None:
    """Let loops, or what makes URLs, notice when a module calls another function by a name.

    :param owner: it relies on the function.
    :param name: the name of a function of Starlette's.
    """
    function = vars(module).get(name)
    # One that a program has replaced already is not relied on either.
    known = function if is_written_in(function, "starlette") else object()
    owner.add_called(vars(module), name, known)


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

watch_called(LOOPS, routing, "get_route_path")

#: The functions ``matches`` that try the regex of the path before anything else.
MATCHES = originals(Route, WebSocketRoute, Mount)
