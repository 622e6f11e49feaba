"""What FastAPI has beside Starlette: its loops, its ``matches``, and the routers that it includes.

FastAPI is never imported here: what it has is read once a program has imported it.

Newer versions keep one route for a router that they include. It makes *effective candidates*, one
for each route of the router, at the first request that tries it, and keeps them until the router
counts a change. What is changed before they are made counts, so nothing here has them made. Once
they are, the trie of the list that has the route holds the paths of all of them; FastAPI goes
through them in a list with a trie of its own.

All this is FastAPI's private matter, so it is tried out. Where a version behaves in another way,
its included routers try all their routes as without trieroute.
"""

from __future__ import annotations

import inspect
import sys
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from .guide import GuidedList
from .loops import LOOPS, codes_in, has_its_own, originals, watch_called
from .prerequisites import Prerequisites

#: Why an included router is tried for every request before FastAPI has made its candidates.
NOT_MADE_YET = "its routes are not made yet"

#: The methods by which an included router is asked whether it takes a request.
_ASKED = ("matches", "_match", "effective_low_priority_routes")


class _FastAPI(NamedTuple):
    """What a version of FastAPI has; what it lacks is empty.

    :param included: the class of routes that stand for an included router.
    :param context: the class of the candidates that stand for other routes.
    :param api_route: the class of path operations.
    :param matches: the functions ``matches`` that try the regex of the path first.
    :param included_methods: the methods by which an included router is asked, by name.
    :param url_methods: the methods by which an included router is asked for URLs, by name.
    :param url_path_for: the method that makes the URL of a candidate that stands for a path
        operation.
    :param router_methods: those of the router itself.
    :param counting: the method that counts the changes of a router, by name, if candidates are kept
        until the count changes.
    """

    included: Any = ()
    context: Any = ()
    api_route: Any = ()
    matches: tuple[Any, ...] = ()
    included_methods: Mapping[str, Any] = {}
    url_methods: Mapping[str, Any] = {}
    url_path_for: Any = None
    router_methods: Mapping[str, Any] = {}
    counting: Mapping[str, Any] = {}


_fastapi = _NOTHING = _FastAPI()


def _loaded() -> _FastAPI:
    """Return what FastAPI has, which is nothing as long as the program has not imported it."""
    global _fastapi
    if _fastapi is _NOTHING:
        module: Any = sys.modules.get("fastapi.routing")
        if not _is_imported(module):
            return _NOTHING
        included: Any = getattr(module, "_IncludedRouter", ())
        router = module.APIRouter
        counts = _holds(_candidates_are_kept, module)
        context = getattr(module, "_EffectiveRouteContext", ())
        asks_for_urls = _holds(_candidates_are_asked_for_urls, module)
        _fastapi = _FastAPI(
            included=included,
            context=context,
            api_route=module.APIRoute,
            matches=originals(module.APIRoute, module.APIWebSocketRoute),
            included_methods=_methods(included, *_ASKED),
            url_methods=(
                _methods(included, "url_path_for", "effective_route_contexts")
                if asks_for_urls
                else {}
            ),
            url_path_for=vars(context)["url_path_for"] if asks_for_urls else None,
            router_methods=_methods(router, "matches"),
            counting=_methods(router, "_get_routes_version") if counts else {},
        )
        if getattr(included, "__getstate__", None) is object.__getstate__:
            included.__getstate__ = _state_for_a_copy
        if hasattr(module, "get_route_path"):
            watch_called(module)
        name = module.__name__
        LOOPS.searching.extend(codes_in(name, router.app))
        if hasattr(included, "_match"):
            LOOPS.searching.extend(codes_in(name, included._match))
        if asks_for_urls:
            LOOPS.naming.extend(codes_in(name, included.url_path_for))
            LOOPS.passing.extend(codes_in(name, included.effective_route_contexts))
        if _holds(_contexts_are_made_in_turn, module):
            passing = (module.iter_route_contexts, module._iter_routes_with_context)
            LOOPS.passing.extend(codes_in(name, *passing))
        if _holds(_included_routers_alone_fall_back, module):
            LOOPS.falling_back.extend(codes_in(name, router._iter_low_priority_routes))
    return _fastapi


def _is_imported(module: Any) -> bool:
    """Tell whether a module was imported to its end, which another thread may still be about."""
    specification = getattr(module, "__spec__", None)
    return hasattr(module, "APIRouter") and not getattr(specification, "_initializing", False)


def _holds(trial: Callable[[Any], bool], module: Any) -> bool:
    """Tell whether FastAPI behaves as a trial expects; it may lack what the trial uses."""
    with suppress(Exception):
        return trial(module)
    return False


def _candidates_are_kept(module: Any) -> bool:
    """Try out that candidates are kept until a router counts a change, however deep it is."""
    outer, inner, innermost = (module.APIRouter() for _ in range(3))
    inner.include_router(innermost)
    outer.include_router(inner)
    (route,) = outer.routes
    first = route.effective_candidates()
    inner.routes.append(module.APIRoute("/", repr))
    kept = route.effective_candidates() is first
    innermost._routes_version += 1
    return (
        kept
        and route.effective_candidates() is not first
        and all(has_its_own(type(route), name) for name in _ASKED if hasattr(route, name))
        and has_its_own(module.APIRouter)
    )


def _candidates_are_asked_for_urls(module: Any) -> bool:
    """Try out that an included router asks each of its candidates for a URL, at each call anew."""
    outer, inner = module.APIRouter(), module.APIRouter()
    inner.add_api_route("/a/{x}", repr, name="a")
    inner.add_api_route("/a/{x}", repr, name="b")
    outer.include_router(inner, prefix="/p")
    (route,) = outer.routes
    first, second = route.effective_candidates()
    urls = []
    for candidates in ([first, second], [second], [first]):
        route.effective_candidates = lambda candidates=candidates: candidates
        try:
            urls.append(route.url_path_for("a", x="1"))
        except module.routing.NoMatchFound:
            urls.append(None)
    return (
        urls == ["/p/a/1", None, "/p/a/1"]
        and has_its_own(type(route), "url_path_for")
        and has_its_own(type(first), "url_path_for")
        and inspect.isgeneratorfunction(type(route).effective_route_contexts)
    )


def _contexts_are_made_in_turn(module: Any) -> bool:
    """Try out that the functions that give all contexts of routes keep nothing of them."""
    router = module.APIRouter()
    router.add_api_route("/a", repr)
    seen = []
    given: list[Any] = [[], router.routes, []]
    for routes in given:
        seen.append([context.original_route for context in module.iter_route_contexts(routes)])
    made = module.iter_route_contexts(iter([router.routes[0], None]))
    return (
        seen == given
        and next(made).original_route is router.routes[0]
        and has_its_own(module._EffectiveRouteContext)
        and inspect.isgeneratorfunction(module.iter_route_contexts)
        and inspect.isgeneratorfunction(module._iter_routes_with_context)
    )


def _included_routers_alone_fall_back(module: Any) -> bool:
    """Try out that for a request that no route takes only included routers are asked."""
    outer, inner = module.APIRouter(), module.APIRouter()
    outer.add_api_route("/", repr)
    outer.include_router(inner)
    nothing = list(outer._iter_low_priority_routes())
    outer.routes[-1].effective_low_priority_routes = lambda: [inner]
    return nothing == [] and list(outer._iter_low_priority_routes()) == [inner]


def _methods(owner: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(owner, name, None) for name in names}


def _has(thing: Any, methods: Mapping[str, Any]) -> bool:
    """Tell whether nothing has taken the place of methods, in a subclass or in the object."""
    return methods.keys().isdisjoint(vars(thing)) and _methods(type(thing), *methods) == methods


# Routes


def matches() -> tuple[Any, ...]:
    """Return the functions ``matches`` of FastAPI's that try the regex of the path first."""
    return _loaded().matches


def is_included(route: Any) -> bool:
    """Tell whether a route stands for a router that FastAPI included."""
    return type(route) is _loaded().included


def original_of(route: Any) -> Any:
    """Return the route that a candidate stands for, and any other route itself."""
    return route.original_route if type(route) is _loaded().context else route


def asked_and_read(route: Any) -> tuple[Any, Any]:
    """Return what is asked whether a route matches, and what has the path that it matches."""
    original = original_of(route)
    if original is route or isinstance(original, _loaded().api_route):
        return original, route
    # Its own `matches` asks this one; a group of files has none.
    return route.starlette_route, route.starlette_route


def url_methods() -> tuple[Any, ...]:
    """Return the functions ``url_path_for`` of FastAPI's that know one name."""
    known = _loaded().url_path_for
    return () if known is None else (known,)


def asked_for_url(route: Any) -> Any:
    """Return what is asked for the URL of a route, or of a candidate that stands for one."""
    original = original_of(route)
    if original is route or isinstance(original, _loaded().api_route):
        return route
    # A group of files has none.
    return route.starlette_route


def shown(route: Any) -> str:
    """Show a route; an included router would show all that is in it."""
    if not is_included(route):
        original = original_of(route)
        try:
            return repr(original)
        except Exception:
            # That of Starlette shows attributes which a class of a program's own may not have.
            return object.__repr__(original)
    router = route.original_router
    prefix = getattr(getattr(route, "include_context", None), "prefix", "")
    return f"{type(router).__name__} included at {prefix + router.prefix!r}"


# Included routers


class _Made(NamedTuple):
    """Candidates that FastAPI made.

    :param source: the list that FastAPI keeps.
    :param routes: the list of the same candidates that FastAPI goes through.
    :param prerequisites: the routers whose routes they stand for; ``None`` if a change of one of
        them can't be seen.
    """

    source: list[Any]
    routes: GuidedList
    prerequisites: Prerequisites | None

    def are_current(self) -> bool:
        """Tell whether the routers still have the routes that the candidates stand for."""
        return self.prerequisites is not None and self.prerequisites.are_current()


class _EffectiveCandidates:
    """The method of an included router that returns its candidates, in a list with a trie.

    ``last`` is what was made last. Only a call, which comes from FastAPI, has candidates made.

    :param route: the route that stands for the router.
    :param list_of: makes the list of the candidates.
    """

    def __init__(self, route: Any, list_of: Callable[[Iterable[Any]], GuidedList]) -> None:
        self.route = route
        self._list_of = list_of
        self._make: Callable[[], list[Any]] = route.effective_candidates
        self._outer: tuple[weakref.ref[GuidedList], ...] = ()
        self.last: _Made | None = None

    def __call__(self) -> list[Any]:
        last = self.last
        if last is not None and last.are_current():
            return last.routes
        # The routers are read first: a change that comes meanwhile is seen at the next call.
        prerequisites = Prerequisites()
        watched = _watch(self.route.original_router, prerequisites)
        source = self._make()
        if not watched and last is not None and last.source is source:
            return last.routes
        made = _Made(source, self._list_of(source), prerequisites if watched else None)
        made.routes.maker = self
        self.last = made
        return made.routes

    def lists(self) -> list[GuidedList]:
        """Return the lists that have the route. What stands before it there goes before these."""
        return [routes for routes in (outer() for outer in self._outer) if routes is not None]

    def stands_in(self, routes: GuidedList) -> None:
        """Add a list that has the route."""
        known = self.lists()
        if not any(routes is other for other in known):
            self._outer = tuple(map(weakref.ref, [*known, routes]))


def _state_for_a_copy(route: Any) -> Any:
    """Return what a copy of an included router gets: the candidates are those of the router itself.

    The copy may get into an application that was not sped up, where nobody would look at it.
    """
    state: Any = object.__getstate__(route)
    if not isinstance(state, dict):
        return state
    return {
        name: value for name, value in state.items() if not isinstance(value, _EffectiveCandidates)
    }


def guide_candidates(
    route: Any,
    list_of: Callable[[Iterable[Any]], GuidedList],
    outer: GuidedList | None = None,
) -> None:
    """Let FastAPI go through the candidates of an included router in a list with a trie.

    :param list_of: makes the list of the candidates.
    :param outer: a list that has the route which stands for the router.
    """
    kept = vars(route).get("effective_candidates")
    if isinstance(kept, _EffectiveCandidates) and kept.route is not route:
        # The route is a copy of another one, to which this belongs.
        del route.effective_candidates
        kept = None
    if kept is None and hasattr(route, "effective_candidates"):
        route.effective_candidates = kept = _EffectiveCandidates(route, list_of)
    if outer is not None and isinstance(kept, _EffectiveCandidates):
        kept.stands_in(outer)


def candidates_of(route: Any, prerequisites: Prerequisites) -> list[Any] | str:
    """Return the candidates of an included router.

    :param prerequisites: they get the routers whose routes the candidates stand for, or what is not
        made yet.
    :return: the candidates, or the reason why they can't be relied on.
    """
    if not _asks_its_candidates(route):
        return "its `matches` is its own"
    if not _watch(route.original_router, prerequisites):
        return "changes of its routes can't be seen"
    kept = vars(route)["effective_candidates"]
    # What is made after this line counts as made since.
    last = kept.last
    if last is None or not last.are_current():
        prerequisites.add_awaited(kept, last)
        return NOT_MADE_YET
    return last.routes  # type: ignore[no-any-return]


def named_candidates(route: Any, prerequisites: Prerequisites) -> list[Any] | None:
    """Return the candidates of an included router that it asks for URLs.

    :return: the candidates, or ``None`` if they can't be relied on.
    """
    methods = _loaded().url_methods
    if not methods or not _has(route, methods):
        return None
    candidates = candidates_of(route, prerequisites)
    return None if isinstance(candidates, str) else candidates[:]


def _asks_its_candidates(route: Any) -> bool:
    """Tell whether an included router matches what one of its candidates matches."""
    fastapi = _loaded()
    return (
        _has(route, fastapi.included_methods)
        and _has(route.original_router, fastapi.router_methods)
        and isinstance(vars(route).get("effective_candidates"), _EffectiveCandidates)
    )


def included_in(router: Any) -> Iterator[Any]:
    """Give a router and all that it includes, each once, and each before its routes are read."""
    given: list[Any] = []
    waiting = [router]
    while waiting:
        router = waiting.pop()
        if not any(router is known for known in given):
            given.append(router)
            yield router
            for route in router.routes[:]:
                if isinstance(route, _loaded().included):
                    waiting.append(route.original_router)


def _watch(router: Any, prerequisites: Prerequisites) -> bool:
    """Add a router and all that it includes to prerequisites; tell whether changes are seen."""
    counting = _loaded().counting
    for included in included_in(router):
        if not (counting and isinstance(included.routes, GuidedList) and _has(included, counting)):
            return False
        prerequisites.add_router(included)
    return True


def may_fall_back(route: Any, prerequisites: Prerequisites) -> bool:
    """Tell whether a route may have something for a request that no route takes.

    FastAPI is not asked to make that: it makes it of lists that the routers have for it, and counts
    what is added to them as a change.

    :param route: any route; FastAPI asks those alone that stand for an included router.
    :param prerequisites: they get the routers that were asked.
    """
    if not isinstance(route, _loaded().included):
        return False
    routers = included_in(route.original_router)
    return (
        not is_included(route)
        or not _asks_its_candidates(route)
        or not _watch(route.original_router, prerequisites)
        or any(getattr(router, "_low_priority_routes", True) for router in routers)
    )
