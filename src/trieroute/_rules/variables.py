"""Variables: the converters of a parsed rule.

Whatever goes wrong here is an error that names the rule and the place: a variable that is used
twice, an unknown converter, arguments that a converter refuses, a regex that does not compile.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from werkzeug.routing import AnyConverter as WerkzeugAnyConverter

from .regexes import check_regex
from .segments import Slot
from .shapes import check_digits, gap
from .syntax import Variable, parse_rule

__all__ = [
    "ConverterMaker",
    "RedirectGap",
    "make_converter",
    "positional",
    "read_pieces",
    "read_redirect",
    "read_variable",
]


#: Makes the converter for a variable, as ``Rule.get_converter`` does: of the names of both, and of
#: the arguments.
ConverterMaker = Callable[[str, str, tuple[Any, ...], Mapping[str, Any]], Any]


class RedirectGap:
    """A variable of a ``redirect_to`` text."""

    def __init__(self, name: str, converter: Any) -> None:
        self.name = name
        self.converter = converter

    def to_url(self, value: Any) -> str:
        """Turn a value into text."""
        return gap(self.name, self.converter).text(value)


def read_pieces(
    rule: str, text: str, make: ConverterMaker, converters: dict[str, Any]
) -> list[str | Slot]:
    """Parse a path, subdomain or host rule and make a converter for each variable.

    :param text: what is parsed: the rule string, or the rule's subdomain or host.
    :param converters: converters made so far by variable name; the new ones are added.
    :return: the pieces in order, variables as slots.
    :raise ValueError: the text can't be parsed, a variable is used twice, a converter refuses its
        arguments, or its regex does not compile.
    :raise LookupError: there is no such converter.
    """
    try:
        pieces = parse_rule(text)
    except ValueError as error:
        place = "" if text is rule else f"rule {rule!r}: "
        raise ValueError(f"{place}{error}") from None
    return [
        piece if isinstance(piece, str) else _slot(rule, text, piece, make, converters)
        for piece in pieces
    ]


def _slot(
    rule: str, text: str, variable: Variable, make: ConverterMaker, converters: dict[str, Any]
) -> Slot:
    if variable.name in converters:
        raise ValueError(
            f"rule {rule!r}: variable {variable.name!r} is used twice {_place(text, variable)}"
        )
    slot = Slot(variable.name, read_variable(rule, text, variable, make))
    converters[variable.name] = slot.converter
    return slot


def read_redirect(
    rule: str,
    target: str,
    make: ConverterMaker,
    arguments: Collection[str],
    converters: Mapping[str, Any],
) -> list[str | RedirectGap]:
    """Parse a ``redirect_to`` text.

    A variable becomes text by the converter that *target* names, or else by that of the rule.

    :param arguments: names of the rule's variables and defaults.
    :param converters: the rule's converters by variable name.
    :raise ValueError: the text can't be parsed, or names a variable that the rule does not have; or
        as in :func:`read_pieces`.
    :raise LookupError: there is no such converter.
    """
    try:
        pieces = parse_rule(target)
    except ValueError as error:
        raise ValueError(f"rule {rule!r}, redirect_to: {error}") from None
    read: list[str | RedirectGap] = []
    for piece in pieces:
        if isinstance(piece, str):
            read.append(piece)
            continue
        if piece.name not in arguments:
            raise ValueError(
                f"rule {rule!r}, redirect_to {target!r}: the rule has no variable {piece.name!r}"
            )
        converter = converters.get(piece.name)
        if converter is None or piece.converter != "default":
            converter = read_variable(rule, target, piece, make)
        read.append(RedirectGap(piece.name, converter))
    return read


def read_variable(rule: str, text: str, variable: Variable, make: ConverterMaker) -> Any:
    """Make the converter for one variable.

    :param text: what the variable was parsed from.
    :param variable: the variable, with its position in *text*.
    :return: the converter, whose regex has been checked.
    :raise ValueError: the converter refuses its arguments, or its regex does not compile.
    :raise LookupError: there is no such converter.
    """
    made = _made(rule, text, variable, make)
    try:
        check_regex(variable.name, made)
    except ValueError as error:
        raise ValueError(f"rule {rule!r}: {error} {_place(text, variable)}") from None
    return made


def _made(rule: str, text: str, variable: Variable, make: ConverterMaker) -> Any:
    """Make the converter for one variable, whose regex is not checked.

    CPython 3.11 may hang in a long function that has a ``try`` statement where memory is used up.
    So this is a function of its own.
    """
    try:
        made = make(variable.name, variable.converter, variable.args, variable.kwargs)
        check_digits(made)
    except LookupError as error:
        reason = error.args[0] if error.args else type(error).__name__
        raise LookupError(f"rule {rule!r}: {reason} {_place(text, variable)}") from error
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(
            f"rule {rule!r}: converter {variable.converter!r} of variable {variable.name!r} refuses"
            f" its arguments: {error} {_place(text, variable)}"
        ) from error
    return made


def _place(text: str, variable: Variable) -> str:
    return f"(position {variable.position} of {text!r})"


def make_converter(
    map: Any,
    variable_name: str,
    converter_name: str,
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
) -> Any:
    """Make the converter for a variable by the converters of a map.

    :raise LookupError: the map has no such converter.
    """
    try:
        converter = map.converters[converter_name]
    except KeyError:
        known = ", ".join(sorted(map.converters))
        raise LookupError(
            f"the converter {converter_name!r} does not exist (the map has {known})"
        ) from None
    if not callable(converter):
        raise TypeError(f"the map has {converter!r} by this name, which is no class of converters")
    return converter(map, *positional(converter, args), **kwargs)


def positional(maker: Any, args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the positional arguments for a converter.

    The grammar of rules reads numbers and constants. Werkzeug's ``any`` takes texts alone, which
    trieroute's makes of them itself.
    """
    return tuple(map(str, args)) if maker is WerkzeugAnyConverter else args
