from .state cimport BaseMap


cdef class BindableMap(BaseMap):
    cdef Py_ssize_t plain_bind           # The version of the class of a map whose `bind` is ours.
