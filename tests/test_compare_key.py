"""``match_compare_key``: the figures are what Werkzeug 2.1.2 returned for the same rules."""

from __future__ import annotations

from typing import Any

import pytest

import trieroute as tr


class HeavyConverter(tr.BaseConverter):
    def __init__(self, map: tr.Map, weight: int = 300) -> None:
        super().__init__(map)
        self.weight = weight


class LightConverter(tr.BaseConverter):
    weight = 10


# (rule, the rule's settings, the map's settings, key)
KEYS: list[tuple[str, dict[str, Any], dict[str, Any], tuple[Any, ...]]] = [
    # static
    ("/", {}, {}, (False, 0, [], 0, [])),
    ("/a", {}, {}, (False, -1, [(0, -1)], 0, [])),
    ("/a/", {}, {}, (False, -1, [(0, -1)], 0, [])),
    ("/about", {}, {}, (False, -1, [(0, -5)], 0, [])),
    ("/a/b", {}, {}, (False, -2, [(0, -1), (0, -1)], 0, [])),
    ("/a/b/", {}, {}, (False, -2, [(0, -1), (0, -1)], 0, [])),
    ("/aa/bbb/cccc", {}, {}, (False, -3, [(0, -2), (0, -3), (0, -4)], 0, [])),
    ("/a.json", {}, {}, (False, -1, [(0, -6)], 0, [])),
    ("/café", {}, {}, (False, -1, [(0, -4)], 0, [])),
    ("/你好/😀/x", {}, {}, (False, -3, [(0, -2), (0, -1), (0, -1)], 0, [])),
    ("/with space", {}, {}, (False, -1, [(0, -10)], 0, [])),
    ("/a|b", {}, {}, (False, -1, [(0, -3)], 0, [])),
    ("/%20", {}, {}, (False, -1, [(0, -3)], 0, [])),
    # slashes: only the text between them counts
    ("//", {}, {}, (False, 0, [], 0, [])),
    ("//a", {}, {}, (False, -1, [(0, -1)], 0, [])),
    ("/a//b", {}, {}, (False, -2, [(0, -1), (0, -1)], 0, [])),
    ("/a//b//", {}, {}, (False, -2, [(0, -1), (0, -1)], 0, [])),
    ("/a//b", {}, {"merge_slashes": False}, (False, -2, [(0, -1), (0, -1)], 0, [])),
    ("/a//b//", {}, {"merge_slashes": False}, (False, -2, [(0, -1), (0, -1)], 0, [])),
    ("/a//b", {"merge_slashes": False}, {}, (False, -2, [(0, -1), (0, -1)], 0, [])),
    ("///", {}, {"merge_slashes": False}, (False, 0, [], 0, [])),
    ("//<x>", {}, {}, (True, 0, [], -1, [100])),
    ("/<x>//y", {}, {}, (True, -1, [(2, -1)], -1, [100])),
    ("/<x>//", {}, {"merge_slashes": False}, (True, 0, [], -1, [100])),
    # one variable
    ("/<x>", {}, {}, (True, 0, [], -1, [100])),
    ("/<x>/", {}, {}, (True, 0, [], -1, [100])),
    ("/<string:x>", {}, {}, (True, 0, [], -1, [100])),
    ("/<default:x>", {}, {}, (True, 0, [], -1, [100])),
    ("/<int:x>", {}, {}, (True, 0, [], -1, [50])),
    ("/<float:x>", {}, {}, (True, 0, [], -1, [50])),
    ("/<uuid:x>", {}, {}, (True, 0, [], -1, [100])),
    ("/<path:x>", {}, {}, (True, 0, [], -1, [200])),
    ("/<any(a, b):x>", {}, {}, (True, 0, [], -1, [100])),
    ("/<x>/b", {}, {}, (True, -1, [(2, -1)], -1, [100])),
    ("/a/<x>", {}, {}, (True, -1, [(0, -1)], -1, [100])),
    ("/a/<x>/", {}, {}, (True, -1, [(0, -1)], -1, [100])),
    ("/a/<x>/b", {}, {}, (True, -2, [(0, -1), (2, -1)], -1, [100])),
    ("/a/<x>/b/", {}, {}, (True, -2, [(0, -1), (2, -1)], -1, [100])),
    ("/aa/bbb/<x>/c/dddd", {}, {}, (True, -4, [(0, -2), (0, -3), (2, -1), (2, -4)], -1, [100])),
    # several variables
    ("/<x>/<y>", {}, {}, (True, 0, [], -2, [100, 100])),
    ("/<x>/<y>/", {}, {}, (True, 0, [], -2, [100, 100])),
    ("/<int:x>/<y>", {}, {}, (True, 0, [], -2, [50, 100])),
    ("/<y>/<int:x>", {}, {}, (True, 0, [], -2, [100, 50])),
    ("/<int:x>/<path:y>", {}, {}, (True, 0, [], -2, [50, 200])),
    ("/a/<x>/b/<y>", {}, {}, (True, -2, [(0, -1), (2, -1)], -2, [100, 100])),
    ("/<x>/a/<y>/b", {}, {}, (True, -2, [(2, -1), (4, -1)], -2, [100, 100])),
    ("/<x>/<y>/<z>", {}, {}, (True, 0, [], -3, [100, 100, 100])),
    (
        "/<x>/a/<int:y>/bb/<path:z>/ccc",
        {},
        {},
        (True, -3, [(2, -1), (4, -2), (6, -3)], -3, [100, 50, 200]),
    ),
    # several variables and text in one segment
    ("/<x>.json", {}, {}, (True, -1, [(2, -5)], -1, [100])),
    ("/<x>.<y>", {}, {}, (True, -1, [(2, -1)], -2, [100, 100])),
    ("/v<int:x>", {}, {}, (True, -1, [(0, -1)], -1, [50])),
    ("/v<int:x>/", {}, {}, (True, -1, [(0, -1)], -1, [50])),
    ("/pre-<x>-mid-<int:y>-post", {}, {}, (True, -3, [(0, -4), (2, -5), (4, -5)], -2, [100, 50])),
    ("/<x><y>", {}, {}, (True, 0, [], -2, [100, 100])),
    ("/<int:x>x<int:y>/z", {}, {}, (True, -2, [(2, -1), (4, -1)], -2, [50, 50])),
    ("/a<x>b/c<y>d", {}, {}, (True, -4, [(0, -1), (2, -1), (2, -1), (4, -1)], -2, [100, 100])),
    ("/<x>:act", {}, {}, (True, -1, [(2, -4)], -1, [100])),
    # arguments of converters change nothing but the weight that a converter gives itself
    ("/<int(min=1, max=5):x>", {}, {}, (True, 0, [], -1, [50])),
    ("/<int(fixed_digits=4):x>", {}, {}, (True, 0, [], -1, [50])),
    ("/<int(signed=True):x>", {}, {}, (True, 0, [], -1, [50])),
    ("/<string(length=2):x>", {}, {}, (True, 0, [], -1, [100])),
    ("/<string(minlength=2, maxlength=4):x>/y", {}, {}, (True, -1, [(2, -1)], -1, [100])),
    ("/<float(min=0.5):x>", {}, {}, (True, 0, [], -1, [50])),
    ('/<any("a,b", c):x>/y', {}, {}, (True, -1, [(2, -1)], -1, [100])),
    ("/<heavy:x>", {}, {}, (True, 0, [], -1, [300])),
    ("/<heavy(7):x>/<light:y>", {}, {}, (True, 0, [], -2, [7, 10])),
    # path variables in the middle
    ("/<path:x>/edit", {}, {}, (True, -1, [(2, -4)], -1, [200])),
    ("/<path:x>/edit/", {}, {}, (True, -1, [(2, -4)], -1, [200])),
    ("/a/<path:x>/b/<path:y>", {}, {}, (True, -2, [(0, -1), (2, -1)], -2, [200, 200])),
    ("/<path:x>/<path:y>", {}, {}, (True, 0, [], -2, [200, 200])),
    ("/wiki/<path:x>:action", {}, {}, (True, -2, [(0, -4), (2, -7)], -1, [200])),
    ("/<path:x>/<int:y>", {}, {}, (True, 0, [], -2, [200, 50])),
    # defaults count as arguments, but not as variables
    ("/", {"defaults": {"page": 1}}, {}, (True, 0, [], 0, [])),
    ("/a/b", {"defaults": {"page": 1, "size": 2}}, {}, (True, -2, [(0, -1), (0, -1)], 0, [])),
    ("/<x>", {"defaults": {"x": "1"}}, {}, (True, 0, [], -1, [100])),
    ("/<x>/y", {"defaults": {"page": 1}}, {}, (True, -1, [(2, -1)], -1, [100])),
    ("/a", {"defaults": {}}, {}, (False, -1, [(0, -1)], 0, [])),
    # the subdomain comes first and starts at index 0, as the path does
    ("/", {"subdomain": "www"}, {}, (False, -1, [(0, -3)], 0, [])),
    ("/a", {"subdomain": "www.eu"}, {}, (False, -2, [(0, -6), (0, -1)], 0, [])),
    ("/", {"subdomain": "<user>"}, {}, (True, 0, [], -1, [100])),
    ("/a/<x>", {"subdomain": "<user>.www"}, {}, (True, -2, [(1, -4), (0, -1)], -2, [100, 100])),
    ("/a", {"subdomain": "api-<int:n>.eu"}, {}, (True, -3, [(0, -4), (2, -3), (0, -1)], -1, [50])),
    ("/<x>", {"subdomain": "www"}, {}, (True, -1, [(0, -3)], -1, [100])),
    ("/a", {}, {"default_subdomain": "www"}, (False, -2, [(0, -3), (0, -1)], 0, [])),
    ("/a", {"subdomain": ""}, {"default_subdomain": "www"}, (False, -1, [(0, -1)], 0, [])),
    ("/<x>/b", {"subdomain": "<any(de, en):lang>"}, {}, (True, -1, [(2, -1)], -2, [100, 100])),
    # hosts, only where the map matches hosts
    (
        "/a",
        {"host": "example.com"},
        {"host_matching": True},
        (False, -2, [(0, -11), (0, -1)], 0, []),
    ),
    (
        "/",
        {"host": "<user>.example.com"},
        {"host_matching": True},
        (True, -1, [(1, -12)], -1, [100]),
    ),
    (
        "/<x>",
        {"host": "<user>.example.<tld>"},
        {"host_matching": True},
        (True, -1, [(1, -9)], -3, [100, 100, 100]),
    ),
    ("/a", {}, {"host_matching": True}, (False, -1, [(0, -1)], 0, [])),
    ("/a", {"host": "example.com"}, {}, (False, -1, [(0, -1)], 0, [])),
    ("/a", {"subdomain": "www"}, {"host_matching": True}, (False, -1, [(0, -1)], 0, [])),
    (
        "/a/<int:x>/b",
        {"host": "example.com:8080"},
        {"host_matching": True},
        (True, -3, [(0, -16), (0, -1), (2, -1)], -1, [50]),
    ),
    # settings that change nothing
    ("/a/<x>", {"methods": ["GET"]}, {}, (True, -1, [(0, -1)], -1, [100])),
    ("/a/<x>", {"websocket": True}, {}, (True, -1, [(0, -1)], -1, [100])),
    ("/a/<x>/", {"strict_slashes": False}, {}, (True, -1, [(0, -1)], -1, [100])),
    ("/a/<x>", {"build_only": True}, {}, (True, -1, [(0, -1)], -1, [100])),
    ("/a/<x>", {"alias": True, "endpoint": "e"}, {}, (True, -1, [(0, -1)], -1, [100])),
    ("/a/<x>", {"redirect_to": "b/<x>"}, {}, (True, -1, [(0, -1)], -1, [100])),
]


@pytest.mark.parametrize(("rule", "settings", "map_settings", "key"), KEYS)
def test_key(
    rule: str, settings: dict[str, Any], map_settings: dict[str, Any], key: tuple[Any, ...]
) -> None:
    bound = tr.Rule(rule, **settings)
    tr.Map([bound], converters={"heavy": HeavyConverter, "light": LightConverter}, **map_settings)
    assert bound.match_compare_key() == key


def test_key_holds_a_bool_and_lists() -> None:
    rule = tr.Rule("/a/<x>")
    tr.Map([rule])
    assert repr(rule.match_compare_key()) == "(True, -1, [(0, -1)], -1, [100])"


def test_static_and_argument_weights_are_the_parts_of_the_key() -> None:
    rule = tr.Rule("/a/<int:x>/bb")
    tr.Map([rule])
    assert rule._static_weights == [(0, -1), (2, -2)]
    assert rule._argument_weights == [50]


def test_keys_sort_rules_from_the_most_to_the_least_specific() -> None:
    rules = [
        tr.Rule("/<path:x>"),
        tr.Rule("/<x>"),
        tr.Rule("/<int:x>"),
        tr.Rule("/<x>/<y>"),
        tr.Rule("/a/<x>"),
        tr.Rule("/a"),
        tr.Rule("/a/b"),
    ]
    tr.Map(rules)
    ranked = sorted(rules, key=lambda rule: rule.match_compare_key())
    assert [rule.rule for rule in ranked] == [
        "/a/b",
        "/a",
        "/a/<x>",
        "/<x>/<y>",
        "/<int:x>",
        "/<x>",
        "/<path:x>",
    ]


def test_key_follows_the_rule_after_a_refresh() -> None:
    rule = tr.Rule("/a")
    tr.Map([rule])
    rule.rule = "/a/<int:x>"
    rule.refresh()
    assert rule.match_compare_key() == (True, -1, [(0, -1)], -1, [50])
