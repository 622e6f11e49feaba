# A walk through the trie is a request, and the entries that may be found for it. These are structs
# alone, which the trie fills and a target reads, so there is no module of this name.

from libc.stdint cimport uint8_t, uint32_t, uint64_t

from .text cimport Span


cdef enum:
    # A walk keeps so many segments on the C stack. If the rules have more, it allocates memory.
    STACK_SEGMENTS = 32
    # A walk remembers the spans of so many variables.
    FITTED_SPANS = 4
    # A walk remembers so many of the entries whose path fitted and which it could not take.
    PASSED_ENTRIES = 16


# A form is the way in which a rule matches a path that reaches its node.
cdef enum Form:
    EXACT          # The path matches as it stands.
    TOLERATED      # The path has one slash too many for a leaf that is not strict.
    COMPLETED      # The path lacks the slash of a branch that is not strict.
    REDIRECTED     # The path lacks the slash of a strict branch: the client has to add it.


# An entry is one form of one rule. Of all entries that match a request, the lowest rank wins.
cdef struct Entry:
    void* target             # This is a Target, borrowed from Trie.targets.
    uint32_t rank            # No two entries of a trie have the same rank.
    uint32_t methods         # This is the number of a set in Trie.method_sets.
    uint8_t form             # This is a Form.
    uint8_t websocket        # The rule takes WebSocket requests, and no others.
    uint8_t merges           # The rule takes part while slashes are merged.


# A walk is a request on its way through the trie. Trie.open fills it, Trie.close frees it.
cdef struct Walk:
    const void* text         # It points to the path, borrowed from a str of the caller.
    int kind                 # Each code point of the path takes so many bytes.
    bint merging             # Slashes are merged: segments are empty at the end alone.
    Py_ssize_t length        # It counts the code points of the path.
    Py_ssize_t leading       # The path begins with so many slashes, which count as one.
    Py_ssize_t count         # There are so many segments, and no more than any rule tells apart.
    Span* segments           # It points to `stack_segments` or `own_segments`.
    Span* own_segments       # This is what has to be freed, or NULL.
    void* target             # This is the Target of the best entry found, NULL if none was found.
    int form                 # This is the best entry's Form.
    uint64_t method_bit      # A set of methods has this bit if it has the request's method.
    Py_ssize_t method_word   # The bit is in the word of this index.
    uint32_t least           # Only ranks from this one on count.
    uint32_t best            # Only ranks below this one count; the best entry found has it.
    bint websocket           # The request is for a WebSocket.
    # So many entries fitted, as far as the walk went, but for their method or connection. The first
    # of them are here.
    uint32_t passed
    const Entry* passed_entries[PASSED_ENTRIES]
    # This Pattern has accepted this text last, NULL for none. Its variables have these spans; it has
    # no more of them than there is room for.
    void* fitted
    Span fitted_text
    Span[FITTED_SPANS] fitted_spans
    Span[STACK_SEGMENTS] stack_segments
