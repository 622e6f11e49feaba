# What a walk through the trie works with: a request, and the entries that may be found for it.

from libc.stdint cimport uint8_t, uint32_t, uint64_t

from .text cimport Span


cdef enum:
    # Segments that a walk keeps on the C stack; longer paths, if rules tell them apart, allocate.
    STACK_SEGMENTS = 32
    # Spans of variables that a walk remembers.
    FITTED_SPANS = 4


# How a rule matches a path that reaches its node.
cdef enum Form:
    EXACT          # as it stands
    TOLERATED      # with one slash too many, not strict
    COMPLETED      # a branch with its slash missing, not strict
    REDIRECTED     # a branch with its slash missing, strict: the client has to add it


# One form of one rule. Of all entries that match a request, the lowest rank wins.
cdef struct Entry:
    void* target               # a Target, borrowed from Trie.targets
    uint32_t rank
    uint32_t methods         # number of its set in Trie.method_sets
    uint8_t form             # a Form
    uint8_t websocket
    uint8_t merges           # takes part when slashes are merged


# A request on its way through the trie. Filled by Trie.open, freed by Trie.close.
cdef struct Walk:
    const void* text
    int kind                 # bytes a code point
    bint merging             # empty segments between others don't count
    Py_ssize_t length
    Py_ssize_t lead          # slashes in front, which count as one
    Py_ssize_t count         # segments; no more than any rule can tell apart
    Span* segments
    Span* own_segments       # what has to be freed, or NULL
    void* target               # the Target of the best entry found, NULL for none
    int form                 # its Form
    uint64_t method_bit
    Py_ssize_t method_word   # where the method's bit is within a set
    uint32_t least           # only ranks from this one on count
    uint32_t best            # only ranks below this count: that of the best entry found
    bint websocket
    bint passed              # an entry that the path fits was passed over for what else it takes
    void* fitted             # the Pattern that accepted a text last, and has no more variables
    Span fitted_text         # than there is room for; that text, and the spans of the variables
    Span[FITTED_SPANS] fitted_spans
    Span[STACK_SEGMENTS] stack_segments
