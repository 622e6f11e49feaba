# cython: language_level=3
"""State: what matching and building read of a map, as one object that is never changed.

What lives here: the state, which one it is now, and whether it has taken up all changes. What must
not be known here: how rules are compiled, and what a request does with them.

A map is changed by making its next state, which is published by one store. A request takes the
state once, holds it, and works on it to the end, whatever is published meanwhile. The map counts the
changes of its rules and settings; a state knows how many it has taken up. Where the two numbers
differ, the next request has a new state made before it goes on.
"""

cimport cython
from cpython.list cimport PyList_SetItem
from cpython.object cimport PyObject_GenericGetAttr, PyObject_GenericSetAttr
from cpython.ref cimport Py_INCREF

from .changes cimport Changes
from .counters cimport add_to, published
from .locks cimport ways_of
from .overrides cimport class_version


@cython.final
cdef class MapState:
    """What matching and building read of a map, as it was at one moment.

    :param trie: the compiled rules.
    :param changes: how many changes of the map it has taken up.
    :param subdomain_matching: whether the domains of the rules are subdomains.
    :param host_matching: whether they are hosts; where they are neither, none is looked at.
    :param merge_slashes: whether a path with runs of slashes is tried without them.
    :param redirect_defaults: whether aliases and defaults redirect.
    :param sorts: whether the query of a URL is sorted.
    :param siblings: the rules of the endpoints where a match of one rule may be redirected to
        another one, preferred ones for building first. A request that has matched a rule just before
        its removal must still find the others of its endpoint.
    """

    def __init__(
        self,
        Trie trie not None,
        Py_ssize_t changes,
        *,
        bint subdomain_matching=False,
        bint host_matching=False,
        bint merge_slashes=False,
        bint redirect_defaults=False,
        bint sorts=False,
        dict siblings=None,
    ):
        self.trie = trie
        self.changes = changes
        self.subdomain_matching = subdomain_matching
        self.host_matching = host_matching
        self.merge_slashes = merge_slashes
        self.redirect_defaults = redirect_defaults
        self.sorts = sorts
        self.siblings = siblings or {}
        self.builders = {}

    cdef MapState copy(self, object map):
        cdef MapState own = MapState.__new__(MapState)
        own.trie = self.trie
        own.changes = self.changes
        own.subdomain_matching = self.subdomain_matching
        own.host_matching = self.host_matching
        own.merge_slashes = self.merge_slashes
        own.redirect_defaults = self.redirect_defaults
        own.sorts = self.sorts
        own.siblings = self.siblings
        own.builders = self.builders
        own.map = map
        return own


cdef extern from *:
    """
    /* Return the number of the thread. No other thread of the interpreter ever gets this number, not
       even in a process that was forked meanwhile. The system uses its own numbers again. */
    static inline Py_ssize_t trieroute_this_thread(void) {
        return (Py_ssize_t)PyThreadState_GetID(PyThreadState_Get());
    }
    """
    Py_ssize_t this_thread "trieroute_this_thread"() noexcept


#: What a map begins with. It has taken up no change, and making a map is one.
cdef MapState _NOTHING = MapState(Trie(), 0)


cdef class BaseMap:
    """The part of a map that the core reads: its current state."""

    def __cinit__(self, *args, **kwargs):
        self.changes = 1
        self.plain_update = -1
        self.states = [_NOTHING]

    @property
    def _state(self):
        """The current state; it may not have taken up the last changes."""
        return published(self.states, 0)

    @property
    def _changes(self):
        """The number of changes of rules and settings so far."""
        return load(&self.changes)

    def _as_compiler(self, function not None):
        """Call a function that compiles the rules in this thread, which should hold the lock.

        As long as it runs, the thread is known as the one that compiles: a signal's handler or a
        finalizer that asks the map would wait for the thread that it interrupts.
        """
        return as_compiler(self, function)

    def _locked_as_compiler(self, function not None):
        """Acquire the lock, and do the same."""
        cdef tuple handed
        acquire, release, handed = ways_of((<object>self)._remap_lock)
        acquire()
        try:
            return as_compiler(self, function)
        finally:
            release(*handed)

    @property
    def _compiles(self):
        """Tell whether this thread compiles the rules, or holds the lock of their lists.

        A method that a program overrides may ask the map again. It gets the answer of the state before:
        to compile here could be to wait for another thread, which compiles and waits for the lists.
        """
        return (
            load(&self.compiling_thread) == this_thread() or (<object>self)._lists_lock._is_owned()
        )

    def _changed(self):
        """Take up a change of a setting that was made.

        The change is counted even if something is raised, so that the next request sees it.
        """
        change(self, None, None, None, ())

    def _change(self, prepare, *arguments, Changes before=None, Changes within=None):
        """Change what the state is made of: all of it, or nothing.

        While requests come, the thread that changes the map compiles it: none of them waits.

        :param prepare: returns the :class:`Changes` that are to be made. It is called while the
            lock of the lists of rules is held, and changes nothing itself: what a program does
            meanwhile in this thread, as a signal's handler may, has it called again.
        :param arguments: its arguments.
        :param before: changes that are made before, without a lock, because they call a program's
            own methods. They are undone if the others can't be made.
        :param within: changes that are made before as well, but while the lock is held.
        """
        change(self, prepare, before, within, arguments)

    @property
    def _remap(self):
        """Tell whether something has changed since the state was made; programs set it, too."""
        return (<MapState>published(self.states, 0)).changes != load(&self.changes)

    @_remap.setter
    def _remap(self, bint changed):
        if changed:
            self._changed()

    def _publish(self, MapState state not None, Py_ssize_t ahead=0):
        """Put a new state in the place of the current one.

        :param ahead: the number of changes that it has taken up and that are counted only now. A
            state that has taken up too much is compiled again; one that lacks what another thread
            has changed meanwhile must not pass for complete.
        """
        add_to(&self.changes, ahead)
        store(&self.used, 0)
        Py_INCREF(state)
        PyList_SetItem(self.states, 0, state)


cdef object as_compiler(BaseMap map, function):
    """Call a function while this thread is known as the one that compiles."""
    # It may be known so already.
    cdef Py_ssize_t before = load(&map.compiling_thread)
    store(&map.compiling_thread, this_thread())
    try:
        return function()
    finally:
        store(&map.compiling_thread, before)


cdef enum:
    # Changes are prepared at most so many times.
    MOST_TIMES = 10


cdef Changes prepared(BaseMap map, prepare, tuple arguments):
    """Prepare changes, again if this thread has changed the map while it did."""
    cdef Py_ssize_t times = 0, seen = -1
    cdef Changes changes = None
    while times < MOST_TIMES and seen != load(&map.changes):
        seen = load(&map.changes)
        times += 1
        try:
            changes = prepare(*arguments)
        except Exception:
            # The lists may have changed while it read them.
            if times == MOST_TIMES or seen == load(&map.changes):
                raise
    return changes


cdef int change(
    BaseMap map, prepare, Changes before, Changes within, tuple arguments
) except -1:
    """Make a change of a map if one is given, count it, and compile it if requests come."""
    cdef Changes changes
    cdef Py_ssize_t compiler = 0
    cdef bint held = False, ahead = False, made = prepare is None, counted = False
    acquire = release = None
    try:
        if before is not None:
            before.make()
        try:
            if load(&map.used):
                # A lock that a program has made for `with` statements alone cannot be tried without
                # waiting for it, so that the next request compiles.
                lock = (<object>map)._remap_lock
                acquire, release = getattr(lock, "acquire", None), getattr(lock, "release", None)
                if acquire is not None:
                    held = acquire(False)
                if held:
                    compiler = load(&map.compiling_thread)
                    store(&map.compiling_thread, this_thread())
                # A program's own `update`, which may be what has changed, is for the next request.
                ahead = held and not ((<object>map)._overrides_update or compiler == this_thread())
            if prepare is not None:
                lists_lock = (<object>map)._lists_lock
                # No `with` statement holds it; locks.pyx says why.
                leave = lists_lock.release
                lists_lock.acquire()
                try:
                    if within is not None:
                        within.make()
                    try:
                        changes = prepared(map, prepare, arguments)
                        changes.make()
                    except BaseException:
                        if within is not None:
                            within.undo()
                        raise
                    made = True
                    if not ahead:
                        # It is counted with the lock that the log has: who compiles meanwhile knows
                        # by the count whether the log has all changes.
                        add_to(&map.changes, 1)
                        counted = True
                finally:
                    leave()
        except BaseException:
            if before is not None and not made:
                before.undo()
            raise
        if ahead:
            try:
                (<object>map)._compile(1)
                counted = True
                if (<object>map)._remap:
                    # Another thread has changed the map meanwhile, and could not compile it.
                    (<object>map)._compile(0)
            except Exception:
                # What a program's own keys raise, the next request raises.
                pass
    finally:
        if made and not counted:
            add_to(&map.changes, 1)
        if held:
            store(&map.compiling_thread, compiler)
            release()
    return 0


def setting_changed(rule):
    """Have the map of a rule take up its settings anew.

    Each time, the rule gets another object as its target. So a target that a thread is making of the
    settings before is not kept, see `target_of`.

    :param rule: a rule, which may be bound or not.
    """
    PyObject_GenericSetAttr(rule, "_target", object())
    map = PyObject_GenericGetAttr(rule, "map")
    if map is not None:
        map._changed()


cdef MapState renewed_state(BaseMap map):
    cdef Py_ssize_t version
    # What is looked up gives the class a version.
    type(map).update
    version = class_version(map)
    store(&map.plain_update, -1 if version == 0 or (<object>map)._overrides_update else version)
    (<object>map).update()
    return <MapState>published(map.states, 0)
