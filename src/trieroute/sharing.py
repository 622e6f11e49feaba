"""Sharing: segments that the rules of a map have in common are read once.

Applications repeat themselves: of ten thousand rules' segments most have been read before. A rule
whose segments are all static texts or single variables is put together of what is known of them.
Built-in converters are shared as well; all others are made once for each variable of each rule.
Every other rule is read as a whole, and every faulty one is, so that there is one place that
reports what is wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .adoption import CONVERTERS
from .converters import DEFAULT_CONVERTERS
from .fitting import fit_variable
from .parsing import Variable, parse_rule
from .patterns import Domain, Part, Slot, cut

if TYPE_CHECKING:
    from .map import Map
    from .rules import Rule

__all__ = ["SharedParts"]

#: Converters without a state that could differ from rule to rule.
_SHAREABLE = frozenset({*DEFAULT_CONVERTERS.values(), *CONVERTERS.values()})


class _Shared(NamedTuple):
    """A segment that was read.

    :param part: what it was read as; ``None`` when that depends on the rule: its converter is the
        rule's own, or it begins a tail.
    :param variable: its variable, ``None`` for a static text.
    :param converter: the variable's converter, ``None`` when each rule has its own.
    """

    part: Part | None
    variable: Variable | None
    converter: Any


class SharedParts:
    """The segments of a map's rules that were read so far.

    :param map: the map that converters are made for.
    """

    __slots__ = ("_domains", "_map", "_segments")

    def __init__(self, map: Map) -> None:
        self._map = map
        self._segments: dict[str, _Shared] = {}
        self._domains: dict[tuple[str, bool], Domain] = {}

    def read(
        self, rule: Rule, domain_rule: str
    ) -> tuple[Domain, list[Part], dict[str, Any]] | None:
        """Put a rule together.

        :param rule: the rule, bound to the map.
        :param domain_rule: the subdomain or host rule.
        :return: the domain, the parts of the path as :func:`trieroute.patterns.cut` gives them, and
            converters by variable name; ``None`` when the rule has to be read as a whole.
        :raise ValueError: a converter refuses its arguments, or its regex does not compile; names
            rule and place.
        """
        merges = bool(rule.merge_slashes)
        domain = self._domains.get((domain_rule, merges))
        if domain is None:
            if "<" in domain_rule or "/" in domain_rule or not domain_rule.isascii():
                return None
            parts = cut([domain_rule] if domain_rule else [], case=False)
            domain = Domain(domain_rule, merges, tuple(parts))
            self._domains[domain_rule, merges] = domain
        path = rule.rule
        if "//" in path or not path.startswith("/"):
            return None
        known = self._segments
        makers = self._map.converters
        parts = []
        converters: dict[str, Any] = {}
        complete = True
        segments = path.split("/")
        for segment in segments:
            shared = known.get(segment)
            if shared is None:
                shared = self._learned(segment)
                if shared is None:
                    return None
            part, variable, converter = shared
            if variable is not None:
                name = variable[0]
                maker = makers.get(variable[1])
                if name in converters or maker is None:
                    return None
                if converter is not None and maker is not type(converter):
                    return None
                converters[name] = converter
            if part is None:
                complete = False
            else:
                parts.append(part)
        if not complete:
            parts = self._completed(rule, segments, converters)
        return domain, parts, converters

    def _completed(self, rule: Rule, segments: list[str], converters: dict[str, Any]) -> list[Part]:
        """Make a rule's own converters, and the parts that depend on them."""
        position = 0
        for segment in segments:
            variable = self._segments[segment].variable
            if variable is not None and converters[variable.name] is None:
                placed = variable._replace(position=position)
                converters[variable.name] = fit_variable(rule, rule.rule, placed)
            position += len(segment) + 1
        try:
            return self._own_parts(segments, converters)
        except ValueError as error:
            raise ValueError(f"rule {rule.rule!r}: {error}") from None

    def _own_parts(self, segments: list[str], converters: dict[str, Any]) -> list[Part]:
        parts: list[Part] = []
        # From the first variable on that may hold a slash.
        tail: list[str | Slot] = []
        for segment in segments:
            part, variable, _ = self._segments[segment]
            slot = None if variable is None else Slot(variable.name, converters[variable.name])
            if tail:
                tail.append("/")
                if segment:
                    tail.append(slot or segment)
            elif part is not None:
                parts.append(part)
            elif slot is not None:
                if slot.converter.part_isolating:
                    parts += cut([slot])
                else:
                    tail.append(slot)
        return parts + cut(tail) if tail else parts

    def _learned(self, segment: str) -> _Shared | None:
        """Read a segment for the first time; ``None`` if that takes the whole rule."""
        if not segment.isascii():
            return None
        if "<" not in segment:
            (part,) = cut([segment] if segment else [])
            shared = _Shared(part, None, None)
        else:
            try:
                pieces = parse_rule(segment)
            except ValueError:
                return None
            if len(pieces) != 1 or not isinstance(pieces[0], Variable):
                return None
            of_variable = self._of_variable(pieces[0])
            if of_variable is None:
                return None
            shared = of_variable
        self._segments[segment] = shared
        return shared

    def _of_variable(self, variable: Variable) -> _Shared | None:
        make: Any = self._map.converters.get(variable.converter)
        if make is None:
            return None
        if not (isinstance(make, type) and make in _SHAREABLE):
            return _Shared(None, variable, None)
        try:
            converter = make(self._map, *variable.args, **variable.kwargs)
            if not converter.part_isolating:
                return _Shared(None, variable, converter)
            (part,) = cut([Slot(variable.name, converter)])
        except (TypeError, ValueError):
            return None
        return _Shared(part, variable, converter)
