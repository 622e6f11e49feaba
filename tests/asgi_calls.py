"""Calling ASGI applications without a server, and writing down what comes of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

Application = Callable[[Any, Any, Any], Awaitable[None]]


class Answer(NamedTuple):
    """What came of a request.

    :param status: the status, 403 for a refused WebSocket, 101 for an accepted one.
    :param location: the header of a redirect.
    :param allow: the methods that a 405 allows.
    :param calls: what the endpoints saw of the scope.
    :param error: the class and text of an exception that left the application.
    """

    status: int | None
    location: str | None
    allow: list[str] | None
    calls: list[Any]
    error: str | None = None


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
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


def call(
    app: Application,
    path: str,
    method: str = "GET",
    *,
    websocket: bool = False,
    root_path: str = "",
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Call an application whose endpoints wait for nothing."""
    given = {"host": "example.org", **(headers or {})}
    scope: dict[str, Any] = {
        "type": "websocket" if websocket else "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "ws" if websocket else "http",
        "path": path,
        "raw_path": path.encode(errors="surrogatepass"),
        "root_path": root_path,
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 80),
        "test.calls": [],
    }
    if not websocket:
        scope["method"] = method
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"} if websocket else {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(message)

    error = None
    calling: Any = app(scope, receive, send)
    try:
        calling.send(None)
        raise AssertionError("the application waits for something")
    except StopIteration:
        pass
    except AssertionError:
        raise
    except Exception as caught:
        error = f"{type(caught).__name__}: {caught}"
    start = sent[0] if sent else {"type": "nothing"}
    names = {"websocket.accept": 101, "websocket.close": 403}
    answered = {name.decode(): value.decode() for name, value in start.get("headers", ())}
    allow = answered.get("allow")
    return Answer(
        start.get("status", names.get(start["type"])),
        answered.get("location"),
        None if allow is None else sorted(allow.split(", ")),
        scope["test.calls"],
        error,
    )


def answer(app: Any, path: str, method: str = "GET") -> tuple[int, bytes]:
    """Return status and body of a request that may wait for something."""
    sent: list[Any] = []
    body = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> Any:
        for message in body:
            return message
        # The client stays connected.
        await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": [],
        "http_version": "1.1",
        "scheme": "http",
        "server": ("example.org", 80),
        "client": None,
    }
    asyncio.run(app(scope, receive, send))
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])
