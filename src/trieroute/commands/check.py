"""``trieroute check``: compares an application's rules under Werkzeug and under trieroute."""

from __future__ import annotations

import traceback

import click

from ..inspection import (
    ORDERS,
    SEED,
    TargetError,
    compare,
    context_of,
    load_application,
    map_of,
)

__all__ = ["check"]


@click.command()
@click.argument("target", metavar="MODULE:APP")
@click.option(
    "--order",
    type=click.Choice(ORDERS),
    default="segments",
    show_default=True,
    help="The match order under trieroute; Werkzeug's is segments.",
)
@click.option(
    "--seed", type=int, default=SEED, show_default=True, help="Seed of the values in requests."
)
@click.option("--strict", is_flag=True, help="Known differences count for the exit status as well.")
@click.pass_context
def check(context: click.Context, target: str, order: str, seed: int, strict: bool) -> None:
    """Compare an application's own rules under Werkzeug and under trieroute.

    MODULE:APP is an application of Flask or Quart, a map, or a call that makes one, such as
    "example.web:create_app()". Requests and URLs are made up from the rules; the application's
    converters are called, its views are not. Known differences are shown by their heading on the
    page "Differences from Werkzeug". The exit status is 0 without a difference or with known ones
    alone, 1 with others and when trieroute's install would refuse the application, and 2 when
    nothing could be compared.
    """
    try:
        application = load_application(target)
        map_of(application)
        with context_of(application):
            comparison = compare(application, order, seed)
    except TargetError as error:
        raise click.BadParameter(str(error), param_hint="MODULE:APP") from error
    except (Exception, SystemExit):
        # An exception of the application must not end with the exit status of a difference.
        click.echo(traceback.format_exc(), err=True, nl=False)
        click.echo(f"Error: {target} raised the above, nothing was compared", err=True)
        context.exit(2)
    click.echo(str(comparison))
    counting = comparison.differences if strict else comparison.unexplained
    context.exit(1 if counting or comparison.refusal is not None else 0)
