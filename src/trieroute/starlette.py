"""Starlette and FastAPI applications whose routes are found by the trie.

:func:`speedup` puts a :class:`RouteList` in the place of a router's list of routes. It is a list
with the same routes, and whoever iterates over it gets them all; only the loop in which a router
looks for the route of a request gets the few whose path may fit, in their order. The router's own
code, and each route's own ``matches`` and ``handle``, do the rest as ever.

How the loop is told which request it is for stands in ``_core/narrowing.pyx``. Here routes are read
for the trie, and the routers of an application are found.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from types import CodeType
from typing import Any, NamedTuple, SupportsIndex

from starlette.convertors import IntegerConvertor, StringConvertor
from starlette.routing import (  # type: ignore[attr-defined]
    Host,
    Match,
    Mount,
    Route,
    Router,
    WebSocketRoute,
    get_route_path,
)

from ._core.narrowing import Answers, Finder, Narrowing
from ._core.trie import Trie
from .path_regexes import read

__all__ = ["RouteList", "Speedup", "speedup"]


@dataclass(frozen=True)
class Speedup:
    """What was done to an application.

    :param routers: number of routers that were found in it.
    :param routes: number of their routes.
    :param notes: routes that are tried for every request, each with the reason.
    """

    routers: int
    routes: int
    notes: tuple[str, ...]

    def __str__(self) -> str:
        routes, routers = _count(self.routes, "route"), _count(self.routers, "router")
        return "\n  ".join([f"trieroute finds {routes} of {routers}", *self.notes])


def speedup(app: Any) -> Speedup:
    """Let the trie find the routes of a Starlette or FastAPI application.

    The application answers every request as before. Its routers, those that are mounted or included
    and those that will be, get a :class:`RouteList` as ``routes``. Call it before or after the
    routes are added; a second call changes nothing but routers whose ``routes`` were set anew.

    :param app: a ``Starlette``, ``FastAPI``, ``Router`` or ``APIRouter``.
    :return: what was done; prints well.
    :raise TypeError: *app* is none of these.
    """
    router = app if isinstance(app, Router) else getattr(app, "router", None)
    if not isinstance(router, Router):
        raise TypeError(
            "app must be an application or a router of Starlette or FastAPI,"
            f" not {type(app).__module__}.{type(app).__qualname__}"
        )
    routers = _routers(router)
    for found in routers:
        _narrow(found)
    return Speedup(
        routers=len(routers),
        routes=sum(len(found.routes) for found in routers),
        notes=tuple(note for found in routers for note in _notes(found)),
    )


def _notes(router: Router) -> Iterator[str]:
    """Tell what is tried for every request."""
    routes = router.routes
    if not isinstance(routes, RouteList):
        yield f"{len(routes)} routes: they are in a list of class {type(routes).__qualname__}"
        return
    finder = routes.compiled()
    for position, reason in routes._reasons.items():
        yield f"{finder.items[position]!r}: {reason}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + "s" * (number != 1)


# Finding routers


def _routers(router: Router) -> list[Router]:
    """Return a router and all below it, each once."""
    routers: list[Router] = []
    waiting = [router]
    while waiting:
        router = waiting.pop()
        if any(router is known for known in routers):
            continue
        routers.append(router)
        below = map(_router_below, router.routes)
        waiting += [inner for inner in below if inner is not None]
    return routers


def _narrow(router: Router) -> None:
    """Give a router its list; one that has a list of a class of its own keeps that."""
    if type(router.routes) is list:
        router.routes = RouteList(router.routes)


def _router_below(route: Any) -> Router | None:
    """Return the router that a route leads to, ``None`` if there is none to be seen."""
    if isinstance(route, Mount | Host):
        # Middleware around a mounted application may keep it where it can't be seen.
        return _router_of(route.app) or _router_of(getattr(route, "_base_app", None))
    fastapi = _FastAPI.loaded()
    if fastapi is not None and type(route) is fastapi.included:
        router: Router = route.original_router
        return router
    return None


def _narrow_below(route: Any) -> None:
    """Give the router that a route leads to its list."""
    router = _router_below(route)
    if router is not None:
        _narrow(router)
    _narrow_included(route)


def _router_of(app: Any) -> Router | None:
    """Return the router inside an ASGI application, ``None`` if there is none to be seen."""
    seen: set[int] = set()
    while id(app) not in seen:
        seen.add(id(app))
        if isinstance(app, Router):
            return app
        # An application has a router; middleware has the application it stands before.
        inner = getattr(app, "router", None)
        app = inner if isinstance(inner, Router) else getattr(app, "app", None)
    return None


class _FastAPI(NamedTuple):
    """What FastAPI has of its own, where its version has it.

    :param included: the class of routes that stand for an included router.
    :param context: the class of what such a router holds in place of its routes.
    :param api_route: the class of path operations.
    :param matches: the functions ``matches`` that try the path's regex first.
    :param loops: the code that looks for the route of a request.
    """

    included: Any
    context: Any
    api_route: Any
    matches: tuple[Any, ...]
    loops: tuple[CodeType, ...]

    @classmethod
    def loaded(cls) -> _FastAPI | None:
        """Return what FastAPI has, ``None`` as long as the program has not imported it."""
        global _fastapi
        if _fastapi is None:
            module: Any = sys.modules.get("fastapi.routing")
            if module is None or not hasattr(module, "APIWebSocketRoute"):
                return None
            included = getattr(module, "_IncludedRouter", None)
            loops = [module.APIRouter.app, getattr(included, "_match", None)]
            _fastapi = cls(
                included=included,
                context=getattr(module, "_EffectiveRouteContext", None),
                api_route=module.APIRoute,
                matches=(module.APIRoute.matches, module.APIWebSocketRoute.matches),
                loops=tuple(_code(loop) for loop in loops if loop is not None),
            )
            _loops.extend(_fastapi.loops)
        return _fastapi


def _code(function: Any) -> CodeType:
    code: CodeType = inspect.unwrap(function).__code__
    return code


#: The loops that look for the route of a request. In the first, a guide may answer for a route.
_loops = [_code(Router.app)]
_ANSWERS = Answers(
    Match.FULL,
    Match.PARTIAL,
    (Match.NONE, {}),
    get_route_path,
    # Newer versions put the route into the scope.
    "route" in _loops[0].co_consts,
)
_fastapi: _FastAPI | None = None


# Reading routes

#: The functions ``matches`` that try the path's regex before anything else.
_MATCHES = (Route.matches, WebSocketRoute.matches, Mount.matches)

#: Convertors whose values the trie makes alike.
_PLAIN_CONVERTORS = (StringConvertor, IntegerConvertor)


class _Way(NamedTuple):
    """How a route is found.

    :param reason: why it is tried for every request; empty when the trie finds it.
    :param parts: its segments, see :mod:`trieroute.path_regexes`.
    :param branch: whether its path ends with a slash.
    :param plain: whether the guide may answer for it: nothing but path and method counts.
    """

    reason: str
    parts: tuple[Any, ...] = ()
    branch: bool = False
    plain: bool = False


def _way_of(route: Any) -> _Way:
    """Find out how a route, or what an included router holds for one, can be found."""
    fastapi = _FastAPI.loaded()
    asked = source = route
    known: tuple[Any, ...] = _MATCHES
    if fastapi is not None:
        known += fastapi.matches
        if fastapi.context is not None and type(route) is fastapi.context:
            asked = route.original_route
            if not isinstance(asked, fastapi.api_route):
                # Its own `matches` asks this one; a group of files has none.
                asked = source = route.starlette_route
    matches = getattr(type(asked), "matches", None)
    if matches not in known or "matches" in getattr(asked, "__dict__", ()):
        return _Way("its `matches` is its own")
    regex = getattr(source, "path_regex", None)
    path_format = getattr(source, "path_format", None)
    convertors = getattr(source, "param_convertors", None)
    if (
        not isinstance(regex, re.Pattern)
        or not isinstance(path_format, str)
        or not isinstance(convertors, dict)
    ):
        return _Way("it has no path regex")
    reading = read(regex, path_format, convertors)
    if reading is None:
        return _Way("its path regex is not the one of its path")
    if len(reading.parts) == 2 and reading.parts[1][2]:
        return _Way("its path may begin with anything")
    plain = (
        reading.exact
        and matches is Route.matches
        and all(type(convertor) in _PLAIN_CONVERTORS for convertor in convertors.values())
        and _answers_as_known()
    )
    return _Way("", reading.parts, reading.branch, plain)


@cache
def _answers_as_known() -> bool:
    """Tell whether ``Route.matches`` gives what the guide gives in its place."""
    child_scope = {"endpoint": _probe, "path_params": {"before": 1, "name": "value"}}
    return bool(_probe() == (Match.FULL, child_scope))


def _probe() -> Any:
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/value",
        "root_path": "",
        "path_params": {"before": 1},
        "headers": [],
    }
    return Route("/{name}", _probe).matches(scope)


#: The part of a rule's domain, where domains don't count.
_NO_DOMAIN = ("", None, False, None, None, None, ())


def _compiled(routes: list[Any]) -> tuple[Finder, dict[int, str]]:
    """Compile routes; return also, by position, why some are tried for every request."""
    ways = [_way_of(route) for route in routes]
    reasons = {position: way.reason for position, way in enumerate(ways) if way.reason}
    count = len(routes)
    before = min(reasons, default=count)
    # The rows have to live until the trie is made.
    rows = [
        (
            route,
            position,
            None,
            _NO_DOMAIN,
            way.parts,
            way.branch,
            True,
            False,
            None,
            False,
            (position, count + position, 2 * count + position),
            way.plain and position < before,
        )
        for position, (route, way) in enumerate(zip(routes, ways, strict=True))
        if not way.reason
    ]
    return Finder(routes, Trie(rows), list(reasons), _ANSWERS), reasons


class _Candidates(Narrowing):
    """What an included router of FastAPI goes through; it is never changed."""

    def __init__(self, candidates: Iterable[Any]) -> None:
        super().__init__(candidates, _loops)

    def _compile(self) -> Finder:
        routes = self[:]
        for route in routes:
            _narrow_below(route)
        finder, _ = _compiled(routes)
        self._finder = finder
        return finder


class RouteList(Narrowing):
    """The routes of a router, a list like any other, which can be changed in place.

    It is equal to a list with the same routes. The loop in which the router looks for the route of
    a request gets those alone whose path may fit.

    :param routes: the routes.
    """

    def __init__(self, routes: Iterable[Any] = ()) -> None:
        super().__init__(routes, _loops)
        self._version: object = object()
        self._reasons: dict[int, str] = {}

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[Any, ...]:
        return type(self), (self[:],)

    def _compile(self) -> Finder:
        version = self._version
        routes = self[:]
        for route in routes:
            _narrow_below(route)
        finder, self._reasons = _compiled(routes)
        self._finder = finder
        if self._version is not version:
            # Another thread has changed the list: what was compiled serves this request alone.
            self._finder = None
        return finder

    def _changed(self) -> None:
        # In this order: whoever compiles meanwhile sees the new version after keeping its work.
        self._version = object()
        self._finder = None

    def append(self, route: Any) -> None:
        """Add a route."""
        super().append(route)
        self._changed()

    def extend(self, routes: Iterable[Any]) -> None:
        """Add routes."""
        super().extend(routes)
        self._changed()

    def insert(self, position: SupportsIndex, route: Any) -> None:
        """Add a route before a position."""
        super().insert(position, route)
        self._changed()

    def remove(self, route: Any) -> None:
        """Remove the first route that equals one."""
        super().remove(route)
        self._changed()

    def pop(self, position: SupportsIndex = -1) -> Any:
        """Remove and return the route at a position."""
        route = super().pop(position)
        self._changed()
        return route

    def clear(self) -> None:
        """Remove all routes."""
        super().clear()
        self._changed()

    def sort(self, *, key: Any = None, reverse: bool = False) -> None:
        """Sort the routes."""
        try:
            super().sort(key=key, reverse=reverse)
        finally:
            # A key that raises may leave some routes in other places.
            self._changed()

    def reverse(self) -> None:
        """Reverse the order of the routes."""
        super().reverse()
        self._changed()

    def __setitem__(self, position: Any, route: Any) -> None:
        super().__setitem__(position, route)
        self._changed()

    def __delitem__(self, position: SupportsIndex | slice) -> None:
        super().__delitem__(position)
        self._changed()

    def __iadd__(self, routes: Iterable[Any]) -> RouteList:  # type: ignore[misc]
        super().__iadd__(routes)
        self._changed()
        return self

    def __imul__(self, times: SupportsIndex) -> RouteList:
        super().__imul__(times)
        self._changed()
        return self


# Routers that FastAPI includes


def _narrow_included(route: Any) -> None:
    """Let what stands for an included router narrow the candidates that it goes through."""
    fastapi = _FastAPI.loaded()
    if (
        fastapi is None
        or fastapi.included is None
        or type(route) is not fastapi.included
        or "effective_candidates" in vars(route)
        or not hasattr(route, "effective_candidates")
    ):
        return
    candidates_now = route.effective_candidates
    last: tuple[list[Any], list[Any]] = [], []

    def effective_candidates() -> list[Any]:
        nonlocal last
        candidates = candidates_now()
        known, narrowed = last
        if candidates is not known:
            narrowed = _Candidates(candidates)
            last = candidates, narrowed
        return narrowed

    route.effective_candidates = effective_candidates
