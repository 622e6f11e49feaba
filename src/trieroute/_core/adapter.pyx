# cython: language_level=3
"""MapAdapter: a map bound to a server name, ready to match and build.

What lives here: the way of one request from its arguments to a result or an exception. What must not
be known here: how rules are parsed and ordered. Of a map this file reads what `Snapshot` declares,
and, to build URLs, its rules by endpoint.

The fast walk decides only "winner or none". What a failed match has to report (allowed methods,
WebSocket mismatch) is gathered on a second walk, and a path with runs of slashes gets a walk with
slashes merged in between.
"""

from urllib.parse import urljoin, urlsplit, urlunsplit

from werkzeug.datastructures import MultiDict, iter_multi_items
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import BuildError, RequestRedirect, WebsocketMismatch

from .template import encode_query, quote_path

from .trie cimport Entry, Form, Leaf, Trie, Walk


cdef class Snapshot:
    """What a match reads of its map; the base of ``trieroute.Map``."""


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
        self.websocket = url_scheme in ("ws", "wss")

    # Matching

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
        cdef Snapshot map = self.map
        if map._remap:
            map.update()
        if path_info is None:
            path_info = self.path_info
        if not isinstance(path_info, str):
            raise TypeError(f"path_info must be a str, not {type(path_info).__name__}")
        if not method:
            method = self.default_method
        if not isinstance(method, str):
            raise TypeError(f"method must be a str, not {type(method).__name__}")
        if method not in map._trie.methods:
            method = method.upper()
        domain = self.server_name
        if not map.host_matching and self.subdomain is not None:
            domain = self.subdomain
        if not isinstance(domain, str):
            raise TypeError(f"the domain to match must be a str, not {type(domain).__name__}")
        if websocket is None:
            websocket = self.websocket
        if query_args is None:
            query_args = self.query_args or {}
        return self._match(
            map._trie, domain, path_info, method, websocket, return_rule, query_args
        )

    cdef tuple _match(
        self,
        Trie trie,
        str domain,
        str path,
        str method,
        bint websocket,
        bint return_rule,
        object query_args,
    ):
        cdef Walk walk
        cdef tuple result
        trie.open(&walk, path, False)
        try:
            trie.ask(&walk, method, websocket)
            result = self._result(
                trie, &walk, domain, path, method, return_rule, query_args
            )
        finally:
            trie.close(&walk)
        if result is not None:
            return result
        merge = self.map.merge_slashes and "//" in path
        if merge:
            trie.open(&walk, path, True)
            try:
                trie.ask(&walk, method, websocket)
                self._result(trie, &walk, domain, path, method, return_rule, query_args)
            finally:
                trie.close(&walk)
        allowed, mismatch = _would_match(trie, domain, path, method, websocket, merge)
        if allowed:
            raise MethodNotAllowed(valid_methods=list(allowed))
        if mismatch:
            raise WebsocketMismatch
        raise NotFound

    cdef tuple _result(
        self,
        Trie trie,
        Walk* walk,
        str domain,
        str path,
        str method,
        bint return_rule,
        object query_args,
    ):
        """Give the result of the first rule that really matches, ``None`` if there is none.

        A rule whose converter refuses, and a redirect to the very path that was requested, are
        passed over.
        """
        cdef Leaf leaf
        cdef dict values
        cdef str right
        while trie.search(walk, domain, path, None):
            leaf = <Leaf>trie.leaves[walk.entry.leaf]
            values = trie.values(walk, walk.entry, domain, path)
            if values is not None:
                if not walk.merging and walk.entry.form != Form.REDIRECTED:
                    if not leaf.direct or type(self) is not MapAdapter:
                        self._redirect(leaf.rule, method, values, query_args, path)
                    return (leaf.rule if return_rule else leaf.endpoint, values)
                right = trie.corrected(walk, walk.entry, path)
                if right != path:
                    new_url = self._here(right, query_args)
                    if new_url is None:
                        raise NotFound
                    raise RequestRedirect(new_url)
            walk.floor = walk.entry.rank
        return None

    def _redirect(self, rule, str method, dict values, query_args, str path):
        """Raise `RequestRedirect` if the match of a rule leads elsewhere.

        A redirect to the requested URL itself, and one that can't be built, are none. What the
        rule's own callable raises passes through.
        """
        if self.map.redirect_defaults:
            if rule.alias:
                url = self._alias_url(path, rule.endpoint, values, method, query_args)
            else:
                url = self.get_default_redirect(rule, method, values, query_args)
            if url is not None and url != self._here(path, query_args):
                raise RequestRedirect(url)
        if rule.redirect_to is not None:
            raise RequestRedirect(self._redirect_to(rule, values))

    cdef object _here(self, str path, query_args):
        """The full URL of a path on the bound host; `None` for a lone surrogate: no URL can hold it."""
        try:
            return self.make_redirect_url(quote_path(path), query_args)
        except UnicodeEncodeError:
            return None

    def _alias_url(self, path, endpoint, values, method, query_args):
        """The URL of the rule that an alias stands for, `None` if there is no such rule."""
        try:
            if self._partial_build(endpoint, values, method, False, canonical=True) is None:
                return None
            return self.make_alias_redirect_url(path, endpoint, values, method, query_args)
        except Exception:
            return None

    cdef str _redirect_to(self, rule, dict values):
        """The URL that ``redirect_to`` leads to, joined to the script root."""
        netloc = f"{self.subdomain}.{self.server_name}" if self.subdomain else self.server_name
        root = f"{self.url_scheme or 'http'}://{netloc}{self.script_name}"
        if not isinstance(rule.redirect_to, str):
            return urljoin(root, rule.redirect_to(self, **values))
        target = ""
        blank = ""
        for piece in rule._redirect:
            if isinstance(piece, str):
                target += piece
                blank += piece
            else:
                name, to_url = piece
                try:
                    target += to_url(values[name])
                except Exception:
                    raise NotFound from None
                blank += "x"
        url = urljoin(root, target)
        # Where to go is for the rule to say, not for what the client put into a variable.
        if urlsplit(url)[:2] != urlsplit(urljoin(root, blank))[:2]:
            url = urljoin(root, "./" + target.lstrip("/\\"))
        return url

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
        if self.map.host_matching:
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
        for other in self.map._rules_by_endpoint.get(rule.endpoint, ()):
            # The rules stand in the order in which they are preferred for building.
            if other is rule:
                break
            if other.provides_defaults_for(rule) and other.suitable_for(values, method):
                try:
                    built = other.build({**values, **other.defaults})
                except Exception:
                    continue
                if built is not None:
                    values.update(other.defaults)
                    domain_part, path = built
                    return self.make_redirect_url(path, query_args, domain_part=domain_part)
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

        :param path: the path that matched an alias.
        :param endpoint: the endpoint.
        :param values: values by variable name.
        :param method: the HTTP method.
        :param query_args: a mapping or a str.
        :raise BuildError: no rule can build the URL.
        """
        found = self._partial_build(endpoint, values, method, False, canonical=True)
        if found is None:
            raise BuildError(endpoint, values, method, self)
        url = self._url(found, True, None)
        if query_args:
            url += f"?{self.encode_query_args(query_args)}"
        return url

    # Building

    def _partial_build(self, endpoint, values, method, append_unknown, canonical=False):
        """Build with the first rule that suits: domain part, path, whether it is a WebSocket's.

        Without a method, rules that take the default method are asked first. Where hosts are
        matched, a rule of the bound host goes before others. A canonical rule is no alias.
        """
        if method is None:
            found = self._partial_build(endpoint, values, self.default_method, append_unknown)
            if found is not None:
                return found
        first = None
        for rule in self.map._rules_by_endpoint.get(endpoint, ()):
            if canonical and rule.alias:
                continue
            if rule.suitable_for(values, method):
                built = rule.build(values, append_unknown)
                if built is not None:
                    found = (built[0], built[1], rule.websocket)
                    if not self.map.host_matching or built[0] == self.server_name:
                        return found
                    if first is None:
                        first = found
        return first

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
        if self.map._remap:
            self.map.update()
        if not values:
            values = {}
        elif isinstance(values, MultiDict):
            values = {
                key: items[0] if len(items) == 1 else items
                for key, items in dict.items(values)
                if items
            }
        else:
            values = {key: value for key, value in values.items() if value is not None}
        found = self._partial_build(endpoint, values, method, append_unknown)
        if found is None:
            raise BuildError(endpoint, values, method, self)
        return self._url(found, force_external, url_scheme)

    def _url(self, found, force_external, url_scheme):
        """Put scheme, host and script root in front of what `_partial_build` found, as needed."""
        domain_part, path, websocket = found
        host = self.get_host(domain_part)
        if url_scheme is None:
            url_scheme = self.url_scheme
        # A WebSocket's URL needs its scheme, and other URLs must not have that one.
        secure = url_scheme in ("https", "wss")
        if websocket:
            force_external = True
            url_scheme = "wss" if secure else "ws"
        elif url_scheme:
            url_scheme = "https" if secure else "http"
        if self.map.host_matching:
            here = host == self.server_name
        else:
            here = domain_part == self.subdomain
        path = path.lstrip("/")
        if here and not force_external:
            return f"{self.script_name.rstrip('/')}/{path}"
        scheme = f"{url_scheme}:" if url_scheme else ""
        return f"{scheme}//{host}{self.script_name[:-1]}/{path}"


cdef tuple _would_match(
    Trie trie, str domain, str path, str method, bint websocket, bint merge
):
    """Tell why nothing matched: the methods that would have, and whether a WebSocket would (not)."""
    cdef Walk walk
    cdef const Entry* entry
    cdef Leaf leaf
    cdef bint mismatch = False
    allowed = set()
    for merging in (False, True):
        if merging and not merge:
            break
        trie.open(&walk, path, merging)
        try:
            gathered = []
            trie.search(&walk, domain, path, gathered)
            for _, index in sorted(gathered):
                entry = &trie.entries[<Py_ssize_t>index]
                # A path that lacks its slash is no path of the rule.
                if entry.form == Form.REDIRECTED or entry.form == Form.COMPLETED:
                    continue
                leaf = <Leaf>trie.leaves[entry.leaf]
                try:
                    if trie.values(&walk, entry, domain, path) is None:
                        continue
                except Exception:
                    # What else a converter raises is for a request that the rule takes.
                    pass
                methods = leaf.rule.methods
                if methods is not None and method not in methods:
                    allowed.update(methods)
                elif entry.websocket != websocket:
                    mismatch = True
        finally:
            trie.close(&walk)
    return allowed, mismatch
