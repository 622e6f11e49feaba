# Keys of texts: what a node compares and hashes to find the edge for a segment. Nothing here reads
# past either end of a text.

from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy

from .segments cimport Char, Text


cdef extern from *:
    """
    #if defined(_MSC_VER)
    #include <intrin.h>
    static int trieroute_lowest_bit(uint64_t word) {
        unsigned long index;
        _BitScanForward64(&index, word);
        return (int)index;
    }
    #else
    #define trieroute_lowest_bit(word) __builtin_ctzll(word)
    #endif
    /* The byte that comes first in memory is to be the lowest one. */
    #if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    #define trieroute_in_order(word) __builtin_bswap64(word)
    #else
    #define trieroute_in_order(word) (word)
    #endif
    """
    int lowest_bit "trieroute_lowest_bit"(uint64_t word) noexcept
    uint64_t in_order "trieroute_in_order"(uint64_t word) noexcept


# The low bytes of the first and of the last eight code points; of all of them, in `head` alone, if
# there are fewer. With the length they decide up to KEYED_LENGTH code points below 256.
cdef struct Key:
    uint64_t head
    uint64_t tail


cdef enum:
    KEYED_LENGTH = 16


cdef inline uint64_t _load4(const uint8_t* at) noexcept:
    cdef uint32_t value
    memcpy(&value, at, 4)
    return value


cdef inline uint64_t _load8(const uint8_t* at) noexcept:
    cdef uint64_t value
    memcpy(&value, at, 8)
    return value


cdef inline Key narrow_key(const uint8_t* text, Py_ssize_t length) noexcept:
    """Pack a text without reading past either end of it."""
    cdef Key key
    key.tail = 0
    if length >= 8:
        key.head = _load8(text)
        key.tail = _load8(text + length - 8)
    elif length >= 4:
        key.head = _load4(text) | (_load4(text + length - 4) << 32)
    elif length > 0:
        key.head = (
            <uint64_t>text[0]
            | (<uint64_t>text[length >> 1] << 8)
            | (<uint64_t>text[length - 1] << 16)
        )
    else:
        key.head = 0
    return key


cdef inline Key key_of(const Char* text, Py_ssize_t length) noexcept:
    """Pack the low bytes of a text's code points, so that all widths agree."""
    cdef uint8_t[16] low
    cdef Key first, last
    cdef Py_ssize_t index
    if Char is uint8_t:
        return narrow_key(text, length)
    else:
        if length < 8:
            for index in range(length):
                low[index] = <uint8_t>(text[index] & 255)
            return narrow_key(low, length)
        for index in range(8):
            low[index] = <uint8_t>(text[index] & 255)
            low[8 + index] = <uint8_t>(text[length - 8 + index] & 255)
        return narrow_key(low, 16)


cdef inline Key key_of_text(const Text* text) noexcept:
    if text.kind == 1:
        return key_of(<const uint8_t*>text.data, text.length)
    if text.kind == 2:
        return key_of(<const uint16_t*>text.data, text.length)
    return key_of(<const uint32_t*>text.data, text.length)


cdef inline uint64_t slash_bits(const uint8_t* at) noexcept:
    """The highest bit of each of eight bytes is set where a slash is; the first byte is the lowest."""
    cdef uint64_t word = in_order(_load8(at)) ^ <uint64_t>0x2F2F2F2F2F2F2F2F
    cdef uint64_t low = <uint64_t>0x7F7F7F7F7F7F7F7F
    # No carry leaves a byte, so each bit is exact.
    return ~(((word & low) + low) | word | low)


cdef inline uint32_t hash_of(Key key, Py_ssize_t length) noexcept:
    cdef uint64_t mixed = (
        key.head * <uint64_t>0x9E3779B97F4A7C15
        ^ (key.tail + <uint64_t>length) * <uint64_t>0xC2B2AE3D27D4EB4F
    )
    return <uint32_t>(mixed >> 32) ^ <uint32_t>(mixed >> 15)
