"""One URL: ``MapAdapter.build(endpoint, values)``, over GitHub's API and in hot loops."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import werkzeug.routing
from pytest_benchmark.fixture import BenchmarkFixture

import trieroute

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


#: Rules of programs, and what their endpoints are built with in a hot loop, by the name of the row:
#: what it is, endpoint and values, and whether the URL is a full one.
HOT_RULES = (
    ("/static/page", "static"),
    ("/users/<int:id>", "one"),
    ("/users/<name>/files/<int:number>", "two"),
)
HOT: dict[str, tuple[str, str, dict[str, Any], bool]] = {
    "static": ("no value", "static", {}, False),
    "one": ("one int", "one", {"id": 1234}, False),
    "two": ("a text and an int", "two", {"name": "ann", "number": 1234}, False),
    "external": ("one int, a full URL", "one", {"id": 1234}, True),
    "query": ("one int, a query of two", "one", {"id": 1234, "page": 12, "tag": "abc"}, False),
}


def enter_hot(name: str, contestant: str) -> Entry:
    """Time one URL again and again, as a page of links does; its values are in a new dict."""
    _, endpoint, values, external = HOT[name]
    build = hot_build(name, contestant)
    wanted = hot_build(name, "werkzeug")

    def right(url: Any) -> bool:
        return bool(url == wanted(endpoint, dict(values), None, external))

    def prepare(count: int) -> Callable[[], None]:
        return partial(call_hot, build, endpoint, [dict(values) for _ in range(count)], external)

    wrong = not right(build(endpoint, dict(values), None, external))
    return Entry(prepare, checked=1, wrong=wrong)


def call_hot(
    build: Callable[..., object], endpoint: str, many: list[dict[str, Any]], external: bool
) -> None:
    """Build a URL with each of *many* values, by the arguments that a program gives."""
    if external:
        for values in many:
            build(endpoint, values, None, True)
    else:
        for values in many:
            build(endpoint, values)


def hot_build(name: str, contestant: str) -> Any:
    """Return what builds the URLs of a row; the floor has a function that is written for it."""
    if contestant == "floor":
        return getattr(floor(), f"build_{name}")
    routing = trieroute if contestant == "trieroute" else werkzeug.routing
    rules = [routing.Rule(rule, endpoint=endpoint) for rule, endpoint in HOT_RULES]
    return routing.Map(rules).bind(HOST).build


def hot_row(name: str, least: float) -> Row:
    """Return the row of a URL in a hot loop; *least* is what Werkzeug takes at least."""
    return Row(
        f"build-{name}",
        HOT[name][0],
        partial(enter_hot, name),
        ("floor", "trieroute", "werkzeug"),
        (at_most(1.3, "floor"), at_least(least, "werkzeug")),
    )


ROWS = (
    hot_row("static", 9),
    hot_row("one", 9),
    hot_row("two", 9),
    hot_row("external", 6),
    hot_row("query", 10),
    build_row("github", "path values only", at_most(2, "floor"), at_least(12, "werkzeug")),
    build_row("quoted-builds", "values to be percent-encoded", at_least(10, "werkzeug")),
    build_row("query-builds", "with a query of two values", at_least(10, "werkzeug")),
)


def bench_build(benchmark: BenchmarkFixture, row: Row, contestant: str) -> None:
    measure(benchmark, row, contestant)
