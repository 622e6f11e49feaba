"""What a program gives a router: a map, rules, and what answers in the place of an error."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from .._map import Map

__all__ = ["check_map", "no_application", "returned_app", "text_of"]


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


def returned_app(
    name: str, function: Callable[[Any, Any], Any], error: Exception, request: Any
) -> Any:
    """Ask a function of the program what answers in the place of an error.

    :param name: the name under which the router has the function.
    :param request: the scope or the environment.
    :return: an application, or ``None``.
    :raise TypeError: the function has returned something else.
    """
    app = function(error, request)
    if app is None or callable(app):
        return app
    hint = "return an application that answers, or None"
    raise no_application(f"{name} {function!r}", app, hint)


def no_application(maker: str, made: Any, hint: str) -> TypeError:
    """Return the error about what a function of the program gives in the place of an application.

    :param maker: names the function.
    :param hint: the way out, if the function is not async.
    """
    if isinstance(made, Coroutine):
        # It is never awaited, which needs no warning beside the error.
        made.close()
        hint = "it must not be async, but the application that it returns may be"
    return TypeError(f"{maker} gave {made!r}, which is no application: {hint}")
