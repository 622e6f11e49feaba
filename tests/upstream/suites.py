"""The suites: which tests of which distribution, and what puts trieroute in place of the router."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SUITES", "Suite"]


@dataclass(frozen=True)
class Suite:
    """A project's tests; those of the version that is installed are run."""

    distribution: str
    #: What the installed version has to start with.
    series: str
    #: What pytest gets to run, within the sdist.
    tests: tuple[str, ...]
    #: Name of a function in :mod:`substitution`.
    substitution: str
    #: More arguments for pytest.
    options: tuple[str, ...] = ()
    #: What the substitution counts: something is put in place as often as that.
    count: str = "maps"


SUITES = {
    "werkzeug": Suite(
        "Werkzeug",
        "3.1.",
        ("tests/test_routing.py",),
        "werkzeug_routing",
        # The fixtures start servers and need another package; no test of routing uses one.
        ("--noconftest",),
    ),
    "flask": Suite("Flask", "3.1.", ("tests",), "werkzeug_routing"),
    "starlette": Suite("starlette", "", ("tests",), "starlette_routers", count="routers"),
    "fastapi": Suite("fastapi", "", ("tests",), "starlette_routers", count="routers"),
    # Routers are included before the applications are sped up.
    "fastapi-called": Suite(
        "fastapi", "", ("tests",), "starlette_applications", count="applications"
    ),
}
