from .trie cimport Trie


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


# A state is what matching and building read of a map, as it was at one moment.
cdef class MapState:
    cdef readonly Trie trie
    cdef readonly Py_ssize_t changes     # The state has taken up so many changes of the map.
    cdef readonly bint host_matching
    cdef readonly bint merge_slashes
    cdef bint redirect_defaults
    cdef bint sorts                      # The query of a URL is sorted.
    cdef bint asks                       # `update` is overridden, so each request calls it.
    cdef dict builders                   # Endpoints have their first Candidate, put here once.
    cdef object map                      # Of a copy that an adapter has: the map. Else None.

    # Return a copy that one adapter has for itself. It shares the trie and the builders.
    cdef MapState copy(self, object map)


# This is the part of a map that the core reads; users see the subclass `trieroute.map.Map`.
cdef class BaseMap:
    cdef list states                     # Its one item is the current state; it is replaced.
    cdef Py_ssize_t changes              # Rules and settings have changed so often.
    cdef Py_ssize_t used                 # A request has taken the current state: 0 or 1.


cdef inline MapState current_state(BaseMap map):
    """Return the state of a map with all changes so far, made if there is none."""
    cdef MapState state = <MapState>published(map.states, 0)
    if state.changes != changes_of(&map.changes) or state.asks:
        (<object>map).update()
        state = <MapState>published(map.states, 0)
    if not changes_of(&map.used):
        set_count(&map.used, 1)
    return state
