"""The start of an application: rules made, added and compiled; a rule added later; the import.

Where a router has objects for its rules, they are made within the time. The translation of the
rules into a router's syntax is not within it. The first match is, since some compile at that time.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any

from pytest_benchmark.fixture import BenchmarkFixture

from .pedantic import measure
from .peers import PEERS, Refusal, check, router_class, version
from .rows import Entry, Row, Target, at_least, at_most, call_each, made
from .workloads import load

MILLISECOND = 1e6
PLAIN = "compile, strings only"

ROUTERS = tuple(name for name in PEERS if name != "floor")

IMPORT = """
import sys, time, werkzeug.routing
start = time.thread_time_ns()
import trieroute
sys.stdout.write(str(time.thread_time_ns() - start))
"""
IMPORT_ROUNDS = 15


def enter(workload_name: str, contestant: str) -> Entry:
    """Time a router's way from rules to the first match.

    Nothing is freed within the time, since no program starts by freeing a table.
    """
    workload = load(workload_name)
    contestant_class = router_class(contestant)
    case = workload.cases[0]

    def perform(router: Any) -> None:
        router.build()
        check(router, case)

    def prepare(count: int) -> Callable[[], None]:
        return partial(call_each, perform, [contestant_class(workload) for _ in range(count)])

    return Entry(prepare, remark=contestant_class(workload).remark)


def enter_change(workload_name: str, contestant: str) -> Entry:
    """Time one rule that is added to a map in use, and the match after it.

    The rules stay, so that each is added to a map with one more.
    """
    workload = load(workload_name)
    router: Any = made(contestant, workload)
    case = workload.cases[0]
    check(router, case)
    numbers = count()

    def prepare(operations: int) -> Callable[[], None]:
        paths = [f"/added/<x>/{next(numbers)}" for _ in range(operations)]
        rules = [router.rule_class(path, endpoint=path) for path in paths]

        def perform(rule: Any) -> None:
            router.map.add(rule)
            router.match(case.path, case.method)

        return partial(call_each, perform, rules)

    return Entry(prepare)


def enter_import(contestant: str) -> Entry:
    """Time the import in new processes that have imported ``werkzeug.routing`` before."""
    if contestant != "trieroute":
        raise Refusal("is imported before")

    environment = {**os.environ}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)

    def imports(count: int) -> float:
        total = 0.0
        for _ in range(count):
            done = subprocess.run(
                [sys.executable, "-c", IMPORT],
                check=True,
                capture_output=True,
                text=True,
                env=environment,
            )
            total += float(done.stdout)
        return total

    imports(1)  # Writes the byte code.
    return Entry(lambda count: partial(imports, count), most_rounds=IMPORT_ROUNDS)


def enter_install(workload_name: str, contestant: str) -> Entry:
    """Time ``trieroute.flask.install`` on a new application of Flask with so many rules."""
    if version("Flask") is None:
        raise Refusal("Flask is not installed")
    import flask

    import trieroute.flask

    workload = load(workload_name)
    converters = router_class("werkzeug")(workload).converters  # type: ignore[attr-defined]

    def application() -> Any:
        app = flask.Flask("benchmark", static_folder=None)
        app.url_map.converters.update(converters)
        for number, spec in enumerate(workload.specs):
            app.add_url_rule(spec.rule, f"view{number}", methods=spec.methods)
        return app

    def prepare(count: int) -> Callable[[], None]:
        apps = [application() for _ in range(count)]
        return partial(call_each, trieroute.flask.install, apps)

    return Entry(prepare, most_rounds=3)


def compile_row(
    workload_name: str, title: str, *targets: Target, size: int = 0, family: str = ""
) -> Row:
    """Return the row of a workload."""
    return Row(
        f"compile-{workload_name}",
        title,
        partial(enter, workload_name),
        ROUTERS,
        targets,
        size=size,
        family=family,
    )


ROWS = (
    compile_row("github", "GitHub REST API, 1,225 rules"),
    compile_row("random-100-plain", "100 random rules, strings only", size=100, family=PLAIN),
    compile_row("random-1000-plain", "1,000 random rules, strings only", size=1_000, family=PLAIN),
    compile_row(
        "random-10000-plain",
        "10,000 random rules, strings only",
        at_most(150 * MILLISECOND),
        at_least(30, "werkzeug"),
        size=10_000,
        family=PLAIN,
    ),
    compile_row(
        "random-10000",
        "10,000 random rules",
        at_most(100 * MILLISECOND),
        at_least(25, "werkzeug"),
        size=10_000,
    ),
    *(
        Row(
            f"change-random-{size}",
            f"one rule added to {size:,} random rules, and a match",
            partial(enter_change, f"random-{size}"),
            ("trieroute", "werkzeug"),
            (at_most(most * MILLISECOND), at_least(1, "werkzeug")),
        )
        for size, most in ((1_000, 0.5), (10_000, 8))
    ),
    Row(
        "install-random-10000",
        "install on an application of Flask with 10,000 random rules",
        partial(enter_install, "random-10000"),
        ("trieroute",),
        (at_most(300 * MILLISECOND),),
        size=10_000,
    ),
    Row(
        "import",
        "import trieroute, werkzeug.routing being imported",
        enter_import,
        ("trieroute",),
        (at_most(8 * MILLISECOND),),
    ),
)


def bench_compile(benchmark: BenchmarkFixture, row: Row, contestant: str) -> None:
    measure(benchmark, row, contestant)
