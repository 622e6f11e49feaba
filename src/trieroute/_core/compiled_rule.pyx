# cython: language_level=3
"""Compiled rules: what binding makes of a rule, and how it is put together of known segments.

What lives here: the fields of a compiled rule, and the look-up of segments that other rules have. What
must not be known here: how a segment is parsed, ranks, the trie.

A map of ten thousand rules compiles each of them once, and most segments of most rules were read
before. So what is left for each rule is a look-up of each segment, and a few stores.
"""

from cpython.object cimport PyObject

cimport cython

from .counters cimport load, store
from .overrides cimport version_of
from .part cimport Part, Value


cdef extern from *:
    """
    /* Return an item of a dict that other threads may change, or None if it has none. */
    static inline PyObject *trieroute_item(PyObject *items, PyObject *key) {
        PyObject *value;
    #if PY_VERSION_HEX >= 0x030D0000
        if (PyDict_GetItemRef(items, key, &value) < 0)
            return NULL;
    #else
        value = PyDict_GetItemWithError(items, key);
        if (value == NULL && PyErr_Occurred())
            return NULL;
        Py_XINCREF(value);
    #endif
        return value != NULL ? value : Py_NewRef(Py_None);
    }
    """
    object item_of "trieroute_item"(dict items, object key)


#: This stands for what a class does not have.
cdef object _MISSING = object()
#: The special methods that decide what an object is like.
cdef frozenset _SPECIAL_METHODS = frozenset(
    ("__init__", "__new__", "__getattr__", "__getattribute__", "__setattr__")
)


cdef class BaseCompiledRule:
    """What binding makes of a rule: its fields, which never change.

    :param reading: its domain, its parts and its converters by variable name.
    """

    def __cinit__(
        self,
        str text not None,
        bint merges,
        tuple reading not None,
        defaults,
        tuple names not None,
        redirect,
    ):
        self.text = text
        self.merges = merges
        self.domain, parts, converters = reading
        self.parts = tuple(parts)
        # Those of a path are in its parts, so that few rules need a dict. Those of a domain may be
        # stand-ins, or in no part, see segments.py.
        domain_part = self.domain.part
        if domain_part is None or (<Part?>domain_part).values:
            self.kept = converters
        self.defaults = defaults
        self.names = names
        self.redirect = redirect

    @property
    def converters(self):
        """The converters by variable name, in the order of the rule; a dict of its own each time."""
        cdef Part part
        cdef Value value
        cdef dict converters
        if self.kept is not None:
            return dict(self.kept)
        converters = {}
        for part in self.parts:
            for value in part.values:
                converters[value.name] = value.converter
        return converters


@cython.final
cdef class ReadClass:
    """A class of converters as it was when segments were read with it."""

    def __cinit__(self, type cls not None):
        self.cls = cls
        self.attributes = class_attributes(cls)

    cpdef bint is_as_read(self, object maker) except -1:
        """Tell whether a class is this one, and still has what it had."""
        cdef Py_ssize_t version
        if maker is not self.cls:
            return False
        version = version_of(<PyObject*>maker)
        if not version:
            # What is looked up gives the class a version.
            maker.to_python
            version = version_of(<PyObject*>maker)
        if version and version == load(&self.version):
            return True
        # A program may replace what a built-in class has, too.
        attributes = class_attributes(maker)
        if len(attributes) != len(self.attributes):
            return False
        for name, value in attributes.items():
            if self.attributes.get(name, _MISSING) is not value:
                return False
        # The version was read first: if the class has changed meanwhile, it has another one now.
        store(&self.version, version)
        return True


cdef dict class_attributes(type cls):
    """Return the attributes of a class on which its objects depend, inherited ones as well.

    What the interpreter notes on a class at times is left out.
    """
    cdef dict found = {}, attributes = {}
    for base in reversed(cls.__mro__):
        # The copy is made in one step, whatever other threads change.
        found.update(vars(base).copy())
    for name, value in found.items():
        if not name.startswith("__") or name in _SPECIAL_METHODS:
            attributes[name] = value
    return attributes


@cython.final
cdef class SharedVariable:
    """A segment that was read as a variable.

    :param part: what it was read as; ``None`` when that depends on the rule, since its converter is
        the rule's own. If it is a tail, it is the part of a rule that ends with it.
    :param read_class: the class of the converter as it was before that was made. The converter and
        the part depend on what it had: methods, the regex, how a number is converted, the weight,
        and so on.
    """

    def __cinit__(self, Part part, variable, converter, ReadClass read_class=None):
        self.part = part
        self.variable = variable
        self.name = variable.name
        self.maker = variable.converter
        self.converter = converter
        self.read_class = read_class


def put_together(str rule not None, makers, dict known not None, dict learned not None, read):
    """Look the segments of a rule up.

    :param makers: the classes of converters by name.
    :param known: what segments were read as before, by their text.
    :param learned: the same of segments that no rule had that was added; it gets the new ones.
    :param read: reads a segment for the first time. It returns a part, a shared variable, or
        ``None`` if that takes the whole rule.
    :return: a part for each segment, or the shared variable whose part depends on the rule; the
        converters by variable name, ``None`` for those that are the rule's own; and whether none
        of both depends on the rule. ``None`` if the rule has to be read as a whole.
    """
    cdef list found = []
    cdef dict converters = {}
    cdef bint complete = True, plain = type(makers) is dict
    cdef SharedVariable shared
    segments = rule.split("/")
    cdef Py_ssize_t last = len(segments) - 1
    for segment in segments:
        segment_read = item_of(known, segment)
        if segment_read is None:
            segment_read = item_of(learned, segment)
            if segment_read is None:
                segment_read = read(segment)
                if segment_read is None:
                    return None
                learned[segment] = segment_read
        if type(segment_read) is SharedVariable:
            shared = <SharedVariable>segment_read
            if plain:
                maker = item_of(<dict>makers, shared.maker)
            else:
                maker = makers.get(shared.maker)
            if maker is None or shared.name in converters:
                return None
            if shared.read_class is not None and not shared.read_class.is_as_read(maker):
                return None
            converters[shared.name] = shared.converter
            if shared.part is None:
                complete = False
            elif not shared.part.tail or (complete and len(found) == last):
                # Where the rule ends with the variable, that is all of its tail.
                segment_read = shared.part
            else:
                complete = False
        found.append(segment_read)
    return found, converters, complete
