"""What `check` says of whole requests: they are measured without calling the program's own code."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from trieroute.inspection import compare

WHOLE = """\
import flask
import quart
import trieroute
import trieroute.asgi
import trieroute.flask
import trieroute.wsgi
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.routing import Route
from werkzeug.routing import Map, Rule

called = []

in_flask = flask.Flask("shop", static_folder=None)
in_flask.add_url_rule("/a/<int:x>", "a", called.append)
in_flask.before_request(lambda: called.append("hook"))

installed = flask.Flask("installed", static_folder=None)
installed.add_url_rule("/a/<int:x>", "a", called.append)
trieroute.flask.install(installed)

in_quart = quart.Quart("chat", static_folder=None)
in_quart.add_url_rule("/a/<int:x>", "a", called.append)
in_quart.before_request(lambda: called.append("hook"))

in_starlette = Starlette(routes=[Route("/a/{x:int}", called.append)])

in_fastapi = FastAPI()
in_fastapi.get("/a/{x}")(lambda x: called.append(x))

wsgi_router = trieroute.wsgi.Router(trieroute.Map())
wsgi_router.route("/a/<int:x>", endpoint="a")(lambda *given: called.append("view"))
wsgi_router.mount("/b", lambda *given: called.append("mounted"))
wsgi_router.wrap(lambda app: lambda *given: called.append("filter"))

asgi_router = trieroute.asgi.Router(trieroute.Map())
asgi_router.route("/a/<int:x>", endpoint="a")(lambda *given: called.append("view"))


class Plain:
    url_map = Map([Rule("/a/<int:x>", endpoint="a")])

    def __call__(self, environ, start_response):
        called.append("application")


plain = Plain()
url_map = Plain.url_map
"""


@pytest.mark.parametrize(
    "name",
    [
        "in_flask",
        "installed",
        "in_quart",
        "in_starlette",
        "in_fastapi",
        "wsgi_router",
        "asgi_router",
        "plain",
    ],
)
def test_share_of_a_whole_request_of_every_kind_of_application(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "whole.py").write_text(WHOLE)
    monkeypatch.syspath_prepend(tmp_path)
    whole = importlib.import_module("whole")
    comparison = compare(getattr(whole, name), rounds=2)
    assert comparison.match_ns is not None
    assert comparison.request_ns is not None
    assert "\nOf a whole request, which takes " in str(comparison)
    assert whole.called == []
    assert compare(whole.url_map, rounds=2).request_ns is None
