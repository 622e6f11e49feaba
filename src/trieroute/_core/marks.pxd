from .items cimport Item
from .text cimport Char, Span, Text


# This is a row of items, borrowed from a Pattern.
cdef struct Row:
    const Item* items
    const Text* texts
    Py_ssize_t count         # There are so many items.
    Py_ssize_t variables     # So many of them are variables.
    bint bounded             # Some variable has bounds beyond its shape.


# Tell whether the items take text[span], and find the span of each variable, unless `found` is
# NULL.
cdef bint accepts_row(
    const Row* row, const Char* text, Span span, bint merging, Span* found
) except -1
