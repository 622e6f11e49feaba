"""Containers that tell when they change: programs reach into those of a rule and of a map."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import is_not
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..map import Map
    from .rule import Rule

__all__ = ["EndpointRules", "Methods", "RulesByEndpoint"]


class Methods(set[str]):
    """The methods of a rule, which tell it when they change.

    :param rule: the rule; its ``_changed`` is called without arguments after each change.
    :param methods: the methods, in upper case.
    """

    __slots__ = ("rule",)

    def __init__(self, rule: Rule, methods: Iterable[str]) -> None:
        super().__init__(methods)
        self.rule = rule

    def _tell(self) -> None:
        self.rule._changed()

    def __repr__(self) -> str:
        return repr(set(self))

    def __reduce__(self) -> tuple[Any, ...]:
        # A copy belongs to no rule.
        return set, (list(self),)


class EndpointRules(list["Rule"]):
    """The rules of one endpoint; their map compiles anew when they change.

    Whoever makes it sets its ``map``.
    """

    __slots__ = ("map",)
    map: Map

    def _tell(self) -> None:
        self.map._remap = True

    def __reduce__(self) -> tuple[Any, ...]:
        return list, (list(self),)


class RulesByEndpoint(dict[Any, list["Rule"]]):
    """The rules of a map by endpoint; the map compiles anew when they change.

    :param map: the map.
    """

    __slots__ = ("map",)

    def __init__(self, map: Map) -> None:
        self.map = map

    def _tell(self) -> None:
        self.map._remap = True

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)

    def put(self, endpoint: Any, rules: Iterable[Rule]) -> None:
        """Set the rules of an endpoint, in a list that tells; the map knows of it."""
        own = EndpointRules(rules)
        own.map = self.map
        _put(self, endpoint, own)


_put = dict.__setitem__


def _telling(cls: type, name: str) -> Callable[..., Any]:
    change = getattr(cls.__base__, name)

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        # What keeps its lists sorted would compile again and again.
        before = [*self] if name in ("sort", "reverse") else None
        try:
            return change(self, *args, **kwargs)
        finally:
            if before is None or any(map(is_not, before, self)):
                self._tell()

    method.__name__ = name
    method.__doc__ = change.__doc__
    return method


_CHANGES: dict[type, str] = {
    Methods: "add clear difference_update discard intersection_update pop remove"
    " symmetric_difference_update update __iand__ __ior__ __isub__ __ixor__",
    EndpointRules: "append clear extend insert pop remove reverse sort __delitem__ __setitem__"
    " __iadd__ __imul__",
    RulesByEndpoint: "clear pop popitem setdefault update __delitem__ __setitem__ __ior__",
}
for _cls, _names in _CHANGES.items():
    for _name in _names.split():
        setattr(_cls, _name, _telling(_cls, _name))
