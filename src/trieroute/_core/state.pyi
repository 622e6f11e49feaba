from typing import Any, final

from .trie import Trie

@final
class MapState:
    trie: Trie
    changes: int
    host_matching: bool
    merge_slashes: bool
    def __init__(
        self,
        trie: Trie,
        changes: int,
        *,
        host_matching: bool,
        merge_slashes: bool,
        redirect_defaults: bool,
        sorts: bool,
        siblings: dict[Any, tuple[Any, ...]],
    ) -> None: ...

class BaseMap:
    _remap: bool
    @property
    def _state(self) -> MapState: ...
    @property
    def _changes(self) -> int: ...
    @property
    def _used(self) -> bool: ...
    def _changed(self) -> None: ...
    def _publish(self, state: MapState) -> None: ...

def set_attributes(target: Any, attributes: dict[str, Any]) -> None: ...
def exchange_attribute(target: Any, name: str, before: Any, after: Any) -> bool: ...
