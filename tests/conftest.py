"""How hypothesis runs here: in CI always the same examples, and as many as one asks for.

``TRIEROUTE_EXAMPLES=50000 pytest tests/test_against_werkzeug.py`` searches for longer.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

from trieroute._core.text import steps

# Release builds count no steps: there is nothing to test. CI runs the debug build as well.
collect_ignore = [] if steps() is not None else ["test_linear_time.py"]

settings.register_profile(
    "trieroute",
    max_examples=int(os.environ.get("TRIEROUTE_EXAMPLES", "300")),
    derandomize="CI" in os.environ,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("trieroute")
