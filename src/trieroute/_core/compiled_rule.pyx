# cython: language_level=3
"""Compiled rules: what binding makes of a rule, and how it is put together of known segments.

What lives here: the fields of a compiled rule, and the look-up of segments that other rules have. What
must not be known here: how a segment is parsed, ranks, the trie.

A map of ten thousand rules compiles each of them once, and most segments of most rules were read
before. So what is left for each rule is a look-up of each segment, and a few stores.
"""

cimport cython


cdef extern from *:
    """
    /* Return an item of a dict that other threads may change, or another object if it has none. */
    static inline PyObject *trieroute_item(PyObject *items, PyObject *key, PyObject *otherwise) {
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
        if (value == NULL) {
            value = otherwise;
            Py_INCREF(value);
        }
        return value;
    }
    """
    object item_of "trieroute_item"(dict items, object key, object otherwise)


cdef class BaseCompiledRule:
    """What binding makes of a rule: its fields, which never change.

    :param text: the rule string.
    :param merges: whether runs of slashes in it count as one.
    :param reading: its domain, its parts and its converters by variable name.
    :param defaults: the rule's defaults, which are a part of its URL.
    :param redirect: what ``redirect_to`` was read as, if that is a text.
    """

    def __cinit__(
        self, str text not None, bint merges, tuple reading not None, defaults, redirect
    ):
        self.text = text
        self.merges = merges
        self.domain, parts, self.converters = reading
        self.parts = tuple(parts)
        self.defaults = defaults
        self.redirect = redirect


@cython.final
cdef class SharedVariable:
    """A segment that was read as a variable.

    :param part: what it was read as; ``None`` when that depends on the rule: its converter is the
        rule's own, or it begins a tail.
    :param variable: the variable, with its name and the name of its converter.
    :param converter: its converter, ``None`` when each rule has its own. The part depends on what
        its class has by now.
    """

    def __cinit__(self, Part part, variable, converter):
        self.part = part
        self.variable = variable
        self.name = variable.name
        self.maker = variable.converter
        self.converter = converter
        if converter is not None:
            self.to_python, self.regex = type(converter).to_python, type(converter).regex

    cdef bint is_as_read(self, object maker) except -1:
        cdef object to_python, regex
        if maker is not type(self.converter):
            return False
        # A program may replace methods of a built-in class, too.
        to_python, regex = maker.to_python, maker.regex
        return (to_python is self.to_python or to_python == self.to_python) and (
            regex is self.regex or regex == self.regex
        )


def put_together(str rule not None, makers, dict known not None, dict learned not None, read):
    """Look the segments of a rule up.

    :param rule: the rule string.
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
    for segment in rule.split("/"):
        segment_read = item_of(known, segment, None)
        if segment_read is None:
            segment_read = item_of(learned, segment, None)
            if segment_read is None:
                segment_read = read(segment)
                if segment_read is None:
                    return None
                learned[segment] = segment_read
        if type(segment_read) is SharedVariable:
            shared = <SharedVariable>segment_read
            if plain:
                maker = item_of(<dict>makers, shared.maker, None)
            else:
                maker = makers.get(shared.maker)
            if maker is None or shared.name in converters:
                return None
            if shared.converter is not None and not shared.is_as_read(maker):
                return None
            converters[shared.name] = shared.converter
            if shared.part is None:
                complete = False
            else:
                segment_read = shared.part
        found.append(segment_read)
    return found, converters, complete
