"""Values of a program as text and as JSON, whatever they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import isfinite
from typing import Any

__all__ = ["json_text", "kind_of", "plain_value", "plain_values", "shown", "value_text"]


def json_text(data: Any, indent: int | None = None) -> str:
    """Write JSON, in ASCII; numbers that JSON has no form for are an error here.

    :param indent: the number of spaces by which each level stands further to the right; ``None``
        for all in one line.
    """
    return json.dumps(data, indent=indent, allow_nan=False)


def value_text(value: Any) -> str:
    """Write the repr of a value, and in hexadecimal digits an ``int`` too long for decimal ones."""
    try:
        return repr(value)
    except ValueError:
        if not isinstance(value, int):
            raise
        return hex(value)


def kind_of(value: Any) -> str:
    """Name the class of a value, with its module, since several libraries have a ``Map``."""
    kind = type(value)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def shown(path: str) -> str:
    """Write a path, in quotation marks where a character could be overlooked without them."""
    return path if path and path.isprintable() and " " not in path else repr(path)


def plain_value(value: Any) -> Any:
    """Return a value as what JSON can hold, or its text if JSON has no form for it."""
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, float):
        return value if isfinite(value) else repr(value)
    text = value_text(value)
    # The digits of an int may be more than are read again.
    return value if isinstance(value, int) and not text.startswith(("0x", "-0x")) else text


def plain_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a match as what JSON can hold, those that it can't by their text."""
    return {name: plain_value(value) for name, value in values.items()}
