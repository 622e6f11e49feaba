"""What the variables of rules take, for OpenAPI, for TypeScript and for pages: kinds and bounds."""

from __future__ import annotations

import re
from typing import Any

from .._core.items import ShapeKind
from .._core.part import Conversion
from .._core.template import Rendering
from .._rules.shapes import conversion, rendering, shape_of
from .js_regex import UntranslatableError, js_regex
from .value_text import plain_value

__all__ = ["number_text", "schema", "type_of"]

_LENGTHS = re.compile(r"\[\^/\]\{(\d*)(?:(,)(\d*))?\}")


def number_text(number: Any) -> str | None:
    """Write a number in digits.

    :param number: an ``int`` or a ``float``.
    :return: its text, ``None`` for an ``int`` of more digits than Python writes, which are 4,300
        unless a program sets another limit; no converter reads as many.
    """
    try:
        return str(number)
    except ValueError:
        return None


def schema(converter: Any) -> dict[str, Any]:
    """Return the JSON schema of what a converter takes."""
    regex = str(converter.regex)
    shape = shape_of(converter)
    kind = None if shape is None else shape.kind
    written = rendering(converter)
    # Since Werkzeug 3.2, a float converter has a way of its own to write its values.
    real = written == Rendering.REAL or conversion(converter, shape) == Conversion.AS_FLOAT
    if real or written == Rendering.INTEGER:
        told: dict[str, Any] = {"type": "number" if real else "integer"}
        least, most = getattr(converter, "min", None), getattr(converter, "max", None)
        if least is None and "-" not in regex.replace("0-9", ""):
            least = 0
        for name, bound in ("minimum", least), ("maximum", most):
            # Of some numbers JSON has no form, such as infinity, which bounds nothing.
            if isinstance(plain_value(bound), int | float):
                told[name] = bound
        return told
    if kind == ShapeKind.UUID:
        return {"type": "string", "format": "uuid"}
    if shape is not None and kind == ShapeKind.ANY:
        return {"type": "string", "enum": [*shape.texts]}
    if kind == ShapeKind.PATH or regex == "[^/]+":
        return {"type": "string", "minLength": 1}
    lengths = _LENGTHS.fullmatch(regex)
    if lengths is not None:
        least, most = lengths[1] or "0", lengths[3] if lengths[2] else lengths[1]
        return {
            "type": "string",
            "minLength": int(least),
            **({"maxLength": int(most)} if most else {}),
        }
    try:
        return {"type": "string", "pattern": f"^(?:{js_regex(regex)[0]})$"}
    except UntranslatableError:
        return {"type": "string"}


def type_of(converter: Any) -> tuple[str, list[Any]] | None:
    """Return the type of a variable in TypeScript, and how its value is written into a URL.

    :return: the type; and the kind, with the least number of digits and the choices where there are
        some. ``None`` if Python code of a program writes it.
    """
    kind = rendering(converter)
    digits = getattr(converter, "fixed_digits", None) or 0
    if kind == Rendering.INTEGER:
        return "number | bigint", ["int", *([digits] if digits else [])]
    if kind == Rendering.REAL:
        return "number", ["float", *([digits] if digits else [])]
    if kind == Rendering.CHOICE:
        return "", ["any", 0, sorted(map(str, converter.items))]
    if kind in (Rendering.TEXT, Rendering.UUID):
        return "string", ["text"]
    return None
