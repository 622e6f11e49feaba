"""The time that calls take, of two routers in one run."""

from __future__ import annotations

import gc
import statistics
from collections.abc import Callable, Sequence
from time import perf_counter_ns
from typing import Any

from .examples import Request
from .outcomes import Bindings

__all__ = ["ROUNDS", "fresh", "interleaved_ns", "match_ns"]

#: The number of rounds of a measurement, unless another one is asked for.
ROUNDS = 15
#: The least number of matches in a round, and the greatest number of different requests.
MATCHES = 1_000

#: A function and its two arguments.
Call = tuple[Callable[[Any, Any], object], Any, Any]


def match_ns(
    werkzeug: Bindings, trieroute: Bindings, requests: Sequence[Request], rounds: int
) -> tuple[float, float]:
    """Measure a match in both maps, in interleaved rounds over new strings.

    :param requests: requests that match, at least one.
    :param rounds: the number of rounds, at least one.
    :return: the nanoseconds of a match in Werkzeug and in trieroute, loop included.
    """
    chosen = list(requests[:: -(-len(requests) // MATCHES)])
    chosen *= -(-MATCHES // len(chosen))

    def calls(bindings: Bindings) -> list[Call]:
        return [
            (
                bindings.adapter(request.domain, request.websocket).match,
                fresh(request.path),
                request.method,
            )
            for request in chosen
        ]

    return interleaved_ns(lambda: calls(werkzeug), lambda: calls(trieroute), rounds)


def interleaved_ns(
    first: Callable[[], Sequence[Call]], second: Callable[[], Sequence[Call]], rounds: int
) -> tuple[float, float]:
    """Measure two kinds of calls in rounds that take turns.

    :param first: makes the calls of one round, at least one.
    :param second: makes the calls of the other kind.
    :param rounds: the number of rounds of each kind, at least one.
    :return: the nanoseconds of a call of each kind, as medians over the rounds, loop included.
    """
    taken: tuple[list[float], list[float]] = ([], [])
    gc_was_enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for make, times in zip((first, second), taken, strict=True):
                times.append(_call_ns(make()))
    finally:
        if gc_was_enabled:
            gc.enable()
    return statistics.median(taken[0]), statistics.median(taken[1])


def fresh(text: str) -> str:
    """Return a new string object whose hash is not cached, like those that a server passes on."""
    return text[:1] + text[1:]


def _call_ns(calls: Sequence[Call]) -> float:
    start = perf_counter_ns()
    for function, first, second in calls:
        function(first, second)
    return (perf_counter_ns() - start) / len(calls)
