from typing import Literal, final

from .pattern import Pattern
from .target import Target
from .trie import Trie

@final
class ListedEnding:
    target: Target
    place: int
    form: Literal["exact", "tolerated", "completed", "redirected"]
    slashes: int
    def __new__(
        cls,
        target: Target,
        place: int,
        form: Literal["exact", "tolerated", "completed", "redirected"],
        slashes: int,
    ) -> ListedEnding: ...

@final
class ListedNode:
    parent: int
    content: str | Pattern
    rest: bool
    branch: bool
    endings: list[ListedEnding]
    def __new__(
        cls, parent: int, content: str | Pattern, rest: bool, branch: bool
    ) -> ListedNode: ...

def listing(trie: Trie) -> list[ListedNode]: ...
