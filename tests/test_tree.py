"""The trie of an application as data and as text: `trieroute.inspection.tree`."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from starlette.applications import Starlette
from starlette.convertors import Convertor
from starlette.routing import Host, Mount, Route, WebSocketRoute

import trieroute.asgi
from routing_model import MapSpec, Request, make_map
from routing_strategies import maps_with_requests
from trieroute import Map, Rule
from trieroute.inspection import TargetError, tree


def shop() -> Map:
    return Map(
        [
            Rule("/", endpoint="index"),
            Rule("/user/<int(min=1):id>", endpoint="user", methods=["GET"]),
            Rule("/user/<int(min=1):number>", endpoint="put", methods=["PUT"]),
            Rule("/user/<name>.<any(json, 'x y'):kind>/", endpoint="export"),
            Rule("/files/<path:file>/raw/", endpoint="raw"),
            Rule("/loose", endpoint="loose", strict_slashes=False),
            Rule("/live", endpoint="live", websocket=True),
            Rule("/", endpoint="host", subdomain="<user>"),
        ],
        match_order="registration",
    )


def test_tree_as_text() -> None:
    assert (
        str(tree(shop()))
        == """\
8 rules, 9 nodes, in the order 'registration'
no subdomain
├─ /  [all methods] 'index' #1
├─ /files/<path:file>/raw/  [all methods] 'raw' #5
├─ /live  [WebSocket] 'live' #7
├─ /loose  [all methods] 'loose' #6
└─ /user
   ├─ /<int(min=1):id>  [GET] 'user' #2
   │     [PUT] 'put' #3
   └─ /<name>.<any(json, 'x y'):kind>/  [all methods] 'export' #4
domain <user>
└─ /  [all methods] 'host' #8"""
    )


def test_one_domain_is_not_named() -> None:
    url_map = Map([Rule("/a/b", endpoint=1), Rule("/a/<c>/d", endpoint=2)])
    assert (
        str(tree(url_map))
        == """\
2 rules, 5 nodes, in the order 'weights'
/a
├─ /b  [all methods] 1 #1
└─ /<c>/d  [all methods] 2 #2"""
    )


def test_nothing_and_everything() -> None:
    assert str(tree(Map())) == "0 rules, 0 nodes, in the order 'weights'"
    assert str(tree(Map([Rule("/<path:p>", endpoint="all")]))).splitlines()[1:] == [
        "/<path:p>  [all methods] 'all' #1"
    ]


def test_tree_as_data() -> None:
    found = json.loads(json.dumps(tree(shop()).as_dict()))
    assert found["match_order"] == "registration"
    assert [rule["rule"] for rule in found["rules"]] == [rule.rule for rule in shop().iter_rules()]
    nodes = found["nodes"]
    assert [(node["parent"], node["kind"], node["label"]) for node in nodes] == [
        (None, "domain", ""),
        (0, "text", "files"),
        (1, "rest", "<path:file>/raw"),
        (0, "text", "live"),
        (0, "text", "loose"),
        (0, "text", "user"),
        (5, "pattern", "<int(min=1):id>"),
        (5, "pattern", "<name>.<any(json, 'x y'):kind>"),
        (None, "domain", "<user>"),
    ]
    assert nodes[0]["children"] == [1, 3, 4, 5]
    assert nodes[4]["endings"] == [
        {"rule": 5, "place": 8, "form": "exact", "slashes": 0},
        {"rule": 5, "place": 9, "form": "tolerated", "slashes": 1},
    ]
    assert nodes[7]["endings"] == [
        {"rule": 3, "place": 4, "form": "exact", "slashes": 1},
        {"rule": 3, "place": 5, "form": "redirected", "slashes": 0},
    ]
    assert [node["least"] for node in nodes] == [0, 6, 6, 10, 8, 2, 2, 4, 11]


def test_texts_are_in_order_whatever_their_number() -> None:
    names = [f"n{number}" for number in range(40)]
    found = tree(Map([Rule(f"/{name}/x", endpoint=name) for name in names]))
    assert [found.nodes[child].label for child in found.nodes[0].children] == sorted(names)


def test_domains_with_labels_and_patterns() -> None:
    hosts = ["a.test", "<x>.b.test", "<y>.c.test", "<any(p, q):z>"]
    rules = [Rule("/", endpoint=host, host=host) for host in hosts]
    found = tree(Map(rules, host_matching=True))
    assert sorted(node.label for node in found.nodes if node.parent is None) == sorted(hosts)


def test_rule_of_many_thousand_segments() -> None:
    url_map = Map([Rule("/a" * 20_000, endpoint="deep"), Rule("/a" * 20_001 + "/", endpoint="b")])
    found = tree(url_map)
    assert len(found.nodes) == 20_002
    assert str(found).count("/a") == 20_001


def test_labels_of_merged_slashes_and_controls() -> None:
    url_map = Map(
        [Rule("/a//<b>\u2028", endpoint=1), Rule("/c//d", endpoint=2, merge_slashes=False)]
    )
    assert str(tree(url_map)).splitlines()[1:] == [
        "/a/'<b>\\u2028'  [all methods] 1 #2",
        "/c//d  [all methods] 2 #1",
    ]


@given(maps_with_requests())
def test_each_rule_is_at_the_end_of_its_segments(drawn: tuple[MapSpec, list[Request]]) -> None:
    url_map, _ = make_map(trieroute, drawn[0])
    found = tree(url_map)
    exact = [ending for node in found.nodes for ending in node.endings if ending.form == "exact"]
    assert sorted(ending.rule for ending in exact) == list(range(len(found.rules)))
    places = sorted(ending.place for node in found.nodes for ending in node.endings)
    assert places == list(range(len(places)))
    for node in found.nodes:
        assert all(found.nodes[child].parent == node.number for child in node.children)
        below = [found.nodes[child].least for child in node.children]
        assert node.least == min([*below, *(ending.place for ending in node.endings)])
    assert len(str(found).splitlines()) > len(found.rules)


# -- Starlette


async def view(request: Any) -> None: ...


class Hex(Convertor[int]):
    regex = "[0-9a-f]+"

    def convert(self, value: str) -> int:
        return int(value, 16)

    def to_string(self, value: int) -> str:
        return f"{value:x}"


def test_routes_of_starlette() -> None:
    inner = Starlette(routes=[Route("/a/", view, name="a"), Route("/{p:path}", view, name="p")])
    app = Starlette(
        routes=[
            Route("/{id:int}", view, methods=["GET"], name="item"),
            Mount("/m/{tenant}", inner, name="m"),
            WebSocketRoute("/live", view, name="live"),
            Mount("/static", view, name="static"),
            Route("/<b>", view, name="text"),
        ]
    )
    assert (
        str(tree(app))
        == """\
4 rules, 2 mounts, 9 nodes, in the order 'registration'
/live  [WebSocket] 'live' #5
/m/<str:tenant>
├─ /a/  [GET] 'a' #2
└─ /<path:p>  [GET] 'p' #3
      [mount] 'm' #4
/static/<path:path>  [mount] 'static' #6
/<int:id>  [GET] 'item' #1
left out: /<b> [GET] 'text': a path with '<' can't be written as a rule"""
    )


def test_hosts_and_convertors_of_starlette() -> None:
    route = Route("/{key:int}", view, name="x")
    route.param_convertors["key"] = Hex()
    app = Starlette(routes=[Host("{user}.test", Starlette(routes=[route])), Route("/", view)])
    assert str(tree(app)).splitlines()[1:] == [
        "domain <str:user>.test",
        "├─ /<Hex:key>  [GET] 'x' #1",
        "└─ /<path:path>  [mount] 'Starlette' #2",
        "domain <str:any_host>",
        "└─ /  [GET] 'view' #3",
    ]


def test_each_mount_of_a_router_is_told_once_by_its_prefix() -> None:
    app = trieroute.asgi.Router(Map())
    app.get("/static/special", endpoint="special")(view)
    for name, bare in (("static", "pass"), ("red", "redirect"), ("ref", "refuse")):
        app.mount(f"/{name}", view, endpoint=name, bare=bare)
    app.mount("/shops/<shop>", view, endpoint="shop")
    assert (
        str(tree(app))
        == """\
1 rule, 4 mounts, 10 nodes, in the order 'weights'
/red  [mount] 'red' #4
/ref  [mount] 'ref' #5
/shops/<shop>  [mount] 'shop' #3
/static/special  [GET] 'special' #1
/static  [mount] 'static' #2"""
    )
    told = tree(app).as_dict()
    assert {rule["rule"] for rule in told["rules"] if rule["mount"]} == {
        "/static",
        "/red",
        "/ref",
        "/shops/<shop>",
    }
    assert "<below:path>" not in json.dumps(told)
    assert "<everything:path>" not in json.dumps(told)


def test_mount_of_all_paths() -> None:
    app = trieroute.asgi.Router(Map())
    app.get("/", endpoint="index")(view)
    app.mount("/", view, endpoint="all")
    assert str(tree(app)).splitlines() == [
        "1 rule, 1 mount, 2 nodes, in the order 'weights'",
        "/  [GET] 'index' #1",
        "/  [mount] 'all' #2",
    ]


def test_no_application() -> None:
    with pytest.raises(TargetError, match="an object of type int has no url_map"):
        tree(3)
