# cython: language_level=3, wraparound=False, cdivision=True
"""The trie: rules with ranks in, the lowest-ranked rule that takes a request out.

What lives here: the walk through the compiled form of a map's rules. What must not be known here:
how that form is made, maps, hosts, orders (a rank is a number), exceptions, redirect URLs.

A path is cut at its slashes into segments. A node stands for the segments before it; from it lead
edges for one text (found by content) and for patterns (tried by ascending lowest rank below them),
and a pattern that may hold slashes, a *tail*, takes all that is left. At each node lie the entries
for a path that ends there, and for one that ends there but for one slash. Where all rules that are
left have the same segments, these segments are a *suffix*, which is compared one segment after the
other, without nodes. Domains are one level above: each has a root of its own.

A walk goes depth first and keeps the best entry found. Every node and edge knows the lowest rank
below it, so whatever cannot beat the best is left out. Nothing of a variable is remembered on the
way: which segment holds it is known from the rule, so the winner's spans are found afterwards, and
only they become Python objects. When a converter then refuses, the walk is made once more for ranks
above (`Walk.least`).

While slashes are merged, empty segments do not count, but for the last one. A tail may hold values
of its own within a run of slashes, so the slashes of a tail are left to its pattern.

The file is longer than others, because the walk's functions are inlined into one another.

A trie is never changed after it was made, and a walk keeps its state in a struct of the caller: any
number of threads may walk one trie.
"""

from cpython.bytearray cimport PyByteArray_AS_STRING, PyByteArray_FromStringAndSize
from cpython.mem cimport PyMem_Calloc, PyMem_Free
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_GET_LENGTH, PyUnicode_KIND
from libc.stdint cimport uint8_t, uint16_t

from operator import itemgetter
from sys import intern

cimport cython

from .builder cimport NO_RANK
from .keys cimport KEYED_LENGTH, Key, hash_of, key_within, lowest_bit, slashes_of_64
from .layout cimport NOWHERE, SUFFIX, WIDE, Check, Node, PatternEdge, SegmentEdge, Suffix
from .pattern cimport Pattern
from .target cimport Target
from .text cimport (
    STEPS,
    Char,
    Span,
    Text,
    all_digits,
    count_steps,
    strip_slash,
    text_equal,
    text_of,
)
from .walk cimport FITTED_SPANS, PASSED_ENTRIES, STACK_SEGMENTS, Entry, Form


cdef enum:
    STACK_FRAMES = 32

# This is the method of most requests; the interpreter has one object of that text.
cdef str _GET = intern("GET")


# What the entries borrow must live as long as they do, so the collector may break no cycle here.
@cython.no_gc_clear
@cython.final
cdef class Trie(Layout):
    """The rules of a map, compiled; made by a ``Compiler``."""

    def __cinit__(self):
        self.targets = []
        self.methods = {}
        self.domains = {}
        self.domain_edges = []
        self.labelled_edges = {}
        self.plain_root = NOWHERE

    def __dealloc__(self):
        PyMem_Free(self.method_sets)

    cdef bint find(
        self, Walk* walk, str domain, str path, str method, bint websocket, bint merging
    ) except -1:
        self.open(walk, path, merging)
        _ask(self, walk, method, websocket)
        return self.search(walk, domain, path, None)

    cdef int open(self, Walk* walk, str path, bint merging) except -1:
        cdef Py_ssize_t limit = self.depth + 2
        walk.own_segments = NULL
        walk.segments = walk.stack_segments
        walk.kind = PyUnicode_KIND(path)
        walk.text = PyUnicode_DATA(path)
        walk.length = PyUnicode_GET_LENGTH(path)
        walk.merging = merging
        walk.least = 0
        walk.passed = 0
        walk.fitted = NULL
        if limit > STACK_SEGMENTS:
            if limit > walk.length + 1:
                limit = walk.length + 1
            if limit > STACK_SEGMENTS:
                walk.own_segments = <Span*>PyMem_Calloc(limit, sizeof(Span))
                if walk.own_segments == NULL:
                    raise MemoryError
                walk.segments = walk.own_segments
        # No more are needed: those of the deepest rule, one behind them, and one for a last slash.
        limit = self.depth + 2
        if walk.kind == 1:
            _split(walk, <const uint8_t*>walk.text, limit)
        elif walk.kind == 2:
            _split(walk, <const uint16_t*>walk.text, limit)
        else:
            _split(walk, <const uint32_t*>walk.text, limit)
        return 0

    cdef void close(self, Walk* walk) noexcept:
        PyMem_Free(walk.own_segments)
        walk.own_segments = NULL

    cdef bint search(self, Walk* walk, str domain, str path, list gathered) except -1:
        cdef Pattern pattern
        cdef uint32_t least
        cdef str lowered
        walk.best = NO_RANK
        walk.target = NULL
        if PyUnicode_GET_LENGTH(domain) == 0 and not self.domains_vary:
            if self.plain_root != NOWHERE:
                _enter(self, walk, path, self.plain_root, gathered)
            return walk.target != NULL
        root = self.domains.get(domain)
        lowered = domain
        if root is None or self.domains_vary:
            lowered = domain.lower()
            root = self.domains.get(lowered)
        if root is not None:
            _enter(self, walk, path, root, gathered)
        if not self.domains_vary:
            return walk.target != NULL
        edges = self.domain_edges
        if self.labelled_edges:
            edges = edges + _labelled(self, lowered)
            edges.sort(key=itemgetter(0))
        for least, pattern, root in edges:
            if least >= walk.best:
                break
            if pattern.accepts_whole(lowered, NULL):
                _enter(self, walk, path, root, gathered)
        return walk.target != NULL

    def match_one(self, str domain not None, str path not None, bint merge_slashes):
        """Match the one rule of a trie, whatever its methods and whether it wants a WebSocket.

        :return: ``None``, or the values, the path to redirect to (``None`` if it is right as it
            stands), and whether it lacks its last slash.
        """
        cdef Walk walk
        cdef Target target
        cdef bint lacks
        for merging in (False, True):
            if merging and not (merge_slashes and "//" in path):
                break
            self.open(&walk, path, merging)
            try:
                gathered = []
                self.search(&walk, domain, path, gathered)
                for _, form, target in sorted(gathered, key=itemgetter(0)):
                    values = target.values(&walk, domain, path)
                    if values is None:
                        continue
                    lacks = form == Form.REDIRECTED
                    right = target.corrected(&walk, path, lacks) if merging or lacks else None
                    return values, right, lacks
            finally:
                self.close(&walk)
        return None

    # Looking at a trie

    def __sizeof__(self):
        """Return the bytes of the object and its arrays, without the Python objects they name."""
        return object.__sizeof__(self) + self.size


cdef list _labelled(Trie trie, str domain):
    """Return the edges of domains that share a label, at its place, with this one."""
    cdef list labels = domain.split("."), found = []
    for (count, position), by_label in trie.labelled_edges.items():
        if count == len(labels):
            found += by_label.get(labels[position], ())
    return found


# Walking

cdef inline int _ask(Trie trie, Walk* walk, str method, bint websocket) except -1:
    """Tell the walk which method, written in any case, `search` asks for."""
    cdef Py_ssize_t number = trie.get_number
    if method is not _GET:
        found = trie.methods.get(method)
        if found is None:
            found = trie.methods.get(method.upper(), 0)
        number = found
    walk.websocket = websocket
    walk.method_word = number >> 6
    walk.method_bit = <uint64_t>1 << (number & 63)
    return 0


cdef inline int _enter(Trie trie, Walk* walk, str path, uint32_t root, list gathered) except -1:
    if walk.kind == 1:
        return _run(trie, walk, path, <const uint8_t*>walk.text, root, gathered)
    if walk.kind == 2:
        return _run(trie, walk, path, <const uint16_t*>walk.text, root, gathered)
    return _run(trie, walk, path, <const uint32_t*>walk.text, root, gathered)


cdef inline int _run(
    Trie trie, Walk* walk, str path, const Char* text, uint32_t root, list gathered
) except -1:
    """Walk below one root. One frame for each level is enough, and the trie's depth bounds them."""
    cdef Frame[STACK_FRAMES] stack_frames
    cdef Frame* frames = stack_frames
    cdef bytearray own_frames
    if trie.depth >= STACK_FRAMES:
        own_frames = PyByteArray_FromStringAndSize(NULL, (trie.depth + 1) * sizeof(Frame))
        frames = <Frame*>PyByteArray_AS_STRING(own_frames)
    return _descend[Char](trie, walk, path, text, root, gathered, frames)


cdef int _descend(
    Trie trie,
    Walk* walk,
    str path,
    const Char* text,
    uint32_t child,
    list gathered,
    Frame* frames,
) except -1:
    cdef Py_ssize_t height = 0, depth = 0
    cdef const Node* node
    cdef const PatternEdge* edge
    # A cast of a field would count a reference of what all threads share; one of this does not.
    cdef void* pattern
    cdef const Suffix* suffix
    cdef Frame* frame
    cdef Span span
    cdef int slash
    while True:
        count_steps(STEPS, 1)
        if child & SUFFIX:
            suffix = <const Suffix*>(trie.suffixes + (child ^ SUFFIX))
            _take_suffix[Char](trie, walk, path, text, suffix, depth, gathered)
        else:
            node = &trie.nodes[child]
            if node.least >= walk.best:
                pass
            elif depth == walk.count:
                _scan(trie, walk, trie.entries + node.ends, node.end_count, gathered)
            else:
                span = walk.segments[depth]
                if node.slash_count and span.start == span.end and depth == walk.count - 1:
                    _scan(trie, walk, trie.entries + node.slashes, node.slash_count, gathered)
                if node.edge_count:
                    frame = &frames[height]
                    frame.edge = node.edges
                    frame.stop = node.edges + node.edge_count
                    frame.depth = depth
                    height += 1
                if node.static_count:
                    child = _static[Char](trie, node, text, walk.length, span)
                    if child != NOWHERE:
                        depth += 1
                        continue
        # The walk goes on with the pattern edges of the deepest node that has some left.
        child = NOWHERE
        while height:
            frame = &frames[height - 1]
            if frame.edge == frame.stop or trie.edges[frame.edge].least >= walk.best:
                height -= 1
                continue
            count_steps(STEPS, 1)
            edge = &trie.edges[frame.edge]
            frame.edge += 1
            span = walk.segments[frame.depth]
            if edge.check == Check.FILLED:
                if span.start == span.end:
                    continue
            elif edge.check == Check.DIGITS:
                count_steps(STEPS, span.end - span.start)
                if not all_digits[Char](text, span):
                    continue
            elif edge.check == Check.FITS:
                pattern = edge.pattern
                if not _fits[Char](walk, path, text, <Pattern>pattern, span):
                    continue
            else:
                pattern = edge.pattern
                slash = _rest[Char](
                    walk, path, text, <Pattern>pattern, span.start, edge.branch
                )
                if slash < 0:
                    continue
                if edge.child & SUFFIX:
                    suffix = <const Suffix*>(trie.suffixes + (edge.child ^ SUFFIX))
                    _take_end(trie, walk, suffix, slash, gathered)
                    continue
                node = &trie.nodes[edge.child]
                if slash:
                    _scan(trie, walk, trie.entries + node.slashes, node.slash_count, gathered)
                else:
                    _scan(trie, walk, trie.entries + node.ends, node.end_count, gathered)
                continue
            child = edge.child
            depth = frame.depth + 1
            break
        if child == NOWHERE:
            return 0


cdef int _rest(
    Walk* walk,
    str path,
    const Char* text,
    Pattern pattern,
    Py_ssize_t start,
    bint branch,
) except -2:
    """Tell whether a tail takes the rest of the path and leaves a last slash; -1 if it does not."""
    cdef Span span
    cdef int slash = 0
    span.start = start
    span.end = walk.length
    if branch:
        slash = strip_slash[Char](text, &span, walk.merging)
        if slash < 0:
            return -1
    return slash if _fits[Char](walk, path, text, pattern, span) else -1


cdef bint _fits(
    Walk* walk, str path, const Char* text, Pattern pattern, Span span
) except -1:
    """Tell whether a pattern accepts text[span], and keep for the target what it found."""
    cdef Span* found = NULL
    cdef bint accepted
    if not pattern.plain and pattern.variables <= FITTED_SPANS:
        walk.fitted = NULL
        found = walk.fitted_spans
    if pattern.tail:
        accepted = pattern.accepts_tail(path, text, span, walk.leading, walk.merging, found)
    else:
        accepted = pattern.accepts(path, text, span, walk.merging, found)
    if found == NULL or not accepted:
        return accepted
    walk.fitted = <void*>pattern
    walk.fitted_text = span
    return True


cdef int _take_suffix(
    Trie trie,
    Walk* walk,
    str path,
    const Char* text,
    const Suffix* suffix,
    Py_ssize_t depth,
    list gathered,
) except -1:
    """Compare the segments from `depth` on with a suffix."""
    cdef const SegmentEdge* step = <const SegmentEdge*>(suffix + 1)
    cdef const SegmentEdge* stop = step + suffix.count
    cdef Py_ssize_t left = walk.count - depth - suffix.count
    cdef void* pattern
    cdef Span span
    cdef Key key
    cdef int slash
    if suffix.least >= walk.best or left < 0 or (left > 2 and not suffix.rest):
        return 0
    count_steps(STEPS, suffix.count)
    while step < stop:
        span = walk.segments[depth]
        if step.child == Check.SAME:
            key = key_within[Char](text, walk.length, span.start, span.end - span.start)
            if not _same[Char](text, span, key, step):
                return 0
        elif step.child == Check.FILLED:
            if span.start == span.end:
                return 0
        elif step.child == Check.DIGITS:
            count_steps(STEPS, span.end - span.start)
            if not all_digits[Char](text, span):
                return 0
        elif step.child == Check.FITS:
            pattern = step.content
            if not _fits[Char](walk, path, text, <Pattern>pattern, span):
                return 0
        else:
            pattern = step.content
            slash = _rest[Char](
                walk, path, text, <Pattern>pattern, span.start, suffix.branch
            )
            return 0 if slash < 0 else _take_end(trie, walk, suffix, slash, gathered)
        depth += 1
        step += 1
    if (left > 0 and not _is_empty(walk, depth)) or (
        left > 1 and not _is_empty(walk, depth + 1)
    ):
        return 0
    return _take_end(trie, walk, suffix, left, gathered)


cdef inline int _take_end(
    Trie trie, Walk* walk, const Suffix* suffix, Py_ssize_t slashes, list gathered
) except -1:
    """Take an entry of a suffix for so many slashes that are left."""
    cdef const Entry* entries = <const Entry*>(<const SegmentEdge*>(suffix + 1) + suffix.count)
    if slashes == 0:
        return _scan(trie, walk, entries, suffix.end_count, gathered)
    entries += suffix.end_count
    if slashes == 1:
        return _scan(trie, walk, entries, suffix.slash_count, gathered)
    return _scan(trie, walk, entries + suffix.slash_count, suffix.slashes_count, gathered)


cdef inline uint32_t _static(
    Trie trie, const Node* node, const Char* text, Py_ssize_t size, Span span
) noexcept:
    """Return the child behind the edge for text[span], a part of a text of that size."""
    cdef Py_ssize_t length = span.end - span.start
    cdef Key key = key_within[Char](text, size, span.start, length)
    cdef const SegmentEdge* edges = trie.statics + node.statics
    cdef uint32_t index
    if node.static_mask == 0:
        for index in range(node.static_count):
            if _same[Char](text, span, key, &edges[index]):
                return edges[index].child
        return NOWHERE
    index = hash_of(key, length) & node.static_mask
    while edges[index].child != NOWHERE:
        if _same[Char](text, span, key, &edges[index]):
            break
        index = (index + 1) & node.static_mask
    return edges[index].child


cdef int _scan(
    Trie trie, Walk* walk, const Entry* entries, uint32_t count, list gathered
) except -1:
    """Take the lowest of some entries that suits the request, if it is better than the best."""
    cdef const Entry* entry
    cdef uint32_t index
    for index in range(count):
        entry = &entries[index]
        if entry.rank >= walk.best:
            break
        if entry.rank < walk.least or (walk.merging and not entry.merges):
            continue
        if gathered is not None:
            gathered.append((entry.rank, entry.form, <Target>entry.target))
        elif (
            trie.method_sets[entry.methods * trie.method_words + walk.method_word] & walk.method_bit
            and entry.websocket == walk.websocket
        ):
            walk.best = entry.rank
            walk.target = entry.target
            walk.form = entry.form
            break
        else:
            if walk.passed < PASSED_ENTRIES:
                walk.passed_entries[walk.passed] = entry
            walk.passed += 1
    return 0


cdef bint _is_empty(const Walk* walk, Py_ssize_t segment) noexcept:
    return walk.segments[segment].start == walk.segments[segment].end


cdef inline bint _same(const Char* text, Span span, Key key, const SegmentEdge* edge) noexcept:
    """Tell whether text[span], whose key is given, is the text of an edge."""
    cdef Py_ssize_t length = span.end - span.start
    cdef Text points
    cdef void* content = edge.content
    if edge.head != key.head or edge.tail != key.tail:
        return False
    if Char is uint8_t:
        if edge.length != length:
            return False
        if length <= KEYED_LENGTH:
            return True
    elif (edge.length & ~<uint32_t>WIDE) != length:
        return False
    points = text_of(<str>content)
    return text_equal[Char](text + span.start, &points)


cdef inline void _split(Walk* walk, const Char* text, Py_ssize_t limit) noexcept:
    """Find the segments, at most `limit` of them."""
    cdef Py_ssize_t length = walk.length
    cdef Py_ssize_t at = 0, start, found = 0, slash
    cdef uint64_t bits
    cdef bint merging = walk.merging
    cdef Span* segments = walk.segments
    while at < length and text[at] == c'/':
        at += 1
    walk.leading = start = at
    walk.count = 0
    count_steps(STEPS, length)
    if length == 0:
        return
    while at < length:
        bits = slashes_of_64[Char](text, length, at)
        while bits:
            slash = at + lowest_bit(bits)
            bits &= bits - 1
            if slash > start or not merging:
                segments[found].start = start
                segments[found].end = slash
                found += 1
                if found == limit:
                    walk.count = found
                    return
            start = slash + 1
        at += 64
    segments[found].start = start
    segments[found].end = length
    walk.count = found + 1
