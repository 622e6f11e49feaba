# cython: language_level=3
"""Overrides: which methods of adapters a program has replaced.

What lives here: whether a method is the compiled one, which costs next to nothing as long as nobody
has replaced any. What must not be known here: what the methods do.

Users have a Python class whose methods are compiled. It does what it did when it was made as long as
nothing that a program has set on it hides one of them.
"""

cdef extern from "Python.h":
    object PyObject_GenericGetDict(object target, void* context)


#: What the class of adapters had when it was made, by name.
cdef dict _attributes = {}
#: What it had then together with what it inherits, by name.
cdef dict _methods = {}
#: What a program has replaced on Werkzeug's class.
cdef object _replaced = None


def watch(type cls not None, replaced not None):
    """Begin to watch the class of adapters.

    :param cls: the class; its methods are compiled.
    :param replaced: what puts on it what a program replaces on Werkzeug's class.
    """
    global adapter_class, _replaced
    _replaced = replaced
    adapter_class = <PyObject*>cls
    # No class has this version; one that was never looked at has the version 0.
    store(&plain_version, -1)
    _attributes.update(vars(cls))
    _methods.update({name: getattr(cls, name) for name in dir(cls)})


cdef bint is_plain_again() except -1:
    cdef Py_ssize_t version
    cls = <object>adapter_class
    _replaced.catch_up()
    # What is looked up gives the class a version.
    cls.match
    version = version_of(adapter_class)
    for name, value in vars(cls).items():
        if name in _methods and value is not _attributes.get(name):
            return False
    if version:
        store(&plain_version, version)
    return True


cdef bint overrides(object adapter, str name) except -1:
    cls = type(adapter)
    if is_of_class(adapter, adapter_class) and not has_attributes(adapter) and is_plain_again():
        return False
    return getattr(cls, name) is not _methods[name] or (
        has_attributes(adapter) and name in PyObject_GenericGetDict(adapter, NULL)
    )
