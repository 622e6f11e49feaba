"""Random maps, requests, and changes of maps for as long as one likes: ``python -m tests.soak``.

The package is for its own process: it sets up hypothesis, and where the tests are found.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from hypothesis import HealthCheck, settings

#: How many examples of each property a round tries. With another number a round is another one.
EXAMPLES = int(os.environ.get("TRIEROUTE_EXAMPLES", 25))

# The tests import each other by name, as pytest lets them. Each takes the settings that it finds.
sys.path.insert(0, str(Path(__file__).parent.parent))
settings.register_profile(
    "soak",
    max_examples=EXAMPLES,
    derandomize=False,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("soak")
