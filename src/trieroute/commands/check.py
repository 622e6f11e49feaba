"""``trieroute check``: an application's own rules under Werkzeug and under trieroute."""

from __future__ import annotations

import traceback
from collections.abc import Iterable

import click

from ..inspection import (
    HEADINGS,
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
@click.option(
    "--accept",
    metavar="HEADING",
    multiple=True,
    callback=lambda context, parameter, value: _headings(value),
    help="A known difference that does not count for the exit status; its first words will do.",
)
@click.pass_context
def check(
    context: click.Context, target: str, order: str, seed: int, accept: tuple[str, ...]
) -> None:
    """Compare an application's own rules under Werkzeug and under trieroute.

    MODULE:APP is an application of Flask or Quart, a map, or a call that makes one, such as
    "example.web:create_app()". Requests and URLs are made up from the rules; the application's
    converters are called, its views are not. Known differences are shown by their heading on the
    page "Differences from Werkzeug". The exit status is 0 without a difference or with accepted
    ones alone, 1 with others, and 2 when nothing could be compared.
    """
    try:
        application = load_application(target)
        url_map = map_of(application)
        with context_of(application):
            comparison = compare(url_map, order, seed)
    except TargetError as error:
        raise click.BadParameter(str(error), param_hint="MODULE:APP") from error
    except (Exception, SystemExit):
        # What the application raises must not look like a difference.
        click.echo(traceback.format_exc(), err=True, nl=False)
        click.echo(f"Error: {target} raised the above, nothing was compared", err=True)
        context.exit(2)
    click.echo(str(comparison))
    context.exit(0 if all(d.known in accept for d in comparison.differences) else 1)


def _headings(beginnings: Iterable[str]) -> tuple[str, ...]:
    """Give the headings of known differences that begin with one of the texts."""
    found = []
    for beginning in beginnings:
        headings = [heading for heading in HEADINGS if heading.startswith(beginning)]
        if not headings:
            raise click.BadParameter(f"no known difference begins with {beginning!r}")
        found += headings
    return tuple(found)
