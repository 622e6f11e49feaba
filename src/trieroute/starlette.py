"""Starlette and FastAPI applications whose routes are found by the trie.

:func:`speedup` puts a :class:`RouteList` in the place of a router's list of routes. It is a list
with the same routes, and whoever iterates over it gets them all; only the loop in which a router
looks for the route of a request gets the few whose path may fit, in their order. The router's own
code, and each route's own ``matches`` and ``handle``, do the rest as ever.

How the loop is told which request it is for: it calls ``matches(scope)`` of each item, so the first
item that it gets is a :class:`Guide`, which matches nothing but looks up what comes after it. For
the commonest kind of route the guide answers in the route's place.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain
from types import CodeType
from typing import Any, NamedTuple, SupportsIndex

from starlette.convertors import IntegerConvertor, StringConvertor
from starlette.routing import (  # type: ignore[attr-defined]
    BaseRoute,
    Host,
    Match,
    Mount,
    Route,
    Router,
    WebSocketRoute,
    get_route_path,
)

from ._core.trie import Trie
from .path_regexes import read

__all__ = ["RouteList", "Speedup", "speedup"]

_FULL, _PARTIAL = Match.FULL, Match.PARTIAL
_NO_MATCH: tuple[Match, dict[str, Any]] = (Match.NONE, {})
_getframe = sys._getframe


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
    index = routes.compiled()
    for position, reason in index.reasons.items():
        yield f"{index.routes[position]!r}: {reason}"


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
            _loops.update((id(code), code) for code in _fastapi.loops)
        return _fastapi


def _code(function: Any) -> CodeType:
    code: CodeType = inspect.unwrap(function).__code__
    return code


#: The loop of Starlette in which the guide may answer for a route.
_STARLETTE_LOOP = _code(Router.app)
#: Whether that loop puts the route into the scope, which newer versions do.
_PUTS_ROUTE = "route" in _STARLETTE_LOOP.co_consts
#: All other loops that look for the route of a request: their code, by its `id`, which is compared
#: in less time than code is.
_loops: dict[int, CodeType] = {}
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


class _Index:
    """The routes of one state of a list, compiled.

    :param routes: the routes.
    """

    __slots__ = ("count", "match", "others", "reasons", "routes", "trie")

    def __init__(self, routes: list[Any]) -> None:
        self.routes = routes
        ways = [_way_of(route) for route in routes]
        #: Why some routes are tried for every request, by position.
        self.reasons = {position: way.reason for position, way in enumerate(ways) if way.reason}
        self.others = list(self.reasons)
        self.count = count = len(routes)
        before = self.others[0] if self.others else count
        # The rows have to live until the trie is made.
        self.trie = Trie(
            [
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
        )
        self.match = self.trie.match_direct

    def candidates(self, path: str) -> list[Any]:
        """Return the routes that may match a path, in their order."""
        positions = self.trie.match_all(path)
        if path.endswith("\n"):
            # The regexes' `$` matches before it as well.
            positions += self.trie.match_all(path[:-1])
        elif not self.others:
            return [self.routes[position] for position in positions]
        return [self.routes[position] for position in sorted({*positions, *self.others})]


class Guide(BaseRoute):
    """The first item of a loop that looks for a route; it finds the items that follow it."""

    #: What the loop of FastAPI's included routers asks of its items.
    original_route = starlette_route = None
    #: What follows; a loop that asks nothing gets all.
    found: list[Any] | None = None

    #: The list that the loop goes through.
    routes: _Narrowing

    def __iter__(self) -> Iterator[Any]:
        return list.__iter__(self.routes if self.found is None else self.found)

    def matches(self, scope: Any) -> Any:
        """Find the routes for a request."""
        self.found = self.routes.compiled().candidates(get_route_path(scope))
        return _NO_MATCH


class AnsweringGuide(Guide):
    """A guide that matches, and is handled, in the place of a plain route."""

    def matches(self, scope: Any) -> Any:
        """Match for the first route of a request, or find the routes."""
        routes = self.routes
        index = routes._index
        if index is None or index.count != len(routes):
            index = routes.compiled()
        path = get_route_path(scope) if scope.get("root_path") else scope["path"]
        if scope["type"] == "http":
            hit = index.match(path, scope["method"])
            if hit is not None:
                route, values, full = hit
                if full or not index.others:
                    outer = scope.get("path_params")
                    if outer:
                        values = {**outer, **values}
                    # Starlette goes on with the guide, as if it were the route.
                    self.handle = route.handle  # type: ignore[method-assign]
                    child_scope = (
                        {"endpoint": route.endpoint, "path_params": values, "route": route}
                        if _PUTS_ROUTE
                        else {"endpoint": route.endpoint, "path_params": values}
                    )
                    if full:
                        return _FULL, child_scope
                    # Nothing that follows matches any better.
                    self.found = []
                    return _PARTIAL, child_scope
        self.found = index.candidates(path)
        return _NO_MATCH


class _Narrowing(list[Any]):
    """A list of which the loops that look for the route of a request get a part."""

    __slots__ = ("_index", "_version")

    def __init__(self, routes: Iterable[Any] = ()) -> None:
        super().__init__(routes)
        self._version: object = object()
        self._index: _Index | None = None

    def __iter__(self) -> Iterator[Any]:
        code = _getframe(1).f_code
        guide: Guide
        if code is _STARLETTE_LOOP:
            guide = AnsweringGuide()
        elif id(code) in _loops:
            guide = Guide()
        else:
            return super().__iter__()
        guide.routes = self
        return chain((guide,), guide)

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[Any, ...]:
        return type(self), (self[:],)

    def compiled(self) -> _Index:
        """Return the compiled routes as they are now."""
        index = self._index
        return self._compile() if index is None or index.count != len(self) else index

    def _compile(self) -> _Index:
        version = self._version
        routes = self[:]
        for route in routes:
            router = _router_below(route)
            if router is not None:
                _narrow(router)
            _narrow_included(route)
        self._index = index = _Index(routes)
        if self._version is not version:
            # Another thread has changed the list: what was compiled serves this request alone.
            self._index = None
        return index


class RouteList(_Narrowing):
    """The routes of a router, a list like any other, which can be changed in place.

    It is equal to a list with the same routes. The loop in which the router looks for the route of
    a request gets those alone whose path may fit.

    :param routes: the routes.
    """

    __slots__ = ()

    def _changed(self) -> None:
        # In this order: whoever compiles meanwhile sees the new version after keeping its work.
        self._version = object()
        self._index = None

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
            narrowed = _Narrowing(candidates)
            last = candidates, narrowed
        return narrowed

    route.effective_candidates = effective_candidates
