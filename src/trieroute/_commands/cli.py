"""The command ``trieroute``, which collects the commands of this package."""

from __future__ import annotations

import click

from .._version import __version__
from .bench import bench
from .check import check
from .demo import demo
from .explain import explain
from .export import export
from .lint import lint
from .match_build import build, match
from .output import write_escapes
from .routes import routes
from .run import run
from .tree import tree

__all__ = ["cli"]


@click.group()
@click.version_option(__version__, prog_name="trieroute")
def cli() -> None:
    """Look into the routes of applications, run programs with trieroute, compare with Werkzeug.

    A rule table is a text file of one rule a line, such as "GET /users/<int:id>".
    """
    write_escapes()


for command in (routes, explain, lint, tree, export, bench, match, build, run, check, demo):
    cli.add_command(command)
