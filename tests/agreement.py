"""The commands on real applications: nothing crashes, and what is told is what `match` does.

    python -m tests.agreement [--requests NUMBER] MODULE:APP...

For each application, the table, the tree, the page, the exports and the findings are made, and
requests are drawn from its rules until there are enough. `explain` has to agree with `match` on
each; of Starlette and FastAPI, with whether a call of the router reaches a route. A rule that is
told to be shadowed must win none of them, and where the orders are told to differ, they have to.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from trieroute import Map, Rule
from trieroute._inspection.application import context_of, router_of
from trieroute._inspection.asgi_routes import _Calls, _plain_list, _requests, _texts
from trieroute._inspection.drawing import dot, svg
from trieroute._inspection.examples import examples
from trieroute._inspection.explained import rule_line
from trieroute._inspection.openapi import openapi_paths
from trieroute._inspection.outcomes import BoundMap, Outcome, error_outcome
from trieroute._inspection.starlette_routes import flat_routes, is_starlette
from trieroute._inspection.typescript import typescript
from trieroute._routers.mounts import MountRule
from trieroute._starlette.routers import router_below, routers_from
from trieroute.inspection import (
    Finding,
    Kind,
    check,
    explain_starlette,
    html_page,
    load_application,
    route_rows,
    routed,
    tree,
)

# The tests are no package: they import each other by their names alone.
sys.path.insert(0, str(Path(__file__).parent))
from test_explain import assert_agrees


def everything_is_made(application: Any, name: str) -> None:
    found = tree(application)
    json.dumps([found.as_dict(), openapi_paths(application, name)])
    for text in (
        str(found),
        dot(found),
        svg(found),
        typescript(found.url_map, name),
        html_page(application, name),
        "\n".join(f"{row.rule} {row.methods_text}" for row in route_rows(application)),
    ):
        text.encode()


def in_order(url_map: Map, order: str) -> BoundMap:
    """The rules of a map in another order."""
    settings: dict[str, Any] = {
        name: getattr(url_map, name)
        for name in ("strict_slashes", "merge_slashes", "redirect_defaults", "host_matching")
    }
    found = [target.rule for target in url_map._state.trie.targets]
    # A class of a framework's own may take fewer arguments than `empty` gives, that of mounts more.
    rules = [
        rule.empty() if isinstance(rule, MountRule) else Rule(rule.rule, **rule.get_empty_kwargs())
        for rule in found
    ]
    converters = dict(url_map.converters)
    return BoundMap(Map(rules, converters=converters, match_order=order, **settings))


def assert_findings(url_map: Map, findings: list[Finding], winners: set[int]) -> None:
    orders = [in_order(url_map, order) for order in ("weights", "segments")]
    for finding in findings:
        if finding.kind is Kind.SHADOWED and finding.certain:
            assert id(finding.rules[0]) not in winners, str(finding)
        if finding.kind is Kind.ORDER_DEPENDENT:
            method, path = finding.example.split(" at ")[0].split(" ", 1)
            domain = finding.rules[0].host if url_map.host_matching else finding.rules[0].subdomain
            shown = [str(outcome_of_rule(bound, domain or "", path, method)) for bound in orders]
            assert shown[0] != shown[1], str(finding)


def outcome_of_rule(bound: BoundMap, domain: str, path: str, method: str) -> str:
    try:
        rule, _ = bound.adapter(domain).match(path, method, return_rule=True)
    except Exception as error:
        return str(error_outcome(error))
    return f"{rule_line(rule)} {Outcome('match', rule)}"


def of_map(application: Any, wanted: int) -> tuple[int, int, list[Finding]]:
    url_map = routed(application)
    url_map.update()
    rules = [target.rule for target in url_map._state.trie.targets]
    bound = BoundMap(url_map)
    winners: set[int] = set()
    asked = 0
    for seed in count(1):
        for request in examples(rules, seed).requests:
            _, domain, path, method, websocket = request
            try:
                adapter = bound.adapter(domain, websocket)
            except Exception:
                # No host has such a name.
                continue
            explanation = adapter.explain(path, method, websocket)
            assert_agrees(explanation, adapter, _Asked(path, method, websocket))
            if explanation.rule is not None:
                winners.add(id(explanation.rule))
            asked += 1
        if asked >= wanted or not rules or (seed > 5 and not asked):
            break
    findings = check(url_map)
    assert_findings(url_map, findings, winners)
    return len(rules), asked, findings


class _Asked:
    """A request, as the test of `explain` has it."""

    def __init__(self, path: str, method: str, websocket: bool) -> None:
        self.path, self.method, self.websocket = path, method, websocket


def of_starlette(application: Any, wanted: int) -> tuple[int, int, list[Finding]]:
    router = router_of(application)
    flat = [each for each in flat_routes(router) if router_below(each.routes[-1]) is None]
    asked = 0
    calls = _Calls(router, application)
    with ExitStack() as stack:
        for each in routers_from(router):
            stack.enter_context(_plain_list(each))
        stack.enter_context(calls.nothing_called(flat))
        for seed in count(1):
            source = Random(seed)
            requests = [
                request
                for route in flat
                for request in _requests(
                    route,
                    {name: _texts(made, source) for name, made in route.convertors.items()},
                )
            ]
            for request, (taken, outcome) in zip(requests, calls.outcomes(requests), strict=True):
                socket = request.kind == "websocket"
                host = request.host or "example.org"
                told = explain_starlette(
                    application, request.path, request.method, websocket=socket, host=host
                )
                if told.route is not None and told.route.kind == "mount":
                    # What is mounted answers by itself.
                    continue
                assert taken == (told.route is not None), f"{request}: {outcome}\n{told}"
                asked += 1
            if asked >= wanted or not flat or (seed > 5 and not asked):
                break
    return len(flat), asked, check(application)


def main(arguments: list[str]) -> None:
    parser = ArgumentParser(prog="python -m tests.agreement")
    parser.add_argument("applications", nargs="+", metavar="MODULE:APP")
    parser.add_argument("--requests", type=int, default=10_000)
    given = parser.parse_args(arguments)
    total = 0
    for name in given.applications:
        application = load_application(name)
        with context_of(application):
            everything_is_made(application, name)
            measure = of_starlette if is_starlette(application) else of_map
            rules, asked, findings = measure(application, given.requests)
        total += asked
        print(f"{name}: {rules:,} rules, {asked:,} requests agree, {len(findings):,} findings")
    print(f"{total:,} requests in all")


if __name__ == "__main__":
    main(sys.argv[1:])
