"""``url_for``: URLs without handing an adapter around.

It works on the *current adapter*, which a router sets for each request and which
``with adapter.current():`` sets anywhere. This file knows no framework; under Flask, Flask's own
``url_for`` does the same on a map of this package.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import ref

from ._core.current import CURRENT
from ._core.locks import locked
from ._core.map_adapter import MapAdapter
from ._core.quoting import quote_anchor
from ._errors import BuildError

__all__ = ["BuildErrorHandler", "ask_as_well", "url_for"]

#: Called with the error, the endpoint and the values when no URL can be built; returns a URL, or
#: ``None`` to leave it to the next one, or raises.
BuildErrorHandler = Callable[[BuildError, Any, dict[str, Any]], str | None]


def url_for(
    endpoint: Any,
    *,
    _external: bool = False,
    _scheme: str | None = None,
    _anchor: str | None = None,
    _method: str | None = None,
    **values: Any,
) -> str:
    """Build a URL with the current adapter.

    Source: the reference of ``flask.url_for``.

    :param endpoint: the endpoint. One that starts with a dot is relative to the current namespace;
        without a namespace, the dot is dropped.
    :param _external: whether to give a full URL. Rules on another host, and those for WebSocket
        requests, give one in any case.
    :param _scheme: scheme of a full URL; empty for a URL that starts with ``//``; ``None`` for that
        of the current adapter.
    :param _anchor: what to put behind a ``#``; percent-encoded, percent signs excepted.
    :param _method: HTTP method that the rule has to take, ``None`` for any.
    :param values: values by variable name. Others become the query: lists repeat their key, and
        ``None`` drops it.
    :return: the URL, or what the first of the map's ``url_build_error_handlers`` returned that did
        not return ``None``.
    :raise BuildError: no rule of the endpoint suits, and no handler knew better.
    :raise ValueError: *_scheme* is given without ``_external=True``.
    :raise RuntimeError: there is no current adapter.
    """
    current = CURRENT.get()
    if current is None:
        raise RuntimeError(
            f"url_for({endpoint!r}) needs a current adapter: call it while a router handles a"
            " request, or inside 'with adapter.current():'"
        )
    adapter: MapAdapter
    adapter, namespace = current
    if isinstance(endpoint, str) and endpoint.startswith("."):
        endpoint = endpoint[1:] if namespace is None else f"{namespace}{endpoint}"
    if _scheme is not None and not _external:
        raise ValueError("_scheme needs _external=True: a URL without a host has no scheme")
    try:
        url = adapter.build(endpoint, values, _method, force_external=_external, url_scheme=_scheme)
    except BuildError as error:
        asked = {
            **values,
            "_external": _external,
            "_scheme": _scheme,
            "_anchor": _anchor,
            "_method": _method,
        }
        return _handled(error, endpoint, asked, adapter.map)
    if _anchor is not None:
        url = f"{url}#{quote_anchor(_anchor)}"
    return url


def ask_as_well(router: Any) -> None:
    """Let ``url_for`` ask a router, as long as that exists, about what its map has no rule for."""
    locked(router.map._lists_lock, _keep, router)


def _keep(router: Any) -> None:
    # What is asked meanwhile goes through the old tuple.
    known = [kept for kept in router.map._routers if kept() is not None]
    router.map._routers = (*known, ref(router))


def _of_routers(url_map: Any) -> list[BuildErrorHandler]:
    present = [kept() for kept in url_map._routers]
    return [router._url_across for router in present if router is not None]


def _handled(error: BuildError, endpoint: Any, values: dict[str, Any], url_map: Any) -> str:
    """Ask the map's routers, which know what is mounted, and then the handlers of the program.

    :raise BuildError: nobody knew a URL; it is the error, or what a handler put in its place.
    """
    handlers: tuple[BuildErrorHandler, ...] = (
        *_of_routers(url_map),
        *url_map.url_build_error_handlers,
    )
    for handler in handlers:
        try:
            url = handler(error, endpoint, values)
        except BuildError as raised:
            error = raised
        else:
            if url is not None:
                return url
    raise error
