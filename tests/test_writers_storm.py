"""Two writers at one map, whose rules, factories and mounts come and go, and three readers.

A writer notes each state of what it changes before it begins and after it has ended. What a reader
is told has to be right for some state between the beginning of its request and the end.
"""

from __future__ import annotations

import copy
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Barrier, Thread
from typing import Any

import pytest

from trieroute import BuildError, Map, NotFound, RequestRedirect, Rule, Submount
from trieroute.asgi import Mount

ORDERS = ["weights", "segments", "registration"]
CHANGES = 600


class History:
    """The states of what one writer changes, the last ones of which may hold now."""

    def __init__(self, state: Any) -> None:
        self.states = [state]
        self.done = 0

    @contextmanager
    def changing_to(self, state: Any) -> Iterator[None]:
        self.states.append(state)
        yield
        self.done = len(self.states) - 1

    @contextmanager
    def allowed(self) -> Iterator[set[Any]]:
        """Give a set, which has the states that an answer may be of when the block has ended."""
        first = self.done
        found: set[Any] = set()
        yield found
        found.update(self.states[first:])


def storm(writers: list[Callable[[], None]], readers: list[Callable[[], None]]) -> None:
    """Run the writers to their ends, and the readers meanwhile; raise what any of them raises."""
    errors: list[BaseException] = []
    barrier = Barrier(len(writers) + len(readers))
    left = list(writers)

    def run(work: Callable[[], None], again: bool) -> None:
        try:
            barrier.wait()
            work()
            while again and left and not errors:
                work()
        except BaseException as error:
            errors.append(error)
        finally:
            if not again:
                left.pop()

    threads = [Thread(target=run, args=(work, False)) for work in writers]
    threads += [Thread(target=run, args=(work, True)) for work in readers]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
    finally:
        sys.setswitchinterval(interval)
    assert not any(thread.is_alive() for thread in threads)
    for error in errors:
        raise error


@pytest.mark.parametrize("order", ORDERS)
def test_rules_and_factories_come_and_go(order: str) -> None:
    url_map = Map(
        [Rule(f"/still/{n}/<int:x>", endpoint=("still", n)) for n in range(30)], match_order=order
    )
    histories = [History(False) for _ in range(6)]

    def factory(number: int) -> Any:
        if number % 2:
            return Rule(f"/come/{number}/<x>", endpoint=("come", number))
        return Submount(
            f"/come/{number}",
            [
                Rule("/<x>", endpoint=("come", number), methods=["GET"]),
                Rule("/<x>", endpoint=("post", number), methods=["POST"]),
                Rule("/<path:x>/end/", endpoint=("tail", number)),
            ],
        )

    def write(numbers: range) -> None:
        choose = random.Random(numbers.start)
        factories = {number: factory(number) for number in numbers}
        for _ in range(CHANGES):
            number = choose.choice(numbers)
            history = histories[number]
            with pytest.raises(LookupError):
                url_map.add(Submount("/wrong", [Rule("/fine"), Rule("/<unknown:x>")]))
            there = history.states[-1]
            with history.changing_to(not there):
                (url_map.remove if there else url_map.add)(factories[number])

    def read() -> None:
        # Each request may bind, as requests of a server do.
        adapter = url_map.bind("example.com")
        for number, history in enumerate(histories):
            assert adapter.match(f"/still/{number}/7") == (("still", number), {"x": 7})
            assert adapter.build(("still", number), {"x": 7}) == f"/still/{number}/7"
            with history.allowed() as allowed:
                try:
                    found = adapter.match(f"/come/{number}/a")
                except NotFound:
                    found = None
            assert (found == (("come", number), {"x": "a"})) in allowed
            with history.allowed() as allowed:
                try:
                    url = adapter.build(("come", number), {"x": "a"})
                except BuildError:
                    url = None
            assert (url == f"/come/{number}/a") in allowed
            assert not adapter.test("/wrong/fine")

    def read_the_whole() -> None:
        with histories[0].allowed() as allowed:
            rules = [rule for rule in url_map.iter_rules() if rule.endpoint[1] == 0]
        assert {len(rules)} <= {1 + 3 * there for there in allowed}
        with histories[1].allowed() as allowed:
            answer = copy.copy(url_map).bind("example.com").test("/come/1/a")
        assert answer in allowed
        with histories[3].allowed() as allowed:
            explanation = url_map.bind("example.com").explain("/come/3/a")
        assert (explanation.error is None) in allowed
        assert str(explanation).startswith("GET /come/3/a")
        with histories[2].allowed() as allowed:
            methods = url_map.bind("example.com").allowed_methods("/come/2/a")
        assert (sorted(methods) == ["GET", "HEAD", "POST"]) in allowed

    storm([lambda: write(range(0, 3)), lambda: write(range(3, 6))], [read, read, read_the_whole])


@pytest.mark.parametrize("order", ORDERS)
def test_rules_that_redirect_to_each_other_come_and_go_together(order: str) -> None:
    url_map = Map([Rule("/still", endpoint="still")], match_order=order)
    factories = {
        "/pages/1": Submount(
            "/pages",
            [
                Rule("/", endpoint="pages", defaults={"page": 1}),
                Rule("/<int:page>", endpoint="pages"),
            ],
        ),
        "/old/index": Submount(
            "/old", [Rule("/", endpoint="old"), Rule("/index", endpoint="old", alias=True)]
        ),
    }
    histories = {path: History(False) for path in factories}

    def write(path: str) -> None:
        for _ in range(CHANGES):
            there = histories[path].states[-1]
            with histories[path].changing_to(not there):
                (url_map.remove if there else url_map.add)(factories[path])

    def read() -> None:
        adapter = url_map.bind("example.com")
        for path, history in histories.items():
            found: Any = None
            with history.allowed() as allowed:
                try:
                    found = adapter.match(path)
                except NotFound:
                    pass
                except RequestRedirect as redirect:
                    found = redirect.new_url
            where = f"http://example.com{path[: path.rindex('/') + 1]}"
            assert found in (None, where)
            assert (found == where) in allowed

    storm([lambda: write("/pages/1"), lambda: write("/old/index")], [read, read, read])


def test_mounts_come_and_go() -> None:
    async def inner(scope: Any, receive: Any, send: Any) -> None: ...

    url_map = Map([Rule("/files/own", endpoint="own")])
    mount = Mount("/files", endpoint=inner)
    history = History(False)

    def write() -> None:
        for _ in range(CHANGES):
            there = history.states[-1]
            with history.changing_to(not there):
                (url_map.remove if there else url_map.add)(mount)

    def read() -> None:
        adapter = url_map.bind("example.com")
        assert adapter.match("/files/own") == ("own", {})
        with history.allowed() as allowed:
            there = adapter.test("/files/other")
        assert there in allowed

    storm([write], [read, read, read])


def test_copy_has_a_rule_in_all_of_its_lists_or_in_none() -> None:
    # The endpoints of the copies are listed before the last one of them is added or removed.
    url_map = Map([Rule(f"/still/{number}", endpoint=number) for number in range(200)])
    mount = Submount("/come", [Rule("/a", endpoint="a"), Rule("/b", endpoint=0)])

    def write() -> None:
        for _ in range(5 * CHANGES):
            url_map.add(mount)
            url_map.remove(mount)

    def read() -> None:
        twin = copy.copy(url_map)
        matched = sorted(map(id, twin._inserted))
        assert matched == sorted(map(id, twin._rules))
        # Both rules of each mount.
        assert len(matched) % 2 == 0

    storm([write], [read, read])
