"""Matches of several threads on one map, each with an adapter of its own.

Without the GIL, two threads do at most twice the work of one. How near a machine comes to that, the
loops tell, which share nothing. One thread is measured with the GIL, too: what a match costs more
without it is to be held against what the loop of calls costs more, which is the interpreter's own.
"""

from __future__ import annotations

import sys
import time
from functools import partial
from itertools import cycle, islice
from threading import Barrier, Thread
from typing import Any

from pytest_benchmark.fixture import BenchmarkFixture

from .pedantic import measure
from .peers import Refusal, check
from .rows import Entry, Row, at_least, fresh, made
from .workloads import load

#: The number of threads, and what they do, by the name of the contestant.
SITUATIONS = {
    "one thread": (1, "match"),
    "two threads": (2, "match"),
    "one loop": (1, "loop"),
    "two loops": (2, "loop"),
    "calls": (1, "call"),
}

#: A thread does at least so many operations: beside them, the time until it wakes up counts little.
SHARE = 100_000


def enter(workload_name: str, contestant: str) -> Entry:
    """Measure the time for one of so many operations that all threads do at once."""
    threads, work = SITUATIONS[contestant]
    if threads > 1 and getattr(sys, "_is_gil_enabled", lambda: True)():
        raise Refusal("with the GIL, one thread runs at a time")
    workload = load(workload_name)
    router: Any = made("trieroute", workload)
    for case in workload.cases:
        check(router, case)

    def match(count: int, barrier: Barrier) -> None:
        match = router.map.bind("example.com").match
        requests = [
            (fresh(case.path), case.method) for case in islice(cycle(workload.cases), count)
        ]
        match(*requests[0])
        barrier.wait()
        for path, method in requests:
            match(path, method)

    def loop(count: int, barrier: Barrier) -> None:
        total = 0
        barrier.wait()
        for number in range(20 * count):
            total += number

    def call(count: int, barrier: Barrier) -> None:
        cut = "one/two".split
        barrier.wait()
        for _ in range(count):
            ("endpoint", {"values": cut("/")})

    works = {"match": match, "loop": loop, "call": call}

    def measured(count: int) -> float:
        begun = 0

        def begin() -> None:
            nonlocal begun
            begun = time.perf_counter_ns()

        barrier = Barrier(threads, begin)
        share = max(count, SHARE)
        running = [Thread(target=works[work], args=(share, barrier)) for _ in range(threads)]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()
        return (time.perf_counter_ns() - begun) * count / (share * threads)

    return Entry(lambda count: partial(measured, count), cycle=len(workload.cases), most_rounds=15)


ROWS = (
    Row(
        "threads-random-1000",
        "match in threads, 1,000 random rules",
        partial(enter, "random-1000"),
        tuple(SITUATIONS),
        (at_least(1.7, "one thread", "two threads"),),
    ),
)


def bench_threads(benchmark: BenchmarkFixture, row: Row, contestant: str) -> None:
    measure(benchmark, row, contestant)
