cimport cython

from .changes cimport Change, Changes


# This is the change that binds a rule to a map, see the class.
@cython.final
cdef class Binding(Change):
    cdef readonly object rule
    cdef object map
    cdef object before                   # The rule has to have this map still, when it is bound.
    cdef object refusal                  # This returns the error if it has another one.
    cdef readonly str text               # This is the rule string, without a class of its own.
    cdef readonly object domain_text     # This is its subdomain or host.
    cdef readonly bint merges            # Runs of slashes in the rule string count as one.
    cdef object methods                  # The rule gets this set, if it is not None.
    cdef public object compiled          # This is what the rule is compiled to.
    cdef object branch                   # Whether the rule string ends with a slash, as a bool.
    cdef bint plainly                    # The attributes are set past the class's own way.
    cdef bint tried, bound, undoing
    # These are the settings that the rule takes from the map.
    cdef object strict, merge_slashes, subdomain
    cdef tuple taken                     # These are their names, and those of settings taken before.
    cdef tuple taken_before              # The names of the latter, when this was made.
    # What the rule had is kept here from the time on when something is set.
    cdef object old_target, old_taken, old_compiled, old_methods, was_branch, was_leaf

    # Set all attributes, or set them back to what they were. A dict that is given gets them in place
    # of the rule.
    cdef int put_all(self, dict into, bint back) except -1
    cdef int put(self, dict into, str name, value) except -1
    cdef int bind(self) except -1
    cdef str name_of_methods(self)
    # Return an attribute of the rule, or what stands for none.
    cdef object value(self, str name)


# This is the change that unbinds a rule, see the class.
@cython.final
cdef class Unbinding(Change):
    cdef object rule
    cdef object map
    cdef Changes changes                 # It is None until something is changed.

    cdef int unbind(self) except -1
    cdef int bind_again(self) except -1
