# cython: language_level=3
"""Drafts: the tree of nodes while a trie is being made.

What lives here: finding out where the ways of rules part. What must not be known here: the flat
arrays that the trie makes of the tree.

A way is laid out in nodes only as far as others share them: the rest of it, from the last node on,
stays one piece. Rules that differ in their methods alone have one way. So a map's tree has fewer
nodes than rules, whatever their length.
"""

cimport cython

from .walk cimport Form


# What a draft has none of, so that it needs no object for it.
cdef dict _NO_EDGES = {}
cdef list _NO_ENDS = []


# No cycle leads through it, and the collector is spared many objects.
@cython.no_gc
cdef class Way:
    """A rule on its way into the trie.

    Its attributes are set by the trie.
    """

    cdef uint32_t least(self) noexcept:
        cdef uint32_t least = NO_RANK
        cdef Way way = self
        while way is not None:
            least = min(least, way.end, way.slash, way.slashes)
            way = way.following
        return least

    cdef Way take_slashes(self):
        cdef Way first = None, beyond, way = self
        while way is not None:
            if way.slashes != NO_RANK:
                beyond = Way()
                beyond.steps = [*way.steps, ""]
                beyond.leaf = way.leaf
                beyond.methods = way.methods
                beyond.websocket = way.websocket
                beyond.merges = way.merges
                beyond.end = beyond.slashes = NO_RANK
                beyond.slash = way.slashes
                beyond.slash_form = Form.TOLERATED
                beyond.following = first
                first = beyond
                way.slashes = NO_RANK
            way = way.following
        return first


@cython.no_gc
cdef class Draft:
    """A node while the trie is being made.

    :param depth: number of segments before it.
    """

    def __cinit__(self, Py_ssize_t depth):
        self.depth = depth
        self.least = NO_RANK
        self.statics = self.patterns = _NO_EDGES
        self.ends = _NO_ENDS

    cdef dict edges_to(self, object step):
        if isinstance(step, str):
            if self.statics is _NO_EDGES:
                self.statics = {}
            return self.statics
        if self.patterns is _NO_EDGES:
            self.patterns = {}
        return self.patterns

    cdef int put(self, Way way) except -1:
        """Take up a way that leads here, and lead it on to the next node."""
        cdef uint32_t least = way.least()
        cdef Way beyond
        if least < self.least:
            self.least = least
        if self.depth < len(way.steps):
            step = way.steps[self.depth]
            lead(self.edges_to(step), step, self.depth + 1, way)
            return 0
        beyond = way.take_slashes()
        if beyond is not None:
            lead(self.edges_to(""), "", self.depth + 1, beyond)
        if self.ends is _NO_ENDS:
            self.ends = []
        while way is not None:
            self.ends.append(way)
            way = way.following
        return 0


cdef int lead(dict nodes, object key, Py_ssize_t depth, Way way) except -1:
    cdef Draft draft
    # An explicit loop: ways may be longer than C's stack is deep.
    while True:
        found = nodes.get(key)
        if found is None:
            nodes[key] = way
            return 0
        if isinstance(found, Way):
            if (<Way>found).steps == way.steps:
                _join(<Way>found, way)
                return 0
            draft = Draft(depth)
            nodes[key] = draft
            draft.put(<Way>found)
        else:
            draft = <Draft>found
        if depth == len(way.steps):
            draft.put(way)
            return 0
        draft.least = min(draft.least, way.least())
        key = way.steps[depth]
        nodes = draft.edges_to(key)
        depth += 1


cdef int _join(Way first, Way second) except -1:
    """Put the ways of the second behind the first one of the first."""
    cdef Way last = second
    while last.following is not None:
        last = last.following
    last.following = first.following
    first.following = second
    return 0


cdef list numbered(children):
    cdef list drafts = [child for child in children if isinstance(child, Draft)]
    cdef Draft draft
    cdef Py_ssize_t index = 0
    # The list grows while it is read: breadth first, without recursion.
    for draft in drafts:
        draft.index = index
        index += 1
        for edges in (draft.statics, draft.patterns):
            for child in edges.values():
                if isinstance(child, Draft):
                    drafts.append(child)
    return drafts


cdef uint32_t least_of(child) except? 0:
    return (<Draft>child).least if isinstance(child, Draft) else (<Way>child).least()
