"""What an import leaves for later, since a program may never need it."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import re
import werkzeug.routing

compiled, compile = [], re.compile


def compile_and_tell(pattern, flags=0):
    compiled.append(pattern)
    return compile(pattern, flags)


re.compile = compile_and_tell
import trieroute

print(len(compiled))
trieroute.Map([trieroute.Rule("/<int(min=2):x>", endpoint="e")])
print(len(compiled) > 0)
"""


def test_import_compiles_no_regex() -> None:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True
    )
    assert run.stdout.split() == ["0", "True"]
