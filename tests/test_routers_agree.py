"""Both routers answer any request alike, and never with an exception of their own."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import Client, create_environ, run_wsgi_app
from werkzeug.wrappers import Response

import trieroute.asgi
import trieroute.wsgi
from asgi_client import call, http_scope, respond
from trieroute import Map, Rule, url_for

RULES = [
    Rule("/", endpoint="end", methods=["GET"]),
    Rule("/a/", endpoint="end"),
    Rule("/a/<int:n>", endpoint="end", methods=["PUT"]),
    Rule("/<x>/b/", endpoint="end"),
    Rule("/p/<path:p>", endpoint="end"),
    Rule("/old/<path:p>", endpoint="old", redirect_to="/a/<p>"),
]
MOUNTS = ("/m", "/m/deep", "/<x>/m")

segments = st.sampled_from(
    ["", "a", "b", "p", "m", "deep", "old", "7", "..", "é", "\\", "//evil.example", "a:b", "%2F"]
) | st.text(max_size=3)
targets = st.lists(segments, max_size=6).map("/".join)
hosts = st.sampled_from(["example.org", "Example.org:80", "example.org:81", "", "a b", "a..b", "é"])


async def asgi_end(scope: Any, receive: Any, send: Any) -> None:
    root = scope["root_path"]
    headers = [
        (b"x-seen", ascii((root, scope["path"][len(root) :], scope["path_params"])).encode())
    ]
    headers.append((b"x-url", url_for("end", _external=True, _method="GET").encode()))
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def wsgi_end(environ: Any, start_response: Any) -> list[bytes]:
    root, path = (environ[key].encode("latin-1").decode() for key in ("SCRIPT_NAME", "PATH_INFO"))
    headers = [("X-Seen", ascii((root, path, environ["wsgiorg.routing_args"][1])))]
    headers.append(("X-Url", url_for("end", _external=True, _method="GET")))
    start_response("200 OK", headers)
    return []


def both() -> tuple[Any, Any]:
    pair = []
    for package, end in ((trieroute.asgi, asgi_end), (trieroute.wsgi, wsgi_end)):
        outer, inner = (
            package.Router(Map(rule.empty() for rule in RULES), {"end": end}) for _ in range(2)
        )
        for prefix in MOUNTS:
            outer.mount(prefix, inner)
        pair.append(outer)
    return pair[0], pair[1]


ASGI, WSGI = both()


@given(
    path=targets,
    root=st.sampled_from(["", "/app", "/a b", "//evil.example"]),
    method=st.sampled_from(["GET", "HEAD", "PUT", "OPTIONS", "PURGE"]),
    host=hosts,
)
def test_routers_agree(path: str, root: str, method: str, host: str) -> None:
    path = f"/{path}"
    scope = http_scope(root + path, method, host, root_path=root, server=("127.0.0.1", 8000))
    answer = call(ASGI, scope)
    environ = create_environ(method=method)
    environ.update(
        PATH_INFO=path.encode().decode("latin-1"),
        SCRIPT_NAME=root,
        HTTP_HOST=host,
        SERVER_NAME="127.0.0.1",
        SERVER_PORT="8000",
    )
    body, status, headers = run_wsgi_app(WSGI, environ)
    assert int(status.split()[0]) == answer.status
    assert answer.status in (200, 308, 400, 404, 405)
    for name in ("x-seen", "x-url", "allow", "location"):
        assert headers.get(name) == answer.headers.get(name), name
    if answer.status != 200 or method == "OPTIONS":
        assert b"".join(body).decode() == answer.text
    # Wherever the answer leads, it is on the host of the request.
    for name in ("x-url", "location"):
        if name in headers:
            assert urlsplit(headers[name]).netloc in (
                host.lower().removesuffix(":80") or "127.0.0.1:8000",
            )


def test_map_of_hosts_is_asked_for_the_host_of_the_request() -> None:
    rules = [Rule("/", endpoint="a", host="a.org"), Rule("/", endpoint="b", host="b.org")]
    asgi = trieroute.asgi.Router(
        Map([rule.empty() for rule in rules], host_matching=True),
        {"a": text("a"), "b": text("b")},
        server_name="a.org",
    )
    wsgi = trieroute.wsgi.Router(
        Map(rules, host_matching=True),
        {"a": Response("a"), "b": Response("b")},
        server_name="a.org",
    )
    for host, status, body in (("a.org", 200, "a"), ("b.org", 200, "b"), ("evil.org", 404, None)):
        answer = call(asgi, http_scope("/", host=host))
        other = Client(wsgi).get("/", base_url=f"http://{host}")
        assert (answer.status, other.status_code) == (status, status)
        if body is not None:
            assert (answer.text, other.text) == (body, body)


def text(given: str) -> Any:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        await respond(send, given)

    return application
