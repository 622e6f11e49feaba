"""The extension modules; everything else about the package is in pyproject.toml.

With ``TRIEROUTE_DEBUG=1`` in the environment the extensions are built with assertions and with
Cython's checks of bounds, of ``None`` and of uninitialised values, without optimisation; and they
count the steps of matches, which the tests of linear time read.
"""

import os
import sys
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup

DEBUG = os.environ.get("TRIEROUTE_DEBUG") == "1"

# The two kinds of build share no intermediate file, so that neither takes over one of the other's.
BUILD_BASE = "build/debug" if DEBUG else "build"

directives = {"language_level": "3", "binding": True}
if DEBUG:
    directives |= {"boundscheck": True, "nonecheck": True, "initializedcheck": True}
    macros = [("TRIEROUTE_COUNT_STEPS", "1")]
    compile_args = ["/Od", "/Zi", "/UNDEBUG"]
    if sys.platform != "win32":
        compile_args = ["-O0", "-g", "-UNDEBUG"]
else:
    macros = [("CYTHON_WITHOUT_ASSERTIONS", "1")]
    compile_args = ["/O2"] if sys.platform == "win32" else ["-O3"]

extensions = [
    Extension(
        ".".join(source.relative_to("src").with_suffix("").parts),
        [source.as_posix()],
        define_macros=macros,
        extra_compile_args=compile_args,
    )
    for source in sorted(Path("src/trieroute").rglob("*.pyx"))
]

setup(
    ext_modules=cythonize(
        extensions,
        build_dir=f"{BUILD_BASE}/cython",
        compiler_directives=directives,
    ),
    options={"build": {"build_base": BUILD_BASE}},
)
