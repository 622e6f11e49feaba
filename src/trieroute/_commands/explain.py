"""``trieroute explain``: why a request goes where it goes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

import click
from werkzeug.exceptions import HTTPException

from .._core.quoting import quote_path
from .._errors import MethodNotAllowed, NotFound, RequestRedirect
from .._inspection.application import context_of
from .._inspection.mounted import has_routes, mounted_app
from .._inspection.outcomes import Outcome, outcome_of, same
from .._inspection.starlette_routes import is_starlette
from .._routers.answers import STANDARD_METHODS, make_relative
from .._routers.mounts import BELOW, MountRule
from .._routers.routes import Routes
from ..inspection import Explanation, explain_starlette, map_of, routed
from .output import show_report, write_json
from .target import application, json_option, method_argument, target_argument

__all__ = ["explain"]

_WEBSOCKET = ("WS", "WEBSOCKET")
#: How a full URL begins; a query may have one in it.
_FULL_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://")


@click.command()
@target_argument
@method_argument
@click.argument("url")
@click.option(
    "--server-name",
    metavar="NAME",
    help="The server name, of which the host of URL is a subdomain. Without it, this is the"
    " SERVER_NAME of the application, the server_name of the router, or the host itself.",
)
@json_option
@click.pass_context
def explain(
    context: click.Context,
    target: str,
    method: str,
    url: str,
    server_name: str | None,
    as_json: bool,
) -> None:
    """Explain where a request for METHOD and URL goes in an application, and why.

    APP is as for "trieroute routes". METHOD is an HTTP method, or WS for a WebSocket request. URL
    is a path, percent-encoded as a client sends it, or a full URL. No view is called. Mounts are
    followed. The exit status is 0 when a route matches or a router answers OPTIONS itself, 1 when
    the result is a redirect or an error, and 2 when the application can't be loaded or the URL is
    none of its own.
    """
    parts, host = _taken_apart(url)
    websocket = method.upper() in _WEBSOCKET or parts.scheme in ("ws", "wss")
    if websocket:
        # A redirect of a WebSocket leads to one.
        parts = parts._replace(scheme="wss" if parts.scheme in ("https", "wss") else "ws")
    request = _Request(
        "GET" if method.upper() in _WEBSOCKET else method,
        unquote(parts.path) or "/",
        websocket,
        parts,
        host,
    )
    with application(target) as loaded:
        explanation = _explained(loaded, request, server_name)
        # What is written asks the application for the reprs of its endpoints and values.
        if as_json:
            write_json(explanation.as_dict())
        else:
            show_report(explanation)
    context.exit(0 if explanation.matches else 1)


class _Request(NamedTuple):
    """A request for an application, which may be mounted in others.

    :param path: the decoded path, below that of the mounts.
    :param websocket: whether it is for a WebSocket.
    :param parts: the whole URL.
    :param host: the host, ``None`` if it is not known.
    :param root: the path of the mounts.
    :param mounted: whether the application is mounted in another one.
    :param outer: the applications in which it is mounted that got the same path.
    """

    method: str
    path: str
    websocket: bool
    parts: SplitResult
    host: str | None
    root: str = ""
    mounted: bool = False
    outer: tuple[Any, ...] = ()


def _explained(loaded: Any, request: _Request, server_name: str | None = None) -> Any:
    """Explain a request, and what becomes of it below mounts."""
    path, asked, websocket = request.path, request.method, request.websocket
    if is_starlette(loaded):
        host = request.host or "localhost"
        return explain_starlette(loaded, path, asked, websocket=websocket, host=host)
    adapter = _bound(routed(loaded), loaded, request, server_name)
    explanation: Explanation = adapter.explain(path, asked, websocket)
    if adapter.map is not map_of(loaded):
        theirs = _bound(map_of(loaded), loaded, request, server_name)
        explanation = _with_difference(explanation, adapter, theirs)
    if isinstance(loaded, Routes):
        explanation = _of_router(loaded, explanation, adapter)
    rule = explanation.rule
    if not isinstance(rule, MountRule):
        return explanation
    app = mounted_app(rule, loaded)
    rest = str((explanation.values or {}).get(BELOW, ""))
    mount = path[: len(path) - len(rest)].rstrip("/")
    # A router inside of itself comes to an end, since the path becomes shorter.
    outer = () if mount else (*request.outer, loaded)
    if not has_routes(app, outer):
        return explanation
    inner = request._replace(
        path=path[len(mount) :],
        host=request.host or getattr(loaded, "server_name", None),
        root=request.root + mount,
        mounted=True,
        outer=outer,
    )
    with context_of(app):
        return replace(explanation, below=_explained(app, inner))


def _of_router(router: Routes[Any], explanation: Explanation, adapter: Any) -> Explanation:
    """Say what a router makes of what its map comes to, as it answers a request itself."""
    error, rule = explanation.error, explanation.rule
    answers = explanation.method == "OPTIONS" and not explanation.websocket
    answers = answers and router.automatic_options
    methods: Iterable[str] | None = None
    if isinstance(error, MethodNotAllowed):
        error = router._with_methods(error, explanation.method, None)
        methods = error.valid_methods
    elif rule is not None and rule.methods is None and not isinstance(rule, MountRule):
        methods = STANDARD_METHODS
    elif answers and type(error) is NotFound:
        error = router._redirect_of_others(adapter) or error
    if answers and methods is not None:
        told = f"200 OK by the router itself (allowed: {', '.join(methods)})"
        return replace(explanation, error=None, answer=told)
    if router.relative_redirects and isinstance(error, RequestRedirect):
        make_relative(error, adapter)
    return replace(explanation, error=error)


def _taken_apart(url: str) -> tuple[SplitResult, str | None]:
    """Take a URL apart; return its parts, and the host if it is no bare path."""
    try:
        if _FULL_URL.match(url) is None:
            # A path that begins with two slashes is no host.
            return urlsplit(f"http://localhost/{url.removeprefix('/')}"), None
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https", "ws", "wss"):
            raise click.BadParameter(
                f"{url!r} is of the scheme {parts.scheme!r}; give a path, or a URL of http, https,"
                " ws or wss",
                param_hint="URL",
            )
        # A client does not send a user's name as part of the host.
        host = parts.netloc.rpartition("@")[2]
        # Starlette is asked with the name as a header has it.
        host.encode("idna")
    except ValueError as error:
        raise click.BadParameter(f"{url!r} has no host name", param_hint="URL") from error
    return parts, host or None


def _with_difference(explanation: Explanation, adapter: Any, werkzeugs: Any) -> Explanation:
    """Say where Werkzeug, by which the application routes, does something else."""
    arguments = explanation.path, explanation.method, True, None, explanation.websocket
    ours, theirs = (
        outcome_of(lambda each=each: Outcome("match", *each.match(*arguments)))  # type: ignore[misc]
        for each in (adapter, werkzeugs)
    )
    if same(ours, theirs):
        return explanation
    hint = f"Werkzeug, by which this application routes, gives {theirs}: see trieroute check"
    return replace(explanation, hints=[*explanation.hints, hint])


def _bound(url_map: Any, loaded: Any, request: _Request, server_name: str | None) -> Any:
    """Bind the map of an application to the host of a request."""
    config: Any = getattr(loaded, "config", None)
    host = request.host
    if server_name is None and isinstance(loaded, Routes):
        server_name = loaded.server_name
    elif server_name is None and hasattr(config, "get"):
        server_name = config.get("SERVER_NAME")
    server_name = server_name or host or "localhost"
    more: dict[str, Any] = {
        "url_scheme": request.parts.scheme,
        "query_args": request.parts.query,
        "path_info": request.path,
        "script_name": quote_path(request.root) or None,
    }
    try:
        if url_map.host_matching:
            return url_map.bind(host or server_name, **more)
        finds_subdomain = getattr(url_map, "subdomain_matching", True)
        if host is None or host == server_name or not finds_subdomain:
            return url_map.bind(server_name, **more)
        subdomain = host.removesuffix(f".{server_name}")
        if subdomain != host:
            return url_map.bind(server_name, subdomain=subdomain, **more)
        if request.mounted:
            # A host that the outer application takes is not a mistake of whoever asks. No rule of a
            # router takes it; frameworks go by the default subdomain.
            adapter = url_map.bind(server_name, **more)
            if isinstance(loaded, Routes):
                adapter._outside = True
            return adapter
    except HTTPException as error:
        raise click.BadParameter(f"{host!r} is no host name", param_hint="URL") from error
    raise click.BadParameter(
        f"{host!r} is not within the server name {server_name!r}; give another --server-name",
        param_hint="URL",
    )
