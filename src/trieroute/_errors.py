"""The routing exceptions.

They are Werkzeug's own classes, re-exported: existing ``except`` clauses, error handlers and
``get_response()`` keep working when a program changes its router.
"""

from __future__ import annotations

from werkzeug.exceptions import BadHost as BadHost
from werkzeug.exceptions import MethodNotAllowed as MethodNotAllowed
from werkzeug.exceptions import NotFound as NotFound
from werkzeug.routing import BuildError as BuildError
from werkzeug.routing import NoMatch as NoMatch
from werkzeug.routing import RequestAliasRedirect as RequestAliasRedirect
from werkzeug.routing import RequestPath as RequestPath
from werkzeug.routing import RequestRedirect as RequestRedirect
from werkzeug.routing import RoutingException as RoutingException
from werkzeug.routing import ValidationError as ValidationError
from werkzeug.routing import WebsocketMismatch as WebsocketMismatch
