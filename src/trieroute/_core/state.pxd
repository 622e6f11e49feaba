from .counters cimport FREE_THREADED, changes_of, count_on, published, set_count
from .overrides cimport class_version
from .trie cimport Trie


# A state is what matching and building read of a map, as it was at one moment.
cdef class MapState:
    cdef readonly Trie trie
    cdef readonly Py_ssize_t changes     # The state has taken up so many changes of the map.
    cdef readonly bint host_matching
    cdef readonly bint merge_slashes
    cdef bint redirect_defaults
    cdef bint sorts                      # The query of a URL is sorted.
    cdef dict builders                   # Endpoints have their first Candidate, put here once.
    cdef object map                      # Of a copy that an adapter has: the map. Else None.

    # Return a copy that one adapter has for itself. It shares the trie and the builders.
    cdef MapState copy(self, object map)


# This is the part of a map that the core reads; users see the subclass `trieroute.map.Map`.
cdef class BaseMap:
    cdef list states                     # Its one item is the current state; it is replaced.
    cdef Py_ssize_t changes              # Rules and settings have changed so often.
    cdef Py_ssize_t used                 # A request has taken the current state: 0 or 1.
    cdef Py_ssize_t plain                # The version of the class whose `update` is ours, or -1.


# Have a map take up its changes, and return its state.
cdef MapState renewed_state(BaseMap map)


cdef inline MapState current_state(BaseMap map):
    """Return the state of a map with all changes so far, made if there is none."""
    cdef MapState state = <MapState>published(map.states, 0)
    if (
        state.changes != changes_of(&map.changes)
        # Where a program has replaced `update`, each request calls it.
        or class_version(map) != changes_of(&map.plain)
    ):
        state = renewed_state(map)
    if not changes_of(&map.used):
        set_count(&map.used, 1)
    return state
