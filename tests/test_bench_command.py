"""`trieroute bench`: what is measured and how it is shown; not how fast it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from starlette.applications import Starlette
from starlette.routing import Mount, Route, Router

import trieroute
from trieroute._commands.cli import cli
from trieroute._inspection.bench import BenchRow, bench


def no_view(**values: Any) -> str:
    raise AssertionError("no view is called")


def flask_app() -> Flask:
    app = Flask("benched", static_folder=None)
    app.add_url_rule("/", "index", no_view)
    app.add_url_rule("/users/<int:id>", "user", no_view, methods=["PUT"])
    return app


def rows(application: Any) -> dict[str, BenchRow]:
    return {row.name: row for row in bench(application, rounds=1)}


def test_rows_of_flask() -> None:
    found = rows(flask_app())
    assert [*found] == ["match", "miss (404, 405)", "URL", "whole call of the application"]
    assert all(row.router == "Werkzeug" and row.calls > 1 for row in found.values())
    assert all(row.present_ns > 0 and row.trieroute_ns > 0 for row in found.values())


def test_application_stays_as_it_is() -> None:
    app = flask_app()
    url_map, views = app.url_map, dict(app.view_functions)
    bench(app, rounds=1)
    assert app.url_map is url_map
    assert app.view_functions == views
    assert type(url_map).__module__ == "werkzeug.routing.map"


def test_rows_of_maps() -> None:
    names = ["match", "miss (404, 405)", "URL"]
    assert [*rows(trieroute.Map([trieroute.Rule("/a", endpoint="a")]))] == names
    assert [*rows(flask_app().url_map)] == names


async def no_endpoint(request: Any) -> None:
    raise AssertionError("no endpoint is called")


def test_rows_of_starlette() -> None:
    shop = Mount("/shop", routes=[Route("/{b:int}", no_endpoint, name="item")], name="shop")
    found = rows(Starlette(routes=[shop, Route("/a/{b:int}", no_endpoint, methods=["PUT"])]))
    assert [*found] == ["match", "miss (404, 405)", "URL", "whole call of the application"]
    assert all(row.router == "Starlette" and row.calls > 1 for row in found.values())
    assert all(row.present_ns > 0 and row.trieroute_ns > 0 for row in found.values())
    # Two URLs of each route, and that of the mount itself is no route's.
    assert found["URL"].calls == 4


def test_rows_of_starlette_without_what_there_is_none_of() -> None:
    everything = Router(routes=[Mount("/", app=no_endpoint)])
    assert "URL" not in rows(everything)


class Counting(Flask):
    """Keeps the requests that are answered with success in its place."""

    answered: ClassVar[set[tuple[str, str]]] = set()

    def wsgi_app(self, environ: Any, start_response: Any) -> Any:
        def start(status: str, *given: Any) -> Any:
            if status == "200 OK":
                self.answered.add((environ["REQUEST_METHOD"], environ["PATH_INFO"]))
            return start_response(status, *given)

        return super().wsgi_app(environ, start)


def test_calls_of_a_whole_application_are_those_that_are_made() -> None:
    app = Counting("counting", static_folder=None)
    for number in range(30):
        app.add_url_rule(f"/{number}/<int:x>", str(number), no_view)
    found = rows(app)
    assert found["whole call of the application"].calls == len(Counting.answered)
    assert any(path.startswith("//") for _, path in Counting.answered)
    assert found["match"].calls > 50


def test_calls_are_not_more_than_those_of_a_round() -> None:
    url_map = trieroute.Map(trieroute.Rule(f"/{n}/<x>", endpoint=n) for n in range(400))
    assert all(row.calls <= 1_000 for row in rows(url_map).values())


class CountingRouter(Router):
    """Keeps the requests that it gets, by whether they are whole ones."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.asked: dict[bool, set[tuple[str, str]]] = {False: set(), True: set()}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        # The scopes of a comparison have no more than the router reads.
        self.asked["asgi" in scope].add((scope["method"], scope["path"]))
        await super().__call__(scope, receive, send)


def test_calls_of_starlettes_routes_are_those_that_are_made() -> None:
    routes = [Route(f"/{number}/{{x}}", no_endpoint, name=f"r{number}") for number in range(60)]
    router = CountingRouter(routes=[*routes, Route("/plain", no_endpoint, name="plain")])
    found = rows(router)
    assert found["whole call of the application"].calls == len(router.asked[True])
    assert found["match"].calls <= 200
    # Two of each route, and one of the route without a variable.
    assert found["URL"].calls == 121


def test_no_rounds_give_no_rows() -> None:
    assert bench(Router(routes=[Route("/a", no_endpoint)]), rounds=0) == []
    assert bench(flask_app(), rounds=0) == []


def test_ratio() -> None:
    assert BenchRow("match", "Werkzeug", 3000.0, 200.0, 9).ratio == 15.0


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "benched.py").write_text(
        "import trieroute\n"
        "app = trieroute.Map([trieroute.Rule('/a', endpoint='a')])\n"
        "nothing = trieroute.Map()\n"
    )
    yield tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["bench", *arguments, "--rounds", "1"])


def test_table(directory: Path) -> None:
    result = run("benched:app")
    assert result.exit_code == 0
    first, *others = result.output.splitlines()
    assert first.split() == ["Werkzeug", "trieroute", "ratio", "different", "calls"]
    assert [line.split()[0] for line in others] == ["match", "miss", "URL"]
    assert max(map(len, result.output.splitlines())) <= 80


def test_json(directory: Path) -> None:
    (match, *_) = json.loads(run("benched:app", "--json").output)
    assert (match["name"], match["router"]) == ("match", "Werkzeug")
    assert match["ratio"] == match["present_ns"] / match["trieroute_ns"]


def test_nothing_to_measure(directory: Path) -> None:
    result = run("benched:nothing")
    assert result.exit_code == 1
    assert result.output == "Error: there is nothing to measure\n"
    assert run("benched:nowhere").exit_code == 2
