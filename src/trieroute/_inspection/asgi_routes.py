"""Comparing an application of Starlette or FastAPI with itself, once its routes are in a trie.

The loops of its routers run for made-up requests, first over their plain lists and then over those
that :func:`trieroute.starlette.speedup` gives them. No endpoint and no mounted application that has
no routes is called: what would be called is written down. Everything is put back in the end.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from itertools import zip_longest
from random import Random
from typing import Any, NamedTuple
from unittest.mock import patch

from .._starlette import fastapi
from .._starlette.routers import bare_application, empty_endpoint, router_below, routers_from
from .._starlette.speedup import speedup
from .examples import STRANGE_METHOD, STRANGE_TEXT, WORDS
from .regex_samples import regex_samples
from .report import Comparison, Difference
from .starlette_routes import VARIABLE, FlatRoute, flat_routes
from .timing import MATCH, MEASURED, MISS, URL, WHOLE, Timed, clock_ns, spread
from .whole_requests import asgi_request_ns, http_scope

__all__ = ["compare_routes"]

#: The number of different paths and of URLs that are made for a route, and of texts for a variable.
_VARIANTS, _URLS, _TEXTS = 6, 2, 8
#: The least number of calls in a round, and the greatest number of whole ones.
_CALLS, _WHOLE_CALLS = 200, 50


class _Request(NamedTuple):
    """A request."""

    kind: str
    method: str
    path: str
    host: str

    def __str__(self) -> str:
        at = f" at {self.host}" if self.host else ""
        return f"{'WebSocket' if self.kind == 'websocket' else self.method} {self.path}{at}"


def compare_routes(router: Any, application: Any, seed: int, rounds: int) -> Comparison:
    """Compare the routers of an application with what ``speedup`` makes of them.

    :param application: the application, for the scopes; or the router.
    :param rounds: the number of rounds in which requests are timed; 0 to time nothing.
    """
    routers = routers_from(router)
    with ExitStack() as stack:
        for each in routers:
            stack.enter_context(_plain_list(each))
        flat = flat_routes(router)
        leaves = [route for route in flat if router_below(route.routes[-1]) is None]
        source = Random(seed)
        requests: dict[_Request, FlatRoute] = {}
        urls: list[_Url] = []
        untried = []
        for leaf in leaves:
            texts = {name: _texts(each, source) for name, each in leaf.convertors.items()}
            reason = _untold(leaf, texts)
            if reason:
                untried.append(f"{fastapi.shown(leaf.routes[-1])}: {reason}")
            for request in _requests(leaf, texts):
                requests.setdefault(request, leaf)
            urls += _urls(leaf, texts)
        calls = _Calls(router, application)
        stack.enter_context(calls.nothing_called(leaves))
        theirs = calls.outcomes(requests)
        built = [calls.built(url) for url in urls]
        taken = [request for request, (found, _) in zip(requests, theirs, strict=True) if found]
        missing = [
            request
            for request, (_, outcome) in zip(requests, theirs, strict=True)
            if request.kind == "http" and (outcome == "404" or outcome.startswith("405 of "))
        ]
        named = [url for url, (found, _) in zip(urls, built, strict=True) if found]
        before = calls.times(taken, missing, named, leaves, rounds)
        done = speedup(router)
        # What FastAPI makes of an included router is made by the first requests.
        calls.outcomes(requests)
        ours = calls.outcomes(requests)
        built_then = [calls.built(url) for url in urls]
        after = calls.times(taken, missing, named, leaves, rounds)
        notes = speedup(router).notes or done.notes
    differences: dict[tuple[str, str, str], Difference] = {}
    for (request, leaf), (_, one), (_, other) in zip(requests.items(), theirs, ours, strict=True):
        if one != other:
            shown = fastapi.shown(leaf.routes[-1])
            new = Difference([shown], 0, str(request), one, other, names=("plain", "sped up"))
            differences.setdefault((shown, one, other), new).count += 1
    for url, (_, one), (_, other) in zip(urls, built, built_then, strict=True):
        if one != other:
            new = Difference([], 0, str(url), one, other, names=("plain", "sped up"))
            differences.setdefault((url.name, one, other), new).count += 1
    measured = {
        name: (before[name].ns, after[name].ns, before[name].calls)
        for name in MEASURED
        if name in before and name in after
    }
    times = {name: (plain, sped_up) for name, (plain, sped_up, _) in measured.items()}
    return Comparison(
        None,
        len(leaves),
        len(requests),
        len(urls),
        list(differences.values()),
        untried,
        notes=[f"tried for every request: {note}" for note in notes],
        match_ns=times.get(MATCH),
        build_ns=times.get(URL),
        request_ns=before[WHOLE].ns if WHOLE in before else None,
        peer="plain Starlette",
        measured=measured,
    )


@contextmanager
def _plain_list(router: Any) -> Generator[None, None, None]:
    """Give a router a plain list, and in the end the one that it had."""
    routes = router.routes
    guided = [route for route in routes if "effective_candidates" in vars(route)]
    with suppress(Exception):
        router.routes = list(routes)
    try:
        yield
    finally:
        with suppress(Exception):
            router.routes = routes
        for route in routes:
            # A method of the class takes its place again.
            if type(routes) is list and not any(route is other for other in guided):
                vars(route).pop("effective_candidates", None)


def _texts(convertor: Any, source: Random) -> list[str]:
    """Return texts that a convertor's regex matches."""
    regex = getattr(convertor, "regex", "[^/]+")
    fitting = filter(re.compile(regex).fullmatch, WORDS)
    drawn = regex_samples(regex, source, _TEXTS)
    turns = [text for turn in zip_longest(fitting, drawn) for text in turn if text is not None]
    return list(dict.fromkeys(turns))[:_TEXTS]


def _untold(leaf: FlatRoute, texts: dict[str, list[str]]) -> str:
    """Tell why the requests of a route tell nothing, if it is so: all come to one error."""
    for name, convertor in leaf.convertors.items():
        if not texts[name]:
            return f"no text was found for {name!r}"
        raised: list[Exception] = []
        for text in texts[name]:
            try:
                convertor.convert(text)
            except Exception as error:
                raised.append(error)
        if len(raised) == len(texts[name]):
            return f"the convertor of {name!r} raised {type(raised[0]).__name__}: {raised[0]}"
    return ""


class _Url(NamedTuple):
    """A call of ``url_path_for``."""

    name: str
    values: dict[str, Any]

    def __str__(self) -> str:
        values = "".join(f", {name}={value!r}" for name, value in self.values.items())
        return f"url_path_for({self.name!r}{values})"


def _urls(leaf: FlatRoute, texts: dict[str, list[str]]) -> Iterator[_Url]:
    """Yield the different calls that build the URL of a route, if it has a name."""
    made: list[dict[str, Any]] = []
    names = [getattr(route, "name", None) for route in leaf.routes[:-1]]
    name = ":".join(str(each) for each in (*names, leaf.endpoint) if each)
    for variant in range(_URLS):
        values = {"path": f"/{WORDS[variant % len(WORDS)]}"} if leaf.kind == "mount" else {}
        with suppress(Exception):
            for variable, convertor in leaf.convertors.items():
                known = texts[variable]
                values[variable] = convertor.convert(known[variant % len(known)])
            if values not in made:
                made.append(values)
                yield _Url(name, values)


def _requests(leaf: FlatRoute, texts: dict[str, list[str]]) -> Iterator[_Request]:
    """Yield the requests that a route is for, and near ones."""

    def filled(path: str, variant: int) -> str:
        def text(found: re.Match[str]) -> str:
            known = texts.get(found[1]) or [STRANGE_TEXT]
            return known[variant % len(known)]

        return VARIABLE.sub(text, path)

    methods = leaf.methods or []
    kind = "http" if leaf.kind == "mount" else leaf.kind
    method = "GET" if not methods or "GET" in methods else methods[0]
    firsts = [
        _Request(kind, method, filled(leaf.path, variant), filled(leaf.host, variant))
        for variant in range(_VARIANTS)
    ]
    first = firsts[0]
    for first in firsts:
        yield first
        path = first.path
        near = path.removesuffix("/") if path.endswith("/") else f"{path}/"
        doubled = path.replace("/", "//")
        for other in near, doubled, path.swapcase(), f"{path}\n", f"{path}/{STRANGE_TEXT}":
            yield first._replace(path=other or "/")
        yield first._replace(path=f"{path.rpartition('/')[0]}/{STRANGE_TEXT}")
    for other in (*methods, STRANGE_METHOD):
        yield first._replace(method=other)
    yield first._replace(kind="http" if kind == "websocket" else "websocket")
    yield first._replace(host="none.example")


def _enough(calls: list[Any]) -> tuple[list[Any], int]:
    """Return the calls of a round, and the number of different ones."""
    chosen = spread(calls, _CALLS)
    return chosen * (-(-_CALLS // len(chosen)) if chosen else 0), len(chosen)


@contextmanager
def _handled_by(leaves: Iterable[FlatRoute], handle: Any) -> Generator[None, None, None]:
    """Let a function handle the requests of all kinds of routes and of mounted applications."""
    with ExitStack() as stack:
        kinds = set()
        for leaf in leaves:
            route = fastapi.original_of(leaf.routes[-1])
            if leaf.kind == "mount":
                # Other mounts of the kind lead to routers, whose routes are asked.
                stack.enter_context(patch.object(route, "handle", partial(handle, route)))
            else:
                kinds.add(type(route))
        for kind in kinds:
            stack.enter_context(patch.object(kind, "handle", handle))
        yield


class _Calls:
    """Calls of a router that end where a route would be called."""

    def __init__(self, router: Any, application: Any) -> None:
        self.router = router
        self.application = application
        self.called: list[str] = []

    @contextmanager
    def nothing_called(self, leaves: Iterable[FlatRoute]) -> Generator[None, None, None]:
        """Write down what would be called, in its place."""

        async def handle(route: Any, scope: Any, receive: Any, send: Any) -> None:
            methods = getattr(route, "methods", None)
            refused = scope["type"] == "http" and methods and scope["method"] not in methods
            values = dict(scope.get("path_params", {}))
            place = scope.get("root_path") or ""
            self.called.append(
                f"{'405 of ' if refused else ''}{route!r}, values {values!r}, root path {place!r}"
            )

        with _handled_by(leaves, handle):
            yield

    def _scope(self, request: _Request) -> dict[str, Any]:
        headers = [(b"host", (request.host or "example.org").encode())]
        scope: dict[str, Any] = {
            "type": request.kind,
            "scheme": "http",
            "path": request.path,
            "raw_path": request.path.encode(),
            "root_path": "",
            "query_string": b"",
            "headers": headers,
            "server": ("example.org", 80),
            "app": self.application,
        }
        if request.kind == "http":
            scope["method"] = request.method
        return scope

    def outcomes(self, requests: Iterable[_Request]) -> list[tuple[bool, str]]:
        """Return for each request whether a route took it, and what became of it, as a text."""

        async def call_all() -> list[tuple[bool, str]]:
            return [await self._outcome(request) for request in requests]

        return asyncio.run(call_all())

    async def _outcome(self, request: _Request) -> tuple[bool, str]:
        sent: list[str] = []

        async def receive() -> Any:
            return {"type": f"{request.kind}.disconnect"}

        async def send(message: Any) -> None:
            if "status" in message or "code" in message:
                headers = dict(message.get("headers", ()))
                place = headers.get(b"location", b"").decode("latin-1")
                sent.append(f"{message.get('status', message.get('code'))} {place}".strip())

        self.called.clear()
        try:
            await self.router(self._scope(request), receive, send)
        except Exception as error:
            # Starlette's own exception has the status of an answer.
            sent.append(str(getattr(error, "status_code", f"{type(error).__name__}: {error}")))
        taken = bool(self.called) and not self.called[0].startswith("405")
        return taken, "; ".join(self.called + sent)

    def built(self, url: _Url) -> tuple[bool, str]:
        """Return whether a URL was built, and the URL or the error, as a text."""
        try:
            return True, str(self.router.url_path_for(url.name, **url.values))
        except Exception as error:
            return False, f"{type(error).__name__}: {error}"

    def times(
        self,
        taken: list[_Request],
        missing: list[_Request],
        named: list[_Url],
        leaves: Iterable[FlatRoute],
        rounds: int,
    ) -> dict[str, Timed]:
        """Return what a match, a miss and a URL take in the best round, and a whole request.

        A whole request is the median of the rounds. Those for which there is nothing to call are
        left out.
        """
        if not rounds:
            return {}
        times = {
            MATCH: self._least_ns(taken, leaves, rounds),
            MISS: self._least_ns(missing, leaves, rounds),
            URL: self._least_url_ns(named, rounds),
            WHOLE: self._whole_ns(taken, leaves, rounds),
        }
        return {name: timed for name, timed in times.items() if timed is not None}

    def _least_url_ns(self, urls: list[_Url], rounds: int) -> Timed | None:
        chosen, different = _enough(urls)

        def one_round() -> float:
            url_path_for = self.router.url_path_for
            start = clock_ns()
            for name, values in chosen:
                url_path_for(name, **values)
            return (clock_ns() - start) / len(chosen)

        return Timed(min(one_round() for _ in range(rounds)), different) if chosen else None

    def _least_ns(
        self, requests: list[_Request], leaves: Iterable[FlatRoute], rounds: int
    ) -> Timed | None:
        """Return what finding a route takes in the best round, or ``None``."""
        chosen, different = _enough([each for each in requests if each.kind == "http"] or requests)

        async def nothing(*given: Any) -> None: ...

        async def one_round() -> float:
            scopes = [self._scope(request) for request in chosen]
            start = clock_ns()
            for scope in scopes:
                # That nothing was found is raised.
                with suppress(Exception):
                    await self.router(scope, nothing, nothing)
            return (clock_ns() - start) / len(scopes)

        async def all_rounds() -> list[float]:
            return [await one_round() for _ in range(rounds)]

        if not chosen:
            return None
        with _handled_by(leaves, nothing):
            return Timed(min(asyncio.run(all_rounds())), different)

    def _whole_ns(
        self, requests: list[_Request], leaves: Iterable[FlatRoute], rounds: int
    ) -> Timed | None:
        """Return what a whole request with an empty endpoint takes, or ``None``.

        It is answered by an application of Starlette that has the router and no middleware of the
        program's.
        """
        chosen = spread([request for request in requests if request.kind == "http"], _WHOLE_CALLS)
        if not chosen:
            return None

        async def handle(route: Any, scope: Any, receive: Any, send: Any) -> None:
            await empty_endpoint(scope, receive, send)

        whole = bare_application(self.router)
        scopes = [
            http_scope(request.method, request.path, request.host or "example.org")
            for request in chosen
        ]
        with _handled_by(leaves, handle):
            return asyncio.run(asgi_request_ns(whole, scopes, rounds))
