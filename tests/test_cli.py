"""The commands `trieroute match`, `trieroute build` and `trieroute demo`."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from trieroute._commands.cli import cli

TABLE = """\
# users
GET       /users/{id}
POST      /users
*         /files/<path:p>
GET       /docs/
GET       /<x>/b/c
GET       /x/<y>/<int:z>
GET       /langs/<any(en, de):lang>
"""


@pytest.fixture
def table(tmp_path: Path) -> str:
    file = tmp_path / "rules.txt"
    file.write_text(TABLE, encoding="utf-8")
    return str(file)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


def test_match_shows_endpoint_and_values(table: str) -> None:
    result = run("match", table, "GET", "/users/7")
    assert result.exit_code == 0
    assert "GET /users/{id}" in result.output
    assert "id='7'" in result.output


@pytest.mark.parametrize(
    ("method", "path", "line"),
    [
        ("GET", "/nope", "404 Not Found"),
        ("DELETE", "/users", "405 Method Not Allowed (allowed: POST)"),
        ("GET", "/docs", "308 redirect to http://localhost/docs/"),
    ],
)
def test_match_that_fails_says_why_and_exits_with_1(
    table: str, method: str, path: str, line: str
) -> None:
    result = run("match", table, method, path)
    assert result.exit_code == 1
    assert result.output == line + "\n"


def test_match_redirects_to_the_given_host(table: str) -> None:
    result = run("match", table, "GET", "/docs", "--host", "example.com")
    assert result.output == "308 redirect to http://example.com/docs/\n"


@pytest.mark.parametrize(
    ("order", "endpoint"),
    [("weights", "GET /<x>/b/3"), ("segments", "GET /x/<y>/<int:z>")],
)
def test_match_takes_an_order(tmp_path: Path, order: str, endpoint: str) -> None:
    file = tmp_path / "rules.txt"
    file.write_text("GET /<x>/b/3\nGET /x/<y>/<int:z>\n", encoding="utf-8")
    result = run("match", str(file), "GET", "/x/b/3", "--order", order)
    assert result.exit_code == 0
    assert endpoint in result.output


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("GET /a\nGET b\n", "line 2"),
        ("GET /<nope:x>\n", "'nope'"),
        ("GET /<x\n", "'/<x'"),
        ("GET\n", "line 1"),
    ],
)
def test_match_with_a_bad_table_names_the_place(tmp_path: Path, text: str, part: str) -> None:
    file = tmp_path / "rules.txt"
    file.write_text(text, encoding="utf-8")
    result = run("match", str(file), "GET", "/a")
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert part in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("missing.txt", "GET", "/"),
        ("{table}", "GET"),
        ("{table}", "", "/users/7"),
        ("{table}", "G T", "/users/7"),
        ("{table}", "GET", "/", "--order", "alphabet"),
        ("{table}", "GET", "/", "--host", "a..b"),
    ],
)
def test_match_called_wrongly_shows_its_usage(table: str, arguments: tuple[str, ...]) -> None:
    result = run("match", *(argument.format(table=table) for argument in arguments))
    assert result.exit_code == 2
    assert "Usage:" in result.output


@pytest.mark.parametrize(
    ("arguments", "url"),
    [
        (("GET /users/{id}", "id=7"), "/users/7"),
        (("GET /users/{id}", "id=ann lee", "q=ö", "page="), "/users/ann%20lee?q=%C3%B6&page="),
        (("GET /users/{id}", "id=7", "tag=a", "tag=b"), "/users/7?tag=a&tag=b"),
        (("GET /users/{id}", "id=a=b", "endpoint=c"), "/users/a=b?endpoint=c"),
        (("GET /x/<y>/<int:z>", "y=ü", "z=007"), "/x/%C3%BC/7"),
        (("* /files/<path:p>", "p=a/b.txt"), "/files/a/b.txt"),
        (("POST /users", "--method", "post"), "/users"),
        (("POST /users", "--host", "example.org"), "/users"),
        (("POST /users", "--external"), "http://localhost/users"),
        (("POST /users", "--external", "--host", "example.org"), "http://example.org/users"),
        (("POST /users", "--scheme", "https"), "https://localhost/users"),
        (("POST /users", "--scheme", ""), "//localhost/users"),
        (("POST /users", "a=b", "--anchor", "the end"), "/users?a=b#the%20end"),
    ],
)
def test_build_shows_the_url(table: str, arguments: tuple[str, ...], url: str) -> None:
    result = run("build", table, *arguments)
    assert result.exit_code == 0
    assert result.output.splitlines()[0].split() == ["url", url]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ("GET /users/{id}",),
            "Could not build url for endpoint 'GET /users/{id}'."
            " Did you forget to specify values ['id']?",
        ),
        (
            ("GET /users/<id>", "id=7"),
            "Could not build url for endpoint 'GET /users/<id>' with values ['id']."
            " Did you mean 'GET /users/{id}' instead?",
        ),
        (
            ("POST /users", "--method", "put"),
            "Could not build url for endpoint 'POST /users' ('PUT')."
            " Did you mean to use methods ['POST']?",
        ),
        (
            ("GET /x/<y>/<int:z>", "y=a", "z=b"),
            "no URL for 'GET /x/<y>/<int:z>': rule '/x/<y>/<int:z>', variable 'z': invalid"
            " literal for int() with base 10: 'b'",
        ),
        (
            ("GET /langs/<any(en, de):lang>", "lang=fr"),
            "no URL for 'GET /langs/<any(en, de):lang>': variable 'lang': 'fr' is not one of"
            " 'de', 'en'",
        ),
    ],
)
def test_build_that_fails_says_why_and_exits_with_1(
    table: str, arguments: tuple[str, ...], line: str
) -> None:
    result = run("build", table, *arguments)
    assert result.exit_code == 1
    assert result.output == f"Error: {line}\n"


def test_table_from_standard_input() -> None:
    lines = "GET /users/{id:int}\nGET /x\n"
    result = CliRunner().invoke(cli, ["match", "-", "GET", "/users/7"], input=lines)
    assert result.exit_code == 0
    assert "  values    id=7\n" in result.output
    result = CliRunner().invoke(cli, ["build", "-", "GET /users/{id:int}", "id=8"], input=lines)
    assert "  url   /users/8\n" in result.output


def test_standard_input_that_is_closed() -> None:
    program = (
        "import sys; sys.stdin = None\n"
        "from trieroute._commands.cli import cli\n"
        "cli(['match', '-', 'GET', '/x'])"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (
        1,
        "Error: standard input is closed; name the file of the table\n",
    )


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("GET /x\nGET", "<stdin>, line 2: expected 'METHOD rule': 'GET'"),
        ("GET /<nope:x>", "<stdin>, line 1: rule '/<nope:x>': the converter 'nope' does not exist"),
    ],
)
def test_faulty_table_from_standard_input_is_named(lines: str, message: str) -> None:
    result = CliRunner().invoke(cli, ["match", "-", "GET", "/x"], input=lines)
    assert result.exit_code == 1
    assert message in result.output


@pytest.mark.parametrize(
    "value",
    [("z=1", "z=2"), ("z=\udcff",)],
    ids=["a list for an int", "a lone surrogate"],
)
def test_build_with_a_value_that_no_url_can_hold_is_an_error(
    table: str, value: tuple[str, ...]
) -> None:
    result = run("build", table, "GET /x/<y>/<int:z>", "y=a", *value)
    assert result.exit_code == 1
    assert result.output.startswith("Error: no URL for 'GET /x/<y>/<int:z>': ")


def test_build_with_an_anchor_that_no_url_can_hold_is_an_error(table: str) -> None:
    result = run("build", table, "POST /users", "--anchor", "\udcff")
    assert result.exit_code == 1
    assert result.output.startswith("Error: no URL for 'POST /users': ")


def test_build_with_a_bad_table_names_the_place(tmp_path: Path) -> None:
    file = tmp_path / "rules.txt"
    file.write_text("GET /a\nGET b\n", encoding="utf-8")
    result = run("build", str(file), "GET /a")
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert "line 2" in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("missing.txt", "GET /docs/"),
        ("{table}",),
        ("{table}", "GET /docs/", "page"),
        ("{table}", "GET /docs/", "=page"),
        ("{table}", "GET /docs/", "--scheme", "gopher"),
        ("{table}", "GET /docs/", "--host", "a..b"),
    ],
)
def test_build_called_wrongly_shows_its_usage(table: str, arguments: tuple[str, ...]) -> None:
    result = run("build", *(argument.format(table=table) for argument in arguments))
    assert result.exit_code == 2
    assert "Usage:" in result.output


@pytest.mark.parametrize(
    "arguments", [("match", "{table}", "POST", "/users"), ("build", "{table}", "POST /users")]
)
def test_time_is_measured_if_asked_for(table: str, arguments: tuple[str, ...]) -> None:
    given = [argument.format(table=table) for argument in arguments]
    assert "time" not in run(*given).output
    assert re.search(r"\n  time +[\d,]+ ns a (match|URL)\n", run(*given, "--time").output)


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        (
            "/x/b/7",
            0,
            {
                "outcome": "'GET /x/<y>/<int:z>' with y='b', z=7",
                "endpoint": "GET /x/<y>/<int:z>",
                "values": {"y": "b", "z": 7},
                "match_ns": None,
            },
        ),
        (
            "/users",
            1,
            {
                "outcome": "405 Method Not Allowed (allowed: POST)",
                "endpoint": None,
                "values": None,
                "match_ns": None,
            },
        ),
    ],
)
def test_match_as_json(table: str, path: str, status: int, told: dict[str, object]) -> None:
    result = run("match", table, "GET", path, "--json")
    assert (result.exit_code, json.loads(result.output)) == (status, told)


def test_build_as_json(table: str) -> None:
    result = run("build", table, "GET /docs/", "page=2", "--json")
    assert json.loads(result.output) == {"url": "/docs/?page=2", "build_ns": None}


@pytest.mark.parametrize(
    "arguments", [("match", "{table}", "POST", "/users"), ("build", "{table}", "POST /users")]
)
def test_time_as_json(table: str, arguments: tuple[str, ...]) -> None:
    given = [argument.format(table=table) for argument in arguments]
    told = json.loads(run(*given, "--time", "--json").output)
    assert told[f"{arguments[0]}_ns"] > 1


def test_demo_finds_no_difference_from_werkzeug() -> None:
    result = run("demo")
    assert result.exit_code == 0
    lines = [line.strip() for line in result.output.splitlines()]
    assert "'GET /users/{username}' with username='octocat'" in lines
    assert "404 Not Found" in lines
    assert "405 Method Not Allowed (allowed: GET, HEAD, POST)" in lines
    assert "/repos/octocat/hello-world/issues/1347" in lines
    assert "/search/repositories?q=url+router&sort=stars&topic=wsgi&topic=asgi" in lines
    contents = "/repos/octocat/hello-world/contents/docs/%C3%9Cbersicht.md?ref=gr%C3%B6%C3%9Fer"
    assert contents in lines
    assert any(line.startswith("1,225 rules, match order weights: ") for line in lines)
    assert "No difference." in lines


def test_module_is_the_command() -> None:
    command = [sys.executable, "-m", "trieroute", "--help"]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Usage: trieroute" in output
    assert "match" in output
    assert "build" in output
    assert "demo" in output


def test_commands_need_no_framework() -> None:
    code = (
        "import sys\n"
        "for name in ('flask', 'quart', 'starlette', 'fastapi'):\n"
        "    sys.modules[name] = None\n"
        "from trieroute.__main__ import main\n"
        "sys.argv[1:] = ['build', '-', 'GET /users/{id}', 'id=7']\n"
        "main()\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        input="GET /users/{id}\n",
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert "/users/7" in result.stdout


def test_json_of_a_match_has_no_number_that_json_lacks(tmp_path: Path) -> None:
    file = tmp_path / "floats.txt"
    file.write_text("GET /f/<float:x>\n", encoding="utf-8")
    result = run("match", str(file), "GET", f"/f/{'9' * 400}.0", "--json")
    assert json.loads(result.stdout)["values"] == {"x": "inf"}
    assert "Infinity" not in result.stdout


def test_terminal_does_not_obey_the_text_of_a_table(tmp_path: Path) -> None:
    file = tmp_path / "hostile.txt"
    file.write_text("GET /b\x1b[31m/<y>\nGET /c\u202e\n", encoding="utf-8")
    for arguments in (
        ("match", str(file), "GET", "/b\x1b[31m/\x1b"),
        ("match", str(file), "GET", "/c\u202e"),
        ("match", str(file), "GET", "/b\x1b[31m/\udc80"),
        ("build", str(file), "GET /b\x1b[31m/<y>", "y=1"),
    ):
        result = run(*arguments)
        assert result.exit_code == 0
        assert result.output.replace("\n", "").isprintable()
