from .pattern cimport Pattern


# A conversion tells how the text of a variable becomes its value.
cpdef enum Conversion:
    BY_CONVERTER     # The converter's `to_python` makes it.
    AS_TEXT          # The text is the value.
    AS_INT           # `int` makes it; the core has checked all that `to_python` would,
    AS_FLOAT         # and so it is with `float`,
    AS_UUID          # and with `uuid.UUID`.


# A value is a variable of a rule, and what a match makes of its text.
cdef class Value:
    cdef readonly str name
    cdef readonly Conversion conversion
    cdef object converter                # A program may replace its `to_python` at any time.


# A part is one segment of a rule, its tail, or its domain. It has a text or a pattern.
cdef class Part:
    cdef readonly str text               # This is the static text, or None if there are variables.
    cdef readonly Pattern pattern        # This is None if the part is static.
    cdef readonly bint tail              # The part takes the rest of the path.
    cdef readonly tuple values           # There is a Value for each variable, in order.
    cdef readonly object weight          # It orders the variable parts of a state, see the class.
    cdef readonly object identity        # Equal ones lead to the same state, see order.py.
    cdef tuple labels                    # These are the labels of a domain, see the docstring.
