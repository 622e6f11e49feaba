"""The time of matches and builds, in two maps that take turns."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

from werkzeug.exceptions import HTTPException

from .examples import Build, Request
from .outcomes import BoundMap

__all__ = [
    "MATCH",
    "MEASURED",
    "MISS",
    "ROUNDS",
    "URL",
    "WHOLE",
    "Timed",
    "clock_ns",
    "fresh",
    "interleaved_ns",
    "spread",
]

Item = TypeVar("Item")

#: What is measured of an application, by the names that are shown.
MEASURED: tuple[str, ...] = (
    "match",
    "miss (404, 405)",
    "URL",
    "whole call of the application",
)
MATCH, MISS, URL, WHOLE = MEASURED

#: The time of this thread, where it is told finely: other programs on a busy machine would count
#: for the slower of two routers more than for the faster one, which is done before their turn.
clock_ns = (
    time.thread_time_ns
    if hasattr(time, "thread_time_ns") and time.get_clock_info("thread_time").resolution < 1e-6
    else time.perf_counter_ns
)

#: The number of rounds of a measurement, unless another one is asked for.
ROUNDS = 15
#: The least number of calls in a round, and the greatest number of different ones.
_CALLS = 1_000


class Timed(NamedTuple):
    """What calls of one kind take, in nanoseconds each, and how many different ones were made."""

    ns: float
    calls: int


def spread(calls: Sequence[Item], count: int = _CALLS) -> list[Item]:
    """Choose at most *count* of many calls, at equal distances: of early rules and of late ones."""
    return list(calls[:: -(-len(calls) // count) or 1])


def interleaved_ns(
    first: BoundMap,
    second: BoundMap,
    cases: Sequence[Request | Build],
    rounds: int,
    misses: bool = False,
) -> tuple[float, float] | None:
    """Measure the same requests or builds in two maps, in rounds over new strings.

    :param cases: requests that match, or builds that succeed; a build is called without its method,
        for a URL without a host.
    :param rounds: the number of rounds of each map; 0 to measure nothing.
    :param misses: whether the requests raise an HTTP exception, which is taken.
    :return: the nanoseconds of a call in each map, as medians over the rounds, loop included;
        ``None`` if nothing was measured.
    """
    if not (cases and rounds):
        return None
    chosen = spread(cases)
    chosen *= -(-_CALLS // len(chosen))
    taken: tuple[list[float], list[float]] = ([], [])
    gc_was_enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for bound, times in zip((first, second), taken, strict=True):
                times.append(_call_ns([_call(bound, case, misses) for case in chosen]))
    finally:
        if gc_was_enabled:
            gc.enable()
    return statistics.median(taken[0]), statistics.median(taken[1])


#: A function and its two arguments.
_Call = tuple[Callable[[Any, Any], object], Any, Any]


def _matching(match: Callable[..., object], misses: bool) -> Callable[[Any, Any], object]:
    """Return what matches a request; with *misses*, it takes the exception that is raised."""

    def missing(path: str, method: str) -> object:
        try:
            return match(path, method)
        except HTTPException:
            return None

    return missing if misses else match


def _call(bound: BoundMap, case: Request | Build, misses: bool) -> _Call:
    if isinstance(case, Request):
        adapter = bound.adapter(case.domain, case.websocket)
        return _matching(adapter.match, misses), fresh(case.path), case.method
    # An endpoint is a text of the program, whose hash is cached; values come with the request.
    values = {name: fresh(value) for name, value in case.values.items()}
    return bound.adapter(case.domain).build, case.rule.endpoint, values


def fresh(value: Any) -> Any:
    """Return a new object for a string, without a cached hash, like those that a server passes."""
    return value[:1] + value[1:] if type(value) is str else value


def _call_ns(calls: Sequence[_Call]) -> float:
    start = clock_ns()
    for function, first, second in calls:
        function(first, second)
    return (clock_ns() - start) / len(calls)
