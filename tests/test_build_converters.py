"""`MapAdapter.build`: how each converter writes a value."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

import pytest
import werkzeug.routing
from hypothesis import example, given
from hypothesis import strategies as st

from adapters import CONVERTERS, Speaking, Text, adapter_of, built
from outcomes import redirect_of
from trieroute import (
    DEFAULT_CONVERTERS,
    BaseConverter,
    BuildError,
    IntegerConverter,
    Map,
    PathConverter,
    Rule,
    UnicodeConverter,
)
from trieroute._core.werkzeug_version import FLOAT_TO_URL

UUID = "12345678-1234-5678-1234-56781234abcd"


# Text


@pytest.mark.parametrize(
    ("value", "url"),
    [
        ("", "/"),
        (1, "/1"),
        (-1.5, "/-1.5"),
        (True, "/True"),
        (b"a", "/b'a'"),
        (["a", 1], "/%5B'a',%201%5D"),
        (Decimal("1.50"), "/1.50"),
        (uuid.UUID(UUID), f"/{UUID}"),
        (Text("a b"), "/a%20b"),
        (Speaking(), "/a%20b"),
    ],
)
@pytest.mark.parametrize("converter", ["", "path:"])
def test_text_of_any_object(converter: str, value: Any, url: str) -> None:
    assert built(f"/<{converter}x>", {"x": value}) == url


@pytest.mark.parametrize("value", ["", "a", "abcdef"])
def test_length_of_a_text_is_not_checked(value: str) -> None:
    assert built("/<string(minlength=2, maxlength=3):x>", {"x": value}) == f"/{value}"


@pytest.mark.parametrize(
    ("value", "url"),
    [("a/b", "/x/a/b"), ("/a", "/x//a"), ("a//b", "/x/a//b"), ("a/", "/x/a/"), ("", "/x/")],
)
def test_path_value_keeps_its_slashes(value: str, url: str) -> None:
    assert built("/x/<path:p>", {"p": value}) == url


# Numbers


@pytest.mark.parametrize(
    ("value", "url"),
    [
        (0, "/0"),
        (7, "/7"),
        (-7, "/-7"),
        ("7", "/7"),
        (" 7 ", "/7"),
        ("1_000", "/1000"),
        ("\u0663", "/3"),
        (True, "/1"),
        (1.9, "/1"),
        (Decimal("2.5"), "/2"),
        (b"12", "/12"),
        (2**63 - 1, "/9223372036854775807"),
        (2**63, "/9223372036854775808"),
        (-(2**63), "/-9223372036854775808"),
        (-(2**63) - 1, "/-9223372036854775809"),
        (10**40, "/1" + "0" * 40),
    ],
)
def test_int(value: Any, url: str) -> None:
    assert built("/<int:n>", {"n": value}) == url


@pytest.mark.parametrize("value", ["", "a", "1.5", "1 2", "\xb2", float("nan")])
def test_value_that_is_no_int(value: Any) -> None:
    with pytest.raises(ValueError):
        built("/<int:n>", {"n": value})


@pytest.mark.parametrize("value", [[], ["1"], {}, 1j])
def test_value_that_int_does_not_take(value: Any) -> None:
    with pytest.raises(TypeError):
        built("/<int:n>", {"n": value})


def test_infinity_is_no_int() -> None:
    with pytest.raises(OverflowError):
        built("/<int:n>", {"n": float("inf")})


@pytest.mark.parametrize(
    ("value", "url"),
    [
        (7, "/0007"),
        (12345, "/12345"),
        (-7, "/-007"),
        (0, "/0000"),
        ("7", "/0007"),
        ("-7", "/-007"),
        (True, "/0001"),
        (2**64, "/18446744073709551616"),
    ],
)
def test_int_of_fixed_digits(value: Any, url: str) -> None:
    assert built("/<int(fixed_digits=4):n>", {"n": value}) == url


@pytest.mark.parametrize("value", [-5, 0, 99])
def test_bounds_of_a_number_are_not_checked(value: int) -> None:
    assert built("/<int(min=1, max=9):n>", {"n": value}) == f"/{value}"


@pytest.mark.parametrize(
    ("value", "url", "since_3_2"),
    [
        (1.5, "/1.5", "/1.5"),
        (1, "/1.0", "/1."),
        (-0.0, "/-0.0", "/-0."),
        ("1.50", "/1.5", "/1.5"),
        ("1e3", "/1000.0", "/1000."),
        (True, "/1.0", "/1."),
        (1e16, "/1e+16", "/10000000000000000."),
        (1e-5, "/1e-05", "/0.00001"),
        (1e-7, "/1e-07", "/0."),
        (0.1 + 0.2, "/0.30000000000000004", "/0.3"),
        (Decimal("1.5"), "/1.5", "/1.5"),
        (float("inf"), "/inf", "/inf"),
        ("nan", "/nan", "/nan"),
    ],
)
def test_float(value: Any, url: str, since_3_2: str) -> None:
    """The branch of Werkzeug that is developed rounds."""
    expected = url if FLOAT_TO_URL is None else since_3_2
    assert built("/<float:f>", {"f": value}) == expected


@given(
    st.one_of(
        st.floats(),
        # What is written with few digits.
        st.decimals(min_value=-(10**17), max_value=10**17, places=3).map(float),
        st.builds(
            lambda digits, places: float(f"{digits}e-{places}"),
            st.integers(min_value=-(10**16), max_value=10**16),
            st.integers(min_value=0, max_value=20),
        ),
    )
)
@example(0.0001)
@example(0.00009999999999999999)
@example(999999999999999.9)
@example(999999999999999.0)
@example(1e15)
@example(1e16)
@example(0.1 + 0.2)
@example(-0.0)
@example(5e-324)
@example(1.7976931348623157e308)
def test_float_is_written_as_its_repr(value: float) -> None:
    text = repr(value) if FLOAT_TO_URL is None else f"{value:f}".rstrip("0")
    assert built("/<float(signed=True):f>/x", {"f": value}) == f"/{text}/x"


@given(st.uuids())
def test_uuid_is_written_as_its_str(value: uuid.UUID) -> None:
    assert built("/<uuid:u>/x", {"u": value}) == f"/{value}/x"


@pytest.mark.parametrize("value", ["", "a", "1,5"])
def test_value_that_is_no_float(value: str) -> None:
    with pytest.raises(ValueError):
        built("/<float:f>", {"f": value})


# any, uuid


ITEMS = '<any(a, "b c", "\xe9", "d/e", "%41", "f?g#h", "\r\n", "\\i", -1):x>'
WRITTEN = [
    ("a", "a"),
    (Text("a"), "a"),
    ("b c", "b%20c"),
    ("\xe9", "%C3%A9"),
    ("d/e", "d/e"),
    ("%41", "%2541"),
    ("f?g#h", "f%3Fg%23h"),
    ("\r\n", "%0D%0A"),
    ("\\i", "%5Ci"),
    (-1, "-1"),
]


@pytest.mark.parametrize(("value", "url"), WRITTEN)
def test_item_of_any_is_percent_encoded(value: Any, url: str) -> None:
    assert built(f"/{ITEMS}", {"x": value}) == f"/{url}"
    # Beside a text that is not ASCII, all parts are made one by one.
    assert built(f"/\xe9/{ITEMS}/|b|", {"x": value}) == f"/%C3%A9/{url}/%7Cb%7C"


@pytest.mark.parametrize(("value", "url"), WRITTEN)
def test_item_of_any_is_percent_encoded_by_werkzeugs_converter(value: Any, url: str) -> None:
    rule = Rule(f"/{ITEMS}", endpoint="e")
    adapter = Map([rule], converters=werkzeug.routing.Map.default_converters).bind("example.com")
    assert adapter.build("e", {"x": str(value)}) == f"/{url}"


@pytest.mark.parametrize(("value", "url"), WRITTEN)
def test_item_of_any_is_percent_encoded_as_a_default_and_in_redirect_to(
    value: Any, url: str
) -> None:
    for converters in DEFAULT_CONVERTERS, werkzeug.routing.Map.default_converters:
        rules = [
            Rule(f"/{ITEMS}", endpoint="e", defaults={"x": str(value)}),
            Rule(f"/to/{ITEMS}", redirect_to="<x>"),
        ]
        adapter = Map(rules, converters=converters).bind("example.com")
        assert adapter.build("e") == f"/{url}"
        if "/" not in str(value):
            assert redirect_of(adapter, f"/to/{value}") == f"http://example.com/{url}"


def test_url_of_an_item_leads_to_the_item() -> None:
    adapter = adapter_of(Rule(f"/{ITEMS}", endpoint="e"))
    for value, url in WRITTEN:
        if value == "d/e":
            # A variable of one segment takes no slash.
            continue
        assert adapter.match(f"/{unquote(url)}")[1] == {"x": str(value)}


@pytest.mark.parametrize("value", ["", "b", "A", "aa", 1, True, b"a"])
def test_any_refuses_what_is_no_item(value: Any) -> None:
    with pytest.raises(ValueError, match="is not one of"):
        built('/<any(a, "b c"):x>', {"x": value})


@pytest.mark.parametrize("value", [set(), {"a"}, frozenset({"a"})])
def test_any_refuses_a_set(value: Any) -> None:
    with pytest.raises(ValueError, match="is not one of"):
        built("/<any(a, b):x>", {"x": value})


@pytest.mark.parametrize("value", [["a"], {"a": 1}])
def test_any_does_not_take_what_cannot_be_hashed(value: Any) -> None:
    with pytest.raises(TypeError, match="unhashable"):
        built("/<any(a, b):x>", {"x": value})


@pytest.mark.parametrize("value", [1, "1"])
def test_any_takes_numbers_that_are_items(value: Any) -> None:
    assert built("/<any(1, 2):x>", {"x": value}) == "/1"


@pytest.mark.parametrize("value", [True, 1.0])
def test_any_refuses_what_merely_equals_a_number(value: Any) -> None:
    with pytest.raises(ValueError, match="is not one of"):
        built("/<any(1, 2):x>", {"x": value})


@pytest.mark.parametrize("value", [uuid.UUID(UUID), UUID])
def test_uuid(value: Any) -> None:
    assert built("/<uuid:u>", {"u": value}) == f"/{UUID}"


@pytest.mark.parametrize(
    "text",
    [
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "01234567-89ab-cdef-0123-456789abcdef",
    ],
)
def test_uuid_has_every_digit(text: str) -> None:
    assert built("/<uuid:u>", {"u": uuid.UUID(text)}) == f"/{text}"


@pytest.mark.parametrize(
    ("value", "url"),
    [
        (UUID.upper(), f"/{UUID.upper()}"),
        ("a b", "/a%20b"),
        (1, "/1"),
        ("\r\nSet-Cookie: a", "/%0D%0ASet-Cookie:%20a"),
        ("a?b#c", "/a%3Fb%23c"),
        ("\\evil.example", "/%5Cevil.example"),
    ],
)
def test_text_in_place_of_a_uuid_is_percent_encoded(value: Any, url: str) -> None:
    assert built("/<uuid:u>", {"u": value}) == url
    rule = Rule("/<uuid:u>", endpoint="e")
    adapter = Map([rule], converters=werkzeug.routing.Map.default_converters).bind("example.com")
    assert adapter.build("e", {"u": value}) == url


def test_uuid_of_a_subclass_speaks_for_itself() -> None:
    class Short(uuid.UUID):
        def __str__(self) -> str:
            return "short"

    assert built("/<uuid:u>", {"u": Short(UUID)}) == "/short"


# Own converters


def test_own_converter() -> None:
    rule = Rule("/<list:x>/<lower:y>", endpoint="e")
    adapter = adapter_of(rule, converters=CONVERTERS)
    assert adapter.build("e", {"x": ["a b", 1], "y": "C D"}) == "/a%20b+1/c d"


def test_own_converter_by_inheritance() -> None:
    class HexConverter(IntegerConverter):
        regex = "[0-9a-f]+"

        def to_url(self, value: int) -> str:
            return f"{value:x}"

    class Words(PathConverter):
        pass

    rule = Rule("/<hex:n>/<words:p>", endpoint="e")
    adapter = adapter_of(rule, converters={"hex": HexConverter, "words": Words})
    assert adapter.build("e", {"n": 255, "p": "a b/c"}) == "/ff/a%20b/c"


def test_own_converter_by_attribute() -> None:
    class Named(UnicodeConverter):
        def __init__(self, map: Map) -> None:
            super().__init__(map)
            self.to_url = str.upper  # type: ignore[method-assign, assignment]

    adapter = adapter_of(Rule("/<named:x>", endpoint="e"), converters={"named": Named})
    assert adapter.build("e", {"x": "a b"}) == "/A B"


def test_number_converter_with_another_type() -> None:
    class DecimalConverter(IntegerConverter):
        num_convert = Decimal

    rule = Rule("/<decimal(fixed_digits=6):n>", endpoint="e")
    adapter = adapter_of(rule, converters={"decimal": DecimalConverter})
    assert adapter.build("e", {"n": "1.50"}) == "/001.50"


def test_to_url_is_called_once_with_the_value() -> None:
    calls = []

    class Seen(BaseConverter):
        def to_url(self, value: Any) -> str:
            calls.append(value)
            return "seen"

    value = object()
    adapter = adapter_of(Rule("/<seen:x>", endpoint="e"), converters={"seen": Seen})
    assert adapter.build("e", {"x": value}) == "/seen"
    assert calls == [value]


def test_validation_error_leads_to_the_next_rule() -> None:
    rules = [
        Rule("/<lower:x>/<y>", endpoint="e", methods=["GET"]),
        Rule("/any/<x>/<y>", endpoint="e"),
    ]
    adapter = adapter_of(*rules, converters=CONVERTERS)
    assert adapter.build("e", {"x": "A", "y": 1}) == "/a/1"
    assert adapter.build("e", {"x": 1, "y": 1}) == "/any/1/1"


def test_validation_error_of_the_only_rule_is_a_build_error() -> None:
    adapter = adapter_of(Rule("/<lower:x>", endpoint="e"), converters=CONVERTERS)
    with pytest.raises(BuildError):
        adapter.build("e", {"x": 1})


def test_validation_error_in_a_subdomain_leads_to_the_next_rule() -> None:
    rules = [Rule("/a", endpoint="e", subdomain="<lower:x>"), Rule("/b/<x>", endpoint="e")]
    assert adapter_of(*rules, converters=CONVERTERS).build("e", {"x": 1}) == "/b/1"


def test_any_other_exception_of_a_converter_passes_through() -> None:
    rules = [Rule("/<failing:x>/<y>", endpoint="e"), Rule("/<x>/<y>", endpoint="e")]
    with pytest.raises(ZeroDivisionError):
        adapter_of(*rules, converters=CONVERTERS).build("e", {"x": "a", "y": "b"})


def test_value_error_of_a_built_in_converter_passes_through() -> None:
    rules = [Rule("/<int:x>", endpoint="e"), Rule("/any/<x>", endpoint="e")]
    with pytest.raises(ValueError):
        adapter_of(*rules).build("e", {"x": "a"})


def test_to_url_has_to_return_text() -> None:
    class Numeric(BaseConverter):
        def to_url(self, value: Any) -> Any:
            return 5

    with pytest.raises(TypeError):
        adapter_of(Rule("/<n:x>", endpoint="e"), converters={"n": Numeric}).build("e", {"x": 1})


def test_to_url_may_return_a_subclass_of_str() -> None:
    class Marked(BaseConverter):
        def to_url(self, value: Any) -> str:
            return Text("a")

    adapter = adapter_of(Rule("/<m:x>", endpoint="e"), converters={"m": Marked})
    assert adapter.build("e", {"x": 1}) == "/a"
