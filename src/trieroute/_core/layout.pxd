from libc.stdint cimport uint8_t, uint32_t, uint64_t

from .builder cimport DraftNode, Insertion
from .pattern cimport Pattern
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


# How a segment is checked.
cdef enum Check:
    SAME         # it is a text
    FILLED       # it is not empty
    DIGITS       # it is digits, and some
    FITS         # a Pattern accepts it
    REST         # a tail accepts it and all that is behind


# A text as an edge, or a segment of a suffix. `head` and `tail` hold the low bytes of the first
# and the last eight code points (of all of them, if fewer), so that with the length they decide up
# to 16 narrow code points.
cdef struct SegmentEdge:
    uint64_t head
    uint64_t tail
    void* content            # a str, or a Pattern, borrowed from Trie.contents
    uint32_t length          # with WIDE
    uint32_t child           # where an edge leads to; in a suffix, a Check


# An edge for a pattern. The edges of a node stand by ascending `least`.
cdef struct PatternEdge:
    void* pattern            # borrowed from Trie.contents
    uint32_t least           # lowest rank below
    uint32_t child
    uint8_t check            # a Check; behind REST, nothing is left but maybe a last slash
    uint8_t branch           # a tail whose rule ends with a slash


cdef struct Node:
    uint32_t least           # lowest rank in this node and below
    uint32_t statics         # its edges for texts begin here,
    uint32_t static_count    # so many in a row,
    uint32_t static_mask     # or, unless this is 0, in a hash table of one place more than this
    uint32_t edges           # its edges for patterns
    uint32_t edge_count
    uint32_t ends            # entries for a path that ends here, by ascending rank
    uint32_t end_count
    uint32_t slashes         # entries for a path that ends here but for one slash, likewise
    uint32_t slash_count


# The rest of an insertion that no other one shares. Its steps follow it in memory, and then its entries,
# by ascending rank: for a path that ends here, that ends here but for one slash, and for two.
cdef struct Suffix:
    uint32_t least           # lowest rank of all entries
    uint32_t count           # of the steps
    uint32_t end_count       # of the entries
    uint32_t slash_count
    uint32_t slashes_count
    uint8_t rest             # the last step is a tail
    uint8_t branch           # of a rule that ends with a slash


# The flat arrays of a trie.
cdef class Layout:
    cdef Node* nodes
    cdef SegmentEdge* statics
    cdef PatternEdge* edges
    cdef Entry* entries
    cdef uint64_t* suffixes                 # Suffixes with their edges, one behind the other
    cdef readonly Py_ssize_t size        # bytes of the arrays
    cdef list contents                   # keeps alive what steps and edges borrow
    cdef Py_ssize_t node_count
    cdef Py_ssize_t static_count
    cdef Py_ssize_t edge_count
    cdef Py_ssize_t entry_count
    cdef Py_ssize_t suffix_words

    cdef int lay_out(self, list drafts, list insertions) except -1
    # The number of a child, which tells where it is. An Insertion is laid out by it.
    cdef uint32_t place(self, object child, Py_ssize_t depth) except? 0

    cdef int _count(self, list drafts, list insertions) except -1
    cdef Py_ssize_t _words(self, Insertion insertion, Py_ssize_t depth) except -1
    cdef int _add_statics(self, Node* node, DraftNode draft) except -1
    cdef int _add_edges(self, Node* node, DraftNode draft) except -1
    cdef int _set_text(self, SegmentEdge* step, str text) except -1
