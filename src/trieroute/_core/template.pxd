cdef class UrlTemplate:
    cdef readonly tuple domain       # texts, and (name, to_url) pairs for variables
    cdef readonly tuple path
    cdef readonly frozenset known    # names that never become the query

    cpdef tuple fill(self, values)
    cdef str _join(self, tuple parts, values)
