from typing import Any, final

from .layout import Layout
from .target import Target

@final
class Trie(Layout):
    targets: list[Target]
    methods: dict[str, int]
    def __new__(cls) -> Trie: ...
    def __sizeof__(self) -> int: ...
    def match_one(
        self, domain: str, path: str, merge_slashes: bool
    ) -> tuple[dict[str, Any], str | None, bool] | None: ...
