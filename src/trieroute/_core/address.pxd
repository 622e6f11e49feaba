from cpython.list cimport PyList_SetItem
from cpython.object cimport PyObject
from cpython.ref cimport Py_DECREF, Py_INCREF

from .counters cimport FREE_THREADED, load
from .overrides cimport class_version
from .state cimport BaseMap, MapState, current_state, new_item, taken


# An address is what a map is bound to. It also has what requests and links take that give nothing
# themselves.
cdef class Address:
    cdef dict __dict__
    cdef object __weakref__
    cdef public BaseMap map
    cdef public object server_name
    cdef public object script_name
    cdef public object subdomain
    cdef public object url_scheme
    cdef public object path_info
    cdef public object default_method
    cdef public object query_args
    cdef list states                     # On a free-threaded build, its item is a state or None.
    cdef public bint websocket
    cdef public bint _outside            # The host is not within the server name: no rule matches.


# Return a script name as the start of a URL, with a slash at its end.
cdef object root_of(object script_name)

# Put scheme, host and script root in front of what was built, as far as needed.
cdef object full_url(
    Address adapter, MapState state, domain_part, path, bint websocket, bint external, url_scheme
)
# Return the attributes that are no fields, as the dict that has them.
cdef dict attributes_of(Address address)


cdef inline int check_self(object given) except -1:
    """Check that a method has got an adapter, whose fields it reads past its class.

    Nothing else checks what a program gives that calls `MapAdapter.get_host`, say, by the class.
    """
    if not isinstance(given, Address):
        raise TypeError(f"a method of MapAdapter needs an adapter, not {type(given).__name__}")
    return 0


cdef inline list no_state():
    """Return the `states` of an address that has no state yet; `None` if it never keeps one."""
    return [None] if FREE_THREADED else None


cdef inline BaseMap map_of(Address address):
    """Return the map of an address; one that was not made by binding may have none."""
    if address.map is None:
        raise RuntimeError("the adapter has no map")
    return address.map


cdef inline MapState _next_state(Address address):
    """Return a copy of the current state, which the address keeps."""
    cdef BaseMap map = map_of(address)
    cdef MapState state = current_state(<PyObject*>map).copy(map)
    Py_INCREF(state)
    PyList_SetItem(address.states, 0, state)
    return state


cdef inline MapState state_of(Address address):
    """Return the current state of the map of an address.

    Without the GIL, threads that count the references of one object wait for each other. So an
    address has a copy of the state for itself, and what a match needs is borrowed from the copy.
    """
    cdef PyObject* own
    cdef PyObject* map
    if not FREE_THREADED:
        if address.map is None:
            map_of(address)
        return current_state(<PyObject*>address.map)
    own = new_item(<PyObject*>address.states, 0)
    if own != <PyObject*>None:
        # The copy holds its map.
        map = <PyObject*>(<MapState>own).map
        if (
            map == <PyObject*>address.map
            and (<MapState>own).changes == load(&(<BaseMap>map).changes)
            and load(&(<BaseMap>map).plain_update) == class_version(<object>map)
        ):
            return taken(own)
    Py_DECREF(<object>own)
    return _next_state(address)


cdef inline object domain_of(Address address, MapState state):
    """Return the domain that rules are matched with."""
    if state.subdomain_matching:
        return address.server_name if address.subdomain is None else address.subdomain
    return address.server_name if state.host_matching else ""
