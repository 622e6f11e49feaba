"""Sharing: segments that the rules of a map have in common are read once.

Applications repeat themselves: of ten thousand rules' segments most have been read before. A rule
whose segments are all static texts or single variables is put together of what is known of them;
built-in converters are shared as well. Every other rule is read as
a whole, and every faulty one is, so that there is one place that reports what is wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .adoption import CONVERTERS
from .converters import DEFAULT_CONVERTERS
from .parsing import Variable, parse_rule
from .patterns import Domain, Part, Slot, cut

if TYPE_CHECKING:
    from .map import Map

__all__ = ["SharedParts"]

#: Converters without a state that could differ from rule to rule.
_SHAREABLE = frozenset({*DEFAULT_CONVERTERS.values(), *CONVERTERS.values()})


class _Shared(NamedTuple):
    """A segment that was read.

    :param part: what it was read as; ``None`` if each rule needs a converter of its own.
    :param variable: its variable, ``None`` for a static text.
    :param make: the class of the variable's converter.
    :param converter: the converter, if it is shared.
    """

    part: Part | None
    variable: Variable | None
    make: Any
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
        self, domain_rule: str, path: str, merges: bool
    ) -> tuple[Domain, list[Part], dict[str, Any]] | None:
        """Put a rule together.

        :param domain_rule: the subdomain or host rule.
        :param path: the path rule.
        :param merges: whether slashes are merged.
        :return: the domain, the parts of the path as :func:`trieroute.patterns.cut` gives them, and
            converters by variable name; ``None`` when the rule has to be read as a whole.
        """
        domain = self._domains.get((domain_rule, merges))
        if domain is None:
            if "<" in domain_rule or "/" in domain_rule or not domain_rule.isascii():
                return None
            parts = cut([domain_rule] if domain_rule else [], case=False)
            domain = Domain(domain_rule, merges, tuple(parts))
            self._domains[domain_rule, merges] = domain
        if "//" in path or not path.startswith("/"):
            return None
        parts = []
        converters: dict[str, Any] = {}
        for segment in path.split("/"):
            shared = self._segments.get(segment) or self._learned(segment)
            if shared is None:
                return None
            part = shared.part
            variable = shared.variable
            if variable is not None:
                make = self._map.converters.get(variable.converter)
                if variable.name in converters or make is None or make is not shared.make:
                    return None
                converter = shared.converter
                if part is None:
                    try:
                        converter = make(self._map, *variable.args, **variable.kwargs)
                        if not converter.part_isolating:
                            return None
                        (part,) = cut([Slot(variable.name, converter)])
                    except (TypeError, ValueError, LookupError):
                        return None
                converters[variable.name] = converter
            assert part is not None
            parts.append(part)
        return domain, parts, converters

    def _learned(self, segment: str) -> _Shared | None:
        """Read a segment for the first time; ``None`` if that takes the whole rule."""
        if not segment.isascii():
            return None
        if "<" not in segment:
            (part,) = cut([segment] if segment else [])
            shared = _Shared(part, None, None, None)
        else:
            try:
                pieces = parse_rule(segment)
            except ValueError:
                return None
            if len(pieces) != 1 or not isinstance(pieces[0], Variable):
                return None
            variable = pieces[0]
            make = self._map.converters.get(variable.converter)
            if make is None:
                return None
            shared = _Shared(None, variable, make, None)
            if make in _SHAREABLE:
                try:
                    converter = make(self._map, *variable.args, **variable.kwargs)
                    if not converter.part_isolating:
                        return None
                    (part,) = cut([Slot(variable.name, converter)])
                except (TypeError, ValueError):
                    return None
                shared = _Shared(part, variable, make, converter)
        self._segments[segment] = shared
        return shared
