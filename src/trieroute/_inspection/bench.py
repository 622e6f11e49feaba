"""What routing costs in an application: its present router beside trieroute."""

from __future__ import annotations

import statistics
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from .._map import Map
from .application import map_of, order_in_force
from .comparison import SEED, compare
from .examples import examples
from .map_check import Progress, silent
from .map_pair import map_pair
from .outcomes import BoundMap, same
from .starlette_routes import is_starlette
from .timing import MATCH, MISS, ROUNDS, URL, WHOLE, interleaved_ns, spread
from .whole_requests import request_ns

__all__ = ["BenchRow", "bench"]


@dataclass(frozen=True)
class BenchRow:
    """What one kind of call costs, as medians; of Starlette's routes, in the best rounds.

    :param name: what is called.
    :param router: the name of the present router.
    :param present_ns: the nanoseconds of a call with it.
    :param trieroute_ns: the nanoseconds with trieroute.
    :param calls: the number of different calls that were measured.
    """

    name: str
    router: str
    present_ns: float
    trieroute_ns: float
    calls: int

    @property
    def ratio(self) -> float:
        """How many times as long the present router takes."""
        return self.present_ns / self.trieroute_ns


def bench(
    application: Any, seed: int = SEED, rounds: int = ROUNDS, progress: Progress = silent
) -> list[BenchRow]:
    """Measure the routing of an application on requests that are made up from its rules.

    Rounds of both routers take turns. Requests and URLs that the two answer differently are left
    out. Of Flask, Quart and other WSGI applications with a map, whole calls are measured too, see
    :func:`.whole_requests.request_ns`. Of Starlette and FastAPI, calls of the router are measured,
    with the routes as they are and in the trie of ``speedup``. The application's converters are
    called, its views are not.

    :param application: an application of Flask, Quart, Starlette or FastAPI, a router, or a map.
    :param seed: the seed of the values in requests.
    :param rounds: the number of rounds; 0 to measure nothing.
    :param progress: gets a sequence, and gives its items; it may show how far this has come.
    :return: the rows; those for which there are no calls are left out.
    :raise TargetError: the application has no map.
    :raise TypeError, ValueError, LookupError: trieroute refuses the map.
    """
    if is_starlette(application):
        found = [compare(application, seed=seed, rounds=1) for _ in progress(range(rounds))]
        kept = [one.measured for one in found]
        rows = []
        for name, (*_, calls) in kept[0].items() if kept else ():
            present, ours = (min(one[name][side] for one in kept) for side in (0, 1))
            rows.append(BenchRow(name, "Starlette", present, ours, calls))
        return rows
    pair = map_pair(application, order_in_force(application))
    if pair.refused is not None:
        raise pair.refused
    werkzeug, trieroute = BoundMap(pair.theirs), BoundMap(pair.ours)
    cases = examples(pair.our_rules, seed)
    kinds: dict[str, list[Any]] = defaultdict(list)
    for request in cases.requests:
        theirs, ours_ = werkzeug.match(request), trieroute.match(request)
        if same(theirs, ours_):
            kinds[theirs.kind].append(request)
    for build in cases.builds:
        theirs, ours_ = werkzeug.build(build), trieroute.build(build)
        if same(theirs, ours_) and theirs.kind == "url" and not (build.method or build.external):
            kinds["url"].append(build)
    named = {
        MATCH: spread(kinds["match"]),
        MISS: spread(kinds["404"] + kinds["405"]),
        URL: spread(kinds["url"]),
    }
    counts = {name: len(chosen) for name, chosen in named.items()}
    taken: dict[str, list[tuple[float, float]]] = defaultdict(list)
    own = map_of(application)
    for _ in progress(range(rounds)):
        for name, chosen in named.items():
            ns = interleaved_ns(werkzeug, trieroute, chosen, 1, misses=name is MISS)
            if ns is not None:
                taken[name].append(ns)
        if application is not own and not isinstance(own, Map):
            first = request_ns(application, kinds["match"], 1)
            second = request_ns(application, kinds["match"], 1, pair.ours)
            if first is not None and second is not None:
                taken[WHOLE].append((first.ns, second.ns))
                counts[WHOLE] = first.calls
    return [
        BenchRow(
            name,
            "Werkzeug",
            statistics.median(one for one, _ in times),
            statistics.median(other for _, other in times),
            counts[name],
        )
        for name, times in taken.items()
    ]
