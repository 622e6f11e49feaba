"""Who imports whom: the walls that `lint-imports` does not see, since it reads no Cython.

The layers of the package are contracts in pyproject.toml. An import for types alone counts as one.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src"
FILES = sorted(
    file.relative_to(SOURCE)
    for kind in ("py", "pyi", "pyx", "pxd")
    for file in (SOURCE / "trieroute").rglob(f"*.{kind}")
)
CORE = Path("trieroute/_core")

IN_CYTHON = re.compile(
    r"^ *(?:from (\.*)([\w.]*) c?import (.+)|c?import ([\w., ]+))$", re.MULTILINE
)
#: What Cython brings, and what the type checker knows of itself.
NO_PACKAGES = {"cython", "libc", "cpython", "_typeshed"}
#: The packages that a room may import beside Werkzeug.
PACKAGES = {
    "_commands": {"click", "rich"},
    "flask": {"flask"},
    "quart": {"quart"},
    "_starlette": {"starlette", "fastapi"},
}


def statements(file: Path) -> Iterator[tuple[int, str, list[str]]]:
    """Each import in a file: its dots, the module, and the names if it gives no module."""
    text = (SOURCE / file).read_text(encoding="utf-8")
    if file.suffix in (".pyx", ".pxd"):
        for dots, module, names, modules in IN_CYTHON.findall(text):
            yield len(dots), module, re.findall(r"[\w.]+", modules or names)
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield 0, "", [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            yield node.level, node.module or "", [alias.name for alias in node.names]


def imports(file: Path) -> set[str]:
    """The modules that a file imports, by their full names."""
    found = set()
    for dots, module, names in statements(file):
        package = file.parts[: len(file.parts) - dots] if dots else ()
        found.update(".".join((*package, name)) for name in ([module] if module else names))
    return found


@pytest.mark.parametrize(
    "file", [file for file in FILES if file.is_relative_to(CORE)], ids=lambda file: file.name
)
def test_core_knows_nothing_of_the_package_outside_itself(file: Path) -> None:
    assert [
        name
        for name in sorted(imports(file))
        if name.startswith("trieroute") and not name.startswith("trieroute._core.")
    ] == []


def test_core_has_no_circle() -> None:
    graph: dict[str, set[str]] = {}
    for file in FILES:
        if file.is_relative_to(CORE):
            inside = {name.split(".")[2] for name in imports(file) if "._core." in name}
            graph.setdefault(file.stem, set()).update(inside - {file.stem})
    # This raises a CycleError that names the modules.
    order = list(TopologicalSorter(graph).static_order())
    assert order.index("quoting") < order.index("template") < order.index("adapter")


@pytest.mark.parametrize("file", FILES, ids=str)
def test_room_imports_its_own_packages_alone(file: Path) -> None:
    packages = {name.partition(".")[0] for name in imports(file)}
    packages -= sys.stdlib_module_names | NO_PACKAGES | {"trieroute", "werkzeug"}
    room = file.parts[1].partition(".")[0]
    assert packages <= PACKAGES.get(room, set())


def test_import_of_the_package_imports_no_framework_and_no_room_above_it() -> None:
    names = ("flask", "quart", "starlette", "fastapi", "click", "asyncio")
    faces = ("flask", "quart", "starlette", "asgi", "wsgi", "tables", "inspection")
    rooms = ("_dropin", "_starlette", "_routers", "_inspection", "_commands")
    unwanted = {*names, *(f"trieroute.{room}" for room in (*faces, *rooms))}
    code = f"import sys, trieroute; print(sorted({unwanted} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (result.stdout, result.stderr) == ("[]\n", "")
