"""A map in forked workers, when signals come, and while the interpreter ends."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest

from trieroute import BaseConverter, Map, Rule


class Interrupted(BaseException):
    """What the handler of a signal raises, as Ctrl-C does."""


@pytest.fixture
def interruptions() -> Iterator[list[int]]:
    """Let the signal of the timer interrupt; gives the signals that have come."""
    signals: list[int] = []

    def interrupt(number: int, frame: FrameType | None) -> None:
        signals.append(number)
        raise Interrupted

    before = signal.signal(signal.SIGALRM, interrupt)
    # What is raised in a callback of the collector is lost, and hypothesis has such a callback.
    gc.disable()
    yield signals
    gc.enable()
    signal.signal(signal.SIGALRM, before)


def test_forked_workers_use_the_map_of_their_parent_and_change_their_own() -> None:
    url_map = Map([Rule(f"/r{number}/<int:x>", endpoint=f"r{number}") for number in range(200)])
    adapter = url_map.bind("example.com")
    assert adapter.match("/r7/1") == ("r7", {"x": 1})
    workers = []
    for number in range(3):
        worker = os.fork()
        if worker == 0:
            # Whatever fails, this copy of the test run must not go on.
            status = 1
            try:
                for each in range(200):
                    assert adapter.match(f"/r{each}/{number}") == (f"r{each}", {"x": number})
                    assert adapter.build(f"r{each}", {"x": number}) == f"/r{each}/{number}"
                url_map.add(Rule("/new", endpoint=number))
                url_map.remove(next(url_map.iter_rules("r7")))
                assert adapter.match("/new") == (number, {})
                assert not adapter.test("/r7/1")
                status = 0
            finally:
                os._exit(status)
        workers.append(worker)
    assert [os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]) for worker in workers] == [0, 0, 0]
    assert adapter.match("/r7/1") == ("r7", {"x": 1})
    assert not adapter.test("/new")


@pytest.mark.usefixtures("interruptions")
def test_signal_during_a_match_leaves_the_map_as_it_was() -> None:
    class Signalling(BaseConverter):
        def to_python(self, value: str) -> str:
            if value == "signal":
                signal.raise_signal(signal.SIGALRM)
            return value

    url_map = Map(
        [Rule("/<s:a>/<s:b>", endpoint="e"), Rule("/<path:p>", endpoint="other")],
        converters={"s": Signalling},
    )
    adapter = url_map.bind("example.com")
    for _ in range(20):
        with pytest.raises(Interrupted):
            adapter.match("/signal/b")
        with pytest.raises(Interrupted):
            adapter.dispatch(lambda *_: None, "/a/signal")
        assert adapter.match("/a/b") == ("e", {"a": "a", "b": "b"})


@pytest.mark.usefixtures("interruptions")
def test_signal_during_a_compilation_leaves_it_to_the_next_request() -> None:
    class Signalling(Rule):
        left = 20

        def match_compare_key(self) -> Any:
            if Signalling.left:
                Signalling.left -= 1
                signal.raise_signal(signal.SIGALRM)
            return super().match_compare_key()

    url_map = Map([Rule("/a", endpoint="a"), Signalling("/b", endpoint="b")])
    adapter = url_map.bind("example.com")
    for _ in range(20):
        with pytest.raises(Interrupted):
            adapter.match("/a")
    assert adapter.match("/a") == ("a", {})
    assert adapter.match("/b") == ("b", {})


def test_signals_at_any_time_never_make_an_answer_wrong(interruptions: list[int]) -> None:
    url_map = Map([Rule(f"/r{n}/<int:x>/<path:p>", endpoint=n) for n in range(500)])
    adapter = url_map.bind("example.com")
    path = f"/r7/3/{'a/' * 2_000}end"

    def use_until_interrupted(delay: int) -> None:
        signal.setitimer(signal.ITIMER_REAL, delay * 3e-5)
        while len(interruptions) < delay:
            url_map.merge_slashes = True
            assert adapter.match(path) == (7, {"x": 3, "p": path[6:]})
            assert adapter.build(7, {"x": 3, "p": "y"}) == "/r7/3/y"
            assert not adapter.test("/r500/3/x")

    for delay in range(1, 200):
        # CPython 3.12 may raise a signal's exception where a loop ends as if it were behind the
        # `try` that the loop is in. A loop of another function has no such place.
        with contextlib.suppress(Interrupted):
            use_until_interrupted(delay)
    assert [adapter.match(f"/r{number}/1/x")[0] for number in range(500)] == list(range(500))


ENDING = """
import threading
from trieroute import Map, Rule

url_map = Map([Rule(f"/r{number}/<int:x>", endpoint=number) for number in range(100)])
adapter = url_map.bind("example.com")
started = threading.Semaphore(0)


def read():
    while True:
        assert adapter.match("/r7/1") == (7, {"x": 1})
        assert adapter.build(7, {"x": 1}) == "/r7/1"
        started.release()


def change():
    while True:
        rule = Rule("/new/<path:p>", endpoint="new")
        url_map.add(rule)
        adapter.match("/new/x")
        url_map.remove(rule)


for target in (read, read, change):
    threading.Thread(target=target, daemon=True).start()
for _ in range(200):
    started.acquire()
"""


def test_interpreter_may_end_while_threads_match() -> None:
    for _ in range(5):
        ended = subprocess.run(
            [sys.executable, "-c", ENDING], capture_output=True, text=True, timeout=60
        )
        assert (ended.returncode, ended.stderr) == (0, "")
