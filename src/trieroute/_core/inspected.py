"""How adapters and maps reach the package ``_inspection``, which is imported at first use.

The core imports nothing of trieroute outside itself, and ``import trieroute`` does not import that
package. So ``trieroute/__init__.py``, which knows all of them, tells here how it is imported.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["found_by", "inspection"]

_import_package: Callable[[], Any] | None = None


def found_by(import_package: Callable[[], Any]) -> None:
    """Tell how the package of inspection is imported.

    :param import_package: a function that returns the package.
    """
    global _import_package
    _import_package = import_package


def inspection() -> Any:
    """Return the package of inspection."""
    assert _import_package is not None
    return _import_package()
