"""The file of `trieroute tree --html`, without a browser, and the regexes that it is given."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from trieroute import Map, Rule
from trieroute._commands.cli import cli
from trieroute._inspection.js_regex import UntranslatableError, js_regex
from trieroute._inspection.page_data import page_data
from trieroute.inspection import html_page, tree

HOSTILE = "</script><script>alert(1)</script>\u2028\ud800&'\""


def page() -> str:
    rules = [Rule("/a", endpoint=HOSTILE), Rule("/>x\u2028/<any('</script>'):a>", endpoint="b")]
    return html_page(Map(rules), HOSTILE)


def test_text_of_rules_can_not_end_the_script() -> None:
    assert page().count("</script>") == 3
    embedded = re.findall(r'<script id="trie" type="application/json">(.*?)</script>', page())
    assert re.search("[<>&\u2028\ud800]", embedded[0]) is None
    assert json.loads(embedded[0])["rules"][0]["endpoint"] == HOSTILE


def test_name_is_escaped() -> None:
    assert "<h1>Routes of &lt;/script&gt;&lt;script&gt;alert(1)" in page()


def test_page_runs_its_own_scripts_alone() -> None:
    (found,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page())
    policy = unescape(found)
    scripts = re.findall(r"<script>(.*?)</script>", page(), re.DOTALL)
    styles = re.findall(r"<style>(.*?)</style>", page(), re.DOTALL)
    hashes = [b64decode(text) for text in re.findall(r"'sha256-([^']*)'", policy)]
    assert hashes == [sha256(text.encode()).digest() for text in (*scripts, *styles)]
    assert re.sub(r"'sha256-[^']*'", "HASH", policy) == (
        "default-src 'none'; script-src HASH HASH; style-src HASH;"
        " base-uri 'none'; form-action 'none'"
    )


def test_page_names_nothing_to_load() -> None:
    markup = re.sub(r"<script[^>]*>.*?</script>", "", page(), flags=re.DOTALL)
    assert re.findall(r"\b(?:src|href)=|url\(|@import", markup) == []


def test_command_writes_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("paged.py").write_text(
        'import trieroute\napp = trieroute.Map([trieroute.Rule("/\\u00fc", endpoint="\\u00fc")])\n'
    )
    result = CliRunner().invoke(cli, ["tree", "paged:app", "--html", "out.html"])
    assert result.exit_code == 0
    size = Path("out.html").stat().st_size
    assert result.output == f"out.html: {size:,} bytes\n"
    written = Path("out.html").read_text(encoding="utf-8")
    assert "<title>Routes of paged:app</title>" in written
    failed = CliRunner().invoke(cli, ["tree", "paged:app", "--html", "no/such/out.html"])
    assert failed.exit_code == 1
    assert failed.output == (
        "Error: Could not open file 'no/such/out.html': No such file or directory\n"
    )


def test_what_a_page_is_given_of_variables() -> None:
    rule = Rule(
        "/<int(min=-5, max=9, signed=True):n>/<float(min=0.5):x>/<uuid:u>/<s>", endpoint="e"
    )
    (told,) = page_data(tree(Map([rule])))["rules"]
    assert [
        (one["name"], one["conversion"], one["min"], one["max"]) for one in told["variables"]
    ] == [
        ("n", "int", "-5", "9"),
        ("x", "float", "0.5", None),
        ("u", "text", None, None),
        ("s", "text", None, None),
    ]


@pytest.mark.parametrize(
    ("python", "javascript"),
    [
        (r"\d+", r"[\p{Nd}]+"),
        (r"[^/]{2,3}", "[^/]{2,3}"),
        (r"[^/].*?", r"[^/][^\n]*?"),
        ("(?:ab)*c{2}d{3,}", "(?:ab)*c{2}d{3,}"),
        (r"(a|b)\1", r"([ab])(?:\1)"),
        (r"(?P<x>a|bc)(?P=x)", r"((?:a|bc))(?:\1)"),
        (r"[\s\S]*", None),
        (r"[^\W\d]", None),
        (r"\w(?=\.)(?<!x)", r"[\p{L}\p{N}_](?=\.)(?<!x)"),
        (r"a\Z", "a$"),
        (r"a$", r"a(?=\n?$)"),
        (r"(?a:\d)", UntranslatableError),
        ("(?i)a", UntranslatableError),
        ("a++", UntranslatableError),
        (r"(a)?\1", UntranslatableError),
        ("(?(1)a|b)", UntranslatableError),
        ("(", UntranslatableError),
    ],
)
def test_regex_of_javascript(python: str, javascript: Any) -> None:
    if javascript is UntranslatableError:
        with pytest.raises(UntranslatableError):
            js_regex(python)
    elif javascript is not None:
        assert js_regex(python)[0] == javascript
    else:
        assert js_regex(python)[0]


def test_groups_count_on() -> None:
    assert js_regex(r"(a)\1", 3) == (r"(a)(?:\4)", 1)
