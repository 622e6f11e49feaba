cdef enum Rendering:
    CALLED = 0       # by `to_url`
    TEXT = 1         # str, percent-encoded
    INTEGER = 2      # int, filled with zeros
    REAL = 3         # float, filled with zeros
    UUID = 4
    CHOICE = 5       # str of one of the items


# A variable's place in a URL.
cdef class Gap:
    cdef readonly str name
    cdef Rendering rendering
    cdef object to_url
    cdef object argument             # INTEGER, REAL: least number of digits; CHOICE: the items

    cdef bint makes_text(self, object value) except -1
    cdef object text(self, object value)


cdef class UrlTemplate:
    cdef readonly tuple domain       # texts, already quoted and joined, and Gaps between them
    cdef readonly tuple path
    cdef object fixed_domain         # the text, None where there are Gaps
    cdef object fixed_path
    cdef readonly frozenset known    # names that never become the query
    cdef readonly Py_ssize_t gaps    # number of Gaps
    cdef bint exact                  # the Gaps are all that is known

    # Values that the rule does not know, None for no values; all keys must be str.
    cdef dict unknown(self, dict values)
    cdef object domain_part(self, dict values)
    cdef object path_part(self, dict values)
