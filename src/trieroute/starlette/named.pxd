from .prerequisites cimport Compilation


# What making the URL of a route takes, as Starlette has it.
cdef class Naming:
    cdef object no_match_found           # The exception that says that a route has no such URL.
    cdef object url_path                 # It makes a URL of a path and a protocol.
    cdef object split                    # It splits a path format into texts and variables, in turns.
    cdef list called                     # (names of a module, a name, the function it stands for)

    cdef bint hold(self) except -1


# The routes of one state of a list, by their names.
cdef class NamedRoutes(Compilation):
    cdef Naming naming
    cdef dict by_name                    # A name leads to ascending positions of routes.
    cdef dict by_mount                   # A name in front of a colon leads to such positions.
    cdef list others                     # The ascending positions of the routes that are always asked.
    cdef dict protocols                  # Where the guide makes the URL itself: position to protocol.
    cdef dict formats                    # A path format leads to its pieces, put here once.

    cdef list positions(self, str name)
    cdef object url(self, position, str name, dict params)
    cdef tuple pieces(self, str path_format)


# The first item of a loop that looks for the route of a name, and the iterator over what follows.
cdef class NameGuide:
    cdef NamedRoutes named
    cdef Py_ssize_t at                   # The next item has this index; -1 before the guide itself.


cdef NameGuide guide_to(NamedRoutes named)
