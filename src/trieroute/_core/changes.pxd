cimport cython


# These are changes that are made together, see the class.
@cython.final
cdef class Changes:
    cdef list changes
    cdef Py_ssize_t tried                # So many of them have been made, or tried.

    cdef int add_attributes(self, target, dict after, bint plainly, bint may_refuse) except -1
