"""Fuzz a part of trieroute, guided by coverage, or run inputs again.

    python -m fuzz NAME... [--seconds 60] [--found FOLDER]
    python -m fuzz NAME... --replay [FILE]...

NAME is one of the targets, or `all`. Fuzzing needs atheris and a CPython that it has wheels for,
3.11 to 3.13 on Linux. Any Python can run inputs again, such as one with sanitizers; without FILE
those of `fuzz/corpus`. What fails is kept in FOLDER, and the exit status is not 0.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"


def fuzz(name: str, seconds: int, found: Path) -> None:
    """Fuzz one target; ends the process."""
    import atheris

    # C code guides it, too, in the build of .ci/fuzz.
    with atheris.instrument_imports(include=["trieroute"]):
        from .targets import TARGETS, run

    assert name in TARGETS
    found.mkdir(parents=True, exist_ok=True)
    options = [f"-max_total_time={seconds}", "-max_len=400", "-timeout=20", "-print_final_stats=1"]
    options += [f"-artifact_prefix={found}/{name}-", "-close_fd_mask=0", "-verbosity=0"]
    new = found / f"corpus-{name}"
    new.mkdir(exist_ok=True)
    atheris.Setup(
        [sys.argv[0], *options, str(new), str(CORPUS / name)], lambda data: run(name, data)
    )
    atheris.Fuzz()


def replay(names: Sequence[str], files: Sequence[Path]) -> None:
    """Run inputs again: the given files, or all of the corpus."""
    from .targets import run

    for name in names:
        inputs = files or sorted((CORPUS / name).iterdir())
        for file in inputs:
            run(name, file.read_bytes())
        print(f"{name}: {len(inputs)} inputs")


def main() -> int:
    names = sorted(folder.name for folder in CORPUS.iterdir())
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("names", metavar="NAME", nargs="+", choices=[*names, "all"])
    parser.add_argument("--seconds", type=int, default=60, help="time for each target")
    parser.add_argument("--found", type=Path, default=Path("build/fuzz"), metavar="FOLDER")
    parser.add_argument("--replay", nargs="*", type=Path, metavar="FILE")
    given = parser.parse_args()
    chosen = names if "all" in given.names else given.names
    if given.replay is not None:
        replay(chosen, given.replay)
        return 0
    if len(chosen) == 1:
        fuzz(chosen[0], given.seconds, given.found)
    # libFuzzer ends its process, so each target has its own.
    options = ["--seconds", str(given.seconds), "--found", str(given.found)]
    # A signal ends one with a number below 0.
    ended = [subprocess.run([sys.executable, "-m", "fuzz", name, *options]) for name in chosen]
    return int(any(each.returncode for each in ended))


if __name__ == "__main__":
    sys.exit(main())
