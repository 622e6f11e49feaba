# cython: language_level=3
"""Locks: a function is called while a lock is held, and the lock is released whatever happens.

What lives here: how a lock is held. What must not be known here: what is locked.

CPython may raise the exception of a signal between any two instructions of Python code. Whoever
acquires a lock there, by a `with` statement or before a `try`, can be interrupted when the lock is held
and nothing will release it any more. Between two steps of compiled code no exception is raised. What
releases the lock is looked up before, and allocates nothing. A `with` statement is no way to do that
in Cython either: it makes a tuple of the exception, and crashes where there was no memory for one of
the three.
"""

#: What the end of a `with` statement without an exception hands over.
cdef tuple _NO_EXCEPTION = (None, None, None)


cdef tuple ways_of(lock):
    acquire, release = getattr(lock, "acquire", None), getattr(lock, "release", None)
    if acquire is None or release is None:
        # A program has made it for `with` statements alone.
        return lock.__enter__, lock.__exit__, _NO_EXCEPTION
    return acquire, release, ()


def locked(lock, function not None, *arguments):
    """Call a function while a lock is held, for which this waits, and return what it returns."""
    cdef tuple handed
    acquire, release, handed = ways_of(lock)
    acquire()
    try:
        return function(*arguments)
    finally:
        release(*handed)
