from collections.abc import Callable, Container, Iterable
from typing import Any, final

from .changes import Change
from .target import Target

def compiles_apart(rule: Any, made: dict[str, Any]) -> bool: ...
def compare_plainly(targets: Iterable[Target]) -> bool: ...
def is_matchable(rule: Any) -> bool: ...
def any_redirects(rules: Iterable[Any], made: dict[str, Any]) -> bool: ...
def provides_defaults(rule: Any, made: dict[str, Any]) -> bool: ...
def targets_of(
    rules: Iterable[Any],
    map: Any,
    canonical: Container[Any],
    exact: Callable[[str, Iterable[str]], frozenset[str]],
) -> list[Target]: ...
def target_of(
    rule: Any,
    map: Any,
    may_redirect: bool,
    exact: Callable[[str, Iterable[str]], frozenset[str]],
) -> Target | None: ...

@final
class RuleBinding(Change):
    rule: Any
    text: str
    domain_text: Any
    merges: bool
    compiled: Any
    def __new__(
        cls,
        rule: Any,
        map: Any,
        before: Any,
        refusal: Callable[[Any], Exception],
        own_methods: Callable[[Any, set[str]], set[str]],
        takes: bool = True,
    ) -> RuleBinding: ...
    def attributes(self) -> dict[str, Any]: ...

@final
class RuleUnbinding(Change):
    def __new__(cls, rule: Any, map: Any) -> RuleUnbinding: ...
