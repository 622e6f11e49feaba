"""A pytest plugin: puts trieroute in place of another router, and writes down what became of tests.

It runs inside the suite of another project, so it imports nothing of these tests.
"""

from __future__ import annotations

import functools
import json
import sys
from pathlib import Path
from typing import Any

import _pytest.monkeypatch
import pytest

#: How often trieroute was put in place.
made = 0
#: What became of each test.
outcomes: dict[str, str] = {}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--substitution", choices=SUBSTITUTIONS, help="What to put trieroute in for.")
    parser.addoption("--outcomes", type=Path, help="File to write the tests' outcomes to.")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    # Flask's tests import this name, which pytest 9 has no more.
    if not hasattr(_pytest.monkeypatch, "notset"):
        _pytest.monkeypatch.notset = _pytest.monkeypatch.NOTSET
    substitution = early_config.known_args_namespace.substitution
    if substitution is not None:
        SUBSTITUTIONS[substitution]()


def werkzeug_routing() -> None:
    """Replace the names of ``werkzeug.routing``, for everything that is imported from now on."""
    early = {"flask", "quart"}.intersection(sys.modules)
    if early:
        raise RuntimeError(f"{', '.join(early)} was imported before trieroute took its place")

    import werkzeug.routing

    import trieroute

    class Map(trieroute.Map):
        """Has the match order of the map that it replaces, where the suite asks for none."""

        def __init__(self, *args: Any, match_order: str = "segments", **kwargs: Any) -> None:
            global made
            made += 1
            super().__init__(*args, match_order=match_order, **kwargs)

    for name in trieroute.__all__:
        if hasattr(werkzeug.routing, name):
            setattr(werkzeug.routing, name, getattr(trieroute, name))
    werkzeug.routing.Map = Map


def patched() -> None:
    """Call ``trieroute.patch``, and count the maps of trieroute that are made from now on."""
    import trieroute

    trieroute.patch()
    make = trieroute.Map.__init__

    @functools.wraps(make)
    def make_and_count(self: Any, *args: Any, **kwargs: Any) -> None:
        global made
        make(self, *args, **kwargs)
        made += 1

    trieroute.Map.__init__ = make_and_count


def starlette_routers() -> None:
    """Speed up every router of Starlette and FastAPI that is made from now on."""
    from starlette.routing import Router

    from trieroute.starlette import speedup

    make = Router.__init__

    @functools.wraps(make)
    def make_and_speed_up(self: Any, *args: Any, **kwargs: Any) -> None:
        global made
        make(self, *args, **kwargs)
        speedup(self)
        made += 1

    Router.__init__ = make_and_speed_up


def starlette_applications() -> None:
    """Speed up every application of Starlette and FastAPI at its first call, complete as it is."""
    from starlette.applications import Starlette

    from trieroute.starlette import speedup

    call = Starlette.__call__

    @functools.wraps(call)
    async def speed_up_and_call(self: Any, *args: Any) -> None:
        global made
        if self.middleware_stack is None:
            speedup(self)
            made += 1
        await call(self, *args)

    Starlette.__call__ = speed_up_and_call


#: What can be substituted, by the name that a suite has for it.
SUBSTITUTIONS = {
    "werkzeug_routing": werkzeug_routing,
    "patched": patched,
    "starlette_routers": starlette_routers,
    "starlette_applications": starlette_applications,
}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    # Of set-up, call and tear-down, the first that does not pass says what became of the test.
    if outcomes.get(report.nodeid, "passed") == "passed":
        outcomes[report.nodeid] = report.outcome


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.outcome != "passed":
        outcomes[report.nodeid] = report.outcome


def pytest_sessionfinish(session: pytest.Session) -> None:
    record = {"made": made, "outcomes": outcomes}
    session.config.option.outcomes.write_text(json.dumps(record), encoding="utf-8")
