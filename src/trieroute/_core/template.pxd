from libc.stdint cimport uint32_t


# A rendering tells how a value becomes text for a URL.
cpdef enum Rendering:
    CALLED       # The converter's `to_url` makes it.
    TEXT         # A str is percent-encoded.
    INTEGER      # An int is filled with zeros.
    REAL         # A float is filled with zeros.
    UUID         # A UUID is written in the form 8-4-4-4-12.
    CHOICE       # It is the text of one of the items.


# A gap is a variable's place in a URL.
cdef class Gap:
    cdef readonly str name
    cdef Rendering rendering
    cdef object converter            # A method of it would take more memory.
    cdef Py_ssize_t digits           # INTEGER and REAL have at least so many digits.
    cdef object items                # The value of a CHOICE is one of these.

    cpdef object text(self, object value)


# A piece is a part of a path while it is written: a text, or a gap.
cdef struct UrlPiece:
    void* gap                        # This is a Gap, borrowed from UrlTemplate.path, or NULL.
    void* name                       # This is the Gap's name.
    uint32_t length                  # The text has so many characters.
    Rendering rendering              # A number that is filled with zeros is CALLED, too.


# What every URL needs comes first, for the cache.
cdef class UrlTemplate:
    cdef UrlPiece* pieces            # This is the path, then its texts; NULL if one is not ASCII.
    cdef Py_ssize_t piece_count
    cdef Py_ssize_t text_length      # The texts have so many characters in all.
    cdef object fixed_domain         # This is the domain's text, or None if it has Gaps.
    cdef object fixed_path           # This is the path's text, or None if it has Gaps.
    cdef Py_ssize_t gaps             # There are so many Gaps.
    cdef bint exact                  # The names of the Gaps are all that are known.
    cdef tuple domain                # These are texts, quoted and joined, and Gaps between them.
    cdef tuple path                  # The same for the path.
    cdef frozenset known             # Values of these names never become the query.

    # Tell whether it is clear at once that the rule knows all values.
    cdef bint knows_all(self, dict values) except -1
    # Return the values that the rule does not know, None if there are none; all keys must be str.
    cdef dict unknown(self, dict values)
    cdef object domain_part(self, dict values)
    cdef object path_part(self, dict values)
    # Write the path straight into a str; return None if a converter has to be called for that, or a
    # value is missing.
    cdef object written(self, dict values)


# Return an error of a converter with the place of the value in front of its message.
cdef object at_place(object error, str place)
