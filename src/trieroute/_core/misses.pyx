# cython: language_level=3
"""Misses: what is told of a path that no rule takes as it was requested.

What lives here: the walks that are made after a failed match. What must not be known here: maps,
exceptions of HTTP, redirect URLs.
"""

from .target cimport Target
from .walk cimport Form, Walk


cdef str merged_path(Trie trie, str domain, str path, str method, bint websocket):
    cdef Walk walk
    cdef Target target
    cdef str right
    cdef bint found
    walk.own_segments = NULL
    try:
        found = trie.find(&walk, domain, path, method, websocket, True)
        while found:
            target = <Target>walk.target
            if target.values(&walk, domain, path) is not None:
                right = target.corrected(&walk, path, walk.form == Form.REDIRECTED)
                if right != path:
                    return right
            walk.least = walk.best + 1
            found = trie.search(&walk, domain, path, None)
    finally:
        trie.close(&walk)
    return None


cdef tuple would_match(Trie trie, str domain, str path, str method, bint websocket, bint merge):
    cdef Walk walk
    cdef Target target
    cdef bint mismatch = False
    allowed = set()
    for merging in (False, True):
        if merging and not merge:
            break
        trie.open(&walk, path, merging)
        try:
            gathered = []
            trie.search(&walk, domain, path, gathered)
            for _, form, target in gathered:
                # A path that lacks its slash is no path of the rule.
                if form in (Form.REDIRECTED, Form.COMPLETED):
                    continue
                try:
                    if target.values(&walk, domain, path) is None:
                        continue
                except (MemoryError, RecursionError):
                    raise
                except Exception:
                    # What else a converter raises is for a request that the rule takes.
                    pass
                methods = target.methods
                if methods is not None and method not in methods:
                    allowed.update(methods)
                elif target.websocket != websocket:
                    mismatch = True
        finally:
            trie.close(&walk)
    return allowed, mismatch
