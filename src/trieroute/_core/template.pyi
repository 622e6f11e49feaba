from collections.abc import Callable, Mapping, Sequence
from typing import Any

class Gap:
    name: str
    def __new__(
        cls, name: str, rendering: int, to_url: Callable[[Any], str], argument: Any
    ) -> Gap: ...

class UrlTemplate:
    domain: tuple[str | Gap, ...]
    path: tuple[str | Gap, ...]
    known: frozenset[str]
    gaps: int
    def __new__(
        cls,
        trace: Sequence[tuple[bool, str]],
        renderings: Mapping[str, tuple[int, Callable[[Any], str], Any]],
        defaults: Mapping[str, Any],
    ) -> UrlTemplate: ...
    def leftover(self, values: dict[str, Any]) -> dict[str, Any]: ...
    def fill(self, values: dict[str, Any]) -> tuple[str, str]: ...
