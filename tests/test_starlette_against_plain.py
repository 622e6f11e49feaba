"""Whatever the routes and the requests: a sped-up application answers as a plain one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.convertors import CONVERTOR_TYPES, Convertor
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Host, Match, Mount, Route, Router, WebSocketRoute

from asgi_client import Answer, Endpoint, request
from trieroute.starlette import RouteList, speedup


class Texts(Convertor[str]):
    """A convertor that gives the text behind a mark."""

    def __init__(self, regex: str) -> None:
        self.regex = regex  # type: ignore[misc]

    def convert(self, value: str) -> str:
        if value == "bad":
            raise ValueError("bad value")
        return f"={value}"

    def to_string(self, value: str) -> str:
        return value[1:]


CONVERTORS = {
    "alternatives": Texts("a|b|bad"),
    "slashes": Texts("a(?:/b)*"),
    "empty": Texts("[ab]*"),
    "word": Texts("[a-z_-]+"),
    "ahead": Texts("(?=a).+"),
    "ignoring": Texts("(?i:a)"),
    "end": Texts(r"a\Z"),
    "dot": Texts("."),
}


class Header(Route):
    """A route whose `matches` is its own."""

    def matches(self, scope: Any) -> tuple[Match, Any]:
        if (b"x-version", b"2") not in scope["headers"]:
            return Match.NONE, {}
        return super().matches(scope)


class Anything(BaseRoute):
    """A route of a kind of its own, which may match in part."""

    def __init__(self, answer: Match, endpoint: Endpoint) -> None:
        self.answer = answer
        self.endpoint = endpoint

    def matches(self, scope: Any) -> tuple[Match, Any]:
        if scope["path"].startswith("/b"):
            return self.answer, {"endpoint": self.endpoint}
        return Match.NONE, {}

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        await self.endpoint(scope, receive, send)


class Stamp:
    """Middleware that leaves a stamp in the scope, and hides what it stands before."""

    def __init__(self, app: Any, hidden: bool = False) -> None:
        self.__dict__["_inner" if hidden else "app"] = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        scope["stamped"] = True
        await vars(self).get("app", vars(self).get("_inner"))(scope, receive, send)


SEGMENTS = st.sampled_from(
    ["a", "b"] * 6
    + ["{}", "{:path}", "{:int}"] * 3
    + ["aa", "", "a.b", "{}", "{:int}", "{:float}", "{:uuid}", "{:path}", "v{:int}"]
    + ["{}.{}", "{}{}", "a{}", "{}-b", "{:path}-b", "é", "{not a name}"]
    + ["{:" + name + "}" for name in CONVERTORS]
)


@st.composite
def paths(draw: st.DrawFn) -> str:
    """Paths whose variables have names of their own."""
    path = "/" + "/".join(draw(st.lists(SEGMENTS, min_size=1, max_size=2)))
    names = iter("pqrstuvwxyz")
    return re.sub(r"\{(:\w+)?\}", lambda found: "{" + next(names) + (found[1] or "") + "}", path)


METHODS = st.none() | st.lists(st.sampled_from(["GET", "POST", "PUT", "get"]), max_size=2)

#: A route as a function, for it is made once for each application.
Maker = Callable[[], BaseRoute]


def replaced(path: str, regex: str, endpoint: Endpoint) -> Route:
    route = Route(path, endpoint)
    route.path_regex = re.compile(regex)
    return route


@st.composite
def route_makers(draw: st.DrawFn, depth: int = 2) -> Maker:
    kinds = ["route"] * 6 + ["websocket", "header", "anything", "replaced"]
    kind = draw(st.sampled_from(kinds + (["mount", "mount", "host"] if depth else [])))
    endpoint = Endpoint(draw(st.sampled_from("ABCDEFGH")))
    path = draw(paths())
    methods = draw(METHODS)
    if kind == "websocket":
        return lambda: WebSocketRoute(path, endpoint)
    if kind == "header":
        return lambda: Header(path, endpoint, methods=methods)
    if kind == "anything":
        answer = draw(st.sampled_from(Match))
        return lambda: Anything(answer, endpoint)
    if kind == "replaced":
        regex = draw(st.sampled_from(["^/b.*$", "(?i)^/A$", "/a", "^/(?P<p>[^/]+)$"]))
        return lambda: replaced("/{p}" if "?P<p>" in regex else "/x", regex, endpoint)
    if kind in ("mount", "host"):
        inner = draw(st.lists(route_makers(depth - 1), max_size=4))
        wrapped = draw(st.sampled_from(["", "middleware", "application", "hidden"]))
        if kind == "host":
            host = draw(st.sampled_from(["example.org", "{h}.example.org", "example.com"]))
            return lambda: Host(host, app=Router([make() for make in inner]))
        if not path.isascii() or "{h}" in path:
            path = ""

        def mount() -> Mount:
            routes = [make() for make in inner]
            if wrapped == "middleware":
                return Mount(path, routes=routes, middleware=[Middleware(Stamp)])
            if wrapped == "hidden":
                return Mount(path, app=Stamp(Router(routes), hidden=True))
            if wrapped == "application":
                return Mount(path, app=Starlette(routes=routes))
            return Mount(path, routes=routes)

        return mount
    return lambda: Route(path, endpoint, methods=methods)


REQUESTED = st.sampled_from(
    ["a", "b", "1"] * 8
    + ["a\n", "b\n"] * 2
    + ["aa", "", "1", "12", "1.5", "v1", "a.b", "a-b", "A", "é", "٣", "bad", "a\n", "\n"]
    + ["6ba7b810-9dad-11d1-80b4-00c04fd430c8", "{not a name}", "\ud800", "9" * 5000]
)


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    path = "/".join(draw(st.lists(REQUESTED, min_size=1, max_size=3)))
    return {
        "path": draw(st.sampled_from(["/"] * 12 + ["", "//"])) + path,
        "method": draw(st.sampled_from(["GET", "GET", "GET", "POST", "HEAD", "get", "LINK"])),
        "websocket": draw(st.sampled_from([False] * 6 + [True])),
        "root_path": draw(st.sampled_from([""] * 8 + ["/a", "/a/b"])),
        "headers": draw(st.sampled_from([{}, {"x-version": "2"}, {"host": "Ann.example.org:80"}])),
    }


def append(routes: list[Any], make: Maker, at: int) -> None:
    routes.append(make())


def insert(routes: list[Any], make: Maker, at: int) -> None:
    routes.insert(at, make())


def remove(routes: list[Any], make: Maker, at: int) -> None:
    del routes[at : at + 1]


def replace(routes: list[Any], make: Maker, at: int) -> None:
    routes[at:] = [make(), *routes[:at]]


def reverse(routes: list[Any], make: Maker, at: int) -> None:
    routes.reverse()


def outcome(app: Any, options: dict[str, Any]) -> Answer | str:
    """Return the answer to a request, or the exception that left the application."""
    try:
        return request(app, **options)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


CHANGES = st.tuples(
    st.sampled_from([append, insert, remove, replace, reverse]),
    route_makers(),
    st.integers(0, 5),
)


@given(
    makers=st.lists(route_makers(), max_size=8),
    changes=st.lists(CHANGES, max_size=2),
    asked=st.lists(requests(), min_size=1, max_size=8),
    redirects=st.booleans(),
)
def test_answers_are_equal(
    makers: list[Maker], changes: list[Any], asked: list[dict[str, Any]], redirects: bool
) -> None:
    CONVERTOR_TYPES.update(CONVERTORS)
    try:
        plain, fast = (Starlette(routes=[make() for make in makers]) for _ in range(2))
        plain.router.redirect_slashes = fast.router.redirect_slashes = redirects
        speedup(fast)
        assert isinstance(fast.router.routes, RouteList)
        for change in [None, *changes]:
            if change is not None:
                alter, make, at = change
                alter(plain.routes, make, at)
                alter(fast.routes, make, at)
            for options in asked:
                expected = outcome(plain, options)
                event(expected if isinstance(expected, str) else str(expected.status))
                assert outcome(fast, options) == expected
    finally:
        for name in CONVERTORS:
            del CONVERTOR_TYPES[name]
