"""Percent-encoding: literal cases, and all of Unicode against `urllib.parse`."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters import Text
from trieroute._core.quoting import encode_query, quote_anchor, quote_path

PATH = "!$&'()*+,/:;=@"
QUERY = "!$'()*,/:;?@"
ANCHOR = "%!#$&'()*+,/:;=?@"

# One text of each width that a str has inside, and what lies at the borders of UTF-8's lengths.
BORDERS = ["\x7f", "\x80", "\xff", "\u0100", "\u07ff", "\u0800", "\uffff", "\U00010000"]
SURROGATES = ["\ud800", "\udbff", "\udc00", "\udfff", "a\udc80", "\U0001f600\ud83d", "\xe9\udc80"]

CHARACTERS = st.characters(exclude_categories=())
# Half of what is drawn is ASCII, where the tables are.
TEXTS = st.text(CHARACTERS | st.characters(max_codepoint=127))


class Speaking:
    """An object whose text is none of Python's own."""

    def __str__(self) -> str:
        return Text("a b/\xe9")


class Octets(bytes):
    """Bytes that are none of Python's own."""


def quote_query(item: Any) -> str:
    """Quote the key of a query."""
    return encode_query([(item, "")]).removesuffix("=")


# Paths


@pytest.mark.parametrize(
    ("path", "quoted"),
    [
        ("", ""),
        ("/", "/"),
        ("/a/b", "/a/b"),
        ("a b", "a%20b"),
        ("a+b", "a+b"),
        ("100%", "100%25"),
        ("%2F", "%252F"),
        ("a?b#c", "a%3Fb%23c"),
        ("!$&'()*+,/:;=@", "!$&'()*+,/:;=@"),
        ("-._~", "-._~"),
        ('"<>[]\\^`{|}', "%22%3C%3E%5B%5D%5C%5E%60%7B%7C%7D"),
        ("\x00\n\r\t\x7f", "%00%0A%0D%09%7F"),
        ("\xe9", "%C3%A9"),
        ("\u20ac", "%E2%82%AC"),
        ("\U0001f600", "%F0%9F%98%80"),
        ("e\u0301", "e%CC%81"),
        ("/\u4e2d/\u6587", "/%E4%B8%AD/%E6%96%87"),
    ],
)
def test_path(path: str, quoted: str) -> None:
    assert quote_path(path) == quoted


@pytest.mark.parametrize("path", ["", "/", "/a/b", "/a-b_c.d~e", "!$&'()*+,/:;=@", "a" * 10_000])
def test_path_that_needs_no_quoting_is_the_very_object(path: str) -> None:
    assert quote_path(path) is path


def test_path_of_a_million_characters() -> None:
    assert quote_path("\xe9" * 1_000_000) == "%C3%A9" * 1_000_000


def test_path_of_a_subclass_of_str_becomes_a_plain_one() -> None:
    assert type(quote_path(Text("/a"))) is str
    assert quote_path(Text("/a b")) == "/a%20b"


@pytest.mark.parametrize("path", [b"/a", None, 1, ["/a"]])
def test_path_of_a_wrong_type(path: Any) -> None:
    with pytest.raises(TypeError):
        quote_path(path)


# Queries


@pytest.mark.parametrize(
    ("item", "quoted"),
    [
        ("", ""),
        ("a", "a"),
        ("a b", "a+b"),
        (" ", "+"),
        ("a+b", "a%2Bb"),
        ("a&b=c", "a%26b%3Dc"),
        ("a;b", "a;b"),
        ("100%", "100%25"),
        ("#", "%23"),
        ("!$'()*,/:;?@", "!$'()*,/:;?@"),
        ("\xe9 \u20ac", "%C3%A9+%E2%82%AC"),
        ("\U0001f600", "%F0%9F%98%80"),
        (1, "1"),
        (-1.5, "-1.5"),
        (True, "True"),
        (None, "None"),
        (["a", 1], "%5B'a',+1%5D"),
        (b"", ""),
        (b"a b", "a+b"),
        (b"\x00\x7f\x80\xff", "%00%7F%80%FF"),
        (b"!$'()*,/:;?@+&=", "!$'()*,/:;?@%2B%26%3D"),
        (b"abc", "abc"),
        (bytearray(b"a"), "bytearray(b'a')"),
    ],
)
def test_query(item: Any, quoted: str) -> None:
    assert quote_query(item) == quoted


def test_query_item_is_the_text_of_an_object() -> None:
    assert quote_query(Speaking()) == "a+b/%C3%A9"


def test_query_item_may_be_of_a_subclass_of_bytes() -> None:
    assert quote_query(Octets(b"a\xff")) == "a%FF"


# Anchors


@pytest.mark.parametrize(
    ("anchor", "quoted"),
    [
        ("", ""),
        ("a", "a"),
        ("a b", "a%20b"),
        ("100%", "100%"),
        ("%20", "%20"),
        ("a#b?c/d", "a#b?c/d"),
        ("%!#$&'()*+,/:;=?@", "%!#$&'()*+,/:;=?@"),
        ('"<>', "%22%3C%3E"),
        ("\xe9", "%C3%A9"),
        ("x y\u20ac", "x%20y%E2%82%AC"),
    ],
)
def test_anchor(anchor: str, quoted: str) -> None:
    assert quote_anchor(anchor) == quoted


@pytest.mark.parametrize("anchor", ["", "a", "%!#$&'()*+,/:;=?@", "section-1.2_3~"])
def test_anchor_that_needs_no_quoting_is_the_very_object(anchor: str) -> None:
    assert quote_anchor(anchor) is anchor


@pytest.mark.parametrize("anchor", [b"a", None, 1])
def test_anchor_of_a_wrong_type(anchor: Any) -> None:
    with pytest.raises(TypeError):
        quote_anchor(anchor)


# Whole queries


@pytest.mark.parametrize(
    ("items", "query"),
    [
        ([], ""),
        ([("a", "b")], "a=b"),
        ([("a", "b"), ("a", "c"), ("b", "d")], "a=b&a=c&b=d"),
        ([("b", "1"), ("a", "2")], "b=1&a=2"),
        ([("a b", "c d")], "a+b=c+d"),
        ([("a", "")], "a="),
        ([("", "a")], "=a"),
        ([("a", None)], ""),
        ([("a", None), ("b", "1"), ("c", None)], "b=1"),
        ([("\xe9", "\u20ac")], "%C3%A9=%E2%82%AC"),
        ([(1, 2), (True, 1.5)], "1=2&True=1.5"),
        ([(b"a b", b"\xff")], "a+b=%FF"),
        ([("a", ["b", "c"])], "a=%5B'b',+'c'%5D"),
    ],
)
def test_whole_query(items: list[tuple[Any, Any]], query: str) -> None:
    assert encode_query(items) == query


class Said:
    """Says what it is in a text of a class of its own."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return Text(self.text)


def test_whole_query_of_texts_of_a_class() -> None:
    items: list[tuple[Any, Any]] = [(Text("a"), Text("b c")), (Said("d"), Said("e&f")), ("g", "")]
    assert encode_query(items) == "a=b+c&d=e%26f&g="
    assert encode_query([(Said(""), Said("b"))]) == "=b"


class Raw(bytes):
    """Bytes whose methods give other texts."""

    def rstrip(self, *args: Any) -> Any:
        return b""

    def decode(self, *args: Any, **kwargs: Any) -> str:
        return "\xe9\u20ac"


def test_whole_query_of_bytes_of_a_class() -> None:
    query = encode_query([(Raw(b"a b"), Raw(b"\xff")), ("c", Raw(b"d"))])
    assert query == "a+b=%FF&c=d"
    assert list(query) == list("a+b=%FF&c=d")


def test_whole_query_takes_any_iterable() -> None:
    assert encode_query((name, name.upper()) for name in "ab") == "a=A&b=B"


# Lone surrogates


@pytest.mark.parametrize("text", SURROGATES)
def test_lone_surrogate_has_no_place_in_a_path(text: str) -> None:
    with pytest.raises(UnicodeEncodeError):
        quote_path(text)


@pytest.mark.parametrize("text", SURROGATES)
def test_lone_surrogate_has_no_place_in_a_query(text: str) -> None:
    with pytest.raises(UnicodeEncodeError):
        quote_query(text)


@pytest.mark.parametrize("text", SURROGATES)
def test_lone_surrogate_has_no_place_in_an_anchor(text: str) -> None:
    with pytest.raises(UnicodeEncodeError):
        quote_anchor(text)


@pytest.mark.parametrize("pair", [("\udc80", "a"), ("a", "\udc80")])
def test_lone_surrogate_has_no_place_in_a_whole_query(pair: tuple[str, str]) -> None:
    with pytest.raises(UnicodeEncodeError):
        encode_query([("x", "y"), pair])


# All of Unicode


def of(function: Any, *args: Any, **kwargs: Any) -> tuple[str, Any]:
    """The result, or the kind of error and where in the text it is."""
    try:
        return "text", function(*args, **kwargs)
    except UnicodeEncodeError as error:
        return "error", (error.encoding, error.object, error.start, error.end)


def with_examples(test: Any) -> Any:
    for text in (*BORDERS, *SURROGATES, "".join(map(chr, range(256)))):
        test = example(text)(test)
    return test


@with_examples
@given(TEXTS)
def test_path_is_what_urllib_makes_of_it(text: str) -> None:
    assert of(quote_path, text) == of(quote, text, safe=PATH)


@with_examples
@given(TEXTS)
def test_query_item_is_what_urllib_makes_of_it(text: str) -> None:
    assert of(quote_query, text) == of(quote_plus, text, safe=QUERY)


@with_examples
@given(TEXTS)
def test_anchor_is_what_urllib_makes_of_it(text: str) -> None:
    assert of(quote_anchor, text) == of(quote, text, safe=ANCHOR)


@given(st.binary())
def test_bytes_are_what_urllib_makes_of_them(raw: bytes) -> None:
    assert quote_query(raw) == quote_plus(raw, safe=QUERY)


@given(
    st.lists(
        st.tuples(
            TEXTS | st.binary() | st.integers(),
            TEXTS | st.binary() | st.integers() | st.floats() | st.booleans(),
        )
    )
)
def test_whole_query_is_what_urllib_makes_of_it(items: list[tuple[Any, Any]]) -> None:
    assert of(encode_query, items) == of(urlencode, items, safe=QUERY)


@pytest.mark.parametrize("block", range(0, 0x110000, 0x10000))
def test_every_code_point_of_a_plane(block: int) -> None:
    plane = "".join(chr(n) for n in range(block, block + 0x10000) if not 0xD800 <= n < 0xE000)
    assert quote_path(plane) == quote(plane, safe=PATH)
    assert quote_query(plane) == quote_plus(plane, safe=QUERY)
    assert quote_anchor(plane) == quote(plane, safe=ANCHOR)
