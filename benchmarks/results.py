"""Results: what a run has measured, as it is written to JSON and read again.

Everything that is shown is computed from here: medians, ratios, and whether a target is met.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .peers import PEERS, versions
from .rows import Row, Target

__all__ = ["Figure", "RowResult", "Run", "Verdict"]

#: Distributions whose versions are part of a run.
PACKAGES = ("flask", "Quart", "fastapi", "Cython", "pytest-benchmark")


#: The load of the machine, in programs that want to run, from which a page tells of it.
BUSY = 0.5


@dataclass
class Figure:
    """What a contestant of a row costs.

    :param contestant: its name.
    :param state: ``"measured"``; ``"refused"`` when it can't take part, ``"failed"`` when an
        error kept it from it. The remark says why.
    :param remark: what a reader has to know.
    :param checked: number of answers that were checked.
    :param wrong: number of them that were wrong.
    :param operations: operations in a round.
    :param rounds: cost of one operation in each round.
    :param instructions: instructions of one operation; ``None`` if they were not counted.
    """

    contestant: str
    state: str = "measured"
    remark: str = ""
    checked: int = 0
    wrong: int = 0
    operations: int = 0
    rounds: list[float] = field(default_factory=list)
    instructions: float | None = None

    @property
    def best(self) -> float | None:
        """The lowest cost of an operation."""
        return min(self.rounds, default=None)

    @property
    def median(self) -> float | None:
        """The median cost of an operation; all ratios are of medians."""
        return statistics.median(self.rounds) if self.rounds else None


@dataclass(frozen=True)
class Verdict:
    """What became of a target.

    :param target: the target.
    :param value: what was measured in its place; ``None`` if something was not measured.
    """

    target: Target
    value: float | None

    @property
    def met(self) -> bool | None:
        """Whether the target is met; ``None`` if that was not measured."""
        if self.value is None:
            return None
        bound = self.target.bound
        return self.value >= bound if self.target.least else self.value <= bound


@dataclass(frozen=True)
class RowResult:
    """One row with its figures; the parameters are those of :class:`rows.Row`."""

    suite: str
    name: str
    title: str
    unit: str
    charted: bool
    targets: list[Target]
    figures: list[Figure]

    @classmethod
    def of(cls, suite: str, row: Row, figures: Iterable[Figure]) -> RowResult:
        """Return the result of a row."""
        return cls(
            suite, row.name, row.title, row.unit, row.charted, list(row.targets), list(figures)
        )

    def figure(self, contestant: str) -> Figure | None:
        """Return the figure of a contestant, ``None`` if it did not take part."""
        return next((one for one in self.figures if one.contestant == contestant), None)

    def median(self, contestant: str) -> float | None:
        """Return the median of a contestant, ``None`` if there is none."""
        figure = self.figure(contestant)
        return None if figure is None else figure.median

    def fastest_other(self) -> Figure | None:
        """Return the fastest router but trieroute whose answers are complete and right."""
        others = [
            figure
            for figure in self.figures
            if figure.rounds
            and not figure.wrong
            and figure.contestant in PEERS
            and figure.contestant not in ("floor", "trieroute")
            and "no values" not in figure.remark
        ]
        return min(others, key=lambda figure: figure.median or 0.0, default=None)

    def verdicts(self) -> list[Verdict]:
        """Return what became of the targets."""
        return [Verdict(target, self._value(target)) for target in self.targets]

    def _value(self, target: Target) -> float | None:
        own = self.median(target.subject)
        if target.than is None or own is None:
            return own
        if target.than == "others":
            fastest = self.fastest_other()
            other = None if fastest is None else fastest.median
        else:
            other = self.median(target.than)
        if other is None:
            return None
        return other / own if target.least else own / other


@dataclass(frozen=True)
class Run:
    """One run: where and when it was, and its rows.

    :param machine: what the run depends on, by name.
    :param versions: installed versions by distribution, ``None`` for one that is missing.
    :param settings: how long was measured.
    :param rows: the rows.
    """

    machine: dict[str, Any]
    versions: dict[str, str | None]
    settings: dict[str, Any]
    rows: list[RowResult]

    @classmethod
    def here(cls, settings: dict[str, Any], rows: Iterable[RowResult]) -> Run:
        """Return a run on this machine, now."""
        packages = [peer.package for peer in PEERS.values() if peer.package is not None]
        return cls(machine(), versions((*packages, *PACKAGES)), settings, list(rows))

    def write(self, path: Path) -> None:
        """Write the run to a JSON file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Run:
        """Read a run from a JSON file.

        :raise OSError: the file can't be read.
        :raise ValueError: it holds no run.
        """
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            rows = [
                RowResult(
                    **{
                        **row,
                        "targets": [Target(**target) for target in row["targets"]],
                        "figures": [Figure(**figure) for figure in row["figures"]],
                    }
                )
                for row in content["rows"]
            ]
            return cls(content["machine"], content["versions"], content["settings"], rows)
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f"{path}: not the result of a run: {error}; make one with"
                " python -m benchmarks --json PATH"
            ) from error

    def suites(self) -> dict[str, list[RowResult]]:
        """Return the rows by suite, in order."""
        found: dict[str, list[RowResult]] = {}
        for row in self.rows:
            found.setdefault(row.suite, []).append(row)
        return found

    def caption(self) -> str:
        """Return machine, Python, date, and what else there is to know in one line."""
        machine = self.machine
        rest = f"; {self.settings['rounds']} rounds" if "rounds" in self.settings else ""
        if self.settings.get("load", 0) > BUSY:
            rest += f"; other programs ran, {self.settings['load']:.0f} at a time when it began"
        return (
            f"{machine['cpu']}, {machine['cores']} cores; {machine['os']};"
            f" {machine['python']}; {machine['date'][:10]}{rest}"
        )


def machine() -> dict[str, Any]:
    """Return what the figures depend on besides the packages."""
    return {
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "architecture": platform.machine(),
        "os": f"{platform.system()} {platform.release()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "compiler": platform.python_compiler(),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
