# cython: language_level=3, cdivision=True
"""URL templates: one rule's URL, ready to be filled in.

What lives here: joining texts that were quoted when the rule was compiled with what converters make
of values. The built-in converters' texts are made here, others by their `to_url`. What must not be
known here: rules, maps, which rule suits which values.
"""

from cpython.dict cimport PyDict_GetItemWithError
from cpython.float cimport PyFloat_CheckExact
from cpython.long cimport PyLong_AsLongLongAndOverflow, PyLong_CheckExact
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from cpython.object cimport PyObject, PyObject_Str
from cpython.ref cimport Py_DECREF, Py_INCREF
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

cimport cython

from .quoting cimport Safe, quoted, quoted_length, write_quoted


cdef extern from "Python.h":
    bint PyUnicode_IS_ASCII(object text) noexcept


cdef const char* HEXADECIMAL = "0123456789abcdef"

cdef enum:
    DIGITS = 20          # of the longest long long, sign included
    WRITTEN_GAPS = 9     # a URL with so many is joined of separate texts


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


# What the steps borrow must live as long as they do: the collector breaks no cycle here.
@cython.no_gc_clear
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
        self._set_steps()

    def __dealloc__(self):
        PyMem_Free(self.steps)
        PyMem_Free(self.texts)

    cdef int _set_steps(self) except -1:
        """Lay out the path's texts and gaps, each in one piece of memory, for `written`."""
        cdef Py_ssize_t length = 0
        cdef Step* step
        cdef Gap gap
        for part in self.path:
            if isinstance(part, str):
                if not part.isascii():
                    return 0
                length += len(part)
        self.steps = <Step*>PyMem_Malloc((len(self.path) + 1) * sizeof(Step))
        self.texts = <uint8_t*>PyMem_Malloc(length + 1)
        if self.steps == NULL or self.texts == NULL:
            raise MemoryError
        self.text_length = length
        length = 0
        for part in self.path:
            step = &self.steps[self.step_count]
            step.gap = NULL
            step.name = NULL
            step.rendering = Rendering.TEXT
            step.length = 0
            if isinstance(part, Gap):
                gap = part
                step.gap = <void*>gap
                step.name = <void*>gap.name
                step.rendering = gap.rendering
                if gap.rendering == Rendering.INTEGER and gap.argument:
                    step.rendering = Rendering.CALLED
            else:
                step.length = len(part)
                for character in part:
                    self.texts[length] = <uint8_t>ord(character)
                    length += 1
            self.step_count += 1
        return 0

    cdef object written(self, dict values):
        cdef (PyObject*)[WRITTEN_GAPS] given
        cdef Py_ssize_t taken = 0, index
        if self.step_count == 0:
            return None
        try:
            return self._write(values, given, &taken)
        finally:
            for index in range(taken):
                Py_DECREF(<object>given[index])

    cdef object _write(self, dict values, PyObject** given, Py_ssize_t* taken):
        cdef Py_ssize_t[WRITTEN_GAPS] lengths
        cdef char[WRITTEN_GAPS * DIGITS] digits
        cdef Py_ssize_t total = self.text_length, length, gaps = 0, index
        cdef const Step* step
        cdef const uint8_t* literal = self.texts
        cdef uint8_t* out
        cdef object result, value
        for index in range(self.step_count):
            step = &self.steps[index]
            if step.gap == NULL:
                continue
            given[gaps] = PyDict_GetItemWithError(values, <object>step.name)
            if given[gaps] == NULL:
                return None
            value = <object>given[gaps]
            if step.rendering == Rendering.TEXT:
                if not PyUnicode_CheckExact(value):
                    return None
                length = quoted_length(<str>value, Safe.PATH_SAFE)
            elif step.rendering == Rendering.INTEGER:
                length = _decimal_digits(value, digits + gaps * DIGITS)
            elif step.rendering == Rendering.CHOICE:
                if (
                    not PyUnicode_CheckExact(value)
                    or not PyUnicode_IS_ASCII(value)
                    or value not in (<Gap>step.gap).argument
                ):
                    return None
                length = PyUnicode_GET_LENGTH(value)
            elif (<Gap>step.gap).makes_text(value):
                value = (<Gap>step.gap).text(value)
                length = PyUnicode_GET_LENGTH(value)
            else:
                return None
            if length < 0 or gaps == WRITTEN_GAPS - 1:
                return None
            # The dict may change before the second pass: its values are held until then.
            Py_INCREF(value)
            given[gaps] = <PyObject*>value
            lengths[gaps] = length
            gaps += 1
            taken[0] = gaps
            total += length
        result = PyUnicode_New(total, 127)
        out = <uint8_t*>PyUnicode_1BYTE_DATA(result)
        gaps = 0
        for index in range(self.step_count):
            step = &self.steps[index]
            if step.gap == NULL:
                memcpy(out, literal, step.length)
                literal += step.length
                out += step.length
                continue
            length = lengths[gaps]
            if step.rendering == Rendering.TEXT:
                write_quoted(out, <str>given[gaps], Safe.PATH_SAFE)
            elif step.rendering == Rendering.INTEGER:
                memcpy(out, digits + (gaps + 1) * DIGITS - length, length)
            else:
                memcpy(out, PyUnicode_1BYTE_DATA(<object>given[gaps]), length)
            out += length
            gaps += 1
        assert out == <uint8_t*>PyUnicode_1BYTE_DATA(result) + total
        return result

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
        if self.fixed_path is not None:
            return self.fixed_path
        path = self.written(values)
        return _filled(self.path, values) if path is None else path

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
    return PyUnicode_Join("", [_piece(part, values) for part in parts])


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
    held = <object>value
    return (<Gap>part).text(held)


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
