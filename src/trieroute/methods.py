"""The HTTP methods of a rule: a set that can be changed in place after the rule was compiled."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from sys import intern
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .rules import Rule

__all__ = ["Methods", "checked_methods", "exact_methods"]

_WEBSOCKET_METHODS = {"GET", "HEAD", "OPTIONS"}


class Methods(set[str]):
    """A set that tells its rule when it changes.

    :param rule: the rule; its ``_changed`` is called without arguments after each change.
    :param methods: the methods, in upper case.
    """

    __slots__ = ("rule",)

    def __init__(self, rule: Rule, methods: Iterable[str]) -> None:
        super().__init__(methods)
        self.rule = rule

    def __repr__(self) -> str:
        return repr(set(self))

    def __reduce__(self) -> tuple[Any, ...]:
        # A copy belongs to no rule.
        return set, (list(self),)


def _telling(name: str) -> Callable[..., Any]:
    change = getattr(set, name)

    def method(self: Methods, *args: Any) -> Any:
        result = change(self, *args)
        self.rule._changed()
        return result

    method.__name__ = name
    method.__doc__ = change.__doc__
    return method


for _name in (
    "add",
    "clear",
    "difference_update",
    "discard",
    "intersection_update",
    "pop",
    "remove",
    "symmetric_difference_update",
    "update",
    "__iand__",
    "__ior__",
    "__isub__",
    "__ixor__",
):
    setattr(Methods, _name, _telling(_name))


def checked_methods(rule: str, methods: Iterable[str], websocket: bool) -> frozenset[str]:
    """Check the methods that a rule is given.

    :param rule: the rule string, for messages.
    :param methods: methods in any case.
    :param websocket: whether the rule takes WebSocket requests.
    :return: the methods in upper case; HEAD comes with GET.
    :raise TypeError: *methods* is one string.
    :raise ValueError: a WebSocket rule has a method other than GET, HEAD and OPTIONS.
    """
    if isinstance(methods, str):
        raise TypeError(f"rule {rule!r}: methods must be a list of strings, not {methods!r}")
    upper = _in_upper_case(frozenset(methods))
    if websocket and upper - _WEBSOCKET_METHODS:
        wrong = ", ".join(sorted(upper - _WEBSOCKET_METHODS))
        raise ValueError(
            f"rule {rule!r}: a WebSocket rule takes GET, HEAD and OPTIONS alone, not {wrong}"
        )
    return upper


# Rules of an application share the few sets that there are, and all sets the few texts.
@lru_cache(maxsize=256)
def _in_upper_case(methods: frozenset[str]) -> frozenset[str]:
    upper = {intern(method.upper()) for method in methods}
    if "GET" in upper:
        upper.add("HEAD")
    return frozenset(upper)


def exact_methods(rule: str, methods: Iterable[str]) -> frozenset[str]:
    """Return a rule's methods as they are now, for the core.

    :param rule: the rule string, for messages.
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
