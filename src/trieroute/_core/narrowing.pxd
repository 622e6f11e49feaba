from .trie cimport Trie


# The items of one state of a list, compiled.
cdef class Finder:
    cdef readonly Trie trie
    cdef readonly list items
    cdef readonly list others            # positions of the items that may take any request
    cdef Answers answers


# What a loop expects of an item.
cdef class Answers:
    cdef object full
    cdef object partial
    cdef object nothing
    cdef object path_of
    cdef bint puts_route


cdef class Narrowing(list):
    cdef object __weakref__
    cdef public Finder _finder           # None as long as the items are not compiled
    cdef list codes                      # of the loops that get a part; the first may get answers

    cdef Finder found(self)


# The first item of a loop, and the iterator of what follows.
cdef class Guide:
    cdef Narrowing items
    cdef bint answering
    cdef Py_ssize_t at                   # of the next item; -1 before the guide itself
    cdef list found                      # what follows; None for everything
    cdef readonly object handle
