from collections.abc import Iterable
from typing import Any

from .leaf import Leaf

class Trie:
    leaves: list[Leaf]
    methods: dict[str, int]
    def __new__(cls, rows: Iterable[tuple[Any, ...]]) -> Trie: ...
    def match_one(
        self, domain: str, path: str, merge_slashes: bool
    ) -> tuple[dict[str, Any], str | None, bool] | None: ...
