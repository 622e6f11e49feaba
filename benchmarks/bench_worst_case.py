"""The worst requests that a client can send: each at one length and at half of it.

Linear time means that the longer one takes about twice the time of the shorter one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from pytest_benchmark.fixture import BenchmarkFixture
from werkzeug.exceptions import HTTPException

from .pedantic import measure
from .peers import Refusal, router_class
from .rows import Entry, Row, at_most, fresh, operations_entry
from .workloads import Case, Spec, Workload

TABLE = Workload(
    "worst-case",
    tuple(
        Spec(rule, rule, ("GET",))
        for rule in (
            "/files/<path:name>",
            "/users/<int:id>",
            "/a/<path:x>/b/<path:y>/c/<path:z>/d",
            "/<first>/<second>",
        )
    ),
    (),
)
THREE_PATHS = TABLE.specs[2].endpoint


def long_segment(length: int) -> Case:
    """One segment of so many letters, which no rule matches."""
    return Case("/" + "x" * (length - 1), "GET", None, {}, status=404)


def long_value(length: int) -> Case:
    """A value of so many letters."""
    value = "x" * (length - len("/files/"))
    return Case(f"/files/{value}", "GET", "/files/<path:name>", {"name": value})


def slashes(length: int) -> Case:
    """So many slashes in a row, which a redirect merges."""
    return Case("/no" + "/" * length + "x", "GET", None, {}, status=308)


def three_paths_miss(length: int) -> Case:
    """So many segments that fit the parts of a rule in very many ways, but not its end."""
    return Case("/a" + "/b/c" * (length // 2) + "/x", "GET", None, {}, status=404)


def three_paths_match(length: int) -> Case:
    """So many segments that fit the parts of a rule in very many ways."""
    return Case(
        "/a" + "/b/c" * (length // 2) + "/d",
        "GET",
        THREE_PATHS,
        {"x": "b/c", "y": "c/b", "z": "b/c" + "/b/c" * (length // 2 - 4)},
    )


def enter(make: Callable[[int], Case], lengths: Mapping[str, int | str], contestant: str) -> Entry:
    """Time one request again and again, the string new each time."""
    length = lengths[contestant]
    if isinstance(length, str):
        raise Refusal(length)
    router = router_class(contestant.partition(",")[0])(TABLE)
    router.build()
    match = router.match

    def perform(path: str) -> Any:
        try:
            return match(path, "GET")
        except HTTPException as error:
            return error

    def right(result: Any, case: Case) -> bool:
        if isinstance(result, HTTPException):
            return result.code == case.status
        endpoint, values = result
        return bool(endpoint == case.endpoint and values == case.values)

    return operations_entry(perform, lambda case: fresh(case.path), [make(length)], right)


def worst_row(
    name: str, title: str, make: Callable[[int], Case], lengths: Mapping[str, Any]
) -> Row:
    """Return the row of one kind of request.

    :param lengths: the length for each contestant, or why there is none.
    """
    half = "trieroute, half as long"
    return Row(name, title, partial(enter, make, lengths), tuple(lengths), (at_most(2.2, half),))


def both(length: int) -> dict[str, int | str]:
    """Return contestants for whole and half length."""
    return {
        f"{name}{suffix}": length // divisor
        for name in ("trieroute", "werkzeug")
        for suffix, divisor in (("", 1), (", half as long", 2))
    }


#: Werkzeug's time for three path variables grows with the third power of the length.
SHORTER = {
    "werkzeug": "not run: see its growth from 80 to 160 segments",
    "werkzeug, 160 segments": 160,
    "werkzeug, 80 segments": 80,
}

ROWS = (
    worst_row("one-megabyte", "404, one segment of 1 MB", long_segment, both(1_000_000)),
    worst_row("one-megabyte-value", "match, path value of 1 MB", long_value, both(1_000_000)),
    worst_row("slashes", "redirect, 100,000 slashes in a row", slashes, both(100_000)),
    worst_row(
        "three-paths-miss",
        "404, three path variables, 10,000 segments",
        three_paths_miss,
        {"trieroute": 10_000, "trieroute, half as long": 5_000, **SHORTER},
    ),
    worst_row(
        "three-paths-match",
        "match, three path variables, 10,000 segments",
        three_paths_match,
        both(10_000),
    ),
)


def bench_worst_case(benchmark: BenchmarkFixture, row: Row, contestant: str) -> None:
    measure(benchmark, row, contestant)
