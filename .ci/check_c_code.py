"""Check that the C code of the extensions has no known fault of Cython's when memory runs out.

Cython 3.3 has a function that appends what a list comprehension computes, and that takes over the
reference; the clean-up after a failed append releases the object once more. It is used for starred
lists and tuples, and for generators in ``join``, ``sorted`` and ``tuple``, as well, unless the item
is a plain variable. The sources have loops with ``append`` in the place of all these.

A ``with`` statement makes a tuple of what has been raised, and writes to a traceback that there
was no memory for. The sources have ``try`` and ``finally`` in its place. Where one of the two comes
back, this ends with the line of the source.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

#: What stands in front of the code of a line of the source; a call of the function; and what calls
#: the end of a `with` statement.
PLACE = re.compile(
    r'/\* "(?P<file>[^"]+)":(?P<line>\d+)\n'
    r"|\(__Pyx_ListComp_AppendAndDecref\("
    r"|__Pyx_PyObject_LookupSpecial\(.*__pyx_n_u_exit\)"
)

files = sorted((Path(__file__).parent.parent / "build").glob("**/cython-*/src/**/*.c"))
if not files:
    sys.exit("there are no C files below build: install the project first")
faults = set()
for file in files:
    line = ""
    for place in PLACE.finditer(file.read_text(encoding="utf-8")):
        if place["file"]:
            line = f"{place['file']}:{place['line']}"
        else:
            faults.add(line)
if faults:
    advice = "write a loop with append, or try and finally for `with`; Cython has faults there:"
    sys.exit("\n".join([advice, *sorted(faults)]))
