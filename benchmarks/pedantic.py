"""How a contestant of a row is measured under pytest-benchmark: as ``runner`` does it.

pytest-benchmark shows the time of a round. What is wanted is that of an operation, and rounds have
more of them for a fast router than for a slow one. So its clock is one that an operation moves on.
"""

from __future__ import annotations

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from .peers import Refusal
from .rows import Row
from .runner import FULL, calibrated, cost

__all__ = ["CLOCK", "measure"]


class Clock:
    """A clock that stands still unless it is moved on; called, it gives its seconds."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


#: The clock of all suites; ``conftest`` hands it to pytest-benchmark.
CLOCK = Clock()


def measure(benchmark: BenchmarkFixture, row: Row, contestant: str) -> None:
    """Measure one contestant; a byte of a row of bytes is shown as a nanosecond.

    A contestant that can't take part is skipped with its reason. Wrong answers are counted in the
    extra information, as they are in the results of ``python -m benchmarks``.
    """
    note = "" if row.unit == "ns" else f" ({row.unit} shown as ns)"
    benchmark.group = f"{row.name}: {row.title}{note}"
    try:
        entry = row.enter(contestant)
        operations, first = calibrated(entry, FULL)
    except Refusal as refusal:
        pytest.skip(f"{contestant}: {refusal}")
    rounds = entry.most_rounds or FULL.rounds
    if first:
        rounds = max(FULL.least_rounds, min(rounds, int(FULL.budget_ns / first[0])))
    benchmark.extra_info.update(
        operations=operations, checked=entry.checked, wrong=entry.wrong, remark=entry.remark
    )

    def one_round() -> None:
        CLOCK.seconds += cost(entry, operations) / 1e9

    benchmark.pedantic(one_round, rounds=rounds)  # type: ignore[no-untyped-call]
