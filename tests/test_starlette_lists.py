"""The lists of routers: when they are replaced, and what becomes of those that were."""

from __future__ import annotations

import asyncio
import operator
import sys
import sysconfig
import threading
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from starlette.applications import Starlette
from starlette.routing import Host, Mount, NoMatchFound, Route, Router

from asgi_client import Endpoint, answer, http_scope, request
from trieroute.starlette import RouteList, speedup


def named(name: str) -> Route:
    return Route(f"/{name}", Endpoint(name), name=name)


def called(app: Any, path: str) -> str | None:
    """Return the endpoint that was called, ``None`` if there was none."""
    calls = request(app, path).calls
    return calls[0]["name"] if calls else None


# When lists are replaced


@pytest.mark.parametrize(
    "add",
    [
        lambda routes, mount: routes.append(mount),
        lambda routes, mount: routes.insert(0, mount),
        lambda routes, mount: routes.extend(iter([mount])),
        lambda routes, mount: operator.iadd(routes, [mount]),
        lambda routes, mount: operator.setitem(routes, 0, mount),
        lambda routes, mount: operator.setitem(routes, slice(0, 0), [mount]),
    ],
)
def test_router_gets_its_list_when_it_is_added(add: Callable[[Any, Any], None]) -> None:
    app = Starlette(routes=[named("a")])
    speedup(app)
    inner, host = Router([named("b")]), Router([named("c")])
    outer = Router([Mount("/inner", app=inner), Host("example.org", app=host)])
    add(app.router.routes, Mount("/outer", app=outer))
    assert [type(router.routes) for router in (outer, inner, host)] == [RouteList] * 3
    assert called(app, "/outer/inner/b") == "b"


def test_router_that_a_failing_iterator_adds_gets_its_list() -> None:
    def mounts() -> Any:
        yield Mount("/m", app=inner)
        raise ValueError("no more")

    app, inner = Starlette(), Router([named("a")])
    speedup(app)
    with pytest.raises(ValueError, match="no more"):
        app.router.routes.extend(mounts())
    assert isinstance(inner.routes, RouteList)
    assert called(app, "/m/a") == "a"


def test_included_router_gets_its_list_when_it_is_included() -> None:
    app, router, inner = FastAPI(), APIRouter(), APIRouter()
    speedup(app)
    router.include_router(inner)
    app.include_router(router)
    inner.add_api_route("/a", lambda: "a")
    if any(hasattr(route, "original_router") for route in app.routes):
        # Older versions of FastAPI copy the routes.
        assert [type(each.routes) for each in (router, inner)] == [RouteList] * 2
        assert answer(app, "/a") == (200, b'"a"')


def test_list_that_is_set_anew_is_not_replaced_by_a_request() -> None:
    for fast in (False, True):
        inner = Router()
        app = Starlette(routes=[Mount("/m", app=inner)])
        if fast:
            speedup(app)
        mine = inner.routes = [named("a")]
        assert called(app, "/m/a") == "a"
        app.router.routes.append(named("other"))
        assert called(app, "/m/a") == "a"
        assert app.url_path_for("a") == "/m/a"
        mine.append(named("b"))
        assert called(app, "/m/b") == "b"
        assert app.url_path_for("b") == "/m/b"
        assert inner.routes is mine
    speedup(app)
    assert isinstance(inner.routes, RouteList)
    mine.append(named("c"))
    assert called(app, "/m/c") == "c"
    names = app.router.routes._read_names()  # type: ignore[attr-defined]
    assert names.candidates("z") == []


# Lists that are replaced while somebody has them in hand


async def status(app: Any, path: str) -> int:
    sent: list[Any] = []

    async def receive() -> Any: ...

    async def send(message: Any) -> None:
        sent.append(message)

    await app({**http_scope(path), "test.calls": []}, receive, send)
    return int(sent[0]["status"])


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize("mounted_first", [False, True])
def test_route_that_is_awaited_while_its_router_is_mounted(fast: bool, mounted_first: bool) -> None:
    async def run() -> int:
        app, inner = Starlette(routes=[named("a")]), Router()
        if fast:
            speedup(app)
        if mounted_first:
            app.mount("/m", inner)
        ready = asyncio.Event()

        async def made() -> Route:
            await ready.wait()
            return named("late")

        async def add() -> None:
            inner.routes.append(await made())

        adding = asyncio.create_task(add())
        await asyncio.sleep(0)
        if not mounted_first:
            app.mount("/m", inner)
        assert await status(app, "/a") == 200
        assert await status(app, "/m/late") == 404
        ready.set()
        await adding
        return await status(app, "/m/late")

    assert asyncio.run(run()) == 200


#: What is done to a list that was replaced; the list has routes a, b and a.
IN_HAND = {
    "append": lambda routes: routes.append(named("late")),
    "first": lambda routes: routes.insert(0, Route("/{x}", Endpoint("late"))),
    "between": lambda routes: routes.insert(1, Route("/{x}", Endpoint("late"))),
    "extend": lambda routes: routes.extend([named("late"), named("later")]),
    "remove": lambda routes: routes.remove(routes[1]),
    "pop": lambda routes: routes.pop(0),
    "clear": lambda routes: routes.clear(),
    "again": lambda routes: routes.append(routes[0]),
    "last": lambda routes: routes.pop(),
    "removed and appended": lambda routes: (routes.remove(routes[1]), routes.append(named("late"))),
    "put in front and popped": lambda routes: (routes.insert(0, named("late")), routes.pop()),
    "other": lambda routes: (routes.clear(), routes.append(named("late"))),
}


#: These concern the end of the list, or all of it.
AT_THE_END = {"clear", "other", "last", "removed and appended", "put in front and popped"}


@pytest.mark.parametrize(
    ("change", "between"),
    [
        pytest.param(change, between, id=f"{name}-{between}")
        for name, change in IN_HAND.items()
        for between in (False, True)
        # What the other list was given since is not at the end of this one.
        if not (between and name in AT_THE_END)
    ],
)
def test_change_of_a_list_that_was_replaced(change: Callable[[Any], None], between: bool) -> None:
    seen = []
    for fast in (False, True):
        a, b = named("a"), named("b")
        app = Starlette(routes=[a, b, a])
        routes = app.router.routes
        if fast:
            speedup(app)
            assert routes is not app.router.routes
        assert called(app, "/a") == "a"
        if between:
            # What is added meanwhile is there as well.
            app.router.routes.append(named("between"))
        change(routes)
        paths = ["/a", "/b", "/late", "/later", "/between"]
        seen.append([called(app, path) for path in paths])
        seen.append([route.endpoint.name for route in app.router.routes])  # type: ignore[attr-defined]
    assert seen[:2] == seen[2:]


def test_changes_of_both_lists_keep_their_order() -> None:
    app = Starlette()
    routes = app.router.routes
    speedup(app)
    routes.append(Route("/{x}", Endpoint("first")))
    app.router.routes.append(Route("/{y}", Endpoint("second")))
    assert called(app, "/a") == "first"


def test_name_in_a_list_that_was_replaced() -> None:
    inner = Router([named("a")])
    app = Starlette(routes=[Mount("/m", app=inner)])
    routes = inner.routes
    speedup(app)
    with pytest.raises(NoMatchFound):
        app.url_path_for("b")
    routes.append(named("b"))
    assert app.url_path_for("b") == "/m/b"
    assert called(app, "/m/b") == "b"


def test_list_that_nobody_has_in_hand_is_forgotten() -> None:
    # Without the GIL, references can't be counted, so that it stays.
    kept = sysconfig.get_config_var("Py_GIL_DISABLED") == 1
    app, other = Starlette(routes=[named("a")]), Starlette(routes=[named("a")])
    routes = other.router.routes
    for each in (app, other):
        speedup(each)
    assert (app.router.routes._replaced is not None) is kept  # type: ignore[attr-defined]
    assert other.router.routes._replaced is routes  # type: ignore[attr-defined]


def test_threads_add_routes_while_their_router_is_mounted_and_served() -> None:
    app = Starlette(routes=[named("a")])
    speedup(app)
    serving = True

    def serve() -> None:
        while serving:
            request(app, "/a")

    interval = sys.getswitchinterval()
    server = threading.Thread(target=serve)
    sys.setswitchinterval(1e-5)
    try:
        server.start()
        for _ in range(30):
            inner = Router()

            def mount(inner: Router = inner) -> None:
                app.router.routes[1:] = [Mount("/m", app=inner)]

            mounting = threading.Thread(target=mount)
            mounting.start()
            for number in range(20):
                inner.routes.append(named(str(number)))
            mounting.join()
            assert [called(app, f"/m/{number}") for number in range(20)] == [
                str(number) for number in range(20)
            ]
    finally:
        serving = False
        server.join()
        sys.setswitchinterval(interval)


# Lists of several routers


@pytest.mark.parametrize("late", [False, True])
def test_routers_that_share_a_list_share_it_still(late: bool) -> None:
    for fast in (False, True):
        first, second = Router([named("a")]), Router()
        second.routes = first.routes
        app = Starlette(routes=[Mount("/1", app=first)])
        if fast and late:
            speedup(app)
            first.routes.append(named("b"))
        app.mount("/2", second)
        if fast and not late:
            speedup(app)
        first.routes.append(named("c"))
        second.routes.append(named("d"))
        assert first.routes is second.routes
        for path in ("/1/a", "/2/a", "/1/c", "/2/c", "/1/d", "/2/d"):
            assert called(app, path) == path[-1]
        if fast and late:
            assert called(app, "/2/b") == "b"


# Lists that routers give in their own way


class Flagged(Router):
    """A router that gives those routes which are enabled."""

    enabled = frozenset({"a"})

    @property
    def routes(self) -> Any:
        return [route for route in self.all_routes if route.name in self.enabled]

    @routes.setter
    def routes(self, routes: Any) -> None:
        self.all_routes = list(routes)


class Missing(Router):
    """A router that gives its routes where it has none."""

    def __init__(self, routes: list[Any]) -> None:
        super().__init__()
        self.all_routes = routes
        del self.routes

    def __getattr__(self, name: str) -> Any:
        if name == "routes":
            return list(self.all_routes)
        raise AttributeError(name)


class Given(Router):
    """A router that gives its routes itself."""

    def __getattribute__(self, name: str) -> Any:
        if name == "routes":
            return self.all_routes[:]
        return super().__getattribute__(name)

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__("all_routes" if name == "routes" else name, value)


class OfClass(Router):
    """A router whose routes are those of its class."""

    routes: list[Any] = [named("a"), named("b")]  # noqa: RUF012

    def __init__(self, routes: list[Any]) -> None:
        super().__init__()
        del self.routes


@pytest.mark.parametrize("kind", [Flagged, Missing, Given, OfClass])
def test_router_that_gives_its_list_in_its_own_way_keeps_it(kind: Any) -> None:
    for fast in (False, True):
        router = kind([named("a"), named("b")])
        router.enabled = {"a"}
        app = Starlette(routes=[Mount("/m", app=router)])
        if fast:
            speedup(app)
        assert called(app, "/m/a") == "a"
        assert called(app, "/m/b") == (None if kind is Flagged else "b")
        router.enabled = {"a", "b"}
        assert [called(app, path) for path in ("/m/a", "/m/b")] == ["a", "b"]
        assert type(router.routes) is list


def test_list_that_an_application_can_not_give_any_more() -> None:
    class Closing(Router):
        closed = False

        def __getattribute__(self, name: str) -> Any:
            if name == "routes" and type(self).closed:
                raise RuntimeError("closed")
            return super().__getattribute__(name)

    inner = Closing()
    inner.routes = RouteList([named("b")])
    app = Starlette(routes=[named("a"), Mount("/m", app=inner)])
    speedup(app)
    assert [app.url_path_for(name) for name in ("a", "b")] == ["/a", "/m/b"]
    Closing.closed = True
    assert app.url_path_for("a") == "/a"
    assert called(app, "/a") == "a"
    with pytest.raises(RuntimeError, match="closed"):
        app.url_path_for("b")
