"""The routers of an application, found through its routes.

A route leads to a router if it mounts an application that is one or has one, also behind
middleware, or if FastAPI included a router by it. Only attributes that are there are read, for a
property might make something, or fail.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence
from types import MemberDescriptorType
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Host, Mount, Router, request_response

from . import fastapi


def routers_from(router: Router) -> list[Router]:
    """Return a router and all below it, each once."""
    routers: list[Router] = []
    waiting = [router]
    while waiting:
        router = waiting.pop()
        if not is_among(router, routers):
            routers.append(router)
            below = map(router_below, routes_of(router))
            waiting += [inner for inner in below if inner is not None]
    return routers


def is_among(thing: Any, things: Iterable[Any]) -> bool:
    """Tell whether an object itself is among others; routers are equal if their routes are."""
    return any(thing is other for other in things)


def routes_of(router: Router) -> Sequence[Any]:
    """Return the list of a router, an empty one if the router does not give it."""
    try:
        routes: Any = router.routes
    except Exception:
        return ()
    return routes if isinstance(routes, Sequence) else ()


def router_below(route: Any) -> Router | None:
    """Return the router that a route leads to, ``None`` if there is none to be seen."""
    route = fastapi.original_of(route)
    if isinstance(route, Mount | Host):
        # Middleware around a mounted application may keep it where it can't be seen.
        return _router_of(_attribute(route, "app")) or _router_of(_attribute(route, "_base_app"))
    return route.original_router if fastapi.is_included(route) else None


def _router_of(app: Any) -> Router | None:
    """Return the router inside an ASGI application, ``None`` if there is none to be seen."""
    seen: list[Any] = []
    while not is_among(app, seen):
        seen.append(app)
        if isinstance(app, Router):
            return app
        # An application has a router; middleware has the application that it stands before.
        inner = _attribute(app, "router")
        app = inner if isinstance(inner, Router) else _attribute(app, "app")
    return None


def _attribute(thing: Any, name: str) -> Any:
    """Return an attribute that is there already, ``None`` for one that would be made."""
    value = inspect.getattr_static(thing, name, None)
    if isinstance(value, MemberDescriptorType):
        return getattr(thing, name, None)
    return None if isinstance(value, property) else value


async def _view(request: Request) -> Response:
    return Response()


#: What a request costs at least besides finding its route: it is an ASGI application.
empty_endpoint: Any = request_response(_view)


def bare_application(router: Router) -> Starlette:
    """Return an application that has a router, and none of a program's own middleware."""
    application = Starlette()
    application.router = router
    return application
