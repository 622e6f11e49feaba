from collections.abc import Callable
from typing import Any, TypeVar, final

from .changes import Changes
from .trie import Trie

_T = TypeVar("_T")

@final
class MapState:
    trie: Trie
    changes: int
    subdomain_matching: bool
    host_matching: bool
    merge_slashes: bool
    def __init__(
        self,
        trie: Trie,
        changes: int,
        *,
        subdomain_matching: bool,
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
    def _compiles(self) -> bool: ...
    def _as_compiler(self, function: Callable[[], _T]) -> _T: ...
    def _locked_as_compiler(self, function: Callable[[], _T]) -> _T: ...
    def _changed(self) -> None: ...
    def _change(
        self,
        prepare: Callable[..., Changes],
        *arguments: Any,
        before: Changes | None = None,
        within: Changes | None = None,
    ) -> None: ...
    def _publish(self, state: MapState, ahead: int = 0) -> None: ...

def setting_changed(rule: Any) -> None: ...
