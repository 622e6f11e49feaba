"""Check that a wheel holds what a user needs and nothing else, and print its size.

Cython's sources and their C files are for the sdist; debug information is for debug builds.
Called as ``check_wheel.py WHEEL``; a fault ends it with a message that names the file.
"""

from __future__ import annotations

import sys
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

#: The most bytes of a wheel.
LARGEST = 1_500_000
#: Suffixes of what belongs to the installed package.
PACKAGE_SUFFIXES = {".py", ".pyi", ".so", ".pyd", ".txt", ".typed", ".js", ".css", ".ts"}
#: Names of sections that a linker leaves in a module unless it is told to leave them out.
DEBUG_SECTIONS = (b".debug_info", b".symtab")


def main(wheel: Path) -> None:
    """Print the sizes of a wheel, and check what it holds."""
    packed = wheel.stat().st_size
    with ZipFile(wheel) as archive:
        sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
        modules = {name: archive.read(name) for name in sizes if name.endswith((".so", ".pyd"))}
    print(
        f"{wheel.name}: {packed:,} bytes packed, {sum(sizes.values()):,} unpacked;"
        f" {len(modules)} extension modules of {sum(map(len, modules.values())):,} bytes"
    )
    if packed > LARGEST:
        sys.exit(f"{wheel.name}: it has {packed:,} bytes, more than {LARGEST:,}")
    if not modules:
        sys.exit(f"{wheel.name}: it has no extension module")
    for name in sizes:
        path = PurePosixPath(name)
        if not path.parts[0].endswith(".dist-info") and path.suffix not in PACKAGE_SUFFIXES:
            sys.exit(f"{wheel.name}: no user needs {name}")
    for name, content in modules.items():
        for section in DEBUG_SECTIONS:
            if section in content:
                sys.exit(f"{wheel.name}: {name} has a section {section.decode()}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
