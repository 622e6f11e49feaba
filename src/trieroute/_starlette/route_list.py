"""The list of routes that a router gets, and how its routes are read for the trie.

The trie finds a route whose ``matches`` is known to try the regex of its path first, if this regex
comes of its path; `path_regexes.py` reads it. Every other route is tried for each request. A router
that FastAPI included is found by the paths of all its routes; `fastapi.py` knows them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import wraps
from threading import RLock
from typing import Any, SupportsIndex
from weakref import WeakValueDictionary

from starlette.convertors import IntegerConvertor, StringConvertor
from starlette.routing import BaseRoute, Host, Route, Router

from .._core.changes import Changes, change_and_tell, exchange_attribute
from .._core.locks import locked
from . import edits, fastapi
from .attributes import gives_what_it_has
from .guide import CompiledRoutes, GuidedList
from .loops import LOOPS, MATCHES, has_its_own, original, route_is_as_known
from .named import NamedRoutes
from .names import named
from .path_regexes import Reading, read, trie_of
from .prerequisites import Prerequisites
from .routers import router_below, routers_from, routes_of

__all__ = ["RouteList", "give_lists"]

#: The convertors whose values the trie makes in the same way, with their ``convert``.
_PLAIN_CONVERTORS = {
    kind: vars(kind)["convert"]
    for kind in (StringConvertor, IntegerConvertor)
    if has_its_own(kind, "convert")
}

#: The attributes that say which paths a route matches.
_PATH = ("path_regex", "path_format", "param_convertors")

_HOST_MATCHES = original(Host, "matches")
# Reasons why a route is tried for every request.
_MATCHES_BY_ITSELF = "its `matches` is its own"
_SETS_BY_ITSELF = "its class sets attributes in its own way"
_GIVES_BY_ITSELF = "its class gives attributes in its own way"
_BEGINS_WITH_ANYTHING = "its path may begin with anything"


#: Each :class:`RouteList` that was put in the place of a list, by the identity of that one.
_GIVEN: WeakValueDictionary[int, RouteList] = WeakValueDictionary()
_GIVING = RLock()


def give_lists(routers: Iterable[Router]) -> bool:
    """Give routers their :class:`RouteList`, and those the same one that have the same list.

    A router that has a list of another class keeps that, and so does one whose class gives
    ``routes`` in its own way, for that may be a part of its routes.

    :return: whether one was given.
    """
    return locked(_GIVING, _give_lists, routers)


def _give_lists(routers: Iterable[Router]) -> bool:
    changes, given = Changes(), []
    for router in routers:
        routes = _kept_routes(router)
        if routes is not None:
            given.append(_list_in_place_of(routes))
            arguments = router, "routes", routes, given[-1]
            changes.call(exchange_attribute, *arguments, reverse=_exchange_back)
    changes.make()
    # Who else has a list in hand is counted where nothing here has it any more.
    del changes
    routes = arguments = None  # type: ignore[assignment]
    for new in given:
        new._let_go()
    return bool(given)


def _kept_routes(router: Router) -> list[Any] | None:
    """Return the list of a router that is kept as any other attribute, and may be replaced."""
    routes: list[Any] | None = vars(router).get("routes")
    # Its class may have another list, or make it by `__getattr__`.
    given = routes is routes_of(router) and gives_what_it_has(type(router), "routes")
    return routes if given and type(routes) is list else None


def _list_in_place_of(routes: list[Any]) -> RouteList:
    given = _GIVEN.get(id(routes))
    if given is None or given._replaced is not routes:
        given = RouteList(routes)
        given._follow(routes)
        _GIVEN[id(routes)] = given
    return given


def _exchange_back(router: Router, name: str, before: list[Any], after: RouteList) -> None:
    exchange_attribute(router, name, after, before)


def _give_lists_below(routes: Iterable[Any]) -> None:
    """Give the routers below routes their lists.

    A program may have the list of a router in hand when that is replaced. So this is done where it
    adds the router, and not by a request that comes between two steps of it.
    """
    for route in routes:
        # What can't be looked into keeps the list that it has.
        with suppress(Exception):
            router = router_below(route)
            if router is not None and not isinstance(routes_of(router), RouteList):
                give_lists(routers_from(router))


def _guide_candidates(route: Any) -> None:
    """Let FastAPI go through the candidates of an included router in a list with a trie."""
    if fastapi.is_included(route):
        fastapi.guide_candidates(route, RouteList)


class _Kinds:
    """What is known of the classes of routes; each is looked at once in a compilation.

    :param prerequisites: they get the methods that are relied on.
    """

    def __init__(self, prerequisites: Prerequisites) -> None:
        self.prerequisites = prerequisites
        self._matching: dict[type, str | None] = {}
        self._paths: dict[type, str | None] = {}

    def reason(self, asked: Any, source: Any) -> str | None:
        """Tell why a route has to be tried for every request because of its class, if it has.

        :param asked: is asked whether it matches.
        :param source: has the path that this depends on.
        """
        kind, path_kind = type(asked), type(source)
        if kind not in self._matching:
            self._matching[kind] = self._reason_of_matching(kind)
        if path_kind not in self._paths:
            kept = gives_what_it_has(path_kind, *_PATH)
            self._paths[path_kind] = None if kept else _GIVES_BY_ITSELF
        return self._matching[kind] or self._paths[path_kind]

    def _reason_of_matching(self, kind: Any) -> str | None:
        known = MATCHES + fastapi.matches()
        # A `matches` may call the one of its base.
        kinds = [base for base in kind.__mro__ if base not in (BaseRoute, object)]
        own = {base: vars(base)["matches"] for base in kinds if "matches" in vars(base)}
        own[kind] = getattr(kind, "matches", None)
        if any(function not in known for function in own.values()):
            return _MATCHES_BY_ITSELF
        if not gives_what_it_has(kind):
            return _GIVES_BY_ITSELF
        for base, function in own.items():
            self.prerequisites.add_method(base, "matches", function)
        return None


def _reading_of(route: Any, kinds: _Kinds) -> Reading | str:
    """Read a route, or a candidate of FastAPI's that stands for one.

    :return: what its path was read as, *exact* only if a guide may answer for it; or the reason why
        it has to be tried for every request.
    """
    asked, source = fastapi.asked_and_read(route)
    reason = kinds.reason(asked, source)
    if reason is not None:
        return reason
    if "matches" in getattr(asked, "__dict__", ()):
        return _MATCHES_BY_ITSELF
    # What FastAPI makes when it includes a router is not edited, and its own edits are not seen.
    if not (edits.are_seen(asked) and (source is asked or not isinstance(source, BaseRoute))):
        return _SETS_BY_ITSELF
    # An attribute of its class alone may be replaced there, which is not seen.
    regex, path_format, convertors = map(getattr(source, "__dict__", {}).get, _PATH)
    if (
        not isinstance(regex, re.Pattern)
        or not isinstance(path_format, str)
        or not isinstance(convertors, dict)
    ):
        return "it has no path regex"
    reading = read(regex, path_format, convertors)
    if reading is None:
        return "its path regex is not the one of its path"
    if reading.begins_with_anything:
        return _BEGINS_WITH_ANYTHING
    exact = (
        reading.exact
        and type(convertors) is dict
        and type(asked).matches is Route.matches
        and all(map(_is_plain, convertors.values()))
        and route_is_as_known()
    )
    if exact:
        for convertor in convertors.values():
            kind = type(convertor)
            kinds.prerequisites.add_method(kind, "convert", _PLAIN_CONVERTORS[kind])
            kinds.prerequisites.add_convertor(convertor.__dict__)
    return reading._replace(exact=exact)


def _is_host(route: Any) -> bool:
    """Tell whether a route matches by its host, and does nothing else."""
    return getattr(type(route), "matches", None) is _HOST_MATCHES and "matches" not in getattr(
        route, "__dict__", ()
    )


def _is_plain(convertor: Any) -> bool:
    """Tell whether the trie makes the same values as a convertor."""
    convert = _PLAIN_CONVERTORS.get(type(convertor))
    return convert is not None and type(convertor).convert is convert and not vars(convertor)


def _readings_of(route: Any, kinds: _Kinds, outer: RouteList | None = None) -> list[Reading] | str:
    """Read a route: an included router as all its candidates, any other one as itself.

    :param kinds: their prerequisites get what is read beside the route.
    :param outer: the list that has the route; ``None`` for a candidate.
    :return: what the paths were read as, or the reason why the route has to be tried for every
        request.
    """
    if not fastapi.is_included(route):
        kinds.prerequisites.routes_read += 1
        reading = _reading_of(route, kinds)
        return reading if isinstance(reading, str) else [reading]
    fastapi.guide_candidates(route, RouteList, outer)
    candidates = fastapi.candidates_of(route, kinds.prerequisites)
    if isinstance(candidates, str):
        return candidates
    # Several candidates may have one path, and the code of the router answers for each of them.
    distinct: dict[Reading, None] = {}
    for candidate in candidates:
        readings = _readings_of(candidate, kinds)
        if isinstance(readings, str):
            known = readings == fastapi.NOT_MADE_YET
            return readings if known else f"{fastapi.shown(candidate)}: {readings}"
        distinct.update((reading._replace(exact=False), None) for reading in readings)
    return list(distinct)


def _may_fall_back(route: Any, prerequisites: Prerequisites) -> bool:
    """Tell whether a route may have something for a request that no route takes."""
    try:
        return fastapi.may_fall_back(route, prerequisites)
    except Exception:
        # FastAPI asks the route itself then, which raises whatever it has to.
        return True


class RouteList(GuidedList):
    """The routes of a router, a list like any other, which can be changed in place.

    It is equal to a list with the same routes. The loop in which the router looks for the route of
    a request gets those alone whose path may fit, and the one of ``url_path_for`` those that may
    have the name.

    :param routes: the routes.
    """

    def __init__(self, routes: Iterable[Any] = ()) -> None:
        super().__init__(routes, LOOPS)

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[Any, ...]:
        # The routes come last, since one of them may lead to the list.
        return type(self), (), None, iter(self[:])

    def reasons(self) -> list[tuple[Any, str]]:
        """Return the routes that are tried for every request, each with the reason."""
        compiled = self.compiled()
        return [(compiled.routes[place], reason) for place, reason in compiled.others.items()]

    def _compile(self) -> CompiledRoutes:
        version, edited = self._version, LOOPS.edits
        routes = self[:]
        prerequisites = Prerequisites()
        kinds = _Kinds(prerequisites)
        found: list[tuple[Any, int, Reading]] = []
        reasons: dict[int, str] = {}
        converted: dict[int, tuple[dict[str, Any], list[Any]]] = {}
        moving = False
        for position, route in enumerate(routes):
            try:
                readings = _readings_of(route, kinds, self)
            except Exception as error:
                # Without trieroute, only a request that gets to the route would fail.
                readings = f"reading its path raises {type(error).__name__}"
            if isinstance(readings, str):
                reasons[position] = readings
                moving = moving or not (readings == _BEGINS_WITH_ANYTHING or _is_host(route))
                continue
            for reading in readings:
                # A guide must not answer before a route is tried that may take the request.
                exact = reading.exact and not reasons
                found.append((route, position, reading._replace(exact=exact)))
                if exact:
                    convertors = route.param_convertors
                    converted[position] = convertors, list(convertors.values())
        fallback = [route for route in routes if _may_fall_back(route, prerequisites)]
        compiled = CompiledRoutes(
            routes,
            trie_of(found),
            reasons,
            fallback,
            LOOPS,
            prerequisites,
            version,
            edited,
            converted,
            moving,
        )
        self._compiled = compiled
        return compiled

    def _read_names(self) -> NamedRoutes:
        version, edited = self._version, LOOPS.edits
        names = named(self[:], version, edited, _guide_candidates)
        self._named = names
        return names


def _changing(name: str) -> Callable[..., Any]:
    """Return the method of a list that changes it, and has the change seen."""
    method = getattr(list, name)

    @wraps(method)
    def change(routes: RouteList, *args: Any, **kwargs: Any) -> Any:
        routes._catch_up()
        length = len(routes)
        # A method that raises, for its key or its iterator does, may have changed the list.
        try:
            return change_and_tell(routes._changed, method, routes, *args, **kwargs)
        finally:
            _give_lists_below(_added(routes, name, length, args))

    return change


def _added(routes: RouteList, name: str, length: int, args: tuple[Any, ...]) -> Iterable[Any]:
    """Return what a method may have added to a list that had a length before."""
    if name in ("append", "insert"):
        return args[-1:]
    if name in ("extend", "__iadd__"):
        return routes[length:]
    if name == "__setitem__":
        return routes[:] if isinstance(args[0], slice) else args[1:]
    return ()


for _name in ("append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"):
    setattr(RouteList, _name, _changing(_name))
for _name in ("__delitem__", "__iadd__", "__imul__", "__setitem__"):
    setattr(RouteList, _name, _changing(_name))
