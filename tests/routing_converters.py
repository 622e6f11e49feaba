"""Converters for the random maps: every way in which a custom one differs from the built-in ones.

They are written against Werkzeug's base class; both libraries get the same classes.
"""

from __future__ import annotations

from typing import Any

from werkzeug.routing import BaseConverter, ValidationError


class Word(BaseConverter):
    regex = "[ab]+"


class Grouped(BaseConverter):
    """Capture groups."""

    regex = "(a|b)(1|2)?(?P<tail>a)?"


class Twice(BaseConverter):
    """A backreference."""

    regex = r"(a|b)\1"


class Slashed(BaseConverter):
    """May hold slashes, start and end with them."""

    regex = "[a/]+"


class Listed(BaseConverter):
    """May hold slashes, but neither starts nor ends with one."""

    regex = "a(?:/b)*"


class Segment(BaseConverter):
    """Not part isolating, for its own regex holds a slash; as many projects write it."""

    regex = "[^/]+"


class Letters(BaseConverter):
    """May be empty."""

    regex = "[ab]*"


class Lettered(Letters):
    """May be empty, and is the first variable of a tail though it holds no slash."""

    part_isolating = False


class Picky(BaseConverter):
    """Refuses what does not start with an a."""

    weight = 40

    def to_python(self, value: str) -> Any:
        if not value.startswith("a"):
            raise ValidationError
        return value.upper()

    def to_url(self, value: Any) -> str:
        return str(value).lower()


class PickyPath(Picky):
    """Refuses what does not start with an a, or holds two slashes in a row."""

    regex = "[^/].*?"
    part_isolating = False

    def to_python(self, value: str) -> Any:
        if "//" in value:
            raise ValidationError
        return super().to_python(value)


class Heavy(BaseConverter):
    weight = 150


CONVERTERS = {
    "word": Word,
    "grouped": Grouped,
    "twice": Twice,
    "slashed": Slashed,
    "listed": Listed,
    "segment": Segment,
    "letters": Letters,
    "lettered": Lettered,
    "picky": Picky,
    "pickypath": PickyPath,
    "heavy": Heavy,
}
