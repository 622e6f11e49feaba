"""Findings: what is likely a mistake in the rules of a map."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .._core.terminal_text import report_of
from .explained import rule_dict, rule_line

__all__ = ["Finding", "Kind"]


class Kind(StrEnum):
    """What is found."""

    SHADOWED = "shadowed"
    ORDER_DEPENDENT = "order-dependent"
    DUPLICATE = "duplicate"
    NO_ROUND_TRIP = "no-round-trip"
    NEVER_BUILT = "never-built"
    SLOW_REGEX = "slow-regex"
    UNKNOWN_METHOD = "unknown-method"
    HOST_WITHOUT_HOST_MATCHING = "host-without-host-matching"
    EMPTY_METHODS = "empty-methods"


@dataclass(frozen=True)
class Finding:
    """One finding.

    :param kind: what was found.
    :param rules: the rule that it is about, and then the others that are involved; of Starlette and
        FastAPI, the routes as :class:`.starlette_routes.FlatRoute`.
    :param message: a sentence that says what happens.
    :param example: a request or a call of ``build`` that shows it, or an empty text.
    :param hint: a sentence that says what to do.
    :param certain: whether it is proven; if it is not, *message* says what it depends on.
    """

    kind: Kind
    rules: list[Any]
    message: str
    example: str = ""
    hint: str = ""
    certain: bool = True

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as what JSON can hold."""
        return {
            "kind": str(self.kind),
            "certain": self.certain,
            "rules": [rule_dict(rule) for rule in self.rules],
            "message": self.message,
            "example": self.example,
            "hint": self.hint,
        }

    def __str__(self) -> str:
        first, *others = map(rule_line, self.rules)
        lines = [f"{self.kind}{'' if self.certain else ' (maybe)'}: {first}", f"  {self.message}"]
        # Several rules of a mount are one to whoever has written it.
        lines += [f"    {other}" for other in dict.fromkeys(others)]
        if self.example:
            lines.append(f"  example: {self.example}")
        if self.hint:
            lines.append(f"  hint: {self.hint}")
        return report_of(lines)
