from collections.abc import Iterable
from typing import Any

from ..rules import Rule

class Candidate:
    rule: Rule
    def __new__(cls, rule: Rule, own: type[Rule]) -> Candidate: ...

class Builder:
    def __new__(cls, rules: Iterable[Rule], own: type[Rule]) -> Builder: ...

def query_of(values: dict[str, Any]) -> str: ...
