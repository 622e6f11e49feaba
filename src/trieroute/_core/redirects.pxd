from .address cimport Address


# A match that may lead elsewhere, which is asked for when the matching is done: what a program's own
# methods raise there is theirs, and tells nothing of Werkzeug's matcher.
cdef class Undecided:
    cdef object rule
    cdef object endpoint
    cdef dict values
    cdef str path                        # The request has to go to this path, or this is None.


cdef Undecided undecided(object rule, object endpoint, dict values, str path)


# Return the query of a redirect: the one that a match was given, or the bound one.
cdef object query_of(Address adapter, object query_args)

# Return the exception that redirects to a path on the bound host, or a 404 if no URL can have it.
cdef object path_redirection(Address adapter, str path, object query_args)

# Raise the exception that a match has left set; or that of HTTP in its place, if it is one by which
# Werkzeug's matcher tells what it has found. A converter may raise it, too.
cdef int tell(
    Address adapter, str domain, str path, str method, object query_args
) except -1

# Return a path with the domain in front, as the URL of an alias is asked for.
cdef object alias_path(domain, str path)

# Return an exception that was caught as one of a kind. Where there is no memory for its traceback, what
# arrives in its place is the `MemoryError`, which this raises.
cdef object caught(error, kind)
