"""A real Flask application whose map and rules are those of trieroute."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import flask
import pytest
from flask.cli import FlaskGroup
from flask.views import MethodView
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter, BuildError, RequestRedirect

import trieroute


class Application(flask.Flask):
    url_map_class = trieroute.Map
    url_rule_class = trieroute.Rule


def make_application(**settings: Any) -> Application:
    return Application("application", static_folder=None, **settings)


def answer() -> Callable[..., dict[str, Any]]:
    """A view that answers with its endpoint and its values."""

    def view(**values: Any) -> dict[str, Any]:
        return {"endpoint": flask.request.endpoint, **values}

    return view


@pytest.fixture
def app() -> Application:
    app = make_application()
    app.add_url_rule("/", "index", answer())
    app.add_url_rule("/user/<name>", "user", answer())
    app.add_url_rule("/post/<int:id>/", "post", answer())
    app.add_url_rule("/form", "form", answer(), methods=["POST"])
    return app


# Maps and rules


def test_map_and_rules_are_those_of_trieroute(app: Application) -> None:
    assert type(app.url_map) is trieroute.Map
    assert {type(rule) for rule in app.url_map.iter_rules()} == {trieroute.Rule}


def test_iter_rules(app: Application) -> None:
    assert [(rule.rule, rule.endpoint, rule.methods) for rule in app.url_map.iter_rules()] == [
        ("/", "index", {"GET", "HEAD", "OPTIONS"}),
        ("/user/<name>", "user", {"GET", "HEAD", "OPTIONS"}),
        ("/post/<int:id>/", "post", {"GET", "HEAD", "OPTIONS"}),
        ("/form", "form", {"POST", "OPTIONS"}),
    ]


def test_iter_rules_of_one_endpoint(app: Application) -> None:
    app.add_url_rule("/u/<name>", "user")
    assert [rule.rule for rule in app.url_map.iter_rules("user")] == ["/user/<name>", "/u/<name>"]


# Requests


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("/", {"endpoint": "index"}),
        ("/user/ann", {"endpoint": "user", "name": "ann"}),
        ("/user/%C3%A9%20b", {"endpoint": "user", "name": "\xe9 b"}),
        ("/post/3/", {"endpoint": "post", "id": 3}),
    ],
)
def test_request(app: Application, path: str, values: dict[str, Any]) -> None:
    assert app.test_client().get(path).json == values


def test_not_found(app: Application) -> None:
    assert app.test_client().get("/post/three/").status_code == 404


def test_method_not_allowed(app: Application) -> None:
    response = app.test_client().get("/form")
    assert response.status_code == 405
    assert response.allow == {"OPTIONS", "POST"}


def test_options(app: Application) -> None:
    response = app.test_client().options("/form")
    assert response.status_code == 200
    assert response.allow == {"OPTIONS", "POST"}


def test_missing_slash_redirects(app: Application) -> None:
    response = app.test_client().get("/post/3?x=1")
    assert response.status_code == 308
    assert response.location == "http://localhost/post/3/?x=1"


def test_redirect_is_followed(app: Application) -> None:
    response = app.test_client().get("/post/3", follow_redirects=True)
    assert response.json == {"endpoint": "post", "id": 3}


def test_runs_of_slashes_redirect(app: Application) -> None:
    response = app.test_client().get("/user//ann")
    assert response.status_code == 308
    assert response.location == "http://localhost/user/ann"


def test_redirect_to(app: Application) -> None:
    app.add_url_rule("/old/<int:id>", "old", answer(), redirect_to="post/<id>/")
    response = app.test_client().get("/old/3")
    assert response.status_code == 308
    assert response.location == "http://localhost/post/3/"


def test_default_redirects_to_its_rule(app: Application) -> None:
    app.add_url_rule("/pages/", "pages", answer(), defaults={"page": 1})
    app.add_url_rule("/pages/<int:page>", "pages")
    client = app.test_client()
    assert client.get("/pages/").json == {"endpoint": "pages", "page": 1}
    assert client.get("/pages/1").location == "http://localhost/pages/"
    assert client.get("/pages/2").json == {"endpoint": "pages", "page": 2}


def test_strict_slashes_of_one_rule(app: Application) -> None:
    app.add_url_rule("/loose/", "loose", answer(), strict_slashes=False)
    assert app.test_client().get("/loose").json == {"endpoint": "loose"}


def test_strict_slashes_of_the_application(app: Application) -> None:
    app.url_map.strict_slashes = False
    app.add_url_rule("/loose/", "loose", answer())
    assert app.test_client().get("/loose").json == {"endpoint": "loose"}


def test_rule_of_a_request(app: Application) -> None:
    with app.test_request_context("/post/3/"):
        rule = flask.request.url_rule
        assert isinstance(rule, trieroute.Rule)
        assert (rule.rule, rule.endpoint) == ("/post/<int:id>/", "post")
        assert flask.request.view_args == {"id": 3}


def test_routing_exception_of_a_request(app: Application) -> None:
    with app.test_request_context("/post/3"):
        error = flask.request.routing_exception
        assert isinstance(error, RequestRedirect)
        assert error.new_url == "http://localhost/post/3/"
        assert flask.request.url_rule is None


def test_error_handlers(app: Application) -> None:
    @app.errorhandler(404)
    def not_found(error: HTTPException) -> tuple[str, int]:
        return f"{type(error).__name__} here", 404

    @app.errorhandler(405)
    def method_not_allowed(error: Any) -> tuple[str, int]:
        return f"only {sorted(error.valid_methods)}", 405

    client = app.test_client()
    assert client.get("/nope").text == "NotFound here"
    assert client.get("/form").text == "only ['OPTIONS', 'POST']"


def test_error_handler_for_all_http_exceptions_leaves_redirects_alone(app: Application) -> None:
    @app.errorhandler(HTTPException)
    def failed(error: HTTPException) -> tuple[str, int]:
        return "failed", error.code or 500

    client = app.test_client()
    assert client.get("/nope").text == "failed"
    assert client.get("/post/3").status_code == 308


def test_own_rule_option(app: Application) -> None:
    @app.route("/plain", provide_automatic_options=False)
    def plain() -> str:
        return "plain"

    client = app.test_client()
    assert client.get("/plain").text == "plain"
    assert client.options("/plain").status_code == 405


def test_rules_added_to_the_map_directly(app: Application) -> None:
    app.url_map.add(trieroute.Rule("/direct/<x>", endpoint="direct"))
    app.endpoint("direct")(answer())
    assert app.test_client().get("/direct/1").json == {"endpoint": "direct", "x": "1"}


# Views


def test_method_view(app: Application) -> None:
    class Item(MethodView):
        def get(self, id: int) -> str:
            return f"get {id}"

        def delete(self, id: int) -> str:
            return f"delete {id}"

    app.add_url_rule("/item/<int:id>", view_func=Item.as_view("item"))
    client = app.test_client()
    assert client.get("/item/3").text == "get 3"
    assert client.delete("/item/3").text == "delete 3"
    assert client.put("/item/3").status_code == 405


def test_one_path_with_a_view_for_each_method(app: Application) -> None:
    @app.get("/thing")
    def read() -> str:
        return "read"

    @app.post("/thing")
    def write() -> str:
        return "write"

    client = app.test_client()
    assert client.get("/thing").text == "read"
    assert client.post("/thing").text == "write"
    assert client.put("/thing").allow == {"GET", "HEAD", "OPTIONS", "POST"}


def test_default_values_of_a_view(app: Application) -> None:
    @app.route("/list/", defaults={"page": 1})
    @app.route("/list/<int:page>")
    def listing(page: int) -> str:
        return f"page {page}"

    client = app.test_client()
    assert client.get("/list/").text == "page 1"
    assert client.get("/list/2").text == "page 2"


# Converters


class ListConverter(BaseConverter):
    """Written against Werkzeug's base class, as extensions do."""

    def to_python(self, value: str) -> list[str]:
        return value.split("+")

    def to_url(self, value: list[str]) -> str:
        return "+".join(super(ListConverter, self).to_url(item) for item in value)


def test_converter_that_is_added_later(app: Application) -> None:
    app.url_map.converters["list"] = ListConverter
    app.add_url_rule("/tags/<list:tags>", "tags", answer())
    assert app.test_client().get("/tags/a+b").json == {"endpoint": "tags", "tags": ["a", "b"]}
    with app.test_request_context():
        assert flask.url_for("tags", tags=["x y", "z"]) == "/tags/x%20y+z"


# `flask.url_for`


@pytest.mark.parametrize(
    ("endpoint", "values", "url"),
    [
        ("index", {}, "/"),
        ("user", {"name": "a b"}, "/user/a%20b"),
        ("user", {"name": "ann", "tab": ["a", "b"], "x": None}, "/user/ann?tab=a&tab=b"),
        ("post", {"id": 3, "_anchor": "a b"}, "/post/3/#a%20b"),
        ("index", {"_external": True}, "http://localhost/"),
        ("index", {"_external": True, "_scheme": "https"}, "https://localhost/"),
        ("index", {"_external": True, "_scheme": ""}, "//localhost/"),
        ("form", {"_method": "POST"}, "/form"),
    ],
)
def test_url_for_in_a_request(
    app: Application, endpoint: str, values: dict[str, Any], url: str
) -> None:
    with app.test_request_context():
        assert flask.url_for(endpoint, **values) == url


def test_url_for_outside_of_requests(app: Application) -> None:
    app.config.update(
        SERVER_NAME="example.com", APPLICATION_ROOT="/app", PREFERRED_URL_SCHEME="https"
    )
    with app.app_context():
        assert flask.url_for("index") == "https://example.com/app/"
        assert flask.url_for("post", id=3, _external=False) == "/app/post/3/"


def test_url_for_below_a_script_root(app: Application) -> None:
    with app.test_request_context("/", base_url="https://example.com/mounted"):
        assert flask.url_for("index") == "/mounted/"
        assert flask.url_for("index", _external=True) == "https://example.com/mounted/"


def test_url_for_a_method_that_no_rule_has(app: Application) -> None:
    with app.test_request_context(), pytest.raises(BuildError) as caught:
        flask.url_for("form", _method="GET")
    assert "Did you mean to use methods ['OPTIONS', 'POST']?" in str(caught.value)


def test_url_for_an_unknown_endpoint(app: Application) -> None:
    with app.test_request_context(), pytest.raises(BuildError) as caught:
        flask.url_for("indx", x=1)
    assert str(caught.value) == (
        "Could not build url for endpoint 'indx' with values ['x']. Did you mean 'index' instead?"
    )


def test_url_for_in_a_template(app: Application) -> None:
    with app.test_request_context():
        text = flask.render_template_string("{{ url_for('user', name='a&b', q='<') }}")
    assert text == "/user/a&amp;b?q=%3C"


def test_current_adapter_of_trieroute_is_not_flasks(app: Application) -> None:
    with app.test_request_context(), pytest.raises(RuntimeError):
        trieroute.url_for("index")


def test_own_rule_class_is_asked_for_urls() -> None:
    class VersionedRule(trieroute.Rule):
        def build(self, values: Any, append_unknown: bool = True) -> tuple[str, str] | None:
            return super().build({**values, "v": 3}, append_unknown)

    class VersionedApplication(Application):
        url_rule_class = VersionedRule

    app = VersionedApplication("application", static_folder=None)
    app.add_url_rule("/asset/<path:name>", "asset", answer())
    with app.test_request_context():
        assert flask.url_for("asset", name="a/b.css") == "/asset/a/b.css?v=3"


# Handlers of build errors


def test_build_error_handler(app: Application) -> None:
    def handler(error: BuildError, endpoint: str, values: dict[str, Any]) -> str:
        return f"/elsewhere/{endpoint}/{sorted(values)}"

    app.url_build_error_handlers.append(handler)
    with app.test_request_context():
        url = flask.url_for("nope", x=1)
    assert url == "/elsewhere/nope/['_anchor', '_external', '_method', '_scheme', 'x']"


def test_build_error_handlers_are_asked_in_order(app: Application) -> None:
    app.url_build_error_handlers += [
        lambda error, endpoint, values: None,
        lambda error, endpoint, values: "/second",
        lambda error, endpoint, values: "/third",
    ]
    with app.test_request_context():
        assert flask.url_for("nope") == "/second"


def test_build_error_handler_that_raises_the_error_anew(app: Application) -> None:
    seen = []

    def handler(error: BuildError, endpoint: str, values: dict[str, Any]) -> str:
        seen.append(error)
        if sys.exc_info()[1] is error:
            raise
        raise error

    app.url_build_error_handlers.append(handler)
    with app.test_request_context(), pytest.raises(BuildError) as caught:
        flask.url_for("nope")
    assert seen == [caught.value]


# Blueprints


@pytest.fixture
def blog() -> flask.Blueprint:
    blog = flask.Blueprint("blog", __name__, url_prefix="/blog")
    blog.add_url_rule("/", "index", answer())
    blog.add_url_rule("/<int:id>", "show", answer())
    blog.add_url_rule("/urls", "urls", lambda: [flask.url_for(".show", id=3), flask.url_for(".x")])
    blog.add_url_rule("/x", "x", answer())
    return blog


def test_blueprint(app: Application, blog: flask.Blueprint) -> None:
    app.register_blueprint(blog)
    client = app.test_client()
    assert client.get("/blog/").json == {"endpoint": "blog.index"}
    assert client.get("/blog/3").json == {"endpoint": "blog.show", "id": 3}
    assert client.get("/blog").location == "http://localhost/blog/"


def test_relative_endpoints_of_a_blueprint(app: Application, blog: flask.Blueprint) -> None:
    app.register_blueprint(blog)
    app.register_blueprint(blog, name="copy", url_prefix="/copy")
    client = app.test_client()
    assert client.get("/blog/urls").json == ["/blog/3", "/blog/x"]
    assert client.get("/copy/urls").json == ["/copy/3", "/copy/x"]


def test_relative_endpoint_outside_of_blueprints(app: Application) -> None:
    with app.test_request_context("/"):
        assert flask.url_for(".index") == "/"


def test_nested_blueprints(app: Application, blog: flask.Blueprint) -> None:
    outer = flask.Blueprint("outer", __name__, url_prefix="/outer/<lang>")
    outer.register_blueprint(blog)
    app.register_blueprint(outer)
    assert app.test_client().get("/outer/de/blog/3").json == {
        "endpoint": "outer.blog.show",
        "lang": "de",
        "id": 3,
    }
    with app.test_request_context("/outer/de/blog/3"):
        assert flask.url_for(".index", lang="en") == "/outer/en/blog/"


def test_url_defaults_and_url_value_preprocessor(app: Application) -> None:
    shop = flask.Blueprint("shop", __name__, url_prefix="/<lang>/shop")

    @shop.url_value_preprocessor
    def pull(endpoint: str | None, values: dict[str, Any] | None) -> None:
        assert values is not None
        flask.g.lang = values.pop("lang")

    @shop.url_defaults
    def push(endpoint: str, values: dict[str, Any]) -> None:
        values.setdefault("lang", flask.g.lang)

    @shop.route("/<int:id>")
    def item(id: int) -> str:
        return f"{flask.g.lang} {flask.url_for('.item', id=id + 1)}"

    app.register_blueprint(shop)
    assert app.test_client().get("/de/shop/1").text == "de /de/shop/2"


def test_default_values_of_a_blueprint(app: Application, blog: flask.Blueprint) -> None:
    app.register_blueprint(blog, url_prefix="/<section>", url_defaults={"section": "news"})
    # The default overwrites what stands in the path, and is part of the URL.
    response = app.test_client().get("/news/3")
    assert response.json == {"endpoint": "blog.show", "section": "news", "id": 3}
    with app.test_request_context():
        assert flask.url_for("blog.show", id=3) == "/news/3"


# Static files


def test_static_route(tmp_path: Any) -> None:
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "a b.css").write_text("body {}")
    app = Application("application", static_folder=str(tmp_path), static_url_path="/files")
    with app.test_request_context():
        url = flask.url_for("static", filename="css/a b.css")
    assert url == "/files/css/a%20b.css"
    with app.test_client().get(url) as response:
        assert response.text == "body {}"
    assert app.test_client().get("/files/css/none.css").status_code == 404


# Subdomains and hosts


def test_subdomain_matching() -> None:
    app = make_application(subdomain_matching=True)
    app.config["SERVER_NAME"] = "example.com"
    app.add_url_rule("/", "index", answer())
    app.add_url_rule("/", "user", answer(), subdomain="<user>")
    client = app.test_client()
    assert client.get("/", base_url="http://example.com").json == {"endpoint": "index"}
    assert client.get("/", base_url="http://ann.example.com").json == {
        "endpoint": "user",
        "user": "ann",
    }
    with app.test_request_context("/", base_url="http://ann.example.com"):
        assert flask.url_for("user", user="ann") == "/"
        assert flask.url_for("user", user="bob") == "http://bob.example.com/"
        assert flask.url_for("index") == "http://example.com/"


def test_blueprint_on_a_subdomain(blog: flask.Blueprint) -> None:
    app = make_application(subdomain_matching=True)
    app.config["SERVER_NAME"] = "example.com:8000"
    app.register_blueprint(blog, subdomain="blog", url_prefix="/")
    response = app.test_client().get("/3", base_url="http://blog.example.com:8000")
    assert response.json == {"endpoint": "blog.show", "id": 3}
    with app.app_context():
        assert flask.url_for("blog.show", id=3) == "http://blog.example.com:8000/3"


def test_host_matching(tmp_path: Any) -> None:
    app = Application(
        "application",
        static_folder=str(tmp_path),
        static_url_path="/static",
        host_matching=True,
        static_host="cdn.example",
    )
    app.add_url_rule("/", "a", answer(), host="a.example")
    app.add_url_rule("/", "user", answer(), host="<user>.b.example")
    client = app.test_client()
    assert client.get("/", base_url="http://a.example").json == {"endpoint": "a"}
    assert client.get("/", base_url="http://ann.b.example").json == {
        "endpoint": "user",
        "user": "ann",
    }
    assert client.get("/", base_url="http://c.example").status_code == 404
    with app.test_request_context("/", base_url="https://a.example"):
        assert flask.url_for("a") == "/"
        assert flask.url_for("user", user="bob") == "https://bob.b.example/"
        assert flask.url_for("static", filename="x.js") == "https://cdn.example/static/x.js"


# The command line


def flask_command(app: flask.Flask, *args: str) -> list[list[str]]:
    """The words of each line that `flask ...` prints."""
    group = FlaskGroup(create_app=lambda: app)
    result = app.test_cli_runner().invoke(group, args)
    assert result.exit_code == 0, result.output
    return [line.split() for line in result.output.splitlines()]


def test_flask_routes(app: Application) -> None:
    assert flask_command(app, "routes") == [
        ["Endpoint", "Methods", "Rule"],
        ["--------", "-------", "---------------"],
        ["form", "POST", "/form"],
        ["index", "GET", "/"],
        ["post", "GET", "/post/<int:id>/"],
        ["user", "GET", "/user/<name>"],
    ]


def test_flask_routes_in_the_order_of_the_map(app: Application) -> None:
    endpoints = [line[0] for line in flask_command(app, "routes", "--sort", "match")[2:]]
    assert endpoints == ["index", "user", "post", "form"]


def test_flask_routes_with_subdomains() -> None:
    app = make_application(subdomain_matching=True)
    app.config["SERVER_NAME"] = "example.com"
    app.add_url_rule("/", "api", answer(), subdomain="api")
    assert flask_command(app, "routes") == [
        ["Endpoint", "Methods", "Subdomain", "Rule"],
        ["--------", "-------", "---------", "----"],
        ["api", "GET", "api", "/"],
    ]
