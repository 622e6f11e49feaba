from cpython.object cimport PyObject
from libc.stdint cimport uint32_t

from .part cimport Conversion, Part
from .walk cimport Walk


cdef extern from *:
    """
    #define trieroute_object_of(result) ((PyObject *)(result))
    #define trieroute_owned(result) Py_NewRef(result)
    """
    # What a match makes goes from function to function as a reference of the caller's own, which no
    # variable of Python's holds: each would be counted twice, which takes more without the GIL. With
    # these two, such a reference becomes an object of Python's, which must happen once, and is
    # made of one.
    object object_of "trieroute_object_of"(PyObject* result)
    PyObject* owned "trieroute_owned"(object result) noexcept


# A capture is a part of a rule that has variables.
cdef struct Capture:
    void* pattern            # This is a Pattern, borrowed from Target.steps or from its domain.
    Py_ssize_t segment       # Its text is this segment, or the domain if it is -1.
    Py_ssize_t first         # Its first variable has this index.


# A field is a variable, and will be an item of the dict of values.
cdef struct VariableField:
    void* name               # This is a str, borrowed from Target.variables.
    uint32_t segment         # If Target.simple, the variable is the whole of this segment.
    Conversion conversion    # This makes the value of the text.


cdef enum:
    # A target has room in itself for so many variables.
    NEAR_FIELDS = 3


# A target is a rule at the end of a walk: it has what a match needs to make its result. What most
# of them need comes first, for the cache.
cdef class Target:
    cdef object endpoint
    cdef uint32_t field_count
    cdef bint simple                     # Each variable is a whole segment; no defaults are there.
    cdef readonly bint direct            # A match is the result: nothing redirects it.
    cdef VariableField* fields           # There is one for each variable, here or allocated.
    cdef VariableField[NEAR_FIELDS] near_fields
    cdef readonly object rule
    cdef readonly object defaults        # This is None, or a mapping that is laid over the values.
    cdef readonly frozenset methods      # This is None for all methods.
    cdef tuple variables                 # There is a Value for each, in the rule's order.
    cdef Capture* captures
    cdef Py_ssize_t capture_count
    cdef readonly Part domain
    cdef tuple steps                     # Each is a text or a Pattern; the last may be a tail.
    cdef readonly bint tail              # The last step is a tail.
    cdef readonly bint branch            # The rule ends with a slash.
    cdef readonly bint strict            # A slash too many or too few is no match.
    cdef readonly bint merges            # It takes part while slashes are merged.
    cdef readonly bint websocket         # It takes WebSocket requests, and no others.
    cdef readonly object compiled        # Its domain and its steps are from this.

    # Return what a match returns for a request that the walk found this rule for: the endpoint, or the
    # rule, and the values. It is a reference of the caller's own, to None if a converter refuses.
    cdef PyObject* result(self, const Walk* walk, str domain, str path, bint of_rule) except NULL
    # Return the values alone, or None.
    cdef dict values(self, const Walk* walk, str domain, str path)
    # Tell whether the converters take the values of such a request. Only those are called that may
    # refuse.
    cdef bint takes(self, const Walk* walk, str domain, str path) except -1
    # Return the path as it should be, from its first slash on, with one added at its end if it
    # lacks it.
    cdef str corrected(self, const Walk* walk, str path, bint lacks_slash)
