"""``python -m benchmarks.instructions``: count the instructions of an operation, by callgrind.

A count does not depend on what else the machine does, so that one of before a change can be held
against one of after it. Each operation is done so many times and then more often; the difference,
over the difference of the times, is what one of them costs, the step of the loop around it
included.

One program counts all rows: valgrind starts it, and writes what it has counted at each call of a
function that nothing else calls. What a count depends on besides the code, which is the
interpreter, the compiler and the machine, is kept with it.
"""

from __future__ import annotations

import gc
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from trieroute._core.hosts import encoded

from .bench_parts import PARTS
from .peers import Refusal
from .results import Run
from .rows import Row
from .runner import MAIN, SUITES

__all__ = ["Counts", "compared", "count_matches", "counted", "look_for_valgrind"]

ROOT = Path(__file__).parent.parent
#: The counts of what landed last; CI compares with them.
LANDED = ROOT / "benchmarks" / "results" / "instructions.json"

#: How often an operation is done: before the count, so that the interpreter has learned how its
#: loop goes, and in the two runs whose difference is taken.
WARM_UP, SHORT, LONG = 300, 200, 1_200
#: The largest part by which a count may be above the one that landed last.
GROWTH = 0.05
#: A function of libc that neither Python nor any package calls by itself.
MARK = "getppid"

#: The suites of matches, and the size of the largest table that is counted for a page.
MATCHES, LARGEST = ("match", "scale", "miss"), 1_000

Named = tuple[str, str]


@dataclass(frozen=True)
class Counts:
    """Instructions of an operation, with what they depend on.

    :param environment: what the counts depend on besides the code, by name.
    :param instructions: instructions of one operation, by row and contestant in one text.
    """

    environment: dict[str, str]
    instructions: dict[str, float]

    def write(self, path: Path) -> None:
        """Write the counts to a JSON file."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Counts:
        """Read counts from a JSON file.

        :raise OSError: the file can't be read.
        :raise ValueError: it holds no counts.
        """
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (TypeError, ValueError) as error:
            raise ValueError(
                f"{path}: no counts of instructions: {error}; make them with"
                " python -m benchmarks.instructions --json PATH"
            ) from error


def environment() -> dict[str, str]:
    """Return what a count depends on besides the code, as far as it is known here."""
    compiler = (sysconfig.get_config_var("CC") or "cc").split()[0]
    try:
        output = subprocess.run([compiler, "--version"], capture_output=True, text=True).stdout
        compiled_by = output.partition("\n")[0]
    except OSError:
        compiled_by = "no compiler"
    return {
        "python": " ".join([platform.python_implementation(), *sys.version.split()]),
        # Where CPython was installed changes no count.
        "options": " ".join(
            re.findall(
                r"--(?:enable|with)-[\w-]+(?:=[\w.-]+)?",
                sysconfig.get_config_var("CONFIG_ARGS") or "",
            )
        ),
        "compiler": compiled_by,
        # The type of a compiled function tells it.
        "cython": type(encoded).__module__,
        "libc": " ".join(platform.libc_ver()),
        "machine": platform.machine(),
        "valgrind": subprocess.run(
            ["valgrind", "--version"], capture_output=True, text=True, check=True
        ).stdout.strip(),
    }


def look_for_valgrind() -> None:
    """Look whether instructions can be counted here.

    :raise Refusal: valgrind is missing.
    """
    if shutil.which("valgrind") is None:
        raise Refusal("instructions are counted by valgrind; install it: apt-get install valgrind")


def rows() -> Iterator[Row]:
    """Give the rows of all suites."""
    for suite in SUITES:
        yield from import_module(f"benchmarks.bench_{suite}").ROWS


def chosen(names: Iterable[str]) -> list[Named]:
    """Return the pairs of row and contestant that texts name.

    :param names: parts of a request, names of rows for their routers of the project's own, or
        ``row:contestant``.
    :raise ValueError: there is no such row or contestant.
    """
    known = {row.name: row for row in rows()}
    found: list[Named] = []
    for name in names:
        row, _, contestant = name.partition(":")
        if name in PARTS:
            found.append(("parts", name))
        elif row not in known:
            raise ValueError(f"no row {row!r}; there are {', '.join([*PARTS, *known])}")
        elif not contestant:
            found += [(row, one) for one in MAIN if one in known[row].contestants]
        elif contestant in known[row].contestants:
            found.append((row, contestant))
        else:
            there = ", ".join(known[row].contestants)
            raise ValueError(f"row {row!r} has no {contestant!r}; it has {there}")
    return found


def label(named: Named) -> str:
    """Return the name of a count."""
    row, contestant = named
    return contestant if row == "parts" else f"{row}:{contestant}"


def perform(pairs: Iterable[Named]) -> None:
    """Do the operations, and call the mark before and after each run."""
    known = {row.name: row for row in rows()}
    gc.disable()
    for row, contestant in pairs:
        entry = known[row].enter(contestant)
        entry.prepare(WARM_UP)()
        for times in (SHORT, LONG):
            run = entry.prepare(times)
            gc.collect()
            os.getppid()
            run()
            os.getppid()


def counted(pairs: list[Named], keep: Path | None = None) -> dict[str, float]:
    """Count the instructions of operations.

    :param pairs: rows and their contestants.
    :param keep: a directory for what callgrind writes, which its own tools show: after two files
        for each pair, of the run of so many operations and of that of more, comes the next pair.
    :return: instructions of one operation by name.
    :raise Refusal: valgrind is missing, or the operations failed; the message tells why.
    """
    look_for_valgrind()
    with tempfile.TemporaryDirectory() as scratch:
        output = (keep or Path(scratch)) / "counts"
        command = [
            *("valgrind", "--tool=callgrind", f"--dump-before={MARK}"),
            f"--callgrind-out-file={output}",
            *(sys.executable, "-m", "benchmarks.instructions", "--perform", json.dumps(pairs)),
        ]
        # Where strings lie in a dictionary depends on this seed.
        settings = {**os.environ, "PYTHONHASHSEED": "0"}
        done = subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True)
        if done.returncode:
            raise Refusal(f"the operations failed:\n{done.stderr}")
        totals = [
            int(re.findall(r"^totals: (\d+)", file.read_text(encoding="utf-8"), re.MULTILINE)[0])
            for file in (Path(f"{output}.{number + 1}") for number in range(4 * len(pairs)))
        ]
    return {
        label(pair): (totals[4 * number + 3] - totals[4 * number + 1]) / (LONG - SHORT)
        for number, pair in enumerate(pairs)
    }


def count_matches(run: Run) -> None:
    """Count the instructions of the floor's and trieroute's matches of a run, and keep them in it.

    Larger tables are left out: to make them takes too long where instructions are counted.

    :raise Refusal: as from :func:`counted`.
    """
    sizes = {row.name: row.size for row in rows()}
    figures = {
        (row.name, figure.contestant): figure
        for row in run.rows
        if row.suite in MATCHES and sizes.get(row.name, LARGEST + 1) <= LARGEST
        for figure in row.figures
        if figure.contestant in ("floor", "trieroute") and figure.rounds
    }
    counts = counted(list(figures)) if figures else {}
    for pair, figure in figures.items():
        figure.instructions = counts[label(pair)]


def compared(now: Counts, landed: Counts) -> tuple[list[str], bool]:
    """Hold counts against those that landed last.

    :return: what there is to say, in lines; and whether a count has grown too much.
    """
    different = [
        name
        for name in {**now.environment, **landed.environment}
        if now.environment.get(name) != landed.environment.get(name)
    ]
    if different:
        lines = ["NOT COMPARED: what the counts depend on is not what it was when they landed."]
        for name in different:
            lines.append(f"  {name}: {now.environment.get(name)!r}")
            lines.append(f"    landed: {landed.environment.get(name)!r}")
        return lines, False
    lines, grown = [], False
    for name, count in now.instructions.items():
        before = landed.instructions.get(name)
        if before is None:
            lines.append(f"{name}: {count:,.0f}, no count has landed")
            continue
        verdict = f"{count / before - 1:+.1%}"
        if count > before * (1 + GROWTH):
            grown = True
            verdict += f", above +{GROWTH:.0%}"
        lines.append(f"{name}: {count:,.0f}, landed {before:,.0f}: {verdict}")
    return lines, grown


@click.command()
@click.argument("names", nargs=-1, metavar="[ROW]...")
@click.option("--json", "json_path", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--check", is_flag=True, help=f"Fail if a count is {GROWTH:.0%} above the landed one."
)
@click.option("--keep", type=click.Path(file_okay=False, path_type=Path), help="Keep the profiles.")
@click.option("--perform", "pairs", hidden=True)
def main(
    names: tuple[str, ...],
    json_path: Path | None,
    check: bool,
    keep: Path | None,
    pairs: str | None,
) -> None:
    """Count the instructions of one operation of each ROW.

    A ROW is a part of a request (all of them if none is given), a row of python -m benchmarks for
    the floor, trieroute and Werkzeug, or one contestant of such a row as ROW:CONTESTANT.
    """
    if pairs is not None:
        perform(json.loads(pairs))
        return
    try:
        if keep is not None:
            keep.mkdir(parents=True, exist_ok=True)
        wanted = chosen(names or PARTS)
        now = Counts(environment(), counted(wanted, keep))
        landed = Counts.read(LANDED) if check else None
    except (Refusal, ValueError, OSError) as error:
        raise click.ClickException(str(error)) from error
    show(now)
    if json_path is not None:
        now.write(json_path)
    if landed is not None:
        lines, grown = compared(now, landed)
        print("\n".join(lines))
        if grown:
            sys.exit(
                "An operation takes more instructions. If it has to, say in the commit why, and"
                f" write the new counts: python -m benchmarks.instructions --json {LANDED}"
            )


def show(counts: Counts) -> None:
    """Print counts as a table."""
    from rich.console import Console
    from rich.table import Table

    table: Any = Table(caption=counts.environment["python"], header_style="bold")
    table.add_column("operation", no_wrap=True)
    table.add_column("instructions", justify="right")
    for name, count in counts.instructions.items():
        table.add_row(name, f"{count:,.0f}")
    Console(width=100).print(table)


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.instructions")
