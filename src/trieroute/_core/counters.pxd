"""Counters and lists of one item, as threads share them."""


cdef extern from *:
    """
    /* In a free-threaded build, another thread may replace the state while it is read. So a state is
       kept as the item of a list, which can be read and have its reference counted in one step, and
       counters are read and written atomically. With the GIL, both are plain. */
    #ifdef Py_GIL_DISABLED
    #define TRIEROUTE_FREE_THREADED 1
    #define trieroute_published(states, index) PyList_GetItemRef(states, index)
    #if defined(_MSC_VER)
    #include <intrin.h>
    #define trieroute_load_counter(counter) _InterlockedOr64((volatile __int64 *)(counter), 0)
    #define trieroute_add_to_counter(counter, more) \
        (_InterlockedExchangeAdd64((volatile __int64 *)(counter), more) + (more))
    #define trieroute_store_counter(counter, value) \
        ((void)_InterlockedExchange64((volatile __int64 *)(counter), value))
    #else
    #define trieroute_load_counter(counter) __atomic_load_n(counter, __ATOMIC_SEQ_CST)
    #define trieroute_add_to_counter(counter, more) __atomic_add_fetch(counter, more, __ATOMIC_SEQ_CST)
    #define trieroute_store_counter(counter, value) __atomic_store_n(counter, value, __ATOMIC_SEQ_CST)
    #endif
    #else
    #define TRIEROUTE_FREE_THREADED 0
    #define trieroute_published(states, index) Py_NewRef(PyList_GET_ITEM(states, index))
    #define trieroute_load_counter(counter) (*(counter))
    #define trieroute_add_to_counter(counter, more) (*(counter) += (more))
    #define trieroute_store_counter(counter, value) ((void)(*(counter) = (value)))
    #endif
    """
    bint FREE_THREADED "TRIEROUTE_FREE_THREADED"
    # Return an item of a list, which exists, as a reference of the caller's own.
    object published "trieroute_published"(list states, Py_ssize_t index)
    Py_ssize_t load "trieroute_load_counter"(Py_ssize_t* counter) noexcept
    # Add to a counter, and return what it is then.
    Py_ssize_t add_to "trieroute_add_to_counter"(Py_ssize_t* counter, Py_ssize_t more) noexcept
    void store "trieroute_store_counter"(Py_ssize_t* counter, Py_ssize_t value) noexcept
