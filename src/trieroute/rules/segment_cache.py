"""Sharing: segments that the rules of a map have in common are read once.

Applications repeat themselves: of ten thousand rules' segments most have been read before. A rule
whose segments are all static texts or single variables is put together of what is known of them.
Built-in converters, trieroute's and Werkzeug's, are shared as well; all others are made once for
each variable of each rule. Every other rule is read as a whole, and every faulty one is, so that
there is one place that reports what is wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from werkzeug.routing.converters import DEFAULT_CONVERTERS as WERKZEUGS_CONVERTERS

from ..converters import DEFAULT_CONVERTERS
from .segments import Domain, Part, Slot, cut
from .syntax import Variable, parse_rule
from .variables import fit_variable, positional

if TYPE_CHECKING:
    from ..map import Map
    from .rule import Rule

__all__ = ["SharedParts"]

#: Converters without a state that could differ from rule to rule.
_SHAREABLE: frozenset[Any] = frozenset(
    {*DEFAULT_CONVERTERS.values(), *WERKZEUGS_CONVERTERS.values()}
)


class _Variable(NamedTuple):
    """A segment that was read as a variable.

    :param part: what it was read as; ``None`` when that depends on the rule: its converter is the
        rule's own, or it begins a tail.
    :param variable: the variable.
    :param converter: its converter, ``None`` when each rule has its own.
    """

    part: Part | None
    variable: Variable
    converter: Any


class SharedParts:
    """The segments of a map's rules that were read so far.

    :param map: the map that converters are made for.
    """

    __slots__ = ("_domains", "_map", "_segments")

    def __init__(self, map: Map) -> None:
        self._map = map
        self._segments: dict[str, Part | _Variable] = {}
        self._domains: dict[tuple[str, bool], Domain] = {}

    def read(
        self, rule: Rule, domain_rule: str
    ) -> tuple[Domain, list[Part], dict[str, Any]] | None:
        """Put a rule together.

        :param rule: the rule, bound to the map.
        :param domain_rule: the subdomain or host rule.
        :return: the domain, the parts of the path as :func:`.segments.cut` gives them, and
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
        found: list[Any] = []
        converters: dict[str, Any] = {}
        complete = True
        for segment in path.split("/"):
            shared = known.get(segment)
            if shared is None:
                shared = self._learned(segment)
                if shared is None:
                    return None
            if type(shared) is _Variable:
                part, variable, converter = shared
                name = variable[0]
                maker = makers.get(variable[1])
                if name in converters or maker is None:
                    return None
                if converter is not None and maker is not type(converter):
                    return None
                converters[name] = converter
                if part is not None:
                    shared = part
                else:
                    complete = False
            found.append(shared)
        return domain, found if complete else self._completed(rule, found, converters), converters

    def _completed(
        self, rule: Rule, found: list[Part | _Variable], converters: dict[str, Any]
    ) -> list[Part]:
        """Make a rule's own converters, and the parts that depend on them."""
        position = 0
        for segment, part in zip(rule.rule.split("/"), found, strict=True):
            if isinstance(part, _Variable) and part.converter is None:
                variable = part.variable._replace(position=position)
                converters[variable.name] = fit_variable(rule, rule.rule, variable)
            position += len(segment) + 1
        try:
            return _own_parts(found, converters)
        except ValueError as error:
            raise ValueError(f"rule {rule.rule!r}: {error}") from None

    def _learned(self, segment: str) -> Part | _Variable | None:
        """Read a segment for the first time; ``None`` if that takes the whole rule."""
        if not segment.isascii():
            return None
        if "<" not in segment:
            shared: Part | _Variable
            (shared,) = cut([segment] if segment else [])
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

    def _of_variable(self, variable: Variable) -> _Variable | None:
        make: Any = self._map.converters.get(variable.converter)
        if make is None:
            return None
        if not (isinstance(make, type) and make in _SHAREABLE):
            return _Variable(None, variable, None)
        try:
            converter = make(self._map, *positional(make, variable.args), **variable.kwargs)
            if not converter.part_isolating:
                return _Variable(None, variable, converter)
            (part,) = cut([Slot(variable.name, converter)])
        except (TypeError, ValueError):
            return None
        return _Variable(part, variable, converter)


def _own_parts(found: list[Part | _Variable], converters: dict[str, Any]) -> list[Part]:
    """Cut the variables of a rule that were not cut yet, and its tail."""
    parts: list[Part] = []
    # From the first variable on that may hold a slash.
    tail: list[str | Slot] = []
    for part in found:
        if isinstance(part, _Variable):
            name = part.variable.name
        elif not tail:
            parts.append(part)
            continue
        elif part.text is None:
            (name,) = part.names
        else:
            tail += ("/", part.text) if part.text else ("/",)
            continue
        slot = Slot(name, converters[name])
        if tail:
            tail += ("/", slot)
        elif slot.converter.part_isolating:
            parts += cut([slot])
        else:
            tail.append(slot)
    return parts + cut(tail) if tail else parts
