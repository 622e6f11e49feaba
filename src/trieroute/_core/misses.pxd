from .trie cimport Trie


# Return the corrected path of the first rule that takes the path with its slashes merged. A rule is
# passed over if its path, with slashes merged, is the very one that was requested.
cdef str merged_path(Trie trie, str domain, str path, str method, bint websocket)

# Tell why nothing matched: return the methods that would have, and whether a request of the other
# kind, for a WebSocket or for HTTP, would have.
cdef tuple would_match(Trie trie, str domain, str path, str method, bint websocket, bint merge)
