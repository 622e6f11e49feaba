from .items cimport Item
from .text cimport Char, Span, Text


# This is a regex that takes a segment or a tail as a whole.
cdef class SegmentRegex:
    cdef readonly object regex        # This is a compiled pattern of `re`,
    cdef readonly object merging      # and this takes a run of slashes for a slash of the rule.
    cdef readonly tuple groups        # Each variable has the span of the group of this number.
    cdef bint sliced                  # The regex looks around, so the text is cut out for it.
    cdef readonly tuple before_slash  # This is regex and merging if a slash follows, or None.
    cdef tuple _key                   # All of the above is compared at once.


cdef class Pattern:
    cdef readonly tuple items         # It was made of these texts and Shapes.
    cdef readonly SegmentRegex regex  # This is None, or it stands for the items.
    cdef bint tail                    # Its text is the rest of a path, or a domain.
    cdef bint branch                  # It is a tail whose rule ends with a slash.
    cdef tuple _key                   # All of the above is compared at once.
    cdef Py_hash_t _hash
    cdef Py_ssize_t variables            # It has so many variables.
    cdef Py_ssize_t count             # It has so many items.
    cdef Item* rows                   # It owns them; they are NULL if it has a regex alone.
    cdef list sources                 # This keeps alive what the texts borrow.
    cdef Text* texts                  # Items name these by their index.
    cdef Py_ssize_t only              # This item is left once the others are fixed; -1: none.
    cdef bint reaches                 # A variable may hold slashes of a run beside it, or part it.
    cdef Py_ssize_t leading           # A run in front may have to leave so many slashes to it.
    cdef bint plain                   # It is one variable that is the whole of a segment.
    cdef bint any_text                # It is plain and takes whatever is not empty.
    cdef bint digits                  # It is plain and takes decimal digits, whatever their number.
    cdef bint bounded                 # Some variable has bounds beyond its shape.
    cdef object match                 # This is None, or the `match` of a regex for the items.
    cdef object match_merging         # This is `match` with runs of slashes for the rule's slashes.
    cdef bint ascii_items             # The items stand for the regex where a text is ASCII.

    # Tell whether the pattern takes text[span]. `source` is the str that `text` points into;
    # `found` gets the span of each variable, unless it is NULL.
    cdef bint accepts(
        self, str source, const Char* text, Span span, bint merging, Span* found
    ) except -1
    # Do the same for a tail, in front of which stands a run of slashes, unless it begins at
    # `first`, where the path begins. While slashes are merged, it may begin within that run, as
    # late as it can. The tail of a branch has lost its last slashes and ends with none, so it is
    # no part of that run.
    cdef bint accepts_tail(
        self, str source, const Char* text, Span span, Py_ssize_t first, bint merging, Span* found
    ) except -1
    # Do the same for a whole str, with no slashes merged.
    cdef bint accepts_whole(self, str source, Span* found) except -1
