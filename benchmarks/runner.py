"""Measure rows: all contestants of a row in one process, in interleaved rounds.

Round 1 of every contestant comes before round 2 of any, so that whatever else the machine does
falls upon all of them alike. The garbage collector is off while the clock runs. It runs between
rounds, over the objects of the rounds alone.
"""

from __future__ import annotations

import gc
import math
import re
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from importlib import import_module
from multiprocessing import get_context

from .peers import Refusal
from .results import Figure, RowResult
from .rows import Entry, Row

__all__ = ["FULL", "QUICK", "SUITES", "Settings", "cost", "measured_apart"]

#: The suites, in the order of the results.
SUITES = (
    "match",
    "scale",
    "miss",
    "parts",
    "bind",
    "build",
    "compile",
    "memory",
    "threads",
    "worst_case",
    "starlette",
    "frameworks",
    "service",
    "requests",
    "monitoring",
)


@dataclass(frozen=True)
class Settings:
    """How long to measure.

    :param rounds: rounds of each contestant.
    :param round_ns: least nanoseconds that a round should take.
    :param budget_ns: nanoseconds of measured time after which a contestant gets no more rounds.
    :param least_rounds: rounds that every contestant gets in spite of that.
    :param prepare_seconds: a contestant whose preparation is going to take longer is left out,
        unless it is in ``MAIN``.
    :param largest: rows of more rules are left out.
    :param largest_for_all: among more rules, only the routers in ``MAIN`` are measured.
    """

    rounds: int
    round_ns: float
    budget_ns: float
    least_rounds: int
    prepare_seconds: float
    largest: int
    largest_for_all: int


FULL = Settings(25, 10e6, 4e9, 3, 60, 100_000, 100_000)
QUICK = Settings(7, 3e6, 3e8, 1, 60, 10_000, 1_000)
#: The routers that are never left out of a table which is measured.
MAIN = ("floor", "trieroute", "werkzeug")

#: Nanoseconds that a round may take for each different operation, where a whole cycle of them is
#: longer than a round.
CYCLE_NS = 1_000


@dataclass
class Preparation:
    """How long contestants took to prepare, to foresee how long a larger table takes."""

    #: By family and contestant: pairs of size and seconds, smaller sizes first.
    seconds: dict[tuple[str, str], list[tuple[int, float]]] = field(default_factory=dict)

    def note(self, row: Row, contestant: str, seconds: float) -> None:
        """Keep how long a contestant took."""
        if row.family:
            self.seconds.setdefault((row.family, contestant), []).append((row.size, seconds))

    def expect(self, row: Row, contestant: str, settings: Settings) -> None:
        """Do nothing if a contestant is going to be ready in time.

        :raise Refusal: the row is too large, or the contestant's time, growing as it did, is
            going to be too long.
        """
        if row.size > (settings.largest if contestant in MAIN else settings.largest_for_all):
            raise Refusal("not run: a quick run leaves this out")
        known = self.seconds.get((row.family, contestant), [])
        if contestant in MAIN or len(known) < 2:
            return
        (small, before), (size, seconds) = known[-2:]
        growth = max(1.0, math.log(seconds / before) / math.log(size / small))
        expected = seconds * (row.size / size) ** growth
        if expected > settings.prepare_seconds:
            raise Refusal(
                f"not run: {size:,} rules took {seconds:.1f} s to prepare,"
                f" {row.size:,} would take about {expected:,.0f} s"
            )


def measured_apart(suite: str, settings: Settings, wanted: Iterable[str]) -> list[RowResult]:
    """Measure all rows of a suite in a process of their own, and show on stderr what goes on.

    :param suite: its name.
    :param settings: how long to measure.
    :param wanted: the routers that take part; none for all.
    :raise RuntimeError: the process died, which the compiled code of a router may cause.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        try:
            return pool.submit(_measured_suite, suite, settings, wanted).result()
        except BrokenProcessPool:
            raise RuntimeError(
                f"suite {suite}: a router brought its process down; find it with"
                f" --only {suite} --peers NAME, one router at a time"
            ) from None


def _measured_suite(suite: str, settings: Settings, wanted: Iterable[str]) -> list[RowResult]:
    from rich.console import Console

    with Console(stderr=True).status(suite) as status:

        def progress(text: str) -> None:
            status.update(f"{suite}: {text}")

        return measured_suite(suite, settings, wanted, progress)


def measured_suite(
    suite: str, settings: Settings, wanted: Iterable[str], progress: Callable[[str], None]
) -> list[RowResult]:
    """Measure all rows of a suite in this process; *progress* is told what goes on."""
    names = set(wanted)
    preparation = Preparation()
    results = []
    for row in import_module(f"benchmarks.bench_{suite}").ROWS:
        contestants = [
            name for name in row.contestants if not names or re.split("[,.]", name)[0] in names
        ]
        figures = _measured(row, contestants, settings, preparation, progress)
        results.append(RowResult.of(suite, row, figures))
    return results


def _measured(
    row: Row,
    contestants: Iterable[str],
    settings: Settings,
    preparation: Preparation,
    progress: Callable[[str], None],
) -> list[Figure]:
    figures = []
    racing: list[tuple[Figure, Entry]] = []
    for contestant in contestants:
        progress(f"{row.name}: {contestant} gets ready")
        figure = Figure(contestant)
        figures.append(figure)
        start = time.perf_counter()
        try:
            preparation.expect(row, contestant, settings)
            entry = row.enter(contestant)
            # What exists from now on is left alone by the collections between rounds.
            gc.collect()
            gc.freeze()
            figure.operations, first = calibrated(entry, settings)
        except Refusal as refusal:
            figure.state, figure.remark = "refused", str(refusal)
            continue
        except Exception as error:
            figure.state, figure.remark = "failed", f"{type(error).__name__}: {error}"
            continue
        preparation.note(row, contestant, time.perf_counter() - start)
        figure.checked, figure.wrong, figure.remark = entry.checked, entry.wrong, entry.remark
        figure.rounds += first
        racing.append((figure, entry))
    progress(f"{row.name}: rounds")
    _race(racing, settings)
    racing.clear()
    gc.unfreeze()
    return figures


def _race(racing: list[tuple[Figure, Entry]], settings: Settings) -> None:
    """Give every contestant its rounds, in turn."""
    while racing:
        for figure, entry in list(racing):
            rounds = len(figure.rounds)
            spent = sum(figure.rounds) * figure.operations
            enough = rounds >= min(settings.rounds, entry.most_rounds or settings.rounds)
            if enough or (rounds >= settings.least_rounds and spent > settings.budget_ns):
                racing.remove((figure, entry))
                continue
            figure.rounds.append(cost(entry, figure.operations))


def calibrated(entry: Entry, settings: Settings) -> tuple[int, list[float]]:
    """Find out how many operations make a round.

    :return: the number; and the rounds that were measured on the way, which are none unless one
        operation is longer than a round.
    """
    if entry.most_rounds is not None:
        return 1, []
    goal = max(settings.round_ns, CYCLE_NS * entry.cycle)
    count = 1
    while (spent := cost(entry, count) * count) < goal / 8:
        count *= 4
    if count == 1 and spent > goal:
        return 1, [spent]
    wanted = goal * count / spent
    if wanted >= entry.cycle:
        return entry.cycle * int(wanted // entry.cycle), []
    return max(1, int(wanted)), []


def cost(entry: Entry, operations: int) -> float:
    """Return what an operation costs, measured over so many."""
    at_once = entry.at_once or operations
    elapsed = 0.0
    run = entry.prepare(min(at_once, operations))
    gc.collect()
    gc.disable()
    try:
        for done in range(0, operations, at_once):
            if done:
                run = entry.prepare(min(at_once, operations - done))
            # The time of this thread alone: not that of other programs that take turns with it.
            start = time.thread_time_ns()
            own = run()
            elapsed += time.thread_time_ns() - start if own is None else own
    finally:
        gc.enable()
    return elapsed / operations
