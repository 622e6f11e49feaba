from typing import Any

class Candidate:
    rule: Any
    def __new__(cls, rule: Any, sorts: bool, following: Candidate | None) -> Candidate: ...
