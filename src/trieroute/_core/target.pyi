from collections.abc import Callable, Mapping
from typing import Any, final

from .pattern import Pattern

@final
class Target:
    rule: Any
    endpoint: Any
    defaults: Mapping[str, Any] | None
    methods: frozenset[str] | None
    variables: tuple[tuple[str, int, Callable[[str], Any]], ...]
    direct: bool
    def __new__(
        cls,
        rule: Any,
        endpoint: Any,
        defaults: Mapping[str, Any] | None,
        methods: frozenset[str] | None,
        direct: bool,
        variables: tuple[tuple[str, int, Callable[[str], Any]], ...],
        captures: list[tuple[Pattern, int]] | None,
        tail: bool,
        branch: bool,
    ) -> Target: ...
