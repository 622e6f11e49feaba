"""The HTTP methods of a rule: what it is given, checked, and what the core gets of them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from sys import intern
from typing import Any

__all__ = ["checked_methods", "exact_methods", "methods_of", "shared_methods"]

_WEBSOCKET_METHODS = {"GET", "HEAD", "OPTIONS"}


def checked_methods(rule: str, methods: Iterable[str], websocket: bool) -> frozenset[str]:
    """Check the methods that a rule is given.

    :param methods: methods in any case.
    :return: the methods in upper case; HEAD comes with GET.
    :raise TypeError: *methods* is one string, or holds something else than strings.
    :raise ValueError: a WebSocket rule has a method other than GET, HEAD and OPTIONS.
    """
    try:
        if isinstance(methods, str):
            raise TypeError
        upper = _in_upper_case(frozenset(methods))
    except TypeError:
        raise TypeError(
            f"rule {rule!r}: methods must be a list of strings, not {methods!r}"
        ) from None
    if websocket and upper - _WEBSOCKET_METHODS:
        wrong = ", ".join(sorted(upper - _WEBSOCKET_METHODS))
        raise ValueError(
            f"rule {rule!r}: a WebSocket rule takes GET, HEAD and OPTIONS alone, not {wrong}"
        )
    return upper


# Rules of an application share the few sets that there are, and all sets the few texts.
@lru_cache(maxsize=256)
def _in_upper_case(methods: frozenset[str]) -> frozenset[str]:
    # A subclass of `str` may have an `upper` that gives no plain text.
    upper = {intern(str.upper(method)) for method in methods}
    if "GET" in upper:
        upper.add("HEAD")
    return frozenset(upper)


def exact_methods(rule: str, methods: Iterable[str]) -> frozenset[str]:
    """Return a rule's methods as they are now, for the core.

    :param methods: what ``Rule.methods`` is; a program may have changed it.
    :return: texts of ``str`` itself, where some are of a subclass such as ``http.HTTPMethod``.
    :raise TypeError: one is no ``str``.
    """
    # The set may be changed by another thread.
    exact = frozenset(methods)
    for method in exact:
        if not isinstance(method, str):
            raise TypeError(
                f"rule {rule!r}: its methods hold {method!r}, which is of type"
                f" {type(method).__name__}, not str"
            )
    return frozenset(map(str.__str__, exact))


def methods_of(rule: Any) -> list[str] | None:
    """Return the methods of a rule for those who show or compare them, sorted; ``None`` for all.

    They are read once, since another thread may set them anew.
    """
    methods = rule.methods
    return None if methods is None else sorted(map(str, methods))


@lru_cache(maxsize=256)
def shared_methods(methods: frozenset[str]) -> frozenset[str] | None:
    """Return the methods of rules as a set of plain texts that they share, if they are texts."""
    if all(isinstance(method, str) for method in methods):
        return frozenset(intern(str.__str__(method)) for method in methods)
    return None
