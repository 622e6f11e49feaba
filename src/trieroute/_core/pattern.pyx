# cython: language_level=3, wraparound=False, cdivision=True
"""Patterns: does a span of text have the shape that a segment's variables ask for?

What lives here: the built-in converters' checks, on code points in place, and the regexes of custom
converters, which go to `re`. What must not be known here: rules, ranks, the trie.

A pattern is a row of items (see segments.pxd). The span of each variable is the one that `re` would
choose, greedy from the left (`path`: shortest first), but without backtracking. In most patterns
each variable ends where a character stands that it does not take, or is the only one of which that
is not true: then the text is taken off from both sides, and one check of the rest decides. In all
others, for each item, from the last to the first, one pass over the text marks the positions from
which this item and all behind it can match; walking the marks forward then gives the spans. Both
cost a constant per code point and item, so the whole is linear in the text.

Bounds (`min`, `max`, `fixed_digits`) are checked on the spans thus found, never to choose them:
a converter that refuses its text refuses the rule.
"""

from cpython.mem cimport PyMem_Free, PyMem_Malloc
from cpython.unicode cimport (
    PyUnicode_DATA,
    PyUnicode_FromObject,
    PyUnicode_GET_LENGTH,
    PyUnicode_KIND,
    PyUnicode_READ,
    PyUnicode_Substring,
)
from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcmp, memcpy, memset

cimport cython

from .counting cimport COUNTS, count_steps


cdef extern from "Python.h":
    int Py_UNICODE_TODECIMAL(Py_UCS4 character) noexcept
    double PyOS_string_to_double(const char* text, char** end, void* overflow) except? -1.0
    object PyUnicode_FromKindAndData(int kind, const void* buffer, Py_ssize_t size)
    bint PyUnicode_IS_ASCII(object text) noexcept


cdef extern from *:
    """
    #include <float.h>
    #if defined(FLT_EVAL_METHOD) && FLT_EVAL_METHOD == 0
    #define trieroute_doubles_are_exact 1
    #else
    #define trieroute_doubles_are_exact 0
    #endif
    """
    # Whether an operation on doubles is rounded once, to a double.
    bint DOUBLES_ARE_EXACT "trieroute_doubles_are_exact"


STEPS = 0


def steps():
    """Return the number of steps of all matches so far, ``None`` but in debug builds.

    A step is a code point that was looked at, a node or an edge.
    """
    return STEPS if COUNTS else None


cdef enum:
    # Spans and marks of this many bytes fit on the C stack; larger ones are allocated.
    STACK_SPANS = 16
    STACK_WORDS = 256
    # A decimal number of up to 18 digits fits into a long long.
    SAFE_DIGITS = 18
    FLOAT_BUFFER = 64
    # A point and up to 15 digits, or 14 with a sign, which are less than 2 ** 53.
    EXACT_LENGTH = 16


# Texts

cdef bint text_equal(const Char* at, const Text* text) noexcept:
    cdef Py_ssize_t index
    if <int>sizeof(Char) == text.kind:
        if text.length == 1:
            # Most texts between variables are a single character.
            return at[0] == (<const Char*>text.data)[0]
        return memcmp(at, text.data, text.length * sizeof(Char)) == 0
    if <int>sizeof(Char) < text.kind:
        # Some code point of it is too large for the width.
        return False
    for index in range(text.length):
        if at[index] != PyUnicode_READ(text.kind, <void*>text.data, index):
            return False
    return True


cdef int decimal(const Char character) noexcept:
    if Char is uint8_t:
        return character - 48 if 48 <= character <= 57 else -1
    else:
        return Py_UNICODE_TODECIMAL(<Py_UCS4>character)


cdef bint _is_hexadecimal(const Char character) noexcept:
    # Unsigned: what is below the first one is far above the last one.
    cdef uint32_t digit = <uint32_t>character - 48, letter = (<uint32_t>character | 32) - 97
    return (digit < 10) | (letter < 6)


cdef bint _is_member(const Char character, const Item* item) noexcept:
    """Whether a character is one of a class."""
    return character < 128 and (item.members[character >> 6] >> (character & 63)) & 1


cdef bint _continues(const Char character, const Item* item) noexcept:
    """Whether a string, or a run of a class, goes on over a character."""
    if item.kind == Kind.CLASS:
        return _is_member[Char](character, item)
    return character != c'/'


cdef bint _is_uuid(const Char* text) noexcept:
    cdef int index, digits = 0
    if text[8] != c'-' or text[13] != c'-' or text[18] != c'-' or text[23] != c'-':
        return False
    # Without a branch for each of them.
    for index in range(36):
        digits += _is_hexadecimal[Char](text[index])
    return digits == 32


# Bounds

cdef bint _int_within(const Char* text, Span span, const Item* item) except -1:
    """Check digits against `fixed_digits`, `min` and `max`."""
    cdef Py_ssize_t start = span.start
    cdef long long value = 0
    cdef bint negative
    if item.low != 0 and span.end - span.start != item.low:
        return False
    if not (item.has_least or item.has_most):
        return True
    negative = text[start] == c'-'
    if negative:
        start += 1
    while start < span.end - 1 and decimal[Char](text[start]) == 0:
        start += 1
    if span.end - start > SAFE_DIGITS:
        return _large_int_within(
            PyUnicode_FromKindAndData(sizeof(Char), text + start, span.end - start), negative, item
        )
    while start < span.end:
        value = value * 10 + decimal[Char](text[start])
        start += 1
    if negative:
        value = -value
    return not (
        (item.has_least and value < item.least) or (item.has_most and value > item.most)
    )


cdef bint _large_int_within(str digits, bint negative, const Item* item) except -1:
    try:
        value = int(digits)
    except ValueError:
        return False
    if negative:
        value = -value
    return not (
        (item.has_least and value < item.least) or (item.has_most and value > item.most)
    )


cdef bint _float_within(const Char* text, Span span, const Item* item) except -1:
    cdef char[FLOAT_BUFFER] buffer
    cdef Py_ssize_t length = span.end - span.start
    cdef Py_ssize_t index
    cdef uint32_t character
    cdef int digit
    cdef double value
    if not (item.has_least or item.has_most):
        return True
    if length < FLOAT_BUFFER:
        for index in range(length):
            character = text[span.start + index]
            digit = decimal[Char](text[span.start + index])
            buffer[index] = <char>(48 + digit if digit >= 0 else character)
        buffer[length] = 0
        value = PyOS_string_to_double(buffer, NULL, NULL)
    else:
        value = float(PyUnicode_FromKindAndData(sizeof(Char), text + span.start, length))
    return not (
        (item.has_least and value < item.real_least) or (item.has_most and value > item.real_most)
    )


cdef bint _within(const Char* text, Span span, const Item* item) except -1:
    """Check a span that has its variable's shape against the variable's bounds."""
    if item.kind == Kind.INT:
        return _int_within[Char](text, span, item)
    if item.kind == Kind.FLOAT:
        return _float_within[Char](text, span, item)
    return True


cdef bint short_number(str source, Span span, long long* number) noexcept:
    cdef const uint8_t* text = <const uint8_t*>PyUnicode_DATA(source)
    cdef Py_ssize_t at = span.start
    cdef bint negative
    cdef long long value = 0
    if PyUnicode_KIND(source) != 1 or span.end - at > SAFE_DIGITS or at == span.end:
        return False
    negative = text[at] == c'-'
    if negative:
        at += 1
    for at in range(at, span.end):
        if not 48 <= text[at] <= 57:
            return False
        value = value * 10 + (text[at] - 48)
    number[0] = -value if negative else value
    return True


cdef bint short_float(str source, Span span, double* number) except -1:
    cdef char[FLOAT_BUFFER] buffer
    cdef Py_ssize_t length = span.end - span.start
    if not PyUnicode_IS_ASCII(source) or length >= FLOAT_BUFFER:
        return False
    if DOUBLES_ARE_EXACT and length <= EXACT_LENGTH:
        number[0] = _exact_float(<const uint8_t*>PyUnicode_DATA(source) + span.start, length)
        return True
    memcpy(buffer, <const char*>PyUnicode_DATA(source) + span.start, length)
    buffer[length] = 0
    number[0] = PyOS_string_to_double(buffer, NULL, NULL)
    return True


cdef double _exact_float(const uint8_t* text, Py_ssize_t length) noexcept:
    """Read a number with a point. Its digits and the power of ten that divides them are exact in
    a double each, so the quotient is the double that is nearest."""
    cdef bint negative = text[0] == c'-'
    cdef uint64_t digits = 0
    cdef double power = 1
    cdef Py_ssize_t at = negative
    while at < length and text[at] != c'.':
        digits = digits * 10 + (text[at] - 48)
        at += 1
    for at in range(at + 1, length):
        digits = digits * 10 + (text[at] - 48)
        power *= 10
    return -(<double>digits / power) if negative else <double>digits / power


cdef int strip_slash(const Char* text, Span* span, bint merging) noexcept:
    if span.end == span.start or text[span.end - 1] != c'/':
        return 0
    span.end -= 1
    if merging:
        while span.end > span.start and text[span.end - 1] == c'/':
            span.end -= 1
    elif span.end > span.start and text[span.end - 1] == c'/':
        return -1
    return 1


# Marks of one item; see Pattern._mark

cdef void _mark_literal(
    const Char* text,
    Py_ssize_t length,
    const Text* literal,
    uint8_t* row,
    const uint8_t* next_row,
) noexcept:
    cdef Py_ssize_t at
    memset(row, False, length + 1)
    for at in range(length - literal.length + 1):
        if next_row[at + literal.length] and text_equal[Char](text + at, literal):
            row[at] = True


cdef void _mark_slash(
    const Char* text, Py_ssize_t length, bint merging, uint8_t* row, const uint8_t* next_row
) noexcept:
    cdef Py_ssize_t at
    row[length] = False
    for at in range(length - 1, -1, -1):
        row[at] = (next_row[at + 1] | (merging & row[at + 1])) & (text[at] == c'/')


cdef void _mark_run(
    const Char* text, Py_ssize_t length, const Item* item, uint8_t* row, const uint8_t* next_row
) noexcept:
    """Mark a run of one or more of the same kind, without a limit."""
    cdef Py_ssize_t at
    row[length] = False
    if item.kind == Kind.INT:
        for at in range(length - 1, -1, -1):
            row[at] = (next_row[at + 1] | row[at + 1]) and decimal[Char](text[at]) >= 0
    elif item.kind == Kind.STRING:
        for at in range(length - 1, -1, -1):
            row[at] = (next_row[at + 1] | row[at + 1]) & (text[at] != c'/')
    else:
        for at in range(length - 1, -1, -1):
            row[at] = (next_row[at + 1] | row[at + 1]) and _is_member[Char](text[at], item)


cdef void _mark_path(
    const Char* text, Py_ssize_t length, uint8_t* row, const uint8_t* next_row
) noexcept:
    cdef Py_ssize_t at
    # Whether the next row is marked at `at + 1`, or behind it without a newline in between.
    cdef bint leads_on = next_row[length]
    row[length] = False
    for at in range(length - 1, -1, -1):
        row[at] = leads_on and text[at] != c'/'
        leads_on = next_row[at] or (leads_on and text[at] != c'\n')


# What the texts borrow must live as long as they do: the collector breaks no cycle here.

@cython.final
cdef class Shape:
    """What the text of one variable must look like.

    :param kind: which characters it is made of; one of the kinds of variables.
    :param signed: whether a minus may stand in front of an ``INT`` or a ``FLOAT``.
    :param low: least number of code points of a ``STRING`` or a ``CLASS``; exact length of an
        ``INT``, 0 for any.
    :param high: greatest number of code points, -1 for no limit.
    :param least: lowest value of an ``INT`` or a ``FLOAT``, ``None`` for no bound.
    :param most: highest value, likewise.
    :param texts: the texts of an ``ANY``, of which the first that fits is taken.
    :param members: the characters of a ``CLASS``: bit n is set if ASCII character n is one.
    """

    def __cinit__(
        self,
        Kind kind,
        *,
        bint signed=False,
        Py_ssize_t low=0,
        Py_ssize_t high=-1,
        least=None,
        most=None,
        tuple texts=(),
        members=0,
    ):
        if kind < Kind.STRING:
            raise ValueError(f"{kind!r} is no kind of a variable")
        self.kind = kind
        self.signed = signed
        self.low, self.high = low, high
        self.least, self.most = least, most
        self.texts = texts
        self.members = members
        self._key = <int>kind, signed, low, high, least, most, texts, members

    cdef bint is_unbounded(self, Kind kind) noexcept:
        """Whether it takes every text of a kind, without a sign."""
        return (
            self.kind == kind
            and not self.signed
            and self.low == (1 if kind == Kind.STRING else 0)
            and self.high == -1
            and self.least is None
            and self.most is None
        )

    def __eq__(self, other):
        return isinstance(other, Shape) and self._key == (<Shape>other)._key

    def __hash__(self):
        return hash(self._key)

    def __repr__(self):
        """The shape as a reader of rules would write it."""
        name = Kind(self.kind).name.lower()
        if self.is_unbounded(self.kind):
            return f"<{name}>" if not self.texts else f"<{name}({', '.join(self.texts)})>"
        described = [
            f"{argument}={value}"
            for argument, value in (
                ("signed", self.signed or None),
                ("low", self.low or None),
                ("high", self.high if self.high >= 0 else None),
                ("least", self.least),
                ("most", self.most),
            )
            if value is not None
        ]
        return f"<{name}({', '.join(described)})>"


@cython.final
cdef class SegmentRegex:
    """A regex that :mod:`re` matches against a whole segment, or against a whole tail.

    :param regex: the compiled regex.
    :param merging: the same with every slash of the rule standing for a run of slashes; for
        segments the same object as *regex*.
    :param groups: number of the group that holds each variable, in order.
    :param sliced: whether the text must be cut out first, because the regex looks around.
    """

    def __cinit__(self, regex, merging, tuple groups not None, bint sliced):
        self.regex = regex
        self.merging = merging
        self.groups = groups
        self.sliced = sliced

    def __eq__(self, other):
        cdef SegmentRegex regex
        if not isinstance(other, SegmentRegex):
            return False
        regex = other
        return (
            self.regex == regex.regex
            and self.merging == regex.merging
            and self.groups == regex.groups
            and self.sliced == regex.sliced
        )

    def __hash__(self):
        return hash((self.regex, self.groups))


@cython.no_gc_clear
cdef class Pattern:
    """What a segment with variables, or a tail, must look like.

    Equal patterns are equal keys of a dict, so that rules that share a segment share an edge.

    :param items: texts and :class:`Shape` objects, in order; ``"/"`` stands for one slash of a
        tail. With a *regex*, what holds for ASCII texts; without a *regex*, for all texts.
    :param regex: what matches the text in place of the items, ``None`` if they say it all.
    :param tail: whether the text may hold slashes: it is the rest of the path, or a domain.
    :param branch: of the rest of a path, whether its rule ends with a slash.
    """

    def __cinit__(
        self, tuple items not None, SegmentRegex regex=None, bint tail=False, bint branch=False
    ):
        cdef Py_ssize_t index = 0
        self.items = items
        self.regex = regex
        self.tail = tail
        self.branch = branch
        self._hash = hash((items, regex, tail, branch))
        self.only = -1
        if regex is not None:
            self.match = regex.regex.match
            self.match_merging = regex.merging.match
            if not items:
                self.variables = len(regex.groups)
                return
            self.ascii_items = True
        self.sources = [
            PyUnicode_FromObject(text) for item in items for text in _texts_of(item)
        ]
        self.rows = <Item*>PyMem_Malloc((len(items) + 1) * sizeof(Item))
        self.texts = <Text*>PyMem_Malloc((len(self.sources) + 1) * sizeof(Text))
        if self.rows == NULL or self.texts == NULL:
            raise MemoryError
        for text in self.sources:
            self.texts[index] = text_of(text)
            index += 1
        index = 0
        for item in items:
            index = self._add_item(item, index)
        self._plan()
        self.plain = self.count == 1 and not tail
        if self.plain and isinstance(items[0], Shape):
            self.any_text = (<Shape>items[0]).is_unbounded(Kind.STRING)
            self.digits = (<Shape>items[0]).is_unbounded(Kind.INT)

    def __eq__(self, other):
        cdef Pattern pattern
        if self is other:
            return True
        if not isinstance(other, Pattern):
            return False
        pattern = other
        return (
            self._hash == pattern._hash
            and self.tail == pattern.tail
            and self.branch == pattern.branch
            and self.items == pattern.items
            and self.regex == pattern.regex
        )

    def __hash__(self):
        return self._hash

    cdef Py_ssize_t _add_item(self, object source, Py_ssize_t first_text) except -1:
        """Append an item whose texts begin at `first_text`; return where the next one's begin."""
        cdef Item* item = &self.rows[self.count]
        cdef Py_ssize_t texts = len(_texts_of(source))
        item.signed = item.searched = item.has_least = item.has_most = False
        item.low = item.high = 0
        item.least = item.most = 0
        item.real_least = item.real_most = 0
        item.first = first_text
        item.count = texts
        if isinstance(source, str):
            item.kind = Kind.SLASH if source == "/" else Kind.LITERAL
        else:
            self.variables += 1
            self._set_variable(item, source)
        self.count += 1
        return first_text + texts

    cdef int _set_variable(self, Item* item, Shape shape) except -1:
        item.kind = shape.kind
        item.signed = shape.signed
        item.low, item.high = shape.low, shape.high
        item.members[0] = shape.members & 0xFFFFFFFFFFFFFFFF
        item.members[1] = shape.members >> 64
        if shape.kind == Kind.INT:
            if shape.least is not None:
                item.has_least, item.least = True, shape.least
            if shape.most is not None:
                item.has_most, item.most = True, shape.most
        elif shape.kind == Kind.FLOAT:
            if shape.least is not None:
                item.has_least, item.real_least = True, shape.least
            if shape.most is not None:
                item.has_most, item.real_most = True, shape.most
        if item.has_least or item.has_most or (item.kind == Kind.INT and item.low != 0):
            self.bounded = True
        return 0

    cdef int _plan(self) except -1:
        """Find out whether one variable's span is all that is left once the others' are fixed.

        A variable is fixed if it does not take what stands next to it: its span goes on as far as
        it can, from the left or from the right. Strings with texts between them are fixed too: the
        first one is as long as possible, so each of the texts is as far right as possible.
        """
        cdef Py_ssize_t left = 0, right = self.count - 1, last = self.count - 1, index
        if self.variables == 0:
            return 0
        for index in range(1, self.count):
            if self.rows[index].kind == Kind.SLASH:
                self.reaches = self.reaches or self._may_reach(index - 1)
            elif self.rows[index - 1].kind == Kind.SLASH:
                self.reaches = self.reaches or self._may_reach(index)
        while not self._is_variable(last):
            last -= 1
        while left < last and (not self._is_variable(left) or self._is_fixed(left, left + 1)):
            left += 1
        while right > left:
            if self._is_variable(right) and not self._is_fixed(right, right - 1):
                if not self._are_strings(left, right):
                    return 0
                self.rows[right].searched = True
            right -= 1
        self.only = left
        return 0

    cdef bint _is_variable(self, Py_ssize_t index) noexcept:
        return self.rows[index].kind >= Kind.STRING

    cdef bint _may_reach(self, Py_ssize_t index) noexcept:
        """Whether a variable may take some of the slashes of a run that begins or ends there.

        A path targets the run alone: it begins with no slash, and is as short as possible.
        """
        cdef const Item* item = &self.rows[index]
        return item.kind == Kind.ANY or (
            item.kind == Kind.CLASS and _is_member[uint32_t](c'/', item)
        )

    cdef bint _is_fixed(self, Py_ssize_t index, Py_ssize_t beside) noexcept:
        """Whether a variable takes nothing of the item beside it where the two meet."""
        cdef const Item* item = &self.rows[index]
        cdef const Text* text
        cdef Py_UCS4 character = c'/'
        if item.kind == Kind.UUID:
            return True
        if item.kind == Kind.ANY or item.kind == Kind.PATH or self._is_variable(beside):
            return False
        if self.rows[beside].kind == Kind.LITERAL:
            text = &self.texts[self.rows[beside].first]
            character = PyUnicode_READ(
                text.kind, <void*>text.data, 0 if beside > index else text.length - 1
            )
        if item.kind == Kind.STRING or item.kind == Kind.CLASS:
            return not _continues[uint32_t](character, item)
        # What ends a number is no sign, but what stands in front of it may be.
        return decimal[uint32_t](character) < 0 and not (
            beside < index and item.signed and character == c'-'
        )

    cdef bint _are_strings(self, Py_ssize_t first, Py_ssize_t last) noexcept:
        """Whether there are strings of any length with texts between them, and nothing else."""
        cdef Py_ssize_t index
        cdef const Item* item
        for index in range(first, last + 1):
            item = &self.rows[index]
            if (index - first) & 1:
                if item.kind != Kind.LITERAL:
                    return False
            elif item.kind != Kind.STRING or item.low != 1 or item.high >= 0:
                return False
        return True

    def __dealloc__(self):
        PyMem_Free(self.texts)
        PyMem_Free(self.rows)

    def __repr__(self):
        """The pattern as a reader of rules would write it."""
        if self.match is not None:
            return f"<regex {self.match.__self__.pattern}>"
        return "".join(item if isinstance(item, str) else repr(item) for item in self.items)

    cdef bint accepts(
        self, str source, const Char* text, Span span, bint merging, Span* found
    ) except -1:
        count_steps(STEPS, 1 + (span.end - span.start) * max(1, self.count))
        if self.match is not None and not (self.ascii_items and PyUnicode_IS_ASCII(source)):
            return self._accepts_regex(source, span, merging, found)
        if self.only >= 0 and not (merging and self.reaches):
            return self._accepts_fixed(text, span, merging, found)
        return self._accepts_several(text, span, merging, found)

    cdef bint accepts_whole(self, str source, Span* found) except -1:
        cdef Span span
        cdef int kind = PyUnicode_KIND(source)
        cdef void* data = PyUnicode_DATA(source)
        span.start = 0
        span.end = PyUnicode_GET_LENGTH(source)
        if kind == 1:
            return self.accepts(source, <const uint8_t*>data, span, False, found)
        if kind == 2:
            return self.accepts(source, <const uint16_t*>data, span, False, found)
        return self.accepts(source, <const uint32_t*>data, span, False, found)

    cdef bint _accepts_regex(self, str source, Span span, bint merging, Span* found) except -1:
        cdef Py_ssize_t offset = 0
        cdef Py_ssize_t index
        match = self.match_merging if merging else self.match
        if self.regex.sliced:
            offset = span.start
            result = match(PyUnicode_Substring(source, span.start, span.end))
        else:
            result = match(source, span.start, span.end)
        if result is None:
            return False
        if found != NULL:
            for index in range(self.variables):
                start, end = result.span(self.regex.groups[index])
                found[index].start = start + offset
                found[index].end = end + offset
        return True

    cdef bint _has_shape(self, const Char* text, Span span, const Item* item) noexcept:
        """Check a whole span against the regex of a built-in converter."""
        cdef Py_ssize_t length = span.end - span.start
        cdef Py_ssize_t at = span.start
        cdef Py_ssize_t index
        if item.kind == Kind.STRING:
            if length < item.low or (item.high >= 0 and length > item.high):
                return False
            if self.tail:
                for index in range(span.start, span.end):
                    if text[index] == c'/':
                        return False
            return True
        if item.kind == Kind.ANY:
            for index in range(item.first, item.first + item.count):
                if self.texts[index].length == length and text_equal[Char](
                    text + at, &self.texts[index]
                ):
                    return True
            return False
        if item.kind == Kind.PATH:
            if length == 0 or text[at] == c'/':
                return False
            for index in range(at + 1, span.end):
                if text[index] == c'\n':
                    return False
            return True
        return _longest[Char](text, span.end, at, item) == span.end

    cdef bint _accepts_fixed(
        self, const Char* text, Span span, bint merging, Span* found
    ) except -1:
        """Take off what is fixed from the left and from the right; the rest is one variable."""
        cdef const Item* item
        cdef const Text* literal
        cdef Span part
        cdef Py_ssize_t index, variable = 0
        for index in range(self.only):
            item = &self.rows[index]
            if item.kind == Kind.SLASH:
                if span.start >= span.end or text[span.start] != c'/':
                    return False
                span.start += 1
                if merging:
                    while span.start < span.end and text[span.start] == c'/':
                        span.start += 1
            elif item.kind == Kind.LITERAL:
                literal = &self.texts[item.first]
                if span.end - span.start < literal.length or not text_equal[Char](
                    text + span.start, literal
                ):
                    return False
                span.start += literal.length
            else:
                part.start = span.start
                part.end = span.start = _longest[Char](text, span.end, span.start, item)
                if part.end < 0 or (self.bounded and not _within[Char](text, part, item)):
                    return False
                if found != NULL:
                    found[variable] = part
                variable += 1
        variable = self.variables - 1
        for index in range(self.count - 1, self.only, -1):
            item = &self.rows[index]
            if item.kind == Kind.SLASH:
                if span.end <= span.start or text[span.end - 1] != c'/':
                    return False
                span.end -= 1
                if merging:
                    while span.end > span.start and text[span.end - 1] == c'/':
                        span.end -= 1
            elif item.kind == Kind.LITERAL:
                literal = &self.texts[item.first]
                if span.end - span.start < literal.length or not text_equal[Char](
                    text + span.end - literal.length, literal
                ):
                    return False
                span.end -= literal.length
            else:
                part.end = span.end
                if item.searched:
                    part.start = self._behind_last[Char](
                        text, span, &self.texts[self.rows[index - 1].first]
                    )
                else:
                    part.start = _longest_before[Char](text, span, item)
                span.end = part.start
                if part.start < 0 or (self.bounded and not _within[Char](text, part, item)):
                    return False
                if found != NULL:
                    found[variable] = part
                variable -= 1
        item = &self.rows[self.only]
        if not self._has_shape[Char](text, span, item):
            return False
        if self.bounded and not _within[Char](text, span, item):
            return False
        if found != NULL:
            found[variable] = span
        return True

    cdef Py_ssize_t _behind_last(
        self, const Char* text, Span span, const Text* literal
    ) noexcept:
        """The end of the last place of a text that has more behind it, -1 for none."""
        cdef Py_ssize_t end = span.end - 1, index
        while end - literal.length >= span.start:
            if text_equal[Char](text + end - literal.length, literal):
                if self.tail:
                    for index in range(end, span.end):
                        if text[index] == c'/':
                            return -1
                return end
            end -= 1
        return -1

    cdef bint _accepts_several(
        self, const Char* text, Span span, bint merging, Span* found
    ) except -1:
        cdef Span[STACK_SPANS] stack_spans
        # Of integers, for their alignment.
        cdef Py_ssize_t[STACK_WORDS] stack_marks
        cdef Span* spans = found
        cdef Span* own_spans = NULL
        cdef uint8_t* marks = <uint8_t*>stack_marks
        cdef uint8_t* own_marks = NULL
        cdef Py_ssize_t* near
        cdef Py_ssize_t length = span.end - span.start
        cdef Py_ssize_t width = length + 1
        # First the positions of `near`, which want alignment, then one row of marks an item.
        cdef Py_ssize_t size = (width + 1) * sizeof(Py_ssize_t) + (self.count + 1) * width
        cdef Py_ssize_t index, variable
        if size > <Py_ssize_t>sizeof(stack_marks):
            own_marks = <uint8_t*>PyMem_Malloc(size)
            if own_marks == NULL:
                raise MemoryError
            marks = own_marks
        near = <Py_ssize_t*>marks
        marks += (width + 1) * sizeof(Py_ssize_t)
        try:
            self._mark[Char](text + span.start, length, merging, near, marks)
            if not marks[0]:
                return False
            if found == NULL:
                if not self.bounded:
                    return True
                spans = stack_spans
                if self.variables > STACK_SPANS:
                    own_spans = <Span*>PyMem_Malloc(self.variables * sizeof(Span))
                    if own_spans == NULL:
                        raise MemoryError
                    spans = own_spans
            self._follow[Char](text + span.start, length, merging, marks, spans)
            for index in range(self.variables):
                spans[index].start += span.start
                spans[index].end += span.start
            if self.bounded:
                variable = 0
                for index in range(self.count):
                    if self.rows[index].kind >= Kind.STRING:
                        if not _within[Char](text, spans[variable], &self.rows[index]):
                            return False
                        variable += 1
            return True
        finally:
            PyMem_Free(own_marks)
            PyMem_Free(own_spans)

    cdef void _mark(
        self, const Char* text, Py_ssize_t length, bint merging, Py_ssize_t* near, uint8_t* marks
    ) noexcept:
        """Fill the rows of marks: row i at p tells whether items i and on take text[p:length].

        Row `count` is true at the end alone. `near[p]` is scratch: the first marked position of the
        next row at or behind p, `length + 1` for none.
        """
        cdef Py_ssize_t width = length + 1
        cdef Py_ssize_t index, at
        cdef const Item* item
        cdef uint8_t* row
        cdef uint8_t* next_row = marks + self.count * width
        memset(next_row, False, length)
        next_row[length] = True
        for index in range(self.count - 1, -1, -1):
            item = &self.rows[index]
            row = marks + index * width
            next_row = row + width
            # The common items have loops of their own.
            if item.kind == Kind.LITERAL:
                _mark_literal[Char](text, length, &self.texts[item.first], row, next_row)
            elif item.kind == Kind.SLASH:
                _mark_slash[Char](text, length, merging, row, next_row)
            elif item.kind == Kind.PATH:
                _mark_path[Char](text, length, row, next_row)
            elif item.low <= 1 and (
                (item.kind == Kind.INT and not item.signed)
                or (
                    (item.kind == Kind.STRING or item.kind == Kind.CLASS)
                    and item.low == 1
                    and item.high < 0
                )
            ):
                _mark_run[Char](text, length, item, row, next_row)
            else:
                near[width] = width
                for at in range(length, -1, -1):
                    near[at] = at if next_row[at] else near[at + 1]
                self._mark_item[Char](text, length, near, item, row, next_row)

    cdef void _mark_item(
        self,
        const Char* text,
        Py_ssize_t length,
        const Py_ssize_t* near,
        const Item* item,
        uint8_t* row,
        const uint8_t* next_row,
    ) noexcept:
        cdef Py_ssize_t at, option, first, last
        # The end of the run (of digits, or of what a string or a class takes) that holds `at`.
        cdef Py_ssize_t stop = length
        cdef const Text* literal
        # Whether unsigned digits from at+1, a fraction from at+1 and from at+2, lead on.
        cdef bint digits_next = False, fraction_next = False, fraction_after = False
        cdef bint digits, fraction, is_digit
        for at in range(length, -1, -1):
            row[at] = False
            if item.kind == Kind.STRING or item.kind == Kind.CLASS:
                if at < length and not _continues[Char](text[at], item):
                    stop = at
                first = at + item.low
                last = stop
                if item.high >= 0 and at + item.high < last:
                    last = at + item.high
                row[at] = first <= last and near[first] <= last
            elif item.kind == Kind.ANY:
                for option in range(item.first, item.first + item.count):
                    literal = &self.texts[option]
                    if (
                        length - at >= literal.length
                        and next_row[at + literal.length]
                        and text_equal[Char](text + at, literal)
                    ):
                        row[at] = True
                        break
            elif item.kind == Kind.UUID:
                row[at] = length - at >= 36 and next_row[at + 36] and _is_uuid[Char](text + at)
            else:
                is_digit = at < length and decimal[Char](text[at]) >= 0
                if is_digit and not (at + 1 < length and decimal[Char](text[at + 1]) >= 0):
                    stop = at + 1
                fraction = is_digit and near[at + 1] <= stop
                digits = fraction
                if item.kind == Kind.FLOAT:
                    digits = is_digit and (
                        digits_next
                        if stop > at + 1
                        else (at + 1 < length and text[at + 1] == c'.' and fraction_after)
                    )
                row[at] = digits or (
                    item.signed and at < length and text[at] == c'-' and digits_next
                )
                fraction_after = fraction_next
                fraction_next = fraction
                digits_next = digits

    cdef void _follow(
        self, const Char* text, Py_ssize_t length, bint merging, const uint8_t* marks, Span* found
    ) noexcept:
        """Walk the marks from the start, choosing what `re` would choose; give the spans."""
        cdef Py_ssize_t width = length + 1
        cdef Py_ssize_t at = 0, index, end, variable = 0, option
        cdef const uint8_t* next_row
        cdef const Item* item
        cdef const Text* literal
        for index in range(self.count):
            item = &self.rows[index]
            next_row = marks + (index + 1) * width
            end = at
            if item.kind == Kind.LITERAL:
                at += self.texts[item.first].length
                continue
            if item.kind == Kind.SLASH:
                end = at + 1
                if merging:
                    while end < length and text[end] == c'/':
                        end += 1
                    while not next_row[end]:
                        end -= 1
                at = end
                continue
            if item.kind == Kind.ANY:
                for option in range(item.first, item.first + item.count):
                    literal = &self.texts[option]
                    if (
                        length - at >= literal.length
                        and next_row[at + literal.length]
                        and text_equal[Char](text + at, literal)
                    ):
                        end = at + literal.length
                        break
            elif item.kind == Kind.UUID:
                end = at + 36
            elif item.kind == Kind.PATH:
                end = at + 1
                while not next_row[end]:
                    end += 1
            else:
                end = _longest[Char](text, length, at, item)
                while not next_row[end]:
                    end -= 1
            found[variable].start = at
            found[variable].end = end
            variable += 1
            at = end


cdef inline Py_ssize_t _longest(
    const Char* text, Py_ssize_t length, Py_ssize_t at, const Item* item
) noexcept:
    """The end of the longest text from `at` that a variable takes, -1 for none.

    Not for the kinds that choose among texts: any and path.
    """
    cdef Py_ssize_t start = at, limit = length
    if item.kind == Kind.UUID:
        return at + 36 if length - at >= 36 and _is_uuid[Char](text + at) else -1
    if item.kind == Kind.STRING or item.kind == Kind.CLASS:
        if item.high >= 0 and at + item.high < limit:
            limit = at + item.high
        while at < limit and _continues[Char](text[at], item):
            at += 1
        return at if at - start >= item.low else -1
    if item.signed and at < length and text[at] == c'-':
        at += 1
    start = at
    at = _behind_digits[Char](text, length, at)
    if at == start:
        return -1
    if item.kind == Kind.INT:
        return at
    if at == length or text[at] != c'.':
        return -1
    start = at + 1
    at = _behind_digits[Char](text, length, start)
    return at if at > start else -1


cdef inline Py_ssize_t _behind_digits(
    const Char* text, Py_ssize_t length, Py_ssize_t at
) noexcept:
    while at < length and decimal[Char](text[at]) >= 0:
        at += 1
    return at


cdef Py_ssize_t _longest_before(const Char* text, Span span, const Item* item) noexcept:
    """Like `_longest`, but the start of the longest text that ends where the span does."""
    cdef Py_ssize_t at = span.end, end = span.end, limit = span.start
    if item.kind == Kind.UUID:
        return end - 36 if end - limit >= 36 and _is_uuid[Char](text + end - 36) else -1
    if item.kind == Kind.STRING or item.kind == Kind.CLASS:
        if item.high >= 0 and end - item.high > limit:
            limit = end - item.high
        while at > limit and _continues[Char](text[at - 1], item):
            at -= 1
        return at if end - at >= item.low else -1
    at = _before_digits[Char](text, limit, end)
    if at == end:
        return -1
    if item.kind == Kind.FLOAT:
        if at == limit or text[at - 1] != c'.':
            return -1
        end = at - 1
        at = _before_digits[Char](text, limit, end)
        if at == end:
            return -1
    if item.signed and at > limit and text[at - 1] == c'-':
        at -= 1
    return at


cdef inline Py_ssize_t _before_digits(
    const Char* text, Py_ssize_t limit, Py_ssize_t at
) noexcept:
    while at > limit and decimal[Char](text[at - 1]) >= 0:
        at -= 1
    return at


cdef tuple _texts_of(item):
    """The texts that an item compares with."""
    if isinstance(item, str):
        return () if item == "/" else (item,)
    return (<Shape?>item).texts
