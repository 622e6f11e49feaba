"""Rule tables: text files of one rule a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from trieroute import Map
from trieroute.tables import github_rest_api, parse_table, read_table


@pytest.mark.parametrize(
    ("line", "rule", "methods"),
    [
        ("GET /a", "/a", {"GET", "HEAD"}),
        ("  put \t /a/<int:x>  ", "/a/<int:x>", {"PUT"}),
        ("GET,POST /a", "/a", {"GET", "HEAD", "POST"}),
        ("* /a", "/a", None),
        ("ANY /a", "/a", None),
        ("GET /{x}/{y}", "/<x>/<y>", {"GET", "HEAD"}),
        ("GET /{p:path}", "/<path:p>", {"GET", "HEAD"}),
        ("GET /{a-b}/{a_b}", "/<a_b_>/<a_b>", {"GET", "HEAD"}),
        ("M-SEARCH /a", "/a", {"M-SEARCH"}),
        ("GET /a # b", "/a # b", {"GET", "HEAD"}),
    ],
)
def test_line(line: str, rule: str, methods: set[str] | None) -> None:
    (parsed,) = parse_table([line])
    assert parsed.rule == rule
    assert parsed.methods == methods


def test_endpoint_is_the_line_as_it_is_written() -> None:
    (rule,) = parse_table(["get /{x}"])
    assert rule.endpoint == "get /{x}"


def test_comments_and_empty_lines_are_skipped() -> None:
    assert [rule.rule for rule in parse_table(["# GET /a", "", "  ", "GET /b", " # c"])] == ["/b"]


@pytest.mark.parametrize(
    "line", ["GET", "GET a", "G3T /a", "GET /{", "GET /a}", "GET /{}", "GET /<x", "GET /{x:}"]
)
def test_bad_line_is_named(line: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse_table(["GET /a", line], "rules.txt")
    assert str(caught.value).startswith("rules.txt, line 2: ")
    assert repr(line) in str(caught.value)


def test_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    file = tmp_path / "rules.txt"
    file.write_bytes(b"GET /\xff\n")
    with pytest.raises(ValueError, match=r"rules\.txt"):
        read_table(file)


def test_github_rest_api_is_a_map() -> None:
    adapter = Map(github_rest_api()).bind("api.github.com")
    assert len(list(adapter.map.iter_rules())) == 1225
    endpoint, values = adapter.match("/repos/octocat/hello-world/issues/1347", "PATCH")
    assert endpoint == "PATCH /repos/{owner}/{repo}/issues/{issue_number}"
    assert values == {"owner": "octocat", "repo": "hello-world", "issue_number": "1347"}
