"""Starlette and FastAPI applications whose routes are found by the trie; see :func:`speedup`."""

from .route_list import RouteList as RouteList
from .speedup import Speedup as Speedup
from .speedup import speedup as speedup

__all__ = ["RouteList", "Speedup", "speedup"]
