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
from libc.stdint cimport int32_t, uint32_t
from libc.string cimport memcpy

from .compiled_rule cimport BaseCompiledRule
from .part cimport Part

from operator import itemgetter


cdef enum:
    # A key of no more numbers than this is written by the core,
    MOST_NUMBERS = 64
    # if their distance from zero is less than this.
    NUMBERS_BELOW = 1 << 30


def sort_key(BaseCompiledRule rule not None):
    """Return what compares as a rule's ``match_compare_key`` does, if the rule can match."""
    cdef int32_t numbers[MOST_NUMBERS]
    cdef Py_ssize_t place, count = _numbers(rule, numbers)
    cdef list key = []
    if count < 0:
        return (<object>rule).long_key
    for place in range(count):
        key.append(numbers[place])
    return tuple(key)


cdef Py_ssize_t _numbers(BaseCompiledRule rule, int32_t* out) except -2:
    """Write a rule's ``match_compare_key`` as numbers, and return how many they are.

    The keys of equally long lists compare as the lists do, for their lengths come first. There are
    -1 numbers, which is none, of a long key; of a rule with a part that is more than a text or one
    variable, or whose converters weigh something else than small numbers; and where the domain is
    not all ASCII, whose lower-case text may have another length.
    """
    cdef int32_t weights[MOST_NUMBERS]
    cdef Py_ssize_t count = 2, arguments = 0, length
    cdef Part part = rule.domain.part
    cdef int overflow = 0
    cdef long number
    if part is None or part.text is None or not part.text.isascii():
        return -1
    length = len(part.text)
    if length:
        if length >= NUMBERS_BELOW:
            return -1
        out[count] = 0
        out[count + 1] = <int32_t>-length
        count += 2
    for part in rule.parts:
        # There is room for two numbers of this part, and for the number of arguments.
        if count + arguments + 3 > MOST_NUMBERS:
            return -1
        if part.text is None:
            texts, _, _, values = part.weight
            if texts or len(values) != 1:
                return -1
            (value,) = values
            if not (PyLong_CheckExact(value) or PyBool_Check(value)):
                return -1
            number = PyLong_AsLongAndOverflow(value, &overflow)
            if overflow or number <= -NUMBERS_BELOW or number >= NUMBERS_BELOW:
                return -1
            weights[arguments] = <int32_t>number
            arguments += 1
            continue
        length = len(part.text)
        if length:
            if length >= NUMBERS_BELOW:
                return -1
            # Each variable before it, and the slash before each of them, has moved it on.
            out[count] = <int32_t>(2 * arguments)
            out[count + 1] = <int32_t>-length
            count += 2
    out[0] = 1 if arguments or rule.names else 0
    out[1] = <int32_t>(1 - count // 2)
    out[count] = <int32_t>-arguments
    memcpy(out + count + 1, weights, arguments * sizeof(int32_t))
    return count + 1 + arguments


def by_weights(rules):
    """Put the entries of compiled rules, given in order of insertion, in the order ``weights``."""
    cdef int32_t numbers[MOST_NUMBERS]
    cdef list keys = []
    cdef Py_ssize_t count
    cdef BaseCompiledRule rule
    for rule in rules:
        count = _numbers(rule, numbers)
        if count < 0:
            # Bytes can't be compared with what other rules have.
            return by_keys(list(map(sort_key, rules)))
        keys.append(_packed(numbers, count))
    return by_keys(keys)


cdef bytes _packed(const int32_t* numbers, Py_ssize_t count):
    """Write numbers as bytes that compare as a tuple of them does, in a third of the time."""
    cdef unsigned char packed[4 * MOST_NUMBERS]
    cdef Py_ssize_t place
    cdef uint32_t number
    for place in range(count):
        number = <uint32_t>(numbers[place] + NUMBERS_BELOW)
        packed[4 * place] = (number >> 24) & 0xFF
        packed[4 * place + 1] = (number >> 16) & 0xFF
        packed[4 * place + 2] = (number >> 8) & 0xFF
        packed[4 * place + 3] = number & 0xFF
    return PyBytes_FromStringAndSize(<char*>packed, 4 * count)


def by_keys(list keys not None):
    """Put entries in the order of the keys of their rules, which come in order of insertion.

    Of equal keys, exact forms come first, and then counts the insertion.
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
    """Put the entries of compiled rules, given in order of insertion, in the order ``segments``.

    They come as a depth-first search meets them. In each state it looks at what ends there, at the
    static segment, at the variable ones by weight, and at last at what tolerates a slash. What
    lacks its slash comes with what ends behind it: no other entry of the same path is in between.
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
