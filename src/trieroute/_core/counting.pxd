# Counting the steps of a match, in debug builds alone: elsewhere nothing of it is compiled.

cdef extern from *:
    """
    #ifdef TRIEROUTE_COUNT_STEPS
    #define TRIEROUTE_COUNT(counter, count) ((counter) += (count))
    #define TRIEROUTE_COUNTS 1
    #else
    #define TRIEROUTE_COUNT(counter, count) ((void)0)
    #define TRIEROUTE_COUNTS 0
    #endif
    """
    const bint COUNTS "TRIEROUTE_COUNTS"
    void count_steps "TRIEROUTE_COUNT"(Py_ssize_t counter, Py_ssize_t steps) noexcept
