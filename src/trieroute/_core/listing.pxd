from .target cimport Target


cdef class Ending:
    cdef readonly Target target
    # This is a rank, which needs all 32 bits, until the endings of a trie are counted.
    cdef readonly long long place
    cdef readonly str form
    cdef readonly int slashes


cdef class ListedNode:
    cdef readonly Py_ssize_t parent
    cdef readonly object content
    cdef readonly bint rest
    cdef readonly bint branch
    cdef readonly list endings
