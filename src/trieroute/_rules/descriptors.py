"""Descriptors: attributes of a rule that are made of what it was compiled to.

They are no data descriptors, so that a program may set an attribute of that name on a rule, as it
may in Werkzeug, where they are plain ones.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MethodType
from typing import Any, NoReturn, cast

__all__ = ["BuildMethod", "OfCompiled", "RuleConverters"]


class OfCompiled:
    """An attribute that a rule reads from what it was compiled to; a program may set its own.

    :param read: reads it from a bound rule and what that was compiled to.
    :param unbound: makes what a rule has that was not bound.
    """

    def __init__(
        self, read: Callable[[Any, Any], Any], unbound: Callable[[Any], Any], doc: str
    ) -> None:
        self.read = read
        self.unbound = unbound
        self.__doc__ = doc

    def __get__(self, rule: Any, owner: Any = None) -> Any:
        if rule is None:
            return self
        compiled = rule._compiled
        return self.unbound(rule) if compiled is None else self.read(rule, compiled)


class BuildMethod:
    """Gives a rule's builder as a method; an attribute of that name set on the rule goes before."""

    def __init__(self, append_unknown: bool) -> None:
        self.append_unknown = append_unknown

    def __get__(self, rule: Any, owner: Any = None) -> Any:
        return (
            self if rule is None else MethodType(rule._compile_builder(self.append_unknown), rule)
        )


class RuleConverters(dict[str, Any]):
    """The converters of a bound rule by variable name, to be looked at.

    What matches and builds was compiled of them, so that a change would have no effect.
    """

    __slots__ = ()

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(
            "the converters of a bound rule can't be changed: override Rule.get_converter, or"
            " change the map's converters and call rule.refresh()"
        )

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = cast("Any", _refuse)
