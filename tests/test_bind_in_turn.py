"""One map that is bound to requests in turn, each of which differs from the last in one respect.

A map keeps what it has found out about the host of its last request. Each request here would get
the place of the one before it, if what makes the difference were not looked at.
"""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest

from asgi_client import http_scope
from trieroute import Map, MapAdapter, Rule
from trieroute._core.adapter import Adapter
from trieroute._core.werkzeug_version import SUBDOMAIN_MATCHING


def environ(host: str | None = "example.org", scheme: str = "http", **more: str) -> dict[str, Any]:
    known = {"wsgi.url_scheme": scheme, "REQUEST_METHOD": "GET", "SERVER_NAME": "localhost"}
    return {**known, "SERVER_PORT": "80", **({} if host is None else {"HTTP_HOST": host}), **more}


def place(adapter: MapAdapter) -> tuple[str, str | None, str, bool]:
    return (adapter.server_name, adapter.subdomain, adapter.url_scheme, adapter.websocket)


def test_environments_in_turn() -> None:
    url_map = Map()
    upgrade = {"HTTP_UPGRADE": "WebSocket", "HTTP_CONNECTION": "upgrade"}
    outcomes = [
        place(url_map.bind_to_environ(request, *names))
        for request, *names in [
            (environ("www.example.org"),),
            (environ("WWW.example.org"),),
            (environ("abc.example.org"),),
            (environ("abc.example.org"), "example.org"),
            (environ("abc.example.org"), "abc.example.org"),
            (environ("abc.example.org"),),
            (environ("abc.example.org:80"),),
            (environ("abc.example.org:80", "https"),),
            (environ("abc.example.org:80"),),
            (environ("abc.example.org:80", **upgrade),),
            (environ(None),),
            (environ(None, SERVER_NAME="other"),),
            (environ(""),),
            (environ(), "\xff\xff", "sub"),
            (environ(), "\u0101", "sub"),
            (environ(), "\u0102", "sub"),
        ]
    ]
    assert outcomes == [
        ("www.example.org", "", "http", False),
        ("www.example.org", "", "http", False),
        ("abc.example.org", "", "http", False),
        ("example.org", "abc", "http", False),
        ("abc.example.org", "", "http", False),
        ("abc.example.org", "", "http", False),
        ("abc.example.org", "", "http", False),
        ("abc.example.org:80", "", "https", False),
        ("abc.example.org", "", "http", False),
        ("abc.example.org", "", "ws", True),
        ("localhost", "", "http", False),
        ("other", "", "http", False),
        ("", "", "http", False),
        ("xn--wdaa", "sub", "http", False),
        ("xn--yda", "sub", "http", False),
        ("xn--0da", "sub", "http", False),
    ]


def test_scopes_and_environments_in_turn() -> None:
    url_map = Map()
    scopes = [
        http_scope("/", host="a.example.org"),
        http_scope("/", host="b.example.org"),
        http_scope("/", host="b.example.org", scheme="https"),
        http_scope("/", host="b.example.org:443", scheme="https"),
        http_scope("/", host="", server=("one", 80)),
        http_scope("/", host="", server=("two", 80)),
    ]
    outcomes = [place(url_map.bind_to_scope(scope)) for scope in scopes]
    # The header of an environment is what Werkzeug makes of it; that of a scope has to be a host.
    outcomes += [place(url_map.bind_to_environ(environ("b.example.org:443", "https")))]
    assert outcomes == [
        ("a.example.org", "", "http", False),
        ("b.example.org", "", "http", False),
        ("b.example.org", "", "https", False),
        ("b.example.org", "", "https", False),
        ("one", "", "http", False),
        ("two", "", "http", False),
        ("b.example.org", "", "https", False),
    ]


def test_host_matching_is_what_it_is_at_the_request() -> None:
    url_map = Map([Rule("/", endpoint="index")])
    url_map.prepare()
    assert url_map.bind_to_environ(environ("www.example.org")).subdomain == ""
    url_map.host_matching = True
    none = "" if SUBDOMAIN_MATCHING else None
    assert url_map.bind_to_environ(environ("www.example.org")).subdomain == none
    url_map.prepare()
    assert url_map.bind_to_environ(environ("www.example.org")).subdomain == none
    url_map.host_matching = False
    assert url_map.bind_to_environ(environ("www.example.org")).subdomain == ""


def test_an_adapter_has_what_the_environment_had() -> None:
    request = environ(SCRIPT_NAME="/app", PATH_INFO="/docs", QUERY_STRING="a=1")
    adapter = Map().bind_to_environ(request)
    request.update(environ("other", "https", SCRIPT_NAME="/x", PATH_INFO="/y", QUERY_STRING="z"))
    assert (adapter.script_name, adapter.path_info, adapter.query_args) == ("/app/", "/docs", "a=1")
    assert place(adapter) == ("example.org", "", "http", False)


class Host(str):
    """A text that says of itself that it equals any other one."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return hash("example.org")


def test_header_of_a_subclass_does_not_stand_for_another_one() -> None:
    url_map = Map()
    url_map.bind_to_environ(environ(Host("evil.example")))
    assert url_map.bind_to_environ(environ("example.com")).server_name == "example.com"


@pytest.mark.parametrize(
    ("script_name", "root"),
    [("", "/"), ("/", "/"), ("/app", "/app/"), ("/app/", "/app/"), ("app", "/app/")],
)
def test_script_name_ends_with_a_slash(script_name: str, root: str) -> None:
    assert Map().bind("example.org", script_name).script_name == root
    assert Map().bind_to_environ(environ(SCRIPT_NAME=script_name)).script_name == root
    assert MapAdapter(Map(), "h", script_name, "", "http", "/", "GET").script_name == root


def test_adapter_of_a_request_is_an_object_like_any_other() -> None:
    url_map = Map([Rule("/", endpoint="index")])
    adapter: Any = url_map.bind_to_environ(environ())
    assert type(adapter) is MapAdapter
    gone = weakref.ref(adapter)
    adapter.note = adapter
    assert (adapter.note, vars(adapter)["note"]) == (adapter, adapter)
    assert adapter.match() == ("index", {})
    del adapter
    gc.collect()
    assert gone() is None


def test_adapter_has_the_memory_that_is_filled_when_it_is_bound() -> None:
    assert MapAdapter.__basicsize__ == Adapter.__basicsize__
    assert MapAdapter.__dictoffset__ == Adapter.__dictoffset__ > 0
    assert MapAdapter.__weakrefoffset__ == Adapter.__weakrefoffset__ > 0
