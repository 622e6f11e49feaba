"""What a rule needs of the map that it is bound to; :class:`trieroute.Map` is such a map."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from .._core.changes import Changes
from .segment_cache import SegmentCache

__all__ = ["RuleMap"]


class RuleMap(Protocol):
    """A map, as the rules see it."""

    default_subdomain: str
    strict_slashes: bool
    merge_slashes: bool
    redirect_defaults: bool
    sort_parameters: bool
    sort_key: Callable[[Any], Any] | None
    converters: dict[str, Any]
    _segments: SegmentCache

    @property
    def _finds_subdomains(self) -> bool: ...
    def _changed(self) -> None: ...

    def _change(
        self, prepare: Callable[..., Changes], *arguments: Any, before: Changes | None = None
    ) -> None: ...
