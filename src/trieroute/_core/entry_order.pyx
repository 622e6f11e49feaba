# cython: language_level=3, nonecheck=True
"""Entry orders: the forms of all rules of a map, in the order in which they win.

What lives here: the orders ``weights`` and ``segments``. What must not be known here: ranks, the trie,
how one more rule finds its place.

Each rule has three entries. Of rule number n, 3 n is the exact form, 3 n + 1 the one that lacks its
slash, 3 n + 2 the one that tolerates one.
"""

cimport cython
from cpython.bool cimport PyBool_Check
from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.long cimport PyLong_AsLongAndOverflow, PyLong_CheckExact

from .compiled_rule cimport BaseCompiledRule
from .part cimport Part

from operator import itemgetter


cdef enum:
    # A key of no more numbers than this is packed,
    MOST_PACKED = 64
    # if their distance from zero is less than this.
    PACKED_BELOW = 1 << 30


def sort_key(BaseCompiledRule rule not None):
    """Return what compares as a rule's ``match_compare_key`` does, if the rule can match."""
    key = _flat_key(rule)
    return (<object>rule).long_key if key is None else key


cdef tuple _flat_key(BaseCompiledRule rule):
    """Write a rule's ``match_compare_key`` as one tuple.

    The keys of equally long lists compare as the lists do, for their lengths come first. It is
    ``None`` for a rule with a part that is more than a text or one variable, and for a domain that
    is not all ASCII, whose lower-case text may have another length.
    """
    cdef list key = [None, None], argument = []
    cdef Part part = rule.domain.part
    if part is None or part.text is None or not part.text.isascii():
        return None
    if part.text:
        key.append(0)
        key.append(-len(part.text))
    for part in rule.parts:
        if part.text is None:
            weight = part.weight
            if len(part.values) != 1 or weight.texts:
                return None
            argument += weight.argument
        elif part.text:
            # Each variable before it, and the slash before each of them, has moved it on.
            key.append(2 * len(argument))
            key.append(-len(part.text))
    key[0] = bool(rule.defaults) or len(argument) > 0
    key[1] = 1 - len(key) // 2
    key.append(-len(argument))
    key += argument
    return tuple(key)


def by_weights(rules):
    """Put the entries of compiled rules in the order ``weights``.

    :param rules: the rules in order of insertion.
    :return: the entries in order.
    """
    cdef list keys = [], packed = []
    cdef bytes number
    for rule in rules:
        key = sort_key(rule)
        keys.append(key)
        if packed is not None:
            number = _packed(<tuple?>key)
            if number is None:
                packed = None
            else:
                packed.append(number)
    return by_keys(keys if packed is None else packed)


cdef bytes _packed(tuple key):
    """Write a key as bytes that compare as it does, in a third of the time.

    It is ``None`` for a long key and for one that has something else than small numbers: a program's
    own converters may weigh anything.
    """
    cdef unsigned char packed[4 * MOST_PACKED]
    cdef Py_ssize_t place, length = len(key)
    cdef int overflow = 0
    cdef long number
    if length > MOST_PACKED:
        return None
    for place in range(length):
        value = key[place]
        if not (PyLong_CheckExact(value) or PyBool_Check(value)):
            return None
        number = PyLong_AsLongAndOverflow(value, &overflow)
        if overflow or number < -PACKED_BELOW or number >= PACKED_BELOW:
            return None
        number += PACKED_BELOW
        packed[4 * place] = (number >> 24) & 0xFF
        packed[4 * place + 1] = (number >> 16) & 0xFF
        packed[4 * place + 2] = (number >> 8) & 0xFF
        packed[4 * place + 3] = number & 0xFF
    return PyBytes_FromStringAndSize(<char*>packed, 4 * length)


def by_keys(list keys not None):
    """Put entries in the order of keys.

    Of equal keys, exact forms come first, and then counts the insertion.

    :param keys: the keys of the rules in order of insertion.
    :return: the entries in order.
    """
    cdef list entries = [], inexact = []
    cdef Py_ssize_t number
    cdef object key, before = None
    for number in sorted(range(len(keys)), key=keys.__getitem__):
        key = keys[number]
        if key != before:
            entries += inexact
            inexact = []
            before = key
        entries.append(3 * number)
        inexact.append(3 * number + 1)
        inexact.append(3 * number + 2)
    return entries + inexact


# A state of the segment machine has the rules that end in it, and where it leads to. What it leads
# to is the one rule that goes there, by its number n, or a state where there are more, by -1 - n.
# Most states have no more than one of these.
@cython.final
cdef class _State:
    cdef list ends
    cdef dict static                     # Static segments lead to what, by text,
    cdef dict variable                   # and variable ones by identity, with the weight.

    cdef Py_ssize_t lead(self, tuple parts, Py_ssize_t depth, Py_ssize_t number) except? -1:
        """Lead a rule on by its part at a depth; return what is there, the rule if nothing was."""
        cdef Part part
        if depth == len(parts):
            if self.ends is None:
                self.ends = []
            self.ends.append(number)
            return number
        part = <Part?>parts[depth]
        if part.text is not None:
            if self.static is None:
                self.static = {}
            return self.static.setdefault(part.text, number)
        if self.variable is None:
            self.variable = {}
        return self.variable.setdefault(part.identity, (part.weight, number))[1]

    cdef int put(self, Part part, Py_ssize_t state) except -1:
        """Put a state in the place of the one rule that a part led to."""
        if part.text is not None:
            self.static[part.text] = state
        else:
            self.variable[part.identity] = (part.weight, state)
        return 0


def by_segments(rules):
    """Put the entries of compiled rules in the order ``segments``.

    They come as a depth-first search meets them. In each state it looks at what ends there, at the
    static segment, at the variable ones by weight, and at last at what tolerates a slash. What
    lacks its slash comes with what ends behind it: no other entry of the same path is in between.

    :param rules: the rules in order of insertion.
    :return: the entries in order.
    """
    cdef list all_parts = [], states = [_State()], entries = [], stack
    cdef Py_ssize_t number, form
    cdef BaseCompiledRule rule
    cdef _State state
    for rule in rules:
        all_parts.append((rule.domain.part, *rule.parts))
    for number in range(len(all_parts)):
        _lead(states, all_parts, number)
    # These are still to be visited; a list holds the rules whose slashes too many come then.
    stack = [-1]
    while stack:
        top = stack.pop()
        if type(top) is list:
            for number in <list>top:
                entries.append(3 * number + 2)
            continue
        number = top
        if number >= 0:
            entries += (3 * number, 3 * number + 1, 3 * number + 2)
            continue
        state = <_State>states[-1 - number]
        if state.ends:
            for form in range(2):
                for number in state.ends:
                    entries.append(3 * number + form)
            stack.append(state.ends)
        if state.variable:
            # `sorted` is stable: variables of equal weight stay in order of insertion.
            for _, following in reversed(sorted(state.variable.values(), key=itemgetter(0))):
                stack.append(following)
        if state.static:
            # No path takes two of them. They are sorted so that one more has a place.
            for text in sorted(state.static, reverse=True):
                stack.append(state.static[text])
    return entries


cdef int _lead(list states, list all_parts, Py_ssize_t number) except -1:
    """Lead a rule through the states, with a new state wherever it meets another rule."""
    cdef tuple parts = all_parts[number], theirs = parts
    cdef _State met, state = <_State>states[0]
    cdef Py_ssize_t depth = 0, other = -1, found
    while True:
        found = state.lead(parts, depth, number)
        if found == number:
            return 0
        if found >= 0:
            # Two rules go there now, of which the other one gets no further than this.
            if found != other:
                # It may be met again at each step that both have in common.
                other, theirs = found, all_parts[found]
            met = _State()
            met.lead(theirs, depth + 1, found)
            states.append(met)
            found = -len(states)
            state.put(<Part>parts[depth], found)
        state = <_State>states[-1 - found]
        depth += 1
