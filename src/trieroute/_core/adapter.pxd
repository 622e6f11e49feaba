from cpython.unicode cimport PyUnicode_FromObject

from .building cimport Built
from .state cimport BaseMap, MapState
from .trie cimport Trie


cdef class MapAdapter:
    cdef dict __dict__
    cdef object __weakref__
    cdef public BaseMap map
    cdef public object server_name
    cdef public object script_name
    cdef public object subdomain
    cdef public object url_scheme
    cdef public object path_info
    cdef public object default_method
    cdef public object query_args
    cdef public bint websocket

    cdef int _set(
        self,
        BaseMap map,
        object server_name,
        object script_name,
        object subdomain,
        object url_scheme,
        object path_info,
        object default_method,
        object query_args,
    ) except -1
    cdef int _merge(
        self, Trie trie, str domain, str path, str method, bint websocket, object query_args
    ) except -1
    cdef int _to_path(self, str path, object query_args) except -1
    cdef int _redirect(
        self, MapState state, rule, str method, dict values, query_args, str path
    ) except -1
    cdef object _alias_url(
        self, MapState state, str path, endpoint, dict values, str method, query_args
    )
    cdef str _redirect_to(self, rule, dict values)
    cdef str _joined(self, str root, rule, dict values)
    cdef object _here(self, str path, query_args)
    cdef bint _build(
        self,
        MapState state,
        object endpoint,
        dict values,
        object method,
        bint append_unknown,
        bint canonical,
        Built* out,
    ) except -1
    cdef object _absolute(
        self,
        MapState state,
        object endpoint,
        dict values,
        object method,
        bint append_unknown,
        bint canonical,
        bint external,
        object url_scheme,
    )
    cdef object _url(
        self,
        MapState state,
        object domain_part,
        object path,
        bint websocket,
        bint external,
        object url_scheme,
    )


cdef inline str exact_text(object value, str name):
    """Take a str, or the text of an object of a subclass; `name` is for the message."""
    if type(value) is str:
        return <str>value
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {type(value).__name__}")
    return PyUnicode_FromObject(value)
