"""`MapAdapter.build`: URLs from endpoints and values."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from trieroute import (
    BaseConverter,
    BuildError,
    IntegerConverter,
    Map,
    MapAdapter,
    PathConverter,
    Rule,
    Submount,
    UnicodeConverter,
    ValidationError,
)

UUID = "12345678-1234-5678-1234-56781234abcd"


def adapter_of(*rules: Rule, **settings: Any) -> MapAdapter:
    return Map(rules, **settings).bind("example.com")


def built(rule: str, values: Mapping[str, Any] | None = None, **settings: Any) -> str:
    """The URL of a map's only rule."""
    return adapter_of(Rule(rule, endpoint="e", **settings)).build("e", values)


class Text(str):
    """A str that is none of Python's own."""


class Speaking:
    """An object whose text is none of Python's own."""

    def __str__(self) -> str:
        return Text("a b")


class LowerConverter(BaseConverter):
    """Refuses what is no text."""

    def to_url(self, value: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError
        return value.lower()


class FailingConverter(BaseConverter):
    def to_url(self, value: Any) -> str:
        raise ZeroDivisionError(value)


class ListConverter(BaseConverter):
    def to_url(self, value: Any) -> str:
        return "+".join(super(ListConverter, self).to_url(item) for item in value)


CONVERTERS = {"lower": LowerConverter, "failing": FailingConverter, "list": ListConverter}


# Paths


@pytest.mark.parametrize(
    ("rule", "values", "url"),
    [
        ("/", {}, "/"),
        ("/a", {}, "/a"),
        ("/a/", {}, "/a/"),
        ("/a/b/c", {}, "/a/b/c"),
        ("/<x>", {"x": "b"}, "/b"),
        ("/a/<x>/", {"x": "b"}, "/a/b/"),
        ("/<x>/<y>", {"x": "b", "y": "c"}, "/b/c"),
        ("/<x>/<y>", {"y": "c", "x": "b"}, "/b/c"),
        ("/a<x>b-<y>.<z>", {"x": 1, "y": 2, "z": 3}, "/a1b-2.3"),
        ("/<x><y>", {"x": "b", "y": "c"}, "/bc"),
        ("/<path:p>/x/<path:q>/", {"p": "a/b", "q": "c/d"}, "/a/b/x/c/d/"),
    ],
)
def test_path(rule: str, values: dict[str, Any], url: str) -> None:
    assert built(rule, values) == url


@pytest.mark.parametrize(
    ("merge_slashes", "url"), [(True, "/a/b/1/"), (False, "/a//b///1//")], ids=["merge", "keep"]
)
def test_runs_of_slashes_in_a_rule(merge_slashes: bool, url: str) -> None:
    assert built("/a//b///<x>//", {"x": 1}, merge_slashes=merge_slashes) == url


def test_many_variables() -> None:
    names = [f"v{number}" for number in range(200)]
    rule = "".join(f"/<{name}>" for name in names)
    assert built(rule, {name: name for name in names}) == "/" + "/".join(names)


def test_long_value() -> None:
    assert built("/<x>", {"x": "\xe9" * 100_000}) == "/" + "%C3%A9" * 100_000


def test_values_may_be_left_out_where_there_is_no_variable() -> None:
    assert adapter_of(Rule("/a", endpoint="e")).build("e") == "/a"


@pytest.mark.parametrize("endpoint", [1, None, ("a", 1), frozenset("a"), Map, 1.5, b"e", ""])
def test_endpoint_may_be_any_hashable_object(endpoint: Any) -> None:
    assert adapter_of(Rule("/a", endpoint=endpoint)).build(endpoint) == "/a"


def test_unhashable_endpoint() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        adapter_of(Rule("/a", endpoint="e")).build(["e"])


@pytest.mark.parametrize("name", ["self", "values", "class", "lambda", "append_unknown", "None"])
def test_variable_may_have_any_name(name: str) -> None:
    assert built(f"/<{name}>", {name: 1}) == "/1"


def test_arguments_take_the_positions_that_they_have_in_werkzeug() -> None:
    rules = [
        Rule("/get", endpoint="e", methods=["GET"]),
        Rule("/post", endpoint="e", methods=["POST"]),
    ]
    adapter = adapter_of(*rules)
    url = adapter.build("e", {"x": 1}, "POST", True, False, "https")
    assert url == "https://example.com/post"


# Quoting


@pytest.mark.parametrize(
    ("rule", "url"),
    [
        ("/a b", "/a%20b"),
        ("/\xe9/\u20ac", "/%C3%A9/%E2%82%AC"),
        ("/100%", "/100%25"),
        ("/%2F", "/%252F"),
        ("/a?b#c", "/a%3Fb%23c"),
        ("/a+b&c=d;e:f@g,h!$'()*", "/a+b&c=d;e:f@g,h!$'()*"),
        ('/"[\\]^`{|}', "/%22%5B%5C%5D%5E%60%7B%7C%7D"),
    ],
)
def test_quoting_of_static_text(rule: str, url: str) -> None:
    assert built(rule) == url


@pytest.mark.parametrize(
    ("value", "url"),
    [
        ("a b", "/a%20b"),
        ("\xe9", "/%C3%A9"),
        ("\u4e2d", "/%E4%B8%AD"),
        ("\U0001f600", "/%F0%9F%98%80"),
        ("100%", "/100%25"),
        ("%2F", "/%252F"),
        ("a?b#c", "/a%3Fb%23c"),
        ("a/b", "/a/b"),
        ("a\nb\x00", "/a%0Ab%00"),
        ("!$&'()*+,/:;=@", "/!$&'()*+,/:;=@"),
        ("<>", "/%3C%3E"),
        ("..", "/.."),
    ],
)
@pytest.mark.parametrize("converter", ["", "string:", "path:"])
def test_quoting_of_values(converter: str, value: str, url: str) -> None:
    assert built(f"/<{converter}x>", {"x": value}) == url


@pytest.mark.parametrize("x", ["a", "\xe9", "\u20ac", "\U0001f600"])
@pytest.mark.parametrize("y", ["b", " ", "\xff", "\uffff"])
def test_texts_of_every_width_side_by_side(x: str, y: str) -> None:
    quoted = {
        "a": "a",
        "\xe9": "%C3%A9",
        "\u20ac": "%E2%82%AC",
        "\U0001f600": "%F0%9F%98%80",
        "b": "b",
        " ": "%20",
        "\xff": "%C3%BF",
        "\uffff": "%EF%BF%BF",
    }
    assert built("/<x>-\xe9/<y>", {"x": x, "y": y}) == f"/{quoted[x]}-%C3%A9/{quoted[y]}"


def test_lone_surrogate_in_a_value() -> None:
    with pytest.raises(UnicodeEncodeError):
        built("/<x>", {"x": "\udc80"})


def test_lone_surrogate_in_the_query() -> None:
    with pytest.raises(UnicodeEncodeError):
        built("/", {"x": "\udc80"})


@pytest.mark.parametrize("value", ["", "/", "//", "//evil.example", "/\\evil.example"])
def test_value_never_leads_to_another_host(value: str) -> None:
    url = built("/<x>", {"x": value})
    assert url.startswith("/")
    assert not url.startswith("//")


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
    ("value", "url"),
    [
        (1.5, "/1.5"),
        (1, "/1.0"),
        (-0.0, "/-0.0"),
        ("1.50", "/1.5"),
        ("1e3", "/1000.0"),
        (True, "/1.0"),
        (1e16, "/1e+16"),
        (1e-7, "/1e-07"),
        (0.1 + 0.2, "/0.30000000000000004"),
        (Decimal("1.5"), "/1.5"),
        (float("inf"), "/inf"),
        ("nan", "/nan"),
    ],
)
def test_float(value: Any, url: str) -> None:
    assert built("/<float:f>", {"f": value}) == url


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
    assert built("/<float(signed=True):f>/x", {"f": value}) == f"/{value!r}/x"


@given(st.uuids())
def test_uuid_is_written_as_its_str(value: uuid.UUID) -> None:
    assert built("/<uuid:u>/x", {"u": value}) == f"/{value}/x"


@pytest.mark.parametrize("value", ["", "a", "1,5"])
def test_value_that_is_no_float(value: str) -> None:
    with pytest.raises(ValueError):
        built("/<float:f>", {"f": value})


# any, uuid


@pytest.mark.parametrize(
    ("value", "url"), [("a", "/a"), ("b c", "/b c"), ("\xe9", "/\xe9"), (Text("a"), "/a")]
)
def test_any_gives_an_item_as_it_stands(value: str, url: str) -> None:
    assert built('/<any(a, "b c", "\xe9"):x>', {"x": value}) == url


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
    ("value", "url"), [(UUID.upper(), f"/{UUID.upper()}"), ("a b", "/a b"), (1, "/1")]
)
def test_uuid_as_text_is_taken_as_it_stands(value: Any, url: str) -> None:
    assert built("/<uuid:u>", {"u": value}) == url


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


# Defaults


def test_default_for_a_variable_is_part_of_the_path() -> None:
    rule = Rule("/<x>/<int(fixed_digits=3):n>/a", defaults={"n": 7}, endpoint="e")
    assert adapter_of(rule).build("e", {"x": 1}) == "/1/007/a"


def test_default_for_a_variable_is_converted() -> None:
    rule = Rule("/<lower:x>", defaults={"x": "ABC"}, endpoint="e")
    assert adapter_of(rule, converters=CONVERTERS).build("e") == "/abc"


def test_default_that_the_converter_does_not_take_is_reported_when_the_rule_is_added() -> None:
    with pytest.raises(ValueError):
        Map([Rule("/<int:n>", defaults={"n": "a"}, endpoint="e")])


def test_value_that_equals_the_default_is_taken() -> None:
    assert built("/all", {"page": 1}, defaults={"page": 1}) == "/all"


def test_value_that_equals_the_default_is_not_in_the_query() -> None:
    assert built("/all", {"page": 1.0, "x": 2}, defaults={"page": 1}) == "/all?x=2"


def test_value_that_differs_from_the_default_does_not_suit() -> None:
    with pytest.raises(BuildError):
        built("/all", {"page": 2}, defaults={"page": 1})


def test_value_and_default_are_not_converted_to_be_compared() -> None:
    with pytest.raises(BuildError):
        built("/all", {"page": "1"}, defaults={"page": 1})


@pytest.mark.parametrize(
    ("values", "url"),
    [({}, "/all"), ({"page": 1}, "/all"), ({"page": 2}, "/page/2"), ({"page": "1"}, "/page/1")],
)
def test_rule_with_the_default_goes_first(values: dict[str, Any], url: str) -> None:
    rules = [
        Rule("/page/<int:page>", endpoint="e"),
        Rule("/all", defaults={"page": 1}, endpoint="e"),
    ]
    assert adapter_of(*rules).build("e", values) == url


@pytest.mark.parametrize(
    ("values", "url"),
    [
        ({}, "/"),
        ({"a": 1}, "/1"),
        ({"b": 1}, "/?b=1"),
        ({"a": 1, "b": 2}, "/1/2"),
        ({"a": 1, "b": 2, "c": 3}, "/1/2?c=3"),
    ],
)
def test_rule_with_most_arguments_goes_first(values: dict[str, Any], url: str) -> None:
    rules = [Rule("/", endpoint="e"), Rule("/<a>", endpoint="e"), Rule("/<a>/<b>", endpoint="e")]
    assert adapter_of(*rules).build("e", values) == url


def test_among_rules_with_equally_many_arguments_that_with_most_defaults_goes_first() -> None:
    rules = [
        Rule("/<a>/<b>", endpoint="e"),
        Rule("/first/<b>", defaults={"a": 1}, endpoint="e"),
        Rule("/first", defaults={"a": 1, "b": 2}, endpoint="e"),
    ]
    adapter = adapter_of(*rules)
    assert adapter.build("e", {"a": 1, "b": 2}) == "/first"
    assert adapter.build("e", {"a": 1, "b": 3}) == "/first/3"
    assert adapter.build("e", {"a": 2, "b": 3}) == "/2/3"


# Values


def test_missing_value() -> None:
    with pytest.raises(BuildError):
        built("/<x>/<y>", {"x": 1})


def test_none_counts_as_missing() -> None:
    with pytest.raises(BuildError):
        built("/<x>", {"x": None})


def test_none_is_dropped_before_the_rules_are_asked() -> None:
    rules = [Rule("/<x>", endpoint="e"), Rule("/", endpoint="e")]
    assert adapter_of(*rules).build("e", {"x": None, "y": None, "z": 0}) == "/?z=0"


def test_none_in_place_of_a_default_counts_as_missing() -> None:
    assert built("/all", {"page": None}, defaults={"page": 1}) == "/all"


@pytest.mark.parametrize("values", [None, {}, (), "", MultiDict()])
def test_empty_values(values: Any) -> None:
    assert built("/a", values) == "/a"


@pytest.mark.parametrize("values", [[("x", 1)], "x", 1])
def test_values_that_are_no_mapping(values: Any) -> None:
    with pytest.raises(AttributeError):
        built("/<x>", values)


def test_values_may_be_any_mapping() -> None:
    assert built("/<x>", MappingProxyType({"x": "a", "y": None, "z": ["b", "c"]})) == "/a?z=b&z=c"


def test_values_may_be_of_a_subclass_of_dict() -> None:
    class Fixed(dict[str, Any]):
        def items(self) -> Any:
            return {"x": "fixed"}.items()

    assert built("/<x>", Fixed(x="a")) == "/fixed"


@pytest.mark.parametrize("kind", [MultiDict, ImmutableMultiDict])
def test_multi_dict(kind: Any) -> None:
    values = kind([("x", "a"), ("y", "b"), ("y", "c"), ("z", "d")])
    assert built("/<x>", values) == "/a?y=b&y=c&z=d"


def test_several_values_of_a_multi_dict_for_one_variable_are_a_list() -> None:
    rule = Rule("/<list:x>", endpoint="e")
    values = MultiDict([("x", "a"), ("x", "b")])
    assert adapter_of(rule, converters=CONVERTERS).build("e", values) == "/a+b"


def test_key_of_a_multi_dict_without_values_counts_as_missing() -> None:
    values: MultiDict[str, Any] = MultiDict()
    dict.__setitem__(values, "x", [])
    with pytest.raises(BuildError):
        built("/<x>", values)


def test_none_in_a_multi_dict_is_a_value() -> None:
    assert built("/<x>", MultiDict([("x", None), ("y", None)])) == "/None"


@pytest.mark.parametrize("key", [1, None, b"y", ("y",)])
@pytest.mark.parametrize("append_unknown", [True, False])
def test_name_of_a_value_has_to_be_a_str(key: Any, append_unknown: bool) -> None:
    adapter = adapter_of(Rule("/<x>", endpoint="e"))
    with pytest.raises(TypeError):
        adapter.build("e", {"x": 1, key: 2}, append_unknown=append_unknown)


def test_name_of_a_value_may_be_of_a_subclass_of_str() -> None:
    assert built("/<x>", {Text("x"): 1, Text("y"): 2}) == "/1?y=2"


def test_values_are_not_changed() -> None:
    values = {"x": "a", "y": None, "z": ["b", None]}
    built("/<x>", values)
    assert values == {"x": "a", "y": None, "z": ["b", None]}


def test_values_are_not_changed_by_a_rule_that_changes_its_own() -> None:
    class PoppingRule(Rule):
        def build(self, values: Any, append_unknown: bool = True) -> tuple[str, str] | None:
            values.pop("token")
            return super().build(values, append_unknown)

    values = {"token": 1}
    assert adapter_of(PoppingRule("/", endpoint="e")).build("e", values) == "/"
    assert values == {"token": 1}


# The query


@pytest.mark.parametrize(
    ("values", "query"),
    [
        ({"a": "b"}, "?a=b"),
        ({"b": 1, "a": 2}, "?b=1&a=2"),
        ({"a": ""}, "?a="),
        ({"": "a"}, "?=a"),
        ({"a": 0}, "?a=0"),
        ({"a": False}, "?a=False"),
        ({"a": 1.5}, "?a=1.5"),
        ({"a": None}, ""),
        ({"a": None, "b": 1}, "?b=1"),
        ({"a": ["b", "c"]}, "?a=b&a=c"),
        ({"a": ("b", "c")}, "?a=b&a=c"),
        ({"a": {"b"}}, "?a=b"),
        ({"a": ["b", None, 1]}, "?a=b&a=1"),
        ({"a": []}, ""),
        ({"a": [], "b": (), "c": set()}, ""),
        ({"a": [None]}, ""),
        ({"a": [], "b": 1, "c": []}, "?b=1"),
        ({"a": [["b", "c"]]}, "?a=%5B'b',+'c'%5D"),
        ({"a": frozenset({1})}, "?a=frozenset(%7B1%7D)"),
        ({"a": {"b": 1}}, "?a=%7B'b':+1%7D"),
        ({"a": b"b c\xff"}, "?a=b+c%FF"),
        ({"a": Text("b c")}, "?a=b+c"),
        ({"a": Speaking()}, "?a=a+b"),
        ({"a b": "c d"}, "?a+b=c+d"),
        ({"a": "b&c=d+e%f#g"}, "?a=b%26c%3Dd%2Be%25f%23g"),
        ({"a": "!$'()*,/:;?@"}, "?a=!$'()*,/:;?@"),
        ({"\xe9": "\u20ac"}, "?%C3%A9=%E2%82%AC"),
        ({"self": 1, "values": 2, "method": 3}, "?self=1&values=2&method=3"),
    ],
)
def test_query(values: dict[str, Any], query: str) -> None:
    assert built("/a", values) == "/a" + query


def test_query_follows_the_path_with_its_variables() -> None:
    assert built("/<x>/", {"y": 1, "x": "?", "z": 2}) == "/%3F/?y=1&z=2"


def test_query_of_a_rule_with_defaults_in_its_path() -> None:
    assert built("/<x>", {"x": 1, "y": 2}, defaults={"x": 1}) == "/1?y=2"


def test_append_unknown_false_drops_what_the_rule_does_not_know() -> None:
    adapter = adapter_of(Rule("/<x>", endpoint="e"))
    assert adapter.build("e", {"x": 1, "y": 2}, append_unknown=False) == "/1"


# Sorted queries


def test_query_keeps_the_order_of_the_values() -> None:
    assert built("/", {"b": 1, "c": 2, "a": 3}) == "/?b=1&c=2&a=3"


def test_sort_parameters() -> None:
    adapter = adapter_of(Rule("/<x>", endpoint="e"), sort_parameters=True)
    values = {"x": 1, "c": 2, "b": ["z", "a"], "a": None, "d": []}
    assert adapter.build("e", values) == "/1?b=a&b=z&c=2"


def test_sort_key_gets_pairs_of_key_and_value() -> None:
    def last_letter(pair: tuple[str, Any]) -> tuple[str, int]:
        key, value = pair
        return key[-1], -value

    adapter = adapter_of(Rule("/", endpoint="e"), sort_parameters=True, sort_key=last_letter)
    assert adapter.build("e", {"ab": 1, "ba": [2, 3]}) == "/?ba=3&ba=2&ab=1"


def test_sort_key_without_sort_parameters_does_nothing() -> None:
    adapter = adapter_of(Rule("/", endpoint="e"), sort_key=lambda pair: pair[0])
    assert adapter.build("e", {"b": 1, "a": 2}) == "/?b=1&a=2"


def test_values_that_cannot_be_sorted() -> None:
    adapter = adapter_of(Rule("/", endpoint="e"), sort_parameters=True)
    with pytest.raises(TypeError):
        adapter.build("e", {"a": ["b", 1]})


def test_sort_parameters_may_be_set_after_a_build() -> None:
    adapter = adapter_of(Rule("/", endpoint="e"))
    assert adapter.build("e", {"b": 1, "a": 2}) == "/?b=1&a=2"
    adapter.map.sort_parameters = True
    assert adapter.build("e", {"b": 1, "a": 2}) == "/?a=2&b=1"


def test_sort_key_may_be_set_after_a_build() -> None:
    adapter = adapter_of(Rule("/", endpoint="e"), sort_parameters=True)
    assert adapter.build("e", {"b": 2, "a": 1}) == "/?a=1&b=2"
    adapter.map.sort_key = lambda pair: -pair[1]
    assert adapter.build("e", {"b": 2, "a": 1}) == "/?b=2&a=1"


# Methods


@pytest.mark.parametrize(
    ("method", "url"), [(None, "/get"), ("GET", "/get"), ("HEAD", "/get"), ("POST", "/post")]
)
def test_method_chooses_the_rule(method: str | None, url: str) -> None:
    rules = [
        Rule("/post", endpoint="e", methods=["POST"]),
        Rule("/get", endpoint="e", methods=["GET"]),
    ]
    assert adapter_of(*rules).build("e", method=method) == url


@pytest.mark.parametrize("method", ["PUT", "get", ""])
def test_method_that_no_rule_has(method: str) -> None:
    with pytest.raises(BuildError):
        adapter_of(Rule("/", endpoint="e", methods=["GET"])).build("e", method=method)


@pytest.mark.parametrize("method", ["GET", "POST", "anything"])
def test_rule_without_methods_takes_each(method: str) -> None:
    assert adapter_of(Rule("/", endpoint="e")).build("e", method=method) == "/"


def test_rule_whose_methods_are_empty_takes_none() -> None:
    adapter = adapter_of(Rule("/", endpoint="e", methods=[]))
    with pytest.raises(BuildError):
        adapter.build("e", method="GET")


def test_without_a_method_rules_that_take_the_default_one_go_first() -> None:
    rules = [
        Rule("/<x>/<y>", endpoint="e", methods=["GET"]),
        Rule("/<x>", endpoint="e", methods=["POST"]),
    ]
    adapter = Map(rules).bind("example.com", default_method="POST")
    assert adapter.build("e", {"x": 1, "y": 2}) == "/1?y=2"


def test_without_a_method_any_rule_will_do_in_the_end() -> None:
    assert adapter_of(Rule("/", endpoint="e", methods=["PUT"])).build("e") == "/"


def test_default_method_of_another_case_is_the_method_of_no_rule() -> None:
    rules = [
        Rule("/a", endpoint="e", methods=["GET"]),
        Rule("/b", endpoint="e", methods=["POST"]),
    ]
    assert Map(rules).bind("example.com", default_method="post").build("e") == "/a"


# Which rule


def test_unknown_endpoint() -> None:
    with pytest.raises(BuildError):
        adapter_of(Rule("/", endpoint="e")).build("f")


def test_empty_map() -> None:
    with pytest.raises(BuildError):
        adapter_of().build("e")


def test_first_of_equal_rules_wins() -> None:
    rules = [Rule("/b", endpoint="e"), Rule("/a", endpoint="e")]
    assert adapter_of(*rules).build("e") == "/b"


def test_match_order_has_no_say() -> None:
    rules = [Rule("/<x>", endpoint="e"), Rule("/a/<x>", endpoint="e")]
    for order in "weights", "segments", "registration":
        assert Map(rules, match_order=order).bind("h").build("e", {"x": 1}) == "/1"
        rules = [rule.empty() for rule in rules]


def test_alias_goes_last() -> None:
    rules = [
        Rule("/old/<x>", defaults={"y": 1}, endpoint="e", alias=True),
        Rule("/new/<x>", endpoint="e"),
    ]
    assert adapter_of(*rules).build("e", {"x": 1}) == "/new/1"


def test_alias_is_taken_when_nothing_else_suits() -> None:
    rules = [Rule("/new/<x>/<y>", endpoint="e"), Rule("/old/<x>", endpoint="e", alias=True)]
    assert adapter_of(*rules).build("e", {"x": 1}) == "/old/1"


def test_build_only_rule() -> None:
    assert built("/static/<path:p>", {"p": "a/b.css"}, build_only=True) == "/static/a/b.css"


def test_rule_with_redirect_to() -> None:
    assert built("/old", redirect_to="/new") == "/old"


def test_rules_of_a_factory() -> None:
    url_map = Map([Submount("/blog/<lang>", [Rule("/<int:n>", endpoint="e")])])
    assert url_map.bind("example.com").build("e", {"lang": "de", "n": 3}) == "/blog/de/3"


# Full URLs


@pytest.mark.parametrize(
    ("scheme", "url_scheme", "url"),
    [
        ("http", None, "http://example.com/a"),
        ("https", None, "https://example.com/a"),
        ("", None, "//example.com/a"),
        ("ws", None, "http://example.com/a"),
        ("wss", None, "https://example.com/a"),
        ("ftp", None, "http://example.com/a"),
        ("http", "https", "https://example.com/a"),
        ("https", "http", "http://example.com/a"),
        ("http", "", "//example.com/a"),
        ("http", "wss", "https://example.com/a"),
        ("https", "ws", "http://example.com/a"),
        ("https", "ftp", "http://example.com/a"),
    ],
)
def test_scheme_of_a_full_url(scheme: str, url_scheme: str | None, url: str) -> None:
    adapter = Map([Rule("/a", endpoint="e")]).bind("example.com", url_scheme=scheme)
    assert adapter.build("e", force_external=True, url_scheme=url_scheme) == url


def test_scheme_without_force_external_changes_nothing() -> None:
    assert adapter_of(Rule("/a", endpoint="e")).build("e", url_scheme="https") == "/a"


def test_scheme_of_the_adapter_may_be_changed() -> None:
    adapter = adapter_of(Rule("/a", endpoint="e"))
    adapter.url_scheme = "https"
    assert adapter.build("e", force_external=True) == "https://example.com/a"


def test_full_url_has_the_port() -> None:
    adapter = Map([Rule("/a", endpoint="e")]).bind("example.com:8080")
    assert adapter.build("e", force_external=True) == "http://example.com:8080/a"


def test_full_url_has_path_and_query() -> None:
    adapter = adapter_of(Rule("/<x>", endpoint="e"))
    url = adapter.build("e", {"x": "\xe9", "y": "a b"}, force_external=True)
    assert url == "http://example.com/%C3%A9?y=a+b"


@pytest.mark.parametrize(
    ("script_name", "path", "full"),
    [
        (None, "/a", "http://h/a"),
        ("", "/a", "http://h/a"),
        ("/", "/a", "http://h/a"),
        ("/app", "/app/a", "http://h/app/a"),
        ("/app/", "/app/a", "http://h/app/a"),
        ("/app/v1", "/app/v1/a", "http://h/app/v1/a"),
        ("app", "app/a", "http://happ/a"),
        ("/app//", "/app/a", "http://h/app//a"),
        ("/\xe9", "/\xe9/a", "http://h/\xe9/a"),
    ],
)
def test_script_name(script_name: str | None, path: str, full: str) -> None:
    adapter = Map([Rule("/a", endpoint="e")]).bind("h", script_name)
    assert adapter.build("e") == path
    assert adapter.build("e", force_external=True) == full


# WebSockets


@pytest.mark.parametrize(
    ("scheme", "url_scheme", "url"),
    [
        ("http", None, "ws://example.com/a"),
        ("https", None, "wss://example.com/a"),
        ("ws", None, "ws://example.com/a"),
        ("wss", None, "wss://example.com/a"),
        ("", None, "ws://example.com/a"),
        ("http", "https", "wss://example.com/a"),
        ("https", "http", "ws://example.com/a"),
        ("https", "", "ws://example.com/a"),
        ("http", "wss", "wss://example.com/a"),
    ],
)
@pytest.mark.parametrize("external", [True, False])
def test_url_of_a_websocket_rule_is_full(
    scheme: str, url_scheme: str | None, url: str, external: bool
) -> None:
    rule = Rule("/a", endpoint="e", websocket=True)
    adapter = Map([rule]).bind("example.com", url_scheme=scheme)
    assert adapter.build("e", force_external=external, url_scheme=url_scheme) == url


def test_path_of_another_rule_on_a_websocket_adapter() -> None:
    adapter = Map([Rule("/a", endpoint="e")]).bind("example.com", url_scheme="ws")
    assert adapter.build("e") == "/a"


def test_websocket_rules_and_others_are_chosen_by_order_alone() -> None:
    rules = [Rule("/live", endpoint="e", websocket=True), Rule("/a", endpoint="e")]
    assert Map(rules).bind("h").build("e") == "ws://h/live"
    rules = [rule.empty() for rule in reversed(rules)]
    assert Map(rules).bind("h", url_scheme="ws").build("e") == "/a"


# Subdomains


@pytest.mark.parametrize(
    ("bound", "url"),
    [
        (None, "http://www.example.com/a"),
        ("", "http://www.example.com/a"),
        ("www", "/a"),
        ("WWW", "http://www.example.com/a"),
        ("other", "http://www.example.com/a"),
    ],
)
def test_subdomain(bound: str | None, url: str) -> None:
    url_map = Map([Rule("/a", endpoint="e", subdomain="www")])
    assert url_map.bind("example.com", subdomain=bound).build("e") == url


def test_rule_without_a_subdomain_seen_from_one() -> None:
    adapter = Map([Rule("/a", endpoint="e")]).bind("example.com", subdomain="www")
    assert adapter.build("e") == "http://example.com/a"


def test_default_subdomain() -> None:
    url_map = Map([Rule("/a", endpoint="e")], default_subdomain="www")
    assert url_map.bind("example.com").build("e") == "/a"
    assert url_map.bind("example.com", subdomain="").build("e") == "http://www.example.com/a"


@pytest.mark.parametrize(
    ("user", "url"),
    [
        ("ann", "/app/1"),
        ("bob", "https://bob.example.com/app/1"),
        (5, "https://5.example.com/app/1"),
        ("", "https://example.com/app/1"),
    ],
)
def test_variable_in_a_subdomain(user: Any, url: str) -> None:
    url_map = Map([Rule("/<int:n>", endpoint="e", subdomain="<user>")])
    adapter = url_map.bind("example.com", "/app", subdomain="ann", url_scheme="https")
    assert adapter.build("e", {"user": user, "n": 1}) == url


def test_subdomain_is_quoted() -> None:
    rule = Rule("/", endpoint="e", subdomain="\xe9.<x>")
    assert adapter_of(rule).build("e", {"x": "a b"}) == "http://%C3%A9.a%20b.example.com/"


def test_value_of_the_subdomain_is_not_in_the_query() -> None:
    rule = Rule("/", endpoint="e", subdomain="<user>")
    assert adapter_of(rule).build("e", {"user": "ann", "x": 1}) == "http://ann.example.com/?x=1"


def test_subdomain_is_required() -> None:
    with pytest.raises(BuildError):
        adapter_of(Rule("/", endpoint="e", subdomain="<user>")).build("e")


def test_default_for_the_subdomain() -> None:
    rule = Rule("/", endpoint="e", subdomain="<user>.m", defaults={"user": "ann"})
    assert adapter_of(rule).build("e") == "http://ann.m.example.com/"


def test_rule_on_the_bound_subdomain_is_not_preferred() -> None:
    rules = [
        Rule("/a", endpoint="e", subdomain="a"),
        Rule("/b", endpoint="e", subdomain="b"),
    ]
    assert Map(rules).bind("h", subdomain="b").build("e") == "http://a.h/a"


# Hosts


@pytest.mark.parametrize(
    ("bound", "url"),
    [
        ("a.example", "/a"),
        ("A.Example", "/a"),
        ("b.example", "http://a.example/a"),
        ("a.example:80", "http://a.example/a"),
    ],
)
def test_host(bound: str, url: str) -> None:
    url_map = Map([Rule("/a", endpoint="e", host="a.example")], host_matching=True)
    assert url_map.bind(bound).build("e") == url


def test_force_external_on_the_same_host() -> None:
    url_map = Map([Rule("/a", endpoint="e", host="a.example")], host_matching=True)
    adapter = url_map.bind("a.example", "/app")
    assert adapter.build("e", force_external=True) == "http://a.example/app/a"


def test_variable_in_a_host() -> None:
    rule = Rule("/<x>", endpoint="e", host="<user>.example:8080")
    adapter = Map([rule], host_matching=True).bind("ann.example:8080")
    assert adapter.build("e", {"user": "ann", "x": 1}) == "/1"
    assert adapter.build("e", {"user": "bob", "x": 1}) == "http://bob.example:8080/1"


def test_rule_of_the_bound_host_is_preferred() -> None:
    rules = [
        Rule("/<x>", endpoint="e", host="a.example", defaults={"y": 1}),
        Rule("/b/<x>", endpoint="e", host="b.example"),
        Rule("/c/<x>", endpoint="e", host="<host>.example", defaults={"host": "c"}),
    ]
    url_map = Map(rules, host_matching=True)
    assert url_map.bind("a.example").build("e", {"x": 1}) == "/1"
    assert url_map.bind("b.example").build("e", {"x": 1}) == "/b/1"


def test_first_rule_is_taken_when_none_is_of_the_bound_host() -> None:
    rules = [
        Rule("/a", endpoint="e", host="a.example"),
        Rule("/b", endpoint="e", host="b.example"),
    ]
    url_map = Map(rules, host_matching=True)
    assert url_map.bind("d.example").build("e") == "http://a.example/a"


def test_default_method_goes_before_the_bound_host() -> None:
    rules = [
        Rule("/a", endpoint="e", host="a.example", methods=["GET"]),
        Rule("/b", endpoint="e", host="b.example", methods=["POST"]),
    ]
    adapter = Map(rules, host_matching=True).bind("b.example")
    assert adapter.build("e") == "http://a.example/a"
    assert adapter.build("e", method="POST") == "/b"


def test_rule_after_the_one_of_the_bound_host_is_not_asked() -> None:
    rules = [
        Rule("/a/<x>", endpoint="e", host="a.example"),
        Rule("/b/<failing:x>", endpoint="e", host="b.example"),
    ]
    url_map = Map(rules, host_matching=True, converters=CONVERTERS)
    assert url_map.bind("a.example").build("e", {"x": 1}) == "/a/1"
    with pytest.raises(ZeroDivisionError):
        url_map.bind("c.example").build("e", {"x": 1})


def test_rule_without_a_host() -> None:
    adapter = Map([Rule("/a", endpoint="e")], host_matching=True).bind("a.example")
    assert adapter.build("e") == "http:///a"


# The building half of `Rule`


def bound(rule: str, **settings: Any) -> Rule:
    result = Rule(rule, **settings)
    Map([result])
    return result


@pytest.mark.parametrize(
    ("values", "append_unknown", "parts"),
    [
        ({"user": "ann", "x": "a b"}, True, ("ann", "/a%20b")),
        ({"user": "ann", "x": 1, "y": [2, 3]}, True, ("ann", "/1?y=2&y=3")),
        ({"user": "ann", "x": 1, "y": [2, 3]}, False, ("ann", "/1")),
        ({"user": "ann", "x": None, "y": None}, True, ("ann", "/None")),
    ],
)
def test_rule_build(values: dict[str, Any], append_unknown: bool, parts: tuple[str, str]) -> None:
    assert bound("/<x>", subdomain="<user>").build(values, append_unknown) == parts


def test_rule_build_appends_unless_told_otherwise() -> None:
    assert bound("/").build({"x": 1}) == ("", "/?x=1")


def test_rule_build_without_a_value() -> None:
    with pytest.raises(TypeError, match="'x'"):
        bound("/<x>").build({})


@pytest.mark.parametrize("converter", ["lower", "failing"])
def test_rule_build_without_a_value_asks_no_converter(converter: str) -> None:
    rule = Rule(f"/<{converter}:x>/<y>")
    Map([rule], converters=CONVERTERS)
    with pytest.raises(TypeError, match="'y'"):
        rule.build({"x": 1})


def test_rule_build_of_a_refused_value() -> None:
    rule = Rule("/<lower:x>")
    Map([rule], converters=CONVERTERS)
    assert rule.build({"x": 1}) is None


def test_rule_build_does_not_look_at_methods_and_defaults() -> None:
    rule = bound("/a", methods=["GET"], defaults={"x": 1})
    assert rule.build({"x": 2}) == ("", "/a")


def test_build_and_build_unknown_take_keywords() -> None:
    rule = bound("/<x>", subdomain="s")
    assert rule._build(x=1, y=2) == ("s", "/1")
    assert rule._build_unknown(x=1, y=2) == ("s", "/1?y=2")


@pytest.mark.parametrize(
    ("append_unknown", "path"), [(True, "/1?y=2&self=3"), (False, "/1")], ids=["append", "drop"]
)
def test_compiled_builder_takes_the_rule_and_keywords(append_unknown: bool, path: str) -> None:
    rule = bound("/<x>")
    builder = rule._compile_builder(append_unknown).__get__(rule, None)
    assert builder(**{"x": 1, "y": 2, "self": 3}) == ("", path)


def test_compiled_builder_appends_unless_told_otherwise() -> None:
    rule = bound("/")
    assert rule._compile_builder().__get__(rule, None)(y=2) == ("", "/?y=2")


@pytest.mark.parametrize(
    ("values", "query"),
    [
        ({}, ""),
        ({"b": 1, "a": [2, None, 3]}, "b=1&a=2&a=3"),
        ({"a": None}, ""),
        (MultiDict([("a", 1), ("b", 2), ("a", 3)]), "a=1&a=3&b=2"),
        ([("a", 1), ("b", 2), ("a", 3)], "a=1&b=2&a=3"),
    ],
)
def test_encode_query_vars(values: Any, query: str) -> None:
    assert bound("/")._encode_query_vars(values) == query


def test_encode_query_vars_sorts_if_the_map_says_so() -> None:
    rule = Rule("/")
    Map([rule], sort_parameters=True)
    assert rule._encode_query_vars({"b": 1, "a": [3, 2]}) == "a=2&a=3&b=1"


@pytest.mark.parametrize(
    ("values", "method", "suitable"),
    [
        ({"x": 1}, None, True),
        ({"x": 1}, "GET", True),
        ({"x": 1}, "HEAD", True),
        ({"x": 1}, "POST", False),
        ({"x": 1}, "get", False),
        ({}, None, False),
        ({"y": 1}, None, False),
        ({"x": None}, None, True),
        ({"x": 1, "y": 1}, None, True),
        ({"x": 1, "y": 1.0}, None, True),
        ({"x": 1, "y": 2}, None, False),
        ({"x": 1, "y": None}, None, False),
        ({"x": 1, "z": 2}, None, True),
    ],
)
def test_suitable_for(values: dict[str, Any], method: str | None, suitable: bool) -> None:
    rule = bound("/<x>", defaults={"y": 1}, methods=["GET"])
    assert rule.suitable_for(values, method) is suitable


@pytest.mark.parametrize(
    ("values", "suitable"),
    [({}, True), ({"x": 1}, True), ({"x": 2}, False), ({"x": "1"}, False)],
)
def test_suitable_for_with_the_default_of_a_variable(
    values: dict[str, Any], suitable: bool
) -> None:
    assert bound("/<x>", defaults={"x": 1}).suitable_for(values) is suitable


# Subclasses of `Rule`


def test_rule_that_overrides_suitable_for_is_asked() -> None:
    class LoudRule(Rule):
        def suitable_for(self, values: Mapping[str, Any], method: str | None = None) -> bool:
            return "loud" in values and super().suitable_for(values, method)

    rules = [LoudRule("/loud/<x>", endpoint="e"), Rule("/<x>", endpoint="e")]
    adapter = adapter_of(*rules)
    assert adapter.build("e", {"x": 1}) == "/1"
    assert adapter.build("e", {"x": 1, "loud": 2}) == "/loud/1?loud=2"


def test_rule_that_says_it_suits_without_the_values() -> None:
    class EagerRule(Rule):
        def suitable_for(self, values: Mapping[str, Any], method: str | None = None) -> bool:
            return True

    with pytest.raises(TypeError, match="'x'"):
        adapter_of(EagerRule("/<x>", endpoint="e")).build("e")


def test_rule_that_overrides_suitable_for_gets_the_method() -> None:
    asked = []

    class AskedRule(Rule):
        def suitable_for(self, values: Mapping[str, Any], method: str | None = None) -> bool:
            asked.append((dict(values), method))
            return False

    adapter = adapter_of(AskedRule("/", endpoint="e"))
    with pytest.raises(BuildError):
        adapter.build("e", {"x": 1, "y": None})
    assert asked == [({"x": 1}, "GET"), ({"x": 1}, None)]


def test_rule_that_overrides_build_is_asked() -> None:
    class SignedRule(Rule):
        def build(
            self, values: Mapping[str, Any], append_unknown: bool = True
        ) -> tuple[str, str] | None:
            return super().build({**values, "signature": append_unknown}, append_unknown)

    adapter = adapter_of(SignedRule("/<x>", endpoint="e"))
    assert adapter.build("e", {"x": 1}) == "/1?signature=True"
    assert adapter.build("e", {"x": 1}, append_unknown=False) == "/1"


def test_rule_that_overrides_build_may_decline() -> None:
    class DecliningRule(Rule):
        def build(
            self, values: Mapping[str, Any], append_unknown: bool = True
        ) -> tuple[str, str] | None:
            return None

    rules = [DecliningRule("/a", endpoint="e"), Rule("/b", endpoint="e")]
    assert adapter_of(*rules).build("e") == "/b"


def test_rule_that_overrides_encode_query_vars_is_asked() -> None:
    class JoiningRule(Rule):
        def _encode_query_vars(self, query_vars: Mapping[str, Any]) -> str:
            return ";".join(f"{key}={value}" for key, value in query_vars.items())

    adapter = adapter_of(JoiningRule("/<x>", endpoint="e"))
    assert adapter.build("e", {"x": 1, "y": 2, "z": 3}) == "/1?y=2;z=3"
    assert adapter.build("e", {"x": 1}) == "/1"


def test_rule_that_overrides_compile_builder_is_asked() -> None:
    class FixedRule(Rule):
        def _compile_builder(self, append_unknown: bool = True) -> Any:
            return lambda rule, **values: ("sub", f"{rule}/{sorted(values)}/{append_unknown}")

    adapter = adapter_of(FixedRule("/<x>", endpoint="e"))
    assert adapter.build("e", {"x": 1}) == "http://sub.example.com/<x>/['x']/True"


def test_rule_that_overrides_build_compare_key_is_ordered_by_it() -> None:
    class UrgentRule(Rule):
        def build_compare_key(self) -> tuple[int, int, int]:
            return (-1, 0, 0)

    rules = [Rule("/<x>/<y>", endpoint="e"), UrgentRule("/<x>", endpoint="e")]
    assert adapter_of(*rules).build("e", {"x": 1, "y": 2}) == "/1?y=2"


def test_suitable_for_may_be_set_on_a_rule_after_a_build() -> None:
    rule = Rule("/a", endpoint="e")
    adapter = adapter_of(rule, Rule("/b", endpoint="e"))
    assert adapter.build("e") == "/a"
    rule.suitable_for = lambda values, method=None: False  # type: ignore[method-assign]
    assert adapter.build("e") == "/b"


# Changes after the first build


def test_rules_added_after_a_build_are_seen() -> None:
    adapter = adapter_of(Rule("/<x>", endpoint="e"))
    assert adapter.build("e", {"x": 1, "y": 2}) == "/1?y=2"
    adapter.map.add(Rule("/<x>/<y>", endpoint="e"))
    assert adapter.build("e", {"x": 1, "y": 2}) == "/1/2"


def test_endpoints_added_after_a_failed_build_are_seen() -> None:
    adapter = adapter_of()
    with pytest.raises(BuildError):
        adapter.build("e")
    adapter.map.add(Rule("/", endpoint="e"))
    assert adapter.build("e") == "/"


def changed_methods() -> Iterable[Any]:
    def replaced(rule: Rule) -> None:
        rule.methods = {"POST"}

    def removed(rule: Rule) -> None:
        assert rule.methods is not None
        rule.methods.discard("GET")

    def cleared(rule: Rule) -> None:
        assert rule.methods is not None
        rule.methods.clear()

    return replaced, removed, cleared


@pytest.mark.parametrize("change", changed_methods())
def test_changed_methods_are_seen(change: Any) -> None:
    rule = Rule("/a", endpoint="e", methods=["GET"])
    adapter = adapter_of(rule, Rule("/b", endpoint="e"))
    assert adapter.build("e", method="GET") == "/a"
    change(rule)
    assert adapter.build("e", method="GET") == "/b"


def test_changed_defaults_are_seen_by_the_choice_of_a_rule() -> None:
    rule = Rule("/all", endpoint="e", defaults={"page": 1})
    adapter = adapter_of(rule)
    assert adapter.build("e", {"page": 1}) == "/all"
    rule.defaults = {"page": 2}
    assert adapter.build("e", {"page": 2}) == "/all"
    with pytest.raises(BuildError):
        adapter.build("e", {"page": 1})


@pytest.mark.parametrize("built_before", [True, False])
def test_changed_defaults_leave_the_url_as_it_was_compiled(built_before: bool) -> None:
    rule = Rule("/<x>", endpoint="e")
    adapter = adapter_of(rule)
    if built_before:
        adapter.build("e", {"x": 1})
    rule.defaults = {"y": 2}
    assert adapter.build("e", {"x": 1, "y": 2}) == "/1?y=2"


def test_refreshed_rule_is_seen() -> None:
    rule = Rule("/a/<x>", endpoint="e")
    adapter = adapter_of(rule)
    assert adapter.build("e", {"x": 1}) == "/a/1"
    rule.rule = "/b/<int(fixed_digits=2):x>"
    rule.refresh()
    assert adapter.build("e", {"x": 1}) == "/b/01"


def test_changed_alias_is_seen() -> None:
    rule = Rule("/a", endpoint="e")
    adapter = adapter_of(rule, Rule("/b", endpoint="e"))
    assert adapter.build("e") == "/a"
    rule.alias = True
    assert adapter.build("e") == "/b"


def test_changed_websocket_is_seen() -> None:
    rule = Rule("/a", endpoint="e")
    adapter = adapter_of(rule)
    assert adapter.build("e") == "/a"
    rule.websocket = True
    assert adapter.build("e") == "ws://example.com/a"
