"""The routes of Starlette and FastAPI: unfolded, asked one by one, and checked.

Neither is imported: an application is one of theirs if its class derives from a class of
``starlette.applications`` or ``starlette.routing``, which the program has imported then.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .application import router_of
from .explained import rule_dict, rule_line, shown
from .outcomes import Outcome

__all__ = [
    "VARIABLE",
    "FlatRoute",
    "StarletteExplanation",
    "explain_starlette",
    "flat_routes",
    "is_starlette",
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


def _routes(application: Any) -> list[Any]:
    return list(router_of(application).routes)


def _inner(route: Any) -> list[Any]:
    """Return the routes that a mount, a host or an included router leads to."""
    candidates: Any = getattr(route, "effective_candidates", None)
    if callable(candidates):
        return [*candidates(), *getattr(route, "effective_low_priority_routes", list)()]  # pyright: ignore[reportGeneralTypeIssues]
    return list(getattr(route, "routes", None) or ())


def _is_mount(route: Any) -> bool:
    return hasattr(route, "matches") and not hasattr(route, "endpoint") and hasattr(route, "app")


def flat_routes(application: Any, ends: bool = False) -> list[FlatRoute]:
    """List the routes of an application in the order in which they are tried.

    :param application: an application or a router of Starlette or FastAPI.
    :param ends: whether the mount itself stands behind the routes of a mount.
    """
    return list(_flat(_routes(application), "", "", {}, (), ends))


def _flat(
    routes: list[Any],
    before: str,
    host: str,
    convertors: dict[str, Any],
    above: tuple[Any, ...],
    ends: bool,
) -> Iterator[FlatRoute]:
    for each in routes:
        # FastAPI keeps a route of Starlette's with its whole path inside one of its own.
        route = getattr(each, "starlette_route", None) or each
        own = getattr(route, "param_convertors", None) or {}
        known = {**convertors, **own}
        path = before + str(getattr(route, "path", "") or "")
        here = str(getattr(route, "host", "") or host)
        chain = (*above, each)
        inner = _inner(route)
        included = hasattr(route, "effective_candidates")
        if inner:
            # An effective candidate has the whole path already.
            prefix = before if included else path
            inside = {name: item for name, item in known.items() if name != "path"}
            yield from _flat(inner, prefix, here, inside, chain, ends)
            if included or not ends:
                continue
        mount = _is_mount(route)
        websocket = "WebSocket" in type(getattr(route, "original_route", route)).__name__
        methods = getattr(route, "methods", None)
        if mount:
            known.pop("path", None)
        yield FlatRoute(
            path or "/",
            None if mount or websocket or methods is None else sorted(map(str, methods)),
            _name(route),
            here,
            known,
            "mount" if mount else "websocket" if websocket else "http",
            chain,
        )


def _name(route: Any) -> str:
    name = getattr(route, "name", None)
    if name:
        return str(name)
    answers = getattr(route, "endpoint", None) or getattr(route, "app", None)
    return str(getattr(answers, "__name__", type(answers).__name__))


@dataclass(frozen=True)
class StarletteExplanation:
    """Why a request went where it went in an application of Starlette or FastAPI.

    :param method: the HTTP method.
    :param path: the path.
    :param outcome: what the request comes to, in one line.
    :param route: the route that answers, or ``None``.
    :param candidates: the routes whose path it is, each with what became of it, in their order.
    """

    method: str
    path: str
    outcome: str
    route: FlatRoute | None
    candidates: list[tuple[FlatRoute, str]]

    def as_dict(self) -> dict[str, Any]:
        """Return the explanation as what JSON can hold."""
        return {
            "request": {"method": self.method, "path": self.path},
            "outcome": self.outcome,
            "rule": None if self.route is None else rule_dict(self.route),
            "candidates": [
                {"rule": rule_dict(route), "verdict": verdict} for route, verdict in self.candidates
            ],
        }

    def __str__(self) -> str:
        lines = [f"{self.method} {shown(self.path)}", f"  -> {self.outcome}"]
        if self.candidates:
            lines += ["", "Routes whose path it is, in the order in which they are tried:"]
        for number, (route, verdict) in enumerate(self.candidates, 1):
            lines += [f"  {number}. {route}", f"       {verdict}"]
        return "\n".join(lines)


def explain_starlette(
    application: Any, path: str, method: str, *, websocket: bool = False, host: str = "localhost"
) -> StarletteExplanation:
    """Explain where a request goes in an application of Starlette or FastAPI.

    Each route is asked whether it matches, as the application asks it; no endpoint is called.

    :param application: an application or a router.
    :param path: the decoded path.
    :param method: the HTTP method.
    :param websocket: whether it is a WebSocket request.
    :param host: the host name of the request.
    """
    method = method.upper()
    scope: dict[str, Any] = {
        "type": "websocket" if websocket else "http",
        "path": path,
        "root_path": "",
        "method": method,
        "headers": [(b"host", host.encode("idna"))],
        "path_params": {},
        "query_string": b"",
    }
    flat = flat_routes(application)
    outcome, chain = _answer(_routes(application), application, scope, ())
    winner = None
    told = []
    for route in flat:
        match = _match(route, scope)
        ours = [id(each) for each in chain] == [id(each) for each in route.routes]
        if ours and outcome == "":
            winner = route
            told.append((route, "matched"))
        elif match == _PARTIAL:
            takes = ", ".join(route.methods or ())
            told.append((route, f"wrong method: the route takes {takes}, not {method}"))
        elif match == _FULL:
            by = winner.path if winner else getattr(chain[0], "path", "") if chain else ""
            told.append((route, f"outranked: by {by}, which is before it"))
    if outcome == "" and winner is not None:
        outcome = repr(winner.endpoint)
    elif chain and outcome.startswith("404"):
        outcome += f", below the mount {getattr(chain[-1], 'path', '')!r}, which takes the request"
    return StarletteExplanation("WebSocket" if websocket else method, path, outcome, winner, told)


#: The values of Starlette's ``Match``.
_NONE, _PARTIAL, _FULL = 0, 1, 2


def _answer(
    routes: list[Any], router: Any, scope: dict[str, Any], above: tuple[Any, ...]
) -> tuple[str, tuple[Any, ...]]:
    """Ask the routes of a router as it does itself.

    :return: what the request comes to, empty if a route answers it; and the route, behind those
        that lead to it.
    """
    asked = [(route, *_asked(route, scope)) for route in routes]
    chosen = next((each for each in asked if each[1] == _FULL), None)
    chosen = chosen or next((each for each in asked if each[1] == _PARTIAL), None)
    if chosen is None:
        router = getattr(router, "router", router)
        path = scope["path"]
        if getattr(router, "redirect_slashes", False) and scope["type"] == "http" and path != "/":
            other = path.rstrip("/") if path.endswith("/") else f"{path}/"
            if any(_asked(route, {**scope, "path": other})[0] != _NONE for route in routes):
                return str(Outcome("redirect", detail=other, status=307)), above
        return str(Outcome("404")), above
    route, match, child = chosen
    chain = (*above, route)
    inner = _inner(route)
    if inner:
        below = getattr(route, "app", None)
        return _answer(inner, below, scope if below is None else {**scope, **child}, chain)
    if match == _PARTIAL:
        methods = ", ".join(sorted(map(str, getattr(route, "methods", None) or ())))
        return str(Outcome("405", detail=methods)), chain
    return "", chain


def _match(route: FlatRoute, scope: dict[str, Any]) -> int:
    """Tell whether a route and all that it is reached through match."""
    match = _NONE
    for each in route.routes:
        if hasattr(each, "effective_candidates"):
            continue
        match, child = _asked(each, scope)
        if match == _NONE:
            return _NONE
        scope = {**scope, **child}
    return match


def _asked(route: Any, scope: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    match, child = route.matches(scope)
    return int(match.value), child
