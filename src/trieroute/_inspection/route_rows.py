"""Route rows: the routes of an application of any kind, each as one row of a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from .._routers.mounts import BELOW, MountRule
from .._rules.methods import methods_of
from .._rules.order import Order
from .._rules.rule import Rule
from .application_map import routed
from .explained import domain_text, is_told
from .mounted import has_routes, mounted_app
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

    Mounts of routers and of Starlette and FastAPI are unfolded, and so are included routers. There
    is one row for what is mounted and is none of these, or is refused by trieroute, and for a
    router inside of itself.

    :param application: an application of Flask, Quart, Starlette or FastAPI, a router of
        trieroute's, or a map. No request is made.
    :return: the rows; a rule that is only for building stands at the end.
    :raise TargetError: it is none of these.
    :raise TypeError, ValueError, LookupError, RuntimeError: the application has a map of
        Werkzeug's, and trieroute refuses the map, or a rule of it.
    """
    return list(_rows(application, ()))


def _rows(application: Any, outer: tuple[Any, ...]) -> Iterator[RouteRow]:
    """Yield the rows of an application.

    :param outer: the applications in which it is mounted.
    """
    if is_starlette(application):
        yield from map(_of_route, flat_routes(application))
        return
    url_map = routed(application)
    url_map.update()
    targets = url_map._state.trie.targets
    rules = [target.rule for target in targets]
    ranks = Order(targets, url_map.match_order).ranks.exact
    matched = sorted(zip(ranks, range(len(rules)), strict=True))
    for _, number in matched:
        rule = rules[number]
        if isinstance(rule, MountRule):
            yield from _below(rule, application, (*outer, application))
        else:
            yield _of_rule(rule)
    known = set(map(id, rules))
    for rule in url_map.iter_rules():
        if id(rule) not in known and not isinstance(rule, MountRule):
            yield _of_rule(rule, "build only")


def _below(rule: MountRule, application: Any, outer: tuple[Any, ...]) -> Iterator[RouteRow]:
    """Yield the rows of what is mounted, once for the several rules of a mount."""
    if not is_told(rule):
        return
    endpoint = rule.endpoint
    app = mounted_app(rule, application)
    name = f"{endpoint}:" if isinstance(endpoint, str) else ""
    own = replace(_of_rule(rule, "mount"), rule=rule.prefix or "/")
    del own.converters[BELOW]
    rows: list[RouteRow] = []
    # Where the mount takes some methods alone, those of the routes below would say too much.
    if rule.methods is None and has_routes(app, outer):
        rows = list(_rows(app, outer))
    for row in rows:
        yield replace(
            row,
            rule=f"{rule.prefix}{row.rule}",
            endpoint=f"{name}{row.endpoint}",
            domain=row.domain or own.domain,
            converters={**own.converters, **row.converters},
        )
    if not rows:
        yield own


def _of_rule(rule: Rule, kind: str = "http") -> RouteRow:
    return RouteRow(
        rule.rule,
        methods_of(rule),
        rule.endpoint if isinstance(rule.endpoint, str) else repr(rule.endpoint),
        domain_text(rule),
        {name: type(converter).__name__ for name, converter in rule._converters.items()},
        "websocket" if rule.websocket else kind,
    )


def _of_route(route: FlatRoute) -> RouteRow:
    return RouteRow(
        route.path, route.methods, route.endpoint, route.host, route.converters, route.kind
    )
