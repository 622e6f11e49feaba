# cython: language_level=3, wraparound=False, cdivision=True
"""What was read to compile a list of routes, and whether it still is so.

What lives here: the loops over lists of routes, how they are found and what they expect, and what a
compilation has relied on beside the list itself. What must not be known here: tries, and how a route
is read. What was read is told by `route_list.py`, and `guide.pyx` asks.
"""

from cpython.bytes cimport PyBytes_AS_STRING
from cpython.ref cimport Py_DECREF
from cpython.unicode cimport PyUnicode_FromObject

cimport cython

from .._core.counters cimport changes_of, count_on
from .frames cimport PyFrame_GetBack, PyFrame_GetLasti, PyFrameObject, code_of

from .places import places_in


cdef enum:
    # The code of a generator has this flag.
    CO_GENERATOR = 0x20


cdef class CountingList(list):
    """A list that counts its changes.

    A class that changes the list calls ``_changed`` after that. The list itself sees only a change
    of its length.
    """

    @property
    def _version(self):
        """How often the list has changed."""
        return changes_of(&self.changes)

    def _changed(self):
        """Have the next request compile the routes anew."""
        count_on(&self.changes, 1)


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
        """Add a function that the ``matches`` of routes call: loops get a part while it is this.

        :param namespace: the names of the module in which they find the function.
        :param name: its name there.
        :param function: the function.
        """
        self.called.append((namespace, name, function))

    @property
    def edits(self):
        """How often routes that had been read were edited."""
        return changes_of(&self.edits_made)

    def edited(self):
        """Have all lists of routes compiled anew, since a route was edited."""
        count_on(&self.edits_made, 1)

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
    """What a compilation has read beside the routes of its list: it is right while these are so.

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
        """Add a method of a class of routes or of convertors.

        :param kind: the class.
        :param name: the method's name.
        :param function: the function that the class has by this name.
        """
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
        for known, _, _, _ in self.routers:
            if known is router:
                return
        self.routers.append((router, router._routes_version, routes, changes_of(&routes.changes)))

    def add_owner(self, owner, CountingList routes not None):
        """Add something that has a list of routes, before these are read.

        :param owner: it has the list as ``routes``.
        :param routes: the list.
        """
        self.owners.append((owner, routes, changes_of(&routes.changes)))

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
        cdef CountingList routes
        for kind, name, function in self.methods:
            if getattr(kind, name, None) is not function:
                return False
        for attributes in self.convertors:
            if len(<dict>attributes):
                return False
        for router, count, routes, version in self.routers:
            if (
                changes_of(&routes.changes) != <Py_ssize_t>version
                # An equal count that is another object is taken for a change, which is safe.
                or router._routes_version is not count
                or router.routes is not routes
            ):
                return False
        for owner, routes, version in self.owners:
            if (
                changes_of(&routes.changes) != <Py_ssize_t>version
                or getattr(owner, "routes", None) is not routes
            ):
                return False
        return True


cdef class Compilation:
    """What was made of the routes of a list in one state; it serves while that is what they are."""

    cdef bint serves(self, CountingList routes) except -1:
        """Tell whether it is right for a list, and worth keeping for one look-up more."""
        cdef Py_ssize_t made
        if (
            self.version != changes_of(&routes.changes)
            or len(self.routes) != len(<list>routes)
            or self.edits != changes_of(&self.loops.edits_made)
            or not self.prerequisites.hold()
        ):
            return False
        made = self.prerequisites.count_made()
        return count_on(&self.vain, made) <= self.prerequisites.routes_read
