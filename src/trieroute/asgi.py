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
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, MutableMapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from functools import lru_cache, partial
from typing import Any, Literal, TypeAlias

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

# First of all, since this waits for another thread that has begun to import the package.
from . import _library as _library
from ._core.map_adapter import MapAdapter
from ._errors import MethodNotAllowed, NotFound, WebsocketMismatch
from ._map import Map
from ._routers.answers import STANDARD_METHODS, as_answer, options_answer
from ._routers.given import returned_app
from ._routers.lifespans import Step, no_lifespan, refuse_manager, run
from ._routers.matched import MOUNT, ListedRoute, Route
from ._routers.mounts import BELOW, Mount, MountRule
from ._routers.routes import Routes
from ._routers.served import Served
from ._routers.urls import URLPath

__all__ = ["ASGIApp", "Mount", "Route", "Router", "URLPath"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

#: The messages that send a part of a body; two of them belong to extensions.
_WITH_BODY = ("http.response.body", "http.response.pathsend", "http.response.zerocopysend")

#: What a handler has to be, and what a rule and a mount can do about one of another kind.
_KIND = (
    "an ASGI application, an async function of (scope, receive, send)",
    "for handlers of another kind give the router adapt=..., such as"
    " starlette.routing.request_response for async functions of a request",
    "put a2wsgi.WSGIMiddleware around a WSGI application, such as one of Flask",
)

#: An ASGI 3 application.
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

#: What begins when a server starts and ends when it stops, and gives a part of the state.
Lifespan: TypeAlias = "Callable[[Router], AbstractAsyncContextManager[Mapping[str, Any] | None]]"


class Router(Routes[ASGIApp]):
    """Calls the ASGI application that the rule of a request has as its endpoint.

    :param map: the rules.
    :param handlers: handlers by endpoint. An endpoint without one must be a handler.
    :param server_name: the configured server name, for maps with subdomains; ``None`` for the host
        of each request.
    :param automatic_options: whether ``OPTIONS`` is answered where no rule names it but rules take
        other methods.
    :param on_error: called with the HTTP exception and the scope when no rule takes a request, for
        redirects, and when an application raises such an exception before it sends anything;
        returns an application that answers in place of the exception's own response, or ``None``.
        It may answer a WebSocket with a WebSocket's messages or as it does an HTTP request; a
        server that can't send the latter refuses the WebSocket. Exceptions of others that have
        ``status_code``, ``detail`` and ``headers`` become Werkzeug's, and keep these attributes.
    :param on_exception: called with any other exception that an application raises, and the scope;
        returns an application that answers, or ``None``, and the server gets the exception. If a
        part of a response has been sent, the server gets it in any case.
    :param adapt: makes an ASGI application of a handler, once for each, such as
        ``starlette.routing.request_response``; ``None`` if handlers are applications. Mounted
        applications are not adapted.
    :param adapt_websocket: the same for handlers of rules for WebSockets, such as
        ``starlette.routing.websocket_session``.
    :param relative_redirects: whether the router's own redirects leave out scheme and host where
        they lead to those of the request, for proxies that change the host.
    :param lifespan: called with the router when the server starts; returns an asynchronous context
        manager that lasts until the server stops. What it gives, a mapping or ``None``, is added to
        the state of every request. Those of routers that are mounted in this one last as long.
        ``"mounted"`` runs the lifespans of all other applications that are mounted, at any depth,
        and requests to them have their state as well. A list is run in its order.
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
        on_error: Callable[[HTTPException, Scope], ASGIApp | None] | None = None,
        on_exception: Callable[[Exception, Scope], ASGIApp | None] | None = None,
        adapt: Callable[[Any], ASGIApp] | None = None,
        adapt_websocket: Callable[[Any], ASGIApp] | None = None,
        relative_redirects: bool = False,
        lifespan: Lifespan
        | Literal["mounted"]
        | Iterable[Lifespan | Literal["mounted"]]
        | None = None,
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
            adapt_websocket=adapt_websocket,
            relative_redirects=relative_redirects,
            debug=debug,
        )
        if not (lifespan is None or callable(lifespan) or isinstance(lifespan, Iterable)):
            raise no_lifespan(lifespan)
        # What can be gone through once alone is needed at each start.
        lists = lifespan is not None and not (callable(lifespan) or isinstance(lifespan, str))
        self.lifespan = list(lifespan) if lists else lifespan  # type: ignore[arg-type]
        self._lifespans()
        #: What the lifespans of mounted applications have put into their state.
        self._states: dict[int, tuple[Any, MutableMapping[str, Any]]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a connection, as ASGI 3 asks it of an application.

        :raise LookupError: the endpoint of the matching rule is no application and has none.
        :raise ValueError: the scope is of an unknown type.
        """
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
            return
        scope["app_root_path"] = scope.get("root_path") or ""
        adapter = None
        try:
            # A map that matches hosts has rules for the request's own one.
            server_name = None if self.map.host_matching else self.server_name
            adapter = self.map.bind_to_scope(scope, server_name)
            rule, values = adapter.match(return_rule=True)
        except HTTPException as error:
            # An application that `on_error` gives may ask for it.
            scope["router"] = self
            method = scope["method"] if scope["type"] == "http" else "GET"
            around = self._adapter_for(error, adapter, scope)
            with nullcontext() if around is None else around.current():
                refusal = self._answer(error, method, scope, adapter)
                await self._send_answer(refusal, scope, receive, send)
            return
        served = self._apps.of(rule)
        path = rest = ""
        if served.is_mount:
            path, rest = adapter.path_info, values.pop(BELOW, "")
        outer = scope.get("path_params")
        scope["path_params"] = {**outer, **values} if outer else values
        handler = served.handler
        scope["router"] = handler if hasattr(handler, "url_path_for") else self
        scope["endpoint"] = handler
        above = scope.get(MOUNT)
        route = served.route
        # Where a router of Starlette's is between the two, it has its own route here.
        if above is not None and type(scope.get("route")) is Route:
            route = above._below(served.told)
        elif served.is_mount:
            route = Route([served.told])
        scope["route"] = route
        begun = False

        def sending(message: Message) -> Awaitable[None]:
            nonlocal begun
            if not begun:
                begun = True
                # Monitoring may end with the response, before the application does.
                if inner is not scope and (found := inner.get("route")) is not route:
                    route._learn(found)
            return send(message)

        answer: Send = sending
        if scope["type"] == "http":
            method = scope["method"]
            if method == "HEAD":
                answer = _headers_alone(sending)
            elif method == "OPTIONS" and self._answers_options(served):
                await _answer_with(options_answer(STANDARD_METHODS), send)
                return
        inner = scope
        if served.is_mount:
            mount = path[: len(path) - len(rest)].rstrip("/")
            inner = _below(scope, mount, path[len(mount) :])
            inner[MOUNT] = route
            if id(handler) in self._states:
                inner["state"] = {**(scope.get("state") or {}), **self._states[id(handler)][1]}
        with adapter.current(served.namespace):
            try:
                await served.app(inner, receive, answer)
            except Exception as error:
                await self._fail(error, begun, served, scope, receive, send)
            finally:
                if inner is not scope:
                    if (found := inner.get("route")) is not route:
                        route._learn(found)
                    scope["endpoint"] = inner.get("endpoint", handler)

    async def _fail(
        self,
        error: Exception,
        begun: bool,
        served: Served[ASGIApp],
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        """Answer an exception of an application, or raise it."""
        if isinstance(error, TypeError):
            served.explain(error, *_KIND)
        refusal = as_answer(error)
        # An application that answers may ask for it.
        scope["router"] = self
        answer: HTTPException | Response | ASGIApp | None
        ask = self.on_exception
        if begun:
            if refusal is None and ask is not None:
                # It is told, and what it returns comes too late.
                ask(error, scope)
            raise error
        if refusal is None:
            answer = None if ask is None else returned_app("on_exception", ask, error, scope)
        else:
            method = scope["method"] if scope["type"] == "http" else "GET"
            answer = self._answer(refusal, method, scope, None, served.rule)
        if answer is None:
            raise error
        await self._send_answer(answer, scope, receive, send)

    async def _send_answer(
        self, answer: HTTPException | Response | ASGIApp, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Send what answers in the place of an application."""
        if scope["type"] == "websocket":
            send = _denying(send, "websocket.http.response" in (scope.get("extensions") or ()))
        elif scope["method"] == "HEAD":
            send = _headers_alone(send)
        if isinstance(answer, (HTTPException, Response)):
            await _answer_with(answer, send)
            return
        if hasattr(answer, "url_path_for"):
            scope["router"] = answer
        await answer(scope, receive, send)

    @property
    def routes(self) -> list[ListedRoute]:
        """The rules that match, for packages that look for the route of a request here."""
        return [ListedRoute(rule) for rule in self.map._rules if not rule.build_only]

    def _bound_at(self, host: str, request: Scope) -> MapAdapter:
        return self.map.bind_to_scope({**request, "headers": [(b"host", host.encode())]}, host)

    def _accepted(self, request: Scope) -> str:
        given = [value for name, value in request.get("headers", ()) if name.lower() == b"accept"]
        return b", ".join(given).decode("latin-1")

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Start and stop with the server, and with this router those that are mounted in it."""
        phase = "startup"
        await receive()

        async def serve() -> None:
            nonlocal phase
            await send({"type": "lifespan.startup.complete"})
            phase = "shutdown"
            await receive()

        try:
            await run(self._steps(scope), scope, serve)
            if phase == "startup":
                raise RuntimeError("a mounted application has ended while others were starting")
        except BaseException:
            # A cancellation, or an exit, has to stop the server too.
            await send({"type": f"lifespan.{phase}.failed", "message": traceback.format_exc()})
            raise
        await send({"type": "lifespan.shutdown.complete"})

    def _lifespans(self) -> list[Any]:
        """Return what the router has as its lifespan, as a list.

        :raise TypeError: it is something else than lifespans.
        """
        given: Any = self.lifespan
        if given is None:
            return []
        listed = [given] if isinstance(given, str) or callable(given) else list(given)
        for each in listed:
            if not callable(each) and each != "mounted":
                raise no_lifespan(each)
        return listed

    def _steps(self, scope: Scope) -> list[Step]:
        """Return what begins when the server starts: of this router, then of those mounted in it.

        Each router and each application is there once.
        """
        steps: list[Step] = []
        added: set[str] = set()
        states: dict[int, tuple[Any, MutableMapping[str, Any]]] = {}
        family: list[Router] = [self]
        asked = {id(self): False}
        for router in family:
            own = router._lifespans()
            if asked[id(router)] and "mounted" not in own:
                own.append("mounted")
            mounts = [rule for rule in router.map._rules if isinstance(rule, MountRule)]
            apps = [router._apps.handler_of(rule) for rule in mounts]
            # The states are those of this server, whatever was there before.
            router._states = states
            for each in own:
                if each != "mounted":
                    steps.append((partial(_living, each, router, scope, added), None))
                    continue
                for app in apps:
                    if not isinstance(app, Router) and id(app) not in states:
                        states[id(app)] = app, {}
                        steps.append((app, states[id(app)][1]))
            for app in apps:
                if isinstance(app, Router) and id(app) not in asked:
                    asked[id(app)] = "mounted" in own
                    family.append(app)
        return steps


@asynccontextmanager
async def _living(
    begin: Lifespan, router: Router, scope: Scope, added: set[str]
) -> AsyncGenerator[None]:
    """Run the lifespan of a router, and add what it gives to the server's state.

    :param added: the names in the state that routers further out have added, which win.
    """
    manager = begin(router)
    if not hasattr(type(manager), "__aenter__"):
        refuse_manager(router, manager)
    async with manager as state:
        if state:
            if not isinstance(state, Mapping):
                raise TypeError(
                    f"the lifespan of {router!r} gives {state!r} as the state, which is no mapping"
                )
            if "state" not in scope:
                raise RuntimeError(
                    f"the lifespan of {router!r} gives a state, which this server does not"
                    " support: let it give None, or use a server with lifespan states"
                )
            new = {name: value for name, value in state.items() if name not in added}
            scope["state"].update(new)
            added.update(new)
        yield


def _below(scope: Scope, mount: str, rest: str) -> Scope:
    """Make the scope of an application that is mounted.

    :param mount: the path of the mount, below the router's root.
    :param rest: the path below the mount.
    """
    # Some servers say by None that there is none.
    root = (scope.get("root_path") or "").rstrip("/")
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
