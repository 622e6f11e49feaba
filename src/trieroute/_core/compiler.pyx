# cython: language_level=3, wraparound=False
"""Compiler: targets and ranks in, a trie out; and then another one for each change.

What lives here: the order of the steps, and the parts of a trie above its roots: domains and methods.
What must not be known here: requests, maps, and where ranks come from.

The first trie is made of all rules. The tree of drafts is kept, so that a rule that is added later
is led to its place in it, and a rule that is removed is only cleared there; the next trie is a copy of
the last one in which the places that this has touched are laid out again. That takes the time of the
copy, whatever the number of rules. What is cleared and what has moved leaves gaps, so now and then
the compiler asks to be made anew.
"""

from cpython.mem cimport PyMem_Calloc
from libc.stdint cimport uint32_t, uint64_t

from operator import itemgetter

cimport cython

from .builder cimport NO_RANK, Insertion, clear, lead, least_of, numbered
from .part cimport Part
from .target cimport Target
from .trie cimport Trie
from .walk cimport Form


cdef enum:
    # A trie may always have gaps of so many bytes.
    ALLOWED_GAPS = 65536


@cython.final
cdef class Compiler:
    """Makes the trie of a map's rules, and the tries after it.

    A rank is a number below 2 ** 32 - 1; no two ranks are equal, and the lowest one wins.

    :param targets: a target for each rule; the number of a rule is its place here.
    :param exact: for each target, the rank of the rule as it stands.
    :param lacking: for each target, the rank of a branch whose last slash is missing.
    :param tolerated: for each target, the rank of the rule with a slash too many.
    """

    cdef readonly Trie trie              # This is the last trie that it made.
    cdef dict text_roots                 # A static domain leads to a DraftNode or an Insertion,
    cdef dict pattern_roots              # and so does the Pattern of a domain.
    cdef dict labels                     # The Pattern of a domain has these labels.
    cdef dict sets                       # A set of methods has a number; that of all methods is 0.
    cdef dict methods                    # A method has a number.
    cdef Py_ssize_t depth                # The deepest rule tells so many segments apart.
    cdef Py_ssize_t size                 # The trie of all rules at once took so many bytes.
    cdef list touched                    # This has been touched since the last trie, see `lead`.
    cdef list chains                     # These chains have lost insertions since then.
    cdef list added                      # These targets have come since then,
    cdef set removed                     # and these are gone.

    def __cinit__(
        self,
        list targets not None,
        list exact not None,
        list lacking not None,
        list tolerated not None,
    ):
        cdef Py_ssize_t number
        self.text_roots, self.pattern_roots, self.labels = {}, {}, {}
        # None stands for the set of all methods.
        self.sets, self.methods = {None: 0}, {}
        self.touched, self.chains, self.added, self.removed = [], [], [], set()
        for number, target in enumerate(targets):
            self._lead(
                <Target?>target, number, exact[number], lacking[number], tolerated[number], None
            )
        self.trie = self._laid_out(True)
        self.trie.targets = targets
        self.size = self.trie.size

    def add(
        self,
        Target target not None,
        uint32_t number,
        uint32_t exact,
        uint32_t lacking,
        uint32_t tolerated,
    ):
        """Take up the target of one more rule, with ranks that no other one has."""
        self._lead(target, number, exact, lacking, tolerated, self.touched)
        self.added.append(target)

    def remove(self, Target target not None):
        """Leave a target out from now on.

        :return: the number of its rule, or -1 if the trie does not have the target.
        """
        cdef Part domain = target.domain
        self.removed.add(target)
        if domain.pattern is None:
            return clear(self.text_roots, domain.text, target, self.touched, self.chains)
        return clear(self.pattern_roots, domain.pattern, target, self.touched, self.chains)

    def change(self):
        """Make the trie of what was added and removed since the last one.

        :return: the trie, or ``None`` if it would have too many gaps: make a new compiler.
        """
        cdef Trie before = self.trie
        cdef Trie trie = self._laid_out(False)
        removed = self.removed
        if removed:
            trie.targets = [target for target in before.targets if target not in removed]
        else:
            trie.targets = list(before.targets)
        trie.targets += self.added
        self.touched, self.chains, self.added, self.removed = [], [], [], set()
        self.trie = trie
        return trie if trie.size <= 2 * self.size + ALLOWED_GAPS else None

    cdef int _lead(
        self,
        Target target,
        uint32_t number,
        uint32_t exact,
        uint32_t lacking,
        uint32_t tolerated,
        list touched,
    ) except -1:
        cdef Insertion insertion = Insertion()
        insertion.target = <void*>target
        insertion.number = number
        insertion.steps = target.steps
        insertion.end = exact
        insertion.end_form = insertion.slash_form = Form.EXACT
        insertion.methods = self.sets.setdefault(target.methods, len(self.sets))
        if target.branch:
            insertion.slash = exact
            insertion.end = lacking
            insertion.end_form = Form.REDIRECTED if target.strict else Form.COMPLETED
        if not target.strict and not target.tail:
            if target.branch:
                insertion.slashes = tolerated
            else:
                insertion.slash = tolerated
                insertion.slash_form = Form.TOLERATED
        self.depth = max(self.depth, len(insertion.steps) + (insertion.slashes != NO_RANK))
        if target.domain.pattern is None:
            lead(self.text_roots, target.domain.text, 0, insertion, touched)
        else:
            lead(self.pattern_roots, target.domain.pattern, 0, insertion, touched)
            self.labels[target.domain.pattern] = target.domain.labels
        return 0

    cdef Trie _laid_out(self, bint whole):
        """Lay out a trie of all that was led."""
        cdef Trie trie = Trie()
        roots = [*self.text_roots.values(), *self.pattern_roots.values()]
        insertions = [root for root in roots if isinstance(root, Insertion)]
        trie.depth = self.depth
        if whole:
            trie.lay_out(numbered(roots), insertions)
        else:
            trie.lay_out_changes(self.trie, self.touched, self.chains, insertions)
        self._set_domains(trie)
        self._set_methods(trie)
        return trie

    cdef int _set_domains(self, Trie trie) except -1:
        """Tell where the roots lie.

        A domain with variables is indexed by the one of its labels that the fewest others have.
        """
        for domain, root in self.text_roots.items():
            trie.domains[domain] = trie.place(root, 0)
        if "" in trie.domains:
            trie.plain_root = trie.domains[""]
        edges = []
        for pattern, root in self.pattern_roots.items():
            edge = least_of(root), pattern, trie.place(root, 0)
            edges.append((edge, self.labels[pattern]))
        numbers = {}
        for _, labels in edges:
            for position, label in enumerate(labels or ()):
                key = len(labels), position, label
                numbers[key] = numbers.get(key, 0) + 1
        for edge, labels in edges:
            keys = []
            for position, label in enumerate(labels or ()):
                if label is not None:
                    count = len(labels)
                    keys.append((numbers[count, position, label], count, position, label))
            if keys:
                _, count, position, label = min(keys)
                by_label = trie.labelled_edges.setdefault((count, position), {})
                by_label.setdefault(label, []).append(edge)
            else:
                trie.domain_edges.append(edge)
        trie.domains_vary = bool(edges)
        trie.domain_edges.sort(key=itemgetter(0))
        return 0

    cdef int _set_methods(self, Trie trie) except -1:
        """Number the methods and lay out the bit sets; set 0 has all methods."""
        cdef Py_ssize_t number, offset, words
        cdef dict numbers = self.methods
        for methods in self.sets:
            for method in methods or ():
                numbers.setdefault(method, len(numbers) + 1)
        # Requests ask in upper case, so no other method is ever found.
        trie.methods = {
            method: number for method, number in numbers.items() if method == method.upper()
        }
        words = trie.method_words = (len(numbers) + 64) // 64
        trie.method_sets = <uint64_t*>PyMem_Calloc(len(self.sets) * words, sizeof(uint64_t))
        if trie.method_sets == NULL:
            raise MemoryError
        trie.size += len(self.sets) * words * sizeof(uint64_t)
        for offset in range(words):
            trie.method_sets[offset] = ~<uint64_t>0
        for methods, index in self.sets.items():
            for method in methods or ():
                number = numbers[method]
                offset = <Py_ssize_t>index * words + (number >> 6)
                trie.method_sets[offset] |= <uint64_t>1 << (number & 63)
        trie.get_number = trie.methods.get("GET", 0)
        return 0
