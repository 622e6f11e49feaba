"""Checking the routes of Starlette and FastAPI, which are tried one after the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .findings import Finding, Kind
from .map_check import Progress
from .rule_pairs import a_method, likely_method, overlap
from .slow_regex import slow_text
from .starlette_routes import VARIABLE, FlatRoute, explain_starlette, flat_routes

__all__ = ["check_starlette"]


def check_starlette(application: Any, progress: Progress) -> list[Finding]:
    """Look for what is likely a mistake in the routes of an application of Starlette or FastAPI.

    A route without variables has one path, so it is asked for whether it is ever reached. Of a
    route with variables it is told only whether another one has the same path.

    :param application: the application, or a router.
    :param progress: gets a sequence, and gives its items.
    """
    earlier: dict[Any, list[FlatRoute]] = {}
    found: list[Finding] = []
    for route in progress(flat_routes(application)):
        found += _of_route(route)
        # Routes have the same paths if they differ in the names of their variables alone.
        kinds = tuple(route.converters.get(name) for name in VARIABLE.findall(route.path))
        key = VARIABLE.sub("{}", route.path), kinds, route.host, route.kind
        before = earlier.setdefault(key, [])
        same = [other for other in before if overlap(_set(other.methods), _set(route.methods))]
        if same:
            found.append(
                Finding(
                    Kind.DUPLICATE,
                    [route, *same],
                    "another route is for the same path and methods, so the first one wins",
                    hint="remove one of the routes",
                )
            )
        elif route.kind == "http" and not VARIABLE.search(route.path) and not route.host:
            found += _hidden(application, route)
        before.append(route)
    return found


def _set(methods: list[str] | None) -> frozenset[str] | None:
    return None if methods is None else frozenset(methods)


def _of_route(route: FlatRoute) -> Iterator[Finding]:
    for method in route.methods or ():
        near = likely_method(method)
        if near is not None:
            hint = f"do you mean {near!r}?" if near else ""
            yield Finding(
                Kind.UNKNOWN_METHOD, [route], f"{method!r} is no method of HTTP", hint=hint
            )
    if route.methods is not None and not route.methods:
        yield Finding(Kind.EMPTY_METHODS, [route], "the route takes no method")
    regex = getattr(route.routes[-1], "path_regex", None)
    if not isinstance(regex, re.Pattern):
        return
    text = slow_text(regex)
    if text is not None:
        yield Finding(
            Kind.SLOW_REGEX,
            [route],
            f"its regex takes a time that doubles with a few characters more: {regex.pattern}",
            f"GET {text}",
            "write the regex so that no repetition can take the same text in two ways",
        )


def _hidden(application: Any, route: FlatRoute) -> Iterator[Finding]:
    methods = route.methods if route.methods is not None else ["GET"]
    answers = [explain_starlette(application, route.path, method) for method in methods]
    if not answers or any(answer.route == route for answer in answers):
        return
    method = a_method(_set(route.methods))
    others: list[FlatRoute] = []
    for other in answers:
        if other.route is not None and other.route not in others:
            others.append(other.route)
    answer = explain_starlette(application, route.path, method)
    yield Finding(
        Kind.SHADOWED,
        [route, *others],
        "no request can reach the route: all go to"
        if others
        else f"no request can reach the route: {answer.outcome}",
        f"{method} {route.path}",
        "put the route before the other one",
    )
