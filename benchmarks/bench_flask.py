"""A whole WSGI request of a Flask application with 200 rules, on either map."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from pytest_benchmark.fixture import BenchmarkFixture

import trieroute

from .bench_bind import environ
from .pedantic import measure
from .peers import Refusal, version
from .rows import Entry, Row, at_most, operations_entry
from .workloads import Case, load

WORKLOAD = "converters"


class SegmentMap(trieroute.Map):
    """A map with Werkzeug's order, so that both applications dispatch alike."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings, match_order="segments")


def application(contestant: str) -> Any:
    """Return an application whose views answer with endpoint and values."""
    if version("flask") is None:
        raise Refusal("Flask is not installed")
    from flask import Flask

    from .peers import PEERS

    class App(Flask):
        if contestant == "trieroute":
            url_map_class = SegmentMap  # type: ignore[assignment]
            url_rule_class = trieroute.Rule  # type: ignore[assignment]

    workload = load(WORKLOAD)
    app = App("benchmark", static_folder=None)
    app.url_map.converters.update(PEERS[contestant](workload).converters)  # type: ignore[attr-defined]
    for number, spec in enumerate(workload.specs):
        endpoint = f"view{number}"
        app.add_url_rule(spec.rule, endpoint, view(spec.endpoint), methods=spec.methods)
    return app


def view(endpoint: str) -> Callable[..., str]:
    """Return a view that answers with endpoint and values."""

    def respond(**values: Any) -> str:
        return body(endpoint, values)

    return respond


def body(endpoint: str | None, values: dict[str, Any]) -> str:
    """Return what a view answers."""
    return f"{endpoint} {' '.join(map(str, values.values()))}"


def enter(contestant: str) -> Entry:
    """Time the calls of an application, the reading of the response included."""
    app = application(contestant)

    def perform(environ: dict[str, Any]) -> bytes:
        response = app(environ, start_response)
        try:
            return b"".join(response)
        finally:
            response.close()

    def right(result: bytes, case: Case) -> bool:
        return result.decode() == body(case.endpoint, case.values)

    return operations_entry(perform, request, load(WORKLOAD).cases, right)


def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
    """Take status and headers, and do nothing with them."""


def request(case: Case) -> dict[str, Any]:
    """Return a new WSGI environment for a whole request."""
    return environ(case) | {
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        "wsgi.version": (1, 0),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "SERVER_PROTOCOL": "HTTP/1.1",
    }


ROWS = (
    Row(
        "flask",
        "WSGI request of a Flask application, 200 rules",
        enter,
        ("trieroute", "werkzeug"),
        (at_most(0.88, "werkzeug"),),
    ),
)


def bench_flask(benchmark: BenchmarkFixture, row: Row, contestant: str) -> None:
    measure(benchmark, row, contestant)
