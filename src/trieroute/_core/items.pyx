# cython: language_level=3
"""Shapes: what Python tells the core about one variable of a pattern.

What lives here: the named fields of a shape, of which a pattern makes an item (``items.pxd``). What
must not be known here: converters, and how a text is matched.
"""

cimport cython


@cython.final
cdef class Shape:
    """What the text of one variable must look like; ``items.pxd`` tells the fields."""

    def __cinit__(
        self,
        ShapeKind kind,
        *,
        bint signed=False,
        Py_ssize_t low=0,
        Py_ssize_t high=-1,
        least=None,
        most=None,
        tuple texts=(),
        members=0,
    ):
        if kind < ShapeKind.STRING:
            raise ValueError(f"{kind!r} is no kind of a variable")
        self.kind = kind
        self.signed = signed
        self.low, self.high = low, high
        self.least, self.most = least, most
        self.texts = texts
        self.members = members
        self._key = <int>kind, signed, low, high, least, most, texts, members

    cdef bint is_unbounded(self, ShapeKind kind) noexcept:
        """Tell whether it takes every text of a kind, without a sign."""
        return (
            self.kind == kind
            and not self.signed
            and self.low == (1 if kind == ShapeKind.STRING else 0)
            and self.high == -1
            and self.least is None
            and self.most is None
        )

    def __eq__(self, other):
        return isinstance(other, Shape) and self._key == (<Shape>other)._key

    def __hash__(self):
        return hash(self._key)

    def __repr__(self):
        """Write the shape as a reader of rules would."""
        name = ShapeKind(self.kind).name.lower()
        if self.is_unbounded(self.kind):
            return f"<{name}>" if not self.texts else f"<{name}({', '.join(self.texts)})>"
        described = []
        for argument, value in (
            ("signed", self.signed or None),
            ("low", self.low or None),
            ("high", self.high if self.high >= 0 else None),
            ("least", self.least),
            ("most", self.most),
        ):
            if value is not None:
                described.append(f"{argument}={value}")
        return f"<{name}({', '.join(described)})>"
