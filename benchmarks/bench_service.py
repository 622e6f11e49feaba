"""A whole call of one small service, written as each framework wants it.

The service answers with the values of the path as text. On ASGI no event loop runs, since nothing
in such a call waits; on WSGI the body is read to its end. ``starlette-handlers`` is trieroute's
router with Starlette's requests and responses: it differs from Starlette in the router alone.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from pytest_benchmark.fixture import BenchmarkFixture

import trieroute
import trieroute.asgi
import trieroute.wsgi

from .bench_requests import call_wsgi, need, wsgi_environ
from .bench_starlette import complete, http_scope, receive
from .pedantic import measure
from .rows import Entry, Row, operations_entry
from .workloads import Case

#: Rules, with the braces of Starlette's and falcon's.
RULES = (
    ("/", "/"),
    ("/users/", "/users/"),
    ("/users/<int:id>", "/users/{id:int}"),
    ("/users/<int:id>/posts/<slug>", "/users/{id:int}/posts/{slug}"),
    (
        "/users/<int:id>/posts/<slug>/comments/<int:n>",
        "/users/{id:int}/posts/{slug}/comments/{n:int}",
    ),
    ("/tags/<tag>", "/tags/{tag}"),
)
CASES = [
    Case(path, "GET", status=200, endpoint=None, values=values)
    for path, values in (
        ("/", {}),
        ("/users/", {}),
        ("/users/7", {"id": 7}),
        ("/users/7/posts/on-routing", {"id": 7, "slug": "on-routing"}),
        ("/users/7/posts/on-routing/comments/9", {"id": 7, "slug": "on-routing", "n": 9}),
        ("/tags/python", {"tag": "python"}),
    )
]
ASGI = ("trieroute.asgi", "starlette-handlers", "starlette", "falcon")
WSGI = ("trieroute.wsgi", "flask", "falcon")


def text(values: dict[str, Any]) -> str:
    """Return what the service answers."""
    return " ".join(map(str, values.values()))


def asgi_service(contestant: str) -> Any:
    """Return the service as an ASGI application."""
    if contestant == "falcon":
        need("falcon")
        from falcon.asgi import App

        class Resource:
            async def on_get(self, req: Any, resp: Any, **values: Any) -> None:
                resp.text = text(values)

        app = App(media_type="text/plain")
        for _, rule in RULES:
            app.add_route(rule, Resource())
        return app
    if contestant == "trieroute.asgi":

        async def bare(scope: Any, receive: Any, send: Any) -> None:
            body = text(scope["path_params"]).encode()
            headers = [
                (b"content-type", b"text/plain; charset=utf-8"),
                (b"content-length", str(len(body)).encode()),
            ]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body})

        return asgi_router(bare, None)
    need("starlette")
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route, Router, request_response

    async def answer(request: Any) -> Any:
        return PlainTextResponse(text(request.path_params))

    if contestant == "starlette":
        return Router([Route(rule, answer, methods=["GET"]) for _, rule in RULES])
    return asgi_router(answer, request_response)


def asgi_router(handler: Any, adapt: Any) -> trieroute.asgi.Router:
    """Return a router all of whose rules have one handler."""
    rules = [trieroute.Rule(rule, endpoint=handler, methods=["GET"]) for rule, _ in RULES]
    return trieroute.asgi.Router(trieroute.Map(rules), adapt=adapt)


def wsgi_service(contestant: str) -> Any:
    """Return the service as a WSGI application."""
    if contestant == "trieroute.wsgi":

        def answer(environ: Any, start: Any) -> list[bytes]:
            body = text(environ["wsgiorg.routing_args"][1]).encode()
            headers = [
                ("Content-Type", "text/plain; charset=utf-8"),
                ("Content-Length", str(len(body))),
            ]
            start("200 OK", headers)
            return [body]

        rules = [trieroute.Rule(rule, endpoint=answer, methods=["GET"]) for rule, _ in RULES]
        return trieroute.wsgi.Router(trieroute.Map(rules))
    need(contestant)
    if contestant == "falcon":
        from falcon import App

        class Resource:
            def on_get(self, req: Any, resp: Any, **values: Any) -> None:
                resp.text = text(values)

        app: Any = App(media_type="text/plain")
        for _, rule in RULES:
            app.add_route(rule, Resource())
        return app
    from flask import Flask

    app = Flask("benchmark", static_folder=None)
    for number, (rule, _) in enumerate(RULES):
        app.add_url_rule(rule, str(number), lambda **values: text(values), methods=["GET"])
    return app


def enter_asgi(contestant: str) -> Entry:
    """Time the calls of the service on ASGI."""
    app = asgi_service(contestant)

    async def send(parts: list[bytes], message: Any) -> None:
        parts.append(message.get("body", b""))

    def perform(scope: dict[str, Any]) -> bytes:
        parts: list[bytes] = []
        complete(app(scope, receive, partial(send, parts)))
        return b"".join(parts)

    return operations_entry(perform, http_scope, CASES, right)


def enter_wsgi(contestant: str) -> Entry:
    """Time the calls of the service on WSGI, the reading of the body included."""
    app = wsgi_service(contestant)
    return operations_entry(partial(call_wsgi, app), wsgi_environ, CASES, right)


def right(body: bytes, case: Case) -> bool:
    """Tell whether the service has answered with the values of the path."""
    return body.decode() == text(case.values)


ROWS = (
    Row("service-asgi", "ASGI call of a service of six rules", enter_asgi, ASGI),
    Row("service-wsgi", "WSGI call of a service of six rules", enter_wsgi, WSGI),
)


def bench_service(benchmark: BenchmarkFixture, row: Row, contestant: str) -> None:
    measure(benchmark, row, contestant)
