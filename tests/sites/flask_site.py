"""A Flask application under waitress on a free port of loopback, which is printed.

``python flask_site.py FOLDER [install]``: *FOLDER* has the static files; with ``install`` the
application routes with trieroute.
"""

from __future__ import annotations

import sys

import flask
import waitress
from flask.views import MethodView
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter, Rule, Submount, ValidationError


class ListConverter(BaseConverter):
    def to_python(self, value: str) -> list[str]:
        if not value.islower():
            raise ValidationError
        return value.split("+")

    def to_url(self, value: list[str]) -> str:
        return "+".join(super(ListConverter, self).to_url(item) for item in value)


def make_application(folder: str) -> flask.Flask:
    app = flask.Flask(
        "site", subdomain_matching=True, static_folder=folder, static_url_path="/static"
    )
    app.config["SERVER_NAME"] = "site.example"
    app.url_map.converters["list"] = ListConverter

    @app.before_request
    def before() -> flask.Response | None:
        flask.g.seen = str(flask.request.url_rule)
        if flask.request.args.get("token") == "wrong":
            return flask.Response("refused", 403)
        return None

    @app.after_request
    def after(response: flask.Response) -> flask.Response:
        response.headers["X-Rule"] = flask.g.get("seen", "none")
        response.headers["X-Endpoint"] = str(flask.request.endpoint)
        response.headers["X-Blueprints"] = ",".join(flask.request.blueprints)
        return response

    @app.errorhandler(404)
    def not_found(error: HTTPException) -> tuple[str, int]:
        return f"nothing at {flask.request.path}", 404

    @app.errorhandler(HTTPException)
    def failed(error: HTTPException) -> tuple[dict[str, object], int]:
        allowed = sorted(getattr(error, "valid_methods", None) or ())
        return {"error": error.name, "allowed": allowed}, error.code or 500

    @app.get("/")
    def index() -> str:
        return flask.render_template_string(
            "{{ url_for('blog.show', lang='en', id=3, _anchor='x y') }}"
            " {{ url_for('static', filename='a b.css') }}"
            " {{ url_for('user', user='ann', page=2) }}"
            " {{ url_for('index', _external=True, _scheme='https', tag=['a', 'b'], none=None) }}"
        )

    @app.route("/", subdomain="<user>")
    def user(user: str) -> list[str]:
        return [user, flask.url_for("user", user=user), flask.url_for("index")]

    @app.route("/tags/<list:tags>/", methods=["GET", "POST"])
    def tags(tags: list[str]) -> list[str]:
        return [*tags, flask.url_for("tags", tags=tags, q="é")]

    @app.get("/tags/<word>/")
    def other_tag(word: str) -> str:
        return f"word {word}"

    @app.get("/files/<path:name>")
    def file(name: str) -> str:
        return f"file {name!r}"

    @app.get("/numbers/<int:number>")
    @app.get("/numbers/<float:number>")
    def number(number: float) -> str:
        return repr(number)

    @app.get("/pages/", defaults={"page": 1})
    @app.get("/pages/<int:page>")
    def pages(page: int) -> str:
        return f"page {page}"

    @app.get("/plain", provide_automatic_options=False)
    def plain() -> str:
        return "plain"

    @app.get("/fails")
    def fails() -> str:
        return flask.url_for("nowhere")

    class Item(MethodView):
        def get(self, id: int) -> str:
            return f"get {id}"

        def put(self, id: int) -> str:
            return f"put {id} {flask.request.get_data(as_text=True)}"

    app.add_url_rule("/item/<int:id>", view_func=Item.as_view("item"))
    app.add_url_rule("/old/<int:id>", "old", redirect_to="item/<id>")
    app.url_map.add(Submount("/mounted", [Rule("/<name>", endpoint="mounted")]))
    app.endpoint("mounted")(lambda name: f"mounted {name}")

    def to_url(error: Exception, endpoint: str, values: dict[str, object]) -> str:
        return f"/handled/{endpoint}"

    app.url_build_error_handlers.append(to_url)

    blog = flask.Blueprint("blog", "blog", url_prefix="/<lang>/blog")

    @blog.url_value_preprocessor
    def pull(endpoint: str | None, values: dict[str, object] | None) -> None:
        flask.g.lang = (values or {}).pop("lang", "none")

    @blog.url_defaults
    def push(endpoint: str, values: dict[str, object]) -> None:
        values.setdefault("lang", flask.g.get("lang", "none"))

    @blog.get("/")
    def posts() -> str:
        return f"posts in {flask.g.lang}"

    @blog.get("/<int:id>")
    def show(id: int) -> str:
        return f"{flask.g.lang} {flask.url_for('.show', id=id + 1)} {flask.url_for('.posts')}"

    api = flask.Blueprint("api", "api", subdomain="api", url_prefix="/v1")

    @api.get("/things/<uuid:id>")
    def thing(id: object) -> dict[str, str]:
        return {"id": str(id), "next": flask.url_for(".thing", id=id)}

    @api.errorhandler(404)
    def no_thing(error: HTTPException) -> tuple[dict[str, str], int]:
        return {"error": "no thing"}, 404

    app.register_blueprint(blog)
    app.register_blueprint(api)
    return app


if __name__ == "__main__":
    app = make_application(sys.argv[1])
    if sys.argv[2:] == ["install"]:
        import trieroute.flask

        trieroute.flask.install(app)
    packages = {cls.__module__.partition(".")[0] for cls in type(app.url_map).__mro__}
    print("trieroute" if "trieroute" in packages else "werkzeug", flush=True)
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=2)
    print(server.effective_port, flush=True)
    server.run()
