"""``trieroute export``: the routes of an application for other programs."""

from __future__ import annotations

from pathlib import Path

import click

from .._inspection.drawing import dot, svg
from .._inspection.openapi import openapi_paths
from .._inspection.typescript import typescript
from .._inspection.value_text import json_text
from ..inspection import tree as tree_of
from .target import application, target_argument

__all__ = ["export"]


@click.command()
@target_argument
@click.option(
    "--format",
    "kind",
    type=click.Choice(["json", "openapi-paths", "dot", "svg", "ts"]),
    required=True,
    help="The tree as JSON; path items of OpenAPI 3.1; a graph for Graphviz; a picture; or a module"
    " of TypeScript that builds the URLs.",
)
@click.option(
    "--output",
    "file",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write to this file, in place of standard output.",
)
def export(target: str, kind: str, file: Path | None) -> None:
    """Write the routes of an application in a form for other programs.

    APP is as for "trieroute routes". What a format has no place for is named in what is written:
    rules of other domains and for WebSockets in OpenAPI and TypeScript, for instance. Mounts of
    routers are unfolded in OpenAPI. The exit
    status is 0, 1 when the file can't be written, and 2 when the application can't be loaded.
    """
    with application(target) as loaded:
        if kind == "openapi-paths":
            text = json_text(openapi_paths(loaded, target), indent=2) + "\n"
        elif kind == "json":
            text = json_text(tree_of(loaded).as_dict(), indent=2) + "\n"
        elif kind == "ts":
            text = typescript(tree_of(loaded).url_map, target)
        else:
            text = {"dot": dot, "svg": svg}[kind](tree_of(loaded))
    # These formats are in UTF-8, whatever the encoding of a terminal.
    written = text.encode(errors="backslashreplace")
    if file is None:
        click.echo(written, nl=False)
        return
    try:
        file.write_bytes(written)
    except OSError as error:
        raise click.FileError(str(file), error.strerror or "") from error
