"""A whole request through the real framework, plain and with trieroute; and a page of 500 links.

Views answer with the endpoint and the values. Beside the frameworks stand trieroute's own routers,
whose handlers answer the same without a framework.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Iterable
from functools import cache, partial
from typing import Any

from pytest_benchmark.fixture import BenchmarkFixture

import trieroute

from .bench_bind import environ
from .bench_starlette import http_scope
from .pedantic import measure
from .peers import Refusal, router_class, version
from .rows import Entry, Row, Target, at_most, operations_entry
from .workloads import Case, load

PLAIN, FAST = "plain", "trieroute"
WSGI, ASGI = "trieroute.wsgi", "trieroute.asgi"
#: Workloads by their number of rules.
WORKLOADS = {10: "random-10-plain", 200: "random-200-plain", 1225: "github"}
LINKS = 500


def need(package: str) -> None:
    """Refuse a contestant whose package is not installed."""
    if version(package) is None:
        raise Refusal(f"{package} is not installed")


def body(endpoint: str | None, values: dict[str, Any]) -> str:
    """Return what a view answers."""
    return f"{endpoint} {' '.join(map(str, values.values()))}"


def sped_up(app: Any, contestant: str) -> Any:
    """Return an application, with trieroute in it if the contestant has it."""
    if contestant == FAST:
        kind = type(app).__name__
        if kind == "Flask":
            import trieroute.flask

            trieroute.flask.install(app)
        elif kind == "Quart":
            import trieroute.quart

            trieroute.quart.install(app)
        else:
            from trieroute.starlette import speedup

            speedup(app)
    return app


# Applications


def flask_app(workload_name: str, contestant: str) -> Any:
    """Return an application of Flask, or a router of trieroute in its place."""
    if contestant == WSGI:
        from trieroute.wsgi import Router

        return Router(trieroute.Map([*handler_rules(workload_name, wsgi_handler)]))
    need("Flask")
    from flask import Flask

    return views_added(Flask("benchmark", static_folder=None), workload_name, contestant)


def quart_app(workload_name: str, contestant: str) -> Any:
    """Return an application of Quart."""
    need("Quart")
    from quart import Quart

    return views_added(Quart("benchmark", static_folder=None), workload_name, contestant, True)


def views_added(app: Any, workload_name: str, contestant: str, asynchronous: bool = False) -> Any:
    """Add a view for each rule of a workload to an application of Flask or Quart."""
    for number, spec in enumerate(load(workload_name).specs):

        def view(_endpoint: str = spec.endpoint, **values: Any) -> str:
            return body(_endpoint, values)

        async def coroutine(_endpoint: str = spec.endpoint, **values: Any) -> str:
            return body(_endpoint, values)

        # Quart would call a plain function in a thread.
        called: Any = coroutine if asynchronous else view
        app.add_url_rule(spec.rule, f"view{number}", called, methods=spec.methods)
    return sped_up(app, contestant)


def starlette_app(workload_name: str, contestant: str) -> Any:
    """Return an application of Starlette, or a router of trieroute in its place."""
    if contestant == ASGI:
        from trieroute.asgi import Router

        return Router(trieroute.Map([*handler_rules(workload_name, asgi_handler)]))
    from starlette.applications import Starlette
    from starlette.routing import Route

    routes = [
        Route(path, view, methods=[method]) for path, method, view in request_views(workload_name)
    ]
    return sped_up(Starlette(routes=routes), contestant)


def fastapi_app(workload_name: str, contestant: str) -> Any:
    """Return an application of FastAPI."""
    need("fastapi")
    from fastapi import FastAPI

    app = FastAPI(openapi_url=None)
    for path, method, view in request_views(workload_name):
        app.add_api_route(path, view, methods=[method])
    return sped_up(app, contestant)


def request_views(workload_name: str) -> Iterable[tuple[str, str, Any]]:
    """Give path, method and view of the rules of a workload, as Starlette takes them."""
    translated = router_class("starlette")(load(workload_name)).endpoints
    for path, by_method in translated.items():
        for method, endpoint in by_method.items():
            yield path, method, request_view(endpoint)


def request_view(endpoint: str) -> Any:
    """Return a view of Starlette or FastAPI."""
    from starlette.requests import Request
    from starlette.responses import PlainTextResponse

    async def view(request: Any) -> Any:
        return PlainTextResponse(body(endpoint, request.path_params))

    # FastAPI reads it, and a string in its place would be looked for in this module.
    view.__annotations__["request"] = Request
    return view


def handler_rules(workload_name: str, handler: Callable[[str], Any]) -> Iterable[trieroute.Rule]:
    """Give the rules of a workload with their handlers."""
    for spec in load(workload_name).specs:
        yield trieroute.Rule(spec.rule, endpoint=handler(spec.endpoint), methods=spec.methods)


def wsgi_handler(endpoint: str) -> Any:
    """Return an application of WSGI that answers as a view does."""

    def answer(environ: Any, start: Any) -> list[bytes]:
        content = body(endpoint, environ["wsgiorg.routing_args"][1]).encode()
        kind = ("Content-Type", "text/plain; charset=utf-8")
        start("200 OK", [kind, ("Content-Length", str(len(content)))])
        return [content]

    return answer


def asgi_handler(endpoint: str) -> Any:
    """Return an application of ASGI that answers as a view does."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        content = body(endpoint, scope["path_params"]).encode()
        headers = [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", str(len(content)).encode()),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    return answer


# Calls


def wsgi_environ(case: Case) -> dict[str, Any]:
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


def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
    """Take status and headers, and do nothing with them."""


def call_wsgi(app: Any, environ: dict[str, Any]) -> bytes:
    """Call an application, and return the body of its response."""
    response = app(environ, start_response)
    try:
        return b"".join(response)
    finally:
        close = getattr(response, "close", None)
        if close is not None:
            close()


async def call_asgi(app: Any, scope: dict[str, Any]) -> bytes:
    """Call an application with an empty request, and return the body of its response."""
    parts: list[bytes] = []
    answered = asyncio.Event()
    asked = False

    async def receive() -> dict[str, Any]:
        nonlocal asked
        if asked:
            # The client waits for the answer, and goes then.
            await answered.wait()
            return {"type": "http.disconnect"}
        asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            parts.append(message.get("body", b""))
            if not message.get("more_body"):
                answered.set()

    await app(scope, receive, send)
    return b"".join(parts)


@cache
def loop() -> asyncio.AbstractEventLoop:
    """Return the event loop that all calls of ASGI run on."""
    return asyncio.new_event_loop()


def asgi_entry(app: Any, cases: Iterable[Case], right: Callable[[bytes, Case], bool]) -> Entry:
    """Return the entry of calls of an application of ASGI, one after the other on one loop."""
    cases = list(cases)

    async def call_each(scopes: list[dict[str, Any]]) -> None:
        for scope in scopes:
            await call_asgi(app, scope)

    def perform(scope: dict[str, Any]) -> bytes:
        return loop().run_until_complete(call_asgi(app, scope))

    entry = operations_entry(perform, http_scope, cases, right)
    number = 0

    def prepare(count: int) -> Callable[[], None]:
        nonlocal number
        scopes = [http_scope(cases[(number + offset) % len(cases)]) for offset in range(count)]
        number += count
        return partial(loop().run_until_complete, call_each(scopes))

    entry.prepare = prepare
    return entry


def right(answer: bytes, case: Case) -> bool:
    """Tell whether a view has answered to the request."""
    return answer.decode() == body(case.endpoint, case.values)


def enter(make: Callable[[str, str], Any], workload_name: str, contestant: str) -> Entry:
    """Time the calls of an application, the reading of the response included."""
    app = make(workload_name, contestant)
    # A plain application takes a millisecond a call: a sample is enough.
    cases = load(workload_name).cases[:400]
    if make is flask_app:
        return operations_entry(partial(call_wsgi, app), wsgi_environ, cases, right)
    return asgi_entry(app, cases, right)


# Pages of links

TEMPLATE = "{% for name, n in links %}<a href='{{ url_for(name, n=n, s='a') }}'>{% endfor %}"
LINKED = [(f"e{number % 200}", number) for number in range(LINKS)]
PAGE = Case("/page", "GET", None, {}, ())


def is_page(answer: bytes, _: Case) -> bool:
    """Tell whether a page has all of its links."""
    links = answer.decode().replace("http://api.example.org", "")
    return links == "".join(f"<a href='/r{n % 200}/{n}/a'>" for n in range(LINKS))


def enter_flask_page(contestant: str) -> Entry:
    """Time the request of a page that Flask renders by Jinja."""
    need("Flask")
    from flask import Flask

    app = Flask("benchmark", static_folder=None)
    for number in range(200):
        app.add_url_rule(f"/r{number}/<int:n>/<s>", f"e{number}", str)
    template = app.jinja_env.from_string(TEMPLATE)
    app.add_url_rule("/page", "page", lambda: template.render(links=LINKED))
    call = partial(call_wsgi, sped_up(app, contestant))
    return operations_entry(call, wsgi_environ, [PAGE], is_page)


def enter_starlette_page(contestant: str) -> Entry:
    """Time the request of a page that Starlette renders by Jinja."""
    need("Jinja2")
    from jinja2 import Environment
    from starlette.applications import Starlette
    from starlette.responses import HTMLResponse
    from starlette.routing import Route
    from starlette.templating import Jinja2Templates

    # It gives the environment its `url_for`.
    template = Jinja2Templates(env=Environment(autoescape=True)).env.from_string(TEMPLATE)

    async def page(request: Any) -> Any:
        return HTMLResponse(template.render(request=request, links=LINKED))

    routes = [Route(f"/r{n}/{{n:int}}/{{s}}", page, name=f"e{n}") for n in range(200)]
    app = Starlette(routes=[*routes, Route("/page", page)])
    return asgi_entry(sped_up(app, contestant), [PAGE], is_page)


def request_rows(
    name: str, make: Callable[[str, str], Any], own: str | None = None, *targets: Target
) -> tuple[Row, ...]:
    """Return the rows of a framework; *own* is trieroute's router in its place."""
    contestants = (PLAIN, FAST) if own is None else (PLAIN, FAST, own)
    return tuple(
        Row(
            f"{name.lower()}-{size}",
            f"request of {name}, {size:,} rules",
            partial(enter, make, workload_name),
            contestants,
            targets if size == 200 else (),
        )
        for size, workload_name in WORKLOADS.items()
    )


ROWS = (
    *request_rows("Flask", flask_app, WSGI, at_most(0.88, PLAIN, FAST)),
    *request_rows("Quart", quart_app),
    *request_rows("Starlette", starlette_app, ASGI),
    *request_rows("FastAPI", fastapi_app),
    Row("page-flask", "page of 500 links, Flask", enter_flask_page, (PLAIN, FAST)),
    Row("page-starlette", "page of 500 links, Starlette", enter_starlette_page, (PLAIN, FAST)),
)


def bench_requests(benchmark: BenchmarkFixture, row: Row, contestant: str) -> None:
    measure(benchmark, row, contestant)
