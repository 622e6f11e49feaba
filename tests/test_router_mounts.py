"""Mounted applications: bare prefixes, lifespans, URLs, and what can not be mounted."""

from __future__ import annotations

import asyncio
import pickle
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from copy import copy, deepcopy
from gc import collect
from typing import Any
from weakref import ref

import pytest
from fastapi import FastAPI
from quart import Quart
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount as StarletteMount
from starlette.routing import Route, WebSocketRoute
from werkzeug.test import Client
from werkzeug.wrappers import Response

import trieroute.asgi
import trieroute.wsgi
from asgi_client import call, http_scope, request, respond, websocket_scope
from trieroute import (
    BuildError,
    EndpointPrefix,
    Map,
    Rule,
    RuleTemplate,
    Subdomain,
    Submount,
    url_for,
)
from trieroute.asgi import Mount, Router

STARTUP, SHUTDOWN = {"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}


async def below(scope: Any, receive: Any, send: Any) -> None:
    await respond(send, scope["path"][len(scope["root_path"]) :])


def wsgi_below(environ: Any, start_response: Any) -> Any:
    return Response(environ["PATH_INFO"])(environ, start_response)


# The bare prefix


@pytest.mark.parametrize("order", ["weights", "segments", "registration"])
@pytest.mark.parametrize(
    ("bare", "status", "text"), [("pass", 200, ""), ("redirect", 308, None), ("refuse", 404, None)]
)
@pytest.mark.parametrize("prefix", ["/m", "/of/<user>"])
def test_bare_prefix(prefix: str, bare: Any, status: int, text: str | None, order: Any) -> None:
    router = Router(Map(match_order=order))
    router.mount(prefix, below, bare=bare, endpoint="m")
    path = prefix.replace("<user>", "ann")
    answer = call(router, http_scope(path, query_string=b"a=b"))
    assert answer.status == status
    if text is not None:
        assert answer.text == text
    if status == 308:
        assert answer.headers["location"] == f"http://example.org{path}/?a=b"
    for end in ("/", "/x", "//x/", "/a\nb"):
        assert call(router, http_scope(path + end)).text == end
    values = {"user": "ann"} if "user" in prefix else {}
    assert router.url_path_for("m", **values) == f"{path}/"
    assert router.url_path_for("m", path="x", **values) == f"{path}/x"


@pytest.mark.parametrize("bare", ["pass", "redirect", "refuse"])
def test_bare_prefix_of_wsgi_and_of_websockets(bare: Any) -> None:
    wsgi = trieroute.wsgi.Router(Map())
    wsgi.mount("/m", wsgi_below, bare=bare)
    statuses = {"pass": 200, "redirect": 308, "refuse": 404}
    assert Client(wsgi).get("/m").status_code == statuses[bare]
    assert Client(wsgi).put("/m").status_code == statuses[bare]
    assert Client(wsgi).get("/m/x").text == "/x"
    asgi = Router(Map())
    asgi.mount("/m", below, bare=bare)
    scope = websocket_scope("/m", extensions={"websocket.http.response": {}})
    assert call(asgi, scope).status == statuses[bare]


def test_bare_prefix_that_is_refused_goes_to_other_rules() -> None:
    router = Router(Map([Rule("/<name>", endpoint=below)]))
    router.mount("/m", below, bare="refuse")
    scope = http_scope("/m")
    assert call(router, scope).status == 200
    assert scope["path_params"] == {"name": "m"}


def test_mount_of_everything_takes_the_root_in_any_case() -> None:
    for bare in ("pass", "redirect", "refuse"):
        router = Router(Map())
        router.mount("/", below, bare=bare)  # type: ignore[arg-type]
        assert call(router, http_scope("/")).text == "/"


def test_quart_at_its_bare_prefix() -> None:
    app = Quart("quart")

    @app.route("/")
    async def index() -> str:
        return "index"

    router = Router(Map())
    router.mount("/q", app, bare="redirect")
    assert request(router, "/q").location == "http://example.org/q/"
    assert request(router, "/q/").text == "index"


def test_bare_of_another_name() -> None:
    with pytest.raises(ValueError, match="mount '/m': bare is 'pass', 'redirect' or 'refuse', not"):
        Router(Map()).mount("/m", below, bare="slash")  # type: ignore[arg-type]


# What can't be mounted


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("/m", "/m"),
        ("/m", "/m/"),
        ("/", ""),
        ("/of/<a>", "/of/<b>"),
        ("/v2/m", "/v2/m"),
    ],
)
@pytest.mark.parametrize("bare", ["pass", "redirect"])
def test_two_mounts_at_one_prefix(one: str, two: str, bare: Any) -> None:
    router = Router(Map())
    mount = router.mount(one, below)
    with pytest.raises(ValueError, match=r"mount '.*': .* is mounted there already, remove it"):
        router.mount(two, Endless(), endpoint="two", bare=bare)
    assert "two" not in router.handlers
    assert len(list(router.map.iter_rules())) == len(list(Map([Mount(one, endpoint=below)])._rules))
    router.remove(mount)
    router.mount(two, below, bare=bare)
    path = two.replace("<b>", "x")
    assert call(router, http_scope(f"{path}/y".replace("//", "/"))).text == "/y"


@pytest.mark.parametrize(
    "twice",
    [
        lambda one, two: Submount("/a", [one, two]),
        lambda one, two: Submount("/a", [Submount("/", [one]), EndpointPrefix("b.", [two])]),
        lambda one, two: RuleTemplate([Submount("/$x", [one]), Submount("/a", [two])])(x="a"),
        lambda one, two: Subdomain("www", [two, Rule("/x", endpoint="x"), one]),
        lambda one, two: EndpointPrefix("b.", iter([one, Subdomain("", [two])])),
    ],
)
def test_two_mounts_at_one_prefix_in_one_factory(twice: Any) -> None:
    url_map = Map([Rule("/first", endpoint="first")])
    factory = twice(Mount("/m", endpoint="one"), Mount("/m", endpoint="two", bare="redirect"))
    with pytest.raises(ValueError, match=r"mount '(/a)?/m': '.*' is mounted there already"):
        url_map.add(factory)
    assert [rule.rule for rule in url_map.iter_rules()] == ["/first"]
    url_map.add(twice(Mount("/m", endpoint="one"), Mount("/n", endpoint="two")))


def test_one_mount_twice_in_one_factory() -> None:
    mount = Mount("/m", endpoint="m")
    with pytest.raises(ValueError, match="mount '/m': 'm' is mounted there already"):
        Map([Submount("/", [mount, mount])])


def test_mount_is_not_moved_to_the_place_of_another_one() -> None:
    one, other = Mount("/a", endpoint="one"), Mount("/b", endpoint="other")
    url_map = Map([one, other])
    rules = url_map.iter_rules("other")
    moved = [rule for rule in rules if not rule.build_only]
    for rule in moved:
        rule.rule = rule.rule.replace("/b", "/a")
        with pytest.raises(ValueError, match="mount '/a': 'one' is mounted there already"):
            rule.refresh()
    adapter = url_map.bind("example.org")
    assert adapter.match("/a/x")[0] == "one"
    assert adapter.match("/b/x")[0] == "other"
    url_map.remove(one)
    for rule in moved:
        rule.refresh()
    assert adapter.match("/a/x")[0] == "other"


def test_two_mounts_of_one_factory_at_different_places() -> None:
    mount = Mount("/m", endpoint="m")
    url_map = Map(
        [
            Submount("/a", [mount]),
            Submount("/b", [mount]),
            Subdomain("c", [mount, Mount("/", endpoint="c")]),
        ]
    )
    assert url_map.bind("example.org", subdomain="c").match("/m/x") == ("m", {"path": "/x"})


class Endless:
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await asyncio.Event().wait()


def test_two_mounts_at_one_prefix_for_different_requests() -> None:
    router = Router(Map(), server_name="example.org")
    router.mount("/m", below, methods=["GET"])
    router.mount("/m", below, methods=["GET"], subdomain="api")
    router.mount("/m/deep", below)
    router.mount("/of/<int:a>", below)
    router.mount("/of/<b>", below)
    assert call(router, http_scope("/m/x")).text == "/x"
    assert call(router, http_scope("/of/x/y")).text == "/y"


def test_mount_inside_of_a_factory_is_removed() -> None:
    mount, kept = Mount("/m", endpoint="m"), Mount("/m", endpoint="m", methods=["GET"])
    rules = [Submount("/a", [mount]), Submount("/b", [Subdomain("", [mount])]), kept]
    router = Router(Map([*rules, Rule("/m", endpoint="m")]), {"m": below})
    router.remove(mount)
    assert call(router, http_scope("/a/m/x")).status == 404
    assert call(router, http_scope("/b/m/x")).status == 404
    assert call(router, http_scope("/m/x")).text == "/x"
    with pytest.raises(ValueError, match=r"the router has no route Mount\('/m', endpoint='m'\)"):
        router.remove(mount)


def test_mount_must_be_callable() -> None:
    router = Router(Map())
    with pytest.raises(TypeError, match="mount '/m': 'app' is no application"):
        router.mount("/m", "app")  # type: ignore[arg-type]
    assert list(router.map.iter_rules()) == []


@pytest.mark.parametrize("kind", [Router, trieroute.wsgi.Router])
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"websocket": True}, "mount '/s': a mount has no websocket, "),
        ({"build_only": True}, "mount '/s': a mount has no build_only, "),
        (
            {"redirect_to": "/t"},
            "mount '/s': a mount has no redirect_to, for it gives all requests to the application:"
            " add a rule that redirects, such as Rule('/s/<path:rest>', redirect_to=...)",
        ),
        (
            {"strict_slashes": False},
            "mount '/s': a mount has no strict_slashes, for bare says what becomes of its path"
            " without a slash at the end: give it bare='pass', 'redirect' or 'refuse'",
        ),
        ({"nope": 1}, "mount '/s': Rule.__init__() got an unexpected keyword argument 'nope'"),
    ],
)
def test_options_that_a_mount_does_not_have(
    options: dict[str, Any], message: str, kind: Any
) -> None:
    router = kind(Map())
    with pytest.raises(TypeError, match=f"^{re.escape(message)}"):
        router.mount("/s", below, **options)
    assert list(router.map.iter_rules()) == []


@pytest.mark.parametrize("kind", [Router, trieroute.wsgi.Router])
@pytest.mark.parametrize(
    ("host_matching", "options", "message"),
    [
        (
            False,
            {"host": "a.example.org"},
            "its host would be ignored, since the router has a map with host_matching=False: give"
            " it another map, or subdomain=...",
        ),
        (
            True,
            {"subdomain": "a"},
            "its subdomain would be ignored, since the router has a map with host_matching=True:"
            " give it another map, or host=...",
        ),
    ],
)
def test_domain_that_the_map_does_not_look_at(
    host_matching: bool, options: dict[str, Any], message: str, kind: Any
) -> None:
    router = kind(Map(host_matching=host_matching))
    with pytest.raises(ValueError, match=f"^mount '/s': {re.escape(message)}$"):
        router.mount("/s", below, endpoint="s", **options)
    with pytest.raises(ValueError, match=f"^rule '/r': {re.escape(message)}$"):
        router.get("/r", **options)(below)
    assert (list(router.map.iter_rules()), router.handlers) == ([], {})


@pytest.mark.parametrize(
    ("path", "location"),
    [("/b", "/a"), ("/b/", "/a"), ("/b/x//y", "/a/x//y"), ("/b/x y", "/a/x%20y"), ("/a/x", None)],
)
def test_mount_that_is_an_alias_of_another_one(path: str, location: str | None) -> None:
    router, wsgi = Router(Map()), trieroute.wsgi.Router(Map())
    for each, app in ((router, below), (wsgi, wsgi_below)):
        each.mount("/b", app, endpoint="m", alias=True)  # type: ignore[arg-type]
        each.mount("/a", app, endpoint="m")  # type: ignore[arg-type]
        assert each.url_path_for("m", path="x") == "/a/x"
    url = location and f"http://example.org{location}"
    assert call(router, http_scope(path)).headers.get("location") == url
    assert Client(wsgi).get(path, base_url="http://example.org").location == url


@pytest.mark.parametrize(
    ("path", "location", "lang"),
    [
        ("/en/s", "/s", None),
        ("/en/s/x//y", "/s/x//y", None),
        ("/s/x", None, "en"),
        ("/de/s/x", None, "de"),
    ],
)
def test_mount_with_defaults(path: str, location: str | None, lang: str | None) -> None:
    router = Router(Map())
    router.mount("/<lang>/s", below, endpoint="s")
    router.mount("/s", below, endpoint="s", defaults={"lang": "en"})
    scope = http_scope(path)
    url = location and f"http://example.org{location}"
    assert call(router, scope).headers.get("location") == url
    assert scope.get("path_params", {}).get("lang") == lang
    assert router.url_path_for("s", lang="en", path="x") == "/s/x"
    assert router.url_path_for("s", lang="de", path="x") == "/de/s/x"


# Messages show a mount as it was written.

_USED = "'path' is the name of what comes below the mount, give the variable another one"


@pytest.mark.parametrize(
    ("factory", "message"),
    [
        (Submount("/<path>", [Mount("/m", endpoint="m")]), f"mount '/<path>/m': {_USED}"),
        (Subdomain("<path>", [Mount("/", endpoint="m")]), f"mount '/': {_USED}"),
        (RuleTemplate([Mount("/$x", endpoint="m")])(x="<path>"), f"mount '/<path>': {_USED}"),
        (Mount("/m", endpoint="m", defaults={"path": "x"}), f"mount '/m': {_USED}"),
        (
            Submount("/<x>", [Mount("/<x>/m", endpoint="m")]),
            "rule '/<x>/<x>/m': variable 'x' is used twice (position 5 of '/<x>/<x>/m')",
        ),
        (
            Submount("/<x", [Mount("/m", endpoint="m")]),
            "malformed rule '/<x/m', position 1: '<' is not closed, expected '<name>' or"
            " '<converter:name>'",
        ),
        (
            EndpointPrefix("b.", [Mount("/m", endpoint=7)]),
            "rule '/m': an endpoint that gets a prefix must be a str, not 7",
        ),
        (
            RuleTemplate([Mount("/m", endpoint="$x")])(),
            "rule '/m': the template got no value for 'x'",
        ),
        (
            Mount("/m", endpoint=[]),
            "rule '/m': the endpoint must be hashable: unhashable type: 'list'",
        ),
    ],
)
def test_mount_that_can_not_be_added(factory: Any, message: str) -> None:
    url_map = Map()
    with pytest.raises((KeyError, TypeError, ValueError)) as error:
        url_map.add(factory)
    assert error.value.args == (message,)
    assert list(url_map.iter_rules()) == []


def test_errors_of_a_mount_show_it_as_it_was_written() -> None:
    router = Router(Map([Submount("/of/<int:a>", [Mount("/m", endpoint="m")])]))
    rule = next(router.map.iter_rules("m"))
    with pytest.raises(RuntimeError, match=r"^rule '/of/<int:a>/m' is already bound to a map"):
        Map([rule])
    with pytest.raises(ValueError, match=r"^the map does not have the rule '/of/<int:a>/m'$"):
        Map().remove(rule)
    with pytest.raises(LookupError, match=r"^mount '/of/<int:a>/m': the endpoint 'm' has no"):
        call(router, http_scope("/of/1/m/x"))
    with pytest.raises(ValueError, match=r"^endpoint 'm', rule '/of/<int:a>/m', variable 'a': "):
        router.url_path_for("m", a="x", path="y")
    with pytest.raises(ValueError, match=r"^mount '/k': the endpoint 'm' has another handler"):
        router.handlers["m"] = call
        router.mount("/k", below, endpoint="m")
    router.handlers["m"] = below
    router.wrap(lambda app: 7)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"^mount '/of/<int:a>/m': the filter .* gave 7, which is"):
        call(router, http_scope("/of/1/m/x"))


# URLs across mounts


def shops() -> Router:
    inner = Router(Map())

    @inner.get("/users/<int:id>")
    async def user(scope: Any, receive: Any, send: Any) -> None:
        await respond(send, url_for("user", id=2))

    inner.websocket("/live", endpoint="live")(below)
    star = Starlette(
        routes=[
            Route("/pages/{id:int}", below, name="page"),
            WebSocketRoute("/live", below, name="live"),
            StarletteMount("/deep", routes=[Route("/x", below, name="x")], name="deep"),
        ]
    )
    router = Router(Map())
    router.mount("/shops/<shop>", inner, endpoint="shop")
    router.mount("/star", star, endpoint="star")
    return router


@pytest.mark.parametrize(
    ("name", "values", "url"),
    [
        ("shop:user", {"shop": "a b", "id": 7}, "/shops/a%20b/users/7"),
        ("shop:user", {"shop": "a", "id": 7, "tab": "x y"}, "/shops/a/users/7?tab=x+y"),
        ("star:page", {"id": 7}, "/star/pages/7"),
        ("star:deep:x", {}, "/star/deep/x"),
        ("shop", {"shop": "a", "path": "x"}, "/shops/a/x"),
    ],
)
def test_url_across_mounts(name: str, values: dict[str, Any], url: str) -> None:
    router = shops()
    assert router.url_path_for(name, **values) == url
    adapter = router.map.bind("example.org", "/app", url_scheme="https")
    with adapter.current():
        assert url_for(name, **values) == f"/app{url}"
        assert url_for(name, _anchor="top", **values) == f"/app{url}#top"
        assert url_for(name, _external=True, **values) == f"https://example.org/app{url}"
        assert (
            url_for(name, _external=True, _scheme="http", **values)
            == f"http://example.org/app{url}"
        )
        assert url_for(name, _external=True, _scheme="", **values) == f"//example.org/app{url}"


@pytest.mark.parametrize("name", ["shop:live", "star:live"])
def test_url_of_a_websocket_across_mounts(name: str) -> None:
    values = {"shop": "a"} if name == "shop:live" else {}
    prefix = "/shops/a" if name == "shop:live" else "/star"
    router = shops()
    with router.map.bind("example.org", "/app", url_scheme="https").current():
        assert url_for(name, **values) == f"wss://example.org/app{prefix}/live"
        url = url_for(name, _external=True, _scheme="", **values)
        assert url == f"ws://example.org/app{prefix}/live"


def test_url_across_mounts_during_a_request() -> None:
    router = shops()

    @router.get("/")
    async def index(scope: Any, receive: Any, send: Any) -> None:
        urls = url_for("shop:user", shop="a", id=1), Request(scope).url_for("star:page", id=2)
        await respond(send, f"{urls[0]} {urls[1]}")

    answer = call(router, http_scope("/app/", root_path="/app"))
    assert answer.text == "/app/shops/a/users/1 http://example.org/app/star/pages/2"


def test_url_across_mounts_of_mounts_and_on_subdomains() -> None:
    outer = Router(Map(), server_name="example.org")
    outer.mount("/all", shops(), endpoint="all", subdomain="api")
    path = outer.url_path_for("all:shop:user", shop="a", id=7)
    assert (path, path.host) == ("/all/shops/a/users/7", "api.example.org")
    with outer.map.bind("example.org").current():
        assert url_for("all:star:page", id=7) == "http://api.example.org/all/star/pages/7"


def test_url_across_mounts_from_a_subdomain() -> None:
    outer = Router(Map(), server_name="example.org")
    outer.mount("/shops/<shop>", shops(), endpoint="shops")

    @outer.get("/", subdomain="api")
    async def index(scope: Any, receive: Any, send: Any) -> None:
        await respond(send, url_for("shops:star:page", shop="a", id=7))

    answer = call(outer, http_scope("/", host="api.example.org"))
    assert answer.text == "http://example.org/shops/a/star/pages/7"
    inner = Router(Map([Rule("/item", endpoint="item")]))
    outer.mount("/t", inner, endpoint="t", subdomain="api")
    with outer.map.bind("example.org", subdomain="api").current():
        assert url_for("t:item") == "/t/item"
        assert url_for("t:item", _external=True) == "http://api.example.org/t/item"


def test_method_of_a_url_across_mounts() -> None:
    inner = Router(Map())
    inner.get("/users/<int:id>", endpoint="user")(below)
    inner.map.add(Rule("/users/", endpoint="user", methods=["POST"]))
    middle, outer = Router(Map()), Router(Map())
    middle.mount("/in", inner, endpoint="in")
    outer.mount("/s", middle, endpoint="s")
    with outer.map.bind("example.org").current():
        assert url_for("s:in:user", id=7) == "/s/in/users/7"
        assert url_for("s:in:user", id=7, _method="POST") == "/s/in/users/?id=7"
        with pytest.raises(BuildError):
            url_for("s:in:user", id=7, _method="PUT")


def test_url_path_for_of_the_programs_own_is_called_also_for_a_method() -> None:
    class Own(Router):
        def url_path_for(self, name: Any, /, **path_params: Any) -> Any:
            return trieroute.asgi.URLPath(f"/own/{name}")

    outer = Router(Map())
    outer.mount("/s", Own(Map()), endpoint="s")
    with outer.map.bind("example.org").current():
        assert url_for("s:i") == "/s/own/i"
        assert url_for("s:i", _method="GET") == "/s/own/i"


def test_map_of_a_router_can_be_copied() -> None:
    router = shops()
    assert router.map.url_build_error_handlers == []
    plain = Map([Rule("/a", endpoint="a")])
    Router(plain)
    for other in (pickle.loads(pickle.dumps(plain)), deepcopy(plain), copy(plain)):
        assert [rule.rule for rule in other.iter_rules()] == ["/a"]
    # A copy is no map of the router's.
    other = copy(router.map)
    with other.bind("example.org").current(), pytest.raises(BuildError):
        url_for("star:page", id=7)


def test_url_across_mounts_needs_no_handler_of_the_program() -> None:
    router = shops()
    router.map.url_build_error_handlers.clear()
    router.map.url_build_error_handlers.append(lambda error, endpoint, values: "/elsewhere")
    with router.map.bind("example.org").current():
        assert url_for("star:page", id=7) == "/star/pages/7"
        assert url_for("star:nothing") == "/elsewhere"


@pytest.mark.parametrize("kind", [Router, trieroute.wsgi.Router])
def test_map_does_not_keep_its_routers(kind: Any) -> None:
    url_map = Map([Rule("/", endpoint="index")])
    dropped = [ref(kind(url_map)) for _ in range(3)]
    collect()
    assert [router() for router in dropped] == [None, None, None]
    kept = kind(url_map)
    kept.mount("/m", kind(Map([Rule("/x", endpoint="x")])), endpoint="m")
    with url_map.bind("example.org").current():
        assert url_for("m:x") == "/m/x"


def test_url_across_mounts_of_wsgi() -> None:
    inner = trieroute.wsgi.Router(Map([Rule("/users/<int:id>", endpoint="user")]))
    outer = trieroute.wsgi.Router(Map())
    outer.mount("/shops/<shop>", inner, endpoint="shop")

    @outer.get("/")
    def index(environ: Any, start_response: Any) -> Any:
        return Response(url_for("shop:user", shop="a", id=1))(environ, start_response)

    assert Client(outer).get("/", base_url="http://e.org/app").text == "/app/shops/a/users/1"


@pytest.mark.parametrize(
    "name", ["shop:nothing", "nothing:user", "star:nothing", "shop:", ":user", "shop:user:x"]
)
def test_url_across_mounts_that_is_none(name: str) -> None:
    router = shops()
    with pytest.raises(BuildError):
        router.url_path_for(name, shop="a")
    with router.map.bind("example.org").current(), pytest.raises(BuildError):
        url_for(name, shop="a")


@pytest.mark.parametrize(
    ("name", "values", "note"),
    [
        ("shop:user", {"id": 1}, "of the mount 'shop' itself there is no URL: Could not build url"),
        ("shop:user", {"shop": "a"}, "Did you forget to specify values ['id']?"),
        ("star:nothing", {}, 'No route exists for name "nothing"'),
        ("plain:user", {}, "has no url_path_for"),
    ],
)
def test_error_of_a_url_across_mounts_says_why(
    name: str, values: dict[str, Any], note: str
) -> None:
    router = shops()
    router.mount("/plain", below, endpoint="plain")
    with pytest.raises(BuildError) as caught:
        router.url_path_for(name, **values)
    with router.map.bind("example.org").current(), pytest.raises(BuildError) as other:
        url_for(name, **values)
    for error in (caught.value, other.value):
        # The name is the one that was asked for, not the part of it that failed.
        assert str(error).startswith(f"Could not build url for endpoint {name!r}")
        (told,) = error.__notes__
        assert note in told


def test_endpoint_with_a_colon_goes_before_a_mount() -> None:
    router = shops()
    router.map.add(Rule("/own", endpoint="shop:user"))
    assert router.url_path_for("shop:user") == "/own"


# Lifespans


def living(phases: list[str], name: str, state: dict[str, Any] | None = None) -> Any:
    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[dict[str, Any] | None]:
        phases.append(f"{name} up")
        try:
            yield state
        finally:
            phases.append(f"{name} down")

    return lifespan


async def greeting(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"{request.state.name} {request.state.shared}")


def star(phases: list[str], name: str) -> Starlette:
    return Starlette(
        routes=[Route("/", greeting)], lifespan=living(phases, name, {"name": name, "own": 1})
    )


def fast(phases: list[str]) -> FastAPI:
    app = FastAPI(lifespan=living(phases, "fast", {"name": "fast"}))
    app.add_route("/", greeting)
    return app


def quart(phases: list[str]) -> Quart:
    app = Quart("quart")

    @app.before_serving
    async def up() -> None:
        phases.append("quart up")

    @app.after_serving
    async def down() -> None:
        phases.append("quart down")

    return app


def serve(app: Any, inside: Any = None, state: dict[str, Any] | None = None) -> list[str]:
    """Run a lifespan as a server does; return the types of the messages."""
    sent: list[str] = []

    async def main() -> None:
        waiting = [STARTUP, SHUTDOWN]

        async def receive() -> Any:
            message = waiting.pop(0)
            if message is SHUTDOWN and inside is not None:
                await inside()
            return message

        async def send(message: Any) -> None:
            sent.append(message["type"])

        scope = {"type": "lifespan", "asgi": {"version": "3.0"}}
        if state is not None:
            scope["state"] = state
        await app(scope, receive, send)

    asyncio.run(main())
    return sent


COMPLETE = ["lifespan.startup.complete", "lifespan.shutdown.complete"]


async def ask(app: Any, path: str, **more: Any) -> str:
    sent = []

    async def send(message: Any) -> None:
        sent.append(message.get("body", b""))

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    await app(http_scope(path, **more), receive, send)
    return b"".join(sent).decode()


def test_lifespans_of_mounted_applications() -> None:
    phases: list[str] = []
    texts = []
    one = star(phases, "one")
    deep = Router(Map(), lifespan=living(phases, "deep"))
    deep.mount("/two", star(phases, "two"))
    deep.mount("/one", one)
    router = Router(Map(), lifespan=[living(phases, "own", {"shared": 7}), "mounted"])
    router.mount("/one", one)
    router.mount("/deep", deep)
    router.mount("/fast", fast(phases), endpoint="fast")
    router.mount("/quart", quart(phases))
    router.mount("/plain", below)
    state: dict[str, Any] = {}

    async def inside() -> None:
        phases.append("serving")
        for path in ("/one/", "/deep/one/", "/deep/two/", "/fast/"):
            texts.append(await ask(router, path, state=dict(state)))

    assert serve(router, inside, state) == COMPLETE
    assert texts == ["one 7", "one 7", "two 7", "fast 7"]
    assert phases == [
        *("own up", "one up", "fast up", "quart up", "deep up", "two up"),
        "serving",
        *("two down", "deep down", "quart down", "fast down", "one down", "own down"),
    ]
    # The applications' states are no part of the server's.
    assert state == {"shared": 7}


def test_lifespans_of_mounted_applications_run_when_they_are_asked_for() -> None:
    phases: list[str] = []
    router = Router(Map())
    router.mount("/one", star(phases, "one"))
    assert serve(router) == COMPLETE
    assert phases == []
    asking = Router(Map(), lifespan="mounted")
    asking.mount("/one", star(phases, "one"))
    # A server without states is none of the applications' business.
    assert serve(asking) == COMPLETE
    assert phases == ["one up", "one down"]


def test_lifespan_of_a_mounted_application_that_fails() -> None:
    phases: list[str] = []

    @asynccontextmanager
    async def failing(app: Any) -> AsyncIterator[None]:
        raise OSError("no database")
        yield

    router = Router(Map(), lifespan="mounted")
    router.mount("/one", star(phases, "one"))
    router.mount("/bad", Starlette(lifespan=failing))
    router.mount("/two", star(phases, "two"))
    sent: list[Any] = []

    async def main() -> None:
        async def receive() -> Any:
            return STARTUP

        async def send(message: Any) -> None:
            sent.append(message)

        with pytest.raises(OSError, match="no database"):
            await router({"type": "lifespan"}, receive, send)

    asyncio.run(main())
    assert [message["type"] for message in sent] == ["lifespan.startup.failed"]
    assert "no database" in sent[0]["message"]
    assert phases == ["one up", "one down"]


async def failing(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "lifespan.startup.failed", "message": "the database is down"})


async def tolerant(scope: Any, receive: Any, send: Any) -> None:
    with suppress(Exception):
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})


@asynccontextmanager
async def lenient(router: Router) -> AsyncIterator[None]:
    with suppress(Exception):
        yield


async def leaving(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})
    # What runs inside of this call is ended before it begins to serve.
    waiting = receive()
    waiting.send(None)
    waiting.close()


async def slow(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await asyncio.sleep(60)


@pytest.mark.parametrize(
    ("lifespan", "apps", "message"),
    [
        ("mounted", [tolerant, failing], "the database is down"),
        ([lenient, "mounted"], [failing], "the database is down"),
        (
            "mounted",
            [leaving, slow],
            "a mounted application has ended while others were starting",
        ),
    ],
)
def test_failed_start_is_told_whatever_keeps_it_back(
    lifespan: Any, apps: list[Any], message: str
) -> None:
    router = Router(Map(), lifespan=lifespan)
    for app in apps:
        router.mount(f"/{app.__name__}", app)
    sent: list[Any] = []

    async def receive() -> Any:
        return STARTUP

    async def send(message: Any) -> None:
        sent.append(message)

    with pytest.raises(RuntimeError, match=f"^{message}$"):
        asyncio.run(router({"type": "lifespan", "state": {}}, receive, send))
    assert [message["type"] for message in sent] == ["lifespan.startup.failed"]


@pytest.mark.parametrize("raises", [True, False])
def test_mounted_application_that_has_no_lifespan(raises: bool) -> None:
    phases: list[str] = []

    async def none(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan" and raises:
            raise ValueError("only HTTP")

    router = Router(Map(), lifespan="mounted")
    router.mount("/none", none)
    router.mount("/one", star(phases, "one"))
    assert serve(router) == COMPLETE
    assert phases == ["one up", "one down"]


def test_lifespan_that_a_mounted_application_fails_to_end() -> None:
    @asynccontextmanager
    async def failing(app: Any) -> AsyncIterator[None]:
        yield
        raise OSError("stuck")

    router = Router(Map(), lifespan="mounted")
    router.mount("/bad", Starlette(lifespan=failing))
    with pytest.raises(OSError, match="stuck"):
        serve(router)


@pytest.mark.parametrize("lifespan", ["all", 3, ["mounted", 3]])
def test_lifespan_of_another_kind(lifespan: Any) -> None:
    with pytest.raises(
        TypeError, match=r"lifespan takes a function .* or 'mounted', not (3|'all')"
    ):
        Router(Map(), lifespan=lifespan)


async def not_decorated(router: Any) -> AsyncIterator[None]:
    yield


async def coroutine(router: Any) -> None: ...


@asynccontextmanager
async def with_a_number(router: Any) -> AsyncIterator[int]:
    yield 3


@pytest.mark.parametrize(
    ("lifespan", "message"),
    [
        (not_decorated, "no asynchronous context manager: decorate it with contextlib.async"),
        (coroutine, "no asynchronous context manager: decorate it with contextlib.async"),
        (lambda router: None, "gives None, which is no asynchronous context manager"),
        (with_a_number, "gives 3 as the state, which is no mapping"),
    ],
)
def test_lifespan_that_gives_something_else(lifespan: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        serve(Router(Map(), lifespan=lifespan))


def test_lifespans_that_can_be_listed_once_alone_run_at_each_start() -> None:
    phases: list[str] = []

    @asynccontextmanager
    async def own(router: Any) -> AsyncIterator[None]:
        phases.append("up")
        yield

    router = Router(Map(), lifespan=(each for each in [own]))
    for _ in range(2):
        assert serve(router) == COMPLETE
    assert phases == ["up", "up"]


def test_mounts_inside_a_factory_have_lifespans() -> None:
    phases: list[str] = []
    mount = Mount("/one", endpoint=star(phases, "one"))
    router = Router(Map([Submount("/v2", [mount])]), lifespan="mounted")
    assert serve(router) == COMPLETE
    assert phases == ["one up", "one down"]


# Redirects


@pytest.mark.parametrize(
    ("path", "root", "location"),
    [
        ("/docs", "", "/docs/?a=b"),
        ("/app/docs", "/app", "/app/docs/?a=b"),
        ("//evil.example//docs", "", "/evil.example/docs/?a=b"),
        ("/old", "", "https://other.example/x"),
        ("/own", "", "http://example.org/raised"),
    ],
)
def test_relative_redirects(path: str, root: str, location: str) -> None:
    from trieroute import RequestRedirect

    async def own(scope: Any, receive: Any, send: Any) -> None:
        raise RequestRedirect("http://example.org/raised")

    rules = [
        Rule("/docs/", endpoint=below),
        Rule("/<x>/docs/", endpoint=below),
        Rule("/old", redirect_to="https://other.example/x"),
        Rule("/own", endpoint=own),
    ]
    seen: list[str] = []
    router = Router(
        Map(rules),
        relative_redirects=True,
        on_error=lambda error, scope: seen.append(error.new_url),  # type: ignore[attr-defined, func-returns-value]
    )
    answer = call(router, http_scope(path, root_path=root, query_string=b"a=b"))
    assert (answer.status, answer.headers["location"]) == (308, location)
    assert seen == [location]


def test_relative_redirect_of_wsgi() -> None:
    router = trieroute.wsgi.Router(
        Map([Rule("/docs/", endpoint=wsgi_below)]), relative_redirects=True
    )
    answer = Client(router).get("/docs", base_url="https://e.org:8000/app")
    assert answer.headers["Location"] == "/app/docs/"


@pytest.mark.parametrize("host", ["example.org:", "EXAMPLE.org:", "example.org"])
def test_host_with_an_empty_port(host: str) -> None:
    rules = [Rule("/docs/", endpoint=wsgi_below, host="example.org")]
    wsgi = trieroute.wsgi.Router(Map(rules, host_matching=True))
    answer = Client(wsgi).get("/docs", headers={"Host": host})
    assert answer.headers["Location"] == "http://example.org/docs/"
    asgi = Router(Map([Rule("/docs/", endpoint=below)]), server_name="example.org")
    answer = call(asgi, http_scope("/docs", host=host))  # type: ignore[assignment]
    assert answer.headers["location"] == "http://example.org/docs/"


@pytest.mark.parametrize("kind", [trieroute.asgi, trieroute.wsgi])
def test_router_that_is_mounted_no_more_is_freed(kind: Any) -> None:
    router = kind.Router(Map())
    mounted = kind.Router(Map())
    router.mount("/m", mounted)
    router.remove(mounted)
    seen = ref(mounted)
    del mounted
    collect()
    assert seen() is None
