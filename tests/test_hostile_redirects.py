"""Redirects that a client makes impossible, or would like to lead elsewhere.

A redirect that no response can have is a 404, and never an error that would be a 500; one that
leaves the host is none. All three ways to a redirect are asked: an adapter, and both routers.
"""

from __future__ import annotations

from typing import Any

import pytest
import werkzeug.routing
from werkzeug.test import create_environ, run_wsgi_app

import trieroute.asgi
import trieroute.wsgi
from asgi_client import request
from trieroute import BaseConverter, Map, MapAdapter, NotFound, RequestRedirect, Rule

LONG = "a" * 64

#: What no host can be, or hold, in a place where a rule has a variable for it.
NO_LABELS = ["a..b", "..", ".", LONG, f"a.{LONG}", "\u2100", "\xad", "a\u3002\u3002b", "xn--a" * 13]
NO_PORTS = ["65536", "999999999999999999999", "-1", "a", "\u0661\u0662", "1.5", "80a"]


class Raw(BaseConverter):
    """Writes a value as it stands."""

    regex = "(?s:.+)"
    part_isolating = False

    def to_url(self, value: Any) -> str:
        return str(value)


def statuses(rules: list[Rule], path: str, **settings: Any) -> set[int]:
    """The status of a request by an adapter, by a WSGI and by an ASGI router."""
    url_map = Map([rule.empty() for rule in rules], converters={"raw": Raw}, **settings)
    found = set()
    try:
        url_map.bind("example.org").match(path)
        found.add(200)
    except NotFound:
        found.add(404)
    except RequestRedirect as redirect:
        # A server asks for the headers in this way.
        redirect.get_response().get_wsgi_headers({})
        found.add(308)
    environ = create_environ(base_url="http://example.org/")
    environ["PATH_INFO"] = path.encode("utf-8", "surrogatepass").decode("latin-1")
    wsgi = trieroute.wsgi.Router(url_map, {"e": answer_wsgi})
    found.add(int(run_wsgi_app(wsgi, environ)[1].split()[0]))
    asgi = trieroute.asgi.Router(url_map, {"e": answer_asgi})
    found.add(request(asgi, path).status)
    return found


def answer_wsgi(environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [])
    return []


async def answer_asgi(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.mark.parametrize("label", NO_LABELS)
@pytest.mark.parametrize(
    "target", ["https://<raw:p>.example.org/", "//<raw:p>/a", "https://a.<raw:p>:80/?q"]
)
def test_host_that_can_not_be_encoded_is_not_found(target: str, label: str) -> None:
    assert statuses([Rule("/r/<raw:p>", redirect_to=target)], f"/r/{label}") == {404}


@pytest.mark.parametrize("label", ["a..b", "..", ".", LONG, f"a.{LONG}"])
@pytest.mark.parametrize("match_order", ["weights", "segments", "registration"])
def test_host_of_the_default_converter_that_can_not_be_encoded_is_not_found(
    label: str, match_order: str
) -> None:
    rules = [Rule("/r/<p>", redirect_to="https://<p>.example.org/", endpoint="e")]
    assert statuses(rules, f"/r/{label}", match_order=match_order) == {404}
    assert statuses(rules, "/r/www", match_order=match_order) == {308}


@pytest.mark.parametrize("port", NO_PORTS)
def test_port_that_is_none_is_not_found(port: str) -> None:
    rules = [Rule("/r/<raw:p>", redirect_to="https://example.org:<raw:p>/")]
    assert statuses(rules, f"/r/{port}") == {404}


@pytest.mark.parametrize("value", ["[", "a]b", "[::1", "a@b", "a/b", "a\\b", "a#b", "a?b", "a:1"])
def test_value_that_would_end_the_host_is_not_found(value: str) -> None:
    rules = [Rule("/r/<raw:p>", redirect_to="https://<raw:p>.example.org/")]
    assert statuses(rules, f"/r/{value}") == {404}


@pytest.mark.parametrize(
    "target",
    [
        "http://[",
        "http://a..b/",
        f"http://{LONG}/",
        "http://a:65536/",
        "//\u2100/",
        "/a\rb/../\ud800",
    ],
)
def test_url_of_a_callable_that_no_response_can_have_is_not_found(target: str) -> None:
    def redirect_to(adapter: Any, p: str) -> str:
        return p

    rules = [Rule("/r/<raw:p>", redirect_to=redirect_to)]
    url_map = Map(rules, converters={"raw": Raw}, merge_slashes=False)
    with pytest.raises(NotFound):
        url_map.bind("example.org").match(f"/r/{target}")


def test_error_of_a_callable_is_the_programs() -> None:
    def redirect_to(adapter: Any) -> Any:
        return 5

    with pytest.raises(TypeError):
        Map([Rule("/r", redirect_to=redirect_to)]).bind("example.org").match("/r")


@pytest.mark.parametrize("label", NO_LABELS)
def test_alias_of_a_host_that_can_not_be_encoded_matches(label: str) -> None:
    rules = [
        Rule("/old/<raw:p>", endpoint="e", alias=True),
        Rule("/", subdomain="<raw:p>", endpoint="e"),
    ]
    assert statuses(rules, f"/old/{label}") == {200}
    assert statuses(rules, "/old/www") == {308}


@pytest.mark.parametrize("label", NO_LABELS)
def test_defaults_of_a_host_that_can_not_be_encoded_are_no_redirect(label: str) -> None:
    rules = [
        Rule("/", subdomain="<raw:p>", defaults={"q": "1"}, endpoint="e"),
        Rule("/<q>/<raw:p>", endpoint="e"),
    ]
    assert statuses(rules, f"/1/{label}") == {200}
    assert statuses(rules, "/1/www") == {308}


def test_overridden_redirect_that_no_response_can_have_is_not_found() -> None:
    class Adapter(MapAdapter):
        def make_redirect_url(self, *args: Any, **kwargs: Any) -> str:
            return "http://a..b/"

        def get_default_redirect(self, *args: Any, **kwargs: Any) -> str:
            return "http://[/"

    url_map = Map([Rule("/a/"), Rule("/b")])
    adapter = Adapter(url_map, "example.org", "/", "", "http", "/", "GET")
    for path in "/a", "/b":
        with pytest.raises(NotFound):
            adapter.match(path)


@pytest.mark.parametrize(
    ("host", "path"),
    [
        (f"{LONG}.example.org", "/a"),
        ("example.org:65536", "/a"),
        ("", "/a"),
        ("", "/evil.example"),
        ("<>", "/evil.example"),
        ("a b", "//evil.example"),
        ("[", "/evil.example"),
    ],
)
def test_slash_of_a_host_that_is_none_is_not_found(host: str, path: str) -> None:
    url_map = Map([Rule("/<x>/", subdomain="<s>"), Rule("/<x>/", subdomain="")])
    environ = create_environ(headers={"Host": host}) | {"PATH_INFO": path}
    name = "example.org" if host.endswith(".example.org") else None
    with pytest.raises(NotFound):
        url_map.bind_to_environ(environ, name).match()


@pytest.mark.parametrize("host", ["", "<>", "a b", "["])
def test_no_redirect_is_one_without_a_host(host: str) -> None:
    rules = [
        Rule("/<x>/"),
        Rule("/to/<path:p>", redirect_to="<p>"),
        Rule("/old/<path:p>", alias=True, endpoint="e"),
        Rule("/<path:p>", endpoint="e"),
    ]
    adapter = Map(rules).bind_to_environ(create_environ(headers={"Host": host}))
    for path in "/evil.example", "/to/evil.example/a":
        with pytest.raises(NotFound):
            adapter.match(path)
    assert adapter.match("/old/evil.example/a") == ("e", {"p": "evil.example/a"})


@pytest.mark.parametrize("host", ["", "<>", "a b", "["])
def test_full_url_without_a_host_is_a_path(host: str) -> None:
    url_map = Map([Rule("/<x>", endpoint="e")])
    environ = create_environ(headers={"Host": host})
    for root, start in ("", "/"), ("/app", "/app/"), ("//evil.example", "/evil.example/"):
        adapter = url_map.bind_to_environ({**environ, "SCRIPT_NAME": root})
        for scheme in None, "https":
            url = adapter.build("e", {"x": "a"}, force_external=True, url_scheme=scheme)
            assert url == f"{start}a"
        with adapter.current():
            assert trieroute.url_for("e", x="a", _external=True) == f"{start}a"


@pytest.mark.parametrize(
    "query", ["a\nb", "a\r\nSet-Cookie: b", "\ud800", "a\0b", "a\x1fb", "a\tb", "a\x7f"]
)
def test_query_that_no_response_can_have_is_not_found(query: str) -> None:
    with pytest.raises(NotFound):
        Map([Rule("/a/")]).bind("example.org", query_args=query).match("/a")


# Where the application is mounted

ROOTS = [
    ("//evil.example", "/evil.example/"),
    ("///evil.example/", "/evil.example/"),
    ("//", "/"),
    ("/\\evil.example", "/%5Cevil.example/"),
    ("\\\\evil.example", "/%5C%5Cevil.example/"),
    ("/\t/evil.example", "/%09/evil.example/"),
    ("\t//evil.example", "/%09//evil.example/"),
    (" //evil.example", "/ //evil.example/"),
    (".evil.example", "/.evil.example/"),
    ("@evil.example", "/@evil.example/"),
    ("http://evil.example", "/http://evil.example/"),
    ("/a\r\nb", "/a%0D%0Ab/"),
    ("/a\x7fb", "/a%7Fb/"),
    ("/app", "/app/"),
    ("app", "/app/"),
    ("/my app/\xe9%", "/my app/\xe9%/"),
]


@pytest.mark.parametrize(("given", "root"), ROOTS)
def test_script_root_is_no_host(given: str, root: str) -> None:
    url_map = Map([Rule("/a", endpoint="e")])
    environ = create_environ(base_url="http://example.org/")
    environ["SCRIPT_NAME"] = given.encode().decode("latin-1")
    for adapter in url_map.bind("example.org", given), url_map.bind_to_environ(environ):
        assert adapter.script_name == root
        assert adapter.build("e") == f"{root}a"
        assert adapter.build("e", force_external=True) == f"http://example.org{root}a"


@pytest.mark.parametrize(("given", "root"), ROOTS)
def test_script_root_of_a_request_is_no_host_in_a_router(given: str, root: str) -> None:
    built = []

    def wsgi(environ: Any, start_response: Any) -> list[bytes]:
        built.append(trieroute.url_for("e"))
        return answer_wsgi(environ, start_response)

    environ = create_environ(base_url="http://example.org/") | {"PATH_INFO": "/a"}
    environ["SCRIPT_NAME"] = given.encode().decode("latin-1")
    run_wsgi_app(trieroute.wsgi.Router(Map([Rule("/a", endpoint="e")]), {"e": wsgi}), environ)
    assert built[0].startswith("/") and not built[0].startswith(("//", "/\\"))
    assert built[0].isascii() and "\n" not in built[0] and "\t" not in built[0]


def test_werkzeug_would_build_the_url_of_another_host() -> None:
    """What the difference is about: it goes away when this fails."""
    url_map = werkzeug.routing.Map([werkzeug.routing.Rule("/a", endpoint="e")])
    assert url_map.bind("example.org", "//evil.example").build("e") == "//evil.example/a"


@pytest.mark.parametrize(
    ("rules", "path", "location"),
    [
        (
            [
                Rule("/old/<path:x>", endpoint="e", alias=True),
                Rule("/", endpoint="e", subdomain="<x>"),
            ],
            "/old/evil.example/",
            "http://evil.example%2F.example.org/",
        ),
        (
            [
                Rule("/u/<path:x>/<int:p>", endpoint="e"),
                Rule("/u/", endpoint="e", subdomain="<x>", defaults={"p": 1}),
            ],
            "/u/evil.example/x/1",
            "http://evil.example%2Fx.example.org/u/",
        ),
    ],
    ids=["alias", "defaults"],
)
def test_no_value_ends_the_host_of_a_redirect(rules: list[Rule], path: str, location: str) -> None:
    with pytest.raises(RequestRedirect) as caught:
        Map(rules).bind("example.org").match(path)
    assert caught.value.new_url == location
