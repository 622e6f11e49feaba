from .._core.trie cimport Trie


# What was read beside the items: by the same index, a router or a class and what it had.
cdef class Snapshot:
    cdef set known                       # of addresses; the routers live as long
    cdef list routers
    cdef list numbers                    # their counts of changes
    cdef list lists                      # of class Narrowing
    cdef list versions                   # of the lists
    cdef list awaited                    # what was not made; by the same index, what it had made last
    cdef list made
    cdef list classes
    cdef list functions                  # `matches` of the classes
    cdef public Py_ssize_t items_read    # what it would take to read all of it anew

    cpdef bint is_current(self) except -1
    cdef bint is_right(self) except -1
    cdef Py_ssize_t count_made(self) except -1


# The items of one state of a list, compiled.
cdef class Finder:
    cdef readonly Trie trie
    cdef readonly list items
    cdef readonly list others            # positions of the items that may take any request
    cdef list included                   # items of the kind that some loops look for
    cdef list fallback                   # those of them that have something for what no item takes
    cdef Snapshot snapshot               # of the routers in the trie; None where they are not asked
    cdef Answers answers
    cdef Py_ssize_t vain                 # tries of items that were awaited and could be in the trie

    cdef bint serves(self) except -1
    cdef list positions(self, str path)
    cdef list found(self, str path)
    cpdef first(self, str path, method)


# What a loop expects of an item.
cdef class Answers:
    cdef object full
    cdef object partial
    cdef object nothing
    cdef object path_of
    cdef bint puts_route
    cdef object matches

    cdef str path(self, scope)


cdef class Narrowing(list):
    cdef object __weakref__
    cdef public Finder _finder           # None as long as the items are not compiled
    cdef list codes                      # of the loops that get a part; the first may get answers
    cdef list skimming                   # of the loops that look for included items
    cdef list falling_back               # of the loops that do so when no item has taken a request
    cdef public object _version          # of the items: another object after each change

    cdef Finder found(self)
    cdef Finder anew(self)


# The first item of a loop, and the iterator of what follows.
cdef class Guide:
    cdef Narrowing items
    cdef bint answering
    cdef Py_ssize_t at                   # of the next item; -1 before the guide itself
    cdef Finder finder
    cdef list found                      # positions of what follows; None for everything
    cdef object scope                    # of the request, where an item may change its path, or None
    cdef str path                        # that was looked up
    cdef readonly object handle

    cdef int _follow(self) except -1
