from cpython.object cimport PyObject

from .template cimport UrlTemplate


# A URL before it is put on its host. Both objects are owned: who takes one has to release it.
cdef struct Built:
    PyObject* domain
    PyObject* path
    bint websocket


# One rule of an endpoint, when a URL is built.
cdef class Candidate:
    cdef readonly object rule
    cdef object methods              # the rule's own set, None for all methods
    cdef tuple required              # names that must have a value, or a default
    cdef object defaults             # None, or names whose value, if given, must be the default
    cdef bint alias
    cdef bint websocket
    cdef bint asks                   # suitable_for is overridden
    cdef bint delegates              # build, or what it calls, is overridden
    cdef bint simple                 # it suits if it takes the method and its gaps have values
    cdef UrlTemplate template        # made at first use

    cdef bint takes(self, object method) except -1
    # Build at once if the rule is simple and no converter has to be called. If not, nothing is said.
    cdef bint write(self, dict values, bint append_unknown, Built* out) except -1
    cdef object _query(self, dict values, bint append_unknown)
    cdef int _put(self, Built* out, object domain, object path, object query) except -1
    cdef bint suits(self, dict values, object method) except -1
    # Whether a URL could be built; if not, or after an exception, `out` owns nothing.
    cdef bint build(self, dict values, bint append_unknown, Built* out) except -1
    cdef bint try_build(self, dict values, bint append_unknown, Built* out) except -1


# The rules of an endpoint, preferred ones first.
cdef class Builder:
    cdef tuple candidates

    # Build with the first rule that suits, if there is one. A rule on `host`, if that is not None,
    # goes before others. With `canonical`, aliases are left out, and what a converter raises means
    # that its rule does not suit.
    cdef bint build(
        self,
        dict values,
        object method,
        bint append_unknown,
        object host,
        bint canonical,
        Built* out,
    ) except -1


cdef void release(Built* built) noexcept
