# cython: language_level=3, wraparound=False, cdivision=True
"""Narrowing: a list of which some loops get the items that may take a request, and no others.

What lives here: the iteration over such a list, and the look-up in its trie. What must not be known
here: how an item is read, and where the list comes from.

A loop over the list does not say which request it is for, but the first thing it does with an item
is to call ``matches(scope)``. So the first item that a loop gets is a *guide*, which looks up what
follows. Which loops those are is known by their code; all others get all items. Where nothing but
path and method decides, the guide answers in the item's place: the loop goes on with the guide's
``handle``, which is the item's.
"""

from cpython.list cimport PyList_GET_ITEM, PyList_GET_SIZE
from cpython.object cimport PyObject
from cpython.ref cimport Py_DECREF

cimport cython

from .trie cimport Trie


cdef extern from "Python.h":
    ctypedef struct PyFrameObject:
        pass
    ctypedef struct PyCodeObject:
        pass

    PyFrameObject* PyEval_GetFrame() noexcept
    # A new reference; it never fails.
    PyCodeObject* PyFrame_GetCode(PyFrameObject* frame) noexcept


@cython.final
cdef class Answers:
    """What a loop expects of ``matches``.

    :param full: the first of the pair for an item that takes the request.
    :param partial: the same for one that takes the path with another method.
    :param nothing: the pair for an item that does not match.
    :param path_of: returns the path of a scope that has a ``root_path``.
    :param puts_route: whether the loop puts the item into the scope, as ``route``.
    """

    def __cinit__(self, full, partial, tuple nothing, path_of, bint puts_route):
        self.full = full
        self.partial = partial
        self.nothing = nothing
        self.path_of = path_of
        self.puts_route = puts_route


@cython.final
cdef class Finder:
    """The items of one state of a list, compiled.

    :param items: the items.
    :param trie: the trie that finds items; its endpoints are positions, its rules the items.
    :param others: positions of the items that are not in the trie, ascending.
    :param answers: what the loops expect.
    """

    def __cinit__(
        self, list items not None, Trie trie not None, list others not None, Answers answers not None
    ):
        self.items = items
        self.trie = trie
        self.others = others
        self.answers = answers

    def candidates(self, str path not None):
        """Return the items that may match a path, in their order.

        :param path: the path. What matches it without a line feed at its end is found as well, as
            the ``$`` of a regex does.
        """
        positions = self.trie.match_all(path)
        if path.endswith("\n"):
            positions += self.trie.match_all(path[: len(path) - 1])
        elif not self.others:
            return [self.items[position] for position in positions]
        return [self.items[position] for position in sorted({*positions, *self.others})]


@cython.final
cdef class Guide:
    """The first item of a loop; see the module."""

    #: What a loop over FastAPI's included routers asks of its items.
    original_route = None
    starlette_route = None

    def __iter__(self):
        return self

    def __next__(self):
        # The list itself is of a subclass.
        cdef object items = self.items if self.found is None else self.found
        cdef Py_ssize_t at = self.at
        if items is None or at >= PyList_GET_SIZE(items):
            raise StopIteration
        self.at = at + 1
        return self if at < 0 else <object>PyList_GET_ITEM(items, at)

    def matches(self, scope):
        """Find the items for a request, or answer for the one that takes it.

        :param scope: the scope of the request.
        :return: what the loop expects.
        """
        if self.items is None:
            raise TypeError("the guide belongs to no list")
        cdef Finder finder = self.items.found()
        cdef Answers answers = finder.answers
        path = answers.path_of(scope) if scope.get("root_path") else scope["path"]
        if self.answering and scope["type"] == "http":
            hit = finder.trie.match_direct(path, scope["method"])
            if hit is not None:
                item, values, full = <tuple>hit
                if full or not finder.others:
                    outer = scope.get("path_params")
                    if outer:
                        values = {**outer, **values}
                    child_scope = {"endpoint": item.endpoint, "path_params": values}
                    if answers.puts_route:
                        child_scope["route"] = item
                    self.handle = item.handle
                    # Nothing that follows matches any better.
                    self.found = []
                    return (answers.full if full else answers.partial), child_scope
        self.found = finder.candidates(path)
        return answers.nothing


cdef class Narrowing(list):
    """A list of which some loops get the items that may take a request.

    Whoever changes it sets ``_finder`` to ``None``; a change of its length alone is seen as well.

    :param items: the items.
    :param codes: the code of the loops that get a part; the first of them may get answers. The list
        may grow later.
    """

    def __init__(self, items, list codes not None):
        list.__init__(self, items)
        self.codes = codes

    def __iter__(self):
        cdef PyFrameObject* frame = PyEval_GetFrame()
        cdef PyObject* running
        cdef Guide guide
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
        return list.__iter__(self)

    cdef Finder found(self):
        cdef Finder finder = self._finder
        if finder is None or PyList_GET_SIZE(finder.items) != PyList_GET_SIZE(self):
            finder = self._compile()
            if finder is None:
                raise TypeError("_compile() must return a Finder, not None")
        return finder

    def compiled(self):
        """Return the compiled items as they are now."""
        return self.found()

    def _compile(self):
        raise NotImplementedError
