from libc.stdint cimport uint8_t

# Which characters stay as they are, besides letters, digits and _.-~
cdef enum Safe:
    PATH_SAFE = 1        # in a path
    QUERY_SAFE = 2       # in a key or value of a query; a space becomes a plus sign
    ANCHOR_SAFE = 4      # behind the number sign

# Length of the quoted text, -1 if it holds a lone surrogate; and writing it where there is room.
cdef Py_ssize_t quoted_length(str source, uint8_t safe) noexcept
cdef uint8_t* write_quoted(uint8_t* out, str source, uint8_t safe) noexcept

cdef str quoted(str source, uint8_t safe)
cdef str quoted_query_item(object item)
# Append `key=value`, with an ampersand in front unless it is the first pair.
cdef int add_pair(list pieces, object key, object value) except -1
