"""The tool that tries the commands on applications, on some that have routes of all kinds."""

from __future__ import annotations

import re

import flask
import pytest
import quart
from starlette.applications import Starlette
from starlette.routing import Mount, Route, WebSocketRoute

from agreement import main

flask_app = flask.Flask("shop", static_folder=None)
flask_app.add_url_rule("/<int:id>", "item")
flask_app.add_url_rule("/<name>/", "shop", methods=["POST"])

# Rules of Quart take fewer arguments than those of Werkzeug.
quart_app = quart.Quart("live", static_folder=None)
quart_app.add_url_rule("/news", "news")
quart_app.add_websocket("/live/<int:id>", "live", lambda id: None)


async def answer(scope: object, receive: object, send: object) -> None:
    """Answer nothing: it is never called."""


starlette_app = Starlette(
    routes=[
        Mount("/files", answer, name="files"),
        Mount("/api", routes=[Route("/users/{id:int}", answer), WebSocketRoute("/live", answer)]),
        Route("/{page}", answer),
    ]
)


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        pytest.param("flask_app", 2, id="Flask"),
        pytest.param("quart_app", 2, id="Quart"),
        pytest.param("starlette_app", 4, id="Starlette, mounts"),
    ],
)
def test_explain_agrees(name: str, rules: int, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--requests", "150", f"test_agreement:{name}"])
    told = re.fullmatch(
        r"\S+: (\d+) rules, (\d+) requests agree, \d+ findings\n(\d+) requests in all\n",
        capsys.readouterr().out,
    )
    assert told is not None
    assert int(told[1]) == rules
    assert int(told[2]) == int(told[3]) >= 150
