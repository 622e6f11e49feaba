"""Counters and lists of one item, as threads share them."""


cdef extern from *:
    """
    /* A free-threaded build lets another thread replace the state while it is read. There the item
       of a list is what can be read and referenced in one step; and the number of changes is read and
       counted atomically. With the GIL, both are plain. */
    #ifdef Py_GIL_DISABLED
    #define TRIEROUTE_FREE_THREADED 1
    #define trieroute_published(states, index) PyList_GetItemRef(states, index)
    #if defined(_MSC_VER)
    #include <intrin.h>
    #define trieroute_changes(changes) _InterlockedOr64((volatile __int64 *)(changes), 0)
    #define trieroute_add(counter, more) \
        (_InterlockedExchangeAdd64((volatile __int64 *)(counter), more) + (more))
    #define trieroute_set(counter, value) \
        ((void)_InterlockedExchange64((volatile __int64 *)(counter), value))
    #else
    #define trieroute_changes(changes) __atomic_load_n(changes, __ATOMIC_SEQ_CST)
    #define trieroute_add(counter, more) __atomic_add_fetch(counter, more, __ATOMIC_SEQ_CST)
    #define trieroute_set(counter, value) __atomic_store_n(counter, value, __ATOMIC_SEQ_CST)
    #endif
    #else
    #define TRIEROUTE_FREE_THREADED 0
    #define trieroute_published(states, index) Py_NewRef(PyList_GET_ITEM(states, index))
    #define trieroute_changes(changes) (*(changes))
    #define trieroute_add(counter, more) (*(counter) += (more))
    #define trieroute_set(counter, value) ((void)(*(counter) = (value)))
    #endif
    """
    bint FREE_THREADED "TRIEROUTE_FREE_THREADED"
    # Return an item of a list, which exists, as a reference of the caller's own.
    object published "trieroute_published"(list states, Py_ssize_t index)
    Py_ssize_t changes_of "trieroute_changes"(Py_ssize_t* changes) noexcept
    # Add to a counter, and return what it is then.
    Py_ssize_t count_on "trieroute_add"(Py_ssize_t* counter, Py_ssize_t more) noexcept
    void set_count "trieroute_set"(Py_ssize_t* counter, Py_ssize_t value) noexcept
