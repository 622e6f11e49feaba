# cython: language_level=3, wraparound=False, cdivision=True
"""What was read to compile a list of routes, and whether it still is so.

What lives here: the loops over lists of routes, how they are found and what they expect; lists that
count their changes, and those of a list that they have replaced; and what a snapshot has relied on
beside the list itself. What must not be known here: tries, and how a route is read. What was read is
told by `route_list.py`, and `guide.pyx` asks.
"""

from cpython.bytes cimport PyBytes_AS_STRING
from cpython.list cimport PyList_SetSlice
from cpython.object cimport PyObject
from cpython.ref cimport Py_DECREF
from cpython.unicode cimport PyUnicode_FromObject

from threading import RLock

cimport cython

from .._core.counters cimport FREE_THREADED, load, add_to
from .frames cimport PyFrame_GetBack, PyFrame_GetLasti, PyFrameObject, code_of

from .._core.locks import locked
from .bytecode import places_in


cdef enum:
    # The code of a generator has this flag.
    CO_GENERATOR = 0x20

cdef extern from "Python.h":
    # That of `cpython.ref` counts the reference with which it is called.
    Py_ssize_t Py_REFCNT(PyObject* thing) noexcept


#: It is held while a list takes over what was done to another one.
cdef object _TAKING_OVER = RLock()


cdef class CountingList(list):
    """A list that counts its changes, and may follow a list in whose place it was put.

    A class that changes the list calls ``_changed`` after that. The list itself sees only a change
    of its length.
    """

    @property
    def _version(self):
        """How often the list has changed."""
        return load(&self.changes)

    def _changed(self):
        """Have the next request compile the routes anew."""
        add_to(&self.changes, 1)

    @property
    def _replaced(self):
        """The list in whose place this one was put; ``None`` if there is none."""
        return self.replaced

    def _follow(self, list replaced not None):
        """Follow a list, of which this one is a copy.

        Other code may still have that list in hand, such as a call of ``append`` whose argument is
        not made yet. What is appended to it, inserted or removed is done to this one as well, at the
        latest before a loop goes through it. Changes that keep the length, the first item and the last
        one are not seen.
        """
        self.taken = self[:]
        self.replaced = replaced

    def _let_go(self):
        """Follow no list any more that nobody else has in hand: nothing can be done to it."""
        # Without the GIL, another thread may look at it right now.
        if not FREE_THREADED and self.replaced is not None and Py_REFCNT(<PyObject*>self.replaced) == 1:
            self._catch_up()
            self.replaced = self.taken = None

    def _catch_up(self):
        """Take over what was done to the list that this one follows."""
        if is_behind(self):
            locked(_TAKING_OVER, self._take_over)

    def _take_over(self):
        if not is_behind(self):
            # Another thread has done it, while this one waited.
            return
        cdef list taken = self.taken
        cdef list now = self.replaced[:]
        cdef Py_ssize_t first = 0, place
        cdef Py_ssize_t stop = len(now), taken_stop = len(taken)
        # Routes are equal if they look alike, so they are compared by identity.
        while first < stop and first < taken_stop and now[first] is taken[first]:
            first += 1
        while first < stop and first < taken_stop and now[stop - 1] is taken[taken_stop - 1]:
            stop -= 1
            taken_stop -= 1
        for removed in taken[first:taken_stop]:
            if first < len(self) and self[first] is removed:
                # A route may be there twice.
                PyList_SetSlice(self, first, first + 1, [])
                continue
            for place in range(len(self)):
                if self[place] is removed:
                    PyList_SetSlice(self, place, place + 1, [])
                    break
        # What stands at the end there comes to the end here, whatever this list was given since.
        place = len(self) if stop == len(now) else first
        PyList_SetSlice(self, place, place, now[first:stop])
        taken[:] = now
        self._changed()


@cython.final
cdef class Caller:
    """The code that goes through a list; nothing is known of a new one."""


@cython.final
cdef class Loops:
    """The loops that get a part of a list of routes, and what they expect of ``matches``.

    The code of other loops is added to ``searching``, if they look for the route of a request, to
    ``falling_back``, if they ask the routes for something else once no route has taken it, to
    ``naming``, if they call ``url_path_for`` of one route after the other, and to ``passing``, if
    they pass on the routes to the loop that called them. Of a frame whose code is none of those,
    ``declared`` returns the scope of the request for which it goes through routes, and ``None`` for any
    other frame; it may also add the code to those lists.

    :param answered: the code of the loop in which a guide may answer in the place of a route, or
        ``None``.
    :param full: the first of the pair that a route gives if it takes the request.
    :param partial: the first of the pair if it takes the path with another method.
    :param nothing: the pair of a route that does not match.
    :param path_of: the function that returns the path of a scope that has a ``root_path``.
    :param matches: the function ``matches`` of the routes that a guide may answer for.
    """

    def __cinit__(self, answered, full, partial, tuple nothing not None, path_of, matches):
        self.answered = answered
        self.called = []
        self.searching = []
        self.falling_back = []
        self.naming = []
        self.passing = []
        self.full = full
        self.partial = partial
        self.nothing = nothing
        self.path_of = path_of
        self.matches = matches
        self.places = []

    def add_called(self, dict namespace not None, str name not None, function):
        """Add a function that the ``matches`` of routes call: loops get a part while it is this."""
        self.called.append((namespace, name, function))

    @property
    def edits(self):
        """How often routes that had been read were edited."""
        return load(&self.edits_made)

    def edited(self):
        """Have all lists of routes compiled anew, since a route was edited."""
        add_to(&self.edits_made, 1)

    cdef Use use_of(self, code) except? Use.UNKNOWN:
        """Tell what the loop is for that a code has."""
        if code is self.answered:
            return Use.ANSWERED
        for known in self.searching:
            if known is code:
                return Use.SEARCHING
        for known in self.falling_back:
            if known is code:
                return Use.FALLING_BACK
        for known in self.naming:
            if known is code:
                return Use.NAMING
        for known in self.passing:
            if known is code:
                return Use.PASSING
        return Use.UNKNOWN

    cdef Caller caller_behind(self, frame, Use use):
        """Return the caller to whom a frame may pass on the items of a list."""
        cdef PyFrameObject* back = <PyFrameObject*>frame
        cdef Hold hold = Hold.ITSELF
        cdef Caller caller = Caller.__new__(Caller)
        caller.in_turn = True
        while True:
            code, scope = frame.f_code, None
            if use == Use.UNKNOWN and self.declared is not None:
                scope = self.declared(frame)
                use = self.use_of(code)
            if scope is None and use == Use.UNKNOWN:
                break
            if not self.is_gone_through(code, back, hold):
                break
            if scope is not None or use != Use.PASSING:
                caller.scope, caller.use = scope, use
                break
            # What is no generator goes through all items before its caller asks the first one.
            hold = Hold.BY_FUNCTION
            if code.co_flags & CO_GENERATOR:
                hold = Hold.BY_GENERATOR
            caller.in_turn = caller.in_turn and hold == Hold.BY_GENERATOR
            back = PyFrame_GetBack(<PyFrameObject*>frame)
            if back == NULL:
                break
            frame = <object>back
            Py_DECREF(frame)
            use = self.use_of(code_of(back))
        return caller

    cdef bint is_gone_through(self, code, PyFrameObject* frame, Hold hold) except -1:
        """Tell whether it is the loop of a frame that has got at a list.

        Compiled code has no frame, so that it may also be such code that the frame has called.
        Whether that has called a function of Python is not told.
        """
        cdef tuple known
        cdef bytes units
        cdef Py_ssize_t at
        if hold == Hold.BY_FUNCTION:
            return True
        known = self.places_of(code)
        units = <bytes>known[1] if hold == Hold.ITSELF else <bytes>known[2]
        at = PyFrame_GetLasti(frame) // 2
        return 0 <= at < len(units) and PyBytes_AS_STRING(units)[at] != 0

    cdef tuple places_of(self, code):
        """Return a code and the places at which it takes items, read at the first time."""
        for known in self.places:
            if (<tuple>known)[0] is code:
                return <tuple>known
        known = (code, *places_in(code))
        self.places.append(known)
        return known

    cdef bint hold(self) except -1:
        """Tell whether the ``matches`` of routes call what they did."""
        for namespace, name, function in self.called:
            if (<dict>namespace).get(name) is not function:
                return False
        return True

    cdef str path(self, scope):
        """Return the path of a scope with which routes are matched."""
        path = self.path_of(scope) if value_of(scope, "root_path") else scope["path"]
        if type(path) is not str:
            # It may be of a subclass, such as Starlette's own URLPath.
            path = PyUnicode_FromObject(path)
        return path


@cython.final
cdef class Prerequisites:
    """What a snapshot has read beside the routes of its list: it is right while these are so.

    A router is added before its routes are read, so that no change is missed. Whoever reads a route
    counts it in ``routes_read``.
    """

    def __cinit__(self):
        self.methods = []
        self.convertors = []
        self.routers = []
        self.owners = []
        self.awaited = []

    def add_method(self, kind, str name not None, function):
        """Add a method of a class of routes or of convertors."""
        if (kind, name, function) not in self.methods:
            self.methods.append((kind, name, function))

    def add_convertor(self, dict attributes not None):
        """Add a convertor in whose place a guide converts.

        :param attributes: its own attributes; while it has none, its methods are those of its class.
        """
        for known in self.convertors:
            if known is attributes:
                return
        self.convertors.append(attributes)

    def add_router(self, router):
        """Add a router.

        :param router: a router with its ``routes`` in a :class:`CountingList`, which counts their
            changes in ``_routes_version``.
        :raise TypeError: its ``routes`` are no :class:`CountingList`.
        """
        cdef CountingList routes = router.routes
        if routes is None:
            raise TypeError("the router's routes must be a CountingList, not None")
        routes._catch_up()
        for known, _, _, _ in self.routers:
            if known is router:
                return
        self.routers.append((router, router._routes_version, routes, load(&routes.changes)))

    def add_owner(self, owner, CountingList routes not None):
        """Add something that has a list of routes, before these are read.

        :param owner: it has the list as ``routes``. The caller adds each owner once.
        """
        routes._catch_up()
        self.owners.append((owner, routes, load(&routes.changes)))

    def add_awaited(self, maker, made):
        """Add something that may make routes later.

        :param maker: it has what it made last as ``last``.
        :param made: what that was when it was found to be nothing, or out of date.
        """
        self.awaited.append((maker, made))

    cpdef bint are_current(self) except -1:
        """Tell whether the prerequisites hold, and nothing that is awaited has been made."""
        return self.hold() and self.count_made() == 0

    cdef Py_ssize_t count_made(self) except -1:
        """Count what was awaited and has been made."""
        cdef Py_ssize_t count = 0
        for maker, made in self.awaited:
            count += maker.last is not made
        return count

    cdef bint hold(self) except -1:
        """Tell whether the classes, the convertors and the routers have what they had."""
        for kind, name, function in self.methods:
            if getattr(kind, name, None) is not function:
                return False
        for attributes in self.convertors:
            if len(<dict>attributes):
                return False
        if self.routers or self.owners:
            try:
                return self.lists_hold()
            except Exception:
                # A list that its router can't give is not the one that was read.
                return False
        return True

    cdef bint lists_hold(self) except -1:
        """Tell whether the routers and whatever else has a list have the routes that they had."""
        cdef CountingList routes
        for router, count, routes, version in self.routers:
            if (
                load(&routes.changes) != <Py_ssize_t>version
                or is_behind(routes)
                # An equal count that is another object is taken for a change, which is safe.
                or router._routes_version is not count
                or router.routes is not routes
            ):
                return False
        for owner, routes, version in self.owners:
            if (
                load(&routes.changes) != <Py_ssize_t>version
                or is_behind(routes)
                or getattr(owner, "routes", None) is not routes
            ):
                return False
        return True


cdef class RouteSnapshot:
    """What was made of the routes of a list in one state; it serves while that is what they are."""

    cdef bint serves(self, CountingList routes) except -1:
        """Tell whether it is right for a list, and worth keeping for one look-up more."""
        cdef Py_ssize_t made
        if (
            self.version != load(&routes.changes)
            or len(self.routes) != len(<list>routes)
            or self.edits != load(&self.loops.edits_made)
            or not self.prerequisites.hold()
        ):
            return False
        made = self.prerequisites.count_made()
        return add_to(&self.vain, made) <= self.prerequisites.routes_read
