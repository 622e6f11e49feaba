"""A plain ASGI application: ``uvicorn examples.asgi_app:app``."""

from trieroute import Map, url_for
from trieroute.asgi import Router

app = Router(Map())


async def answer(send, text):
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})


@app.route("/", methods=["GET"])
async def index(scope, receive, send):
    await answer(send, url_for("greet", name="Zoë"))


@app.route("/hello/<name>", methods=["GET"])
async def greet(scope, receive, send):
    await answer(send, f"Hello, {scope['path_params']['name']}!")


@app.route("/echo", websocket=True)
async def echo(scope, receive, send):
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] != "websocket.disconnect":
        if "text" in message:
            await send({"type": "websocket.send", "text": message["text"]})
