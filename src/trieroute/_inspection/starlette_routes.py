"""The routes of Starlette and FastAPI, unfolded.

Neither is imported: an application is one of theirs if its class derives from a class of
``starlette.applications`` or ``starlette.routing``, which the program has imported then.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .application import router_of
from .explained import rule_line

__all__ = [
    "VARIABLE",
    "FlatRoute",
    "entered",
    "flat_routes",
    "frontends_of",
    "is_included",
    "is_starlette",
    "name_of",
    "root_path_of",
    "routes_below",
    "source_of",
]


#: A variable in the path of a route.
VARIABLE = re.compile(r"\{([a-zA-Z_][a-zA-Z0-9_]*)(?::[a-zA-Z_][a-zA-Z0-9_]*)?\}")


@dataclass(frozen=True)
class FlatRoute:
    """A route, with the paths of what it is mounted below in front of its own.

    :param path: the path.
    :param methods: the methods in alphabetical order, ``None`` for all.
    :param endpoint: the name of the route or of what answers it.
    :param host: the host, empty for every host.
    :param convertors: the convertors by variable name.
    :param kind: ``"http"``, ``"websocket"`` or ``"mount"``.
    :param routes: the route, behind the mounts and included routers that it is reached through.
    """

    path: str
    methods: list[str] | None
    endpoint: str
    host: str = ""
    convertors: dict[str, Any] = field(default_factory=dict)
    kind: str = "http"
    routes: tuple[Any, ...] = ()

    @property
    def converters(self) -> dict[str, str]:
        """The name of the convertor's class by variable name."""
        return {name: type(convertor).__name__ for name, convertor in self.convertors.items()}

    # By these it is shown as a rule is.

    @property
    def rule(self) -> str:
        """The path."""
        return self.path

    @property
    def websocket(self) -> bool:
        """Tell whether it takes WebSocket requests."""
        return self.kind == "websocket"

    @property
    def _domain_rule(self) -> str:
        return self.host

    def __str__(self) -> str:
        return rule_line(self)


def is_starlette(application: Any) -> bool:
    """Tell whether an object is an application or a router of Starlette or FastAPI."""
    return router_of(application) is not None


def is_included(route: Any) -> bool:
    """Tell whether a route stands for a router that FastAPI included."""
    return hasattr(route, "effective_candidates")


def frontends_of(route: Any) -> Any:
    """Return the group of frontends that a route of FastAPI's is, or stands for, if it does."""
    group = getattr(route, "original_route", route)
    return group if hasattr(group, "matches_with_prefix") else None


def source_of(route: Any) -> Any:
    """Return what has the path of a route.

    FastAPI keeps a route of Starlette's with its whole path inside one of its own.
    """
    return getattr(route, "starlette_route", None) or route


def _mounted(route: Any) -> Any:
    """Return the application of Starlette or FastAPI that a mount or a host leads to."""
    base = getattr(route, "_base_app", None) or getattr(route, "app", None)
    return base if _is_mount(route) and is_starlette(base) else None


def root_path_of(application: Any) -> str:
    """Return the root path that an application of FastAPI has in the place of the scope's."""
    kinds = type(application).__mro__
    root = getattr(application, "root_path", "")
    from_fastapi = any(kind.__module__.partition(".")[0] == "fastapi" for kind in kinds)
    return root if from_fastapi and isinstance(root, str) else ""


def entered(application: Any, scope: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Return the router of an application, and the scope of a request that comes to it."""
    root = root_path_of(application)
    return router_of(application), {**scope, "root_path": root} if root else scope


def routes_below(route: Any, scope: dict[str, Any]) -> tuple[Any, list[Any], dict[str, Any]] | None:
    """Return what a route leads to that is no end of it.

    :param scope: the scope of a request that it takes, with what it adds itself.
    :return: the router, ``None`` for one that FastAPI included; its routes; and the scope of the
        request there. ``None`` if the route leads to no routes of Starlette or FastAPI.
    """
    if is_included(route):
        low: Any = getattr(route, "effective_low_priority_routes", list)
        return None, [*route.effective_candidates(), *low()], scope
    group = frontends_of(route)
    if group is not None:
        return None, list(group.routes), scope
    application = _mounted(source_of(route))
    if application is None:
        return None
    router, scope = entered(application, scope)
    return router, list(router.routes), scope


def _is_mount(route: Any) -> bool:
    return hasattr(route, "matches") and not hasattr(route, "endpoint") and hasattr(route, "app")


def flat_routes(application: Any, ends: bool = False) -> list[FlatRoute]:
    """List the routes of an application in the order in which they are tried.

    :param ends: whether the mount itself stands behind the routes of a mount.
    """
    router = router_of(application)
    return list(_flat(_all_routes(router), "", "", {}, (), ends))


def _all_routes(router: Any) -> list[Any]:
    """Return the routes of a router, and those of FastAPI that are tried after all of them."""
    return [*router.routes, *getattr(router, "_low_priority_routes", ())]


def _flat(
    routes: list[Any],
    before: str,
    host: str,
    convertors: dict[str, Any],
    above: tuple[Any, ...],
    ends: bool,
) -> Iterator[FlatRoute]:
    for each in routes:
        route = source_of(each)
        own = getattr(route, "param_convertors", None) or {}
        known = {**convertors, **own}
        path = before + str(getattr(route, "path", "") or "")
        here = str(getattr(route, "host", "") or host)
        chain = (*above, each)
        below = routes_below(each, {})
        included = below is not None and below[0] is None
        inner = [] if below is None else below[1] if included else _all_routes(below[0])
        if inner:
            # An effective candidate has the whole path already.
            prefix = before + getattr(each, "frontend_prefix", "") if included else path
            inside = {name: item for name, item in known.items() if name != "path"}
            yield from _flat(inner, prefix, here, inside, chain, ends)
            if included or not ends:
                continue
        mount = _is_mount(route)
        websocket = "WebSocket" in type(getattr(route, "original_route", route)).__name__
        # Starlette takes every method where a route was given none.
        methods = getattr(route, "methods", None) or None
        if mount:
            known.pop("path", None)
            path = path.rstrip("/")
        yield FlatRoute(
            path or "/",
            None if mount or websocket or methods is None else sorted(map(str, methods)),
            name_of(route),
            here,
            known,
            "mount" if mount else "websocket" if websocket else "http",
            chain,
        )


def name_of(route: Any) -> str:
    """Return the name of a route, or of what answers it."""
    name = getattr(route, "name", None)
    if name:
        return str(name)
    answers = getattr(route, "endpoint", None) or getattr(route, "app", None)
    return str(getattr(answers, "__name__", type(answers).__name__))
