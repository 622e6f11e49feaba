from .._core.trie cimport Trie
from .prerequisites cimport CountingList, Loops, Prerequisites


# The routes of one state of a list, in a trie.
cdef class CompiledRoutes:
    cdef Trie trie
    cdef readonly list routes
    cdef readonly dict others            # ascending positions of the routes not in the trie -> reasons
    cdef list fallback                   # the routes that may have something for what no route takes
    cdef Loops loops
    cdef Prerequisites prerequisites
    cdef Py_ssize_t version              # of the list, when its routes were read
    cdef Py_ssize_t edits                # of all routes, when these were read
    cdef dict converted                  # position -> (convertors by variable name, a list of them)
    cdef Py_ssize_t vain                 # routes that were tried although they could be in the trie

    cdef bint serves(self) except -1
    cdef list positions(self, str path)
    cdef list positions_in_trie(self, str path)
    cpdef first(self, str path, method)
    cdef bint has_its_convertors(self, position) except -1


cdef class GuidedList(CountingList):
    cdef object __weakref__
    cdef readonly Loops loops
    cdef list kept                       # Its one item is CompiledRoutes, or None; it is replaced.

    cdef CompiledRoutes serving(self)


# The first item of a loop, and the iterator over what follows.
cdef class Guide:
    cdef GuidedList routes
    cdef bint answering                  # whether the loop may get an answer in a route's place
    cdef Py_ssize_t at                   # of the next item; -1 before the guide itself
    cdef CompiledRoutes compiled
    cdef list found                      # positions of what follows; None for everything
    cdef object scope                    # of the request, where a route may change its path, or None
    cdef str path                        # that was looked up
    cdef object route                    # that the guide has answered for

    cdef int _follow(self) except -1
