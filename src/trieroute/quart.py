"""Quart applications that route with trieroute, WebSockets included.

:func:`install` turns an application that exists; the classes are for a class of applications::

    class App(quart.Quart):
        url_map_class = trieroute.quart.Map
        url_rule_class = trieroute.quart.Rule
"""

from __future__ import annotations

from quart.routing import QuartMap, QuartRule

# First of all, since this waits for another thread that has begun to import the package.
from . import _library as _library
from ._dropin.install import Installation, install
from ._dropin.install import Map as DropinMap
from ._dropin.install import Rule as DropinRule
from ._rules.foreign import combined

__all__ = ["Installation", "Map", "Rule", "install"]

#: Quart's class of maps, which matches with trieroute.
Map: type[QuartMap] = combined(QuartMap, DropinMap)
#: Quart's class of rules, as a rule of trieroute.
Rule: type[QuartRule] = combined(QuartRule, DropinRule)
