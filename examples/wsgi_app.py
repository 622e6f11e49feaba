"""A plain WSGI application: ``waitress-serve examples.wsgi_app:app``."""

from trieroute import Map, url_for
from trieroute.wsgi import Router

app = Router(Map())


def answer(start_response, text):
    start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
    return [text.encode()]


@app.route("/", methods=["GET"])
def index(environ, start_response):
    return answer(start_response, url_for("greet", name="Zoë"))


@app.route("/hello/<name>", methods=["GET"])
def greet(environ, start_response):
    _, values = environ["wsgiorg.routing_args"]
    return answer(start_response, f"Hello, {values['name']}!")
