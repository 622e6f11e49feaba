from libc.stdint cimport uint8_t, uint32_t

from .target cimport Target


# These are no enumerators, which have to fit into an int.
cdef extern from *:
    """
    #include <stdint.h>
    #define TRIEROUTE_NO_RANK UINT32_C(0xFFFFFFFF)
    """
    # A form that a rule does not have has this rank.
    const uint32_t NO_RANK "TRIEROUTE_NO_RANK"
    # A node or a suffix that has not been laid out has this place.
    const uint32_t NO_PLACE "TRIEROUTE_NO_RANK"


# An insertion is a rule on its way into the trie: what the segments must be, and the ranks of the
# rule's forms by what is left of a path behind them.
cdef class Insertion:
    cdef tuple steps             # These are texts and Patterns; the last one may be a tail.
    cdef void* target            # The rule has this Target, which the compiler owns.
    cdef uint32_t number         # The rule was added as the one of this number.
    cdef uint32_t methods        # The set of the rule's methods has this number.
    cdef uint32_t end            # This is the rank if nothing is left,
    cdef uint32_t slash          # this if one slash is left,
    cdef uint32_t slashes        # and this if two are; NO_RANK stands for no such form.
    cdef uint8_t end_form        # `end` is the rank of this Form,
    cdef uint8_t slash_form      # and `slash` of this one.
    cdef uint32_t place          # Its suffix lies at this place, or it has none: NO_PLACE.
    cdef Insertion following     # Insertions with the same steps are chained, and led as one.

    # Return the lowest rank of this insertion and of those that follow it.
    cdef uint32_t least(self) noexcept
    # Move the forms whose rank is `slashes` to new insertions, one empty segment further on; return
    # the first of these, or None if there are no such forms.
    cdef Insertion take_slashes(self)
    # Take all forms away from it; it stays where it is.
    cdef void clear(self) noexcept


# A draft is a node while the trie is being made: a place where insertions part, or end.
cdef class DraftNode:
    cdef Py_ssize_t depth        # It stands behind so many segments.
    cdef uint32_t index          # This is its place among all nodes, or NO_PLACE.
    cdef uint32_t least          # This is the lowest rank in it and below.
    cdef dict statics            # A text leads to a DraftNode or to an Insertion,
    cdef dict patterns           # and so does a Pattern.
    cdef list ends               # These Insertions end here.
    cdef DraftNode waiting       # It is freed next, when this one is; None until then.

    cdef int put(self, Insertion insertion, list touched) except -1
    # Return the edges among which one for a step has to be.
    cdef dict edges_to(self, object step)


# Lead an insertion to its place below the node of a key. With a list, append a pair for each place
# that this changes: a DraftNode, and the step behind it, or None for what ends there.
cdef int lead(
    dict nodes, object key, Py_ssize_t depth, Insertion insertion, list touched
) except -1
# Clear the insertions of a target, and append the places of these to one of the lists: a pair like
# the ones of `lead`, or the first one of the chain. Return the number of the rule, or -1 if
# there is none.
cdef Py_ssize_t clear(
    dict nodes, object key, Target target, list touched, list chains
) except -2
# Number the nodes that are among these children or below them, and return them in that order.
cdef list numbered(children)
# Return the lowest rank of a DraftNode or of an Insertion.
cdef uint32_t least_of(child) except? 0
