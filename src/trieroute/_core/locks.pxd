# Return what acquires a lock, what releases it, and the arguments of the latter.
cdef tuple ways_of(lock)
