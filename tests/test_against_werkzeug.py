"""Random maps and requests: trieroute does what Werkzeug does but for the named differences.

`routing_model` knows the differences as switches. Whatever trieroute does must be what the model
does with all of them; which ones a difference needs is reported as a hypothesis event
(`--hypothesis-show-statistics`).
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import Any

import pytest
from hypothesis import event, given, note
from werkzeug import routing as werkzeug_routing

import trieroute
from routing_model import SWITCHES, MapSpec, Model, Outcome, Request, RuleSpec, make_map, route
from routing_strategies import maps_with_requests

ALL = frozenset(SWITCHES)
HOST = "http://example.com"


def needed_switches(spec: MapSpec, request: Request, expected: Outcome) -> Iterable[str]:
    """The fewest switches with which the model gives the outcome."""
    for size in range(len(SWITCHES) + 1):
        for switches in combinations(SWITCHES, size):
            if Model(spec, frozenset(switches)).outcome(request) == expected:
                return switches
    raise AssertionError(f"no set of differences explains {expected}")


@given(maps_with_requests())
def test_model_without_switches_is_werkzeug(drawn: tuple[MapSpec, list[Request]]) -> None:
    spec, requests = drawn
    model = Model(spec)
    url_map, rules = make_map(werkzeug_routing, spec)
    for request in requests:
        assert model.outcome(request) == route(url_map, rules, request)


@given(maps_with_requests())
def test_trieroute_differs_from_werkzeug_by_the_named_differences_alone(
    drawn: tuple[MapSpec, list[Request]],
) -> None:
    spec, requests = drawn
    plain, different = Model(spec), Model(spec, ALL)
    url_map, rules = make_map(trieroute, spec, match_order="segments")
    for request in requests:
        ours = route(url_map, rules, request)
        note(f"{request}: {ours}")
        assert ours == different.outcome(request)
        event(f"outcome: {ours[0]}")
        if ours != plain.outcome(request):
            event(f"differs: {' '.join(needed_switches(spec, request, ours))}")


@pytest.mark.parametrize("order", ["weights", "registration"])
@given(drawn=maps_with_requests())
def test_order_is_a_sorting_of_the_rules_that_match(
    order: str, drawn: tuple[MapSpec, list[Request]]
) -> None:
    spec, requests = drawn
    model = Model(spec, ALL, order)
    url_map, rules = make_map(trieroute, spec, match_order=order)
    for request in requests:
        ours = route(url_map, rules, request)
        note(f"{request}: {ours}")
        assert ours == model.outcome(request)


@given(maps_with_requests())
def test_match_gives_the_endpoint_of_the_rule(drawn: tuple[MapSpec, list[Request]]) -> None:
    spec, requests = drawn
    url_map, rules = make_map(trieroute, spec)
    for request in requests:
        ours = route(url_map, rules, request)
        if ours[0] == "match":
            adapter = request.bind(url_map)
            endpoint, values = adapter.match(
                request.path, request.method, websocket=request.websocket
            )
            assert endpoint == rules[ours[1]].endpoint
            assert list(values) == [name for name, _, _ in ours[2]]


def spec_of(*rules: RuleSpec, **settings: Any) -> MapSpec:
    return MapSpec(rules, settings)


# switch, map, request, what Werkzeug makes of it, what trieroute does
DIFFERENCES: list[tuple[str, MapSpec, Request, Outcome, Outcome]] = [
    (
        "V1",
        spec_of(RuleSpec("/<int(max=10):x>"), RuleSpec("/<y>")),
        Request("/50"),
        ("404",),
        ("match", 1, [("y", "str", "50")]),
    ),
    (
        "V2",
        spec_of(RuleSpec("/x/<path:p>")),
        Request("/x//a//b"),
        ("redirect", f"{HOST}/x/a/b"),
        ("redirect", f"{HOST}/x/a//b"),
    ),
    (
        "V3",
        spec_of(RuleSpec("/<twice:x>")),
        Request("/aa"),
        ("error", "re.error"),
        ("match", 0, [("x", "str", "aa")]),
    ),
    (
        "V7",
        spec_of(RuleSpec("/x/<int(max=5):n>/")),
        Request("/x/9"),
        ("redirect", f"{HOST}/x/9/"),
        ("404",),
    ),
    (
        "V8",
        spec_of(RuleSpec("/a/b", {"merge_slashes": False}), RuleSpec("/<x>/b")),
        Request("/a//b"),
        ("404",),
        ("redirect", f"{HOST}/a/b"),
    ),
    (
        "V9",
        spec_of(RuleSpec("/b", {"websocket": True}, "Submount")),
        Request("/a/b", websocket=True),
        ("websocket mismatch",),
        ("match", 0, []),
    ),
    (
        "V10",
        spec_of(RuleSpec("/<int:x>", {"redirect_to": "new/<int:x>"})),
        Request("/1"),
        ("error", "KeyError"),
        ("redirect", f"{HOST}/new/1"),
    ),
    (
        "V11",
        spec_of(RuleSpec("/<any(1,2):x>")),
        Request("/2"),
        ("404",),
        ("match", 0, [("x", "str", "2")]),
    ),
    (
        "V12",
        spec_of(RuleSpec("/", {"host": "Example.com"}), host_matching=True),
        Request("/"),
        ("404",),
        ("match", 0, []),
    ),
    (
        "V13",
        spec_of(RuleSpec("/a", {"alias": True})),
        Request("/a"),
        ("redirect", f"{HOST}/a"),
        ("match", 0, []),
    ),
]


@pytest.mark.parametrize(
    ("switch", "spec", "request_", "theirs", "ours"), DIFFERENCES, ids=[d[0] for d in DIFFERENCES]
)
def test_each_difference(
    switch: str, spec: MapSpec, request_: Request, theirs: Outcome, ours: Outcome
) -> None:
    assert route(*make_map(werkzeug_routing, spec), request_) == theirs
    assert route(*make_map(trieroute, spec, match_order="segments"), request_) == ours
    assert Model(spec, frozenset({switch})).outcome(request_) == ours


def test_every_switch_has_an_example() -> None:
    assert [difference[0] for difference in DIFFERENCES] == list(SWITCHES)
