"""Converters: what each takes, refuses, and makes of it."""

from __future__ import annotations

import re
import uuid
from decimal import Decimal
from typing import Any

import pytest
import werkzeug.routing
from hypothesis import given
from hypothesis import strategies as st

import trieroute as tr
from outcomes import redirect_of
from trieroute import BaseConverter, Map, NotFound, Rule

ID = uuid.UUID("a8098c1a-f86e-11da-bd1a-00112444be1e")


def matched(rule: str, path: str, **converters: Any) -> dict[str, Any] | None:
    """The values of the rule's variables, or None where the rule does not match."""
    adapter = Map([Rule(rule, endpoint="e")], converters=converters).bind("example.com")
    try:
        return adapter.match(path)[1]
    except NotFound:
        return None


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


# Own converters


@pytest.mark.parametrize("base", [tr.BaseConverter, werkzeug.routing.BaseConverter])
def test_own_converter(base: Any) -> None:
    class ListConverter(base):
        regex = r"\w+(?:,\w+)*"

        def to_python(self, value: str) -> list[str]:
            return value.split(",")

        def to_url(self, value: list[str]) -> str:
            return ",".join(super(ListConverter, self).to_url(item) for item in value)

    assert matched("/<list:x>", "/a,b", list=ListConverter) == {"x": ["a", "b"]}
    assert matched("/<list:x>", "/a,", list=ListConverter) is None


@pytest.mark.parametrize("module", [tr, werkzeug.routing])
def test_subclasses_of_the_built_in_converters(module: Any) -> None:
    class HexConverter(module.BaseConverter):
        regex = "[0-9a-f]+"

        def to_python(self, value: str) -> int:
            return int(value, 16)

    class EvenConverter(module.IntegerConverter):
        def to_python(self, value: str) -> int:
            number = super().to_python(value)
            if number % 2:
                raise module.ValidationError
            return number

    class UpperConverter(module.UnicodeConverter):
        def to_python(self, value: str) -> str:
            return value.upper()

    class LowPathConverter(module.PathConverter):
        weight = 20

    converters = {
        "hex": HexConverter,
        "even": EvenConverter,
        "upper": UpperConverter,
        "low": LowPathConverter,
    }
    assert matched("/<hex:x>", "/ff", **converters) == {"x": 255}
    assert matched("/<even(max=4):x>", "/4", **converters) == {"x": 4}
    assert matched("/<even(max=4):x>", "/3", **converters) is None
    assert matched("/<even(max=4):x>", "/6", **converters) is None
    assert matched("/<upper(length=2):x>", "/ab", **converters) == {"x": "AB"}
    assert matched("/<upper(length=2):x>", "/a", **converters) is None
    assert matched("/<low:x>", "/a/b", **converters) == {"x": "a/b"}


def test_number_converter_with_another_conversion() -> None:
    class StrangeConverter(tr.NumberConverter):
        regex = r"\d+"
        num_convert = staticmethod(lambda text: int(text) * 2)

    assert matched("/<n:x>", "/4", n=StrangeConverter) == {"x": 8}
    assert matched("/<n(max=6):x>", "/4", n=StrangeConverter) is None


def test_to_python_of_an_instance_is_called() -> None:
    class CountingConverter(tr.IntegerConverter):
        def __init__(self, map: Map) -> None:
            super().__init__(map)
            self.to_python = lambda value: f"<{value}>"  # type: ignore[method-assign]

    assert matched("/<n:x>", "/4", n=CountingConverter) == {"x": "<4>"}


def test_regex_of_an_instance_counts() -> None:
    class ChoiceConverter(tr.BaseConverter):
        def __init__(self, map: Map, regex: str) -> None:
            super().__init__(map)
            self.regex = regex

    assert matched('/<c("[ab]{2}"):x>', "/ab", c=ChoiceConverter) == {"x": "ab"}
    assert matched('/<c("[ab]{2}"):x>', "/ac", c=ChoiceConverter) is None


def test_regex_may_be_a_property() -> None:
    class PropertyConverter(tr.BaseConverter):
        part_isolating = True

        @property
        def regex(self) -> str:  # type: ignore[override]
            return "[ab]"

    assert matched("/<c:x>", "/b", c=PropertyConverter) == {"x": "b"}
    assert matched("/<c:x>", "/c", c=PropertyConverter) is None


def test_converter_needs_no_base_class() -> None:
    class Plain:
        regex = "[ab]"
        weight = 100
        part_isolating = True

        def __init__(self, map: Map) -> None:
            pass

        def to_python(self, value: str) -> str:
            return value * 2

    assert matched("/<c:x>", "/b", c=Plain) == {"x": "bb"}


def test_converter_may_be_a_function() -> None:
    def even(map: Map, **kwargs: Any) -> Any:
        return tr.IntegerConverter(map, fixed_digits=2)

    assert matched("/<c:x>", "/12", c=even) == {"x": 12}


def test_built_in_converter_may_be_replaced() -> None:
    class DashedConverter(tr.BaseConverter):
        regex = "[a-z-]+"

    assert matched("/<string:x>", "/a-b", string=DashedConverter) == {"x": "a-b"}
    assert matched("/<string:x>", "/1", string=DashedConverter) is None
    assert matched("/<x>", "/1", string=DashedConverter) == {"x": "1"}


# pallets/werkzeug#2481, pallets/werkzeug#2519
@pytest.mark.parametrize(
    ("regex", "rule", "path", "values"),
    [
        ("(a|b)", "/<c:x>", "/a", {"x": "a"}),
        ("(a|b)", "/<c:x>/<y>", "/a/c", {"x": "a", "y": "c"}),
        ("(a|b)", "/<y>/<c:x>", "/c/b", {"y": "c", "x": "b"}),
        ("(a|b)", "/<c:x>-<c:y>", "/a-b", {"x": "a", "y": "b"}),
        ("(a|b)(1|2)?", "/<c:x><c:y>", "/a1b", {"x": "a1", "y": "b"}),
        ("(a|b)", "/<c:x>/", "/a/", {"x": "a"}),
        ("((a)|(b))+", "/<path:p>/<c:x>/", "/c/ab/", {"p": "c", "x": "ab"}),
        ("(?P<name>a|b)", "/<c:x>-<c:y>", "/a-b", {"x": "a", "y": "b"}),
        ("(?P<x>a|b)", "/<c:x>", "/a", {"x": "a"}),
        (r"(a|b)\1", "/<c:x>", "/aa", {"x": "aa"}),
        (r"(a|b)\1", "/<c:x>-<c:y>", "/aa-bb", {"x": "aa", "y": "bb"}),
        (r"(a|b)\1", "/<c:x>-<c:y>", "/aa-ab", None),
        (r"(?P<l>a|b)(?P=l)", "/<c:x><c:y>", "/aabb", {"x": "aa", "y": "bb"}),
        ("(a)?(?(1)b|c)", "/<c:x>-<c:y>", "/ab-c", {"x": "ab", "y": "c"}),
        ("(a)?(?(1)b|c)", "/<c:x>-<c:y>", "/ab-b", None),
        (r"[(](a)\1[)\]]", "/<y>.<c:x>", "/b.(aa)", {"y": "b", "x": "(aa)"}),
        (r"\((a)\1", "/<y>.<c:x>", "/b.(aa", {"y": "b", "x": "(aa"}),
        ("(?:a|b)", "/<c:x>", "/b", {"x": "b"}),
        ("a|bc", "/<c:x>", "/bc", {"x": "bc"}),
        ("a|bc", "/<c:x>d", "/bcd", {"x": "bc"}),
        ("a|bc", "/1<c:x>", "/1a", {"x": "a"}),
        ("(?i:a)", "/<c:x>", "/A", {"x": "A"}),
        ("(?=ab).b", "/<c:x>", "/ab", {"x": "ab"}),
        ("a(?!c).", "/<c:x>", "/ac", None),
        (r"\bab\b", "/<c:x>", "/ab", {"x": "ab"}),
        (r"a\b", "/<c:x>.<y>", "/a.b", {"x": "a", "y": "b"}),
        ("^a$", "/<c:x>", "/a", {"x": "a"}),
        (r"a\Z", "/<y>/<c:x>", "/b/a", {"y": "b", "x": "a"}),
        ("a$", "/<c:x>", "/a\n", None),
        ("a?", "/<c:x>", "/", {"x": ""}),
        (".+", "/<c:x>", "/a", {"x": "a"}),
        (".+", "/<c:x>", "/a/b", None),
        ("a{2,3}", "/<c:x>", "/aaa", {"x": "aaa"}),
        ("(?!)", "/<c:x>", "/a", None),
        (r"[^\W\d_]+", "/<c:x>", "/\xe9\u4f60", {"x": "\xe9\u4f60"}),
    ],
)
def test_own_regex(regex: str, rule: str, path: str, values: dict[str, str] | None) -> None:
    class CustomConverter(tr.BaseConverter):
        part_isolating = True

    CustomConverter.regex = regex
    assert matched(rule, path, c=CustomConverter) == values


# pallets/werkzeug#2519
def test_capture_group_in_a_rule_whose_slash_is_missing() -> None:
    class LettersConverter(tr.BaseConverter):
        regex = "((a)|(b))"

    rules = [Rule("/<l:x>/"), Rule("/<path:p>/<l:y>/")]
    adapter = Map(rules, converters={"l": LettersConverter}).bind("example.com")
    assert redirect_of(adapter, "/a") == "http://example.com/a/"
    assert redirect_of(adapter, "/c/d/b") == "http://example.com/c/d/b/"


@pytest.mark.parametrize("base", [tr.BaseConverter, werkzeug.routing.BaseConverter])
@pytest.mark.parametrize(
    ("regex", "isolating"), [("[ab]+", True), ("[ab/]+", False), ("[^/]+", False), ("a/b", False)]
)
def test_regex_with_a_slash_is_not_part_isolating(base: Any, regex: str, isolating: bool) -> None:
    converter = type("Custom", (base,), {"regex": regex})
    assert converter.part_isolating is isolating


def test_part_isolating_that_is_set_counts() -> None:
    class IsolatingConverter(tr.BaseConverter):
        regex = "[^/]+"
        part_isolating = True

    class CrossingConverter(tr.BaseConverter):
        regex = "[a-z]+.[a-z]+"
        part_isolating = False

    assert IsolatingConverter.part_isolating is True
    assert matched("/<c:x>", "/a/b", c=CrossingConverter) == {"x": "a/b"}


def test_inherited_regex_does_not_change_part_isolating() -> None:
    class ChildConverter(tr.BaseConverter):
        pass

    class PathChildConverter(tr.PathConverter):
        pass

    assert ChildConverter.part_isolating is True
    assert PathChildConverter.part_isolating is False


@pytest.mark.parametrize(
    ("regex", "rule", "path", "values"),
    [
        ("[a/]+", "/<c:x>", "/a/a", {"x": "a/a"}),
        ("[a/]+", "/<c:x>", "/a/a/", {"x": "a/a/"}),
        ("[a/]+", "/<c:x>/b", "/a/a/b", {"x": "a/a"}),
        ("[a/]+", "/b<c:x>", "/b/a", {"x": "/a"}),
        ("a(?:/a)*", "/<c:x>/<y>", "/a/a/b", {"x": "a/a", "y": "b"}),
        ("[^/]+", "/<c:x>/b", "/a/b", {"x": "a"}),
        ("[^/]+", "/<c:x>/b", "/a/c/b", None),
        ("[^/]+", "/<c:x>/<c:y>", "/a/b", {"x": "a", "y": "b"}),
        ("(a|b)/(c)", "/<c:x>/<y>", "/a/c/d", {"x": "a/c", "y": "d"}),
        ("(?s:.+)", "/<c:x>/b", "/a\n/b", {"x": "a\n"}),
        (r"(a|b)/\1", "/<c:x>", "/a/a", {"x": "a/a"}),
    ],
)
def test_own_regex_over_slashes(
    regex: str, rule: str, path: str, values: dict[str, str] | None
) -> None:
    class CustomConverter(tr.BaseConverter):
        part_isolating = False

    CustomConverter.regex = regex
    assert matched(rule, path, c=CustomConverter) == values


def test_own_path_converter_may_refuse() -> None:
    class DeepConverter(tr.PathConverter):
        def to_python(self, value: str) -> list[str]:
            if "/" not in value:
                raise tr.ValidationError
            return value.split("/")

    adapter = Map(
        [Rule("/<deep:p>", endpoint=1), Rule("/<path:p>", endpoint=2)],
        converters={"deep": DeepConverter},
    ).bind("example.com")
    assert adapter.match("/a/b") == (1, {"p": ["a", "b"]})
    assert adapter.match("/a") == (2, {"p": "a"})


def test_error_of_a_converter_that_is_no_refusal_reaches_the_caller() -> None:
    class BrokenConverter(tr.BaseConverter):
        def to_python(self, value: str) -> str:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        matched("/<c:x>", "/a", c=BrokenConverter)


def test_converters_of_a_rule_that_does_not_win_are_not_asked() -> None:
    class BrokenConverter(tr.BaseConverter):
        def to_python(self, value: str) -> str:
            raise ZeroDivisionError

    rules = [Rule("/a", endpoint="e"), Rule("/<c:x>")]
    adapter = Map(rules, converters={"c": BrokenConverter}).bind("example.com")
    assert adapter.match("/a") == ("e", {})


def test_converter_gets_the_map_and_its_arguments() -> None:
    class MapConverter(tr.BaseConverter):
        def __init__(self, map: Map, *items: str, flag: bool = False) -> None:
            super().__init__(map)
            self.regex = "|".join(items) if flag else "never"

    rule = Rule('/<c(a, "b c", flag=True):x>')
    url_map = Map([rule], converters={"c": MapConverter})
    assert rule._converters["x"].map is url_map
    assert url_map.bind("example.com").match("/b c")[1] == {"x": "b c"}


def test_regex_that_changes_while_it_is_read() -> None:
    class ChangingConverter(tr.FloatConverter):
        part_isolating = True
        reads = 0

        @property
        def regex(self) -> str:  # type: ignore[override]
            type(self).reads += 1
            return r"\d+" if self.reads <= 2 else r"\d+\.\d+"

    assert matched("/<x:v>", "/12345678", x=ChangingConverter) == {"v": 12345678.0}


@pytest.mark.parametrize("rule", ["/<own:x>", "/<own:x>/edit", "/a-<own:x>"])
def test_what_makes_converters_needs_no_hash(rule: str) -> None:
    class Making:
        __hash__ = None  # type: ignore[assignment]

        def __call__(self, map: Any) -> Any:
            return tr.IntegerConverter(map)

    path = rule.replace("<own:x>", "7")
    assert matched(rule, path, own=Making()) == {"x": 7}


@pytest.mark.parametrize(
    ("rule", "path", "values"),
    [
        ("/<int(fixed_digits=2.0):x>", "/12", {"x": 12}),
        ("/<int(fixed_digits=2.0):x>", "/1", None),
        ("/<int(fixed_digits=1.5):x>", "/1", None),
        ("/<int(min=1.5):x>", "/2", {"x": 2}),
        ("/<int(min=1.5):x>", "/1", None),
        ("/<half:x>", "/0.5", {"x": 0.5}),
        ("/<half:x>", "/0.4", None),
    ],
)
def test_bounds_may_be_numbers_of_other_types(
    rule: str, path: str, values: dict[str, Any] | None
) -> None:
    class HalfConverter(tr.FloatConverter):
        def __init__(self, map: Map) -> None:
            super().__init__(map, min=Decimal("0.5"))  # type: ignore[arg-type]

    assert matched(rule, path, half=HalfConverter) == values


def test_get_converter_may_be_overridden() -> None:
    class IntRule(Rule):
        def get_converter(self, variable_name: str, *rest: Any) -> Any:
            return tr.IntegerConverter(self.map, fixed_digits=len(variable_name))

    adapter = Map([IntRule("/<abc>", endpoint="e")]).bind("example.com")
    assert adapter.match("/012") == ("e", {"abc": 12})
    assert not adapter.test("/12")


@pytest.mark.parametrize(
    "rule",
    [
        "/<string(minlength=99999999999999999999):a>",
        "/<string(maxlength=99999999999999999999):a>",
        "/<string(length=99999999999999999999):a>",
    ],
)
def test_length_beyond_any_text_is_refused_when_the_rule_is_added(rule: str) -> None:
    url_map = Map([Rule("/ok", endpoint="ok")])
    with pytest.raises(ValueError, match="rule "):
        url_map.add(Rule(rule))
    assert url_map.bind("example.com").match("/ok") == ("ok", {})


def test_more_digits_than_any_text_has_match_nothing() -> None:
    adapter = Map(
        [Rule("/<int(fixed_digits=99999999999999999999):a>"), Rule("/ok", endpoint="ok")]
    ).bind("example.com")
    assert adapter.match("/ok") == ("ok", {})
    assert not adapter.test("/1")


def test_parenthesis_in_a_comment_of_a_regex_is_no_group() -> None:
    class Commented(tr.BaseConverter):
        regex = r"\w+(?#a(b)"

    adapter = Map([Rule("/<c:x>-<c:y>", endpoint="e")], converters={"c": Commented}).bind(
        "example.com"
    )
    assert adapter.match("/a-b") == ("e", {"x": "a", "y": "b"})


def test_converter_of_a_program_is_made_once_for_each_variable() -> None:
    made: list[int] = []

    class Counting(BaseConverter):
        def __init__(self, map: Map, number: int) -> None:
            super().__init__(map)
            made.append(number)

    Map(
        [
            Rule("/<c(1):x>/<path:p>", endpoint="a"),
            Rule("/<c(2):x>/<c(3):y>", endpoint="b"),
            Rule("/<c(2):x>", endpoint="c"),
        ],
        converters={"c": Counting},
    )
    assert made == [1, 2, 3, 2]


def test_own_converter_that_refuses_its_arguments_is_named_with_its_place() -> None:
    class Refusing(BaseConverter):
        def __init__(self, map: Map) -> None:
            raise ValueError("not today")

    with pytest.raises(
        ValueError,
        match=r"rule '/a/<int:n>/<c:x>': converter 'c' of variable 'x' refuses its arguments:"
        r" not today \(position 11 of '/a/<int:n>/<c:x>'\)",
    ):
        Map([Rule("/a/<int:n>/<c:x>", endpoint="e")], converters={"c": Refusing})


def test_static_and_built_in_segments_around_an_own_tail() -> None:
    class Greedy(BaseConverter):
        regex = ".+"
        part_isolating = False

    adapter = Map(
        [
            Rule("/a/<int:n>/<g:rest>/b/<name>/", endpoint="e"),
            Rule("/a/<int:n>/<name>/b", endpoint="f"),
        ],
        converters={"g": Greedy},
    ).bind("example.com")
    assert adapter.match("/a/1/x/y/b/c/") == ("e", {"n": 1, "rest": "x/y", "name": "c"})
    assert adapter.match("/a/1/x/b") == ("f", {"n": 1, "name": "x"})


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
