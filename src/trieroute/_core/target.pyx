# cython: language_level=3, wraparound=False, cdivision=True
"""Targets: a rule at the end of a walk, and what a match makes of it.

What lives here: finding the spans of a rule's variables in a path, the values that converters make
of them, and the path that a redirect corrects. What must not be known here: nodes, ranks, the
search.

A target knows in which segment each of its variables stands, so it needs of the walk no more than
the segments. Only here do spans become Python objects, and only here does Python code of converters
run.
"""

from cpython.bytearray cimport PyByteArray_AS_STRING, PyByteArray_FromStringAndSize
from cpython.dict cimport PyDict_SetItem
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from cpython.unicode cimport (
    PyUnicode_DATA,
    PyUnicode_New,
    PyUnicode_READ_CHAR,
    PyUnicode_Substring,
)
from libc.stdint cimport uint8_t, uint16_t
from libc.string cimport memcpy, memset

import re
from types import MemberDescriptorType
from uuid import UUID, SafeUUID

cimport cython


cdef extern from "Python.h":
    bint PyUnicode_IS_COMPACT_ASCII(object text) noexcept
    ctypedef int (*descrsetfunc)(object slot, object target, object value) except -1
    ctypedef struct PyTypeObject:
        descrsetfunc tp_descr_set
    PyTypeObject* Py_TYPE(object value) noexcept
    object PyType_GenericAlloc(PyTypeObject* type, Py_ssize_t items)
    object _PyLong_FromByteArray(
        const unsigned char* bytes, size_t count, int little_endian, int signed
    )


from werkzeug.routing import ValidationError

from .numbers cimport short_float, short_number
from .part cimport Value
from .pattern cimport Pattern
from .text cimport Char, Span, shared_text, strip_slash


cdef enum:
    STACK_SPANS = 16
    # Their number is kept in 32 bits.
    MOST_VARIABLES = 0x7FFFFFFF


cdef class _Refused:
    """Stands for the value of a variable that its converter refuses."""


cdef object _REFUSED = _Refused()
cdef type _UUID = UUID
cdef object _UNKNOWN = SafeUUID.unknown
# These are the slots of the class, and what sets them; NULL if it keeps its values elsewhere.
cdef object _INT = vars(UUID).get("int")
cdef object _IS_SAFE = vars(UUID).get("is_safe")
cdef descrsetfunc _SET_INT = NULL
cdef descrsetfunc _SET_IS_SAFE = NULL
if type(_INT) is MemberDescriptorType and type(_IS_SAFE) is MemberDescriptorType:
    _SET_INT = Py_TYPE(_INT).tp_descr_set
    _SET_IS_SAFE = Py_TYPE(_IS_SAFE).tp_descr_set


# What the captures borrow must live as long as they do, so the collector may break no cycle here.
@cython.no_gc_clear
@cython.final
cdef class Target:
    """A rule at the end of a walk, with its settings as they were when the target was made.

    :param parts: the parts of its path. The first one stands before the first slash and is not
        read; of a branch, the last one stands behind the last.
    :param compiled: what domain and parts are from, kept for whoever orders and explains targets:
        the rule may be compiled again at any time.
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
        compiled=None,
    ):
        cdef Py_ssize_t index, count = len(parts) - branch
        cdef Part part = domain
        cdef list steps = [], variables = list(domain.values)
        self.rule = rule
        self.endpoint = shared_text(endpoint)
        self.defaults = defaults
        self.methods = methods
        self.domain = domain
        self.branch = branch
        self.strict = strict
        self.merges = merges
        self.websocket = websocket
        self.direct = direct
        self.compiled = compiled
        self.simple = not defaults
        for index in range(1, count):
            part = <Part>parts[index]
            if part.text is not None:
                steps.append(part.text)
                continue
            if part.tail and index != count - 1:
                raise ValueError("a tail is the last part, or the one before an empty one")
            steps.append(part.pattern)
            variables += part.values
        self.tail = count > 1 and part.tail
        self.steps = tuple(steps)
        self.variables = tuple(variables)
        if variables:
            _set_variables(self)

    def __dealloc__(self):
        if self.fields != self.near_fields:
            PyMem_Free(self.fields)
        PyMem_Free(self.captures)

    cdef dict values(self, const Walk* walk, str domain, str path):
        cdef dict values
        cdef const VariableField* field
        cdef void* name
        cdef Py_ssize_t index
        cdef long long number
        if not self.simple:
            return _other_values(self, walk, domain, path)
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
                value = _value(self, index, path, walk.segments[field.segment])
                if value is _REFUSED:
                    return None
            # To cast the field itself would count a reference.
            name = field.name
            PyDict_SetItem(values, <object>name, value)
        return values

    cdef bint takes(self, const Walk* walk, str domain, str path) except -1:
        cdef Py_ssize_t index
        for index in range(self.field_count):
            if self.fields[index].conversion not in (Conversion.AS_TEXT, Conversion.AS_UUID):
                return self.values(walk, domain, path) is not None
        return True

    cdef str corrected(self, const Walk* walk, str path, bint lacks_slash):
        cdef Py_ssize_t count = walk.count
        cdef Py_ssize_t index, at
        cdef Py_ssize_t variables = self.field_count
        cdef Span* spans
        cdef bytearray own_spans
        cdef str last = "/" if lacks_slash else ""
        if not walk.merging:
            return f"/{path[walk.leading:]}{last}" if walk.length else last
        pieces = []
        if self.tail:
            count = self.captures[self.capture_count - 1].segment
        for index in range(count):
            pieces.append("/")
            pieces.append(
                PyUnicode_Substring(path, walk.segments[index].start, walk.segments[index].end)
            )
        if self.tail:
            # Slashes are merged around the values in the tail, not within them.
            pieces.append("/")
            own_spans = _memory_for(variables)
            spans = <Span*>PyByteArray_AS_STRING(own_spans)
            # What the domain's variables are does not matter here.
            _find_all_spans(self, walk, "", path, spans)
            index = self.captures[self.capture_count - 1].first
            # An empty value may stand within the run of slashes in front.
            at = min(walk.segments[count].start, spans[index].start)
            for index in range(index, variables):
                pieces.append(_merged(path, at, spans[index].start))
                pieces.append(PyUnicode_Substring(path, spans[index].start, spans[index].end))
                at = spans[index].end
            pieces.append(_merged(path, at, walk.length))
        pieces.append(last)
        return "".join(pieces)


cdef int _set_variables(Target target) except -1:
    """Note where each variable is; the target has room for the few that most rules have."""
    cdef Py_ssize_t index, captures = 0, count = len(target.variables)
    cdef VariableField* field
    cdef Value value
    if count > MOST_VARIABLES:
        raise MemoryError(f"rule {target.rule}: it has too many variables")
    target.fields = target.near_fields
    if count > NEAR_FIELDS:
        target.fields = <VariableField*>PyMem_Malloc(count * sizeof(VariableField))
    for step in target.steps:
        captures += isinstance(step, Pattern)
    target.captures = <Capture*>PyMem_Malloc((captures + 1) * sizeof(Capture))
    if target.fields == NULL or target.captures == NULL:
        raise MemoryError
    target.field_count = <uint32_t>count
    for index in range(count):
        value = <Value>target.variables[index]
        field = &target.fields[index]
        field.name = <void*>value.name
        field.segment = 0
        field.conversion = value.conversion
    index = 0
    if target.domain.pattern is not None:
        index = _add_capture(target, target.domain.pattern, -1, index)
    for segment, step in enumerate(target.steps):
        if isinstance(step, Pattern):
            index = _add_capture(target, step, segment, index)
    if index != count:
        raise ValueError(f"rule {target.rule}: patterns and variables differ in number")
    if target.simple:
        # The fields say it all.
        PyMem_Free(target.captures)
        target.captures = NULL
    return 0


cdef Py_ssize_t _add_capture(
    Target target, Pattern pattern, Py_ssize_t segment, Py_ssize_t first
) except -1:
    """Append a pattern whose variables begin with number `first`; return the next number."""
    cdef Capture* capture = &target.captures[target.capture_count]
    if not pattern.plain or segment < 0:
        target.simple = False
    capture.pattern = <void*>pattern
    capture.segment = segment
    capture.first = first
    target.capture_count += 1
    if first < target.field_count:
        target.fields[first].segment = <uint32_t>max(segment, 0)
    return first + pattern.variables


cdef dict _other_values(Target target, const Walk* walk, str domain, str path):
    cdef Span[STACK_SPANS] stack_spans
    cdef Span* spans = stack_spans
    cdef bytearray own_spans
    cdef dict values
    cdef void* name
    cdef Py_ssize_t index, in_domain = 0
    if target.field_count == 0:
        return dict(target.defaults)
    if target.field_count > STACK_SPANS:
        own_spans = _memory_for(target.field_count)
        spans = <Span*>PyByteArray_AS_STRING(own_spans)
    values = {}
    _find_all_spans(target, walk, domain, path, spans)
    if target.captures[0].segment < 0:
        in_domain = (<Pattern>target.captures[0].pattern).variables
        domain = _as_matched(domain)
    for index in range(target.field_count):
        value = _value(target, index, domain if index < in_domain else path, spans[index])
        if value is _REFUSED:
            return None
        name = target.fields[index].name
        PyDict_SetItem(values, <object>name, value)
    if target.defaults:
        values.update(target.defaults)
    return values


cdef bytearray _memory_for(Py_ssize_t spans):
    return PyByteArray_FromStringAndSize(NULL, spans * sizeof(Span))


cdef int _find_all_spans(
    Target target, const Walk* walk, str domain, str path, Span* found
) except -1:
    if walk.kind == 1:
        return _find_spans(target, walk, domain, path, <const uint8_t*>walk.text, found)
    if walk.kind == 2:
        return _find_spans(target, walk, domain, path, <const uint16_t*>walk.text, found)
    return _find_spans(target, walk, domain, path, <const uint32_t*>walk.text, found)


cdef int _find_spans(
    Target target, const Walk* walk, str domain, str path, const Char* text, Span* found
) except -1:
    """Match the rule's patterns once more, now for the spans of their variables."""
    cdef Py_ssize_t index, variable
    cdef const Capture* capture
    cdef Span span
    for index in range(target.capture_count):
        capture = &target.captures[index]
        if capture.segment < 0:
            (<Pattern>capture.pattern).accepts_whole(domain.lower(), found)
            continue
        span = walk.segments[capture.segment]
        if (<Pattern>capture.pattern).plain:
            found[capture.first] = span
            continue
        if target.tail and index == target.capture_count - 1:
            span.end = walk.length
            if target.branch:
                strip_slash(text, &span, walk.merging)
        if (
            walk.fitted == capture.pattern
            and walk.fitted_text.start == span.start
            and walk.fitted_text.end == span.end
        ):
            # The walk has just found them.
            for variable in range((<Pattern>capture.pattern).variables):
                found[capture.first + variable] = walk.fitted_spans[variable]
        elif (<Pattern>capture.pattern).tail:
            (<Pattern>capture.pattern).accepts_tail(
                path, text, span, walk.leading, walk.merging, found + capture.first
            )
        else:
            (<Pattern>capture.pattern).accepts(
                path, text, span, walk.merging, found + capture.first
            )
    return 0


cdef object _value(Target target, Py_ssize_t index, str source, Span span):
    """Return the value of a variable, or `_REFUSED` if its converter does not take the text."""
    cdef Conversion conversion = target.fields[index].conversion
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
        return (<Value>target.variables[index]).converter.to_python(text)
    except ValidationError:
        return _REFUSED


cdef inline object _part(str source, Span span):
    """Return text[span] as a str of its own."""
    cdef Py_ssize_t length = span.end - span.start
    cdef str part
    if not PyUnicode_IS_COMPACT_ASCII(source) or length < 2:
        # The interpreter has kept the texts of one character.
        return PyUnicode_Substring(source, span.start, span.end)
    part = PyUnicode_New(length, 127)
    memcpy(PyUnicode_DATA(part), <const char*>PyUnicode_DATA(source) + span.start, length)
    return part


cdef object _uuid(str source, Py_ssize_t start):
    """Return the UUID of 36 code points, whose form has been checked already.

    The constructor, which is many times slower, is called only if the class has no slots to set.
    """
    cdef uint8_t[16] number
    cdef Py_ssize_t at, digits = 0
    cdef uint32_t character
    if _SET_INT == NULL:
        return UUID(PyUnicode_Substring(source, start, start + 36))
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
    """Return path[start:end] with each run of slashes as one slash."""
    return re.sub("/{2,}", "/", PyUnicode_Substring(path, start, end))


cdef str _as_matched(str domain):
    """Return the domain if its spans are those of its lower-case form, otherwise that form."""
    cdef str lowered = domain.lower()
    return domain if len(lowered) == len(domain) else lowered
