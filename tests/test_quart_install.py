"""`trieroute.quart.install`: Quart applications, WebSockets included."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
import quart
import werkzeug.routing
from quart.cli import QuartGroup
from quart.routing import QuartMap, QuartRule

import trieroute
import trieroute.quart

Answer = Callable[..., Coroutine[Any, Any, dict[str, Any]]]


def answer() -> Answer:
    """A view that answers with its endpoint and its values."""

    async def view(**values: Any) -> dict[str, Any]:
        return {"endpoint": quart.request.endpoint, **values}

    return view


async def echo(**values: Any) -> None:
    """A WebSocket view that sends its endpoint and its values."""
    await quart.websocket.send_json({"endpoint": quart.websocket.endpoint, **values})


def make_application(**settings: Any) -> quart.Quart:
    return quart.Quart("shop", static_folder=None, **settings)


@pytest.fixture
def app() -> quart.Quart:
    app = make_application()
    app.add_url_rule("/", "index", answer())
    app.add_url_rule("/post/<int:id>/", "post", answer(), methods=["GET", "POST"])
    app.add_websocket("/live/<int:id>", "live", echo)
    return app


async def get_json(app: quart.Quart, path: str, **options: Any) -> Any:
    response = await app.test_client().get(path, **options)
    return await response.get_json()


async def receive(app: quart.Quart, path: str, **options: Any) -> Any:
    async with app.test_client().websocket(path, **options) as websocket:
        return await asyncio.wait_for(websocket.receive_json(), 10)


def test_requests(app: quart.Quart) -> None:
    trieroute.quart.install(app)

    async def requests() -> None:
        client = app.test_client()
        assert await get_json(app, "/") == {"endpoint": "index"}
        assert await get_json(app, "/post/3/") == {"endpoint": "post", "id": 3}
        redirect = await client.get("/post/3?q=1")
        assert (redirect.status_code, redirect.location) == (308, "http://localhost/post/3/?q=1")
        assert (await client.put("/post/3/")).allow == {"GET", "HEAD", "OPTIONS", "POST"}
        assert (await client.options("/post/3/")).allow == {"GET", "HEAD", "OPTIONS", "POST"}
        assert (await client.get("/nope")).status_code == 404

    asyncio.run(requests())


def test_websocket(app: quart.Quart) -> None:
    trieroute.quart.install(app)
    app.add_websocket("/later/<x>", "later", echo)

    async def websockets() -> None:
        assert await receive(app, "/live/3") == {"endpoint": "live", "id": 3}
        assert await receive(app, "/later/a") == {"endpoint": "later", "x": "a"}

    asyncio.run(websockets())


def test_path_of_a_websocket_is_no_page(app: quart.Quart) -> None:
    trieroute.quart.install(app)

    async def requests() -> None:
        assert (await app.test_client().get("/live/3")).status_code == 400

    asyncio.run(requests())


def test_one_path_for_pages_and_websockets(app: quart.Quart) -> None:
    app.add_websocket("/", "live_index", echo)
    trieroute.quart.install(app)

    async def requests() -> None:
        assert await get_json(app, "/") == {"endpoint": "index"}
        assert await receive(app, "/") == {"endpoint": "live_index"}

    asyncio.run(requests())


def test_url_for(app: quart.Quart) -> None:
    trieroute.quart.install(app)

    async def urls() -> None:
        async with app.test_request_context("/"):
            assert quart.url_for("post", id=3, q="a b") == "/post/3/?q=a+b"
            assert quart.url_for("index", _external=True) == "http://localhost/"
            assert quart.url_for("live", id=3) == "ws://localhost/live/3"
            assert quart.url_for("live", id=3, _scheme="wss", _external=True) == (
                "wss://localhost/live/3"
            )

    asyncio.run(urls())


def test_map_and_rules_are_trieroutes_and_quarts(app: quart.Quart) -> None:
    trieroute.quart.install(app)
    app.add_url_rule("/later", "later", answer())
    assert isinstance(app.url_map, trieroute.Map)
    assert isinstance(app.url_map, QuartMap)
    for rule in app.url_map.iter_rules():
        assert isinstance(rule, trieroute.Rule)
        assert isinstance(rule, QuartRule)


def test_rule_of_a_request_is_the_one_of_the_map(app: quart.Quart) -> None:
    trieroute.quart.install(app)
    app.add_url_rule("/later", "later", answer())

    async def rules() -> None:
        for path in ("/", "/later"):
            async with app.test_request_context(path):
                found = [
                    rule for rule in app.url_map.iter_rules() if rule is quart.request.url_rule
                ]
                assert len(found) == 1
                assert found[0].provide_automatic_options is True  # type: ignore[attr-defined]

    asyncio.run(rules())


def test_subdomains() -> None:
    app = make_application(subdomain_matching=True)
    app.config["SERVER_NAME"] = "example.com"
    app.add_url_rule("/", "index", answer())
    app.add_url_rule("/", "user", answer(), subdomain="<user>")
    app.add_websocket("/live", "live", echo, subdomain="<user>")
    trieroute.quart.install(app)

    async def requests() -> None:
        ann = {"Host": "ann.example.com:80"}
        assert await get_json(app, "/", headers={"Host": "example.com"}) == {"endpoint": "index"}
        assert await get_json(app, "/", headers=ann) == {"endpoint": "user", "user": "ann"}
        assert await receive(app, "/live", headers=ann) == {"endpoint": "live", "user": "ann"}

    asyncio.run(requests())


def test_host_of_another_site_warns(app: quart.Quart) -> None:
    app = make_application(subdomain_matching=True)
    app.config["SERVER_NAME"] = "example.com"
    app.add_url_rule("/", "index", answer())
    trieroute.quart.install(app)

    async def request() -> None:
        with pytest.warns(UserWarning, match="Current server name 'other.example' doesn't match"):
            response = await app.test_client().get("/", headers={"Host": "other.example"})
        assert response.status_code == 404

    asyncio.run(request())


def test_hosts() -> None:
    app = make_application(host_matching=True)
    app.add_url_rule("/", "index", answer(), host="example.com")
    app.add_url_rule("/", "user", answer(), host="<user>.example.com")
    trieroute.quart.install(app)

    async def requests() -> None:
        ann = {"Host": "ann.example.com"}
        assert await get_json(app, "/", headers={"Host": "example.com"}) == {"endpoint": "index"}
        assert await get_json(app, "/", headers=ann) == {"endpoint": "user", "user": "ann"}

    asyncio.run(requests())


class ListConverter(werkzeug.routing.BaseConverter):
    def to_python(self, value: str) -> list[str]:
        return value.split("+")


def test_converters_and_blueprints(app: quart.Quart) -> None:
    app.url_map.converters["list"] = ListConverter
    blog = quart.Blueprint("blog", "blog", url_prefix="/<lang>/blog")
    blog.add_url_rule("/<list:tags>", "tags", answer())
    blog.add_websocket("/live/<list:tags>", "live", echo)
    app.register_blueprint(blog)
    trieroute.quart.install(app)
    app.register_blueprint(blog, name="later", url_prefix="/later")

    async def requests() -> None:
        values = {"lang": "en", "tags": ["a", "b"]}
        assert await get_json(app, "/en/blog/a+b") == {"endpoint": "blog.tags", **values}
        assert await receive(app, "/en/blog/live/a+b") == {"endpoint": "blog.live", **values}
        assert await get_json(app, "/later/a") == {"endpoint": "later.tags", "tags": ["a"]}

    asyncio.run(requests())


def test_class_of_applications() -> None:
    class App(quart.Quart):
        url_map_class = trieroute.quart.Map
        url_rule_class = trieroute.quart.Rule  # type: ignore[assignment]

    app = App("shop", static_folder=None)
    app.add_url_rule("/<x>", "x", answer())
    app.add_websocket("/<x>", "live", echo)
    assert isinstance(app.url_map, trieroute.Map)
    assert app.url_map.match_order == "segments"

    async def requests() -> None:
        assert await get_json(app, "/a") == {"endpoint": "x", "x": "a"}
        assert await receive(app, "/a") == {"endpoint": "live", "x": "a"}

    asyncio.run(requests())


def test_quart_routes(app: quart.Quart) -> None:
    trieroute.quart.install(app)
    result = app.test_cli_runner().invoke(QuartGroup(create_app=lambda: app), ["routes"])
    assert result.exit_code == 0, result.output
    assert [line.split()[:1] for line in result.output.splitlines()][2:5] == [
        ["index"],
        ["live"],
        ["post"],
    ]


def test_installation(app: quart.Quart) -> None:
    installation = trieroute.quart.install(app)
    assert (installation.application, installation.match_order, installation.rules) == (
        "shop",
        "segments",
        3,
    )
    assert installation.classes == ("quart.routing.QuartMap", "quart.routing.QuartRule")
    before = app.url_map
    trieroute.quart.install(app)
    assert app.url_map is before


def test_proxy_of_an_application(app: quart.Quart) -> None:
    async def install() -> None:
        async with app.app_context():
            trieroute.quart.install(quart.current_app)
        assert isinstance(app.url_map, trieroute.Map)
        assert await get_json(app, "/post/3/") == {"endpoint": "post", "id": 3}

    asyncio.run(install())


@pytest.mark.parametrize("wrong", [None, quart.Quart, quart.Blueprint("b", "b")])
def test_something_else_than_an_application(wrong: Any) -> None:
    with pytest.raises(
        TypeError, match="app must be an application object of Flask or Quart, not "
    ):
        trieroute.quart.install(wrong)
