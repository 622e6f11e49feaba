"""What a program gives a router in the place of a map, and of a rule."""

from __future__ import annotations

from typing import Any

from .._map import Map

__all__ = ["check_map", "text_of"]


def check_map(map: Any) -> None:
    """Refuse what is no map.

    :raise TypeError: *map* is no map of trieroute's.
    """
    if not isinstance(map, Map):
        kind = type(map)
        module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
        raise TypeError(f"map must be a trieroute.Map, not {module}{kind.__qualname__}")


def text_of(rule: Any, method: str) -> str:
    """Return the text of a rule.

    :param rule: what a method of the router was given as the rule.
    :param method: the name of that method, which the message shows.
    :raise TypeError: it is no text, but a handler for instance.
    """
    if isinstance(rule, str):
        return rule
    name = str(getattr(rule, "__name__", ""))
    given = "" if callable(rule) else f", not {rule!r}"
    raise TypeError(
        f"a route needs its rule, a str{given}: write"
        f" @router.{method}('/{name if name.isidentifier() else '...'}')"
    )
