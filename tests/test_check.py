"""The command `trieroute check`: applications, exit statuses, and what it says when it can't."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextvars import copy_context
from pathlib import Path

import pytest
import quart
from click.testing import CliRunner, Result

from trieroute._commands.cli import cli

FLASK = """\
from flask import Flask, current_app
from werkzeug.routing import BaseConverter, ValidationError


class Known(BaseConverter):
    def to_python(self, value):
        if value not in current_app.config["KNOWN"]:
            raise ValidationError
        return value


def create_app(limit=10):
    app = Flask(__name__)
    app.config["KNOWN"] = {"a", "en"}
    app.url_map.converters["known"] = Known

    @app.get("/")
    def index():
        raise AssertionError("no view is called")

    @app.route("/users/<int:id>", methods=["GET", "DELETE"])
    def user(id):
        raise AssertionError("no view is called")

    @app.get("/<known:name>/")
    def known(name):
        raise AssertionError("no view is called")

    if limit is not None:
        app.add_url_rule(f"/n/<int(max={limit}):n>", "small", methods=["GET"])
        app.add_url_rule("/n/<m>", "other", methods=["GET"])
    return app


app = create_app()
"""

PLAIN = """\
from flask import Flask

app = Flask(__name__, static_folder=None)
app.add_url_rule("/", "index")
app.add_url_rule("/users/<int:id>", "user", methods=["PUT"])
"""

REFUSED = """\
from flask import Flask
from werkzeug.routing import BaseConverter, Map, Rule


class Parsing(Rule):
    def _parse_rule(self, rule):
        return super()._parse_rule(rule)


class Matching(Map):
    _matcher = None


class Broken(BaseConverter):
    regex = "("


by_rule = Flask(__name__)
by_rule.url_map.add(Parsing("/", endpoint="index"))

by_rule_class = Flask(__name__)
by_rule_class.url_rule_class = Parsing

by_map = Flask(__name__)
by_map.url_map = Matching()

by_converter = Flask(__name__)
by_converter.url_map.converters["broken"] = Broken
by_converter.add_url_rule("/<broken:x>", "index")
"""

MAPS = """\
import itertools

import trieroute
import trieroute.wsgi
from werkzeug.routing import BaseConverter, Map, Rule, ValidationError


class Count(BaseConverter):
    numbers = itertools.count()

    def to_python(self, value):
        return next(self.numbers)


random = Map([Rule("/<count:x>", endpoint="x")], converters={"count": Count})

same = Map([Rule("/a/<x>", endpoint="a"), Rule("/<x>/b/c", endpoint="bc"),
            Rule("/a/<x>/<y>", endpoint="ad")])
ours = trieroute.Map([trieroute.Rule("/a", endpoint="a")])


router = trieroute.wsgi.Router(trieroute.Map(
    [trieroute.Rule("/a/<int:x>", endpoint="a")], match_order="registration"))
no_rules = Map()


class Never(BaseConverter):
    regex = "[a-z]+"

    def to_python(self, value):
        return value


class Nothing(BaseConverter):
    regex = "a(?!a)a"


class Unready(BaseConverter):
    def to_python(self, value):
        raise RuntimeError("no database")


unready = Map([Rule("/a", endpoint="a"), Rule("/x/<unready:x>", endpoint="x")],
              converters={"unready": Unready})
unready_alone = Map([Rule("/<unready:x>", endpoint="x")], converters={"unready": Unready})
noted = Map([Rule("/<never:x>", endpoint="x")], converters={"never": Never})
untried = Map([Rule("/<nothing:x>", endpoint="x")], converters={"nothing": Nothing})


def ordered(order):
    return trieroute.Map([trieroute.Rule("/a", endpoint="a")], match_order=order)


RESERVED = {"administration"}


class Word(BaseConverter):
    def to_python(self, value):
        if value == "zanzibar":
            raise ValidationError
        return value


class Reserved(BaseConverter):
    def to_python(self, value):
        if value in RESERVED:
            raise ValidationError
        return value


class Number(BaseConverter):
    regex = r"[0-9]+"
    greatest = 31337

    def to_python(self, value):
        if int(value) > self.greatest:
            raise ValidationError
        return int(value)


class Rare(BaseConverter):
    regex = "[a-f]{3}"

    def to_python(self, value):
        if sum(map(ord, value)) % 7 == 0:
            raise ValidationError
        return value


def refusing(name):
    converters = {"word": Word, "reserved": Reserved, "number": Number, "rare": Rare}
    return Map([Rule(f"/<{name}:x>", endpoint="x"), Rule("/<y>", endpoint="y")],
               converters=converters)


class Box:
    app = same


def broken():
    raise ValueError("no configuration")


def leaves():
    raise SystemExit(0)
"""


WEB = """\
from fastapi import APIRouter, FastAPI
from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.routing import Mount, Route, WebSocketRoute


def endpoint(*given):
    raise AssertionError("no endpoint is called")


app = Starlette(routes=[
    Route("/", endpoint),
    Route("/users/{id:int}", endpoint, methods=["POST"]),
    Mount("/m", routes=[Route("/x/{p:path}", endpoint)]),
    Mount("/files", app=endpoint),
    WebSocketRoute("/live/{x}", endpoint),
    Route("/{rest:path}", endpoint),
])
empty = Starlette()


class Unready(Convertor):
    regex = "[a-z]+"

    def convert(self, value):
        raise RuntimeError("no database")

    def to_string(self, value):
        return value


register_url_convertor("unready", Unready())
unready = Starlette(routes=[Route("/a", endpoint), Route("/x/{x:unready}", endpoint)])
unready_alone = Starlette(routes=[Route("/x/{x:unready}", endpoint)])
operations = FastAPI()
router = APIRouter(prefix="/v1")
router.get("/items/{id}")(endpoint)
inner = APIRouter()
inner.put("/deep/{x}")(endpoint)
router.include_router(inner, prefix="/inner")
operations.include_router(router, prefix="/api")
operations.get("/root")(endpoint)
"""

QUART = """\
import asyncio

import quart
from quart import Quart, appcontext_pushed, current_app
from werkzeug.routing import BaseConverter, ValidationError


class Known(BaseConverter):
    def to_python(self, value):
        if value not in current_app.config["KNOWN"]:
            raise ValidationError
        return value


def create_app():
    app = Quart(__name__, static_folder=None)
    app.config["KNOWN"] = {"a", "en"}
    app.url_map.converters["known"] = Known
    app.add_url_rule("/<known:x>", "x")
    return app


def create_app_that_waits():
    async def pushed(sender, **others):
        await asyncio.sleep(0)

    app = create_app()
    appcontext_pushed.connect(pushed, app, weak=False)
    app.teardown_appcontext(lambda error: None)
    return app


def create_app_that_raises(signal):
    async def refuse(sender, **others):
        raise RuntimeError("no database is configured")

    app = create_app()
    getattr(quart, signal).connect(refuse, app, weak=False)
    return app
"""

CHAINED = """\
try:
    1 / 0
except ZeroDivisionError as error:
    import no_such_library
"""


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    (tmp_path / "shop.py").write_text(FLASK, encoding="utf-8")
    (tmp_path / "url_maps.py").write_text(MAPS, encoding="utf-8")
    (tmp_path / "refused.py").write_text(REFUSED, encoding="utf-8")
    (tmp_path / "plain.py").write_text(PLAIN, encoding="utf-8")
    (tmp_path / "quarts.py").write_text(QUART, encoding="utf-8")
    (tmp_path / "needy.py").write_text("import no_such_library\n", encoding="utf-8")
    (tmp_path / "faulty.py").write_text("def f(:\n", encoding="utf-8")
    (tmp_path / "web.py").write_text(WEB, encoding="utf-8")
    (tmp_path / "chained.py").write_text(CHAINED, encoding="utf-8")
    flask = "from flask import Flask\napp = Flask('empty', static_folder=None)\n"
    (tmp_path / "empty_flask.py").write_text(flask, encoding="utf-8")
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").touch()
    (tmp_path / "package" / "inner.py").write_text("from url_maps import ours\n", encoding="utf-8")
    yield tmp_path
    for name in "web", "chained", "empty_flask", "package", "package.inner":
        sys.modules.pop(name, None)
    for name in "shop", "plain", "refused", "url_maps", "needy", "faulty":
        sys.modules.pop(name, None)


def check(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["check", *arguments])


def test_flask_application_with_a_difference() -> None:
    result = check("shop:app")
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert lines[0].startswith("6 rules, match order segments: ")
    assert "3 differences, none unexplained:" in lines
    start = next(n for n, line in enumerate(lines) if line.startswith("The search goes on after"))
    assert lines[start + 1 : start + 6] == [
        "    /n/<int(max=10):n> (GET, HEAD, OPTIONS) -> small",
        "    /n/<m> (GET, HEAD, OPTIONS) -> other",
        "  example    GET /n/42",
        "  werkzeug   404 Not Found",
        "  trieroute  'other' with m='42'",
    ]
    assert "1 note on single rules:" not in lines
    assert "2 notes on single rules:" in lines
    share = next(n for n, line in enumerate(lines) if line.startswith("A match takes "))
    assert re.search(r"times as (fast|slow), [\d.]+ \u00b5s (saved|lost)\.$", lines[share])
    assert lines[share + 1].startswith("Of a whole request, which takes ")
    assert lines[-1].startswith("A URL takes ")


@pytest.mark.parametrize("target", ["shop:create_app(None)", "shop:create_app(limit=None)"])
def test_application_that_a_call_makes(target: str) -> None:
    result = check(target)
    assert result.exit_code == 0
    assert "4 rules" in result.output
    # Werkzeug redirects /b to /b/ before it asks the converter.
    assert "A refused value causes no redirect and no 405" in result.output
    assert "The search goes on" not in result.output


def test_known_differences_count_if_asked_for() -> None:
    result = check("shop:app", "--strict")
    assert result.exit_code == 1
    assert "3 differences, none unexplained:" in result.output.splitlines()
    assert check("plain:app", "--strict").exit_code == 0


def test_unexplained_difference() -> None:
    result = check("url_maps:random")
    assert result.exit_code == 1
    assert "1 difference, 1 unexplained:" in result.output.splitlines()


@pytest.mark.parametrize(
    ("target", "refusal"),
    [
        ("refused:by_rule", "TypeError: class refused.Parsing overrides _parse_rule, which"),
        ("refused:by_rule_class", "TypeError: class refused.Parsing overrides _parse_rule, which"),
        (
            "refused:by_map",
            "TypeError: class refused.Matching can't be combined with trieroute's: class",
        ),
        ("refused:by_converter", "ValueError: rule '/<broken:x>': the regex '(' of variable 'x'"),
    ],
)
def test_application_that_install_refuses(target: str, refusal: str) -> None:
    result = check(target)
    assert result.exit_code == 1
    first, second = result.output.splitlines()
    assert first == "trieroute's install refuses this, nothing was compared:"
    assert second.startswith(f"  {refusal}")


def test_flask_application_without_a_difference() -> None:
    result = check("plain:app")
    assert result.exit_code == 0
    assert result.output.startswith("2 rules, match order segments: ")
    assert "\nNo difference.\n" in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("url_maps:same", "--order", "segments"),
        ("url_maps:Box.app", "--order", "segments"),
        ("url_maps:ours",),
        ("url_maps.py:ours",),
        ("package/inner.py:ours",),
        ("url_maps:router",),
    ],
)
def test_map_without_a_difference(arguments: tuple[str, ...]) -> None:
    result = check(*arguments)
    assert result.exit_code == 0
    assert "\nNo difference.\n" in result.output


def test_order_is_taken() -> None:
    result = check("url_maps:same", "--order", "weights")
    assert result.exit_code == 0
    assert "match order weights" in result.output
    assert "The default match order (" in result.output
    assert "  example    GET /a/b/c\n" in result.output


def test_map_that_is_imported_from_trieroute_instead_has_its_order() -> None:
    result = check("url_maps:same")
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert lines[0].startswith("3 rules, match order weights: ")
    assert "  example    GET /a/b/c" in lines
    line = 'Map(..., match_order="segments") matches in Werkzeug\'s order, with 0 differences.'
    assert line in lines


@pytest.mark.parametrize("order", ["weights", "segments", "registration"])
def test_map_of_trieroute_has_its_own_order(order: str) -> None:
    assert f"match order {order}: " in check(f"url_maps:ordered({order!r})").output
    assert f"match order {order}: " in check("url_maps:ours", "--order", order).output


def test_router_has_the_order_of_its_map() -> None:
    assert "match order registration: " in check("url_maps:router").output


def test_notes_count_if_asked_for() -> None:
    result = check("url_maps:noted")
    assert result.exit_code == 0
    assert "No difference." in result.output.splitlines()
    assert "1 note on single rules:\n    rule '/<never:x>': when its converter" in result.output
    assert check("url_maps:noted", "--strict").exit_code == 1


@pytest.mark.parametrize("name", ["word", "reserved", "number", "rare"])
def test_value_that_a_converter_of_ones_own_refuses_is_found(name: str) -> None:
    result = check(f"url_maps:refusing({name!r})")
    assert "The search goes on after a refused value" in result.output


@pytest.mark.parametrize(
    "target",
    [
        "url_maps:no_rules",
        "empty_flask:app",
        "url_maps:untried",
        "web:empty",
        "url_maps:unready_alone",
        "web:unready_alone",
    ],
)
def test_nothing_that_was_compared_is_no_all_clear(target: str) -> None:
    for arguments in (), ("--strict",):
        result = check(target, *arguments)
        assert result.exit_code == 2
        assert result.output.endswith("Error: nothing was compared\n")


@pytest.mark.parametrize("target", ["url_maps:unready", "web:unready"])
def test_converter_that_raises_for_every_text_is_no_all_clear(target: str) -> None:
    result = check(target)
    assert result.exit_code == 1
    assert "of 'x' raised RuntimeError: no database\n" in result.output
    assert "Nothing is known of these rules." in result.output


@pytest.mark.parametrize("target", ["web:app", "web:operations", "web:app.router", "web.py:app"])
def test_routes_of_starlette_and_fastapi(target: str) -> None:
    result = check(target)
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert re.match(r"\d routes: \d+ requests and \d+ URLs compared\.$", lines[0])
    assert "No difference." in lines
    assert re.match(r"A match takes .* in plain Starlette and .* (saved|lost)\.$", lines[-4])
    assert lines[-3].startswith("Of a whole request, which takes ")
    assert re.match(r"A URL takes .* in plain Starlette and .* (saved|lost)\.$", lines[-1])


def test_routes_that_are_tried_for_every_request_are_noted() -> None:
    result = check("web:app")
    assert (
        "1 note on single rules:\n    tried for every request: Route(path='/{rest" in result.output
    )
    assert check("web:app", "--strict").exit_code == 1


def test_routes_of_starlette_have_no_other_order() -> None:
    result = check("web:app", "--order", "weights")
    assert result.exit_code == 2
    assert "the routes of Starlette have no other order" in result.output


def test_seed_is_taken() -> None:
    assert check("url_maps:same", "--seed", "7").exit_code == 0


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("shop", "'shop' is not of the form MODULE:NAME, such as example.web:app"),
        ("shop:", "'shop:' is not of the form MODULE:NAME, such as example.web:app"),
        ("shops:app", "there is no module 'shops' in "),
        ("no/shop.py:app", "there is no file 'no/shop.py' in "),
        ("shop.py:nope", "module 'shop' has no 'nope'; name the application"),
        ("shop.web:app", "there is no module 'shop.web' in "),
        ("shop:nope", "module 'shop' has no 'nope'; name the application"),
        ("shop:create_app", "create_app is a function; if it makes the application, write"),
        ("shop:app.name", "an object of type str has no url_map; name an application"),
        ("shop:app or 1", "'app or 1' is neither a name nor a call with literal arguments"),
        (
            "shop:create_app(app)",
            "'create_app(app)' is neither a name nor a call with literal arguments",
        ),
        ("shop:(", "'(' is neither a name nor a call with literal arguments"),
    ],
)
def test_target_without_an_application_says_what_to_do(target: str, message: str) -> None:
    result = check(target)
    assert result.exit_code == 2
    assert result.output.startswith(f"Error: {message}")
    assert result.output.count("\n") == 1


@pytest.mark.parametrize(
    ("target", "error"),
    [
        ("url_maps:broken()", "ValueError: no configuration"),
        ("url_maps:leaves()", "SystemExit: 0"),
        ("needy:app", "ModuleNotFoundError: No module named 'no_such_library'"),
        ("faulty:app", "SyntaxError: "),
        ("shop:create_app('a', 'b')", "TypeError: "),
    ],
)
def test_what_the_application_raises_is_shown(target: str, error: str) -> None:
    result = check(target)
    assert result.exit_code == 2
    assert error in result.output
    assert f"Error: {target} raised the above\n" in result.output
    # The first frame is one of the application.
    frames = [line for line in result.output.splitlines() if line.startswith("  File ")]
    assert not any("trieroute/" in frame or "importlib" in frame for frame in frames[:1])


@pytest.mark.parametrize("target", ["quarts:create_app()", "quarts:create_app_that_waits()"])
def test_converter_that_needs_the_context_of_quart(target: str) -> None:
    result = check(target)
    assert result.exit_code == 0
    assert "1 rule, match order segments: " in result.output
    assert "Nothing is known of these rules" not in result.output
    assert not quart.has_app_context()


@pytest.mark.parametrize("signal", ["appcontext_pushed", "appcontext_popped"])
def test_error_of_what_the_context_of_quart_calls_is_shown(signal: str) -> None:
    # The context stays entered where its beginning raises, as in Quart itself.
    target = f"quarts:create_app_that_raises({signal!r})"
    result = copy_context().run(check, target)
    assert result.exit_code == 2
    assert "RuntimeError: no database is configured" in result.output
    assert result.output.endswith(f"Error: {target} raised the above\n")


def test_error_at_import_shows_the_applications_frames_alone() -> None:
    output = check("chained:app").output
    frames = re.findall(r'File "([^"]+)", line', output)
    assert {Path(frame).name for frame in frames} == {"chained.py"}
    assert "ModuleNotFoundError: No module named 'no_such_library'" in output


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("url_maps:same", "--order", "none"),
    ],
)
def test_called_wrongly_shows_its_usage(arguments: tuple[str, ...]) -> None:
    result = check(*arguments)
    assert result.exit_code == 2
    assert "Usage: " in result.output


#: A converter that raises for few of the texts that its regex takes.
LONG_VALUES = """\
import flask
from werkzeug.routing import BaseConverter

app = flask.Flask("shop", static_folder=None)


class Key(BaseConverter):
    def to_python(self, value):
        if len(value) > 20:
            raise RuntimeError("the store has no such keys")
        return value


app.url_map.converters["key"] = Key
app.add_url_rule("/<key:x>/", "a")
"""


def test_texts_for_which_a_converter_raises_are_requested_without_their_slash(
    directory: Path,
) -> None:
    (directory / "long_values.py").write_text(LONG_VALUES, encoding="utf-8")
    output = check("long_values:app").output
    assert "Converters run before a redirect, a 405 or a WebSocket mismatch" in output
    assert "trieroute  RuntimeError: the store has no such keys" in output
