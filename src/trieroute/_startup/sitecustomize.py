"""Patches the Python programs that a program under ``trieroute run`` starts, its workers included.

Python imports the first module of this name on its path when it starts. ``trieroute run`` puts this
file's directory, which holds nothing else, at the front of ``PYTHONPATH``, which programs inherit.
"""

import os
import sys
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec

_directory = os.path.dirname(os.path.abspath(__file__))
# The program finds the path that it would have without this directory.
sys.path[:] = [path for path in sys.path if os.path.abspath(path) != _directory]


def _usable() -> bool:
    """Tell whether this interpreter can import trieroute, without importing anything of it.

    One of another environment may have no trieroute or no Werkzeug, and one of another version may
    find on an inherited ``PYTHONPATH`` what it can't load. Their programs are not changed.
    """
    package = find_spec("trieroute")
    if package is None or find_spec("werkzeug") is None:
        return False
    core = [os.path.join(place, "_core") for place in package.submodule_search_locations or ()]
    return PathFinder.find_spec("trieroute._core.library", core) is not None


try:
    if _usable():
        import trieroute

        trieroute.patch()
finally:
    # This module may hide another one of its name, which is then imported in its place.
    _spec = PathFinder.find_spec(__name__)
    if _spec is not None and _spec.loader is not None:
        _hidden = module_from_spec(_spec)
        sys.modules[__name__] = _hidden
        _spec.loader.exec_module(_hidden)
