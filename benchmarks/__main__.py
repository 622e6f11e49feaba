"""``python -m benchmarks``: measure everything side by side, show it, and keep it."""

from __future__ import annotations

import os
from dataclasses import asdict, replace
from pathlib import Path

import click
from rich.console import Console

from .chart import draw
from .instructions import count_matches, look_for_valgrind
from .peers import PEERS, Refusal
from .report import as_markdown, as_table
from .results import Run
from .runner import FULL, QUICK, SUITES, measured_apart

#: Columns of a table that goes into a file.
WIDTH = 120
FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option("--quick", is_flag=True, help="Fewer and shorter rounds; leaves out slow routers.")
@click.option(
    "--only", multiple=True, type=click.Choice(SUITES), help="Run this suite (repeatable)."
)
@click.option(
    "--peers", multiple=True, type=click.Choice(list(PEERS)), help="This router (repeatable)."
)
@click.option("--rounds", type=click.IntRange(1), help="So many rounds of each router.")
@click.option(
    "--instructions", is_flag=True, help="Count the instructions of matches, too, by valgrind."
)
@click.option("--json", "json_path", type=FILE, help="Write the rounds to this file.")
@click.option("--chart", "chart_path", type=FILE, help="Draw the chart, a .png or .svg file.")
@click.option("--markdown", "markdown_path", type=FILE, help="Write the results as Markdown.")
@click.option("--read", "read_path", type=FILE, help="Show this JSON file's run; measure no time.")
def main(
    quick: bool,
    only: tuple[str, ...],
    peers: tuple[str, ...],
    rounds: int | None,
    instructions: bool,
    json_path: Path | None,
    chart_path: Path | None,
    markdown_path: Path | None,
    read_path: Path | None,
) -> None:
    """Measure trieroute beside other routers, and print one table.

    Each suite has a process of its own, in which its routers are measured in turn.
    """
    if read_path is not None and (quick or only or peers or rounds):
        raise click.UsageError(
            "--read measures no time, so it goes without --quick, --only, --peers, --rounds"
        )
    if instructions:
        # A run takes half an hour, and counts at its end.
        try:
            look_for_valgrind()
        except Refusal as error:
            raise click.ClickException(str(error)) from error
    if read_path is None:
        settings = QUICK if quick else FULL
        if rounds is not None:
            # Slow routers get fewer rounds as well.
            budget = settings.budget_ns * min(1, rounds / settings.rounds)
            settings = replace(settings, rounds=rounds, budget_ns=budget)
        load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
        suites = [suite for suite in SUITES if suite in only or not only]
        try:
            rows = [row for suite in suites for row in measured_apart(suite, settings, peers)]
        except RuntimeError as error:
            raise click.ClickException(str(error)) from error
        run = Run.here({"quick": quick, "load": load, **asdict(settings)}, rows)
    else:
        try:
            run = Run.read(read_path)
        except (OSError, ValueError) as error:
            raise click.ClickException(str(error)) from error
    if instructions:
        try:
            count_matches(run)
        except Refusal as error:
            raise click.ClickException(str(error)) from error
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDTH)
    console.print(as_table(run))
    if json_path is not None:
        run.write(json_path)
    if markdown_path is not None:
        markdown_path.write_text(as_markdown(run), encoding="utf-8")
    if chart_path is not None:
        try:
            draw(run, chart_path)
        except ValueError as error:
            raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main(prog_name="python -m benchmarks")
