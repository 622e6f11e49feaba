"""Methods that a program replaces on our classes and on their objects, as it may on Werkzeug's."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from unittest import mock

import flask
import pytest
import werkzeug.routing
from werkzeug.test import create_environ

import trieroute
import trieroute.flask
from outcomes import redirect_of
from trieroute import BuildError, Map, MapAdapter, NotFound, RequestRedirect, Rule
from trieroute._core.replaced_methods import is_written_in
from trieroute._core.rule_binding import compiles_apart
from trieroute._core.werkzeug_version import BINDS_BY_OWN_METHOD

#: The routers that behave alike here.
ROUTERS = [trieroute, werkzeug.routing]


@pytest.fixture(params=ROUTERS, ids=lambda router: router.__name__)
def router(request: pytest.FixtureRequest) -> Any:
    return request.param


def bound(router: Any, *rules: Any, **options: Any) -> Any:
    return router.Map(list(rules), **options).bind("example.org")


def users(router: Any) -> Any:
    """An adapter of a map with one rule, which has matched and built already."""
    adapter = bound(router, router.Rule("/users/<int:id>", endpoint="user"))
    assert adapter.match("/users/1") == ("user", {"id": 1})
    assert adapter.build("user", {"id": 1}) == "/users/1"
    return adapter


def test_match_that_is_replaced_on_the_class_is_called(router: Any) -> None:
    adapter = users(router)
    with mock.patch.object(router.MapAdapter, "match", return_value=("m", {})) as match:
        assert adapter.match("/x", return_rule=True) == ("m", {})
        assert adapter.test("/y", "PUT")
        assert adapter.dispatch(lambda endpoint, values: endpoint, "/z") == "m"
        assert adapter.allowed_methods("/w") == []
    assert match.call_args_list == [
        mock.call("/x", return_rule=True),
        mock.call("/y", "PUT"),
        mock.call("/z", None),
        mock.call("/w", method="--"),
    ]
    assert adapter.match("/users/2") == ("user", {"id": 2})


def test_match_may_be_wrapped(router: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    adapter = users(router)
    original = router.MapAdapter.match
    calls = []

    def match(self: Any, *args: Any, **kwargs: Any) -> Any:
        calls.append((self, args, kwargs))
        return original(self, *args, **kwargs)

    monkeypatch.setattr(router.MapAdapter, "match", match)
    assert adapter.match("/users/3", method="GET") == ("user", {"id": 3})
    assert calls == [(adapter, ("/users/3",), {"method": "GET"})]


def test_build_that_is_replaced_on_the_class_is_called(router: Any) -> None:
    adapter = users(router)
    with mock.patch.object(router.MapAdapter, "build", return_value="/b") as build:
        assert adapter.build("e", {"a": 1}, force_external=True) == "/b"
    build.assert_called_once_with("e", {"a": 1}, force_external=True)
    assert adapter.build("user", {"id": 2}) == "/users/2"


def test_build_that_is_replaced_makes_the_redirect_of_an_alias(router: Any) -> None:
    adapter = bound(
        router,
        router.Rule("/a/<x>", endpoint="e"),
        router.Rule("/b/<x>", endpoint="e", alias=True),
    )
    assert redirect_of(adapter, "/b/1") == "http://example.org/a/1"
    with mock.patch.object(router.MapAdapter, "build", return_value="http://c.org/") as build:
        assert redirect_of(adapter, "/b/1") == "http://c.org/"
    build.assert_called_once_with("e", {"x": "1"}, "GET", append_unknown=False, force_external=True)


def test_partial_build_that_is_replaced_is_what_build_calls(router: Any) -> None:
    adapter = users(router)
    with mock.patch.object(
        router.MapAdapter, "_partial_build", return_value=("www", "/p", False)
    ) as partial_build:
        assert adapter.build("e", {"a": 1, "b": None}) == "http://www.example.org/p"
    partial_build.assert_called_once_with("e", {"a": 1}, None, True)
    with (
        mock.patch.object(adapter, "_partial_build", return_value=None),
        pytest.raises(BuildError),
    ):
        adapter.build("user", {"id": 1})
    assert adapter.build("user", {"id": 1}) == "/users/1"


def test_overridden_partial_build_gets_the_default_method_first(router: Any) -> None:
    calls = []

    class Cdn(router.MapAdapter):  # type: ignore[misc]
        def _partial_build(self, endpoint: Any, values: Any, method: Any, append: Any) -> Any:
            calls.append(method)
            found = super()._partial_build(endpoint, values, method, append)
            return None if found is None else ("cdn", *found[1:])

    url_map = router.Map([router.Rule("/f/<n>", endpoint="f", methods=["PUT"])])
    adapter = Cdn(url_map, "example.org", "/", "", "http", "/", "GET")
    assert adapter.build("f", {"n": "x", "q": "1"}) == "http://cdn.example.org/f/x?q=1"
    assert calls == [None, "GET"]
    with pytest.raises(BuildError):
        adapter.build("f", {"n": "x"}, method="GET")


def test_default_method_that_an_overridden_partial_build_refuses_is_not_tried_again(
    router: Any,
) -> None:
    class Posting(router.MapAdapter):  # type: ignore[misc]
        def _partial_build(self, endpoint: Any, values: Any, method: Any, append: Any) -> Any:
            if method == "GET":
                return None
            return super()._partial_build(endpoint, values, method, append)

    rules = [
        router.Rule("/post", endpoint="e", methods=["POST"]),
        router.Rule("/get", endpoint="e", methods=["GET"]),
    ]
    adapter = Posting(router.Map(rules), "example.org", "/", "", "http", "/", "GET")
    assert adapter.build("e") == "/post"
    with pytest.raises(BuildError):
        adapter.build("e", method="GET")


def test_partial_build_by_itself(router: Any) -> None:
    adapter = users(router)
    assert adapter._partial_build("user", {"id": 1, "q": "x"}, None, True) == (
        "",
        "/users/1?q=x",
        False,
    )
    assert adapter._partial_build("nobody", {}, "GET", False) is None


@pytest.mark.parametrize("how", ["class", "instance"])
def test_methods_that_match_calls_may_be_replaced(router: Any, how: str) -> None:
    adapter = bound(
        router,
        router.Rule("/a/", endpoint="a"),
        router.Rule("/b", endpoint="b", defaults={"x": "1"}),
        router.Rule("/b/<x>", endpoint="b"),
        router.Rule("/c", endpoint="c"),
        router.Rule("/d", endpoint="c", alias=True),
    )
    target = adapter if how == "instance" else router.MapAdapter
    assert adapter.match("/c") == ("c", {})
    with mock.patch.object(target, "make_redirect_url", return_value="http://r.org/") as redirect:
        assert redirect_of(adapter, "/a") == "http://r.org/"
        assert redirect_of(adapter, "/b/1") == "http://r.org/"
    assert redirect.call_args_list[0] == mock.call("/a/", {})
    assert redirect.call_args_list[1] == mock.call("/b", {}, domain_part="")
    with mock.patch.object(target, "get_default_redirect", return_value="http://g.org/"):
        assert redirect_of(adapter, "/c") == "http://g.org/"
    with mock.patch.object(target, "make_alias_redirect_url", return_value="http://l.org/"):
        assert redirect_of(adapter, "/d") == "http://l.org/"
    with mock.patch.object(target, "get_host", return_value="h.org"):
        assert adapter.build("c", force_external=True) == "http://h.org/c"
        assert redirect_of(adapter, "/a") == "http://h.org/a/"
    with mock.patch.object(target, "encode_query_args", return_value="q"):
        adapter.query_args = {"x": "y"}
        assert redirect_of(adapter, "/a") == "http://example.org/a/?q"
        adapter.query_args = None
    assert adapter.match("/c") == ("c", {})
    assert redirect_of(adapter, "/b/1") == "http://example.org/b"


def test_methods_may_be_replaced_on_an_adapter(router: Any) -> None:
    adapter, other = users(router), users(router)
    with (
        mock.patch.object(adapter, "match", return_value=("m", {})),
        mock.patch.object(adapter, "build", side_effect=lambda *args, **_: f"/b/{args[0]}"),
    ):
        assert adapter.match("/nowhere") == ("m", {})
        assert adapter.dispatch(lambda endpoint, values: endpoint) == "m"
        assert adapter.build("e") == "/b/e"
        assert other.match("/users/1") == ("user", {"id": 1})
    assert adapter.match("/users/1") == ("user", {"id": 1})
    assert adapter.build("user", {"id": 1}) == "/users/1"


def test_constructor_that_is_replaced_is_called_by_bind(
    router: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = router.MapAdapter.__init__

    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        self.noted = len(args) + len(kwargs)

    monkeypatch.setattr(router.MapAdapter, "__init__", init)
    assert bound(router).noted >= 7
    environ = {"wsgi.url_scheme": "http", "HTTP_HOST": "h.org", "REQUEST_METHOD": "GET"}
    assert router.Map().bind_to_environ(environ).noted >= 7


def test_attributes_may_be_set_on_the_class(router: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    adapter = users(router)
    monkeypatch.setattr(router.MapAdapter, "tenant", "t", raising=False)
    monkeypatch.setattr(
        router.MapAdapter, "shout", property(lambda self: self.server_name.upper()), raising=False
    )
    monkeypatch.setattr(router.MapAdapter, "__repr__", lambda self: f"<at {self.server_name}>")
    assert (adapter.tenant, adapter.shout, repr(adapter)) == (
        "t",
        "EXAMPLE.ORG",
        "<at example.org>",
    )
    assert adapter.match("/users/1") == ("user", {"id": 1})


def test_map_bind_that_is_replaced_is_what_bind_to_environ_calls(router: Any) -> None:
    url_map = router.Map([router.Rule("/a", endpoint="a")])
    environ = {
        "wsgi.url_scheme": "https",
        "HTTP_HOST": "www.example.org",
        "REQUEST_METHOD": "PUT",
        "SCRIPT_NAME": "/s",
        "PATH_INFO": "/a",
        "QUERY_STRING": "q=1",
    }
    assert url_map.bind_to_environ(environ).match() == ("a", {})
    with mock.patch.object(router.Map, "bind", return_value="bound") as bind:
        assert url_map.bind_to_environ(environ, "example.org") == "bound"
        assert url_map.bind("h.org") == "bound"
    # The class that the map has is asked by position, the map itself by keywords.
    before = mock.call(url_map, "example.org", "/s", "www", "https", "PUT", "/a", query_args="q=1")
    since_3_2 = mock.call(
        server_name="example.org",
        script_name="/s",
        subdomain="www",
        url_scheme="https",
        default_method="PUT",
        path_info="/a",
        query_args="q=1",
    )
    assert bind.call_args_list == [
        since_3_2 if BINDS_BY_OWN_METHOD else before,
        mock.call("h.org"),
    ]
    assert url_map.bind_to_environ(environ).match() == ("a", {})


def test_bind_that_a_subclass_overrides_is_called_by_bind_to_environ_since_3_2(
    router: Any,
) -> None:
    class Own(router.Map):  # type: ignore[misc]
        def bind(self, *args: Any, **kwargs: Any) -> Any:
            return "own"

    environ = {"wsgi.url_scheme": "http", "HTTP_HOST": "h.org", "REQUEST_METHOD": "GET"}
    bound = Own().bind_to_environ(environ)
    assert bound == "own" if BINDS_BY_OWN_METHOD else bound.server_name == "h.org"


@pytest.mark.parametrize("how", ["class", "instance"])
def test_map_update_that_is_replaced_is_called(router: Any, how: str) -> None:
    adapter = users(router)
    url_map = adapter.map
    with mock.patch.object(url_map if how == "instance" else router.Map, "update") as update:
        assert adapter.match("/users/1") == ("user", {"id": 1})
        assert adapter.build("user", {"id": 1}) == "/users/1"
    assert update.call_count == 2
    url_map.add(router.Rule("/b", endpoint="b"))
    assert adapter.match("/b") == ("b", {})


def test_rule_methods_that_are_replaced_on_the_class_are_called(router: Any) -> None:
    adapter = users(router)
    (rule,) = adapter.map.iter_rules()
    for how in (router.Rule, rule):
        with mock.patch.object(how, "build", return_value=("", "/replaced")):
            assert adapter.build("user", {"id": 1}) == "/replaced"
        assert adapter.build("user", {"id": 1}) == "/users/1"
        with mock.patch.object(how, "suitable_for", return_value=False), pytest.raises(BuildError):
            adapter.build("user", {"id": 1})
        with mock.patch.object(how, "_encode_query_vars", return_value="own"):
            assert adapter.build("user", {"id": 1, "q": "1"}) == "/users/1?own"
        assert adapter.build("user", {"id": 1, "q": "1"}) == "/users/1?q=1"


def test_rule_methods_that_are_replaced_before_a_rule_is_added_are_called(router: Any) -> None:
    calls = []

    def noting(name: str) -> Any:
        original = getattr(router.Rule, name)

        def method(self: Any, *args: Any, **kwargs: Any) -> Any:
            calls.append(name)
            return original(self, *args, **kwargs)

        return mock.patch.object(router.Rule, name, method)

    with (
        noting("bind"),
        noting("compile"),
        noting("get_converter"),
        noting("build_compare_key"),
        noting("get_rules"),
    ):
        adapter = bound(router, *(router.Rule(f"/{n}<x>", endpoint="e") for n in ("", "y")))
        assert adapter.match("/1") == ("e", {"x": "1"})
        assert {*calls} >= {"bind", "compile", "get_converter", "build_compare_key", "get_rules"}


def test_provides_defaults_for_that_is_overridden_is_asked(router: Any) -> None:
    class Own(router.Rule):  # type: ignore[misc]
        def provides_defaults_for(self, rule: Any) -> bool:
            return bool(rule.rule == "/b")

        def suitable_for(self, *args: Any) -> bool:
            return True

        def build(self, *args: Any) -> tuple[str, str]:
            return "", "/canonical"

    url_map = router.Map([Own("/a/<x>", endpoint="e"), Own("/b", endpoint="e")])
    for rule in url_map.iter_rules():
        rule.defaults = rule.defaults or {}
    assert redirect_of(url_map.bind("example.org"), "/b") == "http://example.org/canonical"


def test_vars_of_an_adapter(router: Any) -> None:
    url_map = router.Map()
    adapter = url_map.bind("example.org", "/app", "www", "https", "PUT", "/x", "q=1")
    adapter.tenant = "t"
    assert vars(adapter) == {
        "map": url_map,
        "server_name": "example.org",
        "script_name": "/app/",
        "subdomain": "www",
        "url_scheme": "https",
        "path_info": "/x",
        "default_method": "PUT",
        "query_args": "q=1",
        "websocket": False,
        "tenant": "t",
    }
    assert list(vars(adapter)) == [*vars(router.Map().bind("example.org")), "tenant"]


def test_dict_of_an_adapter_can_be_changed(router: Any) -> None:
    adapter = users(router)
    vars(adapter)["server_name"] = "other.org"
    vars(adapter).update(script_name="/app/", note=1)
    assert adapter.build("user", {"id": 1}, force_external=True) == "http://other.org/app/users/1"
    assert adapter.note == 1
    del vars(adapter)["note"]
    assert not hasattr(adapter, "note")
    vars(adapter).setdefault("match", lambda *args: "own")
    assert adapter.match("/") == "own"
    assert vars(adapter).pop("match")() == "own"
    twin = router.MapAdapter.__new__(router.MapAdapter)
    twin.__dict__ |= adapter.__dict__
    assert vars(twin) == vars(adapter)
    twin.__dict__ = {**vars(adapter), "server_name": "third.org", "own": 2}
    assert (twin.server_name, twin.own, adapter.server_name) == ("third.org", 2, "other.org")
    assert twin.match("/users/1") == ("user", {"id": 1})


def test_fields_of_an_adapter_may_be_replaced_for_a_while(router: Any) -> None:
    adapter = users(router)
    with mock.patch.object(adapter, "server_name", "mocked.org"):
        assert adapter.build("user", {"id": 1}, force_external=True) == "http://mocked.org/users/1"
    with mock.patch.dict(vars(adapter), {"url_scheme": "https"}):
        assert adapter.url_scheme == "https"
    assert adapter.build("user", {"id": 1}, force_external=True) == "http://example.org/users/1"


def test_copies_of_an_adapter_have_its_attributes() -> None:
    adapter = users(trieroute)
    adapter.tenant = "t"
    for twin in (copy.copy(adapter), copy.deepcopy(adapter), pickle.loads(pickle.dumps(adapter))):
        assert type(twin) is MapAdapter
        assert (twin.tenant, twin.server_name) == ("t", "example.org")
        twin.tenant = "other"
    assert adapter.tenant == "t"
    assert type(copy.copy(vars(adapter))) is dict


def test_vars_tell_of_a_host_outside_of_the_server_name() -> None:
    scope = {"type": "http", "path": "/", "method": "GET", "headers": [(b"host", b"evil.org")]}
    adapter = Map([Rule("/", endpoint="a")]).bind_to_scope(scope, "example.org")
    twin = MapAdapter.__new__(MapAdapter)
    twin.__dict__.update(vars(adapter))
    assert not adapter.test("/")
    assert not twin.test("/")


def test_class_of_an_adapter_may_be_exchanged(router: Any) -> None:
    class Own(router.MapAdapter):  # type: ignore[misc]
        def get_default_redirect(self, *args: Any) -> str:
            return "http://own.org/"

    adapter = users(router)
    adapter.__class__ = Own
    assert redirect_of(adapter, "/users/1") == "http://own.org/"


def test_subclass_method_that_is_replaced_later_is_called(router: Any) -> None:
    class Own(router.MapAdapter):  # type: ignore[misc]
        pass

    adapter = Own(users(router).map, "example.org", "/", "", "http", "/", "GET")
    assert adapter.match("/users/1") == ("user", {"id": 1})
    with mock.patch.object(Own, "get_default_redirect", return_value="http://own.org/"):
        assert redirect_of(adapter, "/users/1") == "http://own.org/"
    assert adapter.match("/users/1") == ("user", {"id": 1})


@pytest.fixture(autouse=True)
def _classes_are_as_before() -> Iterator[None]:
    def attributes() -> list[dict[str, Any]]:
        # The standard library notes the slots of a class when an object of it is copied.
        return [
            {name: value for name, value in vars(cls).items() if name != "__slotnames__"}
            for cls in (MapAdapter, Map, Rule)
        ]

    before = attributes()
    yield
    assert attributes() == before


def installed() -> Any:
    """A map of Werkzeug's with one rule, taken over as ``install`` does it."""
    app = flask.Flask("app", static_folder=None)
    app.add_url_rule("/users/<int:id>", "user")
    trieroute.flask.install(app)
    return app.url_map


def test_adapter_is_an_instance_of_werkzeugs_class() -> None:
    assert isinstance(users(trieroute), werkzeug.routing.MapAdapter)
    assert isinstance(installed().bind("example.org"), werkzeug.routing.MapAdapter)


def test_methods_that_are_replaced_on_werkzeugs_adapter_are_called() -> None:
    url_map = installed()
    werkzeugs = werkzeug.routing.MapAdapter
    assert url_map.bind("example.org").match("/users/1") == ("user", {"id": 1})
    with mock.patch.object(werkzeugs, "match", return_value=("m", {})) as match:
        assert url_map.bind("example.org").match("/x") == ("m", {})
        assert url_map.bind("example.org").test("/y")
    assert match.call_args_list == [mock.call("/x"), mock.call("/y", None)]
    with mock.patch.object(werkzeugs, "build", return_value="/built") as build:
        assert url_map.bind("example.org").build("user", {"id": 1}) == "/built"
    assert build.call_args_list == [mock.call("user", {"id": 1})]
    with mock.patch.object(werkzeugs, "allowed_methods", return_value=["X"]):
        assert url_map.bind("example.org").allowed_methods("/users/1") == ["X"]
    adapter = url_map.bind("example.org")
    assert adapter.match("/users/2") == ("user", {"id": 2})
    assert adapter.build("user", {"id": 2}) == "/users/2"
    assert sorted(adapter.allowed_methods("/users/2")) == ["GET", "HEAD", "OPTIONS"]


def test_what_is_replaced_on_our_adapter_comes_before_what_is_on_werkzeugs() -> None:
    url_map = installed()
    with (
        mock.patch.object(MapAdapter, "build", return_value="/ours"),
        mock.patch.object(werkzeug.routing.MapAdapter, "build", return_value="/theirs"),
    ):
        assert url_map.bind("example.org").build("user", {"id": 1}) == "/ours"
    assert url_map.bind("example.org").build("user", {"id": 1}) == "/users/1"


def test_partial_build_that_is_replaced_on_werkzeugs_adapter_is_what_build_calls() -> None:
    url_map = installed()
    with mock.patch.object(
        werkzeug.routing.MapAdapter, "_partial_build", return_value=("", "/p", False)
    ):
        assert url_map.bind("example.org").build("user", {"id": 1}) == "/p"
    assert url_map.bind("example.org").build("user", {"id": 1}) == "/users/1"


def test_bind_that_is_replaced_on_werkzeugs_map_is_called() -> None:
    url_map = installed()
    environ = {"wsgi.url_scheme": "http", "HTTP_HOST": "example.org", "REQUEST_METHOD": "GET"}
    with mock.patch.object(werkzeug.routing.Map, "bind", return_value="bound") as bind:
        assert url_map.bind("example.org") == "bound"
        assert url_map.bind_to_environ(environ) == "bound"
        assert bind.call_count == 2
    assert url_map.bind("example.org").match("/users/1") == ("user", {"id": 1})
    assert url_map.bind_to_environ(environ).match("/users/1") == ("user", {"id": 1})
    with mock.patch.object(werkzeug.routing.Map, "bind_to_environ", return_value="environ"):
        assert url_map.bind_to_environ(environ) == "environ"
        assert url_map.bind_to_environ(environ) == "environ"
    assert url_map.bind_to_environ(environ).match("/users/1") == ("user", {"id": 1})


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("iter_rules", ()),
        ("is_endpoint_expecting", ("user", "id")),
        ("add", (Rule("/more", endpoint="more"),)),
    ],
)
def test_method_that_is_replaced_on_werkzeugs_map_is_called_at_once(
    name: str, arguments: tuple[Any, ...]
) -> None:
    url_map = installed()
    original = getattr(werkzeug.routing.Map, name)

    def watching(self: Any, *args: Any) -> Any:
        return name, original(self, *args)

    with mock.patch.object(werkzeug.routing.Map, name, watching):
        assert getattr(url_map, name)(*arguments)[0] == name
    assert [rule.rule for rule in url_map.iter_rules("user")] == ["/users/<int:id>"]
    assert url_map.is_endpoint_expecting("user", "id")


@pytest.mark.parametrize(
    ("cls", "name"),
    [
        (werkzeug.routing.MapAdapter, "match"),
        (werkzeug.routing.MapAdapter, "build"),
        (werkzeug.routing.MapAdapter, "_partial_build"),
        (werkzeug.routing.MapAdapter, "get_default_redirect"),
        (werkzeug.routing.MapAdapter, "make_redirect_url"),
        (werkzeug.routing.MapAdapter, "__init__"),
        (werkzeug.routing.Map, "bind"),
        (werkzeug.routing.Map, "bind_to_environ"),
        (werkzeug.routing.Map, "add"),
        (werkzeug.routing.Map, "update"),
    ],
)
def test_what_calls_the_method_of_werkzeugs_that_it_replaces(cls: Any, name: str) -> None:
    url_map = installed()
    calls: list[str] = []
    original = getattr(cls, name)

    def watching(self: Any, *args: Any, **kwargs: Any) -> Any:
        calls.append(name)
        return original(self, *args, **kwargs)

    with mock.patch.object(cls, name, watching):
        url_map.add(Rule("/branch/<int:n>/", endpoint="branch"))
        environ = create_environ("/users/1", "http://example.org")
        for adapter in (url_map.bind("example.org"), url_map.bind_to_environ(environ)):
            assert adapter.match("/users/1") == ("user", {"id": 1})
            assert adapter.build("branch", {"n": 2, "q": "a"}) == "/branch/2/?q=a"
            with pytest.raises(RequestRedirect) as redirect:
                adapter.match("/branch/2")
            assert redirect.value.new_url == "http://example.org/branch/2/"
            with pytest.raises(NotFound):
                adapter.match("/nowhere")
    assert name in calls
    assert url_map.bind("example.org").match("/users/1") == ("user", {"id": 1})


def test_match_is_replaced_before_the_first_request() -> None:
    program = """
from unittest import mock
import flask, trieroute.flask, werkzeug.routing
app = flask.Flask("shop")
trieroute.flask.install(app)
with mock.patch("werkzeug.routing.MapAdapter.match", side_effect=KeyError("replaced")):
    print(app.test_client().get("/").status_code)
"""
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert result.stdout == "500\n"


def test_methods_are_replaced_before_trieroute_is_imported() -> None:
    program = """
import functools
import flask, werkzeug.routing

calls = []

def wrap(cls, name):
    original = getattr(cls, name)
    @functools.wraps(original)
    def wrapper(*args, **kwargs):
        calls.append(name)
        return original(*args, **kwargs)
    setattr(cls, name, wrapper)
    return cls, name, original

originals = [
    wrap(werkzeug.routing.Map, "add"),
    wrap(werkzeug.routing.Map, "bind_to_environ"),
    wrap(werkzeug.routing.MapAdapter, "match"),
    wrap(werkzeug.routing.MapAdapter, "build"),
]
import trieroute.flask
print(calls)

app = flask.Flask("shop", static_folder=None)
trieroute.flask.install(app)
app.add_url_rule("/x", "x", lambda: flask.url_for("x"))
for again in range(2):
    calls.clear()
    print(app.test_client().get("/x").text, calls)
    app.url_map.add(app.url_rule_class(f"/y{again}", endpoint="y"))
    print(calls)
    for cls, name, original in originals:
        setattr(cls, name, original)
print(trieroute.MapAdapter.match)
"""
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert result.stdout.splitlines() == [
        "[]",
        "/x ['bind_to_environ', 'match', 'build']",
        "['bind_to_environ', 'match', 'build', 'add']",
        "/x []",
        "[]",
        "<method 'match' of 'MapAdapter' objects>",
    ]


def test_values_of_a_failed_build_are_a_copy_where_a_method_is_replaced(router: Any) -> None:
    adapter = users(router)
    values = {"x": 1}
    with (
        mock.patch.object(router.MapAdapter, "_partial_build", return_value=None),
        pytest.raises(BuildError) as failed,
    ):
        adapter.build("user", values)
    values["_external"] = True  # type: ignore[assignment]
    assert failed.value.values == {"x": 1}
    assert adapter.build("user", {"id": 1}) == "/users/1"


class WithGlobals:
    """What has the names of a module, as a function has them."""

    def __init__(self, name: Any) -> None:
        self.__globals__ = {"__name__": name}
        self.__module__ = "werkzeug.routing.map"


def test_function_of_python_and_of_cython_is_told_by_the_module_that_has_its_source() -> None:
    assert is_written_in(werkzeug.routing.Map.bind, "werkzeug")
    assert not is_written_in(werkzeug.routing.Map.bind, "flask")
    assert type(compiles_apart).__name__ == "cython_function_or_method"
    assert is_written_in(compiles_apart, "trieroute")
    assert not is_written_in(compiles_apart, "werkzeug")


@pytest.mark.parametrize("kind", ["compiled_function", "cython_function_or_method"])
def test_function_of_a_compiler_is_told_by_the_module_that_has_its_source(kind: str) -> None:
    compiled = type(kind, (WithGlobals,), {})
    assert is_written_in(compiled("werkzeug.routing.map"), "werkzeug")
    assert is_written_in(compiled("werkzeug"), "werkzeug")
    # It may be a wrapper, whose ``__module__`` is that of what it wraps.
    assert not is_written_in(compiled("newrelic.hooks"), "werkzeug")
    assert not is_written_in(compiled("werkzeug_tools"), "werkzeug")
    assert not is_written_in(compiled(None), "werkzeug")


def test_what_is_no_function_is_written_nowhere() -> None:
    assert not is_written_in(WithGlobals("werkzeug.routing.map"), "werkzeug")
    assert not is_written_in(werkzeug.routing.Map, "werkzeug")
    assert not is_written_in(mock.MagicMock(), "werkzeug")
    assert not is_written_in(None, "werkzeug")
