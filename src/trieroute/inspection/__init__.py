"""Looking at a map from outside: why a request goes where it goes, and what a move would change.

The modules here read a map and work on copies of it. They change nothing that matching sees, and
``import trieroute`` does not import them. ``__all__`` has what is public; the other names are
for the commands and the routers.
"""

from __future__ import annotations

from .application import TargetError, load_application, map_of
from .application import context_of as context_of
from .comparison import ORDERS as ORDERS
from .comparison import SEED as SEED
from .comparison import Comparison, Difference, compare
from .debug_answer import debug_answer as debug_answer
from .explained import Candidate, Explanation, NearRule, Verdict
from .explaining import explain
from .findings import Finding, Kind
from .map_check import check_map
from .page import html_page
from .route_rows import RouteRow, route_rows
from .routed import check, routed
from .starlette_explained import StarletteExplanation, explain_starlette
from .starlette_routes import is_starlette as is_starlette
from .tree import Ending, NodeKind, Tree, TreeLine, TreeNode, tree

__all__ = [
    "Candidate",
    "Comparison",
    "Difference",
    "Ending",
    "Explanation",
    "Finding",
    "Kind",
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
    "explain",
    "explain_starlette",
    "html_page",
    "load_application",
    "map_of",
    "route_rows",
    "routed",
    "tree",
]
