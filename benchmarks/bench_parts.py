"""The parts of one request, each by itself: a match, a miss, binding, and a URL.

All of them are of one map, GitHub's REST API, and of its rule of three variables, so that one part
can be held against the others.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any

from pytest_benchmark.fixture import BenchmarkFixture

from .pedantic import measure
from .rows import AT_ONCE, Entry, Row, at_most, call_each, fresh, made
from .workloads import HOST, load

METHOD = "GET"
RULE = "/repos/{owner}/{repo}/issues/{issue_number}"
ENDPOINT = f"{METHOD} {RULE}"

#: What servers put into an environment beside what a map reads.
SURROUNDINGS = {
    "wsgi.version": (1, 0),
    "wsgi.errors": None,
    "wsgi.multithread": True,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
    "wsgi.input": None,
    "SERVER_SOFTWARE": "server/1.0",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "REMOTE_ADDR": "127.0.0.1",
    "REMOTE_PORT": "50000",
}
#: The headers of a request beside its host.
HEADERS = {
    "user-agent": "client/1.0",
    "accept": "application/json",
    "accept-encoding": "gzip, deflate",
    "connection": "keep-alive",
}


def path(number: int) -> str:
    """Return a path that the rule takes; each number has a string of its own."""
    return f"/repos/octo{number % 90 + 10}/hello/issues/{number % 9000 + 1000}"


def environ(path: str) -> dict[str, Any]:
    """Return a new WSGI environment, as a server makes it."""
    return {
        **SURROUNDINGS,
        "wsgi.url_scheme": "http",
        "REQUEST_METHOD": METHOD,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        # Servers make the names of headers for each request.
        **{f"HTTP_{name.upper().replace('-', '_')}": text for name, text in HEADERS.items()},
        fresh("HTTP_HOST"): fresh(HOST),
    }


def scope(path: str) -> dict[str, Any]:
    """Return a new scope of ASGI, as a server makes it."""
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 50000),
        "scheme": "http",
        "root_path": "",
        "headers": [
            (b"host", HOST.encode()),
            *((name.encode(), text.encode()) for name, text in HEADERS.items()),
        ],
        "state": {},
        "method": METHOD,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
    }


def arguments(number: int) -> tuple[str, dict[str, Any]]:
    """Return endpoint and values of a URL."""
    return ENDPOINT, {
        "owner": f"octo{number % 90 + 10}",
        "repo": fresh("hello"),
        "issue_number": str(number % 9000 + 1000),
    }


def call_pairs(operation: Callable[[Any, Any], object], pairs: list[tuple[Any, Any]]) -> None:
    """Call *operation* with each of *pairs*."""
    for first, second in pairs:
        operation(first, second)


def call_refused(operation: Callable[[Any, Any], object], requests: list[tuple[Any, Any]]) -> None:
    """Call *operation* with each of *requests*; each is answered by an exception."""
    for path, method in requests:
        try:  # noqa: SIM105
            operation(path, method)
        except Exception:
            pass


def enter(part: str) -> Entry:
    """Return the entry of a part of a request."""
    url_map: Any = made("trieroute", load("github")).map  # type: ignore[attr-defined]
    adapter = url_map.bind(HOST)
    # What is made at first use is made.
    adapter.match(path(0), METHOD)
    adapter.build(*arguments(0))

    def both(environ: dict[str, Any]) -> object:
        return url_map.bind_to_environ(environ).match(return_rule=True)

    parts: dict[str, tuple[Callable[..., None], Any, Callable[[int], Any]]] = {
        "match": (call_pairs, adapter.match, lambda number: (path(number), METHOD)),
        "miss": (call_refused, adapter.match, lambda number: (f"{path(number)}/_", METHOD)),
        "405": (call_refused, adapter.match, lambda number: (path(number), "TRACE")),
        "bind": (call_each, url_map.bind, lambda number: fresh(HOST)),
        "bind_to_environ": (
            call_each,
            url_map.bind_to_environ,
            lambda number: environ(path(number)),
        ),
        "bind_to_scope": (call_each, url_map.bind_to_scope, lambda number: scope(path(number))),
        "environ+match": (call_each, both, lambda number: environ(path(number))),
        "build": (call_pairs, adapter.build, arguments),
    }
    loop, operation, argument = parts[part]
    numbers = count()

    def prepare(times: int) -> Callable[[], None]:
        return partial(loop, operation, [argument(next(numbers)) for _ in range(times)])

    return Entry(prepare, at_once=AT_ONCE)


#: The parts, by the names that commands and results have for them.
PARTS = (
    "match",
    "miss",
    "405",
    "bind",
    "bind_to_environ",
    "bind_to_scope",
    "environ+match",
    "build",
)

ROWS = (
    Row(
        "parts",
        f"{ENDPOINT} among GitHub's REST API",
        enter,
        PARTS,
        (
            at_most(1.6, "miss", "405"),
            at_most(1.0, "match", "bind_to_environ"),
            at_most(1.5, "match", "bind_to_scope"),
        ),
    ),
)


def bench_parts(benchmark: BenchmarkFixture, row: Row, contestant: str) -> None:
    measure(benchmark, row, contestant)
