"""Check that ``pip install --editable .`` compiles what has changed, and that alone.

It builds a small project with this project's ``setup.py`` and ``pyproject.toml``, so that it takes
seconds and does not depend on which modules there are. ``used.pxd`` is what ``user.pyx`` cimports;
``apart.pyx`` cimports something of Cython's own, whose files are new in each build environment.
In the end it checks what a build without a compiler says. A fault ends it with a message that names
the step.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parent.parent
FINDER = ROOT / "src/trieroute/_library.py"
#: The names of the project's modules, in place of which the small project has its own.
IN_LIBRARY = re.compile(r"^IN_LIBRARY: .*?\}\n\)$", re.MULTILINE | re.DOTALL)
SOURCES = {
    "__init__.py": "from . import _library\n",
    "_version.py": '__version__ = "1"\n',
    "_library.py": IN_LIBRARY.sub(
        "IN_LIBRARY = {'used', 'user', 'apart'}", FINDER.read_text(encoding="utf-8")
    ),
    "_core/__init__.py": "",
    "_core/library.pyx": "",
    "_core/used.pxd": "cdef class Used:\n    cdef int number\n",
    "_core/used.pyx": "cdef class Used:\n    pass\n",
    "_core/user.pyx": "from trieroute._core.used cimport Used\n\ndef make():\n    return Used()\n",
    "_core/apart.pyx": "from libc.string cimport strlen\n\ndef answer():\n    return strlen('1')\n",
}
ALL = {"library", "used", "user", "apart"}


class Project:
    """The small project, and the environment that it is installed into."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.package = directory / "src" / "trieroute"
        for name in ("setup.py", "pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(ROOT / name, directory / name)
        for name, text in SOURCES.items():
            self.package.joinpath(name).parent.mkdir(parents=True, exist_ok=True)
            self.write(name, text)
        venv.create(directory / "environment", with_pip=True)
        scripts = "Scripts" if sys.platform == "win32" else "bin"
        self.python = directory / "environment" / scripts / "python"

    def write(self, name: str, text: str) -> None:
        """Write a source file."""
        self.package.joinpath(name).write_text(text, encoding="utf-8")

    def run(self, *arguments: str, fails: bool = False, **variables: str) -> str:
        """Run the environment's Python, and return what it writes.

        :param fails: whether it must fail.
        """
        done = subprocess.run(
            [self.python, *arguments],
            cwd=self.directory,
            env=os.environ | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if bool(done.returncode) is not fails:
            sys.exit(f"{done.stdout}\n{arguments}: exit code {done.returncode}")
        return done.stdout

    def install(
        self, step: str, translated: set[str], compiled: set[str], **variables: str
    ) -> None:
        """Install the project, and check which modules are made for that.

        :param step: what has changed, for messages.
        :param translated: modules that Cython translates.
        :param compiled: modules that the C compiler compiles.
        :param variables: environment variables of the build.
        """
        output = self.run(
            "-m", "pip", "install", "--verbose", "--no-deps", "--editable", ".", **variables
        )
        made = (
            set(re.findall(r"Cythonizing \S+[/\\](\w+)\.pyx", output)),
            set(re.findall(r" -c \S+/(\w+)\.c ", output)),
        )
        print(f"{step}: Cython {sorted(made[0])}, compiler {sorted(made[1])}")
        if made != (translated, compiled):
            sys.exit(f"{output}\n{step}: expected {sorted(translated)}, {sorted(compiled)}")

    def check_without(self, missing: str, **variables: str) -> None:
        """Check that a build that lacks something ends with what that is and with the way out.

        :param missing: what the line before the last one says.
        :param variables: environment variables of the build.
        """
        self.package.joinpath("_core/apart.pyx").touch()
        output = self.run(
            "-m", "pip", "install", "--no-deps", "--editable", ".", fails=True, **variables
        )
        end = [line.strip() for line in output.partition("[end of output]")[0].splitlines()]
        said = [line for line in end if line][-2:]
        print("\n".join(said))
        if missing not in said[0] or not said[1].startswith("Releases of trieroute have wheels"):
            sys.exit(f"{output}\nthe build does not say what is missing: {missing}")

    def has_debug_information(self) -> bool:
        """Tell whether the library that is installed has debug information."""
        (library,) = self.package.glob("_core/library.*.so")
        return b".debug_info" in library.read_bytes()


def main() -> None:
    """Build the small project again and again, and check what is made each time."""
    with tempfile.TemporaryDirectory() as scratch:
        project = Project(Path(scratch))
        project.install("first build", ALL, ALL)
        project.install("nothing changed", set(), set())
        project.package.joinpath("_core/user.pyx").touch()
        project.install("user.pyx touched", {"user"}, {"user"})
        project.package.joinpath("_core/used.pxd").touch()
        project.install("used.pxd touched", {"used", "user"}, {"used", "user"})

        project.write("_core/apart.pyx", SOURCES["_core/apart.pyx"].replace("'1'", "'12'"))
        project.install("apart.pyx edited", {"apart"}, {"apart"})
        answer = project.run(
            "-c", "from trieroute._core.apart import answer; print(answer())"
        ).strip()
        if answer != "2":
            sys.exit(f"the edited module is not the one that is installed: it answers {answer}")

        project.install("other flags", set(), ALL, CFLAGS="-g")
        if not project.has_debug_information():
            sys.exit("CFLAGS=-g does not bring debug information")
        project.install("flags as before", set(), set())
        if project.has_debug_information():
            sys.exit("a normal build has debug information")
        project.install("debug build", ALL, ALL, TRIEROUTE_DEBUG="1")
        if not project.has_debug_information():
            sys.exit("a debug build has no debug information")
        project.check_without("there is no C compiler 'no-compiler'", CC="no-compiler -O1")


if __name__ == "__main__":
    main()
