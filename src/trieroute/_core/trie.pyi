from typing import Any, final

from .layout import Layout
from .target import Target

@final
class Trie(Layout):
    targets: list[Target]
    def __new__(cls) -> Trie: ...
    def match_one(
        self, domain: str, path: str, merge_slashes: bool
    ) -> tuple[dict[str, Any], str | None, bool] | None: ...
