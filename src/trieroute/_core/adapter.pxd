from .building cimport Built, Candidate
from .trie cimport Trie


# What a match reads of its map. `trieroute.map.Map` is the subclass that users see.
cdef class Snapshot:
    cdef Py_ssize_t changes              # of rules, so far
    cdef Py_ssize_t compiled             # changes that the trie has taken up
    cdef bint asks                       # `update` is overridden: it is called each time
    cdef public Trie _trie               # the compiled rules; replaced, never changed
    cdef public bint host_matching
    cdef public bint merge_slashes
    cdef public bint redirect_defaults
    cdef public dict _candidates         # the first one by endpoint, made at first use

    cdef object _subdomain(self, object given, object found)


cdef class MapAdapter:
    cdef dict __dict__
    cdef object __weakref__
    cdef public Snapshot map
    cdef public object server_name
    cdef public object script_name
    cdef public object subdomain
    cdef public object url_scheme
    cdef public object path_info
    cdef public object default_method
    cdef public object query_args
    cdef public bint websocket
    cdef public bint outside             # The host is not within the server name: no rule matches.

    cdef int _set(
        self,
        Snapshot map,
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
    cdef str _redirect_to(self, rule, dict values)
    cdef str _joined(self, str root, rule, dict values)
    cdef object _here(self, str path, query_args)
    cdef bint _build(
        self,
        object endpoint,
        dict values,
        object method,
        bint append_unknown,
        bint canonical,
        Built* out,
    ) except -1
    cdef object _absolute(
        self,
        object endpoint,
        dict values,
        object method,
        bint append_unknown,
        bint canonical,
        bint external,
        object url_scheme,
    )
    cdef object _url(
        self, object domain_part, object path, bint websocket, bint external, object url_scheme
    )
