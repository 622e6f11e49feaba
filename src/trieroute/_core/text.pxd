# Here are the code points of a str, and what is asked of them in place. All of it is inline, since
# a match asks it for each code point.

from cpython.unicode cimport (
    PyUnicode_DATA,
    PyUnicode_FromObject,
    PyUnicode_GET_LENGTH,
    PyUnicode_KIND,
    PyUnicode_READ,
)
from libc.stdint cimport uint8_t, uint16_t, uint32_t
from libc.string cimport memcmp


cdef extern from "Python.h":
    bint PyUnicode_IS_ASCII(object text) noexcept
    int Py_UNICODE_TODECIMAL(Py_UCS4 character) noexcept


cdef extern from *:
    """
    #ifdef TRIEROUTE_COUNT_STEPS
    #define TRIEROUTE_COUNT(counter, count) ((counter) += (count))
    #define TRIEROUTE_COUNTS 1
    #else
    #define TRIEROUTE_COUNT(counter, count) ((void)0)
    #define TRIEROUTE_COUNTS 0
    #endif
    """
    # This is true in a debug build alone; in all others, nothing of the counting is compiled.
    const bint COUNTS "TRIEROUTE_COUNTS"
    void count_steps "TRIEROUTE_COUNT"(Py_ssize_t counter, Py_ssize_t steps) noexcept


# A debug build adds up here, over all matches, the code points, nodes and edges that were looked
# at.
cdef Py_ssize_t STEPS


# CPython stores the code points of a str in one of these three widths.
ctypedef fused Char:
    uint8_t
    uint16_t
    uint32_t


# A span is the part of a text from `start` up to, and without, `end`.
cdef struct Span:
    Py_ssize_t start
    Py_ssize_t end


# A text is borrowed from a str, which has to outlive it.
cdef struct Text:
    const void* data         # It points to the first code point.
    Py_ssize_t length        # It counts code points.
    int kind                 # It is the number of bytes that each code point takes.


cdef inline str exact_text(object value, str name):
    """Take a str, or the text of an object of a subclass; `name` is for the message."""
    if type(value) is str:
        return <str>value
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {type(value).__name__}")
    return PyUnicode_FromObject(value)


cdef inline Text text_of(str source) noexcept:
    cdef Text text
    text.data = PyUnicode_DATA(source)
    text.length = PyUnicode_GET_LENGTH(source)
    text.kind = PyUnicode_KIND(source)
    return text


cdef inline bint text_equal(const Char* at, const Text* text) noexcept:
    """Compare the text with as many code points at `at`; the caller vouches that they exist."""
    cdef Py_ssize_t index
    if <int>sizeof(Char) == text.kind:
        if text.length == 1:
            # Most texts between variables are a single character.
            return at[0] == (<const Char*>text.data)[0]
        return memcmp(at, text.data, text.length * sizeof(Char)) == 0
    if <int>sizeof(Char) < text.kind:
        # The text has a code point that is too large for this width.
        return False
    for index in range(text.length):
        if at[index] != PyUnicode_READ(text.kind, <void*>text.data, index):
            return False
    return True


cdef inline Py_ssize_t leading_slashes(const Text* text) noexcept:
    """Count the slashes that a text begins with."""
    cdef Py_ssize_t index = 0
    while index < text.length and PyUnicode_READ(text.kind, <void*>text.data, index) == c'/':
        index += 1
    return index


cdef inline int decimal(const Char character) noexcept:
    """Tell which decimal digit a code point is for CPython; -1 if it is none."""
    if Char is uint8_t:
        return character - 48 if 48 <= character <= 57 else -1
    else:
        return Py_UNICODE_TODECIMAL(<Py_UCS4>character)


cdef inline bint all_digits(const Char* text, Span span) noexcept:
    """Tell whether text[span] is one or more decimal digits."""
    return span.start < span.end == behind_digits[Char](text, span.end, span.start)


cdef inline Py_ssize_t behind_digits(
    const Char* text, Py_ssize_t length, Py_ssize_t at
) noexcept:
    """Return the end of the run of decimal digits that begins at `at`."""
    while at < length and decimal[Char](text[at]) >= 0:
        at += 1
    return at


cdef inline Py_ssize_t before_digits(
    const Char* text, Py_ssize_t limit, Py_ssize_t at
) noexcept:
    """Return the start, not before `limit`, of the run of decimal digits that ends at `at`."""
    while at > limit and decimal[Char](text[at - 1]) >= 0:
        at -= 1
    return at


cdef inline int strip_slash(const Char* text, Span* span, bint merging) noexcept:
    """Take the last slash off a tail.

    While slashes are merged, the last run of them is taken off. The result is 1 if there was a
    slash, 0 if there was none, and -1 if there was one too many.
    """
    if span.end == span.start or text[span.end - 1] != c'/':
        return 0
    span.end -= 1
    if merging:
        while span.end > span.start and text[span.end - 1] == c'/':
            span.end -= 1
    elif span.end > span.start and text[span.end - 1] == c'/':
        return -1
    return 1


cdef extern from *:
    """
    #ifdef Py_GIL_DISABLED
    static CYTHON_UNUSED CYTHON_INLINE PyObject *trieroute_shared_text(PyObject *text) {
        PyObject *copy;
        if (!PyUnicode_CheckExact(text) || PyUnicode_GET_LENGTH(text) > 100
            || PyUnicode_CHECK_INTERNED(text))
            return Py_NewRef(text);
        copy = PyUnicode_FromKindAndData(
            PyUnicode_KIND(text), PyUnicode_DATA(text), PyUnicode_GET_LENGTH(text));
        if (copy != NULL)
            PyUnicode_InternInPlace(&copy);
        return copy;
    }
    #else
    #define trieroute_shared_text(text) Py_NewRef(text)
    #endif
    """
    # Return a text that each match hands out. Without the GIL, threads that count the references of
    # one object wait for each other; a str that is interned lives as long as the process there, and
    # its references are not counted. A copy is interned, since CPython writes the counts of what it
    # interns plainly, and other threads may be counting those of the text. With the GIL, for long
    # texts, which would be kept for nothing if a rule is refused, and for other objects, what is
    # given is returned.
    object shared_text "trieroute_shared_text"(object text)
