"""`trieroute export`: OpenAPI, Graphviz, SVG, JSON and what TypeScript is given."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from flask import Flask
from starlette.applications import Starlette
from starlette.routing import Mount, Route

import trieroute.asgi
import trieroute.wsgi
from trieroute import BaseConverter, Map, Rule
from trieroute._commands.cli import cli
from trieroute._core.werkzeug_version import FLOAT_TO_URL
from trieroute._inspection.drawing import dot, svg
from trieroute._inspection.openapi import openapi_paths
from trieroute._inspection.typescript import typescript
from trieroute.inspection import tree

HOSTILE = "</text><script>\"\\l'&\x00\u2028\ud800"


class Own(BaseConverter):
    regex = r"[a-z]+\Z"

    def to_url(self, value: Any) -> str:
        return str(value).lower()


def shop() -> Map:
    return Map(
        [
            Rule("/users/<int(min=1, max=9):id>", endpoint="user", methods=["GET", "PUT"]),
            Rule("/users/<string(length=5):name>", endpoint="name", methods=["GET"]),
            Rule(
                "/x/<uuid:u>/<any(a, b):k>/<float(signed=True):f>", endpoint="x", methods=["POST"]
            ),
            Rule("/files/<path:p>", endpoint="all"),
            Rule("/own/<own:o>", endpoint="own", methods=["PURGE", "GET"]),
            Rule("/", endpoint="api", subdomain="api"),
            Rule("/live", endpoint="live", websocket=True),
        ],
        converters={"own": Own},
    )


def schemas(operation: Any) -> dict[str, Any]:
    return {each["name"]: each["schema"] for each in operation["parameters"]}


def test_openapi() -> None:
    found = openapi_paths(shop(), "shop")
    json.dumps(found)
    assert (found["openapi"], found["info"]["title"]) == ("3.1.0", "shop")
    paths = found["paths"]
    assert {path: [*item] for path, item in paths.items()} == {
        "/x/{u}/{k}/{f}": ["post"],
        "/own/{o}": ["get"],
        "/users/{id}": ["get", "put"],
        "/files/{p}": ["get", "put", "post", "delete", "patch"],
    }
    assert schemas(paths["/users/{id}"]["put"]) == {
        "id": {"type": "integer", "minimum": 1, "maximum": 9}
    }
    assert schemas(paths["/x/{u}/{k}/{f}"]["post"]) == {
        "u": {"type": "string", "format": "uuid"},
        "k": {"type": "string", "enum": ["a", "b"]},
        "f": {"type": "number"},
    }
    assert schemas(paths["/own/{o}"]["get"]) == {
        "o": {"type": "string", "pattern": "^(?:[a-z]+$)$"}
    }
    assert schemas(paths["/files/{p}"]["patch"]) == {"p": {"type": "string", "minLength": 1}}
    assert paths["/users/{id}"]["put"]["operationId"] == "user.put"
    assert found["x-left-out"] == [
        "/live [WebSocket] 'live': it is for WebSockets",
        "/ [all methods] 'api' at api: it is for another domain",
        "/users/<string(length=5):name> [GET] 'name': GET: /users/{id} has it already",
        "/own/<own:o> [GET, PURGE] 'own': PURGE: OpenAPI has no such method",
    ]


def test_openapi_of_lengths_and_of_one_endpoint_twice() -> None:
    url_map = Map(
        [
            Rule("/<string(minlength=2, maxlength=5):a>/x", endpoint="e", methods=["GET"]),
            Rule("/<string(length=3):b>/y", endpoint="e", methods=["GET"]),
        ]
    )
    paths = openapi_paths(url_map, "x")["paths"]
    first, second = paths["/{a}/x"]["get"], paths["/{b}/y"]["get"]
    assert schemas(first)["a"] == {"type": "string", "minLength": 2, "maxLength": 5}
    assert schemas(second)["b"] == {"type": "string", "minLength": 3, "maxLength": 3}
    assert (first["operationId"], second["operationId"]) == ("e", "e.2")


def test_openapi_of_flask_leaves_automatic_options_out() -> None:
    app = Flask("app", static_folder=None)
    app.add_url_rule("/a", "a", lambda: "")
    app.add_url_rule("/b", "b", lambda: "", methods=["OPTIONS", "POST"])
    paths = openapi_paths(app, "app")["paths"]
    assert {path: [*item] for path, item in paths.items()} == {
        "/a": ["get"],
        "/b": ["options", "post"],
    }


async def view(request: Any) -> None: ...


def test_openapi_of_starlette() -> None:
    app = Starlette(
        routes=[
            Route("/items/{id:int}", view, methods=["GET"], name="item"),
            Mount("/m", routes=[Route("/{p:path}", view, methods=["POST"], name="p")]),
        ]
    )
    found = openapi_paths(app, "app")
    assert {path: [*item] for path, item in found["paths"].items()} == {
        "/items/{id}": ["get"],
        "/m/{p}": ["post"],
    }
    assert schemas(found["paths"]["/items/{id}"]["get"]) == {
        "id": {"type": "integer", "minimum": 0}
    }
    assert found["x-left-out"] == ["/m [mount] 'Router': it is a mount"]


def test_openapi_of_a_router_unfolds_mounts() -> None:
    flask = Flask("shop", static_folder=None)
    flask.add_url_rule("/i/<int:id>", "item", print)
    inner = trieroute.wsgi.Router(Map())
    inner.get("/users/<int:id>", endpoint="user")(print)
    inner.get("/", endpoint="index", subdomain="api")(print)
    inner.mount("/files", print, endpoint="files")
    app = trieroute.wsgi.Router(Map())
    app.get("/static/special", endpoint="special")(print)
    app.mount("/static", print)
    app.mount("/red", print, endpoint="red", bare="redirect")
    app.mount("/t/<id>", inner, endpoint="tenant")
    app.mount("/shop", flask, bare="refuse")
    app.mount("/api", inner, endpoint="api", subdomain="api")
    app.mount("/some", inner, endpoint="some", methods=["GET"])
    inner.mount("/again", app, endpoint="again")
    found = openapi_paths(app, "app")
    assert {
        path: {method: operation["operationId"] for method, operation in item.items()}
        for path, item in found["paths"].items()
    } == {
        "/static/special": {"get": "special"},
        "/t/{id}/users/{id_2}": {"get": "tenant:user"},
        "/shop/i/{id}": {"get": "item"},
    }
    assert schemas(found["paths"]["/t/{id}/users/{id_2}"]["get"]) == {
        "id": {"type": "string", "minLength": 1},
        "id_2": {"type": "integer", "minimum": 0},
    }
    assert sorted(found["x-left-out"]) == [
        "/api [mount] 'api' at api: it is a mount",
        "/red [mount] 'red': it is a mount",
        "/some [mount] 'some': it is a mount",
        "/static [mount] <built-in function print>: it is a mount",
        "/t/<id>/ [GET] 'index' at api: it is for another domain",
        "/t/<id>/again [mount] 'again': it is a mount",
        "/t/<id>/files [mount] 'files': it is a mount",
    ]


def test_openapi_of_starlette_below_a_mount() -> None:
    async def view(request: Any) -> None: ...

    app = trieroute.asgi.Router(Map())
    app.mount(
        "/star",
        Starlette(routes=[Route("/<b>", view), Route("/n/{n:int}", view, methods=["POST"])]),
        endpoint="star",
    )
    app.mount("/empty", trieroute.asgi.Router(Map()), endpoint="empty")
    found = openapi_paths(app, "app")
    assert [*found["paths"]] == ["/star/n/{n}"]
    assert found["paths"]["/star/n/{n}"]["post"]["operationId"] == "star:view"
    assert found["x-left-out"] == [
        "/empty [mount] 'empty': it is a mount",
        "/star/<b> [GET] 'view': a path with '<' can't be written as a rule",
    ]


def test_dot() -> None:
    url_map = Map([Rule("/a/<b>", endpoint='"\\'), Rule("/a/c", endpoint="c", methods=["GET"])])
    lines = dot(tree(url_map)).splitlines()
    assert [line for line in lines if line.startswith("  n")][2:] == [
        '  n0 [label="/a\\l"];',
        '  n1 [label="/c\\l[GET] \'c\' #1\\l", fillcolor="#e2f2e6"];',
        "  n0 -> n1;",
        '  n2 [label="/<b>\\l[all methods] \'\\"\\\\\\\\\' #2\\l", fillcolor="#e2f2e6"];',
        "  n0 -> n2;",
    ]
    assert "  root -> n0;" in lines
    assert (lines[0], lines[-1]) == ("digraph routes {", "}")


def test_svg_is_xml_and_has_each_rule() -> None:
    picture = svg(tree(shop()))
    root = ElementTree.fromstring(picture)
    texts = ["".join(each.itertext()) for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "/users" in texts
    assert any(text.startswith("[GET, PUT] 'user' #") for text in texts)
    assert len(list(root.iter("{http://www.w3.org/2000/svg}circle"))) == 7


@pytest.mark.parametrize("draw", [svg, dot])
def test_hostile_text_in_pictures(draw: Any) -> None:
    text = HOSTILE.replace("<", "(").removesuffix("\ud800")
    url_map = Map([Rule("/a", endpoint=HOSTILE), Rule(f"/{text}", endpoint="b")])
    picture = draw(tree(url_map))
    picture.encode()
    assert "<script>" not in picture or draw is dot
    assert not re.search("[\x00\u2028\ud800]", picture)
    if draw is svg:
        ElementTree.fromstring(picture)


def test_typescript_tells_what_it_leaves_out() -> None:
    module = typescript(shop(), "a\n*/ name")
    floats = (
        "// Left out: '/x/<uuid:u>/<any(a, b):k>/<float(signed=True):f>' [POST] 'x':"
        " FloatConverter writes the value of 'f' by its own code"
    )
    lines = module.splitlines()
    assert (floats in lines) is (FLOAT_TO_URL is not None)
    assert [line for line in lines if line != floats][:4] == [
        "// The URLs of a\\n*/ name, written by trieroute export.",
        "// Left out: /own/<own:o> [GET, PURGE] 'own': Own writes the value of 'o' by its own code",
        "// Left out: / [all methods] 'api' at api: it is for another domain",
        "// Left out: /live [WebSocket] 'live': it is for WebSockets",
    ]
    assert '  "user": { id: number | bigint };' in module
    assert ('  "x": { u: string; k: "a" | "b"; f: number };' in module) is (FLOAT_TO_URL is None)
    assert typescript(shop(), HOSTILE).isascii()


def test_typescript_leaves_each_mount_out_once() -> None:
    app = trieroute.asgi.Router(Map())
    app.mount("/shops/<shop>", print, endpoint="shop")
    app.mount("/static", print)
    left_out = re.findall(r"// Left out: (.*)", typescript(app.map, "app"))
    assert left_out == [
        "/shops/<shop> [mount] 'shop': it is a mount, of which only the URL of its prefix is built",
        "/static [mount] <built-in function print>: the endpoint is no text",
    ]


@pytest.mark.parametrize(
    ("kind", "beginning"),
    [
        ("json", '{\n  "match_order": "weights"'),
        ("openapi-paths", '{\n  "openapi": "3.1.0"'),
        ("dot", "digraph routes {\n"),
        ("svg", "<svg "),
        ("ts", "// The URLs of exported:app"),
    ],
)
def test_command(
    kind: str, beginning: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("exported.py").write_text(
        'import trieroute\napp = trieroute.Map([trieroute.Rule("/", endpoint="i")])\n'
    )
    written = CliRunner().invoke(cli, ["export", "exported:app", "--format", kind])
    assert written.exit_code == 0
    assert written.output.startswith(beginning)
    to_file = CliRunner().invoke(
        cli, ["export", "exported:app", "--format", kind, "--output", "out"]
    )
    assert (to_file.exit_code, to_file.output) == (0, "")
    assert Path("out").read_text(encoding="utf-8") == written.output
    failed = CliRunner().invoke(
        cli, ["export", "exported:app", "--format", kind, "--output", "no/out"]
    )
    assert failed.exit_code == 1
    assert failed.output == "Error: Could not open file 'no/out': No such file or directory\n"


@pytest.mark.parametrize("number", ["inf", "-inf", "nan"])
def test_typescript_has_no_rule_whose_default_is_no_finite_number(number: str) -> None:
    default = float(number)
    module = typescript(Map([Rule("/a/", endpoint="a", defaults={"k": default})]), "app")
    assert "a default is no finite number" in module
    assert "const rules: { readonly [E in Endpoint]: readonly Rule[] } = {\n};" in module
