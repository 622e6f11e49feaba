from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any, final

class CountingList(list[Any]):
    @property
    def _version(self) -> int: ...
    def _changed(self) -> None: ...

@final
class Loops:
    searching: list[CodeType]
    falling_back: list[CodeType]
    naming: list[CodeType]
    passing: list[CodeType]
    declared: Callable[[FrameType], Any] | None
    def __new__(
        cls,
        answered: CodeType | None,
        full: Any,
        partial: Any,
        nothing: tuple[Any, Any],
        path_of: Callable[[Any], str],
        matches: Any,
    ) -> Loops: ...
    @property
    def edits(self) -> int: ...
    def add_called(self, namespace: dict[str, Any], name: str, function: Any) -> None: ...
    def edited(self) -> None: ...

@final
class Prerequisites:
    routes_read: int
    def add_method(self, kind: type, name: str, function: Any) -> None: ...
    def add_convertor(self, attributes: dict[str, Any]) -> None: ...
    def add_router(self, router: Any) -> None: ...
    def add_owner(self, owner: Any, routes: CountingList) -> None: ...
    def add_awaited(self, maker: Any, made: Any) -> None: ...
    def are_current(self) -> bool: ...

class Compilation:
    routes: list[Any]
