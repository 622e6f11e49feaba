"""Route rows: the routes of an application of any kind, each as one row of a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..rules.order import Order
from ..rules.rule import Rule
from .explained import domain_text
from .routed import routed
from .starlette_routes import FlatRoute, flat_routes, is_starlette

__all__ = ["RouteRow", "route_rows"]


@dataclass(frozen=True)
class RouteRow:
    """A route.

    :param rule: the rule string, or the path of a route of Starlette or FastAPI.
    :param methods: the methods in alphabetical order, ``None`` for all.
    :param endpoint: the endpoint as a text.
    :param domain: the subdomain or host, empty for none.
    :param converters: the name of the converter's class by variable name.
    :param kind: ``"http"``, ``"websocket"``, ``"mount"`` or ``"build only"``.
    """

    rule: str
    methods: list[str] | None
    endpoint: str
    domain: str = ""
    converters: dict[str, str] = field(default_factory=dict)
    kind: str = "http"

    @property
    def methods_text(self) -> str:
        """The methods as they are shown."""
        if self.kind in ("websocket", "mount"):
            return self.kind
        return "all" if self.methods is None else ", ".join(self.methods) or "none"


def route_rows(application: Any) -> list[RouteRow]:
    """List the routes of an application in the order in which they are matched.

    Mounts and included routers of Starlette and FastAPI are unfolded.

    :param application: an application of Flask, Quart, Starlette or FastAPI, a router of
        trieroute's, or a map. No request is made.
    :raise TargetError: it is none of these.
    """
    if is_starlette(application):
        return [_of_route(route) for route in flat_routes(application)]
    return list(_of_map(application))


def _of_map(application: Any) -> Iterator[RouteRow]:
    url_map = routed(application)
    url_map.update()
    rules = [target.rule for target in url_map._state.trie.targets]
    ranks = Order(rules, url_map.match_order).ranks.exact
    matched = sorted(zip(ranks, range(len(rules)), strict=True))
    for _, number in matched:
        yield _of_rule(rules[number])
    known = set(map(id, rules))
    for rule in url_map.iter_rules():
        if id(rule) not in known:
            yield _of_rule(rule, "build only")


def _of_rule(rule: Rule, kind: str = "http") -> RouteRow:
    return RouteRow(
        rule.rule,
        None if rule.methods is None else sorted(map(str, rule.methods)),
        rule.endpoint if isinstance(rule.endpoint, str) else repr(rule.endpoint),
        domain_text(rule),
        {name: type(converter).__name__ for name, converter in rule._converters.items()},
        "websocket" if rule.websocket else kind,
    )


def _of_route(route: FlatRoute) -> RouteRow:
    return RouteRow(
        route.path, route.methods, route.endpoint, route.host, route.converters, route.kind
    )
