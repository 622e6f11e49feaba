from .._core.trie cimport Trie


# The loops that get a part of a list of routes, and what they expect of `matches`.
cdef class Loops:
    cdef object answered                 # the code of the loop that may get answers
    cdef readonly list searching         # the code of others that look for the route of a request
    cdef readonly list falling_back      # the code of loops for requests that no route has taken
    cdef object full
    cdef object partial
    cdef tuple nothing
    cdef object path_of
    cdef object matches

    cdef str path(self, scope)


# What a compilation has read beside the routes themselves. Each tuple is unpacked where it is read.
cdef class Prerequisites:
    cdef dict classes                    # of routes -> their `matches`
    cdef list routers                    # of (router, its count of changes, its list, the list's version)
    cdef list awaited                    # of (what makes routes, what it had made last)
    cdef public Py_ssize_t routes_read   # what it would take to read all of it anew

    cpdef bint are_current(self) except -1
    cdef bint hold(self) except -1
    cdef Py_ssize_t count_made(self) except -1


# The routes of one state of a list, in a trie.
cdef class CompiledRoutes:
    cdef Trie trie
    cdef readonly list routes
    cdef readonly dict others            # ascending positions of the routes not in the trie -> reasons
    cdef list fallback                   # the routes that may have something for what no route takes
    cdef Loops loops
    cdef Prerequisites prerequisites
    cdef Py_ssize_t version              # of the list, when its routes were read
    cdef Py_ssize_t vain                 # routes that were tried although they could be in the trie

    cdef bint serves(self) except -1
    cdef list positions(self, str path)
    cdef list positions_in_trie(self, str path)
    cpdef first(self, str path, method)


cdef class GuidedList(list):
    cdef object __weakref__
    cdef readonly Loops loops
    cdef list kept                       # Its one item is CompiledRoutes, or None; it is replaced.
    cdef Py_ssize_t changes              # The list has changed so often.

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
