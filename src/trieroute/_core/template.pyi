from collections.abc import Iterable, Mapping, Sequence
from typing import Any

def quote_path(path: str) -> str: ...
def encode_query(items: Iterable[tuple[Any, Any]]) -> str: ...

class UrlTemplate:
    domain: tuple[Any, ...]
    path: tuple[Any, ...]
    known: frozenset[str]
    def __new__(
        cls,
        trace: Sequence[tuple[bool, str]],
        converters: Mapping[str, Any],
        defaults: Mapping[str, Any],
    ) -> UrlTemplate: ...
    def fill(self, values: Mapping[str, Any]) -> tuple[str, str, dict[str, Any]]: ...
