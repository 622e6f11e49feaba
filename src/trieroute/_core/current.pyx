# cython: language_level=3
"""The current adapter: the one that `url_for` uses, in each task and each thread.

What lives here: the context variable and the `with` block that sets it. What must not be known
here: what an adapter does.
"""

from cpython.contextvars cimport PyContextVar_New_with_default


#: This is the current adapter together with its namespace, or None. It is made without a module
#: that a program which needs no current adapter would not import.
CURRENT = PyContextVar_New_with_default("trieroute.current", None)


cdef class Current:
    """Makes an adapter the current one inside a `with` block."""

    def __cinit__(self, adapter, namespace):
        self.current = adapter, namespace

    def __enter__(self):
        if self.token is not None:
            raise RuntimeError("this block is entered already, call current() for each")
        self.token = CURRENT.set(self.current)
        return self.current[0]

    def __exit__(self, *_):
        # Nothing else checks what a program gives that calls this by the class.
        if not isinstance(<object>self, Current):
            raise TypeError(f"a block of current() is left by itself, not by {<object>self!r}")
        token, self.token = self.token, None
        CURRENT.reset(token)
