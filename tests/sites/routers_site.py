"""A router on a free port of loopback, which is printed.

``python routers_site.py SERVER [ROOT]``: *SERVER* is ``h11`` or ``httptools``, uvicorn's parsers of
HTTP, or ``hypercorn`` or ``granian``, which serve the ASGI router, or ``waitress``, ``gunicorn`` or
``granian-wsgi``, which serve the WSGI router;
*ROOT* is the path at which the server says that the router is.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import hypercorn
import hypercorn.asyncio
import uvicorn
import waitress
from gunicorn.app.base import BaseApplication

from trieroute import Map, Rule, asgi, url_for, wsgi

#: Seconds that a connection is kept for another request, however slow the client's machine is.
KEEP_ALIVE = 60

STATE = {"greeting": "up since the start"}


def told(*seen: Any) -> bytes:
    """Give what an application got as JSON, and a URL."""
    return json.dumps([*seen, url_for("item", id=7, _external=True)]).encode()


# ASGI


async def answer(send: Any, body: bytes) -> None:
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def tell(scope: Any, receive: Any, send: Any) -> None:
    """Tell method, root, whole path, values and query."""
    parts = ("method", "root_path", "path", "path_params")
    await answer(send, told(*(scope[part] for part in parts), scope["query_string"].decode()))


async def slow(scope: Any, receive: Any, send: Any) -> None:
    """Answer in parts, with pauses in which a client may go."""
    n = scope["path_params"]["n"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(3):
        await asyncio.sleep(0.01)
        body = f"{url_for('slow', n=n)} ".encode()
        await send({"type": "http.response.body", "body": body, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def started(scope: Any, receive: Any, send: Any) -> None:
    await answer(send, scope["state"]["greeting"].encode())


async def live(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] != "websocket.disconnect":
        if "text" in message:
            room = scope["path_params"]["room"]
            text = f"{room} {url_for('live', room='b')} {message['text']}"
            await send({"type": "websocket.send", "text": text})


@asynccontextmanager
async def lifespan(router: asgi.Router) -> AsyncIterator[dict[str, str]]:
    yield STATE


# WSGI


def wsgi_tell(environ: Any, start_response: Any) -> list[bytes]:
    """Tell what :func:`tell` tells; the bytes of a path stand in the environment as Latin-1."""
    root, below = environ["SCRIPT_NAME"], environ["PATH_INFO"]
    root, path = (text.encode("latin-1").decode(errors="replace") for text in (root, root + below))
    _, values = environ["wsgiorg.routing_args"]
    start_response("200 OK", [("Content-Type", "application/json")])
    return [told(environ["REQUEST_METHOD"], root, path, values, environ["QUERY_STRING"])]


def bytes_of_path(environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "application/octet-stream")])
    return [environ["PATH_INFO"].encode("latin-1")]


def streamed(environ: Any, start_response: Any) -> Iterator[bytes]:
    """Answer in parts, each of which builds a URL when it is sent."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    for id in range(3):
        yield f"{url_for('item', id=id)} ".encode()


def wsgi_slow(environ: Any, start_response: Any) -> Iterator[bytes]:
    _, values = environ["wsgiorg.routing_args"]
    start_response("200 OK", [("Content-Type", "text/plain")])
    for _ in range(3):
        time.sleep(0.01)
        yield f"{url_for('slow', n=values['n'])} ".encode()


# Both


def site(kind: Any, tell: Any, **options: Any) -> Any:
    """Make the router of the tests.

    :param kind: the class of routers.
    :param tell: the application that most endpoints have.
    :param options: of the router.
    """
    inner = kind(Map([Rule("/", endpoint="items"), Rule("/<int:id>", endpoint="item")]))
    inner.handlers.update(items=tell, item=tell)
    router = kind(
        Map(
            [
                Rule("/", endpoint="index", methods=["GET"]),
                Rule("/items/", endpoint="items", methods=["GET"]),
                Rule("/items/<int:id>", endpoint="item", methods=["GET", "PUT"]),
                Rule("/files/<path:name>", endpoint="file"),
                Rule("/live/<room>", endpoint="live", websocket=True),
            ]
        ),
        {"index": tell, "items": tell, "item": tell, "file": tell, "live": live},
        **options,
    )
    router.mount("/static", tell)
    router.mount("/shops/<shop>", inner)
    return router


asgi_router = site(asgi.Router, tell, lifespan=lifespan)
asgi_router.route("/started")(started)
asgi_router.get("/slow/<int:n>", endpoint="slow")(slow)
wsgi_router = site(wsgi.Router, wsgi_tell)
wsgi_router.route("/streamed")(streamed)
wsgi_router.get("/slow/<int:n>", endpoint="slow")(wsgi_slow)
wsgi_router.mount("/bytes", bytes_of_path)


class Gunicorn(BaseApplication):  # type: ignore[misc]
    """Gunicorn, with threads, for its plain workers keep no connection alive."""

    def __init__(self, listening: socket.socket) -> None:
        self.listening = listening
        super().__init__()

    def load_config(self) -> None:
        for name, value in {
            "bind": f"fd://{self.listening.fileno()}",
            "worker_class": "gthread",
            "threads": 4,
            "limit_request_line": 0,
            "keepalive": KEEP_ALIVE,
            "loglevel": "critical",
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return wsgi_router


def serve(server: str, root: str, listening: socket.socket) -> None:
    if server.startswith("granian"):
        # It takes no socket: its workers listen anew.
        port = listening.getsockname()[1]
        listening.close()
        kind = "wsgi" if server == "granian-wsgi" else "asgi"
        options = [f"--interface={kind}", "--host=127.0.0.1", f"--port={port}", "--no-ws"]
        target = f"{Path(__file__).stem}:{kind}_router"
        os.chdir(Path(__file__).parent)
        arguments = [sys.executable, "-m", "granian", *options, "--log-level=critical", target]
        os.execv(sys.executable, arguments)
    elif server == "hypercorn":
        hypercorn_config = hypercorn.Config()
        hypercorn_config.bind = [f"fd://{listening.fileno()}"]
        hypercorn_config.loglevel = "CRITICAL"
        asyncio.run(hypercorn.asyncio.serve(asgi_router, hypercorn_config))
    elif server == "gunicorn":
        os.environ["SCRIPT_NAME"] = root
        Gunicorn(listening).run()
    elif server == "waitress":
        waitress.serve(
            wsgi_router, sockets=[listening], url_prefix=root, clear_untrusted_proxy_headers=True
        )
    else:
        config = uvicorn.Config(
            asgi_router,
            http=server,
            root_path=root,
            log_level="critical",
            # h11 refuses a longer head, but only where that does not arrive in one piece.
            h11_max_incomplete_event_size=1_000_000,
            timeout_keep_alive=KEEP_ALIVE,
        )
        uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listening:
        print("trieroute", flush=True)
        print(listening.getsockname()[1], flush=True)
        serve(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "", listening)
