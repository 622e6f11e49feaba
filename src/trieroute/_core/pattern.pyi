from typing import Any

class Pattern:
    spec: Any
    tail: bool
    variables: int
    def __new__(cls, spec: Any, tail: bool) -> Pattern: ...
