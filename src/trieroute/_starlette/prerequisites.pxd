from .frames cimport PyFrameObject


cdef class CountingList(list):
    cdef Py_ssize_t changes              # The list has changed so often.
    cdef list replaced                   # What is done to this one is done here too; or it is None.
    cdef list taken                      # What `replaced` had when that was looked at last.


cdef inline bint is_behind(CountingList routes):
    """Tell whether something was done to the list that a list follows, as far as its ends show it."""
    cdef list replaced = routes.replaced, taken = routes.taken
    if replaced is None:
        return False
    if len(replaced) != len(taken):
        return True
    try:
        return len(taken) > 0 and (replaced[0] is not taken[0] or replaced[-1] is not taken[-1])
    except IndexError:
        # Another thread has emptied it meanwhile.
        return True


cdef inline object value_of(scope, str key, default=None):
    """Return a value of a scope, the default where there is none."""
    return (<dict>scope).get(key, default) if type(scope) is dict else scope.get(key, default)


# A use is what a loop over a list of routes is for.
cdef enum Use:
    UNKNOWN        # It may be for anything.
    ANSWERED       # It looks for the route of a request, and a guide may answer for that route.
    SEARCHING      # It looks for the route of a request.
    FALLING_BACK   # It looks for something else, for a request that no route has taken.
    NAMING         # It looks for the route of a name, to make a URL.
    PASSING        # It passes the routes on to its caller, whose loop it is.


# A hold is what is known of the way in which a frame has got at a list.
cdef enum Hold:
    ITSELF         # The list is asked for an iterator, by the frame or by compiled code below it.
    BY_GENERATOR   # A generator is asked for an item, likewise.
    BY_FUNCTION    # A function was called, likewise.


# A caller is the code that goes through a list by itself, or by functions that pass the items on.
cdef class Caller:
    cdef Use use
    cdef object scope                    # It is for a request with this scope, if that was declared.
    cdef bint in_turn                    # It asks one item before it has the next one.


# These are the loops that get a part of a list of routes, and what they expect of `matches`.
cdef class Loops:
    cdef object answered                 # The loop with this code may get answers.
    cdef readonly list searching         # Loops with these codes look for the route of a request.
    cdef readonly list falling_back      # These are for a request that no route has taken.
    cdef readonly list naming            # These look for the route of a name.
    cdef readonly list passing           # These pass on what they get.
    cdef public object declared          # It returns the scope of a frame, see the class; or None.
    cdef object full
    cdef object partial
    cdef tuple nothing
    cdef object path_of
    cdef object matches
    cdef list called                     # Each is (names of a module, a name, its function).
    cdef Py_ssize_t edits_made           # Routes that had been read were edited so often.
    cdef list places                     # Each is (a code, its places in two forms).

    cdef Use use_of(self, code) except? Use.UNKNOWN
    cdef tuple places_of(self, code)
    cdef Caller caller_behind(self, frame, Use use)
    cdef bint is_gone_through(self, code, PyFrameObject* frame, Hold hold) except -1
    cdef bint hold(self) except -1
    cdef str path(self, scope)


# Prerequisites are what a snapshot has read beside the routes themselves. Brackets say what the
# tuples in a list have, which are unpacked where they are read.
cdef class Prerequisites:
    cdef list methods                    # (a class of routes or convertors, a name, its function)
    cdef list convertors                 # Each is the own attributes of one, which must stay empty.
    cdef list routers                    # (router, its changes, its list, that list's version)
    cdef list owners                     # (what has a list as `routes`, that list, its version)
    cdef list awaited                    # (what makes routes, what it had made last)
    cdef public Py_ssize_t routes_read   # Reading all anew would take so many routes.

    cpdef bint are_current(self) except -1
    cdef bint hold(self) except -1
    cdef bint lists_hold(self) except -1
    cdef Py_ssize_t count_made(self) except -1


# A snapshot is what was made of the routes of a list in one state.
cdef class RouteSnapshot:
    cdef readonly list routes
    cdef Loops loops
    cdef Prerequisites prerequisites
    cdef Py_ssize_t version              # The list had changed so often when its routes were read.
    cdef Py_ssize_t edits                # All routes had been edited so often when these were read.
    cdef Py_ssize_t vain                 # So many were tried although they could have been read.

    cdef bint serves(self, CountingList routes) except -1
