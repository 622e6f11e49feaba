"""Looking at a map from outside: why a request goes where it goes, and what a move would change.

The modules here read a map and work on copies of it. They change nothing that matching sees, and
``import trieroute`` does not import them.
"""

from __future__ import annotations

from .application import TargetError, context_of, load_application, map_of
from .comparison import ORDERS, SEED, Comparison, Difference, compare
from .debug_answer import debug_answer
from .explained import Candidate, Explanation, NearRule, Verdict
from .explaining import explain
from .findings import Finding, Kind
from .map_check import check_map
from .page import html_page
from .route_rows import RouteRow, route_rows
from .routed import check, map_in_use, routed
from .starlette_routes import StarletteExplanation, explain_starlette, is_starlette
from .tree import Leaf, NodeKind, Tree, TreeLine, TreeNode, tree

__all__ = [
    "ORDERS",
    "SEED",
    "Candidate",
    "Comparison",
    "Difference",
    "Explanation",
    "Finding",
    "Kind",
    "Leaf",
    "NearRule",
    "NodeKind",
    "RouteRow",
    "StarletteExplanation",
    "TargetError",
    "Tree",
    "TreeLine",
    "TreeNode",
    "Verdict",
    "check",
    "check_map",
    "compare",
    "context_of",
    "debug_answer",
    "explain",
    "explain_starlette",
    "html_page",
    "is_starlette",
    "load_application",
    "map_in_use",
    "map_of",
    "route_rows",
    "routed",
    "tree",
]
