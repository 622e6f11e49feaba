# cython: language_level=3
"""Misses: what is told of a path that no rule takes as it was requested.

What lives here: the walks that are made after a failed match, and the whole search in the form in
which Werkzeug's own adapter asks for it, which tells misses by exceptions of that adapter. What must
not be known here: the objects of maps, redirect URLs.
"""

from libc.stdint cimport uint32_t

from werkzeug import exceptions
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import WebsocketMismatch
from werkzeug.routing.exceptions import NoMatch, RequestAliasRedirect, RequestPath

from .state cimport MapState
from .target cimport Target
from .text cimport exact_text
from .walk cimport PASSED_ENTRIES, Form, Walk


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


cdef object refusal(
    Trie trie, const Walk* walk, str domain, str path, str method, bint websocket, bint merge
):
    cdef set allowed
    cdef bint mismatch
    if walk.passed == 0 and not merge:
        return NotFound()
    method = method.upper()
    allowed = set()
    if merge or walk.least or walk.passed > PASSED_ENTRIES:
        # The walk does not remember all entries that it has passed, or was made for those above
        # some rank.
        mismatch = _gathered(trie, domain, path, method, websocket, merge, allowed)
    else:
        mismatch = _passed(walk, domain, path, method, websocket, allowed)
    return _exception(allowed, mismatch)


cdef object no_match(object error):
    return _exception(error.have_match_for, error.websocket_mismatch)


cdef object _exception(allowed, mismatch):
    if allowed:
        return _not_allowed(list(allowed))
    return WebsocketMismatch() if mismatch else NotFound()


cdef object _not_allowed(list methods):
    # A program may have put in a constructor of its own.
    if (
        MethodNotAllowed.__init__ is _constructor
        and HTTPException.__init__ is _inner_constructor
        and MethodNotAllowed.__new__ is _new
    ):
        return _without_constructor(methods)
    return MethodNotAllowed(methods)


cdef object _without_constructor(list methods):
    """Make a 405 in place of its constructor, a function of Python that calls two others."""
    error = _new(MethodNotAllowed)
    error.response = None
    error.valid_methods = methods
    return error


cdef bint _needs_no_constructor() except -1:
    """Tell whether the classes are Werkzeug's own still, and make no more than we do."""
    if _new is not Exception.__new__:
        return False
    for constructor in (_constructor, _inner_constructor):
        if getattr(constructor, "__globals__", None) is not vars(exceptions):
            return False
    made = MethodNotAllowed(["GET"])
    return _without_constructor(["GET"]).__reduce__() == made.__reduce__()


cdef object _new = MethodNotAllowed.__new__
cdef object _constructor = MethodNotAllowed.__init__
cdef object _inner_constructor = HTTPException.__init__
if not _needs_no_constructor():
    _constructor = None


cdef bint _gathered(
    Trie trie, str domain, str path, str method, bint websocket, bint merge, set allowed
) except -1:
    """Tell by another walk, or two, what `_add` tells of each rule."""
    cdef Walk walk
    cdef bint mismatch = False
    for merging in (False, True):
        if merging and not merge:
            break
        trie.open(&walk, path, merging)
        try:
            gathered = []
            trie.search(&walk, domain, path, gathered)
            for _, form, target in gathered:
                if _add(<Target>target, form, &walk, domain, path, method, websocket, allowed):
                    mismatch = True
        finally:
            trie.close(&walk)
    return mismatch


cdef bint _passed(
    const Walk* walk, str domain, str path, str method, bint websocket, set allowed
) except -1:
    """Tell of the entries that a walk has passed what `_add` tells of each rule."""
    cdef bint mismatch = False
    cdef uint32_t index
    cdef void* target
    cdef int form
    for index in range(walk.passed):
        target = walk.passed_entries[index].target
        form = walk.passed_entries[index].form
        if _add(<Target>target, form, walk, domain, path, method, websocket, allowed):
            mismatch = True
    return mismatch


cdef bint _add(
    Target target,
    int form,
    const Walk* walk,
    str domain,
    str path,
    str method,
    bint websocket,
    set allowed,
) except -1:
    """Add the methods of a rule whose path fits, if it takes others than the request's.

    Tell whether what it does not take is the kind of connection.
    """
    # A path that lacks its slash is no path of the rule.
    if form == Form.REDIRECTED or form == Form.COMPLETED:
        return False
    try:
        if not target.takes(walk, domain, path):
            return False
    except (MemoryError, RecursionError):
        raise
    except Exception:
        # What else a converter raises is for a request that the rule takes.
        pass
    if target.methods is None or method in target.methods:
        return target.websocket != websocket
    for other in target.methods:
        allowed.add(other)
    return False


def found_rule(MapState state not None, domain, path, method, bint websocket):
    """Find the rule that takes a request, for a program that asks as Werkzeug's adapter does.

    :raise RequestPath: the path lacks a slash or has too many; ``path_info`` is the right one.
    :raise RequestAliasRedirect: the rule is an alias, and the map redirects.
    :raise NoMatch: no rule takes the request; it tells what is for other methods or for WebSockets.
    """
    cdef Walk walk
    cdef Trie trie = state.trie
    cdef str host = exact_text(domain, "the domain to match")
    cdef str text = exact_text(path, "path_info")
    cdef str verb = exact_text(method, "method")
    cdef bint merge = state.merge_slashes and "//" in text
    cdef bint found, mismatch
    cdef set allowed
    walk.own_segments = NULL
    try:
        found = trie.find(&walk, host, text, verb, websocket, False)
        while found:
            values = (<Target>walk.target).values(&walk, host, text)
            if values is not None:
                if walk.form == Form.REDIRECTED:
                    raise RequestPath((<Target>walk.target).corrected(&walk, text, True))
                rule = (<Target>walk.target).rule
                if rule.alias and state.redirect_defaults:
                    raise RequestAliasRedirect(values, rule.endpoint)
                return rule, values
            walk.least = walk.best + 1
            found = trie.search(&walk, host, text, None)
    finally:
        if walk.own_segments != NULL:
            trie.close(&walk)
    right = merged_path(trie, host, text, verb, websocket) if merge else None
    if right is not None:
        raise RequestPath(right)
    allowed = set()
    mismatch = _gathered(trie, host, text, verb, websocket, merge, allowed)
    raise NoMatch(allowed, mismatch)
