"""A router as a WSGI application.

Endpoints are WSGI applications, or names that the router's ``handlers`` has applications for::

    router = Router(Map())

    @router.route("/users/<int:id>", methods=["GET"])
    def user(environ, start_response):
        ...
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, cast

from werkzeug.exceptions import HTTPException

# First of all, since this waits for another thread that has begun to import the package.
from . import _library as _library
from ._core.hosts import place
from ._core.quoting import quote_path
from ._routers.answers import STANDARD_METHODS, as_answer, options_answer
from ._routers.given import returned_app
from ._routers.matched import MOUNT, Route
from ._routers.mounts import BELOW, Mount
from ._routers.routes import Routes

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from ._core.map_adapter import MapAdapter
    from ._map import Map
    from ._routers.served import Served

__all__ = ["Mount", "Route", "Router"]

#: What a handler has to be, and what a rule and a mount can do about one of another kind.
_KIND = (
    "a WSGI application, a function of (environ, start_response) that returns the parts of a body",
    "for handlers of another kind give the router adapt=..., such as werkzeug.Request.application"
    " for functions of a request, and serve async ones by trieroute.asgi.Router",
    "put a2wsgi.ASGIMiddleware around an ASGI application",
)

#: The key under which a router says what it matched; https://wsgi.readthedocs.io specifies it.
ROUTING_ARGS = "wsgiorg.routing_args"

#: The key under which it says by which rule: a :class:`Route`.
ROUTE = "trieroute.route"


class Router(Routes["WSGIApplication"]):
    """Calls the WSGI application that the rule of a request has as its endpoint.

    :param map: the rules.
    :param handlers: handlers by endpoint. An endpoint without one must be a handler.
    :param server_name: the configured server name, for maps with subdomains; ``None`` for the host
        of each request.
    :param automatic_options: whether ``OPTIONS`` is answered where no rule names it but rules take
        other methods.
    :param on_error: called with the HTTP exception and the environment when no rule takes a
        request, for redirects, and when an application raises such an exception before it starts
        its response; returns an application that answers in place of the exception, or ``None``.
        Exceptions of others that have ``status_code``, ``detail`` and ``headers`` become
        Werkzeug's, and keep these attributes.
    :param on_exception: called with any other exception that an application raises, and the
        environment; returns an application that answers, or ``None``, and the server gets the
        exception. If the response has been started, the server gets it in any case.
    :param adapt: makes a WSGI application of a handler, once for each, such as
        ``werkzeug.Request.application``; ``None`` if handlers are applications. Mounted
        applications are not adapted.
    :param relative_redirects: whether the router's own redirects leave out scheme and host where
        they lead to those of the request, for proxies that change the host.
    :param debug: whether a 404 or 405 of a request that no rule takes tells all clients why: each
        rule that came into question, as :meth:`trieroute.MapAdapter.explain` finds it. It is for
        development alone.
    :raise TypeError: *map* is no map of trieroute, or an argument that must be a function is none.
    """

    def __init__(
        self,
        map: Map,
        handlers: Mapping[Any, Any] | None = None,
        *,
        server_name: str | None = None,
        automatic_options: bool = True,
        on_error: Callable[[HTTPException, WSGIEnvironment], WSGIApplication | None] | None = None,
        on_exception: Callable[[Exception, WSGIEnvironment], WSGIApplication | None] | None = None,
        adapt: Callable[[Any], WSGIApplication] | None = None,
        relative_redirects: bool = False,
        debug: bool = False,
    ) -> None:
        super().__init__(
            map,
            handlers,
            server_name=server_name,
            automatic_options=automatic_options,
            on_error=on_error,
            on_exception=on_exception,
            adapt=adapt,
            adapt_websocket=adapt,
            relative_redirects=relative_redirects,
            debug=debug,
        )

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request, as WSGI asks it of an application.

        :raise LookupError: the endpoint of the matching rule is no application and has none.
        """
        method = environ["REQUEST_METHOD"]
        adapter = None
        answer: Any
        try:
            adapter = self._bound(environ)
            rule, values = adapter.match(return_rule=True)
        except HTTPException as error:
            around = self._adapter_for(error, adapter, environ)
            with nullcontext() if around is None else around.current():
                # A response, and an exception, are applications too.
                answer = self._answer(error, method, environ, adapter)
                body = self._called(answer, environ, start_response)
            return body if around is None else _sent(body, environ, around, None)
        served = self._apps.of(rule)
        inner = environ
        path = rest = ""
        if served.is_mount:
            path, rest = adapter.path_info, values.pop(BELOW, "")
        positional, outer = environ.get(ROUTING_ARGS, ((), None))
        environ[ROUTING_ARGS] = positional, {**outer, **values} if outer else values
        above = environ.get(MOUNT)
        if above is not None and type(environ.get(ROUTE)) is Route:
            environ[ROUTE] = above._below(served.told)
        elif served.is_mount:
            environ[ROUTE] = Route([served.told])
        else:
            environ[ROUTE] = served.route
        if served.is_mount:
            inner = _below(environ, path[: len(path) - len(rest)].rstrip("/"))
            inner[MOUNT] = environ[ROUTE]
        app = served.app
        if method == "OPTIONS" and self._answers_options(served):
            app = cast("WSGIApplication", options_answer(STANDARD_METHODS))
        begun = False

        def call(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
            def starting(*given: Any) -> Any:
                nonlocal begun
                begun = True
                return start(*given)

            try:
                return app(environ, starting)
            except TypeError as error:
                served.explain(error, *_KIND)
                raise

        with adapter.current(served.namespace):
            try:
                body = self._called(call, inner, start_response, served)
            except Exception as error:
                refusal = as_answer(error)
                if refusal is not None and not begun:
                    answer = self._answer(refusal, method, environ, None, rule)
                elif refusal is not None or self.on_exception is None:
                    raise
                elif begun:
                    # It is told, and what it returns comes too late.
                    self.on_exception(error, environ)
                    raise
                else:
                    answer = returned_app("on_exception", self.on_exception, error, environ)
                    if answer is None:
                        raise
                body = self._called(answer, environ, start_response)
        return _sent(body, environ, adapter, served)

    def _called(
        self,
        app: WSGIApplication,
        environ: WSGIEnvironment,
        start_response: StartResponse,
        served: Served[WSGIApplication] | None = None,
    ) -> Iterable[bytes]:
        """Call an application; of a response to ``HEAD``, the body is left out.

        :param served: what the application belongs to; ``None`` for one that answers an error.
        """
        if environ["REQUEST_METHOD"] == "HEAD":
            app = _headers_alone(app, served)
        body: Iterable[bytes] = app(environ, start_response)
        return body

    def _bound_at(self, host: str, request: WSGIEnvironment) -> MapAdapter:
        return self._bound({**request, "HTTP_HOST": host})

    def _accepted(self, request: WSGIEnvironment) -> str:
        return str(request.get("HTTP_ACCEPT", ""))

    def _bound(self, environ: WSGIEnvironment) -> MapAdapter:
        """Bind the map to a request.

        :raise BadHost: the request's host is none, or can't be encoded for DNS (IDNA).
        """
        found = place(
            environ["wsgi.url_scheme"],
            False,
            environ.get("HTTP_HOST"),
            (environ.get("SERVER_NAME"), environ.get("SERVER_PORT")),
            # A map that matches hosts has rules for the request's own one.
            None if self.map.host_matching else self.server_name,
            self.map._finds_subdomains,
            checks=True,
        )
        if environ.get("HTTP_HOST", "").endswith(":"):
            # Werkzeug takes a host with an empty port for none.
            environ = {**environ, "HTTP_HOST": environ["HTTP_HOST"][:-1]}
        root = environ.get("SCRIPT_NAME")
        if root:
            # URLs that are built start with it, so it is percent-encoded.
            decoded = root.encode("latin-1").decode(errors="replace")
            environ = {**environ, "SCRIPT_NAME": quote_path(f"/{decoded}")}
        adapter = self.map.bind_to_environ(environ, found.server_name, found.subdomain)
        adapter._outside = not found.inside
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


def _sent(
    body: Iterable[bytes],
    environ: WSGIEnvironment,
    adapter: MapAdapter,
    served: Served[WSGIApplication] | None,
) -> Iterable[bytes]:
    """Return the body of a response as the server is to get it."""
    # No code of the application runs while these are sent, and servers send them best as is.
    if isinstance(body, (list, tuple)):
        return body
    file = environ.get("wsgi.file_wrapper")
    if isinstance(file, type) and isinstance(body, file):
        return body
    return _Body(body, adapter, served)


def _parts(body: Iterable[bytes], served: Served[WSGIApplication] | None) -> Iterator[bytes]:
    try:
        return iter(body)
    except TypeError as error:
        if isinstance(body, Coroutine):
            # It is never awaited, which needs no warning beside the error.
            body.close()
        if served is not None:
            served.explain(error, *_KIND)
        raise


class _Body:
    """The body of a response: the adapter is the current one while a part is made."""

    def __init__(
        self,
        body: Iterable[bytes],
        adapter: MapAdapter,
        served: Served[WSGIApplication] | None,
    ) -> None:
        self._body = body
        self._parts: Iterator[bytes] | None = None
        self._adapter = adapter
        self._served = served
        self._namespace = None if served is None else served.namespace

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        with self._adapter.current(self._namespace):
            if self._parts is None:
                self._parts = _parts(self._body, self._served)
            return next(self._parts)

    def close(self) -> None:
        close = getattr(self._body, "close", None)
        if close is not None:
            with self._adapter.current(self._namespace):
                close()


def _headers_alone(app: WSGIApplication, served: Served[WSGIApplication] | None) -> WSGIApplication:
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
                for _ in _parts(body, served):
                    if started:
                        break
            if not started:
                named = app if served is None else served
                raise RuntimeError(f"{named!r} answered without calling start_response")
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
