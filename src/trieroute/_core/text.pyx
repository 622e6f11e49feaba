# cython: language_level=3
"""Text: the code points of a str, read in place.

What lives here: the functions in ``text.pxd``, which are inline, and the count of steps that they
and their callers add to in a debug build. What must not be known here: variables, patterns, rules.

CPython stores a str with one, two or four bytes a code point. Everything that reads code points is
written once, over the fused type `Char`, and compiled for each width, so that no text is ever
encoded or copied before it is compared.
"""

STEPS = 0


def steps():
    """Return the number of steps of all matches so far, or ``None`` if this is no debug build.

    A step is a code point that was looked at, a node or an edge.
    """
    return STEPS if COUNTS else None
