from collections.abc import Callable, Iterable, Iterator
from types import CodeType
from typing import Any, final

from .trie import Trie

@final
class Answers:
    def __new__(
        cls,
        full: Any,
        partial: Any,
        nothing: tuple[Any, Any],
        path_of: Callable[[Any], str],
        puts_route: bool,
    ) -> Answers: ...

@final
class Finder:
    trie: Trie
    items: list[Any]
    others: list[int]
    def __new__(
        cls, items: list[Any], trie: Trie, others: list[int], answers: Answers
    ) -> Finder: ...
    def candidates(self, path: str) -> list[Any]: ...

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
    def __init__(self, items: Iterable[Any], codes: list[CodeType]) -> None: ...
    def __iter__(self) -> Iterator[Any]: ...
    def compiled(self) -> Finder: ...
    def _compile(self) -> Finder: ...
