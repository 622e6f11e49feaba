"""A match with the binding before it, as an application does at each request: GitHub's API."""

from __future__ import annotations

from typing import Any

from pytest_benchmark.fixture import BenchmarkFixture

from .pedantic import measure
from .rows import Entry, Row, at_least, fresh, made, operations_entry
from .workloads import Case, load

PEERS = ("trieroute", "werkzeug")


def environ(case: Case) -> dict[str, Any]:
    """Return a new WSGI environment for a request."""
    return {
        "REQUEST_METHOD": case.method,
        "PATH_INFO": fresh(case.path),
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "HTTP_HOST": fresh(case.host),
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
    }


def enter_bind_to_environ(contestant: str) -> Entry:
    """Time ``bind_to_environ`` and ``match(return_rule=True)``, as Flask calls them."""
    workload = load("github")
    url_map: Any = made(contestant, workload).map  # type: ignore[attr-defined]

    def perform(environ: dict[str, Any]) -> Any:
        return url_map.bind_to_environ(environ).match(return_rule=True)

    def right(result: Any, case: Case) -> bool:
        rule, values = result
        return bool(rule.endpoint == case.endpoint and values == case.values)

    return operations_entry(perform, environ, workload.cases, right)


def enter_bind(contestant: str) -> Entry:
    """Time ``bind`` and ``match``."""
    workload = load("github")
    url_map: Any = made(contestant, workload).map  # type: ignore[attr-defined]

    def perform(request: tuple[str, str, str]) -> Any:
        host, path, method = request
        return url_map.bind(host).match(path, method)

    def right(result: Any, case: Case) -> bool:
        return bool(result == (case.endpoint, case.values))

    return operations_entry(
        perform,
        lambda case: (fresh(case.host), fresh(case.path), case.method),
        workload.cases,
        right,
    )


ROWS = (
    Row(
        "bind-to-environ",
        "bind_to_environ and match(return_rule=True), GitHub REST API",
        enter_bind_to_environ,
        PEERS,
        (at_least(30, "werkzeug"),),
    ),
    Row("bind-and-match", "bind and match, GitHub REST API", enter_bind, PEERS),
)


def bench_bind(benchmark: BenchmarkFixture, row: Row, contestant: str) -> None:
    measure(benchmark, row, contestant)
