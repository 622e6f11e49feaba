"""`Map.prepare`: what a server has made before it forks its workers."""

from __future__ import annotations

import gc
import os
import re
import tracemalloc
from pathlib import Path

import pytest

from trieroute import Map, MapAdapter, Rule, Submount

RULES = {
    "static": [Rule(f"/r{n}/list", endpoint=f"e{n}") for n in range(2_000)],
    "two variables": [Rule(f"/r{n}/<int:x>/<name>", endpoint=f"e{n}") for n in range(2_000)],
    "names of their own": [Rule(f"/r{n}/<int:x{n}>", endpoint=f"e{n}") for n in range(2_000)],
    "methods": [
        Rule(f"/r{n}/<path:p>", endpoint=f"e{n}", methods=["GET", "POST"]) for n in range(2_000)
    ],
    "subdomains": [
        Rule(f"/r{n}/<float:f>", endpoint=f"e{n}", subdomain="<user>") for n in range(2_000)
    ],
    "defaults": [
        Rule(f"/r{n}/<x>", endpoint=f"e{n}", defaults={"page": 1, "n": n}) for n in range(2_000)
    ],
    "endpoints with two rules": [
        Rule(f"/r{n}/<x>" if n % 2 else f"/r{n}", endpoint=f"e{n // 2}") for n in range(2_000)
    ],
}


@pytest.mark.parametrize("kind", RULES)
def test_builders_take_at_most_a_kilobyte_a_rule(kind: str) -> None:
    rules = [rule.empty() for rule in RULES[kind]]
    url_map = Map(rules)
    url_map.update()
    tracemalloc.start()
    try:
        url_map.prepare()
        gc.collect()
        assert tracemalloc.get_traced_memory()[0] <= 1_000 * len(rules)
    finally:
        tracemalloc.stop()


def use_all(adapter: MapAdapter, count: int) -> None:
    for number in range(count):
        assert adapter.match(f"/r{number}/1/a") == (f"e{number}", {"x": 1, "name": "a"})
        assert adapter.build(f"e{number}", {"x": 1, "name": "a"}) == f"/r{number}/1/a"


def test_nothing_is_made_after_it() -> None:
    url_map = Map([rule.empty() for rule in RULES["two variables"]])
    adapter = url_map.bind("example.com")
    url_map.prepare()
    use_all(adapter, 10)
    gc.collect()
    before = len(gc.get_objects())
    use_all(adapter, 2_000)
    gc.collect()
    assert len(gc.get_objects()) - before < 20


def private_memory() -> int:
    """The bytes of this process that it shares with no other one."""
    text = Path("/proc/self/smaps_rollup").read_text(encoding="ascii")
    return 1024 * sum(map(int, re.findall(r"^Private_\w+: +(\d+) kB", text, re.MULTILINE)))


@pytest.mark.parametrize("prepared", [True, False])
def test_forked_worker_shares_what_was_made_before(prepared: bool) -> None:
    rules = [Rule(f"/r{n}/<int:x>/<name>", endpoint=f"e{n}") for n in range(10_000)]
    url_map = Map(rules)
    adapter = url_map.bind("example.com")
    use_all(adapter, 1)
    if prepared:
        url_map.prepare()
    # The collector would write into every object that it visits.
    gc.collect()
    gc.freeze()
    gc.disable()
    reading, writing = os.pipe()
    try:
        worker = os.fork()
        if worker == 0:
            # Whatever fails, this copy of the test run must not go on.
            status = 1
            try:
                before = private_memory()
                use_all(adapter, len(rules))
                os.write(writing, str(private_memory() - before).encode())
                status = 0
            finally:
                os._exit(status)
        assert os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]) == 0
        grown = int(os.read(reading, 100))
    finally:
        os.close(reading)
        os.close(writing)
        gc.enable()
        gc.unfreeze()
    # What a request references it writes to, so that some of what was made becomes private.
    assert (grown <= 1_000 * len(rules)) is prepared


def test_it_may_be_called_again_after_changes() -> None:
    url_map = Map([Rule("/a", endpoint="a")])
    adapter = url_map.bind("example.com")
    url_map.prepare()
    factory = Submount("/b", [Rule("/<x>", endpoint="b"), Rule("/c", endpoint="c")])
    url_map.add(factory)
    url_map.prepare()
    assert adapter.build("b", {"x": "y"}) == "/b/y"
    url_map.remove(factory)
    url_map.prepare()
    assert not adapter.test("/b/c")
    assert adapter.match("/a") == ("a", {})
    Map().prepare()


def test_it_raises_what_a_rule_of_the_programs_raises() -> None:
    class Failing(Rule):
        @property
        def arguments(self) -> set[str]:  # type: ignore[override]
            raise ZeroDivisionError

    url_map = Map([Rule("/a", endpoint="a"), Failing("/<x>", endpoint="x")])
    with pytest.raises(ZeroDivisionError):
        url_map.prepare()
    assert url_map.bind("example.com").build("a") == "/a"
