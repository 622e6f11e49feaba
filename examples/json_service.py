"""A JSON service with its own 404 and 405: ``uvicorn examples.json_service:app``."""

import json

from trieroute import Map, NotFound, url_for
from trieroute.asgi import Router

NOTES = {1: "buy milk"}


def json_answer(content, status=200, headers=()):
    """Make an ASGI application that answers with JSON."""

    async def application(scope, receive, send):
        lines = [(b"content-type", b"application/json"), *headers]
        await send({"type": "http.response.start", "status": status, "headers": lines})
        await send({"type": "http.response.body", "body": json.dumps(content).encode()})

    return application


async def read(receive):
    """Return the JSON of a request."""
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    return json.loads(body)


def adapt(handler):
    """Make an application of a handler, which gets the values of the path, and the JSON sent."""

    async def application(scope, receive, send):
        given = [await read(receive)] if scope["method"] in ("POST", "PUT") else []
        await json_answer(await handler(*given, **scope["path_params"]))(scope, receive, send)

    return application


def on_error(error, scope):
    if error.code in (404, 405):
        allow = [(b"allow", ", ".join(error.valid_methods).encode())] if error.code == 405 else ()
        return json_answer({"error": error.description}, error.code, allow)


app = Router(Map(), adapt=adapt, on_error=on_error)


@app.get("/notes/")
async def notes():
    return [url_for("note", id=id) for id in NOTES]


@app.get("/notes/<int:id>")
async def note(id):
    if id not in NOTES:
        raise NotFound(f"There is no note {id}.")
    return {"id": id, "text": NOTES[id]}


@app.put("/notes/<int:id>")
async def write(content, id):
    NOTES[id] = content["text"]
    return await note(id)
