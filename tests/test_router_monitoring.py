"""What monitoring sees of a request through a router: real packages name the rule."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sentry_sdk
from fastapi import FastAPI
from opentelemetry.instrumentation.asgi import OpenTelemetryMiddleware as AsgiTelemetry
from opentelemetry.instrumentation.wsgi import OpenTelemetryMiddleware as WsgiTelemetry
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind
from prometheus_client import CollectorRegistry, Counter
from sentry_sdk.integrations.asgi import SentryAsgiMiddleware
from sentry_sdk.integrations.wsgi import SentryWsgiMiddleware
from sentry_sdk.transport import Transport
from starlette.routing import Match, request_response
from werkzeug.test import Client
from werkzeug.wrappers import Response

import trieroute.asgi
import trieroute.wsgi
from asgi_client import Endpoint, call, http_scope, respond, websocket_scope
from trieroute import Map, Rule


async def asgi_user(scope: Any, receive: Any, send: Any) -> None:
    await respond(send, "user")


def wsgi_user(environ: Any, start_response: Any) -> Any:
    return Response("user")(environ, start_response)


def asgi_shops() -> trieroute.asgi.Router:
    """Make a router of one rule, below a mount with a value, below a mount."""
    users = trieroute.asgi.Router(Map())
    users.get("/users/<int:id>", endpoint="user")(asgi_user)
    shops = trieroute.asgi.Router(Map())
    shops.mount("/<shop>", users, endpoint="shop")
    router = trieroute.asgi.Router(Map())
    router.mount("/shops", shops, endpoint="shops")
    router.get("/items/<int:id>", endpoint="item")(asgi_user)
    return router


def wsgi_shops() -> trieroute.wsgi.Router:
    users = trieroute.wsgi.Router(Map())
    users.get("/users/<int:id>", endpoint="user")(wsgi_user)
    shops = trieroute.wsgi.Router(Map())
    shops.mount("/<shop>", users, endpoint="shop")
    router = trieroute.wsgi.Router(Map())
    router.mount("/shops", shops, endpoint="shops")
    router.get("/items/<int:id>", endpoint="item")(wsgi_user)
    return router


def documented(name: str) -> Any:
    """Return a function that the documentation shows."""
    page = Path(__file__).parent.parent / "docs" / "routers.md"
    blocks = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    (block,) = (block for block in blocks if f"def {name}(" in block)
    names: dict[str, Any] = {}
    exec(block, names)
    return names[name]


# What the keys hold


@pytest.mark.parametrize(
    ("rule", "path", "template"),
    [
        ("/", "/", "/"),
        ("/users/<int:id>", "/users/7", "/users/{id}"),
        ("/a-<b>.<c>/<path:d>", "/a-1.2/3/4", "/a-{b}.{c}/{d}"),
        ("/docs/", "/docs/", "/docs/"),
    ],
)
def test_route_of_a_request(rule: str, path: str, template: str) -> None:
    router = trieroute.asgi.Router(Map([Rule(rule, endpoint="e", methods=["GET"])]))
    router.handlers["e"] = asgi_user
    scope = http_scope(path)
    call(router, scope)
    route = scope["route"]
    assert (route.path, route.path_format, route.template) == (template, template, template)
    assert (route.name, route.methods) == ("e", {"GET", "HEAD"})
    assert (route.rule, route.endpoint, route.rules[0].rule) == (rule, "e", rule)


def test_route_of_a_rule_on_a_subdomain() -> None:
    rules = [Rule("/<a>", endpoint=asgi_user, subdomain="<b>")]
    router = trieroute.asgi.Router(Map(rules), server_name="example.org")
    scope = http_scope("/x", host="ann.example.org")
    call(router, scope)
    assert (scope["route"].path, scope["route"].name) == ("/{a}", "asgi_user")
    assert scope["route"].methods is None


def test_endpoint_is_the_handler_and_not_what_it_was_adapted_to() -> None:
    router = trieroute.asgi.Router(Map(), adapt=request_response)

    @router.get("/")
    async def page(request: Any) -> Any:
        return Response()

    page_answer = trieroute.asgi.Router(Map([Rule("/", endpoint=page)]), adapt=lambda _: asgi_user)
    scope = http_scope("/")
    call(page_answer, scope)
    assert scope["endpoint"] is page


def test_route_below_mounts() -> None:
    seen: list[Any] = []
    router = asgi_shops()

    def watch(app: Any) -> Any:
        async def watching(scope: Any, receive: Any, send: Any) -> None:
            seen.append(scope["route"])
            await app(scope, receive, send)

        return watching

    shops = router.handlers["shops"]
    shops.wrap(watch)
    scope = http_scope("/shops/a b/users/7")
    call(router, scope)
    outer, inner = scope["route"], seen[0]
    assert outer.path_format == "/shops/{shop}/users/{id}"
    assert (outer.name, outer.methods) == ("shops:shop:user", {"GET", "HEAD"})
    assert outer.rule == "/shops"
    assert (inner.path_format, inner.name) == ("/{shop}/users/{id}", "shop:user")
    assert inner.template == outer.template == "/shops/{shop}/users/{id}"
    assert [rule.endpoint for rule in outer.rules] == ["shops", "shop", "user"]
    assert scope["endpoint"] is asgi_user


def test_route_of_a_mount_that_tells_nothing() -> None:
    router = trieroute.asgi.Router(Map())
    router.mount("/static/<version>", asgi_user, endpoint="static")
    router.mount("/", asgi_user)
    scope = http_scope("/static/7/a.css")
    call(router, scope)
    assert (scope["route"].path, scope["route"].name) == ("/static/{version}/{path}", "static")
    scope = http_scope("/x/y")
    call(router, scope)
    assert (scope["route"].path, scope["route"].name) == ("/{path}", "asgi_user")


def test_route_below_a_mount_of_fastapi() -> None:
    app = FastAPI()

    @app.get("/users/{id}")
    async def user(id: int) -> int:
        return id

    router = trieroute.asgi.Router(Map())
    router.mount("/api/<version>", app, endpoint="api")
    scope = http_scope("/api/v1/users/7")
    assert call(router, scope).text == "7"
    assert scope["route"].path_format == "/api/{version}/users/{id}"
    assert scope["route"].name == "api:user"
    assert scope["endpoint"] is user


def test_router_that_no_rule_takes_below_a_mount() -> None:
    scope = http_scope("/shops/a/nothing")
    assert call(asgi_shops(), scope).status == 404
    assert scope["route"].path_format == "/shops/{shop}/{path}"


def test_environ_of_a_request() -> None:
    environ: dict[str, Any] = {}

    def keep(app: Any) -> Any:
        def keeping(given: Any, start_response: Any) -> Any:
            try:
                return app(given, start_response)
            finally:
                environ.update(given)

        return keeping

    client = Client(keep(wsgi_shops()))
    assert client.get("/items/7").text == "user"
    assert environ["wsgiorg.routing_args"] == ((), {"id": 7})
    route = environ["trieroute.route"]
    assert (route.path, route.name, route.methods) == ("/items/{id}", "item", {"GET", "HEAD"})
    assert client.get("/shops/a/users/7").text == "user"
    assert environ["trieroute.route"].template == "/shops/{shop}/users/{id}"
    assert environ["wsgiorg.routing_args"] == ((), {})


def test_requests_at_the_same_time_have_routes_of_their_own() -> None:
    router = asgi_shops()
    scopes = [http_scope(f"/shops/{n}/users/7") for n in range(2)]
    for scope in scopes:
        call(router, scope)
    call(router, http_scope("/shops/x/nothing"))
    assert {scope["route"].template for scope in scopes} == {"/shops/{shop}/users/{id}"}
    assert scopes[0]["route"] is not scopes[1]["route"]


# Sentry


class Kept(Transport):
    """Keeps what Sentry would send."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[Any] = []

    def capture_envelope(self, envelope: Any) -> None:
        for item in envelope.items:
            event = item.get_event() or item.get_transaction_event()
            if event is not None:
                self.events.append(event)


@pytest.fixture
def sentry() -> Iterator[Kept]:
    kept = Kept()
    sentry_sdk.init(
        dsn="http://key@localhost/1",
        transport=kept,
        traces_sample_rate=1.0,
        default_integrations=False,
        auto_enabling_integrations=False,
    )
    try:
        yield kept
    finally:
        sentry_sdk.init(default_integrations=False, auto_enabling_integrations=False)


@pytest.mark.parametrize(
    ("style", "path", "name"),
    [
        ("url", "/items/7", "/items/{id}"),
        ("url", "/shops/a/users/7", "/shops/{shop}/users/{id}"),
        ("endpoint", "/items/7", f"{__name__}.asgi_user"),
        ("endpoint", "/shops/a/users/7", f"{__name__}.asgi_user"),
    ],
)
def test_sentry_names_the_rule_of_asgi(sentry: Kept, style: str, path: str, name: str) -> None:
    call(SentryAsgiMiddleware(asgi_shops(), transaction_style=style), http_scope(path))
    assert [(event["transaction"], event["type"]) for event in sentry.events] == [
        (name, "transaction")
    ]


def test_sentry_names_the_rule_of_an_exception(sentry: Kept) -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise OSError("broken")

    router = trieroute.asgi.Router(Map([Rule("/broken/<x>", endpoint=broken)]))
    with pytest.raises(OSError, match="broken"):
        call(SentryAsgiMiddleware(router, transaction_style="url"), http_scope("/broken/7"))
    assert {event["transaction"] for event in sentry.events} == {"/broken/{x}"}


@pytest.mark.parametrize("filters", [True, False])
def test_sentry_names_the_rule_of_wsgi(sentry: Kept, filters: bool) -> None:
    router: Any = wsgi_shops()
    named = documented("named_transaction")
    if filters:
        router.wrap(named)
    app = SentryWsgiMiddleware(router if filters else named(router))
    for path in ("/items/7", "/shops/a/users/7"):
        Client(app).get(path)
    assert [event["transaction"] for event in sentry.events] == [
        "/items/{id}",
        "/shops/{shop}/users/{id}",
    ]


@pytest.mark.parametrize("path", ["/items/7", "/shops/a/users/7"])
def test_route_is_found_in_the_list_of_the_router(path: str) -> None:
    """As Sentry's integration for Starlette looks for it, in what `request_response` makes."""
    found: list[Any] = []

    def watch(app: Any) -> Any:
        async def watching(scope: Any, receive: Any, send: Any) -> None:
            for route in scope["router"].routes:
                if route.matches(scope)[0] == Match.FULL:
                    found.append((route.path, route.name))
            await app(scope, receive, send)

        return watching

    users = trieroute.asgi.Router(Map())
    users.get("/users/<int:id>", endpoint="user")(asgi_user)
    users.wrap(watch)
    router = trieroute.asgi.Router(Map())
    router.mount("/shops/<shop>", users)
    router.get("/items/<int:id>", endpoint="item")(asgi_user)
    router.get("/items/<name>", endpoint="other")(wsgi_user)
    router.wrap(lambda app: app if app is users else watch(app))
    call(router, http_scope(path))
    assert found == [("/items/{id}", "item") if "items" in path else ("/users/{id}", "user")]


def test_sentry_integration_for_starlette_names_the_rule() -> None:
    # It patches Starlette, so that it has a process of its own.
    code = """
import asyncio, sentry_sdk
from starlette.responses import PlainTextResponse
from sentry_sdk.integrations.starlette import StarletteIntegration
from asgi_client import call, http_scope
import trieroute.asgi
from trieroute import Map
sentry_sdk.init(integrations=[StarletteIntegration(transaction_style="url")],
    default_integrations=False, auto_enabling_integrations=False, traces_sample_rate=1.0)
from starlette.routing import request_response
router = trieroute.asgi.Router(Map(), adapt=request_response)
@router.get("/users/<int:id>")
async def user(request):
    return PlainTextResponse(sentry_sdk.get_current_scope().transaction.name)
@router.get("/sync/<int:id>")
def sync(request):
    return PlainTextResponse("sync")
with sentry_sdk.start_transaction(name="none"):
    print(call(router, http_scope("/users/7")).text, call(router, http_scope("/sync/7")).text)
"""
    folder = Path(__file__).parent
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=120
    )
    assert done.stdout == "/users/{id} sync\n", done.stderr


# OpenTelemetry


def metric_targets(reader: InMemoryMetricReader) -> set[Any]:
    data: Any = reader.get_metrics_data()
    points = [
        point
        for resource in data.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
        if metric.name == "http.server.duration"
        for point in metric.data.data_points
    ]
    return {point.attributes.get("http.target") for point in points}


def telemetry() -> tuple[InMemorySpanExporter, TracerProvider, InMemoryMetricReader, MeterProvider]:
    spans, reader = InMemorySpanExporter(), InMemoryMetricReader()
    tracing = TracerProvider()
    tracing.add_span_processor(SimpleSpanProcessor(spans))
    return spans, tracing, reader, MeterProvider([reader])


def names_of(spans: InMemorySpanExporter) -> list[str]:
    """Give the names of the spans of requests, not of the messages inside of them."""
    found = spans.get_finished_spans()
    return [span.name for span in found if span.kind is SpanKind.SERVER]


@pytest.mark.parametrize("exclude", [None, ["receive", "send"]])
def test_opentelemetry_names_the_rule_of_asgi(exclude: Any) -> None:
    spans, tracing, reader, metrics = telemetry()
    app = AsgiTelemetry(
        documented("named_span")(asgi_shops()),
        exclude_spans=exclude,
        tracer_provider=tracing,
        meter_provider=metrics,
    )
    for path in ("/items/7", "/shops/a/users/7", "/none"):
        call(app, http_scope(path, scheme="http", client=("127.0.0.1", 1)))
    assert names_of(spans) == ["GET /items/{id}", "GET /shops/{shop}/users/{id}", "GET /none"]
    # Its metrics name the rule by themselves.
    assert metric_targets(reader) == {"/items/{id}", "/shops/{shop}/users/{id}", None}


def test_opentelemetry_names_the_rule_of_wsgi() -> None:
    spans, tracing, _, metrics = telemetry()
    app = WsgiTelemetry(
        wsgi_shops(),
        response_hook=documented("named_response"),
        tracer_provider=tracing,
        meter_provider=metrics,
    )
    for path in ("/items/7", "/shops/a/users/7", "/none"):
        # The span ends when the body has been read.
        Client(app).get(path).get_data()
    assert names_of(spans) == ["GET /items/{id}", "GET /shops/{shop}/users/{id}", "GET /none"]


def test_opentelemetry_names_the_rule_of_an_exception() -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise OSError("broken")

    spans, tracing, _, metrics = telemetry()
    router = trieroute.asgi.Router(Map([Rule("/broken/<x>", endpoint=broken)]))
    app = AsgiTelemetry(
        documented("named_span")(router), tracer_provider=tracing, meter_provider=metrics
    )
    with pytest.raises(OSError, match="broken"):
        call(app, http_scope("/broken/7"))
    assert names_of(spans) == ["GET /broken/{x}"]


def test_opentelemetry_names_the_rule_of_a_mounted_fastapi() -> None:
    """Its span ends with the response, before the router gets back what it has called."""
    api = FastAPI()
    api.get("/users/{id}")(lambda id: id)
    router = trieroute.asgi.Router(Map())
    router.mount("/shops/<shop>", api)
    spans, tracing, _, metrics = telemetry()
    app = AsgiTelemetry(
        documented("named_span")(router), tracer_provider=tracing, meter_provider=metrics
    )
    assert call(app, http_scope("/shops/a/users/7")).status == 200
    assert names_of(spans) == ["GET /shops/{shop}/users/{id}"]


# Prometheus, and access logs


def counting(registry: CollectorRegistry) -> Any:
    requests = Counter("requests", "Requests by rule.", ["method", "route"], registry=registry)

    def middleware(app: Any) -> Any:
        async def application(scope: Any, receive: Any, send: Any) -> None:
            try:
                await app(scope, receive, send)
            finally:
                route = scope.get("route")
                name = "none" if route is None else route.path_format
                requests.labels(scope["method"], name).inc()

        return application

    return middleware


def test_prometheus_counts_by_rule() -> None:
    registry = CollectorRegistry()
    app = counting(registry)(asgi_shops())
    for path in ("/items/7", "/items/8", "/shops/a/users/7", "/nothing"):
        call(app, http_scope(path))
    counted = {
        sample.labels["route"]: sample.value
        for metric in registry.collect()
        for sample in metric.samples
        if sample.name == "requests_total"
    }
    assert counted == {"/items/{id}": 2, "/shops/{shop}/users/{id}": 1, "none": 1}


def test_access_log_names_the_rule(caplog: pytest.LogCaptureFixture) -> None:
    def logged(app: Any) -> Any:
        def application(environ: Any, start_response: Any) -> Any:
            def start(status: str, *more: Any) -> Any:
                route = environ.get("trieroute.route")
                logging.getLogger("access").info("%s %s", status[:3], route and route.name)
                return start_response(status, *more)

            return app(environ, start)

        return application

    caplog.set_level("INFO", "access")
    for path in ("/items/7", "/shops/a/users/7", "/nothing"):
        Client(logged(wsgi_shops())).get(path)
    assert caplog.messages == ["200 item", "200 shops:shop:user", "404 None"]


def test_websocket_has_a_route() -> None:
    router = trieroute.asgi.Router(Map())
    router.websocket("/live/<room>", endpoint="live")(Endpoint("live"))
    scope = websocket_scope("/live/a", **{"test.calls": []})
    call(router, scope)
    assert scope["route"].path == "/live/{room}"


# Routers beside one another


def both_of(kind: Any) -> tuple[Any, Any, Any]:
    """Return two routers, of which the first one has a mount alone, and one that has both below."""
    new, old, outer = kind(Map()), kind(Map()), kind(Map())
    new.mount("/a/<x>", kind(Map()), endpoint="new")
    return new, old, outer


def test_router_is_not_below_the_mount_of_one_that_was_asked_before() -> None:
    new, old, outer = both_of(trieroute.asgi.Router)
    seen: list[Any] = []

    @old.get("/a/1/<y>", endpoint="old")
    async def leaf(scope: Any, receive: Any, send: Any) -> None:
        seen.append((scope["route"].template, scope["route"].name))
        await respond(send, "")

    async def fallback(scope: Any, receive: Any, send: Any) -> None:
        async def nowhere(message: Any) -> None:
            pass

        await new(scope, receive, nowhere)
        await old(scope, receive, send)

    outer.mount("/outer", fallback, endpoint="outer")
    scope = http_scope("/a/1/2")
    call(fallback, scope)
    call(outer, http_scope("/outer/a/1/2"))
    assert seen == [("/a/1/{y}", "old"), ("/outer/a/1/{y}", "old")]
    assert scope["route"].template == "/a/1/{y}"


def test_wsgi_router_is_not_below_the_mount_of_one_that_was_asked_before() -> None:
    new, old, outer = both_of(trieroute.wsgi.Router)
    seen: list[Any] = []

    @old.get("/a/1/<y>", endpoint="old")
    def leaf(environ: Any, start_response: Any) -> Any:
        seen.append((environ["trieroute.route"].template, environ["trieroute.route"].name))
        return Response("")(environ, start_response)

    def fallback(environ: Any, start_response: Any) -> Any:
        new(environ, lambda *given: None)
        return old(environ, start_response)

    outer.mount("/outer", fallback, endpoint="outer")
    Client(fallback).get("/a/1/2")
    Client(outer).get("/outer/a/1/2")
    assert seen == [("/a/1/{y}", "old"), ("/outer/a/1/{y}", "old")]
