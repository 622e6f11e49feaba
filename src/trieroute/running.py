"""``trieroute run``: patch, then run a program as ``python`` would.

It needs no click, and what it runs finds nothing imported that ``import trieroute`` does not.
"""

from __future__ import annotations

import importlib.util
import os
import runpy
import sys
from collections.abc import Sequence
from pkgutil import get_importer

from .patching import patch

__all__ = ["USAGE", "run"]

USAGE = """\
Usage: trieroute run SCRIPT [ARGS]...
       trieroute run -m MODULE [ARGS]...

  Run a Python program with trieroute in place of werkzeug.routing.

  SCRIPT and MODULE are what python takes; all ARGS are the program's, and so is
  the exit status. Python programs that it starts run with trieroute as well."""

#: Where Python finds ``sitecustomize`` in the programs that this one starts.
_STARTUP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "startup")


def run(arguments: Sequence[str]) -> None:
    """Run a program as ``__main__``, in this process, after :func:`trieroute.patch`.

    ``sys.argv`` and ``sys.path[0]`` are what they would be under ``python``, but that the name of a
    directory or an archive in ``sys.argv`` is the absolute one. Python programs and
    worker processes that the program starts are patched when they start, by ``PYTHONPATH``, which
    they inherit.

    :param arguments: path of a script, or of a directory or an archive with a ``__main__``, or
        ``-m`` and the name of a module; then the program's own.
    :raise SystemExit: the program's; or, as ``python`` does, with status 2 when there is no such
        script and 1 when there is no such module.
    """
    if arguments and arguments[0] in ("-h", "--help"):
        print(USAGE)
        return
    by_module = bool(arguments) and arguments[0] == "-m"
    program = list(arguments[1:] if by_module else arguments)
    if not program or (program[0].startswith("-") and not by_module):
        _fail(USAGE)
    name = program[0]
    if not by_module and not os.path.exists(name):
        _fail(f"trieroute run: there is no file {name!r}")
    patch()
    path = os.environ.get("PYTHONPATH")
    if _STARTUP not in (path or "").split(os.pathsep):
        os.environ["PYTHONPATH"] = f"{_STARTUP}{os.pathsep}{path}" if path else _STARTUP
    sys.argv[:] = program
    if not by_module and get_importer(name) is not None:
        # A directory or an archive: that itself is put at the front of the path.
        name = os.path.abspath(name)
        if not getattr(sys.flags, "safe_path", False):
            del sys.path[0]
    elif not getattr(sys.flags, "safe_path", False):
        sys.path[0] = os.getcwd() if by_module else os.path.dirname(os.path.realpath(name))
    if not by_module:
        runpy.run_path(name, run_name="__main__")
    elif _exists(name):
        runpy.run_module(name, run_name="__main__", alter_sys=True)
    else:
        _fail(f"trieroute run: there is no module {name!r}", 1)


def _exists(module: str) -> bool:
    """Tell whether a module can be found; what its packages raise when imported passes through."""
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module}.".startswith(f"{error.name}."):
            raise
        return False


def _fail(message: str, status: int = 2) -> None:
    print(message, file=sys.stderr)
    sys.exit(status)
