"""Looking at a map from outside: why a request goes where it goes, and what a move would change.

The modules here read a map and work on copies of it. They change nothing that matching sees, and
``import trieroute`` does not import them.
"""

from __future__ import annotations

from .application import TargetError, context_of, load_application, map_of
from .comparison import ORDERS, SEED, Comparison, Difference, compare
from .explained import Candidate, Explanation, NearRule, Verdict, explain

__all__ = [
    "ORDERS",
    "SEED",
    "Candidate",
    "Comparison",
    "Difference",
    "Explanation",
    "NearRule",
    "TargetError",
    "Verdict",
    "compare",
    "context_of",
    "explain",
    "load_application",
    "map_of",
]
