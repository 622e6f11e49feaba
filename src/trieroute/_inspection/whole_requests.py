"""The time of whole requests: what a framework takes for one, with empty views and without hooks.

The objects of the program stay as they are: what is called is a copy, whose views do nothing. So no
view, no hook, no middleware and no mounted application of the program is called.
"""

from __future__ import annotations

import asyncio
import copy
import statistics
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from inspect import iscoroutinefunction
from typing import Any

from werkzeug.test import create_environ

from .._routers.routes import Routes
from .._routers.served import Applications
from .application import map_of
from .examples import Request
from .timing import Timed, clock_ns, fresh, spread

__all__ = ["asgi_request_ns", "http_scope", "request_ns"]

#: The greatest number of different requests in a round.
_REQUESTS = 50


def request_ns(
    application: Any, cases: Sequence[Request], rounds: int, url_map: Any = None
) -> Timed | None:
    """Measure whole requests of an application, with empty views and without hooks.

    :param application: an application of Flask or Quart, a router of trieroute's, or any other WSGI
        application with a map, whose own code is not called: of that, binding and matching are
        measured.
    :param cases: requests that match.
    :param rounds: the number of rounds; 0 to measure nothing.
    :param url_map: a map in the place of the application's own, unless that is a router; ``None``
        for its own.
    :return: the nanoseconds of a request, as median over the rounds, and the number of requests
        that were made in each; ``None`` if the application is a map alone, or does not answer.
    """
    told = [
        case for case in cases if not (case.domain or case.websocket) and _is_unicode(case.path)
    ]
    chosen = spread(told, _REQUESTS)
    if not (chosen and rounds and callable(application)):
        return None
    config = getattr(application, "config", None) or {}
    host = config.get("SERVER_NAME") or getattr(application, "server_name", None) or "localhost"
    try:
        stand_in, in_asgi = _stand_in(application, url_map)
        if in_asgi:
            scopes = [http_scope(case.method, fresh(case.path), host) for case in chosen]
            return asyncio.run(asgi_request_ns(stand_in, scopes, rounds))
        environs = []
        for case in chosen:
            environ = create_environ(base_url=f"http://{host}", method=case.method)
            # A path of a URL could not begin with two slashes, or hold a question mark.
            environ["PATH_INFO"] = case.path.encode().decode("latin-1")
            environs.append(environ)
        return _wsgi_request_ns(stand_in, environs, rounds)
    except Exception:
        return None


def _stand_in(application: Any, url_map: Any) -> tuple[Callable[..., Any], bool]:
    """Return an application that answers in place of the given one, and whether it is of ASGI."""
    cls = type(application)
    if isinstance(application, Routes):
        in_asgi = iscoroutinefunction(cls.__call__)
        router: Any = copy.copy(application)
        router._apps = _EmptyApplications(application.map, {}, (None, None))
        router._apps.app = _empty_asgi if in_asgi else _empty_wsgi
        return router, in_asgi
    for name in ("wsgi_app", "asgi_app"):
        answer = getattr(cls, name, None)
        if callable(answer) and hasattr(application, "view_functions"):
            in_asgi = name == "asgi_app"
            view = _async_view if in_asgi else _view
            framework = _without_hooks(application, view)
            if url_map is not None:
                framework.url_map = url_map
            return partial(answer, framework), in_asgi
    bound_map = map_of(application) if url_map is None else url_map

    def bound(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        bound_map.bind_to_environ(environ).match()
        return _empty_wsgi(environ, start_response)

    return bound, False


class _EmptyApplications(Applications[Any]):
    """The applications of a router, none of which does anything."""

    app: Any

    def _adapt(self, rule: Any, handler: Any) -> Any:
        return self.app


def _without_hooks(application: Any, view: Callable[..., Any]) -> Any:
    """Return a copy of an application of Flask or Quart that has one view and no hooks."""
    stand_in = copy.copy(application)
    # An application may have rules without a view.
    stand_in.view_functions = defaultdict(lambda: view)
    stand_in.log_exception = lambda *given: None
    for name, value in vars(application).items():
        if name.startswith(("before_", "after_", "teardown_", "url_value_")) and value:
            setattr(stand_in, name, type(value)(list) if isinstance(value, defaultdict) else [])
    return stand_in


def _wsgi_request_ns(
    application: Callable[..., Any], environs: Sequence[dict[str, Any]], rounds: int
) -> Timed | None:
    def answer(environ: dict[str, Any]) -> str:
        """Call the application, and return the status of its answer."""
        statuses: list[str] = []
        for _ in application(environ, lambda status, *given: statuses.append(status)):
            pass
        return statuses[-1]

    def round_ns() -> float:
        given = [dict(environ) for environ in chosen]
        begin = clock_ns()
        for environ in given:
            answer(environ)
        return (clock_ns() - begin) / len(given)

    def succeeds(environ: dict[str, Any]) -> bool:
        with suppress(Exception):
            return answer(dict(environ)).startswith("2")
        return False

    chosen = list(filter(succeeds, environs))
    if not chosen:
        return None
    return Timed(statistics.median(round_ns() for _ in range(rounds)), len(chosen))


async def asgi_request_ns(
    application: Callable[..., Any], scopes: Sequence[dict[str, Any]], rounds: int
) -> Timed | None:
    """Measure whole requests of an ASGI application.

    :param application: the application; what it calls should be empty.
    :param scopes: the scopes of the requests, which stay as they are.
    :return: the nanoseconds of a request, as median over the rounds, and the number of those that
        are answered with a status of success, which alone are made; ``None`` if none is.
    """

    async def answer(scope: dict[str, Any]) -> int:
        """Call the application, and return the status of its answer."""
        statuses: list[int] = []
        is_sent = False
        answered = asyncio.Event()

        async def receive() -> Any:
            nonlocal is_sent
            if is_sent:
                # The client waits for the answer, and goes then.
                await answered.wait()
                return {"type": "http.disconnect"}
            is_sent = True
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])
            elif not message.get("more_body"):
                answered.set()

        await application(scope, receive, send)
        return statuses[-1]

    async def round_ns() -> float:
        given = [dict(scope) for scope in chosen]
        begin = clock_ns()
        for scope in given:
            await answer(scope)
        return (clock_ns() - begin) / len(given)

    async def succeeds(scope: dict[str, Any]) -> bool:
        with suppress(Exception):
            return 200 <= await answer(dict(scope)) < 300
        return False

    chosen = [scope for scope in scopes if await succeeds(scope)]
    if not chosen:
        return None
    return Timed(statistics.median([await round_ns() for _ in range(rounds)]), len(chosen))


def http_scope(method: str, path: str, host: str) -> dict[str, Any]:
    """Return the scope of a request of HTTP."""
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(errors="replace"),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", host.encode())],
        "server": ("localhost", 80),
        "client": ("127.0.0.1", 1),
    }


def _is_unicode(text: str) -> bool:
    """Tell whether a text has no surrogates, which no request can have in its path."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _view(**values: object) -> str:
    return ""


async def _async_view(**values: object) -> str:
    return ""


def _empty_wsgi(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b""]


async def _empty_asgi(scope: Any, receive: Any, send: Any) -> None:
    headers = [(b"content-type", b"text/plain")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
