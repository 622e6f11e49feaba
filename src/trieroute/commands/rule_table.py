"""``trieroute match`` and ``trieroute build``: a request or a URL, by a rule table in a file."""

from __future__ import annotations

import timeit
from collections.abc import Iterable

import click
from werkzeug.exceptions import HTTPException

from .._core.adapter import MapAdapter
from ..errors import BuildError
from ..map import Map
from ..tables import read_table
from ..url_for import quote_anchor
from .printing import echo_columns, failure, listing

__all__ = ["build", "match"]

#: The number of repetitions of a measurement, of which the best is reported.
REPEATS = 5
#: The least number of seconds that a repetition takes.
REPEAT_SECONDS = 0.01


@click.command()
@click.argument("table", metavar="FILE", type=click.Path(exists=True, dir_okay=False))
@click.argument("method")
@click.argument("path")
@click.option(
    "--order",
    type=click.Choice(["weights", "segments", "registration"]),
    default="weights",
    show_default=True,
    help="The order in which the rules are tried.",
)
@click.option("--host", metavar="NAME", default="localhost", show_default=True)
@click.pass_context
def match(
    context: click.Context, table: str, method: str, path: str, order: str, host: str
) -> None:
    """Match METHOD and PATH against the rules in FILE.

    PATH is taken as it stands, without decoding of percent signs. The exit status is 0 when a
    rule matches and 1 when the result is a redirect or an error.
    """
    adapter = _bound(table, host, order)
    try:
        endpoint, values = adapter.match(path, method)
    except HTTPException as error:
        click.echo(failure(error))
        context.exit(1)
    timer = timeit.Timer(
        "match(path, method)", globals={"match": adapter.match, "path": path, "method": method}
    )
    echo_columns(
        (("endpoint", endpoint), ("values", listing(values)), ("time", _time(timer, "match")))
    )


@click.command()
@click.argument("table", metavar="FILE", type=click.Path(exists=True, dir_okay=False))
@click.argument("endpoint")
@click.argument("pairs", metavar="[KEY=VALUE]...", nargs=-1)
@click.option("--method", metavar="NAME", help="HTTP method that the rule has to take.")
@click.option(
    "--host", metavar="NAME", default="localhost", show_default=True, help="Host of a full URL."
)
@click.option(
    "--scheme",
    type=click.Choice(["http", "https", ""]),
    help="Give a full URL with this scheme; with an empty one, a URL that starts with two slashes.",
)
@click.option("--external", is_flag=True, help="Give a full URL.")
@click.option("--anchor", metavar="TEXT", help="What to put behind a # at the end.")
def build(
    table: str,
    endpoint: str,
    pairs: tuple[str, ...],
    method: str | None,
    host: str,
    scheme: str | None,
    external: bool,
    anchor: str | None,
) -> None:
    """Build the URL of ENDPOINT, one of the rules in FILE.

    ENDPOINT is what "trieroute match" prints: method and rule as they stand in FILE, such as
    "GET /users/{id}". A KEY that is no variable of the rule goes into the query; one that is given
    several times is a list. The exit status is 0 when a URL can be built and 1 when none can.
    """
    values = _values(pairs)
    adapter = _bound(table, host)
    arguments = (
        endpoint,
        values,
        None if method is None else method.upper(),
        external or scheme is not None,
        True,
        scheme,
    )
    try:
        url = adapter.build(*arguments)
        if anchor is not None:
            url = f"{url}#{quote_anchor(anchor)}"
    except BuildError as error:
        raise click.ClickException(str(error)) from error
    except (ValueError, TypeError) as error:
        raise click.ClickException(f"no URL for {endpoint!r}: {error}") from error
    timer = timeit.Timer(
        "build(*arguments)", globals={"build": adapter.build, "arguments": arguments}
    )
    echo_columns((("url", url), ("time", _time(timer, "build"))))


def _bound(table: str, host: str, order: str = "weights") -> MapAdapter:
    """Read a rule table and bind its rules to a host."""
    try:
        return Map(read_table(table), match_order=order).bind(host)
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise click.ClickException(_message(error)) from error
    except HTTPException as error:
        raise click.BadParameter(f"{host!r} is no host name", param_hint="--host") from error


def _values(pairs: Iterable[str]) -> dict[str, str | list[str]]:
    """Read ``KEY=VALUE`` pairs; a key that occurs several times has a list of values."""
    lists: dict[str, list[str]] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not (key and equals):
            raise click.BadArgumentUsage(f"{pair!r} is not of the form KEY=VALUE")
        lists.setdefault(key, []).append(value)
    return {key: items if len(items) > 1 else items[0] for key, items in lists.items()}


def _time(timer: timeit.Timer, action: str) -> str:
    """Measure how long one action takes, and return that as text."""
    loops = 1
    while timer.timeit(loops) < REPEAT_SECONDS:
        loops *= 10
    seconds = min(timer.repeat(REPEATS, loops)) / loops
    return f"{seconds * 1e9:,.0f} ns a {action}, best of {REPEATS} x {loops:,}"


def _message(error: Exception) -> str:
    # The str() of a KeyError is the repr of its message.
    return str(error.args[0]) if isinstance(error, LookupError) and error.args else str(error)
