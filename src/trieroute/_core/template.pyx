# cython: language_level=3, cdivision=True
"""URL templates: one rule's URL, ready to be filled in.

What lives here: joining texts that were quoted when the rule was compiled with what converters make
of values. The built-in converters' texts are made here, others by their `to_url`. What must not be
known here: rules, maps, which rule suits which values.
"""

from cpython.dict cimport PyDict_GetItemWithError
from cpython.float cimport PyFloat_CheckExact
from cpython.long cimport PyLong_AsLongLongAndOverflow, PyLong_CheckExact
from cpython.object cimport PyObject, PyObject_Str
from cpython.unicode cimport (
    PyUnicode_1BYTE_DATA,
    PyUnicode_CheckExact,
    PyUnicode_FromObject,
    PyUnicode_GET_LENGTH,
    PyUnicode_Join,
    PyUnicode_New,
)
from libc.stdint cimport uint8_t
from libc.string cimport memcpy

from uuid import UUID as UUIDValue

from .quoting cimport Safe, quoted, quoted_length, write_quoted


cdef extern from "Python.h":
    bint PyUnicode_IS_ASCII(object text) noexcept


cdef const char* HEXADECIMAL = "0123456789abcdef"

cdef enum:
    DIGITS = 20          # of the longest long long, sign included
    WRITTEN_GAPS = 8     # a URL with more is joined of separate texts


cdef class Gap:
    """A variable's place in a URL.

    :param name: the variable's name.
    :param rendering: how a value becomes text, a number of `Rendering`.
    :param to_url: the converter's method.
    :param argument: see the declaration.
    """

    def __cinit__(self, str name, int rendering, to_url, argument):
        self.name = name
        self.rendering = <Rendering>rendering
        self.to_url = to_url
        self.argument = argument

    cdef bint makes_text(self, object value) except -1:
        """Whether `text` makes a str of the value without running Python code."""
        if self.rendering == Rendering.REAL:
            return PyFloat_CheckExact(value) and not self.argument
        if self.rendering == Rendering.UUID:
            return type(value) is UUIDValue
        return False

    cdef object text(self, object value):
        """What the converter's `to_url` returns for the value."""
        cdef str text
        if self.rendering == Rendering.TEXT:
            if not PyUnicode_CheckExact(value):
                # The str of an object may be of a subclass, too.
                value = PyUnicode_FromObject(PyObject_Str(value))
            return quoted(<str>value, Safe.PATH_SAFE)
        if self.rendering == Rendering.INTEGER:
            text = PyObject_Str(value if PyLong_CheckExact(value) else int(value))
            return text.zfill(self.argument) if self.argument else text
        if self.rendering == Rendering.REAL:
            text = PyObject_Str(value if PyFloat_CheckExact(value) else float(value))
            return text.zfill(self.argument) if self.argument else text
        if self.rendering == Rendering.UUID and type(value) is UUIDValue:
            return _uuid_text(value)
        if self.rendering == Rendering.CHOICE and value in self.argument:
            return PyObject_Str(value)
        return self.to_url(value)


cdef class UrlTemplate:
    """One rule's URL with gaps for its variables.

    :param trace: the rule as ``(is variable, text or name)`` pairs; the pair ``(False, "|")`` parts
        the domain from the path.
    :param renderings: by variable name, ``(rendering, to_url, argument)`` as in :class:`Gap`.
    :param defaults: values of variables that are fixed.
    """

    def __cinit__(self, trace, renderings, defaults):
        split = trace.index((False, "|"))
        self.domain = _parts(trace[:split], renderings, defaults)
        self.path = _parts(trace[split + 1 :], renderings, defaults)
        names = [part.name for part in self.domain + self.path if isinstance(part, Gap)]
        self.gaps = len(names)
        self.known = frozenset(names + list(map(str, defaults)))
        self.exact = len(self.known) == self.gaps
        self.fixed_domain = _fixed(self.domain)
        self.fixed_path = _fixed(self.path)

    cdef dict unknown(self, dict values):
        cdef dict unknown = None
        if self.exact and len(values) == self.gaps:
            # Every gap has a value, or filling it is going to fail.
            return None
        for name, value in values.items():
            if name not in self.known:
                if not isinstance(name, str):
                    raise TypeError(f"the name of a value must be a str, not {name!r}")
                if unknown is None:
                    unknown = {}
                unknown[name] = value
        return unknown

    cdef object domain_part(self, dict values):
        return _filled(self.domain, values) if self.fixed_domain is None else self.fixed_domain

    cdef object path_part(self, dict values):
        return _filled(self.path, values) if self.fixed_path is None else self.fixed_path

    def leftover(self, dict values not None):
        """Return a dict of the values that the rule does not know.

        :param values: values by name.
        :raise TypeError: a variable has no value, or a name is no str.
        """
        for part in self.domain + self.path:
            if isinstance(part, Gap) and part.name not in values:
                raise TypeError(f"no value for variable {part.name!r}")
        return self.unknown(values) or {}

    def fill(self, dict values not None):
        """Fill in the variables.

        :param values: values by name.
        :return: domain part and path.
        :raise TypeError: a variable has no value. What converters raise passes through.
        """
        return self.domain_part(values), self.path_part(values)


cdef object _fixed(tuple parts):
    """The one text that the parts are, `None` if there are gaps."""
    return parts[0] if len(parts) == 1 and isinstance(parts[0], str) else None


cdef object _filled(tuple parts, dict values):
    cdef object result = _written(parts, values)
    if result is not None:
        return result
    return PyUnicode_Join("", [_piece(part, values) for part in parts])


cdef object _written(tuple parts, dict values):
    """Write the parts straight into a str, `None` when some value needs more than that.

    That is for values of the exact types alone: no Python code runs, so nothing that is borrowed
    from `values` goes away between the two passes.
    """
    cdef (PyObject*)[WRITTEN_GAPS] given
    cdef Py_ssize_t[WRITTEN_GAPS] lengths
    cdef char[WRITTEN_GAPS * DIGITS] digits
    # The texts that were made in the first pass.
    cdef list made = None
    cdef Py_ssize_t total = 0, length, gaps = 0
    cdef PyObject* value
    cdef Gap gap
    cdef uint8_t* out
    cdef object result, text
    for part in parts:
        if PyUnicode_CheckExact(part):
            if not PyUnicode_IS_ASCII(part):
                return None
            total += PyUnicode_GET_LENGTH(part)
            continue
        gap = <Gap>part
        value = PyDict_GetItemWithError(values, gap.name)
        if value == NULL or gaps == WRITTEN_GAPS:
            return None
        if gap.rendering == Rendering.TEXT and PyUnicode_CheckExact(<object>value):
            length = quoted_length(<str>value, Safe.PATH_SAFE)
        elif gap.rendering == Rendering.INTEGER and not gap.argument:
            length = _decimal_digits(<object>value, digits + gaps * DIGITS)
        elif gap.rendering == Rendering.CHOICE:
            if not PyUnicode_CheckExact(<object>value) or <object>value not in gap.argument:
                return None
            length = PyUnicode_GET_LENGTH(<object>value) if PyUnicode_IS_ASCII(<object>value) else -1
        elif gap.makes_text(<object>value):
            text = gap.text(<object>value)
            length = PyUnicode_GET_LENGTH(text)
            if made is None:
                made = []
            made.append(text)
            value = <PyObject*>text
        else:
            return None
        if length < 0:
            return None
        given[gaps] = value
        lengths[gaps] = length
        gaps += 1
        total += length
    result = PyUnicode_New(total, 127)
    out = <uint8_t*>PyUnicode_1BYTE_DATA(result)
    gaps = 0
    for part in parts:
        if PyUnicode_CheckExact(part):
            out = _copy(out, part)
            continue
        gap = <Gap>part
        if gap.rendering == Rendering.TEXT:
            out = write_quoted(out, <str>given[gaps], Safe.PATH_SAFE)
        elif gap.rendering == Rendering.INTEGER:
            length = lengths[gaps]
            memcpy(out, digits + (gaps + 1) * DIGITS - length, length)
            out += length
        else:
            out = _copy(out, <object>given[gaps])
        gaps += 1
    assert out == <uint8_t*>PyUnicode_1BYTE_DATA(result) + total
    return result


cdef inline uint8_t* _copy(uint8_t* out, object text) noexcept:
    """Copy an ASCII text."""
    cdef Py_ssize_t length = PyUnicode_GET_LENGTH(text)
    memcpy(out, PyUnicode_1BYTE_DATA(text), length)
    return out + length


cdef str _uuid_text(object value):
    """The 8-4-4-4-12 form of a UUID."""
    cdef bytes raw = value.int.to_bytes(16, "big")
    cdef str result = PyUnicode_New(36, 127)
    cdef uint8_t* out = <uint8_t*>PyUnicode_1BYTE_DATA(result)
    cdef const uint8_t* byte = raw
    cdef int index
    for index in range(16):
        if index == 4 or index == 6 or index == 8 or index == 10:
            out[0] = c'-'
            out += 1
        out[0] = <uint8_t>HEXADECIMAL[byte[index] >> 4]
        out[1] = <uint8_t>HEXADECIMAL[byte[index] & 15]
        out += 2
    return result


cdef Py_ssize_t _decimal_digits(object value, char* digits) except? -1:
    """Put an integer at the end of `digits`; return its length, -1 if it is none or too large."""
    cdef int overflow = 0
    cdef long long number
    cdef unsigned long long rest
    cdef Py_ssize_t at = DIGITS
    if not PyLong_CheckExact(value):
        return -1
    number = PyLong_AsLongLongAndOverflow(value, &overflow)
    if overflow:
        return -1
    rest = <unsigned long long>number
    if number < 0:
        rest = 0 - rest
    while True:
        at -= 1
        digits[at] = <char>(48 + rest % 10)
        rest //= 10
        if rest == 0:
            break
    if number < 0:
        at -= 1
        digits[at] = c'-'
    return DIGITS - at


cdef inline object _piece(object part, dict values):
    cdef PyObject* value
    if PyUnicode_CheckExact(part):
        return part
    value = PyDict_GetItemWithError(values, (<Gap>part).name)
    if value == NULL:
        raise TypeError(f"no value for variable {(<Gap>part).name!r}")
    return (<Gap>part).text(<object>value)


cdef tuple _parts(trace, renderings, defaults):
    """Join texts, with variables that are fixed among them; there is at least one part."""
    parts = []
    for is_variable, text in trace:
        if not is_variable:
            part = quoted(text, Safe.PATH_SAFE)
        elif text in defaults:
            part = renderings[text][1](defaults[text])
        else:
            parts.append(Gap(text, *renderings[text]))
            continue
        if parts and isinstance(parts[-1], str):
            parts[-1] += part
        else:
            parts.append(part)
    return tuple(parts) or ("",)
