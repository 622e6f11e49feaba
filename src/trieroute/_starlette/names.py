"""The names under which the routes of a list can be found, for ``url_path_for``.

A route of Starlette's or FastAPI's raises ``NoMatchFound`` at once when it is asked for another
name than its own. A mount with a name has all names that begin with it and a colon. A mount without
one has the names of the routes in it, and a router that FastAPI included has those of its
candidates. Of any other route nothing is known, and it is asked for every name. So is a mount
without a name whose path has variables, for it complains of their values before it looks for the
name.
"""

from __future__ import annotations

import inspect
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
from .guide import GuidedList
from .loops import LOOPS, code_of, has_its_own
from .named import NamedRoutes, Naming
from .prerequisites import Prerequisites

__all__ = ["named"]

#: It splits a path format; older versions of Starlette replace one variable after the other.
_FORMAT_REGEX: Any = getattr(routing, "PARAM_FORMAT_REGEX", None)

NAMING = Naming(NoMatchFound, URLPath, str.split if _FORMAT_REGEX is None else _FORMAT_REGEX.split)
for _name in ("NoMatchFound", "PARAM_FORMAT_REGEX", "URLPath", "replace_params"):
    NAMING.add_called(routing.__dict__, _name, getattr(routing, _name, None))


def _original(kind: Any) -> Any:
    """Return the ``url_path_for`` that a class itself defines; else an object that equals none."""
    return vars(kind)["url_path_for"] if has_its_own(kind, "url_path_for") else object()


#: The functions ``url_path_for`` whose loops look for a name.
LOOPS.naming.extend(
    code_of(vars(kind)["url_path_for"])
    for kind in (Router, Mount, Host)
    if has_its_own(kind, "url_path_for")
)

#: The functions ``url_path_for`` of routes with one name, with the protocol of their URLs.
_OF_ONE_NAME = {_original(Route): "http", _original(WebSocketRoute): "websocket"}
_OF_MOUNT, _OF_HOST = _original(Mount), _original(Host)
_ROUTES_OF_MOUNT = vars(Mount).get("routes")
_TO_STRING = vars(PathConvertor).get("to_string")
_UNSET = object()


class _Unknown(Exception):
    """A route has to be asked for every name."""


class _Names:
    """The names that a route has.

    :param prerequisites: they get what is read beside the routes.
    :param give_lists_below: gives the routers that a route leads to their lists.
    """

    def __init__(
        self, prerequisites: Prerequisites, give_lists_below: Callable[[Any], None]
    ) -> None:
        self.prerequisites = prerequisites
        self._give_lists_below = give_lists_below
        #: Whole names, and what stands in front of a colon in names; both in their order.
        self.exact: dict[str, None] = {}
        self.mounts: dict[str, None] = {}
        #: The protocol of the one URL that the route has, if it is known how that is made.
        self.protocol: str | None = None
        self._open: list[Any] = []

    def add(self, route: Any) -> None:
        """Add the names of a route, or of a candidate of FastAPI's that stands for one.

        :raise _Unknown: it has to be asked for every name.
        """
        self._give_lists_below(route)
        if fastapi.is_included(route):
            self._add_all(route, fastapi.named_candidates(route, self.prerequisites))
            return
        self.prerequisites.routes_read += 1
        asked = fastapi.asked_for_url(route)
        kind = type(asked)
        function = getattr(kind, "url_path_for", None)
        if "url_path_for" in getattr(asked, "__dict__", ()) or not _keeps_its_name(asked):
            raise _Unknown
        self.prerequisites.add_method(kind, "url_path_for", function)
        name = vars(asked)["name"]
        if function in (_OF_MOUNT, _OF_HOST) and name is not None:
            self.exact[name] = self.mounts[name] = None
        elif function is _OF_MOUNT:
            self._add_mounted(asked)
        elif name is not None and (function in _OF_ONE_NAME or function in fastapi.url_methods()):
            self.exact[name] = None
            # Below another route, it is the other one that is asked for the URL.
            if not self._open and asked is route and _url_is_as_known():
                self.protocol = _OF_ONE_NAME.get(function)
        else:
            raise _Unknown

    def _add_mounted(self, mount: Any) -> None:
        """Add the names of the routes in a mount that has no name itself."""
        convertors = mount.param_convertors
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
        self.prerequisites.add_owner(owner, routes)
        self._add_all(owner, routes[:])

    def _add_all(self, owner: Any, routes: Iterable[Any] | None) -> None:
        # A mount may mount itself.
        if routes is None or any(owner is known for known in self._open):
            raise _Unknown
        self._open.append(owner)
        for route in routes:
            self.add(route)
        self._open.pop()


def _keeps_its_name(route: Any) -> bool:
    """Tell whether a route has its name in its attributes, and a change of it is seen."""
    kind: Any = type(route)
    name = getattr(route, "__dict__", {}).get("name", _UNSET)
    return (
        (name is None or type(name) is str)
        and kind.__getattribute__ is object.__getattribute__
        and not hasattr(inspect.getattr_static(kind, "name", None), "__set__")
        # What FastAPI makes when it includes a router is not edited.
        and (not isinstance(route, BaseRoute) or edits.are_seen(route))
    )


def named(
    routes: list[Any], version: int, edited: int, give_lists_below: Callable[[Any], None]
) -> NamedRoutes:
    """Read the names of routes.

    :param routes: the routes of a list.
    :param version: how often the list had changed before that.
    :param edited: how often routes had been edited before that.
    :param give_lists_below: gives the routers that a route leads to their lists.
    :return: the routes by their names.
    """
    prerequisites = Prerequisites()
    by_name: dict[str, list[int]] = {}
    by_mount: dict[str, list[int]] = {}
    others: list[int] = []
    protocols: dict[int, str] = {}
    for position, route in enumerate(routes):
        names = _Names(prerequisites, give_lists_below)
        try:
            names.add(route)
        except _Unknown:
            others.append(position)
            continue
        for found, places in ((names.exact, by_name), (names.mounts, by_mount)):
            for name in found:
                places.setdefault(name, []).append(position)
        if names.protocol is not None and not names.mounts and len(names.exact) == 1:
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
