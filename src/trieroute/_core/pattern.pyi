import re
from enum import IntEnum
from typing import final

def steps() -> int | None: ...

class Kind(IntEnum):
    LITERAL = ...
    SLASH = ...
    STRING = ...
    INT = ...
    FLOAT = ...
    ANY = ...
    UUID = ...
    PATH = ...
    CLASS = ...

@final
class Shape:
    kind: Kind
    signed: bool
    low: int
    high: int
    least: float | None
    most: float | None
    texts: tuple[str, ...]
    members: int
    def __new__(
        cls,
        kind: Kind,
        *,
        signed: bool = False,
        low: int = 0,
        high: int = -1,
        least: float | None = None,
        most: float | None = None,
        texts: tuple[str, ...] = (),
        members: int = 0,
    ) -> Shape: ...
    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...

@final
class SegmentRegex:
    regex: re.Pattern[str]
    merging: re.Pattern[str]
    groups: tuple[int, ...]
    sliced: bool
    def __new__(
        cls,
        regex: re.Pattern[str],
        merging: re.Pattern[str],
        groups: tuple[int, ...],
        sliced: bool,
    ) -> SegmentRegex: ...
    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Pattern:
    items: tuple[str | Shape, ...]
    regex: SegmentRegex | None
    tail: bool
    branch: bool
    variables: int
    def __new__(
        cls,
        items: tuple[str | Shape, ...],
        regex: SegmentRegex | None = None,
        tail: bool = False,
        branch: bool = False,
    ) -> Pattern: ...
    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...
