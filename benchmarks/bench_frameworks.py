"""URLs by name in Starlette, FastAPI and Flask, plain and with trieroute.

A round asks for the URL of each route once, in an order of its own, so that a plain application
goes through half of its routes on average.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from itertools import cycle, islice
from typing import Any

from pytest_benchmark.fixture import BenchmarkFixture

from .bench_starlette import Endpoint, http_scope
from .pedantic import measure
from .peers import Refusal, router_class, version
from .rows import Entry, Row, at_least
from .workloads import Case, load

PLAIN, FAST = CONTESTANTS = ("plain", "trieroute")


def named_routes(workload_name: str) -> list[tuple[str, str, list[str]]]:
    """Return path, method and variables of the routes of a workload, as Starlette writes them."""
    from starlette.routing import compile_path

    translated = router_class("starlette")(load(workload_name)).endpoints
    return [
        (path, method, list(compile_path(path)[2]))
        for path, by_method in translated.items()
        for method in by_method
    ]


def starlette_urls(workload_name: str) -> Any:
    """Return a Starlette application whose routes have their number as name."""
    from starlette.applications import Starlette
    from starlette.routing import Route

    return Starlette(
        routes=[
            Route(path, Endpoint(str(number)), methods=[method], name=str(number))
            for number, (path, method, _) in enumerate(named_routes(workload_name))
        ]
    )


def fastapi_urls(workload_name: str) -> Any:
    """Return a FastAPI application that includes routers with forty routes each."""
    if version("fastapi") is None:
        raise Refusal("FastAPI is not installed")
    from fastapi import APIRouter, FastAPI

    app = FastAPI(openapi_url=None)
    routes = named_routes(workload_name)
    for first in range(0, len(routes), 40):
        router = APIRouter()
        for number, (path, method, _) in enumerate(routes[first : first + 40], first):
            router.add_api_route(path, answer, methods=[method], name=str(number))
        app.include_router(router)
    return app


def answer() -> None:
    """Answer a request; no row makes one."""


def enter_urls(
    make: Callable[[str], Any], workload_name: str, absolute: bool, contestant: str
) -> Entry:
    """Time the URLs of all routes of an application.

    :param make: makes the application.
    :param workload_name: the workload whose routes it has.
    :param absolute: whether a request makes absolute URLs.
    :param contestant: whether the application is sped up.
    """
    router_class("starlette")
    app = make(workload_name)
    if contestant == FAST:
        from trieroute.starlette import speedup

        speedup(app)
    asked: Any = app.url_path_for
    prefix = ""
    if absolute:
        from starlette.requests import Request

        prefix = "http://api.example.org"
        asked = Request({**http_scope(Case("/", "GET", 200, None, {})), "app": app}).url_for
    wanted = [
        (str(number), {name: f"{name}-{number}" for name in names}, path)
        for number, (path, _, names) in enumerate(named_routes(workload_name))
    ]
    random.Random(workload_name).shuffle(wanted)
    wrong = sum(
        str(asked(name, **values)) != prefix + expected(path, values)
        for name, values, path in wanted
    )
    supply = cycle(wanted)

    def prepare(count: int) -> Callable[[], None]:
        return partial(ask_each, asked, list(islice(supply, count)))

    return Entry(prepare, len(wanted), len(wanted), wrong)


def expected(path: str, values: dict[str, str]) -> str:
    """Return the URL that values make of a path."""
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", value)
    return path


def ask_each(asked: Callable[..., Any], wanted: list[tuple[str, dict[str, Any], str]]) -> None:
    """Ask for one URL after the other."""
    for name, values, _ in wanted:
        asked(name, **values)


def url_rows(make: Callable[[str], Any], name: str) -> tuple[Row, ...]:
    """Return the rows of a framework."""
    targets = (at_least(100, PLAIN, FAST),)
    return (
        *(
            Row(
                f"{name.lower()}-urls-{routes}{'-absolute' * absolute}",
                f"{'request.url_for' if absolute else 'app.url_path_for'} of {name},"
                f" {routes:,} routes",
                partial(enter_urls, make, workload, absolute),
                CONTESTANTS,
                targets if routes == 1225 else (),
            )
            for workload, routes in (("random-10-plain", 10), ("github", 1225))
            for absolute in (False, True)
        ),
    )


def enter_flask_urls(contestant: str) -> Entry:
    """Time `flask.url_for` within a request, with an int and a text each."""
    if version("flask") is None:
        raise Refusal("Flask is not installed")
    import flask

    app = flask.Flask("links", static_folder=None)
    for number in range(200):
        app.add_url_rule(f"/r{number}/<int:n>/<s>", f"e{number}", str)
    if contestant == FAST:
        import trieroute.flask

        trieroute.flask.install(app)
    wanted = [(f"e{n}", {"n": n, "s": "a"}, f"/r{n}/{n}/a") for n in range(200)]
    supply = cycle(wanted)
    # The request goes on for as long as anything is measured.
    within = copy_context()
    within.run(app.test_request_context("/").push)
    wrong = sum(
        within.run(partial(flask.url_for, name, **values)) != path for name, values, path in wanted
    )

    def prepare(count: int) -> Callable[[], None]:
        return partial(within.run, ask_each, flask.url_for, list(islice(supply, count)))

    return Entry(prepare, len(wanted), len(wanted), wrong)


ROWS = (
    *url_rows(starlette_urls, "Starlette"),
    *url_rows(fastapi_urls, "FastAPI"),
    Row(
        "flask-urls",
        "url_for of Flask in a request, 200 rules, two values",
        enter_flask_urls,
        CONTESTANTS,
        (at_least(3, PLAIN, FAST),),
    ),
)


def bench_frameworks(benchmark: BenchmarkFixture, row: Row, contestant: str) -> None:
    measure(benchmark, row, contestant)
