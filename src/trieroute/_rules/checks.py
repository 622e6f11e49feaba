"""Checks of what a program gives, and errors that name the mistake, its place and the way out."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any
from warnings import warn

import werkzeug.routing.rules

__all__ = [
    "NotBoundError",
    "as_written",
    "bound_already",
    "check_endpoint",
    "check_settings",
    "check_text",
    "checked_mapping",
    "checked_rules",
    "lacks_slash",
    "not_bound",
    "refusal_of",
    "rules_of",
    "to_remove",
    "warn_of_braces",
    "with_place",
]

#: A variable in angle brackets, or a variable as rule tables and other frameworks write it, unless
#: it is a placeholder of :class:`string.Template`. It is compiled when a rule has braces.
_BRACES = r"""<(?:"[^"]*"|'[^']*'|[^<>"'])*>|(?<!\$)(\{[A-Za-z_][^{}/<>]*\})"""


def check_text(value: Any, what: str) -> None:
    """Raise a ``TypeError`` for what is no text; *what* says which argument of what it is."""
    if not isinstance(value, str):
        raise TypeError(f"{what} must be a str, not {value!r}")


def check_settings(rule: str, defaults: Any, redirect_to: Any) -> None:
    """Raise a ``TypeError`` for settings of a rule that are of a wrong type."""
    if defaults and not isinstance(defaults, Mapping):
        raise TypeError(f"rule {rule!r}: defaults must be a dict of values, not {defaults!r}")
    if not (redirect_to is None or isinstance(redirect_to, str) or callable(redirect_to)):
        raise TypeError(
            f"rule {rule!r}: redirect_to must be a text or a function, not {redirect_to!r}"
        )


def as_written(rule: Any) -> str:
    """Return the text of a rule as the program has written it, for messages.

    A mount is rules that nobody has written, and a rule of Werkzeug's has nothing but its text.
    """
    text: str = getattr(rule, "_as_written", rule.rule)
    return text


def bound_already(rule: Any) -> RuntimeError:
    """Return the error about a rule that a map has already."""
    text = as_written(rule)
    return RuntimeError(f"rule {text!r} is already bound to a map, add a copy: rule.empty()")


class NotBoundError(RuntimeError, AttributeError):
    """A rule was asked for what it has as long as it is bound to a map.

    It is an error of an attribute, too: whoever goes through the attributes of any object, as mocks
    and debuggers do, passes over those that it lacks.
    """


def not_bound(rule: Any) -> NotBoundError:
    """Return the error about a rule that was not added to a map."""
    return NotBoundError(f"rule {as_written(rule)!r} is not bound to a map: add it to one first")


def refusal_of(rule: Any) -> RuntimeError:
    """Return the error about a rule that another thread has bound or removed meanwhile."""
    return not_bound(rule) if rule.map is None else bound_already(rule)


def check_endpoint(rule: Any) -> None:
    """Raise a ``TypeError`` for a rule that could not be found by its endpoint.

    CPython 3.11 may hang where an exception leaves a long function that has a ``try`` statement and
    memory is used up. So this is a function of its own.
    """
    try:
        hash(rule.endpoint)
    except TypeError as error:
        text = as_written(rule)
        raise TypeError(f"rule {text!r}: the endpoint must be hashable: {error}") from None


def lacks_slash(rule: str) -> ValueError:
    """Return the error about a rule string that could never be matched."""
    return ValueError(f"rule {rule!r} must start with a slash")


def warn_of_braces(rule: str) -> None:
    """Warn of a variable in braces, which is plain text in a rule."""
    for found in re.finditer(_BRACES, rule):
        if found[1] is not None:
            name, _, converter = found[1][1:-1].partition(":")
            variable = f"<{converter}:{name}>" if converter else f"<{name}>"
            warn(
                f"rule {rule!r}, position {found.start()}: {found[1]!r} is plain text; a variable"
                f" is written {variable!r}, and only trieroute.tables reads braces",
                stacklevel=_outside(),
            )
            return


def _outside() -> int:
    """Return the level of the caller's innermost call that is none of trieroute's."""
    level = 1
    frame = sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] == "trieroute":
        frame = frame.f_back
        level += 1
    return level


def checked_rules(rules: Any, what: str) -> Iterable[Any]:
    """Return rules and factories, which must be a list; otherwise it is a ``TypeError``."""
    if isinstance(rules, (str, bytes)) or not hasattr(type(rules), "__iter__"):
        raise TypeError(f"{what} must be a list of rules and factories, not {rules!r}")
    given: Iterable[Any] = rules
    return given


def checked_mapping(given: Any, what: str) -> Mapping[Any, Any]:
    """Return what was given, which must be a mapping; otherwise it is a ``TypeError``."""
    if not isinstance(given, Mapping):
        raise TypeError(f"{what} must be a dict, not {given!r}")
    return given


def rules_of(factory: Any, map: Any) -> list[Any]:
    """Return the rules of a rule or a factory.

    :raise TypeError: it is neither, or gives something that is no rule.
    """
    get_rules = getattr(factory, "get_rules", None)
    if get_rules is None or isinstance(factory, type):
        way_out = ""
        text = factory[0] if isinstance(factory, tuple) and factory else factory
        if isinstance(text, str):
            way_out = f", write Rule({text!r}, endpoint=...)"
        elif isinstance(factory, type):
            way_out = ", which is a class: add objects of it"
        elif isinstance(factory, Iterable):
            way_out = ", add its items one by one"
        elif callable(factory):
            way_out = ", add what a call of it returns"
        raise TypeError(f"only rules and factories can be added to a map, not {factory!r}{way_out}")
    rules = [*checked_rules(get_rules(map), f"what {type(factory).__name__}.get_rules returns")]
    for rule in rules:
        if not hasattr(rule, "_target") and not isinstance(rule, werkzeug.routing.rules.Rule):
            raise TypeError(f"{factory!r} gives {rule!r}, which is no rule")
    return rules


def to_remove(given: Any) -> list[Any]:
    """Return rules and factories that were given to be removed, as one list.

    :param given: a rule, a factory, or an iterable of what may be given.
    :raise TypeError: it is something else, or has something else in it.
    """
    if hasattr(given, "get_rules") and not isinstance(given, type):
        return [given]
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise TypeError(f"only rules, factories and lists of them can be removed, not {given!r}")
    return [one for each in given for one in to_remove(each)]


def with_place(error: Exception, place: str | None) -> Exception:
    """Return an error of a rule with the place where the rule is written in front.

    :param place: the name of a file and the number of a line; ``None`` if it is not known.
    """
    if place is None or type(error) not in (LookupError, ValueError, TypeError):
        return error
    named = type(error)(f"{place}: {error}")
    named.__cause__ = error.__cause__
    return named
