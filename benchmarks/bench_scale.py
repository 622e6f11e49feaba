"""One match among 10 to 100,000 random rules, the requests in random order over all rules."""

from __future__ import annotations

from pytest_benchmark.fixture import BenchmarkFixture

from .bench_match import TARGETS
from .pedantic import measure
from .rows import Row, Target, at_most, match_row
from .workloads import SIZES

SMALL = 100


def scale_row(size: int, kind: str) -> Row:
    """Return the row of one size; the largest is compared with a hundred rules as well."""
    suffix = "-plain" if kind == "plain" else ""
    extra: list[tuple[str, str]] = []
    targets: tuple[Target, ...] = TARGETS
    if size == SIZES[-1]:
        label = f"trieroute, {SMALL} rules"
        extra = [(label, f"random-{SMALL}{suffix}")]
        targets = (*TARGETS, at_most(2, label))
    return match_row(
        f"random-{size}{suffix}",
        f"{size:,} random rules{', strings only' if suffix else ''}",
        targets,
        extra,
        size=size,
        family=f"random rules, {kind}",
        charted=size > SIZES[0] and kind == "plain",
    )


ROWS = tuple(scale_row(size, kind) for kind in ("typed", "plain") for size in SIZES)


def bench_scale(benchmark: BenchmarkFixture, row: Row, contestant: str) -> None:
    measure(benchmark, row, contestant)
