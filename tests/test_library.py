"""The shared library of the core, and the finder that tells Python which modules it has."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

import trieroute
from trieroute._library import IN_LIBRARY

PACKAGE = Path(trieroute.__file__).parent
SOURCE = Path(__file__).parent.parent / "src" / "trieroute" / "_core"


def printed(code: str) -> str:
    """What a program writes, in an interpreter of its own."""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stderr == ""
    return result.stdout


def test_library_has_each_compiled_module_of_the_core() -> None:
    modules = {file.stem for file in SOURCE.glob("*.pyx")}
    assert modules - {"library"} == IN_LIBRARY
    library = import_module("trieroute._core.library")
    for module in modules:
        spec = find_spec(f"trieroute._core.{module}")
        assert spec is not None
        assert spec.origin == import_module(spec.name).__file__ == library.__file__


@pytest.mark.parametrize("name", ["trieroute._core.no_module", "trieroute._core.trie.adapter"])
def test_library_has_no_other_module(name: str) -> None:
    with pytest.raises(ModuleNotFoundError, match=f"No module named '{name}'"):
        import_module(name)


@pytest.mark.parametrize("module", ["trie", "listing", "map_adapter"])
def test_any_module_may_be_imported_first(module: str) -> None:
    code = f"import trieroute._core.{module}; print(trieroute._core.{module}.__name__)"
    assert printed(code) == f"trieroute._core.{module}\n"


def test_import_of_the_package_brings_the_whole_library() -> None:
    """So a program may put back ``sys.meta_path`` afterwards."""
    code = (
        "import sys, trieroute\n"
        f"print({set(IN_LIBRARY)} - {{name.rpartition('.')[2] for name in sys.modules}})"
    )
    assert printed(code) == "set()\n"


@pytest.mark.parametrize(
    "goes",
    [
        "name.startswith('trieroute')",
        "name in ('trieroute', 'trieroute._core')",
        "name == 'trieroute._core'",
        "name.startswith('trieroute._core')",
        "name.startswith('trieroute') and name != 'trieroute._core.library'",
    ],
)
def test_package_is_imported_again_after_modules_were_taken_away(goes: str) -> None:
    code = (
        "import sys, trieroute\n"
        f"for name in [name for name in sys.modules if {goes}]: del sys.modules[name]\n"
        "import trieroute.wsgi, trieroute._core.trie\n"
        "print(sum(finder.__name__ == 'LibraryFinder' for finder in sys.meta_path"
        " if hasattr(finder, '__name__')))"
    )
    assert printed(code) == "1\n"


def test_import_that_was_interrupted_is_done_again() -> None:
    code = """
import sys
def interrupt(frame, event, argument):
    global left
    if "trieroute" in frame.f_code.co_filename:
        left -= 1
        if left < 0:
            sys.settrace(None)
            raise KeyboardInterrupt
    return interrupt
broken = []
for start in range(0, 240, 8):
    left = start
    sys.settrace(interrupt)
    try:
        import trieroute
    except KeyboardInterrupt:
        pass
    sys.settrace(None)
    try:
        import trieroute
    except BaseException as error:
        broken.append((start, error))
    assert trieroute.Map([trieroute.Rule("/a", endpoint="a")]).bind("h").match("/a") == ("a", {})
    for name in [name for name in sys.modules if name.startswith("trieroute")]:
        del sys.modules[name]
    del trieroute
print(broken)
"""
    assert printed(code) == "[]\n"


def test_threads_may_import_the_package_and_its_modules_at_once() -> None:
    code = """
import importlib, sys, threading
import werkzeug.routing, werkzeug.wsgi, werkzeug.wrappers
raised = []
def imports(name):
    try:
        importlib.import_module(name)
    except BaseException as error:
        raised.append(error)
threads = [
    threading.Thread(target=imports, args=(name,))
    for name in ("trieroute", "trieroute.wsgi", "trieroute.inspection")
]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(raised)
"""
    assert printed(code) == "[]\n"


@pytest.mark.parametrize(
    "module", ["asgi", "wsgi", "flask", "quart", "starlette", "tables", "inspection"]
)
def test_module_that_is_imported_before_the_finder_is_there_waits_for_it(module: str) -> None:
    """A thread has begun to import the package, and another one goes on to a module of it."""
    code = f"""
import importlib, sys, threading
import werkzeug.routing, werkzeug.wsgi, werkzeug.wrappers
raised = []
def imports():
    try:
        importlib.import_module("trieroute.{module}")
    except BaseException as error:
        raised.append(error)
other = threading.Thread(target=imports)
def delay(event, arguments):
    if event == "exec" and not other.ident and arguments[0].co_filename.endswith("_library.py"):
        other.start()
        other.join(0.3)
sys.addaudithook(delay)
import trieroute
other.join()
print(raised)
"""
    assert printed(code) == "[]\n"


def test_copy_of_the_package_has_its_own_library(tmp_path: Path) -> None:
    ignore = shutil.ignore_patterns("__pycache__", "*.pyx", "*.pxd")
    shutil.copytree(PACKAGE, tmp_path / "trieroute", ignore=ignore)
    code = (
        "import sys, trieroute\n"
        "for name in [name for name in sys.modules if name.startswith('trieroute')]:"
        " del sys.modules[name]\n"
        f"sys.path.insert(0, {str(tmp_path)!r})\n"
        "import trieroute._core.trie\n"
        "print(trieroute._core.trie.__file__)"
    )
    assert Path(printed(code).strip()).parent == tmp_path / "trieroute" / "_core"


def test_library_that_is_there_later_is_found_then(tmp_path: Path) -> None:
    ignore = shutil.ignore_patterns("__pycache__", "*.pyx", "*.pxd", "library.*")
    shutil.copytree(PACKAGE, tmp_path / "trieroute", ignore=ignore)
    library = Path(import_module("trieroute._core.library").__file__ or "")
    code = (
        "import importlib, shutil, sys\n"
        f"sys.path.insert(0, {str(tmp_path)!r})\n"
        "try: import trieroute\n"
        "except ImportError: pass\n"
        f"shutil.copy({str(library)!r}, {str(tmp_path / 'trieroute' / '_core')!r})\n"
        "importlib.invalidate_caches()\n"
        "import trieroute._core.trie\n"
        "print(trieroute._core.trie.__file__)"
    )
    assert Path(printed(code).strip()).parent == tmp_path / "trieroute" / "_core"
