"""``trieroute bench``: what routing costs in an application."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial

import click

from .._inspection.bench import bench as measured
from .._inspection.comparison import SEED
from .._inspection.timing import ROUNDS
from .output import progress_of, show_table, write_json
from .target import application, json_option, target_argument

__all__ = ["bench"]


@click.command()
@target_argument
@click.option("--rounds", type=click.IntRange(1, 1000), default=ROUNDS, show_default=True)
@click.option(
    "--seed", type=int, default=SEED, show_default=True, help="Seed of the values in requests."
)
@json_option
def bench(target: str, rounds: int, seed: int, as_json: bool) -> None:
    """Measure what routing costs in an application, with its present router and with trieroute.

    APP is as for "trieroute routes". Requests and URLs are made up from its rules; its converters
    are called, its views are not. Times are medians of rounds in which the two routers take turns;
    of Starlette and FastAPI, the best round. On a busy machine, the ratio says more than the times.
    The exit status is 0, 1 when there was nothing to measure, and 2 when the application can't be
    loaded.
    """
    with application(target) as loaded:
        rows = measured(loaded, seed, rounds, partial(progress_of, description="Measuring"))
    if as_json:
        write_json([{**asdict(row), "ratio": row.ratio} for row in rows])
    elif rows:
        show_table(
            ("", rows[0].router, "trieroute", "ratio", "different calls"),
            [
                (
                    row.name,
                    f"{row.present_ns:,.0f} ns",
                    f"{row.trieroute_ns:,.0f} ns",
                    f"{row.ratio:.1f}",
                    f"{row.calls:,}",
                )
                for row in rows
            ],
        )
    else:
        click.echo("Error: there is nothing to measure", err=True)
    if not rows:
        raise SystemExit(1)
