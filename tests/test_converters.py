"""The built-in converters: what each takes, refuses, and makes of it."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
import werkzeug.routing
from hypothesis import given
from hypothesis import strategies as st

from outcomes import matched
from trieroute import Map, NotFound, Rule

ID = uuid.UUID("a8098c1a-f86e-11da-bd1a-00112444be1e")


# string


@pytest.mark.parametrize(
    ("rule", "path", "values"),
    [
        ("/<x>", "/a", {"x": "a"}),
        ("/<x>", "/a.b c", {"x": "a.b c"}),
        ("/<x>", "/\xe9\u4f60\U0001f600", {"x": "\xe9\u4f60\U0001f600"}),
        ("/<x>", "/a\nb", {"x": "a\nb"}),
        ("/<x>", "/\n", {"x": "\n"}),
        ("/<x>", "/a\n", {"x": "a\n"}),
        ("/<x>", "/\x00", {"x": "\x00"}),
        ("/<x>", "/<x>", {"x": "<x>"}),
        ("/<x>", "/%2F", {"x": "%2F"}),
        ("/<x>", "/", None),
        ("/<x>", "/a/b", None),
        ("/<string(length=2):x>", "/ab", {"x": "ab"}),
        ("/<string(length=2):x>", "/a", None),
        ("/<string(length=2):x>", "/abc", None),
        ("/<string(length=2):x>", "/\U0001f600\U0001f601", {"x": "\U0001f600\U0001f601"}),
        ("/<string(length=2):x>", "/e\u0301", {"x": "e\u0301"}),
        ("/<string(minlength=2):x>", "/a", None),
        ("/<string(minlength=2):x>", "/ab", {"x": "ab"}),
        ("/<string(maxlength=2):x>", "/ab", {"x": "ab"}),
        ("/<string(maxlength=2):x>", "/abc", None),
        ("/<string(2, 3):x>", "/abc", {"x": "abc"}),
        ("/<string(2, 3):x>", "/abcd", None),
        ("/<string(minlength=3, length=2):x>", "/ab", {"x": "ab"}),
        ("/<string(minlength=0):x>", "/", {"x": ""}),
        ("/<string(minlength=0):x>/b", "//b", None),
        ("/a<string(minlength=0):x>", "/a", {"x": ""}),
        ("/<string(length=0):x>", "/", {"x": ""}),
    ],
)
def test_string(rule: str, path: str, values: dict[str, str] | None) -> None:
    assert matched(rule, path) == values


# int


@pytest.mark.parametrize(
    ("rule", "path", "values"),
    [
        ("/<int:n>", "/0", {"n": 0}),
        ("/<int:n>", "/42", {"n": 42}),
        ("/<int:n>", "/007", {"n": 7}),
        ("/<int:n>", "/18446744073709551616", {"n": 18446744073709551616}),
        ("/<int:n>", "/9223372036854775807", {"n": 9223372036854775807}),
        ("/<int:n>", "/9223372036854775808", {"n": 9223372036854775808}),
        ("/<int:n>", "/-1", None),
        ("/<int:n>", "/+1", None),
        ("/<int:n>", "/1.0", None),
        ("/<int:n>", "/1_0", None),
        ("/<int:n>", "/ 1", None),
        ("/<int:n>", "/1\n", None),
        ("/<int:n>", "/0x1", None),
        ("/<int:n>", "/a", None),
        # decimal digits of any script, but no other numerals
        ("/<int:n>", "/\u0661\u0662", {"n": 12}),
        ("/<int:n>", "/1\u0662", {"n": 12}),
        ("/<int:n>", "/\U0001d7d9", {"n": 1}),
        ("/<int:n>", "/\xb2", None),
        ("/<int:n>", "/\u2460", None),
        ("/<int:n>", "/\u56db", None),
        ("/<int(min=2):n>", "/1", None),
        ("/<int(min=2):n>", "/2", {"n": 2}),
        ("/<int(max=2):n>", "/2", {"n": 2}),
        ("/<int(max=2):n>", "/3", None),
        ("/<int(max=2):n>", "/002", {"n": 2}),
        ("/<int(max=2):n>", "/99999999999999999999999", None),
        ("/<int(min=2):n>", "/99999999999999999999999", {"n": 99999999999999999999999}),
        ("/<int(max=99999999999999999999999):n>", "/5", {"n": 5}),
        ("/<int(min=99999999999999999999999):n>", "/5", None),
        ("/<int(min=1.5):n>", "/1", None),
        ("/<int(min=1.5):n>", "/2", {"n": 2}),
        ("/<int(max=\u0665):n>", "/5", {"n": 5}),
        ("/<int(min=\u0661\u0662):n>", "/11", None),
        ("/<int(fixed_digits=3):n>", "/012", {"n": 12}),
        ("/<int(fixed_digits=3):n>", "/12", None),
        ("/<int(fixed_digits=3):n>", "/0012", None),
        ("/<int(3):n>", "/012", {"n": 12}),
        ("/<int(fixed_digits=2):n>", "/\u0661\u0662", {"n": 12}),
        ("/<int(fixed_digits=2, signed=True):n>", "/-1", {"n": -1}),
        ("/<int(fixed_digits=2, signed=True):n>", "/-12", None),
        ("/<int(fixed_digits=2, min=20):n>", "/15", None),
        ("/<int(signed=True):n>", "/-5", {"n": -5}),
        ("/<int(signed=True):n>", "/5", {"n": 5}),
        ("/<int(signed=True):n>", "/-0", {"n": 0}),
        ("/<int(signed=True):n>", "/--5", None),
        ("/<int(signed=True):n>", "/-", None),
        ("/<int(signed=True):n>", "/\u22125", None),
        ("/<int(signed=True, min=-5, max=-2):n>", "/-5", {"n": -5}),
        ("/<int(signed=True, min=-5, max=-2):n>", "/-6", None),
        ("/<int(signed=True, min=-5, max=-2):n>", "/-1", None),
        ("/<int(signed=True):n>", "/-9223372036854775808", {"n": -9223372036854775808}),
        ("/<int(signed=True):n>", "/-9223372036854775809", {"n": -9223372036854775809}),
    ],
)
def test_int(rule: str, path: str, values: dict[str, int] | None) -> None:
    assert matched(rule, path) == values


@pytest.mark.parametrize("rule", ["/<int:n>", "/<int(min=1):n>", "/<int(signed=True):n>"])
def test_int_of_more_digits_than_python_converts_is_not_found(rule: str) -> None:
    assert matched(rule, "/" + "9" * 5000) is None


def test_int_of_as_many_digits_as_python_converts() -> None:
    assert matched("/<int:n>", "/" + "9" * 4300) == {"n": 10**4300 - 1}


def test_int_of_many_leading_zeros() -> None:
    assert matched("/<int:n>", "/" + "0" * 4299 + "7") == {"n": 7}


# float


@pytest.mark.parametrize(
    ("rule", "path", "values"),
    [
        ("/<float:n>", "/1.5", {"n": 1.5}),
        ("/<float:n>", "/001.50", {"n": 1.5}),
        ("/<float:n>", "/0.1", {"n": 0.1}),
        ("/<float:n>", "/179769313486231570000.0", {"n": 179769313486231570000.0}),
        ("/<float:n>", "/\u0661.\u0665", {"n": 1.5}),
        ("/<float:n>", "/1", None),
        ("/<float:n>", "/1.", None),
        ("/<float:n>", "/.5", None),
        ("/<float:n>", "/1.5.5", None),
        ("/<float:n>", "/-1.5", None),
        ("/<float:n>", "/1e5", None),
        ("/<float:n>", "/1,5", None),
        ("/<float:n>", "/inf", None),
        ("/<float:n>", "/nan", None),
        ("/<float(min=1.5):n>", "/1.5", {"n": 1.5}),
        ("/<float(min=1.5):n>", "/1.49", None),
        ("/<float(max=2):n>", "/2.0", {"n": 2.0}),
        ("/<float(max=2):n>", "/2.01", None),
        ("/<float(signed=True):n>", "/-1.5", {"n": -1.5}),
        ("/<float(signed=True):n>", "/--1.5", None),
        ("/<float(signed=True, min=-1.5):n>", "/-1.6", None),
        ("/<float(0.5, 1.5):n>", "/1.6", None),
        # numbers that a double holds exactly, and some that it does not
        ("/<float:n>", "/0.3", {"n": 0.3}),
        ("/<float:n>", "/12345678.9012345", {"n": 12345678.9012345}),
        ("/<float:n>", "/0.00000000000001", {"n": 1e-14}),
        ("/<float:n>", "/999999999999999.9", {"n": 999999999999999.9}),
        ("/<float:n>", "/9007199254740993.0", {"n": 9007199254740992.0}),
        ("/<float:n>", "/8.41234567890123456", {"n": 8.41234567890123456}),
    ],
)
def test_float(rule: str, path: str, values: dict[str, float] | None) -> None:
    assert matched(rule, path) == values


def test_minus_zero_is_a_float() -> None:
    values = matched("/<float(signed=True):n>", "/-0.0")
    assert values is not None
    assert str(values["n"]) == "-0.0"


@given(
    st.from_regex("-?[0-9]{1,12}\\.[0-9]{1,12}", fullmatch=True),
)
def test_float_is_the_one_that_python_reads(text: str) -> None:
    values = matched("/<float(signed=True):n>", f"/{text}")
    assert values is not None
    assert values["n"].hex() == float(text).hex()


def test_float_beyond_the_greatest_is_infinite() -> None:
    assert matched("/<float:n>", "/" + "9" * 400 + ".0") == {"n": float("inf")}


def test_float_of_very_many_digits() -> None:
    assert matched("/<float:n>", "/0." + "3" * 10_000) == {"n": 1 / 3}


# any


@pytest.mark.parametrize(
    ("rule", "path", "values"),
    [
        ("/<any(a, b):x>", "/a", {"x": "a"}),
        ("/<any(a, b):x>", "/b", {"x": "b"}),
        ("/<any(a, b):x>", "/c", None),
        ("/<any(a, b):x>", "/ab", None),
        ("/<any(a, b):x>", "/A", None),
        ('/<any("a,b", "c d"):x>', "/a,b", {"x": "a,b"}),
        ('/<any("a.b"):x>', "/axb", None),
        ('/<any("a|b"):x>', "/a|b", {"x": "a|b"}),
        ('/<any("a|b"):x>', "/a", None),
        ("/<any(\xe9, \u4f60):x>", "/\u4f60", {"x": "\u4f60"}),
        ('/<any("(", "[", "*"):x>', "/[", {"x": "["}),
        # a prefix does not hide a longer item, in whichever order they stand
        ("/<any(a, ab, abc):x>", "/abc", {"x": "abc"}),
        ("/<any(abc, ab, a):x>", "/a", {"x": "a"}),
        ("/<any(a, ab):x><any(c, bc):y>", "/abc", {"x": "a", "y": "bc"}),
        ("/<any(ab, a):x><any(c, bc):y>", "/abc", {"x": "ab", "y": "c"}),
        ("/<any(a, ab):x><any(b, bb):y>", "/abb", {"x": "a", "y": "bb"}),
        # an item with a slash stands for no segment
        ('/<any("a/b", c):x>', "/a/b", None),
        ('/<any("a/b", c):x>', "/c", {"x": "c"}),
        ('/<any("", a):x>', "/", {"x": ""}),
        ("/<any(None, True):x>", "/None", {"x": "None"}),
    ],
)
def test_any(rule: str, path: str, values: dict[str, str] | None) -> None:
    assert matched(rule, path) == values


def test_any_of_very_many_items() -> None:
    items = ", ".join(f"item{number}" for number in range(3000))
    assert matched(f"/<any({items}):x>", "/item2999") == {"x": "item2999"}
    assert matched(f"/<any({items}):x>", "/item3000") is None


# uuid


@pytest.mark.parametrize(
    ("path", "values"),
    [
        (f"/{ID}", {"x": ID}),
        (f"/{str(ID).upper()}", {"x": ID}),
        ("/A8098c1a-F86E-11dA-bd1a-00112444BE1E", {"x": ID}),
        (f"/{str(ID)[:-1]}", None),
        (f"/{ID}0", None),
        (f"/{ID.hex}", None),
        (f"/{{{ID}}}", None),
        (f"/{str(ID)[:-1]}g", None),
        (f"/{str(ID)[:-1]}\u0661", None),
        (f"/{str(ID).replace('-', '_')}", None),
    ],
)
def test_uuid(path: str, values: dict[str, uuid.UUID] | None) -> None:
    assert matched("/<uuid:x>", path) == values


# path


@pytest.mark.parametrize(
    ("rule", "path", "values"),
    [
        ("/<path:p>", "/a", {"p": "a"}),
        ("/<path:p>", "/a/b/c", {"p": "a/b/c"}),
        ("/<path:p>", "/a/", {"p": "a/"}),
        ("/<path:p>", "/", None),
        ("/<path:p>/edit", "/a/b/edit", {"p": "a/b"}),
        ("/<path:p>/edit", "/edit", None),
        ("/<path:p>/edit", "/edit/edit", {"p": "edit"}),
        ("/<path:p>/edit", "/edit/edit/edit", {"p": "edit/edit"}),
        ("/<path:p>/edit", "/a/edits", None),
        ("/<path:p>/<int:n>", "/a/1/2", {"p": "a/1", "n": 2}),
        ("/<path:p>/<x>", "/a/b/c", {"p": "a/b", "x": "c"}),
        ("/<path:p>/x/<path:q>", "/a/x/b/x/c", {"p": "a", "q": "b/x/c"}),
        ("/<path:p>/<path:q>", "/a/b/c", {"p": "a", "q": "b/c"}),
        ("/<path:p>.<x>", "/a.b/c.d", {"p": "a.b/c", "x": "d"}),
        ("/<path:p>.<x>", "/a.b.c", {"p": "a", "x": "b.c"}),
        ("/v<path:p>", "/v/a", None),
        ("/v<path:p>", "/va/b", {"p": "a/b"}),
        ("/models/<path:m>:generate", "/models/a/b:generate", {"m": "a/b"}),
        ("/<x>-<path:p>", "/a-b-c/d", {"x": "a-b", "p": "c/d"}),
        ("/<int:n>/<path:p>", "/1/a/b", {"n": 1, "p": "a/b"}),
        ("/<path:p>/", "/a/b/", {"p": "a/b"}),
        ("/<path:p>/<path:q>/<path:r>", "/a/b/c/d", {"p": "a", "q": "b", "r": "c/d"}),
        # a newline only as the first character
        ("/<path:p>", "/\n", {"p": "\n"}),
        ("/<path:p>", "/\na/b", {"p": "\na/b"}),
        ("/<path:p>", "/a\n", None),
        ("/<path:p>", "/a\nb", None),
        ("/<path:p>", "/\n\n", None),
        ("/<path:p>/<x>", "/a/b\n", {"p": "a", "x": "b\n"}),
        ("/<path:p>", "/a\r\u2028\x85", {"p": "a\r\u2028\x85"}),
    ],
)
def test_path(rule: str, path: str, values: dict[str, object] | None) -> None:
    assert matched(rule, path) == values


# Several variables in a segment


@pytest.mark.parametrize(
    ("rule", "path", "values"),
    [
        ("/<x>.<y>", "/a.b", {"x": "a", "y": "b"}),
        ("/<x>.<y>", "/a.b.c", {"x": "a.b", "y": "c"}),
        ("/<x>.<y>", "/a.", None),
        ("/<x>.<y>", "/.b", None),
        ("/<x>.<y>", "/...", {"x": ".", "y": "."}),
        ("/<x><y>", "/abc", {"x": "ab", "y": "c"}),
        ("/<x><y>", "/a", None),
        ("/<x><int:n>", "/a123", {"x": "a12", "n": 3}),
        ("/<int:n><x>", "/123", {"n": 12, "x": "3"}),
        ("/<int:n><x>", "/123a", {"n": 123, "x": "a"}),
        ("/<int:n>.<int:m>", "/1.2", {"n": 1, "m": 2}),
        ("/<float:n>.<int:m>", "/1.2.3", {"n": 1.2, "m": 3}),
        ("/<float:n>.<float:m>", "/1.2.3.4", {"n": 1.2, "m": 3.4}),
        ("/<int(signed=True):n>-<int(signed=True):m>", "/1--2", {"n": 1, "m": -2}),
        ("/<int(fixed_digits=2):n><int:m>", "/123", {"n": 12, "m": 3}),
        # the split comes first, the refusal after it
        ("/<int(fixed_digits=2):n><int:m>", "/1234", None),
        ("/<int(max=9):n><int:m>", "/123", None),
        ("/<string(length=2):x><string(length=1):y>", "/abc", {"x": "ab", "y": "c"}),
        ("/<string(maxlength=2):x><y>", "/abcd", {"x": "ab", "y": "cd"}),
        ("/<string(minlength=0):x><string(minlength=0):y>", "/ab", {"x": "ab", "y": ""}),
        ("/<any(a, ab):x><y>", "/abc", {"x": "a", "y": "bc"}),
        ("/<x>and<y>", "/bandanda", {"x": "band", "y": "a"}),
        ("/a<x>b<y>c", "/a1b2b3c", {"x": "1b2", "y": "3"}),
        ("/<uuid:x>.<y>", f"/{ID}.json", {"x": ID, "y": "json"}),
        ("/<y>-<uuid:x>", f"/a-b-{ID}", {"y": "a-b", "x": ID}),
    ],
)
def test_several_variables_share_a_segment_as_in_a_regular_expression(
    rule: str, path: str, values: dict[str, object] | None
) -> None:
    assert matched(rule, path) == values


ITEMS = {
    "<string(minlength=0):{}>": "[^/]*",
    "<{}>": "[^/]+",
    "<string(2, 3):{}>": "[^/]{2,3}",
    "<int:{}>": r"\d+",
    "<int(signed=True):{}>": r"-?\d+",
    "<float:{}>": r"\d+\.\d+",
    "<any(a, ab, b1):{}>": "(?:a|ab|b1)",
    "<path:{}>": "[^/].*?",
    "a": "a",
    ".": r"\.",
    "-": "-",
    "1": "1",
    "/": "/",
}


@given(
    items=st.lists(st.sampled_from(sorted(ITEMS)), min_size=1, max_size=6),
    text=st.text("ab1.-/\n\u0661", max_size=10),
)
def test_variables_split_a_path_as_a_regular_expression_does(items: list[str], text: str) -> None:
    rule = "/a" + "".join(item.format(f"v{n}") for n, item in enumerate(items)) + "b"
    pattern = "".join(
        f"(?P<v{n}>{ITEMS[item]})" if "{" in item else ITEMS[item] for n, item in enumerate(items)
    )
    found = re.fullmatch(f"/a{pattern}b", f"/a{text}b")
    adapter = Map([Rule(rule)], merge_slashes=False).bind("example.com")
    if found is None:
        with pytest.raises(NotFound):
            adapter.match(f"/a{text}b")
    else:
        values = adapter.match(f"/a{text}b")[1]
        texts = found.groupdict()
        assert values == {name: type(value)(texts[name]) for name, value in values.items()}
        assert values.keys() == texts.keys()


@pytest.mark.parametrize(
    ("rule", "path", "values"),
    [
        ("/<string(length=2):x>", "/ab", {"x": "ab"}),
        ("/<string(length=2):x>", "/abc", None),
        ("/<any(a, b):x>", "/b", {"x": "b"}),
        ("/<any(a, b):x>", "/c", None),
        ("/<path:x>", "/a/b c", {"x": "a/b c"}),
        ("/<int:x>", "/12", {"x": 12}),
        ("/<int(fixed_digits=3, max=50):x>", "/050", {"x": 50}),
        ("/<int(fixed_digits=3, max=50):x>", "/051", None),
        ("/<int(signed=True):x>", "/-5", {"x": -5}),
        ("/<float(max=1.5):x>", "/1.5", {"x": 1.5}),
        ("/<float(max=1.5):x>", "/1.6", None),
        (f"/<uuid:x>/{ID}", f"/{ID}/{ID}", {"x": ID}),
    ],
)
def test_converters_of_werkzeug_do_the_same(
    rule: str, path: str, values: dict[str, Any] | None
) -> None:
    url_map = Map([Rule(rule, endpoint="e")], converters=werkzeug.routing.Map.default_converters)
    adapter = url_map.bind("example.com")
    assert adapter.test(path) is (values is not None)
    if values is not None:
        assert adapter.match(path) == ("e", values)
        assert adapter.build("e", values) == path.replace(" ", "%20")


def test_length_that_no_text_has_is_refused_when_the_rule_is_added() -> None:
    with pytest.raises(ValueError, match=r"rule '/<string\(maxlength=0\):x>'.* does not compile"):
        Map(
            [Rule("/<string(maxlength=0):x>")],
            converters={"string": werkzeug.routing.UnicodeConverter},
        )
