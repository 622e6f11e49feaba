"""The commands for applications: `trieroute routes`, `trieroute explain` and `trieroute lint`."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from rich.cells import cell_len

from trieroute._commands.cli import cli

SHOP = """\
from flask import Flask
import trieroute, trieroute.asgi, trieroute.flask, werkzeug.local, werkzeug.routing

app = Flask("shop", static_folder=None)
app.add_url_rule("/users/<int:id>", "user", lambda id: "", methods=["GET", "PUT"])
app.add_url_rule("/users/me", "me", lambda: "")
app.add_url_rule("/", "index", lambda: "")
app.add_url_rule("/hook", "hook", lambda: "", methods=["GTE"])


def create_app(name="made", fail=False):
    if fail:
        raise RuntimeError("no database")
    made = Flask(name, static_folder=None)
    made.config["SERVER_NAME"] = "shop.test"
    made.add_url_rule("/", "api", lambda: "", subdomain="api")
    trieroute.flask.install(made)
    return made


async def acreate():
    return app


class Wrapped:
    def __init__(self, inner):
        self.proxy = werkzeug.local.LocalProxy(lambda: 1 / 0)
        self.app = inner


number = 3
wrapped = Wrapped(app)
werkzeugs = werkzeug.routing.Map([werkzeug.routing.Rule("/w", endpoint="w")])
differs = werkzeug.routing.Map(
    [
        werkzeug.routing.Rule("/<int(max=5):a>", endpoint="small"),
        werkzeug.routing.Rule("/<b>", endpoint="text"),
    ]
)
hosts = trieroute.Map(
    [trieroute.Rule("/[b]", endpoint=("h", 1), host="a.test")], host_matching=True
)
router = trieroute.asgi.Router(
    trieroute.Map([trieroute.Rule("/ws", endpoint=None, websocket=True)])
)
"""

STAR = """\
from fastapi import APIRouter, FastAPI
from starlette.applications import Starlette
from starlette.routing import Host, Mount, Route, WebSocketRoute


async def view(request):
    ...


router = APIRouter(prefix="/items")


@router.get("/{id}")
async def item(id: int):
    ...


@router.websocket("/live")
async def live(websocket):
    ...


app = FastAPI(openapi_url=None)
app.include_router(router, prefix="/api")
app.mount("/m", Starlette(routes=[Route("/a/", view, name="a"), Mount("/b", routes=[])]))
app.router.routes += [
    Route("/m/late", view),
    Host("admin.test", Starlette(routes=[Route("/x", view, name="x")])),
    Route("/n/{n:int}", view, methods=["POST"]),
]
"""


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (tmp_path / "shop.py").write_text(SHOP, encoding="utf-8")
    (tmp_path / "star.py").write_text(STAR, encoding="utf-8")
    (tmp_path / "broken.py").write_text("import no_such_thing\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    before, path = set(sys.modules), list(sys.path)
    yield tmp_path
    sys.path[:] = path
    for name in {"shop", "star", "broken", "wide", "gate", "gateway"} & (set(sys.modules) - before):
        del sys.modules[name]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


def test_check_as_json() -> None:
    result = run("check", "shop:differs", "--order", "weights", "--json")
    found = json.loads(result.output)
    assert result.exit_code == 0
    assert (found["match_order"], found["rules"]) == ("weights", 2)
    assert {difference["known"] for difference in found["differences"]} == {
        "The search goes on after a refused value"
    }


# -- routes


def test_routes() -> None:
    result = run("routes", "shop:app")
    assert result.exit_code == 0
    assert (
        result.output
        == """\
rule             methods                  endpoint  converters
/                GET, HEAD, OPTIONS       index
/hook            GTE, OPTIONS             hook
/users/me        GET, HEAD, OPTIONS       me
/users/<int:id>  GET, HEAD, OPTIONS, PUT  user      id: IntegerConverter
"""
    )


@pytest.mark.parametrize(
    ("options", "endpoints"),
    [
        (("--sort", "endpoint"), ["hook", "index", "me", "user"]),
        (("--sort", "rule"), ["index", "hook", "user", "me"]),
        (("--filter", "USERS"), ["me", "user"]),
        (("--method", "put"), ["user"]),
        (("--method", "PUT", "--filter", "nothing"), []),
    ],
)
def test_routes_sorted_and_chosen(options: tuple[str, ...], endpoints: list[str]) -> None:
    result = run("routes", "shop:app", "--json", *options)
    assert [row["endpoint"] for row in json.loads(result.output)] == endpoints


@pytest.mark.parametrize(
    ("target", "rows"),
    [
        ("shop:create_app('x')", [("/", ["GET", "HEAD", "OPTIONS"], "api", "api", "http")]),
        ("shop:werkzeugs", [("/w", None, "w", "", "http")]),
        ("shop:hosts", [("/[b]", None, "('h', 1)", "a.test", "http")]),
        ("shop:router", [("/ws", None, "None", "", "websocket")]),
        (
            "star:app",
            [
                ("/api/items/{id}", ["GET"], "item", "", "http"),
                ("/api/items/live", None, "live", "", "websocket"),
                ("/m/a/", ["GET", "HEAD"], "a", "", "http"),
                ("/m/b", None, "", "", "mount"),
                ("/m/late", ["GET", "HEAD"], "view", "", "http"),
                ("/x", ["GET", "HEAD"], "x", "admin.test", "http"),
                ("/n/{n:int}", ["POST"], "view", "", "http"),
            ],
        ),
    ],
)
def test_routes_of_all_kinds_of_applications(target: str, rows: list[tuple[object, ...]]) -> None:
    result = run("routes", target, "--json")
    assert result.exit_code == 0, result.output
    keys = "rule", "methods", "endpoint", "domain", "kind"
    found = [tuple(row[key] for key in keys) for row in json.loads(result.output)]
    assert [row[:2] + row[3:] for row in found] == [row[:2] + row[3:] for row in rows]
    assert [row[2] for row in found if row[4] != "mount"] == [r[2] for r in rows if r[4] != "mount"]


GATE = """\
from flask import Flask
from star import app as api
from trieroute import Map, Subdomain
from trieroute.asgi import Mount, Router

async def files(scope, receive, send):
    ...

shop = Flask("shop", static_folder=None)
shop.add_url_rule("/i/<int:id>", "item", lambda id: "")
inner = Router(Map())
inner.get("/u/<id>", endpoint="user")(files)
inner.websocket("/live", endpoint="live")(files)
app = Router(Map([Subdomain("cdn", [Mount("/s", endpoint="files")])]), {"files": files})
app.get("/", endpoint="index")(files)
app.mount("/t/<tenant>", inner, endpoint="tenant", bare="redirect")
app.mount("/shop", shop)
app.mount("/api", api, endpoint="api", bare="refuse")
app.mount("/some", inner, endpoint="some", methods=["GET"])
inner.mount("/again", app, endpoint="again")
"""


def test_routes_below_mounts_of_a_router(directory: Path) -> None:
    (directory / "gate.py").write_text(GATE, encoding="utf-8")
    keys = "rule", "methods", "endpoint", "domain", "converters", "kind"
    found = json.loads(run("routes", "gate:app", "--sort", "rule", "--json").output)
    text, number = "UnicodeConverter", "IntegerConverter"
    assert [tuple(row[key] for key in keys) for row in found if "/api/" not in row["rule"]] == [
        ("/", ["GET", "HEAD"], "index", "", {}, "http"),
        ("/s", None, "files", "cdn", {}, "mount"),
        ("/shop/i/<int:id>", ["GET", "HEAD", "OPTIONS"], "item", "", {"id": number}, "http"),
        ("/some", ["GET", "HEAD"], "some", "", {}, "mount"),
        ("/t/<tenant>/again", None, "tenant:again", "", {"tenant": text}, "mount"),
        ("/t/<tenant>/live", None, "tenant:live", "", {"tenant": text}, "websocket"),
        (
            "/t/<tenant>/u/<id>",
            ["GET", "HEAD"],
            "tenant:user",
            "",
            {"tenant": text, "id": text},
            "http",
        ),
    ]
    assert [(row["rule"], row["endpoint"]) for row in found if "/api/n" in row["rule"]] == [
        ("/api/n/{n:int}", "api:view")
    ]


REFUSED = """\
from flask import Flask, current_app
from trieroute import Map
from trieroute.wsgi import Router
from werkzeug.routing import Rule

class Parsing(Rule):
    def _parse_rule(self, rule):
        return super()._parse_rule(rule)

legacy = Flask("legacy", static_folder=None)
legacy.url_rule_class = Parsing
legacy.add_url_rule("/<x>", "view", lambda x: "")
app = Router(Map())
app.get("/", endpoint="index")(lambda environ, start_response: [])
app.mount("/legacy", legacy, endpoint="legacy")
app.mount("/unknown", current_app, endpoint="unknown")
"""


def test_mounted_application_that_is_refused_has_one_row(directory: Path) -> None:
    (directory / "gateway.py").write_text(REFUSED, encoding="utf-8")
    rows = json.loads(run("routes", "gateway:app", "--sort", "rule", "--json").output)
    assert [(row["rule"], row["endpoint"], row["kind"]) for row in rows] == [
        ("/", "index", "http"),
        ("/legacy", "legacy", "mount"),
        ("/unknown", "unknown", "mount"),
    ]


def test_explain_says_that_a_rule_is_a_mount(directory: Path) -> None:
    (directory / "gate.py").write_text(GATE, encoding="utf-8")
    result = run("explain", "gate:app", "GET", "http://cdn.a.test/s/x", "--server-name", "a.test")
    assert result.exit_code == 0
    assert result.output.endswith(
        "Hint: /s is a mount: the application there decides on what is below it\n"
    )


@pytest.mark.parametrize(
    ("arguments", "status", "line"),
    [
        (("GET", "/t/x/u/7"), 0, "  -> 'user' with id='7'"),
        (("GET", "/t/x/none"), 1, "  -> 404 Not Found"),
        (
            ("OPTIONS", "/t/x/u/7"),
            0,
            "  -> 200 OK by the router itself (allowed: GET, HEAD, OPTIONS)",
        ),
        (("GET", "/shop/i/7"), 0, "  -> 'item' with id=7"),
        (("POST", "/shop/i/7"), 1, "  -> 405 Method Not Allowed (allowed: GET, HEAD, OPTIONS)"),
        (("GET", "/shop/i"), 1, "  -> 404 Not Found"),
        (("POST", "/api/n/7"), 0, "  -> 'view'"),
        (("GET", "/t/x/again/t/y"), 1, "  -> 308 redirect to http://localhost/t/x/again/t/y/"),
        (("GET", "/t/x/again/t/y/u/7"), 0, "  -> 'user' with id='7'"),
    ],
)
def test_explain_follows_mounts(
    arguments: tuple[str, ...], status: int, line: str, directory: Path
) -> None:
    (directory / "gate.py").write_text(GATE, encoding="utf-8")
    result = run("explain", "gate:app", *arguments)
    below = result.output.rpartition("\nBelow the mount:\n\n")[2]
    assert below.splitlines()[1] == line
    assert result.exit_code == status
    told = json.loads(run("explain", "gate:app", *arguments, "--json").output)
    while told.get("below"):
        told = told["below"]
    assert f"  -> {told['outcome']}" == line


def test_explain_follows_a_mount_of_flask_whose_server_name_is_another_one(
    directory: Path,
) -> None:
    # Flask answers for all hosts, whatever its server name is, unless it matches subdomains.
    lines = [
        "from flask import Flask",
        "from trieroute import Map",
        "from trieroute.wsgi import Router",
        "shop = Flask('shop', static_folder=None)",
        "shop.config['SERVER_NAME'] = 'shop.example'",
        "shop.add_url_rule('/x', 'x', lambda: '')",
        "app = Router(Map(), server_name='example.org')",
        "app.mount('/shop', shop)",
    ]
    (directory / "outer.py").write_text("\n".join(lines), encoding="utf-8")
    result = run("explain", "outer:app", "GET", "/shop/x")
    below = result.output.rpartition("\nBelow the mount:\n\n")[2]
    assert (below.splitlines()[1], result.exit_code) == ("  -> 'x'", 0)


SELF = """\
from trieroute import Map, Rule, Subdomain
from trieroute.asgi import Router

async def view(scope, receive, send): ...

named = Router(
    Map([Subdomain("<tenant>", [Rule("/", endpoint=view)])]), server_name="example.org"
)
app = Router(Map(), relative_redirects=True)
app.get("/get", endpoint="get")(view)
app.post("/branch/", endpoint="branch")(view)
app.route("/any", endpoint="any")(view)
silent = Router(app.map, automatic_options=False)
outer = Router(Map())
outer.mount("/in", named)
loop = Router(Map())
loop.mount("/", loop)
"""


@pytest.mark.parametrize(
    ("name", "method", "url", "status", "line"),
    [
        ("app", "OPTIONS", "/get", 0, "200 OK by the router itself (allowed: GET, HEAD, OPTIONS)"),
        ("app", "POST", "/get", 1, "405 Method Not Allowed (allowed: GET, HEAD, OPTIONS)"),
        (
            "app",
            "OPTIONS",
            "/any",
            0,
            "200 OK by the router itself (allowed: DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT)",
        ),
        ("app", "OPTIONS", "/branch", 1, "308 redirect to /branch/"),
        ("app", "OPTIONS", "/none", 1, "404 Not Found"),
        ("app", "GET", "/any", 0, "'any'"),
        ("silent", "OPTIONS", "/any", 0, "'any'"),
        ("silent", "OPTIONS", "/get", 1, "405 Method Not Allowed (allowed: GET, HEAD)"),
        ("silent", "OPTIONS", "/branch", 1, "404 Not Found"),
        ("named", "GET", "http://a.example.org/", 0, "<function view"),
        ("outer", "GET", "http://a.example.org/in/", 0, "<function view"),
        ("outer", "GET", "http://a.example.net/in/", 1, "404 Not Found"),
        ("loop", "GET", "/x", 0, "<trieroute.asgi.Router object"),
    ],
)
def test_explain_says_what_a_router_does_itself(
    name: str, method: str, url: str, status: int, line: str, directory: Path
) -> None:
    (directory / "itself.py").write_text(SELF, encoding="utf-8")
    result = run("explain", f"itself:{name}", method, url)
    outcomes = [each for each in result.output.splitlines() if each.startswith("  -> ")]
    assert outcomes[-1].startswith(f"  -> {line}")
    assert result.exit_code == status


@pytest.mark.parametrize("file", ["types.py", "html.py", "__main__.py", "app.v2.py", "x/json.py"])
def test_file_whose_name_is_that_of_another_module(file: str, directory: Path) -> None:
    (directory / "x").mkdir(exist_ok=True)
    code = (
        "import dataclasses, trieroute\n@dataclasses.dataclass\nclass Own:\n    n: 'int'\n"
        "urls = trieroute.Map([trieroute.Rule('/own', endpoint=Own.__qualname__)])\n"
    )
    (directory / file).write_text(code, encoding="utf-8")
    rows = json.loads(run("routes", f"{file}:urls", "--json").output)
    assert [(row["rule"], row["endpoint"]) for row in rows] == [("/own", "Own")]


def test_file_that_raises_leaves_no_module(directory: Path) -> None:
    (directory / "html.py").write_text("import no_such_module", encoding="utf-8")
    before = set(sys.modules)
    result = run("routes", "html.py:urls")
    assert result.exit_code == 2
    assert "ModuleNotFoundError: No module named 'no_such_module'" in result.output
    assert not [name for name in set(sys.modules) - before if name.startswith("html")]


# -- explain


@pytest.mark.parametrize(
    ("arguments", "status", "line"),
    [
        (("shop:app", "GET", "/users/7"), 0, "  -> 'user' with id=7"),
        (("shop:app", "GET", "http://any.test/users/7?a=b"), 0, "  -> 'user' with id=7"),
        (("shop:app", "GET", "users/%37"), 0, "  -> 'user' with id=7"),
        (("shop:app", "POST", "/users/me"), 1, "  -> 405 Method Not Allowed"),
        (("shop:app", "GET", "//users/me/x"), 1, "  -> 404 Not Found"),
        (("shop:app", "WS", "/users/me"), 1, "  -> 400 WebSocket mismatch"),
        (("shop:create_app()", "GET", "http://api.shop.test/"), 0, "  -> 'api'"),
        (("shop:create_app()", "GET", "/"), 1, "  -> 404 Not Found"),
        (
            ("shop:app", "GET", "http://api.x.test/", "--server-name", "x.test"),
            1,
            "GET / at api",
        ),
        (("shop:hosts", "GET", "https://a.test/[b]"), 0, "  -> ('h', 1)"),
        (("shop:router", "GET", "wss://a.test/ws"), 0, "  -> None"),
        (("star:app", "GET", "/api/items/7"), 0, "  -> 'item'"),
        (("star:app", "GET", "/m/a"), 1, "  -> 307 redirect to /m/a/"),
        (("star:app", "GET", "/m/late"), 1, "  -> 404 Not Found, below the mount '/m'"),
        (("star:app", "GET", "/n/7"), 1, "  -> 405 Method Not Allowed (allowed: POST)"),
        (("star:app", "GET", "http://admin.test/x"), 0, "  -> 'x'"),
        (("star:app", "WS", "/api/items/live"), 0, "  -> 'live'"),
    ],
)
def test_explain(arguments: tuple[str, ...], status: int, line: str) -> None:
    result = run("explain", *arguments)
    assert any(each.startswith(line) for each in result.output.splitlines()), result.output
    assert result.exit_code == status


def test_explain_as_json() -> None:
    told = json.loads(run("explain", "shop:app", "GET", "/users/me", "--json").output)
    assert told["rule"]["endpoint"] == "me"
    assert [one["verdict"] for one in told["candidates"]] == ["matched", "converter refused"]
    told = json.loads(run("explain", "star:app", "GET", "/m/late", "--json").output)
    assert told["rule"] is None


def test_explain_says_where_the_application_itself_does_something_else() -> None:
    result = run("explain", "shop:differs", "GET", "/9")
    assert "  -> 'text' with b='9'" in result.output
    assert "Hint: Werkzeug, by which this application routes, gives 404 Not Found" in result.output
    assert "Werkzeug" not in run("explain", "shop:differs", "GET", "/5").output


def test_explain_of_a_host_that_is_not_within_the_server_name() -> None:
    result = run("explain", "shop:create_app()", "GET", "http://other.test/")
    assert result.exit_code == 2
    assert "'other.test' is not within the server name 'shop.test'" in result.output


# -- lint


@pytest.mark.parametrize(
    ("url", "status", "line"),
    [
        # A URL in the query, or further on in the path, is no full URL.
        ("/users/me?next=http://x.test/", 0, "  -> 'me'"),
        ("/go/http://x.test/", 1, "  -> 404 Not Found"),
        # Clients do not send a user's name with the host.
        ("http://ann:pw@x.test/users/me", 0, "  -> 'me'"),
        ("http:///users/me", 0, "  -> 'me'"),
        ("http://[::1/", 2, "Error: Invalid value for URL: 'http://[::1/' has no host name"),
        ("http://a..b/", 2, "Error: Invalid value for URL: 'http://a..b/' has no host name"),
        (
            "ftp://x.test/users/me",
            2,
            "Error: Invalid value for URL: 'ftp://x.test/users/me' is of the scheme 'ftp'; give a"
            " path, or a URL of http, https, ws or wss",
        ),
    ],
)
def test_odd_urls(url: str, status: int, line: str) -> None:
    result = run("explain", "shop:app", "GET", url)
    assert result.exit_code == status
    assert line in result.output.splitlines()


@pytest.mark.parametrize("method", ["", "G T", "GET/", "GÄT"])
def test_explain_takes_methods_of_http_alone(method: str) -> None:
    result = run("explain", "shop:app", method, "/users/me")
    assert result.exit_code == 2
    line = f"Error: Invalid value for 'METHOD': {method!r} is no HTTP method; give one such as GET"
    assert line in result.output.splitlines()


def test_redirect_of_a_websocket_leads_to_one(directory: Path) -> None:
    code = "import trieroute\nu = trieroute.Map([trieroute.Rule('/x/', websocket=True)])\n"
    (directory / "sockets.py").write_text(code, encoding="utf-8")
    for method, url, target in (
        ("WS", "/x", "ws://localhost/x/"),
        ("GET", "ws://a.test/x", "ws://a.test/x/"),
        ("WS", "https://a.test/x", "wss://a.test/x/"),
    ):
        lines = run("explain", "sockets:u", method, url).output.splitlines()
        assert lines[1] == f"  -> 308 redirect to {target}"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="Linux alone has this file")
def test_output_that_can_not_be_written(directory: Path) -> None:
    whole = [sys.executable, "-m", "trieroute", "routes", "shop:app"]
    with open("/dev/full", "w") as full:
        told = subprocess.run(whole, stdout=full, stderr=subprocess.PIPE, text=True)
    assert (told.returncode, told.stderr) == (
        2,
        "Error: the output can't be written: No space left on device\n",
    )


HOSTILE = """\
import trieroute

class Endpoint:
    def __repr__(self):
        return "first\\nsecond \\x1b[31m"

class Raising(trieroute.BaseConverter):
    def to_python(self, value):
        raise RuntimeError("first\\nsecond \\x1b[31m")

url_map = trieroute.Map([
    trieroute.Rule("/a\\x1b[2J\\n<x>", endpoint="e\\r\\n\\x1b[1m", methods=["GET", "P\\x1b\\n"]),
    trieroute.Rule("/b", endpoint=Endpoint(), subdomain="s\\x1b"),
    trieroute.Rule("/c/<raising:x>", endpoint="c"),
], converters={"raising": Raising})
"""


@pytest.mark.parametrize("on_a_terminal", [False, True])
@pytest.mark.parametrize(
    "command",
    [
        ("routes",),
        ("tree",),
        ("lint",),
        ("explain", "PUT", "/a%1b[2J%0Ay"),
        ("explain", "GET", "/"),
        ("check",),
    ],
)
def test_terminal_does_not_obey_the_texts_of_a_program(
    command: tuple[str, ...], on_a_terminal: bool, directory: Path
) -> None:
    (directory / "hostile_program.py").write_text(HOSTILE, encoding="utf-8")
    name, *arguments = command
    whole = [name, "hostile_program:url_map", *arguments]
    if on_a_terminal:
        output = on_terminal(whole, NO_COLOR="1", COLUMNS="400")
    else:
        output = run(*whole).output
    for code in ("\x1b[31m", "\x1b[2J", "P\x1b", "s\x1b", "\r\r", "first\n"):
        assert code not in output
    if name == "routes":
        rules = [line.split()[0].removeprefix("\x1b[1m") for line in output.splitlines()]
        assert rules == ["rule", "/b", r"/a\x1b[2J\n<x>", "/c/<raising:x>"]


def test_lint() -> None:
    result = run("lint", "shop:app")
    assert result.exit_code == 1
    assert (
        result.output
        == """\
unknown-method: /hook [GTE, OPTIONS] 'hook'
  'GTE' is no method of HTTP
  hint: do you mean 'GET'?

1 found: 1 unknown-method
"""
    )


def test_lint_without_findings() -> None:
    result = run("lint", "shop:app", "--ignore", "unknown-method")
    assert (result.exit_code, result.output) == (0, "Nothing found.\n")


def test_lint_as_json() -> None:
    (finding,) = json.loads(run("lint", "star:app", "--json").output)
    assert (finding["kind"], finding["example"]) == ("shadowed", "GET /m/late")


def test_lint_with_an_unknown_kind_names_the_kinds() -> None:
    result = run("lint", "shop:app", "--ignore", "typo")
    assert result.exit_code == 2
    assert "slow-regex" in result.output


# -- Errors, and where it is written to


@pytest.mark.parametrize("command", [("routes",), ("explain", "GET", "/"), ("lint",)])
@pytest.mark.parametrize(
    ("target", "line"),
    [
        ("shop", "Error: 'shop' is not of the form MODULE:NAME"),
        ("shop:nope", "Error: module 'shop' has no 'nope'"),
        ("nowhere:app", "Error: there is no module 'nowhere'"),
        ("shop:create_app", "Error: create_app is a function; if it makes the application, write"),
        ("shop:number", "Error: an object of type int has no url_map"),
        (
            "shop:wrapped",
            "Error: an object of type Wrapped has no url_map, but its attribute 'app' is an"
            " application of type Flask: name that, by .app at the end",
        ),
        ("shop:acreate()", "Error: acreate() is a coroutine, which no command awaits; name the"),
    ],
)
def test_application_that_is_none(command: tuple[str, ...], target: str, line: str) -> None:
    result = run(command[0], target, *command[1:])
    assert result.exit_code == 2
    assert result.output.startswith(line)
    assert result.output.count("\n") == 1


@pytest.mark.parametrize(
    ("target", "lines"),
    [
        ("broken:app", ['broken.py", line 1, in <module>', "No module named 'no_such_thing'"]),
        ("shop:create_app(fail=True)", ['shop.py", line 13, in create_app', "no database"]),
    ],
)
def test_error_of_the_application_is_shown_with_its_own_frames(
    target: str, lines: list[str]
) -> None:
    result = run("routes", target)
    assert result.exit_code == 2
    assert all(line in result.output for line in lines)
    assert result.output.count('File "') == 1
    assert result.output.endswith(f"Error: {target} raised the above\n")


@pytest.mark.parametrize(
    ("no_color", "colours"), [("", True), ("1", False)], ids=["colour", "NO_COLOR"]
)
def test_table_on_a_terminal_fits_its_width(no_color: str, colours: bool, directory: Path) -> None:
    output = on_terminal(["routes", "shop:hosts"], NO_COLOR=no_color, COLUMNS="40")
    assert ("\x1b[3" in output) is colours
    assert "/[b]" in output
    output = on_terminal(["routes", "shop:app"], NO_COLOR="1", COLUMNS="40")
    assert "\x1b[3" not in output
    plain = output.replace("\x1b[1m", "").replace("\x1b[0m", "")
    assert max(map(len, plain.splitlines())) <= 40


WIDE = """\
from flask import Flask

app = Flask("wide", static_folder=None)
START = "/administration/organisations/<uuid:organisation_id>"
for rule, name in [
    ("/members/<int:member_id>/permissions/<any('read','write'):level>", "permission_of_member"),
    ("/reports/<slug>/figures/<int:figure_number>", "administration.figure_of_report"),
    ("/reports/<name>/figures/<int:figure_number>", "administration.figure_by_name"),
]:
    app.add_url_rule(START + rule, name, lambda **values: "", methods=["GET", "PATCH", "DELETE"])
app.add_url_rule("/日本語" * 9 + "/<slug>", "wide", lambda slug: "")
"""

#: What no line may tear apart, of the rules and of what is told of them.
WHOLE = [
    *("/administration", "/organisations", "/<uuid:organisation_id>", "/members"),
    *("/<int:member_id>", "/permissions", "/figures", "/<int:figure_number>"),
    *("'permission_of_member'", "'administration.figure_of_report'"),
]


@pytest.mark.parametrize(
    ("arguments", "whole"),
    [
        (["routes"], [text.strip("'") for text in WHOLE]),
        (["tree"], WHOLE),
        (["lint"], ["/reports", "/<slug>", *WHOLE[-3:-2], "'administration.figure_by_name'"]),
        (["explain", "GET", "/administration/organisations/7/members/8"], WHOLE),
        (["bench", "--rounds=1"], ["match", "miss (404, 405)", "Werkzeug", "different calls"]),
    ],
    ids=lambda given: given[0],
)
def test_output_is_readable_at_80_columns(
    arguments: list[str], whole: list[str], directory: Path
) -> None:
    (directory / "wide.py").write_text(WIDE, encoding="utf-8")
    command, *others = arguments
    shown = on_terminal([command, "wide:app", *others], NO_COLOR="1", COLUMNS="80")
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert max(map(cell_len, plain.splitlines())) <= 80
    assert [text for text in whole if text not in plain] == []


def test_each_route_is_one_line_in_a_pipe(directory: Path) -> None:
    """However wide it is, as programs that read lines want it, and as ``flask routes`` does."""
    (directory / "wide.py").write_text(WIDE, encoding="utf-8")
    written = subprocess.run(
        [sys.executable, "-m", "trieroute", "routes", "wide:app"],
        env={**os.environ, "COLUMNS": "80"},
        capture_output=True,
        text=True,
        check=True,
    )
    _, *lines = written.stdout.splitlines()
    routes = {
        row["rule"]: row["endpoint"]
        for row in json.loads(run("routes", "wide:app", "--json").output)
    }
    assert len(lines) == len(routes) == 4
    assert all(routes[line.split()[0]] in line for line in lines)
    assert max(map(len, lines)) > 80


def test_report_on_a_terminal_says_the_same() -> None:
    output = on_terminal(["explain", "shop:app", "GET", "/users/me"], NO_COLOR="", COLUMNS="80")
    assert "\x1b[32m" in output
    assert "converter refused" in output


def test_tree() -> None:
    result = run("tree", "shop:app")
    assert result.exit_code == 0
    assert (
        result.output
        == """\
4 rules, 5 nodes, in the order 'segments'
/  [GET, OPTIONS] 'index' #1
/hook  [GTE, OPTIONS] 'hook' #2
/users
├─ /me  [GET, OPTIONS] 'me' #3
└─ /<int:id>  [GET, OPTIONS, PUT] 'user' #4
"""
    )


def test_tree_as_json() -> None:
    found = json.loads(run("tree", "star:app", "--json").output)
    assert [node["label"] for node in found["nodes"] if node["parent"] is None] == [
        "admin.test",
        "<str:any_host>",
    ]


def test_tree_is_a_page_or_json(directory: Path) -> None:
    result = run("tree", "shop:app", "--html", "page.html", "--json")
    assert result.exit_code == 2
    assert "Error: --html writes a page and --json writes JSON: leave one" in result.output
    assert not (directory / "page.html").exists()


def test_tree_on_a_terminal() -> None:
    written = on_terminal(["tree", "shop:app"], NO_COLOR="", COLUMNS="40")
    assert "\x1b[36m<int:id>\x1b[0m" in written
    plain = on_terminal(["tree", "shop:app"], NO_COLOR="1", COLUMNS="40")
    assert "\x1b[36m" not in plain
    plain = re.sub(r"\x1b\[\d+m", "", plain)
    assert max(map(len, plain.splitlines())) <= 40
    assert "└── /<int:id>  [GET, OPTIONS, PUT]" in plain


def on_terminal(arguments: list[str], **environment: str) -> str:
    """What a command writes to a terminal."""
    outer, inner = pty.openpty()
    variables = {**os.environ, "TERM": "xterm-256color", **environment}
    if not environment["NO_COLOR"]:
        del variables["NO_COLOR"]
    process = subprocess.Popen(
        [sys.executable, "-m", "trieroute", *arguments],
        stdout=inner,
        stderr=subprocess.DEVNULL,
        env=variables,
    )
    os.close(inner)
    written = b""
    try:
        while chunk := os.read(outer, 4096):
            written += chunk
    except OSError:
        # The other end is closed.
        pass
    finally:
        os.close(outer)
        process.wait()
    return written.decode()


NUMBERS = """\
import trieroute

class Odd(trieroute.BaseConverter):
    def to_python(self, value):
        return {"nan": float("nan"), "long": 10**5000, "text": "t", "yes": True}[value]

inf = float("inf")
url_map = trieroute.Map(
    [
        trieroute.Rule("/f/<float:x>", endpoint="f", defaults={"k": inf, "n": -inf}),
        trieroute.Rule("/o/<odd:x>", endpoint="o"),
        trieroute.Rule("/b/<float(max=1e999):x>", endpoint="b"),
    ],
    converters={"odd": Odd},
)
"""


def strict(text: str) -> Any:
    """What JSON says that has no more than the standard of JSON allows."""
    return json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("/f/1.5", {"k": "inf", "n": "-inf", "x": 1.5}),
        (f"/f/{'9' * 400}.0", {"k": "inf", "n": "-inf", "x": "inf"}),
        ("/o/nan", {"x": "nan"}),
        ("/o/long", {"x": hex(10**5000)}),
        ("/o/text", {"x": "t"}),
        ("/o/yes", {"x": True}),
    ],
)
def test_json_has_no_numbers_that_json_lacks(
    path: str, values: dict[str, Any], directory: Path
) -> None:
    (directory / "numbers_program.py").write_text(NUMBERS, encoding="utf-8")
    told = strict(run("explain", "numbers_program:url_map", "GET", path, "--json").stdout)
    assert told["values"] == values
    assert told["candidates"][0]["values"] == values
    report = run("explain", "numbers_program:url_map", "GET", path)
    assert report.exit_code == 0
    assert f"x={values['x']}" in report.output.replace("'", "")


def test_no_command_writes_json_that_is_none(directory: Path) -> None:
    (directory / "numbers_program.py").write_text(NUMBERS, encoding="utf-8")
    for command in ("routes", "tree", "lint", "check"):
        strict(run(command, "numbers_program:url_map", "--json").stdout)
    strict(run("export", "numbers_program:url_map", "--format", "json").stdout)
    paths = strict(run("export", "numbers_program:url_map", "--format", "openapi-paths").stdout)
    assert paths["paths"]["/b/{x}"]["get"]["parameters"][0]["schema"] == {
        "type": "number",
        "minimum": 0,
    }


UNWRITTEN = """\
import trieroute, werkzeug.routing

class Raising(trieroute.BaseConverter):
    def to_python(self, value):
        raise RuntimeError("half \\udc80")

url_map = werkzeug.routing.Map([
    werkzeug.routing.Rule("/\\u4e2d/<int(max=5):a>", endpoint="\\u4e2d"),
    werkzeug.routing.Rule("/\\u4e2d/<b>", endpoint="half \\udc80"),
    werkzeug.routing.Rule("/c/<raising:x>", endpoint="c"),
], converters={"raising": Raising})
"""


@pytest.mark.parametrize("encoding", ["latin-1", "ascii:strict", "utf-8:strict"])
def test_what_an_output_has_no_character_for_is_written_by_its_escape(
    encoding: str, directory: Path
) -> None:
    (directory / "unwritten_program.py").write_text(UNWRITTEN, encoding="utf-8")
    (directory / "rules.txt").write_text("GET /\u4e2d/<x>\n", encoding="utf-8")
    program = "unwritten_program:url_map"
    for command in (
        ["routes", program],
        ["tree", program],
        ["lint", program],
        ["check", program],
        ["explain", program, "GET", "/%E4%B8%AD/x"],
        ["export", program, "--format", "dot"],
        ["match", "rules.txt", "GET", "/\u4e2d/\u4e2d"],
        ["match", "rules.txt", "GET", "/\u4e2d/\udc80"],
        ["explain", program, "GET", "/c/\udc80"],
    ):
        told = subprocess.run(
            [sys.executable, "-m", "trieroute", *command],
            capture_output=True,
            env={**os.environ, "PYTHONIOENCODING": encoding},
        )
        assert b"Traceback" not in told.stderr, (command, told.stderr.decode())
        if command[0] == "match":
            assert told.returncode == 0
        if command[0] == "export":
            assert "\u4e2d" in told.stdout.decode()


def test_application_that_raises_is_told_without_its_escapes(directory: Path) -> None:
    (directory / "raising_program.py").write_text(
        "def made():\n    raise RuntimeError('first\\nsecond \\x1b[31m \\u202e')\n",
        encoding="utf-8",
    )
    told = run("routes", "raising_program:made()")
    assert told.exit_code == 2
    assert "RuntimeError: first\nsecond \\x1b[31m \\u202e\n" in told.stderr
    assert not {"\x1b", "\u202e"} & {*told.output}


BROKEN_PIPES = """\
import trieroute

class Endpoint:
    def __repr__(self):
        raise ConnectionRefusedError(111, "no database")

url_map = trieroute.Map([trieroute.Rule("/a", endpoint=Endpoint(), methods=["GTE"])])
"""


@pytest.mark.parametrize(
    "command",
    [
        ("routes",),
        ("tree",),
        ("tree", "--json"),
        ("tree", "--html", "page.html"),
        ("lint",),
        ("lint", "--json"),
        ("explain", "GET", "/a"),
        ("explain", "GET", "/a", "--json"),
        ("export", "--format", "json"),
    ],
)
def test_what_an_application_raises_while_a_report_is_made_is_its_own(
    command: tuple[str, ...], directory: Path
) -> None:
    (directory / "broken_pipes.py").write_text(BROKEN_PIPES, encoding="utf-8")
    name, *arguments = command
    if name == "explain":
        arguments[0] = "GTE"
    whole = [sys.executable, "-m", "trieroute", name, "broken_pipes:url_map", *arguments]
    told = subprocess.run(whole, capture_output=True, text=True)
    assert told.returncode == 2
    assert told.stderr.endswith(
        "ConnectionRefusedError: [Errno 111] no database\nError: broken_pipes:url_map raised the"
        " above\n"
    )
