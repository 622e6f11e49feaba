"""Regexes that are runs of one character class are matched without `re`, and just as it does."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trieroute import BaseConverter, Map, NotFound, Rule
from trieroute._core.pattern import Pattern

CLASSES = [
    "[a-z]+",
    "[^a-c]{2,3}",
    r"\d{4}",
    r"\D+",
    r"\w*",
    r"[\w-]+",
    ".",
    ".+",
    ".{0,2}",
    "(?:[a-f0-9]{3})",
    "([^.]+)",
    "(?P<inner>[a-b]*)",
    "[]a]+",
    "[^]a]",
    "[a-]+",
    r"[\]\\]+",
    "[A-Z]{,2}",
    "[A-Z]{,}",
    r"\s{1,}",
    r"[^\W\d]+",
    r"[^/.]{1,63}",
]
#: What looks like a class and is none.
OTHERS = ["[ab]{\u0662}", "a+", "[a-z]+?", "[ab][cd]", "(?i:[a-z]+)", "[a-z]{}", "[a-z]+|x", r"\bx"]
TEXTS = st.text(st.sampled_from("ab-z.9A]\\ _[^é\u0661中\U0001f600"), max_size=6)


class Regex(BaseConverter):
    def __init__(self, map: Map, regex: str) -> None:
        super().__init__(map)
        self.regex = regex


def bound(rule: str, **settings: Any) -> Any:
    url_map = Map(
        [Rule(rule, endpoint="e", **settings)],
        converters={"r": Regex},
        merge_slashes=False,
        host_matching="host" in settings,
    )
    return url_map


def matched(url_map: Map, path: str, host: str = "example.com") -> dict[str, Any] | None:
    try:
        return url_map.bind(host).match(path)[1]
    except NotFound:
        return None


def last_pattern(rule: str) -> Pattern:
    (bound_rule,) = bound(rule).iter_rules()
    assert bound_rule._compiled is not None
    pattern = bound_rule._compiled.parts[-1].pattern
    assert pattern is not None and pattern.regex is not None
    return pattern


@pytest.mark.parametrize("regex", CLASSES)
def test_class_is_recognised(regex: str) -> None:
    assert last_pattern(f"/x<r('{regex}'):v>").items


@pytest.mark.parametrize("regex", OTHERS)
def test_other_regex_is_left_to_re(regex: str) -> None:
    assert not last_pattern(f"/x<r('{regex}'):v>").items


@given(st.sampled_from(CLASSES), TEXTS)
@example("[^a-c]{2,3}", "é9")
@example(r"\d{4}", "\u0661" * 4)
@example(".+", "中")
def test_one_variable_takes_what_re_takes(regex: str, text: str) -> None:
    expected = re.fullmatch(regex, text)
    values = matched(bound(f"/x/y<r('{regex}'):v>"), f"/x/y{text}")
    assert values == (None if expected is None else {"v": text})


@given(st.sampled_from(CLASSES), st.sampled_from(CLASSES), TEXTS)
def test_two_variables_divide_a_text_as_re_does(first: str, second: str, text: str) -> None:
    second = second.replace("<inner>", "<other>")
    expected = re.fullmatch(f"(?P<v>{first})-(?P<w>{second})", text)
    values = matched(bound(f"/<r('{first}'):v>-<r('{second}'):w>"), f"/{text}")
    assert values == (None if expected is None else {"v": expected["v"], "w": expected["w"]})


@pytest.mark.parametrize(
    ("host", "values"),
    [
        ("Bucket.s3.eu-1.example.com", {"bucket": "bucket", "region": "eu-1"}),
        ("bucket.s3.EU-1.example.com", {"bucket": "bucket", "region": "eu-1"}),
        ("bucket.s3.1-eu.example.com", None),
        ("a.b.s3.eu-1.example.com", None),
        ("bucket.sqs.eu-1.example.com", None),
        ("s3.eu-1.example.com", None),
    ],
)
def test_classes_in_a_host(host: str, values: dict[str, str] | None) -> None:
    rule = Rule(
        "/", endpoint="e", host="<r('[^.]+'):bucket>.s3.<r('[A-Z]+-[0-9]'):region>.example.com"
    )
    url_map = Map([rule], converters={"r": Regex}, host_matching=True)
    assert matched(url_map, "/", host) == values


def test_each_of_many_hosts_with_variables_finds_its_rule() -> None:
    names = [f"service{number}" for number in range(60)]
    hosts = {
        # A variable in front, at the end, within a label, and one that may hold dots.
        "<r('[a-z]+'):v>.{}.example.com": "abc.{}.example.com",
        "{}.api.<r('[a-z]+'):v>": "{}.api.abc",
        "x-<r('[a-z]+'):v>.{}.net": "x-abc.{}.net",
        "<v>.any.{}.org": "abc.any.{}.org",
        "<r('.+'):v>.{}.dev": "a.b.c.{}.dev",
    }
    rules = [
        Rule("/", endpoint=(name, rule), host=rule.replace("{}", name))
        for name in names
        for rule in hosts
    ]
    url_map = Map(rules, converters={"r": Regex}, host_matching=True)
    for name in names:
        for rule, host in hosts.items():
            endpoint, values = url_map.bind(host.format(name)).match("/")
            assert endpoint == (name, rule)
            assert values == {"v": "a.b.c" if ".dev" in host else "abc"}
    assert matched(url_map, "/", "abc.service60.example.com") is None
    assert matched(url_map, "/", "abc.service1.example.com.org") is None


def test_better_rank_wins_among_hosts_of_different_kinds() -> None:
    hosts = ["<v>.example.com", "<r('[a-z]+'):v>.example.com", "www.<r('[a-z]+'):v>.com"]
    for first in hosts:
        others = [host for host in hosts if host != first]
        url_map = Map(
            [Rule("/", endpoint=host, host=host) for host in (first, *others)],
            converters={"r": Regex},
            host_matching=True,
            match_order="registration",
        )
        assert url_map.bind("www.example.com").match("/")[0] == first


def test_set_that_holds_both_brackets_stands_in_a_host() -> None:
    rule = Rule("/", endpoint="e", host="<r('[]a[b]'):v>.example.com")
    url_map = Map([rule], converters={"r": Regex}, host_matching=True)
    assert matched(url_map, "/", "a.example.com") == {"v": "a"}
    assert matched(url_map, "/", "c.example.com") is None
