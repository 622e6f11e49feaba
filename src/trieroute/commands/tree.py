"""``trieroute tree``: the trie of an application."""

from __future__ import annotations

import json

import click

from ..inspection import tree as tree_of
from .output import show_tree
from .target import application, json_option, target_argument

__all__ = ["tree"]


@click.command()
@target_argument
@json_option
def tree(target: str, as_json: bool) -> None:
    """Show the trie that requests to an application are walked through.

    APP is as for "trieroute routes". Each line is a segment of paths, or several where nothing
    branches; behind it are the methods and the endpoint of each rule that ends there, and the
    rule's place in the match order. Of Starlette and FastAPI, this is the trie that the routes make
    in their order, mounts unfolded. The exit status is 0, and 2 when the application can't be
    loaded.
    """
    with application(target) as loaded:
        found = tree_of(loaded)
    if as_json:
        click.echo(json.dumps(found.as_dict(), indent=2))
    else:
        show_tree(found)
