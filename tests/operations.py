"""One operation of each kind that the library has, to be done very often: for tests of leaks.

Each is a function without arguments that leaves everything as it was.
"""

from __future__ import annotations

import copy
import pickle
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from flask import Flask
from starlette.applications import Starlette
from starlette.routing import Mount, Route
from werkzeug.exceptions import HTTPException
from werkzeug.test import create_environ

from asgi_client import http_scope
from trieroute import (
    BaseConverter,
    BuildError,
    Map,
    Rule,
    Submount,
    ValidationError,
    asgi,
    url_for,
    wsgi,
)
from trieroute.flask import install
from trieroute.starlette import speedup


class Picky(BaseConverter):
    """Refuses what does not begin with an a, and fails at a b."""

    regex = "[a-z]+"

    def to_python(self, value: str) -> str:
        if value == "b":
            raise ZeroDivisionError
        if value[0] != "a":
            raise ValidationError
        return value

    def to_url(self, value: Any) -> str:
        if value == "c":
            raise ValidationError
        return str(value)


def to_elsewhere(adapter: Any, **values: Any) -> str:
    return "/elsewhere"


def rules() -> list[Any]:
    return [
        Rule("/", endpoint="root"),
        Rule("/static/page", endpoint="static"),
        Rule("/s/<x>", endpoint="text"),
        Rule("/i/<int:i>", endpoint="int"),
        Rule("/f/<float:f>", endpoint="float"),
        Rule("/u/<uuid:u>", endpoint="uuid"),
        Rule("/c/<any(a, b):c>", endpoint="any"),
        Rule("/p/<path:p>", endpoint="path"),
        Rule("/m/<a>-<b>.<c>", endpoint="many"),
        Rule("/t/<path:p>/x/<path:q>", endpoint="tail"),
        Rule("/picky/<picky:x>", endpoint="picky"),
        Rule("/branch/", endpoint="branch"),
        Rule("/get", endpoint="get", methods=["GET"]),
        Rule("/ws", endpoint="ws", websocket=True),
        Rule("/old/<x>", endpoint="old", redirect_to="/s/<x>"),
        Rule("/called/<x>", endpoint="called", redirect_to=to_elsewhere),
        Rule("/alias/<x>", endpoint="text", alias=True),
        Rule("/page/", endpoint="page", defaults={"n": 1}),
        Rule("/page/<int:n>", endpoint="page"),
        Rule("/loose/", endpoint="loose", strict_slashes=False),
    ]


def operations() -> dict[str, Callable[[], Any]]:
    """The operations by name."""
    url_map = Map(rules(), converters={"picky": Picky})
    # What a change costs depends on the rules that there are.
    small = Map([Rule("/s/<x>", endpoint="text")], converters={"picky": Picky})
    urls = url_map.bind("example.org", "/app")
    loaded = {name: getattr(urls, name) for name in ("match", "build", "test", "dispatch")}
    hosts = Map(
        [Rule("/", endpoint="e", host="<x>.example.org"), Rule("/a/", host="a.example.org")],
        host_matching=True,
    )
    environ = create_environ("/s/a", "http://example.org/app")
    scope = http_scope("/s/a")
    paths = {
        "root": "/",
        "static": "/static/page",
        "str": "/s/é",
        "int": "/i/123456789012345678901234567890",
        "float": "/f/1.5",
        "uuid": "/u/12345678-1234-5678-1234-567812345678",
        "any": "/c/a",
        "path": "/p/a/b/c",
        "several variables": "/m/a-b-c.d",
        "two paths": "/t/a/x/b/x/c",
        "own converter": "/picky/a",
        "no rule": "/none/of/these",
        "refused value": "/picky/z",
        "failing converter": "/picky/b",
        "missing slash": "/branch",
        "tolerated slash": "/loose",
        "merged slashes": "/static//page",
        "other websocket": "/ws",
        "redirect_to text": "/old/a",
        "redirect_to function": "/called/a",
        "alias": "/alias/a",
        "default": "/page/1",
        "lone surrogate": "/branch/\ud800/",
        "megabyte": "/p/" + "a/" * 500,
    }

    def matching(path: str) -> Callable[[], None]:
        def match() -> None:
            with suppress(HTTPException, ZeroDivisionError):
                urls.match(path, return_rule=True)

        return match

    def building(endpoint: str, values: dict[str, Any], **more: Any) -> Callable[[], None]:
        def build() -> None:
            with suppress(BuildError, ValueError):
                urls.build(endpoint, values, **more)

        return build

    def wrong_method() -> None:
        with suppress(HTTPException):
            urls.match("/get", "PUT")

    def with_url_for() -> None:
        with urls.current():
            url_for("text", x="a", tab=["b", "c"], _anchor="d", _external=True)

    def changed() -> None:
        rule = Rule("/new/<int:x>/<picky:y>", endpoint="new")
        small.add(rule)
        adapter = small.bind("example.org")
        adapter.match("/new/1/a")
        adapter.build("new", {"x": 1, "y": "a"})
        small.remove(rule)

    def changed_by_a_factory() -> None:
        factory = Submount("/sub", [Rule("/a", endpoint="a"), Rule("/<b>", endpoint="b")])
        small.add(factory)
        small.remove(factory)

    def refused() -> None:
        with suppress(ValueError):
            small.add(Submount("/sub", [Rule("/a", endpoint="a"), Rule("/<b", endpoint="b")]))

    def set_anew() -> None:
        small.merge_slashes = True
        small.bind("example.org").match("/s/a")

    def made() -> None:
        some = Map(rules(), converters={"picky": Picky}, match_order="segments").bind("example.org")
        some.match("/s/a")
        some.build("text", {"x": "a"})

    def host_matched() -> None:
        for name, path in ("b.example.org", "/"), ("a.example.org", "/a"), ("com", "/"):
            with suppress(HTTPException):
                hosts.bind(name).match(path)

    wsgi_router = wsgi.Router(Map([Rule("/s/<x>", endpoint=lambda environ, start: [])]))

    async def answered(scope: Any, receive: Any, send: Any) -> None:
        return None

    asgi_router = asgi.Router(Map([Rule("/s/<x>", endpoint=answered)]))
    routes: list[Any] = [Route("/s/{x}", answered), Mount("/m", routes=[Route("/", answered)])]
    for route in (routes[0], routes[1].routes[0]):
        route.app = answered
    starlette = Starlette(routes=routes)
    speedup(starlette)

    def start(status: str, headers: Any, error: Any = None) -> Any:
        return None

    async def send(message: Any) -> None:
        return None

    def calling(app: Any, path: str) -> Callable[[], None]:
        def call() -> None:
            with suppress(StopIteration):
                app({**scope, "path": path, "app": starlette}, None, send).send(None)

        return call

    def sped_up() -> None:
        speedup(Starlette(routes=[Route("/s/{x}", answered)]))

    def installed() -> None:
        app = Flask("operations", static_folder=None)
        app.add_url_rule("/s/<x>", "text", to_elsewhere)
        install(app)
        app.url_map.bind("example.org").match("/s/a")

    def quit_early() -> None:
        with suppress(TypeError):
            urls.match(b"/")  # type: ignore[arg-type]

    return {
        **{f"match: {name}": matching(path) for name, path in paths.items()},
        "match: wrong method": wrong_method,
        "match: wrong type": quit_early,
        "match: hosts": host_matched,
        "match: attribute": lambda: loaded["match"]("/s/a"),
        "test": lambda: urls.test("/none"),
        "allowed methods": lambda: urls.allowed_methods("/get"),
        "dispatch": lambda: urls.dispatch(lambda endpoint, values: endpoint, "/s/a"),
        "build: static": building("static", {}),
        "build: str": building("text", {"x": "é/a"}),
        "build: int": building("int", {"i": 7}),
        "build: float": building("float", {"f": 1e300}),
        "build: uuid": building("uuid", {"u": uuid.UUID(int=7)}),
        "build: any": building("any", {"c": "b"}),
        "build: several variables": building("many", {"a": "a", "b": "b", "c": "c"}),
        "build: query": building("text", {"x": "a", "q": ["1", "é"], "none": None}),
        "build: external": building("text", {"x": "a"}, force_external=True, url_scheme="https"),
        "build: default": building("page", {"n": 1}),
        "build: own converter": building("picky", {"x": "a"}),
        "build: refused value": building("picky", {"x": "c"}),
        "build: wrong value": building("int", {"i": "no number"}),
        "build: missing value": building("text", {}),
        "build: no endpoint": building("none", {}),
        "url_for": with_url_for,
        "bind": lambda: url_map.bind("example.org", query_args={"a": "b"}),
        "bind_to_environ": lambda: url_map.bind_to_environ(environ).match(),
        "bind_to_scope": lambda: url_map.bind_to_scope(scope).match(),
        "explain": lambda: urls.explain("/s/a"),
        "iter_rules": lambda: list(url_map.iter_rules()),
        "add and remove a rule": changed,
        "add and remove a factory": changed_by_a_factory,
        "add a wrong rule": refused,
        "set a setting": set_anew,
        "make a map": made,
        "copy a map": lambda: copy.copy(small).bind("example.org").match("/s/a"),
        "pickle a map": lambda: pickle.loads(pickle.dumps(hosts)),
        "call a WSGI router": lambda: wsgi_router(dict(environ), start),
        "call a WSGI router in vain": lambda: wsgi_router({**environ, "PATH_INFO": "/"}, start),
        "call an ASGI router": calling(asgi_router, "/s/a"),
        "call an ASGI router in vain": calling(asgi_router, "/"),
        "call Starlette": calling(starlette.router, "/s/a"),
        "call Starlette, mounted": calling(starlette.router, "/m/"),
        "speed up Starlette": sped_up,
        "install into Flask": installed,
    }
