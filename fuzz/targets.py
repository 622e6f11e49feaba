"""What is fuzzed: functions of some bytes that raise if trieroute does what it must not.

The bytes are texts, divided by the byte 0xFF, which is in no UTF-8. Other bytes that are none are
read as lone surrogates. What is allowed is an answer, and the errors that are documented for such
input. Nothing here needs atheris, so that any Python can run what it found: under a sanitizer, say.
"""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from werkzeug.exceptions import HTTPException
from werkzeug.routing import BuildError, RequestRedirect
from werkzeug.test import create_environ

from trieroute import Map, Rule, asgi, tables, wsgi

ORDERS = ["weights", "segments", "registration"]
RULES = [
    "/",
    "/a/b",
    "/a/<int:n>/",
    "/b/<x>",
    "/b/<x>-<y>.<z>",
    "/c/<path:p>",
    "/d/<path:p>/x/<path:q>/",
    "/e/<float(signed=True):f>",
    "/f/<any(a, 'b c'):x>/<uuid:u>",
    "/g/<string(minlength=0):x>",
    "/h/<int(fixed_digits=3, max=500):n>",
]


def texts(data: bytes, count: int) -> list[str]:
    """So many texts; those that are missing are empty."""
    pieces = data.split(b"\xff")[:count]
    read = [piece.decode("utf-8", "surrogateescape") for piece in pieces]
    return read + [""] * (count - len(read))


def latin(text: str) -> str:
    """The text as a WSGI server gives it: its bytes, each as one character."""
    return text.encode("utf-8", "surrogateescape").decode("latin-1")


@cache
def adapters() -> list[Any]:
    made = []
    for order in ORDERS:
        rules = [Rule(rule, endpoint=rule) for rule in RULES]
        rules += [
            Rule("/old/<path:p>", endpoint="old", redirect_to="/b/<p>"),
            Rule("/out/<x>", endpoint="out", redirect_to="https://<x>.example.org/"),
            Rule("/get", endpoint="get", methods=["GET"]),
            Rule("/loose/<x>/", endpoint="loose", strict_slashes=False),
        ]
        made.append(Map(rules, match_order=order).bind("example.org"))
    return made


def check_redirect(url: str, host: str = "example.org") -> None:
    found = urlsplit(url).hostname or ""
    assert found == host or found.endswith("." + host), url
    assert not any(character <= " " for character in url), url


def check_characters(url: str) -> None:
    """The URL of a request has what a header may hold; its query is the client's own."""
    assert not {*"\r\n\0"} & {*url}, url


def fuzz_rules(data: bytes) -> None:
    """A rule's text and a path: an error that is documented, or a map that answers."""
    rule, path = texts(data, 2)
    try:
        url_map = Map([Rule(rule, endpoint="e")])
    except (ValueError, LookupError, TypeError):
        return
    adapter = url_map.bind("example.org")
    try:
        endpoint, values = adapter.match(path)
    except HTTPException:
        return
    assert endpoint == "e"
    assert values.keys() == next(url_map.iter_rules()).arguments


def fuzz_match(data: bytes) -> None:
    """A path and a method: no order refuses the method of a request that another one answers."""
    path, method = texts(data, 2)
    kinds = []
    for adapter in adapters():
        try:
            endpoint, _ = adapter.match(path, method or None)
            kinds.append("answer")
            assert endpoint in adapter.map._rules_by_endpoint
        except RequestRedirect as redirect:
            check_redirect(redirect.new_url)
            kinds.append("answer")
        except HTTPException as error:
            kinds.append(str(error.code))
        assert adapter.test(path, method or None) == (kinds[-1] == "answer")
    assert {"answer", "405"} - {*kinds}, kinds


def fuzz_build(data: bytes) -> None:
    """Values of a rule: its URL is a path of this host, or an error is raised."""
    rule, name, text, query = texts(data, 4)
    values: dict[str, Any] = dict.fromkeys("nxyzpqfu", text)
    for name_of_number, kind in ("n", int), ("f", float):
        try:
            values[name_of_number] = kind(text)
        except ValueError:
            values[name_of_number] = 7
    values[name or "extra"] = query
    endpoint = RULES[len(rule) % len(RULES)]
    for adapter in adapters():
        try:
            url = adapter.build(endpoint, values)
        except (BuildError, ValueError):
            continue
        assert url.startswith("/") and not url.startswith("//"), url
        assert url.isascii() and not any(character <= " " for character in url), url


def environ_of(host: str, root: str, path: str, query: str, method: str) -> dict[str, Any]:
    texts_of_it = {
        "HTTP_HOST": host,
        "SCRIPT_NAME": root,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "REQUEST_METHOD": method or "GET",
    }
    return {**create_environ("/"), **{name: latin(text) for name, text in texts_of_it.items()}}


def fuzz_environ(data: bytes) -> None:
    """Host, root, path and query of a WSGI request."""
    host, root, path, query, server_name = texts(data, 5)
    environ = environ_of(host, root, path, query, "GET")
    url_map = adapters()[0].map
    try:
        adapter = url_map.bind_to_environ(environ, server_name=server_name or None)
        adapter.match()
    except RequestRedirect as redirect:
        check_characters(redirect.new_url)
        assert urlsplit(redirect.new_url).hostname, redirect.new_url
    except HTTPException:
        pass


def fuzz_scope(data: bytes) -> None:
    """Host, root, path and query of an ASGI request."""
    asked = scope(data)
    try:
        adapters()[1].map.bind_to_scope(asked).match()
    except RequestRedirect as redirect:
        check_characters(redirect.new_url)
        assert urlsplit(redirect.new_url).hostname, redirect.new_url
    except HTTPException:
        pass


def scope(data: bytes) -> dict[str, Any]:
    host, root, path, query, method = texts(data, 5)
    return {
        "type": "http",
        "method": method or "GET",
        "scheme": "http",
        "path": path,
        # A server has decoded it, and has replaced what is no UTF-8.
        "root_path": root.encode("utf-8", "surrogateescape").decode("utf-8", "replace"),
        "query_string": query.encode("utf-8", "surrogateescape"),
        "headers": [(b"host", host.encode("utf-8", "surrogateescape"))],
        "server": ("127.0.0.1", 8000),
    }


@cache
def asgi_router() -> Any:
    async def answers(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    return asgi.Router(Map([Rule(rule, endpoint=answers) for rule in RULES]))


def fuzz_asgi(data: bytes) -> None:
    """A whole request of an ASGI router: it has one answer, whose headers can be sent."""
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(asgi_router()(scope(data), receive, send))
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert sent[0]["status"] in (200, 308, 400, 404, 405)
    for name, value in sent[0]["headers"]:
        assert isinstance(name, bytes) and isinstance(value, bytes)
        assert not {*b"\r\n\0"} & {*value}, value


@cache
def wsgi_router() -> Any:
    def answers(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        return []

    return wsgi.Router(Map([Rule(rule, endpoint=answers) for rule in RULES]))


def fuzz_wsgi(data: bytes) -> None:
    """A whole request of a WSGI router, likewise."""
    host, root, path, query, method = texts(data, 5)
    environ = environ_of(host, root, path, query, method)
    started: list[Any] = []

    def start_response(status: str, headers: Any, error: Any = None) -> Any:
        started.append((status, headers))
        return started.append

    b"".join(wsgi_router()(environ, start_response))
    [(status, headers)] = started
    assert status[:3] in ("200", "308", "400", "404", "405"), status
    for _, value in headers:
        assert not {*"\r\n\0"} & {*value}, value


def fuzz_tables(data: bytes) -> None:
    """A table of rules in a text file: rules, or an error that names the line."""
    [text] = texts(data, 1)
    with suppress(ValueError, LookupError):
        Map(tables.parse_table(text.splitlines()))


TARGETS: dict[str, Callable[[bytes], None]] = {
    "rules": fuzz_rules,
    "match": fuzz_match,
    "build": fuzz_build,
    "environ": fuzz_environ,
    "scope": fuzz_scope,
    "asgi": fuzz_asgi,
    "wsgi": fuzz_wsgi,
    "tables": fuzz_tables,
}


def run(name: str, data: bytes) -> None:
    """Run one target on one input."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        TARGETS[name](data)
