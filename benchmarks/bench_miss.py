"""Requests that no rule takes: 404 and 405, over GitHub's REST API.

The other routers return a value where those with Werkzeug's API and the floor raise an exception.
"""

from __future__ import annotations

from pytest_benchmark.fixture import BenchmarkFixture

from .pedantic import measure
from .rows import Row, at_least, match_row

TARGETS = (at_least(6, "werkzeug"), at_least(1, "others"))

ROWS = (
    match_row("not-found", "404, GitHub REST API", TARGETS, charted=True),
    match_row(
        "not-allowed",
        "405, GitHub REST API",
        (at_least(12, "werkzeug"), at_least(1, "others")),
        charted=True,
    ),
)


def bench_miss(benchmark: BenchmarkFixture, row: Row, contestant: str) -> None:
    measure(benchmark, row, contestant)
