from libc.stdint cimport uint32_t

from .text cimport Char, Span
from .walk cimport Walk


# A part of a rule that has variables.
cdef struct Capture:
    void* pattern            # a Pattern, borrowed from Target.patterns
    Py_ssize_t segment       # where its text is; -1: the domain
    Py_ssize_t first         # index of its first variable


# How the text of a variable becomes its value.
cdef enum Conversion:
    BY_CONVERTER = 0
    AS_TEXT = 1
    AS_INT = 2
    AS_FLOAT = 3
    AS_UUID = 4


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
    cdef readonly object methods         # None for all, or a frozenset
    cdef readonly tuple variables        # (name, conversion, to_python), in the order of the rule
    cdef Capture* captures
    cdef Py_ssize_t capture_count
    cdef tuple patterns                  # keeps alive what the captures borrow
    cdef bint tail                       # the last capture is a tail
    cdef bint branch

    # The values of a request that the walk found this rule for; None when a converter refuses.
    cdef dict values(self, const Walk* walk, str domain, str path)
    # The path as it should be, starting with a slash; with one more at its end if it lacks that.
    cdef str corrected(self, const Walk* walk, str path, bint lacks_slash)

    cdef dict _other_values(self, const Walk* walk, str domain, str path)
    cdef dict _values(self, const Walk* walk, str domain, str path, Span* spans)
    cdef int _find_all_spans(
        self, const Walk* walk, str domain, str path, Span* found
    ) except -1
    cdef int _find_spans(
        self, const Walk* walk, str domain, str path, const Char* text, Span* found
    ) except -1
    cdef object _value(self, Py_ssize_t index, str source, Span span)
