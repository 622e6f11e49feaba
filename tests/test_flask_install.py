"""`trieroute.flask.install`: an application that exists becomes one that routes with trieroute."""

from __future__ import annotations

import copy
import gc
import subprocess
import sys
import weakref
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import flask
import pytest
import werkzeug.routing
from flask.cli import FlaskGroup
from werkzeug.datastructures import MultiDict
from werkzeug.test import create_environ

import trieroute
import trieroute.flask
from trieroute import MethodNotAllowed, NotFound, RequestRedirect, WebsocketMismatch


def answer() -> Callable[..., dict[str, Any]]:
    """A view that answers with its endpoint and its values."""

    def view(**values: Any) -> dict[str, Any]:
        return {"endpoint": flask.request.endpoint, **values}

    return view


def make_application(**settings: Any) -> flask.Flask:
    return flask.Flask("shop", static_folder=None, **settings)


@pytest.fixture
def app() -> flask.Flask:
    app = make_application()
    app.add_url_rule("/", "index", answer())
    app.add_url_rule("/user/<name>", "user", answer())
    app.add_url_rule("/post/<int:id>/", "post", answer(), methods=["GET", "POST"])
    return app


# What is routed


def test_application_with_rules(app: flask.Flask) -> None:
    trieroute.flask.install(app)
    client = app.test_client()
    assert client.get("/user/ann").json == {"endpoint": "user", "name": "ann"}
    assert client.get("/post/3/").json == {"endpoint": "post", "id": 3}
    assert client.get("/post/3").location == "http://localhost/post/3/"
    assert client.put("/post/3/").allow == {"GET", "HEAD", "OPTIONS", "POST"}
    assert client.get("/nope").status_code == 404
    with app.test_request_context():
        assert flask.url_for("post", id=3, q="a b") == "/post/3/?q=a+b"


def test_map_and_rules_are_trieroutes_and_werkzeugs(app: flask.Flask) -> None:
    trieroute.flask.install(app)
    app.add_url_rule("/later", "later", answer())
    assert isinstance(app.url_map, trieroute.Map)
    assert isinstance(app.url_map, werkzeug.routing.Map)
    for rule in app.url_map.iter_rules():
        assert isinstance(rule, trieroute.Rule)
        assert isinstance(rule, werkzeug.routing.Rule)


def test_rules_that_are_registered_later(app: flask.Flask) -> None:
    trieroute.flask.install(app)
    blog = flask.Blueprint("blog", "blog", url_prefix="/blog")
    blog.add_url_rule("/<int:id>", "show", answer())
    app.register_blueprint(blog)
    app.add_url_rule("/later", "later", answer())
    client = app.test_client()
    assert client.get("/blog/3").json == {"endpoint": "blog.show", "id": 3}
    assert client.get("/later").json == {"endpoint": "later"}


def test_application_without_rules() -> None:
    app = make_application()
    installation = trieroute.flask.install(app)
    app.add_url_rule("/<x>", "x", answer())
    assert installation.rules == 0
    assert app.test_client().get("/a").json == {"endpoint": "x", "x": "a"}


def test_rule_of_a_request_is_the_one_of_the_map(app: flask.Flask) -> None:
    trieroute.flask.install(app)
    app.add_url_rule("/later", "later", answer())
    for path in ("/user/ann", "/later"):
        with app.test_request_context(path):
            rules = [rule for rule in app.url_map.iter_rules() if rule is flask.request.url_rule]
            assert len(rules) == 1


def test_class_of_applications() -> None:
    class App(flask.Flask):
        url_map_class = trieroute.flask.Map
        url_rule_class = trieroute.flask.Rule

    app = App("shop", static_folder=None)
    app.add_url_rule("/<x>", "x", answer())
    assert app.url_map.match_order == "segments"
    assert app.test_client().get("/a").json == {"endpoint": "x", "x": "a"}
    before = app.url_map
    assert trieroute.flask.install(app).rules == 1
    assert app.url_map is before


def test_application_that_is_handling_a_request(app: flask.Flask) -> None:
    @app.get("/install")
    def install() -> dict[str, Any]:
        trieroute.flask.install(app)
        return {
            "url": flask.url_for("user", name="ann"),
            "rule": flask.request.url_rule.rule,  # type: ignore
            "methods": sorted(flask.request.url_rule.methods),  # type: ignore
        }

    client = app.test_client()
    assert client.get("/install").json == {
        "url": "/user/ann",
        "rule": "/install",
        "methods": ["GET", "HEAD", "OPTIONS"],
    }
    assert isinstance(app.url_map, trieroute.Map)
    assert client.get("/user/ann").json == {"endpoint": "user", "name": "ann"}


def test_subdomains() -> None:
    app = make_application(subdomain_matching=True)
    app.config["SERVER_NAME"] = "example.com"
    app.url_map.default_subdomain = "www"
    app.add_url_rule("/", "index", answer())
    app.add_url_rule("/", "user", answer(), subdomain="<user>")
    trieroute.flask.install(app)
    client = app.test_client()
    assert client.get("/", base_url="http://www.example.com").json == {"endpoint": "index"}
    assert client.get("/", base_url="http://ann.example.com").json == {
        "endpoint": "user",
        "user": "ann",
    }
    with app.app_context():
        assert flask.url_for("index") == "http://www.example.com/"


def test_hosts() -> None:
    app = make_application(host_matching=True)
    app.add_url_rule("/", "index", answer(), host="example.com")
    app.add_url_rule("/", "user", answer(), host="<user>.example.com")
    trieroute.flask.install(app)
    client = app.test_client()
    assert client.get("/", base_url="http://example.com").json == {"endpoint": "index"}
    assert client.get("/", base_url="http://ann.example.com").json == {
        "endpoint": "user",
        "user": "ann",
    }


# What carries over


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("default_subdomain", "www"),
        ("strict_slashes", False),
        ("merge_slashes", False),
        ("redirect_defaults", False),
        ("sort_parameters", True),
        ("sort_key", len),
        ("host_matching", True),
        ("an_attribute_of_an_extension", "value"),
    ],
)
def test_setting_of_the_map(name: str, value: Any) -> None:
    app = make_application()
    setattr(app.url_map, name, value)
    trieroute.flask.install(app)
    assert getattr(app.url_map, name) == value


def test_settings_that_rules_took_from_the_map() -> None:
    app = make_application()
    app.add_url_rule("/strict/", "strict", answer())
    app.url_map.strict_slashes = False
    app.add_url_rule("/lax/", "lax", answer())
    trieroute.flask.install(app)
    app.add_url_rule("/later/", "later", answer())
    client = app.test_client()
    assert client.get("/strict").status_code == 308
    assert client.get("/lax").json == {"endpoint": "lax"}
    assert client.get("/later").json == {"endpoint": "later"}


class ListConverter(werkzeug.routing.BaseConverter):
    def to_python(self, value: str) -> list[str]:
        return value.split("+")


def test_converters(app: flask.Flask) -> None:
    app.url_map.converters["list"] = ListConverter
    app.add_url_rule("/tags/<list:tags>", "tags", answer())
    trieroute.flask.install(app)
    app.add_url_rule("/more/<list:tags>", "more", answer())
    client = app.test_client()
    assert client.get("/tags/a+b").json == {"endpoint": "tags", "tags": ["a", "b"]}
    assert client.get("/more/a+b").json == {"endpoint": "more", "tags": ["a", "b"]}


def test_converter_that_replaces_a_default_one(app: flask.Flask) -> None:
    app.url_map.converters["default"] = ListConverter
    del app.url_map.converters["float"]
    trieroute.flask.install(app)
    app.add_url_rule("/tags/<tags>", "tags", answer())
    with pytest.raises(LookupError):
        app.add_url_rule("/f/<float:x>", "f", answer())
    assert app.test_client().get("/tags/a+b").json == {"endpoint": "tags", "tags": ["a", "b"]}


class PlusConverter(werkzeug.routing.BaseConverter):
    regex = r"\+.*"


def test_converter_that_was_replaced_after_a_rule_was_added(app: flask.Flask) -> None:
    app.url_map.converters["list"] = ListConverter
    app.add_url_rule("/tags/<list:tags>", "tags", answer())
    app.url_map.converters["list"] = PlusConverter
    trieroute.flask.install(app)
    app.add_url_rule("/later/<list:tags>", "later", answer())
    client = app.test_client()
    assert client.get("/tags/a+b").json == {"endpoint": "tags", "tags": ["a", "b"]}
    assert client.get("/later/a").status_code == 404
    assert client.get("/later/+a").json == {"endpoint": "later", "tags": "+a"}
    with app.test_request_context():
        assert flask.url_for("tags", tags="c") == "/tags/c"


def test_built_in_converter_that_was_replaced_after_a_rule_was_added() -> None:
    app = make_application()
    app.add_url_rule("/static/<path:filename>", "static", answer())
    app.url_map.converters["path"] = PlusConverter
    trieroute.flask.install(app)
    assert app.test_client().get("/static/a/b").json == {"endpoint": "static", "filename": "a/b"}


def test_converter_that_was_removed_after_a_rule_was_added(app: flask.Flask) -> None:
    del app.url_map.converters["int"]
    trieroute.flask.install(app)
    with pytest.raises(LookupError):
        app.add_url_rule("/later/<int:x>", "later", answer())
    assert app.test_client().get("/post/3/").json == {"endpoint": "post", "id": 3}
    (rule,) = app.url_map.iter_rules("post")
    with pytest.raises(LookupError):
        rule.refresh()


def test_converter_that_was_changed_after_its_rule_was_added(app: flask.Flask) -> None:
    (rule,) = app.url_map.iter_rules("post")
    rule._converters["id"].max = 3  # type: ignore[attr-defined]
    trieroute.flask.install(app)
    client = app.test_client()
    assert client.get("/post/3/").json == {"endpoint": "post", "id": 3}
    assert client.get("/post/4/").status_code == 404


def test_arguments_of_converters_mean_what_they_meant() -> None:
    # Werkzeug reads one item, trieroute reads two.
    app = make_application()
    app.add_url_rule("/a/<any(1,2):x>", "a", answer())
    trieroute.flask.install(app)
    app.add_url_rule("/b/<any(1,2):x>", "b", answer())
    client = app.test_client()
    assert client.get("/a/1,2").json == {"endpoint": "a", "x": "1,2"}
    assert client.get("/b/1").json == {"endpoint": "b", "x": "1"}
    with app.test_request_context():
        assert flask.url_for("a", x="1,2") == "/a/1,2"


def test_arguments_that_converters_of_werkzeugs_do_not_check() -> None:
    app = make_application()
    trieroute.flask.install(app)
    app.add_url_rule("/bound/<int(min=a):x>", "bound", answer())
    with pytest.raises(ValueError, match="fixed_digits must be from 0 to 4300, not '3'"):
        app.add_url_rule("/digits/<int('3'):x>", "digits", answer())
    with pytest.raises(ValueError, match="min repeat greater than max repeat"):
        app.add_url_rule("/length/<string(maxlength=0):x>", "length", answer())
    app.testing = True
    with pytest.raises(TypeError, match="not supported between"):
        app.test_client().get("/bound/5")


def test_redirect_names_a_converter_of_the_map() -> None:
    app = make_application()
    app.add_url_rule("/old/<x>", "old", answer(), redirect_to="new/<int:x>")
    trieroute.flask.install(app)
    assert app.test_client().get("/old/007").location == "http://localhost/new/7"


def test_converters_stay_the_same_dict(app: flask.Flask) -> None:
    old_map, old_converters = app.url_map, app.url_map.converters
    trieroute.flask.install(app)
    old_converters["list"] = ListConverter
    old_map.converters["tags"] = ListConverter
    app.add_url_rule("/a/<list:x>/<tags:y>", "a", answer())
    assert app.test_client().get("/a/1+2/3").json == {"endpoint": "a", "x": ["1", "2"], "y": ["3"]}


@pytest.mark.parametrize("installed_first", [True, False])
def test_converters_are_werkzeugs_own(app: flask.Flask, installed_first: bool) -> None:
    if installed_first:
        trieroute.flask.install(app)
    app.add_url_rule(
        "/<string:a>/<any(x, y):b>/<int:c>/<float:d>/<uuid:e>/<path:f>", "all", answer()
    )
    trieroute.flask.install(app)
    (rule,) = app.url_map.iter_rules("all")
    assert {name: type(converter) for name, converter in rule._converters.items()} == {
        "a": werkzeug.routing.UnicodeConverter,
        "b": werkzeug.routing.AnyConverter,
        "c": werkzeug.routing.IntegerConverter,
        "d": werkzeug.routing.FloatConverter,
        "e": werkzeug.routing.UUIDConverter,
        "f": werkzeug.routing.PathConverter,
    }
    assert app.url_map.converters == werkzeug.routing.Map.default_converters


def test_rule_that_is_added_to_the_old_map(app: flask.Flask) -> None:
    old_map = app.url_map
    trieroute.flask.install(app)
    old_map.add(werkzeug.routing.Rule("/old", endpoint="old"))
    app.endpoint("old")(answer())
    assert app.test_client().get("/old").json == {"endpoint": "old"}


def test_adapter_of_the_old_map_goes_on_matching(app: flask.Flask) -> None:
    adapter = app.url_map.bind("example.com")
    trieroute.flask.install(app)
    assert adapter.match("/post/3/") == ("post", {"id": 3})
    assert adapter.build("post", {"id": 3}) == "/post/3/"


def test_old_map_knows_rules_that_are_registered_later(app: flask.Flask) -> None:
    old_map = app.url_map
    trieroute.flask.install(app)
    app.add_url_rule("/late/<x>", "late", answer())
    assert old_map.bind("example.com").match("/late/3") == ("late", {"x": "3"})
    assert old_map.bind_to_environ(create_environ("/")).build("late", {"x": 3}) == "/late/3"
    assert [rule.rule for rule in old_map.iter_rules("late")] == ["/late/<x>"]
    assert old_map.is_endpoint_expecting("late", "x")


def test_old_map_is_the_new_one(app: flask.Flask) -> None:
    old_map = app.url_map
    trieroute.flask.install(app)
    app.add_url_rule("/late", "late", answer())
    old_map.strict_slashes = False
    app.url_map.tenant = "ann"  # type: ignore[attr-defined]
    app.add_url_rule("/lax/", "lax", answer())
    assert isinstance(old_map, trieroute.Map)
    assert old_map._rules_by_endpoint is app.url_map._rules_by_endpoint
    assert old_map._rules == app.url_map._rules
    assert old_map.tenant == "ann"
    assert repr(old_map) == repr(app.url_map)
    assert copy.copy(old_map).bind("example.com").match("/late") == ("late", {})
    assert app.test_client().get("/lax").json == {"endpoint": "lax"}
    del old_map.tenant
    assert not hasattr(app.url_map, "tenant")


def test_old_map_equals_the_new_one(app: flask.Flask) -> None:
    old_map = app.url_map
    settings = {old_map: "by map"}
    weakly = weakref.WeakKeyDictionary({old_map: "by map"})
    trieroute.flask.install(app)
    assert app.url_map is not old_map
    assert (app.url_map == old_map, old_map == app.url_map, old_map == old_map) == (True,) * 3
    assert (app.url_map != old_map, old_map != app.url_map) == (False, False)
    assert old_map != trieroute.Map()
    assert old_map != 1
    assert hash(old_map) == hash(app.url_map)
    assert [settings[old_map], settings[app.url_map]] == ["by map", "by map"]
    assert [weakly[old_map], weakly[app.url_map]] == ["by map", "by map"]
    assert next(app.url_map.iter_rules()).map == old_map
    other = make_application()
    other_map = other.url_map
    trieroute.flask.install(other)
    assert other_map != old_map


def test_rules_that_were_read_before_equal_the_new_ones() -> None:
    class OwnRule(werkzeug.routing.Rule):
        pass

    class OwnApp(flask.Flask):
        url_rule_class = OwnRule

    for kind in (flask.Flask, OwnApp):
        app = kind("shop", static_folder=None)
        app.add_url_rule("/a/<x>", "a", answer())
        app.add_url_rule("/b/<x>", "b", answer())
        old = list(app.url_map.iter_rules())
        trieroute.flask.install(app)
        new = list(app.url_map.iter_rules())
        assert (old == new, new == old, old[0] in new, new[1] in old) == (True,) * 4
        assert (old[0] == new[1], new[0] == old[1]) == (False, False)


def test_converter_of_a_rule_sees_the_new_map(app: flask.Flask) -> None:
    class Tenant(werkzeug.routing.BaseConverter):
        def to_python(self, value: str) -> str:
            return f"{value} of {self.map.tenant}"  # type: ignore[attr-defined]

    app.url_map.converters["tenant"] = Tenant
    app.add_url_rule("/of/<tenant:x>", "of", answer())
    trieroute.flask.install(app)
    app.url_map.tenant = "ann"  # type: ignore[attr-defined]
    assert app.test_client().get("/of/a").json == {"endpoint": "of", "x": "a of ann"}


def test_url_of_a_later_rule_in_a_context_from_before(app: flask.Flask) -> None:
    with app.test_request_context():
        trieroute.flask.install(app)
        app.add_url_rule("/late/<x>", "late", answer())
        assert flask.url_for("late", x=1) == "/late/1"


@pytest.mark.parametrize(
    ("path", "target"), [("/list/", None), ("/list/1", "/list/"), ("/new", None), ("/old", "/new")]
)
def test_adapter_of_the_old_map_redirects_as_before(
    app: flask.Flask, path: str, target: str | None
) -> None:
    app.add_url_rule("/list/", "list", answer(), defaults={"page": 1})
    app.add_url_rule("/list/<int:page>", "list")
    app.add_url_rule("/old", "new", answer(), alias=True)
    app.add_url_rule("/new", "new")
    adapter = app.url_map.bind("example.com")
    trieroute.flask.install(app)
    if target is None:
        assert adapter.match(path)[0] == path.strip("/")
    else:
        with pytest.raises(trieroute.RequestRedirect) as caught:
            adapter.match(path)
        assert caught.value.new_url == f"http://example.com{target}"


def test_attributes_of_rules(app: flask.Flask) -> None:
    app.add_url_rule("/plain", "plain", answer(), provide_automatic_options=False)
    (plain,) = app.url_map.iter_rules("plain")
    plain.role = "admin"  # type: ignore[attr-defined]
    trieroute.flask.install(app)
    (rule,) = app.url_map.iter_rules("plain")
    assert (rule.provide_automatic_options, rule.role) == (False, "admin")  # type: ignore
    assert app.test_client().options("/plain").status_code == 405
    assert app.test_client().options("/").allow == {"GET", "HEAD", "OPTIONS"}


def test_settings_of_rules() -> None:
    app = make_application()
    app.add_url_rule("/new/<int:id>", "new", answer())
    app.add_url_rule("/alias/<int:id>", "new", alias=True)
    app.add_url_rule("/list/", "list", answer(), defaults={"page": 1})
    app.add_url_rule("/list/<int:page>", "list")
    app.add_url_rule("/old/<int:id>", "old", answer(), redirect_to="new/<id>")
    app.add_url_rule("/url/<x>", "url", build_only=True)
    app.add_url_rule("/live", "live", answer(), websocket=True)
    trieroute.flask.install(app)
    client = app.test_client()
    assert client.get("/alias/3").location == "http://localhost/new/3"
    assert client.get("/list/1").location == "http://localhost/list/"
    assert client.get("/old/3").location == "http://localhost/new/3"
    assert client.get("/url/1").status_code == 404
    assert client.get("/live").status_code == 400
    with app.test_request_context():
        assert flask.url_for("url", x=1) == "/url/1"


@pytest.mark.parametrize("redirect_defaults", [True, False])
def test_rule_that_was_taken_out_of_the_private_lists(redirect_defaults: bool) -> None:
    app = make_application()
    app.url_map.redirect_defaults = redirect_defaults
    app.add_url_rule("/a/<x>", "a", answer())
    app.add_url_rule("/b", "b", answer())
    app.add_url_rule("/b/<x>", "b")
    app.url_map._rules_by_endpoint["a"].clear()
    adapter = app.url_map.bind("localhost")
    trieroute.flask.install(app)
    app.add_url_rule("/later", "later", answer())
    assert [rule.rule for rule in app.url_map.iter_rules()] == ["/b/<x>", "/b", "/later"]
    client = app.test_client()
    assert client.get("/a/1").json == {"endpoint": "a", "x": "1"}
    assert client.get("/b/1").json == {"endpoint": "b", "x": "1"}
    assert adapter.match("/a/1") == ("a", {"x": "1"})
    with app.test_request_context(), pytest.raises(werkzeug.routing.BuildError):
        flask.url_for("a", x=1)


# Werkzeug looks for redirects among the rules of the endpoint, and raises a KeyError.
@pytest.mark.parametrize(("redirect_defaults", "status"), [(True, 404), (False, 200)])
def test_endpoint_that_was_taken_out_of_the_private_dict(
    redirect_defaults: bool, status: int
) -> None:
    app = make_application()
    app.url_map.redirect_defaults = redirect_defaults
    app.add_url_rule("/a/<x>", "a", answer())
    app.add_url_rule("/b", "b", answer())
    app.url_map._rules_by_endpoint.pop("a")
    assert trieroute.flask.install(app).rules == 1
    client = app.test_client()
    assert client.get("/a/1").status_code == status
    assert client.get("/b").json == {"endpoint": "b"}


# Order


@pytest.mark.usefixtures("equal_rules")
def test_rules_that_are_equal_win_in_the_order_in_which_they_were_added() -> None:
    # Werkzeug keeps the rules by endpoint: of `a` it lists `/x` before the `/x` of `b`.
    app = make_application()
    app.add_url_rule("/a", "a", answer())
    app.add_url_rule("/x", "b", answer())
    app.add_url_rule("/x", "a")
    app.add_url_rule("/<any(p, q):v>", "c", answer())
    app.add_url_rule("/d", "d", answer())
    app.add_url_rule("/<any(q, r):v>", "d")
    app.add_url_rule("/<any(r, s):v>", "c")
    before = [(rule.endpoint, rule.rule) for rule in app.url_map.iter_rules()]
    expected = {"/x": "b", "/q": "c", "/r": "d", "/s": "c"}
    for path, endpoint in expected.items():
        assert app.url_map.bind("").match(path)[0] == endpoint
    trieroute.flask.install(app)
    for path, endpoint in expected.items():
        assert app.url_map.bind("").match(path)[0] == endpoint
    assert [(rule.endpoint, rule.rule) for rule in app.url_map.iter_rules()] == before


def test_order_of_rules_around_those_of_an_endpoint_that_was_taken_out() -> None:
    app = make_application()
    app.add_url_rule("/a", "a", answer())
    app.add_url_rule("/<any(p, q):v>", "out", answer())
    app.add_url_rule("/<any(q, r):v>", "b", answer())
    app.add_url_rule("/<any(r, s):v>", "a")
    del app.url_map._rules_by_endpoint["out"]
    trieroute.flask.install(app)
    adapter = app.url_map.bind("")
    assert [adapter.match(path)[0] for path in ("/q", "/r", "/s")] == ["b", "b", "a"]
    assert not adapter.test("/p")


def test_rules_of_an_endpoint_build_in_the_order_in_which_they_were_added() -> None:
    app = make_application()
    app.add_url_rule("/z/<x>", "a", answer())
    app.add_url_rule("/b", "b", answer())
    app.add_url_rule("/a/<x>", "a")
    trieroute.flask.install(app)
    with app.test_request_context():
        assert flask.url_for("a", x=1) == "/z/1"


def test_order_is_that_of_flask_unless_another_is_given() -> None:
    for order, endpoint in (("segments", "b"), ("weights", "a"), ("registration", "a")):
        app = make_application()
        app.add_url_rule("/<x>/b/c", "a", answer())
        app.add_url_rule("/x/<y>/<z>", "b", answer())
        trieroute.flask.install(app, match_order=order)
        assert app.test_client().get("/x/b/c").json["endpoint"] == endpoint  # type: ignore
        assert app.url_map_class().match_order == order


# Classes of a program's own


class RoleRule(werkzeug.routing.Rule):
    """Takes an argument more, and puts it into each URL."""

    def __init__(self, string: str, role: str = "any", **settings: Any) -> None:
        super().__init__(string, **settings)
        self.role = role

    def build(self, values: Any, append_unknown: bool = True) -> tuple[str, str] | None:
        return super().build(MultiDict({**values, "role": self.role}), append_unknown)


class RoleApplication(flask.Flask):
    url_rule_class = RoleRule


def test_own_class_of_rules() -> None:
    app = RoleApplication("shop", static_folder=None)
    app.add_url_rule("/a", "a", answer(), role="admin")
    installation = trieroute.flask.install(app)
    app.add_url_rule("/b", "b", answer(), role="user")
    with app.test_request_context("/a"):
        assert flask.url_for("a") == "/a?role=admin"
        assert flask.url_for("b") == "/b?role=user"
        assert flask.request.url_rule.role == "admin"  # type: ignore
    for rule in app.url_map.iter_rules():
        assert isinstance(rule, RoleRule)
        assert isinstance(rule, trieroute.Rule)
    assert installation.classes == ("test_flask_install.RoleRule",)


def test_settings_that_a_class_of_rules_keeps_in_slots() -> None:
    class Secret(werkzeug.routing.Rule):
        __slots__ = ("__owner", "permission")

        def __init__(self, string: str, permission: str = "", **settings: Any) -> None:
            self.permission = permission
            self.__owner = "ann"
            super().__init__(string, **settings)

        def owner(self) -> str:
            return self.__owner

    class App(flask.Flask):
        url_rule_class = Secret

    def view() -> list[str]:
        rule: Any = flask.request.url_rule
        return [rule.permission, rule.owner()]

    app = App("shop", static_folder=None)
    app.add_url_rule("/x", "x", view, permission="admin")
    trieroute.flask.install(app)
    app.url_map.add(Secret("/y", endpoint="x", permission="user"))
    assert app.test_client().get("/x").json == ["admin", "ann"]
    assert app.test_client().get("/y").json == ["user", "ann"]


def test_own_class_of_maps() -> None:
    class TenantMap(werkzeug.routing.Map):
        tenant = "none"

        def bind_to_environ(self, environ: Any, *args: Any, **kwargs: Any) -> Any:
            adapter = super().bind_to_environ(environ, *args, **kwargs)
            adapter.path_info = adapter.path_info.removeprefix(f"/{self.tenant}")
            return adapter

    class TenantApplication(flask.Flask):
        url_map_class = TenantMap

    app = TenantApplication("shop", static_folder=None)
    app.url_map.tenant = "ann"  # type: ignore
    app.add_url_rule("/a", "a", answer())
    trieroute.flask.install(app)
    assert isinstance(app.url_map, TenantMap)
    assert isinstance(app.url_map, trieroute.Map)
    assert app.test_client().get("/ann/a").json == {"endpoint": "a"}


def test_own_add_of_a_map_is_not_called_again_for_the_rules_it_had() -> None:
    class PrefixedMap(werkzeug.routing.Map):
        def add(self, rulefactory: Any) -> None:
            super().add(werkzeug.routing.Submount("/v1", [rulefactory]))

    class PrefixedApplication(flask.Flask):
        url_map_class = PrefixedMap

    app = PrefixedApplication("shop", static_folder=None)
    app.add_url_rule("/a", "a", answer())
    trieroute.flask.install(app)
    app.add_url_rule("/b", "b", answer())
    assert [rule.rule for rule in app.url_map.iter_rules()] == ["/v1/a", "/v1/b"]


def test_rule_that_gives_several_is_not_asked_again() -> None:
    class TranslatedRule(werkzeug.routing.Rule):
        def get_rules(self, map: Any) -> Iterator[werkzeug.routing.Rule]:
            for language in ("en", "de"):
                rule = self.empty()
                rule.rule = f"/{language}{self.rule}"
                yield rule

    class TranslatedApplication(flask.Flask):
        url_rule_class = TranslatedRule

    app = TranslatedApplication("shop", static_folder=None)
    app.add_url_rule("/a", "a", answer())
    trieroute.flask.install(app)
    app.add_url_rule("/b", "b", answer())
    assert [rule.rule for rule in app.url_map.iter_rules()] == ["/en/a", "/de/a", "/en/b", "/de/b"]


def test_own_class_that_derives_from_trieroutes_is_kept() -> None:
    class OwnRule(trieroute.Rule):
        pass

    app = make_application()
    app.url_rule_class = OwnRule  # type: ignore
    trieroute.flask.install(app)
    assert app.url_rule_class is OwnRule


def test_function_that_makes_rules_is_kept() -> None:
    app = make_application()
    app.url_rule_class = lambda *args, **kwargs: RoleRule(*args, role="own", **kwargs)  # type: ignore
    app.add_url_rule("/a", "a", answer())
    trieroute.flask.install(app)
    app.add_url_rule("/b", "b", answer())
    assert [rule.role for rule in app.url_map.iter_rules()] == ["own", "own"]  # type: ignore


# What is told


@pytest.mark.usefixtures("equal_rules")
def test_installation() -> None:
    app = make_application()
    app.add_url_rule("/<int(max=10):x>", "x", answer())
    app.add_url_rule("/<int:y>", "y", answer())
    app.add_url_rule("/", "api", answer(), subdomain="API")
    installation = trieroute.flask.install(app)
    assert (installation.application, installation.match_order, installation.rules) == (
        "shop",
        "segments",
        3,
    )
    assert str(installation) == (
        "shop: trieroute matches 3 rules in the order 'segments'\n"
        "  rule '/<int(max=10):x>': when its converter refuses a value, the other rules are tried;"
        " Werkzeug answers with a 404\n"
        "  rule '/': its domain 'API' is compared without regard to case; Werkzeug never matches it"
    )
    assert trieroute.flask.install(app) == installation


def test_installation_of_one_rule_with_an_own_class() -> None:
    app = RoleApplication("shop", static_folder=None)
    app.add_url_rule("/<path:p>", "a", answer())
    assert str(trieroute.flask.install(app)) == (
        "shop: trieroute matches 1 rule in the order 'segments'\n"
        "  class test_flask_install.RoleRule was combined with trieroute's"
    )


def test_second_call_changes_nothing(app: flask.Flask) -> None:
    trieroute.flask.install(app)
    before = (app.url_map, app.url_map_class, app.url_rule_class, list(app.url_map.iter_rules()))
    trieroute.flask.install(app)
    after = (app.url_map, app.url_map_class, app.url_rule_class, list(app.url_map.iter_rules()))
    assert all(one is other for one, other in zip(before[:3], after[:3], strict=True))
    assert [id(rule) for rule in before[3]] == [id(rule) for rule in after[3]]


def test_proxy_of_an_application(app: flask.Flask) -> None:
    app.add_url_rule("/link", "link", lambda: flask.url_for("user", name="ann"))
    with app.app_context():
        installation = trieroute.flask.install(flask.current_app)
    assert str(installation) == "shop: trieroute matches 4 rules in the order 'segments'"
    assert isinstance(app.url_map, trieroute.Map)
    assert app.test_client().get("/link").text == "/user/ann"
    with pytest.raises(RuntimeError, match="application context"):
        trieroute.flask.install(flask.current_app)


def test_failure_of_the_short_links_leaves_the_application_as_it_was(app: flask.Flask) -> None:
    before = app.url_map, app.url_map_class, app.url_rule_class
    vars(app)["jinja_env"] = environment = mock.Mock()
    environment.globals.get.side_effect = KeyError("url_for")
    if hasattr(flask.globals, "_cv_request"):
        with pytest.raises(KeyError, match="url_for"):
            trieroute.flask.install(app)
        assert (app.url_map, app.url_map_class, app.url_rule_class) == before
        assert type(app.url_map) is werkzeug.routing.Map
        assert "url_for" not in vars(app)


# What is refused


@pytest.mark.parametrize("wrong", [None, "app", flask.Blueprint("b", "b"), flask.Flask])
def test_something_else_than_an_application(wrong: Any) -> None:
    with pytest.raises(
        TypeError, match="app must be an application object of Flask or Quart, not "
    ):
        trieroute.flask.install(wrong)


def test_rule_class_that_cannot_be_converted(app: flask.Flask) -> None:
    class Parsing(werkzeug.routing.Rule):
        def _parse_rule(self, rule: str) -> Any:
            return super()._parse_rule(rule)

    app.url_map.add(Parsing("/parsed", endpoint="parsed"))
    before = (app.url_map, app.url_map_class, app.url_rule_class)
    with pytest.raises(TypeError) as caught:
        trieroute.flask.install(app)
    assert "Parsing overrides _parse_rule, which trieroute never calls" in str(caught.value)
    assert (app.url_map, app.url_map_class, app.url_rule_class) == before
    assert app.test_client().get("/").json == {"endpoint": "index"}


def map_class_calling_by_name(name: str) -> Any:
    """Make a class of maps that calls one method of its base by the base's name."""
    source = f"def {name}(self, *args, **kwargs): return Map.{name}(self, *args, **kwargs)"
    body: dict[str, Any] = {}
    exec(source, {"Map": werkzeug.routing.Map}, body)
    return type("OwnMap", (werkzeug.routing.Map,), body)


@pytest.mark.parametrize("name", ["add", "bind", "bind_to_environ", "update"])
def test_map_class_that_calls_its_base_by_name(name: str) -> None:
    class OwnApplication(flask.Flask):
        url_map_class = map_class_calling_by_name(name)

    app = OwnApplication("shop", static_folder=None)
    app.add_url_rule("/a/<int:x>/", "a", answer())
    trieroute.flask.install(app)
    app.add_url_rule("/b", "b", answer(), methods=["POST"])
    app.add_url_rule("/c", "c", build_only=True)
    client = app.test_client()
    assert client.get("/a/1/").json == {"endpoint": "a", "x": 1}
    assert client.get("/a/1").location == "http://localhost/a/1/"
    assert client.post("/b").json == {"endpoint": "b"}
    assert client.get("/b").status_code == 405
    assert client.get("/c").status_code == 404
    with app.test_request_context():
        assert flask.url_for("c", q=1) == "/c?q=1"
        assert flask.url_for("a", x=2) == "/a/2/"


def test_map_class_that_calls_the_constructor_of_its_base_by_name() -> None:
    class OwnApplication(flask.Flask):
        url_map_class = map_class_calling_by_name("__init__")

    app = OwnApplication("shop", static_folder=None)
    trieroute.flask.install(app)
    with pytest.raises(TypeError) as caught:
        app.url_map_class()
    assert str(caught.value) == (
        "class test_flask_install.OwnMap is a map of trieroute, whose _matcher has no more than"
        " add, match and update: call Map.__init__ by super(), and to remove a rule, call"
        " Map.remove"
    )


def test_rule_of_werkzeugs_that_a_map_class_adds_by_the_name_of_its_base() -> None:
    app = flask.Flask("shop", static_folder=None)
    app.url_map = map_class_calling_by_name("add")()
    trieroute.flask.install(app)
    with pytest.raises(TypeError, match=r"is no rule of trieroute .* by super\(\)\.add"):
        app.url_map.add(werkzeug.routing.Rule("/a"))


def test_method_of_the_map_that_a_program_has_wrapped_before() -> None:
    app = flask.Flask("shop", static_folder=None)
    added: list[str] = []
    original = app.url_map.add

    def add(rule: Any) -> None:
        added.append(rule.rule)
        original(rule)

    app.url_map.add = add  # type: ignore[method-assign]
    app.add_url_rule("/a", "a", answer())
    trieroute.flask.install(app)
    app.add_url_rule("/b", "b", answer())
    assert added == ["/a", "/b"]
    assert app.test_client().get("/b").json == {"endpoint": "b"}
    assert [rule.map is app.url_map for rule in app.url_map.iter_rules()] == [True, True]


def test_rule_class_whose_methods_were_called_before() -> None:
    bound: list[str] = []

    class Prefixed(werkzeug.routing.Rule):
        def bind(self, map: Any, rebind: bool = False) -> None:
            bound.append(self.rule)
            self.rule = f"/v1{self.rule}"
            super().bind(map, rebind)

        def compile(self) -> None:
            self.rule = self.rule.replace("//", "/")
            super().compile()

    class OwnApplication(flask.Flask):
        url_rule_class = Prefixed

    app = OwnApplication("shop", static_folder=None)
    app.add_url_rule("/a/<int:x>", "a", answer())
    trieroute.flask.install(app)
    app.add_url_rule("/b", "b", answer())
    assert bound == ["/a/<int:x>", "/b"]
    client = app.test_client()
    assert client.get("/v1/a/1").json == {"endpoint": "a", "x": 1}
    assert client.get("/v1/b").json == {"endpoint": "b"}


def test_builder_that_a_program_has_set_on_a_rule_before() -> None:
    app = flask.Flask("shop", static_folder=None)
    app.add_url_rule("/a/<int:x>", "a", answer())
    (rule,) = app.url_map.iter_rules()
    rule._build_unknown = lambda **values: ("", f"/own/{values['x']}")  # type: ignore[attr-defined]
    trieroute.flask.install(app)
    with app.test_request_context():
        assert flask.url_for("a", x=2) == "/own/2"


def test_rule_that_a_program_has_left_out_of_the_matcher_before() -> None:
    app = flask.Flask("shop", static_folder=None)
    app.add_url_rule("/a", "a", answer())
    app.add_url_rule("/b", "b", answer())
    url_map: Any = app.url_map
    url_map._matcher = type(url_map._matcher)(url_map.merge_slashes)
    url_map._matcher.add(next(app.url_map.iter_rules("b")))
    trieroute.flask.install(app)
    client = app.test_client()
    assert (client.get("/a").status_code, client.get("/b").status_code) == (404, 200)
    with app.test_request_context():
        assert (flask.url_for("a"), flask.url_for("b")) == ("/a", "/b")


def test_map_whose_rules_a_program_lists_once_more(app: flask.Flask) -> None:
    trieroute.flask.install(app)
    (rule,) = app.url_map.iter_rules("post")
    app.url_map._rules_by_endpoint.setdefault("entry", []).append(rule)
    app.url_map._remap = True
    assert app.url_map.bind("").build("entry", {"id": 3}) == "/post/3/"


def test_adapter_of_werkzeugs_on_a_map_of_trieroute(app: flask.Flask) -> None:
    trieroute.flask.install(app)
    for rule in (
        werkzeug.routing.Rule("/old/<int:id>/", endpoint="post", alias=True),
        werkzeug.routing.Rule("/gone/<x>", endpoint="gone", redirect_to="post/<x>/"),
        werkzeug.routing.Rule("/page/", endpoint="page", defaults={"n": 1}),
        werkzeug.routing.Rule("/page/<int(max=9):n>", endpoint="page"),
        werkzeug.routing.Rule("/live", endpoint="live", websocket=True),
    ):
        app.url_map.add(rule)
    adapter = werkzeug.routing.MapAdapter(app.url_map, "localhost", "/", "", "http", "/", "GET")
    assert adapter.match("/post/3/") == ("post", {"id": 3})
    assert adapter.match("/page/2") == ("page", {"n": 2})
    assert adapter.match("/live", websocket=True) == ("live", {})
    assert adapter.build("post", {"id": 3}) == "/post/3/"
    for path, target in (
        ("/post/3", "/post/3/"),
        ("//post//3/", "/post/3/"),
        ("/old/3/", "/post/3/"),
        ("/gone/3", "/post/3/"),
        ("/page/1", "/page/"),
    ):
        with pytest.raises(RequestRedirect) as redirect:
            adapter.match(path)
        assert redirect.value.new_url == f"http://localhost{target}"
    for path in ("/page/10", "/nowhere"):
        with pytest.raises(NotFound):
            adapter.match(path)
    with pytest.raises(MethodNotAllowed) as refused:
        adapter.match("/", method="PUT")
    assert set(refused.value.valid_methods or ()) == {"GET", "HEAD", "OPTIONS"}
    with pytest.raises(WebsocketMismatch):
        adapter.match("/live")


def test_rule_that_trieroute_cannot_parse(app: flask.Flask) -> None:
    class Broken(werkzeug.routing.BaseConverter):
        regex = "("

    app.url_map.converters["broken"] = Broken
    app.add_url_rule("/x/<broken:x>", "broken", answer())
    before = app.url_map
    with pytest.raises(ValueError, match="rule '/x/<broken:x>'"):
        trieroute.flask.install(app)
    assert app.url_map is before
    assert app.url_map.converters["int"] is werkzeug.routing.IntegerConverter


def test_another_order_than_before(app: flask.Flask) -> None:
    trieroute.flask.install(app)
    with pytest.raises(RuntimeError, match="order 'segments', which can't be changed"):
        trieroute.flask.install(app, match_order="weights")


def test_unknown_order(app: flask.Flask) -> None:
    with pytest.raises(ValueError, match="match_order must be one of"):
        trieroute.flask.install(app, match_order="random")
    assert not isinstance(app.url_map, trieroute.Map)


# What frameworks and extensions touch


def test_members_that_extensions_read(app: flask.Flask) -> None:
    trieroute.flask.install(app)
    (post,) = app.url_map._rules_by_endpoint["post"]
    assert post in app.url_map._rules  # type: ignore[attr-defined]
    assert post.methods == {"GET", "HEAD", "OPTIONS", "POST"}
    assert post.arguments == {"id"}
    assert list(post._converters) == ["id"]
    assert "".join(f"<{text}>" if variable else text for variable, text in post._trace) == (
        "|/post/<id>/"
    )
    assert app.url_map.is_endpoint_expecting("post", "id")
    assert sorted(app.url_map._rules_by_endpoint) == ["index", "post", "user"]


def test_emptied_rule_goes_into_another_map(app: flask.Flask) -> None:
    trieroute.flask.install(app)
    copy = next(app.url_map.iter_rules("post")).empty()
    copy.rule = "/v2" + copy.rule
    app.url_map.add(copy)
    assert app.test_client().get("/v2/post/3/").json == {"endpoint": "post", "id": 3}


def test_binding_to_a_request(app: flask.Flask) -> None:
    trieroute.flask.install(app)
    with app.test_request_context("/post/3/?q=1", base_url="https://example.org/mounted"):
        adapter = app.url_map.bind_to_environ(flask.request)  # type: ignore[arg-type]
        assert adapter.match() == ("post", {"id": 3})
        assert adapter.build("index", force_external=True) == "https://example.org/mounted/"


def test_flask_routes(app: flask.Flask) -> None:
    trieroute.flask.install(app)
    app.add_url_rule("/later", "later", answer())
    result = app.test_cli_runner().invoke(FlaskGroup(create_app=lambda: app), ["routes"])
    assert result.exit_code == 0, result.output
    assert [line.split() for line in result.output.splitlines()][2:] == [
        ["index", "GET", "/"],
        ["later", "GET", "/later"],
        ["post", "GET,", "POST", "/post/<int:id>/"],
        ["user", "GET", "/user/<name>"],
    ]


def test_map_that_the_program_makes_anew(app: flask.Flask) -> None:
    trieroute.flask.install(app)
    app.url_map = app.url_map_class()
    app.add_url_rule("/a", "a", answer())
    assert app.test_client().get("/a").json == {"endpoint": "a"}


def test_map_of_werkzeugs_that_the_program_makes_takes_no_rules(app: flask.Flask) -> None:
    trieroute.flask.install(app)
    app.url_map = werkzeug.routing.Map(host_matching=True)
    with pytest.raises(TypeError, match=r"add it to a trieroute\.Map"):
        app.add_url_rule("/a", "a", answer(), host="localhost")


def test_framework_is_imported_by_its_own_module_alone() -> None:
    code = (
        "import sys, trieroute\n"
        "print([name for name in ('flask', 'quart', 'click') if name in sys.modules])\n"
        "import trieroute.flask\n"
        "print('quart' in sys.modules)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert result.stdout == "[]\nFalse\n"


@pytest.mark.parametrize("enabled", [True, False])
def test_garbage_is_collected_or_not_as_before(enabled: bool) -> None:
    app = flask.Flask("shop")
    try:
        if not enabled:
            gc.disable()
        trieroute.flask.install(app)
        assert gc.isenabled() == enabled
    finally:
        gc.enable()


def test_report_of_an_installation_shows_no_escapes() -> None:
    app = flask.Flask("shop\x1b[31m\n", static_folder=None)
    told = str(trieroute.flask.install(app))
    assert told.startswith("shop\\x1b[31m\\n: trieroute matches 0 rules")
    assert told.isprintable()
