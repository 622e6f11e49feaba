"""`trieroute.starlette.speedup`: what an application keeps, and when changes are seen."""

from __future__ import annotations

import asyncio
import copy
import functools
import itertools
import operator
import pickle
import subprocess
import sys
from collections.abc import Callable
from contextlib import asynccontextmanager
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import Any
from unittest.mock import MagicMock

import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.convertors import CONVERTOR_TYPES, Convertor, register_url_convertor
from starlette.datastructures import URLPath
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Host, Match, Mount, Route, Router, WebSocketRoute

from asgi_client import Endpoint, answer, call, http_scope, request
from trieroute.starlette import RouteList, Speedup, speedup


def named(path: str, name: str, methods: list[str] | None = None) -> Route:
    return Route(path, Endpoint(name), methods=methods)


def called(app: Any, path: str, **options: Any) -> str | None:
    """Return the endpoint that was called, ``None`` if there was none."""
    calls = request(app, path, **options).calls
    return calls[0]["name"] if calls else None


class Counting(Route):
    """Counts how often it is asked."""

    asked = 0

    def matches(self, scope: Any) -> Any:
        self.asked += 1
        return super().matches(scope)


class Wrapper:
    """Middleware with its application in an attribute of a given name."""

    def __init__(self, app: Any, attribute: str = "app") -> None:
        self.attribute = attribute
        setattr(self, attribute, app)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await getattr(self, self.attribute)(scope, receive, send)


# What speedup does


def test_what_was_done_prints_well() -> None:
    app = Starlette(
        routes=[
            named("/a", "a"),
            Mount("/m", routes=[named("/b", "b")]),
            Host("example.org", Router([named("/c", "c")]), name="host"),
        ]
    )
    done = speedup(app)
    assert done == Speedup(
        routers=3,
        routes=5,
        notes=(f"{app.routes[2]!r}: its `matches` is its own",),
    )
    assert str(done).splitlines()[0] == "trieroute finds 5 routes of 3 routers"
    assert str(speedup(Starlette())) == "trieroute finds 0 routes of 1 router"


def test_second_call_changes_nothing() -> None:
    app = Starlette(routes=[named("/a", "a")])
    speedup(app)
    routes = app.routes
    speedup(app)
    assert app.routes is routes
    assert called(app, "/a") == "a"


def test_router_can_be_given() -> None:
    router = Router([named("/a", "a")])
    speedup(router)
    assert isinstance(router.routes, RouteList)
    assert called(router, "/a") == "a"


@pytest.mark.parametrize("app", [None, object(), Route("/", Endpoint("a"))])
def test_what_is_no_application_is_refused(app: object) -> None:
    with pytest.raises(TypeError, match="application or a router of Starlette or FastAPI, not "):
        speedup(app)


def test_most_routes_are_not_asked() -> None:
    routes = [Counting(f"/{name}", Endpoint(name)) for name in "abc"]
    app = Starlette(routes=[named(f"/{number}", str(number)) for number in range(50)])
    speedup(app)
    # A class of routes of the application's own is asked for every request.
    app.routes.extend(routes)
    assert called(app, "/49") == "49"
    assert [route.asked for route in routes] == [0, 0, 0]
    assert called(app, "/b") == "b"
    assert [route.asked for route in routes] == [1, 1, 0]


def test_importing_trieroute_imports_no_framework() -> None:
    program = "import sys, trieroute; print({'starlette', 'fastapi'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"


def test_fastapi_is_not_imported_for_starlette() -> None:
    program = (
        "import sys; from starlette.applications import Starlette;"
        "from trieroute.starlette import speedup; speedup(Starlette());"
        "print('fastapi' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


# The list of routes


def test_routes_are_a_list() -> None:
    routes = [named("/a", "a"), named("/b", "b")]
    app = Starlette(routes=routes)
    speedup(app)
    assert isinstance(app.routes, list)
    assert app.routes == routes
    assert list(app.routes) == [*app.routes] == [route for route in app.routes] == routes
    assert app.routes[::-1] == list(reversed(app.routes))
    assert app.routes.index(routes[1]) == 1
    assert repr(app.routes) == repr(routes)
    assert copy.copy(app.routes) == routes
    assert app.router == Router(routes)


def test_copy_is_a_list_of_its_own() -> None:
    app = Starlette(routes=[named("/a", "a")])
    speedup(app)
    other = copy.copy(app.routes)
    other.clear()
    assert called(app, "/a") == "a"


def test_deep_copy_of_a_list_whose_router_mounts_itself() -> None:
    router = Router([named("/a", "a")])
    router.routes.append(Mount("/self", app=router))
    speedup(router)
    routes = copy.deepcopy(router.routes)
    assert type(routes) is RouteList
    assert routes is not router.routes
    assert routes[1].app.routes is routes  # type: ignore[attr-defined]
    routes[1].app.routes.append(named("/b", "b"))  # type: ignore[attr-defined]
    assert called(routes[1].app, "/self/b") == "b"  # type: ignore[attr-defined]
    assert called(router, "/self/b") is None


@pytest.mark.parametrize("again", [copy.copy, lambda routes: pickle.loads(pickle.dumps(routes))])
def test_list_that_is_made_again_finds_its_routes(again: Callable[[Any], Any]) -> None:
    router = Router([named("/a", "a"), named("/b", "b")])
    speedup(router)
    assert called(router, "/b") == "b"
    other = Router()
    other.routes = again(router.routes)
    assert type(other.routes) is RouteList
    assert [called(other, path) for path in ("/a", "/b", "/c")] == ["a", "b", None]


@pytest.mark.parametrize(
    ("change", "endpoint"),
    [
        (lambda routes, new: routes.append(new), None),
        (lambda routes, new: routes.insert(0, new), "new"),
        (lambda routes, new: routes.extend([new]), None),
        (lambda routes, new: operator.iadd(routes, [new]), None),
        (lambda routes, new: operator.imul(routes, 2), None),
        (lambda routes, new: operator.setitem(routes, 0, new), "new"),
        (lambda routes, new: operator.setitem(routes, slice(0, 0), [new]), "new"),
        (lambda routes, new: operator.delitem(routes, 0), "second"),
        (lambda routes, new: operator.delitem(routes, slice(None)), "nothing"),
        (lambda routes, new: routes.remove(routes[0]), "second"),
        (lambda routes, new: routes.pop(0), "second"),
        (lambda routes, new: routes.pop(), None),
        (lambda routes, new: routes.clear(), "nothing"),
        (lambda routes, new: routes.reverse(), "second"),
        (lambda routes, new: routes.sort(key=lambda route: -len(route.path)), "second"),
        (lambda routes, new: list.append(routes, new), None),
    ],
)
def test_change_of_the_list_is_seen(change: Callable[..., Any], endpoint: str | None) -> None:
    app = Starlette(routes=[named("/{x}", "first"), named("/{longer}", "second")])
    plain = Starlette(routes=[named("/{x}", "first"), named("/{longer}", "second")])
    speedup(app)
    assert called(app, "/a") == "first"
    for changed in (app, plain):
        change(changed.router.routes, named("/{any}", "new"))
    assert called(app, "/a") == called(plain, "/a")
    assert (called(app, "/a") or "nothing") == (endpoint or "first")


def test_route_that_is_added_while_a_request_runs_is_seen() -> None:
    async def add(scope: Any, receive: Any, send: Any) -> None:
        app.routes.append(named("/late", "late"))
        await Endpoint("add")(scope, receive, send)

    class Adding:
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            await add(scope, receive, send)

    app = Starlette(routes=[Route("/add", Adding())])
    speedup(app)
    assert called(app, "/late") is None
    assert called(app, "/add") == "add"
    assert called(app, "/late") == "late"


@pytest.mark.parametrize("path", ["/{value:growing}", "/{value:growing}/x"])
def test_route_that_is_added_while_another_one_is_asked_is_seen(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Growing(Convertor[str]):
        regex = "[a-z]+"

        def convert(self, value: str) -> str:
            for router in routers:
                if len(router.routes) == 2:
                    router.routes.append(named("/news", "news"))
            return value

        def to_string(self, value: str) -> str:
            return value

    routers: list[Router] = []
    monkeypatch.setitem(CONVERTOR_TYPES, "growing", Growing())
    for fast in (False, True):
        router = Router(
            [named("/{value:growing}", "post", ["POST"]), named(path, "other", ["PUT"])]
        )
        if fast:
            speedup(router)
        routers[:] = [router]
        assert [called(router, "/news") for _ in range(2)] == ["news"] * 2


def test_list_that_is_set_anew_is_seen() -> None:
    app = Starlette(routes=[named("/a", "a")])
    speedup(app)
    app.router.routes = [named("/b", "b")]
    assert called(app, "/a") is None
    assert called(app, "/b") == "b"
    speedup(app)
    assert isinstance(app.router.routes, RouteList)
    assert called(app, "/b") == "b"


def test_list_of_another_class_is_left_alone() -> None:
    class Routes(list[Any]):
        pass

    app = Starlette()
    app.router.routes = Routes([named("/a", "a")])
    assert speedup(app).notes == ("1 routes: they are in a list of class " + Routes.__qualname__,)
    assert type(app.router.routes) is Routes
    assert called(app, "/a") == "a"


def test_methods_that_are_changed_are_seen() -> None:
    app = Starlette(routes=[named("/a", "get", ["GET"]), named("/a", "any")])
    speedup(app)
    assert called(app, "/a", method="PUT") == "any"
    app.routes[0].methods.add("PUT")
    assert called(app, "/a", method="PUT") == "get"


# Order, methods, redirects


def test_first_registered_route_wins() -> None:
    app = Starlette(
        routes=[named("/{x}", "variable"), named("/a", "static"), named("/{n:int}", "number")]
    )
    speedup(app)
    assert called(app, "/a") == "variable"
    app.routes.reverse()
    assert [called(app, path) for path in ("/a", "/7", "/b")] == ["static", "number", "variable"]


def test_405_is_the_first_partial_match() -> None:
    app = Starlette(
        routes=[
            named("/{x}", "first", ["PUT"]),
            named("/a", "second", ["POST"]),
            named("/a", "third", ["GET"]),
        ]
    )
    speedup(app)
    assert request(app, "/a", "DELETE").allow == ["PUT"]
    assert request(app, "/a", "DELETE").status == 405
    assert called(app, "/a", method="POST") == "second"
    assert called(app, "/a", method="HEAD") == "third"


class Partial(BaseRoute):
    path = "partial"

    def matches(self, scope: Any) -> Any:
        return Match.PARTIAL, {"endpoint": None}

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        await Endpoint("partial")(scope, receive, send)


def test_partial_match_of_a_route_of_another_kind_keeps_its_place() -> None:
    app = Starlette(routes=[named("/a", "get", ["GET"]), Partial(), named("/a", "put", ["PUT"])])
    speedup(app)
    assert request(app, "/a", "POST").status == 405
    assert called(app, "/a", method="PUT") == "put"
    assert called(app, "/b") == "partial"


def test_route_of_another_kind_goes_before_a_405() -> None:
    counting = Counting("/{x}", Endpoint("any"))
    app = Starlette(routes=[named("/a", "get", ["GET"]), counting])
    speedup(app)
    assert called(app, "/a") == "get"
    assert counting.asked == 0
    assert called(app, "/a", method="POST") == "any"


def test_key_that_raises_while_the_routes_are_sorted() -> None:
    def key(route: Any) -> int:
        raise ValueError("no key")

    app = Starlette(routes=[named("/{x}", "first"), named("/{y}", "second")])
    speedup(app)
    with pytest.raises(ValueError, match="no key"):
        app.routes.sort(key=key)
    assert called(app, "/a") == request(Starlette(routes=list(app.routes)), "/a").calls[0]["name"]


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/a/", "http://example.org/a"),
        ("/b", "http://example.org/b/"),
        ("/x/1", "http://example.org/x/1/"),
        ("/m", "http://example.org/m/"),
        ("/c", None),
    ],
)
def test_redirect_to_the_other_slash(path: str, location: str | None) -> None:
    app = Starlette(
        routes=[
            named("/a", "a"),
            named("/b/", "b", ["POST"]),
            named("/x/{n:int}/", "x"),
            Mount("/m", routes=[]),
        ]
    )
    speedup(app)
    assert request(app, path).location == location


def test_redirects_can_be_turned_off() -> None:
    app = Starlette(routes=[named("/a", "a")])
    app.router.redirect_slashes = False
    speedup(app)
    assert request(app, "/a/").status == 404


def test_default_application() -> None:
    app = Starlette(routes=[named("/a", "a")])
    app.router.default = Endpoint("default")
    speedup(app)
    assert called(app, "/b") == "default"


# Paths


@pytest.mark.parametrize(
    ("path", "endpoint"),
    [
        ("/a", "static"),
        ("/a\n", "static"),
        ("/a\n\n", "variable"),
        ("/a/7\n", "number"),
        ("/a/\u0667", "text"),
        ("/a/" + "9" * 700, "number"),
        ("//a", None),
        ("a", None),
        ("", None),
        ("/A", "variable"),
        ("/\ud800", "variable"),
        ("/p//x\n", "rest"),
        ("/p/", "rest"),
    ],
)
def test_odd_paths(path: str, endpoint: str | None) -> None:
    app = Starlette(
        routes=[
            named("/a", "static"),
            named("/{x}", "variable"),
            named("/a/{n:int}", "number"),
            named("/a/{n}", "text"),
            named("/p/{rest:path}", "rest"),
        ]
    )
    app.router.redirect_slashes = False
    assert called(app, path) == endpoint
    speedup(app)
    assert called(app, path) == endpoint


# Not StrEnum: here `str()` of a member is not the member's text.
class Verb(str, Enum):  # noqa: UP042
    GET = "GET"


@pytest.mark.parametrize("fast", [False, True])
def test_path_and_method_may_be_of_a_subclass_of_str(fast: bool) -> None:
    app = Starlette(routes=[Route("/a/{x}", Endpoint("a"), methods=["GET"], name="a")])
    if fast:
        speedup(app)
    path = app.url_path_for("a", x="1")
    assert isinstance(path, URLPath)
    (seen,) = request(app, path, Verb.GET).calls
    assert (seen["name"], seen["path_params"]) == ("a", {"x": "1"})
    assert type(seen["path_params"]["x"]) is str


def outcome_of(make: Any, fast: bool, scope: Any) -> Any:
    app = make()
    if fast:
        speedup(app)
    try:
        return call(app, {**scope, "test.calls": []})
    except Exception as error:
        return type(error), str(error)


ODD_SCOPES: list[dict[str, Any]] = [
    {"method": None},
    {"method": "get"},
    {"path": None},
    {"path": b"/a/1"},
    {"path": 7},
    {"root_path": None},
    {"root_path": 7},
    {"path_params": None},
    {"path_params": 7},
    {"path_params": [("before", 1)]},
    {"path_params": MappingProxyType({"x": 1, "before": 2})},
    {"path_params": {"x": 1, "before": 2}},
]


@pytest.mark.parametrize("odd", ODD_SCOPES)
@pytest.mark.parametrize("methods", [None, ["GET"]])
def test_scope_that_no_server_makes_ends_as_ever(odd: dict[str, Any], methods: Any) -> None:
    class Taking(Route):
        def matches(self, scope: Any) -> Any:
            return Match.FULL, {"endpoint": self.endpoint}

    known = Route("/a/{x}", Endpoint("a"), methods=methods)
    last = Taking("/", Endpoint("last"))
    scope = {**http_scope("/a/1"), **odd}
    for routes in [], [known], [last], [known, last]:
        make = functools.partial(Router, routes)
        assert outcome_of(make, True, scope) == outcome_of(make, False, scope)


@pytest.mark.parametrize("name", ["method", "path", "root_path", "headers", "query_string"])
@pytest.mark.parametrize("path", ["/a", "/zz", "/b", "/b/"])
def test_scope_that_lacks_something_ends_as_ever(name: str, path: str) -> None:
    def make() -> Router:
        return Router([Route("/a", Endpoint("a")), Route("/b", Endpoint("b"), methods=["GET"])])

    scope = http_scope(path)
    del scope[name]
    expected = outcome_of(make, False, scope)
    assert outcome_of(make, True, scope) == expected
    if (name, path) == ("method", "/a"):
        assert expected.status == 200
    if (name, path) == ("method", "/zz"):
        assert expected.status == 404


@pytest.mark.parametrize("value", [None, b"/b", 7])
def test_route_that_makes_the_path_an_odd_one(value: Any) -> None:
    class Breaking(Route):
        def matches(self, scope: Any) -> Any:
            scope["path"] = value
            return Match.NONE, {}

    class Lost(Breaking):
        def matches(self, scope: Any) -> Any:
            del scope["path"]
            return Match.NONE, {}

    class Mending(Route):
        def matches(self, scope: Any) -> Any:
            scope["path"] = "/b"
            return Match.NONE, {}

    for kind in Breaking, Lost:
        for between in [], [Mending("/", Endpoint("mending"))]:

            def make(kind: Any = kind, between: Any = between) -> Router:
                first = kind("/", Endpoint("first"))
                return Router([named("/c", "c"), first, *between, named("/b", "b")])

            scope = http_scope("/a")
            assert outcome_of(make, True, scope) == outcome_of(make, False, scope)


def test_values() -> None:
    app = Starlette(
        routes=[
            Mount("/m/{a:int}", routes=[named("/{b}/{c:float}/{d:path}", "inner")]),
            named("/{n:int}", "number"),
        ]
    )
    speedup(app)
    assert request(app, "/m/1/x/2.5/y/z").calls[0]["path_params"] == {
        "a": 1,
        "b": "x",
        "c": 2.5,
        "d": "y/z",
    }
    assert request(app, "/007").calls[0]["path_params"] == {"n": 7}


def test_scope_has_the_route() -> None:
    for routes in ([named("/a", "a")], [Mount("/m", routes=[named("/{x}", "x")])]):
        app = Starlette(routes=routes)
        plain = request(app, "/a"), request(app, "/m/x")
        speedup(app)
        assert (request(app, "/a"), request(app, "/m/x")) == plain


def test_root_path() -> None:
    app = Starlette(routes=[named("/a", "a"), Mount("/m", routes=[named("/{x}", "x")])])
    speedup(app)
    assert called(app, "/mounted/a", root_path="/mounted") == "a"
    assert request(app, "/mounted/m/y", root_path="/mounted").calls[0]["root_path"] == "/mounted/m"
    assert called(app, "/a", root_path="/mounted") == "a"


# Kinds of routes


class Word(Convertor[str]):
    regex = "[a-z]+"

    def convert(self, value: str) -> str:
        return value.upper()

    def to_string(self, value: str) -> str:
        return value.lower()


class Slashed(Word):
    regex = "[a-z]+/[a-z]+"


def test_convertor_that_is_registered_later() -> None:
    app = Starlette(routes=[named("/a/b", "static")])
    speedup(app)
    register_url_convertor("late_word", Word())
    register_url_convertor("late_slashed", Slashed())
    app.router.add_route("/{x:late_word}", Endpoint("word"))
    app.router.add_route("/x/{x:late_slashed}", Endpoint("slashed"))
    assert request(app, "/ann").calls[0]["path_params"] == {"x": "ANN"}
    assert request(app, "/x/a/b").calls[0]["path_params"] == {"x": "A/B"}
    assert called(app, "/ann7") is None
    assert app.url_path_for("Endpoint", x="ANN") == "/ann"


@pytest.mark.parametrize("around", ["middleware", "app", "hidden", "starlette"])
def test_routes_of_a_mounted_application_are_found(around: str) -> None:
    inner = [named(f"/{number}", str(number)) for number in range(9)]
    mounts = {
        "middleware": lambda: Mount("/m", routes=inner, middleware=[Middleware(Wrapper)]),
        "app": lambda: Mount("/m", app=Wrapper(Wrapper(Router(inner)))),
        "hidden": lambda: Mount(
            "/m", routes=inner, middleware=[Middleware(Wrapper, attribute="inner")]
        ),
        "starlette": lambda: Mount("/m", app=Starlette(routes=inner)),
    }
    app = Starlette(routes=[mounts[around]()])
    assert speedup(app).routes == 10
    assert called(app, "/m/7") == "7"


def test_mount_that_is_added_later_is_sped_up_as_well() -> None:
    app = Starlette()
    speedup(app)
    inner = Router([named("/a", "a")])
    app.mount("/m", Router([Mount("/n", app=inner)]))
    assert called(app, "/m/n/a") == "a"
    assert isinstance(inner.routes, RouteList)
    inner.add_route("/b", Endpoint("b"))
    assert called(app, "/m/n/b") == "b"


def test_mount_takes_the_path_before_later_routes() -> None:
    app = Starlette(
        routes=[
            named("/m/a", "before"),
            Mount("/m", routes=[named("/b", "inner")]),
            named("/m/c", "after"),
        ]
    )
    speedup(app)
    assert called(app, "/m/a") == "before"
    assert called(app, "/m/b") == "inner"
    assert request(app, "/m/c").status == 404


def test_mount_at_the_root() -> None:
    app = Starlette(routes=[named("/a", "a"), Mount("/", app=Endpoint("rest")), named("/b", "b")])
    speedup(app)
    assert [called(app, path) for path in ("/a", "/b", "/c/d")] == ["a", "rest", "rest"]


def test_router_that_mounts_itself() -> None:
    router = Router([named("/a", "a")])
    router.mount("/again", router)
    assert speedup(router).routers == 1
    assert called(router, "/again/again/a") == "a"


def test_host() -> None:
    app = Starlette(
        routes=[Host("{user}.example.org", Router([named("/{x}", "user")])), named("/a", "a")]
    )
    speedup(app)
    assert called(app, "/a", headers={"host": "ann.example.org"}) == "user"
    assert called(app, "/a") == "a"


def test_websocket_and_http_of_one_path() -> None:
    app = Starlette(routes=[named("/a", "http"), WebSocketRoute("/a", Endpoint("websocket"))])
    speedup(app)
    assert called(app, "/a") == "http"
    assert called(app, "/a", websocket=True) == "websocket"
    assert request(app, "/b", websocket=True).status == 403


def test_matches_of_one_route_can_be_replaced() -> None:
    app = Starlette(routes=[named("/a", "a"), named("/a", "b")])
    app.routes[0].matches = lambda scope: (Match.NONE, {})
    speedup(app)
    assert called(app, "/a") == "b"


def test_router_with_middleware() -> None:
    router = Router([named("/a", "a")], middleware=[Middleware(Wrapper, attribute="hidden")])
    app = Starlette(routes=[named("/b", "b"), Mount("/m", app=router)])
    speedup(app)
    counting = Counting("/m/z", Endpoint("z"))
    app.routes.append(counting)
    assert called(app, "/m/a") == "a"
    assert counting.asked == 0


def test_router_whose_own_loop_calls_its_base() -> None:
    class Logged(Router):
        count = 0

        async def app(self, scope: Any, receive: Any, send: Any) -> None:
            self.count = len([route for route in self.routes])
            await super().app(scope, receive, send)

    router = Logged([named("/a", "a"), named("/b", "b")])
    speedup(router)
    assert called(router, "/b") == "b"
    assert router.count == 2


def test_loop_of_ones_own_sees_every_route() -> None:
    class Last(Router):
        async def app(self, scope: Any, receive: Any, send: Any) -> None:
            matching = [route for route in self.routes if route.matches(scope)[0] is Match.FULL]
            await matching[-1].handle(scope, receive, send)

    router = Last([named("/{x}", "first"), named("/a", "last")])
    speedup(router)
    assert called(router, "/a") == "last"


def test_code_without_a_frame_gets_all_routes() -> None:
    """Compiled code has none, and what it iterates over seems to be asked by the router's loop."""

    def see(result: Any, route: Any) -> Any:
        seen.append(route)
        return Match.NONE, {}

    def see_for_url(result: Any, route: Any) -> Any:
        seen.append(route)
        return URLPath("/url")

    class Waiting:
        def __await__(self) -> Any:
            return filter(seen.append, itertools.chain.from_iterable(map(list, [router.routes])))

    seen: list[Any] = []
    router = Router([named("/a", "a"), named("/b", "b"), named("/c", "c")])
    speedup(router)
    asked: Any = router.routes[1]
    asked.matches = functools.partial(functools.reduce, see, router.routes)
    asked.url_path_for = functools.partial(functools.reduce, see_for_url, router.routes)
    assert called(router, "/c") == "c"
    assert seen == [*router.routes]
    seen.clear()
    assert router.url_path_for("z") == "/url"
    assert seen == [*router.routes]
    del asked.matches
    seen.clear()
    router.default = lambda scope, receive, send: Waiting()  # type: ignore[assignment]
    assert request(router, "/z").messages == []
    assert seen == [*router.routes]


def test_lifespan() -> None:
    seen = []

    @asynccontextmanager
    async def lifespan(app: Any) -> Any:
        seen.append("start")
        yield {"key": 1}
        seen.append("stop")

    app = Starlette(routes=[named("/a", "a")], lifespan=lifespan)
    speedup(app)
    messages = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
    sent = []
    state: dict[str, Any] = {}

    async def receive() -> Any:
        return next(messages)

    async def send(message: Any) -> None:
        sent.append(message["type"])

    asyncio.run(app({"type": "lifespan", "state": state}, receive, send))
    assert seen == ["start", "stop"]
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert state == {"key": 1}


# What takes the place of `matches`


def guarded(matches: Any) -> Any:
    """Have routes refuse requests with a certain query."""

    @functools.wraps(matches)
    def guarded_matches(self: Any, scope: Any) -> Any:
        if scope["query_string"] == b"deny":
            return Match.NONE, {}
        return matches(self, scope)

    return guarded_matches


def generous(matches: Any) -> Any:
    """Have routes take paths that their regex does not match."""

    def generous_matches(self: Any, scope: Any) -> Any:
        return matches(self, {**scope, "path": scope["path"].lower()})

    return generous_matches


def test_matches_that_was_replaced_before_trieroute_was_imported() -> None:
    program = """if True:
        import functools, sys
        sys.path[:0] = sys.argv[1:]
        from starlette.routing import Match, Route, Router
        from test_starlette_speedup import generous, guarded
        for name in [name for name in sys.modules if name.startswith("trieroute")]:
            del sys.modules[name]
        Route.matches = {wrapper}(Route.matches)
        from trieroute.starlette import speedup
        router = Router([Route("/a", print)])
        print(*speedup(router).notes)
    """
    for wrapper in ("guarded", "generous"):
        done = subprocess.run(
            [sys.executable, "-c", program.format(wrapper=wrapper), str(Path(__file__).parent)],
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.endswith("its `matches` is its own\n")


LOOP_OF_A_PROGRAM = """if True:
    import sys
    sys.path[:0] = sys.argv[1:]
    from asgi_client import Endpoint, request
    from starlette.routing import Match, Route, Router

    async def app(self, scope, receive, send):
        by_path = {route.path: route for route in self.routes}
        match, child = by_path[scope["path"]].matches(scope)
        await by_path[scope["path"]].handle({**scope, **child}, receive, send)

    def match(self, scope):
        return {candidate.path: (Match.FULL, {}, candidate.original_route, candidate)
                for candidate in self.effective_candidates()}[scope["path"]]
"""


@pytest.mark.parametrize(
    "program",
    [
        """
    Router.app = app
    from trieroute.starlette import speedup
    router = Router([Route(path, Endpoint(path)) for path in ("/a", "/b")])
    speedup(router)
    print(*(request(router, path).calls[0]["name"] for path in ("/a", "/b")))
        """,
        """
    from fastapi import APIRouter, FastAPI
    from trieroute.starlette import speedup
    APIRouter.app = app
    api = FastAPI(openapi_url=None)
    for path in "/a", "/b":
        api.add_api_route(path, lambda path=path: None)
    speedup(api)
    print(*(path * (request(api, path).status == 200) for path in ("/a", "/b")))
        """,
        """
    from fastapi import APIRouter, FastAPI
    from fastapi import routing
    from trieroute.starlette import speedup
    api, inner = FastAPI(openapi_url=None), APIRouter()
    for path in "/a", "/b":
        inner.add_api_route(path, lambda path=path: None)
    if hasattr(routing, "_IncludedRouter"):
        routing._IncludedRouter._match = match
    api.include_router(inner)
    speedup(api)
    print(*(path * (request(api, path).status == 200) for path in ("/a", "/b")))
        """,
    ],
)
def test_loop_that_a_program_has_put_in_the_place_of_a_known_one(program: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOOP_OF_A_PROGRAM + program, str(Path(__file__).parent)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "/a /b\n"


def test_requests_while_fastapi_is_imported() -> None:
    program = """if True:
        import sys
        sys.path[:0] = sys.argv[1:]
        from asgi_client import Endpoint, answer, request
        from starlette.applications import Starlette
        from starlette.routing import BaseRoute, Route, Router
        from trieroute.starlette import speedup

        app = Starlette(routes=[Route("/a", Endpoint("a"))])
        speedup(app)
        found = []

        def ask(kind):
            app.routes.append(Route("/b", Endpoint("b")))
            found.append(request(app, "/b").calls[0]["name"])

        for kind in BaseRoute, Router:
            kind.__init_subclass__ = classmethod(ask)
        from fastapi import APIRouter, FastAPI
        print({*found}, "fastapi.routing" in sys.modules)
        api, router = FastAPI(), APIRouter()
        router.add_api_route("/c", lambda: "c")
        api.include_router(router)
        speedup(api)
        print(*(answer(api, "/c") for _ in range(3)))
    """
    done = subprocess.run(
        [sys.executable, "-c", program, str(Path(__file__).parent)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == ["{'b'} True", " ".join(["""(200, b'"c"')"""] * 3)]


@pytest.mark.parametrize("kind", [Route, Mount])
def test_matches_of_a_class_that_is_replaced_later(
    kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = Starlette(routes=[Mount("/m", routes=[named("/x", "mounted")]), named("/{x}", "any")])
    speedup(app)
    assert [called(app, "/A"), called(app, "/M/X")] == ["any", None]
    monkeypatch.setattr(kind, "matches", generous(kind.matches))
    plain = Starlette(routes=list(app.router.routes))
    for path in ("/A", "/M/X", "/m/X", "/m/x"):
        assert request(app, path) == request(plain, path)


def test_matches_of_the_class_before_fastapis_that_is_replaced_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = FastAPI()
    app.get("/a")(lambda: "a")
    speedup(app)
    assert answer(app, "/A")[0] == 404
    monkeypatch.setattr(Route, "matches", generous(Route.matches))
    assert answer(app, "/A") == (200, b'"a"')


def test_matches_of_a_class_that_had_none_of_its_own() -> None:
    class Own(Route):
        pass

    app = Starlette(routes=[Own("/a", Endpoint("a"))])
    speedup(app)
    assert called(app, "/A") is None
    Own.matches = generous(Route.matches)  # type: ignore[method-assign]
    assert called(app, "/A") == "a"


def test_matches_of_a_route_that_is_replaced_later() -> None:
    app = Starlette(routes=[named("/a", "a", ["POST"]), named("/a", "b")])
    speedup(app)
    assert called(app, "/a") == "b"
    app.routes[0].matches = lambda scope: (Match.FULL, {})
    app.routes[0].methods = set()
    assert called(app, "/a") == "a"


def test_class_of_a_route_that_is_replaced_later() -> None:
    class Refusing(Route):
        def matches(self, scope: Any) -> Any:
            return Match.NONE, {}

    app = Starlette(routes=[named("/a", "a"), named("/a", "b")])
    speedup(app)
    assert called(app, "/a") == "a"
    app.routes[0].__class__ = Refusing
    assert called(app, "/a") == "b"


# Routes that change the path


class Locale(BaseRoute):
    """Takes a language from the path, and nothing else."""

    def __init__(self, language: str) -> None:
        self.start = f"/{language}/"

    def matches(self, scope: Any) -> Any:
        if scope["path"].startswith(self.start):
            scope["path"] = scope["path"][len(self.start) - 1 :]
        return Match.NONE, {}


@pytest.mark.parametrize("path", ["/a", "/b", "/en/a", "/de/a", "/de/en/a", "/en/de/b", "/en/c"])
def test_route_that_changes_the_path(path: str) -> None:
    def make() -> Starlette:
        return Starlette(
            routes=[
                named("/b", "b"),
                named("/en/{x}", "english", ["PUT"]),
                Locale("de"),
                named("/{x}/a", "some"),
                Locale("en"),
                named("/{x}/b", "other"),
                named("/a", "a"),
                named("/b", "late"),
            ]
        )

    plain, fast = make(), make()
    speedup(fast)
    assert request(fast, path) == request(plain, path)


# Applications that can't be looked into


class Raising:
    """Middleware that has no application yet."""

    @property
    def app(self) -> Any:
        raise RuntimeError("not yet")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await Endpoint("raising")(scope, receive, send)


class Slotted:
    """Middleware without a dictionary."""

    __slots__ = ("app",)

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)


class Fixed(Router):
    """A router whose list is made anew whenever it is asked for."""

    @property
    def routes(self) -> Any:
        return [named("/a", "fixed")]

    @routes.setter
    def routes(self, routes: Any) -> None:
        if routes:
            raise AttributeError("fixed")


class Closed(Router):
    """A router that gives no list."""

    @property
    def routes(self) -> Any:
        raise RuntimeError("closed")

    @routes.setter
    def routes(self, routes: Any) -> None:
        pass

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        await Endpoint("closed")(scope, receive, send)


def test_mounted_mock_is_left_alone() -> None:
    app = Starlette(routes=[Mount("/x", app=MagicMock()), named("/a", "a")])
    assert speedup(app).routers == 1
    assert called(app, "/a") == "a"


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize(
    ("inner", "endpoint"), [(Raising(), "raising"), (Fixed(), "fixed"), (Closed(), "closed")]
)
def test_mounted_application_that_refuses_a_look(inner: Any, endpoint: str, late: bool) -> None:
    app = Starlette()
    if late:
        speedup(app)
    app.mount("/m", inner)
    if not late:
        speedup(app)
    assert called(app, "/m/a") == endpoint


def test_list_that_can_not_be_replaced_is_noted() -> None:
    app = Starlette(routes=[Mount("/m", app=Fixed())])
    assert speedup(app).notes == (
        "1 routes: their router lets nobody put another list in their place",
    )


def test_application_in_a_slot_is_found() -> None:
    inner = Router([named("/a", "a")])
    app = Starlette(routes=[Mount("/m", app=Slotted(inner))])
    assert speedup(app).routers == 2
    assert called(app, "/m/a") == "a"


# FastAPI


def test_fastapi_operations_that_are_added_later() -> None:
    app = FastAPI()
    speedup(app)

    @app.get("/items/{id}")
    async def item(id: int) -> int:
        return id + 1

    assert answer(app, "/items/7") == (200, b"8")
    assert answer(app, "/items/x")[0] == 422
    assert answer(app, "/items/7", "POST")[0] == 405
    assert app.url_path_for("item", id=3) == "/items/3"
    assert "/items/{id}" in app.openapi()["paths"]
    assert answer(app, "/openapi.json")[0] == 200
    assert answer(app, "/docs")[0] == 200
