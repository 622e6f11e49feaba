"""Maps whose rules change after they were compiled: the next trie is made of the last one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import trieroute
from routing_converters import CONVERTERS
from routing_model import MapSpec, Request, route, unwrapped
from routing_strategies import maps_with_requests
from trieroute import Map, NotFound, Rule, Submount
from trieroute._core.listing import listing

ORDERS = ["weights", "segments", "registration"]


def entries_of(url_map: Any) -> list[tuple[str, str]]:
    """The rules and forms that a map can match, the one that wins first."""
    url_map.update()
    endings = [ending for node in listing(url_map._state.trie) for ending in node.endings]
    endings.sort(key=lambda ending: ending.place)
    return [(ending.target.rule.rule, ending.form) for ending in endings]


@given(
    drawn=maps_with_requests(),
    toggled=st.lists(st.integers(0, 8), min_size=1, max_size=8),
    at_first=st.integers(0, 8),
    order=st.sampled_from(ORDERS),
)
def test_changed_map_is_as_one_that_was_made_of_the_same_rules(
    drawn: tuple[MapSpec, list[Request]], toggled: list[int], at_first: int, order: str
) -> None:
    spec, requests = drawn
    specs = [unwrapped(rule_spec) for rule_spec in spec.rules]
    settings: dict[str, Any] = {"converters": CONVERTERS, "match_order": order, **spec.settings}
    rules = [Rule(rule_spec.rule, **rule_spec.settings) for rule_spec in specs]
    url_map = Map(rules[:at_first], **settings)
    present = list(range(len(rules)))[:at_first]
    for request in requests:
        route(url_map, rules, request)
    for index in toggled:
        index %= len(rules)
        if index in present:
            url_map.remove(rules[index])
            present.remove(index)
        else:
            url_map.add(rules[index])
            present.append(index)
        again: list[Any] = [None] * len(rules)
        for number in present:
            again[number] = Rule(specs[number].rule, **specs[number].settings)
        fresh = Map([again[number] for number in present], **settings)
        assert entries_of(url_map) == entries_of(fresh)
        for request in requests:
            assert route(url_map, rules, request) == route(fresh, again, request)


def kept(url_map: Any) -> Any:
    """What the map keeps of its last compilation."""
    url_map.update()
    return url_map._compilation


@pytest.mark.parametrize("order", ORDERS)
def test_single_changes_do_not_compile_all_rules_again(order: str) -> None:
    url_map = Map(
        [Rule(f"/r{n}/<int:x>", endpoint=n, methods=["GET"]) for n in range(100)], match_order=order
    )
    adapter = url_map.bind("example.com")
    first = kept(url_map)
    added = [
        Rule("/r7/new", endpoint="static"),
        Rule("/r7/<x>/<path:p>", endpoint="path", methods=["POST"]),
        Rule("/<name>", endpoint="name", strict_slashes=False),
        Rule("/", endpoint="root", subdomain="<user>"),
        Rule("/r7/<int:y>/", endpoint="branch", strict_slashes=False),
        Submount("/sub", [Rule("/a", endpoint="a"), Rule("/<int:b>", endpoint="b")]),
    ]
    for rule in added:
        url_map.add(rule)
        assert kept(url_map) is first
    assert adapter.match("/r7/new") == ("static", {})
    assert adapter.match("/r7/a/b/c", "POST") == ("path", {"x": "a", "p": "b/c"})
    assert adapter.match("/who/") == ("name", {"name": "who"})
    assert url_map.bind("example.com", subdomain="me").match("/") == ("root", {"user": "me"})
    assert adapter.match("/r7/1//") == ("branch", {"y": 1})
    assert adapter.match("/sub/5") == ("b", {"b": 5})
    for rule in added:
        url_map.remove(rule)
        assert kept(url_map) is first
    for path in ("/r7/new", "/r7/a/b/c", "/who/", "/r7/1//", "/sub/a", "/sub/5"):
        with pytest.raises(NotFound):
            adapter.match(path, "POST" if path.endswith("c") else "GET")
    assert [adapter.match(f"/r{n}/1") for n in range(100)] == [(n, {"x": 1}) for n in range(100)]


@pytest.mark.parametrize(
    "change",
    [
        lambda url_map: setattr(url_map, "merge_slashes", False),
        lambda url_map: next(url_map.iter_rules("a")).methods.add("PUT"),
        lambda url_map: setattr(next(url_map.iter_rules("a")), "strict_slashes", False),
        lambda url_map: url_map.add(Rule("/x", endpoint="a", defaults={"y": 1})),
        lambda url_map: url_map._rules_by_endpoint.pop("a"),
    ],
)
def test_other_changes_compile_all_rules_again(change: Any) -> None:
    url_map = Map([Rule("/a", endpoint="a", methods=["GET"]), Rule("/b", endpoint="b")])
    first = kept(url_map)
    change(url_map)
    url_map.add(Rule("/c", endpoint="c"))
    assert kept(url_map) is not first


@pytest.mark.parametrize("order", ORDERS)
def test_many_rules_at_one_place_of_the_order(order: str) -> None:
    url_map = Map([Rule("/<int:a>/x", endpoint="x"), Rule("/z", endpoint="z")], match_order=order)
    adapter = url_map.bind("example.com")
    for number in range(300):
        url_map.add(Rule(f"/<int:a>/{number:03}", endpoint=number))
        assert adapter.match(f"/5/{number:03}") == (number, {"a": 5})
    fresh = Map(
        [
            Rule("/<int:a>/x", endpoint="x"),
            Rule("/z", endpoint="z"),
            *(Rule(f"/<int:a>/{number:03}", endpoint=number) for number in range(300)),
        ],
        match_order=order,
    )
    assert entries_of(url_map) == entries_of(fresh)


def test_trie_of_a_map_that_changes_all_the_time_stays_small() -> None:
    url_map = Map([Rule(f"/r{n}/<int:x>", endpoint=n) for n in range(50)])
    adapter = url_map.bind("example.com")
    adapter.match("/r1/1")
    size = url_map._state.trie.size
    for number in range(2_000):
        rule = Rule(f"/r{number % 60}/new{number}/<path:p>", endpoint="new")
        url_map.add(rule)
        assert adapter.match(f"/r{number % 60}/new{number}/a/b") == ("new", {"p": "a/b"})
        url_map.remove(rule)
        assert url_map._state.trie.size < 3 * size + 100_000
        assert len(url_map._state.trie.targets) <= 51


@pytest.mark.parametrize("order", ORDERS)
def test_rules_that_differ_in_their_methods_alone_are_removed_one_by_one(order: str) -> None:
    methods = ["GET", "POST", "PUT", "DELETE", "PATCH"]
    rules = [Rule("/a/<int:x>", endpoint=method, methods=[method]) for method in methods]
    url_map = Map([Rule("/b", endpoint="b"), *rules], match_order=order)
    adapter = url_map.bind("example.com")
    for index in (2, 0, 4, 1, 3):
        assert adapter.match("/a/1", methods[index]) == (methods[index], {"x": 1})
        url_map.remove(rules[index])
        assert methods[index] not in adapter.allowed_methods("/a/1")
    for rule in rules:
        url_map.add(rule)
    assert [adapter.match("/a/1", method)[0] for method in methods] == methods


@pytest.mark.parametrize("weight", [100, 50])
def test_first_of_several_variables_of_one_weight_is_removed(weight: int) -> None:
    class Slug(trieroute.BaseConverter):
        regex = "[a-z-]+"

    Slug.weight = weight
    first, second = Rule("/<slug:x>/a", endpoint="slug"), Rule("/<slug:x>/b", endpoint="slug b")
    url_map = Map(
        [first, Rule("/<x>/b", endpoint="string"), second],
        converters={"slug": Slug},
        match_order="segments",
    )
    adapter = url_map.bind("example.com")
    assert adapter.match("/w/b")[0] == "slug b"
    url_map.remove(first)
    # Werkzeug's order depends on which variable came first, if their weights are equal.
    assert adapter.match("/w/b")[0] == ("string" if weight == 100 else "slug b")
    url_map.add(first)
    assert adapter.match("/w/b")[0] == ("string" if weight == 100 else "slug b")


def test_rule_that_is_not_in_the_trie_is_removed() -> None:
    url_map = Map([Rule("/a", endpoint="a"), Rule("/b", endpoint="b"), Rule("/c", endpoint="c")])
    adapter = url_map.bind("example.com")
    adapter.match("/a")
    rule = next(url_map.iter_rules("a"))
    url_map._matcher = type(url_map._matcher)()
    with pytest.raises(NotFound):
        adapter.match("/a")
    first = kept(url_map)
    url_map.remove(rule)
    assert kept(url_map) is not first
    with pytest.raises(trieroute.BuildError):
        adapter.build("a")
