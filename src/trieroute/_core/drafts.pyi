from collections.abc import Iterable
from typing import Any

from .leaf import Leaf
from .segments import Pattern

class Draft:
    depth: int
    index: int | None
    least: int | None
    statics: dict[str, Draft]
    patterns: dict[tuple[Pattern, bool], Draft]
    ends: list[tuple[Any, ...]]
    slashes: list[tuple[Any, ...]]
    def __init__(self, depth: int) -> None: ...
    def child(self, edges: dict[Any, Draft], key: Any, rank: int) -> Draft: ...

def lowered(nodes: dict[Any, Draft], key: Any, depth: int, rank: int) -> Draft: ...

class Drafting:
    roots: dict[Any, Draft]
    leaves: list[Leaf]
    patterns: list[Pattern]
    def __init__(self, rows: Iterable[tuple[Any, ...]]) -> None: ...
    def nodes(self) -> list[Draft]: ...
