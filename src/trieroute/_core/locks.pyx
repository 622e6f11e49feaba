# cython: language_level=3
"""Locks: a function is called while a lock is held, and the lock is released whatever happens.

What lives here: the two ways of holding a lock. What must not be known here: what is locked.

CPython may raise the exception of a signal between any two instructions of Python code. Whoever
acquires a lock there, by a `with` statement or before a `try`, can be interrupted when the lock is held
and nothing will release it any more. Between two steps of compiled code no exception is raised.
"""


def locked(lock, function not None, *arguments):
    """Call a function while a lock is held.

    :param lock: the lock; this waits until it is free.
    :param function: the function.
    :param arguments: its arguments.
    :return: what the function returns.
    """
    with lock:
        return function(*arguments)


def locked_if_free(lock, function not None, *arguments):
    """Call a function while a lock is held if it is free, and without it otherwise.

    :param lock: the lock, or ``None`` if it is not wanted. One that a program made for `with`
        statements alone counts as not free.
    :param function: the function, whose first argument is whether the lock is held.
    :param arguments: its other arguments.
    :return: what the function returns.
    """
    cdef bint held = False
    acquire, release = getattr(lock, "acquire", None), getattr(lock, "release", None)
    if acquire is not None:
        held = acquire(False)
    try:
        return function(held, *arguments)
    finally:
        if held:
            release()
