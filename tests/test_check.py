"""The command `trieroute check`: applications, exit statuses, and what it says when it can't."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from trieroute.commands.cli import cli

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


class Calling(Map):
    def update(self):
        Map.update(self)


class Broken(BaseConverter):
    regex = "("


by_rule = Flask(__name__)
by_rule.url_map.add(Parsing("/", endpoint="index"))

by_rule_class = Flask(__name__)
by_rule_class.url_rule_class = Parsing

by_map = Flask(__name__)
by_map.url_map = Calling()

by_converter = Flask(__name__)
by_converter.url_map.converters["broken"] = Broken
by_converter.add_url_rule("/<broken:x>", "index")
"""

MAPS = """\
import itertools

import trieroute
from werkzeug.routing import BaseConverter, Map, Rule


class Count(BaseConverter):
    numbers = itertools.count()

    def to_python(self, value):
        return next(self.numbers)


random = Map([Rule("/<count:x>", endpoint="x")], converters={"count": Count})

same = Map([Rule("/a/<x>", endpoint="a"), Rule("/<x>/b/c", endpoint="bc"),
            Rule("/a/<x>/<y>", endpoint="ad")])
ours = trieroute.Map([trieroute.Rule("/a", endpoint="a")])


class Box:
    app = same


def broken():
    raise ValueError("no configuration")


def leaves():
    raise SystemExit(0)
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
    (tmp_path / "needy.py").write_text("import no_such_library\n", encoding="utf-8")
    (tmp_path / "faulty.py").write_text("def f(:\n", encoding="utf-8")
    yield tmp_path
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
        "  trieroute  'other', m='42'",
    ]
    assert lines[-3].startswith("A match takes ")
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
            "NoMatcherError: class refused.Calling is a map of trieroute and has no",
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


@pytest.mark.parametrize("target", ["url_maps:same", "url_maps:Box.app", "url_maps:ours"])
def test_map_without_a_difference(target: str) -> None:
    result = check(target)
    assert result.exit_code == 0
    assert "\nNo difference.\n" in result.output


def test_order_is_taken() -> None:
    result = check("url_maps:same", "--order", "weights")
    assert result.exit_code == 0
    assert "match order weights" in result.output
    assert "The default match order (" in result.output
    assert "  example    GET /a/b/c\n" in result.output


def test_seed_is_taken() -> None:
    assert check("url_maps:same", "--seed", "7").exit_code == 0


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("shop", "'shop' is not of the form MODULE:NAME, such as example.web:app"),
        ("shop:", "'shop:' is not of the form MODULE:NAME, such as example.web:app"),
        ("shops:app", "there is no module 'shops' in "),
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
    assert "Usage: " in result.output
    assert f"Error: Invalid value for MODULE:APP: {message}" in " ".join(result.output.split())


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
    assert f"Error: {target} raised the above, nothing was compared\n" in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("url_maps:same", "--order", "registration"),
    ],
)
def test_called_wrongly_shows_its_usage(arguments: tuple[str, ...]) -> None:
    result = check(*arguments)
    assert result.exit_code == 2
    assert "Usage: " in result.output
