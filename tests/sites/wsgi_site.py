"""A router under waitress on a free port of loopback, which is printed.

``python wsgi_site.py [PREFIX]``: *PREFIX* is the prefix that waitress takes off the path.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import waitress

from trieroute import Map, Rule, url_for
from trieroute.wsgi import Router


def tell(environ: Any, start_response: Any) -> list[bytes]:
    """Answer with what the application got, and with a URL."""
    _, values = environ["wsgiorg.routing_args"]
    told = [
        environ["REQUEST_METHOD"],
        environ["SCRIPT_NAME"],
        environ["PATH_INFO"],
        values,
        environ["QUERY_STRING"],
        url_for("item", id=7, _external=True),
    ]
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(told).encode()]


def streamed(environ: Any, start_response: Any) -> Any:
    """Answer in parts, each of which builds a URL when it is sent."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    for id in range(3):
        yield f"{url_for('item', id=id)} ".encode()


inner = Router(Map([Rule("/", endpoint="items"), Rule("/<int:id>", endpoint="item")]))
inner.handlers.update(items=tell, item=tell)
main = Router(
    Map(
        [
            Rule("/", endpoint="index", methods=["GET"]),
            Rule("/items/", endpoint="items", methods=["GET"]),
            Rule("/items/<int:id>", endpoint="item", methods=["GET", "PUT"]),
            Rule("/files/<path:name>", endpoint="file"),
            Rule("/streamed", endpoint=streamed),
        ]
    ),
    {"index": tell, "items": tell, "item": tell, "file": tell},
)
main.mount("/static", tell)
main.mount("/shops/<shop>", inner)


if __name__ == "__main__":
    prefix = sys.argv[1] if len(sys.argv) > 1 else ""
    server = waitress.create_server(
        main,
        host="127.0.0.1",
        port=0,
        threads=4,
        url_prefix=prefix,
        clear_untrusted_proxy_headers=True,
    )
    print("trieroute", flush=True)
    print(server.effective_port, flush=True)
    server.run()
