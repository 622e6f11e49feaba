from .target cimport Target


cdef class Ending:
    cdef readonly Target target
    cdef readonly Py_ssize_t place
    cdef readonly str form
    cdef readonly int slashes


cdef class ListedNode:
    cdef readonly Py_ssize_t parent
    cdef readonly object content
    cdef readonly bint rest
    cdef readonly bint branch
    cdef readonly list endings
