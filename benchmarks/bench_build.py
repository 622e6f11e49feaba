"""One URL: ``MapAdapter.build(endpoint, values)``, over GitHub's API."""

from __future__ import annotations

from functools import partial
from typing import Any

from pytest_benchmark.fixture import BenchmarkFixture

from .compiled import floor
from .pedantic import measure
from .peers import Refusal, template
from .rows import Entry, Row, at_least, at_most, fresh, made, operations_entry
from .workloads import HOST, Case, load


def enter(workload_name: str, contestant: str) -> Entry:
    """Time the builds of all requests; Werkzeug's URLs are the right ones."""
    workload = load(workload_name)
    if contestant == "floor":
        if workload_name != "github":
            raise Refusal("is defined for path values alone")
        build = floor().BuildFloor({spec.endpoint: template(spec) for spec in workload.specs}).build
    else:
        build = adapter(contestant, workload_name).build
    wanted = adapter("werkzeug", workload_name).build

    def prepare(case: Case) -> tuple[str | None, dict[str, Any]]:
        # The endpoint is a text of the program, whose hash is cached; values come with a request.
        return case.endpoint, {
            name: fresh(value) if isinstance(value, str) else value
            for name, value in case.values.items()
        }

    def perform(arguments: tuple[str | None, dict[str, Any]]) -> Any:
        endpoint, values = arguments
        return build(endpoint, values)

    def right(url: Any, case: Case) -> bool:
        return bool(url == wanted(case.endpoint, case.values))

    return operations_entry(perform, prepare, workload.cases, right)


def adapter(contestant: str, workload_name: str) -> Any:
    """Return a map of the workload's rules, bound to its host."""
    return made(contestant, load(workload_name)).map.bind(HOST)  # type: ignore[attr-defined]


def build_row(workload_name: str, title: str, *targets: Any) -> Row:
    """Return the row of a workload."""
    return Row(
        f"build-{workload_name}",
        title,
        partial(enter, workload_name),
        ("floor", "trieroute", "werkzeug"),
        targets,
    )


ROWS = (
    build_row("github", "path values only", at_most(2, "floor"), at_least(12, "werkzeug")),
    build_row("quoted-builds", "values to be percent-encoded", at_least(10, "werkzeug")),
    build_row("query-builds", "with a query of two values", at_least(10, "werkzeug")),
)


def bench_build(benchmark: BenchmarkFixture, row: Row, contestant: str) -> None:
    measure(benchmark, row, contestant)
