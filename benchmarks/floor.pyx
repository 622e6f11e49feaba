# cython: language_level=3, boundscheck=False, wraparound=False, binding=False
"""The floor: what a router costs that knows the answers already.

Lives here: :class:`Floor`, the least that any router has to do for a match, and
:class:`BuildFloor`, the least for a URL by a table; and functions that build the URL of one rule,
which they are written for. Nothing here routes: a match is two dictionary look-ups,
of the method and of the whole path; then the values are made from known places of the path, which
are cut out as new strings, or read as ints, floats and UUIDs, and put into a new dictionary and a new
pair. A miss is the look-ups and the raising of ``NotFound()``. A URL is the look-up of its rule and of
its values, and one string.

This module is compiled when a benchmark asks for it, see ``compiled``. It is no part of the
package.
"""

from uuid import UUID, SafeUUID

from cpython.dict cimport PyDict_GetItemWithError, PyDict_SetItem
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from cpython.object cimport PyObject
from libc.string cimport memcpy

cdef extern from "Python.h":
    object PyUnicode_New(Py_ssize_t size, Py_UCS4 maxchar)
    object PyUnicode_Substring(object text, Py_ssize_t start, Py_ssize_t end)
    void *PyUnicode_DATA(object text)
    bint PyUnicode_IS_ASCII "PyUnicode_IS_COMPACT_ASCII"(object text)
    Py_ssize_t PyUnicode_GET_LENGTH(object text)
    double PyOS_string_to_double(const char *text, char **end, object overflow) except? -1.0
    int PyObject_GenericSetAttr(object obj, object name, object value) except -1
    object PyType_GenericAlloc(type of, Py_ssize_t items)
    object PyLong_FromUnsignedLongLong(unsigned long long number)

cdef enum Kind:
    TEXT
    INT
    FLOAT
    UUID_

cdef object UNKNOWN = SafeUUID.unknown


cdef inline object cut(object text, Py_ssize_t start, Py_ssize_t end):
    """Return code points *start* to *end* of a text as a new string."""
    if PyUnicode_IS_ASCII(text):
        part = PyUnicode_New(end - start, 127)
        memcpy(PyUnicode_DATA(part), <char *> PyUnicode_DATA(text) + start, end - start)
        return part
    return PyUnicode_Substring(text, start, end)


cdef object whole_number(const char *digits, Py_ssize_t length):
    """Return an int of at most nineteen ASCII digits."""
    cdef unsigned long long number = 0
    for place in range(length):
        number = number * 10 + <unsigned char> digits[place] - 48
    return PyLong_FromUnsignedLongLong(number)


cdef object real_number(const char *digits, Py_ssize_t length):
    """Return a float of at most 31 ASCII characters."""
    cdef char[32] copy
    memcpy(copy, digits, length)
    copy[length] = 0
    return PyOS_string_to_double(copy, NULL, <object> NULL)


cdef object unique_number(const char *text):
    """Return a UUID of its 36 ASCII characters, without the checks of its constructor."""
    cdef unsigned long long[2] half
    cdef unsigned char letter
    cdef int digits = 0
    half[0] = half[1] = 0
    for place in range(36):
        letter = text[place]
        if letter != c"-":
            half[digits >> 4] = half[digits >> 4] << 4 | (
                letter - 48 if letter <= c"9" else letter - 87
            )
            digits += 1
    unique = PyType_GenericAlloc(<type> UUID, 0)
    PyObject_GenericSetAttr(unique, "int", (<object> half[0]) << 64 | half[1])
    PyObject_GenericSetAttr(unique, "is_safe", UNKNOWN)
    return unique


cdef inline object made(Kind kind, object text, Py_ssize_t start, Py_ssize_t end):
    """Return the value that stands at code points *start* to *end* of a text."""
    if kind == TEXT:
        return cut(text, start, end)
    if kind == INT:
        return whole_number(<char *> PyUnicode_DATA(text) + start, end - start)
    if kind == FLOAT:
        return real_number(<char *> PyUnicode_DATA(text) + start, end - start)
    return unique_number(<char *> PyUnicode_DATA(text) + start)


cdef Kind kind_of(object value, str text) except *:
    """Return how a value is made; where that is no text, the request has to be ASCII."""
    kind = {int: INT, float: FLOAT, UUID: UUID_}.get(type(value), TEXT)
    if kind != TEXT and not text.isascii():
        raise ValueError(f"the floor makes no {value!r} of {text!r}, which is not ASCII")
    return kind


cdef class Answer:
    """One answer: an endpoint, and where the values stand in the request."""

    cdef object endpoint
    cdef tuple names
    # Start, end and kind of each value, three numbers a name; freed with the answer.
    cdef Py_ssize_t *offsets
    # How many of the values, the first ones, stand in the host.
    cdef Py_ssize_t in_host

    def __cinit__(self, case):
        cdef Py_ssize_t number = 0
        spans = case.spans
        self.endpoint = case.endpoint
        self.names = tuple(span.name for span in spans)
        self.in_host = sum(span.in_host for span in spans)
        self.offsets = <Py_ssize_t *> PyMem_Malloc(3 * (len(spans) + 1) * sizeof(Py_ssize_t))
        if self.offsets is NULL:
            raise MemoryError()
        for span in spans:
            self.offsets[number] = span.start
            self.offsets[number + 1] = span.end
            self.offsets[number + 2] = kind_of(
                case.values[span.name], case.host if span.in_host else case.path
            )
            number += 3

    def __dealloc__(self):
        PyMem_Free(self.offsets)


cdef class Floor:
    """Answers to requests to one host, known beforehand.

    :param cases: the requests with their answers, as ``workloads.Case``; misses are no part of it.
    :param not_found: the class of the exception that a miss raises.
    """

    cdef dict by_method
    cdef object not_found
    cdef str host

    def __init__(self, cases, not_found):
        self.by_method = {}
        self.not_found = not_found
        for case in cases:
            self.host = case.host
            by_path = self.by_method.setdefault(case.method, {})
            by_path[case.path] = Answer(case)

    def match(self, path, method):
        """Return endpoint and values of a request.

        :raise Exception: an instance of *not_found*, when the request is not known.
        """
        cdef PyObject *found = PyDict_GetItemWithError(self.by_method, method)
        cdef Py_ssize_t number
        cdef Answer answer
        if found is not NULL:
            found = PyDict_GetItemWithError(<dict> found, path)
        if found is NULL:
            raise self.not_found()
        answer = <Answer> found
        values = {}
        for number in range(len(answer.names)):
            PyDict_SetItem(
                values,
                <object> answer.names[number],
                made(
                    <Kind> answer.offsets[3 * number + 2],
                    self.host if number < answer.in_host else path,
                    answer.offsets[3 * number],
                    answer.offsets[3 * number + 1],
                ),
            )
        return answer.endpoint, values


cdef class BuildFloor:
    """URLs whose ASCII texts and names of values are known beforehand.

    :param templates: by endpoint, the texts around the values and the names of the values.
    """

    cdef dict templates

    def __init__(self, templates):
        self.templates = {
            endpoint: (tuple(texts), tuple(names))
            for endpoint, (texts, names) in templates.items()
        }

    def build(self, endpoint, dict values not None):
        """Return the URL of an endpoint; the values are ASCII strings.

        :raise KeyError: endpoint or value is not known.
        """
        cdef PyObject *found = PyDict_GetItemWithError(self.templates, endpoint)
        cdef PyObject *value
        cdef tuple texts, names
        cdef Py_ssize_t length = 0
        cdef Py_ssize_t size
        cdef char *out
        if found is NULL:
            raise KeyError(endpoint)
        texts = <tuple> (<tuple> found)[0]
        names = <tuple> (<tuple> found)[1]
        for text in texts:
            length += PyUnicode_GET_LENGTH(text)
        for name in names:
            value = PyDict_GetItemWithError(values, name)
            if value is NULL:
                raise KeyError(name)
            length += PyUnicode_GET_LENGTH(<object> value)
        url = PyUnicode_New(length, 127)
        out = <char *> PyUnicode_DATA(url)
        for number in range(len(texts)):
            if number:
                value = PyDict_GetItemWithError(values, <object> names[number - 1])
                size = PyUnicode_GET_LENGTH(<object> value)
                memcpy(out, PyUnicode_DATA(<object> value), size)
                out += size
            size = PyUnicode_GET_LENGTH(<object> texts[number])
            memcpy(out, PyUnicode_DATA(<object> texts[number]), size)
            out += size
        return url


# What is written for one rule looks up nothing but its values, and knows host, root and texts. The
# endpoint is an argument that it does not look at.

cdef const char *HEAD = "/users/"
cdef const char *MIDDLE = "/files/"
cdef const char *ROOT = "http://api.example.org"
cdef str STATIC = "/static/page"


cdef inline char *put(char *out, const char *text, Py_ssize_t length) noexcept:
    memcpy(out, text, length)
    return out + length


cdef inline Py_ssize_t digits_of(object value, char *digits) except -1:
    """Put the digits of a positive int at the end of 24 characters, and return their number."""
    cdef unsigned long long number = value
    cdef Py_ssize_t at = 24
    while number:
        at -= 1
        digits[at] = <char> (48 + number % 10)
        number //= 10
    return 24 - at


cdef inline object item(dict values, object name):
    cdef PyObject *value = PyDict_GetItemWithError(values, name)
    if value is NULL:
        raise KeyError(name)
    return <object> value


def build_static(endpoint, dict values=None, method=None, force_external=False):
    return STATIC


def build_one(endpoint, dict values=None, method=None, force_external=False):
    cdef char[24] digits
    cdef Py_ssize_t length = digits_of(item(values, "id"), digits)
    url = PyUnicode_New(7 + length, 127)
    cdef char *out = put(<char *> PyUnicode_DATA(url), HEAD, 7)
    put(out, digits + 24 - length, length)
    return url


def build_two(endpoint, dict values=None, method=None, force_external=False):
    cdef char[24] digits
    name = item(values, "name")
    cdef Py_ssize_t size = PyUnicode_GET_LENGTH(name)
    cdef Py_ssize_t length = digits_of(item(values, "number"), digits)
    url = PyUnicode_New(14 + size + length, 127)
    cdef char *out = put(<char *> PyUnicode_DATA(url), HEAD, 7)
    out = put(out, <char *> PyUnicode_DATA(name), size)
    out = put(out, MIDDLE, 7)
    put(out, digits + 24 - length, length)
    return url


def build_external(endpoint, dict values=None, method=None, force_external=False):
    cdef char[24] digits
    cdef Py_ssize_t length = digits_of(item(values, "id"), digits)
    url = PyUnicode_New(29 + length, 127)
    cdef char *out = put(<char *> PyUnicode_DATA(url), ROOT, 22)
    out = put(out, HEAD, 7)
    put(out, digits + 24 - length, length)
    return url


def build_query(endpoint, dict values=None, method=None, force_external=False):
    cdef char[24] digits
    cdef char[24] page
    cdef Py_ssize_t length = digits_of(item(values, "id"), digits)
    cdef Py_ssize_t size = digits_of(item(values, "page"), page)
    tag = item(values, "tag")
    url = PyUnicode_New(7 + length + 6 + size + 5 + PyUnicode_GET_LENGTH(tag), 127)
    cdef char *out = put(<char *> PyUnicode_DATA(url), HEAD, 7)
    out = put(out, digits + 24 - length, length)
    out = put(out, "?page=", 6)
    out = put(out, page + 24 - size, size)
    out = put(out, "&tag=", 5)
    put(out, <char *> PyUnicode_DATA(tag), PyUnicode_GET_LENGTH(tag))
    return url
