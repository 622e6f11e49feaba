# cython: language_level=3, wraparound=False, cdivision=True
"""Layout: the flat arrays that a walk reads, made of a tree of drafts.

What lives here: how nodes, edges, entries and suffixes lie in memory. What must not be known here:
rules, requests.

Memory is laid out for maps that do not fit into the processor's caches: what a walk reads of one
node or of one suffix lies together, and a hash table holds the edges themselves. A first pass over
the drafts counts everything, so each array is allocated once, at its final size; a second pass
fills them. A node with few edges for texts has them in a row, one with more has a hash table of
them, at most half full, that is probed from place to place.

When few rules have changed, the arrays are copied as they are, and only what these rules touch is
laid out again: where it was, or at the end of its array if it has grown. What stood there before is
then a gap that nothing leads to.
"""

from cpython.mem cimport PyMem_Calloc, PyMem_Free
from libc.stdlib cimport qsort
from libc.string cimport memcpy

from operator import itemgetter

cimport cython

from .builder cimport NO_PLACE, NO_RANK, DraftNode, Insertion, least_of
from .keys cimport Key, hash_of, key_of_text
from .pattern cimport Pattern
from .target cimport Target
from .text cimport Text, text_of
from .walk cimport Form


cdef enum:
    # A node with more static edges than this gets a hash table.
    LINEAR_STATICS = 4
    # The numbers of nodes, edges and words lie below this.
    MOST_NUMBERS = 0x7FFFFFFF


# A struct with one byte more than another one is larger by the other one's alignment.
cdef struct _ByteAndEdge:
    uint8_t byte
    SegmentEdge edge


cdef struct _ByteAndEntry:
    uint8_t byte
    Entry entry


# What the arrays borrow must live as long as they do, so the collector may break no cycle here.
@cython.no_gc_clear
cdef class Layout:
    """The flat arrays of a trie; its base."""

    def __cinit__(self, *args):
        self.contents = []

    def __dealloc__(self):
        PyMem_Free(self.nodes)
        PyMem_Free(self.statics)
        PyMem_Free(self.edges)
        PyMem_Free(self.entries)
        PyMem_Free(self.suffixes)

    cdef int lay_out(self, list drafts, list insertions) except -1:
        cdef DraftNode draft
        # In the words of a suffix, its steps follow it, and its entries follow them.
        static_assert(sizeof(uint64_t) % (sizeof(_ByteAndEdge) - sizeof(SegmentEdge)) == 0)
        static_assert(sizeof(uint64_t) % (sizeof(_ByteAndEntry) - sizeof(Entry)) == 0)
        static_assert(sizeof(Suffix) % (sizeof(_ByteAndEdge) - sizeof(SegmentEdge)) == 0)
        static_assert(sizeof(SegmentEdge) % (sizeof(_ByteAndEntry) - sizeof(Entry)) == 0)
        static_assert(sizeof(Suffix) % (sizeof(_ByteAndEntry) - sizeof(Entry)) == 0)
        _count(self, None, drafts, [], insertions)
        for draft in drafts:
            _add_node(self, draft)
        return 0

    cdef int lay_out_changes(
        self, Layout before, list touched, list chains, list insertions
    ) except -1:
        cdef DraftNode draft
        cdef Insertion insertion
        cdef Suffix* suffix
        cdef Node* node
        cdef list drafts = []
        for draft, _ in touched:
            if draft.index == NO_PLACE:
                draft.index = <uint32_t>(before.node_count + len(drafts))
                drafts.append(draft)
        _count(self, before, drafts, touched, insertions)
        _copy(self, before)
        for draft in drafts:
            _add_node(self, draft)
        for draft, step in touched:
            node = &self.nodes[draft.index]
            if <Py_ssize_t>draft.index >= before.node_count:
                continue
            node.least = draft.least
            if step is None:
                _add_ends(self, node, draft)
            elif isinstance(step, str):
                _set_static(self, node, step, self.place(draft.statics[step], draft.depth + 1))
            else:
                _add_edges(self, node, draft)
        for insertion in chains:
            if insertion.place != NO_PLACE:
                suffix = <Suffix*>(self.suffixes + insertion.place)
                _add_suffix_entries(suffix, insertion)
        return 0

    cdef uint32_t place(self, object child, Py_ssize_t depth) except? 0:
        cdef uint32_t begin = <uint32_t>self.suffix_words
        cdef Suffix* suffix
        cdef SegmentEdge* step
        cdef Insertion insertion
        cdef Py_ssize_t index
        if isinstance(child, DraftNode):
            return (<DraftNode>child).index
        insertion = <Insertion>child
        if insertion.place != NO_PLACE:
            return SUFFIX | insertion.place
        suffix = <Suffix*>(self.suffixes + begin)
        self.suffix_words += _words(insertion, depth)
        insertion.place = begin
        suffix.least = insertion.least()
        suffix.count = <uint32_t>(len(insertion.steps) - depth)
        suffix.rest = suffix.branch = False
        _add_suffix_entries(suffix, insertion)
        for index in range(depth, len(insertion.steps)):
            step = <SegmentEdge*>(suffix + 1) + (index - depth)
            content = insertion.steps[index]
            if isinstance(content, str):
                _set_text(self, step, content)
                step.child = Check.SAME
                continue
            suffix.branch = (<Pattern>content).branch
            step.content = <void*>content
            step.child = _check(<Pattern>content)
            suffix.rest = step.child == Check.REST
            self.contents.append(content)
        return SUFFIX | begin


cdef int _count(
    Layout layout, Layout before, list drafts, list touched, list insertions
) except -1:
    """Allocate the arrays, with nothing in them.

    They are of their final size, or with a layout before, of a size that is enough.
    """
    cdef Py_ssize_t nodes = len(drafts), statics = 0, edges = 0, entries = 0, words = 0
    cdef DraftNode draft
    for draft in drafts:
        statics += _places(len(draft.statics))
        edges += len(draft.patterns)
        entries += _entry_count(draft.ends)
        for children in (draft.statics, draft.patterns):
            for child in children.values():
                words += _words(child, draft.depth + 1)
    for child in insertions:
        words += _words(child, 0)
    if before is not None:
        nodes += before.node_count
        statics += before.static_count
        edges += before.edge_count
        entries += before.entry_count
        words += before.suffix_words
        for draft, step in touched:
            if <Py_ssize_t>draft.index >= before.node_count:
                continue
            if step is None:
                entries += _entry_count(draft.ends)
                continue
            words += _words(draft.edges_to(step)[step], draft.depth + 1)
            if not isinstance(step, str):
                edges += len(draft.patterns)
            elif _places(len(draft.statics)) != _place_count(&before.nodes[draft.index]):
                statics += _places(len(draft.statics))
    if max(nodes, statics, edges, entries, words) > MOST_NUMBERS:
        raise MemoryError("the rules are too many for one map")
    layout.size = (
        nodes * sizeof(Node)
        + statics * sizeof(SegmentEdge)
        + edges * sizeof(PatternEdge)
        + entries * sizeof(Entry)
        + words * sizeof(uint64_t)
    )
    layout.nodes = <Node*>PyMem_Calloc(nodes + 1, sizeof(Node))
    layout.statics = <SegmentEdge*>PyMem_Calloc(statics + 1, sizeof(SegmentEdge))
    layout.edges = <PatternEdge*>PyMem_Calloc(edges + 1, sizeof(PatternEdge))
    layout.entries = <Entry*>PyMem_Calloc(entries + 1, sizeof(Entry))
    layout.suffixes = <uint64_t*>PyMem_Calloc(words + 1, sizeof(uint64_t))
    if (
        layout.nodes == NULL
        or layout.statics == NULL
        or layout.edges == NULL
        or layout.entries == NULL
        or layout.suffixes == NULL
    ):
        raise MemoryError
    return 0


cdef int _copy(Layout layout, Layout before) except -1:
    """Begin with the arrays of another layout."""
    memcpy(layout.nodes, before.nodes, before.node_count * sizeof(Node))
    memcpy(layout.statics, before.statics, before.static_count * sizeof(SegmentEdge))
    memcpy(layout.edges, before.edges, before.edge_count * sizeof(PatternEdge))
    memcpy(layout.entries, before.entries, before.entry_count * sizeof(Entry))
    memcpy(layout.suffixes, before.suffixes, before.suffix_words * sizeof(uint64_t))
    layout.node_count = before.node_count
    layout.static_count = before.static_count
    layout.edge_count = before.edge_count
    layout.entry_count = before.entry_count
    layout.suffix_words = before.suffix_words
    layout.contents = list(before.contents)
    return 0


cdef Py_ssize_t _words(object child, Py_ssize_t depth) except -1:
    """Return the number of words that a child takes among the suffixes, if it is placed now."""
    cdef Insertion insertion
    cdef Py_ssize_t size = sizeof(Suffix)
    if isinstance(child, DraftNode):
        return 0
    insertion = <Insertion>child
    if insertion.place != NO_PLACE:
        return 0
    size += (len(insertion.steps) - depth) * sizeof(SegmentEdge)
    size += _entry_count(_joined(insertion)) * sizeof(Entry)
    # These sizes are not multiples of a word's on every machine.
    return (size + sizeof(uint64_t) - 1) // sizeof(uint64_t)


cdef int _add_node(Layout layout, DraftNode draft) except -1:
    cdef Node* node = &layout.nodes[layout.node_count]
    layout.node_count += 1
    node.least = draft.least
    _add_statics(layout, node, draft)
    _add_edges(layout, node, draft)
    _add_ends(layout, node, draft)
    return 0


cdef int _add_statics(Layout layout, Node* node, DraftNode draft) except -1:
    cdef Py_ssize_t places = _places(len(draft.statics))
    cdef SegmentEdge* edges = _new_places(layout, node, places)
    cdef SegmentEdge given
    node.static_count = <uint32_t>len(draft.statics)
    for text, child in draft.statics.items():
        _set_text(layout, &given, text)
        given.child = layout.place(child, draft.depth + 1)
        _free_place(node, edges, &given)[0] = given
    return 0


cdef SegmentEdge* _new_places(Layout layout, Node* node, Py_ssize_t places) noexcept:
    """Give a node so many free places for static edges."""
    cdef SegmentEdge* edges = layout.statics + layout.static_count
    cdef Py_ssize_t index
    for index in range(places):
        edges[index].child = NOWHERE
    node.statics = <uint32_t>layout.static_count
    node.static_mask = <uint32_t>(places - 1) if places > LINEAR_STATICS else 0
    layout.static_count += places
    return edges


cdef SegmentEdge* _free_place(
    const Node* node, SegmentEdge* edges, const SegmentEdge* given
) noexcept:
    """Return the place for an edge among those of a node, of which one is free."""
    cdef Key key
    cdef uint32_t index = 0
    if node.static_mask:
        key.head, key.tail = given.head, given.tail
        index = hash_of(key, given.length & ~<uint32_t>WIDE)
    while edges[index & node.static_mask if node.static_mask else index].child != NOWHERE:
        index += 1
    return &edges[index & node.static_mask if node.static_mask else index]


cdef int _set_static(Layout layout, Node* node, str text, uint32_t child) except -1:
    """Let a text lead from a node to a child; the node gets more places if it needs them."""
    cdef SegmentEdge* edges = layout.statics + node.statics
    cdef SegmentEdge* before = edges
    cdef Py_ssize_t index, places = _place_count(node)
    cdef SegmentEdge given
    _tell_text(&given, text)
    given.child = child
    for index in range(places):
        if (
            edges[index].child != NOWHERE
            and edges[index].head == given.head
            and edges[index].length == given.length
            and <str>edges[index].content == text
        ):
            edges[index].child = child
            return 0
    node.static_count += 1
    if _places(node.static_count) != places:
        edges = _new_places(layout, node, _places(node.static_count))
        for index in range(places):
            if before[index].child != NOWHERE:
                _free_place(node, edges, &before[index])[0] = before[index]
    _free_place(node, edges, &given)[0] = given
    layout.contents.append(text)
    return 0


cdef int _add_edges(Layout layout, Node* node, DraftNode draft) except -1:
    """Put a node's edges for patterns where it has them, or if they are more now, elsewhere."""
    cdef Py_ssize_t count = len(draft.patterns)
    cdef PatternEdge* edge
    cdef list children = []
    if count > node.edge_count:
        node.edges = <uint32_t>layout.edge_count
        node.edge_count = <uint32_t>count
        layout.edge_count += count
        layout.contents.extend(draft.patterns)
    edge = &layout.edges[node.edges]
    for pattern, child in draft.patterns.items():
        children.append((least_of(child), pattern, child))
    children.sort(key=itemgetter(0))
    for _, pattern, child in children:
        edge.least = least_of(child)
        edge.branch = (<Pattern>pattern).branch
        edge.pattern = <void*>pattern
        edge.check = _check(<Pattern>pattern)
        edge.child = layout.place(child, draft.depth + 1)
        edge += 1
    return 0


cdef int _add_ends(Layout layout, Node* node, DraftNode draft) except -1:
    """Put a node's entries where it has them, or if they are more now, elsewhere."""
    cdef Py_ssize_t count = _entry_count(draft.ends)
    if count > node.end_count + node.slash_count:
        node.ends = <uint32_t>layout.entry_count
        layout.entry_count += count
    _add_entries(
        layout.entries + node.ends, draft.ends, &node.end_count, &node.slash_count, NULL
    )
    node.slashes = node.ends + node.end_count
    return 0


cdef int _add_suffix_entries(Suffix* suffix, Insertion insertion) except -1:
    _add_entries(
        <Entry*>(<SegmentEdge*>(suffix + 1) + suffix.count),
        _joined(insertion),
        &suffix.end_count,
        &suffix.slash_count,
        &suffix.slashes_count,
    )
    return 0


cdef int _set_text(Layout layout, SegmentEdge* step, str text) except -1:
    _tell_text(step, text)
    layout.contents.append(text)
    return 0


cdef int _tell_text(SegmentEdge* step, str text) except -1:
    cdef Text points = text_of(text)
    cdef Key key = key_of_text(&points)
    if points.length > MOST_NUMBERS:
        raise MemoryError("a text of a rule is too long")
    step.head, step.tail = key.head, key.tail
    step.content = <void*>text
    step.length = <uint32_t>points.length
    if points.kind != 1:
        step.length |= WIDE
    return 0


cdef list _joined(Insertion insertion):
    cdef list insertions = []
    while insertion is not None:
        insertions.append(insertion)
        insertion = insertion.following
    return insertions


cdef Py_ssize_t _entry_count(list insertions) except -1:
    cdef Py_ssize_t count = 0
    cdef Insertion insertion
    for insertion in insertions:
        count += insertion.end != NO_RANK
        count += insertion.slash != NO_RANK
        count += insertion.slashes != NO_RANK
    return count


cdef Py_ssize_t _add_entries(
    Entry* entries, list insertions, uint32_t* ends, uint32_t* slashes, uint32_t* more_slashes
) except -1:
    """Write the entries of insertions that end at one place, and count them by the slashes left."""
    cdef Py_ssize_t left, first, count = 0
    cdef uint32_t* counts
    cdef Entry* entry
    cdef Insertion insertion
    cdef uint32_t rank
    cdef uint8_t form
    for left in range(3):
        first = count
        for insertion in insertions:
            if left == 0:
                rank, form = insertion.end, insertion.end_form
            elif left == 1:
                rank, form = insertion.slash, insertion.slash_form
            else:
                rank, form = insertion.slashes, <uint8_t>Form.TOLERATED
            if rank == NO_RANK:
                continue
            entry = &entries[count]
            entry.rank = rank
            entry.form = form
            entry.target = insertion.target
            entry.methods = insertion.methods
            entry.websocket = (<Target>insertion.target).websocket
            entry.merges = (<Target>insertion.target).merges
            count += 1
        if left == 0:
            counts = ends
        else:
            counts = slashes if left == 1 else more_slashes
        if counts != NULL:
            counts[0] = <uint32_t>(count - first)
        qsort(entries + first, count - first, sizeof(Entry), _by_rank)
    return count


cdef int _by_rank(const void* first, const void* second) noexcept nogil:
    cdef uint32_t one = (<const Entry*>first).rank, other = (<const Entry*>second).rank
    return (one > other) - (one < other)


cdef int _check(Pattern pattern) noexcept:
    if pattern.tail:
        return Check.REST
    if pattern.any_text:
        return Check.FILLED
    return Check.DIGITS if pattern.digits else Check.FITS


cdef Py_ssize_t _place_count(const Node* node) noexcept:
    """Return the number of places that a node has for static edges."""
    return node.static_mask + 1 if node.static_mask else node.static_count


cdef Py_ssize_t _places(Py_ssize_t statics) noexcept:
    """Return the number of places for so many edges: of a hash table, half are unused."""
    cdef Py_ssize_t places = 8
    if statics <= LINEAR_STATICS:
        return statics
    while places < 2 * statics:
        places *= 2
    return places
