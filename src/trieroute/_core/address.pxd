from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF

from .counters cimport FREE_THREADED, load
from .overrides cimport class_version
from .state cimport BaseMap, MapState, current_state, taken


cdef extern from *:
    """
    /* Without the GIL, one thread owns an address: the one that uses it for the third time, before any
       other does. Up to then, the owner is a count of the uses, which is less than any address in
       memory; then it is the address of what CPython has of that thread. An owner never changes; a
       thread that gets the place of one in memory after it has ended owns its addresses in turn. */
    #ifdef Py_GIL_DISABLED
    typedef uintptr_t trieroute_owner;
    #define TRIEROUTE_FIRST_USES 2
    #if PY_VERSION_HEX < 0x030f0000
    #define trieroute_thread() _Py_ThreadId()
    #else
    #define trieroute_thread() ((uintptr_t)PyThreadState_GetUnchecked())
    #endif
    #if defined(_MSC_VER)
    #define trieroute_owner_of(it) (*(volatile trieroute_owner *)&(it)->owner)
    #define trieroute_exchange_owner(place, before, after) \
        (_InterlockedCompareExchangePointer((void *volatile *)(place), (void *)(after), \
                                            (void *)(before)) == (void *)(before))
    #else
    #define trieroute_owner_of(it) __atomic_load_n(&(it)->owner, __ATOMIC_RELAXED)
    #define trieroute_exchange_owner(place, before, after) \
        __atomic_compare_exchange_n(place, &(before), after, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED)
    #endif
    #define trieroute_is_owner(it) (trieroute_owner_of(it) == trieroute_thread())
    static inline int trieroute_become_owner(trieroute_owner *place, trieroute_owner before) {
        trieroute_owner after = before < TRIEROUTE_FIRST_USES ? before + 1 : trieroute_thread();
        if (before > TRIEROUTE_FIRST_USES)
            return 0;
        return trieroute_exchange_owner(place, before, after) && after > TRIEROUTE_FIRST_USES;
    }
    #define trieroute_becomes_owner(it) trieroute_become_owner(&(it)->owner, trieroute_owner_of(it))
    #define trieroute_unowned(it) ((it)->owner = 0)
    #else
    /* It takes no room with the GIL, where compilers know of such fields. */
    #if defined(_MSC_VER)
    typedef char trieroute_owner;
    #else
    typedef char trieroute_owner[0];
    #endif
    #define trieroute_is_owner(it) 0
    #define trieroute_becomes_owner(it) 0
    #define trieroute_unowned(it) ((void)0)
    #endif
    """
    ctypedef struct Owner "trieroute_owner":
        pass
    # Tell whether this thread owns an address, and whether it does from this use on.
    bint is_owner "trieroute_is_owner"(Address address) noexcept
    bint becomes_owner "trieroute_becomes_owner"(Address address) noexcept


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
    cdef MapState own                    # This is for the owner alone to read and set, or None.
    cdef public bint websocket
    cdef public bint _outside            # The host is not within the server name: no rule matches.
    cdef Owner owner                     # This thread owns the address.


# Return a script name as the start of a URL, with a slash at its end.
cdef object root_of(object script_name)

# Put scheme, host and script root in front of what was built, as far as needed.
cdef object full_url(
    Address adapter, MapState state, domain_part, path, bint websocket, bint external, url_scheme
)
# Return the state of an address whose owner has no copy of it, or that this thread does not own.
cdef MapState other_state(Address address)
# Return the attributes that are no fields, as the dict that has them.
cdef dict attributes_of(Address address)


cdef inline int check_self(object given) except -1:
    """Check that a method has got an adapter, whose fields it reads past its class.

    Nothing else checks what a program gives that calls `MapAdapter.get_host`, say, by the class.
    """
    if not isinstance(given, Address):
        raise TypeError(f"a method of MapAdapter needs an adapter, not {type(given).__name__}")
    return 0


cdef inline BaseMap map_of(Address address):
    """Return the map of an address; one that was not made by binding may have none."""
    if address.map is None:
        raise RuntimeError("the adapter has no map")
    return address.map


cdef inline MapState state_of(Address address):
    """Return the current state of the map of an address.

    Without the GIL, threads that count the references of one object wait for each other. So an
    address has a copy of the state for the thread that owns it, and what a match needs is borrowed
    from the copy. No other thread reads or replaces the copy, so it needs no lock; and as its owner has
    made it, its references are counted without one. The owner counts one for each call, since Python
    code that a call runs may use the address after a change of the map, and then it has another copy.

    Most addresses are used once or twice, by the request that they were made for: a copy, which
    counts references of all that it shares, would cost more than it saves. These uses, and those by
    other threads, take the state of the map itself.
    """
    cdef PyObject* own
    cdef PyObject* map
    if is_owner(address):
        own = <PyObject*>address.own
        if own != <PyObject*>None:
            # The copy holds its map.
            map = <PyObject*>(<MapState>own).map
            if (
                map == <PyObject*>address.map
                and (<MapState>own).changes == load(&(<BaseMap>map).changes)
                and load(&(<BaseMap>map).plain_update) == class_version(<object>map)
            ):
                Py_INCREF(<object>own)
                return taken(own)
    if FREE_THREADED:
        return other_state(address)
    if address.map is None:
        map_of(address)
    return current_state(<PyObject*>address.map)


cdef inline object domain_of(Address address, MapState state):
    """Return the domain that rules are matched with."""
    if state.subdomain_matching:
        return address.server_name if address.subdomain is None else address.subdomain
    return address.server_name if state.host_matching else ""
