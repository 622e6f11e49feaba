# cython: language_level=3
"""Address: the server name and the script root that a map is bound to, and URLs there.

What lives here: the fields of an adapter, how it is copied, and how a path of the map becomes a
full URL. What must not be known here: how requests are matched, and how paths are built.
"""

from cpython.object cimport PyObject
from cpython.unicode cimport PyUnicode_GET_LENGTH, PyUnicode_READ_CHAR

cdef extern from "Python.h":
    object PyObject_GenericGetDict(object target, void* context)

import re
# `Any` and `Mapping` are for `typing.get_type_hints`.
from collections.abc import Mapping
from copyreg import __newobj__
from typing import Any
from urllib.parse import quote, urlunsplit

from werkzeug.datastructures import iter_multi_items

from . import werkzeug_version
from .adapter_dict import FIELDS
from .quoting import encode_query

from .overrides cimport has_own
from .state cimport current_state


cdef bint EMPTY_SUBDOMAINS = werkzeug_version.SUBDOMAIN_MATCHING
cdef bint FULL_URLS_WITHOUT_DOMAINS = werkzeug_version.FULL_URLS_WITHOUT_DOMAINS


cdef bint _is_misread(object script_name) except -1:
    """Tell whether a URL with a script name may be read as one of another host.

    Browsers take a backslash for a slash, and leave out control characters. Behind a host, what
    starts with no slash is a part of its name.
    """
    cdef Py_ssize_t index
    cdef Py_UCS4 character
    if type(script_name) is not str or not _is_path(script_name):
        return True
    for index in range(PyUnicode_GET_LENGTH(script_name)):
        character = PyUnicode_READ_CHAR(script_name, index)
        if character < 32 or character == 127 or character == c'\\':
            return True
    return False


cdef object root_of(object script_name):
    cdef Py_ssize_t length
    if type(script_name) is str:
        length = PyUnicode_GET_LENGTH(script_name)
        if length == 0:
            return "/"
        if length == 1 and PyUnicode_READ_CHAR(script_name, 0) == c'/':
            return script_name
    if _is_misread(script_name):
        script_name = _as_root(script_name)
    return script_name if script_name.endswith("/") else script_name + "/"


cdef object _as_root(object script_name):
    """Write a script name so that it can be the start of a URL."""
    below = script_name.lstrip("/")
    return re.sub(r"[\x00-\x1f\x7f\\]", lambda found: quote(found[0]), f"/{below}")


cdef MapState _next_state(Address address):
    """Return a copy of the current state, which the address keeps for its owner, who calls this."""
    cdef BaseMap map = map_of(address)
    cdef MapState state = current_state(<PyObject*>map).copy(map)
    # A finalizer that runs when the last one goes may use the address, so that it goes at the end.
    cdef MapState _last = address.own
    address.own = state
    return state


cdef MapState other_state(Address address):
    if is_owner(address) or becomes_owner(address):
        return _next_state(address)
    map_of(address)
    return current_state(<PyObject*>address.map)


cdef dict attributes_of(Address address):
    return PyObject_GenericGetDict(address, NULL)


cdef class Address:
    # Python reads the arguments of a compiled class in the first line of its docstring, and hides it.
    (
        "Address(map, server_name, script_name, subdomain, url_scheme, path_info, default_method,"
        " query_args=None)\n--\n\n"
        "The part of a :class:`MapAdapter` that knows where the map is bound."
    )

    #: The fields that an object of the class has before its constructor sets any, by name.
    _unset_fields = {}

    def __cinit__(self):
        unset = type(self)._unset_fields
        if unset:
            for name, value in unset.items():
                # The program may have its own `__setattr__`, for objects that are complete.
                object.__setattr__(self, name, value)

    def __init__(
        self,
        map,
        server_name,
        script_name,
        subdomain,
        url_scheme,
        path_info,
        default_method,
        query_args=None,
    ):
        if map is not None and not isinstance(map, BaseMap):
            raise TypeError(f"an adapter needs a map of trieroute, not {map!r}")
        self.map = map
        self.server_name = server_name
        self.script_name = root_of(script_name)
        self.subdomain = "" if EMPTY_SUBDOMAINS and not subdomain else subdomain
        self.url_scheme = url_scheme
        self.path_info = path_info
        self.default_method = default_method
        self.query_args = query_args
        self.websocket = url_scheme == "ws" or url_scheme == "wss"

    # Copies

    def __reduce_ex__(self, protocol):
        return __newobj__, (type(self),), self.__getstate__()

    def __getstate__(self):
        own = object.__getstate__(self)
        # These are what `__slots__` of a subclass hold.
        slots = own[1] if isinstance(own, tuple) else {}
        return self._held_fields(), dict(attributes_of(self)), slots

    def _held_fields(self):
        """Return the fields by name, without what the class has in the place of one."""
        return {name: vars(Address)[name].__get__(self) for name in FIELDS}

    def __setstate__(self, state):
        fields, attributes, slots = state
        for name, value in [*fields.items(), *slots.items()]:
            object.__setattr__(self, name, value)
        attributes_of(self).update(attributes)

    # Full URLs

    def get_host(self, domain_part: str | None) -> str:
        """Give the full host name for a domain part.

        :param domain_part: a subdomain, or a host if the map matches hosts; ``None`` for the
            current one.
        """
        check_self(self)
        return _host(self, (<object>map_of(self)).host_matching, domain_part)

    def encode_query_args(self, query_args: Mapping[str, Any] | str) -> str:
        """Encode a query.

        :param query_args: a mapping, or a str that is taken as it stands.
        """
        if isinstance(query_args, str):
            return query_args
        return encode_query(iter_multi_items(query_args))

    def make_redirect_url(
        self,
        path_info: str,
        query_args: Mapping[str, Any] | str | None = None,
        domain_part: str | None = None,
    ) -> str:
        """Make a full URL on the bound host.

        :param path_info: the percent-encoded path, below the script root.
        :param query_args: a mapping or a str; ``None`` for the query given at binding.
        :param domain_part: subdomain or host, ``None`` for the current one.
        """
        check_self(self)
        if query_args is None:
            query_args = self.query_args
        query = self.encode_query_args(query_args) if query_args else None
        path = f"{self.script_name.strip('/')}/{path_info.lstrip('/')}"
        host = self.get_host(domain_part)
        return urlunsplit((self.url_scheme or "http", host, path, query, None))


cdef object full_url(
    Address adapter, MapState state, domain_part, path, bint websocket, bint external, url_scheme
):
    cdef bint secure, at_root
    host = adapter.get_host(domain_part) if has_own(adapter, "get_host") else None
    if state.subdomain_matching:
        here, current = domain_part, adapter.subdomain
    elif state.host_matching:
        here, current = domain_part if host is None else host, adapter.server_name
    else:
        here = current = None
        external = external or FULL_URLS_WITHOUT_DOMAINS
    # Nothing has to be put between a host and such a path.
    at_root = adapter.script_name == "/" and _is_path(path)
    if not external and not websocket and (here is current or here == current):
        return path if at_root else f"{adapter.script_name.rstrip('/')}/{path.lstrip('/')}"
    if url_scheme is None:
        url_scheme = adapter.url_scheme
    # A WebSocket's URL needs its scheme, and other URLs must not have that one.
    secure = url_scheme == "https" or url_scheme == "wss"
    if websocket:
        start = "wss://" if secure else "ws://"
    elif url_scheme:
        start = "https://" if secure else "http://"
    else:
        start = "//"
    if host is None:
        host = _host(adapter, state.host_matching, domain_part)
    if not host:
        # Behind the slashes of a scheme, browsers would take the path for the host.
        start = ""
    if at_root:
        return f"{start}{host}{path}"
    return f"{start}{host}{adapter.script_name[:-1]}/{path.lstrip('/')}"


cdef object _host(Address adapter, bint host_matching, domain_part):
    if domain_part:
        domain_part = _within_host(host_matching, domain_part)
    if host_matching:
        return adapter.server_name if domain_part is None else domain_part
    subdomain = adapter.subdomain if domain_part is None else domain_part
    return f"{subdomain}.{adapter.server_name}" if subdomain else adapter.server_name


#: What ends the host of a URL, or makes another one of it. A host may have a port behind it, and may
#: be an address of version 6 of IP, whose brackets have been encoded.
_ENDS_SUBDOMAIN = r"[/?#@\\:]"
_ENDS_HOST = r"[/?#@\\]|\A:|:(?![0-9]*\Z)"
_IP_ADDRESS = r"(?:\[|%5B)[0-9A-Fa-f:.]+(?:\]|%5D)(?::[0-9]*)?"


cdef object _within_host(bint host_matching, domain_part):
    """Percent-encode what values have put into a subdomain or host and would end it."""
    cdef Py_ssize_t index
    cdef Py_UCS4 character
    if not isinstance(domain_part, str):
        return domain_part
    for index in range(PyUnicode_GET_LENGTH(domain_part)):
        character = PyUnicode_READ_CHAR(domain_part, index)
        if character <= c'@' and character in "/?#@:" or character == c'\\':
            break
    else:
        return domain_part
    if not host_matching:
        return re.sub(_ENDS_SUBDOMAIN, _encoded, domain_part)
    if re.fullmatch(_IP_ADDRESS, domain_part) is not None:
        return domain_part
    return re.sub(_ENDS_HOST, _encoded, domain_part)


def _encoded(found):
    return f"%{ord(found[0]):02X}"


cdef bint _is_path(object path) noexcept:
    """Tell whether a text starts with one slash and no more."""
    cdef Py_ssize_t length
    if type(path) is not str:
        return False
    length = PyUnicode_GET_LENGTH(path)
    return (
        length > 0
        and PyUnicode_READ_CHAR(path, 0) == c'/'
        and (length == 1 or PyUnicode_READ_CHAR(path, 1) != c'/')
    )
