from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_GET_SIZE
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_GET_LENGTH, PyUnicode_KIND
from libc.string cimport memcmp


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


cpdef object encoded(object server_name)

cpdef Place place(
    object scheme,
    bint upgraded,
    object header,
    object server,
    object server_name,
    bint finds_subdomain,
    bint checks,
)


cdef inline bint is_same(object one, object other) noexcept:
    """Tell whether two objects are one, or are equal and both str or both bytes."""
    if one is other:
        return True
    if type(one) is str and type(other) is str:
        return (
            PyUnicode_GET_LENGTH(one) == PyUnicode_GET_LENGTH(other)
            and PyUnicode_KIND(one) == PyUnicode_KIND(other)
            and memcmp(
                PyUnicode_DATA(one),
                PyUnicode_DATA(other),
                PyUnicode_GET_LENGTH(one) * PyUnicode_KIND(one),
            )
            == 0
        )
    return (
        type(one) is bytes
        and type(other) is bytes
        and PyBytes_GET_SIZE(one) == PyBytes_GET_SIZE(other)
        and memcmp(PyBytes_AS_STRING(one), PyBytes_AS_STRING(other), PyBytes_GET_SIZE(one)) == 0
    )
