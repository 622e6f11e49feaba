# cython: language_level=3, wraparound=False, cdivision=True
"""Narrowing: a list of which some loops get the items that may take a request, and no others.

What lives here: what the loops of Starlette and FastAPI want of a list of routes, and the look-up in
its trie. What must not be known here: how an item is read, and where the list comes from.

A loop over the list does not say which request it is for, but the first thing it does with an item
is to call ``matches(scope)``. So the first item that a loop gets is a *guide*, which looks up what
follows. Which loops those are is known by their code; all others get all items. Where nothing but
path and method decides, the guide answers in the item's place: the loop goes on with the guide's
``handle``, which is the item's. A loop that looks for items of one kind alone, for every request,
gets those.

The trie is right for as long as the items' classes have the ``matches`` that they had when it was
made. And an item may stand for a router whose own routes are in the trie. Those classes, what those
routers had, and which had nothing yet, are kept as a *snapshot*, and a look at it comes before each
look-up. A router that had nothing yet is tried for every request, which stays right when it has
something. Only time is wasted: so the list is compiled anew once that was done in vain as often as
items were read for it. Many such routers cost a few compilations, and a last one is not forgotten.

An item that is not in the trie is tried for every request, and may change the request's path: what
follows it is then looked up anew.
"""

from cpython.dict cimport PyDict_CheckExact, PyDict_GetItemWithError
from cpython.list cimport PyList_GET_ITEM, PyList_GET_SIZE
from cpython.method cimport PyMethod_Check, PyMethod_GET_FUNCTION
from cpython.object cimport PyObject
from cpython.ref cimport Py_DECREF
from cpython.unicode cimport PyUnicode_FromObject, PyUnicode_GET_LENGTH

cimport cython

from .._core.target cimport Target
from .._core.trie cimport Trie
from .._core.walk cimport Form, Walk


cdef extern from "Python.h":
    bint PyUnicode_IS_ASCII(object text) noexcept
    Py_UCS4 PyUnicode_READ_CHAR(object text, Py_ssize_t index) noexcept

    ctypedef struct PyFrameObject:
        pass
    ctypedef struct PyCodeObject:
        pass

    PyFrameObject* PyEval_GetFrame() noexcept
    # A new reference; it never fails.
    PyCodeObject* PyFrame_GetCode(PyFrameObject* frame) noexcept


cdef enum:
    # Python converts a number of so many digits, whatever the limit that it is given.
    SAFE_LENGTH = 640


cdef inline object _value(scope, str key):
    """Return a value of a scope, `None` where there is none."""
    cdef PyObject* value
    if not PyDict_CheckExact(scope):
        return scope.get(key)
    value = PyDict_GetItemWithError(scope, key)
    return None if value == NULL else <object>value


@cython.final
cdef class Answers:
    """What a loop expects of ``matches``.

    :param full: the first of the pair for an item that takes the request.
    :param partial: the same for one that takes the path with another method.
    :param nothing: the pair for an item that does not match.
    :param path_of: returns the path of a scope that has a ``root_path``.
    :param puts_route: whether the loop puts the item into the scope, as ``route``.
    :param matches: the function that the guide answers in place of.
    """

    def __cinit__(self, full, partial, tuple nothing, path_of, bint puts_route, matches):
        self.full = full
        self.partial = partial
        self.nothing = nothing
        self.path_of = path_of
        self.puts_route = puts_route
        self.matches = matches

    cdef str path(self, scope):
        """Return the path that items are matched with."""
        path = self.path_of(scope) if _value(scope, "root_path") else scope["path"]
        if type(path) is not str:
            # Of a subclass, such as Starlette's own URLPath.
            path = PyUnicode_FromObject(path)
        return path


@cython.final
cdef class Snapshot:
    """What was read beside the items themselves, as far as changes can be seen at a glance: classes,
    and what some routers of FastAPI had for routes.

    A router is added before its routes are read, so that no change is missed. Whoever reads an item
    counts it in ``items_read``.
    """

    def __cinit__(self):
        self.known = set()
        self.routers = []
        self.numbers = []
        self.lists = []
        self.versions = []
        self.awaited = []
        self.made = []
        self.classes = []
        self.functions = []

    def add_class(self, kind, function):
        """Add a class of items.

        :param kind: the class.
        :param function: its ``matches``.
        """
        if kind not in self.classes:
            self.classes.append(kind)
            self.functions.append(function)

    def add(self, router):
        """Add a router.

        :param router: it has its ``routes`` in a :class:`Narrowing`, and counts their changes in
            ``_routes_version``.
        :return: whether it is new.
        :raise TypeError: its ``routes`` are no :class:`Narrowing`.
        """
        cdef Narrowing routes = router.routes
        if id(router) in self.known:
            return False
        if routes is None:
            raise TypeError("the router's routes must be a Narrowing, not None")
        number, version = router._routes_version, routes._version
        self.known.add(id(router))
        self.routers.append(router)
        self.numbers.append(number)
        self.lists.append(routes)
        self.versions.append(version)
        return True

    def wait(self, awaited, made):
        """Add what was not made when it was asked for.

        :param awaited: it has what it made last as ``last``.
        :param made: what that was before it was found to be none or out of date.
        """
        self.awaited.append(awaited)
        self.made.append(made)

    cpdef bint is_current(self) except -1:
        """Tell whether classes and routers have what they had, and all that is awaited is not made."""
        return self.is_right() and self.count_made() == 0

    cdef Py_ssize_t count_made(self) except -1:
        """Count what is awaited and was made."""
        cdef Py_ssize_t at, count = 0
        for at in range(PyList_GET_SIZE(self.made)):
            awaited = <object>PyList_GET_ITEM(self.awaited, at)
            count += awaited.last is not <object>PyList_GET_ITEM(self.made, at)
        return count

    cdef bint is_right(self) except -1:
        """Tell whether classes and routers have what they had."""
        cdef Py_ssize_t at
        cdef Narrowing routes
        for at in range(PyList_GET_SIZE(self.functions)):
            kind = <object>PyList_GET_ITEM(self.classes, at)
            if kind.matches is not <object>PyList_GET_ITEM(self.functions, at):
                return False
        for at in range(PyList_GET_SIZE(self.versions)):
            router = <object>PyList_GET_ITEM(self.routers, at)
            routes = <Narrowing>PyList_GET_ITEM(self.lists, at)
            if (
                routes._version is not <object>PyList_GET_ITEM(self.versions, at)
                # Another object may be the same count: it is taken for a change.
                or router._routes_version is not <object>PyList_GET_ITEM(self.numbers, at)
                or router.routes is not routes
            ):
                return False
        return True


@cython.final
cdef class Finder:
    """The items of one state of a list, compiled.

    :param items: the items.
    :param trie: the trie that finds items; its endpoints are positions, its rules the items.
    :param others: positions of the items that are not in the trie, ascending.
    :param included: the items of the kind that some loops look for.
    :param answers: what the loops expect.
    :param fallback: those of *included* that have something for requests that no item takes;
        ``None`` for all of them.
    :param snapshot: of the routers whose routes are in the trie; without one, whoever has the list
        sees their changes.
    """

    def __cinit__(
        self,
        list items not None,
        Trie trie not None,
        list others not None,
        list included not None,
        Answers answers not None,
        list fallback=None,
        Snapshot snapshot=None,
    ):
        self.items = items
        self.trie = trie
        self.others = others
        self.included = included
        self.answers = answers
        self.fallback = included if fallback is None else fallback
        self.snapshot = snapshot

    cdef bint serves(self) except -1:
        """Tell whether what was compiled is right, and worth keeping for one look-up more."""
        if self.snapshot is None:
            return True
        if not self.snapshot.is_right():
            return False
        self.vain += self.snapshot.count_made()
        return self.vain <= self.snapshot.items_read

    def candidates(self, str path not None):
        """Return the items that may match a path, in their order.

        :param path: the path. What matches it without a line feed at its end is found as well, as
            the ``$`` of a regex does.
        :return: a list of items.
        """
        return [self.items[position] for position in self.positions(path)]

    cdef list positions(self, str path):
        """Find the positions of the same, ascending."""
        positions = self.found(path)
        if path.endswith("\n"):
            positions += self.found(path[: len(path) - 1])
        elif not self.others:
            return positions
        return sorted({*positions, *self.others})

    cdef list found(self, str path):
        """Find all items in the trie whose segments a path has, in their order.

        Neither their methods count nor what their converters would say of the values. The path has
        to fit as it stands, with no slash more, fewer or merged but in front. The rows of one item
        follow each other.
        """
        cdef Walk walk
        cdef list found = []
        last = None
        _open(self.trie, &walk, path)
        try:
            while self.trie.search(&walk, "", path, None) and walk.form == Form.EXACT:
                position = (<Target>walk.target).endpoint
                if position != last:
                    found.append(position)
                    last = position
                walk.least = walk.best + 1
        finally:
            self.trie.close(&walk)
        return found

    cpdef first(self, str path, method):
        """Match the first item in the trie that has a method, unless one before wants a closer look.

        The items' attributes ``methods`` and ``matches`` are asked, as they are now; an empty
        ``methods`` has all methods.

        :param path: the path. It has to fit as it stands, with one slash in front. One that is not
            ASCII, is very long or ends with a line feed wants a closer look.
        :param method: the method, in the case of the items' methods.
        :return: item, values, and whether the item has the method; when none of those that match
            has it, the first one. ``None`` when no item matches, when one that is not direct comes
            before one that has the method, when a converter refuses a value, and when an item has a
            ``matches`` of its own.
        """
        cdef Walk walk
        cdef Target target
        cdef dict values
        cdef tuple partial = None
        cdef Py_ssize_t length
        if path is None:
            raise TypeError("the path must be a str, not None")
        length = PyUnicode_GET_LENGTH(path)
        if (
            not PyUnicode_IS_ASCII(path)
            or length == 0
            or length > SAFE_LENGTH
            or PyUnicode_READ_CHAR(path, length - 1) == c"\n"
        ):
            return None
        _open(self.trie, &walk, path)
        try:
            if walk.leading != 1:
                return None
            while self.trie.search(&walk, "", path, None) and walk.form == Form.EXACT:
                target = <Target>walk.target
                if not target.direct:
                    return None
                asked = target.rule.matches
                if (
                    not PyMethod_Check(asked)
                    or <object>PyMethod_GET_FUNCTION(asked) is not self.answers.matches
                ):
                    return None
                methods = target.rule.methods
                suits = not methods or method in methods
                if suits or partial is None:
                    values = target.values(&walk, "", path)
                    if values is None:
                        return None
                    if suits:
                        return target.rule, values, True
                    partial = (target.rule, values, False)
                walk.least = walk.best + 1
        finally:
            self.trie.close(&walk)
        return partial


cdef int _open(Trie trie, Walk* walk, str path) except -1:
    """Begin a walk for a request whose method does not count; it needs a `close`."""
    trie.open(walk, path, False)
    walk.websocket = False
    walk.method_word = 0
    walk.method_bit = 1
    return 0


@cython.final
cdef class Guide:
    """The first item of a loop; see the module."""

    #: What a loop over FastAPI's included routers asks of its items.
    original_route = None
    starlette_route = None

    def __iter__(self):
        return self

    def __next__(self):
        cdef Py_ssize_t at
        cdef object items
        if self.at < 0 and self.items is not None:
            self.at = 0
            return self
        if self.scope is not None and self.at > 0:
            self._follow()
        at = self.at
        self.at = at + 1
        if self.found is not None:
            if at < PyList_GET_SIZE(self.found):
                return self.finder.items[<object>PyList_GET_ITEM(self.found, at)]
        elif self.items is not None and at < PyList_GET_SIZE(self.items):
            # The list itself is of a subclass.
            return <object>PyList_GET_ITEM(self.items, at)
        raise StopIteration

    cdef int _follow(self) except -1:
        """Look up what is left, if the item that was tried last has changed the path."""
        cdef str path = self.finder.answers.path(self.scope)
        if path != self.path:
            last = self.found[self.at - 1]
            self.found = [place for place in self.finder.positions(path) if place > last]
            self.at = 0
            self.path = path
        return 0

    def matches(self, scope):
        """Find the items for a request, or answer for the one that takes it.

        :param scope: the scope of the request.
        :return: what the loop expects.
        :raise TypeError: the path is no str.
        """
        if self.items is None:
            raise TypeError("the guide belongs to no list")
        cdef Finder finder = self.items.found()
        cdef Answers answers = finder.answers
        cdef str path = answers.path(scope)
        if self.answering and scope["type"] == "http":
            hit = finder.first(path, scope["method"])
            if hit is not None:
                item, values, full = <tuple>hit
                if full or not finder.others:
                    outer = _value(scope, "path_params")
                    if outer:
                        values = {**outer, **values}
                    child_scope = {"endpoint": item.endpoint, "path_params": values}
                    if answers.puts_route:
                        child_scope["route"] = item
                    self.handle = item.handle
                    # Nothing that follows matches any better.
                    self.found = []
                    return (answers.full if full else answers.partial), child_scope
        self.finder = finder
        self.found = finder.positions(path)
        if finder.others:
            self.scope = scope
            self.path = path
        return answers.nothing


cdef class Narrowing(list):
    """A list of which some loops get the items that may take a request.

    Whoever changes it sets ``_finder`` to ``None`` and ``_version`` to a new object, by which a
    :class:`Snapshot` sees the change. The list itself sees a change of its length alone as well.

    :param items: the items.
    :param codes: the code of the loops that get a part; the first of them may get answers.
    :param skimming: the code of the loops that look for included items.
    :param falling_back: the code of the loops that look for included items once no item has taken a
        request.

    The lists of codes may grow later.
    """

    def __init__(
        self, items, list codes not None, list skimming not None, list falling_back not None
    ):
        list.__init__(self, items)
        self.codes = codes
        self.skimming = skimming
        self.falling_back = falling_back
        self._version = object()

    def __iter__(self):
        cdef PyFrameObject* frame = PyEval_GetFrame()
        cdef PyObject* running
        cdef Guide guide
        cdef Finder finder
        if frame != NULL:
            running = <PyObject*>PyFrame_GetCode(frame)
            code = <object>running
            Py_DECREF(code)
            for known in self.codes:
                if code is known:
                    guide = Guide.__new__(Guide)
                    guide.items = self
                    guide.answering = code is self.codes[0]
                    guide.at = -1
                    return guide
            # Nothing is compiled for these: they run whenever an item is added, and while routes
            # are read.
            finder = self._finder
            if finder is not None and PyList_GET_SIZE(finder.items) == PyList_GET_SIZE(self):
                for known in self.skimming:
                    if code is known:
                        return iter(finder.included)
            for known in self.falling_back:
                if code is known:
                    return iter(self.found().fallback)
        return list.__iter__(self)

    cdef Finder found(self):
        cdef Finder finder = self._finder
        if (
            finder is None
            or PyList_GET_SIZE(finder.items) != PyList_GET_SIZE(self)
            or not finder.serves()
        ):
            finder = self.anew()
        return finder

    cdef Finder anew(self):
        cdef Finder finder = self._compile()
        if finder is None:
            raise TypeError("_compile() must return a Finder, not None")
        return finder

    def compiled(self):
        """Return the compiled items as they are now, with all that was awaited and is made."""
        cdef Finder finder = self.found()
        return finder if finder.snapshot is None or finder.snapshot.is_current() else self.anew()

    def _compile(self):
        """Compile the items and keep them as ``_finder``; a class that can read them overrides it.

        :return: the :class:`Finder`.
        :raise NotImplementedError: the class does not override it.
        """
        raise NotImplementedError(f"{type(self).__name__} does not override _compile")
