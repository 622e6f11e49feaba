"""Checking the routes of Starlette and FastAPI, which are tried one after the other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from .findings import Finding, Kind
from .http_methods import a_method, likely_method, overlap
from .map_check import Progress
from .slow_regex import slow_text
from .starlette_explained import answer_of, takes
from .starlette_routes import VARIABLE, FlatRoute, flat_routes, root_path_of, source_of
from .value_text import shown

__all__ = ["check_starlette"]


def check_starlette(application: Any, progress: Progress) -> list[Finding]:
    """Look for what is likely a mistake in the routes of an application of Starlette or FastAPI.

    A route without variables has one path, so it is asked for whether it is ever reached. Of a
    route with variables it is told only whether another one has the same path.
    """
    earlier: dict[Any, list[FlatRoute]] = {}
    found: list[Finding] = []
    flat = flat_routes(application)
    by_chain = {_chain_of(route): route for route in flat}
    for route in progress(flat):
        found += _of_route(route)
        if not _asks_the_path_alone(route.routes):
            # What else it asks for may tell it from another one.
            continue
        # Routes have the same paths if they differ in the names of their variables alone.
        kinds = tuple(_kind_of(route.convertors.get(name)) for name in VARIABLE.findall(route.path))
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
            found += _hidden(application, route, by_chain)
        before.append(route)
    return found


def _chain_of(route: FlatRoute) -> tuple[int, ...]:
    return tuple(map(id, route.routes))


def _kind_of(convertor: Any) -> tuple[Any, Any]:
    """Return what convertors have in common that take the same texts."""
    return type(convertor), getattr(convertor, "regex", None)


#: The packages whose routes ask for the path, the method and the host alone.
_PACKAGES = ("starlette", "fastapi", "trieroute")


def _asks_the_path_alone(routes: Iterable[Any]) -> bool:
    """Tell whether no route has a ``matches`` of the program's own."""
    for each in map(source_of, routes):
        module = getattr(each.matches, "__module__", None) or ""
        if module.partition(".")[0] not in _PACKAGES:
            return False
    return True


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
    source = source_of(route.routes[-1])
    methods = getattr(source, "methods", None)
    if methods is not None and not methods and route.kind == "http":
        yield Finding(
            Kind.EMPTY_METHODS, [route], "its methods are empty, so the route takes every method"
        )
    regex = getattr(source, "path_regex", None)
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


#: Hosts that are asked for, since the routes of a host may stand before those of all others.
_HOSTS = ("localhost", "host.invalid")


def _hidden(
    application: Any, route: FlatRoute, by_chain: dict[tuple[int, ...], FlatRoute]
) -> Iterator[Finding]:
    """Yield a finding if all requests for the one path of a route go elsewhere."""
    # One that takes every method takes those that no other route has.
    methods = ["GET", "ANY"] if route.methods is None else route.methods
    own = _chain_of(route)
    elsewhere = []
    # FastAPI takes its root path off the paths of requests.
    for root in dict.fromkeys(("", root_path_of(application))):
        path = root + route.path
        for method in methods:
            for host in _HOSTS:
                # Only of a request that the route would take it tells something.
                if not takes(application, route, path, method, host):
                    continue
                answer = answer_of(application, path, method, host=host)
                if not _asks_the_path_alone(answer.chain):
                    return
                chain = tuple(map(id, answer.chain))
                if not answer.outcome and chain == own:
                    return
                elsewhere.append((method, path, chain, str(answer)))
    if not elsewhere:
        return
    asked = a_method(_set(route.methods))
    method, path, _, outcome = next((each for each in elsewhere if each[0] == asked), elsewhere[0])
    others = [by_chain[chain] for _, _, chain, said in elsewhere if not said and chain in by_chain]
    others = [other for at, other in enumerate(others) if other not in others[:at]]
    yield Finding(
        Kind.SHADOWED,
        [route, *others],
        "no request can reach the route: all go to"
        if others
        else f"no request can reach the route: {outcome}",
        f"{method} {shown(path)}",
        "put the route before the other one",
    )
