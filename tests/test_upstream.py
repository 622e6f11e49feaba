"""`python -m tests.upstream`: which outcomes of a suite are worse on trieroute than without it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

#: A suite of one file, whose substitution counts what it makes.
PROGRAM = """\
import sys
from pathlib import Path
import tests.upstream.__main__ as upstream
from tests.upstream.suites import Suite

upstream.SUITES = {
    "first": Suite("pytest", "", ("test_it.py",), "patched"),
    "missing": Suite("no-such-distribution", "", ("test_it.py",), "patched"),
}
directory = Path(sys.argv.pop())
upstream.status = upstream.status_of
upstream.status_of = lambda suite, given: upstream.status(suite, directory)
sys.exit(upstream.main())
"""

#: What each file begins with: whether the tests run on trieroute, and a map that it is asked for.
BEGIN = """\
import pytest
import werkzeug.routing
from pathlib import Path

ON_TRIEROUTE = "trieroute" in werkzeug.routing.Map.__module__
werkzeug.routing.Map()

def test_that_passes(): pass
"""


def run(suite: str, directory: Path, *names: str) -> subprocess.CompletedProcess[str]:
    (directory / "test_it.py").write_text(suite, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *(names or ["first"]), str(directory)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("suite", "status", "told"),
    [
        (BEGIN, 0, "the outcome of every test is the same"),
        (f"{BEGIN}def test_b(): assert False\n", 0, "test_it.py::test_b: failed in both"),
        ("def test_b(): assert False\n", 2, "no test of pytest passed without trieroute: 1 failed"),
        ("raise ValueError\n", 2, "no test of pytest passed without trieroute: 1 failed"),
        (f"{BEGIN}def test_b(): assert not ON_TRIEROUTE\n", 1, "test_b: passed without, failed on"),
        (
            f"{BEGIN}def test_b():\n    if not ON_TRIEROUTE: pytest.skip()\n    assert False\n",
            1,
            "test_it.py::test_b: skipped without, failed on trieroute",
        ),
        (
            f"{BEGIN}def test_b():\n    if not ON_TRIEROUTE: pytest.xfail()\n    assert False\n",
            1,
            "test_it.py::test_b: skipped without, failed on trieroute",
        ),
        (
            f"{BEGIN}if ON_TRIEROUTE:\n    def test_b(): assert False\n",
            1,
            "test_it.py::test_b: not run without, failed on trieroute",
        ),
        (
            f"{BEGIN}if not ON_TRIEROUTE:\n    def test_b(): pass\n",
            1,
            "test_it.py::test_b: passed without, not run on trieroute",
        ),
        (
            f"{BEGIN}if ON_TRIEROUTE:\n    raise ValueError\n",
            1,
            "test_it.py: not run without, failed on trieroute",
        ),
        # The second test fails because of the first, in each run of both.
        (
            f"{BEGIN}state = []\n"
            "def test_a(): state.append(1)\n"
            "def test_b(): assert not (ON_TRIEROUTE and state)\n",
            1,
            "test_it.py::test_b: failed, and failed once more",
        ),
        # These fail in their first run on trieroute alone.
        (
            f"{BEGIN}def test_b():\n    if ON_TRIEROUTE and not Path('ran').exists():\n"
            "        Path('ran').touch()\n        assert False\n",
            0,
            "test_it.py::test_b: failed, and passed once more",
        ),
        (
            f"{BEGIN}if ON_TRIEROUTE and not Path('ran').exists():\n"
            "    Path('ran').touch()\n    raise ValueError\n",
            0,
            "test_it.py: failed, and not run once more",
        ),
    ],
)
def test_status(suite: str, status: int, told: str, tmp_path: Path) -> None:
    done = run(suite, tmp_path)
    assert done.returncode == status, done.stdout + done.stderr
    assert told in done.stdout + done.stderr


def test_suite_that_can_not_be_compared_keeps_no_other_from_running(tmp_path: Path) -> None:
    done = run(BEGIN, tmp_path, "missing", "first")
    assert done.returncode == 2
    assert "no-such-distribution is not installed" in done.stderr
    assert "the outcome of every test is the same" in done.stdout
