# cython: language_level=3
"""MapAdapter: the class of adapters that users have.

What lives here: the class, and how an adapter is made. What must not be known here: what adapters
do, which is compiled and lives in ``adapter.pyx``.

It is a Python class, so that programs may replace its methods or set attributes on it, as on
Werkzeug's, from which it derives, so that code that checks for that class accepts it. It has no
methods of its own, so that what nobody has replaced is called directly.
"""

from cpython.object cimport PyObject, PyTypeObject

cdef extern from "Python.h":
    ctypedef struct PyMethodDef:
        pass
    ctypedef struct PyMethodDescrObject:
        PyMethodDef* d_method
    object PyDescr_NewMethod(PyTypeObject* cls, PyMethodDef* method)

cdef extern from *:
    """
    /* An adapter is made for each request. So it is made without what its class does for all objects:
       it gets no dictionary before it needs one, and the collector hears of it once it is whole. */
    #define trieroute_unfilled(cls) ((PyObject *)PyObject_GC_New(PyObject, (PyTypeObject *)(cls)))
    #define trieroute_fill(it, its_map, its_server_name, its_script_name, its_subdomain, \
                           its_url_scheme, its_path_info, its_default_method, its_query_args, \
                           its_websocket) \
        ((it)->__dict__ = NULL, \
         (it)->__weakref__ = NULL, \
         (it)->map = (void *)Py_NewRef((PyObject *)(its_map)), \
         (it)->server_name = Py_NewRef(its_server_name), \
         (it)->script_name = Py_NewRef(its_script_name), \
         (it)->subdomain = Py_NewRef(its_subdomain), \
         (it)->url_scheme = Py_NewRef(its_url_scheme), \
         (it)->path_info = Py_NewRef(its_path_info), \
         (it)->default_method = Py_NewRef(its_default_method), \
         (it)->query_args = Py_NewRef(its_query_args), \
         (it)->own = (void *)Py_NewRef(Py_None), \
         (it)->websocket = (its_websocket), \
         (it)->_outside = 0, \
         trieroute_unowned(it), \
         PyObject_GC_Track((PyObject *)(it)))
    """
    # Return a new object of a class, without its fields; they are to be filled at once.
    object unfilled "trieroute_unfilled"(PyObject* cls)
    void fill "trieroute_fill"(
        Address adapter,
        BaseMap map,
        object server_name,
        object script_name,
        object subdomain,
        object url_scheme,
        object path_info,
        object default_method,
        object query_args,
        bint websocket,
    ) noexcept

from werkzeug.routing import MapAdapter as WerkzeugMapAdapter

from . import werkzeug_version
from .adapter import Adapter
from .adapter_dict import AdapterDict
from .class_fields import take_fields
from .overrides import watch
from .replaced_methods import ReplacedMethods

from .address cimport Address, attributes_of, root_of
from .overrides cimport adapter_class, is_plain, is_plain_again
from .state cimport BaseMap


class MapAdapter(Adapter, WerkzeugMapAdapter):
    """A map bound to a server name: matches requests and builds URLs.

    :param map: the map.
    :param server_name: host name, with port if it is no standard one.
    :param script_name: where the application is mounted; a slash is added at its end. Several
        slashes in front become one, and a backslash and control characters are percent-encoded.
    :param subdomain: the current subdomain; ``None`` where the map matches hosts.
    :param url_scheme: ``"http"``, ``"https"``, ``"ws"``, ``"wss"`` or empty.
    :param path_info: the path to match when :meth:`match` gets none.
    :param default_method: the HTTP method when :meth:`match` gets none.
    :param query_args: query of the request, for redirects; a str or a mapping.

    All parameters are attributes as well.
    """

    @classmethod
    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        take_fields(cls)

    @property
    def __dict__(self):
        """All attributes of the adapter; what is changed in it changes the adapter."""
        return AdapterDict(self, attributes_of(self))

    @__dict__.setter
    def __dict__(self, given):
        AdapterDict(self, attributes_of(self)).become(given)


# The interpreter calls a method fastest if its descriptor is of the very class of the object.
for _name in ("match", "build"):
    _method = getattr(Adapter, _name)
    setattr(
        MapAdapter,
        _name,
        PyDescr_NewMethod(<PyTypeObject*>MapAdapter, (<PyMethodDescrObject*>_method).d_method),
    )
watch(MapAdapter, ReplacedMethods(MapAdapter, WerkzeugMapAdapter))


cdef bint EMPTY_SUBDOMAINS = werkzeug_version.SUBDOMAIN_MATCHING
cdef bint BY_KEYWORDS = werkzeug_version.SUBDOMAIN_MATCHING


cdef Address new_adapter(
    BaseMap map,
    object server_name,
    object script_name,
    object subdomain,
    object url_scheme,
    object path_info,
    object default_method,
    object query_args,
    bint websocket,
):
    cdef Address adapter
    if script_name is None:
        script_name = "/"
    if path_info is None:
        path_info = "/"
    if not is_plain() and not is_plain_again():
        # Its constructor may be another one, which is called as by the installed Werkzeug.
        if BY_KEYWORDS:
            return MapAdapter(
                map=map,
                server_name=server_name,
                script_name=script_name,
                subdomain=subdomain,
                url_scheme=url_scheme,
                path_info=path_info,
                default_method=default_method,
                query_args=query_args,
            )
        return MapAdapter(
            map,
            server_name,
            script_name,
            subdomain,
            url_scheme,
            path_info,
            default_method,
            query_args,
        )
    script_name = root_of(script_name)
    if subdomain is None and EMPTY_SUBDOMAINS:
        subdomain = ""
    adapter = <Address>unfilled(adapter_class)
    fill(
        adapter,
        map,
        server_name,
        script_name,
        subdomain,
        url_scheme,
        path_info,
        default_method,
        query_args,
        websocket,
    )
    return adapter
