"""``trieroute tree``: the trie of an application."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from ..inspection import html_page
from ..inspection import tree as tree_of
from .output import progress_of, show_tree, write_json
from .target import application, json_option, target_argument

__all__ = ["tree"]


@click.command()
@target_argument
@click.option(
    "--html",
    "file",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write a page that walks requests through the tree; it needs no network.",
)
@json_option
def tree(target: str, file: Path | None, as_json: bool) -> None:
    """Show the trie that requests to an application are walked through.

    APP is as for "trieroute routes". Each line is a segment of paths, or several where nothing
    branches; behind it are the methods and the endpoint of each rule that ends there, and the
    rule's place in the match order. Of Starlette and FastAPI, this is the trie that the routes make
    in their order, mounts unfolded. With --html, the converters are called to find mistakes, as
    "trieroute lint" does. The exit status is 0, and 2 when the application can't be loaded.
    """
    if file is not None and as_json:
        raise click.UsageError("--html writes a page and --json writes JSON: leave one of them out")
    page = b""
    with application(target) as loaded:
        if file is not None:
            progress = partial(progress_of, description="Checking")
            page = html_page(loaded, target, progress).encode(errors="backslashreplace")
        elif as_json:
            write_json(tree_of(loaded).as_dict())
        else:
            show_tree(tree_of(loaded))
    if file is not None:
        try:
            file.write_bytes(page)
        except OSError as error:
            raise click.FileError(str(file), error.strerror or "") from error
        click.echo(f"{file}: {len(page):,} bytes")
