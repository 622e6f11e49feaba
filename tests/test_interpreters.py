"""trieroute in more than one interpreter of a process: it works, or is a clear ``ImportError``."""

from __future__ import annotations

import subprocess
import sys

import pytest

MATCH = """
try:
    import trieroute
except ImportError as error:
    print("ImportError:", error)
else:
    url_map = trieroute.Map([trieroute.Rule("/x/<int:i>", endpoint="e")])
    print(url_map.bind("h").match("/x/3"))
"""

#: Interpreters with a GIL of their own, as `concurrent.interpreters` makes them.
ISOLATED = """
from concurrent import interpreters

for _ in range(3):
    interpreter = interpreters.create()
    interpreter.exec(code)
    interpreter.exec(code)
    interpreter.close()
"""

#: Interpreters that share the GIL, as servers that embed Python make them.
SHARING = """
import _interpreters

for _ in range(3):
    interpreter = _interpreters.create("legacy")
    assert _interpreters.exec(interpreter, code) is None
    _interpreters.destroy(interpreter)
"""

FOUND = "('e', {'i': 3})"


def answers(program: str) -> list[str]:
    """Run a program that has `code`, and return the lines that it prints; it must end well."""
    ended = subprocess.run(
        [sys.executable, "-c", f"code = {MATCH!r}\n{program}"],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    return ended.stdout.splitlines()


@pytest.mark.parametrize("others", [ISOLATED, SHARING], ids=["isolated", "sharing"])
@pytest.mark.parametrize("first", ["main", "another"])
def test_other_interpreters_match_or_say_that_they_cannot(first: str, others: str) -> None:
    own = "exec(code)\n"
    lines = answers(own + others if first == "main" else others + own)
    assert len(lines) == (4 if others is SHARING else 7)
    for line in lines:
        assert line == FOUND or (line.startswith("ImportError: ") and "interpreter" in line)
    if first == "main" or others is ISOLATED:
        assert lines[0 if first == "main" else -1] == FOUND
