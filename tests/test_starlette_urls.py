"""URLs of a sped-up application: whatever the routes are called, they are those of a plain one."""

from __future__ import annotations

import copy
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import starlette.routing
from fastapi import APIRouter, FastAPI
from hypothesis import event, given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.convertors import CONVERTOR_TYPES, Convertor, IntegerConvertor, StringConvertor
from starlette.datastructures import URL, URLPath
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import (
    BaseRoute,
    Host,
    Mount,
    NoMatchFound,
    Route,
    Router,
    WebSocketRoute,
    compile_path,
)

from asgi_client import Endpoint, http_scope, request
from trieroute._starlette.named import NamedRoutes, NameGuide, Naming
from trieroute._starlette.prerequisites import Loops, Prerequisites
from trieroute.starlette import RouteList, speedup

ENDPOINT = Endpoint("endpoint")


class Marked(Convertor[str]):
    """A convertor that wants a mark in front of its values."""

    regex = "=.*"

    def convert(self, value: str) -> str:
        return value[1:]

    def to_string(self, value: str) -> str:
        if value == "b":
            raise KeyError("no b")
        return f"={value}"


@pytest.fixture(autouse=True, scope="module")
def marked() -> Iterator[None]:
    """Let paths have the convertor."""
    CONVERTOR_TYPES["marked"] = Marked()
    yield
    del CONVERTOR_TYPES["marked"]


class Shouting(Route):
    """A route that answers to its name in upper case as well."""

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        return super().url_path_for(name.lower(), **path_params)


class Computed(Route):
    """A route whose name is no attribute of its own."""

    @property
    def name(self) -> str:
        return "a" if len(self.path) % 2 else "b"

    @name.setter
    def name(self, name: str) -> None: ...


class Odd(BaseRoute):
    """A route of a kind of its own."""

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        if name == "c":
            raise ValueError("c is no name")
        if name != "odd":
            raise NoMatchFound(name, path_params)
        return URLPath("/odd", host="odd.example")


class Nameless(BaseRoute):
    """A route that is asked for URLs as Starlette's are, and has no name."""

    param_convertors: dict[str, Any] = {}  # noqa: RUF012
    path_format = "/nameless"
    url_path_for = Route.url_path_for  # type: ignore[assignment]


class Inner:
    """An application that is no router and has routes."""

    def __init__(self, routes: list[Any]) -> None:
        self.routes = routes

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...


class Stamp:
    """Middleware that does nothing."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)


NAMES = st.sampled_from(["a", "b", "a", "b", "c", "a:b", "", ":", "a:", "A", "odd"])
PATHS = st.sampled_from(
    ["/", "/a", "/{p}", "/{p}/{q:int}", "/{path}", "/{path:path}", "/x-{q:float}", "/{p:marked}"]
)
ASKED = st.builds(
    lambda parts: ":".join(parts), st.lists(NAMES, min_size=1, max_size=3)
) | st.sampled_from(["B", "x", "endpoint"])
VALUES = st.sampled_from(["a", "b", "", "a/b", "\\a", "//a", "/", "{q}", 1, 2.5, -1, None])
PARAMS = st.dictionaries(st.sampled_from(["p", "q", "path", "name"]), VALUES, max_size=3)

#: A route as a function, for it is made once for each application.
Maker = Callable[[], Any]


def shown(make: Maker) -> Maker:
    """Have a failing example show the route."""
    make.__name__ = f"{make()!r}"
    return make


@st.composite
def route_makers(draw: st.DrawFn, depth: int = 2, included: bool = False) -> Maker:
    kinds = ["route"] * 6 + ["websocket", "shouting", "computed", "odd", "nameless"]
    nested = ["mount"] * 4 + ["host"] + ["include"] * 3 * included
    kind = draw(st.sampled_from(kinds + (nested if depth else [])))
    name: Any = draw(NAMES)
    path = draw(PATHS)
    if kind in ("route", "shouting", "computed"):
        cls = {"route": Route, "shouting": Shouting, "computed": Computed}[kind]
        return shown(lambda: cls(path, ENDPOINT, name=name))
    if kind == "websocket":
        return shown(lambda: WebSocketRoute(path, ENDPOINT, name=name))
    if kind in ("odd", "nameless"):
        return Odd if kind == "odd" else Nameless
    makers = draw(st.lists(route_makers(depth - 1, included), max_size=4))
    if kind == "include":
        prefix = draw(st.sampled_from(["/i", "/{q}"]))

        def include() -> Any:
            outer, inner = APIRouter(), APIRouter(routes=[make() for make in makers])
            outer.include_router(inner, prefix=prefix)
            return outer.routes[0]

        return shown(include)
    name = draw(st.none() | NAMES)
    if kind == "host":
        host = draw(st.sampled_from(["example.org", "{p}.example.org"]))
        return shown(lambda: Host(host, app=Router([make() for make in makers]), name=name))
    inside = draw(st.sampled_from(["routes", "middleware", "application", "inner", "nothing"]))
    at = draw(st.sampled_from(["", "", "/m", "/m", "/{p}"]))

    def mount() -> Mount:
        routes = [make() for make in makers]
        if inside == "middleware":
            return Mount(at, routes=routes, name=name, middleware=[Middleware(Stamp)])
        app: Any = {"application": Starlette, "inner": Inner}.get(inside, Router)(routes=routes)
        return Mount(at, app=ENDPOINT if inside == "nothing" else app, name=name)

    return shown(mount)


def append(routes: Any, make: Maker, at: int) -> None:
    routes.append(make())


def insert(routes: Any, make: Maker, at: int) -> None:
    routes.insert(at, make())


def remove(routes: Any, make: Maker, at: int) -> None:
    del routes[at : at + 1]


def rename(routes: Any, make: Maker, at: int) -> None:
    for route in routes[at : at + 1]:
        route.name = "b"


def unname(routes: Any, make: Maker, at: int) -> None:
    for route in routes[at : at + 1]:
        route.name = None


def move(routes: Any, make: Maker, at: int) -> None:
    for route in routes[at : at + 1]:
        route.path_regex, route.path_format, route.param_convertors = compile_path("/moved/{p}")


def convert(routes: Any, make: Maker, at: int) -> None:
    for route in routes[at : at + 1]:
        for name in getattr(route, "param_convertors", {}):
            route.param_convertors[name] = Marked()


def take_out(routes: Any, make: Maker, at: int) -> None:
    for route in routes[at : at + 1]:
        getattr(route, "param_convertors", {}).pop("p", None)


def answer_by_itself(routes: Any, make: Maker, at: int) -> None:
    for route in routes[at : at + 1]:
        route.url_path_for = lambda name, /, **path_params: URLPath("/by-itself")


def change_inside(routes: Any, make: Maker, at: int) -> None:
    for route in routes[at : at + 1]:
        inner = getattr(route, "original_router", None) or route
        getattr(inner, "routes", []).insert(0, make())


def replace_inside(routes: Any, make: Maker, at: int) -> None:
    for route in routes[at : at + 1]:
        if isinstance(route, Mount):
            route._base_app = Router([make()])
        elif isinstance(route, Host):
            route.app = Router([make()])


CHANGES = [append, insert, remove, rename, unname, move, convert, take_out, answer_by_itself]
CHANGES += [change_inside, change_inside, replace_inside]


def url(app: Any, name: Any, params: dict[str, Any]) -> Any:
    """Return all of a URL, or the exception that came in its place."""
    try:
        path = app.url_path_for(name, **params)
    except Exception as error:
        return type(error), str(error)
    return type(path), str(path), path.protocol, path.host


def compare(
    plain: Any, fast: Any, changes: list[Any], asked: list[tuple[str, dict[str, Any]]]
) -> None:
    speedup(fast)
    assert isinstance(fast.router.routes, RouteList)
    for change in [None, *changes]:
        if change is not None:
            alter, make, at = change
            alter(plain.routes, make, at)
            alter(fast.routes, make, at)
        for name, params in asked:
            expected = url(plain, name, params)
            event(str(expected[0].__name__))
            assert url(fast, name, params) == expected


@given(
    makers=st.lists(route_makers(), max_size=8),
    changes=st.lists(
        st.tuples(st.sampled_from(CHANGES), route_makers(), st.integers(0, 5)), max_size=3
    ),
    asked=st.lists(st.tuples(ASKED, PARAMS), min_size=1, max_size=12),
)
def test_urls_are_equal(makers: list[Maker], changes: list[Any], asked: list[Any]) -> None:
    plain, fast = (Starlette(routes=[make() for make in makers]) for _ in range(2))
    compare(plain, fast, changes, asked)


@given(
    makers=st.lists(route_makers(included=True), max_size=8),
    changes=st.lists(
        st.tuples(st.sampled_from(CHANGES), route_makers(included=True), st.integers(0, 5)),
        max_size=3,
    ),
    asked=st.lists(st.tuples(ASKED, PARAMS), min_size=1, max_size=12),
)
def test_urls_of_included_routers_are_equal(
    makers: list[Maker], changes: list[Any], asked: list[Any]
) -> None:
    plain, fast = (FastAPI(routes=[make() for make in makers]) for _ in range(2))
    compare(plain, fast, changes, asked)


# Which routes are asked


def asked(app: Any, name: str) -> list[Any]:
    """Return the routes that are asked for a name."""
    names = app.router.routes._read_names()
    return list(names.candidates(name))


def named(name: str | None, path: str = "/x") -> Route:
    return Route(path, ENDPOINT, name=name)


def test_routes_of_other_names_are_not_asked() -> None:
    mounts: list[Any] = [
        Mount("/m", routes=[named("a"), Mount("/n", routes=[named("b")])]),
        Mount("/m", routes=[named("a")], name="m"),
        Mount("/{p}", routes=[named("c")], name="m:n"),
        Host("example.org", app=Router([named("d")]), name="h"),
    ]
    app = Starlette(routes=[named("a"), *mounts, WebSocketRoute("/", ENDPOINT, name="b")])
    speedup(app)
    first, *_, last = app.routes
    assert asked(app, "a") == [first, mounts[0]]
    assert asked(app, "b") == [mounts[0], last]
    assert asked(app, "m") == [mounts[1]]
    assert asked(app, "m:a") == [mounts[1]]
    assert asked(app, "m:n:c") == [mounts[1], mounts[2]]
    assert asked(app, "h:d") == [mounts[3]]
    assert asked(app, "c") == asked(app, "d") == asked(app, "") == []
    assert app.url_path_for("b") == "/m/n/x"


def test_routes_of_which_nothing_is_known_are_asked_for_every_name() -> None:
    unknown: list[Any] = [
        Odd(),
        Shouting("/s", ENDPOINT, name="s"),
        Computed("/c", ENDPOINT),
        Nameless(),
        Host("example.org", app=Router([named("d")])),
        Mount("/{p}", routes=[named("e")]),
        Mount("/f", app=ENDPOINT),
        Mount("/g", routes=[Odd()]),
    ]
    app = Starlette(routes=[named("a"), *unknown, named("b")])
    speedup(app)
    assert asked(app, "z") == unknown
    assert asked(app, "b") == [*unknown, app.routes[-1]]


def test_included_router_is_asked_for_the_names_in_it_once_these_are_made() -> None:
    app = FastAPI()
    routers = [APIRouter(prefix=f"/{name}") for name in "ab"]
    for router in routers:
        router.add_api_route("/x/{p}", lambda: None, name=router.prefix[1:])
        app.include_router(router)
    speedup(app)
    included = [route for route in app.routes if hasattr(route, "original_router")]
    assert asked(app, "b") == included
    assert app.url_path_for("b", p="1") == "/b/x/1"
    assert asked(app, "b") == included[1:]
    assert asked(app, "a") == included[:1]
    routers[0].add_api_route("/late", lambda: None, name="late")
    assert app.url_path_for("late") == "/a/late"


def test_mount_of_its_own_routes_ends_as_without_trieroute() -> None:
    app = Starlette(routes=[named("a")])
    app.router.routes.append(Mount("/again", app=app))
    speedup(app)
    assert app.url_path_for("a") == "/x"
    with pytest.raises(RecursionError):
        app.url_path_for("b")


def test_mounts_that_lead_to_one_router_are_read_once() -> None:
    inner = Router([named("a")])
    for _ in range(40):
        inner = Router([Mount("/l", app=inner), Mount("/r", app=inner)])
    app = Starlette(routes=[named("top"), *inner.routes])
    speedup(app)
    assert app.url_path_for("top") == "/x"
    assert asked(app, "a") == app.routes[1:]
    assert app.url_path_for("a") == "/l" * 40 + "/x"


def test_mounts_in_more_levels_than_python_recurses() -> None:
    inner = Router([named("a")])
    for _ in range(sys.getrecursionlimit()):
        inner = Router([Mount("/m", app=inner)])
    app = Starlette(routes=[named("top"), *inner.routes])
    speedup(app)
    assert app.url_path_for("top") == "/x"
    assert asked(app, "a") == app.routes[1:]
    assert asked(app, "b") == []


def test_mounts_of_one_router_beside_each_other_have_its_names() -> None:
    inner = Router([named("a")])
    mounts = [Mount(f"/{number}", app=inner) for number in range(3)]
    app = Starlette(routes=[*mounts, Mount("/n", routes=[*mounts, named("b")])])
    speedup(app)
    assert asked(app, "a") == app.routes
    inner.routes.insert(0, named("c"))
    assert asked(app, "c") == app.routes
    inner.routes.append(Odd())
    assert asked(app, "z") == app.routes


# Edits


def test_first_of_the_routes_with_one_name_that_fits_has_the_url() -> None:
    app = Starlette(routes=[named("a", "/1/{p}"), named("a", "/2"), named("a", "/3/{p}")])
    speedup(app)
    assert app.url_path_for("a") == "/2"
    assert app.url_path_for("a", p=1) == "/1/1"
    with pytest.raises(NoMatchFound, match='No route exists for name "a" and params "p, q"'):
        app.url_path_for("a", p=1, q=2)
    del app.routes[0]
    assert app.url_path_for("a", p=1) == "/3/1"


def test_edits_are_seen_at_once() -> None:
    route: Any = named("a", "/{p}")
    app = Starlette(routes=[route])
    speedup(app)
    assert app.url_path_for("a", p=7) == "/7"
    route.name = "b"
    assert app.url_path_for("b", p=7) == "/7"
    route.param_convertors["p"] = IntegerConvertor()
    with pytest.raises(AssertionError, match="Negative integers are not supported"):
        app.url_path_for("b", p=-7)
    route.param_convertors = {"p": StringConvertor()}
    route.path_format = "/moved/{p}"
    assert app.url_path_for("b", p=-7) == "/moved/-7"
    route.path_format = "/twice/{p}/{p}"
    # Versions of Starlette make different URLs of it.
    assert app.url_path_for("b", p=7) == route.url_path_for("b", p=7)
    route.url_path_for = lambda name, /, **params: URLPath(f"/{name}")
    assert app.url_path_for("c") == "/c"
    del route.url_path_for
    with pytest.raises(NoMatchFound):
        app.url_path_for("c")


def test_replaced_functions_are_called(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Starlette(routes=[named("a", "/{p}")])
    speedup(app)
    assert app.url_path_for("a", p=7) == "/7"
    with monkeypatch.context() as patch:
        patch.setattr(starlette.routing, "replace_params", lambda path, *_: (path.upper(), {}))
        assert app.url_path_for("a", p=7) == "/{P}"
    with monkeypatch.context() as patch:
        patch.setattr(Route, "url_path_for", lambda self, name, /, **params: URLPath("/class"))
        assert app.url_path_for("z") == "/class"
    assert app.url_path_for("a", p=7) == "/7"
    with monkeypatch.context() as patch:
        patch.setattr(Router, "url_path_for", lambda self, name: [*self.routes])
        assert app.url_path_for("a") == app.routes


def test_replaced_routes_of_mounts_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Starlette(routes=[Mount("/m", routes=[named("a", "/a")])])
    speedup(app)
    assert app.url_path_for("a") == "/m/a"
    with monkeypatch.context() as patch:
        patch.setattr(Mount, "routes", property(lambda self: [named("z", "/z")]))
        assert app.url_path_for("z") == "/m/z"
        with pytest.raises(NoMatchFound):
            app.url_path_for("a")
    assert app.url_path_for("a") == "/m/a"


@pytest.mark.parametrize("of_class", [False, True])
def test_replaced_convertor_of_mounts_is_called(
    of_class: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mount asks it before it looks for the name."""

    def complain(*args: Any) -> Any:
        raise ValueError("nothing is mounted here")

    mount = Mount("/m", routes=[named("a", "/a")])
    app = Starlette(routes=[mount, named("b", "/b")])
    speedup(app)
    assert app.url_path_for("b") == "/b"
    convertor: Any = mount.param_convertors["path"]
    monkeypatch.setattr(
        type(convertor) if of_class else convertor, "to_string", complain, raising=False
    )
    for _ in range(2):
        with pytest.raises(ValueError, match="nothing is mounted here"):
            app.url_path_for("b")
        app.router.routes.reverse()
        assert app.url_path_for("b") == "/b"
        app.router.routes.reverse()


class Asked(Convertor[str]):
    """A convertor that has no text for any value."""

    regex = "[a-z]+"

    def __init__(self, asked: Callable[[str], None]) -> None:
        self.asked = asked

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        self.asked(value)
        raise NoMatchFound("no text", {})


def test_convertor_that_has_no_text_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setitem(CONVERTOR_TYPES, "asked", Asked(asked.append))
    app = Starlette(routes=[named("a", "/x/{p:asked}"), named("a", "/y/{p}")])
    speedup(app)
    assert app.url_path_for("a", p="v") == "/y/v"
    assert asked == ["v"]


def test_route_that_is_added_while_a_convertor_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        CONVERTOR_TYPES, "asked", Asked(lambda value: app.routes.append(named("a", "/z/{p}")))
    )
    for fast in (False, True):
        app = Starlette(routes=[named("a", "/x/{p:asked}"), named("b", "/y")])
        if fast:
            speedup(app)
        assert app.url_path_for("a", p="v") == "/z/v"


OLD_STARLETTE = """
from starlette import routing
from starlette.applications import Starlette
from starlette.routing import Route

# So do older versions of Starlette.
def replace_params(path, param_convertors, path_params):
    for key, value in list(path_params.items()):
        if "{" + key + "}" in path:
            path = path.replace("{" + key + "}", param_convertors[key].to_string(value))
            path_params.pop(key)
    return path, path_params

vars(routing).pop("PARAM_FORMAT_REGEX", None)
routing.replace_params = replace_params
from trieroute.starlette import speedup

app = Starlette(routes=[Route("/{a}/{b}", lambda request: None, name="x")])
speedup(app)
print(app.url_path_for("x", a="{b}", b="1"), app.url_path_for("x", a="1", b="{a}"))
"""


def test_version_that_replaces_one_variable_after_the_other() -> None:
    done = subprocess.run(
        [sys.executable, "-c", OLD_STARLETTE], capture_output=True, text=True, check=True
    )
    assert done.stdout == "/1/1 /1/{a}\n"


REPLACED_BEFORE = """
from functools import wraps
from starlette import convertors, datastructures, routing
from starlette.applications import Starlette
from starlette.routing import Mount, Route

calls = []

def counting(function):
    @wraps(function)
    def count(*args, **kwargs):
        calls.append(function.__name__)
        return function(*args, **kwargs)
    return count

{replace}
from trieroute.starlette import speedup

def view(request): pass

app = Starlette(routes=[
    Mount("/m", routes=[Route("/a/{{x:path}}", view, name="a")]), Route("/b/{{x}}", view, name="b")
])

speedup(app)
app.url_path_for("b", x="2")
calls.clear()
print(app.url_path_for("a", x="1"), app.url_path_for("b", x="2"), *calls)
"""


@pytest.mark.parametrize(
    ("replace", "calls"),
    [
        ("Mount.routes = property(counting(Mount.routes.fget))", "routes routes"),
        (
            "convertors.PathConvertor.to_string = counting(convertors.PathConvertor.to_string)",
            "to_string to_string to_string",
        ),
        (
            "routing.replace_params = counting(routing.replace_params)",
            "replace_params replace_params replace_params",
        ),
        ("routing.URLPath = counting(datastructures.URLPath)", "URLPath URLPath URLPath"),
    ],
)
def test_what_was_replaced_before_trieroute_was_imported_is_called(
    replace: str, calls: str
) -> None:
    program = REPLACED_BEFORE.format(replace=replace)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"/m/a/1 /b/2 {calls}\n"


INCLUDED = """
from fastapi import APIRouter, FastAPI, routing
given, calls = routing._IncludedRouter.effective_route_contexts, []

def counting(self):
    for context in given(self):
        calls.append(context)
        yield context

routing._IncludedRouter.effective_route_contexts = counting
from trieroute.starlette import speedup

app, router = FastAPI(openapi_url=None), APIRouter()
router.get("/a/{x}", name="a")(lambda x: x)
app.include_router(router)
app.get("/b", name="b")(lambda: None)
speedup(app)
app.url_path_for("a", x="1")
calls.clear()
print(app.url_path_for("b"), len(calls))
"""


def test_contexts_of_an_included_router_that_were_replaced_before_are_asked_for() -> None:
    done = subprocess.run(
        [sys.executable, "-c", INCLUDED], capture_output=True, text=True, check=True
    )
    assert done.stdout == "/b 1\n"


def test_name_of_another_class_is_compared_as_ever() -> None:
    class Anything(str):
        __slots__ = ()

        def __eq__(self, other: object) -> bool:
            return True

        def __ne__(self, other: object) -> bool:
            return False

        __hash__ = str.__hash__

    app = Starlette(routes=[named("a", "/a"), named("b", "/b")])
    speedup(app)
    assert app.url_path_for(Anything("z")) == "/a"
    app.router.routes[0].name = Anything("y")  # type: ignore[attr-defined]
    assert app.url_path_for("b") == "/a"


def test_route_that_is_copied_has_a_name_of_its_own() -> None:
    app = Starlette(routes=[named("a", "/a")])
    speedup(app)
    assert app.url_path_for("a") == "/a"
    twin: Any = copy.copy(app.routes[0])
    twin.name, twin.path_format = "twin", "/twin"
    app.routes.append(twin)
    assert (app.url_path_for("a"), app.url_path_for("twin")) == ("/a", "/twin")


# URLs of requests


def test_request_makes_absolute_urls() -> None:
    async def links(request: Request) -> PlainTextResponse:
        names = ["item", "m:live", "h:at"]
        return PlainTextResponse(" ".join(str(request.url_for(name, p="1")) for name in names))

    app = Starlette(
        routes=[
            Route("/links", links),
            Route("/items/{p}", links, name="item"),
            Mount("/m", name="m", routes=[WebSocketRoute("/{p}", ENDPOINT, name="live")]),
            Host("{p}.example.org", Router([Route("/", links, name="at")]), name="h"),
        ]
    )
    speedup(app)
    urls = "http://example.org/items/1 ws://example.org/m/1 http://1.example.org/"
    assert request(app, "/links").text == urls


def test_connection_of_a_mounted_application_asks_the_outer_router() -> None:
    async def link(request: Request) -> PlainTextResponse:
        return PlainTextResponse(str(request.url_for("outer")))

    inner = Starlette(routes=[Route("/link", link)])
    app = Starlette(routes=[Mount("/in", app=inner), named("outer", "/outer")])
    speedup(app)
    assert request(app, "/in/link").text == "http://example.org/outer"
    scope = http_scope("/", app=app)
    assert str(Request(scope).url_for("outer")) == "http://example.org/outer"


@given(
    path=st.text("/a:~ ?#\\\\%\t\n\u00e9{", max_size=8),
    protocol=st.sampled_from(["http", "websocket", ""]),
    host=st.sampled_from(["", "", "example.com:80", "a_b", "[::1]", "u@h", "é.example", "EXAMPLE"]),
    base=st.sampled_from(["http", "https", "ws", "wss", "ftp", "HTTPS", ""])
    | st.text("htps:/?#ax.", max_size=8),
    rest=st.sampled_from(["://example.org/", "://example.org/in%20/?a#b", "://", "", "://h:x/é/"]),
    as_text=st.booleans(),
)
def test_absolute_urls_are_equal(
    path: str, protocol: Any, host: str, base: str, rest: str, as_text: bool
) -> None:
    made = URLPath(path, protocol, host)

    def attempt(make: Any) -> Any:
        try:
            url = make(made, base + rest if as_text else URL(base + rest))
        except Exception as error:
            return type(error), str(error)
        return type(url), vars(url)

    own: Any = URLPath.make_absolute_url
    assert attempt(own) == attempt(own.__wrapped__)


def test_absolute_url_of_plain_texts_is_not_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    base = URL("https://example.org/base/")
    base.components  # noqa: B018
    monkeypatch.setattr(URL, "replace", None)
    made = URLPath("/a/{p}", protocol="websocket").make_absolute_url(base)
    assert str(made) == "wss://example.org/base/a/{p}"


# In other hands than meant


def test_guide_of_no_list_has_no_urls() -> None:
    assert list(NameGuide()) == []
    with pytest.raises(TypeError, match="the guide belongs to no list"):
        NameGuide().url_path_for("a")


def test_loop_that_asks_nothing_gets_the_guide_and_all_routes() -> None:
    def loop() -> list[Any]:
        return [*routes]

    loops = Loops(None, "full", "partial", ("none", {}), str, None)  # type: ignore[arg-type]
    loops.naming.append(loop.__code__)

    class Names(RouteList):
        def __init__(self) -> None:
            super(RouteList, self).__init__(["a", "b"], loops)

        def _read_names(self) -> NamedRoutes:
            naming = Naming(KeyError, str, str.split)
            return NamedRoutes([*"ab"], {}, {}, [], {}, naming, loops, Prerequisites())

    routes = Names()
    guide, *others = loop()
    assert isinstance(guide, NameGuide)
    assert others == ["a", "b"]
    with pytest.raises(KeyError):
        guide.url_path_for("c")
    assert list(routes) == ["a", "b"]
