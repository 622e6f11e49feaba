from libc.stdint cimport uint32_t, uint64_t

from .layout cimport Layout
from .walk cimport Walk


# A frame is a node whose pattern edges still have to be tried: those from `edge` up to `stop`.
cdef struct Frame:
    uint32_t edge
    uint32_t stop
    Py_ssize_t depth


cdef class Trie(Layout):
    cdef readonly list targets           # These are the targets of all rules.
    cdef dict methods                    # Each method has a number; 0 stands for all others.
    cdef Py_ssize_t depth                # The deepest rule tells so many segments apart.
    cdef uint32_t plain_root             # The empty domain has this root, or NOWHERE.
    cdef uint64_t* method_sets           # Bit n of a set says that it has method number n.
    cdef Py_ssize_t method_words         # A set takes so many words.
    cdef Py_ssize_t get_number           # This is the number of the method GET.
    cdef dict domains                    # A static domain, in lower case, leads to its root.
    cdef bint domains_vary               # Some domain has variables.
    cdef list domain_edges               # It has (lowest rank, Pattern, root) for each, ascending.
    cdef dict labelled_edges             # (number of labels, place) leads to edges by their label.

    # Cut a path into segments and find the lowest entry for it. The walk needs a `close`
    # afterwards, also after an exception.
    cdef bint find(
        self, Walk* walk, str domain, str path, str method, bint websocket, bint merging
    ) except -1
    # Find the lowest entry from walk.least on. With a list, append the rank, the form and the
    # target of every entry whose path matches, whatever its method and whether it is for WebSocket;
    # then none is found.
    cdef bint search(self, Walk* walk, str domain, str path, list gathered) except -1
    # Cut a path into segments. Each `open` needs a `close`, also if a later call raises.
    cdef int open(self, Walk* walk, str path, bint merging) except -1
    cdef void close(self, Walk* walk) noexcept
