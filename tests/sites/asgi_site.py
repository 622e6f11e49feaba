"""A router under uvicorn on a free port of loopback, which is printed.

``python asgi_site.py PARSER [ROOT]``: *PARSER* is uvicorn's HTTP parser, ``h11`` or ``httptools``;
*ROOT* its root path.
"""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn

from trieroute import Map, Rule, url_for
from trieroute.asgi import Router


async def tell(scope: Any, receive: Any, send: Any) -> None:
    """Answer with what the application got, and with a URL."""
    told = [
        scope["method"],
        scope["root_path"],
        scope["path"],
        scope["path_params"],
        scope["query_string"].decode(),
        url_for("item", id=7, _external=True),
    ]
    body = json.dumps(told).encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def started(scope: Any, receive: Any, send: Any) -> None:
    body = scope["state"]["greeting"].encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


async def live(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] != "websocket.disconnect":
        if "text" in message:
            room = scope["path_params"]["room"]
            text = f"{room} {url_for('live', room='b')} {message['text']}"
            await send({"type": "websocket.send", "text": text})


@asynccontextmanager
async def lifespan(router: Router) -> AsyncIterator[dict[str, str]]:
    yield {"greeting": "up since the start"}


inner = Router(Map([Rule("/", endpoint="items"), Rule("/<int:id>", endpoint="item")]))
inner.handlers.update(items=tell, item=tell)
main = Router(
    Map(
        [
            Rule("/", endpoint="index", methods=["GET"]),
            Rule("/items/", endpoint="items", methods=["GET"]),
            Rule("/items/<int:id>", endpoint="item", methods=["GET", "PUT"]),
            Rule("/files/<path:name>", endpoint="file"),
            Rule("/started", endpoint=started),
            Rule("/live/<room>", endpoint="live", websocket=True),
        ]
    ),
    {"index": tell, "items": tell, "item": tell, "file": tell, "live": live},
    lifespan=lifespan,
)
main.mount("/static", tell)
main.mount("/shops/<shop>", inner)


if __name__ == "__main__":
    root = sys.argv[2] if len(sys.argv) > 2 else ""
    config = uvicorn.Config(main, http=sys.argv[1], root_path=root, log_level="critical")
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listening:
        print("trieroute", flush=True)
        print(listening.getsockname()[1], flush=True)
        uvicorn.Server(config).run(sockets=[listening])
