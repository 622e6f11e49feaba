"""Memory of a map, its ``Rule`` objects included, ready to match."""

from __future__ import annotations

import gc
import sys
import tracemalloc
from functools import partial

from pytest_benchmark.fixture import BenchmarkFixture

from .pedantic import measure
from .peers import Refusal, check, router_class
from .rows import Entry, Row, at_least, made
from .workloads import load


def enter(workload_name: str, contestant: str) -> Entry:
    """Measure what Python allocates from the first rule to the first match and keeps."""
    workload = load(workload_name)

    def allocated(count: int) -> float:
        total = 0
        for _ in range(count):
            router = router_class(contestant)(workload)
            gc.collect()
            tracemalloc.start()
            try:
                router.build()
                check(router, workload.cases[0])
                gc.collect()
                total += tracemalloc.get_traced_memory()[0]
            finally:
                tracemalloc.stop()
        return total

    return Entry(lambda count: partial(allocated, count), most_rounds=1)


def enter_trie(workload_name: str, contestant: str) -> Entry:
    """Measure the trie alone, by what it says of itself."""
    workload = load(workload_name)
    router = made(contestant, workload)
    check(router, workload.cases[0])
    trie = router.map._state.trie  # type: ignore[attr-defined]
    if "__sizeof__" not in vars(type(trie)):
        raise Refusal("not there yet: the trie does not tell its size")
    return Entry(lambda count: lambda: float(count * sys.getsizeof(trie)), most_rounds=1)


ROWS = (
    Row(
        "memory-random-10000",
        "map and rules, 10,000 random rules",
        partial(enter, "random-10000"),
        ("trieroute", "werkzeug"),
        (at_least(5, "werkzeug"),),
        "bytes",
    ),
    Row(
        "trie-random-10000",
        "the trie alone, 10,000 random rules",
        partial(enter_trie, "random-10000"),
        ("trieroute",),
        unit="bytes",
    ),
)


def bench_memory(benchmark: BenchmarkFixture, row: Row, contestant: str) -> None:
    measure(benchmark, row, contestant)
