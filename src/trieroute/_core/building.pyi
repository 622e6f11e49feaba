from collections.abc import Sequence

from ..rules.rule import Rule

class Candidate:
    rule: Rule
    def __new__(cls, rule: Rule, own: type[Rule], following: Candidate | None) -> Candidate: ...

def candidates(rules: Sequence[Rule], own: type[Rule]) -> Candidate: ...
