"""What the regex of a converter that takes slashes sees of a path: as in Werkzeug, to its end."""

from __future__ import annotations

from typing import Any

import pytest
import werkzeug.routing
from werkzeug.exceptions import HTTPException

import trieroute

ORDERS = ["weights", "segments", "registration"]
REGEXES = [
    r".+?(?=/)",
    r"(?!.*/$).+",
    r".+?(?=/|$)",
    r".+(?!/)",
    r"[^/]+(?:/[^/]+)*",
    r".+?(?=/\Z)",
    r"(?=.*/\Z).+",
    r"(?!.*x/).+",
    r".+?\b",
    r"\w.*(?<=b)",
    r"(a|é|中|😀)/(?=b).*",
]
RULES = ["/docs/<part:p>/", "/docs/<part:p>", "/docs/<part:p>/e/", "/docs/<part:p>/<q>/"]
PATHS = [
    f"/docs/{text}"
    for first in ("a", "é", "中", "😀")
    for text in (first, f"{first}/", f"{first}/b", f"{first}/b/", f"{first}/x/", f"{first}/b/e/")
] + ["/docs/", "/docs/x/e", "/docs/a/b/c/d/"]


def outcome(router: Any, regex: str, rule: str, path: str, **options: Any) -> object:
    class Part(router.BaseConverter):  # type: ignore[misc]
        part_isolating = False

    Part.regex = regex
    url_map = router.Map([router.Rule(rule, endpoint="e")], converters={"part": Part}, **options)
    try:
        return url_map.bind("example.org").match(path)
    except werkzeug.routing.RequestRedirect as redirect:
        return redirect.new_url
    except HTTPException as error:
        return error.code


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("regex", [regex for regex in REGEXES if "|é|" not in regex])
def test_tail_is_matched_as_by_werkzeug(regex: str, rule: str) -> None:
    for path in PATHS:
        expected = outcome(werkzeug.routing, regex, rule, path)
        for order in ORDERS:
            found = outcome(trieroute, regex, rule, path, match_order=order)
            assert found == expected, (path, order)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(
    ("regex", "path", "expected"),
    [
        (r".+?(?=/)", "/docs/a/b/", ("e", {"p": "a/b"})),
        (r".+?(?=/)", "/docs/a/b", 404),
        (r"(?!.*/$).+", "/docs/a/b/", 404),
        (r"(?!.*/$).+", "/docs/a/b", "http://example.org/docs/a/b/"),
        (r"(a|é|中|😀)/(?=b).*", "/docs/😀/b/", ("e", {"p": "😀/b"})),
        (r"(a|é|中|😀)/(?=b).*", "/docs/中/c/", 404),
    ],
)
def test_regex_of_a_branch_sees_its_slash(
    order: str, regex: str, path: str, expected: object
) -> None:
    found = outcome(trieroute, regex, "/docs/<part:p>/", path, match_order=order)
    assert found == expected


def test_regex_of_a_branch_sees_one_slash_of_a_run() -> None:
    found = outcome(trieroute, r".+?(?=/)", "/docs/<part:p>/", "/docs//a/b//")
    assert found == "http://example.org/docs/a/b/"
