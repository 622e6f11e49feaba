from cpython.object cimport PyObject
from libc.stdint cimport uint8_t, uint32_t


# How a value becomes text for a URL.
cpdef enum Rendering:
    CALLED       # by the converter's `to_url`
    TEXT         # str, percent-encoded
    INTEGER      # int, filled with zeros
    REAL         # float, filled with zeros
    UUID
    CHOICE       # str of one of the items


# A variable's place in a URL.
cdef class Gap:
    cdef readonly str name
    cdef Rendering rendering
    cdef object to_url               # of the converter
    cdef Py_ssize_t digits           # INTEGER, REAL: least number of digits
    cdef object items                # CHOICE: what the value may be

    cdef object text(self, object value)


# A part of a path while it is written: a text, or a gap.
cdef struct UrlPiece:
    void* gap                        # a Gap, borrowed from UrlTemplate.path; NULL for a text
    void* name                       # the Gap's name
    uint32_t length                  # of the text
    Rendering rendering              # CALLED also for an integer that is filled with zeros


# What every URL needs comes first, for the cache.
cdef class UrlTemplate:
    cdef UrlPiece* steps                 # the path, and behind them its texts; NULL if one is not ASCII
    cdef Py_ssize_t step_count
    cdef Py_ssize_t text_length      # of all texts
    cdef object fixed_domain         # the text, None where there are Gaps
    cdef object fixed_path
    cdef readonly Py_ssize_t gaps    # number of Gaps
    cdef bint exact                  # the Gaps are all that is known
    cdef readonly tuple domain       # texts, already quoted and joined, and Gaps between them
    cdef readonly tuple path
    cdef readonly frozenset known    # names that never become the query

    # Whether it is clear at once that the rule knows all values.
    cdef bint knows_all(self, dict values) except -1
    # Values that the rule does not know, None for no values; all keys must be str.
    cdef dict unknown(self, dict values)
    cdef object domain_part(self, dict values)
    cdef object path_part(self, dict values)
    # The path written straight into a str; None when a converter has to be called for that, or a
    # value is missing.
    cdef object written(self, dict values)
    cdef object _write(self, dict values, PyObject** given, Py_ssize_t* taken)
    cdef int _set_steps(self) except -1
