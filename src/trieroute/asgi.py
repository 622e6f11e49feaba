"""A router as an ASGI application.

Endpoints are ASGI applications, or names that the router's ``handlers`` has applications for::

    router = Router(Map())

    @router.route("/users/<int:id>", methods=["GET"])
    async def user(scope, receive, send):
        ...

ASGI itself has no key of the scope for what a router finds out. This one sets the keys that have
become the custom, by which an application or its monitoring finds them whoever the router is:
``path_params``, ``endpoint``, ``route``, and ``router``, whose method ``url_path_for`` builds URLs
below the root path that ``app_root_path`` has. Where the application builds its own URLs, by such
a method or below a mount, ``router`` is the application, or left for it to set.
"""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, nullcontext
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import quote, urlsplit

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from ._core.map_adapter import MapAdapter
from .converters import PATH_SAFE
from .errors import MethodNotAllowed, NotFound, WebsocketMismatch
from .map import Map
from .routers import Mount, MountRule, Routes, namespace_of

__all__ = ["ASGIApp", "Mount", "Router", "URLPath"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

#: The messages that send a part of a body; two of them belong to extensions.
_WITH_BODY = ("http.response.body", "http.response.pathsend", "http.response.zerocopysend")

#: An ASGI 3 application.
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]


class Router(Routes[ASGIApp]):
    """Calls the ASGI application that the rule of a request has as its endpoint.

    :param map: the rules.
    :param handlers: applications by endpoint. An endpoint without one must be an application.
    :param server_name: the configured server name, for maps with subdomains; ``None`` for the host
        of each request.
    :param automatic_options: whether ``OPTIONS`` is answered where no rule takes it but rules take
        other methods.
    :param on_error: called with the HTTP exception and the scope when no rule takes a request, for
        redirects, and when an application raises such an exception before it sends anything;
        returns an application that answers in place of the exception's own response, or ``None``.
        It may answer a WebSocket with a WebSocket's messages or as it does an HTTP request; a
        server that can't send the latter refuses the WebSocket.
    :param lifespan: called with the router when the server starts; returns an asynchronous context
        manager that lasts until the server stops. What it gives, a mapping or ``None``, is added to
        the state of every request. Those of routers that are mounted in this one last as long.
    :param debug: whether a 404 or 405 of a request that no rule takes tells all clients why: each
        rule that came into question, as :meth:`trieroute.MapAdapter.explain` finds it. It is for
        development alone.
    :raise TypeError: *map* is no map of trieroute.
    """

    def __init__(
        self,
        map: Map,
        handlers: Mapping[Any, ASGIApp] | None = None,
        *,
        server_name: str | None = None,
        automatic_options: bool = True,
        on_error: Callable[[HTTPException, Scope], ASGIApp | None] | None = None,
        lifespan: Callable[[Router], AbstractAsyncContextManager[Mapping[str, Any] | None]]
        | None = None,
        debug: bool = False,
    ) -> None:
        super().__init__(
            map,
            handlers,
            server_name=server_name,
            automatic_options=automatic_options,
            on_error=on_error,
            debug=debug,
        )
        self.lifespan = lifespan

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a connection; an ASGI 3 application.

        :raise LookupError: the endpoint of the matching rule is no application and has none.
        :raise ValueError: the scope is of an unknown type.
        """
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
            return
        scope["app_root_path"] = scope.get("root_path", "")
        adapter = None
        try:
            adapter = self.map.bind_to_scope(scope, self.server_name)
            rule, app, values, cut = self._match(adapter, scope.get("path_params"))
        except HTTPException as error:
            with nullcontext() if adapter is None else adapter.current():
                await self._refuse(error, scope, receive, send, adapter)
            return
        scope["path_params"] = values
        scope["router"] = app if hasattr(app, "url_path_for") else self
        scope["endpoint"] = app
        scope["route"] = rule
        inner = scope if cut is None else _below(scope, *cut)
        begun = False

        def sending(message: Message) -> Awaitable[None]:
            nonlocal begun
            begun = True
            return send(message)

        is_head = scope["type"] == "http" and scope["method"] == "HEAD"
        answer = _headers_alone(sending) if is_head else sending
        with adapter.current(namespace_of(rule.endpoint)):
            try:
                await app(inner, receive, answer)
            except HTTPException as error:
                if begun:
                    raise
                await self._refuse(error, scope, receive, send)

    def url_path_for(self, name: Any, /, **path_params: Any) -> URLPath:
        """Build the URL of an endpoint; whoever finds the router in a scope may call it.

        :param name: the endpoint.
        :param path_params: values by variable name; others become the query.
        :return: the path below the router's root, which knows how to become a full URL.
        :raise BuildError: no rule of the endpoint suits.
        """
        url = self.map.bind(self.server_name or "").build(name, path_params, force_external=True)
        scheme, _, rest = url.partition("://")
        host, slash, path = rest.partition("/")
        return URLPath(slash + path, "websocket" if scheme == "ws" else "http", host)

    async def _refuse(
        self,
        error: HTTPException,
        scope: Scope,
        receive: Receive,
        send: Send,
        adapter: MapAdapter | None = None,
    ) -> None:
        """Answer a request that no rule takes, or whose application raises an HTTP exception."""
        if scope["type"] == "websocket":
            method = "GET"
            send = _denying(send, "websocket.http.response" in (scope.get("extensions") or ()))
        else:
            method = scope["method"]
            if method == "HEAD":
                send = _headers_alone(send)
        # An application that `on_error` gives may ask for it.
        scope["router"] = self
        answer = self._answer(error, method, scope, adapter)
        if isinstance(answer, (HTTPException, Response)):
            await _answer_with(answer, send)
            return
        if hasattr(answer, "url_path_for"):
            scope["router"] = answer
        await answer(scope, receive, send)

    def _accepted(self, request: Scope) -> str:
        given = [value for name, value in request["headers"] if name.lower() == b"accept"]
        return b", ".join(given).decode("latin-1")

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Start and stop with the server, and with this router those that are mounted in it."""
        phase = "startup"
        await receive()
        try:
            async with AsyncExitStack() as stack:
                states = [
                    (router, await stack.enter_async_context(router.lifespan(router)))
                    for router in self._family()
                    if router.lifespan is not None
                ]
                # The state of a router that is further out is added last, and wins.
                for router, state in reversed(states):
                    if state and "state" not in scope:
                        raise RuntimeError(
                            f"the lifespan of {router!r} gives a state, which this server does not"
                            " support: let it give None, or use a server with lifespan states"
                        )
                    if state:
                        scope["state"].update(state)
                await send({"type": "lifespan.startup.complete"})
                phase = "shutdown"
                await receive()
        except BaseException:
            # A cancellation, or an exit, has to stop the server too.
            await send({"type": f"lifespan.{phase}.failed", "message": traceback.format_exc()})
            raise
        await send({"type": "lifespan.shutdown.complete"})

    def _family(self) -> list[Router]:
        """Return this router and those mounted in it at any depth, each once, outer ones first."""
        family: list[Router] = [self]
        for router in family:
            for rule in router.map.iter_rules():
                if isinstance(rule, MountRule):
                    app: Any = router.handlers.get(rule.endpoint, rule.endpoint)
                    if isinstance(app, Router) and app not in family:
                        family.append(app)
        return family


class URLPath(str):
    """The path of a URL, which can become a full URL.

    :param path: the path, and the query.
    :param protocol: ``"http"`` or ``"websocket"``.
    :param host: the host, empty for that of the base URL; with a dot at its end, a subdomain of
        the base URL's.
    """

    protocol: Literal["http", "websocket"]
    host: str

    def __new__(
        cls, path: str, protocol: Literal["http", "websocket"] = "http", host: str = ""
    ) -> URLPath:
        """Make a text that has protocol and host as attributes."""
        self = super().__new__(cls, path)
        self.protocol = protocol
        self.host = host
        return self

    def make_absolute_url(self, base_url: Any) -> Any:
        """Put scheme, host and root path of a base URL in front.

        :param base_url: the URL of the router's root: a str, or an object of a class that turns
            a str into such an object, and that ``str`` turns into the URL.
        :return: the full URL, of the type of the base URL.
        """
        base = urlsplit(str(base_url))
        scheme = "ws" if self.protocol == "websocket" else "http"
        if base.scheme in ("https", "wss"):
            scheme += "s"
        host = self.host or base.netloc
        if host.endswith("."):
            host += base.netloc
        root = quote(base.path.rstrip("/"), safe=f"{PATH_SAFE}%")
        url = f"{scheme}://{host}{root}{self}"
        return url if isinstance(base_url, str) else type(base_url)(url)


def _below(scope: Scope, mount: str, rest: str) -> Scope:
    """Make the scope of an application that is mounted.

    :param mount: the path of the mount, below the router's root.
    :param rest: the path below the mount.
    """
    root = scope.get("root_path", "").rstrip("/")
    if mount:
        root = f"{root}/{mount.lstrip('/')}"
    inner = {**scope, "root_path": root, "path": root + rest}
    # An application that is mounted has URLs of its own, and sets these itself.
    del inner["router"], inner["app_root_path"]
    return inner


# These pages are the same for every request. Werkzeug makes them anew each time, which takes longer
# than the rest of an answer. A program may change what they are made of, so that is the key.
@lru_cache(maxsize=16)
def _page(kind: type[HTTPException], description: str | None, get_body: Any) -> bytes:
    return kind().get_body().encode()


async def _answer_with(answer: HTTPException | Response, send: Send) -> None:
    """Send a response, or the one of an exception."""
    status: int | None
    if (
        type(answer) in (NotFound, MethodNotAllowed, WebsocketMismatch)
        and isinstance(answer, HTTPException)
        and answer.response is None
        and "description" not in vars(answer)
    ):
        kind: Any = type(answer)
        body = _page(kind, answer.description, kind.get_body)
        status = answer.code
        headers = [*answer.get_headers(), ("Content-Length", str(len(body)))]
    else:
        response = answer.get_response() if isinstance(answer, HTTPException) else answer
        body = response.get_data()
        status = response.status_code
        headers = response.get_wsgi_headers({}).to_wsgi_list()
    lines = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    await send({"type": "http.response.start", "status": status, "headers": lines})
    await send({"type": "http.response.body", "body": body})


def _headers_alone(send: Send) -> Send:
    """Leave out the body of a response, as it must be for ``HEAD``."""

    async def without_body(message: Message) -> None:
        if message["type"] in _WITH_BODY:
            more = message.get("more_body", False)
            message = {"type": "http.response.body", "body": b"", "more_body": more}
        await send(message)

    return without_body


def _denying(send: Send, answers: bool) -> Send:
    """Turn the response to an HTTP request into one to a WebSocket's handshake.

    :param answers: whether the server can send one; otherwise the handshake is refused, which is a
        403 with a body of the server's. Messages for WebSockets go on as they are.
    """

    async def deny(message: Message) -> None:
        kind = message["type"].removeprefix("websocket.")
        if kind.startswith("http."):
            if answers:
                message = {**message, "type": f"websocket.{kind}"}
            elif kind == "http.response.start":
                message = {"type": "websocket.close", "code": 1000, "reason": ""}
            else:
                return
        await send(message)

    return deny
