"""The debug mode of both routers: a 404 or 405 tells why no rule took the request."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from werkzeug.exceptions import Gone, HTTPException
from werkzeug.test import Client
from werkzeug.wrappers import Response

import trieroute.asgi
import trieroute.wsgi
from asgi_client import Answer, call, http_scope, respond, websocket_scope
from trieroute import Map, NotFound, Rule

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
HOSTILE = "/<script>alert('x')</script>\"&"


async def asgi_ok(scope: Any, receive: Any, send: Any) -> None:
    if scope["path_params"].get("id") == 13:
        raise NotFound("no user 13")
    await respond(send, "ok")


def wsgi_ok(environ: Any, start_response: Any) -> Any:
    if environ["wsgiorg.routing_args"][1].get("id") == 13:
        raise NotFound("no user 13")
    return Response("ok")(environ, start_response)


def rules(app: Any) -> Map:
    return Map(
        [
            Rule("/users/<int:id>", endpoint=app, methods=["GET"]),
            Rule("/<any('<b>', x):tag>/me", endpoint=app),
        ]
    )


def from_asgi(path: str, method: str = "GET", accept: str | None = None, **settings: Any) -> Any:
    router = trieroute.asgi.Router(rules(asgi_ok), **settings)
    headers = [] if accept is None else [(b"accept", accept.encode("latin-1"))]
    return call(router, http_scope(path, method, headers=headers))


def from_wsgi(path: str, method: str = "GET", accept: str | None = None, **settings: Any) -> Any:
    router = trieroute.wsgi.Router(rules(wsgi_ok), **settings)
    headers = {} if accept is None else {"Accept": accept}
    return Client(router).open(path, method=method, headers=headers)


def status(answer: Any) -> int:
    return answer.status if isinstance(answer, Answer) else answer.status_code


both = pytest.mark.parametrize("get", [from_asgi, from_wsgi])


@both
def test_it_is_off_by_default(get: Any) -> None:
    answer = get("/user/7", accept=BROWSER)
    assert status(answer) == 404
    assert "users" not in answer.text


@both
def test_programs_get_text(get: Any) -> None:
    answer = get("/users/ann", debug=True)
    assert status(answer) == 404
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    lines = answer.text.splitlines()
    assert lines[:2] == ["GET /users/ann", "  -> 404 Not Found"]
    assert lines[5] == (
        r"       converter refused: 'ann' does not match \d+, the regex of IntegerConverter"
    )


@both
@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (BROWSER, "text/html"),
        ("*/*", "text/plain"),
        ("application/json", "text/plain"),
        ("text/plain, text/html;q=0.5", "text/plain"),
        (";;q=,\xff", "text/plain"),
    ],
)
def test_kind_of_answer(get: Any, accept: str, kind: str) -> None:
    answer = get("/nothing", accept=accept, debug=True)
    assert answer.headers["content-type"] == f"{kind}; charset=utf-8"
    assert answer.headers["vary"] == "Accept"


class Elements(HTMLParser):
    """The elements of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.names.append(tag)


@both
def test_text_of_rule_and_request_is_escaped(get: Any) -> None:
    answer = get(HOSTILE, accept=BROWSER, debug=True)
    assert status(answer) == 404
    page = answer.text
    assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;&quot;&amp;" in page
    assert "&#x27;&lt;b&gt;&#x27;" in page
    assert {"script", "b"} & {*Elements(page).names} == set()
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


@both
def test_405_keeps_its_header_and_tells_of_options(get: Any) -> None:
    answer = get("/users/7", "DELETE", debug=True)
    assert status(answer) == 405
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
    assert "405 Method Not Allowed (allowed: GET, HEAD, OPTIONS)" in answer.text
    assert "wrong method: the rule takes GET, not DELETE" in answer.text
    assert status(get("/users/7", "OPTIONS", debug=True)) == 200


@both
def test_head_has_no_body(get: Any) -> None:
    answer = get("/nothing", "HEAD", debug=True)
    assert (status(answer), answer.text) == (404, "")


@both
def test_404_of_an_application_stays_its_own(get: Any) -> None:
    answer = get("/users/13", debug=True)
    assert status(answer) == 404
    assert "no user 13" in answer.text
    assert "matched" not in answer.text


@both
def test_redirects_stay(get: Any) -> None:
    answer = get("/users//7", debug=True)
    assert status(answer) == 308


@both
def test_lone_surrogates_and_controls_are_shown(get: Any) -> None:
    assert status(get("/a\x00\u2028b", accept=BROWSER, debug=True)) == 404


def test_lone_surrogate_in_a_scope() -> None:
    router = trieroute.asgi.Router(rules(asgi_ok), debug=True)
    scope = http_scope("/x")
    scope["path"] = "/users/\ud800?a"
    answer = call(router, scope)
    assert answer.status == 404
    assert r"\ud800" in answer.text


def test_scope_without_headers() -> None:
    router = trieroute.asgi.Router(rules(asgi_ok), debug=True)
    scope = http_scope("/nothing")
    del scope["headers"]
    assert "-> 404 Not Found" in call(router, scope).text


def test_on_error_goes_before() -> None:
    def on_error(error: HTTPException, request: Any) -> Any:
        return Gone()

    assert status(from_wsgi("/nothing", debug=True, on_error=on_error)) == 410


def test_websocket_that_is_refused() -> None:
    router = trieroute.asgi.Router(rules(asgi_ok), debug=True)
    answer = call(router, websocket_scope("/nothing", extensions={"websocket.http.response": {}}))
    assert "WebSocket /nothing" in answer.text
