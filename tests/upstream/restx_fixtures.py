"""A pytest plugin: the fixtures that Flask-RESTX's tests ask for, which its sdist lacks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import flask
import pytest
from flask.testing import FlaskClient


class JsonClient(FlaskClient):
    """A client that sends and reads JSON, and checks that an answer is some."""

    def get_json(self, url: str, status: int = 200, **options: Any) -> Any:
        return self._read(self.get(url, **options), status)

    def post_json(self, url: str, data: Any, status: int = 200, **options: Any) -> Any:
        return self._read(self.post(url, json=data, **options), status)

    def get_specs(self, prefix: str = "", status: int = 200, **options: Any) -> Any:
        return self.get_json(f"{prefix}/swagger.json", status, **options)

    def _read(self, response: Any, status: int) -> Any:
        assert (response.status_code, response.content_type) == (status, "application/json")
        return json.loads(response.text)


@pytest.fixture
def app() -> flask.Flask:
    application = flask.Flask("tests")
    application.test_client_class = JsonClient
    return application


@pytest.fixture
def client(app: flask.Flask) -> Any:
    return app.test_client()


@pytest.fixture
def api(request: pytest.FixtureRequest, app: flask.Flask) -> Any:
    """An API in a blueprint; the mark ``api`` has options of both."""
    import flask_restx

    marker = request.node.get_closest_marker("api")
    options = dict(marker.kwargs) if marker else {}
    names = {"url_prefix": "prefix", "subdomain": "subdomain"}
    of_blueprint = {ours: options.pop(name) for ours, name in names.items() if name in options}
    blueprint = flask.Blueprint("api", "tests", **of_blueprint)
    made = flask_restx.Api(blueprint, **options)
    app.register_blueprint(blueprint)
    return made


@pytest.fixture
def mock_app(mocker: Any) -> Any:
    import flask_restx

    mocker.patch.object(flask_restx.Api, "_configure_namespace_logger")
    mock = mocker.Mock(flask.Flask)
    mock.view_functions, mock.extensions, mock.config = {}, {}, {}
    return mock


@pytest.fixture(autouse=True)
def request_context(request: pytest.FixtureRequest, app: flask.Flask) -> Iterator[None]:
    """Let each test run in a request; the mark ``request_context`` says in which one."""
    marker = request.node.get_closest_marker("request_context")
    args, options = (marker.args, marker.kwargs) if marker else ((), {})
    with app.test_request_context(*args, **options):
        yield
