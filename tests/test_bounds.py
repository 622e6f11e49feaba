"""What a rule may ask of a converter has bounds, and what is beyond them is refused at once."""

from __future__ import annotations

import json
from typing import Any

import pytest
import werkzeug.routing

from adapters import built
from outcomes import matched
from trieroute import DEFAULT_CONVERTERS, IntegerConverter, Map, Rule, Submount
from trieroute._inspection.openapi import openapi_paths
from trieroute.inspection import check, compare, html_page

BEYOND = [
    ("int(99999999999999999999)", "fixed_digits must be from 0 to 4300, not 99999999999999999999"),
    ("int(4294967296)", "fixed_digits must be from 0 to 4300, not 4294967296"),
    ("int(fixed_digits=4301)", "fixed_digits must be from 0 to 4300, not 4301"),
    ("int(fixed_digits=-1)", "fixed_digits must be from 0 to 4300, not -1"),
    ("int(fixed_digits=2.0)", "fixed_digits must be from 0 to 4300, not 2.0"),
    ("int(fixed_digits=1e999)", "fixed_digits must be from 0 to 4300, not inf"),
    ("string(2147483648)", "at most 2147483647 code points, not 2147483648"),
    ("string(length=2147483648)", "at most 2147483647 code points, not 2147483648"),
    ("string(minlength=99999999999999999999)", "not 99999999999999999999"),
    ("string(maxlength=2147483648)", "at most 2147483647 code points, not 2147483648"),
    ("string(length=-1)", "no text has a length of at least -1"),
    ("string(length=1e999)", "cannot convert float infinity to integer"),
    ("string(maxlength=1e999)", "cannot convert float infinity to integer"),
    (f"int(min={'9' * 4301})", "4300 digits"),
    (f"int(max=-{'9' * 4301})", "4300 digits"),
    (f"float(max={'9' * 4301})", "4300 digits"),
    ("int(max=nan)", "max must be a number, not 'nan'"),
    ("float(min=a)", "min must be a number, not 'a'"),
]


@pytest.mark.parametrize(("converter", "reason"), BEYOND)
@pytest.mark.parametrize("rule", ["/a/<{}:x>", "/a-<{}:x>", "/<y>/<{}:x>/"])
def test_rule_beyond_the_bounds_is_refused_with_its_place(
    rule: str, converter: str, reason: str
) -> None:
    rule = rule.format(converter)
    url_map = Map()
    with pytest.raises(ValueError) as caught:
        url_map.add(Submount("", [Rule("/fine"), Rule(rule)]))
    message = str(caught.value)
    assert reason in message and rule in message
    assert f"position {rule.index('<' + converter)}" in message
    assert list(url_map.iter_rules()) == []


@pytest.mark.parametrize(("converter", "reason"), BEYOND)
def test_subdomain_and_redirect_beyond_the_bounds_are_refused(converter: str, reason: str) -> None:
    for settings in {"subdomain": f"<{converter}:x>"}, {"redirect_to": f"<{converter}:x>"}:
        with pytest.raises(ValueError) as caught:
            Map([Rule("/a", defaults={"x": 1} if "redirect_to" in settings else None, **settings)])
        assert reason in str(caught.value) and "'/a'" in str(caught.value)


@pytest.mark.parametrize(
    "converter", ["int(99999999999999999999)", "int(4294967296)", "int(-1)", "int(2.0)"]
)
def test_digits_of_werkzeugs_converters_have_the_same_bounds(converter: str) -> None:
    with pytest.raises(ValueError, match="fixed_digits must be from 0 to 4300"):
        Map(
            [Rule(f"/<{converter}:x>")],
            converters=werkzeug.routing.Map.default_converters,
        )


def test_greatest_bounds_work() -> None:
    digits = "9" * 4300
    assert built("/<int(4300):x>", {"x": 5}) == "/" + "5".zfill(4300)
    assert matched("/<int(4300):x>", f"/{digits}") == {"x": int(digits)}
    assert matched(f"/<int(min={digits}):x>", f"/{digits}") == {"x": int(digits)}
    assert matched(f"/<int(min={digits}):x>", f"/{digits[1:]}8") is None
    assert matched("/<string(maxlength=2147483647):x>", "/a") == {"x": "a"}
    assert matched("/<string(minlength=2147483647):x>", "/a") is None
    assert matched("/<float(max=1e999):x>", "/1.5") == {"x": 1.5}


def test_bounds_given_by_a_program_are_checked_too() -> None:
    with pytest.raises(ValueError, match="min must be a number, not nan"):
        DEFAULT_CONVERTERS["float"](Map(), min=float("nan"))


class Far(IntegerConverter):
    """Has bounds of more digits than Python writes."""

    def __init__(self, map: Any, least: int) -> None:
        super().__init__(map, min=least, max=10**5000)


@pytest.mark.parametrize("sign", [-1, 1])
def test_bounds_too_long_to_be_written_are_left_out_of_what_is_told(sign: int) -> None:
    url_map = Map(converters={"far": lambda map: Far(map, sign * (10**5000 - 1))})
    url_map.add(Rule("/<far:x>", endpoint="e"))
    assert compare(url_map, rounds=0).differences == []
    assert check(url_map) == []
    explained = str(url_map.bind("a.test").explain("/7"))
    assert ("Far refuses '7'" in explained) is (sign > 0)
    assert '"min":null,"max":null' in html_page(url_map, "far").replace(" ", "")
    assert "imum" not in json.dumps(openapi_paths(url_map, "far"))
