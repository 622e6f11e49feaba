"""Rule syntax, converter arguments, and the errors in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import trieroute as tr
from trieroute import Map, Rule, parse_converter_args


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        ("/", set()),
        ("/a/b", set()),
        ("/<x>", {"x"}),
        ("/<int:x>", {"x"}),
        ("/<x>/<int(min=1):y>/", {"x", "y"}),
        ("/<x>.<y>-<_z1>", {"x", "y", "_z1"}),
        ("/<path:rest>/edit", {"rest"}),
    ],
)
def test_variables_are_the_rules_arguments(rule: str, names: set[str]) -> None:
    bound = Rule(rule)
    Map([bound])
    assert bound.arguments == names


class Marked(str):
    """A text whose parts are marked as well."""

    def split(self, *args: Any) -> list[str]:  # type: ignore[override]
        return [Marked(part) for part in str.split(self, *args)]

    def __getitem__(self, index: Any) -> Marked:
        return Marked(str.__getitem__(self, index))


@pytest.mark.parametrize("match_order", ["weights", "segments", "registration"])
@pytest.mark.parametrize(
    ("rule", "path", "values"),
    [
        ("/", "/", {}),
        ("/a/b", "/a/b", {}),
        ("/a/<int:x>/b/", "/a/1/b/", {"x": 1}),
        ("/a-<x>.b/<y>", "/a-1.b/2", {"x": "1", "y": "2"}),
        ("/a/<path:x>/b", "/a/1/2/b", {"x": "1/2"}),
        ("/a//<x>", "/a/1", {"x": "1"}),
    ],
)
def test_rule_may_be_of_a_subclass_of_str(
    match_order: str, rule: str, path: str, values: dict[str, Any]
) -> None:
    url_map = Map([Rule(Marked(rule), endpoint="e")], match_order=match_order)
    adapter = url_map.bind("example.com")
    assert adapter.match(path) == ("e", values)
    assert adapter.build("e", values) == path
    url_map.add(Rule(Marked(f"/z{rule}"), subdomain=Marked("s"), endpoint="z"))
    assert url_map.bind("example.com", subdomain="s").match(f"/z{path}") == ("z", values)


def test_default_is_the_converter_of_a_variable_that_names_none() -> None:
    bound = Rule("/<x>")
    Map([bound], converters={"default": tr.IntegerConverter})
    assert type(bound._converters["x"]) is tr.IntegerConverter


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ("/a>b", "/a>b"),
        ("/a(b):c", "/a(b):c"),
        ("/{a", "/{a"),
        ("/a|b", "/a|b"),
        ("/a.b*c", "/a.b*c"),
        ("/$", "/$"),
        ("/a b", "/a b"),
        ("/caf\xe9/\u4f60\u597d/\U0001f600", "/caf\xe9/\u4f60\u597d/\U0001f600"),
        ("/%20", "/%20"),
        ("/a?b#c", "/a?b#c"),
        ("/a\\b", "/a\\b"),
        ("/\x00", "/\x00"),
    ],
)
def test_other_signs_stand_for_themselves(rule: str, path: str) -> None:
    adapter = Map([Rule(rule, endpoint="e")]).bind("example.com")
    assert adapter.match(path) == ("e", {})


def test_text_beside_a_variable_is_no_pattern() -> None:
    adapter = Map([Rule("/a.*<x>+", endpoint="e")]).bind("example.com")
    assert adapter.match("/a.*1+") == ("e", {"x": "1"})
    assert not adapter.test("/axx1+")


@pytest.mark.parametrize(
    ("text", "args", "kwargs"),
    [
        ("", (), {}),
        ("  ", (), {}),
        ("1", (1,), {}),
        ("-5", (-5,), {}),
        ("1.5", (1.5,), {}),
        ("-1.5", (-1.5,), {}),
        ("1_000", (1000,), {}),
        ("007", (7,), {}),
        ("1e3", (1000.0,), {}),
        ("1,2", (1, 2), {}),
        ("1 , 2", (1, 2), {}),
        ("1.5,2", (1.5, 2), {}),
        ("1,", (1,), {}),
        ("None, True, False", (None, True, False), {}),
        ("none, true", ("none", "true"), {}),
        ("a, b.c, d_1", ("a", "b.c", "d_1"), {}),
        ("nan, inf", ("nan", "inf"), {}),
        ("\xe9", ("\xe9",), {}),
        ('"a,b", c', ("a,b", "c"), {}),
        ("'a b'", ("a b",), {}),
        ('""', ("",), {}),
        ('"1", "True"', ("1", "True"), {}),
        ('"a=b"', ("a=b",), {}),
        ('"(a)>"', ("(a)>",), {}),
        ('"it\'s"', ("it's",), {}),
        ("min=-5", (), {"min": -5}),
        ("min=1, max=2.5", (), {"min": 1, "max": 2.5}),
        ("a, b=c", ("a",), {"b": "c"}),
        ("signed = True", (), {"signed": True}),
        ("x='y'", (), {"x": "y"}),
    ],
)
def test_converter_arguments(text: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    parsed = parse_converter_args(text)
    assert parsed == (args, kwargs)
    assert list(map(type, parsed[0])) == list(map(type, args))


@pytest.mark.parametrize(
    "text", ["1 2", "a b", "=1", "a=", "a==b", '"a', "'a\"", "a;b", "1,,2", ",", "(1)", "a=1 b"]
)
def test_converter_arguments_that_cannot_be_read(text: str) -> None:
    with pytest.raises(ValueError):
        parse_converter_args(text)


def test_error_in_converter_arguments_quotes_them() -> None:
    with pytest.raises(ValueError, match="'c'"):
        parse_converter_args("a, b c")


def test_arguments_reach_the_converter_as_python_values() -> None:
    class Recorder(tr.BaseConverter):
        def __init__(self, map: Map, *args: Any, **kwargs: Any) -> None:
            super().__init__(map)
            self.given = args, kwargs

    bound = Rule('/<rec(1, -2, 1.5, "a,b", word, None, flag=True, low=-3):x>')
    Map([bound], converters={"rec": Recorder})
    given = ((1, -2, 1.5, "a,b", "word", None), {"flag": True, "low": -3})
    assert bound._converters["x"].given == given


def test_quoted_argument_may_hold_what_would_end_it() -> None:
    adapter = Map([Rule('/<any("a)b", "c>d", "e:f"):x>', endpoint="e")]).bind("example.com")
    assert adapter.match("/a)b") == ("e", {"x": "a)b"})
    assert adapter.match("/c>d") == ("e", {"x": "c>d"})
    assert adapter.match("/e:f") == ("e", {"x": "e:f"})


def test_numbers_are_items_of_any() -> None:
    adapter = Map([Rule("/<any(1,2):x>", endpoint="e")]).bind("example.com")
    assert adapter.match("/1") == ("e", {"x": "1"})
    assert adapter.match("/2") == ("e", {"x": "2"})
    assert not adapter.test("/1,2")


def test_bound_of_int_may_be_negative() -> None:
    adapter = Map([Rule("/<int(signed=True, min=-5):x>", endpoint="e")]).bind("example.com")
    assert adapter.match("/-5") == ("e", {"x": -5})
    assert not adapter.test("/-6")


class BrokenRegexConverter(tr.BaseConverter):
    regex = "(a"
    part_isolating = True


class NeedyConverter(tr.BaseConverter):
    def __init__(self, map: Map, needed: str) -> None:
        super().__init__(map)


@pytest.mark.parametrize(
    ("rule", "place"),
    [
        ("/<x", "position 1"),
        ("/a<", "position 2"),
        ("/a/<>", "position 3"),
        ("/<int:>", "position 1"),
        ("/<:x>", "position 1"),
        ("/<1x>", "position 1"),
        ("/<x y>", "position 1"),
        ("/<x>/<<y>>", "position 5"),
        ("/<x-y>", "position 1"),
        ("/<\xe9>", "position 1"),
        ("/<int(min=1:x>", "position 1"),
        ("/<int(min=1)x>", "position 1"),
        ("/<int(min=1)>", "position 1"),
        ("/<int(min=1 max=2):x>", "position 1"),
        ("/<int(min=1;):x>", "position 1"),
        ("/<int(min=1, min=2):x>", "'min'"),
        ('/<any("a):x>', "position 1"),
        ("/<x>/a/<x>", "'x'"),
        ("/<int(foo=1):x>", "'x'"),
        ("/<int(1, 2, 3, 4, 5):x>", "'x'"),
        ("/<string(length=a):x>", "'x'"),
        ("/<string(minlength=3, maxlength=2):x>", "'x'"),
        ("/<int(min=a):x>", "'x'"),
        ("/<needy:x>", "'x'"),
        ("/<broken:x>", "'x'"),
        ("/a<broken:x>/b", "'x'"),
    ],
)
def test_bad_rule_is_refused_by_name_and_place(rule: str, place: str) -> None:
    url_map = Map(converters={"broken": BrokenRegexConverter, "needy": NeedyConverter})
    with pytest.raises(ValueError) as caught:
        url_map.add(Rule(rule))
    assert repr(rule) in str(caught.value)
    assert place in str(caught.value)


def test_unknown_converter_is_a_lookup_error_that_names_rule_and_converter() -> None:
    with pytest.raises(LookupError) as caught:
        Map([Rule("/a/<nope:x>")])
    assert "'/a/<nope:x>'" in str(caught.value)
    assert "'nope'" in str(caught.value)


def test_bad_subdomain_is_refused_by_rule_and_text() -> None:
    with pytest.raises(ValueError) as caught:
        Map([Rule("/a", subdomain="<x")])
    assert "'/a'" in str(caught.value)
    assert "'<x'" in str(caught.value)


def test_variable_used_in_domain_and_path_is_refused() -> None:
    with pytest.raises(ValueError, match="'x'"):
        Map([Rule("/<x>", subdomain="<x>")])


def test_regex_that_does_not_compile_is_refused_in_a_domain() -> None:
    with pytest.raises(ValueError, match="'x'"):
        Map([Rule("/", subdomain="<broken:x>")], converters={"broken": BrokenRegexConverter})


def test_redirect_to_a_variable_that_the_rule_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError) as caught:
        Map([Rule("/<x>", redirect_to="new/<y>")])
    assert "'/<x>'" in str(caught.value)
    assert "'y'" in str(caught.value)


def test_bad_syntax_in_redirect_to_is_refused() -> None:
    with pytest.raises(ValueError, match="redirect_to"):
        Map([Rule("/<x>", redirect_to="new/<x")])


def test_rule_must_start_with_a_slash() -> None:
    with pytest.raises(ValueError, match="'a/b'"):
        Rule("a/b")


def test_empty_rule_is_refused() -> None:
    with pytest.raises(ValueError):
        Rule("")


def test_failed_add_leaves_the_map_as_it_was() -> None:
    url_map = Map([Rule("/a", endpoint="a")])
    bad = Rule("/<nope:x>", endpoint="b")
    with pytest.raises(LookupError):
        url_map.add(bad)
    assert [rule.rule for rule in url_map.iter_rules()] == ["/a"]
    assert url_map.bind("example.com").match("/a") == ("a", {})
    assert bad.map is None


def test_failed_add_of_a_submount_adds_none_of_its_rules() -> None:
    url_map = Map([Rule("/a", endpoint="a")])
    with pytest.raises(ValueError):
        url_map.add(tr.Submount("/m", [Rule("/b", endpoint="b"), Rule("/<x>/<x>", endpoint="c")]))
    assert [rule.rule for rule in url_map.iter_rules()] == ["/a"]
    assert not url_map.bind("example.com").test("/m/b")


def test_rules_of_a_failed_add_can_be_added_again() -> None:
    good, bad = Rule("/b", endpoint="b"), Rule("/<x", endpoint="c")

    class Both(tr.RuleFactory):
        def get_rules(self, map: Map) -> Iterator[Rule]:
            yield good
            yield bad

    url_map = Map()
    with pytest.raises(ValueError):
        url_map.add(Both())
    url_map.add(good)
    assert url_map.bind("example.com").match("/b") == ("b", {})


def test_factory_that_fails_half_way_adds_nothing() -> None:
    class Failing(tr.RuleFactory):
        def get_rules(self, map: Map) -> Iterator[Rule]:
            yield Rule("/b", endpoint="b")
            raise RuntimeError("no more rules")

    url_map = Map()
    with pytest.raises(RuntimeError, match="no more rules"):
        url_map.add(Failing())
    assert list(url_map.iter_rules()) == []


def test_settings_of_the_map_are_not_taken_over_by_a_failed_add() -> None:
    rule = Rule("/<nope:x>/")
    with pytest.raises(LookupError):
        Map(strict_slashes=False, default_subdomain="www").add(rule)
    assert rule.strict_slashes is None
    assert rule.merge_slashes is None
    assert rule.subdomain is None
