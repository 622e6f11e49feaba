"""Methods that a program replaces on Werkzeug's own class, for ours that derives from it.

Ours come before Werkzeug's where Python looks for a method. So a method that a program replaces on
Werkzeug's class, to watch or to fake it, would never be called. While it is replaced there, our
class has what looks it up there.
"""

from __future__ import annotations

from threading import Lock
from typing import Any

from .locks import locked

__all__ = ["ReplacedMethods", "is_written_in"]

_MISSING: Any = object()
#: The classes of functions: that of CPython, and those of Cython and Nuitka for compiled programs.
_FUNCTIONS = ("function", "cython_function_or_method", "compiled_function")


def is_written_in(value: Any, package: str) -> bool:
    """Tell whether a value is a function whose source is in a package.

    The attribute ``__module__`` does not tell that, since a wrapper takes over the one of the
    function that it wraps, and an object may take over all that it is asked for.
    """
    if type(value).__name__ not in _FUNCTIONS:
        return False
    # What a program executes may have any object as its name.
    return str(value.__globals__.get("__name__")).partition(".")[0] == package


class ReplacedMethods:
    """The methods of a class of Werkzeug's that ours has as well.

    :param ours: our class, which derives from *theirs* and is complete.
    :param theirs: Werkzeug's class; the program may have replaced methods on it already.
    """

    def __init__(self, ours: type, theirs: type) -> None:
        self._ours = ours
        self._methods = [
            _Method(ours, theirs, name)
            for name, value in vars(theirs).items()
            if callable(value) and not (name.startswith("__") and name != "__init__")
        ]
        self._lock = Lock()

    def catch_up(self) -> bool:
        """Make our class look up what the program has replaced on Werkzeug's class, and no more.

        A method that the program has replaced on our class itself stays.

        :return: whether anything has changed on our class.
        """
        changed: bool = locked(self._lock, self._catch_up)
        return changed

    def _catch_up(self) -> bool:
        changed = False
        for method in self._methods:
            here = vars(self._ours).get(method.name, _MISSING)
            if method.is_replaced and here is method.own:
                setattr(self._ours, method.name, method)
                changed = True
            elif here is method and not method.is_replaced:
                if method.own is _MISSING:
                    delattr(self._ours, method.name)
                else:
                    setattr(self._ours, method.name, method.own)
                changed = True
        return changed


class _Method:
    """A method that is looked up on Werkzeug's class, and is ours when that has its own again."""

    def __init__(self, ours: type, theirs: type, name: str) -> None:
        self.name = name
        #: What our class has itself; what it inherits is not missed.
        self.own = vars(ours).get(name, _MISSING)
        self._ours = next(vars(cls)[name] for cls in ours.__mro__ if name in vars(cls))
        self._theirs = theirs
        there = vars(theirs)[name]
        #: Werkzeug's own; it is unknown where the program has replaced it already.
        self._as_made = there if self._is_werkzeugs(there) else _MISSING

    @property
    def is_replaced(self) -> bool:
        """Tell whether the program has put something else on Werkzeug's class."""
        there = self._there
        return there is not self._as_made and not (
            # The program may have put back what it had replaced before trieroute was imported.
            self._as_made is _MISSING and self._is_werkzeugs(there)
        )

    def _is_werkzeugs(self, value: Any) -> bool:
        """Tell whether a value may be Werkzeug's own: it is its code, or what we have as well."""
        return value is self._ours or is_written_in(value, "werkzeug")

    @property
    def _there(self) -> Any:
        return vars(self._theirs).get(self.name, self._as_made)

    def __get__(self, target: Any, cls: type | None = None) -> Any:
        found = self._there if self.is_replaced else self._ours
        bind = getattr(type(found), "__get__", None)
        return found if bind is None else bind(found, target, cls)
