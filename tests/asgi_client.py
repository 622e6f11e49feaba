"""Calling an ASGI application without a server."""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple


class Answer(NamedTuple):
    """What an application sent."""

    messages: list[dict[str, Any]]

    @property
    def status(self) -> int:
        status = self.messages[0]["status"]
        assert isinstance(status, int)
        return status

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.messages[0]["headers"]}

    @property
    def text(self) -> str:
        return b"".join(message.get("body", b"") for message in self.messages[1:]).decode()


def http_scope(path: str, method: str = "GET", host: str = "example.org", **more: Any) -> Any:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
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
    """Call an application to its end and give what it sent."""
    sent: list[dict[str, Any]] = []
    waiting = list(received)

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return Answer(sent)


async def respond(send: Any, text: str) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": text.encode()})
