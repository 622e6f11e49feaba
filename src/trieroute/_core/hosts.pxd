# A place is where a request belongs. It is never changed, for requests of one host share it.
cdef class Place:
    cdef readonly object server_name     # It is in lower case and encoded for DNS.
    cdef readonly object subdomain       # It is None if none is looked for.
    cdef object host                     # This is the host of the request, in lower case.
    cdef readonly bint inside            # The host lies within the server name, or need not.
    cdef bint websocket                  # The scheme is one of WebSocket.


# A map keeps what the last request's place was asked with, since most requests are for one host.
cdef class KnownPlace:
    cdef object scheme
    cdef object header                   # It is a str, or bytes if the request has those.
    cdef object given                    # This is the configured server name, or None.
    cdef bint finds_subdomain
    cdef bint checks
    cdef Place place


# Return what `place` does; the one item of `known` is the last known place, or None. A header in
# bytes is decoded.
cdef Place place_of(
    list known,
    object scheme,
    object header,
    object server,
    object server_name,
    bint finds_subdomain,
    bint checks,
)


cpdef Place place(
    object scheme,
    object header,
    object server,
    object server_name,
    bint finds_subdomain,
    bint checks,
)
