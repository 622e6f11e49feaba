# cython: language_level=3
"""The host of a request: which server it is for, and which subdomain of it.

What lives here: host names, and what is kept of them. What must not be known here: maps, and where
a request comes from.

A host is within a server name if its last labels are those of the server name; the labels in front
are its subdomain. Finding that out takes longer than a match, so the places of the last hosts are
kept. They depend on the arguments alone, and are bounded, in number and in size, because clients
choose the hosts that they ask for.
"""

from cpython.list cimport PyList_SetItem
from cpython.ref cimport Py_INCREF
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_GET_LENGTH
from libc.stdint cimport uint8_t

cdef extern from "Python.h":
    bint PyUnicode_IS_ASCII(object text) noexcept

import re
from functools import lru_cache

cimport cython

from werkzeug.exceptions import BadHost
from werkzeug.wsgi import get_host

from .werkzeug_version import SUBDOMAIN_MATCHING

from .counters cimport published


cdef enum:
    # A name in the DNS has at most 253 characters, and a port has five.
    MOST_CACHED = 260
    # A label of such a name has at most so many characters.
    MOST_IN_LABEL = 63

#: The port that a host need not say, by scheme.
_STANDARD_PORTS = {"http": ":80", "ws": ":80", "https": ":443", "wss": ":443"}

#: Werkzeug before 3.2 has this subdomain for a host that is not within the server name. Variables
#: take it.
_OUTSIDE = "<invalid>"

_HOST = r"(?:(?:[a-z0-9_-]+\.)*[a-z0-9_-]+\.?|\[[0-9a-f:.]+\])(?::([0-9]{0,5}))?"


cpdef object encoded(object server_name):
    """Return a server name in lower case and encoded for DNS.

    :raise BadHost: it can't be encoded (IDNA).
    """
    if type(server_name) is str and _is_encoded(<str>server_name):
        return server_name
    return (_encoded if len(server_name) <= MOST_CACHED else _encoded.__wrapped__)(server_name)


cdef bint _is_encoded(str server_name) noexcept:
    """Tell whether a server name is the same when it is encoded, as far as its characters show it.

    That is what most are: labels of lower-case letters, digits, ``-`` and ``_``, none of them too long
    and none but the last one empty, and maybe a port.
    """
    cdef Py_ssize_t index, start = 0, end = PyUnicode_GET_LENGTH(server_name)
    cdef const uint8_t* text
    cdef uint8_t character
    if not PyUnicode_IS_ASCII(server_name):
        return False
    text = <const uint8_t*>PyUnicode_DATA(server_name)
    for index in range(end):
        character = text[index]
        if c'a' <= character <= c'z' or c'0' <= character <= c'9':
            continue
        if character == c':':
            return index - start <= MOST_IN_LABEL and _are_digits(text + index + 1, text + end)
        if character == c'.':
            if index == start or index - start > MOST_IN_LABEL:
                return False
            start = index + 1
        elif character != c'-' and character != c'_':
            return False
    return end - start <= MOST_IN_LABEL


cdef inline bint _are_digits(const uint8_t* text, const uint8_t* end) noexcept:
    while text < end and c'0' <= text[0] <= c'9':
        text += 1
    return text == end


@lru_cache(maxsize=256)
def _encoded(server_name):
    # The port is no part of the name, whose labels have a greatest length.
    name, colon, port = server_name.lower().partition(":")
    try:
        name = name.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise BadHost from error
    return f"{name}{colon}{port}"


@cython.final
cdef class Place:
    """The server name and the subdomain of a request; `hosts.pxd` tells the fields."""


@cython.final
cdef class KnownPlace:
    """A place together with what it was asked with."""


cdef Place place_of(
    list known,
    object scheme,
    object header,
    object server,
    object server_name,
    bint finds_subdomain,
    bint checks,
):
    cdef KnownPlace last
    # A program could change what an object of a subclass equals.
    cdef bint in_bytes = type(header) is bytes
    # Without a header, the place depends on the server as well.
    cdef bint lasts = (in_bytes or type(header) is str) and len(header) > 0
    if lasts:
        item = published(known, 0)
        if item is not None:
            last = <KnownPlace>item
            if (
                is_same(last.header, header)
                and is_same(last.scheme, scheme)
                and is_same(last.given, server_name)
                and last.finds_subdomain == finds_subdomain
                and last.checks == checks
            ):
                return last.place
    last = KnownPlace()
    last.header = header
    last.scheme = scheme
    last.given = server_name
    last.finds_subdomain = finds_subdomain
    last.checks = checks
    if in_bytes:
        header = (<bytes>header).decode("latin-1")
    last.place = place(scheme, False, header, server, server_name, finds_subdomain, checks)
    if lasts and len(header) <= MOST_CACHED:
        Py_INCREF(last)
        PyList_SetItem(known, 0, last)
    return last.place


cpdef Place place(
    object scheme,
    bint upgraded,
    object header,
    object server,
    object server_name,
    bint finds_subdomain,
    bint checks,
):
    """Tell where a request belongs.

    :param scheme: its scheme: ``"http"``, ``"https"``, ``"ws"`` or ``"wss"``.
    :param upgraded: whether it is upgraded to a WebSocket and has no scheme of HTTP, so that the
        scheme of its host is not the one of the server name.
    :param header: its host as it says, ``None`` if it does not.
    :param server: a tuple of the server's name and port for that case, each ``None`` if it is
        unknown, or ``None``.
    :param server_name: the configured server name, ``None`` for the host of the request.
    :param finds_subdomain: whether a subdomain is looked for.
    :param checks: whether a header that is no host is an error, and an empty one counts as none.
        Otherwise, it is what Werkzeug makes of it.
    :return: the place, which is not ``inside`` if a subdomain is looked for and the host is not
        within the server name; its subdomain is then Werkzeug's, ``"<invalid>"``.
    :raise BadHost: the header is no host, or the server name can't be encoded (IDNA).
    """
    if header is not None and len(header) > MOST_CACHED:
        if checks:
            raise BadHost("the host is too long")
        return _place.__wrapped__(
            scheme, upgraded, header, server, server_name, finds_subdomain, checks
        )
    return _place(scheme, upgraded, header, server, server_name, finds_subdomain, checks)


@lru_cache(maxsize=256)
def _place(
    scheme, bint upgraded, header, server, server_name, bint finds_subdomain, bint checks
):
    if checks:
        host = _checked(header, server).removesuffix(_STANDARD_PORTS.get(scheme, "")).lower()
    else:
        # Werkzeug leaves out the port, by the scheme that the request has before it is upgraded.
        host = _as_werkzeug(scheme, header, server).lower()
    if upgraded:
        scheme = "ws"
    port = _STANDARD_PORTS.get(scheme, "")
    server_name = host if server_name is None else server_name.lower().removesuffix(port)
    found = Place()
    found.server_name = encoded(server_name)
    found.host = host
    found.inside = True
    found.websocket = scheme == "ws" or scheme == "wss"
    if finds_subdomain:
        labels, known = host.split("."), server_name.split(".")
        found.inside = labels[-len(known) :] == known
        found.subdomain = _OUTSIDE
        if found.inside:
            front = labels[: -len(known)]
            found.subdomain = ".".join(front if SUBDOMAIN_MATCHING else filter(None, front))
    return found


def _as_werkzeug(scheme, header, server):
    """Return the host that Werkzeug sees, without a standard port."""
    request = {"wsgi.url_scheme": scheme}
    if header is not None:
        request["HTTP_HOST"] = header
    elif server is not None:
        for key, value in zip(("SERVER_NAME", "SERVER_PORT"), server):
            if value is not None:
                request[key] = value
    return get_host(request)


def _checked(header, server):
    """Return the host of a header, or the server's where there is none."""
    if header:
        if not _is_host(header.lower()):
            raise BadHost(f"{header!r} is no host")
        # A port that is empty is the standard one (RFC 3986, section 6.2.3).
        return header.removesuffix(":")
    address, port = server or (None, None)
    if address:
        if ":" in address and not address.startswith("["):
            address = f"[{address}]"
        host = f"{address}:{port}"
        # A Unix socket has no host.
        if _is_host(host.lower()):
            return host
    return "localhost"


cdef bint _is_host(str text) except -1:
    form = re.fullmatch(_HOST, text)
    return form is not None and int(form[1] or 0) <= 65535
