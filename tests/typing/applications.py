"""The types of what turns applications of frameworks, and of trieroute's own applications."""

from __future__ import annotations

from typing import assert_type

import fastapi
import flask
import quart
import starlette.applications
import starlette.routing

import trieroute
import trieroute.asgi
import trieroute.flask
import trieroute.quart
import trieroute.wsgi
from trieroute.flask import Installation
from trieroute.starlette import Speedup, speedup

assert_type(trieroute.flask.install(flask.Flask("shop")), Installation)
assert_type(trieroute.flask.install(flask.Flask("shop"), match_order="weights"), Installation)
assert_type(trieroute.quart.install(quart.Quart("shop")), Installation)
trieroute.flask.install(flask.Flask("shop"), match_order="weight")  # type: ignore[arg-type]
trieroute.flask.install(flask.Blueprint("shop", "shop"))  # type: ignore[arg-type]
trieroute.flask.install("shop")  # type: ignore[arg-type]

assert_type(speedup(starlette.applications.Starlette()), Speedup)
assert_type(speedup(starlette.routing.Router()), Speedup)
assert_type(speedup(fastapi.FastAPI()), Speedup)
assert_type(speedup(fastapi.APIRouter()), Speedup)
speedup(flask.Flask("shop"))  # type: ignore[arg-type]
speedup(None)  # type: ignore[arg-type]


class Application(flask.Flask):
    """A class of applications that route with trieroute."""

    url_map_class = trieroute.flask.Map
    url_rule_class = trieroute.flask.Rule


assert_type(trieroute.wsgi.Router(trieroute.Map()).map, trieroute.Map)
assert_type(trieroute.asgi.Router(trieroute.Map()).map, trieroute.Map)
