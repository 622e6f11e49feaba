# cython: language_level=3
"""Builder: the tree of nodes while a trie is being made.

What lives here: finding out where the insertions of rules part. What must not be known here: the
flat arrays that the trie makes of the tree.

An insertion becomes nodes only as far as others share them: the rest of it, from the last such node
on, stays one piece. Insertions of rules that differ in their methods alone are chained, and led as
one. So a map's tree has fewer nodes than rules, whatever their length.
"""

cimport cython
from cpython.dict cimport PyDict_Next
from cpython.object cimport PyObject
from cpython.ref cimport Py_REFCNT

from .walk cimport Form


# Most drafts lack some of these, and those that do share them. Nothing is ever put into these two.
cdef dict _NO_EDGES = {}
cdef list _NO_ENDS = []


# An insertion borrows what could lead back to it, so the collector is spared these many objects.
@cython.no_gc
cdef class Insertion:
    """A rule on its way into the trie.

    Its attributes are set by the compiler.
    """

    def __cinit__(self):
        self.end = self.slash = self.slashes = NO_RANK
        self.place = NO_PLACE

    def __dealloc__(self):
        # A long chain is freed one by one, and not by calls inside each other: threads may have
        # small stacks. What something else holds stays as it is.
        cdef Insertion beyond, following = self.following
        self.following = None
        while following is not None and Py_REFCNT(following) == 1:
            beyond = following.following
            following.following = None
            following = beyond
            beyond = None

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
                beyond.number = insertion.number
                beyond.methods = insertion.methods
                beyond.slash = insertion.slashes
                beyond.slash_form = Form.TOLERATED
                beyond.following = first
                first = beyond
                insertion.slashes = NO_RANK
            insertion = insertion.following
        return first

    cdef void clear(self) noexcept:
        self.end = self.slash = self.slashes = NO_RANK
        self.target = NULL


@cython.no_gc
cdef class DraftNode:
    """A node while the trie is being made."""

    def __cinit__(self, Py_ssize_t depth):
        self.depth = depth
        self.index = NO_PLACE
        self.least = NO_RANK
        self.statics, self.patterns, self.ends = _NO_EDGES, _NO_EDGES, _NO_ENDS

    def __dealloc__(self):
        # The same holds for a deep tree. What is below waits in a chain, which takes no memory.
        cdef DraftNode node = self, waiting = None
        while node is not None:
            waiting = _taken_off(node.statics, waiting)
            waiting = _taken_off(node.patterns, waiting)
            node = waiting
            if node is not None:
                waiting = node.waiting
                node.waiting = None

    cdef dict edges_to(self, object step):
        if isinstance(step, str):
            if self.statics is _NO_EDGES:
                self.statics = {}
            return self.statics
        if self.patterns is _NO_EDGES:
            self.patterns = {}
        return self.patterns

    cdef int put(self, Insertion insertion, list touched) except -1:
        """Take up an insertion that leads here, and lead it on to the next node."""
        cdef uint32_t least = insertion.least()
        cdef Insertion beyond
        if least < self.least:
            self.least = least
        if self.depth < len(insertion.steps):
            step = insertion.steps[self.depth]
            if touched is not None:
                touched.append((self, step))
            lead(self.edges_to(step), step, self.depth + 1, insertion, touched)
            return 0
        beyond = insertion.take_slashes()
        if beyond is not None:
            if touched is not None:
                touched.append((self, ""))
            lead(self.edges_to(""), "", self.depth + 1, beyond, touched)
        if touched is not None:
            touched.append((self, None))
        if self.ends is _NO_ENDS:
            self.ends = []
        while insertion is not None:
            self.ends.append(insertion)
            insertion = insertion.following
        return 0


cdef DraftNode _taken_off(dict edges, DraftNode waiting):
    """Clear the edges of a node that is freed; chain what they alone lead to before what waits."""
    cdef DraftNode node
    cdef Py_ssize_t position = 0
    cdef PyObject* value
    # Nothing but the collector holds them beside the node.
    if not edges:
        return waiting
    while PyDict_Next(edges, &position, NULL, &value):
        if isinstance(<object>value, DraftNode) and Py_REFCNT(<object>value) == 1:
            node = <DraftNode>value
            node.waiting = waiting
            waiting = node
    node = None
    edges.clear()
    return waiting


cdef int lead(
    dict nodes, object key, Py_ssize_t depth, Insertion insertion, list touched
) except -1:
    cdef DraftNode draft
    cdef Insertion met = None
    cdef bint same = False
    # This is a loop, since insertions may be longer than C's stack is deep.
    while True:
        found = nodes.get(key)
        if found is None:
            nodes[key] = insertion
            return 0
        if isinstance(found, Insertion):
            # Its suffix is out of date: another insertion joins it, or it moves away from the root.
            (<Insertion>found).place = NO_PLACE
            if found is not met:
                # It may be met again at each step that both have in common.
                met = <Insertion>found
                same = met.steps == insertion.steps
            if same:
                _join(<Insertion>found, insertion)
                return 0
            draft = DraftNode(depth)
            nodes[key] = draft
            draft.put(<Insertion>found, touched)
        else:
            draft = <DraftNode>found
        if depth == len(insertion.steps):
            draft.put(insertion, touched)
            return 0
        draft.least = min(draft.least, insertion.least())
        key = insertion.steps[depth]
        if touched is not None:
            touched.append((draft, key))
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


cdef Py_ssize_t clear(
    dict nodes, object key, Target target, list touched, list chains
) except -2:
    cdef tuple steps = target.steps
    cdef Py_ssize_t depth = 0, number = -1
    cdef DraftNode draft
    cdef Insertion insertion
    while True:
        found = nodes.get(key)
        if isinstance(found, Insertion):
            insertion = <Insertion>found
            while insertion is not None:
                if insertion.target == <void*>target:
                    number = insertion.number
                    insertion.clear()
                    chains.append(found)
                insertion = insertion.following
            return number
        if found is None:
            return number
        draft = <DraftNode>found
        if depth < len(steps):
            key = steps[depth]
        else:
            for insertion in draft.ends:
                if insertion.target == <void*>target:
                    number = insertion.number
                    insertion.clear()
                    touched.append((draft, None))
            # With a slash too many, it may end one empty segment further on.
            if depth > len(target.steps):
                return number
            steps = (*steps, "")
            key = ""
        nodes = draft.edges_to(key)
        depth += 1


cdef list numbered(children):
    cdef list drafts = [child for child in children if isinstance(child, DraftNode)]
    cdef DraftNode draft
    cdef uint32_t index = 0
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
