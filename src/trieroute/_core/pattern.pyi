import re
from typing import final

from .items import Shape

@final
class SegmentRegex:
    regex: re.Pattern[str]
    merging: re.Pattern[str]
    groups: tuple[int, ...]
    before_slash: tuple[re.Pattern[str], ...] | None
    def __new__(
        cls,
        regex: re.Pattern[str],
        merging: re.Pattern[str],
        groups: tuple[int, ...],
        sliced: bool,
        before_slash: tuple[re.Pattern[str], ...] | None = None,
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
