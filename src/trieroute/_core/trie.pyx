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
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_GET_LENGTH, PyUnicode_KIND
from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcmp

cimport cython

from .drafts import Drafting

from .keys cimport KEYED_LENGTH, Key, hash_of, key_of
from .leaf cimport Leaf
from .segments cimport Char, Pattern, Span, next_slash, strip_slash, text_equal, text_free, text_init
from .walk cimport STACK_SEGMENTS, Entry, Form, Walk


cdef extern from *:
    """
    #define TRIEROUTE_NO_RANK PY_SSIZE_T_MAX
    """
    const Py_ssize_t NO_RANK "TRIEROUTE_NO_RANK"


cdef enum:
    STACK_FRAMES = 32
    # A node with more static edges than this gets a hash table.
    LINEAR_STATICS = 4


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
        self.domains = {}
        self.domain_edges = []
        rows = list(rows)
        self._add_methods(rows)
        drafting = Drafting(rows)
        nodes = drafting.nodes()
        self.leaves = drafting.leaves
        self.patterns = tuple(drafting.patterns)
        for domain, root in drafting.roots.items():
            if isinstance(domain, str):
                self.domains[domain] = root.index
            else:
                self.domain_edges.append((root.least, domain, root.index))
        self.domain_edges.sort(key=_first)
        self._allocate(nodes)

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
        numbers = {}
        for row in rows:
            if row[9] is not None and row[9] not in sets:
                sets[row[9]] = len(sets)
                for method in row[9]:
                    numbers.setdefault(method, len(numbers) + 1)
        # Requests ask in upper case, so nothing else is ever found.
        self.methods = {
            method: number for method, number in numbers.items() if method == method.upper()
        }
        self.method_words = (len(numbers) + 64) // 64
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
                number = numbers[method]
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
            key = key_of[uint32_t](edge.text.wide, edge.text.length)
            edge.head, edge.tail = key.head, key.tail
            if slots:
                slot = hash_of(key, edge.text.length) & node.slot_mask
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
            at = next_slash(text, at, length)
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
            if pattern.accepts_whole(lowered, NULL):
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
                        slash = strip_slash[Char](text, &span, walk.merging)
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
        cdef Key key = key_of[Char](at, length)
        cdef const StaticEdge* edge
        cdef uint32_t index, slot, probe = 0
        if node.slot_mask:
            slot = hash_of(key, length) & node.slot_mask
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

    def match_one(self, str domain not None, str path not None, bint merge_slashes):
        """Match the one rule of a trie, whatever its methods and whether it wants a WebSocket.

        :param domain: subdomain or host.
        :param path: the path.
        :param merge_slashes: whether to try with slashes merged as well.
        :return: ``None``, or the values, the path to redirect to (``None`` if it is right as it
            stands), and whether it lacks its last slash.
        """
        cdef Walk walk
        cdef const Entry* entry
        cdef Leaf leaf
        cdef bint lacks
        for merging in (False, True):
            if merging and not (merge_slashes and "//" in path):
                break
            self.open(&walk, path, merging)
            try:
                gathered = []
                self.search(&walk, domain, path, gathered)
                for _, index in sorted(gathered):
                    entry = &self.entries[<Py_ssize_t>index]
                    leaf = <Leaf>self.leaves[entry.leaf]
                    values = leaf.values(&walk, domain, path)
                    if values is None:
                        continue
                    lacks = entry.form == Form.REDIRECTED
                    right = leaf.corrected(&walk, path, lacks) if merging or lacks else None
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

    cdef int _show(self, Py_ssize_t index, str indent, list lines) except -1:
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
        return 0


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
