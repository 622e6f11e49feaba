from collections.abc import Awaitable, Iterable, Iterator
from typing import Any, final

from .._core.trie import Trie
from .named import NamedRoutes
from .prerequisites import CountingList, Loops, Prerequisites, RouteSnapshot

@final
class CompiledRoutes(RouteSnapshot):
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
        edits: int = 0,
        converted: dict[int, tuple[dict[str, Any], list[Any]]] | None = None,
        moving: bool = False,
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

class GuidedList(CountingList):
    loops: Loops
    maker: Any
    _compiled: CompiledRoutes | None
    _named: NamedRoutes | None
    def __init__(self, routes: Iterable[Any], loops: Loops) -> None: ...
    def __iter__(self) -> Iterator[Any]: ...
    def compiled(self) -> CompiledRoutes: ...
    def _compile(self) -> CompiledRoutes: ...
    def _read_names(self) -> NamedRoutes: ...
