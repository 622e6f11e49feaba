import re
from typing import final

from .items import Shape

@final
class SegmentRegex:
    regex: re.Pattern[str]
    merging: re.Pattern[str]
    groups: tuple[int, ...]
    def __new__(
        cls,
        regex: re.Pattern[str],
        merging: re.Pattern[str],
        groups: tuple[int, ...],
        sliced: bool,
    ) -> SegmentRegex: ...

@final
class Pattern:
    items: tuple[str | Shape, ...]
    regex: SegmentRegex | None
    def __new__(
        cls,
        items: tuple[str | Shape, ...],
        regex: SegmentRegex | None = None,
        tail: bool = False,
        branch: bool = False,
    ) -> Pattern: ...
