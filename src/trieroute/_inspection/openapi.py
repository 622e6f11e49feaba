"""OpenAPI 3.1: the paths of an application, with their parameters."""

from __future__ import annotations

from typing import Any

from .._rules.rule import Rule
from .._rules.segments import Slot
from .explained import domain_text, rule_line
from .parameters import schema
from .tree import Tree

__all__ = ["openapi_paths"]

#: The methods that a path item has a place for.
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
#: Those of a rule that takes all methods.
_ALL = ("get", "put", "post", "delete", "patch")


def openapi_paths(tree: Tree, name: str) -> dict[str, Any]:
    """Describe the rules as path items, with a schema for each variable.

    ``HEAD`` beside ``GET``, and ``OPTIONS`` that a framework answers, are left out. So are rules
    that OpenAPI has no place for: those of another domain, those for WebSockets, mounts, and
    methods for a path that another rule has in front of them. ``x-left-out`` names them.

    :param tree: the tree of an application.
    :param name: what the application is called, the title.
    :return: a dict that JSON can hold.
    """
    paths: dict[str, dict[str, Any]] = {}
    names: dict[tuple[str, ...], tuple[str, list[str]]] = {}
    used: dict[str, int] = {}
    left_out = list(tree.left_out)
    for rule, shown in _in_order(tree):
        reason = _reason(shown)
        if reason:
            left_out.append(f"{rule_line(shown)}: {reason}")
            continue
        assert rule._compiled is not None
        _, pieces = rule._compiled.pieces
        # Paths that differ in the names of their variables alone are one to OpenAPI.
        key = tuple(piece if isinstance(piece, str) else "{}" for piece in pieces)
        slots = [piece for piece in pieces if isinstance(piece, Slot)]
        text = "".join(p if isinstance(p, str) else f"{{{p.name}}}" for p in pieces)
        path, known = names.setdefault(key, (text, [slot.name for slot in slots]))
        item = paths.setdefault(path, {})
        methods = _methods(shown)
        others = sorted({*methods} - {*_METHODS})
        taken = sorted({*methods} & {*item})
        if others or taken:
            why = "OpenAPI has no such method" if others else f"{path} has it already"
            told = ", ".join(method.upper() for method in others or taken)
            left_out.append(f"{rule_line(shown)}: {told}: {why}")
        for method in methods:
            if method in _METHODS and method not in item:
                item[method] = _operation(shown, method, len(methods) > 1, known, slots, used)
    return {
        "openapi": "3.1.0",
        "info": {"title": name, "version": "0"},
        "paths": {path: item for path, item in paths.items() if item},
        **({"x-left-out": left_out} if left_out else {}),
    }


def _in_order(tree: Tree) -> list[tuple[Rule, Any]]:
    """Return the rules and how they are shown, the one that goes before the others first."""
    exact = {
        ending.rule: ending.place
        for node in tree.nodes
        for ending in node.endings
        if ending.form == "exact"
    }
    return [
        (tree.rules[number], tree.shown[number]) for number in sorted(exact, key=exact.__getitem__)
    ]


def _reason(shown: Any) -> str:
    if shown.websocket:
        return "it is for WebSockets"
    if getattr(shown, "kind", "") == "mount":
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
    shown: Any,
    method: str,
    several: bool,
    names: list[str],
    slots: list[Slot],
    used: dict[str, int],
) -> dict[str, Any]:
    endpoint = shown.endpoint if isinstance(shown.endpoint, str) else repr(shown.endpoint)
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
