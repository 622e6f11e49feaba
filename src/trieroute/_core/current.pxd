cdef class Current:
    cdef tuple current                   # It has the adapter and the namespace.
    cdef object token                    # This ends the block; it is None outside of it.
