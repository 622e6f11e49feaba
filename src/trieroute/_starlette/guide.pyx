# cython: language_level=3, wraparound=False, cdivision=True
"""A list of routes from which some loops get those alone that may take a request.

What lives here: what the loops of Starlette and FastAPI get from a list of routes, and the look-up in
the trie of the list. What must not be known here: how a route is read, which loops there are, and
where the list comes from. The module knows a route by `matches`, `methods`, `endpoint` and `handle`.
Loops that look for the route of a name get their part from `named.pyx`.

A loop over a list does not say which request it is for. But the first thing that it does with a
route is to call ``matches(scope)``. So the first item that a loop gets is a *guide*: its ``matches``
looks up which routes the path may fit, says that it matches nothing itself, and gives these routes
as the items that follow. The list knows the loops by the code that runs when an iterator is asked
for; `loops.py` says why. Where a function passes the routes on, the loop is that of its caller, which
`prerequisites.pyx` finds. The loops of other packages are told by `monitoring.py`, each with the scope
of its request, so that they get the routes without a guide. All other code gets an iterator over all
routes.

Where nothing but path and method decides, the guide answers in the place of a route. The loop then
calls ``handle`` of the guide, which calls that of the route.

A trie stays right while its *prerequisites* hold, as a makefile names what a file is made of. The
classes of the routes must have the ``matches`` that they had, and those of the convertors, where a
guide converts in their place, the ``convert``. A route may stand for a router whose own routes are in
the trie: that router must have the routes that it had. No route may have been edited since then, which
`edits.py` counts for all routes together. Each look-up checks this first, and the list is compiled
anew where it is no longer so.

Where a program has replaced a function that all ``matches`` call, loops get all routes.

A route may also stand for a router that had made nothing yet. It is tried for every request, which
stays right when the router has made something, and only costs time. So the list is compiled anew once
such routes were tried in vain as often as the snapshot has read routes: many routers that are
reached one after the other cost a few snapshots, and the last one of them is not forgotten.

A route that is not in the trie is tried for every request, and may change the path of the request.
What follows it is then looked up again.

What was compiled is not changed once the list has it, except for the count of what was tried in vain.
It is replaced by one store, and knows how many changes of the list it has taken up: what a thread has
compiled while another one changed the list serves no later request.
"""

from cpython.method cimport PyMethod_Check, PyMethod_GET_FUNCTION
from cpython.list cimport PyList_SetItem
from cpython.ref cimport Py_INCREF
from cpython.unicode cimport PyUnicode_GET_LENGTH, PyUnicode_READ_CHAR

cimport cython

from .._core.counters cimport load, published
from .._core.target cimport Target
from .._core.text cimport PyUnicode_IS_ASCII
from .._core.walk cimport Form, Walk
from .frames cimport PyEval_GetFrame, PyFrameObject, code_of
from .named cimport guide_to
from .prerequisites cimport Caller, Hold, Loops, Prerequisites, Use, is_behind, value_of


cdef dict NO_VALUES = {}

cdef enum:
    # Python converts a number of this many digits, whatever limit a program has set.
    SAFE_LENGTH = 640


@cython.final
cdef class CompiledRoutes:
    """The routes of one state of a list, in a trie."""

    def __cinit__(
        self,
        list routes not None,
        Trie trie not None,
        dict others not None,
        list fallback not None,
        Loops loops not None,
        Prerequisites prerequisites not None,
        Py_ssize_t version=0,
        Py_ssize_t edits=0,
        dict converted=None,
        bint moving=False,
    ):
        self.routes = routes
        self.trie = trie
        self.others = others
        self.fallback = fallback
        self.loops = loops
        self.prerequisites = prerequisites
        self.version = version
        self.edits = edits
        self.converted = {} if converted is None else converted
        self.moving = moving

    def candidates(self, str path not None):
        """Return the routes that may match a path, in their order.

        :param path: the path. A route is also found if it matches the path without a line feed at
            its end, as the ``$`` of a regex does.
        :return: a list of routes.
        """
        found = []
        for position in self.positions(path):
            found.append(self.routes[position])
        return found

    cdef list positions(self, str path):
        """Return the ascending positions of the routes that may match a path."""
        positions = self.positions_in_trie(path)
        if path.endswith("\n"):
            positions += self.positions_in_trie(path[: len(path) - 1])
        elif not self.others:
            return positions
        return sorted({*positions, *self.others})

    cdef list positions_in_trie(self, str path):
        """Find all routes in the trie whose segments a path has, in their order.

        The trie is asked neither for methods nor for what converters would say of the values. The
        path has to fit as it stands, except that slashes in front of it count as one. Targets of
        one route, which has several if it stands for a router, follow each other.
        """
        cdef Walk walk
        cdef list positions = []
        last = None
        _open(self.trie, &walk, path)
        try:
            while self.trie.search(&walk, "", path, None) and walk.form == Form.EXACT:
                position = (<Target>walk.target).endpoint
                if position != last:
                    positions.append(position)
                    last = position
                walk.least = walk.best + 1
        finally:
            self.trie.close(&walk)
        return positions

    cpdef first(self, str path, method):
        """Match the first route in the trie that has a method, if path and method alone decide.

        The attributes ``methods`` and ``matches`` of a route are read at each call. A route whose
        ``methods`` are empty takes all of them.

        :param path: the path. It has to fit as it stands, with one slash in front. A path that is
            not ASCII, is longer than 640 code points or ends with a line feed is not decided here.
        :param method: the method, in the case of the methods of the routes.
        :return: the route, the values, and whether it has the method; the first route that matches
            the path if none of those has the method. ``None`` if no route matches, if one that is
            not direct comes before one that has the method, if a converter refuses a value, and if
            a route has a ``matches`` of its own.
        :raise TypeError: the path is ``None``.
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
                    or <object>PyMethod_GET_FUNCTION(asked) is not self.loops.matches
                ):
                    return None
                if not self.has_its_convertors(target.endpoint):
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

    cdef bint has_its_convertors(self, position) except -1:
        """Tell whether no convertor of a route has taken the place of another one."""
        cdef dict convertors
        cdef list known
        cdef Py_ssize_t at = 0
        kept = self.converted.get(position)
        if kept is None:
            return True
        convertors, known = <tuple>kept
        if len(convertors) != len(known):
            return False
        for convertor in convertors.values():
            if convertor is not known[at]:
                return False
            at += 1
        return True


cdef int _open(Trie trie, Walk* walk, str path) except -1:
    """Begin a walk for a request whose method does not count; the caller has to close it."""
    trie.open(walk, path, False)
    walk.websocket = False
    walk.method_word = 0
    walk.method_bit = 1
    return 0


@cython.final
cdef class Guide:
    """The first item of a loop, and the iterator over those that follow; see the module."""

    #: FastAPI's loop over the routes of an included router asks these of an item.
    original_route = None
    starlette_route = None

    def __iter__(self):
        return self

    def __next__(self):
        cdef Py_ssize_t at
        if self.routes is None:
            raise StopIteration
        if self.at < 0:
            self.at = 0
            return self
        if self.found is not None and 0 < self.at <= len(self.found):
            self._follow()
        at = self.at
        self.at = at + 1
        if self.found is not None:
            if at < len(self.found):
                return self.compiled.routes[<object>self.found[at]]
        elif at < len(<list>self.routes):
            # The loop did not ask the guide, so it gets all routes.
            return (<list>self.routes)[at]
        raise StopIteration

    cdef int _find(self, CompiledRoutes compiled, scope, str path) except -1:
        """Look up the routes that follow."""
        self.compiled = compiled
        self.found = compiled.positions(path)
        self.scope = scope
        self.path = path
        return 0

    cdef int _follow(self) except -1:
        """Look up what is left, if the route that was tried last has changed the path or the list."""
        # A loop over a list goes on with what that has by then.
        cdef str path = self.path
        cdef bint changed = self.compiled.version != load(&self.routes.changes)
        if self.compiled.others:
            try:
                path = self.compiled.loops.path(self.scope)
            except Exception:
                # The routes that follow say what is wrong.
                self.at = self.found[self.at - 1] + 1
                self.found = None
                return 0
        if changed or path != self.path:
            if changed:
                self.compiled = self.routes.serving()
            last = self.found[self.at - 1]
            self.found = [place for place in self.compiled.positions(path) if place > last]
            self.at = 0
            self.path = path
        return 0

    def matches(self, scope):
        """Find the routes for a request, or answer for the one that takes it.

        :return: the pair that the loop expects of a route.
        :raise TypeError: the guide belongs to no list.
        """
        if self.routes is None:
            raise TypeError("the guide belongs to no list")
        cdef CompiledRoutes compiled = self.routes.serving()
        cdef Loops loops = compiled.loops
        try:
            path = loops.path(scope)
        except Exception:
            # All routes follow, and say what is wrong.
            return loops.nothing
        if self.answering and scope["type"] == "http":
            method = value_of(scope, "method")
            outer = value_of(scope, "path_params", NO_VALUES)
            # What a scope lacks, or has in another form, is for the routes: it may count for none.
            known = method is not None and type(outer) is dict
            hit = compiled.first(path, method) if known else None
            if hit is not None:
                route, values, full = <tuple>hit
                if full or not compiled.others:
                    if outer:
                        values = {**<dict>outer, **<dict>values}
                    self.route = route
                    # No route that follows matches any better.
                    self.found = []
                    return (
                        loops.full if full else loops.partial,
                        {"endpoint": route.endpoint, "path_params": values},
                    )
        self._find(compiled, scope, path)
        return loops.nothing

    def handle(self, scope, receive, send):
        """Let the route that the guide has answered for handle the request.

        The loop may have put the guide into the scope as the route: the route takes its place.
        """
        if value_of(scope, "route") is self:
            scope["route"] = self.route
        return self.route.handle(scope, receive, send)


cdef class GuidedList(CountingList):
    """A list of routes from which some loops get those alone that may take a request.

    ``maker`` is what has made the routes, if they stand for one route of other lists.
    """

    def __cinit__(self, *args, **kwargs):
        self.kept = [None, None]

    def __init__(self, routes, Loops loops not None):
        list.__init__(self, routes)
        self.loops = loops

    @property
    def _compiled(self):
        """What was compiled last; ``None`` if nothing was. It may be out of date."""
        return published(self.kept, 0)

    @_compiled.setter
    def _compiled(self, CompiledRoutes compiled):
        Py_INCREF(compiled)
        PyList_SetItem(self.kept, 0, compiled)

    @property
    def _named(self):
        """The names that were read last; ``None`` if they never were. They may be out of date."""
        return published(self.kept, 1)

    @_named.setter
    def _named(self, NamedRoutes named):
        Py_INCREF(named)
        PyList_SetItem(self.kept, 1, named)

    def __iter__(self):
        cdef PyFrameObject* frame = PyEval_GetFrame()
        cdef Use use
        cdef Caller caller
        if is_behind(self):
            self._catch_up()
        if frame == NULL or self.loops is None:
            return list.__iter__(self)
        code = code_of(frame)
        use = self.loops.use_of(code)
        if use == Use.UNKNOWN or use == Use.PASSING:
            caller = self.loops.caller_behind(<object>frame, use)
            if caller.scope is not None:
                return self.items_of(caller.scope, caller.in_turn)
            return self.items_for(caller.use)
        if not self.loops.is_gone_through(code, frame, Hold.ITSELF):
            return list.__iter__(self)
        return self.items_for(use)

    cdef object items_for(self, Use use):
        """Return what a loop gets."""
        cdef Guide guide
        if use == Use.ANSWERED or use == Use.SEARCHING:
            if self.loops.hold():
                guide = Guide.__new__(Guide)
                guide.routes = self
                guide.answering = use == Use.ANSWERED
                guide.at = -1
                return guide
        elif use == Use.NAMING:
            return guide_to(self.named(), self)
        elif use == Use.FALLING_BACK:
            return iter(self.serving().fallback)
        return list.__iter__(self)

    cdef object items_of(self, scope, bint in_turn):
        """Return what a loop gets that has a scope, and whether it asks routes before it goes on."""
        cdef CompiledRoutes compiled
        cdef Guide guide
        if not self.loops.hold():
            return list.__iter__(self)
        compiled = self.serving()
        if not in_turn and (compiled.moving or self.follows_moving()):
            return list.__iter__(self)
        try:
            path = self.loops.path(scope)
        except Exception:
            # The routes say what is wrong.
            return list.__iter__(self)
        guide = Guide.__new__(Guide)
        guide.routes = self
        guide.at = 0
        guide._find(compiled, scope, path)
        return guide

    cdef bint follows_moving(self) except -1:
        """Tell whether a route may change the path in a list in which this one stands."""
        cdef GuidedList outer
        if self.maker is not None:
            for outer in self.maker.lists():
                if outer.serving().moving or outer.follows_moving():
                    return True
        return False

    cdef CompiledRoutes serving(self):
        """Return what serves one request more, compiled anew if nothing that was compiled does."""
        cdef CompiledRoutes compiled = published(self.kept, 0)
        if compiled is None or not compiled.serves(self):
            compiled = self._compile()
            if compiled is None:
                raise TypeError("_compile() must return CompiledRoutes, not None")
        return compiled

    cdef NamedRoutes named(self):
        """Return the names of the routes, read anew if they may not be what they were."""
        cdef NamedRoutes named = published(self.kept, 1)
        if named is None or not named.serves(self):
            named = self._read_names()
            if named is None:
                raise TypeError("_read_names() must return NamedRoutes, not None")
        return named

    def compiled(self):
        """Return the compiled routes, with all that was awaited and has been made."""
        cdef CompiledRoutes compiled = self.serving()
        return compiled if compiled.prerequisites.are_current() else self._compile()

    def _compile(self):
        """Compile the routes and keep them as ``_compiled``; a class that can read them does it.

        :return: the :class:`CompiledRoutes`.
        :raise NotImplementedError: the class does not override it.
        """
        raise NotImplementedError(f"{type(self).__name__} does not override _compile")

    def _read_names(self):
        """Read the names of the routes and keep them as ``_named``; a class that can does it.

        :return: the :class:`NamedRoutes`.
        :raise NotImplementedError: the class does not override it.
        """
        raise NotImplementedError(f"{type(self).__name__} does not override _read_names")
