"""Looking at a map from outside; programs import from :mod:`trieroute.inspection`.

The modules here read a map and work on copies of it. They change nothing that matching sees, and
``import trieroute`` does not import them. The names are those that adapters, maps and routers ask
this package for, see ``_core/inspected.py``.
"""

from __future__ import annotations

from .debug_answer import debug_answer as debug_answer
from .explaining import explain as explain
from .map_check import check_map as check_map
