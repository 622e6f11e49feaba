"""The built-in converters, and what a converter is.

A converter says by ``regex`` which text a variable takes, by ``weight`` how general it is (lower
goes first), by ``part_isolating`` whether it stays within one path segment, and turns text into a
value (``to_python``) and back (``to_url``). Classes written for ``werkzeug.routing`` have the same
members and work unchanged. Matching never runs the regexes of the built-in converters: the core
recognises them by their text and checks the span itself (see :mod:`trieroute._rules.shapes`).

Each class derives from Werkzeug's class of that name, so that code which asks for one accepts the
other. It overrides all that Werkzeug's has.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from copyreg import __newobj__  # type: ignore[attr-defined]
from typing import Any

from werkzeug.routing import converters as werkzeugs

from ._core.quoting import quote_path
from ._core.werkzeug_version import FLOAT_TO_URL
from ._errors import ValidationError

__all__ = [
    "DEFAULT_CONVERTERS",
    "AnyConverter",
    "BaseConverter",
    "FloatConverter",
    "IntegerConverter",
    "NumberConverter",
    "PathConverter",
    "UUIDConverter",
    "UnicodeConverter",
]

#: The greatest length that a rule may ask for, in code points: no path is as long.
MOST_LENGTH = 2**31 - 1
#: The most digits that a rule may ask for: what ``int`` reads and writes, unless it is told to do
#: more.
MOST_DIGITS = 4300


class BaseConverter(werkzeugs.BaseConverter):
    """Takes any text without a slash and hands it over unchanged; the base of own converters.

    :param map: the map whose rule uses the converter.

    A subclass that sets ``regex`` but not ``part_isolating`` is part isolating unless its regex
    holds a ``/``, be it inside ``[^/]``.
    """

    #: Source of the regular expression for the variable's text. Capture groups are harmless.
    regex: str = "[^/]+"
    #: Rank among the variables of rules: a rule whose variables weigh less goes first.
    weight: int = 100
    #: Whether the variable stays within one segment of the path.
    part_isolating: bool = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        own = vars(cls)
        if "regex" in own and "part_isolating" not in own:
            cls.part_isolating = "/" not in cls.regex

    def __init__(self, map: Any, *args: Any, **kwargs: Any) -> None:
        self.map = map

    def __reduce_ex__(self, protocol: Any) -> Any:
        # A copy has what it was made with before its map is copied, whose rules are read by it.
        reduced = super().__reduce_ex__(protocol)
        if (
            not isinstance(reduced, tuple)
            or reduced[:2] != (__newobj__, (type(self),))
            or type(reduced[2]) is not dict
            or hasattr(self, "__setstate__")
        ):
            return reduced
        state = reduced[2]
        first = {name: value for name, value in state.items() if _holds_no_map(value)}
        rest = {name: value for name, value in state.items() if name not in first}
        return _begun, (type(self), first), rest or None

    def to_python(self, value: str) -> Any:
        """Turn the variable's text into a value.

        :param value: the text, already percent-decoded.
        :return: what the endpoint gets; here the text itself.
        :raise ValidationError: to refuse the text; matching goes on with the next rule.
        """
        return value

    def to_url(self, value: Any) -> str:
        """Turn a value into percent-encoded text for a URL.

        :param value: anything that ``str`` takes. Slashes stay as they are.
        :return: the text as it stands in the path.
        :raise ValueError: to refuse the value; no URL is built with it.
        """
        return quote_path(str(value))


def _holds_no_map(value: Any) -> bool:
    """Tell whether a value is a text or a number, or consists of some."""
    # Few programs copy their rules, so that others need not import this.
    from numbers import Number

    if isinstance(value, tuple | list | set | frozenset):
        return all(each is None or isinstance(each, str | Number) for each in value)
    return value is None or isinstance(value, str | Number)


def _begun(cls: type[BaseConverter], attributes: dict[str, Any]) -> BaseConverter:
    """Begin a copy of a converter."""
    made = cls.__new__(cls)
    vars(made).update(attributes)
    return made


class UnicodeConverter(BaseConverter, werkzeugs.UnicodeConverter):
    """``string``, the default: any text without a slash, its length within bounds.

    :param map: the map whose rule uses the converter.
    :param minlength: least length in code points.
    :param maxlength: greatest length in code points, ``None`` for no limit.
    :param length: the exact length in code points; the other two are then ignored.
    :raise ValueError: a length is negative or above 2,147,483,647, or *maxlength* is below
        *minlength*.
    """

    def __init__(
        self,
        map: Any,
        minlength: int = 1,
        maxlength: int | None = None,
        length: int | None = None,
    ) -> None:
        super().__init__(map)
        if length is not None:
            low, high = int(length), int(length)
            self.regex = f"[^/]{{{low}}}"
        elif maxlength is None:
            low = high = int(minlength)
            self.regex = f"[^/]{{{low},}}"
        else:
            low, high = int(minlength), int(maxlength)
            self.regex = f"[^/]{{{low},{high}}}"
        if low < 0 or high < low:
            raise ValueError(
                f"no text has a length of at least {low} and at most {high} code points"
            )
        if high > MOST_LENGTH:
            raise ValueError(f"a length is at most {MOST_LENGTH} code points, not {high}")


class AnyConverter(BaseConverter, werkzeugs.AnyConverter):
    """``any``: one of the given texts.

    :param map: the map whose rule uses the converter.
    :param items: the texts; numbers and constants stand for their text (``any(1,2)``).
    """

    #: Items that are no texts.
    _others: tuple[Any, ...] = ()

    def __init__(self, map: Any, *items: Any) -> None:
        super().__init__(map)
        texts = [str(item) for item in items]
        self.items = set(texts)
        # Numbers and constants build as they are, but not what merely equals them.
        self._others = tuple(item for item in items if not isinstance(item, str))
        self.regex = f"(?:{'|'.join(re.escape(text) for text in texts)})"

    def to_url(self, value: Any) -> str:
        """Turn one of the items into percent-encoded text.

        :param value: an item, or the text of one.
        :return: the text as it stands in the path.
        :raise ValueError: *value* is no item.
        """
        if value in self.items:
            return super().to_url(value)
        if any(type(value) is type(other) and value == other for other in self._others):
            return str(value)
        items = ", ".join(repr(item) for item in sorted(self.items))
        raise ValueError(f"{value!r} is not one of {items}")


class PathConverter(BaseConverter, werkzeugs.PathConverter):
    """``path``: any text that does not start with a slash, slashes included.

    A newline is taken only as the first character.
    """

    part_isolating = False
    regex = "[^/].*?"
    weight = 200


class NumberConverter(BaseConverter, werkzeugs.NumberConverter):
    """What ``int`` and ``float`` have in common.

    :param map: the map whose rule uses the converter.
    :param fixed_digits: exact length of the text in code points, sign included, at most 4,300; 0
        for any.
    :param min: least value, ``None`` for no limit. In a rule, it has at most 4,300 digits.
    :param max: greatest value, likewise.
    :param signed: whether a leading ``-`` is allowed.
    :raise ValueError: *fixed_digits* is no integer within its bounds, or another one of the three
        is a text or not a number (NaN).
    """

    weight = 50
    num_convert: Callable[[Any], Any] = int

    def __init__(
        self,
        map: Any,
        fixed_digits: int = 0,
        min: Any = None,
        max: Any = None,
        signed: bool = False,
    ) -> None:
        for name, argument in (("fixed_digits", fixed_digits), ("min", min), ("max", max)):
            # Of all values, NaN alone does not equal itself.
            if isinstance(argument, str) or argument != argument:
                raise ValueError(f"{name} must be a number, not {argument!r}")
        if signed:
            self.regex = self.signed_regex
        super().__init__(map)
        self.fixed_digits = fixed_digits
        self.min = min
        self.max = max
        self.signed = signed

    @property
    def signed_regex(self) -> str:
        """The regex with an optional sign in front."""
        return f"-?{self.regex}"

    def to_python(self, value: str) -> Any:
        """Turn digits into a number.

        :param value: the text, which the regex matches.
        :return: what ``num_convert`` makes of the text.
        :raise ValidationError: wrong number of digits, out of bounds, or too long for ``int``.
        """
        if self.fixed_digits and len(value) != self.fixed_digits:
            raise ValidationError
        try:
            number = self.num_convert(value)
        except ValueError as error:
            raise ValidationError from error
        if self.min is not None and number < self.min:
            raise ValidationError
        if self.max is not None and number > self.max:
            raise ValidationError
        return number

    def to_url(self, value: Any) -> str:
        """Turn a number into digits, with zeros up to ``fixed_digits``; bounds don't count.

        :param value: what ``num_convert`` takes.
        :return: the text as it stands in the path.
        :raise ValueError: *value* is a text that is no number.
        :raise TypeError: *value* is neither a text nor a number.
        """
        text = str(self.num_convert(value))
        return text.zfill(self.fixed_digits) if self.fixed_digits else text


class IntegerConverter(NumberConverter, werkzeugs.IntegerConverter):
    """``int``: decimal digits, as an ``int``. Arguments are those of :class:`NumberConverter`."""

    regex = r"\d+"


class FloatConverter(NumberConverter, werkzeugs.FloatConverter):
    """``float``: digits, a point, digits, as a ``float``.

    :param map: the map whose rule uses the converter.
    :param min: least value, ``None`` for no limit.
    :param max: greatest value, ``None`` for no limit.
    :param signed: whether a leading ``-`` is allowed.
    """

    regex = r"\d+\.\d+"
    num_convert = float

    def __init__(
        self, map: Any, min: float | None = None, max: float | None = None, signed: bool = False
    ) -> None:
        super().__init__(map, min=min, max=max, signed=signed)


if FLOAT_TO_URL is not None:
    # The installed Werkzeug has a way of its own for these.
    setattr(FloatConverter, "to_url", FLOAT_TO_URL)  # noqa: B010


class UUIDConverter(BaseConverter, werkzeugs.UUIDConverter):
    """``uuid``: the 8-4-4-4-12 hexadecimal form, as a :class:`uuid.UUID`."""

    regex = "[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}"

    def to_python(self, value: str) -> uuid.UUID:
        """Turn the text into a UUID.

        :param value: the text, which the regex matches.
        :return: the UUID.
        :raise ValueError: *value* is no UUID; matching never calls this with such a text.
        """
        return uuid.UUID(value)

    # It does what the base does, and is here for `_rules.shapes`, which tells by it that the core
    # can write the values as UUIDs.
    def to_url(self, value: Any) -> str:
        """Turn a UUID, or a text that stands for one, into percent-encoded text.

        :param value: the UUID or the text, which is not checked.
        :return: the text as it stands in the path.
        :raise ValueError: the text has a lone surrogate, which can't be percent-encoded.
        """
        return super().to_url(value)


#: The converters that every map knows, by the name that rules use.
DEFAULT_CONVERTERS: Mapping[str, type[BaseConverter]] = {
    "default": UnicodeConverter,
    "string": UnicodeConverter,
    "any": AnyConverter,
    "path": PathConverter,
    "int": IntegerConverter,
    "float": FloatConverter,
    "uuid": UUIDConverter,
}
