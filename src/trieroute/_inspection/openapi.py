"""OpenAPI 3.1: the paths of an application, with their parameters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from .._routers.mounts import MountRule
from .._rules.rule import Rule
from .._rules.segments import Slot
from .explained import domain_text, is_mount, is_told, rule_line
from .mounted import has_routes, mounted_app
from .tree import Tree
from .tree import tree as tree_of
from .variable_schemas import schema

__all__ = ["openapi_paths"]

#: The methods that a path item has a place for.
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
#: Those of a rule that takes all methods.
_ALL = ("get", "put", "post", "delete", "patch")


def openapi_paths(application: Any, name: str) -> dict[str, Any]:
    """Describe the rules as path items, with a schema for each variable.

    Mounts of routers are unfolded, as in :func:`.route_rows.route_rows`. ``HEAD`` beside ``GET``,
    and ``OPTIONS`` that a framework answers, are left out. So are rules that OpenAPI has no place
    for: those of another domain, those for WebSockets, mounts of what has no routes, and methods
    for a path that another rule has in front of them. ``x-left-out`` names them.

    :param application: as for :func:`.tree.tree`.
    :param name: what the application is called, the title.
    :return: a dict that JSON can hold.
    """
    paths: dict[str, dict[str, Any]] = {}
    names: dict[tuple[str, ...], tuple[str, list[str]]] = {}
    used: dict[str, int] = {}
    left_out: list[str] = []
    for route in _routes(application, left_out, _Place()):
        shown, slots = route.shown, [piece for piece in route.pieces if isinstance(piece, Slot)]
        # Paths that differ in the names of their variables alone are one to OpenAPI.
        key = tuple(piece if isinstance(piece, str) else "{}" for piece in route.pieces)
        own = _different([slot.name for slot in slots])
        turn = iter(own)
        text = "".join(p if isinstance(p, str) else f"{{{next(turn)}}}" for p in route.pieces)
        path, known = names.setdefault(key, (text, own))
        item = paths.setdefault(path, {})
        methods = _methods(shown)
        others = sorted({*methods} - {*_METHODS})
        taken = sorted({*methods} & {*item})
        if others or taken:
            why = "OpenAPI has no such method" if others else f"{path} has it already"
            told = ", ".join(method.upper() for method in others or taken)
            left_out.append(f"{route.line}: {told}: {why}")
        for method in methods:
            if method in _METHODS and method not in item:
                item[method] = _operation(route, method, len(methods) > 1, known, slots, used)
    return {
        "openapi": "3.1.0",
        "info": {"title": name, "version": "0"},
        "paths": {path: item for path, item in paths.items() if item},
        **({"x-left-out": left_out} if left_out else {}),
    }


class _Place(NamedTuple):
    """Where an application is mounted.

    :param pieces: the pieces of the path in front of its own.
    :param text: that path in rule syntax.
    :param names: the endpoints of the mounts, each with a colon behind it.
    :param outer: the applications in which it is mounted.
    """

    pieces: tuple[str | Slot, ...] = ()
    text: str = ""
    names: str = ""
    outer: tuple[Any, ...] = ()


class _Route(NamedTuple):
    """A rule with the place of the application that has it.

    :param pieces: the pieces of its whole path.
    :param shown: the rule, or the route of Starlette that it stands for.
    :param place: where its application is mounted.
    """

    pieces: tuple[str | Slot, ...]
    shown: Any
    place: _Place

    @property
    def line(self) -> str:
        """The rule in one line."""
        return f"{self.place.text}{rule_line(self.shown)}"


def _routes(application: Any, left_out: list[str], place: _Place) -> Iterator[_Route]:
    """Yield the rules of an application and of what is mounted in it, in their order.

    :param left_out: gets what has no place in OpenAPI, with the reason.
    """
    tree = tree_of(application)
    left_out += [f"{place.text}{reason}" for reason in tree.left_out]
    for rule, shown in _in_order(tree):
        assert rule._compiled is not None
        _, pieces = rule._compiled.pieces
        route = _Route((*place.pieces, *pieces), shown, place)
        if isinstance(rule, MountRule) and not domain_text(rule) and rule.methods is None:
            app, outer = mounted_app(rule, application), (*place.outer, application)
            if has_routes(app, outer):
                # Behind the prefix are at most a slash and the variable for what is below it.
                kept = [*pieces[:-1]]
                if kept and kept[-1] == "/":
                    kept.pop()
                name = f"{rule.endpoint}:" if isinstance(rule.endpoint, str) else ""
                below = _Place(
                    (*place.pieces, *kept), place.text + rule.prefix, place.names + name, outer
                )
                inner = [*_routes(app, left_out, below)]
                yield from inner
                if inner:
                    continue
        reason = _reason(shown)
        if reason:
            left_out.append(f"{route.line}: {reason}")
        else:
            yield route


def _in_order(tree: Tree) -> list[tuple[Rule, Any]]:
    """Return the rules and how they are shown, the one that goes before the others first."""
    exact = {
        ending.rule: ending.place
        for node in tree.nodes
        for ending in node.endings
        if ending.form == "exact" and is_told(tree.rules[ending.rule])
    }
    return [
        (tree.rules[number], tree.shown[number]) for number in sorted(exact, key=exact.__getitem__)
    ]


def _different(names: list[str]) -> list[str]:
    """Return names of which no two are the same: a mount and a rule below it may share one."""
    made: list[str] = []
    for name in names:
        number, other = 1, name
        while other in made:
            number += 1
            other = f"{name}_{number}"
        made.append(other)
    return made


def _reason(shown: Any) -> str:
    if shown.websocket:
        return "it is for WebSockets"
    if is_mount(shown):
        return "it is a mount"
    return "it is for another domain" if domain_text(shown) or getattr(shown, "host", "") else ""


def _methods(shown: Any) -> list[str]:
    if shown.methods is None:
        return [*_ALL]
    methods = {str(method).lower() for method in shown.methods}
    if "get" in methods:
        methods.discard("head")
    if getattr(shown, "provide_automatic_options", False):
        methods.discard("options")
    return sorted(methods)


def _operation(
    route: _Route,
    method: str,
    several: bool,
    names: list[str],
    slots: list[Slot],
    used: dict[str, int],
) -> dict[str, Any]:
    endpoint = route.shown.endpoint
    endpoint = route.place.names + (endpoint if isinstance(endpoint, str) else repr(endpoint))
    wanted = f"{endpoint}.{method}" if several else endpoint
    used[wanted] = used.get(wanted, 0) + 1
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": schema(slot.converter)}
        for name, slot in zip(names, slots, strict=True)
    ]
    number = used[wanted]
    return {
        "operationId": wanted if number == 1 else f"{wanted}.{number}",
        **({"parameters": parameters} if parameters else {}),
        "responses": {"default": {"description": "What the endpoint answers."}},
    }
