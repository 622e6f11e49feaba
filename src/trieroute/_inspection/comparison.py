"""Comparing an application's map under Werkzeug with the same map under trieroute."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .._dropin.install import notes_of
from .._errors import BuildError
from .._map import Map
from .._rules.checks import as_written
from .._rules.methods import methods_of
from .._rules.order import MATCH_ORDERS, MatchOrder
from .application import map_of, order_in_force, router_of
from .examples import Build, Request, examples
from .known_differences import (
    Heading,
    KnownDifference,
    encoded_alone,
    known_difference,
    reads_otherwise,
)
from .map_pair import MapPair, map_pair
from .outcomes import SERVER_NAME, BoundMap, Outcome, same
from .report import Comparison, Difference
from .timing import ROUNDS, interleaved_ns
from .whole_requests import request_ns

__all__ = ["SEED", "Comparison", "Difference", "compare"]

#: Seed of the values in the requests.
SEED = 3158


def compare(
    application: Any,
    match_order: MatchOrder | None = None,
    *,
    seed: int = SEED,
    rounds: int = ROUNDS,
) -> Comparison:
    """Compare an application's map under Werkzeug with the same map under trieroute.

    Of an application of Starlette or FastAPI, the routes are compared as they are with what
    :func:`trieroute.starlette.speedup` makes of them.

    This calls the application's converters. If they need a database or a context of the
    application, provide it around the call.

    :param application: an application of Flask, Quart, Starlette or FastAPI, a router of
        Starlette's or of trieroute's, or a map of Werkzeug's or of trieroute's; it stays as it is.
    :param match_order: the match order of the map under trieroute; ``None`` for the one that would
        be in force: a map of trieroute's has its own, a map of an application gets ``"segments"``
        by ``install``, and a map that is made of trieroute's class in place of Werkzeug's gets
        ``"weights"``.
    :param seed: the seed of the values in requests; the same map and the same seed give the same
        comparison, except for its times.
    :param rounds: the number of rounds in which matches and builds are timed; 0 to time nothing.
    :return: the differences, and the times of a match and of a URL.
    :raise ValueError: *match_order* is no match order, or *application* has no map.
    """
    router = router_of(application)
    if router is not None:
        # It needs Starlette, which is there if the application has made a router of it.
        from .asgi_routes import compare_routes

        return compare_routes(router, application, seed, rounds)
    by_itself = match_order is None and map_of(application) is application
    if match_order is None:
        match_order = order_in_force(application)
    if match_order not in MATCH_ORDERS:
        orders = ", ".join(MATCH_ORDERS)
        raise ValueError(f"match_order must be one of {orders}, not {match_order!r}")
    pair = map_pair(application, match_order)
    if pair.refused is not None:
        message = f"{type(pair.refused).__name__}: {pair.refused}"
        return Comparison(match_order, 0, 0, 0, refusal=message)
    werkzeug, trieroute = BoundMap(pair.theirs), BoundMap(pair.ours)
    in_segments = None
    if match_order != "segments":
        in_segments = BoundMap(map_pair(application, "segments").ours)
    cases = examples(pair.our_rules, seed)
    findings = _Findings(pair)
    for rule, theirs, ours in pair.refusals:
        example = "adding the rule, which was left out of both maps"
        findings.add((id(rule),), [rule], example, theirs, ours)
    matching, built = [], []
    # Of a rule whose every case raises the same in both, nothing is known.
    matches, urls = _Untold(), _Untold()
    for request in cases.requests:
        theirs, ours = werkzeug.match(request), trieroute.match(request)
        matches.see(request.rule, theirs, ours)
        if not same(theirs, ours):
            known = known_difference(request, theirs, ours, pair, werkzeug, in_segments)
            findings.add_case(request, theirs, ours, known)
        elif ours.kind == "match":
            matching.append(request)
    for build in cases.builds:
        theirs, ours = werkzeug.build(build), trieroute.build(build)
        urls.see(build.rule, theirs, ours)
        if not same(theirs, ours):
            otherwise = any(
                reads_otherwise(rule, pair)
                for rule in pair.our_rules
                if rule.endpoint == build.rule.endpoint
            )
            known = KnownDifference(Heading.GRAMMAR) if otherwise else None
            if encoded_alone(theirs, ours):
                known = KnownDifference(Heading.ENCODED)
            findings.add_case(build, theirs, ours, known)
        elif ours.kind == "url" and build.method is None and not build.external:
            built.append(build)
    notes = [note for rule in pair.our_rules for note in notes_of(rule)]
    untried = {id(rule): f"its requests raised {what}" for rule, what in matches.left()}
    untried |= {id(rule): reason for rule, reason in cases.untried}
    notes += [
        f"rule {as_written(rule)!r}: its URLs were not compared, building them raised {what}"
        for rule, what in urls.left()
    ]
    left = None
    if by_itself and match_order != "segments" and not isinstance(application, Map) and matching:
        left = compare(application, "segments", seed=seed, rounds=0).differences
    match_ns = interleaved_ns(werkzeug, trieroute, matching, rounds)
    framework = hasattr(application, "view_functions")
    whole = request_ns(application, matching, rounds, None if framework else pair.ours)
    whole_ns = None if whole is None else whole.ns
    in_trieroute = isinstance(map_of(application), Map) or not framework
    if whole_ns is not None and match_ns is not None and in_trieroute:
        # It is told what a request takes under Werkzeug.
        whole_ns += match_ns[0] - match_ns[1]
    return Comparison(
        match_order,
        len(pair.our_rules) + len(pair.refusals),
        len(cases.requests),
        len(cases.builds),
        findings.differences(),
        [
            f"{findings.line(rule)}: {untried[id(rule)]}"
            for rule in pair.our_rules
            if id(rule) in untried
        ],
        match_ns,
        interleaved_ns(werkzeug, trieroute, built, rounds),
        notes=[*dict.fromkeys(notes)],  # A mount is several rules.
        request_ns=whole_ns,
        in_segments=left,
    )


class _Untold:
    """Finds the rules whose cases come to the same exception in both maps, and to nothing else."""

    def __init__(self) -> None:
        self._raised: dict[int, tuple[Any, str]] = {}
        self._told: set[int] = set()

    def see(self, rule: Any, theirs: Outcome, ours: Outcome) -> None:
        """Note what a case of a rule comes to."""
        if ours.kind in ("match", "redirect", "url") or not same(theirs, ours):
            self._told.add(id(rule))
        elif ours.kind == "exception" and not isinstance(ours.error, BuildError):
            self._raised.setdefault(id(rule), (rule, str(ours)))

    def left(self) -> list[tuple[Any, str]]:
        """Return the rules, each with one of the exceptions."""
        return [given for number, given in self._raised.items() if number not in self._told]


class _Findings:
    """Collects differences; those that have the same cause become one."""

    def __init__(self, pair: MapPair) -> None:
        self.pair = pair
        self.found: dict[tuple[object, ...], Difference] = {}

    def add_case(
        self, case: Request | Build, theirs: Outcome, ours: Outcome, known: KnownDifference | None
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
        domain = rule._domain_rule
        taken = methods_of(rule)
        methods = "" if taken is None else f" ({', '.join(taken)})"
        return f"{f'{domain}|' if domain else ''}{as_written(rule)}{methods} -> {rule.endpoint}"
