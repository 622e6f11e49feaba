"""Compile ``floor.pyx`` when it is asked for, and import it.

The compiled module is kept in ``build/floor`` of the checkout, one for each Python, and is made
again when the source changes.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

__all__ = ["floor"]

BUILD_DIR = Path(__file__).parent.parent / "build" / "floor"


@lru_cache(maxsize=1)
def floor() -> ModuleType:
    """Return the module ``benchmarks.floor``.

    :raise ImportError: Cython is not installed, or the module can't be compiled. The message
        names what to do.
    """
    try:
        import pyximport
    except ImportError as error:
        raise ImportError(
            'benchmarks/floor.pyx needs Cython: pip install ".[bench]"', name="pyximport"
        ) from error
    importers = pyximport.install(build_dir=str(BUILD_DIR), language_level=3)
    try:
        return import_module("benchmarks.floor")
    finally:
        pyximport.uninstall(*importers)
