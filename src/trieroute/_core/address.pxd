from .state cimport BaseMap


# What a map is bound to, and what requests and links take where they give nothing themselves.
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
    cdef public bint websocket
    cdef public bint outside             # The host is not within the server name: no rule matches.

    cdef int _set(
        self,
        BaseMap map,
        object server_name,
        object script_name,
        object subdomain,
        object url_scheme,
        object path_info,
        object default_method,
        object query_args,
    ) except -1


cdef inline BaseMap map_of(Address address):
    """Return the map of an address; one that was not made by binding may have none."""
    if address.map is None:
        raise RuntimeError("the adapter has no map")
    return address.map
