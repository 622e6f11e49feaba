"""`trieroute bench`: what is measured and how it is shown; not how fast it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from starlette.applications import Starlette
from starlette.routing import Route

import trieroute
from trieroute.commands.cli import cli
from trieroute.inspection.bench import BenchRow, bench


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


def test_rows_of_starlette() -> None:
    async def view(request: Any) -> None:
        raise AssertionError("no view is called")

    (row,) = bench(Starlette(routes=[Route("/a/{b:int}", view)]), rounds=1)
    assert (row.name, row.router) == ("call of the router", "Starlette")


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
