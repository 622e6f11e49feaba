cdef class Current:
    cdef tuple current                   # The adapter and the namespace.
    cdef object token                    # What ends the block; None outside of it.
