cimport cython


# A change is prepared, and made later. What was made of it, or was tried, can be undone.
cdef class Change:
    cdef int make(self) except -1
    cdef int undo(self) except -1


# These are changes that are made together, see the class.
@cython.final
cdef class Changes:
    cdef list changes
    cdef Py_ssize_t tried                # So many of them have been made, or tried.

    cdef int add_attributes(self, target, dict after, bint plainly, bint may_refuse) except -1


# Put a value in the place of another one of an attribute, and tell whether that was still there.
cdef bint exchanged(object target, str name, object before, object after) except -1
# Do the same for a caller that holds the critical section of the class.
cdef bint exchanged_within(object target, str name, object before, object after) except -1
