"""The map of an application of any kind, as trieroute matches it."""

from __future__ import annotations

from typing import Any

from .._dropin.install import taken_over
from .._map import Map
from .application import map_of
from .findings import Finding
from .map_check import Progress, check_map, silent
from .starlette_check import check_starlette
from .starlette_routes import is_starlette

__all__ = ["check", "routed"]


def routed(application: Any) -> Map:
    """Return the map by which an application routes.

    :param application: an application of Flask or Quart, a router of trieroute's, or a map.
    :return: a map of trieroute's; if the application has one of Werkzeug's, a map that was made of
        it, in Werkzeug's order.
    :raise TargetError: there is no map.
    :raise TypeError, ValueError, LookupError: trieroute refuses a rule of a map of Werkzeug's.
    """
    found = map_of(application)
    url_map: Map = found if isinstance(found, Map) else taken_over(found, "segments")
    return url_map


def check(application: Any, progress: Progress = silent) -> list[Finding]:
    """Look for what is likely a mistake in the rules of an application.

    This calls the application's converters. If they need a database or a context of the
    application, provide it around the call. In a test::

        assert trieroute.inspection.check(app) == []

    :param application: an application of Flask, Quart, Starlette or FastAPI, a router of
        trieroute's, or a map of Werkzeug's or trieroute's; it stays as it is. Less is told of
        Starlette's routes: see :func:`.starlette_check.check_starlette`.
    :param progress: gets a sequence, and gives its items; it may show how far the check has come.
    :return: the findings, those of a rule together, in the order in which the rules were added.
    :raise TargetError: there is no map.
    :raise TypeError, ValueError, LookupError: trieroute refuses a rule of a map of Werkzeug's.
    """
    if is_starlette(application):
        return check_starlette(application, progress)
    return check_map(routed(application), progress)
