"""`python -m tests.soak`: runs that go on from each other, and what a difference comes to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent

#: A round of these is short.
EXAMPLES = 5


def soak(*arguments: str, before: str = "") -> subprocess.CompletedProcess[str]:
    """Run a soak, after some statements of another program."""
    script = f"import sys; import tests.soak.__main__ as soak; {before}\nsys.exit(soak.main())"
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "TRIEROUTE_EXAMPLES": str(EXAMPLES)},
    )


def written(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


def test_soak_goes_on_from_its_state_and_rounds_are_the_same_again(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    first = soak("--minutes", "0.001", "--seed", "3", "--state", str(state))
    assert (first.returncode, first.stderr) == (0, "")
    counts = written(state)["counts"]
    assert written(state)["rounds"] == 1
    assert counts["rules removed"] and counts["applications of FastAPI that change"] == EXAMPLES
    again = soak("--minutes", "0.001", "--seed", "3", "--state", str(state))
    assert again.returncode == 0
    assert written(state)["rounds"] == 2
    assert written(state)["counts"]["rules removed"] > counts["rules removed"]
    alone = soak("--round", "0", "--seed", "3")
    table = alone.stdout.splitlines()[2:-2]
    assert table == [f"| {name} | {count:,} |" for name, count in sorted(counts.items())]
    other = soak("--minutes", "1", "--seed", "4", "--state", str(state))
    assert other.returncode == 2
    assert "is of --seed 3" in other.stderr


def test_soak_ends_at_a_difference_with_the_command_that_shows_it_again() -> None:
    ended = soak(
        "--seed", "3", before="import trieroute; trieroute.Map.remove = lambda url_map, rule: None"
    )
    assert ended.returncode == 1
    assert "Round 0 fails" in ended.stderr
    assert "python -m tests.soak --seed 3 --round 0" in ended.stderr
