"""What is mounted by a rule, and whether it has routes of its own."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from .._routers.mounts import MountRule
from .._routers.routes import Routes
from .application_map import routed
from .starlette_routes import is_starlette

__all__ = ["has_routes", "mounted_app"]

#: What is raised where an application has no map, does not tell it, or trieroute refuses it.
_REFUSALS = (TypeError, ValueError, LookupError, RuntimeError)


def mounted_app(rule: MountRule, application: Any) -> Any:
    """Return what is mounted by a rule.

    :param application: the router or the map that has the rule.
    """
    return application._apps.handler_of(rule) if isinstance(application, Routes) else rule.endpoint


def has_routes(application: Any, outer: tuple[Any, ...]) -> bool:
    """Tell whether what is mounted has routes that can be followed.

    :param outer: the applications in which it is mounted. One inside of itself has no end.
    """
    if any(application is each for each in outer):
        return False
    # A map that is refused must not keep the other routes from being told.
    with suppress(*_REFUSALS):
        if not is_starlette(application):
            routed(application).update()
        return True
    return False
