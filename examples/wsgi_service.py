"""A WSGI service of plain functions: ``waitress-serve examples.wsgi_service:app``."""

import json

from trieroute import Map, url_for
from trieroute.wsgi import Router


def adapt(handler):
    """Make an application of a function that gets the values of the path and returns a text."""

    def application(environ, start_response):
        _, values = environ["wsgiorg.routing_args"]
        start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
        return [handler(**values).encode()]

    return application


app = Router(Map(), adapt=adapt)


@app.get("/")
def index():
    return url_for("greet", name="Zoë")


@app.get("/hello/<name>")
def greet(name):
    return f"Hello, {name}!"


@app.get("/sums/<int:a>/<int:b>")
def add(a, b):
    return json.dumps({"sum": a + b})


@app.delete("/sums/<int:a>/<int:b>")
def forget(a, b):
    return f"{a} + {b} is forgotten"
