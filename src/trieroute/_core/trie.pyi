from collections.abc import Callable, Iterable, Mapping
from typing import Any

class Leaf:
    rule: Any
    endpoint: Any
    defaults: Mapping[str, Any] | None
    names: tuple[str, ...]
    direct: bool
    def __new__(
        cls,
        rule: Any,
        endpoint: Any,
        defaults: Mapping[str, Any] | None,
        direct: bool,
        variables: tuple[tuple[str, int, Callable[[str], Any]], ...],
    ) -> Leaf: ...

class Trie:
    leaves: list[Leaf]
    methods: dict[str, int]
    def __new__(cls, rows: Iterable[tuple[Any, ...]]) -> Trie: ...
    def match_one(
        self, domain: str, path: str, merge_slashes: bool
    ) -> tuple[dict[str, Any], str | None, bool] | None: ...
