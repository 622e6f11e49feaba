"""``trieroute run``, so that it is among the other commands; ``__main__`` runs it without click."""

from __future__ import annotations

import click

from .._dropin import run as running

__all__ = ["run"]


@click.command(
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def run(arguments: tuple[str, ...]) -> None:
    """Run a Python program with trieroute in place of Werkzeug's router."""
    running.run(arguments)
