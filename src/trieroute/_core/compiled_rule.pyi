from collections.abc import Callable, Mapping
from typing import Any, Self, final

from .part import Part

class BaseCompiledRule:
    text: str
    merges: bool
    domain: Any
    parts: tuple[Part, ...]
    defaults: Mapping[str, Any]
    names: tuple[str, ...]
    redirect: Any
    def __new__(
        cls,
        text: str,
        merges: bool,
        reading: tuple[Any, list[Part], dict[str, Any]],
        defaults: Mapping[str, Any],
        names: tuple[str, ...],
        redirect: Any,
    ) -> Self: ...
    @property
    def converters(self) -> dict[str, Any]: ...

@final
class ReadClass:
    def __new__(cls, read: type, /) -> ReadClass: ...
    def is_as_read(self, maker: Any) -> bool: ...

@final
class SharedVariable:
    part: Part | None
    variable: Any
    converter: Any
    def __new__(
        cls,
        part: Part | None,
        variable: Any,
        converter: Any,
        read_class: ReadClass | None = None,
    ) -> SharedVariable: ...

def put_together(
    rule: str,
    makers: Mapping[str, Any],
    known: dict[str, Part | SharedVariable],
    learned: dict[str, Part | SharedVariable],
    read: Callable[[str], Part | SharedVariable | None],
) -> tuple[list[Part | SharedVariable], dict[str, Any], bool] | None: ...
