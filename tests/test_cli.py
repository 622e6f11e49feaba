"""The commands `trieroute match` and `trieroute demo`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from trieroute.cli import cli

TABLE = """\
# users
GET       /users/{id}
POST      /users
*         /files/<path:p>
GET       /docs/
GET       /<x>/b/c
GET       /x/<y>/<int:z>
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
        ("{table}", "GET", "/", "--order", "alphabet"),
        ("{table}", "GET", "/", "--host", "a..b"),
    ],
)
def test_match_called_wrongly_shows_its_usage(table: str, arguments: tuple[str, ...]) -> None:
    result = run("match", *(argument.format(table=table) for argument in arguments))
    assert result.exit_code == 2
    assert "Usage:" in result.output


def test_demo_finds_no_difference_from_werkzeug() -> None:
    result = run("demo")
    assert result.exit_code == 0
    assert "1,225 rules" in result.output
    assert "1,225 of 1,225" in result.output
    assert "404 Not Found" in result.output
    assert "405 Method Not Allowed (allowed: GET, HEAD, POST)" in result.output


def test_module_is_the_command() -> None:
    command = [sys.executable, "-m", "trieroute", "--help"]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Usage: trieroute" in output
    assert "match" in output
    assert "demo" in output
