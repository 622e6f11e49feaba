from cpython.object cimport PyObject

from .state cimport BaseMap, MapState
from .template cimport UrlTemplate


# This is a URL before it is put on its host. It owns both objects: who takes it has to release it.
cdef struct Built:
    PyObject* domain
    PyObject* path
    bint websocket


# One rule of an endpoint, when a URL is built. What every URL needs comes first, for the cache.
cdef class Candidate:
    cdef UrlTemplate template        # made at first use
    cdef Candidate following         # to be tried next, None for the last one
    cdef frozenset methods           # None for all methods
    cdef bint takes_get              # GET is one of them
    cdef bint simple                 # it suits if it takes the method and its gaps have values
    cdef bint alias
    cdef bint websocket
    cdef bint asks                   # suitable_for is overridden
    cdef bint delegates              # build, or what it calls, is overridden
    cdef bint sorts                  # the map sorts the query
    cdef readonly object rule
    cdef tuple required              # names that must have a value, or a default
    cdef object defaults             # None, or names whose value, if given, must be the default

    cdef bint takes(self, object method) except -1
    # Build at once, if no converter has to be called. If that is not so, it is no sign that no URL
    # can be built.
    cdef bint write(self, dict values, bint append_unknown, Built* out) except -1
    cdef object _query(self, dict values, bint append_unknown)
    cdef int _put(self, Built* out, object domain, object path, object query) except -1
    cdef bint suits(self, dict values, object method) except -1
    # Tell whether a URL could be built; if not, or after an exception, `out` owns nothing.
    cdef bint build(self, dict values, bint append_unknown, Built* out) except -1
    cdef bint try_build(self, dict values, bint append_unknown, Built* out) except -1
    # Build if the rule suits. With `canonical`, what a converter raises means that it does not.
    cdef bint build_if_suitable(
        self, dict values, object method, bint append_unknown, bint canonical, Built* out
    ) except -1


# Build with the first rule of an endpoint that suits, if there is one. Without a method, rules that
# take the default method are asked first. A rule on `host`, if that is not None, goes before others.
# With `canonical`, aliases are left out.
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
) except -1


cdef void release(Built* built) noexcept
