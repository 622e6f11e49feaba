"""Routes that are edited after `speedup`, and replaced functions that they call: both are seen."""

from __future__ import annotations

import copy
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import starlette.routing
from fastapi import APIRouter, FastAPI
from starlette.applications import Starlette
from starlette.convertors import Convertor, IntegerConvertor, StringConvertor
from starlette.routing import Mount, Route, Router, WebSocketRoute, compile_path

from asgi_client import Endpoint, answer, request
from trieroute.starlette import speedup


def named(path: str, name: str, **options: Any) -> Route:
    return Route(path, Endpoint(name), **options)


def make() -> Starlette:
    return Starlette(
        routes=[
            named("/items/{id:int}", "item"),
            named("/a", "a"),
            WebSocketRoute("/live/{x}", Endpoint("live")),
            Mount("/m", routes=[named("/b/{x}", "b")]),
            named("/x/{x}", "x"),
            named("/{rest:path}", "rest"),
        ]
    )


PATHS = ["/items/7", "/v1/items/7", "/a", "/A", "/v1/a", "/m/b/1", "/n/b/1", "/M/B/1", "/x/9", "/q"]
PATHS += ["/v1/m/b/1", "/m/v1/b/1", "/m/v1"]


def move(route: Any, path: str) -> None:
    """Give a route another path, by the attributes that its constructor sets."""
    route.path = path
    suffix = "/{path:path}" if isinstance(route, Mount) else ""
    route.path_regex, route.path_format, route.param_convertors = compile_path(path + suffix)


def move_all(app: Any) -> None:
    for route in app.routes[:-1]:
        move(route, f"/v1{route.path}")


def move_in_mount(app: Any) -> None:
    move(app.routes[3].app.routes[0], "/v1/b/{x}")


def ignore_case(app: Any) -> None:
    for route in app.routes:
        route.path_regex = re.compile(route.path_regex.pattern, re.IGNORECASE)


def widen(app: Any) -> None:
    app.routes[1].path_regex = re.compile("^/(a|q)$")


def convert_otherwise(app: Any) -> None:
    app.routes[0].param_convertors = {"id": StringConvertor()}


def convert_otherwise_in_place(app: Any) -> None:
    app.routes[4].param_convertors["x"] = IntegerConvertor()


def take_convertor_out(app: Any) -> None:
    del app.routes[4].param_convertors["x"]


def match_by_itself(app: Any) -> None:
    route = app.routes[1]
    matches = route.matches
    route.matches = lambda scope: matches({**scope, "path": scope["path"].lower()})


def match_again_by_class(app: Any) -> None:
    match_by_itself(app)
    del app.routes[1].matches


EDITS = [
    move_all,
    move_in_mount,
    ignore_case,
    widen,
    convert_otherwise,
    convert_otherwise_in_place,
    match_by_itself,
    match_again_by_class,
]


def outcome(app: Any, path: str) -> Any:
    try:
        return request(app, path)
    except Exception as error:
        return type(error), str(error)


@pytest.mark.parametrize("edit", [*EDITS, take_convertor_out])
@pytest.mark.parametrize("served", [False, True])
def test_routes_that_are_edited(edit: Callable[[Any], None], served: bool) -> None:
    plain, fast = make(), make()
    speedup(fast)
    if served:
        for path in PATHS:
            outcome(fast, path)
    edit(plain)
    edit(fast)
    assert [outcome(fast, path) for path in PATHS] == [outcome(plain, path) for path in PATHS]


def test_route_that_is_edited_and_served_in_turns() -> None:
    app = make()
    speedup(app)
    for prefix in "abc":
        move(app.routes[0], f"/{prefix}/{{id:int}}")
        assert request(app, f"/{prefix}/1").calls[0]["name"] == "item"
        assert request(app, "/items/1").calls[0]["name"] == "rest"


def test_path_of_a_fastapi_operation() -> None:
    app = FastAPI()

    @app.get("/items/{id}")
    async def item(id: int) -> int:
        return id

    speedup(app)
    assert answer(app, "/items/7") == (200, b"7")
    route: Any = app.routes[-1]
    move(route, "/v1/items/{id}")
    assert answer(app, "/v1/items/7") == (200, b"7")
    assert answer(app, "/items/7")[0] == 404


@pytest.mark.parametrize("served", [False, True])
def test_path_of_an_operation_that_is_included(served: bool) -> None:
    def make() -> tuple[FastAPI, APIRouter]:
        app, router = FastAPI(), APIRouter()

        @router.get("/a")
        async def a() -> str:
            return "a"

        app.include_router(router, prefix="/r")
        return app, router

    (plain, plain_router), (fast, fast_router) = make(), make()
    speedup(fast)
    for app, router in (plain, plain_router), (fast, fast_router):
        if served:
            assert answer(app, "/r/a") == (200, b'"a"')
        move(router.routes[0], "/b")
    for path in "/r/a", "/r/b":
        assert answer(fast, path) == answer(plain, path)


def test_copy_of_a_route_is_edited_by_itself() -> None:
    app = make()
    speedup(app)
    assert request(app, "/a").calls[0]["name"] == "a"
    other = copy.copy(app.routes[1])
    move(other, "/copy")
    app.routes.insert(0, other)
    assert request(app, "/copy").calls[0]["name"] == "a"
    assert request(app, "/a").calls[0]["name"] == "a"


def test_class_that_sets_attributes_in_its_own_way() -> None:
    class Own(Route):
        def __setattr__(self, name: str, value: Any) -> None:
            self.__dict__[name] = value

    app = Starlette(routes=[Own("/a", Endpoint("a"))])
    assert speedup(app).notes == (f"{app.routes[0]!r}: its class sets attributes in its own way",)
    assert request(app, "/a").calls[0]["name"] == "a"
    move(app.routes[0], "/b")
    assert request(app, "/b").calls[0]["name"] == "a"
    assert request(app, "/a").calls == []


def test_second_base_that_sets_attributes_gets_them_all() -> None:
    """It may be given to set one attribute, and set another one."""

    class Moving:
        def __setattr__(self, name: str, value: Any) -> None:
            done.append(name)
            super().__setattr__(name, value)
            if name == "path":
                vars(self)["path_regex"] = compile_path(value)[0]

        def __delattr__(self, name: str) -> None:
            done.append(f"not {name}")
            super().__delattr__(name)

    class Own(Route, Moving):
        pass

    done: list[str] = []
    app = Starlette(routes=[Own("/a", Endpoint("a"))])
    assert {"path", "path_regex", "name", "methods"} < {*done}
    assert speedup(app).notes == (f"{app.routes[0]!r}: its class sets attributes in its own way",)
    assert request(app, "/a").calls[0]["name"] == "a"
    done.clear()
    app.routes[0].path = "/b"
    app.routes[0].note = "moved"
    del app.routes[0].note, app.routes[0].name
    assert done == ["path", "note", "not note", "not name"]
    assert request(app, "/b").calls[0]["name"] == "a"
    assert request(app, "/a").calls == []


def test_second_base_that_sets_nothing_is_found_by_its_path() -> None:
    class Labelled:
        label = "none"

    class Own(Route, Labelled):
        pass

    app = Starlette(routes=[Own("/a", Endpoint("a"))])
    assert speedup(app).notes == ()
    assert request(app, "/a").calls[0]["name"] == "a"
    move(app.routes[0], "/b")
    assert request(app, "/b").calls[0]["name"] == "a"


class Descriptor:
    """An attribute that only its owner may read, once it is set."""

    def __set_name__(self, owner: Any, name: str) -> None:
        self.name = f"own_{name}"

    def __get__(self, route: Any, kind: Any) -> Any:
        return route.values[self.name]

    def __set__(self, route: Any, value: Any) -> None:
        route.values[self.name] = value


def test_making_a_route_reads_no_attribute_of_its_class() -> None:
    class Own(Route):
        name = Descriptor()  # type: ignore[assignment]
        path_regex = Descriptor()  # type: ignore[assignment]

        def __init__(self, path: str, endpoint: Any) -> None:
            self.values: dict[str, Any] = {}
            super().__init__(path, endpoint, name="own")

    route = Own("/a", Endpoint("a"))
    assert route.name == "own"
    app = Starlette(routes=[route])
    speedup(app)
    assert request(app, "/a").calls[0]["name"] == "a"
    move(route, "/b")
    assert request(app, "/b").calls[0]["name"] == "a"


def test_attribute_that_takes_the_place_of_one_of_the_class() -> None:
    class Giving(Route):
        def __getattr__(self, name: str) -> Any:
            if name == "path_regex":
                return re.compile("^/a$")
            raise AttributeError(name)

    class Having(Route):
        path_regex = re.compile("^/a$")

    for kind in (Giving, Having):
        route = kind("/a", Endpoint("a"))
        del route.path_regex
        app = Starlette(routes=[route])
        speedup(app)
        assert request(app, "/a").calls[0]["name"] == "a"
        route.path_regex = re.compile("^/b$")
        assert request(app, "/b").calls[0]["name"] == "a"
        assert request(app, "/a").calls == []


# Functions that `matches` calls


@pytest.fixture
def shouting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    get = starlette.routing.get_route_path  # type: ignore[attr-defined]

    def replace() -> None:
        monkeypatch.setattr(starlette.routing, "get_route_path", lambda scope: get(scope).lower())

    yield replace


def test_get_route_path_that_is_replaced(shouting: Callable[[], None]) -> None:
    plain, fast = make(), make()
    speedup(fast)
    assert request(fast, "/A").calls[0]["name"] == "rest"
    shouting()
    assert request(fast, "/A").calls[0]["name"] == "a"
    assert [request(fast, path) for path in PATHS] == [request(plain, path) for path in PATHS]


def test_get_route_path_that_was_replaced_before() -> None:
    program = """if True:
        import sys
        sys.path[:0] = sys.argv[1:]
        import starlette.routing
        get = starlette.routing.get_route_path
        starlette.routing.get_route_path = lambda scope: get(scope).lower()
        from asgi_client import Endpoint, request
        from starlette.routing import Route, Router
        from trieroute.starlette import speedup
        router = Router([Route("/a", Endpoint("a"))])
        speedup(router)
        print(request(router, "/A").calls[0]["name"])
    """
    done = subprocess.run(
        [sys.executable, "-c", program, str(Path(__file__).parent)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "a\n"


def doubled(self: Any, value: str) -> Any:
    return value * 2


@pytest.mark.parametrize("kind", [StringConvertor, IntegerConvertor])
def test_convert_of_a_class_that_is_replaced(
    kind: type[Convertor[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make()
    speedup(app)
    path = {StringConvertor: "/x/7", IntegerConvertor: "/items/7"}[kind]
    request(app, path)
    monkeypatch.setattr(kind, "convert", doubled)
    assert request(app, path) == request(make(), path)
    assert "77" in request(app, path).calls[0]["path_params"].values()


@pytest.mark.parametrize("late", [False, True])
def test_convert_of_a_convertor_that_is_replaced(
    late: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    router = Router([named("/items/{id:int}", "item")])
    if late:
        speedup(router)
        request(router, "/items/7")
    convertor = router.routes[0].param_convertors["id"]  # type: ignore[attr-defined]
    monkeypatch.setattr(convertor, "convert", lambda value: f"number {value}", raising=False)
    speedup(router)
    assert request(router, "/items/7").calls[0]["path_params"] == {"id": "number 7"}


def test_route_that_is_made_while_the_routes_are_asked() -> None:
    class Lazy(Route):
        def matches(self, scope: Any) -> Any:
            if scope["path"] == "/late" and len(router.routes) == 2:
                router.routes.append(Route("/late", Endpoint("late")))
            return super().matches(scope)

    for fast in (False, True):
        router = Router([Lazy("/a", Endpoint("a")), Route("/b", Endpoint("b"))])
        if fast:
            speedup(router)
        for _ in range(2):
            assert request(router, "/late").calls[0]["path_params"] == {}
