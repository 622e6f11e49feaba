"""Calling ASGI applications without a server, and writing down what comes of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple


class Answer(NamedTuple):
    """What an application sent, and what its endpoints of the class `Endpoint` saw of the scope."""

    messages: list[Any]
    calls: list[Any]

    @property
    def status(self) -> int:
        """The status; 101 for a WebSocket that was accepted, 403 for one that was refused."""
        start = self.messages[0]
        status = {"websocket.accept": 101, "websocket.close": 403}.get(start["type"])
        return int(start["status"] if status is None else status)

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.messages[0]["headers"]}

    @property
    def location(self) -> str | None:
        return self.headers.get("location")

    @property
    def allow(self) -> list[str]:
        return sorted(self.headers["allow"].split(", "))

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.messages[1:])

    @property
    def text(self) -> str:
        return self.body.decode()


class Endpoint:
    """An ASGI application that writes down what it sees."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        scope["test.calls"].append(
            {
                "name": self.name,
                "path_params": scope.get("path_params"),
                "root_path": scope.get("root_path"),
                "app_root_path": scope.get("app_root_path"),
                "endpoint": getattr(scope.get("endpoint"), "name", None),
                "route": getattr(scope.get("route"), "path", None),
                "type of route": type(scope.get("route")).__name__,
                "keys": sorted(scope),
            }
        )
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
        else:
            await respond(send, "")


async def respond(send: Any, text: str) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": text.encode()})


def http_scope(path: str, method: str = "GET", host: str = "example.org", **more: Any) -> Any:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(errors="surrogatepass"),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"accept", b"*/*"), (b"host", host.encode("latin-1"))],
        "server": ("127.0.0.1", 8000),
        **more,
    }


def websocket_scope(path: str, **more: Any) -> Any:
    scope = http_scope(path, **{"type": "websocket", "scheme": "ws", **more})
    del scope["method"]
    return scope


def call(app: Any, scope: Any, *received: dict[str, Any]) -> Answer:
    """Call an application to its end; the client sends messages, and goes when it is answered."""
    sent: list[Any] = []
    waiting = list(received)
    answered = asyncio.Event()

    async def receive() -> dict[str, Any]:
        if not waiting:
            # Until it has the whole answer, the client stays connected.
            await answered.wait()
            return {"type": "http.disconnect"}
        return waiting.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            answered.set()

    asyncio.run(app(scope, receive, send))
    return Answer(sent, scope.get("test.calls", []))


def request(
    app: Any,
    path: str,
    method: str = "GET",
    *,
    websocket: bool = False,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> Answer:
    """Call an application for a request without a body, or for the handshake of a WebSocket."""
    given = {"host": "example.org", **(headers or {})}
    more["headers"] = [(name.encode(), value.encode()) for name, value in given.items()]
    more["test.calls"] = []
    if websocket:
        return call(app, websocket_scope(path, **more), {"type": "websocket.connect"})
    scope = http_scope(path, method, **more)
    return call(app, scope, {"type": "http.request", "body": b"", "more_body": False})


def answer(app: Any, path: str, method: str = "GET") -> tuple[int, bytes]:
    """Return status and body of a request."""
    answered = request(app, path, method)
    return answered.status, answered.body
