# What a walk through the trie works with: a request, and the entries that may be found for it.

from libc.stdint cimport uint64_t

from .segments cimport Span


cdef enum:
    # Segments that a walk keeps on the C stack; longer paths, if rules tell them apart, allocate.
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
