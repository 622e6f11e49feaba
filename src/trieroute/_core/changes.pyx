# cython: language_level=3
"""Changes: several objects are changed together, all of them or none.

What lives here: changes that are prepared first and made later, and the ways of changing an object in
one step. What must not be known here: what is changed, and why.

CPython may raise the exception of a signal between any two instructions of Python code, and any
allocation may fail. So Python code only prepares what is to be changed, and makes it by a single call
of compiled code, between whose steps nothing is raised that they do not raise themselves. If one of
them does, those before it are undone, without an allocation where that is possible.
"""

cimport cython
from cpython.dict cimport PyDict_DelItem, PyDict_SetItem
from cpython.list cimport PyList_Append, PyList_GET_ITEM, PyList_GET_SIZE, PyList_Insert
from cpython.long cimport PyLong_FromVoidPtr
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from cpython.object cimport PyObject_GenericGetAttr, PyObject_GenericSetAttr

from .list_items cimport put_item, shorten, take_out_items


#: This stands for what is not there.
cdef object _MISSING = object()


def set_attributes(target, tuple names not None, tuple values not None):
    """Set attributes of an object as ``object.__setattr__`` does, past a class's own way.

    The objects of a class that are set up so share the keys of their dictionaries.
    """
    cdef Py_ssize_t place
    for place in range(len(names)):
        PyObject_GenericSetAttr(target, names[place], values[place])


def exchange_attribute(target, str name not None, before, after):
    """Put a value in the place of another one of an object's attributes, if that is still there.

    Of several threads that replace the same value, one succeeds.

    :param before: the value that is replaced; it is compared by identity.
    :return: whether it was replaced.
    """
    return exchanged(target, name, before, after)


cdef bint exchanged(object target, str name, object before, object after) except -1:
    cdef object kind = type(target)
    cdef bint there
    # Setting an attribute takes the lock of the object itself, within which this one would be lost.
    with cython.critical_section(kind):
        there = exchanged_within(target, name, before, after)
    return there


cdef bint exchanged_within(object target, str name, object before, object after) except -1:
    # An object whose `__dict__` was never asked for needs less memory.
    if PyObject_GenericGetAttr(target, name) is not before:
        return False
    PyObject_GenericSetAttr(target, name, after)
    return True


def change_and_tell(tell, change, *arguments, **keywords):
    """Change an object, and tell that.

    It is told in any case, because a method that raises may have changed something before.

    :param tell: is called last; it should be compiled, so that nothing can be raised before it.
    """
    try:
        return change(*arguments, **keywords)
    finally:
        tell()


def move_and_tell(tell, change, target, *arguments, **keywords):
    """Change the order of a list, and tell that if an item has another place then.

    Arguments are those of :func:`change_and_tell`; the first one of *change* is the list.
    """
    cdef list before = list(target)
    cdef Py_ssize_t place
    try:
        return change(target, *arguments, **keywords)
    finally:
        for place in range(len(before)):
            if place >= len(target) or before[place] is not target[place]:
                tell()
                break


def replace_first(target, list before not None, list after not None):
    """Put a list's first items in another order, if they are still the same.

    :param before: the items with which it has to begin still; they are compared by identity.
    """
    cdef Py_ssize_t place
    cdef bint same
    with cython.critical_section(target):
        same = PyList_GET_SIZE(target) >= PyList_GET_SIZE(before)
        for place in range(PyList_GET_SIZE(before)):
            same = same and PyList_GET_ITEM(target, place) == PyList_GET_ITEM(before, place)
        if same:
            for place in range(PyList_GET_SIZE(after)):
                put_item(target, place, after[place])


cdef class Change:
    """One change. It is undone only if it was tried; then whatever was made of it is undone."""

    cdef int make(self) except -1:
        raise NotImplementedError

    cdef int undo(self) except -1:
        raise NotImplementedError


@cython.final
cdef class Attributes(Change):
    """Attributes of an object."""
    cdef object target
    cdef dict after
    cdef list before                     # These are the values by place in `after`, once they are set.
    cdef bint plainly                    # They are set past the class's own way.
    cdef bint may_refuse                 # One that can't be set is left as it is.

    cdef int make(self) except -1:
        cdef list before = []
        for name in self.after:
            before.append(self.value(name))
        self.before = before
        for name, value in self.after.items():
            try:
                self.set(name, value)
            except Exception:
                if not self.may_refuse:
                    raise
        return 0

    cdef int undo(self) except -1:
        cdef Py_ssize_t place = 0
        if self.before is not None:
            for name in self.after:
                try:
                    self.set(name, self.before[place])
                except BaseException:
                    # The others are set back all the same.
                    pass
                place += 1
        return 0

    cdef object value(self, name):
        try:
            if self.plainly:
                return PyObject_GenericGetAttr(self.target, name)
            return getattr(self.target, name)
        except AttributeError:
            return _MISSING

    cdef int set(self, name, value) except -1:
        if value is _MISSING:
            if self.value(name) is not _MISSING:
                if self.plainly:
                    object.__delattr__(self.target, name)
                else:
                    delattr(self.target, name)
        elif self.plainly:
            PyObject_GenericSetAttr(self.target, name, value)
        else:
            setattr(self.target, name, value)
        return 0


@cython.final
cdef class Becoming(Change):
    """The class and all attributes of an object, if it still has those that it had."""
    cdef object target, kind, new_kind, lock, refusal
    cdef dict attributes, new_attributes
    cdef bint tried

    cdef int make(self) except -1:
        # No `with` statement holds it; locks.pyx says why.
        acquire, release = self.lock.acquire, self.lock.release
        acquire()
        try:
            if type(self.target) is not self.kind or self.held() is not self.attributes:
                raise self.refusal()
            self.tried = True
            PyObject_GenericSetAttr(self.target, "__dict__", self.new_attributes)
            PyObject_GenericSetAttr(self.target, "__class__", self.new_kind)
        finally:
            release()
        return 0

    cdef int undo(self) except -1:
        acquire, release = self.lock.acquire, self.lock.release
        acquire()
        try:
            # Another thread may have bound it as what it has become.
            if self.tried and self.held() is self.new_attributes:
                PyObject_GenericSetAttr(self.target, "__class__", self.kind)
                PyObject_GenericSetAttr(self.target, "__dict__", self.attributes)
        finally:
            release()
        return 0

    cdef object held(self):
        return PyObject_GenericGetAttr(self.target, "__dict__")


@cython.final
cdef class Item(Change):
    """One item of a dict, which is set or left out, past a class's own way."""
    # Cython's `dict` and `list` are those classes alone, and not their subclasses.
    cdef object target, key, after, before

    cdef int make(self) except -1:
        self.before = dict.get(self.target, self.key, _MISSING)
        self.put(self.after)
        return 0

    cdef int undo(self) except -1:
        if self.before is not None:
            self.put(self.before)
        return 0

    cdef int put(self, value) except -1:
        if value is not _MISSING:
            PyDict_SetItem(self.target, self.key, value)
        elif dict.__contains__(self.target, self.key):
            PyDict_DelItem(self.target, self.key)
        return 0


@cython.final
cdef class Items(Change):
    """New items of a dict, past a class's own way."""
    cdef object target
    cdef dict items
    cdef bint tried

    cdef int make(self) except -1:
        self.tried = True
        for key, value in self.items.items():
            PyDict_SetItem(self.target, key, value)
        return 0

    cdef int undo(self) except -1:
        if self.tried:
            for key in self.items:
                if dict.__contains__(self.target, key):
                    PyDict_DelItem(self.target, key)
        return 0


@cython.final
cdef class Addition(Change):
    """Items at the end of a list, past a class's own way."""
    cdef object target
    cdef list items
    cdef Py_ssize_t length

    cdef int make(self) except -1:
        self.length = PyList_GET_SIZE(self.target)
        for item in self.items:
            PyList_Append(self.target, item)
        return 0

    cdef int undo(self) except -1:
        if self.length >= 0:
            with cython.critical_section(self.target):
                shorten(self.target, self.length)
        return 0


@cython.final
cdef class Removal(Change):
    """Items that are taken out of a list, past a class's own way."""
    cdef object target
    cdef set numbers                     # These are the identities of the items.
    cdef list gone
    cdef Py_ssize_t* places              # Those of the items that are gone, in rising order.

    def __dealloc__(self):
        PyMem_Free(self.places)

    cdef int make(self) except -1:
        cdef object item
        cdef Py_ssize_t place
        cdef list gone = []
        with cython.critical_section(self.target):
            self.places = <Py_ssize_t*>PyMem_Malloc(
                PyList_GET_SIZE(self.target) * sizeof(Py_ssize_t)
            )
            if self.places == NULL:
                raise MemoryError
            for place in range(PyList_GET_SIZE(self.target)):
                item = <object>PyList_GET_ITEM(self.target, place)
                if PyLong_FromVoidPtr(<void*>item) in self.numbers:
                    self.places[PyList_GET_SIZE(gone)] = place
                    gone.append(item)
            self.gone = gone
            take_out_items(self.target, self.places, PyList_GET_SIZE(gone))
        return 0

    cdef int undo(self) except -1:
        cdef Py_ssize_t index
        if self.gone is not None:
            for index in range(PyList_GET_SIZE(self.gone)):
                PyList_Insert(self.target, self.places[index], self.gone[index])
        return 0


@cython.final
cdef class Call(Change):
    """A call of a function, which may be a program's own."""
    cdef object function, reverse
    cdef tuple arguments

    cdef int make(self) except -1:
        self.function(*self.arguments)
        return 0

    cdef int undo(self) except -1:
        if self.reverse is not None:
            self.reverse(*self.arguments)
        return 0


@cython.final
cdef class Changes:
    """Changes that are made together, in the order in which they were added here."""

    def __cinit__(self):
        self.changes = []
        self.tried = 0

    def make(self):
        """Make all changes, or none: what one of them raises is raised when those before are undone.

        :raise Exception: what a change raises.
        """
        cdef Change change
        try:
            for change in self.changes:
                self.tried += 1
                change.make()
        except BaseException:
            self.undo()
            raise

    def undo(self):
        """Undo the changes that were made, the last one first. What can't be undone is left."""
        cdef Change change
        while self.tried:
            self.tried -= 1
            change = self.changes[self.tried]
            try:
                change.undo()
            except BaseException:
                # The others are undone all the same, and the error that began it is raised.
                pass

    def add(self, Change change not None):
        """Add a change that was prepared elsewhere."""
        self.changes.append(change)

    def set_attributes(self, target, dict attributes not None):
        """Set attributes of an object as ``object.__setattr__`` does, past a class's own way.

        :param attributes: values by name; they are read when the change is made.
        """
        self.add_attributes(target, attributes, True, False)

    def assign(self, target, dict attributes not None, bint may_refuse=False):
        """Set attributes of an object in the way of its class.

        :param target: the object, which may be a class or a module.
        :param attributes: values by name; they are read when the change is made.
        :param may_refuse: whether an attribute that can't be set is left as it is; otherwise that
            is an error as any other.
        """
        self.add_attributes(target, attributes, False, may_refuse)

    cdef int add_attributes(self, target, dict after, bint plainly, bint may_refuse) except -1:
        cdef Attributes change = Attributes.__new__(Attributes)
        change.target, change.after = target, after
        change.plainly, change.may_refuse = plainly, may_refuse
        self.changes.append(change)
        return 0

    def become(self, target, tuple before not None, tuple after not None, lock, refusal):
        """Give an object another class and other attributes.

        :param before: the class and the ``__dict__`` that it has to have still.
        :param after: those that it has from then on.
        :param lock: is held meanwhile.
        :param refusal: returns the error that is raised if it has others than before.
        """
        cdef Becoming change = Becoming.__new__(Becoming)
        change.target = target
        change.kind, change.attributes = before
        change.new_kind, change.new_attributes = after
        change.lock, change.refusal = lock, refusal
        self.changes.append(change)

    def put(self, target, key, value):
        """Set an item of a dict as ``dict.__setitem__`` does, past a class's own way."""
        cdef Item change = Item.__new__(Item)
        change.target, change.key, change.after, change.before = target, key, value, None
        self.changes.append(change)

    def put_new(self, target, dict items not None):
        """Set items of a dict, which has none of their keys, past a class's own way."""
        cdef Items change = Items.__new__(Items)
        change.target, change.items = target, items
        self.changes.append(change)

    def leave_out(self, target, key):
        """Leave an item out of a dict, if that has it, past a class's own way."""
        self.put(target, key, _MISSING)

    def append(self, target, list items not None):
        """Append items to a list as ``list.extend`` does, past a class's own way."""
        cdef Addition change = Addition.__new__(Addition)
        change.target, change.items, change.length = target, items, -1
        self.changes.append(change)

    def take_out(self, target, set numbers not None):
        """Take all items of some identities out of a list, past a class's own way."""
        cdef Removal change = Removal.__new__(Removal)
        change.target, change.numbers = target, numbers
        self.changes.append(change)

    def call(self, function, *arguments, reverse=None):
        """Call a function.

        :param reverse: undoes what a call has done, or has begun to do, with the same arguments;
            ``None`` if that does no harm.
        """
        cdef Call change = Call.__new__(Call)
        change.function, change.arguments, change.reverse = function, arguments, reverse
        self.changes.append(change)
