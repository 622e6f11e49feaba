"""Flask, FastAPI and files below one router: ``uvicorn examples.gateway:app``."""

from pathlib import Path

from a2wsgi import WSGIMiddleware
from fastapi import FastAPI
from flask import Flask, url_for
from starlette.staticfiles import StaticFiles

from trieroute import Map
from trieroute.asgi import Router

shop = Flask("shop")
api = FastAPI()


@shop.get("/items/<int:id>")
def item(id):
    return f"item {id} at {url_for('item', id=id)}"


@api.get("/users/{id}")
async def user(id: int):
    return {"id": id}


app = Router(Map(), lifespan="mounted")
app.mount("/shop", WSGIMiddleware(shop))
app.mount("/api", api, endpoint="api", bare="redirect")
app.mount("/files", StaticFiles(directory=Path(__file__).parent), endpoint="files")
