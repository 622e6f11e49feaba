"""``trieroute check``: compares an application's rules under Werkzeug and under trieroute."""

from __future__ import annotations

from dataclasses import asdict

import click

from .._inspection.comparison import SEED
from .._inspection.starlette_routes import is_starlette
from .._rules.order import MATCH_ORDERS, MatchOrder
from ..inspection import compare
from .output import write_json, writing
from .target import application, json_option

__all__ = ["check"]


@click.command()
@click.argument("target", metavar="MODULE:APP")
@click.option(
    "--order",
    type=click.Choice(MATCH_ORDERS),
    help="The match order under trieroute, in place of the one that would be in force.",
)
@click.option(
    "--seed", type=int, default=SEED, show_default=True, help="Seed of the values in requests."
)
@click.option(
    "--strict", is_flag=True, help="Known differences and notes count for the exit status as well."
)
@json_option
@click.pass_context
def check(
    context: click.Context,
    target: str,
    order: MatchOrder | None,
    seed: int,
    strict: bool,
    as_json: bool,
) -> None:
    """Compare an application's own rules under Werkzeug and under trieroute.

    MODULE:APP is an application of Flask or Quart, a map, a router of trieroute's, or a call that
    makes one, such as "example.web:create_app()"; a file may stand in the place of the module, such
    as "example/web.py:app". Of an application of Starlette or FastAPI, the routes are compared with
    what speedup makes of them. Requests and URLs are made up from the rules; the application's
    converters are called, its views are not. Known differences are shown by their heading on the
    page "Differences from Werkzeug". The match order is the one that would be in force: that of a
    map of trieroute's, segments for the map of an application, which install keeps, and weights for
    a map that is going to be made of trieroute's class. The exit status is 0 without a difference
    or with known ones alone; 1 with others, when nothing is known of a rule, because no text was
    found for its variables or its converter raised an error for every one, and when trieroute's
    install would refuse the application; and 2 when nothing was compared.
    """
    with application(target) as loaded:
        if is_starlette(loaded) and order is not None:
            raise click.BadOptionUsage("--order", "the routes of Starlette have no other order")
        comparison = compare(loaded, order, seed=seed)
        if as_json:
            write_json(asdict(comparison))
        else:
            text = str(comparison)
            with writing():
                click.echo(text)
    if comparison.refusal is not None:
        context.exit(1)
    if comparison.is_empty:
        click.echo("Error: nothing was compared", err=True)
        context.exit(2)
    counting = (*comparison.differences, *comparison.notes) if strict else comparison.unexplained
    context.exit(1 if counting or comparison.untried else 0)
