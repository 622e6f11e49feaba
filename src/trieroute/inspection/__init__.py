"""Looking at a map from outside: what would change if an application moved to trieroute.

The modules here read a map and work on copies of it. They change nothing that matching sees, and
``import trieroute`` does not import them.
"""

from __future__ import annotations

from .application import TargetError, context_of, load_application, map_of
from .comparison import ORDERS, SEED, Comparison, Difference, compare

__all__ = [
    "ORDERS",
    "SEED",
    "Comparison",
    "Difference",
    "TargetError",
    "compare",
    "context_of",
    "load_application",
    "map_of",
]
