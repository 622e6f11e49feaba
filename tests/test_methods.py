"""HTTP methods: which rule takes a request, and what a 405 says."""

from __future__ import annotations

import subprocess
import sys
from enum import Enum
from typing import Any

import pytest
from werkzeug.exceptions import HTTPException

from outcomes import valid_methods_of
from trieroute import Map, MethodNotAllowed, NotFound, Rule, WebsocketMismatch


def test_rule_without_methods_takes_all() -> None:
    adapter = Map([Rule("/a", endpoint="e")]).bind("example.com")
    for method in "GET", "POST", "PROPFIND", "--", "\xe9":
        assert adapter.match("/a", method) == ("e", {})


@pytest.mark.usefixtures("equal_rules")
def test_method_chooses_among_rules_of_one_path() -> None:
    rules = [
        Rule("/a", endpoint="get", methods=["GET"]),
        Rule("/a", endpoint="post", methods=["POST"]),
        Rule("/a", endpoint="rest"),
    ]
    adapter = Map(rules).bind("example.com")
    assert adapter.match("/a", "GET") == ("get", {})
    assert adapter.match("/a", "POST") == ("post", {})
    assert adapter.match("/a", "PUT") == ("rest", {})


def test_head_comes_with_get() -> None:
    rule = Rule("/a", endpoint="e", methods=["GET"])
    assert rule.methods == {"GET", "HEAD"}
    assert Map([rule]).bind("example.com").match("/a", "HEAD") == ("e", {})


def test_head_does_not_come_without_get() -> None:
    assert Rule("/a", methods=["POST", "OPTIONS"]).methods == {"POST", "OPTIONS"}


def test_methods_of_a_rule_become_upper_case() -> None:
    assert Rule("/a", methods=["get", "Post"]).methods == {"GET", "HEAD", "POST"}


def test_methods_may_be_any_iterable_of_strings() -> None:
    assert Rule("/a", methods=iter(("PUT",))).methods == {"PUT"}
    assert Rule("/a", methods={"PUT": 1}).methods == {"PUT"}


def test_rule_with_no_method_at_all_takes_none() -> None:
    adapter = Map([Rule("/a", methods=[])]).bind("example.com")
    with pytest.raises(NotFound):
        adapter.match("/a", "GET")


def test_method_of_a_subclass_of_str_is_its_text() -> None:
    class Shouting(str):
        def upper(self) -> Shouting:
            return Shouting(str.upper(self))

    rule = Rule("/a", endpoint="e", methods=[Shouting("get")])
    assert rule.methods == {"GET", "HEAD"}
    assert Map([rule]).bind("example.com").match("/a", "GET") == ("e", {})


@pytest.mark.parametrize("method", [None, 1, b"GET"])
def test_method_that_is_no_text_is_refused_by_the_rule(method: Any) -> None:
    with pytest.raises(TypeError, match="rule '/a': methods must be a list of strings"):
        Rule("/a", methods=["GET", method])


def test_bare_string_is_no_list_of_methods() -> None:
    with pytest.raises(TypeError, match="methods"):
        Rule("/a", methods="GET")


@pytest.mark.parametrize("method", ["get", "Get", "GET"])
def test_method_of_a_request_may_be_in_any_case(method: str) -> None:
    adapter = Map([Rule("/a", endpoint="e", methods=["GET"])]).bind("example.com")
    assert adapter.match("/a", method) == ("e", {})


def test_method_is_the_bound_one_where_match_gets_none() -> None:
    rules = [
        Rule("/a", endpoint="get", methods=["GET"]),
        Rule("/a", endpoint="post", methods=["POST"]),
    ]
    url_map = Map(rules)
    assert url_map.bind("example.com").match("/a") == ("get", {})
    assert url_map.bind("example.com", default_method="POST").match("/a") == ("post", {})
    assert url_map.bind("example.com", default_method="post").match("/a") == ("post", {})
    assert url_map.bind("example.com", default_method="POST").match("/a", "GET") == ("get", {})


def test_empty_method_is_the_bound_one() -> None:
    adapter = Map([Rule("/a", endpoint="e", methods=["POST"])]).bind("h", default_method="POST")
    assert adapter.match("/a", "") == ("e", {})


def test_405_names_the_methods_of_all_rules_that_match_the_path() -> None:
    rules = [
        Rule("/a", methods=["GET"]),
        Rule("/a", methods=["PUT", "DELETE"]),
        Rule("/<x>", methods=["PATCH"]),
        Rule("/b", methods=["LOCK"]),
    ]
    adapter = Map(rules).bind("example.com")
    assert valid_methods_of(adapter, "/a", "POST") == ["DELETE", "GET", "HEAD", "PATCH", "PUT"]


def test_405_says_so_in_the_allow_header() -> None:
    with pytest.raises(MethodNotAllowed) as caught:
        Map([Rule("/a", methods=["PUT"])]).bind("example.com").match("/a", "GET")
    assert caught.value.get_response().headers["Allow"] == "PUT"


def test_405_is_what_its_constructor_makes() -> None:
    with pytest.raises(MethodNotAllowed) as caught:
        Map([Rule("/a", methods=["PUT"])]).bind("example.com").match("/a", "GET")
    made = MethodNotAllowed(["PUT"])
    assert vars(caught.value) == vars(made) == {"response": None, "valid_methods": ["PUT"]}
    assert (caught.value.args, str(caught.value)) == (made.args, str(made))


@pytest.mark.parametrize("of", [MethodNotAllowed, HTTPException])
def test_constructor_of_a_405_that_a_program_replaces(
    of: type[HTTPException], monkeypatch: pytest.MonkeyPatch
) -> None:
    construct: Any = of.__init__

    def watched(error: Any, *values: Any, **named: Any) -> None:
        construct(error, *values, **named)
        error.watched = True

    adapter = Map([Rule("/a", methods=["PUT"])]).bind("example.com")
    monkeypatch.setattr(of, "__init__", watched)
    with pytest.raises(MethodNotAllowed) as caught:
        adapter.match("/a", "GET")
    assert (caught.value.valid_methods, vars(caught.value)["watched"]) == (["PUT"], True)


#: A program that replaces how a 405 is made, before or after the import of trieroute.
REPLACING = """
from werkzeug.exceptions import HTTPException, MethodNotAllowed

construct = HTTPException.__init__


def watched(error, *values, **named):
    construct(error, *values, **named)
    error.watched = True


def needing_methods(error, valid_methods=None, *values, **named):
    if not valid_methods:
        raise TypeError("It needs the methods.")
    error.valid_methods = valid_methods
    watched(error)


def new(cls, *values):
    error = Exception.__new__(cls)
    error.watched = True
    return error


FIRST
from trieroute import Map, Rule
THEN
try:
    Map([Rule("/a", methods=["PUT"])]).bind("example.com").match("/a", "GET")
except MethodNotAllowed as error:
    print(error.valid_methods, error.watched)
"""


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("HTTPException.__init__ = watched", ""),
        ("MethodNotAllowed.__init__ = needing_methods", ""),
        ("MethodNotAllowed.__new__ = new", ""),
        ("HTTPException.__new__ = new", ""),
        ("", "HTTPException.__init__ = watched"),
        ("", "MethodNotAllowed.__init__ = needing_methods"),
        ("", "MethodNotAllowed.__new__ = new"),
        ("", "HTTPException.__new__ = new"),
    ],
)
def test_405_is_made_as_a_program_wants_it(first: str, then: str) -> None:
    program = REPLACING.replace("FIRST", first).replace("THEN", then)
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=120
    )
    assert (ended.stdout, ended.stderr) == ("['PUT'] True\n", "")


def test_405_of_a_less_specific_rule() -> None:
    adapter = Map([Rule("/a/b"), Rule("/<x>/c", methods=["PUT"])]).bind("example.com")
    assert valid_methods_of(adapter, "/a/c", "GET") == ["PUT"]


def test_less_specific_rule_that_takes_the_method_goes_before_a_405() -> None:
    rules = [Rule("/a", methods=["PUT"]), Rule("/<x>", endpoint="e", methods=["GET"])]
    assert Map(rules).bind("example.com").match("/a") == ("e", {"x": "a"})


def test_missing_slash_with_another_method_is_a_404() -> None:
    adapter = Map([Rule("/a/", methods=["GET"])]).bind("example.com")
    with pytest.raises(NotFound):
        adapter.match("/a", "POST")


def test_missing_slash_with_another_method_is_a_404_without_strict_slashes_too() -> None:
    adapter = Map([Rule("/a/", methods=["GET"])], strict_slashes=False).bind("example.com")
    with pytest.raises(NotFound):
        adapter.match("/a", "POST")


def test_missing_slash_adds_no_methods_to_a_405() -> None:
    rules = [Rule("/a/", methods=["GET"]), Rule("/a", methods=["PUT"])]
    assert valid_methods_of(Map(rules).bind("example.com"), "/a", "POST") == ["PUT"]


def test_rule_whose_converter_refuses_causes_no_405() -> None:
    adapter = Map([Rule("/<int(max=5):n>", methods=["POST"])]).bind("example.com")
    assert valid_methods_of(adapter, "/5", "GET") == ["POST"]
    with pytest.raises(NotFound):
        adapter.match("/9", "GET")


def test_rule_whose_converter_refuses_adds_no_methods_to_a_405() -> None:
    rules = [Rule("/<int(max=5):n>", methods=["POST"]), Rule("/<x>", methods=["PUT"])]
    assert valid_methods_of(Map(rules).bind("example.com"), "/9", "GET") == ["PUT"]


def test_build_only_rule_adds_no_methods_to_a_405() -> None:
    rules = [Rule("/a", methods=["PUT"], build_only=True), Rule("/a", methods=["POST"])]
    assert valid_methods_of(Map(rules).bind("example.com"), "/a", "GET") == ["POST"]


def test_405_goes_before_a_websocket_mismatch() -> None:
    rules = [Rule("/a", websocket=True), Rule("/a", methods=["PUT"])]
    assert valid_methods_of(Map(rules).bind("example.com"), "/a", "GET") == ["PUT"]


def test_methods_are_asked_before_websocket() -> None:
    adapter = Map([Rule("/a", websocket=True, methods=["GET"])]).bind("example.com")
    assert valid_methods_of(adapter, "/a", "POST") == ["GET", "HEAD"]
    with pytest.raises(WebsocketMismatch):
        adapter.match("/a", "GET")


def test_405_on_the_merged_path() -> None:
    adapter = Map([Rule("/a/b", methods=["PUT"])]).bind("example.com")
    assert valid_methods_of(adapter, "/a//b", "GET") == ["PUT"]


def test_allowed_methods() -> None:
    rules = [
        Rule("/a", methods=["GET"]),
        Rule("/a", methods=["PUT"]),
        Rule("/b"),
        Rule("/c/", methods=["GET"]),
        Rule("/d", methods=["GET"], websocket=True),
    ]
    adapter = Map(rules).bind("example.com", path_info="/a")
    assert sorted(adapter.allowed_methods("/a")) == ["GET", "HEAD", "PUT"]
    assert sorted(adapter.allowed_methods()) == ["GET", "HEAD", "PUT"]
    assert list(adapter.allowed_methods("/b")) == []
    assert list(adapter.allowed_methods("/c")) == []
    assert sorted(adapter.allowed_methods("/d")) == ["GET", "HEAD"]
    assert list(adapter.allowed_methods("/missing")) == []


def test_more_methods_than_a_machine_word_has_bits() -> None:
    rules = [Rule("/a", endpoint=number, methods=[f"M{number}"]) for number in range(200)]
    adapter = Map(rules).bind("example.com")
    for number in 0, 1, 63, 64, 65, 127, 128, 199:
        assert adapter.match("/a", f"M{number}") == (number, {})
    assert len(valid_methods_of(adapter, "/a", "M200")) == 200
    assert set(adapter.allowed_methods("/a")) == {f"M{number}" for number in range(200)}


def test_rule_with_more_methods_than_a_machine_word_has_bits() -> None:
    methods = [f"M{number}" for number in range(100)]
    adapter = Map([Rule("/a", endpoint="e", methods=methods)]).bind("example.com")
    assert adapter.match("/a", "M99") == ("e", {})
    assert valid_methods_of(adapter, "/a", "GET") == sorted(methods)


def test_method_that_no_rule_knows() -> None:
    adapter = Map([Rule("/a", methods=["GET"]), Rule("/b", endpoint="e")]).bind("example.com")
    assert valid_methods_of(adapter, "/a", "BREW") == ["GET", "HEAD"]
    assert adapter.match("/b", "BREW") == ("e", {})


# Not StrEnum: here `str()` of a member is not the member's text.
class Verb(str, Enum):  # noqa: UP042
    PUT = "PUT"


def test_methods_may_be_of_a_subclass_of_str() -> None:
    rule = Rule("/a", endpoint="e", methods=["GET"])
    adapter = Map([rule]).bind("example.com")
    rule.methods.add(Verb.PUT)
    assert adapter.match("/a", "GET") == ("e", {})
    assert adapter.match("/a", "PUT") == ("e", {})
    assert adapter.match("/a", Verb.PUT) == ("e", {})
    assert adapter.build("e", method="PUT") == "/a"


def test_method_that_is_no_str_is_named_with_its_rule() -> None:
    rule = Rule("/a", endpoint="e", methods=["GET"])
    adapter = Map([rule]).bind("example.com")
    rule.methods.add(7)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="rule '/a': its methods hold 7, which is of type int"):
        adapter.match("/a")
    rule.methods.discard(7)  # type: ignore[arg-type]
    assert adapter.match("/a") == ("e", {})


def test_change_of_methods_that_fails_half_way_is_seen() -> None:
    rule = Rule("/a", endpoint="a", methods=["GET"])
    adapter = Map([rule]).bind("example.com")
    assert adapter.match("/a") == ("a", {})
    assert rule.methods is not None
    with pytest.raises(TypeError):
        rule.methods.update(["PUT"], 5)  # type: ignore[arg-type]
    assert adapter.match("/a", "PUT") == ("a", {})


def test_methods_may_change_while_they_are_gone_through() -> None:
    rule = Rule("/a", methods=["PUT", "POST"])
    adapter = Map([rule]).bind("example.com")
    for method in rule.methods or ():
        rule.methods.discard(method)  # type: ignore[union-attr]
        rule.methods.add(f"X-{method}")  # type: ignore[union-attr]
    assert valid_methods_of(adapter, "/a", "GET") == ["X-POST", "X-PUT"]
