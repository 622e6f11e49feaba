"""Many threads at one map, one list of routes and one router, while others change them.

Each thread that changes something does so step by step, and its state depends on the number of
steps alone. It says which step it begins and which it has ended. So what another thread sees has to
be right for one of the steps between the last one that had ended before and the last one that had
begun after.
"""

from __future__ import annotations

import copy
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Barrier, Thread
from typing import Any

import pytest
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect
from werkzeug.test import create_environ

from trieroute import BuildError, Map, Rule, Submount
from trieroute.wsgi import Router

STEPS = 120


class Steps:
    """The steps of a thread that changes something.

    :param change: makes the step of this number; after the step 0, nothing has been changed.
    """

    def __init__(self, change: Callable[[int], object]) -> None:
        self.change = change
        self.begun = 0
        self.ended = 0

    def run(self) -> None:
        for step in range(1, STEPS + 1):
            self.begun = step
            self.change(step)
            self.ended = step


class Reader:
    """A thread that asks, and what it has been told wrongly.

    :param wrong: gets each wrong answer.
    """

    def __init__(self, wrong: list[Any]) -> None:
        self.wrong = wrong

    def expect(
        self, steps: Steps, ask: Callable[[], object], right: Callable[[int], object]
    ) -> None:
        """Ask, and compare with what is right after some step."""
        first = steps.ended
        answer = ask()
        last = steps.begun
        if not any(answer == right(step) for step in range(first, last + 1)):
            self.wrong.append((first, last, answer))

    def expect_always(self, ask: Callable[[], object], right: object) -> None:
        answer = ask()
        if answer != right:
            self.wrong.append((answer, right))


@contextmanager
def quick_switches() -> Iterator[None]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)


def storm(writers: list[Steps], reads: list[Callable[[Reader], Callable[[], None]]]) -> list[Any]:
    """Run all threads until the last writer has ended; each reader asks at least once.

    :param writers: what is changed.
    :param reads: each of them makes, for a reader, what it does again and again.
    :return: the wrong answers, and the exceptions.
    """
    wrong: list[Any] = []
    barrier = Barrier(len(writers) + len(reads))

    def write(steps: Steps) -> None:
        barrier.wait()
        try:
            steps.run()
        except BaseException as error:
            wrong.append(error)
            steps.ended = STEPS

    def read(make: Callable[[Reader], Callable[[], None]]) -> None:
        try:
            once = make(Reader(wrong))
            barrier.wait()
            while True:
                last = all(steps.ended == STEPS for steps in writers)
                once()
                if last or len(wrong) > 10:
                    break
        except BaseException as error:
            wrong.append(error)

    threads = [Thread(target=write, args=[steps]) for steps in writers]
    threads += [Thread(target=read, args=[make]) for make in reads]
    with quick_switches():
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
    assert not any(thread.is_alive() for thread in threads)
    return wrong


def match(adapter: Any, path: str, method: str = "GET") -> object:
    """Return the endpoint and the values, or the kind of the refusal."""
    try:
        return adapter.match(path, method)
    except (NotFound, MethodNotAllowed, RequestRedirect) as error:
        return type(error)


def build(adapter: Any, endpoint: str, **values: Any) -> object:
    try:
        return adapter.build(endpoint, values)
    except BuildError:
        return None


def small_map() -> Map:
    return Map(
        [
            Rule("/stable/<int:number>/<name>", endpoint="stable"),
            *(Rule(f"/other/{number}/<value>", endpoint=f"other{number}") for number in range(20)),
            Rule("/slashes/<name>", endpoint="slashes"),
        ]
    )


def switched(url_map: Map, make: Callable[[], Any]) -> Steps:
    """Add what is made at each odd step, and remove it at the next one."""
    made: list[Any] = []

    def change(step: int) -> None:
        if step % 2:
            made.append(make())
            url_map.add(made[-1])
        else:
            url_map.remove(made.pop())

    return Steps(change)


@pytest.mark.parametrize("shared", [True, False], ids=["one adapter", "an adapter each"])
def test_every_answer_is_right_for_a_state_of_the_map(shared: bool) -> None:
    url_map = small_map()
    methods_rule = Rule("/methods", endpoint="methods", methods=["GET"])
    url_map.add(methods_rule)
    methods = methods_rule.methods
    assert methods is not None

    def change_methods(step: int) -> None:
        (methods.add if step % 2 else methods.discard)("PUT")

    def change_setting(step: int) -> None:
        url_map.merge_slashes = step % 2 == 0

    def fail(step: int) -> None:
        rules = [Rule("/good", endpoint="good"), Rule("/<a", endpoint="b")]
        with pytest.raises(ValueError):
            url_map.add(Submount("/bad", rules))

    rule = switched(url_map, lambda: Rule("/rule/<int:x>", endpoint="rule"))
    same = switched(url_map, lambda: Rule("/second/<name>", endpoint="stable"))
    factory = switched(
        url_map,
        lambda: Submount("/factory", [Rule(f"/{n}", endpoint=f"factory{n}") for n in range(5)]),
    )
    changed_methods, setting = Steps(change_methods), Steps(change_setting)
    faulty = Steps(fail)
    one_adapter = url_map.bind("example.com")

    def bound() -> Any:
        return one_adapter if shared else url_map.bind("example.com")

    def matching(reader: Reader) -> Callable[[], None]:
        adapter = bound()

        def once() -> None:
            reader.expect_always(
                lambda: match(adapter, "/stable/12/name"),
                ("stable", {"number": 12, "name": "name"}),
            )
            reader.expect(
                rule,
                lambda: match(adapter, "/rule/7"),
                lambda step: ("rule", {"x": 7}) if step % 2 else NotFound,
            )
            for number in (0, 4):
                reader.expect(
                    factory,
                    lambda number=number: match(adapter, f"/factory/{number}"),
                    lambda step, number=number: (f"factory{number}", {}) if step % 2 else NotFound,
                )
            reader.expect(
                changed_methods,
                lambda: match(adapter, "/methods", "PUT"),
                lambda step: ("methods", {}) if step % 2 else MethodNotAllowed,
            )
            reader.expect(
                setting,
                lambda: match(adapter, "/slashes//x"),
                lambda step: NotFound if step % 2 else RequestRedirect,
            )
            reader.expect_always(lambda: match(adapter, "/bad/good"), NotFound)

        return once

    def building(reader: Reader) -> Callable[[], None]:
        adapter = bound()

        def once() -> None:
            reader.expect_always(
                lambda: build(adapter, "stable", number=3, name="x y", more=1),
                "/stable/3/x%20y?more=1",
            )
            reader.expect(
                same,
                lambda: build(adapter, "stable", name="n"),
                lambda step: "/second/n" if step % 2 else None,
            )
            reader.expect(
                rule,
                lambda: build(adapter, "rule", x=1),
                lambda step: "/rule/1" if step % 2 else None,
            )
            reader.expect(
                factory,
                lambda: build(adapter, "factory3"),
                lambda step: "/factory/3" if step % 2 else None,
            )

        return once

    def looking(reader: Reader) -> Callable[[], None]:
        def once() -> None:
            reader.expect_always(
                lambda: [r.rule for r in url_map.iter_rules() if r.endpoint == "other7"],
                ["/other/7/<value>"],
            )
            reader.expect(
                same,
                lambda: sorted(r.rule for r in url_map.iter_rules("stable")),
                lambda step: ["/second/<name>"] * (step % 2) + ["/stable/<int:number>/<name>"],
            )
            reader.expect_always(lambda: url_map.is_endpoint_expecting("stable", "name"), True)
            copied = copy.copy(url_map).bind("example.com")
            reader.expect_always(lambda: match(copied, "/other/3/v"), ("other3", {"value": "v"}))
            reader.expect_always(lambda: build(copied, "other3", value="v"), "/other/3/v")

        return once

    wrong = storm(
        [rule, same, factory, changed_methods, setting, faulty],
        [matching, matching, building, looking],
    )
    assert wrong == []


def test_values_may_change_while_they_are_built() -> None:
    adapter = Map([Rule("/<first>/<second>", endpoint="e")]).bind("example.com")
    values: dict[str, Any] = {"first": "a" * 50, "second": "b" * 50}

    def change(step: int) -> None:
        for number in range(200):
            values["first"] = "ab"[step % 2] * (50 + number)

    def building(reader: Reader) -> Callable[[], None]:
        def once() -> None:
            first, second = adapter.build("e", values).split("/")[1:]
            reader.expect_always(lambda: (len(set(first)), second), (1, "b" * 50))

        return once

    assert storm([Steps(change)], [building, building]) == []


def test_hosts_of_many_requests_are_told_apart() -> None:
    url_map = Map([Rule("/", endpoint="root", subdomain="<name>")])

    def change(step: int) -> None:
        # These drive the others out of the cache.
        for number in range(10):
            url_map.bind(f"host-{step}-{number}.example")

    def binding(reader: Reader) -> Callable[[], None]:
        def once() -> None:
            for number in range(40):
                environ = create_environ("/", f"http://n{number}.example.com")
                adapter = url_map.bind_to_environ(environ, "example.com")
                reader.expect_always(
                    lambda adapter=adapter: match(adapter, "/"),
                    ("root", {"name": f"n{number}"}),
                )

        return once

    assert storm([Steps(change)], [binding, binding, binding]) == []


def test_every_answer_of_a_router_is_right_for_a_state_of_it() -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [str(environ["wsgiorg.routing_args"][1]).encode()]

    router = Router(Map([Rule("/stable/<int:x>", endpoint=app)]))

    def add_route(step: int) -> None:
        router.route(f"/added/{step}", endpoint=f"added{step}")(app)

    added = Steps(add_route)
    rule = switched(router.map, lambda: Rule("/rule/<x>", endpoint=app))

    def asked(path: str) -> tuple[str, bytes]:
        status = []

        def start_response(given: str, headers: Any) -> Callable[[bytes], object]:
            status.append(given)
            return lambda part: None

        body = b"".join(router(create_environ(path), start_response))
        return status[0], body if status[0] == "200 OK" else b""

    def asking(reader: Reader) -> Callable[[], None]:
        def once() -> None:
            reader.expect_always(lambda: asked("/stable/1"), ("200 OK", b"{'x': 1}"))
            reader.expect(
                rule,
                lambda: asked("/rule/a"),
                lambda step: ("200 OK", b"{'x': 'a'}") if step % 2 else ("404 NOT FOUND", b""),
            )
            for number in (1, STEPS // 2, STEPS):
                reader.expect(
                    added,
                    lambda number=number: asked(f"/added/{number}"),
                    lambda step, number=number: (
                        ("200 OK", b"{}") if step >= number else ("404 NOT FOUND", b"")
                    ),
                )

        return once

    assert storm([rule, added], [asking, asking]) == []


def test_import_leaves_the_gil_as_it_is() -> None:
    rooms = "trieroute, trieroute.asgi, trieroute.flask, trieroute.starlette, trieroute.wsgi"
    asked = "getattr(sys, '_is_gil_enabled', lambda: True)()"
    code = f"import sys; before = {asked}; import {rooms}; print({asked} is before)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (result.stdout, result.stderr) == ("True\n", "")
