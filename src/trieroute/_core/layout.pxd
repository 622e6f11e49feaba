from libc.stdint cimport uint8_t, uint32_t, uint64_t

from .walk cimport Entry


# These are no enumerators, which have to fit into an int.
cdef extern from *:
    """
    #include <stdint.h>
    #define TRIEROUTE_SUFFIX UINT32_C(0x80000000)
    #define TRIEROUTE_NOWHERE UINT32_C(0xFFFFFFFF)
    #define TRIEROUTE_WIDE UINT32_C(0x80000000)
    /* The condition has to be a constant: an array of a negative size does not compile. */
    #define TRIEROUTE_STATIC_ASSERT(condition) ((void)sizeof(char[(condition) ? 1 : -1]))
    """
    # A child with this bit is no node but a suffix, whose piece of memory begins at the other bits.
    const uint32_t SUFFIX "TRIEROUTE_SUFFIX"
    # A child that does not exist is a free place in a hash table.
    const uint32_t NOWHERE "TRIEROUTE_NOWHERE"
    # A length with this bit is that of a text with a code point above 255.
    const uint32_t WIDE "TRIEROUTE_WIDE"
    void static_assert "TRIEROUTE_STATIC_ASSERT"(bint condition) noexcept


# A check says what a segment must be.
cdef enum Check:
    SAME         # It must be a text.
    FILLED       # It must not be empty.
    DIGITS       # It must be one or more decimal digits.
    FITS         # A Pattern must accept it.
    REST         # A tail must accept it, together with all that is behind it.


# This is an edge for a text, or one segment of a suffix. `head` and `tail` are the Key of the text.
cdef struct SegmentEdge:
    uint64_t head
    uint64_t tail
    void* content            # This is a str or a Pattern, borrowed from Trie.contents.
    uint32_t length          # This is the length of the text, perhaps with WIDE.
    uint32_t child           # An edge leads to this child; in a suffix this is a Check.


# This is an edge for a pattern. The edges of a node stand by ascending `least`.
cdef struct PatternEdge:
    void* pattern            # This is a Pattern, borrowed from Trie.contents.
    uint32_t least           # This is the lowest rank below.
    uint32_t child           # The edge leads to this child.
    uint8_t check            # This is a Check; behind REST, a last slash is all that may be left.
    uint8_t branch           # It is a tail, whose rule ends with a slash.


# A node stands for the segments that lead to it.
cdef struct Node:
    uint32_t least           # This is the lowest rank in this node and below.
    uint32_t statics         # Its edges for texts begin at this index,
    uint32_t static_count    # and are so many in a row,
    uint32_t static_mask     # or, if this is not 0, lie in a hash table of one place more.
    uint32_t edges           # Its edges for patterns begin at this index,
    uint32_t edge_count      # and are so many.
    uint32_t ends            # The entries for a path that ends here begin at this index, by rank,
    uint32_t end_count       # and are so many.
    uint32_t slashes         # Those for a path that ends here but for one slash begin at this one,
    uint32_t slash_count     # and are so many.


# A suffix is the rest of an insertion that no other one shares. Its steps follow it in memory, and
# then its entries, by ascending rank within each of three groups: those for a path that ends here,
# for one that ends here but for one slash, and for one that ends here but for two.
cdef struct Suffix:
    uint32_t least           # This is the lowest rank of all its entries.
    uint32_t count           # It has so many steps.
    uint32_t end_count       # The first group has so many entries,
    uint32_t slash_count     # the second one so many,
    uint32_t slashes_count   # and the third one so many.
    uint8_t rest             # Its last step is a tail,
    uint8_t branch           # whose rule ends with a slash.


# A layout owns the flat arrays of a trie.
cdef class Layout:
    cdef Node* nodes
    cdef SegmentEdge* statics
    cdef PatternEdge* edges
    cdef Entry* entries
    cdef uint64_t* suffixes              # Each Suffix is followed by what belongs to it.
    cdef readonly Py_ssize_t size        # The arrays take so many bytes.
    cdef list contents                   # This keeps alive what steps and edges borrow.
    cdef Py_ssize_t node_count           # So much of each array has been filled.
    cdef Py_ssize_t static_count
    cdef Py_ssize_t edge_count
    cdef Py_ssize_t entry_count
    cdef Py_ssize_t suffix_words

    # Lay out nodes. `insertions` are those that are a suffix from their root on, and will be
    # placed.
    cdef int lay_out(self, list drafts, list insertions) except -1
    # Begin with the arrays of another layout, and lay out what has changed since: the places that
    # `touched` tells as `lead` does, and the chains that have lost insertions. `insertions` are as
    # above.
    cdef int lay_out_changes(
        self, Layout before, list touched, list chains, list insertions
    ) except -1
    # Return the number of a child, which tells where it lies. An Insertion is laid out for that,
    # if it has not been.
    cdef uint32_t place(self, object child, Py_ssize_t depth) except? 0
