"""`.ci/leak_sanitizer`: what the program under AddressSanitizer does wrong is no success."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("leak_sanitizer")

#: What AddressSanitizer says of a leak of ours.
LEAK = r"""
printf 'Direct leak of 8 byte(s) in 1 object(s) allocated from:\n' >"$log"
printf '    #0 0x1 in malloc\n    #1 0x2 in __pyx_f trieroute/_core/template.c\n' >>"$log"
"""
#: An interpreter that does what the program does; its arguments are those of the program.
PYTHON = r"""#!/bin/sh
unset LD_PRELOAD
log=$(printf '%s' "$ASAN_OPTIONS" | sed 's/.*log_path=//').1
mark=$2 proof=$4
if test "$proof" = leak; then {leak} fi
{run}
"""
END = 'touch "$mark"\n'


@pytest.mark.parametrize(
    ("main", "proof", "told"),
    [
        (END, END, None),
        ("exit 1", END, "The program ended with status 1, before its end"),
        ("kill -SEGV $$", END, "before its end"),
        # AddressSanitizer ends a program with the status that it was given, which is 0.
        ("exit 0", END, "The program ended with status 0, before its end"),
        (f"{END}exit 3", END, "The program ended with status 3, at its end"),
        (f"echo '==1==ERROR: AddressSanitizer: heap-use-after-free' >$log\n{END}", END, "heap-use"),
        (END, "exit 1", "The program ended with status 1, before its end"),
        (f"{LEAK}{END}", END, "Direct leak of 8 byte(s)"),
    ],
)
def test_leak_sanitizer_fails_where_its_program_does(
    main: str, proof: str, told: str | None, tmp_path: Path
) -> None:
    """It needs no interpreter with AddressSanitizer, but what looks like one."""
    run = f'if test "$proof" = leak; then\n{proof}\nelse\n{main}\nfi'
    python = tmp_path / "python"
    python.write_text(PYTHON.replace("{leak}", LEAK).replace("{run}", run), encoding="utf-8")
    python.chmod(0o755)
    done = subprocess.run([SCRIPT, python, "1"], capture_output=True, text=True)
    output = done.stdout + done.stderr
    if told is None:
        assert done.returncode == 0, output
        assert "0 leaks of ours" in output
    else:
        assert done.returncode != 0
        assert told in output
