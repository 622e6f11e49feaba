# cython: language_level=3
"""Attributes: setting many of them at once, past an overridden ``__setattr__``.

What lives here: a loop over the interpreter's own way of setting an attribute, by which objects of
a class share the keys of their dictionaries. What must not be known here: whose attributes they
are.
"""

from cpython.object cimport PyObject_GenericSetAttr


def set_attributes(target, dict attributes not None):
    """Set attributes of an object as ``object.__setattr__`` does.

    :param target: the object.
    :param attributes: values by name.
    """
    for name, value in attributes.items():
        PyObject_GenericSetAttr(target, name, value)
