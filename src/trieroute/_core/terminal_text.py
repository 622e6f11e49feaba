"""Text of a program as a terminal may show it: a line stays one, and none acts on what follows."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["report_of", "visible"]


def visible(text: str) -> str:
    """Write characters that can't be seen, and would move or colour what follows, by their escapes.

    Endpoints, methods and values are a program's own text, and a terminal would obey it.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def report_of(lines: Iterable[str]) -> str:
    """Join the lines of a report, each of which stays one line."""
    return "\n".join(map(visible, lines))
