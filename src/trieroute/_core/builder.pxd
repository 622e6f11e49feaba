from libc.stdint cimport uint8_t, uint32_t

from .target cimport Target


cdef enum:
    # The rank of a form that a rule does not have.
    NO_RANK = 0xFFFFFFFF


# A rule on its way into the trie: what the segments must be, and the ranks of its forms by what is
# left of a path after them.
cdef class Insertion:
    cdef tuple steps             # texts and Patterns; the last one may be a tail
    cdef Target target
    cdef uint32_t methods        # number of its set
    cdef bint websocket
    cdef bint merges
    cdef uint32_t end            # nothing is left
    cdef uint32_t slash          # one slash is left
    cdef uint32_t slashes        # two are
    cdef uint8_t end_form
    cdef uint8_t slash_form
    cdef Insertion following           # of another rule with the same steps; joined, they are led as one

    cdef uint32_t least(self) noexcept
    # The insertions of the forms that `slashes` is the rank of: one empty segment further on. Those forms
    # are then no longer of these insertions. None if there are none.
    cdef Insertion take_slashes(self)


# A node while the trie is being made: where insertions part, or end.
cdef class DraftNode:
    cdef Py_ssize_t depth        # segments before it
    cdef Py_ssize_t index        # its place among all nodes
    cdef uint32_t least          # the lowest rank in it and below
    cdef dict statics            # text -> DraftNode or Insertion
    cdef dict patterns           # Pattern -> DraftNode or Insertion
    cdef list ends               # Insertions that end here

    cdef int put(self, Insertion insertion) except -1
    # The edges among which one for a step has to be.
    cdef dict edges_to(self, object step)


# Lead an insertion to its place below the node of a key.
cdef int lead(dict nodes, object key, Py_ssize_t depth, Insertion insertion) except -1
# All nodes below these, and the ones that are among them, numbered.
cdef list numbered(children)
cdef uint32_t least_of(child) except? 0
