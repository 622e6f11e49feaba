"""Memory of a map, its ``Rule`` objects included, ready to match; and that of a forked worker."""

from __future__ import annotations

import gc
import os
import sys
import tracemalloc
from functools import partial
from pathlib import Path

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


#: Linux says here how much memory a process has for itself alone.
PROCESS_MEMORY = Path("/proc/self/smaps_rollup")


def private_memory() -> int:
    """Return the bytes of this process that it shares with no other one."""
    lines = PROCESS_MEMORY.read_text().splitlines()
    return sum(1024 * int(line.split()[1]) for line in lines if line.startswith("Private_"))


def enter_forked(workload_name: str, contestant: str) -> Entry:
    """Measure what a forked worker comes to own by matching with the map of its parent.

    A worker shares memory with its parent until one of them writes to it, and a count of references
    is written to as well.
    """
    if not PROCESS_MEMORY.exists():
        raise Refusal("only Linux tells what memory is a process's own")
    workload = load(workload_name)
    router = made(contestant, workload)
    for case in workload.cases:
        check(router, case)

    def owned(count: int) -> float:
        total = 0
        for _ in range(count):
            gc.collect()
            gc.freeze()
            reading, writing = os.pipe()
            worker = os.fork()
            if worker == 0:
                before = private_memory()
                for case in workload.cases:
                    router.answer(case)
                os.write(writing, str(private_memory() - before).encode())
                os._exit(0)
            os.close(writing)
            with os.fdopen(reading) as answer:
                total += int(answer.read())
            os.waitpid(worker, 0)
            gc.unfreeze()
        return total

    return Entry(lambda count: partial(owned, count), most_rounds=3)


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
    Row(
        "forked-random-10000",
        "a forked worker that matches, 10,000 random rules",
        partial(enter_forked, "random-10000"),
        ("trieroute", "werkzeug"),
        unit="bytes",
    ),
)


def bench_memory(benchmark: BenchmarkFixture, row: Row, contestant: str) -> None:
    measure(benchmark, row, contestant)
