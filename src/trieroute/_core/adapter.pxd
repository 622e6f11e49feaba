from .address cimport Address


cdef class MapAdapter(Address):
    pass
