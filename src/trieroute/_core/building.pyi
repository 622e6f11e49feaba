from typing import Any

from .state import BaseMap

class UrlBuilder:
    def __new__(cls, rule: Any, sorts: bool, following: UrlBuilder | None) -> UrlBuilder: ...

def make_builders(map: BaseMap) -> None: ...
