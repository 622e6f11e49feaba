from .trie cimport Trie
from .walk cimport Walk


# Return the corrected path of the first rule that takes the path with its slashes merged. A rule is
# passed over if its path, with slashes merged, is the very one that was requested.
cdef str merged_path(Trie trie, str domain, str path, str method, bint websocket)

# Make the exception of HTTP that tells why a walk has just found nothing, the path with its slashes
# merged included if that is asked for.
cdef object refusal(
    Trie trie, const Walk* walk, str domain, str path, str method, bint websocket, bint merge
)

# Make the exception of HTTP that tells what an exception of Werkzeug's matcher tells.
cdef object no_match(object error)
