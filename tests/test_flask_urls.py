"""`url_for` of a Flask application after `install`: whatever it is asked, it answers as before."""

from __future__ import annotations

import copy
import functools
import inspect
from collections.abc import Callable
from typing import Any
from unittest import mock

import flask
import pytest
from hypothesis import given
from hypothesis import strategies as st

import trieroute.flask
from trieroute._dropin.fast_url_for import FastUrlFor
from trieroute._dropin.install import install


class OwnUrlFor(flask.Flask):
    def url_for(self, /, endpoint: str, **values: Any) -> str:
        return f"own {super().url_for(endpoint, **values)}"


class OwnDefaults(flask.Flask):
    def inject_url_defaults(self, endpoint: str, values: dict[str, Any]) -> None:
        values.setdefault("s", "own")


class OwnAdapter(flask.Flask):
    def create_url_adapter(self, request: Any) -> Any:
        adapter = super().create_url_adapter(request)
        if adapter is not None:
            adapter.script_name = "/own/"
        return adapter


class OwnErrors(flask.Flask):
    def handle_url_build_error(self, error: Any, endpoint: str, values: dict[str, Any]) -> str:
        return f"/own/{endpoint}/{sorted(values)}"


def url_defaults(app: flask.Flask) -> None:
    app.url_defaults(lambda endpoint, values: values.setdefault("s", endpoint))


def handlers(app: flask.Flask) -> None:
    def handle(error: Exception, endpoint: str, values: dict[str, Any]) -> str | None:
        return f"{error} {endpoint} {values}" if endpoint != "unhandled" else None

    app.url_build_error_handlers.append(handle)


def server_name(app: flask.Flask) -> None:
    app.config.update(SERVER_NAME="example.com:8080", PREFERRED_URL_SCHEME="https")


def nothing(app: flask.Flask) -> None: ...


def make(kind: type[flask.Flask], configure: Callable[[flask.Flask], None]) -> flask.Flask:
    app = kind("shop", static_folder=None)
    configure(app)
    app.add_url_rule("/", "index", lambda: "")
    app.add_url_rule("/items/<int:n>/<s>", "item", lambda **_: "")
    app.add_url_rule("/items/<int:n>", "item", methods=["POST"])
    shop = flask.Blueprint("shop", "shop")
    shop.add_url_rule("/<s>", "page", lambda s: "")
    inner = flask.Blueprint("inner", "inner")
    inner.add_url_rule("/<s>", "page", lambda s: "")
    shop.register_blueprint(inner, url_prefix="/inner")
    app.register_blueprint(shop, url_prefix="/shop")
    return app


KINDS = [flask.Flask, OwnUrlFor, OwnDefaults, OwnAdapter, OwnErrors]
CONFIGURATIONS = [nothing, url_defaults, handlers, server_name]
ENDPOINTS = ["index", "item", ".page", ".index", "shop.page", "shop.inner.page", "unhandled", ""]
OPTIONS: dict[str, st.SearchStrategy[Any]] = {
    "n": st.sampled_from([1, "1", -1, "x", None]),
    "s": st.sampled_from(["a", "a b/ü", "", None]),
    "q": st.sampled_from(["a&b", ["1", "2"], None, 1.5]),
    "_anchor": st.sampled_from([None, "", "a b"]),
    "_method": st.sampled_from([None, "GET", "POST"]),
    "_scheme": st.sampled_from([None, "", "https"]),
    "_external": st.sampled_from([None, True, False]),
}


def outcome(app: flask.Flask, path: str | None, calls: list[Any]) -> list[Any]:
    found = []
    with app.app_context() if path is None else app.test_request_context(path):
        for endpoint, values in calls:
            for url_for in (flask.url_for, app.url_for, app.jinja_env.globals["url_for"]):
                try:
                    found.append(url_for(endpoint, **values))
                except Exception as error:
                    found.append((type(error), str(error)))
    return found


@given(
    kind=st.sampled_from(KINDS),
    configure=st.sampled_from(CONFIGURATIONS),
    path=st.sampled_from([None, "/", "/shop/x", "/shop/inner/x", "/nothing"]),
    calls=st.lists(
        st.tuples(
            st.sampled_from(ENDPOINTS),
            st.fixed_dictionaries({}, optional=OPTIONS),
        ),
        min_size=1,
        max_size=6,
    ),
    templates_first=st.booleans(),
)
def test_links_are_equal(
    kind: type[flask.Flask],
    configure: Callable[[flask.Flask], None],
    path: str | None,
    calls: list[Any],
    templates_first: bool,
) -> None:
    plain, fast = make(kind, configure), make(kind, configure)
    if templates_first:
        assert fast.jinja_env
    # Both have a map of trieroute's, whose errors have messages of their own.
    install(plain)
    trieroute.flask.install(fast)
    assert outcome(fast, path, calls) == outcome(plain, path, calls)


def test_url_for_of_a_class_stays() -> None:
    for kind in KINDS:
        # Since 3.2, Flask keeps what is about the request in another place.
        short = kind not in (OwnUrlFor, OwnDefaults) and hasattr(flask.globals, "_cv_request")
        app = make(kind, nothing)
        trieroute.flask.install(app)
        assert isinstance(app.url_for, FastUrlFor) == short
        own = app.url_for
        trieroute.flask.install(app)
        assert app.url_for == own


def test_url_for_that_the_application_was_given_stays() -> None:
    app: Any = make(flask.Flask, nothing)
    app.url_for = lambda endpoint, **values: f"given {endpoint}"
    trieroute.flask.install(app)
    with app.test_request_context("/"):
        assert flask.url_for("index") == "given index"


def test_method_that_is_replaced_later_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    app: Any = make(flask.Flask, nothing)
    trieroute.flask.install(app)
    with app.test_request_context("/"):
        assert flask.url_for("item", n=1, s="a") == "/items/1/a"
        with monkeypatch.context() as patch:
            patch.setattr(flask.Flask, "url_for", lambda self, endpoint, **values: "replaced")
            assert flask.url_for("index") == "replaced"
        with monkeypatch.context() as patch:
            patch.setattr(app, "inject_url_defaults", lambda _, values: values.update(s="b"))
            assert flask.url_for("item", n=1, s="a") == "/items/1/b"
        url_defaults(app)
        assert flask.url_for("item", n=1) == "/items/1/item"


def test_method_that_was_replaced_on_the_class_before_is_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url_for, inject_url_defaults = flask.Flask.url_for, flask.Flask.inject_url_defaults

    # A wrapper has the name of the module of what it wraps.
    @functools.wraps(url_for)
    def own_url_for(self: flask.Flask, endpoint: str, **values: Any) -> str:
        return f"https://cdn.example{url_for(self, endpoint, **values)}"

    def own_defaults(self: flask.Flask, endpoint: str, values: dict[str, Any]) -> None:
        values.setdefault("lang", "de")
        inject_url_defaults(self, endpoint, values)

    for name, function, link in (
        ("url_for", own_url_for, "https://cdn.example/"),
        ("inject_url_defaults", own_defaults, "/?lang=de"),
        ("url_for", mock.Mock(return_value="/mock"), "/mock"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(flask.Flask, name, function)
            app = make(flask.Flask, nothing)
            trieroute.flask.install(app)
            with app.test_request_context("/"):
                assert flask.url_for("index") == link


def test_endpoint_may_be_given_by_its_name_and_may_be_no_text() -> None:
    app: Any = make(flask.Flask, nothing)
    trieroute.flask.install(app)
    with app.test_request_context("/shop/x"):
        assert app.url_for(endpoint="index") == "/"
        assert app.url_for(endpoint=".page", s="a") == "/shop/a"
        with pytest.raises(TypeError):
            app.url_for(7)


def test_wrong_calls_are_refused_as_by_the_method() -> None:
    app: Any = make(flask.Flask, nothing)
    trieroute.flask.install(app)
    with app.test_request_context("/"):
        with pytest.raises(TypeError, match=r"url_for\(\) missing 1 required .*: 'endpoint'$"):
            app.url_for()
        with pytest.raises(TypeError, match=r"url_for\(\) missing 1 required .*: 'endpoint'$"):
            app.url_for(n=1, _external=True)
        with pytest.raises(
            TypeError, match=r"url_for\(\) takes 2 positional arguments but 3 were given$"
        ):
            flask.render_template_string("{{ url_for('index', 5) }}")
        with pytest.raises(
            TypeError, match=r"url_for\(\) got multiple values for argument 'endpoint'$"
        ):
            app.url_for("index", endpoint="index")


def test_links_in_templates() -> None:
    app = make(flask.Flask, nothing)
    app.add_url_rule(
        "/page", "page", lambda: flask.render_template_string("{{ url_for('item', n=1, s='a') }}")
    )
    trieroute.flask.install(app)
    assert app.test_client().get("/page").text == "/items/1/a"


def test_links_tell_of_themselves_what_the_method_does() -> None:
    app = make(flask.Flask, nothing)
    before = app.url_for
    trieroute.flask.install(app)
    assert isinstance(app.url_for, FastUrlFor)
    assert inspect.signature(app.url_for) == inspect.signature(before)
    assert inspect.getsource(app.url_for).startswith("    def url_for(")
    assert app.url_for.__doc__ == flask.Flask.url_for.__doc__
    assert repr(app.url_for) == "<bound method Flask.url_for of <Flask 'shop'>>"
    assert (app.url_for == before, before == app.url_for) == (True, True)
    assert (app.url_for != before, app.url_for == app.url_for) == (False, True)
    assert hash(app.url_for) == hash(before)
    other = make(flask.Flask, nothing)
    assert app.url_for != other.url_for
    trieroute.flask.install(other)
    assert app.url_for != other.url_for
    assert app.url_for != 1
    with pytest.raises(ValueError, match="signature"):
        inspect.signature(FastUrlFor)
    assert app.url_for.__name__ == "url_for"
    assert app.url_for.__self__ is app
    assert app.url_for.__func__ is flask.Flask.url_for
    assert copy.copy(app.url_for) == app.url_for
    with pytest.raises(AttributeError):
        _ = app.url_for.nothing  # type: ignore[attr-defined]
