from .address cimport Address


cdef class Adapter(Address):
    pass
