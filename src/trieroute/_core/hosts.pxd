# A place is where a request belongs. It is never changed, for requests of one host share it.
cdef class Place:
    cdef readonly object server_name     # It is in lower case and encoded for DNS.
    cdef readonly object subdomain       # It is None if none is looked for.
    cdef object host                     # This is the host of the request, in lower case.
    cdef readonly bint inside            # The host lies within the server name, or need not.


cpdef Place place(
    object scheme,
    object header,
    object server,
    object server_name,
    bint finds_subdomain,
    bint checks,
)
