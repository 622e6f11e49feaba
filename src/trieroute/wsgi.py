"""A router as a WSGI application.

Endpoints are WSGI applications, or names that the router's ``handlers`` has applications for::

    router = Router(Map())

    @router.route("/users/<int:id>", methods=["GET"])
    def user(environ, start_response):
        ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from werkzeug.exceptions import HTTPException

from ._core.hosts import place
from .converters import PATH_SAFE
from .routers import Mount, Routes, namespace_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from ._core.map_adapter import MapAdapter

__all__ = ["Mount", "Router"]

#: The key under which a router says what it matched; https://wsgi.readthedocs.io specifies it.
ROUTING_ARGS = "wsgiorg.routing_args"


class Router(Routes["WSGIApplication"]):
    """Calls the WSGI application that the rule of a request has as its endpoint.

    :param map: the rules.
    :param handlers: applications by endpoint. An endpoint without one must be an application.
    :param server_name: the configured server name, for maps with subdomains; ``None`` for the host
        of each request.
    :param automatic_options: whether ``OPTIONS`` is answered where no rule takes it but rules take
        other methods.
    :param on_error: called with the HTTP exception and the environment when no rule takes a
        request, for redirects, and when an application raises such an exception before it starts
        its response; returns an application that answers in place of the exception, or ``None``.
    :param debug: whether a 404 or 405 of a request that no rule takes tells all clients why: each
        rule that came into question, as :meth:`trieroute.MapAdapter.explain` finds it. It is for
        development alone.
    :raise TypeError: *map* is no map of trieroute.
    """

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request; a WSGI application.

        :raise LookupError: the endpoint of the matching rule is no application and has none.
        """
        method = environ["REQUEST_METHOD"]
        adapter = namespace = rule = None
        begun = False

        def call(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
            def starting(*given: Any) -> Any:
                nonlocal begun
                begun = True
                return start(*given)

            return app(environ, starting)

        try:
            adapter = self._bound(environ)
            positional, outer = environ.get(ROUTING_ARGS, ((), None))
            rule, app, values, cut = self._match(adapter, outer)
            namespace = namespace_of(rule.endpoint)
            environ[ROUTING_ARGS] = positional, values
            inner = environ if cut is None else _below(environ, cut[0])
            answer = _headers_alone(call) if method == "HEAD" else call
            with adapter.current(namespace):
                body = answer(inner, start_response)
        except HTTPException as error:
            if begun:
                raise
            with nullcontext() if adapter is None else adapter.current(namespace):
                # A response, and an exception, are applications too.
                unmatched = adapter if rule is None else None
                refusal = self._answer(error, method, environ, unmatched)
                if method == "HEAD":
                    refusal = _headers_alone(refusal)
                body = refusal(environ, start_response)
        if adapter is None:
            return body
        file = environ.get("wsgi.file_wrapper")
        # No code of the application runs while these are sent, and servers send them best as is.
        if isinstance(body, (list, tuple)) or (isinstance(file, type) and isinstance(body, file)):
            return body
        return _Body(body, adapter, namespace)

    def _accepted(self, request: WSGIEnvironment) -> str:
        return str(request.get("HTTP_ACCEPT", ""))

    def _bound(self, environ: WSGIEnvironment) -> MapAdapter:
        """Bind the map to a request.

        :raise BadHost: the request's host is none, or can't be encoded for DNS (IDNA).
        """
        found = place(
            environ["wsgi.url_scheme"],
            environ.get("HTTP_HOST"),
            (environ.get("SERVER_NAME"), environ.get("SERVER_PORT")),
            self.server_name,
            not self.map.host_matching,
            checks=True,
        )
        root = environ.get("SCRIPT_NAME")
        if root:
            # URLs that are built start with it, so it is percent-encoded.
            decoded = root.encode("latin-1").decode(errors="replace")
            environ = {**environ, "SCRIPT_NAME": quote(f"/{decoded}", safe=PATH_SAFE)}
        adapter = self.map.bind_to_environ(environ, found.server_name, found.subdomain)
        adapter.outside = not found.inside
        return adapter


def _below(environ: WSGIEnvironment, mount: str) -> WSGIEnvironment:
    """Make the environment of an application that is mounted.

    :param mount: the decoded path of the mount. The path is cut at its slashes, for bytes that are
        no UTF-8 can't be told from the decoded text.
    """
    path = environ.get("PATH_INFO", "")
    end = -1
    for _ in range(mount.count("/") + 1):
        end = path.find("/", end + 1)
        if end < 0:
            end = len(path)
            break
    root = environ.get("SCRIPT_NAME", "").rstrip("/")
    if mount:
        root = f"{root}/{path[:end].lstrip('/')}"
    else:
        end = 0
    return {**environ, "SCRIPT_NAME": root, "PATH_INFO": path[end:]}


class _Body:
    """The body of a response: the adapter is the current one while a part is made."""

    def __init__(self, body: Iterable[bytes], adapter: MapAdapter, namespace: str | None) -> None:
        self._body = body
        self._parts: Iterator[bytes] | None = None
        self._adapter = adapter
        self._namespace = namespace

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        with self._adapter.current(self._namespace):
            if self._parts is None:
                self._parts = iter(self._body)
            return next(self._parts)

    def close(self) -> None:
        close = getattr(self._body, "close", None)
        if close is not None:
            with self._adapter.current(self._namespace):
                close()


def _headers_alone(app: WSGIApplication) -> WSGIApplication:
    """Leave out the body of a response, as it must be for ``HEAD``."""

    def headers_alone(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        started: tuple[Any, ...] = ()
        wrote = False

        def start(*given: Any) -> Callable[[bytes], object]:
            nonlocal started
            started = given
            return write_nothing

        def write_nothing(part: bytes) -> None:
            nonlocal wrote
            wrote = True

        body = app(environ, start)
        try:
            if not started:
                # A generator starts the response before its first part.
                for _ in body:
                    if started:
                        break
            if not started:
                raise RuntimeError(f"{app!r} answered without calling start_response")
            status, headers, *exc_info = started
            # The server would have found out the length of such a body by itself. An application
            # that knows of HEAD may have left the body out, so an empty one tells nothing.
            if (
                isinstance(body, (list, tuple))
                and any(body)
                and not wrote
                and not any(name.lower() == "content-length" for name, _ in headers)
            ):
                headers = [*headers, ("Content-Length", str(sum(map(len, body))))]
            start_response(status, headers, *exc_info)
        finally:
            close = getattr(body, "close", None)
            if close is not None:
                close()
        return []

    return headers_alone
