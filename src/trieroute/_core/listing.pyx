# cython: language_level=3, wraparound=False
"""Listings: the nodes of a trie as Python objects, for those who look at it.

What lives here: a trie in, a list of its nodes out, with what stands at each. A suffix is listed as
the nodes that it stands for. Nothing here runs for a request. The list is flat, since rules may be
nested more deeply than Python's calls.
"""

from libc.stdint cimport uint32_t

from operator import attrgetter, itemgetter

cimport cython

from .layout cimport NOWHERE, SUFFIX, Check, Node, SegmentEdge, Suffix
from .target cimport Target
from .trie cimport Trie
from .walk cimport Entry


@cython.final
cdef class ListedEnding:
    """A rule that a path which ends at a node belongs to, in one of its forms.

    :ivar target: the rule's target.
    :ivar place: its place among all endings of the trie; the lowest one that suits wins.
    :ivar form: the name of the form: ``"exact"``, ``"tolerated"``, ``"completed"``, ``"redirected"``.
    :ivar slashes: the path goes on behind the node with so many slashes.
    """

    cdef readonly Target target
    # This is a rank, which needs all 32 bits, until the endings of a trie are counted.
    cdef readonly long long place
    cdef readonly str form
    cdef readonly int slashes

    def __cinit__(self, Target target not None, long long place, str form, int slashes):
        self.target = target
        self.place = place
        self.form = form
        self.slashes = slashes


@cython.final
cdef class ListedNode:
    """A node: the segments before it, of which it knows the last one.

    :ivar parent: the number of the node before, -1 for a domain.
    :ivar content: the text of the segment or of the domain, or their Pattern.
    :ivar rest: whether it takes the rest of a path, which its pattern accepts.
    :ivar branch: whether one last slash is not a part of that rest.
    :ivar endings: the rules of paths that end here, the one that goes before the others first.
    """

    cdef readonly Py_ssize_t parent
    cdef readonly object content
    cdef readonly bint rest
    cdef readonly bint branch
    cdef readonly list endings

    def __cinit__(self, Py_ssize_t parent, object content, bint rest, bint branch):
        self.parent = parent
        self.content = content
        self.rest = rest
        self.branch = branch
        self.endings = []


def listing(Trie trie not None):
    """List the nodes of a trie, each in front of those below it.

    :return: the nodes. Those without a parent are domains. The text edges of a node come first,
        and then its patterns, in the order in which a walk tries them.
    """
    cdef ListedNode node
    roots = list(trie.domains.items())
    varying = list(trie.domain_edges)
    for by_label in trie.labelled_edges.values():
        for edges in by_label.values():
            varying += edges
    for _, pattern, root in sorted(varying, key=itemgetter(0)):
        roots.append((pattern, root))
    nodes = []
    # A child is told by what it holds: the parent, the content, two flags, and where it lies.
    waiting = []
    for content, root in reversed(roots):
        waiting.append((-1, content, False, False, root))
    while waiting:
        parent, content, rest, branch, child = waiting.pop()
        node = ListedNode(parent, content, rest, branch)
        nodes.append(node)
        _list_child(trie, nodes, node, child, waiting)
    endings = []
    for node in nodes:
        endings += node.endings
    endings.sort(key=attrgetter("place"))
    for place, ending in enumerate(endings):
        (<ListedEnding>ending).place = place
    for node in nodes:
        node.endings.sort(key=attrgetter("place"))
    return nodes


cdef int _list_child(
    Trie trie, list nodes, ListedNode listed, uint32_t child, list waiting
) except -1:
    """List what stands at a node, and leave its children to be listed."""
    cdef const Node* node
    cdef const Suffix* suffix
    cdef const SegmentEdge* steps
    cdef const Entry* entries
    cdef Py_ssize_t number = len(nodes) - 1, at
    if child & SUFFIX:
        suffix = <const Suffix*>(trie.suffixes + (child ^ SUFFIX))
        steps = <const SegmentEdge*>(suffix + 1)
        for at in range(suffix.count):
            rest = steps[at].child == Check.REST
            branch = rest and suffix.branch
            listed = ListedNode(number, <object>steps[at].content, rest, branch)
            number = len(nodes)
            nodes.append(listed)
        entries = <const Entry*>(steps + suffix.count)
        _list_endings(listed, entries, suffix.end_count, 0)
        entries += suffix.end_count
        _list_endings(listed, entries, suffix.slash_count, 1)
        entries += suffix.slash_count
        _list_endings(listed, entries, suffix.slashes_count, 2)
        return 0
    node = &trie.nodes[child]
    _list_endings(listed, trie.entries + node.ends, node.end_count, 0)
    _list_endings(listed, trie.entries + node.slashes, node.slash_count, 1)
    children = []
    steps = trie.statics + node.statics
    for at in range(node.static_mask + 1 if node.static_mask else node.static_count):
        if steps[at].child != NOWHERE:
            children.append((number, <object>steps[at].content, False, False, steps[at].child))
    # A hash table has no order of its own.
    children.sort(key=itemgetter(1))
    for at in range(node.edges, node.edges + node.edge_count):
        rest = trie.edges[at].check == Check.REST
        pattern = <object>trie.edges[at].pattern
        branch = rest and trie.edges[at].branch
        children.append((number, pattern, rest, branch, trie.edges[at].child))
    waiting.extend(reversed(children))
    return 0


cdef int _list_endings(
    ListedNode node, const Entry* entries, Py_ssize_t count, int slashes
) except -1:
    cdef Py_ssize_t at
    for at in range(count):
        form = ("exact", "tolerated", "completed", "redirected")[entries[at].form]
        node.endings.append(
            ListedEnding(<Target>entries[at].target, entries[at].rank, form, slashes)
        )
    return 0
