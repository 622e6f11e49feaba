"""How adapters and maps reach the room of inspection, which lies above them.

The core imports nothing of the package outside itself, and ``import trieroute`` does not import the
room. So the package, which knows all rooms, tells here how the room is imported at first use.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["found_by", "inspection"]

_import_room: Callable[[], Any] | None = None


def found_by(import_room: Callable[[], Any]) -> None:
    """Tell how the room of inspection is imported.

    :param import_room: a function that returns the room, a package.
    """
    global _import_room
    _import_room = import_room


def inspection() -> Any:
    """Return the room of inspection, a package."""
    assert _import_room is not None
    return _import_room()
