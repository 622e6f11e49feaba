"""One round of a soak: a number of examples of each property.

Most of the properties are those that the tests check with a few hundred examples. One is here
alone, since it takes long: maps that change between the requests, in each of the three orders.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from hypothesis import given, seed
from hypothesis import strategies as st

import test_build_against_werkzeug as building
import test_fastapi_against_plain as fastapi
import test_starlette_against_plain as starlette
import trieroute
from routing_model import SWITCHES, MapSpec, Model, Request, make_map, route, unwrapped
from routing_strategies import maps, requests

ORDERS = ["weights", "segments", "registration"]
ALL_SWITCHES = frozenset(SWITCHES)
#: The properties of the tests, by what one example of each is.
TESTS: dict[str, Any] = {
    "maps whose URLs are built": building.test_trieroute_builds_what_werkzeug_builds,
    "values that are built and matched again": building.test_values_come_back,
    "applications of Starlette that change": starlette.test_answers_are_equal,
    "applications of FastAPI that change": fastapi.test_answers_are_equal,
}


@st.composite
def changing_maps(draw: st.DrawFn) -> tuple[MapSpec, list[int], list[Request]]:
    """A map, the rules that are added or removed in turn, and requests for it."""
    spec = draw(maps(most=12))
    toggled = draw(st.lists(st.integers(0, len(spec.rules) - 1), min_size=1, max_size=10))
    return spec, toggled, draw(st.lists(requests(spec), min_size=1, max_size=6))


def check_changing_map(
    counts: Counter[str],
    drawn: tuple[MapSpec, list[int], list[Request]],
    order: str,
    share: float,
) -> None:
    """After each change, the map does what the model does that was made of the same rules."""
    spec, toggled, asked = drawn
    specs = list(map(unwrapped, spec.rules))
    url_map, _ = make_map(trieroute, MapSpec((), spec.settings), match_order=order)
    rules = [trieroute.Rule(each.rule, **each.settings) for each in specs]
    present: list[int] = []
    for step, index in enumerate([*range(int(share * len(specs))), *toggled]):
        if index in present:
            url_map.remove(rules[index])
            present.remove(index)
            counts["rules removed"] += 1
        else:
            url_map.add(rules[index])
            present.append(index)
            counts["rules added"] += 1
        if step < int(share * len(specs)) - 1:
            # Of the rules that a map begins with, no request comes between.
            continue
        model = Model(
            MapSpec(tuple(specs[number] for number in present), spec.settings), ALL_SWITCHES, order
        )
        for request in asked:
            ours = route(url_map, [rules[number] for number in present], request)
            expected = model.outcome(request)
            assert ours == expected, (
                f"{request} after step {step}: {ours}, and not {expected}, in order {order!r}"
                f" with {[specs[number] for number in present]}"
            )
            counts[f"requests between changes, in order {order}: {ours[0]}"] += 1


def counted(counts: Counter[str], name: str, test: Callable[..., None]) -> Callable[..., None]:
    def count(*args: Any, **kwargs: Any) -> None:
        test(*args, **kwargs)
        counts[name] += 1

    return count


def run_round(base: int, number: int, counts: Counter[str]) -> None:
    """Run the round of that number, and count what it compares.

    :param base: the seed of the whole soak.
    :param number: the number of the round.
    :param counts: where it is counted.
    """

    @given(
        drawn=changing_maps(), order=st.sampled_from(ORDERS), share=st.sampled_from([0.0, 0.5, 1.0])
    )
    def changing_map(**drawn: Any) -> None:
        check_changing_map(counts, **drawn)

    seed(f"{base} {number}")(changing_map)()
    for name, test in TESTS.items():
        inner = test.hypothesis.inner_test
        test.hypothesis.inner_test = counted(counts, name, inner)
        try:
            seed(f"{base} {number} {name}")(test)()
        finally:
            test.hypothesis.inner_test = inner
