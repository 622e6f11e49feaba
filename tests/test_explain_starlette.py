"""Explanations and findings for Starlette and FastAPI, held against what applications answer."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Host, Match, Mount, Route, Router

from asgi_client import call, http_scope
from trieroute.inspection import Kind, check, explain_starlette, route_rows


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


class PassingOn:
    """A middleware."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)


class Refusing(Convertor[str]):
    regex = "[0-9]+"

    def convert(self, value: str) -> str:
        raise ValueError(f"{value} is refused")

    def to_string(self, value: str) -> str:
        return value


class Choice(Convertor[str]):
    def __init__(self, regex: str) -> None:
        self.regex = regex

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


for name, convertor in {"refusing": Refusing(), "ab": Choice("a|b"), "cd": Choice("c|d")}.items():
    register_url_convertor(name, convertor)


def below_a_root() -> FastAPI:
    """Return an application that takes a prefix off the paths, and has another one in it."""
    app, inner = FastAPI(openapi_url=None), FastAPI(openapi_url=None)
    # The parameter of this name is deprecated; servers and programs set the attribute.
    app.root_path = "/m"
    app.add_route("/a", named("a", "/a").endpoint, name="a")
    inner.add_route("/y/", named("y", "/y/").endpoint, name="y")
    app.mount("/s", inner)
    return app


def mounts_in_an_included_router() -> FastAPI:
    app, router = FastAPI(openapi_url=None), APIRouter()
    router.mount("/m", Starlette(routes=[named("in", "/a"), named("branch", "/b/")]))
    app.include_router(router)
    return app


def with_another_default() -> Starlette:
    async def teapot(scope: Any, receive: Any, send: Any) -> None:
        await PlainTextResponse("", 418)(scope, receive, send)

    app = Starlette(routes=[named("a", "/a")])
    app.router.default = teapot
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
    "below a root": below_a_root(),
    "mounts in an included router": mounts_in_an_included_router(),
    "middleware": Starlette(
        routes=[Mount("/m", routes=[named("in", "/a/")], middleware=[Middleware(PassingOn)])]
    ),
    "empty mount": Starlette(routes=[Mount("/m", routes=[]), named("a", "/a", methods=[])]),
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


def test_request_that_goes_to_the_default_of_the_router() -> None:
    outcome = "'teapot', the default of the router, since no route takes it"
    assert explain_starlette(with_another_default(), "/b", "GET").outcome == outcome


def test_error_of_a_convertor_ends_the_request() -> None:
    app = Starlette(routes=[named("int", "/{n:refusing}"), named("rest", "/{x}")])
    assert (
        str(explain_starlette(app, "/7", "GET"))
        == """\
GET /7
  -> ValueError: 7 is refused, raised by a converter

Routes whose path it is, in the order in which they are tried:
  1. /{n:refusing} [GET] 'int'
       converter raised: ValueError: 7 is refused
  2. /{x} [GET] 'rest'
       outranked: by /{n:refusing}, which is before it"""
    )


def test_closest_routes_of_a_path_that_none_has() -> None:
    routes = [named("user", "/users/{id:int}/edit"), named("home", "/"), named("b", "/users/{x}")]
    assert (
        str(explain_starlette(Starlette(routes=routes), "/users/ann/edit", "GET"))
        == """\
GET /users/ann/edit
  -> 404 Not Found

It is the path of no route. The closest ones:
  /users/{x} [GET] 'b'
       the path goes on with segment 3, 'edit'
  /users/{id:int}/edit [GET] 'user'
       segment 2 is 'ann', not '{id:int}'
  / [GET] 'home'
       segment 1 is 'users', not ''"""
    )


def test_host_that_takes_a_request_is_named() -> None:
    app = Starlette(routes=[Host("a.test", Router([named("a", "/a")]))])
    outcome = "404 Not Found, below the host 'a.test', which takes the request"
    assert explain_starlette(app, "/b", "GET", host="a.test").outcome == outcome


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
        # Starlette takes each method for these, which is hardly what is meant.
        ([named("1", "/", methods=[])], Kind.EMPTY_METHODS, ""),
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


class OfVersion(Route):
    """A route that asks for a header too."""

    def __init__(self, path: str, version: bytes, name: str) -> None:
        super().__init__(path, named(name, path).endpoint, name=name)
        self.version = version

    def matches(self, scope: Any) -> tuple[Match, Any]:
        if dict(scope["headers"]).get(b"version") != self.version:
            return Match.NONE, {}
        return super().matches(scope)


@pytest.mark.parametrize(
    "routes",
    [
        # A route with a `matches` of its own may tell requests for one path apart.
        [OfVersion("/{x}", b"1", "1"), OfVersion("/{x}", b"2", "2")],
        [OfVersion("/a", b"1", "1"), named("2", "/a")],
        [OfVersion("/a", b"1", "1")],
        [Mount("/m", routes=[OfVersion("/a", b"1", "1")]), named("2", "/b")],
        # Convertors of one class may take different texts.
        [named("1", "/{x:ab}"), named("2", "/{x:cd}")],
        # The routes of a host are tried for requests to it alone.
        [Host("localhost", Router([named("1", "/a")])), named("2", "/b")],
        # A route for each method takes those that no route before it has.
        [named("1", "/{x}", methods=["GET", "POST"]), Route("/a", PlainTextResponse("2"))],
    ],
)
def test_no_finding_about_routes_that_requests_reach(routes: list[BaseRoute]) -> None:
    assert check(Starlette(routes=routes)) == []


def test_no_finding_about_routes_below_a_root_path() -> None:
    assert check(below_a_root()) == []


def test_route_that_a_mount_hides_says_so() -> None:
    (finding,) = check(Starlette(routes=[Mount("/m", routes=[]), named("a", "/m/a")]))
    assert finding.message == (
        "no request can reach the route: 404 Not Found, below the mount '/m', which takes the"
        " request"
    )


#: CI runs these tests with the oldest FastAPI as well, and with the newest.
with_frontends = pytest.mark.skipif(
    not hasattr(FastAPI, "frontend"), reason="this FastAPI has no frontends"
)


@with_frontends
def test_frontends_of_fastapi_are_tried_last(tmp_path: Path) -> None:
    app, router = FastAPI(openapi_url=None), APIRouter(prefix="/p")
    (tmp_path / "index.html").write_text("files", encoding="utf-8")
    app.frontend("/", directory=tmp_path)
    app.add_route("/a", named("a", "/a").endpoint, name="a")
    router.frontend("/ui", directory=tmp_path)
    app.include_router(router)

    assert [(row.rule, row.kind) for row in route_rows(app)] == [
        ("/a", "http"),
        ("/p/ui", "mount"),
        ("/", "mount"),
    ]
    for path, method, answered in (
        ("/a", "GET", "/a"),
        ("/", "GET", "/"),
        ("/p/ui/", "GET", "/p/ui"),
        ("/p/ui/", "POST", None),
    ):
        explanation = explain_starlette(app, path, method)
        assert (explanation.route and explanation.route.path) == answered
    assert explanation.outcome == "405 Method Not Allowed (allowed: GET, HEAD)"
    assert check(app) == []


@with_frontends
def test_frontend_takes_no_other_method_for_a_file_that_it_lacks(tmp_path: Path) -> None:
    app, router = FastAPI(openapi_url=None), APIRouter(prefix="/p")
    (tmp_path / "index.html").write_text("files", encoding="utf-8")
    (tmp_path / "a.txt").write_text("a", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    app.frontend("/ui", directory=tmp_path)
    router.frontend("/in", directory=tmp_path)
    app.include_router(router)
    for path in (
        *("/ui", "/ui/", "/ui/a.txt", "/ui/index.html", "/ui/missing", "/ui/empty", "/ui/empty/"),
        *("/ui/a.txt/b", "/p/in/a.txt", "/p/in/missing", f"/ui/{'x' * 300}", "/elsewhere"),
    ):
        told = explain_starlette(app, path, "POST").outcome
        status = call(app, http_scope(path, "POST")).status
        assert told.startswith(str(status)), path
        assert ("no such file" in told) == (status == 404 and path != "/elsewhere")
