"""Run a suite on trieroute and without it, and compare: ``python -m tests.upstream NAME...``.

The packages that the suite needs must be installed; its tests come from the package index, or from
the directory that ``--sources`` names. The exit status is 1 when a test fails on trieroute that
does not fail without, or does not run there and passes without; and 2 when a suite could not be
compared, which keeps none of the others from running. Some suites have tests that a busy machine
makes fail: the files of those that fail on trieroute alone run once more, and they may pass then.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any, NoReturn

from .suites import SUITES, Suite

PLUGIN = "substitution"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.upstream", description=__doc__)
    parser.add_argument("names", metavar="NAME", nargs="+", choices=SUITES, help=", ".join(SUITES))
    parser.add_argument(
        "--sources", type=Path, help="Directory with the sources of the version that is installed."
    )
    given = parser.parse_args()
    if given.sources is not None and len(given.names) > 1:
        parser.error("--sources is for one suite")
    # A list, not a generator: every suite runs, whatever became of the first.
    return max([status_of(SUITES[name], given.sources) for name in given.names])


def status_of(suite: Suite, given: Path | None) -> int:
    """Run one suite; return the exit status, 2 where it can't be compared, which has been told."""
    try:
        return run(suite, given)
    except NotCompared as error:
        print(error, file=sys.stderr)
        return 2


def run(suite: Suite, given: Path | None) -> int:
    """Run one suite twice and print the comparison; return the exit status.

    :param given: its sources; ``None`` for those of the package index.
    """
    try:
        version = metadata.version(suite.distribution)
    except metadata.PackageNotFoundError:
        give_up(f"{suite.distribution} is not installed: pip install {suite.distribution}")
    if not version.startswith(suite.series):
        known = [suite.series] if isinstance(suite.series, str) else suite.series
        wanted = " or ".join(f"{series}x" for series in known)
        give_up(
            f"the suite of {suite.distribution} {wanted} is wanted, and {version} is installed:"
            f' pip install "{suite.distribution}=={known[0]}*"'
        )
    if given is None and ".dev" in version:
        give_up(
            f"{suite.distribution} {version} is installed, which the package index does not have:"
            " name the checkout that it was installed from by --sources"
        )
    with tempfile.TemporaryDirectory() as directory:
        sources = given or download(f"{suite.distribution}=={version}", Path(directory))
        theirs = outcomes(suite, sources, substituted=False)
        ours = outcomes(suite, sources, substituted=True)
        before, after = theirs["outcomes"], ours["outcomes"]
        if "passed" not in before.values():
            print(theirs["output"], file=sys.stderr)
            give_up(f"no test of {suite.distribution} passed without trieroute: {counts(before)}")
        worse = worsened(before, after)
        if worse:
            print(ours["output"])
            # A test may fail because of those before it: their file runs again as a whole.
            files = tuple(dict.fromkeys(test.partition("::")[0] for test in worse))
            again = outcomes(replace(suite, tests=files), sources, substituted=True)["outcomes"]
            for test in worse:
                first, second = after.get(test, "not run"), again.get(test, "not run")
                print(f"{test}: {first}, and {second} once more")
                if test in again:
                    after[test] = again[test]
                elif test not in before:
                    # It is a file that could not be imported, and could be this time.
                    del after[test]
            worse = worsened(before, after)
    if not ours["made"]:
        give_up(f"the suite has no {suite.count} on trieroute: the substitution has no effect")
    print(f"{suite.distribution} {version}, {' '.join(suite.tests)}, by {suite.substitution}")
    print(f"  without trieroute  {counts(before)}")
    print(f"  on trieroute       {counts(after)}, {ours['made']:,} {suite.count}")
    different = [test for test in {**before, **after} if before.get(test) != after.get(test)]
    for test in different:
        first, second = before.get(test, "not run"), after.get(test, "not run")
        print(f"  {test}: {first} without, {second} on trieroute")
    if not different:
        print("  the outcome of every test is the same")
    for test in (test for test in before if before[test] == after.get(test) == "failed"):
        print(f"  {test}: failed in both")
    return 1 if worse else 0


def worsened(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Return the tests that pass without trieroute alone, or fail on it alone."""
    return [
        test
        for test in {**before, **after}
        if before.get(test) == "passed" != after.get(test)
        or before.get(test) != "failed" == after.get(test)
    ]


def download(requirement: str, directory: Path) -> Path:
    """Unpack the sdist of *requirement*; return the directory of its sources."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-binary", ":all:", "--no-deps", "--dest", str(directory), requirement]
    checked(subprocess.run(command, capture_output=True, text=True), {0})
    (archive,) = directory.iterdir()
    shutil.unpack_archive(archive, directory, filter="data")
    (sources,) = (path for path in directory.iterdir() if path.is_dir())
    return sources


def outcomes(suite: Suite, sources: Path, substituted: bool) -> dict[str, Any]:
    """Run the tests in a process of their own; return the plugin's record and the output."""
    record = sources / "outcomes.json"
    command = [sys.executable, "-m", "pytest", "-q", "-p", PLUGIN, "-p", "no:cacheprovider"]
    command += ["--continue-on-collection-errors", f"--outcomes={record}"]
    command += [*suite.options, *suite.tests]
    if substituted:
        command.append(f"--substitution={suite.substitution}")
    path = os.pathsep.join(filter(None, [str(Path(__file__).parent), os.getenv("PYTHONPATH")]))
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": "0"}
    process = subprocess.run(
        command, cwd=sources, env=environment, capture_output=True, text=True, errors="replace"
    )
    # pytest's status: 0 when all tests passed, 1 when some failed.
    checked(process, {0, 1})
    found: dict[str, Any] = json.loads(record.read_text(encoding="utf-8"))
    record.unlink()
    return {**found, "output": process.stdout}


def checked(process: subprocess.CompletedProcess[str], allowed: set[int]) -> None:
    if process.returncode not in allowed:
        print(process.stdout, process.stderr, sep="\n", file=sys.stderr)
        give_up(f"exit status {process.returncode} of: {' '.join(process.args)}")


class NotCompared(Exception):
    """A suite could not be compared; the message says why."""


def give_up(message: str) -> NoReturn:
    raise NotCompared(message)


def counts(outcomes: dict[str, str]) -> str:
    numbers = Counter(outcomes.values())
    return ", ".join(f"{numbers[outcome]:,} {outcome}" for outcome in sorted(numbers))


if __name__ == "__main__":
    sys.exit(main())
