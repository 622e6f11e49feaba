from cpython.unicode cimport PyUnicode_DATA, PyUnicode_GET_LENGTH, PyUnicode_KIND
from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t

# The three widths in which CPython stores the code points of a str.
ctypedef fused Char:
    uint8_t
    uint16_t
    uint32_t


cdef struct Span:
    Py_ssize_t start
    Py_ssize_t end


# Steps of all matches so far, in debug builds: code points that were looked at, nodes, edges.
cdef Py_ssize_t STEPS


# The code points of a str, which has to outlive it.
cdef struct Text:
    const void* data
    Py_ssize_t length
    int kind                 # bytes a code point


# What an item of a pattern takes. The kinds from STRING on are those of variables.
cpdef enum Kind:
    LITERAL      # the text `first`
    SLASH        # one slash; a run of slashes when slashes are merged
    STRING       # `low` to `high` code points without a slash; `high` -1: no limit
    INT          # decimal digits; `low`: exact length of the text, 0 for any
    FLOAT        # digits, a point, digits
    ANY          # the texts `first` to `first + count - 1`, the first that fits
    UUID         # 8-4-4-4-12 hexadecimal digits
    PATH         # any text that starts with no slash and has no newline behind its start
    CLASS        # `low` to `high` of the ASCII characters in `members`


cdef struct Item:
    Kind kind
    bint signed
    bint searched            # it begins behind the last place of the text in front of it
    Py_ssize_t low
    Py_ssize_t high
    Py_ssize_t first
    Py_ssize_t count
    bint has_least
    bint has_most
    long long least
    long long most
    double real_least
    double real_most
    uint64_t[2] members


cdef inline Text text_of(str source) noexcept:
    cdef Text text
    text.data = PyUnicode_DATA(source)
    text.length = PyUnicode_GET_LENGTH(source)
    text.kind = PyUnicode_KIND(source)
    return text


# Compare the text with as many code points at `at`; the caller vouches that they exist.
cdef bint text_equal(const Char* at, const Text* text) noexcept

# CPython's decimal digit of a code point, -1 for none.
cdef int decimal(const Char character) noexcept


# Whether text[span] is one or more decimal digits.
cdef inline bint all_digits(const Char* text, Span span) noexcept:
    cdef Py_ssize_t at = span.start
    while at < span.end:
        if Char is uint8_t:
            if <uint8_t>(text[at] - 48) > 9:
                return False
        elif decimal[Char](text[at]) < 0:
            return False
        at += 1
    return span.end > span.start



# Read an integer that is short enough, and all ASCII; whether it is.
cdef bint short_number(str source, Span span, long long* number) noexcept
# Read a number with a point that is short enough, and all ASCII; its form has been checked.
cdef bint short_float(str source, Span span, double* number) except -1

# Take the last slash off a tail; 1 if there was one, 0 if not, -1 if there is one too many.
cdef int strip_slash(const Char* text, Span* span, bint merging) noexcept


# What the text of one variable must look like. Equal shapes are equal objects for a dict.
cdef class Shape:
    cdef readonly Kind kind
    cdef readonly bint signed         # INT, FLOAT: a minus may stand in front
    cdef readonly Py_ssize_t low      # see Kind
    cdef readonly Py_ssize_t high
    cdef readonly object least        # INT, FLOAT: the lowest value, None for no bound
    cdef readonly object most         # and the highest one
    cdef readonly tuple texts         # ANY
    cdef readonly object members      # CLASS: bit n is set if character n is one of them
    cdef tuple _key                   # all of them, for comparisons

    cdef bint is_unbounded(self, Kind kind) noexcept


# A regex that takes a segment or a tail as a whole.
cdef class SegmentRegex:
    cdef readonly object regex        # a compiled pattern of `re`
    cdef readonly object merging      # the same, a slash of the rule taking a run of slashes
    cdef readonly tuple groups        # number of the group of each variable
    cdef readonly bint sliced         # it looks around: it gets the text cut out


cdef class Pattern:
    cdef readonly tuple items         # texts and Shapes it was made of
    cdef readonly SegmentRegex regex  # None, or what stands for the items
    cdef readonly bint tail           # its text may hold slashes: the rest of a path, or a domain
    cdef readonly bint branch         # of a tail: its rule ends with a slash
    cdef Py_hash_t _hash
    cdef readonly Py_ssize_t variables
    cdef Py_ssize_t count             # of items
    cdef Item* rows                   # the items, for C
    cdef list sources                 # keeps alive what the texts borrow
    cdef Text* texts
    cdef Py_ssize_t only              # the item that is left once the others are fixed; -1: none
    cdef bint reaches                 # a variable may hold slashes of a run beside it
    cdef bint plain                   # one variable that is the whole of a segment
    cdef bint any_text                # it takes whatever is not empty
    cdef bint digits                  # it takes one or more decimal digits, whatever their number
    cdef bint bounded                 # some variable is checked beyond its shape
    cdef object match                 # None, or the `match` of a regex that stands for the items
    cdef object match_merging         # the same, a slash of the rule taking a run of slashes
    cdef bint ascii_items             # the items hold as well, for ASCII texts

    # Whether the pattern takes text[span]. `source` is the str that `text` points into; `found`
    # gets the span of each variable, or is NULL.
    cdef bint accepts(
        self, str source, const Char* text, Span span, bint merging, Span* found
    ) except -1
    # The same for a whole str, nothing of it merged.
    cdef bint accepts_whole(self, str source, Span* found) except -1
    cdef bint _accepts_regex(self, str source, Span span, bint merging, Span* found) except -1
    cdef bint _accepts_fixed(
        self, const Char* text, Span span, bint merging, Span* found
    ) except -1
    cdef bint _accepts_several(
        self, const Char* text, Span span, bint merging, Span* found
    ) except -1
    cdef bint _has_shape(self, const Char* text, Span span, const Item* item) noexcept
    cdef Py_ssize_t _add_item(self, object source, Py_ssize_t first_text) except -1
    cdef int _set_variable(self, Item* item, Shape shape) except -1
    cdef int _plan(self) except -1
    cdef bint _is_variable(self, Py_ssize_t index) noexcept
    cdef bint _may_reach(self, Py_ssize_t index) noexcept
    cdef bint _is_fixed(self, Py_ssize_t index, Py_ssize_t beside) noexcept
    cdef bint _are_strings(self, Py_ssize_t first, Py_ssize_t last) noexcept
    cdef void _mark(
        self, const Char* text, Py_ssize_t length, bint merging, Py_ssize_t* near, uint8_t* marks
    ) noexcept
    cdef void _mark_item(
        self,
        const Char* text,
        Py_ssize_t length,
        const Py_ssize_t* near,
        const Item* item,
        uint8_t* row,
        const uint8_t* next_row,
    ) noexcept
    cdef void _follow(
        self, const Char* text, Py_ssize_t length, bint merging, const uint8_t* marks, Span* found
    ) noexcept
    cdef Py_ssize_t _behind_last(self, const Char* text, Span span, const Text* literal) noexcept
