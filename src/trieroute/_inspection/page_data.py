"""What a page is given of a trie, to walk through it: texts, numbers and regexes of JavaScript."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from .._core.part import Conversion, Part, Value
from .._core.target import Target
from .._routers.mounts import MountRule
from .._rules.rule import Rule
from .explained import is_told, rule_dict
from .js_regex import UntranslatableError, js_segment
from .starlette_routes import FlatRoute
from .tree import Tree
from .variable_schemas import number_text

__all__ = ["page_data"]

_CONVERSIONS = {
    Conversion.AS_TEXT: "text",
    Conversion.AS_UUID: "text",
    Conversion.AS_INT: "int",
    Conversion.AS_FLOAT: "float",
    Conversion.BY_CONVERTER: "code",
}


def page_data(tree: Tree) -> dict[str, Any]:
    """Return what `walk.js` walks of the tree of an application, as a dict that JSON can hold."""
    patterns = _Patterns(tree)
    nodes = [
        {
            "number": node.number,
            "kind": str(node.kind),
            "label": node.label,
            "text": node.text,
            "pattern": None if node.pattern is None else patterns.number(node.pattern),
            "branch": node.branch,
            "least": node.least,
            "children": node.children,
            "endings": [asdict(ending) for ending in node.endings],
        }
        for node in tree.nodes
    ]
    return {
        "match_order": tree.match_order,
        "host_matching": tree.host_matching,
        "merge_slashes": tree.merge_slashes,
        "redirects": tree.redirects,
        "redirect_slashes": tree.redirect_slashes,
        "roots": [node.number for node in tree.nodes if node.parent is None],
        "nodes": nodes,
        "patterns": patterns.written,
        "rules": [
            {
                **_rule(target, number),
                **(_route(route, tree.shown) if isinstance(route, FlatRoute) else {}),
            }
            for target, route, number in zip(
                tree.targets, tree.shown, _stand_ins(tree.rules), strict=True
            )
        ],
        "left_out": tree.left_out,
    }


class _Patterns:
    """The patterns of a tree, each once, as regexes."""

    def __init__(self, tree: Tree) -> None:
        self.parts: dict[Any, Part] = {}
        for target in tree.targets:
            for part in (target.domain, *target.compiled.parts):
                if part.pattern is not None:
                    self.parts.setdefault(part.pattern, part)
        self.numbers: dict[Any, int] = {}
        self.written: list[dict[str, Any]] = []

    def number(self, pattern: Any) -> int:
        """Return the number of a pattern, and write it if it is new."""
        if pattern not in self.numbers:
            self.numbers[pattern] = len(self.written)
            sources = self.parts[pattern].identity.sources
            written: dict[str, Any] = {"regex": None, "items": bool(pattern.items)}
            with suppress(UntranslatableError):
                regex, merging = js_segment(sources, "/"), js_segment(sources, "/+")
                written |= {"regex": regex, "merging": merging}
            self.written.append(written)
        return self.numbers[pattern]


def _stand_ins(rules: list[Rule]) -> list[int]:
    """Return for each rule the number of the one that is shown for it: itself, or its mount's."""
    mounts = {
        id(rule.mount): number
        for number, rule in enumerate(rules)
        if isinstance(rule, MountRule) and rule.mount is not None and is_told(rule)
    }
    return [
        mounts.get(id(rule.mount), number) if isinstance(rule, MountRule) else number
        for number, rule in enumerate(rules)
    ]


def _rule(target: Target, stands_for: int) -> dict[str, Any]:
    rule = target.rule
    parts = (target.domain, *target.compiled.parts[1:])
    values = [value for part in parts for value in part.values]
    leads = ""
    if not target.direct:
        leads = "alias" if rule.alias else "redirect_to" if rule.redirect_to else "defaults"
    return {
        **rule_dict(rule),
        "merges": target.merges,
        "variables": [*map(_variable, values)],
        "defaults": {str(name): repr(value) for name, value in (target.defaults or {}).items()},
        "leads": leads,
        # By this number, the page shows the several rules of a mount as one.
        "stands_for": stands_for,
    }


def _variable(value: Value) -> dict[str, Any]:
    converter = getattr(value.to_python, "__self__", None)
    kind = _CONVERSIONS[value.conversion]
    told: dict[str, Any] = {
        "name": value.name,
        "conversion": kind,
        "converter": type(converter).__name__,
        "min": None,
        "max": None,
        "digits": None,
    }
    if kind in ("int", "float"):
        # They are texts, since JavaScript has no large integers in JSON.
        for bound in ("min", "max"):
            limit = getattr(converter, bound, None)
            told[bound] = None if limit is None else number_text(+limit)
        told["digits"] = getattr(converter, "fixed_digits", None) or None
    return told


def _route(route: FlatRoute, routes: Iterable[Any]) -> dict[str, Any]:
    inner = [
        number
        for number, other in enumerate(routes)
        if other is not route and other.routes[: len(route.routes)] == route.routes
    ]
    mount = route.kind == "mount"
    app = getattr(route.routes[-1], "app", None)
    router = getattr(app, "router", app)
    return {
        **rule_dict(route),
        # A mount takes requests of both kinds.
        "websocket": None if mount else route.websocket,
        "inner": inner if mount else [],
        "redirect_slashes": bool(getattr(router, "redirect_slashes", False)),
    }
