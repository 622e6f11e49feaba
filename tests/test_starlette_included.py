"""`trieroute.starlette.speedup`: routers that FastAPI includes."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import fastapi.routing
import pytest
from fastapi import APIRouter, Depends, FastAPI, HTTPException
from fastapi.routing import APIRoute
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Host, Match, NoMatchFound, Route, Router

from asgi_client import Endpoint, answer, request
from trieroute._starlette import fastapi as known
from trieroute.starlette import RouteList, speedup


def says(text: str) -> Callable[[], str]:
    def endpoint() -> str:
        return text

    return endpoint


def router_of(text: str, *paths: str, prefix: str = "") -> APIRouter:
    """Return a router whose operations answer a GET with a text."""
    router = APIRouter(prefix=prefix)
    for path in paths:
        router.get(path)(says(text))
    return router


def both(make: Callable[[], FastAPI]) -> list[FastAPI]:
    """Return an application as it is, and sped up."""
    plain, fast = make(), make()
    speedup(fast)
    return [plain, fast]


def tried(app: FastAPI, path: str) -> list[Any]:
    """Return the included routers that are tried for a path."""
    routes: Any = app.router.routes
    return [
        route.original_router
        for route in routes.compiled().candidates(path)
        if hasattr(route, "original_router")
    ]


# Which are tried


def test_included_routers_are_tried_for_the_paths_of_their_routes_alone() -> None:
    app = FastAPI()
    users = router_of("users", "", "/", "/{id}", prefix="/users")
    items = router_of("items", "/items/{id}")
    empty = APIRouter()
    for router in (users, items, empty):
        app.include_router(router)
    tenants = router_of("tenants", "/{user}/files")
    app.include_router(tenants, prefix="/at/{tenant}")
    assert speedup(app).notes == ()
    assert answer(app, "/nothing")[0] == 404
    assert tried(app, "/users") == tried(app, "/users/") == tried(app, "/users/1") == [users]
    assert tried(app, "/items/1") == tried(app, "/items/1\n") == [items]
    assert tried(app, "/items") == tried(app, "/items/1/2") == tried(app, "/") == []
    assert tried(app, "/at/us/ann/files") == [tenants]
    assert tried(app, "/at/us/ann") == []


def test_router_that_is_included_twice_is_found_at_both_prefixes() -> None:
    app, router = FastAPI(), router_of("a", "/a")
    app.include_router(router, prefix="/v1")
    app.include_router(router, prefix="/v2")
    speedup(app)
    assert answer(app, "/nothing")[0] == 404
    assert tried(app, "/v1/a") == tried(app, "/v2/a") == [router]
    assert tried(app, "/a") == []
    assert answer(app, "/v2/a") == (200, b'"a"')


def test_what_has_nothing_for_other_requests_is_not_asked_for_it(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("page")
    app, site = FastAPI(), APIRouter()
    app.include_router(router_of("a", "/a"))
    app.include_router(site, prefix="/site")
    speedup(app)
    fallback = app.router._iter_low_priority_routes
    assert answer(app, "/site/")[0] == 404
    assert list(fallback()) == []
    site.frontend("/", directory=tmp_path)
    assert answer(app, "/site/") == (200, b"page")
    assert len(list(fallback())) == 1


def test_routers_that_are_reached_in_turn_cost_few_compilations(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compilations = 0
    compile_ = RouteList._compile

    def counting(routes: RouteList) -> Any:
        nonlocal compilations
        compilations += routes is application.router.routes
        return compile_(routes)

    monkeypatch.setattr(RouteList, "_compile", counting)
    app, nested, outer = FastAPI(), FastAPI(), APIRouter()
    paths = [f"/r{number}" for number in range(50)]
    for path in paths:
        app.include_router(router_of(path, "/a", "/b", "/c", prefix=path))
        outer.include_router(router_of(path, "/a", "/b", "/c", prefix=path))
    nested.include_router(outer)
    for application in (app, nested):
        speedup(application)
        compilations = 0
        for path in paths:
            assert answer(application, f"{path}/b") == (200, f'"{path}"'.encode())
        assert 1 < compilations < 10
        # The last ones get into the trie without a request for them.
        for _ in range(200):
            answer(application, f"{paths[0]}/b")
        assert application.router.routes._compiled.others == {}  # type: ignore[attr-defined]


# Same answers


def test_first_registered_wins_among_routes_and_included_routers() -> None:
    def make() -> FastAPI:
        app = FastAPI()
        app.get("/a/first")(says("operation before"))
        app.include_router(router_of("included", "/{x}", prefix="/a"))
        app.include_router(router_of("included later", "/{x}/{y}", "/first", prefix="/a"))
        app.get("/a/{x}")(says("operation after"))
        app.get("/{x}/{y}/{z}")(says("operation last"))
        return app

    for app in both(make):
        assert answer(app, "/a/first") == (200, b'"operation before"')
        assert answer(app, "/a/second") == (200, b'"included"')
        assert answer(app, "/a/b/c") == (200, b'"included later"')
        assert answer(app, "/b/c/d") == (200, b'"operation last"')
        assert answer(app, "/a/b") == (200, b'"included"')


def test_full_match_of_a_later_router_goes_before_a_405() -> None:
    def make() -> FastAPI:
        app = FastAPI()
        app.include_router(router_of("get", "/a", "/b"))
        later = APIRouter()
        later.post("/{x}")(says("post"))
        app.include_router(later)
        return app

    for app in both(make):
        assert answer(app, "/a", "POST") == (200, b'"post"')
        assert answer(app, "/a") == (200, b'"get"')
        assert answer(app, "/c") == (405, b'{"detail":"Method Not Allowed"}')
        assert request(app, "/a", "PUT").allow == ["GET"]


def test_redirect_to_the_other_slash_of_an_included_route() -> None:
    def make() -> FastAPI:
        app = FastAPI()
        app.include_router(router_of("a", "/a", "/b/"), prefix="/r")
        return app

    for app in both(make):
        assert request(app, "/r/a/").location == "http://example.org/r/a"
        assert request(app, "/r/b").location == "http://example.org/r/b/"
        assert request(app, "/r/c/").status == 404


def test_redirects_can_be_turned_off() -> None:
    def make() -> FastAPI:
        app = FastAPI(redirect_slashes=False)
        app.include_router(router_of("a", "/a"), prefix="/r")
        return app

    for app in both(make):
        assert request(app, "/r/a/").status == 404
        assert answer(app, "/r/a") == (200, b'"a"')


def test_values_of_the_prefix_and_of_the_path() -> None:
    def make() -> FastAPI:
        app, inner, outer = FastAPI(), APIRouter(), APIRouter(prefix="/{b}")

        @inner.get("/{c:path}")
        async def values(a: int, b: str, c: str) -> list[Any]:
            return [a, b, c]

        outer.include_router(inner, prefix="/in")
        app.include_router(outer, prefix="/at/{a}")
        return app

    for app in both(make):
        assert answer(app, "/at/1/x/in/y/z") == (200, b'[1,"x","y/z"]')
        assert answer(app, "/at/1/x/in/") == (200, b'[1,"x",""]')
        assert answer(app, "/at/no/x/in/y")[0] == 422
        assert answer(app, "/at/1/x/in")[0] == 307
        assert answer(app, "/at/1/x/out/y")[0] == 404


def test_mounts_websockets_and_plain_routes_inside() -> None:
    def make() -> FastAPI:
        app, router = FastAPI(), APIRouter()
        router.mount("/files", Router([Route("/{name}", Endpoint("file"))]))
        router.add_route("/plain", lambda request: PlainTextResponse("plain"))
        router.add_websocket_route("/ws/{id}", Endpoint("socket"))

        @router.websocket("/api-ws")
        async def socket(websocket: Any) -> None:
            raise AssertionError("not called")

        app.include_router(router, prefix="/r")
        return app

    for app in both(make):
        assert [seen["name"] for seen in request(app, "/r/files/a").calls] == ["file"]
        assert request(app, "/files/a").calls == []
        assert answer(app, "/r/plain") == (200, b"plain")
        assert answer(app, "/r/plain", "PUT")[0] == 405
        assert request(app, "/r/ws/1", websocket=True).calls[0]["path_params"] == {"id": "1"}
        assert request(app, "/r/ws", websocket=True).status == 403
        assert answer(app, "/r/ws/1")[0] == 404


def test_mount_that_a_sped_up_router_gets_is_sped_up_as_well() -> None:
    app, router = FastAPI(), APIRouter()
    app.include_router(router, prefix="/r")
    speedup(app)
    mounted = Router([Route("/{name}", Endpoint("file"))])
    router.mount("/files", mounted)
    router.get("/a")(says("a"))
    assert request(app, "/r/files/x").calls[0]["name"] == "file"
    assert isinstance(mounted.routes, RouteList)


def test_host_inside_has_its_router_tried_for_every_request() -> None:
    def make() -> FastAPI:
        app, router = FastAPI(), APIRouter(prefix="/users")
        router.get("/{x}")(says("user"))
        router.routes.append(Host("host.example", app=Endpoint("host")))
        app.include_router(router)
        app.get("/later")(says("later"))
        return app

    plain, fast = both(make)
    for app in (plain, fast):
        seen = request(app, "/anything", headers={"host": "host.example"}).calls
        assert [call["name"] for call in seen] == ["host"]
        assert answer(app, "/users/1") == (200, b'"user"')
        assert answer(app, "/later") == (200, b'"later"')
    host = fast.router.routes[-2].original_router.routes[-1]  # type: ignore[attr-defined]
    assert speedup(fast).notes == (
        f"APIRouter included at '/users': {host!r}: its `matches` is its own",
    )


def test_path_that_begins_with_anything_is_shown_with_its_router() -> None:
    app, router = FastAPI(), router_of("any", "/{x:path}")
    outer = APIRouter()
    outer.include_router(router)
    app.include_router(outer)
    assert speedup(app).notes == ()
    assert answer(app, "/a/b") == (200, b'"any"')
    (note,) = speedup(app).notes
    assert note.startswith("APIRouter included at '': APIRouter included at '': APIRoute(path='/{x")
    assert note.endswith("): its path may begin with anything")


def test_router_whose_matches_is_its_own_is_tried_for_every_request() -> None:
    class Closed(APIRouter):
        def matches(self, scope: Any) -> Any:
            if scope["path"] == "/closed":
                return Match.FULL, {}
            return super().matches(scope)

        async def handle(self, scope: Any, receive: Any, send: Any) -> None:
            raise HTTPException(423)

    def make() -> FastAPI:
        app = FastAPI()
        app.include_router(Closed())
        app.get("/{x}")(says("open"))
        return app

    plain, fast = both(make)
    for app in (plain, fast):
        assert answer(app, "/closed")[0] == 423
        assert answer(app, "/open") == (200, b'"open"')
    assert speedup(fast).notes == ("Closed included at '': its `matches` is its own",)


def test_route_of_a_class_of_its_own_inside() -> None:
    class Never(BaseRoute):
        def matches(self, scope: Any) -> Any:
            raise AssertionError("FastAPI leaves it out")

    def make() -> FastAPI:
        app, router = FastAPI(), router_of("a", "/a")
        router.routes.append(Never())
        app.include_router(router, prefix="/r")
        return app

    for app in both(make):
        assert answer(app, "/r/a") == (200, b'"a"')
        assert answer(app, "/r/b")[0] == 404


def test_router_whose_list_is_of_another_class() -> None:
    class Routes(list[Any]):
        pass

    def make() -> FastAPI:
        app, router = FastAPI(), router_of("a", "/a")
        router.routes = Routes(router.routes)
        app.include_router(router, prefix="/r")
        router.get("/b")(says("b"))
        return app

    plain, fast = both(make)
    for app in (plain, fast):
        assert answer(app, "/r/a") == (200, b'"a"')
        assert answer(app, "/r/c")[0] == 404
        app.router.routes[-1].original_router.get("/c")(says("c"))  # type: ignore[attr-defined]
        assert answer(app, "/r/c") == (200, b'"c"')
    assert speedup(fast).notes == (
        "APIRouter included at '/r': changes of its routes can't be seen",
    )


def test_routes_that_can_not_be_made_fail_for_the_requests_that_try_them() -> None:
    def make() -> FastAPI:
        app = FastAPI()
        app.get("/before")(says("before"))
        app.include_router(router_of("twice", "/{x}"), prefix="/{x}")
        return app

    for app in both(make):
        assert answer(app, "/before") == (200, b'"before"')
        with pytest.raises(ValueError, match="Duplicated param name x"):
            answer(app, "/other")


# Changes


@pytest.mark.parametrize("depth", [1, 3])
def test_changes_of_an_included_router_are_seen(depth: int) -> None:
    def make() -> FastAPI:
        app = FastAPI()
        outer: Any = app
        for _ in range(depth):
            inner = APIRouter()
            outer.include_router(inner, prefix="/r")
            outer = inner
        app.include_router(router_of("other", "/other/{x}"))
        outer.get("/a")(says("a"))
        return app

    def innermost(app: Any) -> APIRouter:
        router = app.router
        for _ in range(depth):
            router = next(
                route.original_router
                for route in router.routes
                if hasattr(route, "include_context")
            )
        return router

    start = "/r" * depth
    for app in both(make):
        router = innermost(app)
        assert answer(app, start + "/a") == (200, b'"a"')
        assert answer(app, start + "/b")[0] == 404
        router.get("/b")(says("b"))
        assert answer(app, start + "/b") == (200, b'"b"')
        late = router_of("late", "/{x}/{y}")
        router.include_router(late)
        assert answer(app, start + "/c/d") == (200, b'"late"')
        late.post("/e")(says("e"))
        assert answer(app, start + "/e", "POST") == (200, b'"e"')
        assert answer(app, start + "/e")[0] == 405
        assert answer(app, "/other/1") == (200, b'"other"')


def test_change_that_fastapi_does_not_count_waits_for_one_that_it_does() -> None:
    def make() -> FastAPI:
        app, router = FastAPI(), router_of("a", "/a")
        app.include_router(router, prefix="/r")
        return app

    for app in both(make):
        router = app.router.routes[-1].original_router  # type: ignore[attr-defined]
        assert answer(app, "/r/a") == (200, b'"a"')
        router.routes.append(Route("/b", lambda request: PlainTextResponse("b")))
        assert answer(app, "/r/b")[0] == 404
        router.get("/c")(says("c"))
        assert answer(app, "/r/b") == (200, b"b")


def test_routes_of_an_included_router_that_are_set_anew() -> None:
    def make() -> FastAPI:
        app, router, inner = FastAPI(), APIRouter(), router_of("inner", "/a", "/b")
        router.include_router(inner)
        app.include_router(router, prefix="/r")
        return app

    for app in both(make):
        router = app.router.routes[-1].original_router  # type: ignore[attr-defined]
        assert answer(app, "/r/a") == (200, b'"inner"')
        # FastAPI's count changes with what is included.
        router.routes = []
        assert answer(app, "/r/a")[0] == 404
        router.get("/a")(says("anew"))
        assert answer(app, "/r/a") == (200, b'"anew"')
        assert answer(app, "/r/b")[0] == 404


def deny() -> None:
    raise HTTPException(403)


def mount(router: Any) -> None:
    router.mount("/m", Router([Route("/", lambda request: PlainTextResponse("mounted"))]))


#: Changes that FastAPI does not count, and a request for what they change.
UNCOUNTED = [
    pytest.param(mount, "/p/m/", 200, id="mount"),
    pytest.param(
        lambda router: router.routes[0].dependencies.append(Depends(deny)),
        "/p/x",
        403,
        id="dependency",
    ),
    pytest.param(
        lambda router: router.routes.append(APIRoute("/z", says("z"))), "/p/z", 200, id="append"
    ),
    pytest.param(
        lambda router: router.routes.insert(0, APIRoute("/{y}", says("y"), status_code=202)),
        "/p/x",
        202,
        id="insert",
    ),
    pytest.param(lambda router: router.routes.pop(0), "/p/x", 404, id="pop"),
    pytest.param(lambda router: router.routes.clear(), "/p/x", 404, id="clear"),
    pytest.param(lambda router: setattr(router, "routes", []), "/p/x", 404, id="set anew"),
    pytest.param(
        lambda router: setattr(router.routes[0], "status_code", 201), "/p/x", 201, id="status"
    ),
]


def ahead(app: FastAPI) -> APIRouter:
    """Have an application with an operation, and a router included after it; return the router."""
    app.get("/health")(says("healthy"))
    router = router_of("x", "/x")
    app.include_router(router, prefix="/p")
    return router


@pytest.mark.parametrize(("change", "path", "status"), UNCOUNTED)
@pytest.mark.parametrize("asked", [[], ["/health"]])
def test_changes_before_fastapi_makes_the_operations_are_seen(
    change: Callable[[Any], Any], path: str, status: int, asked: list[str]
) -> None:
    plain, fast = FastAPI(), FastAPI()
    changed = [ahead(plain), ahead(fast)]
    speedup(fast)
    for app, router in zip((plain, fast), changed, strict=True):
        assert [answer(app, path)[0] for path in asked] == [200] * len(asked)
        change(router)
        assert answer(app, path)[0] == status
    assert plain.openapi() == fast.openapi()


@pytest.mark.parametrize(("change", "path", "status"), UNCOUNTED)
def test_changes_after_fastapi_made_the_operations_wait_as_ever(
    change: Callable[[Any], Any], path: str, status: int
) -> None:
    plain, fast = FastAPI(), FastAPI()
    changed = [ahead(plain), ahead(fast)]
    speedup(fast)
    for app, router in zip((plain, fast), changed, strict=True):
        # No route takes the request: all of them are tried.
        assert answer(app, "/nothing")[0] == 404
        change(router)
        assert answer(app, path)[0] == (200 if path == "/p/x" else 404)
        router.get("/counted")(says("counted"))
        assert answer(app, path)[0] == status
    assert plain.openapi() == fast.openapi()


def test_changes_in_a_nested_router_before_a_request_gets_to_it_are_seen() -> None:
    plain, fast = FastAPI(), FastAPI()
    speedup(fast)
    for app in (plain, fast):
        outer, inner = router_of("outer", "/x"), router_of("inner", "/y")
        outer.include_router(inner, prefix="/in")
        app.include_router(outer, prefix="/p")
        # The outer router takes it before its inner one is tried.
        assert answer(app, "/p/x") == (200, b'"outer"')
        inner.routes[0].dependencies.append(Depends(deny))  # type: ignore[attr-defined]
        assert answer(app, "/p/in/y")[0] == 403
        assert answer(app, "/p/in/z")[0] == 404
    assert tried(fast, "/p/in/z") == []


def test_operations_that_fastapi_made_before_the_call_stay_made() -> None:
    app = FastAPI()
    router = ahead(app)
    assert answer(app, "/p/x") == (200, b'"x"')
    router.routes[0].dependencies.append(Depends(deny))  # type: ignore[attr-defined]
    speedup(app)
    assert answer(app, "/p/x") == (200, b'"x"')


def test_included_router_that_is_removed() -> None:
    app = FastAPI()
    app.include_router(router_of("a", "/a"))
    app.include_router(router_of("b", "/{x}"))
    speedup(app)
    assert answer(app, "/a") == (200, b'"a"')
    del app.router.routes[-2]
    assert answer(app, "/a") == (200, b'"b"')


# Versions of FastAPI that are not as known


def test_changes_are_seen_where_fastapi_keeps_no_candidates(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make = fastapi.routing._IncludedRouter.effective_candidates

    def make_anew(route: Any) -> list[Any]:
        route._effective_candidates_version = None
        return make(route)

    monkeypatch.setattr(fastapi.routing._IncludedRouter, "effective_candidates", make_anew)
    monkeypatch.setattr(known, "_fastapi", known._NOTHING)
    app, router = FastAPI(), router_of("a", "/a")
    app.include_router(router, prefix="/r")
    speedup(app)
    assert answer(app, "/r/a") == (200, b'"a"')
    assert answer(app, "/r/b")[0] == 404
    router.routes.append(Route("/b", lambda request: PlainTextResponse("b")))
    assert answer(app, "/r/b") == (200, b"b")
    (note,) = speedup(app).notes
    assert note == "APIRouter included at '/r': changes of its routes can't be seen"


def test_all_routes_fall_back_where_fastapi_asks_all_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def every_route(router: Any) -> Iterator[Any]:
        yield from router.routes

    monkeypatch.setattr(APIRouter, "_iter_low_priority_routes", every_route)
    monkeypatch.setattr(known, "_fastapi", known._NOTHING)
    app = FastAPI()
    app.get("/a")(says("a"))
    speedup(app)
    assert answer(app, "/a") == (200, b'"a"')
    assert [*app.router._iter_low_priority_routes()] == app.router.routes


# What FastAPI adds


def test_dependencies_and_their_overrides() -> None:
    inner, outer, app = APIRouter(prefix="/inner"), APIRouter(), FastAPI()

    def refused() -> str:
        raise AssertionError("the dependency is overridden")

    @inner.get("/{name}")
    async def first(name: str, who: str = Depends(refused)) -> str:
        return f"{name} {who}"

    @inner.get("")
    async def root() -> str:
        return "root"

    outer.include_router(inner, prefix="/outer")
    app.include_router(outer, prefix="/v1")
    app.include_router(inner)
    app.dependency_overrides[refused] = lambda: "ann"
    speedup(app)
    assert answer(app, "/v1/outer/inner/a") == (200, b'"a ann"')
    assert answer(app, "/inner/b") == (200, b'"b ann"')
    assert answer(app, "/v1/outer/inner") == (200, b'"root"')
    assert answer(app, "/v1/outer/inner/a", "PUT")[0] == 405
    assert answer(app, "/v1/inner/a")[0] == 404

    late = APIRouter()
    late.get("/late")(root)
    app.include_router(late, prefix="/v2")
    assert answer(app, "/v2/late") == (200, b'"root"')
    assert {"/v1/outer/inner/{name}", "/inner/{name}", "/v2/late"} <= set(app.openapi()["paths"])


def test_routes_that_an_included_router_gets_later() -> None:
    app, plain = FastAPI(), FastAPI()
    routers = {}
    for name, application in (("fast", app), ("plain", plain)):
        routers[name] = APIRouter(prefix="/r")
        application.include_router(routers[name])
    speedup(app)
    assert answer(app, "/r/late")[0] == answer(plain, "/r/late")[0] == 404

    async def late() -> str:
        return "late"

    for router in routers.values():
        router.get("/late")(late)
    assert answer(app, "/r/late") == answer(plain, "/r/late")


def test_included_router_goes_through_few_of_its_operations() -> None:
    app, router, inner = FastAPI(), APIRouter(prefix="/r"), APIRouter(prefix="/s")
    inner.get("/{x}")(lambda x: x)
    router.include_router(inner)
    app.include_router(router)
    plain = type(app.routes[-1].effective_candidates())
    speedup(app)
    assert answer(app, "/r/s/a") == (200, b'"a"')
    candidates = app.routes[-1].effective_candidates()
    assert plain is list
    assert type(candidates) is type(candidates[0].effective_candidates()) is not list
    assert isinstance(inner.routes, RouteList)


def test_copy_of_an_included_router_goes_through_its_own_routes() -> None:
    def make() -> FastAPI:
        app = FastAPI()
        app.include_router(router_of("a", "/a/{x}"))
        return app

    plain, fast = both(make)
    for app in (plain, fast):
        assert answer(app, "/a/1") == (200, b'"a"')
        twin: Any = copy.copy(app.router.routes[-1])
        twin.include_context = replace(twin.include_context, prefix="/p")
        twin._effective_candidates_version = None
        app.router.routes.append(twin)
        assert answer(app, "/p/a/1") == (200, b'"a"')
        assert answer(app, "/a/1") == (200, b'"a"')


def test_copy_of_an_included_router_in_an_application_that_is_not_sped_up() -> None:
    for fast in (False, True):
        app, other = FastAPI(), FastAPI()
        app.include_router(router_of("a", "/a/{x}"))
        if fast:
            speedup(app)
        assert answer(app, "/a/1") == (200, b'"a"')
        twin: Any = copy.copy(app.router.routes[-1])
        assert twin == app.router.routes[-1]
        twin.include_context = replace(twin.include_context, prefix="/p")
        twin._effective_candidates_version = None
        other.router.routes.append(twin)
        assert answer(other, "/p/a/1") == (200, b'"a"')
        assert answer(other, "/a/1")[0] == 404
        assert answer(app, "/a/1") == (200, b'"a"')


@pytest.mark.parametrize("later", [False, True])
@pytest.mark.parametrize("operation", [False, True])
def test_route_in_a_mount_without_a_name_has_its_own_url(operation: bool, later: bool) -> None:
    def make() -> FastAPI:
        shop = APIRouter()
        if operation:
            shop.add_api_route("/op", lambda: 1, name="op")
        shop.mount("/m", Router(routes=[Route("/x/{n:int}", Endpoint("x"), name="x")]))
        app = FastAPI()
        app.include_router(shop, prefix="/p")
        if later:
            app.add_route("/other/{n:int}", Endpoint("other"), name="x")
        return app

    plain, fast = both(make)
    for _ in range(3):
        for app in (plain, fast):
            assert app.url_path_for("x", n=1) == "/p/m/x/1"
            with pytest.raises(NoMatchFound):
                app.url_path_for("x", m=1)
