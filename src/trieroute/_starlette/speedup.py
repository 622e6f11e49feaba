"""Letting the trie find the routes of a Starlette or FastAPI application.

:func:`speedup` puts a :class:`RouteList` in the place of the list of routes of each router. It has
the same routes, and whoever iterates over it gets them all; only the loop in which a router looks
for the route of a request gets the few whose path may fit, in their order. The router's own code,
and ``matches`` and ``handle`` of each route, do the rest as before.

`guide.pyx` says how the loop is told which request it is for, `loops.py` how it is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from starlette.routing import Router

from .._core.terminal_text import visible
from . import absolute as absolute
from . import fastapi
from . import monitoring as monitoring
from .loops import LOOPS
from .route_list import RouteList, give_lists
from .routers import is_among, router_below, routers_from, routes_of

__all__ = ["Speedup", "StarletteApplication", "speedup"]


class StarletteApplication(Protocol):
    """What :func:`speedup` needs of an application; Starlette's and FastAPI's have it."""

    @property
    def router(self) -> Router:
        """The router with the application's routes."""
        ...


@dataclass(frozen=True)
class Speedup:
    """What was done to an application.

    :param routers: the number of routers that were found in it.
    :param routes: the number of their routes.
    :param notes: the routes that are tried for every request, each with the reason.
    """

    routers: int
    routes: int
    notes: tuple[str, ...]

    def __str__(self) -> str:
        routes, routers = _count(self.routes, "route"), _count(self.routers, "router")
        found = f"trieroute finds {routes} of {routers}"
        return "\n  ".join([found, *map(visible, self.notes)])


def speedup(app: StarletteApplication | Router) -> Speedup:
    """Let the trie find the routes of a Starlette or FastAPI application.

    The application answers every request as before. Its routers get a :class:`RouteList` as
    ``routes``; those that are mounted or included later get it when they are added. Call it before
    or after the routes are added; a second call changes nothing but routers whose ``routes`` were
    set anew. A method that is replaced later in a router that FastAPI has included is seen with the
    next change of the routes.

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
    routers = routers_from(router)
    if give_lists(routers):
        # What was compiled before has not relied on these lists, and can do so now.
        LOOPS.edited()
    # The notes of an included router stand with the route that includes it.
    routes = [route for found in routers for route in routes_of(found)]
    included = [router_below(route) for route in routes if fastapi.is_included(route)]
    listed = [found for found in routers if found is router or not is_among(found, included)]
    return Speedup(
        routers=len(routers),
        routes=len(routes),
        notes=tuple(note for found in listed for note in _notes(found)),
    )


def _notes(router: Router) -> Iterator[str]:
    """Tell what is tried for every request."""
    routes = routes_of(router)
    if type(routes) is list:
        yield f"{len(routes)} routes: their router lets nobody put another list in their place"
    elif not isinstance(routes, RouteList):
        yield f"{len(routes)} routes: they are in a list of class {type(routes).__qualname__}"
    else:
        for route, reason in routes.reasons():
            if reason != fastapi.NOT_MADE_YET:
                yield f"{fastapi.shown(route)}: {reason}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + "s" * (number != 1)
