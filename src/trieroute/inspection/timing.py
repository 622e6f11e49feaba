"""How long a match takes in either map, measured in one run."""

from __future__ import annotations

import gc
import statistics
from collections.abc import Callable, Sequence
from time import perf_counter_ns
from typing import Any

from .examples import Request
from .outcomes import Bindings

__all__ = ["ROUNDS", "match_ns"]

#: Rounds of a measurement, if nothing else is asked for.
ROUNDS = 15
#: Matches of a round, at least, and different requests, at most.
MATCHES = 1_000


def match_ns(
    werkzeug: Bindings, trieroute: Bindings, requests: Sequence[Request], rounds: int
) -> tuple[float, float]:
    """Measure a match in both maps, in interleaved rounds over new strings.

    :param requests: requests that match, at least one.
    :param rounds: how many rounds, at least one.
    :return: nanoseconds of a match, loop included: Werkzeug's and trieroute's.
    """
    step = -(-len(requests) // MATCHES)
    chosen = list(requests[::step])
    chosen *= -(-MATCHES // len(chosen))
    taken: tuple[list[float], list[float]] = ([], [])
    gc_was_enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for bindings, times in zip((werkzeug, trieroute), taken, strict=True):
                times.append(_round_ns(_calls(bindings, chosen)))
    finally:
        if gc_was_enabled:
            gc.enable()
    return statistics.median(taken[0]), statistics.median(taken[1])


def _calls(
    bindings: Bindings, requests: Sequence[Request]
) -> list[tuple[Callable[[str, str], Any], str, str]]:
    # A string object that was matched before has its hash cached; a server's never was.
    return [
        (
            bindings.adapter(request.domain, request.websocket).match,
            request.path[:1] + request.path[1:],
            request.method,
        )
        for request in requests
    ]


def _round_ns(calls: Sequence[tuple[Callable[[str, str], Any], str, str]]) -> float:
    start = perf_counter_ns()
    for match, path, method in calls:
        match(path, method)
    return (perf_counter_ns() - start) / len(calls)
