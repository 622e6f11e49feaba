from libc.stdint cimport uint8_t, uint32_t, uint64_t

from .segments cimport Char, Pattern, Span, Text


cdef enum:
    # What a walk keeps on the C stack; longer paths and deeper tries allocate.
    STACK_SEGMENTS = 32


# How a rule matches a path that reaches its node.
cdef enum Form:
    EXACT          # as it stands
    TOLERATED      # with one slash too many, not strict
    COMPLETED      # a branch with its slash missing, not strict
    REDIRECTED     # a branch with its slash missing, strict: the client has to add it


# One form of one rule. Of all entries that match a request, the lowest rank wins.
cdef struct Entry:
    Py_ssize_t rank
    Py_ssize_t leaf          # index into Trie.leaves
    Py_ssize_t methods       # where its set begins in Trie.method_sets
    Form form
    bint websocket
    bint merges              # takes part when slashes are merged


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


# A request on its way through the trie. Filled by Trie.open, freed by Trie.close.
cdef struct Walk:
    const void* text
    int kind                 # bytes a code point
    Py_ssize_t length
    Py_ssize_t lead          # slashes in front, which count as one
    Py_ssize_t count         # segments; no more than any rule can tell apart
    Span* segments
    Span* own_segments       # what has to be freed, or NULL
    bint merging             # empty segments between others don't count
    bint websocket
    Py_ssize_t method_word   # where the method's bit is within a set
    uint64_t method_bit
    Py_ssize_t floor         # only ranks above this count
    Py_ssize_t best          # only ranks below this count: the best one found
    const Entry* entry       # the entry of that rank, NULL for none
    Span[STACK_SEGMENTS] stack_segments


# A part of a rule that has variables.
cdef struct Capture:
    void* pattern            # a Pattern, borrowed from Trie.patterns
    Py_ssize_t segment       # where its text is; -1: the domain
    Py_ssize_t first         # index of its first variable


# A rule as the end of a walk: what a match needs to make its result.
cdef class Leaf:
    cdef readonly object rule
    cdef readonly object endpoint
    cdef readonly object defaults        # None, or a mapping laid over the values
    cdef readonly tuple names            # of the variables, in the order of the rule
    cdef readonly bint direct            # a match is the result: nothing redirects it
    cdef tuple converters                # to_python of each variable
    cdef uint8_t* conversions            # 0 converter, 1 text, 2 int, 3 float; by variable
    cdef Capture* captures
    cdef Py_ssize_t capture_count
    cdef bint tail
    cdef bint branch

    cdef int _set_captures(self, list captures) except -1


cdef class Trie:
    cdef readonly list leaves
    cdef readonly dict methods           # method -> its number; 0 is for all others
    cdef dict domains                    # static domain in lower case -> root
    cdef list domain_edges               # (lowest rank, Pattern, root), ascending
    cdef list patterns                   # keeps alive what edges and captures borrow
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
    # The values of an entry that was found; None when a converter refuses.
    cdef dict values(self, Walk* walk, const Entry* entry, str domain, str path)
    # Where an entry that wants a redirect sends the client: the path, starting with a slash.
    cdef str corrected(self, Walk* walk, const Entry* entry, str path)

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
    cdef int _split(self, Walk* walk, const Char* text) except -1
    cdef Py_ssize_t _static(self, const Node* node, const Char* text, Span span) noexcept
    cdef int _scan(
        self, Walk* walk, uint32_t first, uint32_t count, list gathered
    ) except -1
    cdef dict _values(self, Walk* walk, Leaf leaf, str domain, str path, const Char* text)
    cdef int _tail(self, Walk* walk, Leaf leaf, str path, Span* found) except -1
    cdef int _allocate(self, list drafts) except -1
    cdef int _add_statics(self, Node* node, dict statics) except -1
    cdef int _add_edges(self, Node* node, dict edges) except -1
    cdef int _add_entries(self, uint32_t* first, uint32_t* count, list entries) except -1
    cdef int _add_methods(self, list rows) except -1
