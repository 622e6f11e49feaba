"""A whole ASGI call of a Starlette application, with and without a faster router in it.

The endpoints are ASGI applications that send an empty response. A row is for requests that a route
takes, that none takes (404), or whose method none has (405). No event loop runs: nothing in such a
call waits.
"""

from __future__ import annotations

from collections.abc import Awaitable
from functools import partial
from typing import Any

from pytest_benchmark.fixture import BenchmarkFixture

import trieroute

from .pedantic import measure
from .peers import Refusal, router_class
from .rows import Entry, Row, Target, at_least, fresh, operations_entry
from .workloads import Case, load

CONTESTANTS = ("starlette", "ffroute", "trieroute.starlette", "trieroute.asgi")


class Endpoint:
    """An ASGI application that notes which endpoint was called with which values."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        scope["benchmark.calls"].append((self.name, scope.get("path_params")))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


def starlette_app(workload_name: str) -> Any:
    """Return a plain Starlette application."""
    from starlette.applications import Starlette as Application
    from starlette.routing import Route

    translated = router_class("starlette")(load(workload_name)).endpoints
    return Application(
        routes=[
            Route(path, Endpoint(endpoint), methods=[method])
            for path, by_method in translated.items()
            for method, endpoint in by_method.items()
        ]
    )


def application(workload_name: str, contestant: str) -> Any:
    """Return the application of a contestant.

    :raise Refusal: a package is not installed, or the contestant does not exist yet.
    """
    if contestant != "trieroute.asgi":
        router_class("starlette")
    if contestant == "starlette":
        return starlette_app(workload_name)
    if contestant == "ffroute":
        router_class("ffroute")
        from ffroute import speedup
    elif contestant == "trieroute.starlette":
        try:
            from trieroute.starlette import speedup
        except ImportError:
            raise Refusal("not there yet") from None
    else:
        return asgi_router(workload_name)
    app = starlette_app(workload_name)
    speedup(app)
    return app


def asgi_router(workload_name: str) -> Any:
    """Return trieroute's own ASGI router, whose endpoints are ASGI applications."""
    try:
        from trieroute.asgi import Router
    except ImportError:
        raise Refusal("not there yet") from None
    return Router(
        trieroute.Map(
            [
                trieroute.Rule(spec.rule, endpoint=Endpoint(spec.endpoint), methods=spec.methods)
                for spec in load(workload_name).specs
            ]
        )
    )


def enter(workload_name: str, status: int, contestant: str) -> Entry:
    """Time the calls of an application that are answered with a status: 200, 404 or 405."""
    workload = load(workload_name)
    app = application(workload_name, contestant)

    def perform(scope: dict[str, Any]) -> Any:
        complete(app(scope, receive, send))
        return scope["benchmark.calls"]

    def perform_noting(scope: dict[str, Any]) -> Any:
        statuses = scope["benchmark.calls"]
        complete(app(scope, receive, partial(note, statuses)))
        return statuses

    def right(calls: Any, case: Case) -> bool:
        # No endpoint may be called but the right one.
        return bool(calls == ([(case.endpoint, case.values)] if status == 200 else [status]))

    # The plain one takes a millisecond a call: a sample is enough.
    cases = [case_with(status, case) for case in workload.cases[:500]]
    return operations_entry(perform if status == 200 else perform_noting, http_scope, cases, right)


def case_with(status: int, case: Case) -> Case:
    """Turn a request that some route takes into one that is answered with a status."""
    if status == 404:
        return case._replace(path=f"{case.path}/no/such/route/at/all", status=status)
    if status == 405:
        return case._replace(method="LINK", status=status)
    return case


def complete(call: Awaitable[None]) -> None:
    """Run a coroutine that waits for nothing to its end."""
    try:
        call.send(None)  # type: ignore[attr-defined]
    except StopIteration:
        return
    raise RuntimeError("the ASGI application waits for something; the benchmark runs no loop")


async def receive() -> dict[str, Any]:
    """Return an empty request body."""
    return {"type": "http.request", "body": b"", "more_body": False}


async def send(message: Any) -> None:
    """Take a message, and do nothing with it."""


async def note(statuses: list[Any], message: Any) -> None:
    """Take a message, and note its status."""
    if "status" in message:
        statuses.append(message["status"])


def http_scope(case: Case) -> dict[str, Any]:
    """Return a new ASGI scope."""
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": case.method,
        "scheme": "http",
        "path": fresh(case.path),
        "raw_path": case.path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", case.host.encode())],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 80),
        "benchmark.calls": [],
    }


def starlette_rows(workload_name: str, routes: int, *targets: Target) -> tuple[Row, ...]:
    """Return the rows of a workload: its targets are for requests that a route takes."""
    outcomes = ((200, "", "a route takes it"), (404, "-404", "404"), (405, "-405", "405"))
    return tuple(
        Row(
            f"starlette-call-{routes}{suffix}",
            f"ASGI call of a Starlette application, {routes:,} routes, {outcome}",
            partial(enter, workload_name, status),
            CONTESTANTS,
            targets if status == 200 else (),
        )
        for status, suffix, outcome in outcomes
    )


ROWS = (
    *starlette_rows("random-10-plain", 10),
    *starlette_rows("random-100-plain", 100),
    *starlette_rows(
        "github",
        1225,
        at_least(50, "starlette", "trieroute.starlette"),
        at_least(1, "ffroute", "trieroute.starlette"),
    ),
)


def bench_starlette(benchmark: BenchmarkFixture, row: Row, contestant: str) -> None:
    measure(benchmark, row, contestant)
