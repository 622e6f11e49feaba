from libc.stdint cimport uint32_t, uint64_t

from .segments cimport Char, Span, Text
from .walk cimport Entry, Walk


# An edge for one text. `head` and `tail` hold the low bytes of the first and the last eight code
# points (of all of them, if fewer), so that with `length` they decide up to 16 narrow code points.
cdef struct StaticEdge:
    uint64_t head
    uint64_t tail
    Text text
    uint32_t child


# An edge for a pattern. The edges of a node stand by ascending `least`.
cdef struct PatternEdge:
    Py_ssize_t least         # lowest rank below
    void* pattern            # a Pattern, borrowed from Trie.patterns
    uint32_t child
    bint tail                # the child is reached with nothing left but maybe a last slash
    bint branch              # a tail whose rule ends with a slash


cdef struct Node:
    Py_ssize_t least         # lowest rank in this node and below
    uint32_t depth           # number of segments before this node
    uint32_t statics         # its static edges begin here ...
    uint32_t static_count
    uint32_t slots           # its hash table begins here, unless slot_mask is 0 ...
    uint32_t slot_mask       # ... and has slot_mask + 1 slots
    uint32_t edges           # its pattern edges
    uint32_t edge_count
    uint32_t ends            # entries for a path that ends here, by ascending rank
    uint32_t end_count
    uint32_t slashes         # entries for a path that ends here but for one slash, likewise
    uint32_t slash_count


# The pattern edges of a node that still have to be tried.
cdef struct Frame:
    uint32_t edge
    uint32_t stop
    uint32_t depth


cdef class Trie:
    cdef readonly list leaves
    cdef readonly dict methods           # method -> its number; 0 is for all others
    cdef dict domains                    # static domain in lower case -> root
    cdef list domain_edges               # (lowest rank, Pattern, root), ascending
    cdef tuple patterns                  # keeps alive what edges borrow
    cdef Py_ssize_t depth                # segments that the deepest rule tells apart
    cdef Node* nodes
    cdef Py_ssize_t node_count
    cdef StaticEdge* statics
    cdef Py_ssize_t static_count
    cdef uint32_t* slots                 # index of a static edge + 1, 0 for none
    cdef Py_ssize_t slot_count
    cdef PatternEdge* edges
    cdef Py_ssize_t edge_count
    cdef Entry* entries
    cdef Py_ssize_t entry_count
    cdef uint64_t* method_sets           # bit n of a set: it has method number n
    cdef Py_ssize_t method_words         # words a set

    # Cut a path into segments. Each `open` needs a `close`, also after an exception of others.
    cdef int open(self, Walk* walk, str path, bint merging) except -1
    cdef void close(self, Walk* walk) noexcept
    # Choose the method, in any case, that `search` asks for.
    cdef int ask(self, Walk* walk, str method, bint websocket) except -1
    # Find the lowest entry above walk.floor. With a list, append the entries of every rule whose
    # path matches, whatever its method, as pairs of rank and index, and find none.
    cdef bint search(self, Walk* walk, str domain, str path, list gathered) except -1

    cdef bint _run(
        self, Walk* walk, str path, const Char* text, uint32_t root, list gathered
    ) except -1
    cdef int _enter(self, Walk* walk, str path, uint32_t root, list gathered) except -1
    cdef bint _descend(
        self,
        Walk* walk,
        str path,
        const Char* text,
        uint32_t root,
        list gathered,
        Frame* frames,
    ) except -1
    cdef int _show(self, Py_ssize_t index, str indent, list lines) except -1
    cdef int _split(self, Walk* walk, const Char* text) except -1
    cdef Py_ssize_t _static(self, const Node* node, const Char* text, Span span) noexcept
    cdef int _scan(
        self, Walk* walk, uint32_t first, uint32_t count, list gathered
    ) except -1
    cdef int _allocate(self, list drafts) except -1
    cdef int _add_statics(self, Node* node, dict statics) except -1
    cdef int _add_edges(self, Node* node, dict edges) except -1
    cdef int _add_entries(self, uint32_t* first, uint32_t* count, list entries) except -1
    cdef int _add_methods(self, list rows) except -1
