"""How a contestant of a row runs under pytest-benchmark: by that tool's own timer.

A round is the same number of operations for every contestant of a row, so that the times of rounds
can be compared. The strings of its operations are made anew before the timer starts. Ratios are
published from the interleaved rounds of ``python -m benchmarks`` alone.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from .peers import Refusal
from .rows import Row
from .runner import cost

__all__ = ["measure"]

#: The most operations of a round: a slow router takes a second for so many.
OPERATIONS = 200
#: Nanoseconds that the rounds of a contestant should take.
BUDGET_NS = 1e9
LEAST_ROUNDS, MOST_ROUNDS = 3, 1_000


def measure(benchmark: BenchmarkFixture, row: Row, contestant: str) -> None:
    """Let pytest-benchmark time the rounds of one contestant.

    A contestant that can't take part is skipped with its reason, and so is one that measures by
    itself. Wrong answers are counted in the extra information, as they are in the results of
    ``python -m benchmarks``.
    """
    try:
        entry = row.enter(contestant)
    except Refusal as refusal:
        pytest.skip(f"{contestant}: {refusal}")
    if entry.most_rounds is not None:
        pytest.skip(f"{contestant}: it measures by itself, which python -m benchmarks shows")
    operations = min(entry.cycle, OPERATIONS)
    benchmark.group = f"{row.name}: {row.title}" + f", {operations} times" * (operations > 1)
    benchmark.extra_info.update(
        operations=operations, checked=entry.checked, wrong=entry.wrong, remark=entry.remark
    )
    # The first round warms up as well: what is compiled at the first match is compiled here.
    affordable = int(BUDGET_NS / (cost(entry, operations) * operations))

    def prepare() -> tuple[tuple[Callable[[], float | None]], dict[str, object]]:
        return (entry.prepare(operations),), {}

    benchmark.pedantic(  # type: ignore[no-untyped-call]
        run, setup=prepare, rounds=max(LEAST_ROUNDS, min(affordable, MOST_ROUNDS))
    )


def run(operations: Callable[[], float | None]) -> None:
    """Do the operations that were prepared."""
    operations()
