from libc.stdint cimport uint8_t

# These are the places in a URL in which different characters stay as they are; letters, digits and
# _.-~ do so in all of them.
cdef enum Safe:
    PATH_SAFE = 1        # This is a path.
    QUERY_SAFE = 2       # This is a key or a value of a query, where a space becomes a plus sign.
    ANCHOR_SAFE = 4      # This is what stands behind the number sign.

# Return the length of the quoted text, or -1 if it holds a lone surrogate.
cdef Py_ssize_t quoted_length(str source, uint8_t safe) noexcept
# Write the quoted text where there is room for it, and return its end.
cdef uint8_t* write_quoted(uint8_t* out, str source, uint8_t safe) noexcept

cdef str quoted(str source, uint8_t safe)
# Append a key and a value, quoted, to a list, which is made if it is None; return the list.
cdef list add_pair(list pairs, object key, object value)
# Return a path, a question mark, and the keys and values of such a list; without a path, return
# these alone.
cdef str query_behind(str path, list pairs)
