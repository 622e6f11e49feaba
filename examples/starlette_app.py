"""A small Starlette application on trieroute: ``uvicorn examples.starlette_app:app``."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket

from trieroute.starlette import speedup


async def home(request: Request) -> JSONResponse:
    return JSONResponse({"user": str(request.url_for("api:user", id=7))})


async def user(request: Request) -> JSONResponse:
    return JSONResponse({"id": request.path_params["id"]})


async def echo(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text(f"{websocket.path_params['room']}: {await websocket.receive_text()}")
    await websocket.close()


app = Starlette(
    routes=[
        Route("/", home),
        Mount("/api", name="api", routes=[Route("/users/{id:int}", user)]),
        WebSocketRoute("/rooms/{room}", echo),
    ]
)
print(speedup(app))
