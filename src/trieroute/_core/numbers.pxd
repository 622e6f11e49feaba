from .items cimport Item
from .text cimport Char, Span


# Tell whether a span that has its variable's shape lies within the variable's bounds.
cdef bint within(const Char* text, Span span, const Item* item) except -1

# Read an integer that is short enough and all ASCII, and tell whether it was.
cdef bint short_number(str source, Span span, long long* number) noexcept
# Read a number with a point that is short enough and all ASCII, and tell whether it was; the caller
# has checked its form.
cdef bint short_float(str source, Span span, double* number) except -1
