# cython: language_level=3
"""Builder: the tree of nodes while a trie is being made.

What lives here: finding out where the insertions of rules part. What must not be known here: the
flat arrays that the trie makes of the tree.

An insertion becomes nodes only as far as others share them: the rest of it, from the last such node
on, stays one piece. Insertions of rules that differ in their methods alone are chained, and led as
one. So a map's tree has fewer nodes than rules, whatever their length.
"""

cimport cython

from .walk cimport Form


# No cycle leads through an insertion, so the collector is spared these many objects.
@cython.no_gc
cdef class Insertion:
    """A rule on its way into the trie.

    Its attributes are set by the trie.
    """

    cdef uint32_t least(self) noexcept:
        cdef uint32_t least = NO_RANK
        cdef Insertion insertion = self
        while insertion is not None:
            least = min(least, insertion.end, insertion.slash, insertion.slashes)
            insertion = insertion.following
        return least

    cdef Insertion take_slashes(self):
        cdef Insertion first = None, beyond, insertion = self
        while insertion is not None:
            if insertion.slashes != NO_RANK:
                beyond = Insertion()
                beyond.steps = (*insertion.steps, "")
                beyond.target = insertion.target
                beyond.methods = insertion.methods
                beyond.end = beyond.slashes = NO_RANK
                beyond.slash = insertion.slashes
                beyond.slash_form = Form.TOLERATED
                beyond.following = first
                first = beyond
                insertion.slashes = NO_RANK
            insertion = insertion.following
        return first


@cython.no_gc
cdef class DraftNode:
    """A node while the trie is being made.

    :param depth: number of segments before it.
    """

    def __cinit__(self, Py_ssize_t depth):
        self.depth = depth
        self.least = NO_RANK
        self.statics, self.patterns, self.ends = {}, {}, []

    cdef dict edges_to(self, object step):
        return self.statics if isinstance(step, str) else self.patterns

    cdef int put(self, Insertion insertion) except -1:
        """Take up an insertion that leads here, and lead it on to the next node."""
        cdef uint32_t least = insertion.least()
        cdef Insertion beyond
        if least < self.least:
            self.least = least
        if self.depth < len(insertion.steps):
            step = insertion.steps[self.depth]
            lead(self.edges_to(step), step, self.depth + 1, insertion)
            return 0
        beyond = insertion.take_slashes()
        if beyond is not None:
            lead(self.edges_to(""), "", self.depth + 1, beyond)
        while insertion is not None:
            self.ends.append(insertion)
            insertion = insertion.following
        return 0


cdef int lead(dict nodes, object key, Py_ssize_t depth, Insertion insertion) except -1:
    cdef DraftNode draft
    # This is a loop, since insertions may be longer than C's stack is deep.
    while True:
        found = nodes.get(key)
        if found is None:
            nodes[key] = insertion
            return 0
        if isinstance(found, Insertion):
            if (<Insertion>found).steps == insertion.steps:
                _join(<Insertion>found, insertion)
                return 0
            draft = DraftNode(depth)
            nodes[key] = draft
            draft.put(<Insertion>found)
        else:
            draft = <DraftNode>found
        if depth == len(insertion.steps):
            draft.put(insertion)
            return 0
        draft.least = min(draft.least, insertion.least())
        key = insertion.steps[depth]
        nodes = draft.edges_to(key)
        depth += 1


cdef int _join(Insertion first, Insertion second) except -1:
    """Put the insertions of the second behind the first one of the first."""
    cdef Insertion last = second
    while last.following is not None:
        last = last.following
    last.following = first.following
    first.following = second
    return 0


cdef list numbered(children):
    cdef list drafts = [child for child in children if isinstance(child, DraftNode)]
    cdef DraftNode draft
    cdef Py_ssize_t index = 0
    # The list grows while it is read, which gives the nodes breadth first, without recursion.
    for draft in drafts:
        draft.index = index
        index += 1
        for edges in (draft.statics, draft.patterns):
            for child in edges.values():
                if isinstance(child, DraftNode):
                    drafts.append(child)
    return drafts


cdef uint32_t least_of(child) except? 0:
    return (<DraftNode>child).least if isinstance(child, DraftNode) else (<Insertion>child).least()
