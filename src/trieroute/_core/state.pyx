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

from .overrides cimport class_version


@cython.final
cdef class MapState:
    """What matching and building read of a map, as it was at one moment.

    :param trie: the compiled rules.
    :param changes: how many changes of the map it has taken up.
    :param host_matching: whether the domains of the rules are hosts.
    :param merge_slashes: whether a path with runs of slashes is tried without them.
    :param redirect_defaults: whether aliases and defaults redirect.
    :param sorts: whether the query of a URL is sorted.
    :param siblings: the rules of the endpoints where a match of one rule may be redirected to
        another one, preferred ones for building first. What was removed together with a rule that
        a request has matched must still be found.
    """

    def __init__(
        self,
        Trie trie not None,
        Py_ssize_t changes,
        *,
        bint host_matching=False,
        bint merge_slashes=False,
        bint redirect_defaults=False,
        bint sorts=False,
        dict siblings=None,
    ):
        self.trie = trie
        self.changes = changes
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
        own.host_matching = self.host_matching
        own.merge_slashes = self.merge_slashes
        own.redirect_defaults = self.redirect_defaults
        own.sorts = self.sorts
        own.siblings = self.siblings
        own.builders = self.builders
        own.map = map
        return own


#: What a map begins with. It has taken up no change, and making a map is one.
cdef MapState _NOTHING = MapState(Trie(), 0)


cdef class BaseMap:
    """The part of a map that the core reads: its current state."""

    def __cinit__(self, *args, **kwargs):
        self.changes = 1
        self.plain = -1
        self.states = [_NOTHING]

    @property
    def _state(self):
        """The current state; it may not have taken up the last changes."""
        return published(self.states, 0)

    @property
    def _changes(self):
        """The number of changes of rules and settings so far."""
        return changes_of(&self.changes)

    @property
    def _used(self):
        """Tell whether a request has taken the current state."""
        return changes_of(&self.used) != 0

    def _changed(self):
        """Have the next request make a new state."""
        count_on(&self.changes, 1)

    @property
    def _remap(self):
        """Tell whether something has changed since the state was made; programs set it, too."""
        return (<MapState>published(self.states, 0)).changes != changes_of(&self.changes)

    @_remap.setter
    def _remap(self, bint changed):
        if changed:
            self._changed()

    def _publish(self, MapState state not None):
        """Put a new state in the place of the current one."""
        set_count(&self.used, 0)
        Py_INCREF(state)
        PyList_SetItem(self.states, 0, state)


cdef MapState renewed_state(BaseMap map):
    cdef Py_ssize_t version
    # What is looked up gives the class a version.
    type(map).update
    version = class_version(map)
    set_count(&map.plain, -1 if version == 0 or (<object>map)._overrides_update else version)
    (<object>map).update()
    return <MapState>published(map.states, 0)


def set_attributes(target, dict attributes not None):
    """Set attributes of an object as ``object.__setattr__`` does, past a class's own way.

    The objects of a class that are set up so share the keys of their dictionaries.

    :param target: the object.
    :param attributes: values by name.
    """
    for name, value in attributes.items():
        PyObject_GenericSetAttr(target, name, value)


def exchange_attribute(target, str name not None, before, after):
    """Put a value in the place of another one of an object's attributes, if that is still there.

    Of several threads that replace the same value, one succeeds.

    :param target: the object.
    :param name: the attribute, which the object or its class has.
    :param before: the value that is replaced; it is compared by identity.
    :param after: the new value.
    :return: whether it was replaced.
    """
    cdef object kind = type(target)
    cdef bint there
    # Setting an attribute takes the lock of the object itself, within which this one would be lost.
    with cython.critical_section(kind):
        # An object whose `__dict__` was never asked for needs less memory.
        there = PyObject_GenericGetAttr(target, name) is before
        if there:
            PyObject_GenericSetAttr(target, name, after)
    return there
