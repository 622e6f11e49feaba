"""Mounts among the rules of a map: which rule stands for one, and what is mounted there."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from .._routers.mounts import BELOW, MountRule
from .._routers.routes import Routes
from .._rules.rule import Rule
from .routed import routed
from .starlette_routes import is_starlette

__all__ = ["REFUSALS", "has_routes", "is_told", "mounted_app"]

#: What is raised where an application has no map, does not tell it, or trieroute refuses it.
REFUSALS = (TypeError, ValueError, LookupError, RuntimeError)


def is_told(rule: Rule) -> bool:
    """Tell whether a rule is shown: of the several rules of a mount, one stands for all."""
    return not isinstance(rule, MountRule) or (not rule.websocket and BELOW in rule.arguments)


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
    with suppress(*REFUSALS):
        if not is_starlette(application):
            routed(application).update()
        return True
    return False
