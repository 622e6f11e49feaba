from collections.abc import Awaitable, Callable, Iterable, Iterator
from types import CodeType
from typing import Any, final

from .._core.trie import Trie

@final
class Loops:
    searching: list[CodeType]
    falling_back: list[CodeType]
    def __new__(
        cls,
        answered: CodeType,
        full: Any,
        partial: Any,
        nothing: tuple[Any, Any],
        path_of: Callable[[Any], str],
        matches: Any,
    ) -> Loops: ...

@final
class Prerequisites:
    routes_read: int
    def add_class(self, kind: type, function: Any) -> None: ...
    def add_router(self, router: Any) -> None: ...
    def add_awaited(self, maker: Any, made: Any) -> None: ...
    def are_current(self) -> bool: ...

@final
class CompiledRoutes:
    routes: list[Any]
    others: dict[int, str]
    def __new__(
        cls,
        routes: list[Any],
        trie: Trie,
        others: dict[int, str],
        fallback: list[Any],
        loops: Loops,
        prerequisites: Prerequisites,
        version: int = 0,
    ) -> CompiledRoutes: ...
    def candidates(self, path: str) -> list[Any]: ...
    def first(self, path: str, method: Any) -> tuple[Any, dict[str, Any], bool] | None: ...

@final
class Guide:
    original_route: None
    starlette_route: None
    def __iter__(self) -> Iterator[Any]: ...
    def __next__(self) -> Any: ...
    def matches(self, scope: Any) -> tuple[Any, Any]: ...
    def handle(self, scope: Any, receive: Any, send: Any) -> Awaitable[None]: ...

class GuidedList(list[Any]):
    loops: Loops
    _compiled: CompiledRoutes | None
    @property
    def _version(self) -> int: ...
    def __init__(self, routes: Iterable[Any], loops: Loops) -> None: ...
    def _changed(self) -> None: ...
    def __iter__(self) -> Iterator[Any]: ...
    def compiled(self) -> CompiledRoutes: ...
    def _compile(self) -> CompiledRoutes: ...
