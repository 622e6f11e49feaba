# A frame is what Python code runs in. These functions ask one for its code, for its place in
# that, and for its caller. All is inline or CPython's own, so there is no module of this name.

from cpython.ref cimport Py_DECREF


cdef extern from "Python.h":
    ctypedef struct PyFrameObject:
        pass
    ctypedef struct PyCodeObject:
        pass

    # It returns the frame of the Python code that runs, borrowed, or NULL if there is none. Functions
    # of Cython have no frame, so it is the one of the caller.
    PyFrameObject* PyEval_GetFrame() noexcept
    # It returns a new reference, and never fails.
    PyCodeObject* PyFrame_GetCode(PyFrameObject* frame) noexcept
    # It returns the offset in bytes of the instruction that runs, or a negative number.
    int PyFrame_GetLasti(PyFrameObject* frame) noexcept
    # It returns a new reference, or NULL for the outermost frame.
    PyFrameObject* PyFrame_GetBack(PyFrameObject* frame) noexcept


cdef inline object code_of(PyFrameObject* frame):
    """Return the code that a frame runs."""
    cdef PyCodeObject* running = PyFrame_GetCode(frame)
    code = <object>running
    Py_DECREF(code)
    return code
