"""Looking at a map from outside: what would change if an application moved to trieroute.

Everything here reads what a map says of itself and works on copies. Nothing here changes what
matching sees, and ``import trieroute`` does not import it.
"""

from __future__ import annotations

from .application import TargetError, context_of, load_application, map_of
from .comparison import ORDERS, SEED, Comparison, Difference, compare
from .explanations import HEADINGS

__all__ = [
    "HEADINGS",
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
