"""Exceptions of handlers: answers of Werkzeug's, Starlette's and FastAPI's, and all others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import fastapi
import pytest
from flask import Flask
from starlette.exceptions import HTTPException as StarletteException
from starlette.exceptions import WebSocketException
from starlette.staticfiles import StaticFiles
from werkzeug.exceptions import BadHost, HTTPException, NotFound
from werkzeug.exceptions import MethodNotAllowed as NotAllowed
from werkzeug.test import Client, create_environ, run_wsgi_app
from werkzeug.wrappers import Response

import trieroute.asgi
import trieroute.wsgi
from asgi_client import call, http_scope, respond, websocket_scope
from trieroute import Map, Rule, url_for


def asgi_raising(error: Exception) -> Any:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        raise error

    return application


def wsgi_raising(error: Exception) -> Any:
    def application(environ: Any, start_response: Any) -> Any:
        raise error

    return application


def asgi_answer(error: Exception, **settings: Any) -> Any:
    """Return what a router answers whose only handler raises an exception."""
    router = trieroute.asgi.Router(Map([Rule("/", endpoint=asgi_raising(error))]), **settings)
    return call(router, http_scope("/"))


def wsgi_answer(error: Exception, method: str = "GET", **settings: Any) -> Any:
    router = trieroute.wsgi.Router(Map([Rule("/", endpoint=wsgi_raising(error))]), **settings)
    return Client(router).open("/", method=method)


class Foreign(Exception):
    """What any framework might have."""

    def __init__(self, status_code: Any, detail: Any, headers: Any) -> None:
        self.status_code = status_code
        self.detail = detail
        self.headers = headers


@pytest.mark.parametrize(
    ("error", "status", "text", "headers"),
    [
        (StarletteException(404), 404, "<p>Not Found</p>", {}),
        (StarletteException(404, "no <b>"), 404, "<p>no &lt;b&gt;</p>", {}),
        (
            fastapi.HTTPException(401, {"why": "token"}, {"WWW-Authenticate": "Bearer"}),
            401,
            "<p>{&#34;why&#34;: &#34;token&#34;}</p>",
            {"www-authenticate": "Bearer"},
        ),
        (
            StarletteException(307, headers={"Location": "/x"}),
            307,
            "<p>Temporary Redirect</p>",
            {"location": "/x"},
        ),
        (StarletteException(429, headers={"Retry-After": "9"}), 429, "", {"retry-after": "9"}),
        (
            Foreign(402, None, [("X-A", "b"), ("Content-Type", "text/x-own")]),
            402,
            "",
            {"x-a": "b", "content-type": "text/x-own"},
        ),
        (Foreign(599, "own", None), 599, "own", {"content-type": "text/html; charset=utf-8"}),
    ],
)
def test_exception_of_others_is_an_answer(
    error: Exception, status: int, text: str, headers: dict[str, str]
) -> None:
    answer = asgi_answer(error)
    assert answer.status == status
    assert text in answer.text
    assert answer.headers == {**answer.headers, **headers}
    same = wsgi_answer(error)
    assert (same.status_code, same.text) == (status, answer.text)
    assert {name.lower(): value for name, value in same.headers} == answer.headers


@pytest.mark.parametrize("status", [204, 304])
def test_status_that_allows_no_body(status: int) -> None:
    answer = asgi_answer(StarletteException(status, headers={"ETag": '"x"'}))
    assert (answer.status, answer.text, answer.headers["etag"]) == (status, "", '"x"')
    assert "content-type" not in answer.headers


def test_missing_static_file_is_a_404(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a {}")
    router = trieroute.asgi.Router(Map())
    router.mount("/static", StaticFiles(directory=tmp_path))
    assert call(router, http_scope("/static/a.css")).text == "a {}"
    assert call(router, http_scope("/static/none.css")).status == 404
    assert call(router, http_scope("/static/../x")).status == 404
    answer = call(router, http_scope("/static/a.css", "POST"))
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


def test_on_error_is_asked_about_exceptions_of_others() -> None:
    seen: list[Any] = []

    def on_error(error: HTTPException, request: Any) -> None:
        seen.append(error)

    given = StarletteException(404, "gone", {"X-A": "b"})
    asgi_answer(given, on_error=on_error)
    wsgi_answer(given, on_error=on_error)
    for error in seen:
        assert isinstance(error, NotFound)
        assert (error.code, error.description) == (404, "gone")
        assert (error.status_code, error.detail, error.headers) == (  # type: ignore[attr-defined]
            404,
            "gone",
            {"X-A": "b"},
        )
        assert error.__cause__ is given
        assert error.get_response().headers["X-A"] == "b"
    assert len(seen) == 2


def test_on_error_answers_an_exception_of_others() -> None:
    answer = wsgi_answer(
        StarletteException(404, "gone"),
        on_error=lambda error, environ: Response(f"{error.code} {error.description}"),
    )
    assert answer.text == "404 gone"


def test_exception_of_others_after_the_response_has_begun() -> None:
    async def begins(scope: Any, receive: Any, send: Any) -> None:
        await respond(send, "begun")
        raise StarletteException(404)

    with pytest.raises(StarletteException):
        call(trieroute.asgi.Router(Map([Rule("/", endpoint=begins)])), http_scope("/"))


@pytest.mark.parametrize(
    "error",
    [
        OSError("broken"),
        Foreign("404", "detail", {}),
        Foreign(7, "detail", {}),
        type("Partial", (Exception,), {"status_code": 404})("no detail"),
    ],
)
def test_any_other_exception_is_for_the_server(error: Exception) -> None:
    for answer in (asgi_answer, wsgi_answer):
        with pytest.raises(type(error)):
            answer(error)


# What a 405 tells


@pytest.mark.parametrize(
    "error", [NotAllowed(), StarletteException(405), NotAllowed(valid_methods=[])]
)
@pytest.mark.parametrize(
    ("methods", "allow"),
    [(["GET", "PUT"], "HEAD, OPTIONS, PUT"), (None, "DELETE, HEAD, OPTIONS, PATCH, POST, PUT")],
)
def test_405_of_a_handler_tells_the_other_methods(
    methods: list[str] | None, allow: str, error: Exception
) -> None:
    router = trieroute.asgi.Router(Map())
    router.route("/", methods=methods, endpoint="e")(asgi_raising(error))
    answer = call(router, http_scope("/"))
    assert (answer.status, answer.headers["allow"]) == (405, allow)


def test_405_of_a_handler_that_tells_methods() -> None:
    answer = asgi_answer(StarletteException(405, headers={"Allow": "PUT, BREW"}))
    assert answer.headers["allow"] == "BREW, OPTIONS, PUT"
    answer = wsgi_answer(NotAllowed(valid_methods=["PUT"]), automatic_options=False)
    assert answer.headers["Allow"] == "PUT"


# All others


def test_on_exception_sees_the_exception_and_the_server_gets_it() -> None:
    seen: list[Any] = []

    def on_exception(error: Exception, request: Any) -> None:
        seen.append((str(error), request.get("path", request.get("PATH_INFO"))))

    for answer in (asgi_answer, wsgi_answer):
        with pytest.raises(OSError, match="broken"):
            answer(OSError("broken"), on_exception=on_exception)
        # An answer is none of its business.
        answer(NotFound(), on_exception=on_exception)
    assert seen == [("broken", "/"), ("broken", "/")]


def test_on_exception_answers() -> None:
    async def sorry(scope: Any, receive: Any, send: Any) -> None:
        await respond(send, "sorry")

    assert asgi_answer(OSError(), on_exception=lambda error, scope: sorry).text == "sorry"
    answer = wsgi_answer(OSError(), on_exception=lambda error, environ: Response("sorry", 500))
    assert (answer.status_code, answer.text) == (500, "sorry")
    head = wsgi_answer(OSError(), "HEAD", on_exception=lambda error, environ: Response("sorry"))
    assert head.text == ""


def test_on_exception_answers_a_websocket() -> None:
    async def sorry(scope: Any, receive: Any, send: Any) -> None:
        await respond(send, "sorry")

    router = trieroute.asgi.Router(Map(), on_exception=lambda error, scope: sorry)
    router.websocket("/live", endpoint="live")(asgi_raising(OSError()))
    assert call(router, websocket_scope("/live")).messages == [
        {"type": "websocket.close", "code": 1000, "reason": ""}
    ]
    denial = websocket_scope("/live", extensions={"websocket.http.response": {}})
    assert call(router, denial).text == "sorry"


def test_on_exception_can_not_answer_what_has_begun() -> None:
    seen = []

    async def begins(scope: Any, receive: Any, send: Any) -> None:
        await respond(send, "begun")
        raise OSError("late")

    def on_exception(error: Exception, scope: Any) -> Any:
        seen.append(str(error))
        return begins

    router = trieroute.asgi.Router(Map([Rule("/", endpoint=begins)]), on_exception=on_exception)
    with pytest.raises(OSError, match="late"):
        call(router, http_scope("/"))
    assert seen == ["late"]


def test_what_on_exception_gives_for_what_has_begun_is_not_looked_at() -> None:
    async def begins(scope: Any, receive: Any, send: Any) -> None:
        await respond(send, "begun")
        raise OSError("late")

    def begun(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])(b"begun")
        raise OSError("late")

    def wrong(error: Exception, request: Any) -> Any:
        return "text"

    router: Any = trieroute.asgi.Router(Map([Rule("/", endpoint=begins)]), on_exception=wrong)
    with pytest.raises(OSError, match="late"):
        call(router, http_scope("/"))
    router = trieroute.wsgi.Router(Map([Rule("/", endpoint=begun)]), on_exception=wrong)
    with pytest.raises(OSError, match="late"):
        run_wsgi_app(router, create_environ("/"))


@pytest.mark.parametrize("kind", [trieroute.asgi.Router, trieroute.wsgi.Router])
def test_host_that_the_programs_own_map_refuses_is_a_400(kind: Any) -> None:
    class Strict(Map):
        def bind_to_environ(self, *arguments: Any, **options: Any) -> Any:
            raise BadHost

        def bind_to_scope(self, *arguments: Any, **options: Any) -> Any:
            raise BadHost

    router = kind(Strict())
    if kind is trieroute.asgi.Router:
        assert call(router, http_scope("/")).status == 400
    else:
        assert Client(router).get("/").status_code == 400


def test_exception_of_a_mounted_router_that_it_does_not_answer_goes_on_to_the_outer_one() -> None:
    inner = trieroute.wsgi.Router(Map([Rule("/", endpoint=wsgi_raising(OSError("inner")))]))
    outer = trieroute.wsgi.Router(
        Map(), on_exception=lambda error, environ: Response(f"{error} {environ['PATH_INFO']}")
    )
    outer.mount("/in", inner)
    assert Client(outer).get("/in/").text == "inner /in/"


@pytest.mark.parametrize(("server_name", "host"), [(None, "localhost"), ("e.org:8", "e.org:8")])
def test_url_for_while_a_host_that_is_none_is_answered(server_name: str | None, host: str) -> None:
    def told(error: HTTPException, request: Any) -> Any:
        text = f"{url_for('home')} {url_for('home', _external=True)}"
        return Response(text, error.code)

    def map_of_home() -> Map:
        return Map([Rule("/home", endpoint="home")])

    asgi = trieroute.asgi.Router(map_of_home(), on_error=told, server_name=server_name)
    wsgi = trieroute.wsgi.Router(map_of_home(), on_error=told, server_name=server_name)
    answer = call(asgi, http_scope("/app/nope", host="a/b", root_path="/app"))
    assert (answer.status, answer.text) == (400, f"/app/home http://{host}/app/home")
    environ = create_environ("/nope", "http://h/app", environ_overrides={"HTTP_HOST": "a/b"})
    body, status, _ = run_wsgi_app(wsgi, environ)
    assert (status, b"".join(body).decode()) == (
        "400 BAD REQUEST",
        f"/app/home http://{host}/app/home",
    )


def test_websocket_exception_of_starlette_is_no_answer() -> None:
    seen: list[Exception] = []

    def answering(error: Exception, scope: Any) -> Any:
        seen.append(error)
        return NotFound()

    raised = WebSocketException(4000)
    rules = [Rule("/live", endpoint=asgi_raising(raised), websocket=True)]
    router = trieroute.asgi.Router(Map(rules), on_error=answering)
    with pytest.raises(WebSocketException):
        call(router, websocket_scope("/live"))
    assert seen == []


# Handlers of another kind


class Named:
    """A handler with a name that a message shows."""

    def __init__(self, function: Any) -> None:
        self.function = function

    def __repr__(self) -> str:
        return "the handler"

    def __call__(self, *given: Any) -> Any:
        return self.function(*given)


async def of_request(request: Any) -> None:
    """A handler that needs ``adapt``."""


async def coroutine(environ: Any, start_response: Any) -> None:
    """A handler for ASGI that WSGI calls."""


ASGI_RULE = (
    "must be an ASGI application, an async function of (scope, receive, send): for handlers of"
    " another kind give the router adapt=..., such as starlette.routing.request_response for async"
    " functions of a request"
)
WSGI_RULE = (
    "must be a WSGI application, a function of (environ, start_response) that returns the parts of"
    " a body: for handlers of another kind give the router adapt=..., such as"
    " werkzeug.Request.application for functions of a request, and serve async ones by"
    " trieroute.asgi.Router"
)


def test_handler_that_is_not_async_is_named() -> None:
    router = trieroute.asgi.Router(Map())
    router.get("/sync", endpoint="sync")(Named(lambda scope, receive, send: None))
    with pytest.raises(TypeError) as caught:
        call(router, http_scope("/sync"))
    assert caught.value.__notes__ == [f"rule '/sync': the handler {ASGI_RULE}"]


def test_handler_of_other_arguments_is_named() -> None:
    asgi = trieroute.asgi.Router(Map())
    asgi.get("/r")(of_request)
    with pytest.raises(TypeError, match="takes 1 positional argument") as caught:
        call(asgi, http_scope("/r"))
    assert caught.value.__notes__ == [f"rule '/r': {of_request!r} {ASGI_RULE}"]
    wsgi = trieroute.wsgi.Router(Map())
    wsgi.get("/r")(of_request)
    for method in ("GET", "HEAD"):
        with pytest.raises(TypeError, match="takes 1 positional argument") as caught:
            Client(wsgi).open("/r", method=method)
        assert caught.value.__notes__ == [f"rule '/r': {of_request!r} {WSGI_RULE}"]


def test_mounted_application_of_the_other_protocol_is_named() -> None:
    flask = Flask("shop")
    inner, outer = trieroute.asgi.Router(Map()), trieroute.asgi.Router(Map())
    inner.mount("/flask", flask)
    outer.mount("/in", inner)
    with pytest.raises(TypeError) as caught:
        call(outer, http_scope("/in/flask/x"))
    # It is told of once, and not at the mount further out.
    (note,) = caught.value.__notes__
    assert note == (
        "mount '/flask': <Flask 'shop'> must be an ASGI application, an async function of (scope,"
        " receive, send): put a2wsgi.WSGIMiddleware around a WSGI application, such as one of Flask"
    )


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_async_handler_of_wsgi_is_named(method: str) -> None:
    router = trieroute.wsgi.Router(Map())
    router.get("/co")(coroutine)
    with pytest.raises(TypeError, match="'coroutine' object is not iterable") as caught:
        Client(router).open("/co", method=method)
    assert caught.value.__notes__ == [f"rule '/co': {coroutine!r} {WSGI_RULE}"]


def test_error_within_a_handler_gets_no_note() -> None:
    def failing(*given: Any) -> Any:
        raise TypeError("of the handler")

    with pytest.raises(TypeError, match="of the handler") as caught:
        call(trieroute.asgi.Router(Map([Rule("/", endpoint=failing)])), http_scope("/"))
    assert not hasattr(caught.value, "__notes__")
    with pytest.raises(TypeError, match="of the handler") as caught:
        Client(trieroute.wsgi.Router(Map([Rule("/", endpoint=failing)]))).get("/")
    assert not hasattr(caught.value, "__notes__")


def test_handler_without_start_response_is_named_for_head() -> None:
    router = trieroute.wsgi.Router(Map())
    router.get("/s", endpoint="s")(Named(lambda environ, start_response: [b""]))
    with pytest.raises(RuntimeError) as caught:
        Client(router).head("/s")
    assert str(caught.value) == "rule '/s': the handler answered without calling start_response"


async def returns_nothing(error: Any, request: Any) -> None:
    """What answers an error must not be async."""


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (returns_nothing, "which is no application: it must not be async"),
        (Named(lambda error, request: "text"), "the handler gave 'text', which is no application"),
    ],
)
@pytest.mark.parametrize("name", ["on_error", "on_exception"])
def test_answer_to_an_error_must_be_an_application(given: Any, message: str, name: str) -> None:
    error = NotFound() if name == "on_error" else LookupError()
    with pytest.raises(TypeError, match=f"^{name} .*{message}"):
        asgi_answer(error, **{name: given})
    with pytest.raises(TypeError, match=f"^{name} .*{message}"):
        wsgi_answer(error, **{name: given})
