"""An exception at any moment of a change: the map or the application is as before, or changed.

A signal's exception may be raised between any two instructions of Python code, so each call is
interrupted at one instruction after the other. What it changes is looked at then: it must be what
it was, or what the call makes of it, and the call can be made again. The usual run tries some of
the instructions of each call, ``TRIEROUTE_EXAMPLES=1000000`` all of them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import flask
import pytest
import werkzeug.routing
from fastapi import APIRouter, FastAPI
from starlette.applications import Starlette
from starlette.routing import Mount, Route

import trieroute.flask
from asgi_client import answer
from conftest import EXAMPLES
from interruptions import Interrupted, interrupted
from trieroute import BaseConverter, Map, Rule, Submount
from trieroute.starlette import speedup

#: So many instructions of each call are tried.
TRIED = EXAMPLES // 4

#: What is raised in the callback of a weak reference is reported, and lost.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


class Trial(NamedTuple):
    """A call that changes something.

    :param call: makes the change; it can be made again if it was not made.
    :param look: returns what there is to be seen.
    """

    call: Callable[[], object]
    look: Callable[[], object]


def try_all(prepare: Callable[[], Trial], before: object, after: object) -> None:
    """Interrupt a call at its instructions, each time on something new that is looked at then."""
    trial = prepare()
    assert trial.look() == before
    trial = prepare()
    total = interrupted(trial.call, 0)
    assert trial.look() == after
    step = max(1, total // TRIED)
    outcomes = []
    for at in range(1, total + 1, step):
        trial = prepare()
        interrupted(trial.call, at)
        with ThreadPoolExecutor(1) as another:
            # A lock that is still held lets no other thread go on.
            seen = another.submit(trial.look).result()
        assert seen in (before, after), f"at instruction {at} of {total}"
        outcomes.append(seen == after)
        if seen == before:
            trial.call()
            assert trial.look() == after, f"again after instruction {at} of {total}"
    assert outcomes[0] is (before == after)


PATHS = ("/old/1", "/new", "/a/1", "/a/x/y", "/b/", "/b")
ENDPOINTS = {"old": {"n": 1}, "new": {}, "int": {"n": 1}, "path": {"p": "x/y"}, "branch": {}}


def answers(url_map: Map) -> dict[str, str]:
    """What a map answers, matched and built, as one text for each path and each endpoint."""
    adapter = url_map.bind("example.com")
    found = {}
    for path in PATHS:
        try:
            endpoint, values = adapter.match(path)
            found[path] = f"{endpoint}{values}"
        except werkzeug.routing.RequestRedirect as redirect:
            found[path] = redirect.new_url
        except werkzeug.exceptions.HTTPException as error:
            found[path] = str(error.code)
    for endpoint, values in ENDPOINTS.items():
        try:
            found[endpoint] = adapter.build(endpoint, values)
        except werkzeug.routing.BuildError:
            found[endpoint] = "none"
    found["rules"] = " ".join(rule.rule for rule in url_map.iter_rules())
    found["bound"] = str(all(rule.map is url_map for rule in url_map.iter_rules()))
    return found


def used_map(*rules: Any, **settings: Any) -> Map:
    """A map that a request has used, so that whoever changes it compiles the change."""
    url_map = Map([Rule("/old/<int:n>", endpoint="old"), *rules], **settings)
    assert url_map.bind("example.com").match("/old/1") == ("old", {"n": 1})
    return url_map


OLD = {
    **dict.fromkeys(PATHS, "404"),
    **dict.fromkeys(ENDPOINTS, "none"),
    "/old/1": "old{'n': 1}",
    "old": "/old/1",
    "rules": "/old/<int:n>",
    "bound": "True",
}
WITH_NEW = {**OLD, "/new": "new{}", "new": "/new", "rules": "/old/<int:n> /new"}
THREE = {
    "/a/1": "int{'n': 1}",
    "/a/x/y": "path{'p': 'x/y'}",
    "/b/": "branch{}",
    "/b": "http://example.com/b/",
    "int": "/a/1",
    "path": "/a/x/y",
    "branch": "/b/",
    "rules": "/old/<int:n> /a/<int:n> /a/<path:p> /b/",
}


def three_rules() -> Submount:
    return Submount(
        "/",
        [
            Rule("/a/<int:n>", endpoint="int"),
            Rule("/a/<path:p>", endpoint="path", methods=["GET"]),
            Rule("/b/", endpoint="branch"),
        ],
    )


class Comparing(Rule):
    def match_compare_key(self) -> Any:
        return super().match_compare_key()


class Binding(Rule):
    """Is bound by methods of its own, which want to have the map by then."""

    def bind(self, map: Any, rebind: bool = False) -> None:
        super().bind(map, rebind)

    def get_converter(self, *arguments: Any) -> Any:
        assert self.map is not None
        return super().get_converter(*arguments)


class Setting(Rule):
    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)


class BindingOfWerkzeugs(werkzeug.routing.Rule):
    def get_converter(self, *arguments: Any) -> Any:
        assert self.map is not None
        return super().get_converter(*arguments)


@pytest.mark.parametrize("used", [False, True])
@pytest.mark.parametrize(
    "rule_class",
    [Rule, Comparing, Binding, Setting, werkzeug.routing.Rule, BindingOfWerkzeugs],
    ids=lambda cls: f"{cls.__module__.partition('.')[0]}.{cls.__name__}",
)
def test_rule_is_added_or_not(rule_class: Any, used: bool) -> None:
    def prepare() -> Trial:
        url_map = used_map() if used else Map([Rule("/old/<int:n>", endpoint="old")])
        rule = rule_class("/new", endpoint="new")

        def look() -> object:
            found = answers(url_map)
            bound = rule.map is url_map
            assert rule.map is url_map or rule.map is None
            assert bound == (found["new"] == "/new")
            return found

        return Trial(lambda: url_map.add(rule), look)

    try_all(prepare, OLD, WITH_NEW)


def test_rule_of_an_endpoint_that_has_others_is_added_or_not() -> None:
    def prepare() -> Trial:
        url_map = used_map()
        rule = Rule("/new", endpoint="old")
        return Trial(lambda: url_map.add(rule), lambda: (answers(url_map), rule.map is url_map))

    after = {**OLD, "/new": "old{}", "rules": "/old/<int:n> /new"}
    try_all(prepare, (OLD, False), (after, True))


@pytest.mark.parametrize("used", [False, True])
def test_factory_is_added_whole_or_not_at_all(used: bool) -> None:
    def prepare() -> Trial:
        url_map = used_map() if used else Map([Rule("/old/<int:n>", endpoint="old")])
        factory = three_rules()

        def look() -> object:
            found = answers(url_map)
            if found == {**OLD, **THREE}:
                # It is known as a factory, too.
                url_map.remove(factory)
                assert answers(url_map) == OLD
                url_map.add(factory)
                assert answers(url_map) == found
            return found

        return Trial(lambda: url_map.add(factory), look)

    try_all(prepare, OLD, {**OLD, **THREE})


def test_factory_is_removed_whole_or_not_at_all() -> None:
    def prepare() -> Trial:
        factory = three_rules()
        url_map = used_map(factory)
        rules = [*url_map.iter_rules()][1:]

        def look() -> object:
            assert {rule.map for rule in rules} in ({None}, {url_map})
            assert (rules[0].map is None) == (len(list(url_map.iter_rules())) == 1)
            return answers(url_map)

        return Trial(lambda: url_map.remove(factory), look)

    try_all(prepare, {**OLD, **THREE}, OLD)


@pytest.mark.parametrize("rule_class", [Rule, Binding, Setting])
def test_rule_is_removed_or_not(rule_class: Any) -> None:
    def prepare() -> Trial:
        rule = rule_class("/new", endpoint="new")
        url_map = used_map(rule)
        return Trial(lambda: url_map.remove(rule), lambda: (answers(url_map), rule.map is None))

    try_all(prepare, (WITH_NEW, False), (OLD, True))


def test_rule_that_was_removed_goes_into_another_map_or_not() -> None:
    def prepare() -> Trial:
        rule = Rule("/new", endpoint="new")
        first, second = used_map(rule), used_map()

        def move() -> None:
            if rule.map is first:
                first.remove(rule)
            second.add(rule)

        def look() -> object:
            found = answers(first), answers(second)
            # It may be between the two.
            return (WITH_NEW, OLD) if found == (OLD, OLD) and rule.map is None else found

        return Trial(move, look)

    try_all(prepare, (WITH_NEW, OLD), (OLD, WITH_NEW))


def set_methods(url_map: Map, rule: Rule) -> None:
    rule.methods = {"POST"}


def clear_methods(url_map: Map, rule: Rule) -> None:
    assert rule.methods is not None
    rule.methods.clear()


def set_build_only(url_map: Map, rule: Rule) -> None:
    rule.build_only = True


def set_text(url_map: Map, rule: Rule) -> None:
    rule.rule = "/a/x/y"
    rule.refresh()


def take_out_of_the_dict(url_map: Map, rule: Rule) -> None:
    url_map._rules_by_endpoint.pop("new", None)


def take_out_of_the_list(url_map: Map, rule: Rule) -> None:
    url_map._rules_by_endpoint["new"].clear()


def rebuild_the_matcher(url_map: Map, rule: Rule) -> None:
    matcher = type(url_map._matcher)()
    matcher.add(next(url_map.iter_rules("old")))
    url_map._matcher = matcher


NOT_MATCHED = {**WITH_NEW, "/new": "404"}
NOT_BUILT = {**WITH_NEW, "new": "none", "rules": "/old/<int:n>"}


@pytest.mark.parametrize(
    "change, after",
    [
        (set_methods, {**WITH_NEW, "/new": "405"}),
        (clear_methods, NOT_MATCHED),
        (set_build_only, NOT_MATCHED),
        (set_text, {**NOT_MATCHED, "/a/x/y": "new{}", "new": "/a/x/y"}),
        (take_out_of_the_dict, NOT_BUILT),
        (take_out_of_the_list, NOT_BUILT),
        (rebuild_the_matcher, NOT_MATCHED),
    ],
)
@pytest.mark.parametrize("rule_class", [Rule, Setting])
def test_setting_is_taken_up_or_not(rule_class: Any, change: Any, after: Any) -> None:
    def prepare() -> Trial:
        rule = rule_class("/new", endpoint="new", methods=["GET"])
        url_map = used_map(rule)

        def look() -> object:
            found = answers(url_map)
            # A rule's own text is a setting that counts from the next refresh on.
            return {**found, "rules": found["rules"].replace("/a/x/y", "/new")}

        return Trial(lambda: change(url_map, rule), look)

    try_all(prepare, WITH_NEW, after)


def test_setting_of_a_map_is_taken_up_or_not() -> None:
    def prepare() -> Trial:
        url_map = used_map(merge_slashes=True)

        def call() -> None:
            url_map.merge_slashes = False

        def look() -> object:
            adapter = url_map.bind("example.com")
            redirects = False
            try:
                adapter.match("//old//1")
            except werkzeug.routing.RequestRedirect:
                redirects = True
            except werkzeug.exceptions.NotFound:
                pass
            assert redirects == url_map.merge_slashes
            return answers(url_map), redirects

        return Trial(call, look)

    try_all(prepare, (OLD, True), (OLD, False))


@pytest.mark.parametrize("match_order", ["weights", "segments", "registration"])
def test_first_compilation_is_made_again(match_order: str) -> None:
    def prepare() -> Trial:
        url_map = Map(
            [Rule("/old/<int:n>", endpoint="old"), three_rules()], match_order=match_order
        )
        return Trial(url_map.update, lambda: answers(url_map))

    try_all(prepare, {**OLD, **THREE}, {**OLD, **THREE})


def flask_application(*, rules: bool) -> flask.Flask:
    app = flask.Flask(__name__, static_folder=None)
    if rules:
        app.add_url_rule("/old/<int:n>", "old", lambda n: f"old {n}")
    return app


@pytest.mark.parametrize("rules", [False, True])
def test_application_of_flask_is_turned_or_not(rules: bool) -> None:
    def prepare() -> Trial:
        app = flask_application(rules=rules)
        old = app.url_map

        def look() -> object:
            turned = isinstance(app.url_map, Map)
            assert issubclass(app.url_map_class, Map) is turned
            assert issubclass(app.url_rule_class, Rule) is turned
            # Since 3.2, Flask keeps what is about the request in another place.
            shortened = turned and hasattr(flask.globals, "_cv_request")
            assert ("url_for" in vars(app)) is shortened
            # Who has held the map uses the new one.
            assert isinstance(old, Map) is turned
            with app.test_client() as client:
                status = client.get("/old/3").status_code
            assert [rule.rule for rule in old.iter_rules()] == ["/old/<int:n>"] * rules
            return turned, status

        return Trial(lambda: trieroute.flask.install(app), look)

    status = 200 if rules else 404
    try_all(prepare, (False, status), (True, status))


def endpoint(request: Any) -> Any:
    from starlette.responses import PlainTextResponse

    return PlainTextResponse(request.url.path)


def starlette_application() -> Any:
    below = Starlette(routes=[Route("/x/{n:int}", endpoint)])
    return Starlette(routes=[Route("/a", endpoint), Mount("/m", app=below)])


def fastapi_application() -> Any:
    app, router = FastAPI(), APIRouter()
    app.get("/a")(lambda: "a")
    router.get("/x/{n}")(lambda n: n)
    app.include_router(router, prefix="/m")
    return app


@pytest.mark.parametrize("make", [starlette_application, fastapi_application])
def test_routers_get_their_lists_or_not(make: Callable[[], Any]) -> None:
    def prepare() -> Trial:
        app = make()
        routers = [app.router]
        routers += [route.app.router for route in app.routes if isinstance(route, Mount)]

        def look() -> object:
            kinds = {type(router.routes).__name__ for router in routers}
            answered = [answer(app, path)[0] for path in ("/a", "/m/x/1", "/none")]
            return kinds, answered

        return Trial(lambda: speedup(app), look)

    try_all(prepare, ({"list"}, [200, 200, 404]), ({"RouteList"}, [200, 200, 404]))


def test_change_of_a_list_of_routes_is_seen_or_not_made() -> None:
    def prepare() -> Trial:
        app = starlette_application()
        speedup(app)
        assert answer(app, "/a")[0] == 200

        def call() -> None:
            app.routes[0] = Route("/b", endpoint)

        return Trial(call, lambda: [answer(app, path)[0] for path in ("/a", "/b")])

    try_all(prepare, [200, 404], [404, 200])


class Failing(Exception):
    """What a program's own method raises."""


class Fails:
    """Counts the calls of a program's own methods, and lets one of them fail."""

    def __init__(self, at: int, kind: type[BaseException]) -> None:
        self.left = at
        self.kind = kind

    def __call__(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise self.kind


@pytest.mark.parametrize("kind", [Failing, Interrupted, MemoryError, RecursionError])
def test_methods_of_a_program_may_fail_at_each_call(kind: type[BaseException]) -> None:
    def attempt(at: int) -> bool:
        fails = Fails(at, kind)

        class Own(Rule):
            def get_converter(self, *arguments: Any) -> Any:
                fails()
                converter = super().get_converter(*arguments)
                fails()
                return converter

            def match_compare_key(self) -> Any:
                fails()
                return super().match_compare_key()

            def build_compare_key(self) -> Any:
                fails()
                return super().build_compare_key()

            def bind(self, *arguments: Any, **keywords: Any) -> None:
                fails()
                super().bind(*arguments, **keywords)
                fails()

            def get_rules(self, map: Any) -> Any:
                fails()
                yield from super().get_rules(map)
                fails()

        class Upper(BaseConverter):
            def to_url(self, value: Any) -> str:
                fails()
                return str(value)

            def to_python(self, value: str) -> str:
                fails()
                return value

        url_map = used_map(converters={"upper": Upper})
        factory = Submount("/", [Rule("/plain", endpoint="plain")])
        rule = Own("/own/<upper:x>", endpoint="own")
        factory.rules = [*factory.rules, rule]
        calls: list[Callable[[], object]] = [
            lambda: url_map.add(factory),
            lambda: url_map.bind("example.com").match("/own/a"),
            lambda: url_map.bind("example.com").build("own", {"x": "a"}),
            lambda: url_map.remove(factory),
        ]
        reached = False
        for call in calls:
            try:
                call()
            except kind:
                reached = True
                rules = [rule.rule for rule in url_map.iter_rules()]
                assert rules in (["/old/<int:n>"], ["/old/<int:n>", "/plain", "/own/<upper:x>"])
                call()
        assert [rule.rule for rule in url_map.iter_rules()] == ["/old/<int:n>"]
        assert answers(url_map) == OLD
        return reached

    reached = [attempt(at) for at in range(1, 40)]
    assert reached[0] and not reached[-1]


PATCHING = """
import sys

import flask
import werkzeug.routing

import trieroute
from interruptions import interrupted


def main():
    packages = "flask", "werkzeug"
    owners = [flask.Flask, flask.sansio.app.App]
    owners += [found for name, found in sys.modules.items() if name.split(".")[0] in packages]

    def look():
        return [dict(vars(owner)) for owner in owners]

    def restore():
        for owner, names in zip(owners, before, strict=True):
            for name, value in names.items():
                if vars(owner)[name] is not value:
                    setattr(owner, name, value)

    # What a module held by a name of its own would be found, and no patching allowed.
    before = look()
    total = interrupted(trieroute.patch, 0, trieroute.patch.__code__)
    after = look()
    changed = sum(old[name] is not new[name] for old, new in zip(before, after) for name in old)
    print("changed", changed > 20)
    restore()
    assert look() == before
    for at in range(1, total + 1, total // TRIED + 1):
        interrupted(trieroute.patch, at, trieroute.patch.__code__)
        assert look() in (before, after), f"at {at} of {total}"
        restore()
    trieroute.patch()
    assert look() == after
    print("whole")


main()
"""


def test_names_are_patched_all_or_none() -> None:
    program = PATCHING.replace("TRIED", str(max(1, TRIED // 8)))
    ended = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=600,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert (ended.stdout, ended.stderr) == ("changed True\nwhole\n", "")


def test_the_thread_of_the_call_alone_is_interrupted() -> None:
    stopped = threading.Event()

    def run() -> None:
        while not stopped.is_set():
            pass

    def call() -> None:
        for _ in range(3):
            time.sleep(0.02)

    another = threading.Thread(target=run)
    another.start()
    try:
        assert interrupted(call, 0) < 100
    finally:
        stopped.set()
        another.join()
