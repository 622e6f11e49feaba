from .pattern cimport Pattern


# How the text of a variable becomes its value.
cpdef enum Conversion:
    BY_CONVERTER     # by the converter's `to_python`
    AS_TEXT          # the text is the value
    AS_INT           # as `int`; the core has checked all that `to_python` would
    AS_FLOAT         # as `float`, likewise
    AS_UUID          # as `uuid.UUID`, likewise


# A variable of a rule, and what a match makes of its text.
cdef class Value:
    cdef readonly str name
    cdef readonly Conversion conversion
    cdef readonly object to_python       # of the converter


# One segment of a rule, or its tail, or its domain. Either `text` or `pattern` is set.
cdef class Part:
    cdef readonly str text               # the static text, None when there are variables
    cdef readonly Pattern pattern        # None when the part is static
    cdef readonly bint tail              # it takes the rest of the path
    cdef readonly tuple values           # of Value, a variable each, in order
    cdef readonly tuple weight           # its place among the variable parts of a state, see order.py
    cdef readonly object identity        # equal ones lead to the same state, see order.py
    cdef readonly tuple labels           # of a domain, see the docstring
