# cython: language_level=3
"""The host of a request: which server it is for, and which subdomain of it.

What lives here: host names, and what is kept of them. What must not be known here: maps, and where
a request comes from. What is kept depends on a host alone and is bounded, in number and in size,
for clients choose the hosts that they ask for.
"""

import re
from functools import lru_cache

from werkzeug.exceptions import BadHost
from werkzeug.wsgi import get_host


cdef enum:
    # A name in the DNS has 253 characters at most, a port five.
    MOST_CACHED = 260

#: What a host need not say, by scheme.
_STANDARD_PORTS = {"http": ":80", "ws": ":80", "https": ":443", "wss": ":443"}

_HOST = re.compile(
    r"(?:(?:[a-z0-9_-]+\.)*[a-z0-9_-]+\.?|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?"
)


def encoded(server_name):
    """Return a server name in lower case and encoded for DNS.

    :raise BadHost: it can't be encoded (IDNA).
    """
    return (_encoded if len(server_name) <= MOST_CACHED else _encoded.__wrapped__)(server_name)


@lru_cache(maxsize=256)
def _encoded(server_name):
    # The port is no part of the name, whose labels have a greatest length.
    name, colon, port = server_name.lower().partition(":")
    try:
        name = name.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise BadHost from error
    return f"{name}{colon}{port}"


cpdef tuple place(
    object scheme,
    object header,
    object server,
    object server_name,
    bint finds_subdomain,
    bint checks,
):
    """Tell where a request belongs.

    :param scheme: its scheme: ``"http"``, ``"https"``, ``"ws"`` or ``"wss"``.
    :param header: its host as it says, ``None`` if it does not.
    :param server: a tuple of the server's name and port for that case, each ``None`` if it is
        unknown, or ``None``.
    :param server_name: the configured server name, ``None`` for the host of the request.
    :param finds_subdomain: whether a subdomain is looked for.
    :param checks: whether a header that is no host is an error, and an empty one counts as none.
        Otherwise, it is what Werkzeug makes of it.
    :return: the server name, encoded for DNS; the subdomain, ``None`` if none is looked for; and
        the host. The subdomain of a host that is not within the server name is :data:`FOREIGN` if
        the header is checked, otherwise :data:`OUTSIDE`.
    :raise BadHost: the header is no host, or the server name can't be encoded (IDNA).
    """
    if header is not None and len(header) > MOST_CACHED:
        if checks:
            raise BadHost("the host is too long")
        return _place.__wrapped__(scheme, header, server, server_name, finds_subdomain, checks)
    return _place(scheme, header, server, server_name, finds_subdomain, checks)


@lru_cache(maxsize=256)
def _place(scheme, header, server, server_name, bint finds_subdomain, bint checks):
    port = _STANDARD_PORTS.get(scheme, "")
    if checks:
        host = _checked(header, server).removesuffix(port).lower()
    else:
        # The port has been left out already.
        host = _as_werkzeug(scheme, header, server).lower()
    server_name = host if server_name is None else server_name.lower().removesuffix(port)
    subdomain = None
    if finds_subdomain:
        subdomain = FOREIGN if checks else OUTSIDE
        labels, known = host.split("."), server_name.split(".")
        if labels[-len(known) :] == known:
            subdomain = ".".join([label for label in labels[: -len(known)] if label])
    return encoded(server_name), subdomain, host


#: Werkzeug's subdomain of a host that is not within the server name. Variables take it.
OUTSIDE = "<invalid>"

#: The same of ours: a trie has no rule for it, whatever a variable would take.
FOREIGN = "<invalid>/"


def _as_werkzeug(scheme, header, server):
    request = {"wsgi.url_scheme": scheme}
    if header is not None:
        request["HTTP_HOST"] = header
    elif server is not None:
        for key, value in zip(("SERVER_NAME", "SERVER_PORT"), server):
            if value is not None:
                request[key] = value
    return get_host(request)


def _checked(header, server):
    if header:
        if not _is_host(header.lower()):
            raise BadHost(f"{header!r} is no host")
        return header
    address, port = server or (None, None)
    if address:
        if ":" in address and not address.startswith("["):
            address = f"[{address}]"
        host = f"{address}:{port}"
        # A Unix socket is none.
        if _is_host(host.lower()):
            return host
    return "localhost"


cdef bint _is_host(str text) except -1:
    form = _HOST.fullmatch(text)
    return form is not None and int(form[1] or 0) <= 65535
