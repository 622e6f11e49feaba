"""Fitting converters to the variables of a parsed rule.

Whatever goes wrong here is an error that names the rule and the place: a variable that is used
twice, an unknown converter, arguments that a converter refuses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from werkzeug.routing import AnyConverter as WerkzeugAnyConverter

from .segments import Slot
from .syntax import Variable, parse_rule

if TYPE_CHECKING:
    from collections.abc import Callable

    from .rule import Rule

__all__ = ["RedirectGap", "fit", "fit_redirect", "fit_variable", "positional"]


class RedirectGap(NamedTuple):
    """A variable of a ``redirect_to`` text.

    :param name: the variable's name.
    :param to_url: turns its value into text.
    """

    name: str
    to_url: Callable[[Any], str]


def fit(rule: Rule, text: str, converters: dict[str, Any]) -> list[str | Slot]:
    """Parse a path, subdomain or host rule and make a converter for each variable.

    :param rule: the rule, bound to a map; makes the converters.
    :param text: the rule's path, subdomain or host.
    :param converters: converters made so far by variable name; the new ones are added.
    :return: the pieces in order, variables as slots.
    :raise ValueError: the text can't be parsed, a variable is used twice, or a converter refuses
        its arguments.
    :raise LookupError: there is no such converter.
    """
    try:
        pieces = parse_rule(text)
    except ValueError as error:
        place = "" if text is rule.rule else f"rule {rule.rule!r}: "
        raise ValueError(f"{place}{error}") from None
    return [
        piece if isinstance(piece, str) else _slot(rule, text, piece, converters)
        for piece in pieces
    ]


def fit_redirect(rule: Rule, target: str) -> list[str | RedirectGap]:
    """Parse a ``redirect_to`` text.

    A variable becomes text by the converter that *target* names, or else by that of the rule.

    :param rule: the rule, bound to a map.
    :param target: the text.
    :return: texts and variables in order.
    :raise ValueError: the text can't be parsed, or names a variable that the rule does not have.
    :raise LookupError: there is no such converter.
    """
    try:
        pieces = parse_rule(target)
    except ValueError as error:
        raise ValueError(f"rule {rule.rule!r}, redirect_to: {error}") from None
    return [piece if isinstance(piece, str) else _gap(rule, target, piece) for piece in pieces]


def _slot(rule: Rule, text: str, variable: Variable, converters: dict[str, Any]) -> Slot:
    if variable.name in converters:
        raise ValueError(
            f"rule {rule.rule!r}: variable {variable.name!r} is used twice"
            f" (position {variable.position} of {text!r})"
        )
    slot = Slot(variable.name, fit_variable(rule, text, variable))
    converters[variable.name] = slot.converter
    return slot


def _gap(rule: Rule, target: str, variable: Variable) -> RedirectGap:
    if variable.name not in rule.arguments:
        raise ValueError(
            f"rule {rule.rule!r}, redirect_to {target!r}: the rule has no variable"
            f" {variable.name!r}"
        )
    converter = rule._converters.get(variable.name)
    if converter is None or variable.converter != "default":
        converter = fit_variable(rule, target, variable)
    return RedirectGap(variable.name, converter.to_url)


def fit_variable(rule: Rule, text: str, variable: Variable) -> Any:
    """Make the converter for one variable.

    :param rule: the rule, bound to a map; makes the converter.
    :param text: what the variable was parsed from.
    :param variable: the variable, with its position in *text*.
    :return: the converter.
    :raise ValueError: the converter refuses its arguments.
    :raise LookupError: there is no such converter.
    """
    name, converter, args, kwargs, position = variable
    place = f"position {position} of {text!r}"
    args = positional(rule.map.converters.get(converter), args)
    try:
        return rule.get_converter(name, converter, args, kwargs)
    except LookupError as error:
        reason = error.args[0] if error.args else type(error).__name__
        raise LookupError(f"rule {rule.rule!r}: {reason} ({place})") from error
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"rule {rule.rule!r}: converter {converter!r} of variable {name!r} refuses its"
            f" arguments: {error} ({place})"
        ) from error


def positional(maker: Any, args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the positional arguments for a converter.

    The grammar of rules reads numbers and constants. Werkzeug's ``any`` takes texts alone, which
    trieroute's makes of them itself.

    :param maker: what the map makes the converter by, ``None`` if it does not know the converter.
    :param args: the arguments as they were parsed.
    """
    return tuple(map(str, args)) if maker is WerkzeugAnyConverter else args
