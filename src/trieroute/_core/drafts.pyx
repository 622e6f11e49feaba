# cython: language_level=3
"""Drafts: the tree of nodes while a trie is being made.

What lives here: putting rows into a tree of Python objects, and making their leaves and patterns. What
must not be known here: the flat arrays that the trie makes of the tree.
"""

from .leaf cimport Leaf
from .segments cimport Pattern
from .walk cimport Form


class Draft:
    """A node while the trie is being made.

    :param depth: number of segments before it.
    """

    __slots__ = ("depth", "ends", "index", "least", "patterns", "slashes", "statics")

    def __init__(self, depth):
        self.depth = depth
        #: Its place among all nodes.
        self.index = None
        #: The lowest rank in it and below.
        self.least = None
        #: text -> child.
        self.statics = {}
        #: (Pattern, whether it is a tail of a rule that ends with a slash) -> child.
        self.patterns = {}
        #: (rank, leaf, method set, form, websocket, merges) for a path that ends here, and for
        #: one that ends here but for one slash.
        self.ends = []
        self.slashes = []

    def child(self, edges, key, rank):
        """Return the node behind an edge, made if need be; a rule of that rank goes there."""
        return lowered(edges, key, self.depth + 1, rank)


def lowered(nodes, key, depth, rank):
    """Return a node, made if need be, that has an entry of that rank in it or below."""
    node = nodes.get(key)
    if node is None:
        node = nodes[key] = Draft(depth)
    if node.least is None or rank < node.least:
        node.least = rank
    return node


class Drafting:
    """Puts rows into a tree.

    :param rows: as for :class:`trieroute._core.trie.Trie`, but with a number for their methods.
    """

    def __init__(self, rows):
        #: domain, a text or a Pattern -> node.
        self.roots = {}
        self.leaves = []
        self.patterns = []
        self._interned = {}
        for row in rows:
            self._add(row)

    def nodes(self):
        """Number all nodes and return them in that order."""
        nodes = list(self.roots.values())
        # The list grows while it is read: breadth first, without recursion.
        for node in nodes:
            nodes.extend(node.statics.values())
            nodes.extend(node.patterns.values())
        for index, node in enumerate(nodes):
            node.index = index
        return nodes

    def _pattern(self, spec, tail):
        """Return the one pattern for a spec."""
        pattern = self._interned.get((spec, tail))
        if pattern is None:
            pattern = self._interned[spec, tail] = Pattern(spec, tail)
            self.patterns.append(pattern)
        return pattern

    def _add(self, row):
        (
            rule, endpoint, defaults, domain, segments, tail, branch, strict, merges, methods,
            websocket, (exact, lacking, tolerated), variables, direct,
        ) = row
        captures = []
        if not isinstance(domain, str):
            domain = self._pattern(domain, True)
            captures.append((domain, -1))
        least = min(exact, lacking, tolerated)
        node = lowered(self.roots, domain, 0, least)
        for depth, segment in enumerate(segments):
            if isinstance(segment, str):
                node = node.child(node.statics, segment, least)
            else:
                pattern = self._pattern(segment, False)
                captures.append((pattern, depth))
                node = node.child(node.patterns, (pattern, False), least)
        if tail is not None:
            pattern = self._pattern(tail, True)
            captures.append((pattern, node.depth))
            node = node.child(node.patterns, (pattern, branch), least)

        rest = (len(self.leaves), methods)
        flags = (websocket, merges)
        self.leaves.append(
            Leaf(rule, endpoint, defaults, direct, variables, captures, tail is not None, branch)
        )
        tolerates = not strict and tail is None
        if branch:
            node.slashes.append((exact, *rest, Form.EXACT, *flags))
            form = Form.REDIRECTED if strict else Form.COMPLETED
            node.ends.append((lacking, *rest, form, *flags))
            if tolerates:
                # The slash too many stands behind the rule's own: one empty segment further on.
                node = node.child(node.statics, "", least)
        else:
            node.ends.append((exact, *rest, Form.EXACT, *flags))
        if tolerates:
            node.slashes.append((tolerated, *rest, Form.TOLERATED, *flags))
