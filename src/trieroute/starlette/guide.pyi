from collections.abc import Callable, Iterable, Iterator
from types import CodeType
from typing import Any, final

from .._core.trie import Trie

@final
class Answers:
    def __new__(
        cls,
        full: Any,
        partial: Any,
        nothing: tuple[Any, Any],
        path_of: Callable[[Any], str],
        puts_route: bool,
        matches: Any,
    ) -> Answers: ...

@final
class Snapshot:
    items_read: int
    def add(self, router: Any) -> bool: ...
    def add_class(self, kind: type, function: Any) -> None: ...
    def wait(self, awaited: Any, made: Any) -> None: ...
    def is_current(self) -> bool: ...

@final
class Finder:
    trie: Trie
    items: list[Any]
    others: list[int]
    def __new__(
        cls,
        items: list[Any],
        trie: Trie,
        others: list[int],
        included: list[Any],
        answers: Answers,
        fallback: list[Any] | None = None,
        snapshot: Snapshot | None = None,
    ) -> Finder: ...
    def candidates(self, path: str) -> list[Any]: ...
    def first(self, path: str, method: Any) -> tuple[Any, dict[str, Any], bool] | None: ...

@final
class Guide:
    original_route: None
    starlette_route: None
    handle: Any
    def __iter__(self) -> Iterator[Any]: ...
    def __next__(self) -> Any: ...
    def matches(self, scope: Any) -> tuple[Any, Any]: ...

class Narrowing(list[Any]):
    _finder: Finder | None
    _version: object
    def __init__(
        self,
        items: Iterable[Any],
        codes: list[CodeType],
        skimming: list[CodeType],
        falling_back: list[CodeType],
    ) -> None: ...
    def __iter__(self) -> Iterator[Any]: ...
    def compiled(self) -> Finder: ...
    def _compile(self) -> Finder: ...
