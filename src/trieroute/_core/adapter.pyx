# cython: language_level=3
"""MapAdapter: a map bound to a server name, ready to match and build.

What lives here: the way of one request from its arguments to a result or an exception. What must
not be known here: how rules are parsed and ordered, and where a request comes from. Of a map this
file reads its state, once a call, and its rules by endpoint.

The fast walk decides only "winner or none". What a failed match has to report (allowed methods,
WebSocket mismatch) is gathered on a second walk, and a path with runs of slashes gets a walk with
slashes merged in between.
"""

from cpython.dict cimport PyDict_Next
from cpython.object cimport PyObject
from cpython.unicode cimport (
    PyUnicode_CheckExact,
    PyUnicode_GET_LENGTH,
)

cdef extern from "Python.h":
    Py_UCS4 PyUnicode_READ_CHAR(object text, Py_ssize_t index) noexcept
    bint PyUnicode_IS_ASCII(object text) noexcept

from contextvars import ContextVar
from copyreg import __newobj__
from urllib.parse import urljoin, urlsplit, urlunsplit

from werkzeug.datastructures import MultiDict, iter_multi_items
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import BuildError, RequestRedirect, WebsocketMismatch

from .quoting import encode_query, quote_path

cimport cython

from .building cimport Built, Candidate, build_first, candidates, release
from .target cimport Target
from .state cimport BaseMap, MapState, changes_of, current_state
from .trie cimport Gathered, Trie
from .walk cimport Form, Walk


#: What an adapter that is copied hands on.
cdef tuple _FIELDS = (
    "map",
    "server_name",
    "script_name",
    "subdomain",
    "url_scheme",
    "path_info",
    "default_method",
    "query_args",
    "websocket",
    "outside",
)

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


cdef class MapAdapter:
    """A map bound to a server name: matches requests and builds URLs.

    :param map: the map.
    :param server_name: host name, with port if it is no standard one.
    :param script_name: where the application is mounted; a slash is added at its end.
    :param subdomain: the current subdomain; ``None`` where the map matches hosts.
    :param url_scheme: ``"http"``, ``"https"``, ``"ws"``, ``"wss"`` or empty.
    :param path_info: the path to match when :meth:`match` gets none.
    :param default_method: the HTTP method when :meth:`match` gets none.
    :param query_args: query of the request, for redirects; a str or a mapping.
    """

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
        self._set(
            map,
            server_name,
            script_name,
            subdomain,
            url_scheme,
            path_info,
            default_method,
            query_args,
        )

    cdef int _set(
        self,
        BaseMap map,
        object server_name,
        object script_name,
        object subdomain,
        object url_scheme,
        object path_info,
        object default_method,
        object query_args,
    ) except -1:
        self.map = map
        self.server_name = server_name
        if not script_name.endswith("/"):
            script_name += "/"
        self.script_name = script_name
        self.subdomain = subdomain
        self.url_scheme = url_scheme
        self.path_info = path_info
        self.default_method = default_method
        self.query_args = query_args
        self.websocket = url_scheme == "ws" or url_scheme == "wss"
        return 0

    # Copies

    def __reduce_ex__(self, protocol):
        return __newobj__, (type(self),), self.__getstate__()

    def __getstate__(self):
        own = object.__getstate__(self)
        # The attributes of a subclass, and what its `__slots__` hold.
        attributes, slots = own if isinstance(own, tuple) else (own, {})
        fields = {name: getattr(self, name) for name in _FIELDS}
        return fields, attributes, slots

    def __setstate__(self, state):
        fields, attributes, slots = state
        for name, value in [*fields.items(), *slots.items()]:
            object.__setattr__(self, name, value)
        if attributes:
            (<object>self).__dict__.update(attributes)

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
        cdef BaseMap map = _map(self)
        cdef MapState state
        cdef bint in_websocket, passed = False
        in_websocket = self.websocket if websocket is None else websocket
        if type(path_info) is not str:
            path_info = exact_text(self.path_info if path_info is None else path_info, "path_info")
        if type(method) is not str or not method:
            method = exact_text(self.default_method if method is None else method, "method")
            if not method:
                method = exact_text(self.default_method, "method")
        # The match works on this state to its end, whatever is published meanwhile.
        state = current_state(map)
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

    cdef int _merge(
        self, Trie trie, str domain, str path, str method, bint websocket, object query_args
    ) except -1:
        """Raise `RequestRedirect` if a rule matches the path with its slashes merged.

        A rule is passed over if its path, with slashes merged, is the very one that was requested.
        """
        cdef Walk walk
        cdef Target target
        cdef str right
        cdef bint found
        walk.own_segments = NULL
        try:
            found = trie.find(&walk, domain, path, method, websocket, True)
            while found:
                target = <Target>walk.target
                if target.values(&walk, domain, path) is not None:
                    right = target.corrected(&walk, path, walk.form == Form.REDIRECTED)
                    if right != path:
                        self._to_path(right, query_args)
                walk.least = walk.best + 1
                found = trie.search(&walk, domain, path, None)
        finally:
            trie.close(&walk)
        return 0

    cdef int _to_path(self, str path, object query_args) except -1:
        """Raise `RequestRedirect` to a path on the bound host."""
        # An overridden `make_redirect_url` may rely on a query, as it can in Werkzeug.
        new_url = self._here(path, self.query_args or {} if query_args is None else query_args)
        if new_url is None:
            raise NotFound
        raise RequestRedirect(new_url)

    cdef int _redirect(
        self, MapState state, rule, str method, dict values, query_args, str path
    ) except -1:
        """Raise `RequestRedirect` if the match of a rule leads elsewhere.

        A redirect to the requested URL itself, and one that can't be built, are none. What the
        rule's own callable raises passes through.
        """
        method = method.upper()
        if query_args is None:
            query_args = self.query_args or {}
        if state.redirect_defaults:
            if rule.alias:
                url = self._alias_url(state, path, rule.endpoint, values, method, query_args)
            else:
                url = self.get_default_redirect(rule, method, values, query_args)
            if url is not None and not _same_url(url, self._here(path, query_args)):
                raise RequestRedirect(url)
        if rule.redirect_to is not None:
            raise RequestRedirect(self._redirect_to(rule, values))
        return 0

    cdef object _here(self, str path, query_args):
        """Return the full URL of a path on the bound host, `None` for one with a lone surrogate."""
        try:
            return self.make_redirect_url(quote_path(path), query_args)
        except UnicodeEncodeError:
            return None

    cdef object _alias_url(
        self, MapState state, str path, endpoint, dict values, str method, query_args
    ):
        """Return the URL of the rule that an alias stands for, `None` if there is no such rule."""
        try:
            if self._absolute(state, endpoint, values, method, False, True, True, None) is None:
                return None
            return self.make_alias_redirect_url(
                f"{_domain(self, state)}|{path}", endpoint, values, method, query_args
            )
        except Exception:
            return None

    cdef str _redirect_to(self, rule, dict values):
        """Return the URL that ``redirect_to`` leads to, joined to the script root."""
        netloc = f"{self.subdomain}.{self.server_name}" if self.subdomain else self.server_name
        root = f"{self.url_scheme or 'http'}://{netloc}{self.script_name}"
        if not isinstance(rule.redirect_to, str):
            return urljoin(root, rule.redirect_to(self, **values))
        try:
            return self._joined(root, rule, values)
        except Exception:
            # No URL can be made of what the client put into a variable.
            raise NotFound from None

    cdef str _joined(self, str root, rule, dict values):
        """Put values into a ``redirect_to`` text, and join the URL to the script root."""
        cdef dict put = {}
        target = ""
        template = ""
        for piece in rule._redirect_pieces():
            if isinstance(piece, str):
                target += piece
                template += piece
            else:
                text = piece.to_url(values[piece.name])
                stand_in = f"v{len(put)}v"
                put[stand_in] = text
                target += text
                template += stand_in
        # Where to go is for the rule to say, not for what the client put into a variable: a scheme
        # that the rule does not give is none, and a text within the host must not end it.
        scheme, host = urlsplit(urljoin(root, template))[:2]
        if (scheme, host) == urlsplit(root)[:2] or any(name in scheme for name in put):
            url = urljoin(root, target)
            if urlsplit(url)[:2] != urlsplit(root)[:2]:
                url = urljoin(root, "./" + target.lstrip("/\\"))
            return url
        for stand_in, text in put.items():
            if stand_in in host and any(character in text for character in "/?#@:\\[]"):
                raise NotFound
        return urljoin(root, target)

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

    def get_host(self, domain_part):
        """Give the full host name for a domain part.

        :param domain_part: a subdomain, or a host if the map matches hosts; ``None`` for the
            current one.
        """
        if (<object>_map(self)).host_matching:
            return self.server_name if domain_part is None else domain_part
        subdomain = self.subdomain if domain_part is None else domain_part
        return f"{subdomain}.{self.server_name}" if subdomain else self.server_name

    def get_default_redirect(self, rule, method, values, query_args):
        """Find the rule whose defaults make it the canonical one for the values of a match.

        :param rule: the rule that matched.
        :param method: the HTTP method.
        :param values: the values of the match; the defaults of the rule found are laid over them.
        :param query_args: query for the URL.
        :return: the URL to redirect to, or ``None``.
        """
        for other in (<object>_map(self))._rules_by_endpoint.get(rule.endpoint, ()):
            # The rules stand in the order in which they are preferred for building.
            if other is rule:
                break
            if other.provides_defaults_for(rule) and other.suitable_for(values, method):
                try:
                    domain_part, path = other.build({**values, **other.defaults})
                    url = self.make_redirect_url(path, query_args, domain_part=domain_part)
                except Exception:
                    # This rule can't build the URL: it is not the canonical one.
                    continue
                values.update(other.defaults)
                return url
        return None

    def encode_query_args(self, query_args):
        """Encode a query.

        :param query_args: a mapping, or a str that is taken as it stands.
        """
        if isinstance(query_args, str):
            return query_args
        return encode_query(iter_multi_items(query_args))

    def make_redirect_url(self, path_info, query_args=None, domain_part=None):
        """Make a full URL on the bound host.

        :param path_info: the percent-encoded path, below the script root.
        :param query_args: a mapping or a str; ``None`` for the query given at binding.
        :param domain_part: subdomain or host, ``None`` for the current one.
        """
        if query_args is None:
            query_args = self.query_args
        query = self.encode_query_args(query_args) if query_args else None
        path = f"{self.script_name.strip('/')}/{path_info.lstrip('/')}"
        host = self.get_host(domain_part)
        return urlunsplit((self.url_scheme or "http", host, path, query, None))

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
            url = self._absolute(
                current_state(_map(self)), endpoint, dict(values), method, False, True, True, None
            )
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

    cdef bint _build(
        self,
        MapState state,
        object endpoint,
        dict values,
        object method,
        bint append_unknown,
        bint canonical,
        Built* out,
    ) except -1:
        """Build with the first rule that suits, if there is one.

        Without a method, rules that take the default method are asked first.
        """
        cdef Candidate first
        host = self.server_name if state.host_matching else None
        found = state.builders.get(endpoint)
        if found is None:
            found = _first_candidate(_map(self), state, endpoint)
            if found is None:
                return False
        first = found
        if (
            method is None
            # Where there is no choice, the method does not matter.
            and not (first.simple and first.following is None)
            and build_first(
                first, values, self.default_method, append_unknown, host, canonical, out
            )
        ):
            return True
        return build_first(first, values, method, append_unknown, host, canonical, out)

    cdef object _absolute(
        self,
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
        if not self._build(state, endpoint, values, method, append_unknown, canonical, &built):
            return None
        domain_part, path = <object>built.domain, <object>built.path
        release(&built)
        return self._url(state, domain_part, path, built.websocket, external, url_scheme)

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
        cdef Py_ssize_t position = 0
        cdef PyObject* value
        cdef MapState state = current_state(_map(self))
        if not values:
            given = {}
        elif type(values) is dict:
            given = values
            while PyDict_Next(given, &position, NULL, &value):
                if <object>value is None:
                    given = {key: item for key, item in values.items() if item is not None}
                    break
        elif isinstance(values, MultiDict):
            given = {
                key: items[0] if len(items) == 1 else items
                for key, items in dict.items(values)
                if items
            }
        else:
            given = {key: item for key, item in values.items() if item is not None}
        url = self._absolute(
            state, endpoint, given, method, append_unknown, False, force_external, url_scheme
        )
        if url is None:
            raise BuildError(endpoint, dict(given), method, self)
        return url

    cdef object _url(
        self,
        MapState state,
        object domain_part,
        object path,
        bint websocket,
        bint external,
        object url_scheme,
    ):
        """Put scheme, host and script root in front of what was built, as far as needed."""
        cdef bint secure
        if state.host_matching:
            here = domain_part if type(self) is MapAdapter else self.get_host(domain_part)
            current = self.server_name
        else:
            here, current = domain_part, self.subdomain
        if not external and not websocket and (here is current or here == current):
            if self.script_name == "/" and _is_path(path):
                return path
            return f"{self.script_name.rstrip('/')}/{path.lstrip('/')}"
        if url_scheme is None:
            url_scheme = self.url_scheme
        # A WebSocket's URL needs its scheme, and other URLs must not have that one.
        secure = url_scheme in ("https", "wss")
        if websocket:
            url_scheme = "wss" if secure else "ws"
        elif url_scheme:
            url_scheme = "https" if secure else "http"
        scheme = f"{url_scheme}:" if url_scheme else ""
        host = self.get_host(domain_part)
        return f"{scheme}//{host}{self.script_name[:-1]}/{path.lstrip('/')}"


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
    cdef Trie trie = state.trie
    cdef Walk walk
    cdef dict values
    cdef bint found
    # `close` would free this, if something raised before `find` sets it.
    walk.own_segments = NULL
    try:
        found = trie.find(&walk, domain, path, method, websocket, False)
        while found:
            # The trie owns the target.
            values = (<Target>walk.target).values(&walk, domain, path)
            if values is not None:
                if walk.form == Form.REDIRECTED:
                    adapter._to_path((<Target>walk.target).corrected(&walk, path, True), query_args)
                if not (<Target>walk.target).direct or type(adapter) is not MapAdapter:
                    adapter._redirect(
                        state, (<Target>walk.target).rule, method, values, query_args, path
                    )
                if return_rule:
                    return (<Target>walk.target).rule, values
                return (<Target>walk.target).endpoint, values
            # A rule whose converter refuses is passed over.
            walk.least = walk.best + 1
            found = trie.search(&walk, domain, path, None)
    finally:
        if walk.own_segments != NULL:
            trie.close(&walk)
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

    Or raise `RequestRedirect`, where the path matches with its slashes merged.
    """
    if not passed and not merge:
        return NotFound()
    if merge:
        adapter._merge(trie, domain, path, method, websocket, query_args)
    allowed, mismatch = _would_match(trie, domain, path, method.upper(), websocket, merge)
    if allowed:
        return MethodNotAllowed(valid_methods=list(allowed))
    return WebsocketMismatch() if mismatch else NotFound()


cdef inline BaseMap _map(MapAdapter adapter):
    """Return the map of an adapter; one that was not made by binding may have none."""
    if adapter.map is None:
        raise RuntimeError("the adapter has no map")
    return adapter.map


cdef inline object _domain(MapAdapter adapter, MapState state):
    """Return the domain that rules are matched with."""
    if state.host_matching or adapter.subdomain is None:
        return adapter.server_name
    return adapter.subdomain


cdef Candidate _first_candidate(BaseMap map, MapState state, object endpoint):
    """Return what builds the URLs of an endpoint, made at first use; None if it has no rule."""
    cdef Py_ssize_t changes = -1
    while changes != changes_of(&map.changes):
        # What changes meanwhile must not be seen in half.
        changes = changes_of(&map.changes)
        rules = (<object>map)._rules_of(endpoint)
        first = candidates(rules, state.sorts) if rules else None
    if first is not None and changes == state.changes:
        first = state.builders.setdefault(endpoint, first)
    return first


cdef bint _same_url(str first, second) except -1:
    """Tell whether two full URLs are the same; case does not count in a host."""
    cdef tuple one, other
    if second is None:
        return False
    one, other = tuple(urlsplit(first)), tuple(urlsplit(second))
    return one[0] == other[0] and one[1].lower() == other[1].lower() and one[2:] == other[2:]


cdef bint _is_path(object path) except -1:
    """Tell whether a text starts with one slash and no more."""
    cdef Py_ssize_t length
    if not PyUnicode_CheckExact(path):
        return False
    length = PyUnicode_GET_LENGTH(path)
    return (
        length > 0
        and PyUnicode_READ_CHAR(path, 0) == c'/'
        and not (length > 1 and PyUnicode_READ_CHAR(path, 1) == c'/')
    )


cdef tuple _would_match(
    Trie trie, str domain, str path, str method, bint websocket, bint merge
):
    """Tell why nothing matched: the methods that would have, and whether a WebSocket would (not)."""
    cdef Walk walk
    cdef Target target
    cdef bint mismatch = False
    allowed = set()
    for merging in (False, True):
        if merging and not merge:
            break
        trie.open(&walk, path, merging)
        try:
            gathered = []
            trie.search(&walk, domain, path, gathered)
            for found in gathered:
                # A path that lacks its slash is no path of the rule.
                if (<Gathered>found).form in (Form.REDIRECTED, Form.COMPLETED):
                    continue
                target = (<Gathered>found).target
                try:
                    if target.values(&walk, domain, path) is None:
                        continue
                except Exception:
                    # What else a converter raises is for a request that the rule takes.
                    pass
                methods = target.methods
                if methods is not None and method not in methods:
                    allowed.update(methods)
                elif target.websocket != websocket:
                    mismatch = True
        finally:
            trie.close(&walk)
    return allowed, mismatch
