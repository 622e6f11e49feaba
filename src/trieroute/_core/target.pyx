# cython: language_level=3, wraparound=False, cdivision=True
"""Targets: a rule at the end of a walk, and what a match makes of it.

What lives here: finding the spans of a rule's variables in a path, the values that converters make
of them, and the path that a redirect corrects. What must not be known here: nodes, ranks, the search.

A target knows in which segment each of its variables stands, so it needs of the walk no more than the
segments. Only here do spans become Python objects, and only here does Python code of converters run.
"""

from cpython.dict cimport PyDict_SetItem
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_New, PyUnicode_Substring
from libc.stdint cimport uint8_t, uint16_t, uint32_t
from libc.string cimport memcpy, memset

import re
from uuid import UUID, SafeUUID

cimport cython


cdef extern from "Python.h":
    bint PyUnicode_IS_COMPACT_ASCII(object text) noexcept
    Py_UCS4 PyUnicode_READ_CHAR(object text, Py_ssize_t index) noexcept
    ctypedef int (*descrsetfunc)(object slot, object target, object value) except -1
    ctypedef struct PyTypeObject:
        descrsetfunc tp_descr_set
    PyTypeObject* Py_TYPE(object value) noexcept
    object PyType_GenericAlloc(PyTypeObject* type, Py_ssize_t items)
    object _PyLong_FromByteArray(
        const unsigned char* bytes, size_t count, int little_endian, int signed
    )


from werkzeug.routing import ValidationError

from .part cimport Conversion, Part, Value
from .pattern cimport Char, Pattern, Span, short_float, short_number, strip_slash
from .walk cimport Walk


cdef enum:
    STACK_SPANS = 16
    # Their number is kept in 32 bits.
    MOST_VARIABLES = 0x7FFFFFFF

_RUN = re.compile("/{2,}")


cdef class _Refused:
    """Stands for the value of a variable that its converter refuses."""


cdef object _REFUSED = _Refused()
cdef type _UUID = UUID
cdef object _UNKNOWN = SafeUUID.unknown
# The slots of the class, and what sets them.
cdef object _INT = vars(UUID)["int"]
cdef object _IS_SAFE = vars(UUID)["is_safe"]
cdef descrsetfunc _SET_INT = Py_TYPE(_INT).tp_descr_set
cdef descrsetfunc _SET_IS_SAFE = Py_TYPE(_IS_SAFE).tp_descr_set
if _SET_INT == NULL or _SET_IS_SAFE == NULL:
    raise ImportError("uuid.UUID has no slots 'int' and 'is_safe'")


# What the captures borrow must live as long as they do: the collector breaks no cycle here.
@cython.no_gc_clear
@cython.final
cdef class Target:
    """A rule at the end of a walk, with its settings as they were when the target was made.

    :param rule: the rule.
    :param endpoint: what a match returns.
    :param defaults: a mapping laid over the values, or ``None``.
    :param methods: the methods that the rule takes, in upper case; ``None`` for all.
    :param domain: the rule's domain.
    :param parts: the parts of its path. The first one stands before the first slash and is not
        read; of a branch, the last one stands behind the last.
    :param branch: whether the rule ends with a slash.
    :param strict: whether a slash too many or too few is no match.
    :param merges: whether the rule takes part when slashes are merged.
    :param websocket: whether it takes WebSocket requests, and those only.
    :param direct: whether nothing redirects a match of the rule.
    """

    def __cinit__(
        self,
        rule,
        endpoint,
        defaults,
        frozenset methods,
        Part domain not None,
        tuple parts not None,
        bint branch,
        bint strict,
        bint merges,
        bint websocket,
        bint direct,
    ):
        cdef Py_ssize_t index, count = len(parts) - branch
        cdef Part part = domain
        cdef list steps = []
        cdef tuple variables = domain.values
        self.rule = rule
        self.endpoint = endpoint
        self.defaults = defaults
        self.methods = methods
        self.domain = domain
        self.branch = branch
        self.strict = strict
        self.merges = merges
        self.websocket = websocket
        self.direct = direct
        self.simple = not defaults
        for index in range(1, count):
            part = <Part>parts[index]
            if part.text is not None:
                steps.append(part.text)
                continue
            steps.append(part.pattern)
            variables = variables + part.values if variables else part.values
        self.tail = count > 1 and part.tail
        self.steps = tuple(steps)
        self.variables = variables
        if variables:
            self._set_variables()

    cdef int _set_variables(self) except -1:
        """Note where each variable is; the target has room for the few that most rules have."""
        cdef Py_ssize_t index, captures = 0, count = len(self.variables)
        cdef VariableField* field
        cdef Value value
        if count > MOST_VARIABLES:
            raise MemoryError(f"rule {self.rule}: it has too many variables")
        self.fields = self.near_fields
        if count > NEAR_FIELDS:
            self.fields = <VariableField*>PyMem_Malloc(count * sizeof(VariableField))
        for step in self.steps:
            captures += isinstance(step, Pattern)
        self.captures = <Capture*>PyMem_Malloc((captures + 1) * sizeof(Capture))
        if self.fields == NULL or self.captures == NULL:
            raise MemoryError
        self.field_count = <uint32_t>count
        for index in range(count):
            value = <Value>self.variables[index]
            field = &self.fields[index]
            field.name = <void*>value.name
            field.segment = 0
            field.conversion = value.conversion
        index = 0
        if self.domain.pattern is not None:
            index = self._add_capture(self.domain.pattern, -1, index)
        for segment, step in enumerate(self.steps):
            if isinstance(step, Pattern):
                index = self._add_capture(step, segment, index)
        if index != count:
            raise ValueError(f"rule {self.rule}: patterns and variables differ in number")
        if self.simple:
            # The fields say it all.
            PyMem_Free(self.captures)
            self.captures = NULL
        return 0

    cdef Py_ssize_t _add_capture(
        self, Pattern pattern, Py_ssize_t segment, Py_ssize_t first
    ) except -1:
        """Append a pattern whose variables begin with number `first`; return the next number."""
        cdef Capture* capture = &self.captures[self.capture_count]
        if not pattern.plain or segment < 0:
            self.simple = False
        capture.pattern = <void*>pattern
        capture.segment = segment
        capture.first = first
        self.capture_count += 1
        if first < self.field_count:
            self.fields[first].segment = <uint32_t>max(segment, 0)
        return first + pattern.variables

    def __dealloc__(self):
        if self.fields != self.near_fields:
            PyMem_Free(self.fields)
        PyMem_Free(self.captures)

    cdef dict values(self, const Walk* walk, str domain, str path):
        cdef dict values
        cdef const VariableField* field
        cdef Py_ssize_t index
        cdef long long number
        if not self.simple:
            return self._other_values(walk, domain, path)
        values = {}
        for index in range(self.field_count):
            field = &self.fields[index]
            if field.conversion == Conversion.AS_TEXT:
                value = _part(path, walk.segments[field.segment])
            elif field.conversion == Conversion.AS_INT and short_number(
                path, walk.segments[field.segment], &number
            ):
                value = number
            else:
                value = self._value(index, path, walk.segments[field.segment])
                if value is _REFUSED:
                    return None
            PyDict_SetItem(values, <object>field.name, value)
        return values

    cdef dict _other_values(self, const Walk* walk, str domain, str path):
        cdef Span[STACK_SPANS] stack_spans
        cdef Span* own_spans
        if self.field_count == 0:
            return dict(self.defaults)
        if self.field_count <= STACK_SPANS:
            return self._values(walk, domain, path, stack_spans)
        own_spans = <Span*>PyMem_Malloc(self.field_count * sizeof(Span))
        if own_spans == NULL:
            raise MemoryError
        try:
            return self._values(walk, domain, path, own_spans)
        finally:
            PyMem_Free(own_spans)

    cdef dict _values(self, const Walk* walk, str domain, str path, Span* spans):
        cdef dict values = {}
        cdef Py_ssize_t index, in_domain = 0
        self._find_all_spans(walk, domain, path, spans)
        if self.captures[0].segment < 0:
            in_domain = (<Pattern>self.captures[0].pattern).variables
            domain = _as_matched(domain)
        for index in range(self.field_count):
            value = self._value(index, domain if index < in_domain else path, spans[index])
            if value is _REFUSED:
                return None
            PyDict_SetItem(values, <object>self.fields[index].name, value)
        if self.defaults:
            values.update(self.defaults)
        return values

    cdef int _find_all_spans(
        self, const Walk* walk, str domain, str path, Span* found
    ) except -1:
        if walk.kind == 1:
            return self._find_spans(walk, domain, path, <const uint8_t*>walk.text, found)
        if walk.kind == 2:
            return self._find_spans(walk, domain, path, <const uint16_t*>walk.text, found)
        return self._find_spans(walk, domain, path, <const uint32_t*>walk.text, found)

    cdef int _find_spans(
        self, const Walk* walk, str domain, str path, const Char* text, Span* found
    ) except -1:
        """Match the rule's patterns once more, now for the spans of their variables."""
        cdef Py_ssize_t index, variable
        cdef const Capture* capture
        cdef Span span
        for index in range(self.capture_count):
            capture = &self.captures[index]
            if capture.segment < 0:
                (<Pattern>capture.pattern).accepts_whole(domain.lower(), found)
                continue
            span = walk.segments[capture.segment]
            if (<Pattern>capture.pattern).plain:
                found[capture.first] = span
                continue
            if self.tail and index == self.capture_count - 1:
                span.end = walk.length
                if self.branch:
                    strip_slash(text, &span, walk.merging)
            if (
                walk.fitted == capture.pattern
                and walk.fitted_text.start == span.start
                and walk.fitted_text.end == span.end
            ):
                # The walk has just found them.
                for variable in range((<Pattern>capture.pattern).variables):
                    found[capture.first + variable] = walk.fitted_spans[variable]
                continue
            (<Pattern>capture.pattern).accepts(
                path, text, span, walk.merging, found + capture.first
            )
        return 0

    cdef object _value(self, Py_ssize_t index, str source, Span span):
        """The value of a variable, `_REFUSED` when its converter does not take the text."""
        cdef Conversion conversion = self.fields[index].conversion
        cdef long long number
        cdef double real
        if conversion == Conversion.AS_INT and short_number(source, span, &number):
            return number
        if conversion == Conversion.AS_UUID:
            return _uuid(source, span.start)
        if conversion == Conversion.AS_FLOAT and short_float(source, span, &real):
            return real
        text = _part(source, span)
        if conversion == Conversion.AS_TEXT:
            return text
        try:
            if conversion == Conversion.AS_INT:
                return int(text)
            if conversion == Conversion.AS_FLOAT:
                return float(text)
        except ValueError:
            return _REFUSED
        try:
            return (<Value>self.variables[index]).to_python(text)
        except ValidationError:
            return _REFUSED

    cdef str corrected(self, const Walk* walk, str path, bint lacks_slash):
        cdef Py_ssize_t count = walk.count
        cdef Py_ssize_t index, at
        cdef Py_ssize_t variables = self.field_count
        cdef Span* spans
        cdef str last = "/" if lacks_slash else ""
        if not walk.merging:
            return f"/{path[walk.lead:]}{last}" if walk.length else last
        pieces = []
        if self.tail:
            count = self.captures[self.capture_count - 1].segment
        for index in range(count):
            pieces.append("/")
            pieces.append(
                PyUnicode_Substring(path, walk.segments[index].start, walk.segments[index].end)
            )
        if self.tail:
            # Slashes are merged around the variables of the tail, not in them.
            pieces.append("/")
            spans = <Span*>PyMem_Malloc((variables + 1) * sizeof(Span))
            if spans == NULL:
                raise MemoryError
            try:
                # What the domain's variables are does not matter here.
                self._find_all_spans(walk, "", path, spans)
                at = walk.segments[count].start
                for index in range(self.captures[self.capture_count - 1].first, variables):
                    pieces.append(_merged(path, at, spans[index].start))
                    pieces.append(
                        PyUnicode_Substring(path, spans[index].start, spans[index].end)
                    )
                    at = spans[index].end
                pieces.append(_merged(path, at, walk.length))
            finally:
                PyMem_Free(spans)
        pieces.append(last)
        return "".join(pieces)


cdef inline object _part(str source, Span span):
    """Cut out a text."""
    cdef Py_ssize_t length = span.end - span.start
    cdef str part
    if not PyUnicode_IS_COMPACT_ASCII(source) or length < 2:
        # The interpreter keeps the texts of one character.
        return PyUnicode_Substring(source, span.start, span.end)
    part = PyUnicode_New(length, 127)
    memcpy(PyUnicode_DATA(part), <const char*>PyUnicode_DATA(source) + span.start, length)
    return part


cdef object _uuid(str source, Py_ssize_t start):
    """The UUID of 36 code points whose form has been checked, without what its constructor does."""
    cdef uint8_t[16] number
    cdef Py_ssize_t at, digits = 0
    cdef uint32_t character
    memset(number, 0, 16)
    for at in range(start, start + 36):
        character = PyUnicode_READ_CHAR(source, at)
        if character != c'-':
            # A letter's low bits are its number, from 1 on.
            character = (character & 15) + 9 * (character >> 6)
            number[digits >> 1] = <uint8_t>(number[digits >> 1] << 4 | character)
            digits += 1
    value = PyType_GenericAlloc(<PyTypeObject*>_UUID, 0)
    # The class itself lets nobody set what its slots hold.
    _SET_INT(_INT, value, _PyLong_FromByteArray(number, 16, False, False))
    _SET_IS_SAFE(_IS_SAFE, value, _UNKNOWN)
    return value


cdef str _merged(str path, Py_ssize_t start, Py_ssize_t end):
    return _RUN.sub("/", PyUnicode_Substring(path, start, end))


cdef str _as_matched(str domain):
    """The domain itself if its spans are those of its lower-case form, which was matched."""
    cdef str lowered = domain.lower()
    return domain if len(lowered) == len(domain) else lowered
