"""Whatever a FastAPI application is made of and changed to: sped up, it answers as a plain one.

An application is a row of steps, which are taken on two of them: one is sped up before the first
step, in the middle or after it, the other one never. After each step both get the same requests.
"""

from __future__ import annotations

import inspect
import re
import warnings
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request, WebSocket
from hypothesis import event, given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.routing import Host, Route, Router

from asgi_client import Endpoint
from test_starlette_against_plain import METHODS, REQUESTED, outcome
from trieroute.starlette import speedup

#: What a variable of a path is to a path operation, by the convertor in its path.
ANNOTATIONS: dict[str, list[Any]] = {"": [str, str, int, float], ":int": [int], ":path": [str]}

SEGMENTS = ["a", "b"] * 3 + ["{}"] * 4 + ["{:int}", "{:path}", "{:path}", "a.b", "v{}", "{}.{}", ""]
PREFIXES = ["", "", "/a", "/b", "/a/b", "/{z}", "/a/{z}"]


def given_by_an_override() -> str:
    return "overridden"


def depended_on() -> str:
    return "as it is"


def operation(name: str, path: str, annotations: list[Any], depends: bool) -> Callable[..., Any]:
    """Return a path operation that takes the variables of its path, and tells what it got."""

    def endpoint(**given: Any) -> Any:
        scope = given.pop("request").scope
        return {
            "name": name,
            "given": {key: repr(value) for key, value in given.items()},
            "path_params": repr(scope["path_params"]),
            "root_path": scope["root_path"],
            "route": getattr(scope.get("route"), "path", None),
            "keys": sorted(set(scope) - {"fastapi"}),
        }

    parameter = inspect.Parameter
    parameters = [parameter("request", parameter.KEYWORD_ONLY, annotation=Request)]
    for number, (variable, convertor) in enumerate(re.findall(r"\{(\w+)(:\w+)?\}", path)):
        kinds = ANNOTATIONS[convertor]
        kind = kinds[annotations[number % len(annotations)] % len(kinds)]
        parameters.append(parameter(variable, parameter.KEYWORD_ONLY, annotation=kind))
    if depends:
        parameters.append(
            parameter(
                "depended", parameter.KEYWORD_ONLY, annotation=str, default=Depends(depended_on)
            )
        )
    endpoint.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return endpoint


async def accepts(websocket: WebSocket) -> None:
    await websocket.accept(headers=[(b"x-path", repr(websocket.path_params).encode())])


class Grown:
    """An application with three routers of its own, which the steps include in each other.

    :param prefixes: the prefixes of the routers.
    :param redirects: whether a slash too many or too few redirects.
    """

    def __init__(self, prefixes: list[str], redirects: bool) -> None:
        self.app = FastAPI(redirect_slashes=redirects, openapi_url=None)
        self.routers: list[Any] = [self.app.router]
        for prefix in prefixes:
            self.routers.append(APIRouter(prefix=prefix, redirect_slashes=redirects))

    def take(self, step: tuple[Any, ...]) -> str | None:
        """Take a step; return what it raises."""
        kind, at, *arguments = step
        try:
            getattr(self, kind)(self.routers[at], *arguments)
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        return None

    def operation(self, router: Any, path: str, methods: Any, annotations: Any, dep: bool) -> None:
        router.add_api_route(path, operation(path, path, annotations, dep), methods=methods)

    def websocket(self, router: Any, path: str) -> None:
        router.add_api_websocket_route(path, accepts)

    def route(self, router: Any, path: str, methods: Any) -> None:
        router.routes.append(Route(path, Endpoint(path), methods=methods))

    def host(self, router: Any, path: str) -> None:
        inner = Router([Route(path, Endpoint("host"))])
        router.routes.append(Host("ann.example.org", app=inner))

    def mount(self, router: Any, path: str, inner: str, fastapi: bool) -> None:
        if fastapi:
            app: Any = FastAPI(openapi_url=None)
            app.add_api_route(inner, operation("mounted", inner, [0], False))
        else:
            app = Starlette(routes=[Route(inner, Endpoint("mounted"))])
        router.mount(path, app)

    def include(self, router: Any, which: int, prefix: str) -> None:
        inner = self.routers[which]
        if self.routers.index(router) < which:
            router.include_router(inner, prefix=prefix)

    def remove(self, router: Any, index: int) -> None:
        del router.routes[index : index + 1]

    def put_first(self, router: Any, index: int) -> None:
        router.routes[:0] = [router.routes.pop(index)]

    def reverse(self, router: Any) -> None:
        router.routes.reverse()

    def override(self, router: Any) -> None:
        self.app.dependency_overrides[depended_on] = given_by_an_override


@st.composite
def paths(draw: st.DrawFn) -> str:
    path = "/" + "/".join(draw(st.lists(st.sampled_from(SEGMENTS), min_size=1, max_size=2)))
    names = iter("pqrstu")
    return re.sub(r"\{(:\w+)?\}", lambda found: "{" + next(names) + (found[1] or "") + "}", path)


def without_notes(answered: Any) -> Any:
    """The outcome without FastAPI's private notes, made when an included router is tried."""
    for call in getattr(answered, "calls", ()):
        call["keys"] = [key for key in call["keys"] if key != "fastapi"]
    return answered


ROUTERS = st.integers(0, 3)
INDEXES = st.integers(0, 4)
OPERATIONS = st.tuples(
    st.just("operation"),
    ROUTERS,
    paths() | st.just(""),
    METHODS,
    st.lists(st.integers(0, 3), min_size=1, max_size=3),
    st.booleans(),
)
INCLUSIONS = st.tuples(st.just("include"), ROUTERS, st.integers(1, 3), st.sampled_from(PREFIXES))
STEPS = st.one_of(
    OPERATIONS,
    OPERATIONS,
    OPERATIONS,
    INCLUSIONS,
    INCLUSIONS,
    st.tuples(st.just("websocket"), ROUTERS, paths()),
    st.tuples(st.just("route"), ROUTERS, paths(), METHODS),
    st.tuples(st.just("host"), ROUTERS, paths()),
    st.tuples(st.just("mount"), ROUTERS, st.sampled_from(PREFIXES), paths(), st.booleans()),
    st.tuples(st.just("remove"), ROUTERS, INDEXES),
    st.tuples(st.just("put_first"), ROUTERS, INDEXES),
    st.tuples(st.just("reverse"), ROUTERS),
    st.tuples(st.just("override"), ROUTERS),
)


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    path = "/".join(draw(st.lists(REQUESTED, min_size=1, max_size=4)))
    return {
        "path": draw(st.sampled_from(["/"] * 12 + ["", "//"])) + path,
        "method": draw(st.sampled_from(["GET", "GET", "GET", "POST", "HEAD", "LINK"])),
        "websocket": draw(st.sampled_from([False] * 6 + [True])),
        "root_path": draw(st.sampled_from([""] * 8 + ["/a"])),
        "headers": draw(st.sampled_from([{}, {}, {"host": "Ann.example.org:80"}])),
    }


@given(
    prefixes=st.lists(st.sampled_from(PREFIXES), min_size=3, max_size=3),
    redirects=st.booleans(),
    first=st.lists(OPERATIONS | INCLUSIONS, max_size=6),
    later=st.lists(STEPS, min_size=1, max_size=8),
    sped_up_at=st.integers(0, 4),
    asked=st.lists(requests(), min_size=1, max_size=5),
)
def test_answers_are_equal(
    prefixes: list[str],
    redirects: bool,
    first: list[Any],
    later: list[Any],
    sped_up_at: int,
    asked: list[dict[str, Any]],
) -> None:
    plain, fast = (Grown(prefixes, redirects) for _ in range(2))
    for step in first:
        assert plain.take(step) == fast.take(step)
    for number, step in enumerate(later):
        if number == sped_up_at % len(later):
            speedup(fast.app)
        raised = plain.take(step)
        event(f"{step[0]}{' is refused' if raised else ''}")
        assert fast.take(step) == raised
        for options in asked:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                expected = without_notes(outcome(plain.app, options))
                answered = without_notes(outcome(fast.app, options))
            event(expected if isinstance(expected, str) else str(expected.status))
            assert answered == expected
