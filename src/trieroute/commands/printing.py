"""Printing of results: an error in one line, values beside each other, columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click
from werkzeug.exceptions import HTTPException

from ..errors import MethodNotAllowed, RequestRedirect

__all__ = ["echo_columns", "failure", "listing"]


def failure(error: HTTPException) -> str:
    """Write in one line what a match raised: the status, and the target or the allowed methods."""
    if isinstance(error, RequestRedirect):
        return f"{error.code} redirect to {error.new_url}"
    if isinstance(error, MethodNotAllowed):
        allowed = ", ".join(sorted(error.valid_methods or ()))
        return f"{error.code} {error.name} (allowed: {allowed})"
    return f"{error.code} {error.name}"


def listing(values: Mapping[str, Any]) -> str:
    """Write values as ``name=value, ...``, or ``none``."""
    return ", ".join(f"{name}={value!r}" for name, value in values.items()) or "none"


def echo_columns(rows: Iterable[Sequence[str]]) -> None:
    """Print *rows*, every column but the last padded to its widest cell."""
    table = list(rows)
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo(("  " + "  ".join(cells)).rstrip())
