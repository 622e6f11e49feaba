"""The host of a request: is it one, and which subdomain of the server does it name?

This file knows no map and no framework. What it keeps depends on a host alone, and is bounded: a
client can't make it grow.
"""

from __future__ import annotations

import re
from functools import lru_cache

from .errors import BadHost

__all__ = ["STANDARD_PORTS", "request_host", "subdomain_of"]

#: What a host need not say, by scheme.
STANDARD_PORTS = {"http": ":80", "ws": ":80", "https": ":443", "wss": ":443"}

#: Greatest length of a host with its port, in code points: no name in DNS is longer.
_LONGEST = 260

_HOST = re.compile(r"(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?")


def request_host(scheme: str, header: str, server: tuple[str, int | None] | None = None) -> str:
    """Give the host that a request is for, in lower case, without the scheme's standard port.

    :param scheme: ``"http"``, ``"https"``, ``"ws"`` or ``"wss"``.
    :param header: content of the request's ``Host`` header, empty if it has none.
    :param server: address and port of the server, for requests without the header. A port of
        ``None``, as for a Unix socket, says nothing.
    :return: the host; ``"localhost"`` where nothing names one.
    :raise BadHost: the header is no host.
    """
    if not header:
        if server is None or server[1] is None:
            return "localhost"
        address, port = server
        header = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    if len(header) > _LONGEST:
        raise BadHost("the host is too long")
    return _checked(scheme, header)


@lru_cache(maxsize=256)
def _checked(scheme: str, header: str) -> str:
    host = header.lower()
    form = _HOST.fullmatch(host)
    if form is None or int(form[1] or 0) > 65535:
        raise BadHost(f"{header!r} is no host")
    return host.removesuffix(STANDARD_PORTS.get(scheme, ""))


def subdomain_of(host: str, server_name: str) -> str:
    """Give what a host has in front of the server name.

    :return: the subdomain, empty for the server name itself; ``"<invalid>"``, which matches no
        rule, for a host that is not within the server name.
    """
    labels, known = host.split("."), server_name.split(".")
    if labels[-len(known) :] != known:
        return "<invalid>"
    return ".".join(label for label in labels[: -len(known)] if label)
