"""Loops of other packages over the routes of an application, which may get a part of them.

Packages that monitor requests, or limit their rate, look for the route of a request themselves: for
a label, or for the endpoint's settings. They go through ``app.routes``, and through the routes of
mounts, and call ``matches(scope)`` of one route after the other. Such a loop may get the routes
alone whose path may fit, if it has no use for a route that does not match.

Nobody but its author can say so. So a module *declares* its loops, in a variable that needs no
import::

    __route_loops__ = {"route_of": "scope"}

The keys are the qualified names of functions of the module, and the values the names of the local
variables in which these have the scope. A function whose value is ``None`` passes the routes on to
the function that called it, which has to be declared itself.

The loops of a few packages are known here. What a version of them does is tried out before it is
relied on: its outcome has to be the same with and without routes that do not match.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from types import CodeType, FrameType, SimpleNamespace
from typing import Any

from starlette.routing import Match, Mount, Route

from .loops import LOOPS, code_of

__all__ = ["DECLARATION", "KNOWN", "scope_of"]

#: The variable in which a module declares its loops.
DECLARATION = "__route_loops__"

#: What the modules of some packages would declare.
KNOWN: Mapping[str, Mapping[str, str | None]] = {
    "opentelemetry.instrumentation.fastapi": {
        "_get_route_details": "scope",
        "_flatten_routes": None,
    },
    "opentelemetry.instrumentation.starlette": {"_get_route_details": "scope"},
    "prometheus_fastapi_instrumentator.routing": {
        "_get_route_name": "scope",
        "_effective_routes": None,
    },
    "starlette_exporter.middleware": {
        "get_matching_route_path": "scope",
        "_flatten_routes": None,
    },
    "slowapi.middleware": {"_find_route_handler": "scope"},
}

#: What became of the trials, by module and name: the code of a function that passed, or ``None``.
_tried: dict[tuple[str, str], CodeType | None] = {}


def scope_of(frame: FrameType) -> Any:
    """Return the scope of the request for which a frame goes through routes.

    A frame that passes them on has its code put into ``LOOPS.passing``.

    :param frame: a frame that iterates over a list of routes.
    :return: the scope, with a path; ``None`` if the frame is that of no loop that was declared.
    """
    code, module = frame.f_code, frame.f_globals.get("__name__")
    name = code.co_qualname
    loops = frame.f_globals.get(DECLARATION)
    if not isinstance(loops, Mapping) or name not in loops:
        loops = KNOWN.get(module) if isinstance(module, str) else None
        if loops is None or name not in loops or not _is_as_known(frame.f_globals, name, code):
            return None
    variable = loops[name]
    if variable is None:
        LOOPS.passing.append(code)
        return None
    scope = frame.f_locals.get(variable)
    if isinstance(scope, Mapping) and isinstance(scope.get("path"), str):
        return scope
    return None


LOOPS.declared = scope_of


def _is_as_known(names: Mapping[str, Any], name: str, code: CodeType) -> bool:
    """Tell whether a known function has passed its trial, and has that code.

    :param names: the names of its module, which may be among the imported ones no more.
    """
    module = names["__name__"]
    key = module, name
    if key not in _tried:
        # The trial calls the function, which must not be tried again meanwhile.
        _tried[key] = None
        function = names.get(name)
        if inspect.isfunction(function) and (
            KNOWN[module][name] is None or _has_no_use_for_others(function)
        ):
            _tried[key] = code_of(function)
    return _tried[key] is code


class _Other:
    """A route that does not match, and of which nothing else may be asked."""

    def matches(self, scope: Any) -> tuple[Match, Any]:
        return Match.NONE, {}


def _has_no_use_for_others(function: Callable[..., Any]) -> bool:
    """Try out that a loop has the same outcome with and without routes that do not match."""
    alone, mixed = (_outcomes(function, others) for others in ([], [_Other(), _Other()]))
    last = [_outcome(function, routes, "GET", "/a/b") for routes in ([], _routes([])[:1])]
    return alone == mixed and last[0] != last[1]


def _routes(others: list[Any]) -> list[Any]:
    """Return routes, and one with other ones around its own."""
    inner = [*others, Route("/c/{x}", scope_of, methods=["GET"]), *others]
    return [
        Route("/a/{x}", scope_of, methods=["GET"]),
        Route("/{x}/b", scope_of, methods=["POST"]),
        Mount("/m", routes=inner),
    ]


def _outcomes(function: Callable[..., Any], others: list[Any]) -> list[Any]:
    """Call a function for several requests, with other routes around the ones that may match."""
    found = []
    for order in (1, -1):
        routes = [*others]
        for route in _routes(others)[::order]:
            routes += [route, *others]
        for method in ("GET", "POST", "PUT"):
            for path in ("/a/b", "/a/c", "/c/b", "/m/c/d", "/m", "/z"):
                outcome = _outcome(function, routes, method, path)
                # What is given for a route counts as the same for one like it.
                found.append(
                    repr(outcome) if isinstance(outcome, str | type(None)) else type(outcome)
                )
    return found


def _outcome(function: Callable[..., Any], routes: Iterable[Any], method: str, path: str) -> Any:
    """Call a function that has parameters for a scope, for routes, or for both."""
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "root_path": "",
        "path_params": {},
        "headers": [],
        "app": SimpleNamespace(routes=routes),
    }
    given = {"scope": scope, "routes": routes}
    parameters = inspect.signature(function).parameters
    try:
        return function(**{name: given[name] for name in given if name in parameters})
    except Exception as error:
        return type(error)
