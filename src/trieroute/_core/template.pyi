from collections.abc import Callable, Container, Iterable
from enum import IntEnum
from typing import Any

shared_names: Callable[[Iterable[str]], frozenset[str]]

class Rendering(IntEnum):
    CALLED = ...
    TEXT = ...
    INTEGER = ...
    REAL = ...
    UUID = ...
    CHOICE = ...

class Gap:
    name: str
    def __new__(
        cls,
        name: str,
        rendering: Rendering,
        converter: Any,
        *,
        digits: int = 0,
        items: Container[str] = (),
    ) -> Gap: ...
    def text(self, value: Any) -> str: ...

class UrlTemplate:
    domain: tuple[str | Gap, ...]
    path: tuple[str | Gap, ...]
    known: frozenset[str]
    gaps: int
    def __new__(
        cls, domain: Iterable[str | Gap], path: Iterable[str | Gap], fixed: Iterable[str]
    ) -> UrlTemplate: ...
    def leftover(self, values: dict[str, Any]) -> dict[str, Any]: ...
    def fill(self, values: dict[str, Any]) -> tuple[str, str]: ...
