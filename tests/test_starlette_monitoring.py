"""Packages that go through the routes of a sped-up application: what they find and ask."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import prometheus_fastapi_instrumentator.routing as instrumentator
import pytest
from fastapi import APIRouter, FastAPI
from hypothesis import event, given
from hypothesis import strategies as st
from opentelemetry.instrumentation import fastapi as otel_fastapi
from opentelemetry.instrumentation import starlette as otel_starlette
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import CollectorRegistry
from prometheus_fastapi_instrumentator import Instrumentator
from slowapi import Limiter
from slowapi import middleware as slowapi
from starlette.applications import Starlette
from starlette.convertors import CONVERTOR_TYPES
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Host, Match, Mount, Route, Router, compile_path
from starlette_exporter import middleware as exporter

from asgi_client import Endpoint, answer, http_scope, websocket_scope
from test_starlette_against_plain import CONVERTORS, Maker, requests, route_makers
from trieroute._starlette import monitoring
from trieroute.starlette import speedup


def details_of_fastapi(app: Any, scope: Any) -> Any:
    return otel_fastapi._get_route_details({**scope, "app": app})


def details_of_starlette(app: Any, scope: Any) -> Any:
    return otel_starlette._get_route_details({**scope, "app": app})


def name_for_instrumentator(app: Any, scope: Any) -> Any:
    return instrumentator.get_route_name(HTTPConnection({**scope, "app": app}), True)


def path_for_exporter(app: Any, scope: Any) -> Any:
    return exporter.get_matching_route_path(dict(scope), app.router.routes)


def handler_for_slowapi(app: Any, scope: Any) -> Any:
    found = slowapi._find_route_handler(app.routes, dict(scope))
    return getattr(found, "name", getattr(found, "__name__", found))


LOOPS = [
    details_of_fastapi,
    details_of_starlette,
    name_for_instrumentator,
    path_for_exporter,
    handler_for_slowapi,
]


def outcome(loop: Callable[[Any, Any], Any], app: Any, scope: Any) -> Any:
    try:
        return loop(app, scope)
    except Exception as error:
        return type(error), str(error)


def scope_of(options: dict[str, Any]) -> Any:
    options = {**options}
    headers = {"host": "example.org", **options.pop("headers")}
    options["headers"] = [(name.encode(), value.encode()) for name, value in headers.items()]
    if options.pop("websocket"):
        del options["method"]
        return websocket_scope(**options)
    return http_scope(**options)


class Detour(BaseRoute):
    """A route that sends the routes after it to another path."""

    def matches(self, scope: Any) -> tuple[Match, Any]:
        if scope["path"] == "/a":
            scope["path"] = "/b"
        return Match.NONE, {}


@given(
    makers=st.lists(route_makers() | st.just(Detour), max_size=8),
    late=st.lists(route_makers(), max_size=2),
    asked=st.lists(requests(), min_size=1, max_size=8),
    included=st.booleans(),
)
def test_labels_are_equal(
    makers: list[Maker], late: list[Maker], asked: list[dict[str, Any]], included: bool
) -> None:
    CONVERTOR_TYPES.update(CONVERTORS)
    try:
        plain, fast = (make_of(makers, included) for _ in range(2))
        speedup(fast)
        for makers in ([], late):
            for app in (plain, fast):
                app.router.routes[1:1] = [make() for make in makers]
            for options in asked:
                for loop in LOOPS:
                    expected = outcome(loop, plain, scope_of(options))
                    event(f"{loop.__name__}: {type(expected).__name__}")
                    assert outcome(loop, fast, scope_of(options)) == expected
    finally:
        for name in CONVERTORS:
            del CONVERTOR_TYPES[name]


def make_of(makers: list[Maker], included: bool) -> Any:
    routes = [make() for make in makers]
    if not included:
        return Starlette(routes=routes)
    app = FastAPI(openapi_url=None)
    for first in range(0, len(routes), 3):
        # FastAPI makes no operation of it.
        app.router.routes += [route for route in routes[first:][:3] if isinstance(route, Detour)]
        router = APIRouter(routes=routes[first : first + 3])
        app.include_router(router, prefix=["", "/a"][first % 2])
    return app


# What is asked


class Forbidden:
    """The regex of a route that must not be asked."""

    def match(self, path: str) -> Any:
        raise AssertionError("the route was asked")


def forbid_all_but(app: Any, *paths: str) -> None:
    """Let routes fail that are asked, unless they have one of some paths."""
    waiting = [*app.router.routes]
    for route in waiting:
        if hasattr(route, "effective_candidates"):
            waiting += route.effective_candidates()
        elif getattr(route, "path", None) not in paths:
            # Set past the method that would have the list compiled anew.
            vars(route)["path_regex"] = Forbidden()
        if isinstance(route, Mount):
            waiting += route.routes


@pytest.mark.parametrize("loop", LOOPS)
def test_routes_of_other_paths_are_not_asked(loop: Callable[[Any, Any], Any]) -> None:
    app = Starlette(
        routes=[
            *(Route(f"/{name}/{{x}}", Endpoint(name)) for name in "abc"),
            Mount("/m", routes=[Route(f"/{name}/{{x}}", Endpoint(name)) for name in "abc"]),
            Host("api.example.org", app=Router()),
        ]
    )
    speedup(app)
    for path in ("/b/1", "/m/b/1"):
        loop(app, http_scope(path))
    forbid_all_but(app, "/b/{x}", "/m")
    assert loop(app, http_scope("/b/1")) in ("/b/{x}", "b")
    assert loop(app, http_scope("/m/b/1")) in ("/m/b/{x}", "/m", None)


@pytest.mark.parametrize("loop", [details_of_fastapi, name_for_instrumentator, path_for_exporter])
def test_operations_of_included_routers_are_not_asked(loop: Callable[[Any, Any], Any]) -> None:
    app = FastAPI(openapi_url=None)
    for name in "abc":
        router = APIRouter(prefix=f"/{name}")
        for path in ("/x/{x}", "/y/{y}"):
            router.add_api_route(path, lambda: None)
        app.include_router(router)
    speedup(app)
    assert answer(app, "/b/y/1")[0] == 200
    # The first call has all operations made, and they are read some calls later.
    for _ in range(5):
        assert loop(app, http_scope("/b/y/1")) == "/b/y/{y}"
    forbid_all_but(app, "/b/y/{y}")
    assert loop(app, http_scope("/b/y/1")) == "/b/y/{y}"


def test_eager_loop_gets_all_routes_where_one_may_change_the_path() -> None:
    def make() -> Starlette:
        return Starlette(routes=[Detour(), *(Route(f"/{x}", Endpoint(x)) for x in "ab")])

    plain, fast = make(), make()
    speedup(fast)
    for app in (plain, fast):
        assert name_for_instrumentator(app, http_scope("/a")) == "/b"
        assert details_of_starlette(app, http_scope("/a")) == "/b"


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_eager_loop_gets_all_operations_where_a_route_before_them_may_change_the_path(
    depth: int, late: bool
) -> None:
    def make() -> FastAPI:
        router = APIRouter()
        for path in "/a/x", "/b", "/b/x":
            router.add_api_route(path, lambda: None)
        for _ in range(1, depth):
            inner, router = router, APIRouter()
            router.include_router(inner)
        app = FastAPI(openapi_url=None)
        app.include_router(router)
        return app

    plain, fast = make(), make()
    speedup(fast)
    for app in (plain, fast):
        if late:
            assert answer(app, "/b")[0] == 200
            for _ in range(3):
                assert name_for_instrumentator(app, http_scope("/b")) == "/b"
        app.router.routes.insert(0, Detour())
        for _ in range(3):
            assert answer(app, "/a")[0] == 200
            assert name_for_instrumentator(app, http_scope("/a")) == "/b"
            assert details_of_fastapi(app, http_scope("/a")) == "/b"
        del app.router.routes[0]
        assert name_for_instrumentator(app, http_scope("/a")) is None


@pytest.mark.parametrize("loop", LOOPS)
def test_edits_are_seen(loop: Callable[[Any, Any], Any]) -> None:
    app = Starlette(routes=[Route("/a", Endpoint("a")), Route("/b", Endpoint("b"))])
    speedup(app)
    assert loop(app, http_scope("/a")) in ("/a", "a")
    route: Any = app.routes[0]
    route.path = "/c"
    route.path_regex, route.path_format, route.param_convertors = compile_path("/c")
    assert loop(app, http_scope("/a")) is None
    assert loop(app, http_scope("/c")) in ("/c", "a")
    del app.routes[0]
    assert loop(app, http_scope("/c")) is None


# Whole calls


# CPython 3.14 and later warn of a function that the decorator calls.
@pytest.mark.filterwarnings("ignore:'asyncio.iscoroutinefunction' is deprecated")
def test_limit_of_an_endpoint_counts() -> None:
    limiter = Limiter(key_func=lambda request: "one")

    @limiter.limit("2/day")
    async def limited(request: Request) -> PlainTextResponse:
        return PlainTextResponse("limited")

    async def free(request: Request) -> PlainTextResponse:
        return PlainTextResponse("free")

    app = Starlette(routes=[Route("/limited/{x}", limited), Route("/free", free)])
    app.state.limiter = limiter
    app.add_middleware(slowapi.SlowAPIASGIMiddleware)
    speedup(app)
    assert [answer(app, "/limited/1")[0] for _ in range(3)] == [200, 200, 429]
    assert answer(app, "/free") == (200, b"free")


def made(instrument: Callable[[FastAPI], object]) -> FastAPI:
    """Return an application that was called four times."""
    app = FastAPI(openapi_url=None)
    router = APIRouter(prefix="/users")
    router.add_api_route("/{user}", lambda user: user)
    app.include_router(router)
    app.add_api_route("/items/{item}", lambda item: item)
    app.mount("/files", Starlette(routes=[Route("/{file}", Endpoint("file"))]))
    instrument(app)
    speedup(app)
    for path in ("/users/ann", "/items/1", "/files/a", "/nothing"):
        answer(app, path)
    return app


def test_spans_have_their_names() -> None:
    exported = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exported))
    instrumentor = otel_fastapi.FastAPIInstrumentor
    made(lambda app: instrumentor.instrument_app(app, tracer_provider=provider))
    spans = [span.name for span in exported.get_finished_spans() if span.kind.name == "SERVER"]
    assert spans == ["GET /users/{user}", "GET /items/{item}", "GET /files", "GET"]


def test_metrics_of_the_instrumentator_have_their_labels() -> None:
    registry = CollectorRegistry()
    made(lambda app: Instrumentator(registry=registry).instrument(app))
    samples = [sample for metric in registry.collect() for sample in metric.samples]
    labels = {sample.labels["handler"] for sample in samples if "handler" in sample.labels}
    assert labels == {"/users/{user}", "/items/{item}", "/files/{file}", "none"}


def test_metrics_of_the_exporter_have_their_labels() -> None:
    made(lambda app: app.add_middleware(exporter.PrometheusMiddleware, app_name="labels"))
    (metric,) = exporter.PrometheusMiddleware._metrics["starlette_requests_total"].collect()
    labels = {
        sample.labels["path"] for sample in metric.samples if sample.labels["app_name"] == "labels"
    }
    assert labels == {"/users/{user}", "/items/{item}", "/files/{file}"}


# Trials of what packages do


def loop_of_all(scope: Any, routes: Any) -> Any:
    """A version that counts the routes."""
    return len([route for route in routes if route.matches(scope)[0] is not Match.FULL])


def loop_by_path(scope: Any, routes: Any) -> Any:
    """A version that asks routes for more than matching."""
    for route in routes:
        if route.path and route.matches(scope)[0] is Match.FULL:
            return route.path
    return None


class Keeping:
    kept: Any = None


def loop_that_keeps(scope: Any, routes: Any) -> Any:
    """A version that keeps the routes that it got first."""
    Keeping.kept = Keeping.kept or [*routes]
    for route in Keeping.kept:
        if route.matches(scope)[0] is Match.FULL:
            return route.path
    return None


@pytest.mark.parametrize("loop", [loop_of_all, loop_by_path, loop_that_keeps])
def test_version_of_a_package_that_needs_all_routes_gets_them(
    loop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = ModuleType("monitor")
    vars(module)[loop.__name__] = loop
    monkeypatch.setitem(sys.modules, "monitor", module)
    monkeypatch.setitem(monitoring.KNOWN, "monitor", {loop.__name__: "scope"})  # type: ignore[arg-type]
    assert not monitoring._is_as_known(vars(module), loop.__name__, loop.__code__)


@pytest.mark.parametrize("module", monitoring.KNOWN)
def test_known_loops_pass_their_trials(module: str) -> None:
    names = vars(sys.modules[module])
    for name in monitoring.KNOWN[module]:
        assert monitoring._is_as_known(names, name, names[name].__code__)


@pytest.mark.parametrize("loop", LOOPS)
def test_module_that_is_imported_no_more(
    loop: Callable[[Any, Any], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = Starlette(routes=[Route("/a", Endpoint("a")), Route("/b", Endpoint("b"))])
    speedup(app)
    monkeypatch.setattr(monitoring, "_tried", {})
    for module in monitoring.KNOWN:
        monkeypatch.delitem(sys.modules, module)
    assert loop(app, http_scope("/b")) in ("/b", "b")


# Declarations

__route_loops__ = {
    "first_path": "scope",
    "first_path_of_request": "request",
    "all_of": None,
    "Monitor.path": "scope",
    "without_a_scope": "scope",
    "first_path_by_numbers": "scope",
    "first_path_in_turn": "scope",
    "first_path_of_list": "scope",
    "in_turn": None,
}


def first_path(routes: Any, scope: Any) -> Any:
    return [route.path for route in routes if route.matches(scope)[0] is Match.FULL]


def first_path_of_request(routes: Any, request: Request) -> Any:
    return [route.path for route in all_of(routes) if route.matches(request.scope)[0] is Match.FULL]


def all_of(routes: Any) -> Any:
    return [*routes]


class Monitor:
    def path(self, routes: Any, scope: Any) -> Any:
        return [route.path for route in all_of(routes) if route.matches(scope)[0] is Match.FULL]


def without_a_scope(routes: Any, scope: Any = None) -> Any:
    return [route.path for route in routes]


def first_path_by_numbers(routes: Any, scope: Any) -> Any:
    return [route.path for _, route in enumerate(routes)]


def in_turn(routes: Any) -> Any:
    yield from routes


def first_path_in_turn(routes: Any, scope: Any) -> Any:
    found = []
    for route in in_turn(routes):
        found.append(route.path)
    return found


def first_path_of_list(routes: Any, scope: Any) -> Any:
    return [route.path for route in list(in_turn(routes))]


def undeclared(routes: Any, scope: Any) -> Any:
    return [route.path for route in all_of(routes)]


def test_module_declares_its_loops() -> None:
    app = Starlette(routes=[Route(f"/{x}", Endpoint(x)) for x in "abc"])
    speedup(app)
    scope = http_scope("/b")
    assert all_of(app.routes) == app.routes
    assert undeclared(app.routes, scope) == without_a_scope(app.routes) == ["/a", "/b", "/c"]
    for odd in ({}, {"path": b"/b"}, SimpleNamespace(path="/b"), "/b"):
        assert without_a_scope(app.routes, odd) == ["/a", "/b", "/c"]
    assert without_a_scope(app.routes, scope) == ["/b"]
    assert first_path(app.routes, scope) == Monitor().path(app.routes, scope) == ["/b"]
    assert first_path_of_request(app.routes, Request(scope)) == ["/b"]
    assert first_path_in_turn(app.routes, scope) == ["/b"]
    # What another function goes through may be for another purpose.
    for of_others in (first_path_by_numbers, first_path_of_list):
        assert of_others(app.routes, scope) == ["/a", "/b", "/c"]
    broken = {**scope, "root_path": 7}
    assert without_a_scope(app.routes, broken) == ["/a", "/b", "/c"]
