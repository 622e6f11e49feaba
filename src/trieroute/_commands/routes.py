"""``trieroute routes``: a table of the routes of an application."""

from __future__ import annotations

from dataclasses import asdict

import click

from ..inspection import RouteRow, route_rows
from .output import show_table, write_json
from .target import application, json_option, target_argument

__all__ = ["routes"]


@click.command()
@target_argument
@click.option(
    "--sort",
    type=click.Choice(["rule", "endpoint", "match"]),
    default="match",
    show_default=True,
    help="By rule, by endpoint, or in the order in which the routes are matched.",
)
@click.option("--filter", "text", metavar="TEXT", help="Routes with TEXT in rule or endpoint.")
@click.option("--method", metavar="NAME", help="Routes that take this method.")
@json_option
def routes(target: str, sort: str, text: str | None, method: str | None, as_json: bool) -> None:
    """List the routes of an application.

    APP is an application of Flask, Quart, Starlette or FastAPI, a router of trieroute's, or a map:
    "module:name", or a call that makes one, such as "example.web:create_app()". Mounts and included
    routers are unfolded. The exit status is 0, and 2 when the application can't be loaded.
    """
    with application(target) as loaded:
        rows = [row for row in route_rows(loaded) if _wanted(row, text, method)]
    if sort == "rule":
        rows.sort(key=lambda row: (row.rule, row.methods_text))
    elif sort == "endpoint":
        rows.sort(key=lambda row: (row.endpoint, row.rule))
    if as_json:
        write_json([asdict(row) for row in rows])
        return
    cells = [
        (
            row.rule,
            row.methods_text,
            row.endpoint,
            row.domain,
            ", ".join(f"{name}: {kind}" for name, kind in row.converters.items()),
        )
        for row in rows
    ]
    show_table(("rule", "methods", "endpoint", "domain", "converters"), cells)


def _wanted(row: RouteRow, text: str | None, method: str | None) -> bool:
    if text is not None and text.lower() not in f"{row.rule} {row.endpoint}".lower():
        return False
    return method is None or row.methods is None or method.upper() in row.methods
