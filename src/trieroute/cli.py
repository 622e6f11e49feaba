"""The command ``trieroute``: its commands are in ``commands``."""

from __future__ import annotations

import click

from .commands.check import check
from .commands.demo import demo
from .commands.rule_table import build, match
from .commands.run import run

__all__ = ["cli"]


@click.group()
@click.version_option(package_name="trieroute")
def cli() -> None:
    """Run programs with trieroute, compare applications with Werkzeug, look into rule tables.

    A rule table is a text file of one rule a line, such as "GET /users/<int:id>".
    """


for command in (match, build, run, check, demo):
    cli.add_command(command)
