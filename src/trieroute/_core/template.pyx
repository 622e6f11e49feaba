# cython: language_level=3, cdivision=True
"""URL templates: one rule's URL, ready to be filled in.

What lives here: joining texts that were quoted when the rule was compiled with what converters make
of values. The built-in converters' texts are made here, others by their `to_url`. What must not be
known here: rules, maps, which rule suits which values.

A template is a row of texts and gaps. Most paths are written in two passes: the first one renders
the numbers into a buffer on the C stack and adds up the length, the second one writes everything
into a str of just that length. Where a converter has to be called, or a text is not ASCII, the
texts are made one by one and joined.
"""

from cpython.float cimport PyFloat_AS_DOUBLE, PyFloat_CheckExact
from cpython.long cimport (
    PyLong_AsLongLongAndOverflow,
    PyLong_AsUnsignedLongLongMask,
    PyLong_CheckExact,
)
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
from libc.stdint cimport uint8_t, uint64_t
from libc.string cimport memcpy

from functools import lru_cache
from uuid import UUID as UUIDValue

from werkzeug.routing import ValidationError

cimport cython

from .quoting cimport Safe, quoted, quoted_length, write_quoted


cdef extern from *:
    """
    /* Return the value of a key as a reference of the caller's own; NULL, perhaps with an exception,
       if there is none. Without the GIL, another thread may take it out of the dict at any time. */
    static CYTHON_INLINE PyObject *trieroute_value(PyObject *values, PyObject *key) {
        PyObject *value;
    #ifdef Py_GIL_DISABLED
        (void)PyDict_GetItemRef(values, key, &value);
    #else
        value = PyDict_GetItemWithError(values, key);
        Py_XINCREF(value);
    #endif
        return value;
    }
    """
    PyObject* value_of "trieroute_value"(dict values, object key) except? NULL


#: One frozenset of the names that many rules have alike.
shared_names = lru_cache(1024)(frozenset)

cdef const char* HEXADECIMAL = "0123456789abcdef"

cdef enum:
    # The longest long long or short decimal has no more characters than this, its sign included.
    DIGITS = 24
    # A path with more gaps is joined of separate texts,
    WRITTEN_GAPS = 8
    # and so is one that has more characters of its own than this.
    MOST_TEXT = 1 << 30


@cython.final
cdef class Gap:
    """A variable's place in a URL."""

    def __cinit__(
        self, str name not None, Rendering rendering, converter, *, Py_ssize_t digits=0, items=()
    ):
        self.name = name
        self.rendering = rendering
        self.converter = converter
        self.digits = digits
        self.items = items

    cpdef object text(self, object value):
        """Return the text of a value for a URL, as the converter's ``to_url`` makes it.

        Unlike Werkzeug's, it is always percent-encoded, whatever a client may have sent.
        """
        cdef str text
        if self.rendering == Rendering.TEXT:
            return quoted(_exact_str(value), Safe.PATH_SAFE)
        if self.rendering == Rendering.INTEGER:
            text = PyObject_Str(value if type(value) is int else int(value))
            return text.zfill(self.digits) if self.digits else text
        if self.rendering == Rendering.REAL:
            text = PyObject_Str(value if type(value) is float else float(value))
            return text.zfill(self.digits) if self.digits else text
        if self.rendering == Rendering.UUID:
            if type(value) is UUIDValue:
                return _uuid_text(value)
            return quoted(_exact_str(value), Safe.PATH_SAFE)
        if self.rendering == Rendering.CHOICE and value in self.items:
            return quoted(_exact_str(value), Safe.PATH_SAFE)
        return self.converter.to_url(value)


cdef inline str _exact_str(object value):
    # The str of an object may be of a subclass, too.
    return <str>value if type(value) is str else PyUnicode_FromObject(PyObject_Str(value))


# What the pieces borrow must live as long as they do, so the collector may break no cycle here.
@cython.no_gc_clear
cdef class UrlTemplate:
    """One rule's URL with gaps for its variables.

    :param domain: texts that are quoted, and gaps between them.
    :param path: likewise.
    :param fixed: names of the variables and other values that the rule's defaults fix.
    """

    def __cinit__(self, domain, path, fixed):
        self.domain = _joined(domain)
        self.path = _joined(path)
        names = []
        for part in self.domain + self.path:
            if isinstance(part, Gap):
                names.append(part.name)
        self.gaps = len(names)
        self.known = shared_names(tuple(names) + tuple(fixed))
        self.exact = len(self.known) == self.gaps
        self.fixed_domain = _fixed(self.domain)
        self.fixed_path = _fixed(self.path)
        _set_pieces(self)

    def __dealloc__(self):
        PyMem_Free(self.pieces)

    cdef object written(self, dict values):
        cdef (PyObject*)[WRITTEN_GAPS] given
        cdef Py_ssize_t taken = 0, index
        if self.piece_count == 0:
            return None
        try:
            return _write(self, values, given, &taken)
        finally:
            for index in range(taken):
                Py_DECREF(<object>given[index])

    cdef bint knows_all(self, dict values) except -1:
        # If there are as many values as gaps, each gap has one, or filling it is going to fail.
        return self.exact and len(values) == self.gaps

    cdef dict unknown(self, dict values):
        cdef dict unknown = None
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

        :raise TypeError: a variable has no value, or a name is no str.
        """
        for part in self.domain + self.path:
            if isinstance(part, Gap) and part.name not in values:
                raise TypeError(f"no value for variable {part.name!r}")
        return self.unknown(values) or {}

    def fill(self, dict values not None):
        """Fill in the variables.

        :return: domain part and path.
        :raise TypeError: a variable has no value. What converters raise passes through.
        """
        return self.domain_part(values), self.path_part(values)


cdef int _set_pieces(UrlTemplate template) except -1:
    """Lay out the path's gaps and texts in one piece of memory, for `written`."""
    cdef Py_ssize_t length = 0
    cdef UrlPiece* piece
    cdef uint8_t* text
    cdef Gap gap
    for part in template.path:
        if isinstance(part, str):
            if not part.isascii():
                return 0
            length += len(part)
    # The size is far from an overflow, also where an address has 32 bits.
    if length > MOST_TEXT or len(template.path) > MOST_TEXT // <Py_ssize_t>sizeof(UrlPiece):
        return 0
    template.pieces = <UrlPiece*>PyMem_Malloc(len(template.path) * sizeof(UrlPiece) + length)
    if template.pieces == NULL:
        raise MemoryError
    template.text_length = length
    text = <uint8_t*>(template.pieces + len(template.path))
    for part in template.path:
        piece = &template.pieces[template.piece_count]
        piece.gap = NULL
        piece.name = NULL
        piece.rendering = Rendering.TEXT
        piece.length = 0
        if isinstance(part, Gap):
            gap = part
            piece.gap = <void*>gap
            piece.name = <void*>gap.name
            piece.rendering = gap.rendering
            if gap.rendering in (Rendering.INTEGER, Rendering.REAL) and gap.digits:
                piece.rendering = Rendering.CALLED
        else:
            piece.length = <uint32_t>len(part)
            for character in part:
                text[0] = <uint8_t>ord(character)
                text += 1
        template.piece_count += 1
    return 0


cdef object _write(UrlTemplate template, dict values, PyObject** given, Py_ssize_t* taken):
    cdef Py_ssize_t[WRITTEN_GAPS] lengths
    cdef char[WRITTEN_GAPS * DIGITS] digits
    cdef Py_ssize_t total = template.text_length, length, gaps = 0, index
    cdef const UrlPiece* piece
    cdef void* name
    cdef const uint8_t* literal = <const uint8_t*>(template.pieces + template.piece_count)
    cdef uint8_t* out
    cdef object result, value
    for index in range(template.piece_count):
        piece = &template.pieces[index]
        if piece.gap == NULL:
            continue
        if gaps == WRITTEN_GAPS:
            return None
        # To cast the field itself would count a reference.
        name = piece.name
        given[gaps] = value_of(values, <object>name)
        if given[gaps] == NULL:
            return None
        # The dict may change before the second pass: its values are held until then.
        taken[0] = gaps + 1
        value = <object>given[gaps]
        if piece.rendering == Rendering.TEXT:
            if not PyUnicode_CheckExact(value):
                return None
            length = quoted_length(<str>value, Safe.PATH_SAFE)
        elif piece.rendering == Rendering.INTEGER:
            length = _decimal_digits(value, digits + gaps * DIGITS)
        elif piece.rendering == Rendering.REAL:
            length = _short_decimal(value, digits + gaps * DIGITS)
        elif piece.rendering == Rendering.CHOICE:
            if not PyUnicode_CheckExact(value) or value not in (<Gap>piece.gap).items:
                return None
            length = quoted_length(<str>value, Safe.PATH_SAFE)
        elif piece.rendering == Rendering.UUID and type(value) is UUIDValue:
            value = _uuid_text(value)
            length = PyUnicode_GET_LENGTH(value)
            Py_DECREF(<object>given[gaps])
            Py_INCREF(value)
            given[gaps] = <PyObject*>value
        else:
            return None
        if length < 0:
            return None
        lengths[gaps] = length
        gaps += 1
        total += length
    result = PyUnicode_New(total, 127)
    out = <uint8_t*>PyUnicode_1BYTE_DATA(result)
    gaps = 0
    for index in range(template.piece_count):
        piece = &template.pieces[index]
        if piece.gap == NULL:
            memcpy(out, literal, piece.length)
            literal += piece.length
            out += piece.length
            continue
        length = lengths[gaps]
        if piece.rendering == Rendering.TEXT or piece.rendering == Rendering.CHOICE:
            write_quoted(out, <str>given[gaps], Safe.PATH_SAFE)
        elif piece.rendering == Rendering.INTEGER or piece.rendering == Rendering.REAL:
            memcpy(out, digits + (gaps + 1) * DIGITS - length, length)
        else:
            memcpy(out, PyUnicode_1BYTE_DATA(<object>given[gaps]), length)
        out += length
        gaps += 1
    assert out == <uint8_t*>PyUnicode_1BYTE_DATA(result) + total
    return result


cdef object _fixed(tuple parts):
    """Return the one text that the parts are, or `None` if there are gaps."""
    return parts[0] if len(parts) == 1 and isinstance(parts[0], str) else None


cdef object _filled(tuple parts, dict values):
    cdef list pieces = []
    for part in parts:
        pieces.append(_piece(part, values))
    return PyUnicode_Join("", pieces)


cdef str _uuid_text(object value):
    """Write a UUID in the form 8-4-4-4-12."""
    cdef object number = value.int
    cdef uint64_t low = PyLong_AsUnsignedLongLongMask(number)
    cdef uint64_t high = PyLong_AsUnsignedLongLongMask(number >> 64)
    cdef str result = PyUnicode_New(36, 127)
    cdef uint8_t* out = <uint8_t*>PyUnicode_1BYTE_DATA(result)
    cdef uint64_t digits
    cdef int index
    for index in range(32):
        if index == 8 or index == 12 or index == 16 or index == 20:
            out[0] = c'-'
            out += 1
        digits = high if index < 16 else low
        out[0] = <uint8_t>HEXADECIMAL[(digits >> (60 - 4 * (index & 15))) & 15]
        out += 1
    return result


cdef Py_ssize_t _decimal_digits(object value, char* digits) except? -1:
    """Put an integer at the end of `digits`; return its length, -1 if it is none or too large."""
    cdef int overflow = 0
    cdef long long number
    cdef unsigned long long rest
    cdef Py_ssize_t at
    if not PyLong_CheckExact(value):
        return -1
    number = PyLong_AsLongLongAndOverflow(value, &overflow)
    if overflow:
        return -1
    rest = <unsigned long long>number
    if number < 0:
        rest = 0 - rest
    at = _put_digits(rest, 1, digits, DIGITS)
    if number < 0:
        at -= 1
        digits[at] = c'-'
    return DIGITS - at


cdef Py_ssize_t _put_digits(
    unsigned long long number, Py_ssize_t least, char* digits, Py_ssize_t at
) noexcept:
    """Put a number's digits, at least so many, in front of digits[at]; return where they start."""
    while number or least > 0:
        at -= 1
        least -= 1
        digits[at] = <char>(48 + number % 10)
        number //= 10
    return at


cdef Py_ssize_t _short_decimal(object value, char* digits) noexcept:
    """Put the repr of a float at the end of `digits`; return its length, -1 if that is not easy.

    It is easy for up to fifteen digits without an exponent. Two different decimals of so few digits
    are never the same double. So one that gives the value, with no digit to spare behind the point,
    is the shortest that does, which is what repr writes.
    """
    cdef double number, scaled, power = 1
    cdef unsigned long long whole, factor = 1
    cdef Py_ssize_t places, at
    if not PyFloat_CheckExact(value):
        return -1
    number = PyFloat_AS_DOUBLE(value)
    if number < 0:
        number = -number
    # NaN is refused here, too. A zero may have a sign, and repr gives very small numbers an exponent.
    if not 0.0001 <= number < 1e15:
        return -1
    for places in range(16):  # no-cython-lint: it is used after the loop
        scaled = number * power
        if scaled >= 1e15:
            return -1
        whole = <unsigned long long>(scaled + 0.5)
        if <double>whole / power == number:
            break
        power *= 10
        factor *= 10
    else:
        return -1
    at = _put_digits(whole % factor, places if places else 1, digits, DIGITS) - 1
    digits[at] = c'.'
    at = _put_digits(whole // factor, 1, digits, at)
    if PyFloat_AS_DOUBLE(value) < 0:
        at -= 1
        digits[at] = c'-'
    return DIGITS - at


cdef inline object _piece(object part, dict values):
    cdef PyObject* value
    if PyUnicode_CheckExact(part):
        return part
    value = value_of(values, (<Gap>part).name)
    if value == NULL:
        raise TypeError(f"no value for variable {(<Gap>part).name!r}")
    held = <object>value
    Py_DECREF(held)
    try:
        return (<Gap>part).text(held)
    except ValidationError:
        raise
    except Exception as error:
        if (<Gap>part).rendering == Rendering.CHOICE:
            # Programs compare the message with the one that Werkzeug's converter has.
            error.add_note(f"variable {(<Gap>part).name!r}")
            raise
        raise at_place(error, f"variable {(<Gap>part).name!r}: ")


cdef object at_place(object error, str place):
    """Return an error of a converter with the place of the value in front of its message.

    One of another class than these keeps its message, and gets the place as a note; so does one that
    has notes already.
    """
    if (
        (type(error) is ValueError or type(error) is TypeError)
        and len(error.args) == 1
        and not hasattr(error, "__notes__")
    ):
        named = type(error)(f"{place}{error}")
        named.__cause__ = error if error.__cause__ is None else error.__cause__
        return named
    error.add_note(place.rstrip(":, "))
    return error


cdef tuple _joined(pieces):
    """Join texts that follow each other; there is at least one part."""
    cdef list parts = [], texts = []
    for piece in pieces:
        if isinstance(piece, str):
            texts.append(piece)
            continue
        if texts:
            parts.append("".join(texts))
            texts = []
        parts.append(piece)
    if texts:
        parts.append("".join(texts))
    return tuple(parts) or ("",)
