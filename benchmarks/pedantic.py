"""How a contestant of a row is measured under pytest-benchmark."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from .peers import Refusal
from .rows import Row
from .runner import FULL, calibrated

__all__ = ["measure"]


def measure(benchmark: BenchmarkFixture, row: Row, contestant: str) -> None:
    """Measure one contestant; a round's time is that of ``operations`` in its extra information.

    A contestant that can't take part is skipped with its reason. Wrong answers are counted in the
    extra information, as they are in the results of ``python -m benchmarks``.
    """
    benchmark.group = f"{row.name}: {row.title}"
    try:
        entry = row.enter(contestant)
    except Refusal as refusal:
        pytest.skip(f"{contestant}: {refusal}")
    operations, _ = calibrated(entry, FULL)
    rounds = min(FULL.rounds, entry.most_rounds or FULL.rounds)
    benchmark.extra_info.update(
        operations=operations, checked=entry.checked, wrong=entry.wrong, remark=entry.remark
    )

    def prepared() -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (entry.prepare(operations),), {}

    own = benchmark.pedantic(lambda run: run(), setup=prepared, rounds=rounds)
    if own is not None:
        benchmark.extra_info[row.unit] = own / operations
