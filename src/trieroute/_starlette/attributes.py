"""Attributes that can be relied on: an object has them itself, and gives what it has.

What was read of a route is only right while that does not change. What is set on a route is seen,
as `edits.py` says. A property, or a method that gives attributes, may give another value at any
time.
"""

from __future__ import annotations

import inspect
from typing import Any

__all__ = ["gives_what_it_has"]


def gives_what_it_has(kind: Any, *names: str) -> bool:
    """Tell whether the objects of a class give some attributes as they have them."""
    return kind.__getattribute__ is object.__getattribute__ and not any(
        inspect.isdatadescriptor(inspect.getattr_static(kind, name, None)) for name in names
    )
