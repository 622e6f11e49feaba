"""Comparing an application's map under Werkzeug with the same map under trieroute."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib import metadata
from typing import Any

from .examples import Build, Request, examples
from .explanations import GRAMMAR, ORDER, Explanation, explanation, reads_otherwise
from .map_pair import MapPair, Refusal, map_pair
from .outcomes import SERVER_NAME, Bindings, Outcome, same
from .timing import ROUNDS, match_ns

__all__ = ["ORDERS", "SEED", "Comparison", "Difference", "compare"]

#: The match orders in which an application can be compared.
ORDERS = ("segments", "weights")
#: Seed of the values in the requests.
SEED = 3158


@dataclass
class Difference:
    """One cause for which the maps differ, with one of the cases in which it was found.

    :param rules: the rules that are involved, as texts with their methods and endpoints.
    :param count: the number of cases in which it was found.
    :param example: one of the cases: a request, a call of ``build``, or a rule that is refused.
    :param theirs: the outcome of the example in Werkzeug.
    :param ours: the outcome of the example in trieroute.
    :param known: the heading on the page "Differences from Werkzeug" that explains it, or ``None``.
    """

    rules: list[str]
    count: int
    example: str
    theirs: str
    ours: str
    known: str | None = None

    def __str__(self) -> str:
        lines = [f"{self.known or 'Unexplained'} ({_number(self.count, 'case')})"]
        lines += [f"    {rule}" for rule in self.rules]
        lines += [
            f"  example    {self.example}",
            f"  werkzeug   {self.theirs}",
            f"  trieroute  {self.ours}",
        ]
        return "\n".join(lines)


@dataclass
class Comparison:
    """The findings of a comparison; it is false if there is a difference or a refusal.

    :param match_order: the match order of trieroute's map.
    :param rules: the number of rules that were compared.
    :param requests: the number of requests that were compared.
    :param builds: the number of calls of ``build`` that were compared.
    :param differences: the differences, one for each cause.
    :param untried: the rules that have no requests and builds, because no text was found for one of
        their variables.
    :param match_ns: the nanoseconds that a match takes in Werkzeug and in trieroute, as medians of
        interleaved rounds; ``None`` if nothing was measured.
    :param refusal: the error that ``install`` would raise for the application, with its type;
        ``None`` if it would raise nothing. If it is given, nothing was compared.
    """

    match_order: str
    rules: int
    requests: int
    builds: int
    differences: list[Difference] = field(default_factory=list)
    untried: list[str] = field(default_factory=list)
    match_ns: tuple[float, float] | None = None
    refusal: str | None = None

    def __bool__(self) -> bool:
        return not self.differences and self.refusal is None

    @property
    def unexplained(self) -> list[Difference]:
        """The differences that no documented one explains."""
        return [difference for difference in self.differences if difference.known is None]

    def __str__(self) -> str:
        if self.refusal is not None:
            return f"trieroute's install refuses this, nothing was compared:\n  {self.refusal}"
        lines = [
            f"{_number(self.rules, 'rule')}, match order {self.match_order}:"
            f" {_number(self.requests, 'request')} and {_number(self.builds, 'URL')} compared."
        ]
        if self.untried:
            lines += ["", "No text was found for a variable of these rules, compare them by hand:"]
            lines += [f"    {rule}" for rule in self.untried]
        if self.differences:
            unexplained = len(self.unexplained) or "none"
            lines += [
                "",
                f"{_number(len(self.differences), 'difference')}, {unexplained} unexplained:",
            ]
            for difference in self.differences:
                lines += ["", str(difference)]
            if any(difference.known for difference in self.differences):
                lines += ["", 'The headings are those of the page "Differences from Werkzeug".']
        else:
            lines += ["", "No difference."]
        if self.match_ns is not None:
            theirs, ours = self.match_ns
            lines += [
                "",
                f"A match takes {theirs:,.0f} ns in Werkzeug {metadata.version('werkzeug')} and"
                f" {ours:,.0f} ns in trieroute {metadata.version('trieroute')}:"
                f" {theirs / ours:.1f} times as fast.",
            ]
        return "\n".join(lines)


def compare(
    application: Any, match_order: str = "segments", seed: int = SEED, rounds: int = ROUNDS
) -> Comparison:
    """Compare an application's map under Werkzeug with the same map under trieroute.

    This calls the application's converters. If they need a database or a context of the
    application, provide it around the call.

    :param application: an application of Flask or Quart, or a map of Werkzeug's or of trieroute's;
        it stays as it is.
    :param match_order: the match order of the map under trieroute, one of :data:`ORDERS`.
    :param seed: the seed of the values in requests; the same map and the same seed give the same
        comparison, except for its times.
    :param rounds: the number of rounds in which matching is timed; 0 to time nothing.
    :return: the differences, and the time of a match.
    :raise ValueError: *match_order* is not in :data:`ORDERS`, or *application* has no map.
    """
    if match_order not in ORDERS:
        raise ValueError(f"match_order must be one of {', '.join(ORDERS)}, not {match_order!r}")
    pair = map_pair(application, match_order)
    if pair.refused is not None:
        message = f"{type(pair.refused).__name__}: {pair.refused}"
        return Comparison(match_order, 0, 0, 0, refusal=message)
    werkzeug, trieroute = Bindings(pair.theirs), Bindings(pair.ours)
    in_segments = None
    if match_order != "segments":
        in_segments = Bindings(map_pair(application, "segments").ours)
    made = examples(pair.our_rules, seed)
    findings = _Findings(pair)
    for refusal in pair.refusals:
        findings.add_refusal(refusal)
    matching = []
    for request in made.requests:
        their_match, our_match = werkzeug.match(request), trieroute.match(request)
        if not same(their_match, our_match):
            known = explanation(request, their_match, our_match, pair, werkzeug, in_segments)
            findings.add_outcomes(request, their_match, our_match, known)
        elif our_match.kind == "match":
            matching.append(request)
    for build in made.builds:
        their_url, our_url = werkzeug.build(build), trieroute.build(build)
        if not same(their_url, our_url):
            otherwise = any(
                reads_otherwise(rule, pair)
                for rule in pair.our_rules
                if rule.endpoint == build.endpoint
            )
            findings.add_outcomes(
                build, their_url, our_url, Explanation(GRAMMAR) if otherwise else None
            )
    return Comparison(
        match_order,
        len(pair.our_rules) + len(pair.refusals),
        len(made.requests),
        len(made.builds),
        findings.differences(),
        [findings.line(pair.our_rules[number]) for number in made.without],
        match_ns(werkzeug, trieroute, matching, rounds) if matching and rounds else None,
    )


class _Findings:
    """Collects differences; those that have the same cause become one."""

    def __init__(self, pair: MapPair) -> None:
        self.pair = pair
        # Werkzeug's rule, by identity -> trieroute's.
        self.counterparts = {
            id(theirs): ours for theirs, ours in zip(pair.their_rules, pair.our_rules, strict=True)
        }
        self.found: dict[Any, Difference] = {}

    def add_outcomes(
        self, case: Request | Build, theirs: Outcome, ours: Outcome, known: Explanation | None
    ) -> None:
        """Add a case, whose cause is told by the rules and the outcomes."""
        rules = [] if known is None else list(known.rules)
        if theirs.rule is not None:
            rules.append(self.counterparts[id(theirs.rule)])
        if ours.rule is not None:
            rules.append(ours.rule)
        rules = rules or [self.pair.our_rules[case.rule]]
        cause: tuple[Any, ...]
        if known is None:
            cause = (theirs.kind, theirs.detail if theirs.error else "", ours.kind, *map(id, rules))
        elif known.heading == ORDER:
            # The reader has to decide for each pair of rules which of them should win.
            cause = (ORDER, *map(id, rules))
        else:
            cause = (known.heading,)
        heading = None if known is None else known.heading
        self.add(cause, rules, Difference([], 0, self.text(case), str(theirs), str(ours), heading))

    def add_refusal(self, refusal: Refusal) -> None:
        """Add a rule that was refused."""
        theirs, ours = (
            "taken" if error is None else f"{type(error).__name__}: {error}"
            for error in (refusal.theirs, refusal.ours)
        )
        example = "adding the rule, which was left out of both maps"
        self.add(id(refusal), [refusal.rule], Difference([], 0, example, theirs, ours))

    def add(self, cause: Any, rules: Iterable[Any], difference: Difference) -> None:
        """Count a case of a cause, and keep the shortest case as the example."""
        found = self.found.setdefault(cause, difference)
        found.count += 1
        lines = dict.fromkeys(map(self.line, rules))
        found.rules += [line for line in lines if line not in found.rules]
        if len(difference.example) < len(found.example):
            found.example, found.theirs = difference.example, difference.theirs
            found.ours = difference.ours

    def differences(self) -> list[Difference]:
        """Return the differences: first those without an explanation, last those of order."""
        return sorted(self.found.values(), key=lambda d: (d.known is not None, d.known == ORDER))

    def line(self, rule: Any) -> str:
        """Write a rule with its domain, methods and endpoint."""
        domain = rule.host if self.pair.ours.host_matching else rule.subdomain
        methods = "" if rule.methods is None else f" ({', '.join(sorted(rule.methods))})"
        return f"{f'{domain}|' if domain else ''}{rule.rule}{methods} -> {rule.endpoint}"

    def text(self, case: Request | Build) -> str:
        """Write a case, with its domain unless that is the default one."""
        if self.pair.ours.host_matching:
            return f"{case} at {case.domain!r}"
        if case.domain:
            return f"{case} at {case.domain}.{SERVER_NAME}"
        return str(case)


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
