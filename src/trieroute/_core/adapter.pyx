# cython: language_level=3
"""MapAdapter: a map bound to a server name, ready to match and build.

What lives here: the way of one request from its arguments to a result or an exception. What must
not be known here: how rules are parsed and ordered, and where a request comes from. Of a map this
file reads its state, once a call.

The fast walk decides only "winner or none". What a failed match has to report (allowed methods,
WebSocket mismatch) is gathered on a second walk, and a path with runs of slashes gets a walk with
slashes merged in between.
"""

from cpython.unicode cimport PyUnicode_GET_LENGTH

cdef extern from "Python.h":
    Py_UCS4 PyUnicode_READ_CHAR(object text, Py_ssize_t index) noexcept

from contextvars import ContextVar

from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import BuildError, RequestRedirect, WebsocketMismatch

from .inspected import inspection
from .quoting import quote_path
from .redirects import check_location, default_redirect, is_same_url, redirect_target, redirection

cimport cython

from .address cimport Address, state_of
from .building cimport Built, build_endpoint, has_none, items_of, release
from .misses cimport merged_path, would_match
from .state cimport MapState
from .target cimport Target
from .text cimport exact_text
from .trie cimport Trie
from .walk cimport Form, Walk

#: This is the current adapter together with its namespace, or None.
CURRENT = ContextVar("trieroute.current", default=None)


cdef class _Current:
    """Makes an adapter the current one inside a `with` block."""

    cdef tuple current
    cdef object token

    def __cinit__(self, adapter, namespace):
        self.current = adapter, namespace

    def __enter__(self):
        if self.token is not None:
            raise RuntimeError("this block is entered already, call current() for each")
        self.token = CURRENT.set(self.current)
        return self.current[0]

    def __exit__(self, *_):
        token, self.token = self.token, None
        CURRENT.reset(token)


cdef class MapAdapter(Address):
    """A map bound to a server name: matches requests and builds URLs.

    :param map: the map.
    :param server_name: host name, with port if it is no standard one.
    :param script_name: where the application is mounted; a slash is added at its end. Several
        slashes in front become one, and a backslash and control characters are percent-encoded.
    :param subdomain: the current subdomain; ``None`` where the map matches hosts.
    :param url_scheme: ``"http"``, ``"https"``, ``"ws"``, ``"wss"`` or empty.
    :param path_info: the path to match when :meth:`match` gets none.
    :param default_method: the HTTP method when :meth:`match` gets none.
    :param query_args: query of the request, for redirects; a str or a mapping.
    """

    # Matching

    @cython.binding(False)
    @cython.embedsignature(True)
    @cython.embedsignature.format("clinic")
    def match(
        self,
        path_info=None,
        method=None,
        return_rule=False,
        query_args=None,
        websocket=None,
    ):
        """Find the rule that takes a request.

        :param path_info: the decoded path; ``None`` for the one given at binding. Slashes in front
            count as one.
        :param method: the HTTP method, in any case; ``None`` for the one given at binding.
        :param return_rule: whether to return the rule in place of its endpoint.
        :param query_args: query of the request, a str or a mapping, for redirects; ``None`` for the
            one given at binding.
        :param websocket: whether it is a WebSocket request; ``None`` to tell by the scheme.
        :return: ``(endpoint, values)``, or ``(rule, values)``; values is a dict by variable name.
        :raise NotFound: no rule matches.
        :raise MethodNotAllowed: rules match, but for other methods; ``valid_methods`` lists them.
        :raise WebsocketMismatch: rules match, but for WebSocket requests, or for others alone.
        :raise RequestRedirect: the client has to go to ``new_url``.
        :raise TypeError: *path_info* or *method* is not a str.
        """
        # The match works on this state to its end, whatever is published meanwhile.
        cdef MapState state = state_of(self)
        cdef bint in_websocket, passed = False
        in_websocket = self.websocket if websocket is None else websocket
        if type(path_info) is not str:
            path_info = exact_text(self.path_info if path_info is None else path_info, "path_info")
        if type(method) is not str or not method:
            method = exact_text(self.default_method if method is None else method, "method")
            if not method:
                method = exact_text(self.default_method, "method")
        if self.outside:
            raise NotFound
        domain = _domain(self, state)
        if type(domain) is not str:
            domain = exact_text(domain, "the domain to match")
        found = _match(
            self,
            state,
            <str>domain,
            <str>path_info,
            <str>method,
            return_rule,
            query_args,
            in_websocket,
            &passed,
        )
        if found is None:
            # The exception is raised here, since each level that it passes through takes time.
            raise _refusal(
                self,
                state.trie,
                <str>domain,
                <str>path_info,
                <str>method,
                query_args,
                in_websocket,
                state.merge_slashes and "//" in path_info,
                passed,
            )
        return found

    def dispatch(self, view_func, path_info=None, method=None, catch_http_exceptions=False):
        """Match a request and call its view.

        :param view_func: called with endpoint and values; what it returns is returned.
        :param path_info: as in :meth:`match`.
        :param method: as in :meth:`match`.
        :param catch_http_exceptions: whether to return HTTP exceptions in place of raising them.
            Redirects are returned in any case.
        :return: what the view returns, or an exception that is a WSGI application.
        """
        try:
            try:
                endpoint, values = self.match(path_info, method)
            except RequestRedirect as redirect:
                return redirect
            return view_func(endpoint, values)
        except HTTPException as error:
            if catch_http_exceptions:
                return error
            raise

    def test(self, path_info=None, method=None):
        """Tell whether a request matches or redirects.

        :param path_info: as in :meth:`match`.
        :param method: as in :meth:`match`.
        """
        try:
            self.match(path_info, method)
        except RequestRedirect:
            return True
        except HTTPException:
            return False
        return True

    def allowed_methods(self, path_info=None):
        """List the methods that rules take for a path.

        :param path_info: as in :meth:`match`.
        :return: a list of methods; empty where no rule matches or one takes all methods.
        """
        try:
            self.match(path_info, method="--")
        except MethodNotAllowed as error:
            return error.valid_methods
        except HTTPException:
            pass
        return []

    def explain(self, path_info=None, method=None, websocket=None):
        """Explain why a request goes where it goes; the arguments are those of :meth:`match`.

        :return: a ``trieroute.inspection.Explanation``, which prints as a short report.
        :raise TypeError: *path_info* or *method* is not a str.
        """
        return inspection().explain(self, path_info, method, websocket)

    def get_default_redirect(self, rule, method, values, query_args):
        """Find the rule whose defaults make it the canonical one for the values of a match.

        :param rule: the rule that matched.
        :param method: the HTTP method.
        :param values: the values of the match; the defaults of the rule found are laid over them.
        :param query_args: query for the URL.
        :return: the URL to redirect to, or ``None``.
        """
        return default_redirect(self, rule, method, values, query_args)

    def make_alias_redirect_url(self, path, endpoint, values, method, query_args):
        """Make the full URL of the canonical rule of an endpoint.

        :param path: what matched an alias, as ``"domain|/path"``.
        :param endpoint: the endpoint.
        :param values: values by variable name.
        :param method: the HTTP method.
        :param query_args: a mapping or a str.
        :raise BuildError: no rule can build the URL.
        """
        if type(self) is MapAdapter:
            state = state_of(self)
            url = _absolute(self, state, endpoint, dict(values), method, False, True, True, None)
            if url is None:
                raise BuildError(endpoint, values, method, self)
        else:
            # `build` may be overridden.
            url = self.build(endpoint, values, method, force_external=True, append_unknown=False)
        if query_args:
            url += f"?{self.encode_query_args(query_args)}"
        return url

    # Building

    def current(self, namespace=None):
        """Make this the current adapter, which `url_for` uses, inside a ``with`` block.

        Blocks may be nested; each task and each thread has a current adapter of its own.

        :param namespace: what endpoints that start with a dot are relative to.
        :return: a context manager, for one block, that gives the adapter.
        """
        return _Current(self, namespace)

    def build(
        self,
        endpoint,
        values=None,
        method=None,
        force_external=False,
        append_unknown=True,
        url_scheme=None,
    ):
        """Build the URL of an endpoint.

        :param endpoint: the endpoint.
        :param values: values by variable name; others become the query, lists repeat their key,
            and ``None`` drops its key. A mapping or a ``MultiDict``.
        :param method: HTTP method that the rule has to take; ``None`` for any.
        :param force_external: whether to give a full URL even on the current host.
        :param append_unknown: whether other values become the query.
        :param url_scheme: scheme of a full URL; empty for a URL that starts with ``//``; ``None``
            for the current one.
        :return: a path, or a full URL if the rule is on another host or wants WebSocket requests.
        :raise BuildError: no rule of the endpoint suits the values and the method.
        """
        cdef dict given
        cdef MapState state = state_of(self)
        if not values:
            given = {}
        elif type(values) is dict:
            given = values
            if has_none(given):
                given = {key: item for key, item in values.items() if item is not None}
        elif isinstance(values, MultiDict):
            given = {
                key: items[0] if len(items) == 1 else items
                for key, items in dict.items(values)
                if items
            }
        else:
            given = {key: item for key, item in items_of(values) if item is not None}
        url = _absolute(
            self, state, endpoint, given, method, append_unknown, False, force_external, url_scheme
        )
        if url is None:
            raise BuildError(endpoint, dict(given), method, self)
        return url


cdef tuple _match(
    MapAdapter adapter,
    MapState state,
    str domain,
    str path,
    str method,
    object return_rule,
    object query_args,
    bint websocket,
    bint* passed,
):
    """Match, or return `None` and tell in `passed` whether rules take the path as it stands.

    The caller owns all that is given.
    """
    cdef Walk walk
    cdef dict values
    cdef bint found
    # `close` would free this, if something raised before `find` sets it.
    walk.own_segments = NULL
    try:
        # A reference of the trie's own would be counted by all threads. The state holds the trie.
        found = state.trie.find(&walk, domain, path, method, websocket, False)
        while found:
            # The trie owns the target.
            values = (<Target>walk.target).values(&walk, domain, path)
            if values is not None:
                if walk.form == Form.REDIRECTED:
                    _to_path(
                        adapter, (<Target>walk.target).corrected(&walk, path, True), query_args
                    )
                if not (<Target>walk.target).direct or type(adapter) is not MapAdapter:
                    _redirect(
                        adapter, state, (<Target>walk.target).rule, method, values, query_args, path
                    )
                if return_rule:
                    return (<Target>walk.target).rule, values
                return (<Target>walk.target).endpoint, values
            # A rule whose converter refuses is passed over.
            walk.least = walk.best + 1
            found = state.trie.search(&walk, domain, path, None)
    finally:
        if walk.own_segments != NULL:
            state.trie.close(&walk)
    passed[0] = walk.passed
    return None


cdef object _refusal(
    MapAdapter adapter,
    Trie trie,
    str domain,
    str path,
    str method,
    object query_args,
    bint websocket,
    bint merge,
    bint passed,
):
    """Make the exception that tells why nothing matched.

    Where the path matches with its slashes merged, `RequestRedirect` is raised instead.
    """
    if not passed and not merge:
        return NotFound()
    if merge:
        right = merged_path(trie, domain, path, method, websocket)
        if right is not None:
            _to_path(adapter, right, query_args)
    allowed, mismatch = would_match(trie, domain, path, method.upper(), websocket, merge)
    if allowed:
        return MethodNotAllowed(valid_methods=list(allowed))
    return WebsocketMismatch() if mismatch else NotFound()


cdef int _to_path(MapAdapter adapter, str path, object query_args) except -1:
    """Raise `RequestRedirect` to a path on the bound host."""
    # An overridden `make_redirect_url` may rely on a query, as it can in Werkzeug.
    new_url = _here(adapter, path, adapter.query_args or {} if query_args is None else query_args)
    if new_url is None:
        raise NotFound
    raise redirection(new_url)


cdef int _redirect(
    MapAdapter adapter, MapState state, rule, str method, dict values, query_args, str path
) except -1:
    """Raise `RequestRedirect` if the match of a rule leads elsewhere.

    A redirect to the requested URL itself, and one that can't be built, are none.
    """
    method = method.upper()
    if query_args is None:
        query_args = adapter.query_args or {}
    if state.redirect_defaults:
        if rule.alias:
            url = _alias_url(adapter, state, path, rule.endpoint, values, method, query_args)
        else:
            url = adapter.get_default_redirect(rule, method, values, query_args)
        if url is not None and not is_same_url(url, _here(adapter, path, query_args)):
            raise redirection(url)
    if rule.redirect_to is not None:
        raise redirection(redirect_target(adapter, rule, values))
    return 0


cdef object _here(MapAdapter adapter, str path, object query_args):
    """Return the full URL of a path on the bound host, `None` for one with a lone surrogate."""
    try:
        return adapter.make_redirect_url(quote_path(path), query_args)
    except UnicodeEncodeError:
        return None


cdef object _alias_url(
    MapAdapter adapter, MapState state, str path, endpoint, dict values, str method, query_args
):
    """Return the URL of the rule that an alias stands for, `None` if there is no such rule."""
    try:
        if _absolute(adapter, state, endpoint, values, method, False, True, True, None) is None:
            return None
        url = adapter.make_alias_redirect_url(
            f"{_domain(adapter, state)}|{path}", endpoint, values, method, query_args
        )
        check_location(url)
        return url
    except (MemoryError, RecursionError):
        # These tell of the interpreter, not of the rule.
        raise
    except Exception:
        return None


cdef inline object _domain(MapAdapter adapter, MapState state):
    """Return the domain that rules are matched with."""
    if state.host_matching or adapter.subdomain is None:
        return adapter.server_name
    return adapter.subdomain


cdef object _absolute(
    MapAdapter adapter,
    MapState state,
    object endpoint,
    dict values,
    object method,
    bint append_unknown,
    bint canonical,
    bint external,
    object url_scheme,
):
    """Build a URL and put it on the host, or return `None` if no rule suits."""
    cdef Built built
    if not build_endpoint(
        adapter.map,
        state,
        endpoint,
        values,
        method,
        adapter.default_method,
        adapter.server_name if state.host_matching else None,
        append_unknown,
        canonical,
        &built,
    ):
        return None
    domain_part, path = <object>built.domain, <object>built.path
    release(&built)
    return _url(adapter, state, domain_part, path, built.websocket, external, url_scheme)


cdef object _url(
    MapAdapter adapter, MapState state, domain_part, path, bint websocket, bint external, url_scheme
):
    """Put scheme, host and script root in front of what was built, as far as needed."""
    cdef bint secure
    if state.host_matching:
        here = domain_part if type(adapter) is MapAdapter else adapter.get_host(domain_part)
        current = adapter.server_name
    else:
        here, current = domain_part, adapter.subdomain
    if not external and not websocket and (here is current or here == current):
        if adapter.script_name == "/" and _is_path(path):
            return path
        return f"{adapter.script_name.rstrip('/')}/{path.lstrip('/')}"
    if url_scheme is None:
        url_scheme = adapter.url_scheme
    # A WebSocket's URL needs its scheme, and other URLs must not have that one.
    secure = url_scheme in ("https", "wss")
    if websocket:
        url_scheme = "wss" if secure else "ws"
    elif url_scheme:
        url_scheme = "https" if secure else "http"
    scheme = f"{url_scheme}:" if url_scheme else ""
    host = adapter.get_host(domain_part)
    return f"{scheme}//{host}{adapter.script_name[:-1]}/{path.lstrip('/')}"


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
