"""One match: ``MapAdapter.match(path, method)``, and what other routers have in its place."""

from __future__ import annotations

from pytest_benchmark.fixture import BenchmarkFixture

from .pedantic import measure
from .rows import Row, at_least, at_most, match_row

TARGETS = (at_most(1.3, "floor"), at_least(25, "werkzeug"), at_least(1, "others"))

ROWS = (
    match_row("google-plus", "Google+ API, 13 rules", TARGETS, charted=True),
    match_row("github", "GitHub REST API, 1,225 rules", TARGETS, charted=True),
    match_row("github-apart", "1,000 of them, apart enough for nanoroute", TARGETS),
    match_row("random-1000-plain-apart", "random rules, apart enough for nanoroute", TARGETS),
    match_row("static", "500 rules without variables", TARGETS, charted=True),
    match_row("deep", "up to 10 variables, 100 rules", TARGETS, charted=True),
    match_row(
        "overlapping",
        "1,024 overlapping rules",
        (at_most(1.5, "floor"), *TARGETS[1:]),
        charted=True,
    ),
    match_row("converters", "typed converters, 200 rules", TARGETS, charted=True),
    match_row("non-ascii-latin-1", "Latin-1 paths, 100 rules", TARGETS),
    match_row("non-ascii-bmp", "Greek and CJK paths, 100 rules", TARGETS, charted=True),
    match_row("non-ascii-astral", "emoji paths, 100 rules", TARGETS),
    match_row("in-segment", "several variables in a segment, 100 rules", TARGETS, charted=True),
    match_row("path-middle", "path variable in the middle, 100 rules", TARGETS, charted=True),
    match_row("hosts", "800 host rules with regexes", (at_least(8, "werkzeug"),), charted=True),
)


def bench_match(benchmark: BenchmarkFixture, row: Row, contestant: str) -> None:
    measure(benchmark, row, contestant)
