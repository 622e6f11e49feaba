"""Looking at a map from outside: why a request goes where it goes, and what a move would change.

The functions here read a map and work on copies of it. They change nothing that matching sees, and
``import trieroute`` does not import this module.
"""

from __future__ import annotations

# First of all, since this waits for another thread that has begun to import the package.
from . import _library as _library
from ._inspection.application import TargetError, load_application, map_of
from ._inspection.application_map import check, routed
from ._inspection.comparison import Comparison, Difference, compare
from ._inspection.explained import Candidate, Explanation, NearRule, Verdict
from ._inspection.explaining import explain
from ._inspection.findings import Finding, Kind
from ._inspection.map_check import check_map
from ._inspection.page import html_page
from ._inspection.route_rows import RouteRow, route_rows
from ._inspection.starlette_explained import StarletteExplanation, explain_starlette
from ._inspection.tree import Ending, NodeKind, Tree, TreeLine, TreeNode, tree

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
