"""Check that the C code of the extensions releases nothing twice when memory runs out.

Cython 3.3 has a function that appends what a list comprehension computes, and that takes over the
reference; the clean-up after a failed append releases the object once more. It is used for starred
lists and tuples, and for generators in ``join``, ``sorted`` and ``tuple``, as well, unless the item
is a plain variable. The sources have loops with ``append`` in the place of all these. Where one of
them comes back, this ends with the line of the source.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

#: A call of the function, or what stands in front of the code of a line of the source.
PLACE = re.compile(
    r'/\* "(?P<file>[^"]+)":(?P<line>\d+)\n|\(__Pyx_ListComp_AppendAndDecref\((?P<call>)'
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
    sys.exit("\n".join(["write a loop with append, Cython would release an item twice:", *faults]))
