"""The extension modules; everything else about the package is in pyproject.toml.

With ``TRIEROUTE_DEBUG=1`` in the environment the extensions are built with assertions and with
Cython's checks of bounds, of ``None`` and of uninitialised values, without optimisation; and they
count the steps of matches, which the tests of linear time read.

A build compiles only what has changed since the last one. Neither Cython nor setuptools see to that
under pip, which makes a new environment and new directories for each build. So this file keeps what
was made below ``build``: the C files in a directory for each version of Cython, and the object
files in a directory for each set of flags and each Python. A file comes there when it is whole,
since a build may be ended at any time.
"""

import os
import shutil
import sys
import sysconfig
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import Cython
from Cython.Build import cythonize
from Cython.Build.Dependencies import create_dependency_tree
from setuptools import Extension, setup
from setuptools.command.build import build
from setuptools.command.build_ext import build_ext
from setuptools.errors import PlatformError
from setuptools.modified import newer

DEBUG = os.environ.get("TRIEROUTE_DEBUG") == "1"

# The two kinds of build share no intermediate file, so that neither takes over one of the other's.
BUILD_BASE = "build/debug" if DEBUG else "build"

# docs/threads.md says why each thing that threads share is safe without the GIL.
directives = {"language_level": "3", "binding": True, "freethreading_compatible": True}
# Annotations are for readers: programs may give what is not of the type, as they may in Python.
directives["annotation_typing"] = False
# No object of the core is pickled field by field: what would do that is a twelfth of the wheel.
directives["auto_pickle"] = False
link_args = []
if DEBUG:
    directives |= {"boundscheck": True, "nonecheck": True, "initializedcheck": True}
    macros = [("TRIEROUTE_COUNT_STEPS", "1")]
    compile_args = ["/Od", "/Z7", "/UNDEBUG"]
    if sys.platform != "win32":
        compile_args = ["-O0", "-g", "-UNDEBUG"]
else:
    # CFLAGS in the environment may replace those of CPython, and NDEBUG with them.
    macros = [("CYTHON_WITHOUT_ASSERTIONS", "1"), ("NDEBUG", "1")]
    compile_args = ["/O2"] if sys.platform == "win32" else ["-O3"]
    # A CPython that was compiled with -g passes it on to all extensions. Debug information and
    # symbols, which a profiler reads, are for those who ask for them by a -g in CFLAGS.
    asked_for = any(flag.startswith("-g") for flag in os.environ.get("CFLAGS", "").split())
    if sys.platform != "win32" and not asked_for:
        # Tables for unwinding are of no other use in C, and are a twentieth of the wheel.
        compile_args += ["-g0", "-fno-asynchronous-unwind-tables"]
        # The linker of macOS has no such option; debug information is no part of its modules.
        if sys.platform != "darwin":
            link_args.append("-Wl,--strip-all")

C_FILES = Path(BUILD_BASE, f"cython-{Cython.__version__}")
# What decides on an object file besides its source: these variables of compilers, and the Python.
READ_BY_COMPILERS = (
    "ARCHFLAGS CC CFLAGS CL CPATH CPPFLAGS C_INCLUDE_PATH INCLUDE LDFLAGS LDSHARED"
    " MACOSX_DEPLOYMENT_TARGET _CL_ _PYTHON_HOST_PLATFORM"
)
flags = [os.environ.get(name) for name in READ_BY_COMPILERS.split()]
flags += [macros, compile_args, link_args, sys.version, sysconfig.get_platform()]
flags.append(sysconfig.get_config_var("EXT_SUFFIX"))
OBJECTS = Path(BUILD_BASE, f"objects-{zlib.crc32(repr(flags).encode()):08x}")

#: The modules of this folder are linked into one shared library; ``_library.py`` says why.
CORE = Path("src/trieroute/_core")

#: The way out for who cannot compile.
WHEELS = (
    "Releases of trieroute have wheels, which need no compiler, for CPython 3.11 to 3.15 on Linux,"
    " macOS and Windows: update pip (python -m pip install --upgrade pip) and install again."
)


def what_is_missing(compiler):
    """Tell what a build lacks, and how to get it; ``None`` if it has all."""
    way_out = "on Debian and Ubuntu, 'apt install gcc libc6-dev python3-dev' brings it"
    if sys.platform == "win32":
        try:
            compiler.initialize()
        except PlatformError as error:
            return f"trieroute can't be compiled: {error}"
        way_out = "Python's installer brings them"
    elif shutil.which(compiler.compiler_so[0]) is None:
        command = compiler.compiler_so[0]
        return f"trieroute can't be compiled: there is no C compiler {command!r}; {way_out}."
    if not Path(sysconfig.get_path("include"), "Python.h").exists():
        return f"trieroute can't be compiled: Python's C headers (Python.h) are missing; {way_out}."
    return None


class Build(build):
    """A build that starts from nothing: else files that were moved would still be in the wheel."""

    def run(self):
        shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()


class BuildExtensions(build_ext):
    """A build that compiles a C file if it is newer than the object file that was kept."""

    def build_extensions(self):
        missing = what_is_missing(self.compiler)
        if missing is not None:
            sys.exit(f"{missing}\n{WHEELS}")
        self.compile_all, self.compiler.compile = self.compiler.compile, self.compile_changed
        # Linking takes a moment. What is there may be of a build that was ended meanwhile.
        self.force = True
        super().build_extensions()

    def compile_changed(self, sources, output_dir, **options):
        """Compile the C files of an extension, and return all of its object files."""
        objects = self.compiler.object_filenames(sources, output_dir=str(OBJECTS))
        OBJECTS.mkdir(parents=True, exist_ok=True)

        def bring_up_to_date(source, kept):
            if newer(source, kept):
                (made,) = self.compile_all([source], scratch, **options)
                Path(kept).parent.mkdir(parents=True, exist_ok=True)
                os.replace(made, kept)

        with TemporaryDirectory(dir=OBJECTS) as scratch, ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(bring_up_to_date, sources, objects))
        return objects


def extension(*sources):
    """Return the extension that the C files of some ``.pyx`` files make, named after the first."""
    return Extension(
        ".".join(sources[0].relative_to("src").with_suffix("").parts),
        [c_file(source).as_posix() for source in sources],
        define_macros=macros,
        extra_compile_args=compile_args,
        extra_link_args=link_args,
        export_symbols=[f"PyInit_{source.stem}" for source in sources],
    )


def c_file(source):
    """Return where Cython puts what it makes of a ``.pyx`` file."""
    return (C_FILES / source).with_suffix(".c")


def is_translated(source):
    """Tell whether the C file of a ``.pyx`` file is newer than the sources that it was made of.

    ``cythonize`` compares it with Cython's own ``.pxd`` files as well. They are new in each
    environment that pip makes for a build, so that every module would be translated again.
    """
    if not c_file(source).exists():
        return False
    used = map(Path, create_dependency_tree(quiet=True).all_dependencies(str(source)))
    ours = [file for file in used if file.resolve().is_relative_to(Path("src").resolve())]
    newest = max(file.stat().st_mtime for file in (Path(__file__), *ours))
    return c_file(source).stat().st_mtime > newest


sources = sorted(Path("src/trieroute").rglob("*.pyx"))
changed = [str(source) for source in sources if not is_translated(source)]
C_FILES.mkdir(parents=True, exist_ok=True)
with TemporaryDirectory(dir=C_FILES) as scratch:
    cythonize(changed, build_dir=scratch, compiler_directives=directives, force=True)
    for source in changed:
        c_file(source).parent.mkdir(parents=True, exist_ok=True)
        os.replace(Path(scratch, source).with_suffix(".c"), c_file(source))
core = [file for file in sources if file.parent == CORE]
core.sort(key=lambda file: file.stem != "library")

setup(
    ext_modules=[
        extension(*core),
        *(extension(file) for file in sources if file not in core),
    ],
    cmdclass={"build": Build, "build_ext": BuildExtensions},
    options={"build": {"build_base": BUILD_BASE}},
)
