"""``trieroute demo``: GitHub's REST API, its results and its speed beside Werkzeug's router."""

from __future__ import annotations

from typing import Any

import click

from .._inspection.outcomes import match_outcome
from .._map import Map
from ..inspection import compare
from ..tables import github_rest_api

__all__ = ["demo"]

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


@click.command()
def demo() -> None:
    """Route GitHub's REST API, and compare with Werkzeug."""
    url_map = Map(github_rest_api())
    adapter = url_map.bind("api.github.com", url_scheme="https")

    click.secho("GitHub's REST API", bold=True)
    click.echo()
    for request in REQUESTS:
        method, path = request.split()
        click.echo(f"  {request}\n      {match_outcome(adapter, path, method)}")

    click.echo()
    click.secho("URLs built from endpoint and values", bold=True)
    click.echo()
    for endpoint, values in BUILDS:
        click.echo(f"  {endpoint}\n      {values}\n      {adapter.build(endpoint, values)}")

    click.echo()
    click.secho("Beside Werkzeug: requests and URLs made up from the rules", bold=True)
    click.echo()
    click.echo(str(compare(url_map, "weights")))
