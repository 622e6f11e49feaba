"""What nobody should send, or pass."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import trieroute as tr
from adapters import Text, adapter_of
from outcomes import redirect_of
from trieroute import Map, NotFound, RequestRedirect, Rule

RULES = [
    "/",
    "/a/b",
    "/a/<int:n>/",
    "/b/<x>",
    "/b/<x>-<y>.<z>",
    "/c/<path:p>",
    "/d/<path:p>/x/<path:q>",
    "/e/<float:f>",
    "/f/<any(a, b):x>/<uuid:u>",
    "/g/<string(minlength=0):x>",
]


# Types


@pytest.mark.parametrize("path", [b"/a", 1, ["/a"], object(), True])
def test_path_of_a_wrong_type_is_named(path: Any) -> None:
    with pytest.raises(TypeError, match="path_info"):
        adapter_of(*RULES).match(path)


@pytest.mark.parametrize("method", [b"GET", 1, ["GET"], object()])
def test_method_of_a_wrong_type_is_named(method: Any) -> None:
    with pytest.raises(TypeError, match="method"):
        adapter_of(*RULES).match("/a", method)


def test_bound_path_of_a_wrong_type_is_named() -> None:
    adapter = Map([Rule("/")]).bind("example.com", path_info=b"/")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="path_info"):
        adapter.match()


def test_subclass_of_str_is_a_path() -> None:
    assert adapter_of("/b/<x>").match(Text("/b/a")) == ("/b/<x>", {"x": "a"})
    assert redirect_of(adapter_of("/b/<x>/"), Text("/b/a")) == "http://example.com/b/a/"


def test_subclass_of_str_is_a_method() -> None:
    adapter = Map([Rule("/a", endpoint="e", methods=["GET"])]).bind("example.com")
    assert adapter.match("/a", Text("get")) == ("e", {})


def test_value_of_a_subclass_of_str_is_a_plain_str() -> None:
    _, values = adapter_of("/<x>").match(Text("/a"))
    assert type(values["x"]) is str


@pytest.mark.parametrize("rule", [b"/a", 1, None])
def test_rule_of_a_wrong_type(rule: Any) -> None:
    with pytest.raises((TypeError, AttributeError)):
        Rule(rule)


def test_argument_that_match_does_not_have() -> None:
    with pytest.raises(TypeError):
        adapter_of("/").match("/", nope=1)


# Size


@pytest.mark.parametrize(
    "path",
    [
        "/" + "a" * 1_000_000,
        "/a/" + "1" * 1_000_000,
        "/a/b" + "b" * 1_000_000,
        "/e/" + "1" * 1_000_000,
        "/f/a/" + "0" * 1_000_000,
        "/x" * 500_000,
    ],
)
def test_path_of_a_megabyte_that_fits_no_rule(path: str) -> None:
    with pytest.raises(NotFound):
        adapter_of(*RULES).match(path)


def test_variables_within_a_megabyte() -> None:
    text = "a-" * 500_000
    assert adapter_of(*RULES).match(f"/b/{text}.c")[1] == {"x": text[:-3], "y": "a-", "z": "c"}


@pytest.mark.parametrize("character", ["a", "\xe9", "\u4f60", "\U0001f600"])
def test_value_of_a_megabyte(character: str) -> None:
    text = character * 1_000_000
    assert adapter_of("/b/<x>").match(f"/b/{text}")[1] == {"x": text}
    assert adapter_of("/c/<path:p>").match(f"/c/{text}/{text}")[1] == {"p": f"{text}/{text}"}


@pytest.mark.parametrize(
    "rule", ["/a/b", "/<x>", "/<x>/<y>", "/<x>/b/<y>/c", "/<int:n>/<path:p>/x"]
)
def test_hundred_thousand_segments_are_not_found(rule: str) -> None:
    with pytest.raises(NotFound):
        adapter_of(rule).match("/a" * 100_000)


def test_hundred_thousand_segments_are_a_path() -> None:
    path = "a/" * 100_000 + "b"
    assert adapter_of("/<path:p>").match(f"/{path}")[1] == {"p": path}
    assert adapter_of("/<path:p>/<x>").match(f"/{path}")[1] == {"p": path[:-2], "x": "b"}


def test_hundred_thousand_slashes() -> None:
    slashes = "/" * 100_000
    assert adapter_of("/").match(slashes) == ("/", {})
    assert redirect_of(adapter_of("/a/b"), f"/a{slashes}b") == "http://example.com/a/b"
    assert redirect_of(adapter_of("/a/"), f"/a{slashes}") == "http://example.com/a/"
    assert adapter_of("/c/<path:p>").match(f"/c/a{slashes}b")[1] == {"p": f"a{slashes}b"}
    with pytest.raises(NotFound):
        adapter_of("/a/b").match(f"/a{slashes}c")


def test_many_path_variables_over_many_segments() -> None:
    adapter = adapter_of("/<path:p>/x/<path:q>/y/<path:r>/z")
    with pytest.raises(NotFound):
        adapter.match("/x/y" * 20_000)
    _, values = adapter.match("/a" * 5_000 + "/x" + "/b" * 5_000 + "/y" + "/c" * 5_000 + "/z")
    assert values == {
        "p": "/".join(["a"] * 5_000),
        "q": "/".join(["b"] * 5_000),
        "r": "/".join(["c"] * 5_000),
    }


def test_many_variables_in_a_segment_that_nearly_fits() -> None:
    rule = "/" + "-".join(f"<v{n}>" for n in range(20)) + ".x"
    with pytest.raises(NotFound):
        adapter_of(rule).match("/" + "-" * 5_000)


@pytest.mark.parametrize(
    ("between", "match_order"), [("/", "weights"), ("-", "segments"), ("/", "registration")]
)
def test_thirty_thousand_variables_are_a_rule(between: str, match_order: str) -> None:
    count = 30_000
    rules = [
        Rule("/" + between.join(f"<v{n}>" for n in range(count)) + end, endpoint=end)
        for end in ("/a", "/b")
    ]
    values = {f"v{n}": "x" for n in range(count)}
    path = "/" + between.join("x" * count)
    url_map = Map(rules[:1], match_order=match_order)
    adapter = url_map.bind("example.com")
    assert adapter.match(f"{path}/a") == ("/a", values)
    # The rule that is added now has all but the last segment in common with the other one.
    url_map.add(rules[1])
    assert adapter.match(f"{path}/b") == ("/b", values)
    assert adapter.build("/b", values) == f"{path}/b"
    url_map.remove(rules[1])
    assert not adapter.test(f"{path}/b")


def test_method_of_a_megabyte() -> None:
    adapter = Map([Rule("/a", methods=["GET"])]).bind("example.com")
    with pytest.raises(tr.MethodNotAllowed):
        adapter.match("/a", "G" * 1_000_000)


# Characters


@pytest.mark.parametrize(
    "text",
    [
        "\x00",
        "a\x00b",
        "\n",
        "\r\n",
        "\ud800",
        "\udfff\ud800",
        "\udc80\udcff",
        "\U0001f600",
        "\U0010ffff",
        "\ufffe\uffff",
        "\u202e",
        "e\u0301",
        "\xa0",
        "%00",
        "%2F",
        "%",
        "..",
        ".",
        ";a=b",
        "<x>",
        "\\",
        "|",
    ],
)
def test_any_character_is_a_value(text: str) -> None:
    adapter = adapter_of("/b/<x>", "/c/<path:p>")
    assert adapter.match(f"/b/{text}") == ("/b/<x>", {"x": text})
    if "\n" not in text[1:]:
        assert adapter.match(f"/c/{text}") == ("/c/<path:p>", {"p": text})


def test_nul_does_not_end_a_text() -> None:
    adapter = adapter_of("/a")
    with pytest.raises(NotFound):
        adapter.match("/a\x00")
    with pytest.raises(NotFound):
        adapter.match("/a\x00b")


def test_texts_that_differ_in_width_are_different() -> None:
    # The last bytes of these code points are those of "a".
    adapter = adapter_of("/a", "/abcdefghijklmnopqrstuvwxyz")
    for path in "/\u0161", "/\U00010061", "/abcdefghijklmnopqrstuvwxy\u017a", "/\u0161" * 2:
        with pytest.raises(NotFound):
            adapter.match(path)


@pytest.mark.parametrize("wide", ["\xe9", "\u4f60", "\U0001f600"])
def test_width_of_the_characters_elsewhere_in_the_path_does_not_matter(wide: str) -> None:
    adapter = adapter_of("/static/<int:n>/<x>", f"/{wide}/<any(a, b):y>")
    assert adapter.match(f"/static/12/{wide}")[1] == {"n": 12, "x": wide}
    assert adapter.match(f"/{wide}/a")[1] == {"y": "a"}
    assert not adapter.test(f"/static/1{wide}/a")


@given(st.text(st.characters(), max_size=30))
def test_any_path_matches_or_is_not_found(path: str) -> None:
    adapter = adapter_of(*RULES)
    try:
        endpoint, values = adapter.match(path)
    except (NotFound, RequestRedirect):
        return
    assert endpoint in RULES
    assert isinstance(values, dict)


@given(st.lists(st.sampled_from(["/", "//", "a", "b", "c", "d", "x", "1", "-", ".", "\n"])))
def test_path_near_the_rules_matches_or_is_not_found(pieces: list[str]) -> None:
    adapter = adapter_of(*RULES)
    path = "".join(pieces)
    try:
        endpoint, _ = adapter.match(path)
    except NotFound:
        return
    except RequestRedirect as redirect:
        target = redirect.new_url.removeprefix("http://example.com")
        assert target.startswith("/")
        assert target.replace("%0A", "\n") != path
        return
    assert endpoint in RULES
