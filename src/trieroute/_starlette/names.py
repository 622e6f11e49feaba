"""The names under which the routes of a list can be found, for ``url_path_for``.

A route of Starlette's or FastAPI's raises ``NoMatchFound`` at once when it is asked for another
name than its own. A mount with a name has all names that begin with it and a colon. A mount without
one has the names of the routes in it, and a router that FastAPI included has those of its
candidates. Of any other route nothing is known, and it is asked for every name. So is a mount
without a name whose path has variables, for it complains of their values before it looks for the
name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from starlette import routing
from starlette.convertors import PathConvertor
from starlette.datastructures import URLPath
from starlette.routing import (
    BaseRoute,
    Host,
    Mount,
    NoMatchFound,
    Route,
    Router,
    WebSocketRoute,
)

from . import edits, fastapi
from .attributes import gives_what_it_has
from .guide import GuidedList
from .loops import LOOPS, code_of, has_its_own, original, watch_called
from .named import NamedRoutes, Naming
from .prerequisites import Prerequisites

__all__ = ["named"]

#: It splits a path format; older versions of Starlette replace one variable after the other.
_FORMAT_REGEX: Any = getattr(routing, "PARAM_FORMAT_REGEX", None)

NAMING = Naming(NoMatchFound, URLPath, str.split if _FORMAT_REGEX is None else _FORMAT_REGEX.split)
NAMING.add_called(routing.__dict__, "NoMatchFound", NoMatchFound)
NAMING.add_called(routing.__dict__, "PARAM_FORMAT_REGEX", _FORMAT_REGEX)
NAMING.add_called(routing.__dict__, "URLPath", URLPath)
watch_called(NAMING, routing, "replace_params")

#: The functions ``url_path_for`` whose loops look for a name.
LOOPS.naming.extend(
    code_of(vars(kind)["url_path_for"])
    for kind in (Router, Mount, Host)
    if has_its_own(kind, "url_path_for")
)

#: The functions ``url_path_for`` of routes with one name, with the protocol of their URLs.
_OF_ONE_NAME = {
    original(Route, "url_path_for"): "http",
    original(WebSocketRoute, "url_path_for"): "websocket",
}
_OF_MOUNT, _OF_HOST = original(Mount, "url_path_for"), original(Host, "url_path_for")
_ROUTES_OF_MOUNT = original(Mount, "routes")
_TO_STRING = original(PathConvertor, "to_string")
_UNSET = object()


class _Unknown(Exception):
    """A route has to be asked for every name."""


class _Names:
    """The names that a route has."""

    def __init__(self) -> None:
        #: Whole names, and what stands in front of a colon in names; both in their order.
        self.exact: dict[str, None] = {}
        self.mounts: dict[str, None] = {}
        #: The protocol of the one URL that the route has, if it is known how that is made.
        self.protocol: str | None = None


class _Reader:
    """It reads the names of the routes of a list.

    :param prerequisites: they get what is read beside the routes.
    :param guide_candidates: lets FastAPI go through the candidates of an included router in a list
        with a trie.
    """

    def __init__(
        self, prerequisites: Prerequisites, guide_candidates: Callable[[Any], None]
    ) -> None:
        self.prerequisites = prerequisites
        self._guide_candidates = guide_candidates
        #: Whether the objects of a class give their attributes as they have them.
        self._kinds: dict[type, bool] = {}
        #: What has a list of routes, by its identity, and the names in it; ``None`` if not known.
        self._below: dict[int, tuple[Any, _Names | None]] = {}
        #: What the prerequisites have as owners, by its identity.
        self._watched: set[int] = set()

    def names_of(self, route: Any) -> _Names:
        """Return the names of a route.

        :raise _Unknown: it has to be asked for every name.
        """
        names = _Names()
        below = self._add(route, names)
        if below is not None:
            return self._names_in(*below)
        if len(names.exact) == 1 and not names.mounts and _url_is_as_known():
            function = type(route).url_path_for
            names.protocol = _OF_ONE_NAME.get(function)
        return names

    def _names_in(self, owner: Any, routes: Iterable[Any]) -> _Names:
        """Return the names of the routes that something has, and of those below them.

        For each route of the list, each of what has routes is visited once, however many ways lead
        to it from there.
        """
        if id(owner) not in self._below:
            self._below[id(owner)] = owner, None
            self._below[id(owner)] = owner, self._read_below(owner, routes)
        names = self._below[id(owner)][1]
        if names is None:
            raise _Unknown
        return names

    def _read_below(self, owner: Any, routes: Iterable[Any]) -> _Names:
        names = _Names()
        visited = {id(owner): owner}
        open_here = {id(owner)}
        walk = [(owner, iter(routes))]
        while walk:
            owner, waiting = walk[-1]
            below = None
            for route in waiting:
                below = self._add(route, names)
                if below is not None:
                    break
            if below is None:
                open_here.remove(id(owner))
                walk.pop()
                continue
            inner, routes = below
            if id(inner) in open_here:
                # A mount that mounts itself has no end of names.
                raise _Unknown
            if id(inner) not in visited:
                visited[id(inner)] = inner
                open_here.add(id(inner))
                walk.append((inner, iter(routes)))
        return names

    def _add(self, route: Any, names: _Names) -> tuple[Any, Iterable[Any]] | None:
        """Add the names of a route, or of a candidate of FastAPI's that stands for one.

        :param names: they get the names.
        :return: what has a list of routes, and these routes, if the names are theirs.
        :raise _Unknown: it has to be asked for every name.
        """
        self._guide_candidates(route)
        if fastapi.is_included(route):
            candidates = fastapi.named_candidates(route, self.prerequisites)
            if candidates is None:
                raise _Unknown
            return route, candidates
        self.prerequisites.routes_read += 1
        asked = fastapi.asked_for_url(route)
        kind = type(asked)
        function = getattr(kind, "url_path_for", None)
        own = getattr(asked, "__dict__", {})
        name = own.get("name", _UNSET)
        if "url_path_for" in own or not (name is None or type(name) is str):
            raise _Unknown
        if not self._gives_what_it_has(kind):
            raise _Unknown
        # What FastAPI makes when it includes a router is not edited.
        if isinstance(asked, BaseRoute) and not edits.are_seen(asked):
            raise _Unknown
        self.prerequisites.add_method(kind, "url_path_for", function)
        if function in (_OF_MOUNT, _OF_HOST) and name is not None:
            names.exact[name] = names.mounts[name] = None
        elif function is _OF_MOUNT:
            return self._mounted(asked)
        elif name is not None and (function in _OF_ONE_NAME or function in fastapi.url_methods()):
            names.exact[name] = None
        else:
            raise _Unknown
        return None

    def _mounted(self, mount: Any) -> tuple[Any, Iterable[Any]]:
        """Return what a mount without a name mounts, and the routes of that."""
        convertors = vars(mount)["param_convertors"]
        if (
            getattr(type(mount), "routes", None) is not _ROUTES_OF_MOUNT
            or list(convertors) != ["path"]
            or type(convertors["path"]) is not PathConvertor
            or vars(PathConvertor).get("to_string") is not _TO_STRING
            or vars(convertors["path"])
        ):
            raise _Unknown
        owner = vars(mount).get("_base_app")
        routes = getattr(owner, "routes", None)
        if not isinstance(routes, GuidedList):
            raise _Unknown
        self.prerequisites.add_method(type(mount), "routes", _ROUTES_OF_MOUNT)
        self.prerequisites.add_method(PathConvertor, "to_string", _TO_STRING)
        self.prerequisites.add_convertor(vars(convertors["path"]))
        if id(owner) not in self._watched:
            self._watched.add(id(owner))
            self.prerequisites.add_owner(owner, routes)
        return owner, routes[:]

    def _gives_what_it_has(self, kind: type) -> bool:
        if kind not in self._kinds:
            self._kinds[kind] = gives_what_it_has(kind, "name", "param_convertors", "_base_app")
        return self._kinds[kind]


def named(
    routes: list[Any], version: int, edited: int, guide_candidates: Callable[[Any], None]
) -> NamedRoutes:
    """Read the names of routes.

    :param routes: the routes of a list.
    :param version: how often the list had changed before that.
    :param edited: how often routes had been edited before that.
    :param guide_candidates: lets FastAPI go through the candidates of an included router in a list
        with a trie.
    :return: the routes by their names.
    """
    prerequisites = Prerequisites()
    reader = _Reader(prerequisites, guide_candidates)
    by_name: dict[str, list[int]] = {}
    by_mount: dict[str, list[int]] = {}
    others: list[int] = []
    protocols: dict[int, str] = {}
    for position, route in enumerate(routes):
        try:
            names = reader.names_of(route)
        except Exception:
            # Whatever else is raised, without trieroute it would be when the route is asked.
            others.append(position)
            continue
        for found, places in ((names.exact, by_name), (names.mounts, by_mount)):
            for name in found:
                places.setdefault(name, []).append(position)
        if names.protocol is not None:
            protocols[position] = names.protocol
    return NamedRoutes(
        routes,
        by_name,
        by_mount,
        others,
        protocols,
        NAMING,
        LOOPS,
        prerequisites,
        version,
        edited,
    )


@cache
def _url_is_as_known() -> bool:
    """Tell whether routes make the URLs that a guide makes in their place."""
    for kind, protocol in ((Route, "http"), (WebSocketRoute, "websocket")):
        # A variable in a value is a text, which is not so where one follows the other.
        url: Any = kind("/{a}/{b:int}", lambda: None, name="x").url_path_for("x", b=1, a="é{b}")
        made = type(url), url, vars(url)
        if made != (URLPath, "/é{b}/1", {"protocol": protocol, "host": ""}):
            return False
    return _FORMAT_REGEX is not None
