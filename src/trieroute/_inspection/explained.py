"""Explanations: the rules that came into question for a request, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from .._core.terminal_text import report_of, visible
from .._routers.mounts import BELOW, MountRule
from .._rules.methods import methods_of
from .._rules.order import MatchOrder
from .._rules.rule import Rule
from .outcomes import Outcome, error_outcome
from .value_text import plain_values, shown, value_text

__all__ = [
    "CLOSEST",
    "Candidate",
    "Explanation",
    "NearRule",
    "Verdict",
    "domain_text",
    "is_mount",
    "is_told",
    "likeness",
    "methods_text",
    "rule_dict",
    "rule_line",
    "rule_name",
    "takes_text",
]

#: The number of rules that are shown where none came into question.
CLOSEST = 3
#: The number of candidates that a report shows; all of them are in the list.
_SHOWN = 20


class Verdict(StrEnum):
    """What became of a rule."""

    MATCHED = "matched"
    OUTRANKED = "outranked"
    WRONG_METHOD = "wrong method"
    WEBSOCKET_MISMATCH = "WebSocket mismatch"
    REFUSED = "converter refused"
    RAISED = "converter raised"
    SLASH_MISSING = "slash missing"
    SLASH_EXTRA = "slash too many"
    SLASHES_MERGED = "slashes merged"
    DOMAIN_DIFFERS = "domain differs"


@dataclass(frozen=True)
class Candidate:
    """A rule that came into question for a request.

    :param rule: the rule.
    :param verdict: what became of it.
    :param values: the values that its variables would have had, defaults included; those before the
        one that was refused.
    :param reason: a sentence that says more, or an empty text.
    :param outranked_by: the rule that won in its place, if that is the verdict.
    :param variable: the name of the variable that was refused, if one was.
    :param text: the text that was refused.
    """

    rule: Rule
    verdict: Verdict
    values: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    outranked_by: Rule | None = None
    variable: str | None = None
    text: str | None = None


@dataclass(frozen=True)
class NearRule:
    """A rule that is close to a request, for which no rule came into question.

    :param rule: the rule.
    :param segment: the number of the segment where path and rule part, from 1 on.
    :param found: the segment of the path there, ``None`` if the path has ended before.
    :param wanted: the segment of the rule there, ``None`` if the rule has ended before.
    """

    rule: Rule
    segment: int
    found: str | None
    wanted: str | None

    def __str__(self) -> str:
        if self.found is None:
            return f"the path ends before segment {self.segment}, {self.wanted!r}"
        if self.wanted is None:
            return f"the path goes on with segment {self.segment}, {self.found!r}"
        return f"segment {self.segment} is {self.found!r}, not {self.wanted!r}"


def likeness(found: str | None, wanted: str | None) -> float:
    """Tell how much the segments where a path and a rule part are alike, from 0 to 1."""
    if found is None or wanted is None:
        return 0.5
    return SequenceMatcher(None, found, wanted).ratio()


@dataclass(frozen=True)
class Explanation:
    """Why a request went where it went. It prints as a short report.

    :param method: the HTTP method that was asked for, in upper case.
    :param path: the path.
    :param domain: the subdomain, or the host if the map matches hosts.
    :param websocket: whether the request was for a WebSocket.
    :param match_order: the match order of the map.
    :param rule: the rule that ``match`` gives, or ``None``.
    :param values: the values that ``match`` gives, or ``None``.
    :param error: what ``match`` raises, or ``None``.
    :param candidates: the rules that came into question, in the order in which they were tried.
    :param closest: the rules that are closest to the path, if none came into question.
    :param hints: sentences about what may be wrong with the request.
    :param answer: what a router answers by itself, in one line; empty if it answers nothing.
    :param below: the explanation of what is mounted, if the rule is a mount that can be followed.
    """

    method: str
    path: str
    domain: str
    websocket: bool
    match_order: MatchOrder
    rule: Rule | None
    values: dict[str, Any] | None
    error: Exception | None
    candidates: list[Candidate]
    closest: list[NearRule]
    hints: list[str]
    answer: str = ""
    below: Any = None

    @property
    def matches(self) -> bool:
        """Tell whether the request is taken, by what is mounted if that was followed."""
        if self.below is not None:
            return bool(self.below.matches)
        return self.rule is not None or bool(self.answer)

    @property
    def endpoint(self) -> Any:
        """The endpoint that ``match`` gives, ``None`` if it raises."""
        return None if self.rule is None else self.rule.endpoint

    @property
    def outcome(self) -> str:
        """What the request comes to, in one line."""
        if self.answer:
            return self.answer
        if self.rule is not None:
            return str(Outcome("match", self.rule, self.values or {}))
        assert self.error is not None
        return str(error_outcome(self.error))

    def as_dict(self) -> dict[str, Any]:
        """Return the explanation as what JSON can hold; the repr stands for what it can't.

        :return: a dict of texts, numbers, lists and dicts.
        """
        return {
            "request": {
                "method": self.method,
                "path": self.path,
                "domain": self.domain,
                "websocket": self.websocket,
            },
            "match_order": self.match_order,
            "outcome": self.outcome,
            "rule": None if self.rule is None else rule_dict(self.rule),
            "values": None if self.values is None else plain_values(self.values),
            "error": None if self.error is None else type(self.error).__name__,
            "candidates": [
                {
                    "rule": rule_dict(candidate.rule),
                    "verdict": str(candidate.verdict),
                    "values": plain_values(candidate.values),
                    "reason": candidate.reason,
                    "variable": candidate.variable,
                    "text": candidate.text,
                }
                for candidate in self.candidates
            ],
            "closest": [
                {
                    "rule": rule_dict(near.rule),
                    "segment": near.segment,
                    "found": near.found,
                    "wanted": near.wanted,
                }
                for near in self.closest
            ],
            "hints": self.hints,
            "below": None if self.below is None else self.below.as_dict(),
        }

    def __str__(self) -> str:
        request = f"{'WebSocket' if self.websocket else self.method} {shown(self.path)}"
        if self.domain:
            request += f" at {self.domain}"
        lines = [request, f"  -> {self.outcome}"]
        if self.candidates:
            lines += ["", f"Rules that came into question, in the order {self.match_order!r}:"]
        for number, candidate in enumerate(self.candidates[:_SHOWN], 1):
            lines.append(f"  {number}. {rule_line(candidate.rule)}")
            lines.append(f"       {candidate.verdict}" + _after(": ", candidate.reason))
            if candidate.values:
                given = ", ".join(
                    f"{name}={value_text(value)}" for name, value in candidate.values.items()
                )
                lines.append(f"       values: {given}")
        if len(self.candidates) > _SHOWN:
            lines.append(f"  and {len(self.candidates) - _SHOWN} more")
        if self.closest:
            lines += ["", "No rule came into question. The closest ones:"]
            for near in self.closest:
                lines += [f"  {rule_line(near.rule)}", f"       {near}"]
        lines += [*([""] if self.hints else []), *(f"Hint: {hint}" for hint in self.hints)]
        if self.below is not None:
            return f"{report_of(lines)}\n\nBelow the mount:\n\n{self.below}"
        return report_of(lines)


def rule_line(rule: Any) -> str:
    """Write a rule in one line: its text, methods, endpoint, and domain."""
    domain = domain_text(rule)
    return visible(f"{rule_name(rule)} {rule.endpoint!r}" + _after(" at ", domain))


def rule_name(rule: Any) -> str:
    """Write the text of a rule and what it takes."""
    return f"{shown(_rule_text(rule))} [{takes_text(rule)}]"


def takes_text(rule: Any) -> str:
    """Write the methods of a rule, or the kind of those that are told by their kind."""
    return "mount" if is_mount(rule) else "WebSocket" if rule.websocket else methods_text(rule)


def is_mount(rule: Any) -> bool:
    """Tell whether a rule is one of a mount, or a route of Starlette one."""
    return isinstance(rule, MountRule) or getattr(rule, "kind", "") == "mount"


def is_told(rule: Rule) -> bool:
    """Tell whether a rule is shown: of the several rules of a mount, one stands for all."""
    return not isinstance(rule, MountRule) or (not rule.websocket and BELOW in rule.arguments)


def _rule_text(rule: Any) -> str:
    # The rules of a mount have a variable for what is below it, which nobody has written.
    return (rule.prefix or "/") if isinstance(rule, MountRule) else rule.rule


def rule_dict(rule: Any) -> dict[str, Any]:
    """Describe a rule by what JSON can hold."""
    return {
        "rule": _rule_text(rule),
        "methods": methods_of(rule),
        "endpoint": rule.endpoint if isinstance(rule.endpoint, str) else repr(rule.endpoint),
        "domain": domain_text(rule),
        "websocket": bool(rule.websocket),
        "mount": is_mount(rule),
    }


def domain_text(rule: Any) -> str:
    """Return the subdomain of a rule, or its host if the map matches hosts; empty for none."""
    return str(rule._domain_rule or "")


def methods_text(rule: Any) -> str:
    """Write the methods of a rule."""
    methods = methods_of(rule)
    if methods is None:
        return "all methods"
    if "GET" in methods:
        # HEAD comes with GET and says nothing new.
        methods = [method for method in methods if method != "HEAD"]
    return ", ".join(methods) or "no method"


def _after(mark: str, text: str) -> str:
    return mark + text if text else ""
