"""The router as a WSGI application."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from wsgiref.util import FileWrapper
from wsgiref.validate import validator

import pytest
from werkzeug.exceptions import Gone, HTTPException
from werkzeug.test import Client, create_environ, run_wsgi_app
from werkzeug.wrappers import Request, Response

from trieroute import BaseConverter, Map, NotFound, Rule, Submount, url_for
from trieroute.wsgi import Mount, Router


def paths(environ: Any, start_response: Any) -> Any:
    """Answer with what a mounted application goes by."""
    values = environ["wsgiorg.routing_args"][1]
    text = f"{environ['SCRIPT_NAME']}|{environ['PATH_INFO']}|{values}"
    return Response(text)(environ, start_response)


def small_router(**settings: Any) -> Router:
    router = Router(Map([Rule("/docs/", endpoint=paths)]), **settings)

    @router.route("/users/<int:id>", methods=["GET"])
    def user(environ: Any, start_response: Any) -> list[bytes]:
        _, values = environ["wsgiorg.routing_args"]
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [f"user {values['id']}".encode()]

    return router


def run(app: Any, environ: Any) -> str:
    """Call an application with this environment itself, not with a copy."""
    return b"".join(app(environ, lambda *given: lambda part: None)).decode()


def get(app: Any, path: str, **more: Any) -> Any:
    return Client(app).get(path, **more)


# Dispatch


def test_endpoints() -> None:
    router = Router(Map([Rule("/a", endpoint=paths), Rule("/b", endpoint="b")]), {"b": paths})
    assert get(router, "/a").text == "|/a|{}"
    assert get(router, "/b").text == "|/b|{}"


def test_endpoint_without_a_handler() -> None:
    router = Router(Map([Rule("/a", endpoint="a")]))
    with pytest.raises(LookupError, match="rule '/a': the endpoint 'a' has no handler, add one"):
        get(router, "/a")


def test_decorator() -> None:
    assert get(small_router(), "/users/7").text == "user 7"
    assert list(small_router().handlers) == ["user"]


def test_path_is_decoded_as_utf_8() -> None:
    router = Router(Map([Rule("/<name>", endpoint=paths)]))
    environ = create_environ()
    environ["PATH_INFO"] = "/\xc3\xa9"
    assert run(router, environ) == "|/\xc3\xa9|{'name': 'é'}"
    assert environ["wsgiorg.routing_args"] == ((), {"name": "é"})
    environ["PATH_INFO"] = "/\xff"
    assert run(router, environ) == "|/\xff|{'name': '\ufffd'}"


def test_routing_args_of_a_router_before() -> None:
    environ = create_environ("/users/7")
    environ["wsgiorg.routing_args"] = (("x",), {"lang": "en", "id": 1})
    run(small_router(), environ)
    assert environ["wsgiorg.routing_args"] == (("x",), {"lang": "en", "id": 7})


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST"])
@pytest.mark.parametrize("path", ["/users/7", "/nope", "/docs", "/docs/", "/static/x", "/parts"])
def test_router_keeps_to_the_specification(path: str, method: str) -> None:
    router = small_router()
    router.mount("/static", validator(small_router()))

    def parts(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        yield b"one"
        yield b"two"

    router.map.add(Rule("/parts", endpoint=validator(parts)))
    environ = create_environ(path, method=method)
    environ["QUERY_STRING"] = ""
    del environ["HTTP_HOST"]
    body, _, _ = run_wsgi_app(validator(router), environ, buffered=True)
    assert (b"".join(body) == b"") == (
        method == "HEAD" or (method == "OPTIONS" and path in ("/users/7", "/docs/", "/parts"))
    )


# Answers of the router


def test_not_found() -> None:
    answer = get(small_router(), "/nope")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")


def test_method_not_allowed() -> None:
    answer = Client(small_router()).delete("/users/7")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")


def test_redirect() -> None:
    answer = get(small_router(), "/docs", query_string="q=%C3%A9", base_url="https://e.org/app")
    assert (answer.status_code, answer.headers["Location"]) == (
        308,
        "https://e.org/app/docs/?q=%C3%A9",
    )


@pytest.mark.parametrize(
    "host",
    ["a b", "e.org:x", "b\xfc", "x" * 10_000, "e.org:99999", "a..b", ".example.org", "."],
)
@pytest.mark.parametrize("server_name", [None, "example.org"])
def test_bad_host(host: str, server_name: str | None) -> None:
    environ = create_environ("/docs")
    environ["HTTP_HOST"] = host
    status = run_wsgi_app(small_router(server_name=server_name), environ)[1]
    # Since Werkzeug 3.2 it is written as by the standard library.
    assert status.upper() == "400 BAD REQUEST"


def test_host_that_dns_can_not_have() -> None:
    headers = {"Host": "x" * 64}
    assert get(small_router(), "/docs/", headers=headers).status_code == 400
    named = small_router(server_name="example.org")
    assert get(named, "/docs/", headers=headers).status_code == 404


def test_host_may_end_with_a_dot() -> None:
    assert get(small_router(), "/docs/", headers={"Host": "example.org."}).status_code == 200


@pytest.mark.parametrize(
    ("server", "host"),
    [
        ({"SERVER_NAME": "::1", "SERVER_PORT": "8000"}, "[::1]:8000"),
        ({"SERVER_NAME": "[::1]", "SERVER_PORT": "8000"}, "[::1]:8000"),
        ({"SERVER_NAME": "Example.org", "SERVER_PORT": "80"}, "example.org"),
        # Unix sockets.
        ({"SERVER_NAME": "/run/socket", "SERVER_PORT": "80"}, "localhost"),
        ({"SERVER_NAME": "localhost", "SERVER_PORT": ""}, "localhost"),
        ({}, "localhost"),
    ],
)
def test_without_a_host_header(server: dict[str, str], host: str) -> None:
    environ = create_environ("/docs")
    for key in ("HTTP_HOST", "SERVER_NAME", "SERVER_PORT"):
        del environ[key]
    environ.update(server)
    assert run_wsgi_app(small_router(), environ)[2]["Location"] == f"http://{host}/docs/"


def test_automatic_options() -> None:
    answer = Client(small_router()).options("/users/7")
    assert (answer.status_code, answer.headers["Allow"], answer.text) == (
        200,
        "GET, HEAD, OPTIONS",
        "",
    )
    answer = Client(small_router()).options("/docs/")
    assert (answer.status_code, answer.headers["Allow"], answer.text) == (
        200,
        "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT",
        "",
    )
    answer = Client(small_router()).options("/docs")
    assert (answer.status_code, answer.headers["Location"]) == (308, "http://localhost/docs/")


def test_options_without_automatic_ones() -> None:
    answer = Client(small_router(automatic_options=False)).options("/users/7")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")


def head(app: Any, path: str) -> tuple[bytes, str, dict[str, str]]:
    body, status, headers = run_wsgi_app(app, create_environ(path, method="HEAD"))
    return b"".join(body), status, dict(headers)


def test_head_has_the_headers_alone() -> None:
    assert head(small_router(), "/users/7") == (
        b"",
        "200 OK",
        {"Content-Type": "text/plain", "Content-Length": "6"},
    )
    body, status = head(small_router(), "/nope")[:2]
    assert (body, status.upper()) == (b"", "404 NOT FOUND")


def knows_of_head(environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [b"hello"]


def writes(environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [])(b"hello")
    return [b""]


@pytest.mark.parametrize("app", [knows_of_head, writes])
def test_head_states_no_length_that_the_body_does_not_tell(app: Any) -> None:
    router = Router(Map([Rule("/a", endpoint=app), Mount("/m", endpoint=app)]))
    assert head(router, "/a") == head(router, "/m/x") == (b"", "200 OK", {})


def test_head_of_a_generator_runs_it_to_its_first_part() -> None:
    ran = []

    def parts(environ: Any, start_response: Any) -> Iterator[bytes]:
        try:
            ran.append("start")
            start_response("200 OK", [("X-A", "b")])
            yield b"one"
            ran.append("second part")
            yield b"two"
        finally:
            ran.append("closed")

    router = Router(Map([Rule("/", endpoint=parts)]))
    assert head(router, "/") == (b"", "200 OK", {"X-A": "b"})
    assert ran == ["start", "closed"]


def test_head_of_an_application_that_writes() -> None:
    def writes(environ: Any, start_response: Any) -> Any:
        write = start_response("200 OK", [("Content-Length", "4")])
        write(b"text")
        return iter(())

    router = Router(Map([Rule("/", endpoint=writes)]))
    assert head(router, "/") == (b"", "200 OK", {"Content-Length": "4"})


def test_head_of_an_application_that_starts_no_response() -> None:
    router = Router(Map([Rule("/", endpoint="e")]), {"e": lambda environ, start: []})
    with pytest.raises(RuntimeError, match="answered without calling start_response"):
        head(router, "/")


def test_head_of_an_application_that_is_mounted() -> None:
    def tell(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [environ["REQUEST_METHOD"].encode()]

    router = Router(Map())
    router.mount("/static", tell)
    assert head(router, "/static/a") == (b"", "200 OK", {"Content-Length": "4"})
    assert Client(router).put("/static/a").text == "PUT"


def test_on_error() -> None:
    def on_error(error: Exception, environ: Any) -> Any:
        if isinstance(error, NotFound):
            return Response(f"no {environ['PATH_INFO']}, try {url_for('user', id=1)}", 404)
        return None

    router = small_router(on_error=on_error)
    assert get(router, "/nope").text == "no /nope, try /users/1"
    assert get(router, "/docs").status_code == 308


# HTTP exceptions of applications


def sold(environ: Any, start_response: Any) -> Any:
    raise Gone("sold <out>")


def test_http_exception_of_an_application_is_answered() -> None:
    router = Router(Map([Rule("/sold", endpoint=sold), Mount("/mounted", endpoint=sold)]))
    for path in ("/sold", "/mounted/x"):
        answer = get(router, path)
        assert answer.status_code == 410
        assert "<p>sold &lt;out&gt;</p>" in answer.text
        body, status = head(router, path)[:2]
        assert (body, status.upper()) == (b"", "410 GONE")


def test_http_exception_of_an_application_goes_to_on_error() -> None:
    def on_error(error: HTTPException, environ: Any) -> Any:
        return Response(f"{error.code} {environ['PATH_INFO']} {url_for('.other')}")

    rules = [Rule("/sold", endpoint="shop.sold"), Rule("/other", endpoint="shop.other")]
    router = Router(Map(rules), {"shop.sold": sold}, on_error=on_error)
    assert get(router, "/sold").text == "410 /sold /other"


def test_http_exception_below_a_mount_goes_to_on_error_with_the_whole_path() -> None:
    router = Router(
        Map([Mount("/mounted", endpoint=sold)]),
        on_error=lambda error, environ: Response(environ["PATH_INFO"]),
    )
    assert get(router, "/mounted/x").text == "/mounted/x"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_http_exception_after_the_response_has_begun(method: str) -> None:
    def starts(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        raise Gone("too late")

    client = Client(Router(Map([Rule("/", endpoint=starts)])))
    with pytest.raises(Gone, match="too late"):
        client.open("/", method=method)


def test_on_error_sees_the_values_of_a_mount_whose_application_raises() -> None:
    seen = []

    def on_error(error: HTTPException, environ: Any) -> Any:
        seen.append(environ["wsgiorg.routing_args"])

    router = Router(Map(), on_error=on_error)
    router.mount("/shops/<shop>", sold)
    assert get(router, "/shops/7/sold").status_code == 410
    assert seen == [((), {"shop": "7"})]


def test_http_exception_of_the_application_of_on_error() -> None:
    def fails(environ: Any, start_response: Any) -> Any:
        raise Gone("on_error")

    router = Router(Map([Rule("/sold", endpoint=sold)]), on_error=lambda error, environ: fails)
    for path in ("/nope", "/sold"):
        with pytest.raises(Gone, match="on_error"):
            get(router, path)


# The current adapter


def test_url_for_during_a_request() -> None:
    router = Router(Map())

    @router.route("/shop/<int:id>", endpoint="shop.item")
    def item(environ: Any, start_response: Any) -> Any:
        text = f"{url_for('.item', id=2)} {url_for('.item', id=3, _external=True)}"
        return Response(text)(environ, start_response)

    answer = get(router, "/shop/1", base_url="https://example.org:8000/a b")
    assert answer.text == "/a%20b/shop/2 https://example.org:8000/a%20b/shop/3"
    with pytest.raises(RuntimeError, match="needs a current adapter"):
        url_for("shop.item", id=1)


def test_url_for_while_the_body_is_sent() -> None:
    closed = []

    class Body:
        def __iter__(self) -> Iterator[bytes]:
            for id in range(2):
                yield url_for("page", id=id).encode()

        def close(self) -> None:
            closed.append(url_for("page", id=9))

    router = Router(Map())

    @router.route("/<int:id>")
    def page(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        return Body()

    body: Any = router(create_environ("/5"), lambda *given: lambda part: None)
    for part in (b"/0", b"/1"):
        assert next(body) == part
        # Between the parts, what the server does has no current adapter.
        with pytest.raises(RuntimeError, match="needs a current adapter"):
            url_for("page", id=1)
    assert list(body) == []
    body.close()
    assert closed == ["/9"]


def test_no_adapter_is_current_after_an_exception() -> None:
    router = Router(Map())

    @router.route("/")
    def fails(environ: Any, start_response: Any) -> Any:
        raise OSError(url_for("fails"))

    with pytest.raises(OSError, match="/"):
        get(router, "/")
    with pytest.raises(RuntimeError, match="needs a current adapter"):
        url_for("fails")


def test_lists_and_files_are_handed_on_as_they_are() -> None:
    parts = [b"a"]
    file = FileWrapper(BytesIO(b"a"))
    router = Router(
        Map([Rule("/list", endpoint="list"), Rule("/file", endpoint="file")]),
        {"list": lambda environ, start: parts, "file": lambda environ, start: file},
    )
    environ = create_environ("/list")
    assert router(environ, None) is parts  # type: ignore[arg-type]
    environ = {**create_environ("/file"), "wsgi.file_wrapper": FileWrapper}
    assert router(environ, None) is file  # type: ignore[comparison-overlap, arg-type]


# Subdomains


def test_subdomain() -> None:
    rules = [Rule("/", endpoint=paths, subdomain="shop"), Rule("/docs/", endpoint=paths)]
    router = Router(Map(rules), server_name="Example.org:80")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert get(router, "/", base_url="http://shop.example.org").status_code == 200
        assert get(router, "/", base_url="http://example.org").status_code == 404
        # A client that names another host is an everyday thing: no warning.
        assert get(router, "/docs/", base_url="http://other.example").status_code == 404


@pytest.mark.parametrize(
    ("server_name", "host"),
    [
        ("X.org:80", "x.org"),
        ("x:8080", "x:8080"),
        ("a_b.example.", "a_b.example."),
        ("1.2.3.4:5", "1.2.3.4:5"),
        ("[::1]", "[::1]"),
        ("[::1]:8000", "[::1]:8000"),
        ("\u00e9.example", "xn--9ca.example"),
    ],
)
def test_each_host_may_be_the_server_name(server_name: str, host: str) -> None:
    router = Router(Map([Rule("/", endpoint=paths)]), server_name=server_name)
    assert get(router, "/", base_url=f"http://{host}").status_code == 200


def test_router_with_a_server_name_does_not_bind_the_map_before_a_request() -> None:
    class Tenants(Map):
        def bind(self, *args: Any, tenant: str, **kwargs: Any) -> Any:
            raise AssertionError("it was not bound for a request")

    router = Router(Tenants([Rule("/", endpoint=paths)]), server_name="example.org")
    assert router.server_name == "example.org"


def test_host_outside_the_server_name_is_no_value_of_a_variable() -> None:
    class Anything(BaseConverter):
        regex = r"[\s\S]*"

    rules = [
        Rule("/", endpoint=paths, subdomain="<s>"),
        Rule("/", endpoint=paths, subdomain="<anything:s>"),
    ]
    router = Router(Map(rules, converters={"anything": Anything}), server_name="example.org")
    assert get(router, "/", base_url="http://other.example").status_code == 404
    assert get(router, "/", base_url="http://ann.example.org").text == "|/|{'s': 'ann'}"


def test_host_matching() -> None:
    url_map = Map([Rule("/", endpoint=paths, host="<name>.example.org")], host_matching=True)
    assert get(Router(url_map), "/", base_url="http://ann.example.org").text == "|/|{'name': 'ann'}"


# Mounts


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/static", "/static||{}"),
        ("/static/", "/static|/|{}"),
        ("/static//a//", "/static|//a//|{}"),
        ("//static/a", "/static|/a|{}"),
        ("/static/\xff", "/static|/\xff|{}"),
        ("/of/a\xffb/x/\xc3\xa9", "/of/a\xffb|/x/\xc3\xa9|{'user': 'a\ufffdb'}"),
        ("/of/\xc3\xa9", "/of/\xc3\xa9||{'user': 'é'}"),
        ("/staticfoo", "|/staticfoo|{}"),
        ("/", "|/|{}"),
        ("//a//b", "|//a//b|{}"),
        ("static/a", "/static|/a|{}"),
    ],
)
def test_mount(path: str, text: str) -> None:
    router = Router(Map())
    router.mount("/", paths)
    router.mount("/static/", paths)
    router.mount("/of/<user>", paths)
    environ = create_environ()
    environ["PATH_INFO"] = path
    assert run(router, environ) == text
    assert (environ["PATH_INFO"], environ["SCRIPT_NAME"]) == (path, "")


def test_mount_of_some_methods() -> None:
    router = Router(Map([Submount("/api", [Mount("/files", endpoint=paths, methods=["GET"])])]))
    assert get(router, "/api/files/a").text == "/api/files|/a|{}"
    assert Client(router).put("/api/files/a").status_code == 405


def test_sub_router() -> None:
    inner = Router(Map())

    @inner.route("/")
    def index(environ: Any, start_response: Any) -> Any:
        return Response("index")(environ, start_response)

    @inner.route("/items/<int:id>")
    def item(environ: Any, start_response: Any) -> Any:
        values = environ["wsgiorg.routing_args"][1]
        text = f"{values} {url_for('item', id=2)} {Request(environ).base_url}"
        return Response(text)(environ, start_response)

    outer = Router(Map())
    outer.mount("/shops/<shop>", inner)
    answer = get(outer, "/shops/a b/items/1", base_url="http://e.org/app")
    assert answer.text == (
        "{'shop': 'a b', 'id': 1} /app/shops/a%20b/items/2 http://e.org/app/shops/a%20b/items/1"
    )
    answer = get(outer, "/shops/a b", base_url="http://e.org/app")
    assert answer.headers["Location"] == "http://e.org/app/shops/a%20b/"
    assert get(outer, "/shops/a b/").text == "index"


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("//evil.example", "http://localhost/evil.example/"),
        ("//evil.example/docs", "http://localhost/evil.example/docs/"),
        ("/\\evil.example/docs", "http://localhost/%5Cevil.example/docs/"),
    ],
)
def test_mount_sends_nobody_to_another_host(path: str, location: str) -> None:
    inner = Router(Map([Rule("/", endpoint=paths), Rule("/docs/", endpoint=paths)]))
    environ = create_environ()
    environ["PATH_INFO"] = path
    _, status, headers = run_wsgi_app(Router(Map([Mount("/<name>", endpoint=inner)])), environ)
    assert (status.upper(), headers["Location"]) == ("308 PERMANENT REDIRECT", location)
