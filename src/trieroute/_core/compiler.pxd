from libc.stdint cimport uint32_t

from .target cimport Target
from .trie cimport Trie


# A compiler makes the trie of a map's rules, and keeps what it needs for the tries after it.
cdef class Compiler:
    cdef readonly Trie trie              # This is the last trie that it made.
    cdef dict text_roots                 # A static domain leads to a DraftNode or an Insertion,
    cdef dict pattern_roots              # and so does the Pattern of a domain.
    cdef dict labels                     # The Pattern of a domain has these labels.
    cdef dict sets                       # A set of methods has a number; that of all methods is 0.
    cdef dict methods                    # A method has a number.
    cdef Py_ssize_t depth                # The deepest rule tells so many segments apart.
    cdef Py_ssize_t size                 # The trie of all rules at once took so many bytes.
    cdef list touched                    # This has been touched since the last trie, see `lead`.
    cdef list chains                     # These chains have lost insertions since then.
    cdef list added                      # These targets have come since then,
    cdef set removed                     # and these are gone.

    cdef int _lead(
        self,
        Target target,
        uint32_t number,
        uint32_t exact,
        uint32_t lacking,
        uint32_t tolerated,
        list touched,
    ) except -1
    # Lay out a trie of all that was led.
    cdef Trie _laid_out(self, bint whole)
    cdef int _set_domains(self, Trie trie) except -1
    cdef int _set_methods(self, Trie trie) except -1
