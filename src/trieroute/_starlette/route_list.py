"""The list of routes that a router gets, and how its routes are read for the trie.

The trie finds a route whose ``matches`` is known to try the regex of its path first, if this regex
comes of its path; `path_regexes.py` reads it. Every other route is tried for each request. A router
that FastAPI included is found by the paths of all its routes; `fastapi.py` knows them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, SupportsIndex

from starlette.convertors import IntegerConvertor, StringConvertor
from starlette.routing import BaseRoute, Host, Route, Router

from .._core.changes import Changes, change_and_tell
from . import edits, fastapi
from .attributes import gives_what_it_has
from .guide import CompiledRoutes, GuidedList
from .loops import LOOPS, MATCHES, has_its_own, originals, route_is_as_known
from .named import NamedRoutes
from .names import named
from .path_regexes import Reading, read, trie_of
from .prerequisites import Prerequisites
from .routers import router_below, routes_of

__all__ = ["RouteList", "give_lists"]

#: The convertors whose values the trie makes in the same way, with their ``convert``.
_PLAIN_CONVERTORS = {
    kind: vars(kind)["convert"]
    for kind in (StringConvertor, IntegerConvertor)
    if has_its_own(kind, "convert")
}

#: The attributes that say which paths a route matches.
_PATH = ("path_regex", "path_format", "param_convertors")

(_HOST_MATCHES,) = originals(Host) or (object(),)
# Reasons why a route is tried for every request.
_MATCHES_BY_ITSELF = "its `matches` is its own"
_SETS_BY_ITSELF = "its class sets attributes in its own way"
_GIVES_BY_ITSELF = "its class gives attributes in its own way"
_BEGINS_WITH_ANYTHING = "its path may begin with anything"


def give_lists(routers: Iterable[Router]) -> None:
    """Give routers their :class:`RouteList`; one that has a list of another class keeps that."""
    changes = Changes()
    for router in routers:
        routes = routes_of(router)
        if type(routes) is list:
            # The class of a router may make a property of it that can't be set.
            changes.assign(router, {"routes": RouteList(routes)}, may_refuse=True)
    changes.make()


def _give_lists_below(route: Any) -> None:
    """Give the routers that a route leads to their lists."""
    if fastapi.is_included(route):
        fastapi.guide_candidates(route, RouteList)
        give_lists(fastapi.included_in(route.original_router))
        return
    router = router_below(route)
    if router is not None:
        give_lists([router])


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


def _readings_of(route: Any, kinds: _Kinds) -> list[Reading] | str:
    """Read a route: an included router as all its candidates, any other one as itself.

    :param kinds: their prerequisites get what is read beside the route.
    :return: what the paths were read as, or the reason why the route has to be tried for every
        request.
    """
    if not fastapi.is_included(route):
        kinds.prerequisites.routes_read += 1
        reading = _reading_of(route, kinds)
        return reading if isinstance(reading, str) else [reading]
    fastapi.guide_candidates(route, RouteList)
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
        return type(self), (self[:],)

    def reasons(self) -> list[tuple[Any, str]]:
        """Return the routes that are tried for every request, each with the reason."""
        compiled = self.compiled()
        return [(compiled.routes[place], reason) for place, reason in compiled.others.items()]

    def _compile(self) -> CompiledRoutes:
        version, edited = self._version, LOOPS.edits
        routes = self[:]
        for route in routes:
            _give_lists_below(route)
        prerequisites = Prerequisites()
        kinds = _Kinds(prerequisites)
        found: list[tuple[Any, int, Reading]] = []
        reasons: dict[int, str] = {}
        converted: dict[int, tuple[dict[str, Any], list[Any]]] = {}
        moving = False
        for position, route in enumerate(routes):
            try:
                readings = _readings_of(route, kinds)
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
        names = named(self[:], version, edited, _give_lists_below)
        self._named = names
        return names


def _changing(name: str) -> Callable[..., Any]:
    """Return the method of a list that changes it, and has the change seen."""
    method = getattr(list, name)

    @wraps(method)
    def change(routes: RouteList, *args: Any, **kwargs: Any) -> Any:
        # A method that raises, for its key or its iterator does, may have changed the list.
        return change_and_tell(routes._changed, method, routes, *args, **kwargs)

    return change


for _name in ("append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"):
    setattr(RouteList, _name, _changing(_name))
for _name in ("__delitem__", "__iadd__", "__imul__", "__setitem__"):
    setattr(RouteList, _name, _changing(_name))
