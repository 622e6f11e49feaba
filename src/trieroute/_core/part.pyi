from collections.abc import Callable
from enum import IntEnum
from typing import Any, final

from .pattern import Pattern

class Conversion(IntEnum):
    BY_CONVERTER = ...
    AS_TEXT = ...
    AS_INT = ...
    AS_FLOAT = ...
    AS_UUID = ...

@final
class Value:
    name: str
    conversion: Conversion
    @property
    def to_python(self) -> Callable[[str], Any]: ...
    def __new__(cls, name: str, conversion: Conversion, converter: Any) -> Value: ...

@final
class Part:
    text: str | None
    pattern: Pattern | None
    tail: bool
    values: tuple[Value, ...]
    weight: Any
    identity: Any
    def __new__(
        cls,
        text: str | None,
        pattern: Pattern | None = None,
        tail: bool = False,
        values: tuple[Value, ...] = (),
        weight: Any = None,
        identity: Any = (),
        labels: tuple[str | None, ...] | None = None,
    ) -> Part: ...
