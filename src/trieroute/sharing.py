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

    :param part: what it was read as.
    :param name: its variable's name, ``None`` for a static text.
    :param converter: the variable's converter.
    :param converter_name: what the segment calls the converter.
    """

    part: Part
    name: str | None
    converter: Any
    converter_name: str


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
            part, name, converter, converter_name = shared
            if name is not None:
                known = self._map.converters.get(converter_name)
                if name in converters or known is not type(converter):
                    return None
                converters[name] = converter
            parts.append(part)
        return domain, parts, converters

    def _learned(self, segment: str) -> _Shared | None:
        """Read a segment for the first time; ``None`` if that takes the whole rule."""
        if not segment.isascii():
            return None
        if "<" not in segment:
            (part,) = cut([segment] if segment else [])
            shared = _Shared(part, None, None, "")
        else:
            try:
                pieces = parse_rule(segment)
                if len(pieces) != 1 or not isinstance(pieces[0], Variable):
                    return None
                name, converter_name, args, kwargs, _ = pieces[0]
                make: Any = self._map.converters.get(converter_name)
                if make not in _SHAREABLE or not make.part_isolating:
                    return None
                converter = make(self._map, *args, **kwargs)
                (part,) = cut([Slot(name, converter)])
            except (TypeError, ValueError):
                return None
            shared = _Shared(part, name, converter, converter_name)
        self._segments[segment] = shared
        return shared
