import re
from typing import final

from .items import Shape

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
    def __eq__(self, value: object, /) -> bool: ...
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
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
