from .prerequisites cimport RouteSnapshot


# A naming has what making the URL of a route takes, as Starlette has it.
cdef class Naming:
    cdef object no_match_found           # This exception says that a route has no such URL.
    cdef object url_path                 # It makes a URL of a path and a protocol.
    cdef object split                    # It splits a path format into texts and variables.
    cdef list called                     # Each is (names of a module, a name, what it stands for).

    cdef bint hold(self) except -1


# These are the routes of one state of a list, by their names.
cdef class NamedRoutes(RouteSnapshot):
    cdef Naming naming
    cdef dict by_name                    # A name leads to ascending positions of routes.
    cdef dict by_mount                   # A name in front of a colon leads to such positions.
    cdef list others                     # The routes of these ascending positions are always asked.
    cdef dict protocols                  # A position has a protocol if the guide makes the URL.
    cdef dict formats                    # A path format leads to its pieces, put here once.

    cdef list positions(self, str name)
    cdef object url(self, position, str name, dict params)
    cdef tuple pieces(self, str path_format)


# This is the first item of a loop that looks for the route of a name, and the iterator over what
# follows.
cdef class NameGuide:
    cdef NamedRoutes named
    cdef list routes                     # These are the routes of the list, as it is now.
    cdef Py_ssize_t at                   # The next item has this index; -1 before the guide itself.


cdef NameGuide guide_to(NamedRoutes named, list routes)
