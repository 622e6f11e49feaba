"""Rows: what is measured, for whom, and which figure is wanted.

A row is one thing to be measured. Its contestants are routers, or one router in several
situations. Each enters with an :class:`Entry`, whose answers are checked before it is timed.
A :class:`Target` is the figure that the project wants; it stands beside its row as data.

This file knows neither how rounds are interleaved nor how results look.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import cycle, islice
from typing import Any

from .peers import PEERS, Refusal, Router, check, router_class
from .workloads import Case, Workload, load, more_cases

__all__ = [
    "Entry",
    "Row",
    "Target",
    "at_least",
    "at_most",
    "call_each",
    "fresh",
    "made",
    "match_entry",
    "match_row",
    "operations_entry",
]

#: A router that remembers answers, when it is asked for more than it can remember.
FORGETTING = "http-router, nothing remembered"
#: So many requests.
MORE_REQUESTS = 2_048

#: Seconds that the check of one router's answers may take; what is left unchecked is reported.
CHECK_SECONDS = 0.3
#: Operations that are made ready and timed together, where each has a dictionary of its own. So
#: many stay in the processor's own memory, as what a server has just made does; those of a whole
#: round don't.
AT_ONCE = 100


@dataclass
class Entry:
    """One contestant, ready to be measured.

    :param prepare: makes what so many operations need, new strings above all, and returns a
        function that does them. The caller times that function; one that returns a number has
        measured by itself, in the row's unit.
    :param cycle: number of different operations; a round does whole cycles where it can.
    :param checked: number of answers that were checked.
    :param wrong: number of them that were wrong.
    :param remark: what a reader has to know about the contestant.
    :param at_once: the most operations that are prepared and timed together; ``None`` for all of a
        round.
    :param most_rounds: rounds that are enough, if the entry measures by itself; ``None`` for as
        many as the settings say.
    """

    prepare: Callable[[int], Callable[[], float | None]]
    cycle: int = 1
    checked: int = 0
    wrong: int = 0
    remark: str = ""
    at_once: int | None = None
    most_rounds: int | None = None


@dataclass(frozen=True)
class Target:
    """A figure that is wanted: a quotient, or one contestant's own figure.

    :param bound: the bound, in the row's unit if *than* is ``None``.
    :param least: whether *bound* is the least that is wanted; otherwise it is the most.
    :param than: the contestant to compare with. ``"others"`` stands for the fastest of all other
        routers whose answers are complete and right.
    :param subject: the contestant that the target is about.
    """

    bound: float
    least: bool
    than: str | None
    subject: str = "trieroute"


def at_most(bound: float, than: str | None = None, subject: str = "trieroute") -> Target:
    """Want *subject* to cost at most *bound* times what *than* costs, or *bound* itself."""
    return Target(bound, False, than, subject)


def at_least(bound: float, than: str, subject: str = "trieroute") -> Target:
    """Want *than* to cost at least *bound* times what *subject* costs."""
    return Target(bound, True, than, subject)


@dataclass(frozen=True)
class Row:
    """One thing that is measured.

    :param name: what it is called in results; unique over all suites.
    :param title: what one operation is.
    :param enter: makes the entry of a contestant; raises :exc:`Refusal` if it can't take part.
    :param contestants: names of contestants.
    :param targets: figures that are wanted.
    :param unit: ``"ns"`` or ``"bytes"``.
    :param size: number of rules, for rows that exist in several sizes.
    :param family: what these rows have in common; how long a contestant's preparation takes at a
        large size is estimated from the smaller ones.
    :param charted: whether the chart shows the row.
    """

    name: str
    title: str
    enter: Callable[[str], Entry]
    contestants: tuple[str, ...]
    targets: tuple[Target, ...] = ()
    unit: str = "ns"
    size: int = 0
    family: str = ""
    charted: bool = False


# What is timed


def fresh(text: str) -> str:
    """Return a new string; one that was used before has its hash cached, a request's never has."""
    return text[:1] + text[1:]


# The loops, one for each form of call, as a wrapper would cost more than the fastest matches. A
# ``try`` costs nothing unless something is raised, where ``contextlib.suppress`` is two calls.


def call_each(operation: Callable[[Any], object], arguments: Iterable[Any]) -> None:
    """Call *operation* with each of *arguments*."""
    for argument in arguments:
        operation(argument)


def _match_paths(match: Callable[[str], object], paths: Iterable[str]) -> None:
    for path in paths:
        try:  # noqa: SIM105
            match(path)
        except Exception:
            pass


def _match_requests(
    match: Callable[[str, str], object], requests: Iterable[tuple[str, str]]
) -> None:
    # Some routers take the method first.
    for path, method in requests:
        try:  # noqa: SIM105
            match(path, method)
        except Exception:
            pass


def _match_bound(requests: Iterable[tuple[Callable[..., object], str, str]]) -> None:
    for match, path, method in requests:
        try:  # noqa: SIM105
            match(path, method)
        except Exception:
            pass


def match_entry(router: Router, workload: Workload) -> Entry:
    """Check a router's answers to all requests, and return what times them.

    The requests are taken round about: no router sees the same few again and again, unless
    there are only a few.
    """
    deadline = time.perf_counter() + CHECK_SECONDS
    checked = wrong = 0
    supply = cycle(workload.cases)
    misses = workload.misses if router.survives_misses else ()
    for case in (*misses, *islice(supply, len(workload.cases))):
        wrong += not check(router, case)
        checked += 1
        if time.perf_counter() > deadline:
            break

    def prepare(count: int) -> Callable[[], None]:
        cases = islice(supply, count)
        if workload.host_matching:
            requests = [(router.bound(case), *router.arguments(case)) for case in cases]
            return partial(_match_bound, requests)
        if router.takes_method:
            return partial(_match_requests, router.match, [*map(router.arguments, cases)])
        return partial(
            _match_paths, router.match, [path for case in cases for path in router.arguments(case)]
        )

    return Entry(prepare, len(workload.cases), checked, wrong, router.remark)


def made(name: str, workload: Workload) -> Router:
    """Return a router with the rules of a workload.

    :raise Refusal: it is not installed, or can't take the rules.
    """
    router = router_class(name)(workload)
    router.build()
    return router


def match_row(
    workload: str,
    title: str,
    targets: tuple[Target, ...],
    extra: Iterable[tuple[str, str]] = (),
    **settings: Any,
) -> Row:
    """Return the row of a workload: one match, by every router.

    :param workload: name of the workload, which is the row's.
    :param title: what one operation is.
    :param targets: figures that are wanted.
    :param extra: more contestants: a name, and the workload that trieroute matches for it.
    :param settings: the rest of :class:`Row`.
    """
    others = dict(extra)

    def enter(contestant: str) -> Entry:
        if contestant == FORGETTING:
            chosen = load(workload)
            router = made("http-router", chosen)
            cases = more_cases(chosen, MORE_REQUESTS)
            if len(cases) < MORE_REQUESTS:
                raise Refusal("there are no more different requests")
            entry = match_entry(router, replace(chosen, cases=tuple(cases)))
            return replace(entry, remark="2,048 different requests, in turn")
        if contestant in others:
            chosen = load(others[contestant])
            return match_entry(made("trieroute", chosen), chosen)
        chosen = load(workload)
        return match_entry(made(contestant, chosen), chosen)

    return Row(workload, title, enter, (*PEERS, FORGETTING, *others), targets, **settings)


def operations_entry(
    perform: Callable[[Any], object],
    argument: Callable[[Case], Any],
    cases: Sequence[Case],
    right: Callable[[Any, Case], bool],
) -> Entry:
    """Return the entry of an operation that takes one argument for each case.

    :param perform: the operation.
    :param argument: makes its argument, new strings included.
    :param cases: the cases, which are taken round about.
    :param right: tells whether the operation's result is right.
    """
    wrong = sum(not right(perform(argument(case)), case) for case in cases)
    supply = cycle(cases)

    def prepare(count: int) -> Callable[[], None]:
        return partial(call_each, perform, [argument(case) for case in islice(supply, count)])

    return Entry(prepare, len(cases), len(cases), wrong, at_once=AT_ONCE)
