"""Flask applications that route with trieroute.

:func:`install` turns an application that exists; the classes are for a class of applications::

    class App(flask.Flask):
        url_map_class = trieroute.flask.Map
        url_rule_class = trieroute.flask.Rule
"""

from __future__ import annotations

import sys
from typing import Any

from werkzeug.routing import BuildError

# First of all, since this waits for another thread that has begun to import the package.
from . import _library as _library
from ._core.changes import Changes
from ._core.replaced_methods import is_written_in
from ._dropin.fast_url_for import FastUrlFor
from ._dropin.install import Installation, Map, Rule, WerkzeugApplication, behind_proxy, prepare
from ._rules.order import MatchOrder

__all__ = ["Installation", "Map", "Rule", "install"]


def install(app: WerkzeugApplication, *, match_order: MatchOrder = "segments") -> Installation:
    """Let a Flask or Quart application route with trieroute, from the next request on.

    ``app.url_map`` becomes a map of trieroute with the rules, converters and settings of the one
    that the application had, and the rules that are registered later are trieroute's. Whoever
    holds the map that the application had uses the new one. Where ``app.url_for`` is Flask's own,
    it gets a short way for links within a request. A second call changes nothing.

    :param app: the application, or a proxy of it such as ``flask.current_app``; it may have rules
        or none, and may be serving requests.
    :param match_order: which of several matching rules wins; see :class:`trieroute.Map`. The order
        of Flask and Quart is ``"segments"``.
    :return: what was done; prints well.
    :raise TypeError: *app* is no application, or its class of maps or of rules overrides what
        trieroute has no counterpart of. The application is left as it was.
    :raise ValueError: *match_order* is unknown, or trieroute can't parse a rule. The application is
        left as it was.
    :raise RuntimeError: the application has a map of trieroute in another order.
    """
    changes = Changes()
    itself = behind_proxy(app)
    installation = prepare(changes, itself, match_order)
    _shorten_links(changes, itself)
    changes.make()
    return installation


def _shorten_links(changes: Changes, app: Any) -> None:
    """Add to changes that an application whose ``url_for`` is Flask's own gets the short way."""
    flask: Any = sys.modules.get("flask")
    request = getattr(getattr(flask, "globals", None), "_cv_request", None)
    if request is None or not isinstance(app, flask.Flask) or "url_for" in vars(app):
        return
    own = {name: getattr(flask.Flask, name) for name in ("url_for", "inject_url_defaults")}
    # What a program has put on the class of Flask's is not Flask's own either.
    if any(
        getattr(type(app), name) is not function or not is_written_in(function, "flask")
        for name, function in own.items()
    ):
        return
    made = app.url_for
    fast = FastUrlFor(app, own, request.get, BuildError)
    changes.put(vars(app), "url_for", fast)
    # The environment of templates may have been made already.
    environment = vars(app).get("jinja_env")
    if environment is not None and environment.globals.get("url_for") == made:
        changes.put(environment.globals, "url_for", fast)
