"""Quart applications that route with trieroute, WebSockets included.

:func:`install` turns an application that exists; the classes are for a class of applications::

    class App(quart.Quart):
        url_map_class = trieroute.quart.Map
        url_rule_class = trieroute.quart.Rule
"""

from __future__ import annotations

import quart
from quart.routing import QuartMap, QuartRule

from .adoption import combined
from .dropin import Installation, install_map
from .dropin import Map as DropinMap
from .dropin import Rule as DropinRule

__all__ = ["Installation", "Map", "Rule", "install"]

#: Quart's class of maps, which matches with trieroute.
Map: type[QuartMap] = combined(QuartMap, DropinMap)
#: Quart's class of rules, as a rule of trieroute.
Rule: type[QuartRule] = combined(QuartRule, DropinRule)


def install(app: quart.Quart, match_order: str = "segments") -> Installation:
    """Let a Quart application route with trieroute, from the next request on.

    ``app.url_map`` becomes a map of trieroute with the rules, converters and settings of the one
    that the application had, and the rules that are registered later are trieroute's. A second
    call changes nothing.

    :param app: the application; it may have rules or none, and may be serving requests.
    :param match_order: which of several matching rules wins; see :class:`trieroute.Map`. The order
        of Quart is ``"segments"``.
    :return: what was done; prints well.
    :raise TypeError: *app* is no Quart application, or its class of maps or of rules overrides what
        trieroute has no counterpart of. The application is left as it was.
    :raise ValueError: *match_order* is unknown, or trieroute can't parse a rule. The application is
        left as it was.
    :raise RuntimeError: the application has a map of trieroute in another order.
    """
    if not isinstance(app, quart.Quart):
        raise TypeError(
            f"app must be a Quart application, not {type(app).__module__}.{type(app).__qualname__}"
        )
    return install_map(app, match_order)
