from .state cimport BaseMap


cdef class BindableMap(BaseMap):
    cdef list places                     # Its item is the KnownPlace of the last request, or None.
    cdef Py_ssize_t plain_bind           # The class of a map whose `bind` is ours has this version.
