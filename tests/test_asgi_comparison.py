"""`compare` for applications of Starlette: what differs is told, and everything is put back."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from starlette.applications import Starlette
from starlette.routing import Mount, NoMatchFound, Route, Router

from trieroute.inspection import compare
from trieroute.starlette import speedup


def endpoint(*given: Any) -> None:
    raise AssertionError("no endpoint is called")


def starlette() -> Starlette:
    return Starlette(
        routes=[
            Route("/a/{x}", endpoint),
            Mount("/m", routes=[Route("/b/{n:int}", endpoint)]),
            Mount("/files", app=endpoint),
        ]
    )


@pytest.mark.parametrize("sped_up", [False, True])
def test_application_stays_as_it_is(sped_up: bool) -> None:
    app = starlette()
    if sped_up:
        speedup(app)
    routers: list[Any] = [app.router, app.routes[1].app]  # type: ignore[attr-defined]
    before = [router.routes for router in routers]
    handle = Route.handle
    comparison = compare(app, rounds=1)
    assert comparison.differences == []
    assert comparison.rules == 3
    assert comparison.match_ns is not None
    assert all(router.routes is routes for router, routes in zip(routers, before, strict=True))
    assert Route.handle is handle


def test_included_routers_stay_as_they_are() -> None:
    app, router = FastAPI(), APIRouter()
    router.get("/a/{x}")(endpoint)
    app.include_router(router, prefix="/r")
    comparison = compare(app, rounds=0)
    assert comparison.differences == []
    assert comparison.requests > 10
    assert type(router.routes) is list
    assert not any("effective_candidates" in vars(route) for route in app.routes)


class Turning(Route):
    """Takes every second request."""

    asked = 0

    def matches(self, scope: Any) -> Any:
        matched = super().matches(scope)
        self.asked += 1
        return matched if self.asked % 2 else super().matches({**scope, "path": "/none"})


@pytest.mark.parametrize(
    "routes",
    [
        pytest.param([Turning("/a", endpoint)], id="plain"),
        # The one mount ends a request, the other one leads on.
        pytest.param(
            [Mount("/files", endpoint), Mount("/m", routes=[Turning("/a", endpoint)])], id="mounted"
        ),
    ],
)
def test_route_that_answers_otherwise_in_a_trie_is_a_difference(routes: list[Any]) -> None:
    comparison = compare(Router(routes), rounds=0)
    assert comparison.unexplained
    (difference, *_) = comparison.unexplained
    assert difference.names == ("plain", "sped up")
    assert "Turning(path='/a'" in difference.rules[0]


class Building(Route):
    """Builds so many URLs, and no others."""

    left = 2

    def url_path_for(self, name: str, /, **path_params: Any) -> Any:
        self.left -= name == self.name
        if self.left < 0:
            raise NoMatchFound(name, {})
        return super().url_path_for(name, x="always")


class Unbuilt(Building):
    left = 0


def test_urls_that_are_not_built_are_compared_and_counted() -> None:
    routes = [Building("/a/{x}", endpoint, name="a"), Unbuilt("/b/{x}", endpoint, name="b")]
    comparison = compare(Router([*routes, Route("/c", endpoint, name="c")]), rounds=0)
    (difference,) = comparison.differences
    # Two of each route with a variable, and one of the other.
    assert (comparison.builds, difference.count) == (5, 2)
    assert difference.example.startswith("url_path_for('a', x=")


def test_same_seed_gives_the_same_requests() -> None:
    assert compare(starlette(), seed=5, rounds=0) == compare(starlette(), seed=5, rounds=0)
