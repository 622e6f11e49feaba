"""A Starlette or FastAPI application under uvicorn on a free port of loopback, which is printed.

``python starlette_site.py starlette|fastapi FOLDER plain|speedup h11|httptools ROOT``: *FOLDER* has
the static files; with ``speedup`` trieroute finds the routes; the server parses HTTP by h11 or
httptools, and *ROOT* is its root path.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from typing import Any

import uvicorn
from fastapi import APIRouter, Depends, FastAPI
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Host, Mount, Route, Router, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket


class Stamp:
    """Middleware that adds a header."""

    def __init__(self, app: Any, text: str) -> None:
        self.app = app
        self.text = text

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def stamped(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-stamp", self.text.encode())]
            await send(message)

        await self.app(scope, receive, stamped)


async def show(request: Request) -> JSONResponse:
    return JSONResponse(
        {
            "path": request.url.path,
            "path_params": request.path_params,
            "root_path": request.scope["root_path"],
            "route": getattr(request.scope.get("route"), "path", None),
            "home": str(request.url_for("home")) if "app" in request.scope else None,
        }
    )


async def live(websocket: WebSocket) -> None:
    await websocket.accept()
    while True:
        text = await websocket.receive_text()
        await websocket.send_text(f"{websocket.path_params['room']} {text}")


def starlette_application(folder: str) -> Starlette:
    api = Router(
        [
            Route("/", show),
            Route("/{id:int}", show, methods=["GET", "DELETE"]),
            Route("/{id}/{rest:path}", show),
        ]
    )
    return Starlette(
        routes=[
            Route("/", show, name="home"),
            Route("/items/{id:int}", show),
            Route("/items/{id:int}", show, methods=["POST"]),
            Route("/items/{name}", show),
            Route("/items/", show),
            Route("/files/{path:path}", show),
            Route("/any", show, methods=["GET", "POST"]),
            WebSocketRoute("/live/{room}", live),
            Mount("/api", app=api, middleware=[Middleware(Stamp, text="api")]),
            Mount("/static", StaticFiles(directory=folder)),
            Host("{user}.site.example", Router([Route("/{page}", show)])),
            Mount("/rest", routes=[Mount("/{version}", routes=[Route("/{name}", show)])]),
        ]
    )


def fastapi_application(folder: str) -> FastAPI:
    app = FastAPI()
    router = APIRouter(prefix="/users", dependencies=[Depends(limit)])

    @app.get("/", name="home")
    async def home(request: Request) -> Any:
        return {"route": request.scope["route"].path, "home": str(request.url_for("home"))}

    # Of several methods, the description names one or the other, by the order of a set.
    @app.post("/any")
    @app.get("/any")
    async def any_method(request: Request) -> str:
        return request.method

    @app.get("/items/{id}")
    async def item(id: int, q: str = "none") -> dict[str, Any]:
        return {"id": id, "q": q}

    @app.post("/items/{id}")
    async def change(id: str) -> str:
        return f"changed {id}"

    @app.get("/files/{path:path}")
    async def file(path: str) -> str:
        return path

    @router.get("/{name}")
    async def user(name: str, request: Request) -> dict[str, Any]:
        return {"name": name, "route": request.scope["route"].path}

    @router.websocket("/{room}/live")
    async def room_live(websocket: WebSocket, room: str) -> None:
        await live(websocket)

    outer = APIRouter()
    outer.include_router(router, prefix="/v1")
    app.include_router(router)
    app.include_router(outer, prefix="/api")
    app.mount("/static", StaticFiles(directory=folder))
    app.websocket("/live/{room}")(live)
    return app


async def limit(limit: int = 10) -> int:
    return limit


async def main() -> None:
    kind, folder, option, parser, root = sys.argv[1:]
    make = {"starlette": starlette_application, "fastapi": fastapi_application}[kind]
    app: Any = make(folder)
    if option == "speedup":
        from trieroute.starlette import speedup

        speedup(app)
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    print(type(app.router.routes).__module__.partition(".")[0])
    print(listener.getsockname()[1], flush=True)
    config = uvicorn.Config(
        app,
        http=parser,
        root_path=root,
        log_level="warning",
        lifespan="on",
        server_header=False,
        # h11 refuses a longer head, but only where that does not arrive in one piece.
        h11_max_incomplete_event_size=1_000_000,
        # A connection is kept, however slow the client's machine is.
        timeout_keep_alive=60,
    )
    await uvicorn.Server(config).serve([listener])


if __name__ == "__main__":
    asyncio.run(main())
