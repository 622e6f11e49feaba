"""``trieroute lint``: what is likely a mistake in the routes of an application."""

from __future__ import annotations

from collections import Counter
from functools import partial

import click

from ..inspection import Kind, check
from .output import progress_of, show_report, write_json
from .target import application, json_option, target_argument

__all__ = ["lint"]


@click.command()
@target_argument
@click.option(
    "--ignore",
    metavar="KIND",
    type=click.Choice([str(kind) for kind in Kind]),
    multiple=True,
    help=f"Leave findings of a kind out; may be repeated. Kinds are {', '.join(Kind)}.",
)
@json_option
@click.pass_context
def lint(context: click.Context, target: str, ignore: tuple[str, ...], as_json: bool) -> None:
    """Look for what is likely a mistake in the routes of an application.

    APP is as for "trieroute routes". Requests and URLs are tried on its map; its converters are
    called, its views are not. The exit status is 0 without findings, 1 with some, and 2 when the
    application can't be loaded.
    """
    with application(target) as loaded:
        found = check(loaded, partial(progress_of, description="Checking"))
        found = [finding for finding in found if finding.kind not in ignore]
        if as_json:
            write_json([finding.as_dict() for finding in found])
        for finding in found if not as_json else ():
            show_report(f"{finding}\n")
    if not as_json:
        kinds = Counter(str(finding.kind) for finding in found)
        numbers = ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items()))
        click.echo(f"{len(found)} found: {numbers}" if found else "Nothing found.")
    context.exit(1 if found else 0)
