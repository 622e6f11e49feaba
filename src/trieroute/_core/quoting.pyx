# cython: language_level=3, wraparound=False, cdivision=True
"""Percent-encoding of paths, queries and anchors.

What lives here: text in, the same text as UTF-8 with every byte that is not safe as ``%XX`` out.
What must not be known here: URLs and rules.

One table says for each ASCII character where it is safe. A first pass over the code points adds up
the length of the result; when nothing has to change, the very same object is returned. Otherwise a
second pass writes into a new str of just that length.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from cpython.object cimport PyObject_Str
from cpython.unicode cimport (
    PyUnicode_1BYTE_DATA,
    PyUnicode_DATA,
    PyUnicode_GET_LENGTH,
    PyUnicode_KIND,
    PyUnicode_New,
)
from libc.stdint cimport uint16_t, uint32_t
from libc.string cimport memcpy

from urllib.parse import quote_plus

from .text cimport Char, exact_text


cdef const char* HEXADECIMAL = "0123456789ABCDEF"
cdef uint8_t[128] SAFE
#: These stay as they are in a path, beside what does so everywhere.
SAFE_IN_PATH = "!$&'()*+,/:;=@"
# So do these in a query.
cdef str _QUERY = "!$'()*,/:;?@"


cdef int _fill_table() except -1:
    """Set the bits of the safe characters.

    Source: https://url.spec.whatwg.org/#url-path-segment-string for a path, and
    https://url.spec.whatwg.org/#percent-encoded-bytes for a query, as Werkzeug 3.1 applies them.
    """
    always = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~"
    for bits, characters in (
        (Safe.PATH_SAFE | Safe.QUERY_SAFE | Safe.ANCHOR_SAFE, always),
        (Safe.PATH_SAFE, SAFE_IN_PATH),
        (Safe.QUERY_SAFE, _QUERY),
        (Safe.ANCHOR_SAFE, "%!#$&'()*+,/:;=?@"),
    ):
        for character in characters:
            SAFE[<Py_ssize_t>ord(character)] |= <uint8_t>bits
    return 0


_fill_table()


cdef Py_ssize_t _length(const Char* text, Py_ssize_t length, uint8_t safe) noexcept:
    """Return the length of the quoted text, or -1 for a lone surrogate.

    The length is another one than that of the text if the text changes, unless it has spaces alone
    that become plus signs.
    """
    cdef Py_ssize_t index, total = length
    cdef uint32_t character
    for index in range(length):
        character = text[index]
        if character < 128:
            if not SAFE[character] & safe and (character != c' ' or safe != Safe.QUERY_SAFE):
                total += 2
        elif character < 0x800:
            total += 5
        elif character >= 0x10000:
            total += 11
        elif 0xD800 <= character <= 0xDFFF:
            return -1
        else:
            total += 8
    return total


cdef Py_ssize_t quoted_length(str source, uint8_t safe) noexcept:
    cdef int kind = PyUnicode_KIND(source)
    cdef void* data = PyUnicode_DATA(source)
    cdef Py_ssize_t length = PyUnicode_GET_LENGTH(source)
    if kind == 1:
        return _length(<const uint8_t*>data, length, safe)
    if kind == 2:
        return _length(<const uint16_t*>data, length, safe)
    return _length(<const uint32_t*>data, length, safe)


cdef inline uint8_t* _put(uint8_t* out, uint32_t byte) noexcept:
    out[0] = c'%'
    out[1] = <uint8_t>HEXADECIMAL[byte >> 4]
    out[2] = <uint8_t>HEXADECIMAL[byte & 15]
    return out + 3


cdef uint8_t* _write(uint8_t* out, const Char* text, Py_ssize_t length, uint8_t safe) noexcept:
    """Write the quoted text where `_length` has made room for it; return the end."""
    cdef Py_ssize_t index
    cdef uint32_t character
    for index in range(length):
        character = text[index]
        if character < 128:
            if SAFE[character] & safe:
                out[0] = <uint8_t>character
                out += 1
            elif character == c' ' and safe == Safe.QUERY_SAFE:
                out[0] = c'+'
                out += 1
            else:
                out = _put(out, character)
            continue
        if character < 0x800:
            out = _put(out, 0xC0 | (character >> 6))
        else:
            if character < 0x10000:
                out = _put(out, 0xE0 | (character >> 12))
            else:
                out = _put(out, 0xF0 | (character >> 18))
                out = _put(out, 0x80 | ((character >> 12) & 63))
            out = _put(out, 0x80 | ((character >> 6) & 63))
        out = _put(out, 0x80 | (character & 63))
    return out


cdef uint8_t* write_quoted(uint8_t* out, str source, uint8_t safe) noexcept:
    cdef int kind = PyUnicode_KIND(source)
    cdef void* data = PyUnicode_DATA(source)
    cdef Py_ssize_t length = PyUnicode_GET_LENGTH(source)
    if kind == 1:
        return _write(out, <const uint8_t*>data, length, safe)
    if kind == 2:
        return _write(out, <const uint16_t*>data, length, safe)
    return _write(out, <const uint32_t*>data, length, safe)


cdef str quoted(str source, uint8_t safe):
    """Quote a text for one of the places in `Safe`.

    Raises UnicodeEncodeError for a lone surrogate, as `urllib.parse.quote` does.
    """
    cdef Py_ssize_t total = quoted_length(source, safe)
    cdef str result
    if total == PyUnicode_GET_LENGTH(source):
        # Only a space changes the text and not its length.
        if safe != Safe.QUERY_SAFE or " " not in source:
            return source
    elif total < 0:
        # This raises, and names the surrogate.
        source.encode("utf-8")
    result = PyUnicode_New(total, 127)
    write_quoted(<uint8_t*>PyUnicode_1BYTE_DATA(result), source, safe)
    return result


cdef str _quoted_item(object item):
    """Quote a key or a value of a query: bytes as they are, anything else as its text."""
    if type(item) is str:
        return quoted(<str>item, Safe.QUERY_SAFE)
    if isinstance(item, bytes):
        # A class of a program's own may have methods that give something else than its bytes.
        plain = PyBytes_FromStringAndSize(PyBytes_AS_STRING(item), PyBytes_GET_SIZE(item))
        return quote_plus(plain, _QUERY)
    # The text of a program's object may be of a class of its own.
    return quoted(exact_text(PyObject_Str(item), "an item of a query"), Safe.QUERY_SAFE)


cdef list add_pair(list pairs, object key, object value):
    if pairs is None:
        pairs = []
    pairs.append(_quoted_item(key))
    pairs.append(_quoted_item(value))
    return pairs


cdef str query_behind(str path, list pairs):
    cdef Py_ssize_t place, length, total = 0
    cdef str result, piece
    cdef uint8_t* out
    if path is not None:
        if not path.isascii():
            # A converter of a program may leave letters as they are.
            return f"{path}?{query_behind(None, pairs)}"
        total = PyUnicode_GET_LENGTH(path) + 1
    # There is a sign behind each piece, but none behind the last one.
    total += len(pairs) - 1
    for piece in pairs:
        total += PyUnicode_GET_LENGTH(piece)
    result = PyUnicode_New(total, 127)
    out = <uint8_t*>PyUnicode_1BYTE_DATA(result)
    if path is not None:
        length = PyUnicode_GET_LENGTH(path)
        memcpy(out, PyUnicode_1BYTE_DATA(path), length)
        out[length] = c'?'
        out += length + 1
    for place in range(len(pairs)):
        piece = <str>pairs[place]
        length = PyUnicode_GET_LENGTH(piece)
        memcpy(out, PyUnicode_1BYTE_DATA(piece), length)
        out += length
        if place < len(pairs) - 1:
            out[0] = c'&' if place & 1 else c'='
            out += 1
    return result


def quote_path(path):
    """Percent-encode a path; slashes and other characters that a path may hold stay.

    :return: *path* itself when nothing has to change.
    :raise UnicodeEncodeError: the path holds a lone surrogate.
    """
    return quoted(exact_text(path, "a path"), Safe.PATH_SAFE)


def quote_anchor(anchor):
    """Percent-encode what follows the ``#`` of a URL; percent signs stay.

    :return: *anchor* itself when nothing has to change.
    :raise UnicodeEncodeError: the anchor holds a lone surrogate.
    """
    return quoted(exact_text(anchor, "an anchor"), Safe.ANCHOR_SAFE)


def encode_query(items):
    """Encode pairs as a query, without the question mark.

    :param items: ``(key, value)`` pairs of bytes, or of objects whose ``str`` is taken; those whose
        value is ``None`` are left out.
    :raise UnicodeEncodeError: a key or a value holds a lone surrogate.
    """
    cdef list pairs = None
    for key, value in items:
        if value is not None:
            pairs = add_pair(pairs, key, value)
    return "" if pairs is None else query_behind(None, pairs)
