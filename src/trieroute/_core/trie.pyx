# cython: language_level=3, wraparound=False, cdivision=True
"""The trie: rules with ranks in, the lowest-ranked rule that takes a request out.

What lives here: the compiled form of a map's rules, and the walk. What must not be known here: maps,
orders (a rank is a number), exceptions, redirect URLs.

A path is cut at its slashes into segments. A node stands for the segments before it; from it lead
edges for one text (found by content) and for patterns (tried by ascending lowest rank below them),
and a pattern that may hold slashes, a *tail*, takes all that is left. At each node lie the entries
for a path that ends there, and for one that ends there but for one slash. Domains are one level
above: each has a root of its own.

A walk goes depth first and keeps the best entry found. Every node and edge knows the lowest rank
below it, so whatever cannot beat the best is left out. Nothing of a variable is remembered on the
way: which segment holds it is known from the rule, so the winner's spans are found afterwards, and
only they become Python objects. When a converter then refuses, the walk is made once more for ranks
above (`Walk.floor`).

A trie is never changed after it was made, and a walk keeps its state in a struct of the caller: any
number of threads may walk one trie.
"""

from cpython.mem cimport PyMem_Calloc, PyMem_Free, PyMem_Malloc
from cpython.unicode cimport (
    PyUnicode_DATA,
    PyUnicode_GET_LENGTH,
    PyUnicode_KIND,
    PyUnicode_Substring,
)
from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcmp, memcpy

import re

cimport cython
from werkzeug.routing import ValidationError

from .segments cimport Char, Pattern, Span, Text, decimal, text_equal, text_free, text_init


cdef extern from *:
    """
    #define TRIEROUTE_NO_RANK PY_SSIZE_T_MAX
    """
    const Py_ssize_t NO_RANK "TRIEROUTE_NO_RANK"


cdef enum:
    STACK_FRAMES = 32
    STACK_SPANS = 16
    # A node with more static edges than this gets a hash table.
    LINEAR_STATICS = 4
    # Texts of up to this many narrow code points are equal when head, tail and length are.
    KEYED_LENGTH = 16
    SAFE_DIGITS = 18


cdef struct Key:
    uint64_t head
    uint64_t tail


_RUN = re.compile("/{2,}")


# Keys of texts

cdef inline uint64_t _load4(const uint8_t* at) noexcept:
    cdef uint32_t value
    memcpy(&value, at, 4)
    return value


cdef inline uint64_t _load8(const uint8_t* at) noexcept:
    cdef uint64_t value
    memcpy(&value, at, 8)
    return value


cdef inline Key _narrow_key(const uint8_t* text, Py_ssize_t length) noexcept:
    """Pack a text without reading past either end of it."""
    cdef Key key
    key.tail = 0
    if length >= 8:
        key.head = _load8(text)
        key.tail = _load8(text + length - 8)
    elif length >= 4:
        key.head = _load4(text) | (_load4(text + length - 4) << 32)
    elif length > 0:
        key.head = (
            <uint64_t>text[0]
            | (<uint64_t>text[length >> 1] << 8)
            | (<uint64_t>text[length - 1] << 16)
        )
    else:
        key.head = 0
    return key


cdef inline Key _key(const Char* text, Py_ssize_t length) noexcept:
    """Pack the low bytes of a text's code points, so that all widths agree."""
    cdef uint8_t[16] low
    cdef Key first, last
    cdef Py_ssize_t index
    if Char is uint8_t:
        return _narrow_key(text, length)
    else:
        if length < 8:
            for index in range(length):
                low[index] = <uint8_t>(text[index] & 255)
            return _narrow_key(low, length)
        for index in range(8):
            low[index] = <uint8_t>(text[index] & 255)
            low[8 + index] = <uint8_t>(text[length - 8 + index] & 255)
        return _narrow_key(low, 16)


cdef inline uint32_t _hash(Key key, Py_ssize_t length) noexcept:
    cdef uint64_t mixed = (
        key.head * <uint64_t>0x9E3779B97F4A7C15
        ^ (key.tail + <uint64_t>length) * <uint64_t>0xC2B2AE3D27D4EB4F
    )
    return <uint32_t>(mixed >> 32) ^ <uint32_t>(mixed >> 15)


cdef class Leaf:
    """A rule as the end of a walk.

    :param rule: the rule.
    :param endpoint: what a match returns.
    :param defaults: a mapping laid over the values, or ``None``.
    :param direct: whether nothing redirects a match of the rule.
    :param variables: ``(name, conversion, to_python)`` of each variable, in the order of the rule.
    """

    def __cinit__(self, rule, endpoint, defaults, bint direct, tuple variables):
        cdef Py_ssize_t index
        self.rule = rule
        self.endpoint = endpoint
        self.defaults = defaults
        self.direct = direct
        self.names = tuple([variable[0] for variable in variables])
        self.converters = tuple([variable[2] for variable in variables])
        self.conversions = <uint8_t*>PyMem_Malloc(len(variables) + 1)
        if self.conversions == NULL:
            raise MemoryError
        for index in range(len(variables)):
            self.conversions[index] = variables[index][1]

    cdef int _set_captures(self, list captures) except -1:
        """Take over ``(Pattern, segment)`` of each part with variables, in the rule's order."""
        cdef Py_ssize_t first = 0
        cdef Pattern pattern
        self.captures = <Capture*>PyMem_Malloc((len(captures) + 1) * sizeof(Capture))
        if self.captures == NULL:
            raise MemoryError
        for pattern, segment in captures:
            self.captures[self.capture_count].pattern = <void*>pattern
            self.captures[self.capture_count].segment = segment
            self.captures[self.capture_count].first = first
            self.capture_count += 1
            first += pattern.variables
        if first != len(self.names):
            raise ValueError(f"rule {self.rule}: patterns and variables differ in number")
        return 0

    def __dealloc__(self):
        PyMem_Free(self.conversions)
        PyMem_Free(self.captures)


class _Draft:
    """A node while the trie is being made."""

    __slots__ = ("depth", "ends", "index", "least", "patterns", "slashes", "statics")

    def __init__(self, depth):
        self.depth = depth
        self.least = None
        self.statics = {}
        self.patterns = {}
        self.ends = []
        self.slashes = []
        self.index = None

    def child(self, edges, key, rank):
        """Return the node behind an edge, made if need be; a rule of that rank goes there."""
        node = edges.get(key)
        if node is None:
            node = edges[key] = _Draft(self.depth + 1)
        if node.least is None or rank < node.least:
            node.least = rank
        return node


# What the C arrays borrow must live as long as they do: the collector breaks no cycle here.
@cython.no_gc_clear
cdef class Trie:
    """The rules of a map, compiled.

    :param rows: one tuple a rule: rule, endpoint, defaults, domain, segments, tail, branch, strict,
        merges, methods, websocket, ranks, variables, direct. Domain and segments are texts or
        patterns (``trieroute.patterns``), tail is a pattern or ``None``, methods a frozenset or
        ``None``, ranks those of the exact form, the one that lacks its slash and the one that
        tolerates a slash; variables and direct are as in :class:`Leaf`. No two ranks are equal.
    """

    def __cinit__(self, rows):
        self.leaves = []
        self.domains = {}
        self.domain_edges = []
        self.patterns = []
        rows = list(rows)
        self._add_methods(rows)
        self._allocate(_Compiler(self).compile(rows))

    def __dealloc__(self):
        cdef Py_ssize_t index
        if self.statics != NULL:
            for index in range(self.static_count):
                text_free(&self.statics[index].text)
        PyMem_Free(self.statics)
        PyMem_Free(self.nodes)
        PyMem_Free(self.slots)
        PyMem_Free(self.edges)
        PyMem_Free(self.entries)
        PyMem_Free(self.method_sets)

    # Making a trie

    cdef int _add_methods(self, list rows) except -1:
        """Number the methods and lay out the bit sets; set 0 has all methods."""
        cdef Py_ssize_t number, offset
        sets = {None: 0}
        self.methods = {}
        for row in rows:
            if row[9] is not None and row[9] not in sets:
                sets[row[9]] = len(sets)
                for method in row[9]:
                    self.methods.setdefault(method, len(self.methods) + 1)
        self.method_words = (len(self.methods) + 64) // 64
        self.method_sets = <uint64_t*>PyMem_Calloc(
            len(sets) * self.method_words, sizeof(uint64_t)
        )
        if self.method_sets == NULL:
            raise MemoryError
        for offset in range(self.method_words):
            self.method_sets[offset] = ~<uint64_t>0
        for methods, index in sets.items():
            if methods is None:
                continue
            for method in methods:
                number = self.methods[method]
                offset = <Py_ssize_t>index * self.method_words + (number >> 6)
                self.method_sets[offset] |= <uint64_t>1 << (number & 63)
        for index, row in enumerate(rows):
            rows[index] = (*row[:9], sets[row[9]] * self.method_words, *row[10:])
        return 0

    cdef int _allocate(self, list drafts) except -1:
        cdef Py_ssize_t statics = 0, edges = 0, entries = 0, slots = 0
        cdef Node* node
        for draft in drafts:
            statics += len(draft.statics)
            edges += len(draft.patterns)
            entries += len(draft.ends) + len(draft.slashes)
            slots += _slots_for(len(draft.statics))
        self.nodes = <Node*>PyMem_Calloc(len(drafts) + 1, sizeof(Node))
        self.statics = <StaticEdge*>PyMem_Calloc(statics + 1, sizeof(StaticEdge))
        self.slots = <uint32_t*>PyMem_Calloc(slots + 1, sizeof(uint32_t))
        self.edges = <PatternEdge*>PyMem_Calloc(edges + 1, sizeof(PatternEdge))
        self.entries = <Entry*>PyMem_Calloc(entries + 1, sizeof(Entry))
        if (
            self.nodes == NULL
            or self.statics == NULL
            or self.slots == NULL
            or self.edges == NULL
            or self.entries == NULL
        ):
            raise MemoryError
        for draft in drafts:
            node = &self.nodes[self.node_count]
            self.node_count += 1
            node.least = draft.least
            node.depth = draft.depth
            self._add_statics(node, draft.statics)
            self._add_edges(node, draft.patterns)
            self._add_entries(&node.ends, &node.end_count, draft.ends)
            self._add_entries(&node.slashes, &node.slash_count, draft.slashes)
            if draft.depth > self.depth:
                self.depth = draft.depth
        return 0

    cdef int _add_statics(self, Node* node, dict statics) except -1:
        cdef StaticEdge* edge
        cdef Key key
        cdef uint32_t slot
        cdef Py_ssize_t slots = _slots_for(len(statics))
        node.statics = <uint32_t>self.static_count
        node.static_count = <uint32_t>len(statics)
        node.slots = <uint32_t>self.slot_count
        node.slot_mask = <uint32_t>(slots - 1 if slots else 0)
        self.slot_count += slots
        for text, child in statics.items():
            edge = &self.statics[self.static_count]
            text_init(&edge.text, text)
            self.static_count += 1
            edge.child = child.index
            key = _key[uint32_t](edge.text.wide, edge.text.length)
            edge.head, edge.tail = key.head, key.tail
            if slots:
                slot = _hash(key, edge.text.length) & node.slot_mask
                while self.slots[node.slots + slot]:
                    slot = (slot + 1) & node.slot_mask
                self.slots[node.slots + slot] = <uint32_t>self.static_count
        return 0

    cdef int _add_edges(self, Node* node, dict edges) except -1:
        cdef PatternEdge* edge
        node.edges = <uint32_t>self.edge_count
        node.edge_count = <uint32_t>len(edges)
        for (pattern, branch), child in sorted(edges.items(), key=_least_below):
            edge = &self.edges[self.edge_count]
            self.edge_count += 1
            edge.least = child.least
            edge.pattern = <void*>pattern
            edge.child = child.index
            edge.tail = (<Pattern>pattern).tail
            edge.branch = branch
        return 0

    cdef int _add_entries(self, uint32_t* first, uint32_t* count, list entries) except -1:
        cdef Entry* entry
        first[0] = <uint32_t>self.entry_count
        count[0] = <uint32_t>len(entries)
        for rank, leaf, methods, form, websocket, merges in sorted(entries):
            entry = &self.entries[self.entry_count]
            self.entry_count += 1
            entry.rank = rank
            entry.leaf = leaf
            entry.methods = methods
            entry.form = form
            entry.websocket = websocket
            entry.merges = merges
        return 0

    # Walking

    cdef int open(self, Walk* walk, str path, bint merging) except -1:
        cdef Py_ssize_t limit = self.depth + 2
        walk.own_segments = NULL
        walk.segments = walk.stack_segments
        walk.kind = PyUnicode_KIND(path)
        walk.text = PyUnicode_DATA(path)
        walk.length = PyUnicode_GET_LENGTH(path)
        walk.merging = merging
        walk.floor = -1
        if limit > STACK_SEGMENTS:
            if limit > walk.length + 1:
                limit = walk.length + 1
            if limit > STACK_SEGMENTS:
                walk.own_segments = <Span*>PyMem_Malloc(limit * sizeof(Span))
                if walk.own_segments == NULL:
                    raise MemoryError
                walk.segments = walk.own_segments
        if walk.kind == 1:
            return self._split[uint8_t](walk, <const uint8_t*>walk.text)
        if walk.kind == 2:
            return self._split[uint16_t](walk, <const uint16_t*>walk.text)
        return self._split[uint32_t](walk, <const uint32_t*>walk.text)

    cdef void close(self, Walk* walk) noexcept:
        PyMem_Free(walk.own_segments)
        walk.own_segments = NULL

    cdef int _split(self, Walk* walk, const Char* text) except -1:
        """Find the segments, as many as tell rules apart: one past the deepest, and a last slash."""
        cdef Py_ssize_t limit = self.depth + 2
        cdef Py_ssize_t length = walk.length
        cdef Py_ssize_t at = 0, start, count = 0
        walk.count = 0
        walk.lead = 0
        if length == 0:
            return 0
        while at < length and text[at] == c'/':
            at += 1
        walk.lead = start = at
        while count < limit:
            while at < length and text[at] != c'/':
                at += 1
            if at > start or at == length or not walk.merging:
                walk.segments[count].start = start
                walk.segments[count].end = at
                count += 1
            if at >= length:
                break
            at += 1
            start = at
        walk.count = count
        return 0

    cdef int ask(self, Walk* walk, str method, bint websocket) except -1:
        cdef Py_ssize_t number = 0
        found = self.methods.get(method)
        if found is None:
            found = self.methods.get(method.upper())
        if found is not None:
            number = found
        walk.method_word = number >> 6
        walk.method_bit = <uint64_t>1 << (number & 63)
        walk.websocket = websocket
        return 0

    cdef bint search(self, Walk* walk, str domain, str path, list gathered) except -1:
        cdef Pattern pattern
        cdef Py_ssize_t least
        cdef str lowered
        walk.best = NO_RANK
        walk.entry = NULL
        root = self.domains.get(domain)
        lowered = domain
        if root is None or self.domain_edges:
            lowered = domain.lower()
            root = self.domains.get(lowered)
        if root is not None:
            self._enter(walk, path, root, gathered)
        for least, pattern, root in self.domain_edges:
            if least >= walk.best:
                break
            if _accepts(pattern, lowered, NULL):
                self._enter(walk, path, root, gathered)
        return walk.entry != NULL

    cdef int _enter(self, Walk* walk, str path, uint32_t root, list gathered) except -1:
        if walk.kind == 1:
            self._run[uint8_t](walk, path, <const uint8_t*>walk.text, root, gathered)
        elif walk.kind == 2:
            self._run[uint16_t](walk, path, <const uint16_t*>walk.text, root, gathered)
        else:
            self._run[uint32_t](walk, path, <const uint32_t*>walk.text, root, gathered)
        return 0

    cdef bint _run(
        self, Walk* walk, str path, const Char* text, uint32_t root, list gathered
    ) except -1:
        """Walk below one root. A frame a level is enough: the trie's depth bounds them."""
        cdef Frame[STACK_FRAMES] stack_frames
        cdef Frame* frames = stack_frames
        cdef Frame* own_frames = NULL
        if self.depth >= STACK_FRAMES:
            own_frames = <Frame*>PyMem_Malloc((self.depth + 1) * sizeof(Frame))
            if own_frames == NULL:
                raise MemoryError
            frames = own_frames
        try:
            return self._descend[Char](walk, path, text, root, gathered, frames)
        finally:
            PyMem_Free(own_frames)

    cdef bint _descend(
        self,
        Walk* walk,
        str path,
        const Char* text,
        uint32_t root,
        list gathered,
        Frame* frames,
    ) except -1:
        cdef Py_ssize_t height = 0
        cdef const Node* node = &self.nodes[root]
        cdef const PatternEdge* edge
        cdef Frame* frame
        cdef Span span
        cdef Py_ssize_t child
        cdef int slash
        while True:
            # Enter a node that may hold something better.
            child = -1
            if node.depth == walk.count:
                self._scan(walk, node.ends, node.end_count, gathered)
            else:
                span = walk.segments[node.depth]
                if node.depth == walk.count - 1 and span.start == span.end:
                    self._scan(walk, node.slashes, node.slash_count, gathered)
                if node.static_count:
                    child = self._static[Char](node, text, span)
                if node.edge_count:
                    frame = &frames[height]
                    frame.edge = node.edges
                    frame.stop = node.edges + node.edge_count
                    frame.depth = node.depth
                    height += 1
                if child >= 0 and self.nodes[child].least < walk.best:
                    node = &self.nodes[child]
                    continue
            # Go on with the pattern edges, the deepest first.
            node = NULL
            while height:
                frame = &frames[height - 1]
                if frame.edge == frame.stop or self.edges[frame.edge].least >= walk.best:
                    height -= 1
                    continue
                edge = &self.edges[frame.edge]
                frame.edge += 1
                span = walk.segments[frame.depth]
                slash = 0
                if edge.tail:
                    span.end = walk.length
                    if edge.branch:
                        slash = _strip_slash[Char](text, &span, walk.merging)
                        if slash < 0:
                            continue
                if not (<Pattern>edge.pattern).accepts(path, text, span, walk.merging, NULL):
                    continue
                node = &self.nodes[edge.child]
                if not edge.tail:
                    break
                if slash:
                    self._scan(walk, node.slashes, node.slash_count, gathered)
                else:
                    self._scan(walk, node.ends, node.end_count, gathered)
                node = NULL
            if node == NULL:
                return walk.entry != NULL

    cdef Py_ssize_t _static(self, const Node* node, const Char* text, Span span) noexcept:
        """The child behind the static edge for text[span], -1 for none."""
        cdef Py_ssize_t length = span.end - span.start
        cdef const Char* at = text + span.start
        cdef Key key = _key[Char](at, length)
        cdef const StaticEdge* edge
        cdef uint32_t index, slot, probe = 0
        if node.slot_mask:
            slot = _hash(key, length) & node.slot_mask
        while True:
            if node.slot_mask:
                index = self.slots[node.slots + slot]
                if index == 0:
                    return -1
                edge = &self.statics[index - 1]
                slot = (slot + 1) & node.slot_mask
            else:
                if probe == node.static_count:
                    return -1
                edge = &self.statics[node.statics + probe]
                probe += 1
            if edge.head == key.head and edge.tail == key.tail and edge.text.length == length:
                if Char is uint8_t:
                    if edge.text.narrow != NULL and (
                        length <= KEYED_LENGTH or memcmp(at, edge.text.narrow, length) == 0
                    ):
                        return edge.child
                elif text_equal[Char](at, &edge.text):
                    return edge.child

    cdef int _scan(self, Walk* walk, uint32_t first, uint32_t count, list gathered) except -1:
        """Take the lowest entry that suits the request, if it is better than the best."""
        cdef const Entry* entry
        cdef uint32_t index
        for index in range(first, first + count):
            entry = &self.entries[index]
            if entry.rank >= walk.best:
                break
            if entry.rank <= walk.floor or (walk.merging and not entry.merges):
                continue
            if gathered is not None:
                gathered.append((entry.rank, index))
            elif (
                self.method_sets[entry.methods + walk.method_word] & walk.method_bit
                and entry.websocket == walk.websocket
            ):
                walk.best = entry.rank
                walk.entry = entry
                break
        return 0

    # What was found

    cdef dict values(self, Walk* walk, const Entry* entry, str domain, str path):
        cdef Leaf leaf = <Leaf>self.leaves[entry.leaf]
        if walk.kind == 1:
            return self._values[uint8_t](walk, leaf, domain, path, <const uint8_t*>walk.text)
        if walk.kind == 2:
            return self._values[uint16_t](walk, leaf, domain, path, <const uint16_t*>walk.text)
        return self._values[uint32_t](walk, leaf, domain, path, <const uint32_t*>walk.text)

    cdef dict _values(self, Walk* walk, Leaf leaf, str domain, str path, const Char* text):
        cdef Span[STACK_SPANS] stack_spans
        cdef Span* spans = stack_spans
        cdef Span* own_spans = NULL
        cdef dict values = {}
        cdef Py_ssize_t count = len(leaf.names)
        cdef Py_ssize_t index, in_domain = 0
        cdef Capture* capture
        cdef str source
        if count:
            if count > STACK_SPANS:
                own_spans = <Span*>PyMem_Malloc(count * sizeof(Span))
                if own_spans == NULL:
                    raise MemoryError
                spans = own_spans
            try:
                for index in range(leaf.capture_count):
                    capture = &leaf.captures[index]
                    if capture.segment < 0:
                        in_domain = (<Pattern>capture.pattern).variables
                        _accepts(<Pattern>capture.pattern, domain.lower(), spans)
                    elif (<Pattern>capture.pattern).tail:
                        self._tail(walk, leaf, path, spans)
                    else:
                        (<Pattern>capture.pattern).accepts(
                            path,
                            text,
                            walk.segments[capture.segment],
                            walk.merging,
                            spans + capture.first,
                        )
                for index in range(count):
                    if index < in_domain:
                        source = domain if len(domain.lower()) == len(domain) else domain.lower()
                    else:
                        source = path
                    value = _value(leaf, index, source, spans[index])
                    if value is _REFUSED:
                        return None
                    values[leaf.names[index]] = value
            finally:
                PyMem_Free(own_spans)
        if leaf.defaults:
            values.update(leaf.defaults)
        return values

    cdef int _tail(self, Walk* walk, Leaf leaf, str path, Span* found) except -1:
        """Find the spans of the variables in the tail, the last part of the rule."""
        cdef Capture* capture = &leaf.captures[leaf.capture_count - 1]
        cdef Span span
        span.start = walk.segments[capture.segment].start
        span.end = walk.length
        if walk.kind == 1:
            _tail_spans[uint8_t](
                capture, leaf.branch, path, <const uint8_t*>walk.text, span, walk.merging, found
            )
        elif walk.kind == 2:
            _tail_spans[uint16_t](
                capture, leaf.branch, path, <const uint16_t*>walk.text, span, walk.merging, found
            )
        else:
            _tail_spans[uint32_t](
                capture, leaf.branch, path, <const uint32_t*>walk.text, span, walk.merging, found
            )
        return 0

    cdef str corrected(self, Walk* walk, const Entry* entry, str path):
        cdef Leaf leaf = <Leaf>self.leaves[entry.leaf]
        cdef Py_ssize_t count = walk.count
        cdef Py_ssize_t index, at
        cdef Py_ssize_t variables = len(leaf.names)
        cdef Span* spans
        cdef str rest
        last = "/" if entry.form == Form.REDIRECTED else ""
        if not walk.merging:
            return f"/{path[walk.lead:]}{last}" if walk.length else last
        pieces = []
        if leaf.tail:
            count = leaf.captures[leaf.capture_count - 1].segment
        for index in range(count):
            pieces.append("/")
            pieces.append(
                PyUnicode_Substring(path, walk.segments[index].start, walk.segments[index].end)
            )
        if leaf.tail:
            # Slashes are merged around the variables of the tail, not in them.
            pieces.append("/")
            spans = <Span*>PyMem_Malloc((variables + 1) * sizeof(Span))
            if spans == NULL:
                raise MemoryError
            try:
                self._tail(walk, leaf, path, spans)
                at = walk.segments[count].start
                for index in range(
                    leaf.captures[leaf.capture_count - 1].first, variables
                ):
                    rest = PyUnicode_Substring(path, at, spans[index].start)
                    pieces.append(_RUN.sub("/", rest))
                    pieces.append(
                        PyUnicode_Substring(path, spans[index].start, spans[index].end)
                    )
                    at = spans[index].end
                pieces.append(_RUN.sub("/", PyUnicode_Substring(path, at, walk.length)))
            finally:
                PyMem_Free(spans)
        pieces.append(last)
        return "".join(pieces)

    def match_one(self, str domain, str path, bint merge_slashes):
        """Match the one rule of a trie, whatever its methods and whether it wants a WebSocket.

        :param domain: subdomain or host.
        :param path: the path.
        :param merge_slashes: whether to try with slashes merged as well.
        :return: ``None``, or the values, the path to redirect to (``None`` if it is right as it
            stands), and whether it lacks its last slash.
        """
        cdef Walk walk
        cdef const Entry* entry
        for merging in (False, True):
            if merging and not (merge_slashes and "//" in path):
                break
            self.open(&walk, path, merging)
            try:
                gathered = []
                self.search(&walk, domain, path, gathered)
                for _, index in sorted(gathered):
                    entry = &self.entries[<Py_ssize_t>index]
                    values = self.values(&walk, entry, domain, path)
                    if values is None:
                        continue
                    lacks = entry.form == Form.REDIRECTED
                    right = self.corrected(&walk, entry, path) if merging or lacks else None
                    return values, right, lacks
            finally:
                self.close(&walk)
        return None

    # Looking at a trie

    def __str__(self):
        """The trie as indented text, one edge or entry a line, ranks in brackets."""
        lines = []
        roots = [(repr(domain), root) for domain, root in self.domains.items()]
        roots += [(repr(pattern), root) for _, pattern, root in self.domain_edges]
        for name, root in roots:
            lines.append(f"domain {name}")
            self._show(root, "  ", lines)
        return "\n".join(lines)

    def _show(self, Py_ssize_t index, str indent, list lines):
        # An explicit stack: rules may be nested more deeply than Python's calls.
        cdef Node* node
        cdef Py_ssize_t at
        stack = [(None, index, indent)]
        while stack:
            label, index, indent = stack.pop()
            if label is not None:
                lines.append(f"{indent}{label}")
                indent += "  "
            node = &self.nodes[index]
            for kind, first, count in (
                ("", node.ends, node.end_count), ("/", node.slashes, node.slash_count)
            ):
                for at in range(first, <Py_ssize_t>first + <Py_ssize_t>count):
                    entry = self.entries[at]
                    rule = (<Leaf>self.leaves[entry.leaf]).rule
                    form = ("", ", slash too many", ", slash missing", ", redirects")[entry.form]
                    lines.append(f"{indent}{kind}= {rule} [{entry.rank}{form}]")
            children = []
            for at in range(node.statics, node.statics + node.static_count):
                text = "".join([
                    chr(self.statics[at].text.wide[position])
                    for position in range(self.statics[at].text.length)
                ])
                children.append((f"/{text}", self.statics[at].child, indent))
            for at in range(node.edges, node.edges + node.edge_count):
                pattern = <Pattern>self.edges[at].pattern
                rest = " (rest of the path)" if pattern.tail else ""
                children.append((f"/{pattern!r}{rest}", self.edges[at].child, indent))
            stack.extend(reversed(children))


class _Compiler:
    """Puts rows into drafts of nodes, and leaves and patterns into their trie."""

    def __init__(self, trie):
        self.trie = trie
        self.interned = {}
        self.drafts = []

    def compile(self, rows):
        """Return the drafts of all nodes, each numbered by its place in the list."""
        roots = {}
        for row in rows:
            self.add(roots, row)
        drafts = list(roots.values())
        # The list grows while it is read: breadth first, without recursion.
        for draft in drafts:
            drafts.extend(draft.statics.values())
            drafts.extend(draft.patterns.values())
        for index, draft in enumerate(drafts):
            draft.index = index
        self.set_roots(roots)
        return drafts

    def set_roots(self, roots):
        cdef Trie trie = self.trie
        for domain, root in roots.items():
            if isinstance(domain, str):
                trie.domains[domain] = root.index
            else:
                trie.domain_edges.append((root.least, domain, root.index))
        trie.domain_edges.sort(key=_first)

    def pattern(self, spec, tail):
        """Return the one pattern for a spec."""
        cdef Trie trie = self.trie
        pattern = self.interned.get((spec, tail))
        if pattern is None:
            pattern = self.interned[spec, tail] = Pattern(spec, tail)
            trie.patterns.append(pattern)
        return pattern

    def add(self, roots, row):
        cdef Trie trie = self.trie
        cdef Leaf leaf
        (
            rule, endpoint, defaults, domain, segments, tail, branch, strict, merges, methods,
            websocket, (exact, lacking, tolerated), variables, direct,
        ) = row
        captures = []
        if not isinstance(domain, str):
            domain = self.pattern(domain, True)
            captures.append((domain, -1))
        least = min(exact, lacking, tolerated)
        node = roots.get(domain)
        if node is None:
            node = roots[domain] = _Draft(0)
        if node.least is None or least < node.least:
            node.least = least
        for depth, segment in enumerate(segments):
            if isinstance(segment, str):
                node = node.child(node.statics, segment, least)
            else:
                pattern = self.pattern(segment, False)
                captures.append((pattern, depth))
                node = node.child(node.patterns, (pattern, False), least)
        if tail is not None:
            pattern = self.pattern(tail, True)
            captures.append((pattern, node.depth))
            node = node.child(node.patterns, (pattern, branch), least)

        number = len(trie.leaves)
        leaf = Leaf(rule, endpoint, defaults, direct, variables)
        leaf._set_captures(captures)
        leaf.tail = tail is not None
        leaf.branch = branch
        trie.leaves.append(leaf)
        rest = (number, methods)
        flags = (websocket, merges)
        if branch:
            node.slashes.append((exact, *rest, Form.EXACT, *flags))
            form = Form.REDIRECTED if strict else Form.COMPLETED
            node.ends.append((lacking, *rest, form, *flags))
            # The slash too many stands behind the rule's own: one empty segment further on.
            node = None if strict or tail is not None else node.child(node.statics, "", least)
        else:
            node.ends.append((exact, *rest, Form.EXACT, *flags))
            node = None if strict or tail is not None else node
        if node is not None:
            node.slashes.append((tolerated, *rest, Form.TOLERATED, *flags))


cdef class _Refused:
    """Stands for the value of a variable that its converter refuses."""


cdef object _REFUSED = _Refused()


def _first(pair):
    return pair[0]


def _least_below(edge):
    return edge[1].least


cdef Py_ssize_t _slots_for(Py_ssize_t statics) noexcept:
    """Slots of the hash table for so many static edges: a power of two, at most half full."""
    cdef Py_ssize_t slots = 8
    if statics <= LINEAR_STATICS:
        return 0
    while slots < 2 * statics:
        slots *= 2
    return slots


cdef int _strip_slash(const Char* text, Span* span, bint merging) noexcept:
    """Take the last slash off a tail; 1 if there was one, 0 if not, -1 if there is one too many."""
    if span.end == span.start or text[span.end - 1] != c'/':
        return 0
    span.end -= 1
    if merging:
        while span.end > span.start and text[span.end - 1] == c'/':
            span.end -= 1
    elif span.end > span.start and text[span.end - 1] == c'/':
        return -1
    return 1


cdef int _tail_spans(
    Capture* capture,
    bint branch,
    str path,
    const Char* text,
    Span span,
    bint merging,
    Span* found,
) except -1:
    if branch:
        _strip_slash[Char](text, &span, merging)
    (<Pattern>capture.pattern).accepts(path, text, span, merging, found + capture.first)
    return 0


cdef bint _accepts(Pattern pattern, str source, Span* found) except -1:
    """Whether a pattern takes a whole str."""
    cdef Span span
    cdef void* data = PyUnicode_DATA(source)
    span.start = 0
    span.end = PyUnicode_GET_LENGTH(source)
    if PyUnicode_KIND(source) == 1:
        return pattern.accepts(source, <const uint8_t*>data, span, False, found)
    if PyUnicode_KIND(source) == 2:
        return pattern.accepts(source, <const uint16_t*>data, span, False, found)
    return pattern.accepts(source, <const uint32_t*>data, span, False, found)


cdef object _value(Leaf leaf, Py_ssize_t index, str source, Span span):
    """The value of a variable, `_REFUSED` when its converter does not take the text."""
    cdef int conversion = leaf.conversions[index]
    text = PyUnicode_Substring(source, span.start, span.end)
    if conversion == 1:
        return text
    try:
        if conversion == 2:
            return int(text)
        if conversion == 3:
            return float(text)
    except ValueError:
        return _REFUSED
    try:
        return leaf.converters[index](text)
    except ValidationError:
        return _REFUSED
