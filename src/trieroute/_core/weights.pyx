# cython: language_level=3
"""Weights: the sort keys of rules in the order of the same name.

What lives here: a loop over the parts of a rule, which makes a key that the interpreter compares
quickly: one flat tuple in place of nested ones. What must not be known here: ranks.
"""


def flat_key(tuple domain not None, tuple path not None, bint has_defaults):
    """Write a rule's ``match_compare_key`` as one tuple.

    The keys of equally long lists compare as the lists do, for their lengths come first.

    :param domain: the parts of the domain, tuples as :class:`trieroute._core.trie.Trie` takes them;
        items 3 and 4 are read as well: the variables' names, and their weight in a segment.
    :param path: the parts of the path.
    :param has_defaults: whether the rule has defaults.
    :return: the key; ``None`` for a rule with a part that is more than a text or one variable.
    """
    cdef list static = [], argument = []
    cdef tuple weight
    cdef str text
    for part in domain:
        # The part is a named tuple, whose items are read as those of a tuple.
        text = (<tuple>part)[0]
        if text is None:
            return None
        if text:
            static.append(0)
            static.append(-len(text))
    for part in path:
        text = (<tuple>part)[0]
        if text is None:
            weight = (<tuple>part)[4]
            if weight[0] or len(<tuple>(<tuple>part)[3]) != 1:
                return None
            argument.append((<tuple>weight[3])[0])
        elif text:
            # Each variable before it, and the slash before each of them, has moved it on.
            static.append(2 * len(argument))
            static.append(-len(text))
    return (
        has_defaults or len(argument) > 0,
        -len(static) // 2,
        *static,
        -len(argument),
        *argument,
    )
