"""Fitting converters to the variables of a parsed rule.

Whatever goes wrong here is an error that names the rule and the place: a variable that is used
twice, an unknown converter, arguments that a converter refuses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .parsing import Variable, parse_rule
from .patterns import Slot

if TYPE_CHECKING:
    from collections.abc import Callable

    from .rules import Rule

__all__ = ["RedirectGap", "fit", "fit_redirect"]


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
    fitted: list[str | Slot] = []
    for piece in pieces:
        if isinstance(piece, str):
            fitted.append(piece)
            continue
        if piece.name in converters:
            raise ValueError(
                f"rule {rule.rule!r}: variable {piece.name!r} is used twice"
                f" (position {piece.position} of {text!r})"
            )
        slot = Slot(piece.name, _converter(rule, text, piece))
        converters[piece.name] = slot.converter
        fitted.append(slot)
    return fitted


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
        parsed = parse_rule(target)
    except ValueError as error:
        raise ValueError(f"rule {rule.rule!r}, redirect_to: {error}") from None
    pieces: list[str | RedirectGap] = []
    for piece in parsed:
        if isinstance(piece, str):
            pieces.append(piece)
            continue
        if piece.name not in rule.arguments:
            raise ValueError(
                f"rule {rule.rule!r}, redirect_to {target!r}: the rule has no variable"
                f" {piece.name!r}"
            )
        converter = rule._converters.get(piece.name)
        if converter is None or piece.converter != "default":
            converter = _converter(rule, target, piece)
        pieces.append(RedirectGap(piece.name, converter.to_url))
    return pieces


def _converter(rule: Rule, text: str, variable: Variable) -> Any:
    name, converter, args, kwargs, position = variable
    place = f"position {position} of {text!r}"
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
