from libc.stdint cimport uint8_t

from .segments cimport Char, Span
from .walk cimport Walk


# A part of a rule that has variables.
cdef struct Capture:
    void* pattern            # a Pattern, borrowed from Leaf.patterns
    Py_ssize_t segment       # where its text is; -1: the domain
    Py_ssize_t first         # index of its first variable


# A rule as the end of a walk: what a match needs to make its result.
cdef class Leaf:
    cdef readonly object rule
    cdef readonly object endpoint
    cdef readonly object defaults        # None, or a mapping laid over the values
    cdef readonly tuple names            # of the variables, in the order of the rule
    cdef readonly bint direct            # a match is the result: nothing redirects it
    cdef tuple converters                # to_python of each variable
    cdef uint8_t* conversions            # 0 converter, 1 text, 2 int, 3 float; by variable
    cdef Capture* captures
    cdef Py_ssize_t capture_count
    cdef tuple patterns                  # keeps alive what the captures borrow
    cdef bint tail                       # the last capture is a tail
    cdef bint branch

    # The values of a request that the walk found this rule for; None when a converter refuses.
    cdef dict values(self, const Walk* walk, str domain, str path)
    # The path as it should be, starting with a slash; with one more at its end if it lacks that.
    cdef str corrected(self, const Walk* walk, str path, bint lacks_slash)

    cdef dict _values(self, const Walk* walk, str domain, str path, Span* spans)
    cdef int _find_all_spans(
        self, const Walk* walk, str domain, str path, Span* found
    ) except -1
    cdef int _find_spans(
        self, const Walk* walk, str domain, str path, const Char* text, Span* found
    ) except -1
    cdef object _value(self, Py_ssize_t index, str source, Span span)
