from .trie cimport Trie


# What matching and building read of a map, as it was at one moment.
cdef class MapState:
    cdef readonly Trie trie
    cdef readonly Py_ssize_t changes     # of the map that it has taken up
    cdef readonly bint host_matching
    cdef readonly bint merge_slashes
    cdef readonly bint redirect_defaults
    cdef readonly bint sorts             # a query is sorted
    cdef dict builders                   # endpoint -> first Candidate; each is put in place once


# The part of a map that the core reads; `trieroute.map.Map` is the subclass that users see.
cdef class BaseMap:
    cdef MapState state                  # the current one; replaced, never changed
    cdef Py_ssize_t changes              # of rules and settings so far
    cdef bint asks                       # `update` is overridden: it is called each time


cdef inline MapState current_state(BaseMap map):
    """The state of a map with all changes so far, made if there is none."""
    if map.state.changes != map.changes or map.asks:
        (<object>map).update()
    return map.state
