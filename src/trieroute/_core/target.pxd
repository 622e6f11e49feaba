from libc.stdint cimport uint32_t

from .part cimport Conversion, Part
from .pattern cimport Char, Pattern, Span
from .walk cimport Walk


# A part of a rule that has variables.
cdef struct Capture:
    void* pattern            # a Pattern, borrowed from Target.steps or its domain
    Py_ssize_t segment       # where its text is; -1: the domain
    Py_ssize_t first         # index of its first variable


# A variable.
cdef struct VariableField:
    void* name               # a str, borrowed from Target.variables
    uint32_t segment         # that it is the whole of, if Target.simple
    Conversion conversion


cdef enum:
    # Variables that a target has room for in itself.
    NEAR_FIELDS = 3


# A rule as the end of a walk: what a match needs to make its result. What most of them need comes
# first, for the cache.
cdef class Target:
    cdef readonly object endpoint
    cdef uint32_t field_count
    cdef bint simple                     # each variable is a whole segment, and there are no defaults
    cdef readonly bint direct            # a match is the result: nothing redirects it
    cdef VariableField* fields                       # by variable
    cdef VariableField[NEAR_FIELDS] near_fields
    cdef readonly object rule
    cdef readonly object defaults        # None, or a mapping laid over the values
    cdef readonly frozenset methods      # None for all
    cdef tuple variables                 # a Value each, in the order of the rule
    cdef Capture* captures
    cdef Py_ssize_t capture_count
    cdef readonly Part domain
    cdef readonly tuple steps            # texts and Patterns, a segment each; the last may be a tail
    cdef readonly bint tail              # the last step is a tail
    cdef readonly bint branch            # the rule ends with a slash
    cdef readonly bint strict            # a slash too many or too few is no match
    cdef readonly bint merges            # it takes part when slashes are merged
    cdef readonly bint websocket         # it is for WebSocket requests alone

    # The values of a request that the walk found this rule for; None when a converter refuses.
    cdef dict values(self, const Walk* walk, str domain, str path)
    # The path as it should be, starting with a slash; with one more at its end if it lacks that.
    cdef str corrected(self, const Walk* walk, str path, bint lacks_slash)

    cdef int _set_variables(self) except -1
    cdef Py_ssize_t _add_capture(
        self, Pattern pattern, Py_ssize_t segment, Py_ssize_t first
    ) except -1
    cdef dict _other_values(self, const Walk* walk, str domain, str path)
    cdef dict _values(self, const Walk* walk, str domain, str path, Span* spans)
    cdef int _find_all_spans(
        self, const Walk* walk, str domain, str path, Span* found
    ) except -1
    cdef int _find_spans(
        self, const Walk* walk, str domain, str path, const Char* text, Span* found
    ) except -1
    cdef object _value(self, Py_ssize_t index, str source, Span span)
