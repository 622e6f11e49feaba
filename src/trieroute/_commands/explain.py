"""``trieroute explain``: why a request goes where it goes."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import click
from werkzeug.exceptions import HTTPException

from .._inspection.outcomes import Outcome, outcome_of, same
from .._inspection.starlette_routes import is_starlette
from ..inspection import Explanation, explain_starlette, map_of, routed
from .output import show_report, write_json
from .target import application, json_option, target_argument

__all__ = ["explain"]

_WEBSOCKET = ("WS", "WEBSOCKET")
#: How a full URL begins; a query may have one in it.
_FULL_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://")


@click.command()
@target_argument
@click.argument("method")
@click.argument("url")
@click.option(
    "--server-name",
    metavar="NAME",
    help="The server name, of which the host of URL is a subdomain. Without it, this is the"
    " SERVER_NAME of the application, or the host itself.",
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
    is a path, percent-encoded as a client sends it, or a full URL. No view is called. The exit
    status is 0 when a route matches, 1 when the result is a redirect or an error, and 2 when the
    application can't be loaded or the URL is none of its own.
    """
    parts, host = _taken_apart(url)
    websocket = method.upper() in _WEBSOCKET or parts.scheme in ("ws", "wss")
    asked = "GET" if method.upper() in _WEBSOCKET else method
    if websocket:
        # A redirect of a WebSocket leads to one.
        parts = parts._replace(scheme="wss" if parts.scheme in ("https", "wss") else "ws")
    path = unquote(parts.path) or "/"
    explanation: Any
    with application(target) as loaded:
        if is_starlette(loaded):
            explanation = explain_starlette(
                loaded, path, asked, websocket=websocket, host=host or "localhost"
            )
            matches = explanation.route is not None
        else:
            adapter = _bound(routed(loaded), loaded, parts, host, server_name)
            explanation = adapter.explain(path, asked, websocket)
            matches = explanation.rule is not None
            if adapter.map is not map_of(loaded):
                theirs = _bound(map_of(loaded), loaded, parts, host, server_name)
                explanation = _with_difference(explanation, adapter, theirs)
        # What is written asks the application for the reprs of its endpoints and values.
        if as_json:
            write_json(explanation.as_dict())
        else:
            show_report(explanation)
    context.exit(0 if matches else 1)


def _taken_apart(url: str) -> tuple[SplitResult, str | None]:
    """Take a URL apart; return its parts, and the host if it is no bare path."""
    try:
        if _FULL_URL.match(url) is None:
            # A path that begins with two slashes is no host.
            return urlsplit(f"http://localhost/{url.removeprefix('/')}"), None
        parts = urlsplit(url)
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


def _bound(
    url_map: Any, loaded: Any, parts: SplitResult, host: str | None, server_name: str | None
) -> Any:
    """Bind the map of an application to the host of a request."""
    config: Any = getattr(loaded, "config", None)
    if server_name is None and hasattr(config, "get"):
        server_name = config.get("SERVER_NAME")
    server_name = server_name or host or "localhost"
    more: dict[str, Any] = {"url_scheme": parts.scheme, "query_args": parts.query}
    try:
        if url_map.host_matching:
            return url_map.bind(host or server_name, **more)
        finds_subdomain = getattr(url_map, "subdomain_matching", True)
        if host is None or host == server_name or not finds_subdomain:
            return url_map.bind(server_name, **more)
        subdomain = host.removesuffix(f".{server_name}")
        if subdomain != host:
            return url_map.bind(server_name, subdomain=subdomain, **more)
    except HTTPException as error:
        raise click.BadParameter(f"{host!r} is no host name", param_hint="URL") from error
    raise click.BadParameter(
        f"{host!r} is not within the server name {server_name!r}; give another --server-name",
        param_hint="URL",
    )
