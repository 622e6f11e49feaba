"""How hypothesis runs here: the same examples each time, unless more of them are asked for.

``TRIEROUTE_EXAMPLES=50000 pytest tests/test_against_werkzeug.py`` searches for longer, and at
random: what it finds is printed with the line that runs it again. Fewer examples than the usual
ones make a run shorter, which stays the same each time.
"""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec

import pytest
from hypothesis import HealthCheck, settings
from werkzeug.routing.rules import Rule as WerkzeugRule

import trieroute._map
from trieroute._core.text import steps

ALLOCATIONS_FAIL = find_spec("_testcapi") is not None and sys.version_info[:2] not in (
    (3, 12),
    (3, 13),
)

# Tests of what is not there: release builds count no steps (CI runs the debug build as well),
# interpreters are made by a module of CPython 3.14, Windows does not fork, and the private memory
# of a worker is what Linux tells. Allocations fail by a module that CPython has for its own tests,
# and some installations lack; CPython 3.12 and 3.13 crash by themselves where they fail.
collect_ignore = [
    *(["test_linear_time.py"] if steps() is None else []),
    *(["test_interpreters.py"] if sys.version_info < (3, 14) else []),
    *([] if ALLOCATIONS_FAIL else ["test_failed_allocations.py"]),
    *([] if hasattr(os, "fork") else ["test_processes.py"]),
    *([] if os.path.exists("/proc/self/smaps_rollup") else ["test_prepare.py"]),
]

USUAL = 150
EXAMPLES = int(os.environ.get("TRIEROUTE_EXAMPLES", USUAL))

settings.register_profile(
    "trieroute",
    max_examples=EXAMPLES,
    derandomize=EXAMPLES <= USUAL,
    # An example that failed once on this machine would come first in later runs on it alone.
    database=None,
    print_blob=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("trieroute")


@pytest.fixture
def equal_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let maps take rules that are equal, which are an error with Werkzeug 3.2."""
    if trieroute._map.DUPLICATE_RULE_ERROR is not None:
        monkeypatch.setattr(trieroute._map, "DUPLICATE_RULE_ERROR", None)
        monkeypatch.setattr(WerkzeugRule, "is_duplicate", lambda rule, other: False)
