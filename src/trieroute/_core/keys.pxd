# A key of a text is what a node compares and hashes to find the edge for a segment. Here is also
# how a path is cut into segments. All of it is inline, since a walk asks it for each segment, so
# there is no module of this name. It is apart from `text.pxd`, for it knows how bytes lie in memory
# and in words, and of what a code point means only that one of them is a slash. Nothing here reads
# past either end of a text.

from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy

from .text cimport Char, Text


cdef extern from *:
    """
    #if defined(_MSC_VER)
    #include <intrin.h>
    static __inline int trieroute_lowest_bit(uint64_t word) {
        unsigned long index;
    #if defined(_M_X64) || defined(_M_ARM64)
        _BitScanForward64(&index, word);
    #else
        /* Windows of 32 bits looks at as many bits at once. */
        if (!_BitScanForward(&index, (unsigned long)word)) {
            _BitScanForward(&index, (unsigned long)(word >> 32));
            index += 32;
        }
    #endif
        return (int)index;
    }
    #else
    #define trieroute_lowest_bit(word) __builtin_ctzll(word)
    #endif
    #if defined(__SSE2__)
    #include <emmintrin.h>
    #define trieroute_has_sse2 1
    static inline uint32_t trieroute_slashes_of_16(const uint8_t *at) {
        __m128i sixteen = _mm_loadu_si128((const __m128i *)at);
        return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(sixteen, _mm_set1_epi8('/')));
    }
    #else
    #define trieroute_has_sse2 0
    #define trieroute_slashes_of_16(at) 0
    #endif
    /* The byte that comes first in memory is to be the lowest one. */
    #if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    #define trieroute_in_order(word) __builtin_bswap64(word)
    #define trieroute_in_order_4(word) __builtin_bswap32(word)
    #else
    #define trieroute_in_order(word) (word)
    #define trieroute_in_order_4(word) (word)
    #endif
    """
    int lowest_bit "trieroute_lowest_bit"(uint64_t word) noexcept
    # This is true if the next one is there, as it is on every x86 of 64 bits.
    bint HAS_SSE2 "trieroute_has_sse2"
    uint32_t sse2_slashes_of_16 "trieroute_slashes_of_16"(const uint8_t* at) noexcept
    uint64_t in_order "trieroute_in_order"(uint64_t word) noexcept
    uint32_t in_order_4 "trieroute_in_order_4"(uint32_t word) noexcept


# A key has the low bytes of the first eight code points, and of the last eight if there are more,
# with the first one lowest. With the length it decides up to KEYED_LENGTH code points below 256.
cdef struct Key:
    uint64_t head
    uint64_t tail


cdef enum:
    KEYED_LENGTH = 16


cdef inline uint64_t _load8(const uint8_t* at) noexcept:
    cdef uint64_t value
    memcpy(&value, at, 8)
    return in_order(value)


cdef inline uint64_t _low_bytes(uint64_t word, Py_ssize_t count) noexcept:
    # The shift is made in two halves, since a word can't be shifted by all of its bits at once.
    cdef int half = 4 * <int>(count if count < 8 else 8)
    return word & (((<uint64_t>1 << half) << half) - 1)


cdef inline uint64_t _load_few(const uint8_t* at, Py_ssize_t count) noexcept:
    """Load one to seven bytes."""
    cdef uint32_t first, last
    if count >= 4:
        memcpy(&first, at, 4)
        memcpy(&last, at + count - 4, 4)
        return in_order_4(first) | <uint64_t>in_order_4(last) << (8 * (count - 4))
    return (
        at[0]
        | <uint64_t>at[count >> 1] << (8 * (count >> 1))
        | <uint64_t>at[count - 1] << (8 * (count - 1))
    )


cdef inline Key _narrow_key(
    const uint8_t* text, Py_ssize_t size, Py_ssize_t start, Py_ssize_t length
) noexcept:
    """Pack text[start:start+length] of a text of that size, without reading past either end of it.

    Eight bytes are read where the text goes on for so long, as it mostly does: what is behind the
    length is masked out, which takes no branch that depends on the length.
    """
    cdef Key key
    if start + 8 <= size:
        key.head = _load8(text + start)
    elif size >= 8:
        key.head = _load8(text + size - 8) >> (8 * (start + 8 - size)) if start < size else 0
    else:
        key.head = _load_few(text + start, size - start) if start < size else 0
    key.head = _low_bytes(key.head, length)
    key.tail = _load8(text + start + length - 8) if length > 8 else 0
    return key


cdef inline Key key_within(
    const Char* text, Py_ssize_t size, Py_ssize_t start, Py_ssize_t length
) noexcept:
    """Pack the low bytes of a part of a text of that size, so that all widths agree."""
    cdef uint8_t[16] low
    cdef Py_ssize_t index
    if Char is uint8_t:
        return _narrow_key(text, size, start, length)
    else:
        if length <= 8:
            for index in range(length):
                low[index] = <uint8_t>(text[start + index] & 255)
            return _narrow_key(low, length, 0, length)
        for index in range(8):
            low[index] = <uint8_t>(text[start + index] & 255)
            low[8 + index] = <uint8_t>(text[start + length - 8 + index] & 255)
        return _narrow_key(low, 16, 0, 16)


cdef inline Key key_of_text(const Text* text) noexcept:
    cdef Py_ssize_t length = text.length
    if text.kind == 1:
        return key_within(<const uint8_t*>text.data, length, 0, length)
    if text.kind == 2:
        return key_within(<const uint16_t*>text.data, length, 0, length)
    return key_within(<const uint32_t*>text.data, length, 0, length)


cdef inline uint64_t _slashes_of_8(const uint8_t* at) noexcept:
    """Return a word whose bit n is set if the n-th of eight bytes is a slash."""
    cdef uint64_t word = _load8(at) ^ <uint64_t>0x2F2F2F2F2F2F2F2F
    cdef uint64_t low = <uint64_t>0x7F7F7F7F7F7F7F7F
    # No carry leaves a byte, so each highest bit is exact; the product brings them together.
    word = ~(((word & low) + low) | word | low)
    return ((word >> 7) * <uint64_t>0x0102040810204080) >> 56


cdef inline uint64_t _slashes_of_16(const uint8_t* at) noexcept:
    if HAS_SSE2:
        return sse2_slashes_of_16(at)
    return _slashes_of_8(at) | _slashes_of_8(at + 8) << 8


cdef inline uint64_t slashes_of_64(
    const Char* text, Py_ssize_t size, Py_ssize_t start
) noexcept:
    """Return a word whose bit n is set if text[start + n] is a slash of a text of that size."""
    cdef Py_ssize_t count = size - start if size - start < 64 else 64
    cdef Py_ssize_t index
    cdef uint64_t found = 0
    if Char is uint8_t:
        if size >= 16:
            for index in range(0, count - 15, 16):
                found |= _slashes_of_16(text + start + index) << index
            # The rest is read together with what stands in front of it, sixteen bytes in all.
            if count < 16:
                found = _slashes_of_16(text + size - 16) >> (16 - count)
            elif count & 15:
                found |= _slashes_of_16(text + start + count - 16) << (count - 16)
            return found
        if size >= 8:
            if count < 8:
                return _slashes_of_8(text + size - 8) >> (8 - count)
            return _slashes_of_8(text + start) | _slashes_of_8(text + size - 8) << (count - 8)
    for index in range(count):
        found |= <uint64_t>(text[start + index] == c'/') << index
    return found


cdef inline uint32_t hash_of(Key key, Py_ssize_t length) noexcept:
    cdef uint64_t mixed = (
        key.head * <uint64_t>0x9E3779B97F4A7C15
        ^ (key.tail + <uint64_t>length) * <uint64_t>0xC2B2AE3D27D4EB4F
    )
    return <uint32_t>(mixed >> 32) ^ <uint32_t>(mixed >> 15)
