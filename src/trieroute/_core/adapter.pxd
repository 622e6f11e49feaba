from .address cimport Address
from .text cimport exact_text


cdef class MapAdapter(Address):
    pass
