"""Short ways to a bound map, and the odd values and converters that several tests share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trieroute import BaseConverter, Map, MapAdapter, Rule, ValidationError


def adapter_of(*rules: Rule | str, **settings: Any) -> MapAdapter:
    """A map of these rules, bound to example.com; a text is a rule whose endpoint is that text."""
    made = [Rule(rule, endpoint=rule) if isinstance(rule, str) else rule for rule in rules]
    return Map(made, **settings).bind("example.com")


def bound(string: str, map_settings: dict[str, Any] | None = None, **settings: Any) -> Rule:
    """The only rule of a map."""
    rule = Rule(string, **settings)
    Map([rule], **(map_settings or {}))
    return rule


def built(rule: str, values: Mapping[str, Any] | None = None, **settings: Any) -> str:
    """The URL of a map's only rule."""
    return adapter_of(Rule(rule, endpoint="e", **settings)).build("e", values)


class Text(str):
    """A str whose type is not Python's own."""


class Speaking:
    """An object whose `str()` is a text of another type than Python's own."""

    def __str__(self) -> str:
        return Text("a b")


class LowerConverter(BaseConverter):
    """Refuses to build what is no text."""

    def to_url(self, value: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError
        return value.lower()


class FailingConverter(BaseConverter):
    """Raises what no router expects."""

    def to_url(self, value: Any) -> str:
        raise ZeroDivisionError(value)


class ListConverter(BaseConverter):
    """Joins the items of a list."""

    def to_url(self, value: Any) -> str:
        return "+".join(super(ListConverter, self).to_url(item) for item in value)


CONVERTERS = {"lower": LowerConverter, "failing": FailingConverter, "list": ListConverter}
