# cython: language_level=3
"""Locks: a function is called while a lock is held, and the lock is released whatever happens.

What lives here: how a lock is held. What must not be known here: what is locked.

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
