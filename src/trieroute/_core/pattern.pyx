# cython: language_level=3, wraparound=False, cdivision=True
"""Patterns: does a span of text have the shape that a segment's variables ask for?

What lives here: the class of a pattern, which is a row of items (``items.pxd``) or, for a custom
converter, a regex for `re`. What must not be known here: rules, ranks, the trie.

The span of each variable is the one that `re` would choose, greedy from the left (`path`: shortest
first), but without backtracking. In most patterns each variable ends where a character stands that
it does not take, or is the only one of which that is not true: then the text is taken off from both
sides, and one check of the rest decides. All others are left to ``marks.pyx``. Both ways cost a
constant for each code point and item, so the whole is linear in the text.

Bounds (`min`, `max`, `fixed_digits`) are checked on the spans thus found, never to choose them:
a converter that refuses its text refuses the rule.

While slashes are merged, a slash of the rule takes a run of slashes. It takes as many as it can,
but leaves to a value the slashes that are the value's own, and to an empty value the slashes around
it.
"""

from cpython.mem cimport PyMem_Free, PyMem_Malloc
from cpython.unicode cimport (
    PyUnicode_DATA,
    PyUnicode_FromObject,
    PyUnicode_GET_LENGTH,
    PyUnicode_KIND,
    PyUnicode_READ,
    PyUnicode_READ_CHAR,
    PyUnicode_Substring,
)
from libc.stdint cimport uint8_t, uint16_t, uint32_t

cimport cython

from .items cimport ShapeKind, Shape, goes_on, is_member, longest, longest_before, may_be_empty
from .marks cimport Row, accepts_row
from .numbers cimport within
from .text cimport (
    STEPS,
    PyUnicode_IS_ASCII,
    count_steps,
    decimal,
    leading_slashes,
    text_equal,
    text_of,
)


@cython.final
cdef class SegmentRegex:
    """A regex that :mod:`re` matches against a whole segment, or against a whole tail."""

    def __cinit__(
        self, regex, merging, tuple groups not None, bint sliced, tuple before_slash=None
    ):
        self.regex = regex
        self.merging = merging
        self.groups = groups
        self.sliced = sliced
        self.before_slash = before_slash
        self._key = regex, merging, groups, sliced, before_slash

    def __eq__(self, other):
        return isinstance(other, SegmentRegex) and self._key == (<SegmentRegex>other)._key

    def __hash__(self):
        return hash(self._key)


# What the texts borrow must live as long as they do, so the collector may break no cycle here.
@cython.no_gc_clear
cdef class Pattern:
    """What a segment with variables, or a tail, must look like.

    Equal patterns are equal keys of a dict, so that rules that share a segment share an edge.

    :param items: texts and :class:`Shape` objects, in order; ``"/"`` stands for one slash of a
        tail. With a *regex*, what holds for ASCII texts; without a *regex*, for all texts.
    """

    def __cinit__(
        self, tuple items not None, SegmentRegex regex=None, bint tail=False, bint branch=False
    ):
        cdef Py_ssize_t index = 0
        self.items = items
        self.regex = regex
        self.tail = tail
        self.branch = branch
        self._key = items, regex, tail, branch
        self._hash = hash(self._key)
        self.only = -1
        if regex is not None:
            self.match = regex.regex.match
            self.match_merging = regex.merging.match
            if not items:
                # Each of them may be empty.
                self.variables = self.leading = len(regex.groups)
                return
            self.ascii_items = True
        self.sources = []
        for item in items:
            for text in _texts_of(item):
                self.sources.append(PyUnicode_FromObject(text))
        self.rows = <Item*>PyMem_Malloc((len(items) + 1) * sizeof(Item))
        self.texts = <Text*>PyMem_Malloc((len(self.sources) + 1) * sizeof(Text))
        if self.rows == NULL or self.texts == NULL:
            raise MemoryError
        for text in self.sources:
            self.texts[index] = text_of(text)
            index += 1
        index = 0
        for item in items:
            index = _add_item(self, item, index)
        _plan(self)
        self.plain = self.count == 1 and not tail
        if self.plain and isinstance(items[0], Shape):
            self.any_text = (<Shape>items[0]).is_unbounded(ShapeKind.STRING)
            self.digits = (<Shape>items[0]).is_unbounded(ShapeKind.INT)

    def __eq__(self, other):
        return self is other or (
            isinstance(other, Pattern)
            and self._hash == (<Pattern>other)._hash
            and self._key == (<Pattern>other)._key
        )

    def __hash__(self):
        return self._hash

    def __dealloc__(self):
        PyMem_Free(self.texts)
        PyMem_Free(self.rows)

    def __repr__(self):
        """Write the pattern as a reader of rules would."""
        if self.match is not None:
            return f"<regex {self.match.__self__.pattern}>"
        return "".join(map(str, self.items))

    cdef bint accepts(
        self, str source, const Char* text, Span span, bint merging, Span* found
    ) except -1:
        cdef Row row
        count_steps(STEPS, 1 + (span.end - span.start) * max(1, self.count))
        if self.match is not None and not (self.ascii_items and PyUnicode_IS_ASCII(source)):
            return _accepts_regex(self, source, span, merging, found)
        if self.only >= 0 and not (merging and self.reaches):
            return _accepts_fixed(self, text, span, merging, found)
        row.items, row.texts = self.rows, self.texts
        row.count, row.variables, row.bounded = self.count, self.variables, self.bounded
        return accepts_row[Char](&row, text, span, merging, found)

    cdef bint accepts_tail(
        self, str source, const Char* text, Span span, Py_ssize_t first, bint merging, Span* found
    ) except -1:
        cdef Py_ssize_t left = self.leading if merging else 0
        if self.branch and span.start == span.end:
            left = 0
        while not self.accepts(source, text, span, merging, found):
            # The slash in front of the tail stays the rule's own.
            if left == 0 or span.start == first or text[span.start - 2] != c'/':
                return False
            left -= 1
            span.start -= 1
        return True

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


cdef Py_ssize_t _add_item(Pattern pattern, object source, Py_ssize_t first_text) except -1:
    """Append an item whose texts begin at `first_text`; return where the next one's begin."""
    cdef Item* item = &pattern.rows[pattern.count]
    cdef Py_ssize_t texts = len(_texts_of(source))
    item.signed = item.searched = item.has_least = item.has_most = False
    item.low = item.high = 0
    item.least = item.most = 0
    item.real_least = item.real_most = 0
    item.first = first_text
    item.count = texts
    if isinstance(source, str):
        item.kind = ShapeKind.SLASH if source == "/" else ShapeKind.LITERAL
    else:
        pattern.variables += 1
        _set_variable(pattern, item, source)
    pattern.count += 1
    return first_text + texts


cdef int _set_variable(Pattern pattern, Item* item, Shape shape) except -1:
    item.kind = shape.kind
    item.signed = shape.signed
    item.low, item.high = shape.low, shape.high
    item.members[0] = shape.members & 0xFFFFFFFFFFFFFFFF
    item.members[1] = shape.members >> 64
    if shape.kind == ShapeKind.INT:
        if shape.least is not None:
            item.has_least, item.least = True, shape.least
        if shape.most is not None:
            item.has_most, item.most = True, shape.most
    elif shape.kind == ShapeKind.FLOAT:
        if shape.least is not None:
            item.has_least, item.real_least = True, shape.least
        if shape.most is not None:
            item.has_most, item.real_most = True, shape.most
    if item.has_least or item.has_most or (item.kind == ShapeKind.INT and item.low != 0):
        pattern.bounded = True
    return 0


cdef int _plan(Pattern pattern) except -1:
    """Find out whether one variable is all that is left once the spans of the others are fixed.

    A variable is fixed if it does not take what stands next to it: its span goes on as far as
    it can, from the left or from the right. Strings with texts between them are fixed too: the
    first one is as long as possible, so each of the texts is as far right as possible.
    """
    cdef Py_ssize_t left = 0, right = pattern.count - 1, last = pattern.count - 1, index
    cdef bint are_strings = False
    if pattern.variables == 0:
        return 0
    for index in range(1, pattern.count):
        if pattern.rows[index].kind == ShapeKind.SLASH:
            pattern.reaches = pattern.reaches or _may_reach(pattern, index - 1)
        elif pattern.rows[index - 1].kind == ShapeKind.SLASH:
            pattern.reaches = pattern.reaches or _may_reach(pattern, index)
    pattern.leading = _count_leading(pattern)
    while not _is_variable(pattern, last):
        last -= 1
    while left < last and (not _is_variable(pattern, left) or _is_fixed(pattern, left, left + 1)):
        left += 1
    while right > left:
        if _is_variable(pattern, right) and not _is_fixed(pattern, right, right - 1):
            # What stands before the last one of several has been looked at with that one.
            if not are_strings and not _are_strings(pattern, left, right):
                return 0
            are_strings = True
            pattern.rows[right].searched = True
        right -= 1
    pattern.only = left
    return 0


cdef bint _is_variable(Pattern pattern, Py_ssize_t index) noexcept:
    return pattern.rows[index].kind >= ShapeKind.STRING


cdef bint _may_reach(Pattern pattern, Py_ssize_t index) noexcept:
    """Tell whether a variable may take some of the slashes of a run that begins or ends there.

    An empty value parts the run: some of the slashes stand in front of it, others behind it. A
    path leaves the run alone: it begins with no slash, and is as short as possible.
    """
    cdef const Item* item = &pattern.rows[index]
    if item.kind == ShapeKind.CLASS and is_member[uint32_t](c'/', item):
        return True
    return item.kind == ShapeKind.ANY or may_be_empty(item)


cdef Py_ssize_t _count_leading(Pattern pattern) noexcept:
    """Count the slashes in front that the items may need, at most, while slashes are merged."""
    cdef Py_ssize_t index, option, slashes, most, count = 0
    cdef bint ends
    cdef const Item* item
    for index in range(pattern.count):
        item = &pattern.rows[index]
        ends = True
        if item.kind == ShapeKind.SLASH:
            count += 1
            ends = False
        elif item.kind == ShapeKind.CLASS and is_member[uint32_t](c'/', item):
            count += item.low
            ends = False
        elif item.kind == ShapeKind.ANY:
            most = 0
            for option in range(item.first, item.first + item.count):
                slashes = leading_slashes(&pattern.texts[option])
                most = max(most, slashes)
                ends = ends and slashes < pattern.texts[option].length
            count += most
        else:
            ends = not may_be_empty(item)
        if ends:
            return count
    return count


cdef bint _is_fixed(Pattern pattern, Py_ssize_t index, Py_ssize_t beside) noexcept:
    """Tell whether a variable takes nothing of the item beside it where the two meet."""
    cdef const Item* item = &pattern.rows[index]
    cdef const Text* text
    cdef Py_UCS4 character = c'/'
    if item.kind == ShapeKind.UUID:
        return True
    if item.kind == ShapeKind.ANY or item.kind == ShapeKind.PATH or _is_variable(pattern, beside):
        return False
    if pattern.rows[beside].kind == ShapeKind.LITERAL:
        text = &pattern.texts[pattern.rows[beside].first]
        character = PyUnicode_READ(
            text.kind, <void*>text.data, 0 if beside > index else text.length - 1
        )
    if item.kind == ShapeKind.STRING or item.kind == ShapeKind.CLASS:
        return not goes_on[uint32_t](character, item)
    # What ends a number is no sign, but what stands in front of it may be.
    return decimal[uint32_t](character) < 0 and not (
        beside < index and item.signed and character == c'-'
    )


cdef bint _are_strings(Pattern pattern, Py_ssize_t first, Py_ssize_t last) noexcept:
    """Tell whether these are strings of any length with texts between them."""
    cdef Py_ssize_t index
    cdef const Item* item
    for index in range(first, last + 1):
        item = &pattern.rows[index]
        if (index - first) & 1:
            if item.kind != ShapeKind.LITERAL:
                return False
        elif item.kind != ShapeKind.STRING or item.low != 1 or item.high >= 0:
            return False
    return True


cdef bint _accepts_regex(
    Pattern pattern, str source, Span span, bint merging, Span* found
) except -1:
    cdef Py_ssize_t offset = 0
    cdef Py_ssize_t index
    cdef Py_ssize_t end_seen = span.end
    match = pattern.match_merging if merging else pattern.match
    if (
        pattern.regex.before_slash is not None
        and span.end < PyUnicode_GET_LENGTH(source)
        and PyUnicode_READ_CHAR(source, span.end) == c'/'
    ):
        match = pattern.regex.before_slash[merging].match
        end_seen += 1
    if pattern.regex.sliced:
        offset = span.start
        result = match(PyUnicode_Substring(source, span.start, end_seen))
    else:
        result = match(source, span.start, end_seen)
    if result is None:
        return False
    if found != NULL:
        for index in range(pattern.variables):
            start, end = result.span(pattern.regex.groups[index])
            found[index].start = start + offset
            found[index].end = end + offset
    return True


cdef bint _has_shape(Pattern pattern, const Char* text, Span span, const Item* item) noexcept:
    """Check a whole span against the regex of a built-in converter."""
    cdef Py_ssize_t length = span.end - span.start
    cdef Py_ssize_t at = span.start
    cdef Py_ssize_t index
    if item.kind == ShapeKind.STRING:
        if length < item.low or (item.high >= 0 and length > item.high):
            return False
        if pattern.tail:
            for index in range(span.start, span.end):
                if text[index] == c'/':
                    return False
        return True
    if item.kind == ShapeKind.ANY:
        for index in range(item.first, item.first + item.count):
            if pattern.texts[index].length == length and text_equal[Char](
                text + at, &pattern.texts[index]
            ):
                return True
        return False
    if item.kind == ShapeKind.PATH:
        if length == 0 or text[at] == c'/':
            return False
        for index in range(at + 1, span.end):
            if text[index] == c'\n':
                return False
        return True
    return longest[Char](text, span.end, at, item) == span.end


cdef bint _accepts_fixed(
    Pattern pattern, const Char* text, Span span, bint merging, Span* found
) except -1:
    """Take off what is fixed from the left and from the right; the rest is one variable."""
    cdef const Item* item
    cdef const Text* literal
    cdef Span part
    cdef Py_ssize_t index, variable = 0
    for index in range(pattern.only):
        item = &pattern.rows[index]
        if item.kind == ShapeKind.SLASH:
            if span.start >= span.end or text[span.start] != c'/':
                return False
            span.start += 1
            if merging:
                while span.start < span.end and text[span.start] == c'/':
                    span.start += 1
        elif item.kind == ShapeKind.LITERAL:
            literal = &pattern.texts[item.first]
            if span.end - span.start < literal.length or not text_equal[Char](
                text + span.start, literal
            ):
                return False
            span.start += literal.length
        else:
            part.start = span.start
            part.end = span.start = longest[Char](text, span.end, span.start, item)
            if part.end < 0 or (pattern.bounded and not within[Char](text, part, item)):
                return False
            if found != NULL:
                found[variable] = part
            variable += 1
    variable = pattern.variables - 1
    for index in range(pattern.count - 1, pattern.only, -1):
        item = &pattern.rows[index]
        if item.kind == ShapeKind.SLASH:
            if span.end <= span.start or text[span.end - 1] != c'/':
                return False
            span.end -= 1
            if merging:
                while span.end > span.start and text[span.end - 1] == c'/':
                    span.end -= 1
        elif item.kind == ShapeKind.LITERAL:
            literal = &pattern.texts[item.first]
            if span.end - span.start < literal.length or not text_equal[Char](
                text + span.end - literal.length, literal
            ):
                return False
            span.end -= literal.length
        else:
            part.end = span.end
            if item.searched:
                part.start = _behind_last[Char](
                    pattern, text, span, &pattern.texts[pattern.rows[index - 1].first]
                )
            else:
                part.start = longest_before[Char](text, span, item)
            span.end = part.start
            if part.start < 0 or (pattern.bounded and not within[Char](text, part, item)):
                return False
            if found != NULL:
                found[variable] = part
            variable -= 1
    item = &pattern.rows[pattern.only]
    if not _has_shape[Char](pattern, text, span, item):
        return False
    if pattern.bounded and not within[Char](text, span, item):
        return False
    if found != NULL:
        found[variable] = span
    return True


cdef Py_ssize_t _behind_last(
    Pattern pattern, const Char* text, Span span, const Text* literal
) noexcept:
    """Return the end of the last place of a text that has more behind it, or -1 for none."""
    cdef Py_ssize_t end = span.end - 1, index
    while end - literal.length >= span.start:
        if text_equal[Char](text + end - literal.length, literal):
            if pattern.tail:
                for index in range(end, span.end):
                    if text[index] == c'/':
                        return -1
            return end
        end -= 1
    return -1


cdef tuple _texts_of(item):
    """Return the texts that an item compares with."""
    if isinstance(item, str):
        return () if item == "/" else (item,)
    return (<Shape?>item).texts
