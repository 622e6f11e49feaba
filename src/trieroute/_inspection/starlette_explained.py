"""Explanations for Starlette and FastAPI: the routes are asked as the application asks them."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from os.path import join
from stat import S_ISREG
from typing import Any, cast

from .._core.terminal_text import report_of
from .explained import CLOSEST, NearRule, likeness, rule_dict
from .outcomes import Outcome, error_outcome
from .starlette_routes import (
    VARIABLE,
    FlatRoute,
    entered,
    flat_routes,
    frontends_of,
    is_included,
    name_of,
    routes_below,
    source_of,
)
from .value_text import shown

__all__ = ["Answer", "StarletteExplanation", "answer_of", "explain_starlette", "takes"]

#: The values of Starlette's ``Match``.
_NONE, _PARTIAL, _FULL = 0, 1, 2
_NOT_FOUND = str(Outcome("404"))


@dataclass(frozen=True)
class StarletteExplanation:
    """Why a request went where it went in an application of Starlette or FastAPI.

    :param method: the HTTP method.
    :param path: the path.
    :param outcome: what the request comes to, in one line.
    :param route: the route that answers, or ``None``.
    :param candidates: the routes whose path it is, each with what became of it, in their order.
    :param closest: the routes that are closest to the path, if it is that of none.
    """

    method: str
    path: str
    outcome: str
    route: FlatRoute | None
    candidates: list[tuple[FlatRoute, str]]
    closest: list[NearRule] = field(default_factory=list)

    @property
    def matches(self) -> bool:
        """Tell whether a route answers."""
        return self.route is not None

    def as_dict(self) -> dict[str, Any]:
        """Return the explanation as what JSON can hold."""
        return {
            "request": {"method": self.method, "path": self.path},
            "outcome": self.outcome,
            "rule": None if self.route is None else rule_dict(self.route),
            "candidates": [
                {"rule": rule_dict(route), "verdict": verdict} for route, verdict in self.candidates
            ],
            "closest": [
                {"rule": rule_dict(near.rule), "reason": str(near)} for near in self.closest
            ],
        }

    def __str__(self) -> str:
        lines = [f"{self.method} {shown(self.path)}", f"  -> {self.outcome}"]
        if self.candidates:
            lines += ["", "Routes whose path it is, in the order in which they are tried:"]
        for number, (route, verdict) in enumerate(self.candidates, 1):
            lines += [f"  {number}. {route}", f"       {verdict}"]
        if self.closest:
            lines += ["", "It is the path of no route. The closest ones:"]
        for near in self.closest:
            lines += [f"  {near.rule}", f"       {near}"]
        return report_of(lines)


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
    scope = _scope(path, method, websocket, host)
    flat = flat_routes(application)
    answer = answer_of(application, path, method, websocket=websocket, host=host)
    ids = [id(each) for each in answer.chain]
    outcome, winner = str(answer), None
    told = []
    for route in flat:
        ours = ids == [id(each) for each in route.routes]
        if ours and not outcome:
            winner = route
            told.append((route, "matched"))
            continue
        try:
            match = _match(application, route, scope)
        except Exception as error:
            told.append((route, f"converter raised: {error_outcome(error)}"))
            continue
        if match == _PARTIAL:
            # A frontend takes all paths below its own, as a mount does, but not all methods.
            taken = ", ".join(sorted(map(str, getattr(route.routes[-1], "methods", None) or ())))
            told.append((route, f"wrong method: the route takes {taken}, not {method}"))
        elif match == _FULL:
            by = winner.path if winner else _last_path(answer.chain)
            told.append((route, f"outranked: by {shown(by)}, which is before it"))
    if not outcome:
        # A route may give its own routes anew each time.
        outcome = repr(winner.endpoint if winner else name_of(source_of(answer.chain[-1])))
    missed = answer.outcome == _NOT_FOUND and not told
    return StarletteExplanation(
        "WebSocket" if websocket else method,
        path,
        outcome,
        winner,
        told,
        _closest(flat, path, websocket) if missed else [],
    )


def _last_path(chain: tuple[Any, ...]) -> str:
    """Return the path of the last route that has one."""
    return next((path for each in chain[::-1] if (path := getattr(each, "path", ""))), "/")


def _taker(chain: tuple[Any, ...]) -> str:
    """Name the mount or the host that takes a request which none of its routes takes."""
    source = source_of([each for each in chain if not is_included(each)][-1])
    host = getattr(source, "host", None)
    return f"the host {host!r}" if host else f"the mount {_last_path(chain)!r}"


# How an application finds the route of a request


@dataclass(frozen=True)
class Answer:
    """What a request comes to.

    :param outcome: the outcome in words, empty if a route answers it.
    :param chain: that route, or the last one that took the request, behind those that lead to it.
    """

    outcome: str
    chain: tuple[Any, ...] = ()

    def __str__(self) -> str:
        if self.outcome == _NOT_FOUND and not all(map(is_included, self.chain)):
            return f"{self.outcome}, below {_taker(self.chain)}, which takes the request"
        return self.outcome


def _scope(path: str, method: str, websocket: bool, host: str) -> dict[str, Any]:
    return {
        "type": "websocket" if websocket else "http",
        "path": path,
        "root_path": "",
        "method": method,
        "headers": [(b"host", host.encode("idna"))],
        "path_params": {},
        "query_string": b"",
    }


def answer_of(
    application: Any, path: str, method: str, *, websocket: bool = False, host: str = "localhost"
) -> Answer:
    """Return what a request comes to, given a decoded path and a method in upper case."""
    router, scope = entered(application, _scope(path, method, websocket, host))
    return _answer(router, list(router.routes), scope, ())


def _answer(
    router: Any, routes: list[Any], scope: dict[str, Any], above: tuple[Any, ...]
) -> Answer:
    """Ask the routes of a router as it does itself.

    :param router: the router; ``None`` for one that FastAPI included, which has been asked already.
    """
    try:
        chosen = _chosen(routes, scope)
        if chosen is None:
            return _unmatched(router, routes, scope, above)
    except _RaisedError as error:
        return Answer(f"{error_outcome(error.error)}, raised by a converter", (*above, error.route))
    route, match, child = chosen
    chain = (*above, route)
    below = routes_below(route, scope if is_included(route) else {**scope, **child})
    if below is not None:
        inner, inner_routes, inner_scope = below
        return _answer(inner, inner_routes, inner_scope, chain)
    if match == _PARTIAL:
        methods = ", ".join(sorted(map(str, getattr(route, "methods", None) or ())))
        return Answer(str(Outcome("405", detail=methods)), chain)
    return Answer("", chain)


class _RaisedError(Exception):
    """A route raised an error when it was asked."""

    def __init__(self, route: Any, error: Exception) -> None:
        self.route, self.error = route, error


def _chosen(routes: list[Any], scope: dict[str, Any]) -> tuple[Any, int, dict[str, Any]] | None:
    """Return the route that a router chooses, with what it said."""
    partial = None
    for route in routes:
        try:
            match, child = _asked(route, scope)
        except Exception as error:
            raise _RaisedError(route, error) from error
        if match == _FULL:
            return route, match, child
        if match == _PARTIAL and partial is None:
            partial = route, match, child
    return partial


def _unmatched(
    router: Any, routes: list[Any], scope: dict[str, Any], above: tuple[Any, ...]
) -> Answer:
    """Tell what becomes of a request that no route takes."""
    path = scope["path"]
    here = sys.modules["starlette.routing"].get_route_path(scope)
    if scope["type"] == "http" and getattr(router, "redirect_slashes", False) and here != "/":
        other = path.rstrip("/") if here.endswith("/") else f"{path}/"
        if _chosen(routes, {**scope, "path": other}) is not None:
            return Answer(str(Outcome("redirect", detail=other, status=307)), above)
    if hasattr(router, "_match_low_priority"):
        # FastAPI asks all of its groups of frontends, and takes the one with the longest path.
        _, _, group, context = router._match_low_priority(dict(scope))
        for chain in _frontends(router):
            if chain[-1] is (context or group):
                matched, files, inner = _chosen_frontend(chain[-1], scope)
                if matched == _FULL:
                    said = ""
                elif _has_file(files, inner):
                    said = str(Outcome("405", detail="GET, HEAD"))
                else:
                    said = f"{_NOT_FOUND}, since the frontend has no such file"
                return Answer(said, (*above, *chain, files))
    default: Any = getattr(router, "default", None)
    # A bound method is another object each time.
    if default is not None and default != getattr(router, "not_found", default):
        name = getattr(default, "__name__", type(default).__name__)
        return Answer(f"{name!r}, the default of the router, since no route takes it", above)
    return Answer(_NOT_FOUND, above)


def _frontends(router: Any) -> Iterator[tuple[Any, ...]]:
    """Give the groups of frontends that FastAPI asks last, behind what leads to them."""
    for each in getattr(router, "_low_priority_routes", ()):
        if frontends_of(each) is not None:
            yield (each,)
    for route in router.routes:
        for each in getattr(route, "effective_low_priority_routes", list)():
            if frontends_of(each) is not None:
                yield route, each


def _chosen_frontend(route: Any, scope: dict[str, Any]) -> tuple[int, Any, dict[str, Any]]:
    """Return what a group of frontends says, the one that is to answer, and the scope for it."""
    prefix = getattr(route, "frontend_prefix", "")
    match, child, files = frontends_of(route)._match(dict(scope), prefix=prefix)
    return int(match.value), files, {**scope, **child}


def _has_file(files: Any, scope: dict[str, Any]) -> bool:
    """Tell whether a frontend has the file of a request, for which it would take other methods."""
    path = files.app.get_path(scope)
    try:
        looked_up = [files.app.lookup_path(each)[1] for each in (path, join(path, "index.html"))]
    except (OSError, ValueError):
        return False
    return any(found is not None and S_ISREG(found.st_mode) for found in looked_up)


def takes(application: Any, route: FlatRoute, path: str, method: str, host: str) -> bool:
    """Tell whether a route and all that it is reached through take what `answer_of` is given."""
    return _match(application, route, _scope(path, method, route.websocket, host)) == _FULL


def _match(application: Any, route: FlatRoute, scope: dict[str, Any]) -> int:
    """Tell whether a route and all that it is reached through match."""
    match = _NONE
    scope = entered(application, scope)[1]
    for each in route.routes:
        if is_included(each):
            continue
        if frontends_of(each) is not None:
            match, files, _ = _chosen_frontend(each, scope)
            return match if files is route.routes[-1] else _NONE
        match, child = _asked(each, dict(scope))
        if match == _NONE:
            return _NONE
        scope = {**scope, **child}
        below = routes_below(each, scope)
        scope = scope if below is None else below[2]
    return match


def _asked(route: Any, scope: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    match, child = route.matches(scope)
    return int(match.value), child


# Routes that are close to a path


def _closest(flat: list[FlatRoute], path: str, websocket: bool) -> list[NearRule]:
    """Return the routes that share most segments with a path."""
    texts = path.split("/")[1:]
    likely = []
    for route in flat:
        if route.websocket != websocket and route.kind != "mount":
            continue
        segments = route.path.split("/")[1:]
        score = depth = 0.0
        for text, segment in zip(texts, segments, strict=False):
            if segment == text:
                score += 1.0
            elif re.fullmatch(_regex(segment, route), text):
                score += 0.5
            else:
                break
            depth += 1
        at = int(depth)
        found = texts[at] if at < len(texts) else None
        wanted = segments[at] if at < len(segments) else None
        if found is None and wanted is None:
            # It may be for another host.
            continue
        near = NearRule(cast(Any, route), at + 1, found, wanted)
        likely.append((score + likeness(found, wanted), near))
    likely.sort(key=itemgetter(0), reverse=True)
    return [near for _, near in likely[:CLOSEST]]


def _regex(segment: str, route: FlatRoute) -> str:
    """Return the regex of one segment of the path of a route."""
    pieces, end = [], 0
    for found in VARIABLE.finditer(segment):
        regex = getattr(route.convertors.get(found[1]), "regex", "[^/]+")
        pieces += [re.escape(segment[end : found.start()]), f"(?:{regex})"]
        end = found.end()
    return "".join(pieces) + re.escape(segment[end:])
