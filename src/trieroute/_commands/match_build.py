"""``trieroute match`` and ``trieroute build``: a request or a URL, by a rule table in a file."""

from __future__ import annotations

import sys
import timeit
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import click
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from .._core.map_adapter import MapAdapter
from .._core.quoting import quote_anchor
from .._core.werkzeug_version import DUPLICATE_RULE_ERROR
from .._errors import BuildError
from .._inspection.outcomes import match_outcome
from .._inspection.value_text import plain_values
from .._map import Map
from .._rules.order import MatchOrder
from .._rules.rule import Rule
from ..tables import parse_table, read_table
from .output import write_json, write_line
from .target import json_option, method_argument

__all__ = ["build", "match"]

#: The number of repetitions of a measurement, of which the best is reported, and of calls in each.
_REPEATS, _CALLS = 5, 10_000
#: A rule table: the name of a file, or a hyphen for standard input.
_TABLE = click.Path(exists=True, dir_okay=False, allow_dash=True)
#: What is raised for a rule that a table has twice, if anything is.
_DUPLICATE: Any = DUPLICATE_RULE_ERROR or ()
_timed = click.option("--time", "timed", is_flag=True, help="Measure how long it takes.")


@click.command()
@click.argument("table", metavar="FILE", type=_TABLE)
@method_argument
@click.argument("path")
@click.option(
    "--order",
    type=click.Choice(["weights", "segments", "registration"]),
    default="weights",
    show_default=True,
    help="The order in which the rules are tried.",
)
@click.option("--host", metavar="NAME", default="localhost", show_default=True)
@_timed
@json_option
@click.pass_context
def match(
    context: click.Context,
    table: str,
    method: str,
    path: str,
    order: MatchOrder,
    host: str,
    timed: bool,
    as_json: bool,
) -> None:
    """Match METHOD and PATH against the rules in FILE, or in standard input if FILE is "-".

    PATH is taken as it stands, without decoding of percent signs. The exit status is 0 when a
    rule matches and 1 when the result is a redirect or an error.
    """
    adapter = _bound(table, host, order)
    outcome = match_outcome(adapter, path, method)
    found = outcome.rule is not None
    nanoseconds = _time(partial(adapter.match, path, method)) if timed and found else None
    if as_json:
        endpoint = outcome.rule.endpoint if found else None
        values = plain_values(outcome.values) if found else None
        told = {"outcome": str(outcome), "endpoint": endpoint, "values": values}
        write_json({**told, "match_ns": nanoseconds})
    elif found:
        write_line(f"  endpoint  {outcome.rule.endpoint}")
        write_line(f"  values    {outcome.values_text or 'none'}")
        if nanoseconds is not None:
            write_line(f"  time      {nanoseconds:,.0f} ns a match")
    else:
        write_line(str(outcome))
    context.exit(0 if found else 1)


@click.command()
@click.argument("table", metavar="FILE", type=_TABLE)
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
@_timed
@json_option
def build(
    table: str,
    endpoint: str,
    pairs: tuple[str, ...],
    method: str | None,
    host: str,
    scheme: str | None,
    external: bool,
    anchor: str | None,
    timed: bool,
    as_json: bool,
) -> None:
    """Build the URL of ENDPOINT, one of the rules in FILE, or in standard input if FILE is "-".

    ENDPOINT is what "trieroute match" prints: method and rule as they stand in FILE, such as
    "GET /users/{id}". A KEY that is no variable of the rule goes into the query; one that is given
    several times is a list. The exit status is 0 when a URL can be built and 1 when none can.
    """
    adapter = _bound(table, host)
    build_url = partial(
        adapter.build,
        endpoint,
        _values(pairs),
        None if method is None else method.upper(),
        force_external=external or scheme is not None,
        url_scheme=scheme,
    )
    try:
        url = build_url()
        if anchor is not None:
            url = f"{url}#{quote_anchor(anchor)}"
    except BuildError as error:
        raise click.ClickException(str(error)) from error
    except (ValueError, TypeError) as error:
        reason = str(error).removeprefix(f"endpoint {endpoint!r}, ")
        reason = ": ".join([*getattr(error, "__notes__", ())[:1], reason])
        raise click.ClickException(f"no URL for {endpoint!r}: {reason}") from error
    nanoseconds = _time(build_url) if timed else None
    if as_json:
        write_json({"url": url, "build_ns": nanoseconds})
        return
    write_line(f"  url   {url}")
    if nanoseconds is not None:
        write_line(f"  time  {nanoseconds:,.0f} ns a URL")


def _bound(table: str, host: str, order: MatchOrder = "weights") -> MapAdapter:
    """Read a rule table and bind its rules to a host."""
    try:
        return Map(_rules(table), match_order=order).bind(host)
    except _DUPLICATE as error:
        raise click.ClickException(error.__notes__[0]) from error
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise click.ClickException(str(error)) from error
    except HTTPException as error:
        raise click.BadParameter(f"{host!r} is no host name", param_hint="--host") from error


def _rules(table: str) -> list[Rule]:
    if table != "-":
        return read_table(table)
    if sys.stdin is None:
        raise click.ClickException("standard input is closed; name the file of the table")
    with click.open_file(table, encoding="utf-8-sig") as lines:
        return parse_table(lines, "<stdin>")


def _values(pairs: Iterable[str]) -> MultiDict[str, str]:
    """Read ``KEY=VALUE`` pairs, in which a key may occur several times."""
    values: MultiDict[str, str] = MultiDict()
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not (key and equals):
            raise click.BadArgumentUsage(f"{pair!r} is not of the form KEY=VALUE")
        values.add(key, value)
    return values


def _time(call: Callable[[], object]) -> float:
    """Measure how many nanoseconds a call takes."""
    return min(timeit.repeat(call, repeat=_REPEATS, number=_CALLS)) / _CALLS * 1e9
