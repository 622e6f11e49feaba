from cpython.object cimport PyObject
from cpython.ref cimport Py_DECREF

from .counters cimport load, store
from .overrides cimport class_version
from .trie cimport Trie


# A state is what matching and building read of a map, as it was at one moment.
cdef class MapState:
    cdef readonly Trie trie
    cdef readonly Py_ssize_t changes     # The state has taken up so many changes of the map.
    cdef readonly bint subdomain_matching
    cdef readonly bint host_matching     # The domains of rules are hosts, if not subdomains.
    cdef readonly bint merge_slashes
    cdef bint redirect_defaults
    cdef bint sorts                      # The query of a URL is sorted.
    cdef dict siblings                   # Some endpoints have all their rules, see the class.
    cdef dict builders                   # Endpoints have their first UrlBuilder, put here once.
    cdef object map                      # This is the map in the copy of an adapter, else None.

    # Return a copy that one adapter has for itself. It shares the trie and the builders.
    cdef MapState copy(self, object map)


# This is the part of a map that the core reads; users see the subclass `trieroute._map.Map`.
cdef class BaseMap:
    cdef list states                     # Its one item is the current state; it is replaced.
    cdef Py_ssize_t changes              # Rules and settings have changed so often.
    cdef Py_ssize_t used                 # A request has taken the current state: 0 or 1.
    cdef Py_ssize_t compiling_thread     # The thread of this number compiles them; 0 if none does.
    cdef Py_ssize_t plain_update         # `update` is ours in the class of this version; or it is -1.


# Have a map take up its changes, and return its state.
cdef MapState renewed_state(BaseMap map)


cdef extern from *:
    """
    #define trieroute_taken(state) ((void *)(state))
    """
    # A small function that goes through Python variables spends most of its time on counting their
    # references. With these two, the one of the result alone is counted: `new_item` returns an item
    # of a list, which is only lent, as a reference of the caller's own; and `taken` makes of such a
    # reference the state that a function returns.
    PyObject* new_item "trieroute_published"(PyObject* states, Py_ssize_t index) except NULL
    MapState taken "trieroute_taken"(PyObject* state)


cdef inline MapState current_state(PyObject* map):
    """Return the state of a `BaseMap` with all changes so far, made if there is none."""
    cdef BaseMap held
    cdef MapState renewed
    cdef PyObject* state = new_item(<PyObject*>(<BaseMap>map).states, 0)
    if (
        (<MapState>state).changes != load(&(<BaseMap>map).changes)
        # Where a program has replaced `update`, each request calls it.
        or class_version(<object>map) != load(&(<BaseMap>map).plain_update)
    ):
        # Python code runs here, or waits: whoever lent the map may lose it meanwhile.
        held = <BaseMap>map
        Py_DECREF(<object>state)
        renewed = renewed_state(held)
        store(&held.used, 1)
        return renewed
    if not load(&(<BaseMap>map).used):
        store(&(<BaseMap>map).used, 1)
    return taken(state)
