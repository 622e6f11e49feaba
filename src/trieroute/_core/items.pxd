# An item is what a pattern asks of one piece of a text. All that a match asks is inline, since it
# is asked for each code point.
#
# A pattern is a row of items, which are texts, slashes and variables. Most variables take as many
# code points as they can, so all that a pattern has to know of such an item is how far it goes from
# a place, or back from a place. `ANY` and `PATH` choose among several ends, which is up to the
# pattern.

from libc.stdint cimport uint32_t, uint64_t

from .text cimport Char, Span, before_digits, behind_digits


# The kinds from `STRING` on are variables.
cpdef enum ShapeKind:
    LITERAL      # It takes the text `first`.
    SLASH        # It takes one slash, or a run of slashes while slashes are merged.
    STRING       # It takes `low` to `high` code points that are no slashes; -1 is no limit.
    INT          # It takes decimal digits, just `low` of them unless that is 0.
    FLOAT        # It takes digits, a point, and digits.
    ANY          # It takes the first that fits of the texts `first` to `first + count - 1`.
    UUID         # It takes 8-4-4-4-12 hexadecimal digits.
    PATH         # It takes a text that begins with no slash and has no newline but in front.
    CLASS        # It takes `low` to `high` of the ASCII characters in `members`; -1 is no limit.


cdef struct Item:
    ShapeKind kind
    bint signed              # A minus sign may stand in front of the number.
    bint searched            # The item begins behind the last place of the text in front of it.
    Py_ssize_t low
    Py_ssize_t high
    Py_ssize_t first         # The first of its texts has this index in Pattern.texts.
    Py_ssize_t count         # It has so many texts, in a row.
    bint has_least
    bint has_most
    long long least          # An integer is at least this, if `has_least`,
    long long most           # and at most this, if `has_most`.
    double real_least        # The same holds for a float.
    double real_most
    uint64_t[2] members      # Bit n is set if the ASCII character n is one of the class.


cdef inline bint _is_hexadecimal(const Char character) noexcept:
    # The numbers are unsigned, so what lies below the first digit is far above the last one.
    cdef uint32_t digit = <uint32_t>character - 48, letter = (<uint32_t>character | 32) - 97
    return (digit < 10) | (letter < 6)


cdef inline bint is_member(const Char character, const Item* item) noexcept:
    """Tell whether a character is one of the class."""
    return character < 128 and (item.members[character >> 6] >> (character & 63)) & 1


cdef inline bint goes_on(const Char character, const Item* item) noexcept:
    """Tell whether a string, or a run of a class, goes on over a character."""
    if item.kind == ShapeKind.CLASS:
        return is_member[Char](character, item)
    return character != c'/'


cdef inline bint may_be_empty(const Item* item) noexcept:
    """Tell whether a string or a run of a class may be no character at all."""
    return (item.kind == ShapeKind.STRING or item.kind == ShapeKind.CLASS) and item.low == 0


cdef inline bint is_uuid(const Char* text) noexcept:
    """Tell whether the 36 code points that begin there are a UUID."""
    cdef int index, digits = 0
    if text[8] != c'-' or text[13] != c'-' or text[18] != c'-' or text[23] != c'-':
        return False
    # Adding up the answers takes no branch for each of the characters.
    for index in range(36):
        digits += _is_hexadecimal[Char](text[index])
    return digits == 32


cdef inline Py_ssize_t longest(
    const Char* text, Py_ssize_t length, Py_ssize_t at, const Item* item
) noexcept:
    """Return the end of the longest text from `at` that a variable takes, or -1 if it takes none.

    This is not for `ANY` and `PATH`, which choose among several ends.
    """
    cdef Py_ssize_t start = at, limit = length
    if item.kind == ShapeKind.UUID:
        return at + 36 if length - at >= 36 and is_uuid[Char](text + at) else -1
    if item.kind == ShapeKind.STRING or item.kind == ShapeKind.CLASS:
        if item.high >= 0 and at + item.high < limit:
            limit = at + item.high
        while at < limit and goes_on[Char](text[at], item):
            at += 1
        return at if at - start >= item.low else -1
    if item.signed and at < length and text[at] == c'-':
        at += 1
    start = at
    at = behind_digits[Char](text, length, at)
    if at == start:
        return -1
    if item.kind == ShapeKind.INT:
        return at
    if at == length or text[at] != c'.':
        return -1
    start = at + 1
    at = behind_digits[Char](text, length, start)
    return at if at > start else -1


cdef inline Py_ssize_t longest_before(const Char* text, Span span, const Item* item) noexcept:
    """Return the start of the longest text that a variable takes before the span's end, or -1."""
    cdef Py_ssize_t at = span.end, end = span.end, limit = span.start
    if item.kind == ShapeKind.UUID:
        return end - 36 if end - limit >= 36 and is_uuid[Char](text + end - 36) else -1
    if item.kind == ShapeKind.STRING or item.kind == ShapeKind.CLASS:
        if item.high >= 0 and end - item.high > limit:
            limit = end - item.high
        while at > limit and goes_on[Char](text[at - 1], item):
            at -= 1
        return at if end - at >= item.low else -1
    at = before_digits[Char](text, limit, end)
    if at == end:
        return -1
    if item.kind == ShapeKind.FLOAT:
        if at == limit or text[at - 1] != c'.':
            return -1
        end = at - 1
        at = before_digits[Char](text, limit, end)
        if at == end:
            return -1
    if item.signed and at > limit and text[at - 1] == c'-':
        at -= 1
    return at


# A shape is what Python says of one variable. Equal shapes are equal keys of a dict.
cdef class Shape:
    cdef readonly ShapeKind kind
    cdef readonly bint signed         # A minus sign may stand in front of the number.
    cdef Py_ssize_t low               # These two are explained at ShapeKind.
    cdef Py_ssize_t high
    cdef object least                 # A number is at least this, unless this is None,
    cdef object most                  # and at most this, likewise.
    cdef readonly tuple texts         # These are the texts of an `ANY`.
    cdef object members               # Bit n is set if the ASCII character n is one of the class.
    cdef tuple _key                   # All of the above is compared at once.

    cdef bint is_unbounded(self, ShapeKind kind) noexcept
