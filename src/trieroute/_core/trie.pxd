from libc.stdint cimport uint32_t, uint64_t

from .builder cimport Insertion
from .layout cimport Layout
from .target cimport Target
from .walk cimport Walk


cdef enum:
    # Places for methods that are found without a dict.
    METHOD_PLACES = 16


# The pattern edges of a node that still have to be tried.
cdef struct Frame:
    uint32_t edge
    uint32_t stop
    Py_ssize_t depth


cdef struct MethodKey:
    uint64_t head
    uint64_t tail
    Py_ssize_t length
    Py_ssize_t number


# An entry whose path matches.
cdef class Gathered:
    cdef Target target
    cdef uint32_t rank
    cdef int form                        # a Form


cdef class Trie(Layout):
    cdef readonly list targets
    cdef readonly dict methods           # method -> its number; 0 is for all others
    cdef Py_ssize_t depth                # segments that the deepest rule tells apart
    cdef uint32_t plain_root             # root of the empty domain, NOWHERE if there is none
    cdef uint64_t* method_sets           # bit n of a set: it has method number n
    cdef Py_ssize_t method_words         # words a set
    cdef int method_shift                # of the hash that tells a method's place
    cdef MethodKey[METHOD_PLACES] method_keys
    cdef dict domains                    # static domain in lower case -> root
    cdef bint domains_vary               # some domain has variables
    cdef list domain_edges               # of such: (lowest rank, Pattern, root), ascending
    cdef dict labelled_edges             # (number of labels, place of one) -> its text -> such edges

    # Cut a path into segments and find the lowest entry for it. Needs a `close` afterwards, also
    # after an exception.
    cdef bint find(
        self, Walk* walk, str domain, str path, str method, bint websocket, bint merging
    ) except -1
    # Find the lowest entry from walk.least on. With a list, append a Gathered for every entry whose
    # path matches, whatever its method and whether it is for WebSocket; then none is found.
    cdef bint search(self, Walk* walk, str domain, str path, list gathered) except -1
    # Cut a path into segments. Each `open` needs a `close`, also after an exception of others.
    cdef int open(self, Walk* walk, str path, bint merging) except -1
    cdef void close(self, Walk* walk) noexcept

    cdef int _add_rules(self, list exact, list lacking, list tolerated) except -1
    cdef int _add_methods(self, dict sets) except -1
    cdef dict _places(self, list methods, int shift)
    cdef int _add_domains(self, list edges) except -1
    cdef list _labelled(self, str domain)
    cdef int _show(self, uint32_t root, list lines) except -1
