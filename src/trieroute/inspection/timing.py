"""The time of matches and builds, in two maps that take turns."""

from __future__ import annotations

import gc
import statistics
from collections.abc import Callable, Sequence
from time import perf_counter_ns
from typing import Any

from werkzeug.exceptions import HTTPException

from .examples import Build, Request
from .outcomes import Bindings

__all__ = ["ROUNDS", "interleaved_ns"]

#: The number of rounds of a measurement, unless another one is asked for.
ROUNDS = 15
#: The least number of calls in a round, and the greatest number of different ones.
_CALLS = 1_000


def interleaved_ns(
    first: Bindings,
    second: Bindings,
    cases: Sequence[Request | Build],
    rounds: int,
    misses: bool = False,
) -> tuple[float, float] | None:
    """Measure the same requests or builds in two maps, in rounds over new strings.

    :param first: one map.
    :param second: the other one.
    :param cases: requests that match, or builds that succeed; a build is called without its method,
        for a URL without a host.
    :param rounds: the number of rounds of each map; 0 to measure nothing.
    :param misses: whether the requests raise an HTTP exception, which is taken.
    :return: the nanoseconds of a call in each map, as medians over the rounds, loop included;
        ``None`` if nothing was measured.
    """
    if not (cases and rounds):
        return None
    chosen = list(cases[:: -(-len(cases) // _CALLS)])
    chosen *= -(-_CALLS // len(chosen))
    taken: tuple[list[float], list[float]] = ([], [])
    gc_was_enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for bindings, times in zip((first, second), taken, strict=True):
                times.append(_call_ns([_call(bindings, case, misses) for case in chosen]))
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


def _call(bindings: Bindings, case: Request | Build, misses: bool) -> _Call:
    if isinstance(case, Request):
        adapter = bindings.adapter(case.domain, case.websocket)
        return _matching(adapter.match, misses), _fresh(case.path), case.method
    # An endpoint is a text of the program, whose hash is cached; values come with the request.
    values = {name: _fresh(value) for name, value in case.values.items()}
    return bindings.adapter(case.domain).build, case.rule.endpoint, values


def _fresh(value: Any) -> Any:
    """Return a new object for a string, without a cached hash, like those that a server passes."""
    return value[:1] + value[1:] if type(value) is str else value


def _call_ns(calls: Sequence[_Call]) -> float:
    start = perf_counter_ns()
    for function, first, second in calls:
        function(first, second)
    return (perf_counter_ns() - start) / len(calls)
