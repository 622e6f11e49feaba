# cython: language_level=3, wraparound=False, cdivision=True
"""Marks: how a row of items takes a text in which several ends are possible.

What lives here: the general way to match a row of items, which takes time linear in the text
whatever the items are. What must not be known here: which patterns need it, and regexes.

For each item, from the last to the first, one pass over the text marks the positions from which
this item and all behind it take what is left: the marks of an item follow from those of the next
one. The text is taken if the first item is marked at its start. Walking along the marks from there
then finds the spans: each variable ends where the next item is marked, as late as possible (a path:
as early as possible), which is what `re` would choose. An item costs a constant for each code
point.
"""

from cpython.mem cimport PyMem_Calloc, PyMem_Free, PyMem_Malloc
from libc.stdint cimport uint8_t
from libc.string cimport memset

from .items cimport ShapeKind, goes_on, is_member, is_uuid, longest
from .numbers cimport within
from .text cimport decimal, text_equal


cdef extern from "Python.h":
    const Py_ssize_t PY_SSIZE_T_MAX


cdef enum:
    # So many spans, and marks in so many words, fit on the C stack; larger ones are allocated.
    STACK_SPANS = 16
    STACK_WORDS = 256


cdef bint accepts_row(
    const Row* row, const Char* text, Span span, bint merging, Span* found
) except -1:
    cdef Span[STACK_SPANS] stack_spans
    # The array is one of integers, so that it is aligned for them.
    cdef Py_ssize_t[STACK_WORDS] stack_marks
    cdef Span* spans = found
    cdef Span* own_spans = NULL
    cdef uint8_t* marks = <uint8_t*>stack_marks
    cdef uint8_t* own_marks = NULL
    cdef Py_ssize_t* near
    cdef Py_ssize_t length = span.end - span.start
    cdef Py_ssize_t width = length + 1
    # Each position has one number in `near` and one mark for each item and for the end.
    cdef size_t column = sizeof(Py_ssize_t) + <size_t>row.count + 1
    cdef Py_ssize_t index, variable
    if <size_t>width + 1 > <size_t>PY_SSIZE_T_MAX / column:
        raise MemoryError("a path is too long for its rule")
    # The size has been checked, so no offset into this memory overflows.
    if (width + 1) * column > sizeof(stack_marks):
        own_marks = <uint8_t*>PyMem_Malloc((width + 1) * column)
        if own_marks == NULL:
            raise MemoryError
        marks = own_marks
    # The numbers come first, since they have to be aligned.
    near = <Py_ssize_t*>marks
    marks += (width + 1) * sizeof(Py_ssize_t)
    try:
        _mark[Char](row, text + span.start, length, merging, near, marks)
        if not marks[0]:
            return False
        if found == NULL:
            if not row.bounded:
                return True
            spans = stack_spans
            if row.variables > STACK_SPANS:
                own_spans = <Span*>PyMem_Calloc(row.variables, sizeof(Span))
                if own_spans == NULL:
                    raise MemoryError
                spans = own_spans
        _follow[Char](row, text + span.start, length, merging, marks, spans)
        for index in range(row.variables):
            spans[index].start += span.start
            spans[index].end += span.start
        if row.bounded:
            variable = 0
            for index in range(row.count):
                if row.items[index].kind >= ShapeKind.STRING:
                    if not within[Char](text, spans[variable], &row.items[index]):
                        return False
                    variable += 1
        return True
    finally:
        PyMem_Free(own_marks)
        PyMem_Free(own_spans)


cdef void _mark(
    const Row* row,
    const Char* text,
    Py_ssize_t length,
    bint merging,
    Py_ssize_t* near,
    uint8_t* marks,
) noexcept:
    """Fill the lines of marks: line i at p tells whether the items from i on take text[p:length].

    Line `count` is true at the end alone. `near` is scratch: `near[p]` is the first marked position
    of the next line at or behind p, or `length + 1` if there is none.
    """
    cdef Py_ssize_t width = length + 1
    cdef Py_ssize_t index, at
    cdef const Item* item
    cdef uint8_t* line
    cdef uint8_t* next_line = marks + row.count * width
    memset(next_line, False, length)
    next_line[length] = True
    for index in range(row.count - 1, -1, -1):
        item = &row.items[index]
        line = marks + index * width
        next_line = line + width
        # The common items have loops of their own.
        if item.kind == ShapeKind.LITERAL:
            _mark_literal[Char](text, length, &row.texts[item.first], line, next_line)
        elif item.kind == ShapeKind.SLASH:
            _mark_slash[Char](text, length, merging, line, next_line)
        elif item.kind == ShapeKind.PATH:
            _mark_path[Char](text, length, line, next_line)
        elif item.low <= 1 and (
            (item.kind == ShapeKind.INT and not item.signed)
            or (
                (item.kind == ShapeKind.STRING or item.kind == ShapeKind.CLASS)
                and item.low == 1
                and item.high < 0
            )
        ):
            _mark_run[Char](text, length, item, line, next_line)
        else:
            near[width] = width
            for at in range(length, -1, -1):
                near[at] = at if next_line[at] else near[at + 1]
            _mark_item[Char](row, text, length, near, item, line, next_line)


cdef void _mark_literal(
    const Char* text,
    Py_ssize_t length,
    const Text* literal,
    uint8_t* line,
    const uint8_t* next_line,
) noexcept:
    cdef Py_ssize_t at
    memset(line, False, length + 1)
    for at in range(length - literal.length + 1):
        if next_line[at + literal.length] and text_equal[Char](text + at, literal):
            line[at] = True


cdef void _mark_slash(
    const Char* text, Py_ssize_t length, bint merging, uint8_t* line, const uint8_t* next_line
) noexcept:
    cdef Py_ssize_t at
    line[length] = False
    for at in range(length - 1, -1, -1):
        line[at] = (next_line[at + 1] | (merging & line[at + 1])) & (text[at] == c'/')


cdef void _mark_run(
    const Char* text, Py_ssize_t length, const Item* item, uint8_t* line, const uint8_t* next_line
) noexcept:
    """Mark a run of one or more of the same kind, without a limit."""
    cdef Py_ssize_t at
    line[length] = False
    if item.kind == ShapeKind.INT:
        for at in range(length - 1, -1, -1):
            line[at] = (next_line[at + 1] | line[at + 1]) and decimal[Char](text[at]) >= 0
    elif item.kind == ShapeKind.STRING:
        for at in range(length - 1, -1, -1):
            line[at] = (next_line[at + 1] | line[at + 1]) & (text[at] != c'/')
    else:
        for at in range(length - 1, -1, -1):
            line[at] = (next_line[at + 1] | line[at + 1]) and is_member[Char](text[at], item)


cdef void _mark_path(
    const Char* text, Py_ssize_t length, uint8_t* line, const uint8_t* next_line
) noexcept:
    cdef Py_ssize_t at
    # This tells whether the next line is marked at `at + 1`, or behind it with no newline in
    # between.
    cdef bint leads_on = next_line[length]
    line[length] = False
    for at in range(length - 1, -1, -1):
        line[at] = leads_on and text[at] != c'/'
        leads_on = next_line[at] or (leads_on and text[at] != c'\n')


cdef void _mark_item(
    const Row* row,
    const Char* text,
    Py_ssize_t length,
    const Py_ssize_t* near,
    const Item* item,
    uint8_t* line,
    const uint8_t* next_line,
) noexcept:
    cdef Py_ssize_t at, first, last
    # This is the end of the run (of digits, or of what a string or a class takes) that holds `at`.
    cdef Py_ssize_t stop = length
    # These tell whether unsigned digits from at+1, a fraction from at+1, or one from at+2 leads on.
    cdef bint digits_next = False, fraction_next = False, fraction_after = False
    cdef bint digits, fraction, is_digit
    for at in range(length, -1, -1):
        line[at] = False
        if item.kind == ShapeKind.STRING or item.kind == ShapeKind.CLASS:
            if at < length and not goes_on[Char](text[at], item):
                stop = at
            first = at + item.low
            last = stop
            if item.high >= 0 and at + item.high < last:
                last = at + item.high
            line[at] = first <= last and near[first] <= last
        elif item.kind == ShapeKind.ANY:
            line[at] = _chosen_end[Char](row, text, length, at, item, next_line) >= 0
        elif item.kind == ShapeKind.UUID:
            line[at] = length - at >= 36 and next_line[at + 36] and is_uuid[Char](text + at)
        else:
            is_digit = at < length and decimal[Char](text[at]) >= 0
            if is_digit and not (at + 1 < length and decimal[Char](text[at + 1]) >= 0):
                stop = at + 1
            fraction = is_digit and near[at + 1] <= stop
            digits = fraction
            if item.kind == ShapeKind.FLOAT:
                digits = is_digit and (
                    digits_next
                    if stop > at + 1
                    else (at + 1 < length and text[at + 1] == c'.' and fraction_after)
                )
            line[at] = digits or (
                item.signed and at < length and text[at] == c'-' and digits_next
            )
            fraction_after = fraction_next
            fraction_next = fraction
            digits_next = digits


cdef inline Py_ssize_t _chosen_end(
    const Row* row,
    const Char* text,
    Py_ssize_t length,
    Py_ssize_t at,
    const Item* item,
    const uint8_t* next_line,
) noexcept:
    """Return the end of the first text of an `ANY` that fits and leads on, or -1 for none."""
    cdef Py_ssize_t option
    cdef const Text* literal
    for option in range(item.first, item.first + item.count):
        literal = &row.texts[option]
        if (
            length - at >= literal.length
            and next_line[at + literal.length]
            and text_equal[Char](text + at, literal)
        ):
            return at + literal.length
    return -1


cdef void _follow(
    const Row* row,
    const Char* text,
    Py_ssize_t length,
    bint merging,
    const uint8_t* marks,
    Span* found,
) noexcept:
    """Walk along the marks from the start, by the choices of `re`, and tell the spans."""
    cdef Py_ssize_t width = length + 1
    cdef Py_ssize_t at = 0, index, end, variable = 0
    cdef const uint8_t* next_line
    cdef const Item* item
    for index in range(row.count):
        item = &row.items[index]
        next_line = marks + (index + 1) * width
        end = at
        if item.kind == ShapeKind.LITERAL:
            at += row.texts[item.first].length
            continue
        if item.kind == ShapeKind.SLASH:
            end = at + 1
            if merging:
                while end < length and text[end] == c'/':
                    end += 1
                while not next_line[end]:
                    end -= 1
            at = end
            continue
        if item.kind == ShapeKind.ANY:
            end = _chosen_end[Char](row, text, length, at, item, next_line)
        elif item.kind == ShapeKind.UUID:
            end = at + 36
        elif item.kind == ShapeKind.PATH:
            end = at + 1
            while not next_line[end]:
                end += 1
        else:
            end = longest[Char](text, length, at, item)
            while not next_line[end]:
                end -= 1
        found[variable].start = at
        found[variable].end = end
        variable += 1
        at = end
