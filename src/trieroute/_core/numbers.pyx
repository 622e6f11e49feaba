# cython: language_level=3, wraparound=False, cdivision=True
"""Numbers: what digits come to, and whether that lies within a converter's bounds.

What lives here: reading integers and floats from spans of text. What must not be known here: which
spans are looked at, and what becomes of them.

A number that is so short that C's own arithmetic gives the same value as Python's is read in place.
For all others, the text is cut out and Python reads it: an integer of many digits is then as large
as it is, and a float is rounded as Python rounds it.
"""

from cpython.unicode cimport PyUnicode_DATA, PyUnicode_KIND
from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy

from .items cimport ShapeKind
from .text cimport PyUnicode_IS_ASCII, decimal


cdef extern from "Python.h":
    double PyOS_string_to_double(const char* text, char** end, void* overflow) except? -1.0
    object PyUnicode_FromKindAndData(int kind, const void* buffer, Py_ssize_t size)


cdef extern from *:
    """
    #include <float.h>
    #if defined(FLT_EVAL_METHOD) && FLT_EVAL_METHOD == 0
    #define trieroute_doubles_are_exact 1
    #else
    #define trieroute_doubles_are_exact 0
    #endif
    """
    # This is true if the result of an operation on doubles is rounded once, to a double.
    bint DOUBLES_ARE_EXACT "trieroute_doubles_are_exact"


cdef enum:
    # A decimal number of up to 18 digits fits into a long long.
    SAFE_DIGITS = 18
    # A float whose text, with a zero byte behind it, fits into so many bytes is read on the C
    # stack.
    FLOAT_BUFFER = 64
    # A point and up to 15 digits, or 14 with a sign, are read exactly: they are less than 2 ** 53.
    EXACT_LENGTH = 16


cdef bint _int_within(const Char* text, Span span, const Item* item) except -1:
    """Check an integer against the `fixed_digits`, `min` and `max` of its converter."""
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


cdef bint within(const Char* text, Span span, const Item* item) except -1:
    if item.kind == ShapeKind.INT:
        return _int_within[Char](text, span, item)
    if item.kind == ShapeKind.FLOAT:
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
    """Read a number with a point.

    Its digits and the power of ten that divides them are exact in a double each, so the quotient is
    the double that is nearest.
    """
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
