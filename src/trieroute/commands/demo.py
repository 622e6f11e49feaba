"""``trieroute demo``: GitHub's REST API, its results and its speed beside Werkzeug's router."""

from __future__ import annotations

import platform
import random
import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from importlib import metadata
from time import perf_counter
from typing import Any, NamedTuple, TypeVar

import click
import werkzeug.routing
from werkzeug.exceptions import HTTPException

from .._core.adapter import MapAdapter
from ..inspection.timing import fresh, interleaved_ns
from ..map import Map
from ..rules.rule import Rule
from ..tables import github_rest_api
from .printing import echo_columns, failure, listing

__all__ = ["demo"]

_Example = TypeVar("_Example")
_VARIABLE = re.compile(r"<(\w+)>")

#: The number of rounds of the comparison, of which the median is reported.
ROUNDS = 31
#: The seed of the values that the demonstration puts in the place of variables.
SEED = 1225

HOST = "api.github.com"
REQUESTS = (
    "GET /user/emails",
    "GET /users/octocat",
    "GET /repos/octocat/hello-world/issues/1347",
    "POST /repos/octocat/hello-world/issues",
    "GET /no/such/page",
    "DELETE /repos/octocat/hello-world/issues",
    "GET /repos//octocat/hello-world",
)
BUILDS: tuple[tuple[str, dict[str, Any]], ...] = (
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


@click.command()
def demo() -> None:
    """Route GitHub's REST API, and compare with Werkzeug."""
    rules = github_rest_api()
    builds = _example_builds(rules)
    ours, our_seconds = _timed_map(Map, Rule, rules, builds)
    theirs, their_seconds = _timed_map(werkzeug.routing.Map, werkzeug.routing.Rule, rules, builds)
    our_adapter = ours.bind(HOST, url_scheme="https")
    their_adapter = theirs.bind(HOST, url_scheme="https")

    click.secho(f"GitHub's REST API: {len(rules):,} rules", bold=True)
    click.echo()
    for request in REQUESTS:
        method, path = request.split()
        click.echo(f"  {request}")
        for line in _outcome(our_adapter, Request(path, method)):
            click.echo(f"      {line}")

    click.echo()
    click.secho("URLs built from endpoint and values", bold=True)
    click.echo()
    for endpoint, values in BUILDS:
        click.echo(f"  {endpoint}")
        click.echo(f"      {listing(values)}")
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
        our_adapter.match,
        their_adapter.match,
        lambda: [(fresh(path), method) for path, method in requests],
    )
    # An endpoint is a text of the program, whose hash is cached; values come with the request.
    our_builds, their_builds = _rates(
        our_adapter.build,
        their_adapter.build,
        lambda: [
            (endpoint, {name: fresh(value) for name, value in values.items()})
            for endpoint, values in builds
        ],
    )
    echo_columns(
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
        f" {ROUNDS} interleaved rounds, each over new\nstrings; each map was made once, from"
        " its rules to one match and a URL of every rule."
    )


def _outcome(adapter: MapAdapter | werkzeug.routing.MapAdapter, request: Request) -> list[str]:
    """Return the lines that show what a match returns or raises."""
    try:
        endpoint, values = adapter.match(*request)
    except HTTPException as error:
        return [failure(error)]
    return [str(endpoint), listing(values)] if values else [str(endpoint)]


def _built(adapter: MapAdapter | werkzeug.routing.MapAdapter, build: Build) -> str:
    return adapter.build(*build)


def _timed_map(
    map_class: Any, rule_class: Any, rules: Iterable[Rule], builds: Iterable[Build]
) -> tuple[Any, float]:
    """Make a map with new rules, and time this until the map is ready to match and to build.

    The time includes the first match and one URL of each rule, since routers put off work until
    then.

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
    adapter = url_map.bind(HOST)
    adapter.match("/", "GET")
    for build in builds:
        adapter.build(*build)
    return url_map, perf_counter() - start


def _example_builds(rules: Iterable[Rule]) -> list[Build]:
    """Return the endpoint of each rule with seeded values."""
    source = random.Random(SEED)
    return [
        Build(
            rule.endpoint,
            {name: _example_value(name, source) for name in _VARIABLE.findall(rule.rule)},
        )
        for rule in rules
    ]


def _example_requests(rules: Iterable[Rule], builds: Iterable[Build]) -> list[Request]:
    """Return a request for each rule, in which the values of its build replace the variables."""
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
    arguments: Callable[[], Sequence[tuple[str, Any]]],
) -> tuple[float, float]:
    """Time both routers, and return the median of the calls a second of each.

    :param arguments: makes the arguments of the calls of one round.
    """
    our_ns, their_ns = interleaved_ns(
        lambda: [(ours, *pair) for pair in arguments()],
        lambda: [(theirs, *pair) for pair in arguments()],
        ROUNDS,
    )
    return 1e9 / our_ns, 1e9 / their_ns
