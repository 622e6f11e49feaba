"""The command ``trieroute``, which collects the commands of this package."""

from __future__ import annotations

import click

from .check import check
from .demo import demo
from .rule_table import build, match
from .run import run

__all__ = ["cli"]


@click.group()
@click.version_option(package_name="trieroute")
def cli() -> None:
    """Run programs with trieroute, compare applications with Werkzeug, look into rule tables.

    A rule table is a text file of one rule a line, such as "GET /users/<int:id>".
    """


for command in (match, build, run, check, demo):
    cli.add_command(command)
