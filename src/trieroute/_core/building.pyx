# cython: language_level=3, wraparound=False
"""Building: which rule of an endpoint suits the values, and its URL.

What lives here: the choice among the rules of one endpoint, and the query. What must not be known
here: the bound server, how a URL becomes absolute. Of a map this file reads its state and the
rules of an endpoint.

Each rule of an endpoint has a builder. They are a chain, in the order of preference, and the first
one that suits is built. Most rules can be written straight into a str by their URL template, which also
tells whether a value is missing; the others are first asked whether they suit. Where a rule's class
overrides `suitable_for`, `build` or what `build` calls, the rule is asked in place of what was
compiled of it.
"""

from sys import intern

cimport cython
from cpython.dict cimport PyDict_Next
from cpython.ref cimport Py_INCREF, Py_REFCNT

from werkzeug.datastructures import MultiDict
from werkzeug.routing import ValidationError

from .counters cimport load
from .overrides cimport class_version
from .quoting cimport add_pair, query_behind
from .state cimport current_state
from .template cimport UrlTemplate, at_place
from .template import shared_names

#: The methods that are asked where a rule has its own in place of the compiled ones.
_SUITING = ("suitable_for",)
_ARGUMENTS = ("arguments",)
_BUILDING = ("build", "_build", "_build_unknown", "_encode_query_vars")

#: This is the method of most requests; the interpreter has one object of that text.
cdef str _GET = intern("GET")


cdef class UrlBuilder:
    """Builds the URLs of one rule."""

    # What every URL needs comes first, for the cache.
    cdef UrlTemplate template        # It is None if the rule builds in its own way.
    cdef UrlBuilder following        # It is tried next; None behind the last one.
    cdef frozenset methods           # None stands for all methods.
    cdef bint takes_get              # GET is one of them.
    cdef bint simple                 # It suits if it takes the method and its gaps have values.
    cdef bint alias
    cdef bint websocket
    cdef bint asks                   # Its `suitable_for` is overridden.
    cdef bint delegates              # Its `build`, or what that calls, is overridden.
    cdef bint sorts                  # The map sorts the query.
    cdef object rule
    cdef Py_ssize_t version          # The class of the rule had it when it was asked for overrides.
    cdef frozenset required          # These names must have a value, or a default.
    cdef object defaults             # Values of these names must be the defaults; or None.

    def __cinit__(self, rule, bint sorts, UrlBuilder following):
        methods = rule.methods
        self.rule = rule
        # What is looked up gives the class a version.
        type(rule).build
        self.version = class_version(rule)
        self.sorts = sorts
        self.following = following
        self.methods = None if methods is None else shared_names(frozenset(methods))
        self.takes_get = self.methods is None or _GET in self.methods
        self.defaults = rule.defaults or None
        # It is read once, since another thread may compile the rule again.
        compiled = rule._compiled
        names = rule.arguments if rule._overrides(_ARGUMENTS) else compiled.required
        self.required = frozenset(names)
        self.alias = bool(rule.alias)
        self.websocket = bool(rule.websocket)
        self.asks = rule._overrides(_SUITING)
        self.delegates = rule._overrides(_BUILDING)
        if not self.delegates:
            self.template = compiled.template
            if self.required == self.template.known:
                # Mostly they are the same names: one set of them is enough.
                self.required = self.template.known
        self.simple = (
            self.defaults is None
            and not compiled.defaults
            and not self.asks
            and not self.delegates
            and self.required is self.template.known
        )

    def __dealloc__(self):
        # A long chain is freed one by one, and not by calls inside each other: threads may have
        # small stacks. What something else holds stays as it is.
        cdef UrlBuilder beyond, following = self.following
        self.following = None
        while following is not None and Py_REFCNT(following) == 1:
            beyond = following.following
            following.following = None
            following = beyond
            beyond = None

    cdef bint is_current(self) noexcept:
        """Tell whether no class of the chain's rules has changed."""
        cdef UrlBuilder builder = self
        while builder is not None:
            if builder.version != class_version(builder.rule):
                return False
            builder = builder.following
        return True

    cdef bint takes(self, object method) except -1:
        if method is None or self.methods is None:
            return True
        if method is _GET:
            return self.takes_get
        return method in self.methods

    cdef bint write(self, dict values, bint append_unknown, Built* out) except -1:
        """Build at once, if no converter has to be called for that, and tell whether it was so."""
        if self.template.fixed_domain is None:
            return False
        path = self.template.fixed_path
        if path is None:
            path = self.template.written(values)
            if path is None:
                return False
        if not self.template.knows_all(values):
            path = _with_query(path, self._query(values, append_unknown))
        self._put(out, self.template.fixed_domain, path)
        return True

    cdef object _query(self, dict values, bint append_unknown):
        """Encode the values that the rule does not know, as a text or as a list of pairs, or None.

        Each name must be a str in any case.
        """
        cdef UrlTemplate template = self.template
        cdef list pairs = None
        cdef dict unknown
        if not append_unknown or self.sorts:
            unknown = template.unknown(values)
            if unknown is None or not append_unknown:
                return None
            return self.rule._encode_query_vars(unknown)
        for name, value in values.items():
            if name in template.known:
                continue
            if not isinstance(name, str):
                raise TypeError(f"the name of a value must be a str, not {name!r}")
            if value is None:
                continue
            if type(value) is not str and isinstance(value, (list, tuple, set)):
                # A list repeats its key.
                for item in value:
                    if item is not None:
                        pairs = add_pair(pairs, name, item)
            else:
                pairs = add_pair(pairs, name, value)
        return pairs

    cdef inline int _put(self, Built* out, object domain, object path) except -1:
        Py_INCREF(domain)
        Py_INCREF(path)
        out.domain = <PyObject*>domain
        out.path = <PyObject*>path
        out.websocket = self.websocket
        return 0

    cdef bint suits(self, dict values, object method) except -1:
        if self.asks:
            return self.rule.suitable_for(dict(values), method)
        if not self.takes(method):
            return False
        for name in self.required:
            if name not in values and (self.defaults is None or name not in self.defaults):
                return False
        if self.defaults is not None:
            for name, default in self.defaults.items():
                if name in values and default != values[name]:
                    return False
        return True

    cdef bint build(self, dict values, bint append_unknown, Built* out) except -1:
        if self.delegates:
            built = self.rule.build(dict(values), append_unknown)
            if built is None:
                return False
            domain, path = built
            self._put(out, domain, path)
            return True
        query = None if self.template.knows_all(values) else self._query(values, append_unknown)
        try:
            domain = self.template.domain_part(values)
            path = self.template.path_part(values)
        except ValidationError:
            return False
        except Exception as error:
            text = getattr(self.rule, "_as_written", self.rule.rule)
            raise at_place(error, f"endpoint {self.rule.endpoint!r}, rule {text!r}, ")
        self._put(out, domain, _with_query(path, query))
        return True

    cdef bint build_if_suitable(
        self, dict values, object method, bint append_unknown, bint canonical, Built* out
    ) except -1:
        """Build if the rule suits; if it does not, or after an exception, `out` owns nothing.

        With `canonical`, what a converter raises means that the rule does not suit.
        """
        if self.simple and not canonical:
            if not self.takes(method):
                return False
            if self.write(values, append_unknown, out):
                return True
        if not self.suits(values, method):
            return False
        try:
            return self.build(values, append_unknown, out)
        except (MemoryError, RecursionError):
            # These tell of the interpreter, not of the values.
            raise
        except Exception:
            if not canonical:
                raise
            return False


cdef object _with_query(object path, object query):
    """Return a path with what `UrlBuilder._query` has returned behind it."""
    if query is None:
        return path
    if type(query) is list:
        return query_behind(path, <list>query)
    return f"{path}?{query}" if <str?>query else path


cdef bint build_endpoint(
    BaseMap map,
    MapState state,
    object endpoint,
    dict values,
    object method,
    object default_method,
    object host,
    bint append_unknown,
    bint canonical,
    Built* out,
) except -1:
    cdef UrlBuilder first = state.builders.get(endpoint)
    if first is None or not first.is_current():
        first = _first_builder(map, state, endpoint)
        if first is None:
            return False
    if first.simple and first.following is None and not canonical:
        # There is no choice, so that the default method and the host do not matter.
        return first.build_if_suitable(values, method, append_unknown, False, out)
    if method is None and default_method is not None and _build_first(
        first, values, default_method, append_unknown, host, canonical, out
    ):
        return True
    return _build_first(first, values, method, append_unknown, host, canonical, out)


def make_builders(BaseMap map not None):
    """Make what builds the URLs of each endpoint, as far as no request has asked for it.

    :param map: the map. What other threads add to it meanwhile is left to requests.
    """
    cdef MapState state = current_state(<PyObject*>map)
    # Without the GIL, the keys can be listed while others are added, and the dict can't.
    for endpoint in list((<object>map)._rules_by_endpoint.keys()):
        if endpoint not in state.builders:
            _first_builder(map, state, endpoint)


cdef UrlBuilder _first_builder(BaseMap map, MapState state, object endpoint):
    """Return what builds the URLs of an endpoint, made at first use; None if it has no rule."""
    cdef Py_ssize_t changes = -1
    cdef UrlBuilder first = None
    siblings = state.siblings.get(endpoint)
    if siblings is not None:
        for rule in reversed(siblings):
            first = UrlBuilder(rule, state.sorts, first)
        state.builders[endpoint] = first
        return first
    while changes != load(&map.changes):
        # What changes meanwhile must not be seen in half.
        changes = load(&map.changes)
        first = None
        try:
            for rule in reversed((<object>map)._rules_of(endpoint)):
                first = UrlBuilder(rule, state.sorts, first)
        except RuntimeError:
            # A rule that is removed knows its variables no more. Whoever removes it tells the map
            # before the rules can be asked for again.
            (<object>map)._rules_of(endpoint)
            if changes == load(&map.changes):
                raise
    if first is not None and changes == state.changes:
        state.builders[endpoint] = first
    return first


cdef bint _build_first(
    UrlBuilder builder,
    dict values,
    object method,
    bint append_unknown,
    object host,
    bint canonical,
    Built* out,
) except -1:
    """Build with the first builder that suits, if there is one.

    One on `host`, if that is not None, goes before others. With `canonical`, aliases are left out.
    """
    cdef Built other
    # These tell whether `out` and `other` own something.
    cdef bint found = False, built = False
    try:
        while builder is not None:
            built = False
            if not (canonical and builder.alias):
                built = builder.build_if_suitable(
                    values, method, append_unknown, canonical, &other
                )
            if built:
                if host is None or <object>other.domain == host:
                    if found:
                        release(out)
                    out[0] = other
                    return True
                built = False
                if found:
                    release(&other)
                else:
                    out[0] = other
                    found = True
            builder = builder.following
    except BaseException:
        # Comparing the hosts may have raised, while what was built last is still owned here.
        if built:
            release(&other)
        if found:
            release(out)
        raise
    return found


cdef dict given_values(object values):
    cdef dict given
    if type(values) is dict:
        given = values
        if _has_none(given):
            given = {key: item for key, item in given.items() if item is not None}
        return given
    if values is None or not values:
        return {}
    if isinstance(values, MultiDict):
        return {
            key: items[0] if len(items) == 1 else items
            for key, items in dict.items(values)
            if items
        }
    return {key: item for key, item in _items_of(values) if item is not None}


cdef object _items_of(object values):
    """Return the names and the values of a mapping.

    :raise TypeError: it is none.
    """
    items = getattr(values, "items", None)
    if items is None:
        raise TypeError(f"values must be a dict of values by name, not {type(values).__name__}")
    return items()


cdef bint _has_none(dict values) except -1:
    cdef Py_ssize_t position = 0
    cdef PyObject* value
    cdef bint found = False
    with cython.critical_section(values):
        while PyDict_Next(values, &position, NULL, &value):
            if value == <PyObject*>None:
                found = True
    return found
