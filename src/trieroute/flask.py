"""Flask applications that route with trieroute.

:func:`install` turns an application that exists; the classes are for a class of applications::

    class App(flask.Flask):
        url_map_class = trieroute.flask.Map
        url_rule_class = trieroute.flask.Rule
"""

from __future__ import annotations

from .dropin.install import Installation, Map, Rule, install

__all__ = ["Installation", "Map", "Rule", "install"]
