from typing import Any

from .state import BaseMap

class Candidate:
    def __new__(cls, rule: Any, sorts: bool, following: Candidate | None) -> Candidate: ...

def make_builders(map: BaseMap) -> None: ...
