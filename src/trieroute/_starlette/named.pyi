from collections.abc import Callable, Iterator
from typing import Any, final
from urllib.parse import SplitResult

from .prerequisites import Loops, Prerequisites, RouteSnapshot

@final
class Naming:
    def __new__(
        cls,
        no_match_found: type[Exception],
        url_path: Callable[[str, Any], Any],
        split: Callable[[str], list[str]],
    ) -> Naming: ...
    def add_called(self, namespace: dict[str, Any], name: str, function: Any) -> None: ...

@final
class NamedRoutes(RouteSnapshot):
    def __new__(
        cls,
        routes: list[Any],
        by_name: dict[str, list[int]],
        by_mount: dict[str, list[int]],
        others: list[int],
        protocols: dict[int, str],
        naming: Naming,
        loops: Loops,
        prerequisites: Prerequisites,
        version: int = 0,
        edits: int = 0,
    ) -> NamedRoutes: ...
    def candidates(self, name: str) -> list[Any]: ...

@final
class NameGuide:
    def __iter__(self) -> Iterator[Any]: ...
    def __next__(self) -> Any: ...
    def url_path_for(self, name: Any, /, **path_params: Any) -> Any: ...

def plain_url(path: str, protocol: str, host: str, base: SplitResult) -> str | None: ...
