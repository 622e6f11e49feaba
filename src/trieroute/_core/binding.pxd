from .state cimport BaseMap


cdef class BindableMap(BaseMap):
    cdef object _subdomain(self, object given, object found)
