from typing import final

from .target import Target
from .trie import Trie

@final
class Compiler:
    trie: Trie
    def __new__(
        cls, targets: list[Target], exact: list[int], lacking: list[int], tolerated: list[int]
    ) -> Compiler: ...
    def add(
        self, target: Target, number: int, exact: int, lacking: int, tolerated: int
    ) -> None: ...
    def remove(self, target: Target) -> int: ...
    def change(self) -> Trie | None: ...
