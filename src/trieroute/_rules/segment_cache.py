"""Segment cache: segments that the rules of a map have in common are read once.

Applications repeat themselves: of ten thousand rules' segments most have been read before. A rule
whose segments are all static texts or single variables is put together of what is known of them.
Built-in converters are shared as well; all others are made once for each variable of each rule.
Every other rule is read as a whole, and every faulty one is, so that there is one place that
reports what is wrong.
"""

from __future__ import annotations

from functools import partial
from typing import Any, TypeAlias, cast

import werkzeug.routing

from .._converters import DEFAULT_CONVERTERS
from .._core.changes import Changes
from .._core.compiled_rule import ReadClass, SharedVariable, put_together
from .._core.part import Part
from .segments import Domain, Slot, cut
from .shapes import check_digits
from .syntax import Variable, parse_rule
from .variables import ConverterMaker, make_converter, positional, read_variable

__all__ = ["Learned", "ReadRule", "SegmentCache"]

#: Converters without a state that could differ from rule to rule.
_SHAREABLE: set[Any] = {
    *DEFAULT_CONVERTERS.values(),
    *werkzeug.routing.Map.default_converters.values(),
}


#: What a rule was read as: its domain, the parts of its path, its converters by variable name.
ReadRule: TypeAlias = tuple[Domain, list[Part], dict[str, Any]]


class Learned:
    """What was read for the first time."""

    def __init__(self) -> None:
        #: The domains, by the subdomain or host rule.
        self.domains: dict[str, Domain] = {}
        #: What segments were read as, by their text.
        self.segments: dict[str, Part | SharedVariable] = {}


#: What is raised where a converter refuses its arguments. CPython 3.11 may hang if it has to make
#: such a tuple where memory is used up.
_REFUSED = (TypeError, ValueError, OverflowError)


class SegmentCache:
    """The segments of a map's rules that were read so far.

    A rule that can't be added leaves nothing here: what was learned of it is kept when it is added.

    :param map: the map, which has the converters and which they get.
    """

    __slots__ = ("_classes", "_domains", "_map", "_segments", "make")

    def __init__(self, map: Any) -> None:
        self._map = map
        #: Makes the converters of rules that leave that to their map.
        self.make: ConverterMaker = partial(make_converter, map)
        self._domains: dict[str, Domain] = {}
        self._segments: dict[str, Part | SharedVariable] = {}
        #: The shareable classes of converters, as they were when segments were read with them.
        self._classes: dict[type, ReadClass] = {}

    def keep(self, changes: Changes, learned: Learned) -> None:
        """Add to changes that what was learned of the rules that they add is kept."""
        changes.call(self._domains.update, learned.domains)
        changes.call(self._segments.update, learned.segments)

    def read(
        self, rule: str, domain_rule: str, make: ConverterMaker, learned: Learned
    ) -> ReadRule | None:
        """Put a rule together.

        :param make: makes the converters that are the rule's own.
        :param learned: gets what is read for the first time.
        :return: what it was read as; ``None`` when the rule has to be read as a whole.
        :raise ValueError: a converter refuses its arguments, or its regex does not compile; names
            rule and place.
        """
        # An object of a subclass may equal anything.
        key = str.__str__(domain_rule)
        domain = self._domains.get(key) or learned.domains.get(key)
        if domain is None:
            if "<" in domain_rule or "/" in domain_rule or not domain_rule.isascii():
                return None
            domain = Domain(domain_rule, [domain_rule] if domain_rule else [])
            learned.domains[key] = domain
        if "//" in rule or not rule.startswith("/"):
            return None
        found = put_together(
            rule, self._map.converters, self._segments, learned.segments, self._read_first
        )
        if found is None:
            return None
        parts, converters, complete = found
        if not complete:
            return domain, _completed(rule, parts, converters, make), converters
        return domain, cast(list[Part], parts), converters

    def _read_first(self, segment: str) -> Part | SharedVariable | None:
        """Read a segment for the first time; ``None`` if that takes the whole rule."""
        if not segment.isascii():
            return None
        if "<" not in segment:
            return Part(segment)
        try:
            pieces = parse_rule(segment)
        except ValueError:
            return None
        if len(pieces) != 1 or not isinstance(pieces[0], Variable):
            return None
        return self._variable(pieces[0])

    def _variable(self, variable: Variable) -> SharedVariable | None:
        make: Any = self._map.converters.get(variable.converter)
        if make is None:
            return None
        if not (isinstance(make, type) and make in _SHAREABLE):
            return SharedVariable(None, variable, None)
        try:
            return self._shared(variable, make)
        except _REFUSED:
            return None

    def _shared(self, variable: Variable, make: Any) -> SharedVariable:
        read_class = self._classes.get(make)
        if read_class is None or not read_class.is_as_read(make):
            read_class = self._classes[make] = ReadClass(make)
        converter = make(self._map, *positional(make, variable.args), **variable.kwargs)
        check_digits(converter)
        (part,) = cut([Slot(variable.name, converter)])
        return SharedVariable(part, variable, converter, read_class)


def _completed(
    rule: str,
    found: list[Part | SharedVariable],
    converters: dict[str, Any],
    make: ConverterMaker,
) -> list[Part]:
    """Make a rule's own converters, and the parts that depend on them."""
    position = 0
    for segment, part in zip(rule.split("/"), found, strict=True):
        if isinstance(part, SharedVariable) and part.converter is None:
            own: Variable = part.variable
            variable = Variable(own.name, own.converter, own.args, own.kwargs, position)
            converters[own.name] = read_variable(rule, rule, variable, make)
        position += len(segment) + 1
    try:
        return _own_parts(found, converters)
    except ValueError as error:
        raise ValueError(f"rule {rule!r}: {error}") from None


def _own_parts(found: list[Part | SharedVariable], converters: dict[str, Any]) -> list[Part]:
    """Cut the variables of a rule that were not cut yet, and its tail."""
    parts: list[Part] = []
    # It begins with the first variable that may hold a slash.
    tail: list[str | Slot] = []
    for part in found:
        if isinstance(part, SharedVariable):
            name = part.variable.name
        elif not tail:
            parts.append(part)
            continue
        elif part.text is None:
            (value,) = part.values
            name = value.name
        else:
            tail += ("/", part.text) if part.text else ("/",)
            continue
        slot = Slot(name, converters[name])
        if tail:
            tail += ("/", slot)
        elif slot.isolating:
            parts += cut([slot])
        else:
            tail.append(slot)
    return parts + cut(tail) if tail else parts
