"""The server name of a router, which is a host that requests can have."""

from __future__ import annotations

from typing import Any

from .._core.hosts import encoded, place
from .._errors import BadHost

__all__ = ["checked_server_name"]


def checked_server_name(server_name: Any) -> str | None:
    """Return the server name of a router as requests have it.

    :param server_name: the name that the program gives, ``None`` for the host of each request.
    :raise TypeError: it is no str.
    :raise ValueError: no request can have it, so that no rule would ever match.
    """
    if server_name is None:
        return None
    if not isinstance(server_name, str):
        raise TypeError(f"server_name must be a str, not {type(server_name).__name__}")
    if server_name == "":
        raise ValueError("server_name is empty: give None for the host of each request")
    try:
        name = encoded(server_name)
        # A request that has the name as its host finds its place.
        place("http", False, name, None, None, False, True)
    except BadHost as error:
        raise ValueError(
            f"server_name {server_name!r} is no host name, so that no request can have it: give a"
            " name like 'example.org' or 'example.org:8080', without scheme, path and spaces, or"
            " None for the host of each request"
        ) from error
    # Clients send a name of other characters in its form for the DNS.
    return server_name if server_name.isascii() else name
