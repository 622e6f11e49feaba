# cython: language_level=3
"""Binding: a request of WSGI or of ASGI in, an adapter out.

What lives here: where the parts of a request's URL stand in an environment and in a scope. What must
not be known here: rules, and how they are matched. What the host of a request says is read in
:mod:`trieroute._core.hosts`.
"""

from cpython.unicode cimport PyUnicode_GET_LENGTH, PyUnicode_READ_CHAR

import re
# `Any`, `Mapping` and the class of adapters are for `typing.get_type_hints`.
from collections.abc import Mapping
from typing import Any
from warnings import warn

from . import werkzeug_version
from .building import make_builders
from .map_adapter import MapAdapter
from .quoting import quote_path

from .address cimport Address
from .counters cimport load, published, store
from .hosts cimport Place, encoded, is_same, place, place_of
from .map_adapter cimport new_adapter
from .overrides cimport class_version
from .state cimport BaseMap, MapState
from .text cimport PyUnicode_IS_ASCII, exact_text


cdef bint SUBDOMAIN_MATCHING = werkzeug_version.SUBDOMAIN_MATCHING
cdef bint BINDS_BY_OWN_METHOD = werkzeug_version.BINDS_BY_OWN_METHOD
#: The class of the objects whose host is asked for, so that they check it; `None` if there is none.
_REQUEST = None
if werkzeug_version.TRUSTED_HOSTS:
    from werkzeug.wrappers import Request as _REQUEST


cdef class BindableMap(BaseMap):
    """A map that can be bound to a server; the base of ``trieroute.Map``."""

    cdef list places                     # Its item is the KnownPlace of the last request, or None.
    cdef Py_ssize_t plain_bind           # The class of a map whose `bind` is ours has this version.

    def __cinit__(self, *args, **kwargs):
        self.plain_bind = -1
        self.places = [None]

    @property
    def _finds_subdomains(self):
        """Tell whether the domains of rules are subdomains."""
        return self.subdomain_matching if SUBDOMAIN_MATCHING else not self.host_matching

    def prepare(self) -> None:
        """Make all that requests and URLs need of the map, which is else made at first use.

        A server that loads the application and then forks its workers calls it before it forks, so
        that the workers share what was made. It may be called at any time, and again after changes.

        :raise Exception: what a program's own rules and keys raise when they are compiled.
        """
        make_builders(self)

    def bind(
        self,
        server_name: str,
        script_name: str | None = None,
        subdomain: str | None = None,
        url_scheme: str = "http",
        default_method: str = "GET",
        path_info: str | None = None,
        query_args: Mapping[str, Any] | str | None = None,
    ) -> MapAdapter:
        """Bind the map to a server.

        :param server_name: host name, with port if it is no standard one; without the subdomain.
        :param script_name: where the application is mounted, ``None`` for the root.
        :param subdomain: the current subdomain, ``None`` for ``default_subdomain``.
        :param url_scheme: scheme of the current request; ``"ws"`` and ``"wss"`` match rules for
            WebSocket requests alone.
        :param default_method: the HTTP method when ``match`` gets none.
        :param path_info: the path to match when ``match`` gets none, ``None`` for the root.
        :param query_args: query of the request, for redirects.
        :raise TypeError: one of these must be a str and is none.
        :raise RuntimeError: the map matches hosts and a subdomain was given.
        :raise BadHost: the server name can't be encoded for DNS (IDNA).
        """
        _check_self(self)
        if class_version(self) != load(&self.plain_bind) and _catches_up(self):
            return (<object>self)._named_class.bind(
                self,
                server_name,
                script_name,
                subdomain,
                url_scheme,
                default_method,
                path_info,
                query_args,
            )
        _check(server_name, "server_name", False)
        _check(script_name, "script_name", True)
        _check(subdomain, "subdomain", True)
        _check(url_scheme, "url_scheme", True)
        return new_adapter(
            self,
            encoded(server_name),
            script_name,
            _subdomain(self, subdomain, None),
            url_scheme,
            path_info,
            default_method,
            query_args,
            url_scheme == "ws" or url_scheme == "wss",
        )

    def bind_to_environ(
        self,
        environ: WSGIEnvironment | Request,
        server_name: str | None = None,
        subdomain: str | None = None,
    ) -> MapAdapter:
        """Bind the map to a WSGI request.

        Without *server_name*, the request's host is the server name, and there is no subdomain.
        With it, the subdomain is what the request's host has in front of the server name. If the
        host is another one, a warning says so, and the subdomain becomes ``"<invalid>"``, which
        only variables take; or the map's ``default_subdomain``, if that is what the Werkzeug does
        that is installed, as it is since 3.2. There, a map that matches hosts uses no server name.

        :param environ: a WSGI environment, or an object that has one as ``environ``.
        :param server_name: the configured server name.
        :param subdomain: the current subdomain, to override what the request says.
        :raise TypeError: *environ* is none.
        :raise RuntimeError: the map matches hosts and a subdomain was given.
        :raise SecurityError: *environ* is a request whose ``trusted_hosts`` do not have its host,
            and Werkzeug is 3.2 or later.
        :raise BadHost: the server name can't be encoded for DNS (IDNA).
        """
        cdef dict env
        cdef tuple server = None
        cdef Place found
        cdef bint rebound = False, upgraded = False
        cdef object host = None
        _check_self(self)
        if class_version(self) != load(&self.plain_bind):
            if _catches_up(self):
                return (<object>self)._named_class.bind_to_environ(
                    self, environ, server_name, subdomain
                )
            rebound = _is_rebound(self)
        if type(environ) is not dict:
            if _REQUEST is not None and isinstance(environ, _REQUEST):
                host = environ.host
            environ = getattr(environ, "environ", environ)
            if not isinstance(environ, dict):
                raise TypeError(
                    f"environ must be a WSGI environment, not {type(environ).__name__}"
                )
        env = <dict>environ
        _check(server_name, "server_name", True)
        _check(subdomain, "subdomain", True)
        scheme = env["wsgi.url_scheme"]
        upgrade = env.get("HTTP_UPGRADE")
        if upgrade is not None and upgrade.lower() == "websocket":
            for option in env.get("HTTP_CONNECTION", "").lower().split(","):
                if option.strip(" \t") == "upgrade":
                    if scheme == "https":
                        scheme = "wss"
                    elif scheme == "http":
                        scheme = "ws"
                    else:
                        upgraded = True
                    break
        header = env.get("HTTP_HOST") if host is None else host
        if header is None:
            server = env.get("SERVER_NAME"), env.get("SERVER_PORT")
        if SUBDOMAIN_MATCHING and matches_hosts(self):
            server_name = None
        finds = finds_subdomains(self)
        if upgraded:
            # Its host has the standard port of the scheme before, which may be another one.
            found = place(scheme, True, header, server, server_name, finds, False)
            scheme = "ws"
        else:
            found = place_of(self.places, scheme, header, server, server_name, finds, False)
        if subdomain is None and not found.inside:
            # Applications have filters for Werkzeug's warning, by its first words. No frame is of
            # this function: the innermost one is the caller's.
            warn(_outside_warning(self, found))
        if SUBDOMAIN_MATCHING and not found.inside:
            below = _subdomain(self, subdomain, None)
        else:
            below = _subdomain(self, subdomain, found.subdomain)
        script_name = _decoded(env.get("SCRIPT_NAME"))
        path_info = _decoded(env.get("PATH_INFO"))
        query = _decoded(env.get("QUERY_STRING"))
        method = env["REQUEST_METHOD"]
        if BINDS_BY_OWN_METHOD:
            if type(self).bind is not BindableMap.bind or "bind" in self.__dict__:
                return (<object>self).bind(
                    url_scheme=scheme,
                    subdomain=below if found.inside else subdomain,
                    server_name=found.server_name,
                    default_method=method,
                    script_name=script_name,
                    path_info=path_info,
                    query_args=query,
                )
        elif rebound:
            bind = (<object>self)._named_class.bind
            return bind(
                self,
                found.server_name,
                script_name,
                below,
                scheme,
                method,
                path_info,
                query_args=query,
            )
        return new_adapter(
            self,
            found.server_name,
            script_name,
            below,
            scheme,
            path_info,
            method,
            query,
            found.websocket,
        )

    def bind_to_scope(
        self,
        scope: Mapping[str, Any],
        server_name: str | None = None,
        subdomain: str | None = None,
    ) -> MapAdapter:
        """Bind the map to a request of ASGI.

        It does what :meth:`bind_to_environ` does, without a warning. If the host is not within the
        server name, no rule matches, not even one with a variable for the subdomain.

        :param scope: the scope of a connection, of type ``"http"`` or ``"websocket"``, which match
            rules for HTTP and for WebSocket requests alone. Its ``path`` may have the ``root_path``
            in front, as the specification says, or lack it.
        :param server_name: the configured server name; ``None`` for the host that the request is
            for: its ``Host`` header or, without one, the address of the server.
        :param subdomain: the current subdomain, to override what the request says.
        :raise ValueError: the scope is of another type.
        :raise TypeError: a path in the scope is no str, or the query or ``Host`` are no bytes.
        :raise RuntimeError: the map matches hosts and a subdomain was given.
        :raise BadHost: the request's host is none, or can't be encoded for DNS (IDNA).
        """
        cdef str path, root = None
        cdef tuple server = None
        cdef Place found
        cdef Address adapter
        # The methods of an exact dict need not be looked up.
        cdef dict request = <dict>scope if type(scope) is dict else _as_dict(scope)
        cdef dict schemes
        _check_self(self)
        _check(server_name, "server_name", True)
        _check(subdomain, "subdomain", True)
        kind = request.get("type")
        schemes = _SCOPE_SCHEMES.get(kind)
        if schemes is None:
            raise ValueError(f"the scope of a request is 'http' or 'websocket', not {kind!r}")
        scheme = request.get("scheme")
        scheme = schemes.get(scheme, scheme)
        header = None
        for name, value in request.get("headers") or ():
            if is_same(name, b"host") or (type(name) is not bytes and name == b"host"):
                header = _bytes(value, "the Host header of the scope")
                break
        if not header:
            address = request.get("server")
            server = None if address is None else tuple(address)
        if SUBDOMAIN_MATCHING and matches_hosts(self):
            server_name = None
        found = place_of(
            self.places, scheme, header, server, server_name, finds_subdomains(self), True
        )
        path = exact_text(request["path"], "the path of the scope")
        above = request.get("root_path")
        if above:
            root = exact_text(above, "the root path of the scope").rstrip("/")
            if path.startswith(root) and _is_below(path, PyUnicode_GET_LENGTH(root)):
                path = path[PyUnicode_GET_LENGTH(root) :]
            # What is built starts with it: not a second slash, which would begin a host.
            root = f"/{root.lstrip('/')}"
            try:
                root = quote_path(root)
            except UnicodeEncodeError:
                root = quote_path(re.sub(_SURROGATES, "\ufffd", root))
        if PyUnicode_GET_LENGTH(path) > 0 and PyUnicode_READ_CHAR(path, 0) != c'/':
            authority = re.match(_AUTHORITY, path)
            if authority is not None:
                path = path[authority.end() :]
        query = request.get("query_string")
        if query:
            query = _bytes(query, "the query string of the scope")
        adapter = new_adapter(
            self,
            found.server_name,
            root or "/",
            _subdomain(self, subdomain, found.subdomain),
            scheme,
            path,
            request["method"] if kind == "http" else "GET",
            query.decode(errors="replace") if query else "",
            found.websocket,
        )
        adapter._outside = subdomain is None and not found.inside
        return adapter


cdef inline int _check_self(object given) except -1:
    """Check that a method has got a map; nothing else does if it is called by the class."""
    if not isinstance(given, BindableMap):
        raise TypeError(f"a method of Map needs a map, not {type(given).__name__}")
    return 0


cdef bint _catches_up(BindableMap map) except -1:
    """Take up what a program has replaced on Werkzeug's own class; tell whether that is anything."""
    replaced = (<object>map)._replaced_methods
    if replaced is not None and replaced.catch_up():
        return True
    _is_rebound(map)
    return False


cdef bint _is_rebound(BindableMap map) except -1:
    """Tell whether a program has replaced `Map.bind`, which `bind_to_environ` calls by that name.

    What a subclass overrides is not called.
    """
    cdef Py_ssize_t version
    # What is looked up gives the class a version.
    type(map).bind
    version = class_version(map)
    if (<object>map)._named_class.bind is not BindableMap.bind:
        return True
    store(&map.plain_bind, version)
    return False


#: The scheme of a request, by the type of its ASGI scope, and then by the scheme that the scope
#: names. It may name none, or one of the other type, which a proxy has given.
cdef dict _SCOPE_SCHEMES = {
    "http": {None: "http", "": "http", "ws": "http", "wss": "https"},
    "websocket": {None: "ws", "": "ws", "http": "ws", "https": "wss"},
}

#: What the scope of a request may lack, of what is read of it.
cdef tuple _MAY_LACK = ("type", "scheme", "headers", "server", "root_path", "query_string")

#: Halves of surrogate pairs, which no URL can have.
_SURROGATES = "[\ud800-\udfff]"

#: A request target in absolute form up to its path. Some servers hand it on as the path.
_AUTHORITY = "(?i)https?://[^/]*"


cdef inline bint matches_hosts(BindableMap map) except -1:
    """Tell whether the domains of the rules are hosts."""
    state = published(map.states, 0)
    # An attribute of the map's takes longer to look up, and the state has it, if that is current.
    if (<MapState>state).changes == load(&map.changes):
        return (<MapState>state).host_matching
    return (<object>map).host_matching


cdef inline bint finds_subdomains(BindableMap map) except -1:
    """Tell whether the domains of the rules are subdomains."""
    state = published(map.states, 0)
    if (<MapState>state).changes == load(&map.changes):
        return (<MapState>state).subdomain_matching
    return (<object>map)._finds_subdomains


cdef str _outside_warning(object map, Place found):
    """Say that the host of a request is not within the server name."""
    if SUBDOMAIN_MATCHING:
        return (
            f"Couldn't determine current subdomain, the default {map.default_subdomain!r} is used:"
            f" Current server name {found.host!r} is not within the configured server name"
            f" {found.server_name!r}"
        )
    return (
        f"Current server name {found.host!r} is not within the configured {found.server_name!r}"
    )


cdef inline object _subdomain(BindableMap map, object given, object found):
    """Return the subdomain to match: the one that was given, found, or the map's own."""
    if matches_hosts(map):
        if given is not None:
            raise RuntimeError("host matching is enabled, a subdomain can't be given")
        return None
    if given is not None:
        return given
    return (<object>map).default_subdomain if found is None else found


cdef bint _is_below(str path, Py_ssize_t end) except -1:
    """Tell whether a root path may end there: before a slash, the end, or a target in absolute form."""
    return (
        end == PyUnicode_GET_LENGTH(path)
        or PyUnicode_READ_CHAR(path, end) == c'/'
        or re.match(_AUTHORITY, path[end:]) is not None
    )


cdef inline int _check(object value, str name, bint may_lack) except -1:
    """Raise an error for an argument that must be a text."""
    if type(value) is not str and not (value is None and may_lack) and not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {type(value).__name__}")
    return 0


cdef dict _as_dict(object scope):
    """Return what is needed of a scope that is no exact dict, by its own methods."""
    cdef dict found
    if not hasattr(scope, "get"):
        raise TypeError(f"scope must be that of an ASGI connection, not {type(scope).__name__}")
    found = {key: scope.get(key) for key in _MAY_LACK}
    for key in ("path", "method"):
        try:
            found[key] = scope[key]
        except KeyError:
            # It is an error where it is needed.
            pass
    return found


cdef bytes _bytes(object value, str name):
    if type(value) is bytes:
        return <bytes>value
    if not isinstance(value, (bytes, bytearray)):
        raise TypeError(f"{name} must be bytes, not {type(value).__name__}")
    return bytes(value)


cdef inline object _decoded(object value):
    """Undo the Latin-1 disguise of a text in a WSGI environment (PEP 3333)."""
    if value is None or (type(value) is str and PyUnicode_IS_ASCII(value)):
        return value
    return value.encode("latin-1").decode(errors="replace")
