"""What a program has replaced of a class.

A class counts its versions: it has another one after each change of its attributes or of those of a
base, and none until something is looked up in it. So whoever has looked at a class need not look
again as long as it has the same version.
"""

from cpython.object cimport PyObject


from .counters cimport load, store


cdef extern from *:
    """
    #if defined(Py_GIL_DISABLED) && !defined(_MSC_VER)
    #define trieroute_load(place) __atomic_load_n(place, __ATOMIC_RELAXED)
    #else
    #define trieroute_load(place) (*(place))
    #endif
    #define trieroute_version(cls) \
        ((Py_ssize_t)trieroute_load(&((PyTypeObject *)(cls))->tp_version_tag))
    #define trieroute_class_version(target) trieroute_version(Py_TYPE(target))

    #define trieroute_is_of_class(target, cls) (Py_TYPE(target) == (PyTypeObject *)(cls))

    /* An object of an extension class gets its dictionary once, and nobody replaces it. */
    static inline int trieroute_has_attributes(PyObject *target) {
        PyObject **place = (PyObject **)((char *)target + Py_TYPE(target)->tp_dictoffset);
        PyObject *attributes = trieroute_load(place);
        return attributes != NULL && PyDict_GET_SIZE(attributes) != 0;
    }
    """
    # Return the version of a class, 0 if it has none.
    Py_ssize_t version_of "trieroute_version"(PyObject* cls) noexcept
    # Return the version of the class of an object.
    Py_ssize_t class_version "trieroute_class_version"(object target) noexcept
    bint is_of_class "trieroute_is_of_class"(object target, PyObject* cls) noexcept
    # Tell whether an object of an extension class, which may have a dictionary, was given
    # attributes.
    bint has_attributes "trieroute_has_attributes"(object target) noexcept


# The class of adapters outlives this module. It had this version when its methods were as made.
cdef PyObject* adapter_class
cdef Py_ssize_t plain_version


cdef inline bint is_plain() noexcept:
    return version_of(adapter_class) == load(&plain_version)


# Tell whether the class of adapters has its methods as they were made, and remember it.
cdef bint is_plain_again() except -1
# Tell, after a look at the class, whether an adapter or its class has its own method of a name.
cdef bint overrides(object adapter, str name) except -1


cdef inline bint has_own(object adapter, str name) except -1:
    """Tell whether an adapter has another method of a name than those that are compiled."""
    if is_of_class(adapter, adapter_class) and not has_attributes(adapter) and is_plain():
        return False
    return overrides(adapter, name)
