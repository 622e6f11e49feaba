from collections.abc import Mapping
from typing import Any, final

from .part import Part

@final
class Target:
    rule: Any
    defaults: Mapping[str, Any] | None
    methods: frozenset[str] | None
    domain: Part
    tail: bool
    branch: bool
    strict: bool
    merges: bool
    websocket: bool
    direct: bool
    compiled: Any
    def __new__(
        cls,
        rule: Any,
        endpoint: Any,
        defaults: Mapping[str, Any] | None,
        methods: frozenset[str] | None,
        domain: Part,
        parts: tuple[Part, ...],
        branch: bool,
        strict: bool,
        merges: bool,
        websocket: bool,
        direct: bool,
        compiled: Any = None,
    ) -> Target: ...
