"""`compare` for applications of Starlette: what differs is told, and everything is put back."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from starlette.applications import Starlette
from starlette.routing import Mount, Route, Router

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


def test_route_that_answers_otherwise_in_a_trie_is_a_difference() -> None:
    class Turning(Route):
        """Takes every second request."""

        asked = 0

        def matches(self, scope: Any) -> Any:
            matched = super().matches(scope)
            self.asked += 1
            return matched if self.asked % 2 else super().matches({**scope, "path": "/none"})

    comparison = compare(Router([Turning("/a", endpoint)]), rounds=0)
    assert comparison.unexplained
    (difference, *_) = comparison.unexplained
    assert difference.names == ("plain", "sped up")
    assert "Turning(path='/a'" in difference.rules[0]


def test_same_seed_gives_the_same_requests() -> None:
    assert compare(starlette(), seed=5, rounds=0) == compare(starlette(), seed=5, rounds=0)
