"""A small FastAPI application on trieroute: ``uvicorn examples.fastapi_app:app``."""

from fastapi import APIRouter, FastAPI, WebSocket

from trieroute.starlette import speedup

app = FastAPI()
print(speedup(app))
users = APIRouter(prefix="/users")


@app.get("/")
async def home() -> dict[str, str]:
    return {"user": app.url_path_for("user", id=7)}


@users.get("/{id}")
async def user(id: int) -> dict[str, int]:
    return {"id": id}


@app.websocket("/rooms/{room}")
async def echo(websocket: WebSocket, room: str) -> None:
    await websocket.accept()
    await websocket.send_text(f"{room}: {await websocket.receive_text()}")
    await websocket.close()


app.include_router(users, prefix="/api")
