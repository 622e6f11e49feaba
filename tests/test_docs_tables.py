"""The tables of rule, request and outcome in the documentation are what happens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import pytest

from trieroute import (
    BuildError,
    Map,
    MapAdapter,
    MethodNotAllowed,
    NotFound,
    RequestRedirect,
    Rule,
    WebsocketMismatch,
)

DOCS = Path(__file__).parent.parent / "docs"
ORDINALS = ("first", "second", "third")
REFUSALS: dict[str, type[Exception]] = {"BuildError": BuildError, "ValueError": ValueError}


class Line(NamedTuple):
    """A line of a table: its place, and its cells by the heading of their column."""

    place: str
    cells: dict[str, str]


def lines(page: str, *headings: str) -> Iterator[Line]:
    """Give the lines of the tables that have all these headings."""
    known: list[str] | None = None
    for number, line in enumerate((DOCS / page).read_text(encoding="utf-8").splitlines(), 1):
        if not line.startswith("|"):
            known = None
            continue
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if known is None:
            known = cells
        elif not set(line) <= set("|- :") and set(headings) <= {*map(_first_words, known)}:
            yield Line(f"{page}:{number}", dict(zip(map(_first_words, known), cells, strict=True)))


def _first_words(heading: str) -> str:
    return heading.partition(",")[0].strip("`")


def code(cell: str) -> str:
    """Return the code of a cell, without its back quotes."""
    return cell.strip("`") if cell.startswith("`") else ""


def arguments(text: str) -> dict[str, Any]:
    found: dict[str, Any] = eval(f"dict({text})", {"UUID": UUID})
    return found


def rules_of(cell: str, **common: Any) -> list[Rule]:
    """Make the rules of a cell: ``/a``, ``k=v`; `/b`` with a semicolon between two rules."""
    rules = []
    for number, text in enumerate(re.split(r"`\s*;\s*`", cell)):
        rule, _, settings = text.strip("`").partition("`, `")
        given = {"endpoint": ORDINALS[number], **arguments(settings), **common}
        rules.append(Rule(rule, **given))
    return rules


def outcome_of(adapter: MapAdapter, rules: list[Rule], request: str) -> str:
    """Write what comes of a request as the tables do, every detail of it."""
    method, _, path = code(request.removeprefix("WebSocket ")).rpartition(" ")
    try:
        rule, values = adapter.match(path, method or "GET", return_rule=True)
    except RequestRedirect as redirect:
        return f"redirect to `{redirect.new_url}`"
    except MethodNotAllowed as error:
        return f"405: {', '.join(sorted(error.valid_methods or ()))}"
    except WebsocketMismatch:
        return "400: WebSocket mismatch"
    except NotFound:
        return "404"
    number = next(number for number, known in enumerate(rules) if known is rule)
    return f"{ORDINALS[number]}, {sorted(values.items())}"


def expected(outcome: str, rules: int, host: str) -> str:
    """Write an outcome of a table in full: it may leave out what goes without saying."""
    redirect = re.fullmatch(r"redirect to `(.*)`", outcome)
    if redirect is not None:
        url = redirect[1] if "://" in redirect[1] else f"http://{host}{redirect[1]}"
        return f"redirect to `{url}`"
    if outcome[:3].isdigit():
        return outcome
    which, _, values = outcome.rpartition(", `") if "`" in outcome else (outcome, "", "")
    if outcome.startswith("`"):
        which, values = "", outcome
    if which in ("", "match"):
        assert rules == 1, "the outcome does not say which rule matches"
        which = "first"
    return f"{which}, {sorted(arguments(values.strip('`')).items())}"


def tables() -> Iterator[Any]:
    for page in ("matching.md", "websockets.md", "hosts.md"):
        for line in lines(page, "rules", "request", "outcome"):
            yield pytest.param(line.cells, id=line.place)


@pytest.mark.parametrize("cells", [*tables()])
def test_a_request_has_the_outcome_of_the_table(cells: dict[str, str]) -> None:
    rules = rules_of(cells["rules"])
    by_host = "host" in cells
    url_map = Map(rules, host_matching=by_host)
    host = code(cells["host"]) if by_host else "example.org"
    subdomain = None if by_host else code(cells.get("subdomain", ""))
    scheme = "ws" if cells["request"].startswith("WebSocket") else "http"
    adapter = url_map.bind(host, subdomain=subdomain, url_scheme=scheme)
    assert outcome_of(adapter, rules, cells["request"]) == expected(
        cells["outcome"], len(rules), host
    )


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param(line.cells, id=line.place)
        for page in ("matching.md", "../README.md")
        for line in lines(page, "rules", "weights", "segments", "registration")
    ],
)
@pytest.mark.parametrize("order", ["weights", "segments", "registration"])
def test_an_order_has_the_outcome_of_the_table(cells: dict[str, str], order: Any) -> None:
    rules = rules_of(cells["rules"])
    adapter = Map(rules, match_order=order).bind("example.org")
    given = outcome_of(adapter, rules, cells["request"])
    wanted = cells[order]
    assert (
        given.partition(", ")[0] == expected(wanted, len(rules), "example.org").partition(", ")[0]
    )


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param(line.cells, id=line.place)
        for line in lines("building.md", "rules", "values", "URL")
    ],
)
def test_a_url_is_the_one_of_the_table(cells: dict[str, str]) -> None:
    adapter = Map(rules_of(cells["rules"], endpoint="e")).bind("example.org")
    values = arguments(code(cells["values"]))
    if cells["URL"] in REFUSALS:
        with pytest.raises(REFUSALS[cells["URL"]]):
            adapter.build("e", values)
    else:
        assert adapter.build("e", values) == code(cells["URL"])


def test_there_are_such_tables() -> None:
    assert len([*lines("matching.md", "rules", "request", "outcome")]) > 50
    assert len([*lines("building.md", "rules", "values", "URL")]) > 20
    assert len([*lines("hosts.md", "rules", "host", "request", "outcome")]) > 5
    assert len([*lines("hosts.md", "rules", "subdomain", "request", "outcome")]) > 8
    assert len([*lines("websockets.md", "rules", "request", "outcome")]) > 8
