# cython: language_level=3
"""MapAdapter: a map bound to a server name, ready to match and build.

What lives here: the way of one request from its arguments to a result or an exception. What must
not be known here: how rules are parsed and ordered, and where a request comes from. Of a map this
file reads its state, once a call.

All that works is a class of C, :class:`Adapter`. Users have :class:`MapAdapter`, a Python class without
methods of its own: programs may replace the methods of that class, or set attributes on it, as on
Werkzeug's. Where one method needs another that a program may have replaced, `has_own` tells whether
it has; as long as it has not, what is compiled is called directly.

The fast walk looks for the winner alone, and remembers a few of the entries that fit but for the
method. What a failed match has to report (allowed methods, WebSocket mismatch) is told from these or,
where they are not all, gathered on a second walk; a path with runs of slashes gets a walk with
slashes merged in between.
"""

from cpython.object cimport PyObject
from cpython.tuple cimport PyTuple_CheckExact
from cpython.unicode cimport PyUnicode_GET_LENGTH

# These are for the annotations, so that `typing.get_type_hints` finds the names.
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from contextlib import AbstractContextManager
from typing import Any, Self

from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import BuildError, RequestRedirect

from .inspected import inspection
from .redirects import check_location, default_redirect, leads_here, redirect_target, redirection

cimport cython

from .address cimport Address, check_self, domain_of, full_url, state_of
from .building cimport Built, build_endpoint, given_values, release
from .current cimport Current
from .misses cimport merged_path, refusal
from .overrides cimport has_own
from .redirects cimport Undecided, alias_path, caught, path_redirection, query_of, tell, undecided
from .state cimport MapState
from .target cimport Target, object_of, owned
from .text cimport exact_text
from .walk cimport Form, Walk


#: The methods that make the URL of an alias's redirect.
_BUILDING = ("make_alias_redirect_url", "build", "_partial_build")


cdef class Adapter(Address):
    """What :class:`MapAdapter` does."""

    # Matching

    @cython.binding(False)
    @cython.embedsignature(True)
    @cython.embedsignature.format("clinic")
    def match(
        self, path_info=None, method=None, return_rule=False, query_args=None, websocket=None
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
        # Path and method are borrowed from the arguments, or from these two. What the adapter gives in
        # their place may change while Python code runs, so that these two count a reference of it.
        cdef str own_path, own_method
        cdef PyObject* path = <PyObject*>path_info
        cdef PyObject* verb = <PyObject*>method
        cdef PyObject* found
        cdef bint in_websocket = self.websocket if websocket is None else websocket
        if path_info is None and type(self.path_info) is str:
            own_path = <str>self.path_info
            path = <PyObject*>own_path
        elif type(path_info) is not str:
            own_path = exact_text(self.path_info if path_info is None else path_info, "path_info")
            path = <PyObject*>own_path
        if method is None and type(self.default_method) is str:
            own_method = <str>self.default_method
            verb = <PyObject*>own_method
        elif type(method) is not str or not PyUnicode_GET_LENGTH(method):
            own_method = exact_text(self.default_method if method is None else method, "method")
            if not PyUnicode_GET_LENGTH(own_method):
                own_method = exact_text(self.default_method, "method")
            verb = <PyObject*>own_method
        if self._outside:
            raise NotFound
        domain = domain_of(self, state)
        if type(domain) is not str:
            domain = exact_text(domain, "the domain to match")
        # A `try` would cost each match the time to put away the exception that is handled.
        found = (<Raising>_match)(
            self, state, <str>domain, <str>path, <str>verb, return_rule, in_websocket
        )
        if found == NULL:
            tell(self, <str>domain, <str>path, <str>verb, query_args)
        if PyTuple_CheckExact(<object>found):
            return object_of(found)
        outcome = object_of(found)
        if type(outcome) is Undecided:
            outcome = _decided(
                self, state, <Undecided>outcome, <str>path, <str>verb, return_rule, query_args
            )
            if PyTuple_CheckExact(outcome):
                return outcome
        # The exception is raised here, since each level that it passes through takes time.
        raise outcome

    def dispatch(
        self,
        view_func: Callable[[Any, dict[str, Any]], WSGIApplication],
        path_info: str | None = None,
        method: str | None = None,
        catch_http_exceptions: bool = False,
    ) -> WSGIApplication:
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
                return caught(redirect, RequestRedirect)
            return view_func(endpoint, values)
        except HTTPException as error:
            if catch_http_exceptions:
                return caught(error, HTTPException)
            raise

    def test(self, path_info: str | None = None, method: str | None = None) -> bool:
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

    def allowed_methods(self, path_info: str | None = None) -> Iterable[str]:
        """List the methods that rules take for a path.

        :param path_info: as in :meth:`match`.
        :return: a list of methods; empty where no rule matches or one takes all methods.
        """
        try:
            self.match(path_info, method="--")
        except MethodNotAllowed as error:
            return caught(error, MethodNotAllowed).valid_methods
        except HTTPException:
            pass
        return []

    def explain(
        self,
        path_info: str | None = None,
        method: str | None = None,
        websocket: bool | None = None,
    ) -> Any:
        """Explain why a request goes where it goes; the arguments are those of :meth:`match`.

        :return: a ``trieroute.inspection.Explanation``, which prints as a short report.
        :raise TypeError: *path_info* or *method* is not a str.
        """
        return inspection().explain(self, path_info, method, websocket)

    def get_default_redirect(
        self,
        rule: Any,
        method: str,
        values: MutableMapping[str, Any],
        query_args: Mapping[str, Any] | str,
    ) -> str | None:
        """Find the rule whose defaults make it the canonical one for the values of a match.

        :param rule: the rule that matched.
        :param method: the HTTP method.
        :param values: the values of the match; the defaults of the rule found are laid over them.
        :param query_args: query for the URL.
        :return: the URL to redirect to, or ``None``.
        """
        check_self(self)
        siblings = state_of(self).siblings.get(rule.endpoint, ())
        return default_redirect(self, siblings, rule, method, values, query_args)

    def make_alias_redirect_url(
        self,
        path: str,
        endpoint: Any,
        values: Mapping[str, Any],
        method: str,
        query_args: Mapping[str, Any] | str,
    ) -> str:
        """Make the full URL of the canonical rule of an endpoint.

        :param path: what matched an alias, as ``"domain|/path"``.
        :param endpoint: the endpoint.
        :param values: values by variable name.
        :param method: the HTTP method.
        :param query_args: a mapping or a str.
        :raise BuildError: no rule can build the URL.
        """
        check_self(self)
        if not (has_own(self, "build") or has_own(self, "_partial_build")):
            state = state_of(self)
            url = _absolute(self, state, endpoint, dict(values), method, False, True, True, None)
            if url is None:
                raise BuildError(endpoint, values, method, self)
        else:
            url = self.build(endpoint, values, method, force_external=True, append_unknown=False)
        if query_args:
            url += f"?{self.encode_query_args(query_args)}"
        return url

    # Building

    def current(self, namespace: str | None = None) -> AbstractContextManager[Self]:
        """Make this the current adapter, which `url_for` uses, inside a ``with`` block.

        Blocks may be nested; each task and each thread has a current adapter of its own.

        :param namespace: what endpoints that start with a dot are relative to.
        :return: a context manager, for one block, that gives the adapter.
        """
        return Current(self, namespace)

    @cython.binding(False)
    @cython.embedsignature(True)
    @cython.embedsignature.format("clinic")
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
            What a converter raises for a value passes through, and names rule and variable.
        """
        cdef dict given = given_values(values)
        cdef MapState state = state_of(self)
        if has_own(self, "_partial_build"):
            # It is copied: the method may change it, and the caller what an exception shows.
            given = dict(given)
            built = self._partial_build(endpoint, given, method, append_unknown)
            if built is None:
                raise BuildError(endpoint, given, method, self)
            domain_part, path, websocket = built
            return full_url(self, state, domain_part, path, websocket, force_external, url_scheme)
        url = _absolute(
            self, state, endpoint, given, method, append_unknown, False, force_external, url_scheme
        )
        if url is None:
            raise BuildError(endpoint, dict(given), method, self)
        return url

    def _partial_build(self, endpoint, values, method, append_unknown):
        """Build a URL without its host, as :meth:`build` does; programs may override it.

        :param endpoint: the endpoint.
        :param values: values by variable name, none of them ``None``.
        :param method: HTTP method that the rule has to take; ``None`` for any.
        :param append_unknown: whether other values become the query.
        :return: domain part, path with query, and whether the rule wants WebSocket requests; or
            ``None`` if no rule suits.
        """
        cdef Built built
        cdef MapState state
        check_self(self)
        state = state_of(self)
        first = self.default_method
        if method is None and has_own(self, "_partial_build"):
            found = self._partial_build(endpoint, values, first, append_unknown)
            if found is not None:
                return found
            # What the program's own method has refused is not tried once more.
            first = None
        if not _built(
            self, state, endpoint, dict(values), method, first, append_unknown, False, &built
        ):
            return None
        domain_part, path = <object>built.domain, <object>built.path
        release(&built)
        return domain_part, path, built.websocket


cdef object _decided(
    Adapter adapter, MapState state, Undecided it, str path, str method, return_rule, query_args
):
    """Return the pair of a match, or the exception that leads elsewhere, or raise that."""
    if it.path is not None:
        return path_redirection(adapter, it.path, query_args)
    _redirect(adapter, state, it.rule, method, it.values, query_args, path)
    return (it.rule if return_rule else it.endpoint), it.values


# The type of `_match`, for a caller that looks itself whether it has raised.
ctypedef PyObject* (*Raising)(
    Adapter, MapState, str, str, str, object, bint
) noexcept


cdef PyObject* _match(
    Adapter adapter, MapState state, str domain, str path, str method,
    object return_rule, bint websocket
) except NULL:
    """Match: return a pair, `Undecided`, or the exception that tells why nothing matched.

    The caller owns all that is given, and gets a reference of its own to the result.
    """
    cdef Walk walk
    cdef PyObject* pair
    cdef dict values
    cdef bint found
    # `close` would free this, if something raised before `find` sets it.
    walk.own_segments = NULL
    try:
        # A reference of the trie's own would be counted by all threads. The state holds the trie.
        found = state.trie.find(&walk, domain, path, method, websocket, False)
        while found:
            # The trie owns the target.
            if (
                walk.form != Form.REDIRECTED
                and (<Target>walk.target).direct
                and not has_own(adapter, "get_default_redirect")
            ):
                pair = (<Target>walk.target).result(&walk, domain, path, return_rule)
                if pair != <PyObject*>None:
                    return pair
                object_of(pair)
            else:
                values = (<Target>walk.target).values(&walk, domain, path)
                if values is not None:
                    right = None
                    if walk.form == Form.REDIRECTED:
                        right = (<Target>walk.target).corrected(&walk, path, True)
                    return owned(undecided(
                        (<Target>walk.target).rule, (<Target>walk.target).endpoint, values, right
                    ))
            # A rule whose converter refuses is passed over.
            walk.least = walk.best + 1
            found = state.trie.search(&walk, domain, path, None)
        return owned(_refusal(state, &walk, domain, path, method, websocket))
    finally:
        if walk.own_segments != NULL:
            state.trie.close(&walk)


cdef object _refusal(
    MapState state, const Walk* walk, str domain, str path, str method, bint websocket
):
    """Make the exception that tells why a walk found nothing, or tell where the merged path leads."""
    cdef bint merge = state.merge_slashes and "//" in path
    if merge:
        right = merged_path(state.trie, domain, path, method, websocket)
        if right is not None:
            return undecided(None, None, None, right)
    return refusal(state.trie, walk, domain, path, method, websocket, merge)


cdef int _redirect(
    Adapter adapter, MapState state, rule, str method, dict values, query_args, str path
) except -1:
    """Raise `RequestRedirect` if the match of a rule leads elsewhere.

    A redirect to the requested URL itself, and one that can't be built, are none.
    """
    method = method.upper()
    query_args = query_of(adapter, query_args)
    if state.redirect_defaults:
        if rule.alias:
            url = _alias_url(adapter, state, path, rule.endpoint, values, method, query_args)
        elif has_own(adapter, "get_default_redirect"):
            url = adapter.get_default_redirect(rule, method, values, query_args)
        else:
            siblings = state.siblings.get(rule.endpoint, ())
            url = default_redirect(adapter, siblings, rule, method, values, query_args)
        if url is not None and not leads_here(adapter, url, path, query_args):
            raise redirection(url)
    if rule.redirect_to is not None:
        raise redirection(redirect_target(adapter, rule, values))
    return 0


cdef object _alias_url(
    Adapter adapter, MapState state, str path, endpoint, dict values, str method, query_args
):
    """Return the URL of the rule that an alias stands for, `None` if there is no such rule."""
    try:
        if any(has_own(adapter, name) for name in _BUILDING):
            url = adapter.make_alias_redirect_url(
                alias_path(domain_of(adapter, state), path), endpoint, values, method, query_args
            )
        else:
            # The method would build with the state that is current now.
            url = _absolute(adapter, state, endpoint, values, method, False, True, True, None)
            if url is None or url.startswith("/") and not url.startswith("//"):
                # There is no such rule, or no host to redirect to.
                return None
            if query_args:
                url += f"?{adapter.encode_query_args(query_args)}"
        if url is not None:
            check_location(url)
        return url
    except (MemoryError, RecursionError):
        # These tell of the interpreter, not of the rule.
        raise
    except Exception:
        return None


cdef inline bint _built(
    Adapter adapter,
    MapState state,
    object endpoint,
    dict values,
    object method,
    object default_method,
    bint append_unknown,
    bint canonical,
    Built* built,
) except -1:
    return build_endpoint(
        adapter.map,
        state,
        endpoint,
        values,
        method,
        default_method,
        adapter.server_name if state.host_matching else None,
        append_unknown,
        canonical,
        built,
    )


cdef inline object _absolute(
    Adapter adapter,
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
    cdef object first = adapter.default_method
    if not _built(
        adapter, state, endpoint, values, method, first, append_unknown, canonical, &built
    ):
        return None
    domain_part, path = <object>built.domain, <object>built.path
    release(&built)
    return full_url(adapter, state, domain_part, path, built.websocket, external, url_scheme)
