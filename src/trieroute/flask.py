"""Flask applications that route with trieroute.

:func:`install` turns an application that exists; the classes are for a class of applications::

    class App(flask.Flask):
        url_map_class = trieroute.flask.Map
        url_rule_class = trieroute.flask.Rule
"""

from __future__ import annotations

import flask

from .dropin import Installation, Map, Rule, install_map

__all__ = ["Installation", "Map", "Rule", "install"]


def install(app: flask.Flask, match_order: str = "segments") -> Installation:
    """Let a Flask application route with trieroute, from the next request on.

    ``app.url_map`` becomes a map of trieroute with the rules, converters and settings of the one
    that the application had, and the rules that are registered later are trieroute's. A second
    call changes nothing.

    :param app: the application; it may have rules or none, and may be serving requests.
    :param match_order: which of several matching rules wins; see :class:`trieroute.Map`. The order
        of Flask is ``"segments"``.
    :return: what was done; prints well.
    :raise TypeError: *app* is no Flask application, or its class of maps or of rules overrides what
        trieroute has no counterpart of. The application is left as it was.
    :raise ValueError: *match_order* is unknown, or trieroute can't parse a rule. The application is
        left as it was.
    :raise RuntimeError: the application has a map of trieroute in another order.
    """
    if not isinstance(app, flask.Flask):
        raise TypeError(
            f"app must be a Flask application, not {type(app).__module__}.{type(app).__qualname__}"
        )
    return install_map(app, match_order)
