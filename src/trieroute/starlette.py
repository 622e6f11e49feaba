"""Starlette and FastAPI applications whose routes are found by the trie; see :func:`speedup`."""

from __future__ import annotations

# First of all, since this waits for another thread that has begun to import the package.
from . import _library as _library
from ._starlette.route_list import RouteList as RouteList
from ._starlette.speedup import Speedup as Speedup
from ._starlette.speedup import speedup as speedup

__all__ = ["RouteList", "Speedup", "speedup"]
