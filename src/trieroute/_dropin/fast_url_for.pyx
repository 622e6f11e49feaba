# cython: language_level=3
"""``url_for`` of a Flask application, for the links that need nothing else of what it can do.

What lives here: the link inside a request, relative to its host, to an endpoint that is named in
full, where no function of the application gives defaults. What must not be known here: the
framework. Everything else, and every link that can't be built, is left to the method of the
application's class, which is called as ever.
"""

from types import MethodType

cimport cython
from cpython.tuple cimport PyTuple_GET_SIZE

cdef object _MISSING = object()


@cython.final
cdef class FastUrlFor:
    """What stands in the place of the method ``url_for`` of an application.

    :param app: the application.
    :param methods: the methods of its class that may not be replaced, by name; ``url_for`` is one.
    :param request: returns the context of the request, or a default.
    :param error: what an adapter raises if there is no URL.
    """

    cdef readonly object app
    cdef object methods
    cdef object request
    cdef object error
    cdef object __weakref__

    def __cinit__(self, app, dict methods not None, request, error):
        self.app = app
        self.methods = tuple(methods.items())
        self.request = request
        self.error = error

    def __call__(
        self,
        *arguments,
        _anchor=None,
        _method=None,
        _scheme=None,
        _external=None,
        endpoint=_MISSING,
        **values,
    ):
        if PyTuple_GET_SIZE(arguments) != 1 or endpoint is not _MISSING:
            # The method itself takes the call or refuses it, with a message that counts what is given.
            options = {
                "_anchor": _anchor,
                "_method": _method,
                "_scheme": _scheme,
                "_external": _external,
            }
            values.update({name: value for name, value in options.items() if value is not None})
            if endpoint is not _MISSING:
                values["endpoint"] = endpoint
            return type(self.app).url_for(self.app, *arguments, **values)
        endpoint = arguments[0]
        if (
            _anchor is None
            and _scheme is None
            and not _external
            and type(endpoint) is str
            and not (<str>endpoint).startswith(".")
        ):
            context = self.request(None)
            if context is not None and not self.app.url_default_functions and self.is_as_made():
                try:
                    return context.url_adapter.build(
                        endpoint, values, method=_method, url_scheme=None, force_external=False
                    )
                except self.error:
                    # The application handles it.
                    pass
        return type(self.app).url_for(
            self.app,
            endpoint,
            _anchor=_anchor,
            _method=_method,
            _scheme=_scheme,
            _external=_external,
            **values,
        )

    # Whoever asks what it is learns what the method of the class is.

    def __getattr__(self, name):
        # By the name `__wrapped__`, `inspect` finds the signature and the source.
        method = self.method()
        return method if name == "__wrapped__" else getattr(method, name)

    @property
    def __doc__(self):
        """That of the method."""
        return self.method().__doc__

    def __repr__(self):
        return repr(self.method())

    def __eq__(self, other):
        theirs = (<FastUrlFor>other).method() if isinstance(other, FastUrlFor) else other
        return self.method() == theirs

    def __hash__(self):
        return hash(self.method())

    def __reduce__(self):
        # A copy is what the copied application has, as with a method.
        return getattr, (self.app, "url_for")

    cdef object method(self):
        return MethodType(type(self.app).url_for, self.app)

    cdef bint is_as_made(self) except -1:
        """Tell whether the methods of the application are those that were given."""
        kind = type(self.app)
        own = self.app.__dict__
        for name, function in self.methods:
            if getattr(kind, name) is not function or (name in own and own[name] is not self):
                return False
        return True
