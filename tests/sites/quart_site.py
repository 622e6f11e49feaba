"""A Quart application under hypercorn on a free port of loopback, which is printed.

``python quart_site.py FOLDER [install]``: *FOLDER* has the static files; with ``install`` the
application routes with trieroute.
"""

from __future__ import annotations

import asyncio
import socket
import sys

import quart
from hypercorn.asyncio import serve
from hypercorn.config import Config
from werkzeug.exceptions import HTTPException


def make_application(folder: str) -> quart.Quart:
    app = quart.Quart(
        "site", subdomain_matching=True, static_folder=folder, static_url_path="/static"
    )
    app.config["SERVER_NAME"] = "site.example"

    @app.before_request
    async def before() -> None:
        quart.g.seen = str(quart.request.url_rule)

    @app.after_request
    async def after(response: quart.Response) -> quart.Response:
        response.headers["X-Rule"] = quart.g.get("seen", "none")
        return response

    @app.errorhandler(404)
    async def not_found(error: HTTPException) -> tuple[str, int]:
        return "nothing here", 404

    @app.get("/")
    async def index() -> list[str]:
        return [
            quart.url_for("blog.show", id=3, q="a b"),
            quart.url_for("static", filename="a b.css"),
            quart.url_for("user", user="ann"),
            quart.url_for("live", room="a b"),
        ]

    @app.route("/", subdomain="<user>")
    async def user(user: str) -> list[str]:
        return [user, quart.url_for("index")]

    @app.route("/pages/", defaults={"page": 1}, methods=["GET", "POST"])
    @app.route("/pages/<int:page>")
    async def pages(page: int) -> str:
        return f"page {page}"

    @app.websocket("/live/<room>")
    async def live(room: str) -> None:
        while True:
            text = await quart.websocket.receive()
            await quart.websocket.send(f"{room} {quart.websocket.url_rule} {text}")

    @app.websocket("/", subdomain="<user>")
    async def live_user(user: str) -> None:
        await quart.websocket.send(f"live {user}")

    blog = quart.Blueprint("blog", "blog", url_prefix="/blog")

    @blog.get("/<int:id>/")
    async def show(id: int) -> str:
        return quart.url_for(".show", id=id + 1)

    app.register_blueprint(blog)
    return app


async def main(app: quart.Quart) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        print(listening.getsockname()[1], flush=True)
        config = Config()
        config.bind = [f"fd://{listening.detach()}"]
        config.errorlog = None
        await serve(app, config)


if __name__ == "__main__":
    app = make_application(sys.argv[1])
    if sys.argv[2:] == ["install"]:
        import trieroute.quart

        trieroute.quart.install(app)
    packages = {cls.__module__.partition(".")[0] for cls in type(app.url_map).__mro__}
    print("trieroute" if "trieroute" in packages else "werkzeug", flush=True)
    asyncio.run(main(app))
