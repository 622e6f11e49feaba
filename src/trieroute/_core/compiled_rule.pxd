cimport cython

from .part cimport Part


# A compiled rule is what binding makes of a rule. Users see a class that derives from it.
cdef class BaseCompiledRule:
    cdef readonly str text               # This is the rule string.
    cdef readonly bint merges            # Runs of slashes in it count as one.
    cdef readonly object domain          # Its attribute `part` is a Part, or None: no host fits.
    cdef readonly tuple parts            # There is a Part for each segment, up to the tail.
    cdef dict kept                       # It has the converters that the parts do not tell, or is None.
    cdef readonly object defaults        # This is a mapping.
    cdef readonly tuple names            # These are arguments beside the variables.
    cdef readonly object redirect        # It is what `redirect_to` was read as, or None.


# A class of converters as it was when segments were read with it.
@cython.final
cdef class ReadClass:
    cdef object cls
    cdef dict attributes                 # It had these then, inherited ones as well.
    cdef Py_ssize_t version              # It had them still in this version; 0 if none is known.

    cpdef bint is_as_read(self, object maker) except -1


# A shared variable is a segment that many rules have, read as a variable.
@cython.final
cdef class SharedVariable:
    cdef readonly Part part              # It was read as this; None if that depends on the rule.
    cdef readonly object variable        # This is what the parser has made of it.
    cdef readonly object converter       # This is None if each rule has its own.
    cdef str name, maker                 # These are the names of the variable and its converter.
    cdef ReadClass read_class            # This is None, too, if each rule has a converter of its own.
