from typing import Any

def steps() -> int | None: ...

class Pattern:
    spec: Any
    tail: bool
    variables: int
    def __new__(cls, spec: Any, tail: bool) -> Pattern: ...
