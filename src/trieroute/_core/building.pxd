from cpython.object cimport PyObject
from cpython.ref cimport Py_DECREF

from .state cimport BaseMap, MapState


# This is a URL before it is put on its host. It owns both objects: who takes it has to release it.
cdef struct Built:
    PyObject* domain
    PyObject* path
    bint websocket


# Build with the first rule of an endpoint that suits, if there is one. Without a method, rules that
# take the default method, if that is not None, are asked first. A rule on `host`, if that is not None,
# goes before others. With `canonical`, aliases are left out.
cdef bint build_endpoint(
    BaseMap map,
    MapState state,
    object endpoint,
    dict values,
    object method,
    object default_method,
    object host,
    bint append_unknown,
    bint canonical,
    Built* out,
) except -1


cdef inline void release(Built* built) noexcept:
    Py_DECREF(<object>built.domain)
    Py_DECREF(<object>built.path)


# Return the values that a URL is built of, by name: a dict without those that are None. It may be the
# very dict that is given. For what is no mapping, TypeError is raised.
cdef dict given_values(object values)
