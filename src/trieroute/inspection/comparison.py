"""Comparing an application's map under Werkzeug with the same map under trieroute."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib import metadata
from typing import Any

from .examples import Build, Request, examples
from .explanations import Explanation, Heading, explanation, reads_otherwise
from .map_pair import MapPair, map_pair
from .outcomes import SERVER_NAME, Bindings, Outcome, same
from .timing import ROUNDS, interleaved_ns

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
        return "\n".join(
            (
                f"{self.known or 'Unexplained'} ({_number(self.count, 'case')})",
                *(f"    {rule}" for rule in self.rules),
                f"  example    {self.example}",
                f"  werkzeug   {self.theirs}",
                f"  trieroute  {self.ours}",
            )
        )


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
    :param build_ns: the same for a URL that is built.
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
    build_ns: tuple[float, float] | None = None
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
        blocks = [
            f"{_number(self.rules, 'rule')}, match order {self.match_order}:"
            f" {_number(self.requests, 'request')} and {_number(self.builds, 'URL')} compared."
        ]
        if self.untried:
            rules = "".join(f"\n    {rule}" for rule in self.untried)
            blocks.append(
                f"No text was found for a variable of these rules, compare them by hand:{rules}"
            )
        if self.differences:
            unexplained = len(self.unexplained) or "none"
            number = _number(len(self.differences), "difference")
            blocks += [f"{number}, {unexplained} unexplained:", *map(str, self.differences)]
            if any(difference.known for difference in self.differences):
                blocks.append('The headings are those of the page "Differences from Werkzeug".')
        else:
            blocks.append("No difference.")
        for noun, times in ("match", self.match_ns), ("URL", self.build_ns):
            if times is not None:
                blocks.append(
                    f"A {noun} takes {times[0]:,.0f} ns in Werkzeug {metadata.version('werkzeug')}"
                    f" and {times[1]:,.0f} ns in trieroute {metadata.version('trieroute')}:"
                    f" {times[0] / times[1]:.1f} times as fast."
                )
        return "\n\n".join(blocks)


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
    :param rounds: the number of rounds in which matches and builds are timed; 0 to time nothing.
    :return: the differences, and the times of a match and of a URL.
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
    cases = examples(pair.our_rules, seed)
    findings = _Findings(pair)
    for rule, theirs, ours in pair.refusals:
        example = "adding the rule, which was left out of both maps"
        findings.add((id(rule),), [rule], example, theirs, ours)
    matching, built = [], []
    for request in cases.requests:
        theirs, ours = werkzeug.match(request), trieroute.match(request)
        if not same(theirs, ours):
            known = explanation(request, theirs, ours, pair, werkzeug, in_segments)
            findings.add_case(request, theirs, ours, known)
        elif ours.kind == "match":
            matching.append(request)
    for build in cases.builds:
        theirs, ours = werkzeug.build(build), trieroute.build(build)
        if not same(theirs, ours):
            otherwise = any(
                reads_otherwise(rule, pair)
                for rule in pair.our_rules
                if rule.endpoint == build.rule.endpoint
            )
            known = Explanation(Heading.GRAMMAR) if otherwise else None
            findings.add_case(build, theirs, ours, known)
        elif ours.kind == "url" and build.method is None and not build.external:
            built.append(build)
    return Comparison(
        match_order,
        len(pair.our_rules) + len(pair.refusals),
        len(cases.requests),
        len(cases.builds),
        findings.differences(),
        [findings.line(rule) for rule in cases.untried],
        interleaved_ns(werkzeug, trieroute, matching, rounds),
        interleaved_ns(werkzeug, trieroute, built, rounds),
    )


class _Findings:
    """Collects differences; those that have the same cause become one."""

    def __init__(self, pair: MapPair) -> None:
        self.pair = pair
        self.found: dict[tuple[object, ...], Difference] = {}

    def add_case(
        self, case: Request | Build, theirs: Outcome, ours: Outcome, known: Explanation | None
    ) -> None:
        """Add a case, whose cause is told by the rules and the outcomes."""
        heading, rules = (None, []) if known is None else (known.heading, [*known.rules])
        if theirs.rule is not None:
            rules.append(self.pair.counterparts[id(theirs.rule)])
        if ours.rule is not None:
            rules.append(ours.rule)
        rules = rules or [case.rule]
        cause: tuple[object, ...] = (heading,)
        if heading is None:
            exception = theirs.detail if theirs.kind == "exception" else ""
            cause = (theirs.kind, exception, ours.kind, *map(id, rules))
        elif heading is Heading.ORDER:
            # The reader has to decide for each pair of rules which of them should win.
            cause = (heading, *map(id, rules))
        example = str(case)
        if self.pair.ours.host_matching:
            example += f" at {case.domain!r}"
        elif case.domain:
            example += f" at {case.domain}.{SERVER_NAME}"
        self.add(cause, rules, example, theirs, ours, heading)

    def add(
        self,
        cause: tuple[object, ...],
        rules: Iterable[Any],
        example: str,
        theirs: Outcome,
        ours: Outcome,
        heading: Heading | None = None,
    ) -> None:
        """Count a case of a cause, and keep the shortest case as the example."""
        new = Difference([], 0, example, str(theirs), str(ours), heading)
        found = self.found.setdefault(cause, new)
        if len(example) < len(found.example):
            found.example, found.theirs, found.ours = example, new.theirs, new.ours
        found.count += 1
        found.rules = [*dict.fromkeys((*found.rules, *map(self.line, rules)))]

    def differences(self) -> list[Difference]:
        """Return the differences: first those without an explanation, last those of order."""
        return sorted(
            self.found.values(), key=lambda d: (d.known is not None, d.known == Heading.ORDER)
        )

    def line(self, rule: Any) -> str:
        """Write a rule with its domain, methods and endpoint."""
        domain = rule.host if self.pair.ours.host_matching else rule.subdomain
        methods = "" if rule.methods is None else f" ({', '.join(sorted(rule.methods))})"
        return f"{f'{domain}|' if domain else ''}{rule.rule}{methods} -> {rule.endpoint}"


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
