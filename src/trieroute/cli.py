"""The command ``trieroute``: match one request against a rule table, or see a demonstration.

The demonstration also runs Werkzeug's router, to check the results and to compare the speed.
"""

from __future__ import annotations

import gc
import platform
import random
import re
import statistics
import timeit
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import metadata
from time import perf_counter, perf_counter_ns
from typing import Any, NamedTuple

import click
import werkzeug.routing
from werkzeug.exceptions import HTTPException

from . import Map, MapAdapter, MethodNotAllowed, RequestRedirect, Rule
from .ordering import MATCH_ORDERS
from .tables import github_rest_api, read_table

__all__ = ["cli"]

#: Repetitions of the measurement of ``trieroute match``; the best one is reported.
MATCH_REPEATS = 5
#: Rounds of the comparison in ``trieroute demo``; the median is reported.
DEMO_ROUNDS = 31
#: Seed of the values that stand for the variables in the demonstration's requests.
DEMO_SEED = 1225

DEMO_HOST = "api.github.com"
DEMO_REQUESTS = (
    "GET /user/emails",
    "GET /users/octocat",
    "GET /repos/octocat/hello-world/issues/1347",
    "POST /repos/octocat/hello-world/issues",
    "GET /no/such/page",
    "DELETE /repos/octocat/hello-world/issues",
    "GET /repos//octocat/hello-world",
)


class Request(NamedTuple):
    """One request to be matched: ``adapter.match(*request)``."""

    path: str
    method: str


@click.group()
@click.version_option(package_name="trieroute")
def cli() -> None:
    """Look into rule tables: text files of one rule a line, such as "GET /users/<int:id>"."""


@cli.command()
@click.argument("table", metavar="FILE", type=click.Path(exists=True, dir_okay=False))
@click.argument("method")
@click.argument("path")
@click.option(
    "--order",
    type=click.Choice(list(MATCH_ORDERS)),
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
    try:
        adapter = Map(read_table(table), match_order=order).bind(host)
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise click.ClickException(_message(error)) from error
    except HTTPException as error:
        raise click.BadParameter(f"{host!r} is no host name", param_hint="--host") from error

    try:
        endpoint, values = adapter.match(path, method)
    except HTTPException as error:
        click.echo(_failure(error))
        context.exit(1)
    timer = timeit.Timer(
        "match(path, method)", globals={"match": adapter.match, "path": path, "method": method}
    )
    loops, _ = timer.autorange()
    seconds = min(timer.repeat(MATCH_REPEATS, loops)) / loops
    _echo_columns(
        (
            ("endpoint", endpoint),
            ("values", _listing(values)),
            ("time", f"{seconds * 1e9:,.0f} ns a match, best of {MATCH_REPEATS} x {loops:,}"),
        )
    )


@cli.command()
def demo() -> None:
    """Route GitHub's REST API, and compare with Werkzeug."""
    rules = github_rest_api()
    ours, our_seconds = _timed_map(Map, Rule, rules)
    theirs, their_seconds = _timed_map(werkzeug.routing.Map, werkzeug.routing.Rule, rules)
    our_adapter = ours.bind(DEMO_HOST, url_scheme="https")
    their_adapter = theirs.bind(DEMO_HOST, url_scheme="https")

    click.secho(f"GitHub's REST API: {len(rules):,} rules", bold=True)
    click.echo()
    for request in DEMO_REQUESTS:
        method, path = request.split()
        click.echo(f"  {request}")
        for line in _outcome(our_adapter, Request(path, method)):
            click.echo(f"      {line}")

    click.echo()
    click.secho("Beside Werkzeug: one request for each rule", bold=True)
    click.echo()
    requests = _example_requests(rules)
    _check_same_outcomes(our_adapter, their_adapter, requests)
    click.echo(f"Same endpoint and values in both for {len(requests):,} of {len(requests):,}.")
    click.echo()
    our_rate, their_rate = _rates(our_adapter.match, their_adapter.match, requests)
    _echo_columns(
        (
            ("", "matches a second", "rules made and compiled"),
            _speed_row("werkzeug", their_rate, their_seconds),
            _speed_row("trieroute", our_rate, our_seconds),
            ("ratio", f"{our_rate / their_rate:.1f}", f"{their_seconds / our_seconds:.1f}"),
        )
    )
    click.echo()
    click.echo(
        f"{platform.python_implementation()} {platform.python_version()}; rates are medians of"
        f" {DEMO_ROUNDS} interleaved rounds,\neach over new path strings; the rules were made and"
        " compiled once."
    )


def _outcome(adapter: MapAdapter | werkzeug.routing.MapAdapter, request: Request) -> list[str]:
    """Return the lines that tell what a match returns or raises."""
    try:
        endpoint, values = adapter.match(*request)
    except HTTPException as error:
        return [_failure(error)]
    return [str(endpoint), _listing(values)] if values else [str(endpoint)]


def _failure(error: HTTPException) -> str:
    if isinstance(error, RequestRedirect):
        return f"{error.code} redirect to {error.new_url}"
    if isinstance(error, MethodNotAllowed):
        allowed = ", ".join(sorted(error.valid_methods or ()))
        return f"{error.code} {error.name} (allowed: {allowed})"
    return f"{error.code} {error.name}"


def _listing(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in values.items()) or "none"


def _message(error: Exception) -> str:
    # str() of a KeyError is the repr of its message.
    return str(error.args[0]) if isinstance(error, LookupError) and error.args else str(error)


def _echo_columns(rows: Iterable[Sequence[str]]) -> None:
    """Print *rows*, every column but the last padded to its widest cell."""
    table = list(rows)
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo(("  " + "  ".join(cells)).rstrip())


def _timed_map(map_class: Any, rule_class: Any, rules: Iterable[Rule]) -> tuple[Any, float]:
    """Make every rule again with *rule_class*, and a map that is ready to match.

    :return: the map, and the seconds that rules, map and first match took.
    """
    arguments = [(rule.rule, rule.endpoint, rule.methods) for rule in rules]
    start = perf_counter()
    url_map = map_class(
        [
            rule_class(rule, endpoint=endpoint, methods=methods)
            for rule, endpoint, methods in arguments
        ]
    )
    url_map.bind(DEMO_HOST).match("/", "GET")
    return url_map, perf_counter() - start


def _example_requests(rules: Iterable[Rule]) -> list[Request]:
    """Return one request for each rule, its variables replaced by seeded values."""
    source = random.Random(DEMO_SEED)
    requests = []
    for rule in rules:
        method, _, _ = rule.endpoint.partition(" ")
        path = re.sub(r"<(\w+)>", lambda name: _example_value(name[1], source), rule.rule)
        requests.append(Request(path, method))
    return requests


def _example_value(name: str, source: random.Random) -> str:
    if name.endswith(("_id", "_number")):
        return str(source.randrange(1, 1_000_000_000))
    if name.endswith("sha"):
        return f"{source.getrandbits(160):040x}"
    word = source.choice(("octocat", "hello-world", "linguist", "Spoon-Knife", "boysenberry"))
    return f"{word}-{source.randrange(100)}"


def _check_same_outcomes(
    ours: MapAdapter, theirs: werkzeug.routing.MapAdapter, requests: Sequence[Request]
) -> None:
    different = [
        request for request in requests if _outcome(ours, request) != _outcome(theirs, request)
    ]
    if different:
        raise click.ClickException(
            f"{len(different):,} of {len(requests):,} requests have different results,"
            f" first {different[0].method} {different[0].path}"
        )


def _speed_row(package: str, rate: float, seconds: float) -> tuple[str, str, str]:
    return (
        f"{package} {metadata.version(package)}",
        f"{rate:,.0f}",
        f"{seconds * 1e3:,.0f} ms",
    )


def _rates(
    ours: Callable[[str, str], object],
    theirs: Callable[[str, str], object],
    requests: Sequence[Request],
) -> tuple[float, float]:
    """Time both routers in interleaved rounds; return the median matches a second of each."""
    our_rounds = []
    their_rounds = []
    gc_was_enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        for _ in range(DEMO_ROUNDS):
            our_rounds.append(_round_ns(ours, requests))
            their_rounds.append(_round_ns(theirs, requests))
    finally:
        if gc_was_enabled:
            gc.enable()
    matches = len(requests) * 1e9
    return matches / statistics.median(our_rounds), matches / statistics.median(their_rounds)


def _round_ns(match: Callable[[str, str], object], requests: Sequence[Request]) -> int:
    """Return the nanoseconds that a loop over *requests* takes, call and loop included."""
    # A string object that was matched before has its hash cached; a server's never was.
    fresh = [(path[:1] + path[1:], method) for path, method in requests]
    start = perf_counter_ns()
    for path, method in fresh:
        match(path, method)
    return perf_counter_ns() - start
