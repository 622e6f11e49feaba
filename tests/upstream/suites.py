"""The suites: which tests of which distribution, and what puts trieroute in place of the router."""

from __future__ import annotations

from dataclasses import dataclass, replace

__all__ = ["SUITES", "Suite"]


@dataclass(frozen=True)
class Suite:
    """A project's tests; those of the version that is installed are run."""

    distribution: str
    #: What the installed version has to start with; any of them, if there are several.
    series: str | tuple[str, ...]
    #: What pytest gets to run, within the sdist.
    tests: tuple[str, ...]
    #: Name of a function in :mod:`substitution`.
    substitution: str
    #: More arguments for pytest.
    options: tuple[str, ...] = ()
    #: What the substitution counts: something is put in place as often as that.
    count: str = "maps"


#: Of Werkzeug and of Flask. The sources of a version that is being developed are a checkout, which
#: `--sources` has to name.
_SERIES = ("3.1.", "3.2.")
_WERKZEUG = Suite(
    "Werkzeug",
    _SERIES,
    ("tests/test_routing.py",),
    "werkzeug_routing",
    # The fixtures start servers and need another package; no test of routing uses one.
    ("--noconftest",),
)

SUITES = {
    # What a program imports from trieroute, and what it gets by trieroute.patch().
    "werkzeug": _WERKZEUG,
    "werkzeug-patched": replace(_WERKZEUG, substitution="patched"),
    "flask": Suite(
        "Flask",
        _SERIES,
        ("tests",),
        "patched",
        # Its branch under development uses what that of Werkzeug gives up.
        ("-W", "ignore:The 'parse_:DeprecationWarning"),
    ),
    "starlette": Suite("starlette", "", ("tests",), "starlette_routers", count="routers"),
    "fastapi": Suite("fastapi", "", ("tests",), "starlette_routers", count="routers"),
    # Routers are included before the applications are sped up.
    "fastapi-called": Suite(
        "fastapi", "", ("tests",), "starlette_applications", count="applications"
    ),
    # Extensions of Flask, the gateway of LocalStack, and Klein. What they need beside themselves:
    # flask-login asgiref and semantic-version; flask-restx Faker, blinker, invoke, pytest-benchmark
    # and pytest-mock; klein idna and treq; rolo hypercorn, pydantic, pytest-httpserver,
    # Twisted, which its plugin for pytest imports, and websocket-client. Of rolo's servers, the one
    # of Twisted is left out.
    "flask-cors": Suite("flask-cors", "", ("tests",), "patched"),
    "flask-httpauth": Suite("Flask-HTTPAuth", "", ("tests",), "patched"),
    # Its sdist has no tests: `--sources` has to name a checkout.
    "flask-classful": Suite("Flask-Classful", "", ("tests",), "patched"),
    "flask-login": Suite("Flask-Login", "", ("tests",), "patched"),
    # Its sdist has the tests without their fixtures.
    "flask-restx": Suite("flask-restx", "", ("tests",), "patched", ("-p", "restx_fixtures")),
    "flask-smorest": Suite("flask-smorest", "", ("tests",), "patched"),
    "frozen-flask": Suite("Frozen-Flask", "", ("tests",), "patched"),
    "klein": Suite("klein", "", ("src/klein/test",), "patched"),
    "rolo": Suite("rolo", "", ("tests",), "patched", ("--ignore=tests/serving/test_twisted.py",)),
}
