"""``trieroute run``: patch, then run a program as ``python`` would.

This file needs no click, so that the program finds no more modules imported than those that
``import trieroute`` imports.
"""

from __future__ import annotations

import builtins
import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader, SourcelessFileLoader
from importlib.util import find_spec
from pkgutil import get_importer
from types import CodeType, ModuleType
from typing import Any, NoReturn

from .patch import patch

__all__ = ["USAGE", "run"]

USAGE = """\
Usage: trieroute run SCRIPT [ARGS]...
       trieroute run -m MODULE [ARGS]...

  Run a Python program with trieroute in place of werkzeug.routing.

  SCRIPT and MODULE are what python takes; all ARGS are the program's, and so is
  the exit status. Python programs that it starts run with trieroute as well."""

#: Where Python finds ``sitecustomize`` in the programs that this one starts.
_STARTUP = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "_startup")


def run(arguments: Sequence[str]) -> None:
    """Run a program as ``__main__``, in this process, after :func:`trieroute.patch`.

    ``sys.argv``, ``sys.path`` and the attributes of ``__main__`` are what they would be under
    ``python``, until the interpreter ends: threads and exit handlers find the program's
    ``__main__``. Python programs and worker processes that the program starts are patched when they
    start, by ``PYTHONPATH``, which they inherit.

    :param arguments: path of a script, or of a directory or an archive with a ``__main__``, or
        ``-m`` and the name of a module; then the program's own.
    :raise SystemExit: the program's; or, as ``python`` does, with status 2 when there is no such
        script and 1 when there is no such module, or nothing in it to run.
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
    safe_path = sys.flags.safe_path
    if by_module:
        if not safe_path:
            sys.path[0] = os.getcwd()
        # The packages around the module see this while they are imported.
        sys.argv[0] = "-m"
        main, code = _module(name)
        sys.argv[0] = main.__file__ or name
    elif get_importer(name) is not None:
        # The name is that of a directory or an archive, which is put at the front of the path.
        directory = os.path.join(os.getcwd(), name)
        sys.path[: 0 if safe_path else 1] = [directory]
        main, code = _directory(directory)
    else:
        if not safe_path:
            sys.path[0] = os.path.dirname(os.path.realpath(name))
        main, code = _script(os.path.join(os.getcwd(), name))
    # It stays there, because threads and exit handlers may run after the program's last line.
    sys.modules["__main__"] = main
    exec(code, vars(main))


def _script(path: str) -> tuple[ModuleType, CodeType]:
    """Make ``__main__`` of a file of source text, or of bytecode."""
    if path.endswith(".pyc"):
        bytecode = SourcelessFileLoader("__main__", path)
        return _main(bytecode, path), _code(bytecode, "__main__", path)
    loader = SourceFileLoader("__main__", path)
    # The loader's get_code would leave a file of bytecode beside the script.
    return _main(loader, path), loader.source_to_code(loader.get_data(path), path)


def _directory(path: str) -> tuple[ModuleType, CodeType]:
    """Make ``__main__`` of the module of that name in a directory or an archive."""
    spec = PathFinder.find_spec("__main__", [path])
    if spec is None:
        _fail(f"trieroute run: there is no module '__main__' in {path!r}", 1)
    return _main(spec.loader, spec.origin, spec), _code(spec.loader, spec.name, path)


def _module(name: str) -> tuple[ModuleType, CodeType]:
    """Make ``__main__`` of a module that is found on the path, or of a package's ``__main__``."""
    spec = _found(name)
    if spec is None:
        _fail(f"trieroute run: there is no module {name!r}", 1)
    if spec.submodule_search_locations is not None:
        spec = _found(f"{name}.__main__")
        if spec is None:
            _fail(f"trieroute run: the package {name!r} has no module '__main__'", 1)
    return _main(spec.loader, spec.origin, spec), _code(spec.loader, spec.name, name)


def _main(loader: Any, file: str | None, spec: ModuleSpec | None = None) -> ModuleType:
    """Make the module ``__main__`` as ``python`` makes it; a script's has no spec."""
    main = ModuleType("__main__")
    # Older Pythons give every ``__main__`` two more attributes: up to 3.13 annotations, also where
    # the program writes none, and up to 3.14 the place of its bytecode.
    pythons_own = vars(sys.modules["__main__"])
    if "__annotations__" in pythons_own:
        vars(main)["__annotations__"] = {}
    if "__cached__" in pythons_own:
        vars(main)["__cached__"] = spec and spec.cached
    vars(main).update(
        __builtins__=builtins,
        __file__=file,
        __loader__=loader,
        __package__=spec and spec.parent,
        __spec__=spec,
    )
    return main


def _code(loader: Any, module: str, place: str) -> CodeType:
    """Return the code of a module; *place* says in the message where there is none."""
    # A finder of the program may give any object as a loader, also one without the method.
    get_code = getattr(loader, "get_code", None)
    code: CodeType | None = None if get_code is None else get_code(module)
    if code is None:
        _fail(f"trieroute run: {place!r} has no code of Python's to run", 1)
    return code


def _found(module: str) -> ModuleSpec | None:
    """Find a module; what its packages raise when they are imported passes through."""
    if module.startswith("."):
        return None
    try:
        return find_spec(module)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module}.".startswith(f"{error.name}."):
            raise
        return None


def _fail(message: str, status: int = 2) -> NoReturn:
    """Print a message for the user and end the process with a status."""
    print(message, file=sys.stderr)
    sys.exit(status)
