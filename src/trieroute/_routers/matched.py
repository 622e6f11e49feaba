"""What a request matched, as those who monitor requests read it.

Each rule has one name in every tool: its template, such as ``/users/{id}``. Below mounts, the
routers of a request share one list of what they matched, so that what stands in front of the
outermost one names the request in full.
"""

from __future__ import annotations

import sys
from typing import Any

from .._rules.checks import as_written
from .._rules.methods import methods_of
from .._rules.rule import Rule
from .mounts import BELOW, MountRule

__all__ = ["MOUNT", "ListedRoute", "Route", "Told"]

#: The key under which a mounted application finds the route of the mount. That route itself stands
#: where those in front of the router see it too, and a router beside it is not below the mount.
MOUNT = "trieroute.mount"


class Told:
    """What one router tells of a rule, which is the same for all requests.

    :param rule: a rule of ours, or a route of another framework's application.
    """

    __slots__ = ("name", "path_format", "prefix", "rule")

    def __init__(self, rule: Any) -> None:
        self.rule = rule
        #: The template of a mount up to what is below it; ``None`` for any other rule.
        self.prefix: str | None = None
        if not isinstance(rule, Rule):
            # Starlette's and FastAPI's routes have these names for it.
            path = getattr(rule, "path_format", None) or getattr(rule, "path", "")
            self.path_format, self.name = str(path), getattr(rule, "name", None)
            return
        self.name = _name(rule.endpoint)
        # The domain stands in front of a first bar, which is no variable.
        trace = rule._trace
        path_trace = trace[trace.index((False, "|")) + 1 :]
        if isinstance(rule, MountRule):
            parts = [part for part in path_trace if part != (True, BELOW)]
            self.prefix = _template(parts).rstrip("/")
            self.path_format = f"{self.prefix}/{{{BELOW}}}"
        else:
            self.path_format = _template(path_trace)


def _template(trace: list[tuple[bool, str]]) -> str:
    return "".join(f"{{{text}}}" if variable else text for variable, text in trace)


def _name(endpoint: Any) -> str | None:
    if isinstance(endpoint, str):
        return endpoint
    name = getattr(endpoint, "__name__", None)
    return name if isinstance(name, str) else type(endpoint).__name__


class Route:
    """What a router matched for a request, and what the routers below it have matched.

    ``path``, ``path_format``, ``name`` and ``methods`` have the names that Starlette's routes have,
    which monitoring reads. They tell the whole way from this router on.
    """

    __slots__ = ("_index", "_told")

    def __init__(self, told: list[Told], index: int = 0) -> None:
        #: What the routers of the request have matched, the outermost one first.
        self._told = told
        self._index = index

    def _below(self, told: Told) -> Route:
        """Return the route of a router that is mounted in this one's, and tell this one of it."""
        self._told[self._index + 1 :] = [told]
        return Route(self._told, self._index + 1)

    def _learn(self, found: Any) -> None:
        """Note what a mounted application of another framework has matched.

        :param found: a route with ``path_format`` or ``path``; anything else is ignored.
        """
        if not isinstance(found, Route) and hasattr(found, "path"):
            self._told[self._index + 1 :] = [Told(found)]

    @property
    def _own_rule(self) -> Any:
        """The router's own rule."""
        return self._told[self._index].rule

    @property
    def rule(self) -> str:
        """The text of the router's own rule, or the prefix of its mount."""
        return as_written(self._own_rule)

    @property
    def endpoint(self) -> Any:
        """The endpoint of the router's own rule."""
        return self._told[self._index].rule.endpoint

    @property
    def rules(self) -> tuple[Any, ...]:
        """The rules of all routers, the outermost one first.

        The last one may be a route of a mounted application of another framework.
        """
        return tuple(told.rule for told in self._told)

    @property
    def path_format(self) -> str:
        """The template below the router's root, such as ``/shops/{shop}/users/{id}``."""
        return _joined(self._told[self._index :])

    @property
    def path(self) -> str:
        """The same as ``path_format``: some tools read this name, and some that one."""
        return self.path_format

    @property
    def template(self) -> str:
        """The template of the whole request, below the root of the outermost router."""
        return _joined(self._told)

    @property
    def name(self) -> str | None:
        """The endpoint as a text; below mounts those of all, joined by colons."""
        names = [told.name for told in self._told[self._index :] if told.name is not None]
        return ":".join(names) or None

    @property
    def methods(self) -> set[str] | None:
        """The HTTP methods that the rule takes, that of the innermost router; ``None`` for all."""
        methods = getattr(self._told[-1].rule, "methods", None)
        return None if methods is None else set(methods)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.path_format!r} -> {self.name}>"


class ListedRoute:
    """A rule, for packages that look for the route of a request in the list of a router.

    They were written for Starlette, and ask each route in turn whether it matches.
    """

    def __init__(self, rule: Rule) -> None:
        told = Told(rule)
        self.path = self.path_format = told.path_format
        self.name = told.name
        self.endpoint = rule.endpoint
        methods = methods_of(rule)
        self.methods = None if methods is None else set(methods)
        self._rule = rule

    def matches(self, scope: Any) -> tuple[Any, dict[str, Any]]:
        """Tell whether the router has matched this rule, as one of Starlette's ``Match``."""
        # Whoever asks has imported it; no router does.
        match = sys.modules["starlette.routing"].Match
        route = scope.get("route")
        is_this = isinstance(route, Route) and route._own_rule is self._rule
        return (match.FULL if is_this else match.NONE), {}


def _joined(told: list[Told]) -> str:
    *outer, last = told
    return "".join([str(each.prefix) for each in outer] + [last.path_format])
