"""A module of TypeScript that builds the URLs of an application, as `MapAdapter.build` does."""

from __future__ import annotations

from importlib.resources import files
from math import isfinite
from typing import Any

from .._core.quoting import quote_path
from .._map import Map
from .._routers.mounts import BELOW, MountRule
from .._rules.methods import methods_of
from .._rules.rule import Rule
from .._rules.segments import Slot
from .._rules.shapes import gap
from .explained import domain_text, is_told, rule_line
from .value_text import json_text
from .variable_schemas import type_of

__all__ = ["typescript"]


class _LeftOutError(ValueError):
    """A rule has no counterpart in TypeScript; the message says why."""


def typescript(url_map: Map, name: str) -> str:
    """Write the module.

    :param url_map: the rules. Those of another domain, those for WebSockets and those whose values
        are written by a program's own code are left out, and named at the top.
    :param name: what the application is called.
    :return: the text of the module. It needs no other one.
    """
    url_map.update()
    types: list[str] = []
    tables: list[str] = []
    left_out: list[str] = []
    for endpoint, rules in list(url_map._rules_by_endpoint.items()):
        made = []
        for rule in rules:
            try:
                if not isinstance(endpoint, str):
                    raise _LeftOutError("the endpoint is no text")
                made.append(_rule(rule))
            except _LeftOutError as error:
                if is_told(rule):
                    left_out.append(f"{rule_line(rule)}: {error}")
        if made:
            key = _literal(endpoint)
            options = list(dict.fromkeys(kind for kind, _ in made))
            types.append(f"  {key}: {' | '.join(options)};")
            tables.append(f"  {key}: [{', '.join(table for _, table in made)}],")
    if url_map.sort_parameters:
        left_out.append("the order of the query, which the map sorts")
    lines = [
        f"// The URLs of {_comment(name)}, written by trieroute export.",
        *(f"// Left out: {_comment(reason)}" for reason in left_out),
        "",
        "/** The values that the variables of each endpoint take. */",
        "export interface Values {",
        *types,
        "}",
        "export type Endpoint = keyof Values;",
        "",
        "const rules: { readonly [E in Endpoint]: readonly Rule[] } = {",
        *tables,
        "};",
    ]
    source = (
        files("trieroute._inspection")
        .joinpath("page_files", "routes.ts")
        .read_text(encoding="utf-8")
    )
    return "\n".join(lines) + "\n" + source


def _rule(rule: Rule) -> tuple[str, str]:
    """Write the type of a rule's values, and its entry in the table."""
    compiled = rule._compiled
    assert compiled is not None
    if isinstance(rule, MountRule) and BELOW in rule.arguments:
        raise _LeftOutError("it is a mount, of which only the URL of its prefix is built")
    if rule.websocket:
        raise _LeftOutError("it is for WebSockets")
    domain, path = compiled.pieces
    if domain_text(rule) or any(isinstance(piece, Slot) for piece in domain):
        raise _LeftOutError("it is for another domain")
    defaults: dict[str, Any] = dict(rule.defaults or {})
    if not all(isinstance(value, (str, int, float, bool)) for value in defaults.values()):
        raise _LeftOutError("a default is no text and no number")
    if any(isinstance(value, float) and not isfinite(value) for value in defaults.values()):
        # There is no literal type of such a number, and one that is no number equals nothing.
        raise _LeftOutError("a default is no finite number")
    pieces: list[Any] = []
    fields: list[str] = []
    required: list[str] = []
    for piece in path:
        if isinstance(piece, str):
            pieces.append(quote_path(piece))
        elif piece.name in defaults:
            pieces.append(gap(piece.name, piece.converter).text(defaults[piece.name]))
        else:
            known = type_of(piece.converter)
            if known is None:
                kind = type(piece.converter).__name__
                raise _LeftOutError(f"{kind} writes the value of {piece.name!r} by its own code")
            kind, writing = known
            choices = " | ".join(map(_literal, writing[2])) if writing[0] == "any" else ""
            fields.append(f"{piece.name}: {kind or choices or 'never'}")
            required.append(piece.name)
            pieces.append([piece.name, *writing])
    fields += [f"{_literal(name)}?: {_literal(value)}" for name, value in defaults.items()]
    joined: list[Any] = []
    for each in pieces:
        if isinstance(each, str) and joined and isinstance(joined[-1], str):
            joined[-1] += each
        else:
            joined.append(each)
    methods = methods_of(rule)
    takes_get = methods is None or "GET" in methods
    entry = {
        "get": takes_get,
        "pieces": joined,
        "required": required,
        "defaults": defaults,
    }
    return f"{{ {'; '.join(fields)} }}" if fields else "{}", _literal(entry)


def _literal(value: Any) -> str:
    """Write a value as a literal; JSON is one, and what is written escapes all but ASCII."""
    return json_text(value)


def _comment(text: str) -> str:
    return json_text(text)[1:-1]
