from .._core.trie cimport Trie
from .named cimport NamedRoutes
from .prerequisites cimport CountingList, Loops, RouteSnapshot, Use


# These are the routes of one state of a list, in a trie.
cdef class CompiledRoutes(RouteSnapshot):
    cdef Trie trie
    cdef readonly dict others            # A position outside of the trie leads to the reason.
    cdef list fallback                   # These may have something for what no route takes.
    cdef bint moving                     # One outside of the trie may change the path.
    cdef dict converted                  # A position leads to (convertors by name, a list of them).

    cdef list positions(self, str path)
    cdef list positions_in_trie(self, str path)
    cpdef first(self, str path, method)
    cdef bint has_its_convertors(self, position) except -1


cdef class GuidedList(CountingList):
    cdef object __weakref__
    cdef readonly Loops loops
    cdef list kept                       # It has CompiledRoutes and NamedRoutes, or None each.
    cdef public object maker             # Its `lists` have what the routes are made for; or None.

    cdef object items_for(self, Use use)
    cdef object items_of(self, scope, bint in_turn)
    cdef bint follows_moving(self) except -1
    cdef CompiledRoutes serving(self)
    cdef NamedRoutes named(self)


# A guide is the first item of a loop, and the iterator over what follows.
cdef class Guide:
    cdef GuidedList routes
    cdef bint answering                  # The loop may get an answer in a route's place.
    cdef Py_ssize_t at                   # The next item has this index; -1 before the guide itself.
    cdef CompiledRoutes compiled
    cdef list found                      # What follows has these positions; None for everything.
    cdef object scope                    # A route may change the path in this one.
    cdef str path                        # This path was looked up.
    cdef object route                    # The guide has answered for this route.

    cdef int _find(self, CompiledRoutes compiled, scope, str path) except -1
    cdef int _follow(self) except -1
