"""A whole call of an application that a package monitors, or whose rate it limits.

These packages look for the route of a request by a loop of their own over ``app.routes``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from pytest_benchmark.fixture import BenchmarkFixture

from .bench_requests import asgi_entry, fastapi_app, need, right, starlette_app
from .pedantic import measure
from .rows import Entry, Row, at_most
from .workloads import load

SMALL = "trieroute, 10 routes"
CONTESTANTS = ("plain", "trieroute", SMALL)


def opentelemetry_fastapi(app: Any) -> None:
    need("opentelemetry-instrumentation-fastapi")
    from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor

    FastAPIInstrumentor.instrument_app(app)


def opentelemetry_starlette(app: Any) -> None:
    need("opentelemetry-instrumentation-starlette")
    from opentelemetry.instrumentation.starlette import StarletteInstrumentor

    StarletteInstrumentor.instrument_app(app)


def instrumentator(app: Any) -> None:
    need("prometheus-fastapi-instrumentator")
    from prometheus_client import CollectorRegistry
    from prometheus_fastapi_instrumentator import Instrumentator

    Instrumentator(registry=CollectorRegistry()).instrument(app)


def exporter(app: Any) -> None:
    need("starlette-exporter")
    from starlette_exporter import PrometheusMiddleware

    app.add_middleware(PrometheusMiddleware)


def slowapi(app: Any) -> None:
    need("slowapi")
    from slowapi import Limiter
    from slowapi.middleware import SlowAPIASGIMiddleware
    from slowapi.util import get_remote_address

    app.state.limiter = Limiter(get_remote_address, default_limits=["1000000000/second"])
    app.add_middleware(SlowAPIASGIMiddleware)


def enter(
    make: Callable[[str, str], Any], monitor: Callable[[Any], None], contestant: str
) -> Entry:
    """Time the calls of an application that is monitored."""
    workload_name = "random-10-plain" if contestant == SMALL else "random-1000-plain"
    app = make(workload_name, "plain" if contestant == "plain" else "trieroute")
    monitor(app)
    return asgi_entry(app, load(workload_name).cases[:300], right)


ROWS = tuple(
    Row(
        f"monitoring-{name}",
        f"request of {title}, 1,000 routes",
        partial(enter, make, monitor),
        CONTESTANTS,
        (at_most(2, SMALL),),
    )
    for name, title, make, monitor in (
        ("otel-fastapi", "FastAPI, OpenTelemetry", fastapi_app, opentelemetry_fastapi),
        ("otel-starlette", "Starlette, OpenTelemetry", starlette_app, opentelemetry_starlette),
        (
            "instrumentator",
            "FastAPI, prometheus-fastapi-instrumentator",
            fastapi_app,
            instrumentator,
        ),
        ("exporter", "Starlette, starlette_exporter", starlette_app, exporter),
        ("slowapi", "FastAPI, slowapi", fastapi_app, slowapi),
    )
)


def bench_monitoring(benchmark: BenchmarkFixture, row: Row, contestant: str) -> None:
    measure(benchmark, row, contestant)
