from .address cimport Address


# Return the query of a redirect: the one that a match was given, or the bound one.
cdef object query_of(Address adapter, object query_args)

# Return the exception that redirects to a path on the bound host, or a 404 if no URL can have it.
cdef object path_redirection(Address adapter, str path, object query_args)

# Raise the exception that a match has left set; or that of HTTP in its place, if it is one by which
# Werkzeug's matcher tells what it has found. A converter may raise it, too.
cdef int tell(
    Address adapter, str domain, str path, str method, object query_args
) except -1
