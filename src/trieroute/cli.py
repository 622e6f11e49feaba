"""The command ``trieroute``: match, build, run a program, compare an application, see a demo.

The demonstration also runs Werkzeug's router, to check the results and to compare the speed.
"""

from __future__ import annotations

import gc
import platform
import random
import re
import statistics
import timeit
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from importlib import metadata
from time import perf_counter, perf_counter_ns
from typing import Any, NamedTuple, TypeVar

import click
import werkzeug.routing
from werkzeug.exceptions import HTTPException

from . import BuildError, Map, MapAdapter, MethodNotAllowed, RequestRedirect, Rule, running
from ._core.quoting import quote_anchor
from .inspection import (
    HEADINGS,
    ORDERS,
    SEED,
    TargetError,
    compare,
    context_of,
    load_application,
    map_of,
)
from .ordering import MATCH_ORDERS
from .tables import github_rest_api, read_table

__all__ = ["cli"]

_Example = TypeVar("_Example")
_VARIABLE = re.compile(r"<(\w+)>")

#: Repetitions of the measurement of ``trieroute match`` and ``build``; the best one is reported.
REPEATS = 5
#: Least seconds that one of them takes.
REPEAT_SECONDS = 0.01
#: Rounds of the comparison in ``trieroute demo``; the median is reported.
DEMO_ROUNDS = 31
#: Seed of the values that stand for the variables in the demonstration's requests and URLs.
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
DEMO_BUILDS: tuple[tuple[str, dict[str, Any]], ...] = (
    (
        "GET /repos/{owner}/{repo}/issues/{issue_number}",
        {"owner": "octocat", "repo": "hello-world", "issue_number": 1347},
    ),
    (
        "GET /search/repositories",
        {"q": "url router", "sort": "stars", "page": None, "topic": ["wsgi", "asgi"]},
    ),
    (
        "GET /repos/{owner}/{repo}/contents/{path}",
        {"owner": "octocat", "repo": "hello-world", "path": "docs/Übersicht.md", "ref": "größer"},
    ),
)


class Request(NamedTuple):
    """One request to be matched: ``adapter.match(*request)``."""

    path: str
    method: str


class Build(NamedTuple):
    """One URL to be built: ``adapter.build(*build)``."""

    endpoint: str
    values: dict[str, str]


@click.group()
@click.version_option(package_name="trieroute")
def cli() -> None:
    """Run programs with trieroute, compare applications with Werkzeug, look into rule tables.

    A rule table is a text file of one rule a line, such as "GET /users/<int:id>".
    """


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
    adapter = _bound(table, host, order)
    try:
        endpoint, values = adapter.match(path, method)
    except HTTPException as error:
        click.echo(_failure(error))
        context.exit(1)
    timer = timeit.Timer(
        "match(path, method)", globals={"match": adapter.match, "path": path, "method": method}
    )
    _echo_columns(
        (("endpoint", endpoint), ("values", _listing(values)), ("time", _time(timer, "match")))
    )


@cli.command()
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
    _echo_columns((("url", url), ("time", _time(timer, "build"))))


def _bound(table: str, host: str, order: str = "weights") -> MapAdapter:
    """Read a rule table and bind its rules to a host."""
    try:
        return Map(read_table(table), match_order=order).bind(host)
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise click.ClickException(_message(error)) from error
    except HTTPException as error:
        raise click.BadParameter(f"{host!r} is no host name", param_hint="--host") from error


def _values(pairs: Iterable[str]) -> dict[str, str | list[str]]:
    """Read ``KEY=VALUE`` pairs; a key that occurs several times gets a list."""
    lists: dict[str, list[str]] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not (key and equals):
            raise click.BadArgumentUsage(f"{pair!r} is not of the form KEY=VALUE")
        lists.setdefault(key, []).append(value)
    return {key: items if len(items) > 1 else items[0] for key, items in lists.items()}


def _time(timer: timeit.Timer, action: str) -> str:
    """Measure, and tell how long one action takes."""
    loops = 1
    while timer.timeit(loops) < REPEAT_SECONDS:
        loops *= 10
    seconds = min(timer.repeat(REPEATS, loops)) / loops
    return f"{seconds * 1e9:,.0f} ns a {action}, best of {REPEATS} x {loops:,}"


@cli.command(
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def run(arguments: tuple[str, ...]) -> None:
    """Run a Python program with trieroute in place of Werkzeug's router."""
    running.run(arguments)


@cli.command()
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


@cli.command()
def demo() -> None:
    """Route GitHub's REST API, and compare with Werkzeug."""
    rules = github_rest_api()
    builds = _example_builds(rules)
    ours, our_seconds = _timed_map(Map, Rule, rules, builds)
    theirs, their_seconds = _timed_map(werkzeug.routing.Map, werkzeug.routing.Rule, rules, builds)
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
    click.secho("URLs built from endpoint and values", bold=True)
    click.echo()
    for endpoint, values in DEMO_BUILDS:
        click.echo(f"  {endpoint}")
        click.echo(f"      {_listing(values)}")
        click.echo(f"      {our_adapter.build(endpoint, values)}")

    click.echo()
    click.secho("Beside Werkzeug: one request and one URL for each rule", bold=True)
    click.echo()
    requests = _example_requests(rules, builds)
    _check_same(
        "requests", requests, partial(_outcome, our_adapter), partial(_outcome, their_adapter)
    )
    click.echo(f"Same endpoint and values in both for {len(requests):,} of {len(requests):,}.")
    _check_same("URLs", builds, partial(_built, our_adapter), partial(_built, their_adapter))
    click.echo(f"Same URL in both for {len(builds):,} of {len(builds):,}.")
    click.echo()
    our_matches, their_matches = _rates(
        our_adapter.match, their_adapter.match, partial(_fresh_requests, requests)
    )
    our_builds, their_builds = _rates(
        our_adapter.build, their_adapter.build, partial(_fresh_builds, builds)
    )
    _echo_columns(
        (
            ("", "matches a second", "builds a second", "map made"),
            _speed_row("werkzeug", their_matches, their_builds, their_seconds),
            _speed_row("trieroute", our_matches, our_builds, our_seconds),
            (
                "ratio",
                f"{our_matches / their_matches:.1f}",
                f"{our_builds / their_builds:.1f}",
                f"{their_seconds / our_seconds:.1f}",
            ),
        )
    )
    click.echo()
    click.echo(
        f"{platform.python_implementation()} {platform.python_version()}; rates are medians of"
        f" {DEMO_ROUNDS} interleaved rounds, each over new\nstrings; each map was made once, from"
        " its rules to one match and a URL of every rule."
    )


def _outcome(adapter: MapAdapter | werkzeug.routing.MapAdapter, request: Request) -> list[str]:
    """Return the lines that tell what a match returns or raises."""
    try:
        endpoint, values = adapter.match(*request)
    except HTTPException as error:
        return [_failure(error)]
    return [str(endpoint), _listing(values)] if values else [str(endpoint)]


def _built(adapter: MapAdapter | werkzeug.routing.MapAdapter, build: Build) -> str:
    return adapter.build(*build)


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


def _timed_map(
    map_class: Any, rule_class: Any, rules: Iterable[Rule], builds: Iterable[Build]
) -> tuple[Any, float]:
    """Make every rule again with *rule_class*, and a map that is ready to match and to build.

    What is made at first use is made here: the first match and one URL of every rule count.

    :return: the map, and the seconds that it took.
    """
    arguments = [(rule.rule, rule.endpoint, rule.methods) for rule in rules]
    start = perf_counter()
    url_map = map_class(
        [
            rule_class(rule, endpoint=endpoint, methods=methods)
            for rule, endpoint, methods in arguments
        ]
    )
    adapter = url_map.bind(DEMO_HOST)
    adapter.match("/", "GET")
    for build in builds:
        adapter.build(*build)
    return url_map, perf_counter() - start


def _example_builds(rules: Iterable[Rule]) -> list[Build]:
    """Return endpoint and seeded values for each rule."""
    source = random.Random(DEMO_SEED)
    return [
        Build(
            rule.endpoint,
            {name: _example_value(name, source) for name in _VARIABLE.findall(rule.rule)},
        )
        for rule in rules
    ]


def _example_requests(rules: Iterable[Rule], builds: Iterable[Build]) -> list[Request]:
    """Return one request for each rule, its variables replaced by the values of its build."""
    requests = []
    for rule, (endpoint, values) in zip(rules, builds, strict=True):
        method, _, _ = endpoint.partition(" ")
        path = rule.rule
        for name, value in values.items():
            path = path.replace(f"<{name}>", value)
        requests.append(Request(path, method))
    return requests


def _example_value(name: str, source: random.Random) -> str:
    if name.endswith(("_id", "_number")):
        return str(source.randrange(1, 1_000_000_000))
    if name.endswith("sha"):
        return f"{source.getrandbits(160):040x}"
    word = source.choice(("octocat", "hello-world", "linguist", "Spoon-Knife", "boysenberry"))
    return f"{word}-{source.randrange(100)}"


def _check_same(
    name: str,
    examples: Sequence[_Example],
    ours: Callable[[_Example], object],
    theirs: Callable[[_Example], object],
) -> None:
    different = [example for example in examples if ours(example) != theirs(example)]
    if different:
        raise click.ClickException(
            f"{len(different):,} of {len(examples):,} {name} have different results,"
            f" first {different[0]}"
        )


def _speed_row(package: str, matches: float, builds: float, seconds: float) -> tuple[str, ...]:
    return (
        f"{package} {metadata.version(package)}",
        f"{matches:,.0f}",
        f"{builds:,.0f}",
        f"{seconds * 1e3:,.0f} ms",
    )


def _rates(
    ours: Callable[[str, Any], object],
    theirs: Callable[[str, Any], object],
    fresh: Callable[[], Sequence[tuple[str, Any]]],
) -> tuple[float, float]:
    """Time both routers in interleaved rounds; return the median calls a second of each.

    :param fresh: gives the arguments of the calls of one round.
    """
    our_rounds = []
    their_rounds = []
    gc_was_enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        for _ in range(DEMO_ROUNDS):
            our_rounds.append(_call_ns(ours, fresh()))
            their_rounds.append(_call_ns(theirs, fresh()))
    finally:
        if gc_was_enabled:
            gc.enable()
    return 1e9 / statistics.median(our_rounds), 1e9 / statistics.median(their_rounds)


def _call_ns(call: Callable[[str, Any], object], arguments: Sequence[tuple[str, Any]]) -> float:
    """Return the nanoseconds that a call takes in a loop over *arguments*, loop included."""
    start = perf_counter_ns()
    for first, second in arguments:
        call(first, second)
    return (perf_counter_ns() - start) / len(arguments)


def _fresh_requests(requests: Iterable[Request]) -> list[tuple[str, str]]:
    # A string object that was matched before has its hash cached; a server's never was.
    return [(path[:1] + path[1:], method) for path, method in requests]


def _fresh_builds(builds: Iterable[Build]) -> list[tuple[str, dict[str, str]]]:
    # An endpoint is a text of the program, whose hash is cached; values come with the request.
    return [
        (endpoint, {name: value[:1] + value[1:] for name, value in values.items()})
        for endpoint, values in builds
    ]
