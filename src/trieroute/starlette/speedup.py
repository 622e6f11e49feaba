"""Starlette and FastAPI applications whose routes are found by the trie.

:func:`speedup` puts a :class:`RouteList` in the place of a router's list of routes. It is a list
with the same routes, and whoever iterates over it gets them all; only the loop in which a router
looks for the route of a request gets the few whose path may fit, in their order. The router's own
code, and each route's own ``matches`` and ``handle``, do the rest as ever.

How the loop is told which request it is for stands in ``guide.pyx``. Here routes are read
for the trie, and the routers of an application are found.

A router that FastAPI included is tried as ever until FastAPI has made what it goes through, for
what is changed before that counts. From then on it is in the trie with the paths of all its routes:
it is tried for those alone. What it then goes through is a list with a trie of its own. The
compilation that puts it there waits until it is worth its time, see ``guide.pyx``.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from types import CodeType, MemberDescriptorType
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

from .._core.part import Part
from .._core.target import Target
from .._core.trie import Trie
from .guide import Answers, Finder, Narrowing, Snapshot
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
    routes are added; a second call changes nothing but routers whose ``routes`` were set anew. A
    method that is replaced later in a router that FastAPI has included is seen with the next change
    of the routes.

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
    # What is included is told of where it is.
    included = {
        id(_router_below(route))
        for found in routers
        for route in _routes_of(found)
        if _is_included(route)
    }
    listed = [found for found in routers if found is router or id(found) not in included]
    return Speedup(
        routers=len(routers),
        routes=sum(len(_routes_of(found)) for found in routers),
        notes=tuple(note for found in listed for note in _notes(found)),
    )


def _notes(router: Router) -> Iterator[str]:
    """Tell what is tried for every request."""
    routes = _routes_of(router)
    if type(routes) is list:
        yield f"{len(routes)} routes: their router lets nobody put another list in their place"
        return
    if not isinstance(routes, RouteList):
        yield f"{len(routes)} routes: they are in a list of class {type(routes).__qualname__}"
        return
    finder = routes.compiled()
    for position, reason in routes._reasons.items():
        if reason != _UNMADE.reason:
            yield f"{_shown(finder.items[position])}: {reason}"


def _shown(route: Any) -> str:
    """Show a route; what stands for an included router would show all that is in it."""
    if not _is_included(route):
        return repr(getattr(route, "original_route", route))
    router = route.original_router
    prefix = getattr(getattr(route, "include_context", None), "prefix", "")
    return f"{type(router).__name__} included at {prefix + router.prefix!r}"


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
        below = map(_router_below, _routes_of(router))
        waiting += [inner for inner in below if inner is not None]
    return routers


def _narrow(router: Router) -> None:
    """Give a router its list; one that has a list of a class of its own keeps that."""
    routes = _routes_of(router)
    if type(routes) is list:
        # A router's class may make a property of it that can't be set.
        with suppress(Exception):
            router.routes = RouteList(routes)


def _routes_of(router: Router) -> Sequence[Any]:
    """Return the list of a router, an empty one if the router does not give it."""
    try:
        return router.routes
    except Exception:
        return ()


def _router_below(route: Any) -> Router | None:
    """Return the router that a route leads to, ``None`` if there is none to be seen."""
    fastapi = _FastAPI.loaded()
    if fastapi is not None and fastapi.context is not None and type(route) is fastapi.context:
        route = route.original_route
    if isinstance(route, Mount | Host):
        # Middleware around a mounted application may keep it where it can't be seen.
        return _router_of(_attribute(route, "app")) or _router_of(_attribute(route, "_base_app"))
    if _is_included(route):
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
        inner = _attribute(app, "router")
        app = inner if isinstance(inner, Router) else _attribute(app, "app")
    return None


def _attribute(thing: Any, name: str) -> Any:
    """Return an attribute that is there already, ``None`` for one that would be made."""
    value = inspect.getattr_static(thing, name, None)
    if isinstance(value, MemberDescriptorType):
        return getattr(thing, name, None)
    return None if isinstance(value, property) else value


class _FastAPI(NamedTuple):
    """What FastAPI has of its own, where its version has it.

    :param included: the class of routes that stand for an included router.
    :param context: the class of what such a router holds in place of its routes.
    :param api_route: the class of path operations.
    :param matches: the functions ``matches`` that try the path's regex first.
    :param loops: the code that looks for the route of a request.
    :param skimming: the code that goes through all routes for those of the class ``included``.
    :param falling_back: the code that does so for a request that no route takes.
    :param included_methods: the methods by which an included router is asked, by name.
    :param router_methods: those of the router itself.
    :param counting: the method that counts the changes of a router, by name; ``None`` where it, or
        what is kept until the count changes, is not as known.
    """

    included: Any
    context: Any
    api_route: Any
    matches: tuple[Any, ...]
    loops: tuple[CodeType, ...]
    skimming: tuple[CodeType, ...]
    falling_back: tuple[CodeType, ...]
    included_methods: Mapping[str, Any]
    router_methods: Mapping[str, Any]
    counting: Mapping[str, Any] | None

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
            skimming, falling_back = (
                tuple(
                    code
                    for code in _codes(module.APIRouter, [name])
                    if _SKIMMING_NAMES.issuperset(code.co_names)
                )
                for name in _SKIMMING
            )
            kept = _codes(included, _KEPT)
            # What is kept is known to be kept for as long as the count stays.
            counted = (
                any("_routes_version" in code.co_names for code in skimming)
                and kept
                and all(_SKIMMING[0] in code.co_names for code in kept)
                and _has_its_own_matches(included)
                and _has_its_own_matches(module.APIRouter)
            )
            _fastapi = cls(
                included=included,
                context=getattr(module, "_EffectiveRouteContext", None),
                api_route=module.APIRoute,
                matches=_originals(module.APIRoute, module.APIWebSocketRoute),
                loops=tuple(_code(loop) for loop in loops if loop is not None),
                skimming=skimming,
                falling_back=falling_back,
                included_methods=_methods(included, ["matches", "_match", _KEPT[1]]),
                router_methods=_methods(module.APIRouter, ["matches"]),
                counting=_methods(module.APIRouter, _SKIMMING[:1]) if counted else None,
            )
            _loops.extend(_fastapi.loops)
            _skimming.extend(_fastapi.skimming)
            _falling_back.extend(_fastapi.falling_back)
        return _fastapi


def _code(function: Any) -> CodeType:
    code: CodeType = inspect.unwrap(function).__code__
    return code


def _codes(owner: Any, names: Iterable[str]) -> list[CodeType]:
    """Return the code of those methods that a class has."""
    return [_code(getattr(owner, name)) for name in names if hasattr(owner, name)]


def _methods(owner: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(owner, name, None) for name in names}


def _has(thing: Any, methods: Mapping[str, Any]) -> bool:
    """Tell whether nothing has taken the place of methods, in a subclass or in the object."""
    return methods.keys().isdisjoint(vars(thing)) and _methods(type(thing), methods) == methods


#: Methods of FastAPI's that go through all routes of a router, for every request, and look at those
#: alone that stand for an included router. What they do shows in the names that they use.
_SKIMMING = ("_get_routes_version", "_iter_low_priority_routes")
_SKIMMING_NAMES = {
    "set",
    "id",
    "add",
    "isinstance",
    "routes",
    "original_router",
    "effective_low_priority_routes",
    "_IncludedRouter",
    "_get_routes_version",
    "_low_priority_routes",
    "_routes_version",
}
_skimming: list[CodeType] = []
_falling_back: list[CodeType] = []

#: Methods of included routers whose results are kept until the first of the methods above returns
#: another number.
_KEPT = ("effective_candidates", "effective_low_priority_routes")

#: The loops that look for the route of a request. In the first, a guide may answer for a route.
_loops = [_code(Router.app)]
_ANSWERS = Answers(
    Match.FULL,
    Match.PARTIAL,
    (Match.NONE, {}),
    get_route_path,
    # Newer versions put the route into the scope.
    "route" in _loops[0].co_consts,
    Route.matches,
)
_fastapi: _FastAPI | None = None


# Reading routes


def _originals(*classes: Any) -> tuple[Any, ...]:
    """Return the functions ``matches`` of classes, but none that was put in the place of theirs."""
    return tuple(vars(kind)["matches"] for kind in classes if _has_its_own_matches(kind))


def _has_its_own_matches(kind: Any) -> bool:
    """Tell whether ``matches`` of a class was written in the module of the class."""
    function = vars(kind).get("matches")
    written_in = getattr(function, "__globals__", None)
    return inspect.isfunction(function) and written_in is vars(sys.modules[kind.__module__])


#: The functions ``matches`` that try the path's regex before anything else.
_MATCHES = _originals(Route, WebSocketRoute, Mount)

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


def _way_of(route: Any, snapshot: Snapshot) -> _Way:
    """Find out how a route, or what an included router holds for one, can be found.

    :param snapshot: gets the classes of what is found by the trie.
    """
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
    # A `matches` may call the one of its base.
    kinds = [kind for kind in type(asked).__mro__ if kind not in (BaseRoute, object)]
    own = {kind: vars(kind)["matches"] for kind in kinds if "matches" in vars(kind)}
    matches = getattr(type(asked), "matches", None)
    if (
        matches not in known
        or any(function not in known for function in own.values())
        or "matches" in getattr(asked, "__dict__", ())
    ):
        return _Way("its `matches` is its own")
    for kind, function in {**own, type(asked): matches}.items():
        snapshot.add_class(kind, function)
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
    if len(reading.parts) == 2 and reading.parts[1].tail:
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


#: How an included router is found before FastAPI has made what it goes through.
_UNMADE = _Way("its routes are not made yet")

#: The part of a rule's domain, where domains don't count.
_NO_DOMAIN = Part("")


def _compiled(routes: list[Any], snapshot: Snapshot) -> tuple[Trie, dict[int, str]]:
    """Compile routes; return also, by position, why some are tried for every request.

    :param snapshot: gets the classes of the routes, and the included routers whose routes are read.
    """
    ways = [_ways_of(route, snapshot) for route in routes]
    reasons = {
        position: way.reason for position, own in enumerate(ways) for way in own if way.reason
    }
    found = [
        (position, way)
        for position, own in enumerate(ways)
        for way in own
        if position not in reasons
    ]
    count = len(found)
    before = min(reasons, default=len(routes))
    targets = [
        Target(
            routes[position],
            position,
            None,
            None,
            _NO_DOMAIN,
            way.parts,
            way.branch,
            True,
            False,
            False,
            way.plain and position < before,
        )
        for position, way in found
    ]
    exact, lacking, tolerated = (list(range(form * count, (form + 1) * count)) for form in range(3))
    return Trie(targets, exact, lacking, tolerated), reasons


def _ways_of(route: Any, snapshot: Snapshot) -> list[_Way]:
    """Find out how a route can be found: an included router by the ways of all its routes.

    A way with a reason is the only one. FastAPI is not asked to make anything: whatever changes
    before a request does has to be in it.
    """
    if not _is_included(route):
        snapshot.items_read += 1
        return [_way_of(route, snapshot)]
    _narrow_included(route)
    if not _asks_its_routes(route):
        return [_Way("its `matches` is its own")]
    if not _watch(route.original_router, snapshot):
        return [_Way("changes of its routes can't be seen")]
    kept = vars(route)[_KEPT[0]]
    # In this order: what is made meanwhile is seen as a change.
    candidates = kept.last
    if candidates is None or not candidates.is_current():
        snapshot.wait(kept, candidates)
        return [_UNMADE]
    ways: dict[Any, _Way] = {}
    for candidate in candidates:
        for way in _ways_of(candidate, snapshot):
            if way is _UNMADE:
                return [way]
            if way.reason:
                return [_Way(f"{_shown(candidate)}: {way.reason}")]
            # Its own code answers.
            ways[way.parts, way.branch] = way._replace(plain=False)
    return list(ways.values())


def _asks_its_routes(route: Any) -> bool:
    """Tell whether an included router matches what one of its routes matches."""
    fastapi = _FastAPI.loaded()
    return (
        fastapi is not None
        and _has(route, fastapi.included_methods)
        and _has(route.original_router, fastapi.router_methods)
        and isinstance(vars(route).get(_KEPT[0]), _EffectiveCandidates)
    )


def _watch(router: Any, snapshot: Snapshot) -> bool:
    """Add a router and all that it includes to a snapshot; tell whether changes are seen."""
    fastapi = _FastAPI.loaded()
    if fastapi is None or fastapi.counting is None:
        return False
    waiting = [router]
    while waiting:
        router = waiting.pop()
        _narrow(router)
        if not isinstance(router.routes, RouteList) or not _has(router, fastapi.counting):
            return False
        if snapshot.add(router):
            waiting += _routers_included(router)
    return True


def _routers_included(router: Any) -> list[Any]:
    fastapi = _FastAPI.loaded()
    kind = () if fastapi is None or fastapi.included is None else fastapi.included
    return [route.original_router for route in router.routes[:] if isinstance(route, kind)]


def _may_fall_back(route: Any, snapshot: Snapshot) -> bool:
    """Tell whether an included router may have something for a request that no route takes."""
    if not (
        _is_included(route)
        and _asks_its_routes(route)
        and hasattr(route, _KEPT[1])
        and _watch(route.original_router, snapshot)
    ):
        return True
    # FastAPI is not asked to make it; adding to it is a change that it counts.
    seen: set[int] = set()
    waiting = [route.original_router]
    while waiting:
        router = waiting.pop()
        if getattr(router, "_low_priority_routes", True):
            return True
        if id(router) not in seen:
            seen.add(id(router))
            waiting += _routers_included(router)
    return False


def _is_included(route: Any) -> bool:
    """Tell whether a route stands for a router that FastAPI included."""
    fastapi = _FastAPI.loaded()
    return fastapi is not None and type(route) is fastapi.included


class RouteList(Narrowing):
    """The routes of a router, a list like any other, which can be changed in place.

    It is equal to a list with the same routes. The loop in which the router looks for the route of
    a request gets those alone whose path may fit.

    :param routes: the routes.
    """

    def __init__(self, routes: Iterable[Any] = ()) -> None:
        super().__init__(routes, _loops, _skimming, _falling_back)
        self._reasons: dict[int, str] = {}

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[Any, ...]:
        return type(self), (self[:],)

    def _compile(self) -> Finder:
        version = self._version
        routes = self[:]
        for route in routes:
            _narrow_below(route)
        snapshot = Snapshot()
        trie, self._reasons = _compiled(routes, snapshot)
        fastapi = _FastAPI.loaded()
        kind = () if fastapi is None or fastapi.included is None else fastapi.included
        included = [route for route in routes if isinstance(route, kind)]
        fallback = [route for route in included if _may_fall_back(route, snapshot)]
        finder = Finder(routes, trie, list(self._reasons), included, _ANSWERS, fallback, snapshot)
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


class _Candidates(Narrowing):
    """What an included router of FastAPI goes through; it is never changed.

    :param candidates: what FastAPI's list holds.
    :param snapshot: of the routers whose routes they are; ``None`` where their changes can't be
        seen.
    """

    def __init__(self, candidates: list[Any], snapshot: Snapshot | None) -> None:
        super().__init__(candidates, _loops, _skimming, _falling_back)
        self.candidates = candidates
        self.snapshot = snapshot

    def is_current(self) -> bool:
        """Tell whether the routers still have the routes that these stand for."""
        return self.snapshot is not None and self.snapshot.is_current()

    def _compile(self) -> Finder:
        routes = self[:]
        for route in routes:
            _narrow_below(route)
        snapshot = Snapshot()
        trie, reasons = _compiled(routes, snapshot)
        self._finder = finder = Finder(routes, trie, list(reasons), [], _ANSWERS, [], snapshot)
        return finder


class _EffectiveCandidates:
    """The method of an included router that returns what it goes through, narrowing.

    ``last`` is what it returned last; only whoever calls it has FastAPI make that.

    :param route: what stands for the router.
    """

    def __init__(self, route: Any) -> None:
        self.route = route
        self._router = route.original_router
        self._made: Callable[[], list[Any]] = route.effective_candidates
        self.last: _Candidates | None = None

    def __call__(self) -> list[Any]:
        last = self.last
        if last is not None and last.is_current():
            return last
        # In this order: a change that comes meanwhile is seen at the next call.
        snapshot = Snapshot()
        watched = _watch(self._router, snapshot)
        candidates = self._made()
        if not watched and last is not None and last.candidates is candidates:
            return last
        self.last = last = _Candidates(candidates, snapshot if watched else None)
        return last


def _narrow_included(route: Any) -> None:
    """Let what stands for an included router narrow the candidates that it goes through."""
    if not _is_included(route):
        return
    kept = vars(route).get(_KEPT[0])
    if isinstance(kept, _EffectiveCandidates) and kept.route is not route:
        # The route is a copy of another one, which this belongs to.
        del route.effective_candidates
    if _KEPT[0] not in vars(route) and hasattr(route, _KEPT[0]):
        route.effective_candidates = _EffectiveCandidates(route)
