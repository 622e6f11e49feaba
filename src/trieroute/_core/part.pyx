# cython: language_level=3
"""Parts: what Python tells the core about one segment of a rule.

What lives here: the named fields of a segment, of a tail and of a domain. What must not be known here:
how a rule is parsed, ranks, the trie.
"""

cimport cython

from .text cimport shared_text


@cython.final
cdef class Value:
    """A variable of a rule, and what a match makes of its text.

    :param converter: its ``to_python`` makes the value where *conversion* is ``BY_CONVERTER``, and
        raises ``ValidationError`` where it refuses the text.
    """

    def __cinit__(self, str name not None, Conversion conversion, converter):
        self.name = shared_text(name)
        self.conversion = conversion
        self.converter = converter

    @property
    def to_python(self):
        """The method of the converter, as it is by now."""
        return self.converter.to_python


@cython.final
cdef class Part:
    """One segment of a rule, its tail, or its domain.

    :param weight: of a part with variables, a tuple that orders those of a state: minus the number
        of its static texts, pairs of the index and minus the length of each, minus the number of
        its variables, and the weights of their converters.
    :param labels: of a domain with variables, its labels between the dots, ``None`` for each with a
        variable; ``None`` in place of them if a variable may hold a dot.
    """

    def __cinit__(
        self,
        str text,
        Pattern pattern=None,
        bint tail=False,
        tuple values=(),
        weight=None,
        identity=(),
        tuple labels=None,
    ):
        if (text is None) is (pattern is None):
            raise ValueError("a part has either a text or a pattern")
        self.text = text
        self.pattern = pattern
        self.tail = tail
        self.values = values
        self.weight = weight
        self.identity = identity
        self.labels = labels
