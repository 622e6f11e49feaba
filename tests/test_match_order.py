"""Which of several rules that match a request wins."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import trieroute as tr
from outcomes import redirect_of
from routing_model import MapSpec, Request, RuleSpec, make_map, route
from routing_strategies import maps, requests, rules
from trieroute import Map, Rule

HOST = "http://example.com"


def bound(rules: list[str], order: str, **settings: Any) -> Any:
    """An adapter for rules whose endpoints are their numbers, from 1 on."""
    numbered = [Rule(rule, endpoint=number) for number, rule in enumerate(rules, 1)]
    return Map(numbered, match_order=order, **settings).bind("example.com")


# rules, path, winner by weights, by segments, and by registration; a text is a redirect
WINNERS: list[tuple[list[str], str, int | str, int | str, int | str]] = [
    (["/<a>/b/c", "/x/<b>/<c>"], "/x/b/c", 1, 2, 1),
    (["/a/<b>", "/<a>/b"], "/a/b", 1, 1, 1),
    (["/<a>/b", "/a/<b>"], "/a/b", 2, 2, 1),
    (["/foo/", "/<x>"], "/foo", "/foo/", "/foo/", "/foo/"),
    (["/<x>", "/foo/"], "/foo", "/foo/", "/foo/", 1),
    (["/<x>/", "/foo"], "/foo", 2, 2, "/foo/"),
    (["/a/", "/a"], "/a", 2, 2, "/a/"),
    (["/a", "/a/"], "/a", 1, 1, 1),
    (["/a/", "/a"], "/a/", 1, 1, 1),
    (["/<a>.json", "/<a>", "/<a>.<b>"], "/x.y", 3, 3, 2),
    (["/<a>.json", "/<a>", "/<a>.<b>"], "/x.json", 1, 1, 1),
    # text before variables, longer text before shorter, int before text, text before path
    (["/<path:p>", "/<x>", "/<int:n>", "/1"], "/1", 4, 4, 1),
    (["/<path:p>", "/<x>", "/<int:n>"], "/1", 3, 3, 1),
    (["/<path:p>", "/<x>"], "/1", 2, 2, 1),
    (["/<path:p>", "/<x>/<y>"], "/a/b", 2, 2, 1),
    (["/<path:p>", "/a/<path:p>", "/a/b/<path:p>"], "/a/b/c", 3, 3, 1),
    (["/a<x>", "/ab<x>"], "/abc", 2, 2, 1),
    (["/<x>c", "/a<x>"], "/abc", 2, 1, 1),
    (["/<x><y>", "/<x>"], "/ab", 1, 1, 1),
    # of two rules alike the first
    (["/<x>", "/<y>"], "/a", 1, 1, 1),
    (["/<x>/a", "/<y>/a"], "/b/a", 1, 1, 1),
    (["/<int:x>", "/<float:y>", "/<z>"], "/1.5", 2, 2, 2),
    # back out of a segment that led nowhere
    (["/a/b/c", "/<x>/b/d"], "/a/b/d", 2, 2, 2),
    (["/a/<int:n>/c", "/a/<x>/<y>"], "/a/1/d", 2, 2, 2),
    (["/<a>/<b>/c", "/x/<b>/<path:c>"], "/x/y/c", 2, 2, 1),
    # more static texts go first, wherever they stand
    (["/a/<x>/<y>", "/<x>/b/c"], "/a/b/c", 2, 1, 1),
    (["/<int:x>/<y>", "/<x>/<int:y>"], "/1/2", 1, 1, 1),
]


@pytest.mark.usefixtures("equal_rules")
@pytest.mark.parametrize(("rules", "path", "weights", "segments", "registration"), WINNERS)
def test_winner(
    rules: list[str],
    path: str,
    weights: int | str,
    segments: int | str,
    registration: int | str,
) -> None:
    for order, winner in (
        ("weights", weights),
        ("segments", segments),
        ("registration", registration),
    ):
        adapter = bound(rules, order)
        if isinstance(winner, str):
            assert redirect_of(adapter, path) == HOST + winner
        else:
            assert adapter.match(path)[0] == winner


def test_order_is_by_weights_unless_told_otherwise() -> None:
    url_map = Map([Rule("/<a>/b/c", endpoint=1), Rule("/x/<b>/<c>", endpoint=2)])
    assert url_map.bind("example.com").match("/x/b/c")[0] == 1


def test_order_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="'alphabet'"):
        Map(match_order="alphabet")


def test_order_is_a_keyword() -> None:
    with pytest.raises(TypeError):
        Map([], "", True, True, True, None, False, None, False, "segments")


def test_weights_go_over_the_whole_map_although_a_segment_is_static() -> None:
    adapter = bound(["/x/<b>/<c>", "/<a>/b/c"], "weights")
    assert adapter.match("/x/b/c") == (2, {"a": "x"})


@pytest.mark.usefixtures("equal_rules")
def test_defaults_move_a_rule_behind_rules_without_arguments() -> None:
    rules = [Rule("/a/", defaults={"x": 1}, endpoint=1), Rule("/a/", endpoint=2)]
    assert Map(rules).bind("example.com").match("/a/")[0] == 2


@pytest.mark.parametrize("order", ["weights", "segments"])
def test_weight_of_a_custom_converter_counts(order: str) -> None:
    class LightConverter(tr.BaseConverter):
        weight = 10

    adapter = bound(["/<int:x>", "/<light:x>"], order, converters={"light": LightConverter})
    assert adapter.match("/1") == (2, {"x": "1"})


@pytest.mark.parametrize("order", ["weights", "segments"])
@pytest.mark.parametrize(
    ("light", "heavy"),
    [
        (2**30 - 1, 2**30),
        (2**31 - 1, 2**31),
        (-(2**30) - 1, -(2**30)),
        (-(2**30), 1 - 2**30),
        (-(2**70), 2**70),
        (-1, 0),
        (255, 256),
        (65535, 65536),
        (0.5, 0.75),
        (False, True),
    ],
)
def test_weight_of_a_converter_is_any_number(light: float, heavy: float, order: str) -> None:
    class LightConverter(tr.BaseConverter):
        weight = light  # type: ignore[assignment]

    class HeavyConverter(tr.BaseConverter):
        weight = heavy  # type: ignore[assignment]

    converters = {"light": LightConverter, "heavy": HeavyConverter}
    rules = ["/<heavy:x>/b", "/<light:x>/b", "/<x>/b/c", "/<heavy:x>/<y>", "/<light:x>/<y>"]
    adapter = bound(rules, order, converters=converters)
    assert adapter.match("/a/b") == (2, {"x": "a"})
    assert adapter.match("/a/c") == (5, {"x": "a", "y": "c"})


@pytest.mark.parametrize("segments", [28, 29, 30, 31, 32, 100])
def test_weights_of_a_long_rule_count(segments: int) -> None:
    start = "/a" * segments
    rules = ["/<path:p>", start + "/<x>", start + "/<int:x>", "/a/<int:x>", "/<x>"]
    adapter = bound(rules, "weights")
    assert adapter.match(start + "/1") == (3, {"x": 1})
    assert adapter.match(start + "/b") == (2, {"x": "b"})
    assert adapter.match("/a/1") == (4, {"x": 1})


# In lower case, the capital letter is the two code points of the other subdomain.
@pytest.mark.parametrize("subdomains", [["\u0130", "i\u0307"], ["i\u0307", "\u0130"]], ids=ascii)
@pytest.mark.parametrize("before", ["", "a", "a.\u0130."])
@pytest.mark.parametrize("bound_to", ["\u0130", "i\u0307"], ids=ascii)
def test_subdomain_weighs_the_code_points_that_the_rule_has(
    subdomains: list[str], before: str, bound_to: str
) -> None:
    rules = [Rule("/<x>", endpoint=domain, subdomain=before + domain) for domain in subdomains]
    adapter = Map(rules).bind("example.com", subdomain=before + bound_to)
    assert adapter.match("/b") == ("i\u0307", {"x": "b"})


# pallets/werkzeug#3156
def test_unrelated_rule_changes_the_winner_by_segments_alone() -> None:
    class WordConverter(tr.BaseConverter):
        regex = "[a-z]+"

    rules = ["/<word:x>/c", "/<y>/c"]
    converters = {"word": WordConverter}
    for order, winner_with_unrelated in (("weights", 2), ("segments", 3), ("registration", 2)):
        assert bound(rules, order, converters=converters).match("/a/c")[0] == 1
        with_unrelated = bound(["/<z>/unrelated", *rules], order, converters=converters)
        assert with_unrelated.match("/a/c")[0] == winner_with_unrelated


@st.composite
def maps_with_a_further_rule(draw: st.DrawFn) -> tuple[MapSpec, RuleSpec, int, Request]:
    spec = draw(maps())
    host_matching = spec.settings.get("host_matching")
    domains: list[str | None] = [None, "a", "example.com"]
    further = draw(rules(domains, "host" if host_matching else "subdomain"))
    place = draw(st.integers(0, len(spec.rules)))
    return spec, further, place, draw(requests(spec))


# pallets/werkzeug#3156
@pytest.mark.parametrize("order", ["weights", "registration"])
@given(drawn=maps_with_a_further_rule())
def test_rule_that_does_not_match_changes_nothing(
    order: str, drawn: tuple[MapSpec, RuleSpec, int, Request]
) -> None:
    spec, further, place, request = drawn
    alone = MapSpec((further,), spec.settings)
    assume(route(*make_map(tr, alone), request) in [("404",), ("bad host",)])
    elsewhere = RuleSpec(further.rule, {**further.settings, "endpoint": "its own"}, further.factory)
    more = MapSpec((*spec.rules[:place], elsewhere, *spec.rules[place:]), spec.settings)
    with_it, its_rules = make_map(tr, more, match_order=order)
    del its_rules[place]
    without_it, rules_ = make_map(tr, spec, match_order=order)
    assert route(with_it, its_rules, request) == route(without_it, rules_, request)


def test_rules_added_later_take_their_place() -> None:
    url_map = Map([Rule("/<x>", endpoint=1)])
    adapter = url_map.bind("example.com")
    assert adapter.match("/a")[0] == 1
    url_map.add(Rule("/a", endpoint=2))
    assert adapter.match("/a")[0] == 2


@pytest.mark.parametrize("order", ["weights", "segments", "registration"])
def test_build_only_rule_never_matches(order: str) -> None:
    rules = [Rule("/a", endpoint=1, build_only=True), Rule("/<x>", endpoint=2)]
    adapter = Map(rules, match_order=order).bind("example.com")
    assert adapter.match("/a") == (2, {"x": "a"})


@pytest.mark.parametrize("order", ["weights", "segments", "registration"])
def test_rule_for_another_method_is_passed_over(order: str) -> None:
    rules = [Rule("/a", endpoint=1, methods=["POST"]), Rule("/<x>", endpoint=2)]
    adapter = Map(rules, match_order=order).bind("example.com")
    assert adapter.match("/a", "GET") == (2, {"x": "a"})


@pytest.mark.parametrize("order", ["weights", "segments", "registration"])
def test_missing_slash_of_a_rule_for_another_method_is_passed_over(order: str) -> None:
    rules = [Rule("/a/", endpoint=1, methods=["POST"]), Rule("/<x>", endpoint=2)]
    adapter = Map(rules, match_order=order).bind("example.com")
    assert adapter.match("/a", "GET") == (2, {"x": "a"})


@pytest.mark.usefixtures("equal_rules")
# pallets/werkzeug#2510
@pytest.mark.parametrize("order", ["weights", "segments", "registration"])
def test_rule_whose_converter_refuses_is_passed_over(order: str) -> None:
    adapter = bound(["/<int(max=10):x>", "/<int:y>"], order)
    assert adapter.match("/5") == (1, {"x": 5})
    assert adapter.match("/50") == (2, {"y": 50})


@pytest.mark.usefixtures("equal_rules")
@pytest.mark.parametrize("order", ["weights", "segments", "registration"])
def test_search_goes_on_behind_several_refusals(order: str) -> None:
    rules = ["/<int(max=1):x>", "/<int(max=2):x>", "/<int(max=3):x>", "/<path:p>"]
    adapter = bound(rules, order)
    assert adapter.match("/3") == (3, {"x": 3})
    assert adapter.match("/4") == (4, {"p": "4"})


@pytest.mark.parametrize("order", ["weights", "segments"])
def test_exact_rule_on_the_path_as_it_stands_goes_before_any_on_the_merged_one(order: str) -> None:
    adapter = bound(["/a/b", "/a/<path:p>", "/<path:p>"], order)
    assert adapter.match("/a//b") == (3, {"p": "a//b"})


@pytest.mark.usefixtures("equal_rules")
def test_defaults_that_are_set_later_do_not_change_the_order() -> None:
    url_map = Map([Rule("/a", endpoint=1), Rule("/a", endpoint=2)])
    first = next(url_map.iter_rules(1))
    first.defaults = {"q": 1}
    assert url_map.bind("example.com").match("/a") == (1, {"q": 1})
