"""The router as an ASGI application."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount as StarletteMount
from starlette.routing import Route, WebSocketRoute
from starlette.templating import Jinja2Templates
from starlette.websockets import WebSocket
from werkzeug.exceptions import Gone, HTTPException
from werkzeug.wrappers import Response

from asgi_client import call, http_scope, respond, websocket_scope
from trieroute import (
    BuildError,
    IntegerConverter,
    Map,
    NotFound,
    RequestRedirect,
    Rule,
    Submount,
    url_for,
)
from trieroute.asgi import Mount, Router, URLPath

REFUSED = [{"type": "websocket.close", "code": 1000, "reason": ""}]
DENIAL = {"websocket.http.response": {}}


async def paths(scope: Any, receive: Any, send: Any) -> None:
    """Answer with what a mounted application goes by."""
    root, path = scope["root_path"], scope["path"]
    assert path.startswith(root)
    await respond(send, f"{root}|{path[len(root) :]}|{scope['path_params']}")


def small_router(**settings: Any) -> Router:
    rules = [
        Rule("/docs/", endpoint=paths),
        Rule("/rooms/", endpoint=paths, websocket=True),
    ]
    router = Router(Map(rules), **settings)

    @router.route("/users/<int:id>", methods=["GET"])
    async def user(scope: Any, receive: Any, send: Any) -> None:
        await respond(send, f"user {scope['path_params']['id']}")

    @router.route("/live", websocket=True)
    async def live(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close"})

    return router


# Dispatch


def test_endpoint_is_an_application() -> None:
    assert call(small_router(), http_scope("/docs/")).text == "|/docs/|{}"


def test_endpoint_is_a_name() -> None:
    handlers = {"a": paths}
    router = Router(Map([Rule("/a", endpoint="a"), Rule("/b", endpoint="b")]), handlers)
    router.handlers["b"] = paths
    assert call(router, http_scope("/a")).text == "|/a|{}"
    assert call(router, http_scope("/b")).text == "|/b|{}"
    assert handlers == {"a": paths}


def test_endpoint_without_a_handler() -> None:
    router = Router(Map([Rule("/a", endpoint="a")]))
    with pytest.raises(LookupError, match="rule '/a': the endpoint 'a' has no handler, add one"):
        call(router, http_scope("/a"))


def test_decorator() -> None:
    router = small_router()
    assert call(router, http_scope("/users/7")).text == "user 7"
    assert router.url_path_for("user", id=7) == "/users/7"
    assert list(router.handlers) == ["user", "live"]


def test_decorator_adds_several_rules_to_one_application() -> None:
    router = Router(Map())

    @router.route("/a")
    @router.route("/b/<int:n>")
    async def page(scope: Any, receive: Any, send: Any) -> None:
        await respond(send, "page")

    assert [call(router, http_scope(path)).text for path in ("/a", "/b/1")] == ["page", "page"]


def test_decorator_refuses_a_name_that_is_taken() -> None:
    router = small_router()

    async def user(scope: Any, receive: Any, send: Any) -> None:
        pass

    with pytest.raises(ValueError, match="rule '/other': the endpoint 'user' has another handler"):
        router.route("/other")(user)
    assert len(list(router.map.iter_rules())) == 4
    router.route("/other", endpoint="other")(user)
    assert router.handlers["other"] is user


def test_decorator_needs_a_name() -> None:
    class Application:
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            pass

    with pytest.raises(TypeError, match=r"rule '/x': .* has no __name__, give endpoint="):
        Router(Map()).route("/x")(Application())


def test_faulty_rule_leaves_the_router_as_it_was() -> None:
    router = Router(Map())
    with pytest.raises(ValueError, match="/<x"):
        router.route("/<x")(paths)
    assert router.handlers == {}


def test_router_needs_a_map() -> None:
    with pytest.raises(TypeError, match=r"map must be a trieroute\.Map, not list"):
        Router([Rule("/")])  # type: ignore[arg-type]


def test_what_the_scope_tells() -> None:
    scope = http_scope("/users/7")
    router = small_router()
    call(router, scope)
    assert scope["path_params"] == {"id": 7}
    assert scope["endpoint"] is router.handlers["user"]
    assert (scope["route"].rule, scope["route"].endpoint) == ("/users/<int:id>", "user")
    assert (scope["router"], scope["app_root_path"]) == (router, "")


def test_scope_of_unknown_type() -> None:
    with pytest.raises(ValueError, match="not 'telnet'"):
        call(small_router(), {"type": "telnet"})


# Answers of the router


def test_not_found() -> None:
    answer = call(small_router(), http_scope("/nope"))
    assert (answer.status, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "<h1>Not Found</h1>" in answer.text
    assert answer.headers["content-length"] == str(len(answer.text))


def test_page_of_a_404_is_what_the_exception_says_now(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "<h1>Not Found</h1>" in call(small_router(), http_scope("/nope")).text
    monkeypatch.setattr(NotFound, "description", "Nichts da")
    assert "<p>Nichts da</p>" in call(small_router(), http_scope("/nope")).text
    monkeypatch.setattr(NotFound, "get_body", lambda *given: "gone")
    assert call(small_router(), http_scope("/nope")).text == "gone"


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (NotFound("sold <out>"), "<p>sold &lt;out&gt;</p>"),
        (NotFound(response=Response("sold out", 404)), "sold out"),
    ],
)
def test_not_found_in_the_words_of_a_converter(error: NotFound, text: str) -> None:
    class Sold(IntegerConverter):
        def to_python(self, value: str) -> int:
            raise error

    url_map = Map([Rule("/<sold:id>", endpoint="item")], converters={"sold": Sold})
    answer = call(Router(url_map), http_scope("/7"))
    assert answer.status == 404
    assert text in answer.text


def test_method_not_allowed() -> None:
    answer = call(small_router(), http_scope("/users/7", "DELETE"))
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


def test_redirect() -> None:
    answer = call(small_router(), http_scope("/docs", query_string=b"q=%C3%A9"))
    assert (answer.status, answer.headers["location"]) == (308, "http://example.org/docs/?q=%C3%A9")


def test_bad_host() -> None:
    answer = call(small_router(), http_scope("/users/7", host="<script>"))
    assert answer.status == 400
    assert "<script>" not in answer.text


def test_automatic_options() -> None:
    answer = call(small_router(), http_scope("/users/7", "OPTIONS"))
    assert (answer.status, answer.headers["allow"], answer.text) == (200, "GET, HEAD, OPTIONS", "")
    assert answer.headers["content-length"] == "0"
    assert call(small_router(), http_scope("/nope", "OPTIONS")).status == 404


def test_options_of_a_rule_that_takes_them() -> None:
    router = Router(Map([Rule("/a", endpoint=paths, methods=["OPTIONS"])]))
    assert call(router, http_scope("/a", "OPTIONS")).text == "|/a|{}"


def test_options_of_a_rule_that_takes_all_methods() -> None:
    answer = call(small_router(), http_scope("/docs/", "OPTIONS"))
    assert (answer.status, answer.text) == (200, "")
    assert answer.headers["allow"] == "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
    plain = small_router(automatic_options=False)
    assert call(plain, http_scope("/docs/", "OPTIONS")).text == "|/docs/|{}"


def test_options_where_only_the_slash_is_missing() -> None:
    router = Router(Map([Rule("/a/", endpoint=paths, methods=["PUT"])]))
    for path, location in [("/a", "http://example.org/a/"), ("//a", "http://example.org/a/")]:
        answer = call(router, http_scope(path, "OPTIONS"))
        assert (answer.status, answer.headers["location"]) == (308, location)
    assert call(router, http_scope("/b", "OPTIONS")).status == 404
    plain = Router(Map([Rule("/a/", endpoint=paths, methods=["PUT"])]), automatic_options=False)
    assert call(plain, http_scope("/a", "OPTIONS")).status == 404


def test_options_without_automatic_ones() -> None:
    answer = call(small_router(automatic_options=False), http_scope("/users/7", "OPTIONS"))
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", ["/users/7", "/nope", "/docs"])
def test_head_has_the_headers_alone(path: str) -> None:
    full, head = (call(small_router(), http_scope(path, method)) for method in ("GET", "HEAD"))
    assert full.text
    assert head.messages[0] == full.messages[0]
    assert head.text == ""


def test_head_of_a_file_that_the_server_would_send() -> None:
    router = Router(Map())

    @router.route("/file")
    async def file(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.pathsend", "path": "/etc/hostname"})

    assert call(router, http_scope("/file", "HEAD")).messages[1:] == [
        {"type": "http.response.body", "body": b"", "more_body": False}
    ]


def test_head_of_an_application_that_is_mounted() -> None:
    async def tell(scope: Any, receive: Any, send: Any) -> None:
        await respond(send, scope["method"])

    router = Router(Map())
    router.mount("/static", tell)
    assert call(router, http_scope("/static/a", "HEAD")).text == ""
    assert call(router, http_scope("/static/a", "PUT")).text == "PUT"


def test_on_error() -> None:
    def on_error(error: Exception, scope: Any) -> Any:
        if not isinstance(error, NotFound):
            return None

        async def not_found(scope: Any, receive: Any, send: Any) -> None:
            await respond(send, f"no {scope['path']}, try {url_for('user', id=1)}")

        return not_found

    router = small_router(on_error=on_error)
    assert call(router, http_scope("/nope")).text == "no /nope, try /users/1"
    assert call(router, http_scope("/nope", "HEAD")).text == ""
    assert call(router, http_scope("/docs")).status == 308
    assert call(router, websocket_scope("/nope")).messages == REFUSED
    denied = call(router, websocket_scope("/nope", extensions=DENIAL))
    assert denied.text == "no /nope, try /users/1"


# HTTP exceptions of applications


def test_http_exception_of_an_application_is_answered() -> None:
    router = small_router()
    router.route("/sold", endpoint="sold")(raising(Gone("sold <out>")))
    answer = call(router, http_scope("/sold"))
    assert answer.status == 410
    assert "<p>sold &lt;out&gt;</p>" in answer.text
    assert call(router, http_scope("/sold", "HEAD")).text == ""


def test_redirect_that_an_application_raises() -> None:
    router = small_router()
    router.route("/old", endpoint="old")(raising(RequestRedirect("http://example.org/new")))
    answer = call(router, http_scope("/old"))
    assert (answer.status, answer.headers["location"]) == (308, "http://example.org/new")


def test_http_exception_of_an_application_goes_to_on_error() -> None:
    def on_error(error: HTTPException, scope: Any) -> Any:
        async def application(scope: Any, receive: Any, send: Any) -> None:
            await respond(send, f"{error.code} {scope['path']} {url_for('.other')}")

        return application

    router = small_router(on_error=on_error)
    router.map.add(Rule("/other", endpoint="shop.other", build_only=True))
    router.route("/sold", endpoint="shop.sold")(raising(Gone()))
    router.mount("/mounted", raising(Gone()))
    assert call(router, http_scope("/sold")).text == "410 /sold /other"


def test_http_exception_below_a_mount_is_answered_by_the_router_that_is_nearest() -> None:
    inner = Router(Map([Rule("/x", endpoint=raising(Gone()))]))
    outer = Router(Map(), on_error=on_error_sends({"type": "outer"}))
    outer.mount("/inner", inner)
    outer.mount("/other", raising(Gone()))
    assert call(outer, http_scope("/inner/x")).status == 410
    assert call(outer, http_scope("/other/x")).messages == [{"type": "outer"}]


def test_http_exception_after_the_response_has_begun() -> None:
    start = {"type": "http.response.start", "status": 200, "headers": []}
    router = small_router()
    router.route("/late", endpoint="late")(raising(Gone("too late"), start))
    with pytest.raises(Gone, match="too late"):
        call(router, http_scope("/late"))


def test_other_exception_of_an_application() -> None:
    router = small_router()
    router.route("/broken", endpoint="broken")(raising(OSError("broken")))
    with pytest.raises(OSError, match="broken"):
        call(router, http_scope("/broken"))


def test_http_exception_of_the_application_of_on_error() -> None:
    router = small_router(on_error=lambda error, scope: raising(Gone("on_error")))
    router.route("/sold", endpoint="sold")(raising(Gone("sold")))
    for path in ("/nope", "/sold"):
        with pytest.raises(Gone, match="on_error"):
            call(router, http_scope(path))


def test_http_exception_before_a_websocket_is_accepted() -> None:
    router = small_router()
    router.route("/room", endpoint="room", websocket=True)(raising(Gone()))
    assert call(router, websocket_scope("/room")).messages == REFUSED
    assert call(router, websocket_scope("/room", extensions=DENIAL)).status == 410


# WebSockets


def test_websocket() -> None:
    answer = call(small_router(), websocket_scope("/live"))
    assert [message["type"] for message in answer.messages] == [
        "websocket.accept",
        "websocket.close",
    ]


@pytest.mark.parametrize("path", ["/nope", "/users/7", "/docs", "/users/7/"])
def test_websocket_that_no_rule_takes(path: str) -> None:
    assert call(small_router(), websocket_scope(path)).messages == REFUSED


@pytest.mark.parametrize(
    ("path", "status"),
    [("/nope", 404), ("/users/7", 400), ("/docs", 404), ("/docs/", 400), ("/rooms", 308)],
)
def test_websocket_that_the_server_can_answer(path: str, status: int) -> None:
    answer = call(small_router(), websocket_scope(path, extensions=DENIAL))
    assert [message["type"] for message in answer.messages] == [
        "websocket.http.response.start",
        "websocket.http.response.body",
    ]
    assert answer.status == status
    assert answer.headers.get("location") in (None, "ws://example.org/rooms/")


def raising(error: Exception, *messages: dict[str, Any]) -> Any:
    """Make an application that sends messages and raises an exception."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        for message in messages:
            await send(message)
        raise error

    return application


def on_error_sends(*messages: dict[str, Any]) -> Any:
    """Make an ``on_error`` whose application sends these messages."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        for message in messages:
            await send(message)

    return lambda error, scope: application


@pytest.mark.parametrize("extensions", [{}, DENIAL, None])
@pytest.mark.parametrize(
    "messages",
    [
        [{"type": "websocket.close", "code": 4404, "reason": "no such room"}],
        [{"type": "websocket.accept"}, {"type": "websocket.close"}],
    ],
)
def test_on_error_answers_with_messages_for_websockets(messages: Any, extensions: Any) -> None:
    router = small_router(on_error=on_error_sends(*messages))
    assert call(router, websocket_scope("/nope", extensions=extensions)).messages == messages


@pytest.mark.parametrize("prefix", ["", "websocket."])
def test_on_error_answers_a_websocket_like_an_http_request(prefix: str) -> None:
    start = {"status": 404, "headers": []}
    router = small_router(
        on_error=on_error_sends(
            {"type": f"{prefix}http.response.start", **start},
            {"type": f"{prefix}http.response.body", "body": b"none"},
        )
    )
    assert call(router, websocket_scope("/nope")).messages == REFUSED
    assert call(router, websocket_scope("/nope", extensions=DENIAL)).messages == [
        {"type": "websocket.http.response.start", **start},
        {"type": "websocket.http.response.body", "body": b"none"},
    ]


def test_on_error_answers_a_websocket_with_starlette() -> None:
    async def tell(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text("no such room")
        await websocket.close()

    app = Starlette(routes=[WebSocketRoute("/nope", tell)])
    router = small_router(on_error=lambda error, scope: app)
    scope = websocket_scope("/nope", extensions=DENIAL)
    messages = call(router, scope, {"type": "websocket.connect"}).messages
    assert [message["type"] for message in messages] == [
        "websocket.accept",
        "websocket.send",
        "websocket.close",
    ]
    assert messages[1]["text"] == "no such room"


def test_http_request_for_a_websocket() -> None:
    assert call(small_router(), http_scope("/live")).status == 400


# Lifespan


STARTUP, SHUTDOWN = {"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}


def test_lifespan_without_one() -> None:
    answer = call(small_router(), {"type": "lifespan"}, STARTUP, SHUTDOWN)
    assert answer.messages == [
        {"type": "lifespan.startup.complete"},
        {"type": "lifespan.shutdown.complete"},
    ]


def test_lifespan_gives_a_state() -> None:
    phases = []

    @asynccontextmanager
    async def lifespan(router: Router) -> AsyncIterator[dict[str, int]]:
        phases.append("up")
        yield {"pool": 7}
        phases.append("down")

    state: dict[str, int] = {}
    call(small_router(lifespan=lifespan), {"type": "lifespan", "state": state}, STARTUP, SHUTDOWN)
    assert (state, phases) == ({"pool": 7}, ["up", "down"])


@pytest.mark.parametrize("kind", [OSError, asyncio.CancelledError, SystemExit])
def test_lifespan_that_fails(kind: type[BaseException]) -> None:
    @asynccontextmanager
    async def lifespan(router: Router) -> AsyncIterator[None]:
        raise kind("no database")
        yield

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return STARTUP

    async def main() -> None:
        with pytest.raises(kind, match="no database"):
            await small_router(lifespan=lifespan)({"type": "lifespan"}, receive, send)

    asyncio.run(main())
    assert [message["type"] for message in sent] == ["lifespan.startup.failed"]
    assert sent[0]["message"].endswith(f"{kind.__name__}: no database\n")


def test_state_that_the_server_does_not_support() -> None:
    @asynccontextmanager
    async def lifespan(router: Router) -> AsyncIterator[dict[str, int]]:
        yield {"pool": 7}

    with pytest.raises(RuntimeError, match=r"Router.* gives a state, which this server"):
        call(small_router(lifespan=lifespan), {"type": "lifespan"}, STARTUP, SHUTDOWN)


def living(phases: list[str], name: str, **state: Any) -> Any:
    """Make a lifespan that writes down when it begins and ends."""

    @asynccontextmanager
    async def lifespan(router: Router) -> AsyncIterator[dict[str, Any] | None]:
        phases.append(f"{name} up")
        yield state or None
        phases.append(f"{name} down")

    return lifespan


def test_lifespan_of_routers_that_are_mounted() -> None:
    phases: list[str] = []
    deep = Router(Map(), lifespan=living(phases, "deep", who="deep", deep=1))
    one = Router(Map([Mount("/deep", endpoint=deep)]), lifespan=living(phases, "one", who="one"))
    two = Router(Map(), lifespan=living(phases, "two"))
    two.mount("/itself", two)
    outer = Router(Map(), lifespan=living(phases, "outer", who="outer"))
    outer.mount("/two", two, endpoint="two")
    outer.mount("/one", one)
    outer.mount("/again/<x>", one)
    state: dict[str, Any] = {}
    call(outer, {"type": "lifespan", "state": state}, STARTUP, SHUTDOWN)
    assert phases == [
        *("outer up", "two up", "one up", "deep up"),
        *("deep down", "one down", "two down", "outer down"),
    ]
    assert state == {"who": "outer", "deep": 1}


def test_lifespan_of_a_mounted_router_that_fails_ends_those_that_had_begun() -> None:
    ended = []

    @asynccontextmanager
    async def outer_lifespan(router: Router) -> AsyncIterator[None]:
        try:
            yield
        finally:
            ended.append("outer")

    @asynccontextmanager
    async def inner_lifespan(router: Router) -> AsyncIterator[None]:
        raise OSError("no database")
        yield

    outer = Router(Map(), lifespan=outer_lifespan)
    outer.mount("/inner", Router(Map(), lifespan=inner_lifespan))
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message["type"])

    async def receive() -> Any:
        return STARTUP

    with pytest.raises(OSError, match="no database"):
        asyncio.run(outer({"type": "lifespan"}, receive, send))
    assert (sent, ended) == (["lifespan.startup.failed"], ["outer"])


# The current adapter


def test_url_for_during_a_request() -> None:
    router = Router(Map())

    @router.route("/shop/<int:id>", endpoint="shop.item")
    async def item(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(0)
        await respond(send, f"{url_for('.item', id=2)} {url_for('.item', id=3, _external=True)}")

    scope = http_scope("/shop/1", host="example.org:8000", scheme="https")
    assert call(router, scope).text == "/shop/2 https://example.org:8000/shop/3"


def test_no_adapter_is_current_after_a_request() -> None:
    async def main() -> None:
        router = small_router()

        @router.route("/fails")
        async def fails(scope: Any, receive: Any, send: Any) -> None:
            raise OSError(url_for("user", id=1))

        async def ignore(message: Any) -> None:
            pass

        for path in ("/users/7", "/nope"):
            await router(http_scope(path), None, ignore)  # type: ignore[arg-type]
            with pytest.raises(RuntimeError, match="needs a current adapter"):
                url_for("user", id=1)
        with pytest.raises(OSError, match="/users/1"):
            await router(http_scope("/fails"), None, ignore)  # type: ignore[arg-type]
        with pytest.raises(RuntimeError, match="needs a current adapter"):
            url_for("user", id=1)

    asyncio.run(main())


def test_requests_at_the_same_time_have_adapters_of_their_own() -> None:
    router = Router(Map())

    @router.route("/<int:id>")
    async def page(scope: Any, receive: Any, send: Any) -> None:
        for _ in range(3):
            await asyncio.sleep(0)
        await respond(send, url_for("page", id=0, _external=True))

    async def one(host: str) -> str:
        texts = []

        async def send(message: Any) -> None:
            texts.append(message.get("body", b""))

        await router(http_scope("/1", host=host), None, send)  # type: ignore[arg-type]
        return b"".join(texts).decode()

    async def main() -> list[str]:
        return await asyncio.gather(*(one(f"h{number}.example") for number in range(20)))

    assert asyncio.run(main()) == [f"http://h{number}.example/0" for number in range(20)]


# Mounts


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/static", "/static||{}"),
        ("/static/", "/static|/|{}"),
        ("/static/a/b c", "/static|/a/b c|{}"),
        ("/static//a//", "/static|//a//|{}"),
        ("//static/a", "/static|/a|{}"),
        ("/static/a\nb", "/static|/a\nb|{}"),
        ("/static/../x", "/static|/../x|{}"),
        ("/of/ann/x", "/of/ann|/x|{'user': 'ann'}"),
        ("/of/é", "/of/é||{'user': 'é'}"),
        ("/static/own", "user"),
        ("/staticfoo", "|/staticfoo|{}"),
        ("/", "|/|{}"),
        ("//a//b", "|//a//b|{}"),
    ],
)
@pytest.mark.parametrize("order", ["weights", "segments"])
def test_mount(order: str, path: str, text: str) -> None:
    async def own(scope: Any, receive: Any, send: Any) -> None:
        await respond(send, "user")

    router = Router(
        Map([Rule("/static/<name>", endpoint="none", methods=["PUT"])], match_order=order)
    )
    router.mount("/", paths)
    router.mount("/static/", paths)
    router.mount("/of/<user>", paths)
    router.route("/static/own")(own)
    assert call(router, http_scope(path)).text == text


@pytest.mark.parametrize(
    ("path", "endpoint"),
    [
        ("/static/a", "name"),
        ("/static/a/b", "path"),
        ("/static/deep", "deep mount"),
        ("/static/deep/a", "deep mount"),
        ("/static/", "mount"),
        ("/7", "user mount"),
        ("/about", "about"),
        ("/x/y/z", "user mount"),
        ("/", "mount of all"),
    ],
)
@pytest.mark.parametrize("order", ["weights", "segments"])
def test_place_of_a_mount_among_rules(order: str, path: str, endpoint: str) -> None:
    url_map = Map(
        [
            Mount("/", endpoint="mount of all"),
            Mount("/<user>", endpoint="user mount"),
            Mount("/static", endpoint="mount"),
            Mount("/static/deep", endpoint="deep mount"),
            Rule("/static/<path:name>", endpoint="path"),
            Rule("/static/<any(a, b):name>", endpoint="name"),
            Rule("/<int:id>", endpoint="id"),
            Rule("/about", endpoint="about"),
            Rule("/<path:name>", endpoint="all"),
        ],
        match_order=order,
    )
    assert url_map.bind("example.org").match(path)[0] == endpoint


@pytest.mark.parametrize("path", ["/app/static/x", "/static/x"])
def test_mount_below_a_root_path(path: str) -> None:
    router = Router(Map([Mount("/static", endpoint=paths)]))
    assert call(router, http_scope(path, root_path="/app")).text == "/app/static|/x|{}"


def test_root_path_may_be_none() -> None:
    router = Router(Map([Mount("/static", endpoint=paths)]))
    found = call(router, {**http_scope("/static/x"), "root_path": None})
    assert found.text == "/static|/x|{}"


def test_mount_takes_every_method_and_websockets() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": scope["type"]})

    router = Router(Map([Submount("/api", [Mount("/", endpoint=application)])]))
    for scope in (http_scope("/api/x", "PURGE"), http_scope("/api/", "OPTIONS")):
        assert call(router, scope).messages == [{"type": "http"}]
    assert call(router, websocket_scope("/api/x")).messages == [{"type": "websocket"}]


def test_mount_of_some_methods_on_a_subdomain() -> None:
    router = Router(Map(), server_name="example.org")
    router.mount("/files", paths, methods=["GET"], subdomain="static")
    assert call(router, http_scope("/files/a", host="static.example.org")).text == "/files|/a|{}"
    assert call(router, http_scope("/files/a", "PUT", host="static.example.org")).status == 405
    assert call(router, http_scope("/files/a")).status == 404


def test_mount_leaves_the_scope_of_the_caller() -> None:
    scope = http_scope("/static/x")
    router = Router(Map([Mount("/static", endpoint=paths)]))
    call(router, scope)
    assert (scope["root_path"], scope["path"]) == ("", "/static/x")
    assert (scope["endpoint"], scope["path_params"]) == (paths, {})


def test_mounted_application_gets_nothing_that_builds_urls() -> None:
    async def keys(scope: Any, receive: Any, send: Any) -> None:
        await respond(send, str({"router", "app_root_path", "route"} & set(scope)))

    router = Router(Map([Mount("/static", endpoint=keys)]))
    assert call(router, http_scope("/static/x", app_root_path="/app")).text == "{'route'}"


def test_url_of_a_mount() -> None:
    router = Router(Map())
    router.mount("/static", paths, endpoint="static")
    router.mount("/", paths, endpoint="rest")
    assert router.url_path_for("static", path="/css/a b.css") == "/static/css/a%20b.css"
    assert router.url_path_for("static", path="x") == "/static/x"
    assert router.url_path_for("static", path="") == "/static"
    assert router.url_path_for("static") == "/static/"
    assert router.url_path_for("rest", path="/x") == "/x"
    assert router.url_path_for("rest") == "/"


def sub_router() -> Router:
    inner = Router(Map())

    @inner.route("/")
    async def index(scope: Any, receive: Any, send: Any) -> None:
        await respond(send, "index")

    @inner.route("/items/<int:id>")
    async def item(scope: Any, receive: Any, send: Any) -> None:
        urls = url_for("item", id=2), Request(scope).url_for("item", id=3)
        await respond(send, f"{scope['path_params']} {urls[0]} {urls[1]}")

    outer = Router(Map())
    outer.mount("/shops/<shop>", inner)
    return outer


def test_sub_router() -> None:
    answer = call(sub_router(), http_scope("/shops/a b/items/1"))
    urls = "/shops/a%20b/items/2 http://example.org/shops/a%20b/items/3"
    assert answer.text == "{'shop': 'a b', 'id': 1} " + urls


def test_sub_router_at_its_root() -> None:
    answer = call(sub_router(), http_scope("/app/shops/x", root_path="/app"))
    assert answer.headers["location"] == "http://example.org/app/shops/x/"
    assert call(sub_router(), http_scope("/shops/x/")).text == "index"


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("//evil.example", "http://example.org/evil.example/"),
        ("//evil.example/docs", "http://example.org/evil.example/docs/"),
        ("/\\evil.example/docs", "http://example.org/%5Cevil.example/docs/"),
        ("///evil.example//docs", "http://example.org/evil.example/docs/"),
    ],
)
def test_mount_sends_nobody_to_another_host(path: str, location: str) -> None:
    inner = Router(Map([Rule("/", endpoint=paths), Rule("/docs/", endpoint=paths)]))
    outer = Router(Map([Mount("/<name>", endpoint=inner)]))
    answer = call(outer, http_scope(path))
    assert (answer.status, answer.headers["location"]) == (308, location)


# Under Starlette


def test_request_of_starlette() -> None:
    seen: list[Any] = []

    async def page(scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        url = request.url_for("page", id=8, tab="a b")
        seen.extend([request.path_params, url, url_for("page", id=8)])
        await PlainTextResponse("ok")(scope, receive, send)

    router = Router(Map())
    router.route("/pages/<int:id>")(page)
    assert call(router, http_scope("/app/pages/7", root_path="/app", scheme="https")).text == "ok"
    assert seen == [
        {"id": 7},
        URL("https://example.org/app/pages/8?tab=a+b"),
        "/app/pages/8",
    ]


def test_template_of_starlette(tmp_path: Any) -> None:
    (tmp_path / "page.html").write_text("{{ url_for('static', path='/a.css') }}")
    templates = Jinja2Templates(tmp_path)

    async def page(scope: Any, receive: Any, send: Any) -> None:
        response = templates.TemplateResponse(Request(scope), "page.html")
        await response(scope, receive, send)

    router = Router(Map([Rule("/", endpoint=page)]))
    router.mount("/static", paths, endpoint="static")
    assert call(router, http_scope("/")).text == "http://example.org/static/a.css"


async def starlette_page(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"{request.path_params} {request.url_for('page', id=2)}")


def test_starlette_as_an_endpoint_builds_its_own_urls() -> None:
    app = Starlette(routes=[Route("/pages/{id:int}", starlette_page, name="page")])
    router = Router(Map([Rule("/pages/<id>", endpoint=app)]))
    assert call(router, http_scope("/pages/1")).text == "{'id': 1} http://example.org/pages/2"


def test_starlette_as_an_endpoint_below_another_one() -> None:
    inner = Starlette(routes=[Route("/pages/{id:int}", starlette_page, name="page")])
    router = Router(Map([Rule("/pages/<id>", endpoint=inner)]))
    outer = Starlette(routes=[StarletteMount("/s", router)])
    assert call(outer, http_scope("/s/pages/1")).text == "{'id': 1} http://example.org/s/pages/2"


def test_starlette_answers_errors_and_builds_its_own_urls() -> None:
    app = Starlette(routes=[Route("/pages/{id:int}", starlette_page, name="page")])
    router = Router(Map(), on_error=lambda error, scope: app)
    assert call(router, http_scope("/pages/1")).text == "{'id': 1} http://example.org/pages/2"


def test_request_of_starlette_in_on_error() -> None:
    def on_error(error: Exception, scope: Any) -> Any:
        first = Request(scope).url_for("user", id=1)

        async def not_found(scope: Any, receive: Any, send: Any) -> None:
            await respond(send, f"{first} {Request(scope).url_for('user', id=2)}")

        return not_found

    answer = call(small_router(on_error=on_error), http_scope("/nope"))
    assert answer.text == "http://example.org/users/1 http://example.org/users/2"


def test_starlette_mounted_in_the_router() -> None:
    app = Starlette(routes=[Route("/pages/{id:int}", starlette_page, name="page")])
    router = Router(Map())
    router.mount("/star", app)
    answer = call(router, http_scope("/star/pages/1"))
    assert answer.text == "{'id': 1} http://example.org/star/pages/2"


def test_router_mounted_in_starlette() -> None:
    app = Starlette(routes=[StarletteMount("/star/{lang}", sub_router())])
    answer = call(app, http_scope("/star/en/shops/x/items/1"))
    urls = "/star/en/shops/x/items/2 http://example.org/star/en/shops/x/items/3"
    assert answer.text == "{'lang': 'en', 'shop': 'x', 'id': 1} " + urls


# URLs


def test_url_path() -> None:
    path = URLPath("/live?x=1", "websocket")
    assert path.make_absolute_url("https://example.org/a b/") == "wss://example.org/a%20b/live?x=1"
    assert path.make_absolute_url("http://example.org") == "ws://example.org/live?x=1"
    assert type(path.make_absolute_url(URL("http://example.org/"))) is URL
    assert URLPath("/").make_absolute_url("wss://example.org/") == "https://example.org/"
    assert (
        URLPath("/", host="api.").make_absolute_url("http://e.org:8000") == "http://api.e.org:8000/"
    )


def test_url_on_another_domain() -> None:
    rules = [
        Rule("/", endpoint="index"),
        Rule("/v1/<int:id>", endpoint="api", subdomain="api"),
        Rule("/live", endpoint="live", websocket=True),
    ]
    router = Router(Map(rules))
    assert (router.url_path_for("api", id=1), router.url_path_for("api", id=1).host) == (
        "/v1/1",
        "api.",
    )
    assert router.url_path_for("live").protocol == "websocket"
    named = Router(Map(rule.empty() for rule in rules), server_name="example.org:8000")
    url = named.url_path_for("api", id=1).make_absolute_url("https://www.example.org:8000/app/")
    assert url == "https://api.example.org:8000/app/v1/1"


def test_url_of_nothing() -> None:
    with pytest.raises(BuildError):
        small_router().url_path_for("nowhere")


# What is imported


def test_package_does_not_import_the_routers() -> None:
    code = (
        "import sys, trieroute;"
        " assert not {'trieroute.asgi', 'trieroute.wsgi', 'trieroute._routers'} & set(sys.modules);"
        " import trieroute.asgi, trieroute.wsgi;"
        " assert not {'starlette', 'flask', 'quart', 'asyncio'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
