from .items cimport Item
from .text cimport Char, Span, Text


cdef class Pattern:
    cdef readonly object spec         # the hashable description it was made from
    cdef readonly bint tail           # its text may hold slashes: the rest of a path, or a domain
    cdef readonly Py_ssize_t variables
    cdef Py_ssize_t count             # of items
    cdef Item* items
    cdef list sources                 # keeps alive what the texts borrow
    cdef Text* texts
    cdef Py_ssize_t only              # the item that is left once the others are fixed; -1: none
    cdef bint reaches                 # a variable may hold slashes of a run beside it, or part it
    cdef Py_ssize_t leading           # slashes in front that it takes, or that its empty values part
    cdef bint plain                   # one variable that is the whole of a segment
    cdef bint any_text                # it takes whatever is not empty
    cdef bint digits                  # it takes one or more decimal digits, whatever their number
    cdef bint bounded                 # some variable is checked beyond its shape
    cdef object match                 # None, or the `match` of a regex that stands for the items
    cdef bint ascii_items           # the items hold as well, for ASCII texts
    cdef object match_merging         # the same, a slash of the rule taking a run of slashes
    cdef tuple groups                 # the regex's group of each variable
    cdef bint sliced                  # the regex looks around: it gets the text cut out

    # Whether the pattern takes text[span]. `source` is the str that `text` points into; `found`
    # gets the span of each variable, or is NULL.
    cdef bint accepts(
        self, str source, const Char* text, Span span, bint merging, Span* found
    ) except -1
    # The same for a tail, in front of which stands a run of slashes unless it begins at `lead`.
    # While slashes are merged, the tail may begin within that run, as late as it can.
    cdef bint accepts_tail(
        self, str source, const Char* text, Span span, Py_ssize_t lead, bint merging, Span* found
    ) except -1
    # The same for a whole str, nothing of it merged.
    cdef bint accepts_whole(self, str source, Span* found) except -1
    cdef bint _accepts_regex(self, str source, Span span, bint merging, Span* found) except -1
    cdef bint _accepts_fixed(
        self, const Char* text, Span span, bint merging, Span* found
    ) except -1
    cdef bint _has_shape(self, const Char* text, Span span, const Item* item) noexcept
    cdef Py_ssize_t _add_item(self, object source, Py_ssize_t first_text) except -1
    cdef int _set_variable(self, Item* item, tuple source) except -1
    cdef int _plan(self) except -1
    cdef bint _is_variable(self, Py_ssize_t index) noexcept
    cdef bint _may_reach(self, Py_ssize_t index) noexcept
    cdef Py_ssize_t _count_leading(self) noexcept
    cdef bint _is_fixed(self, Py_ssize_t index, Py_ssize_t beside) noexcept
    cdef bint _are_strings(self, Py_ssize_t first, Py_ssize_t last) noexcept
    cdef Py_ssize_t _behind_last(self, const Char* text, Span span, const Text* literal) noexcept
