"""Explanations and findings for Starlette and FastAPI, held against what applications answer."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Mount, Route

from trieroute.inspection import Kind, check, explain_starlette


def named(name: str, path: str, **settings: Any) -> Route:
    async def view(request: Any) -> PlainTextResponse:
        return PlainTextResponse(name)

    return Route(path, view, name=name, **settings)


def fastapi_app() -> FastAPI:
    app, outer, inner = FastAPI(openapi_url=None), APIRouter(prefix="/in"), APIRouter()

    @inner.get("/deep/{x}", response_class=PlainTextResponse)
    async def deep(x: str) -> str:
        return "deep"

    @outer.post("/{y}", response_class=PlainTextResponse)
    async def shallow(y: str) -> str:
        return "shallow"

    @app.get("/{z}", response_class=PlainTextResponse)
    async def top(z: str) -> str:
        return "top"

    outer.include_router(inner)
    app.include_router(outer, prefix="/api")
    return app


APPS = {
    "routes": Starlette(
        routes=[
            named("get", "/a", methods=["GET"]),
            named("post", "/a", methods=["POST"]),
            named("branch", "/b/"),
            named("int", "/n/{n:int}"),
            named("str", "/n/{n}"),
            named("rest", "/f/{p:path}"),
        ]
    ),
    "mounts": Starlette(
        routes=[
            Mount("/m", routes=[named("in", "/a"), Mount("/{t}", routes=[named("deep", "/x/")])]),
            named("late", "/m/late"),
            named("last", "/{p:path}"),
        ]
    ),
    "app in app": Starlette(
        routes=[
            Mount("/s", Starlette(routes=[named("s", "/y/"), named("p", "/z", methods=["PUT"])]))
        ]
    ),
    "included": fastapi_app(),
}
PATHS = [
    *("/", "/a", "/a/", "/b", "/b/", "/n/7", "/n/x", "/n/", "/f/", "/f/x/y", "/nope"),
    *("/m", "/m/", "/m/a", "/m/a/", "/m/late", "/m/q/x", "/m/q/x/", "/m/q/y", "/other/x"),
    *("/s/y", "/s/y/", "/s/z", "/s/q", "/api/in/deep/1", "/api/in/1", "/api/in/deep/1/"),
]


async def answers(app: Any, method: str) -> list[httpx.Response]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        return [await client.request(method, path) for path in PATHS]


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "DELETE"])
@pytest.mark.parametrize("name", APPS)
def test_explanation_is_what_the_application_answers(name: str, method: str) -> None:
    app = APPS[name]
    for path, answer in zip(PATHS, asyncio.run(answers(app, method)), strict=True):
        explanation = explain_starlette(app, path, method)
        if answer.status_code == 200:
            assert explanation.route is not None
            if method != "HEAD":
                assert explanation.route.endpoint == answer.text
        else:
            assert explanation.route is None
            assert explanation.outcome.startswith(str(answer.status_code)), path


def test_routes_that_are_outranked_are_told() -> None:
    explanation = explain_starlette(APPS["routes"], "/n/7", "GET")
    assert [(route.path, verdict) for route, verdict in explanation.candidates] == [
        ("/n/{n:int}", "matched"),
        ("/n/{n}", "outranked: by /n/{n:int}, which is before it"),
    ]


@pytest.mark.parametrize(
    ("routes", "kind", "example"),
    [
        ([named("1", "/{x}"), named("2", "/a")], Kind.SHADOWED, "GET /a"),
        ([Mount("/m", routes=[]), named("2", "/m/a")], Kind.SHADOWED, "GET /m/a"),
        ([named("1", "/{x}/b"), named("2", "/{y}/b")], Kind.DUPLICATE, ""),
        ([named("1", "/", methods=["GTE"])], Kind.UNKNOWN_METHOD, ""),
    ],
)
def test_findings(routes: list[BaseRoute], kind: Kind, example: str) -> None:
    (finding,) = check(Starlette(routes=routes))
    assert (finding.kind, finding.example) == (kind, example)


@pytest.mark.parametrize(
    "routes",
    [
        [named("1", "/a"), named("2", "/{x}")],
        [named("1", "/{x:int}"), named("2", "/{x}")],
        [named("1", "/a", methods=["GET"]), named("2", "/a", methods=["POST"])],
        [named("1", "/{x}", methods=["GET"]), named("2", "/a", methods=["GET", "POST"])],
    ],
)
def test_no_findings(routes: list[BaseRoute]) -> None:
    assert check(Starlette(routes=routes)) == []
