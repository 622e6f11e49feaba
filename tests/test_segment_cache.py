"""What a map keeps of rules that it refused: nothing."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import werkzeug.routing

import trieroute
from trieroute import IntegerConverter, Map, Rule, Submount

TEXT = "x" * 1_000


class CompilesItself(Rule):
    """Refuses to be a rule of a map, once it is compiled."""

    def compile(self) -> None:
        super().compile()
        raise ValueError(self.rule)


class BindsItself(Rule):
    """Refuses to be a rule of a map, once it is bound."""

    def bind(self, map: Any, rebind: bool = False) -> None:
        super().bind(map, rebind)
        raise ValueError(self.rule)


#: Rules that no map takes; each has a segment of its own number.
REFUSED: dict[str, Callable[[int], Any]] = {
    "converter that does not exist": lambda n: Rule(f"/{TEXT}{n}/<none:a>"),
    "converter that does not exist, before": lambda n: Rule(f"/<none:a>/{TEXT}{n}"),
    "variable that is used twice": lambda n: Rule(f"/{TEXT}{n}/<a>/<a>"),
    "refused argument": lambda n: Rule(f"/{TEXT}{n}/<int(none=1):a>"),
    "variable of a name of its own": lambda n: Rule(f"/<a{TEXT}{n}>/<none:b>"),
    "default that can't be in a URL": lambda n: Rule(f"/{TEXT}{n}/<int:a>", defaults={"a": "b"}),
    "target without such a variable": lambda n: Rule(f"/{TEXT}{n}", redirect_to="/<b>"),
    "subdomain": lambda n: Rule("/<none:a>", subdomain=f"{TEXT}{n}"),
    "compile that raises": lambda n: CompilesItself(f"/{TEXT}{n}/<a{n}>"),
    "bind that raises": lambda n: BindsItself(f"/{TEXT}{n}/<a{n}>"),
    "endpoint that can't be hashed": lambda n: Rule(f"/{TEXT}{n}", endpoint=[]),
    "later rule of a factory": lambda n: Submount("", [Rule(f"/{TEXT}{n}"), Rule("/<none:a>")]),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_segments_of_refused_rules_are_not_kept(kind: str) -> None:
    url_map = Map([Rule("/a", endpoint="a")])

    def refuse(numbers: range) -> None:
        for number in numbers:
            with pytest.raises((ValueError, LookupError, TypeError)):
                url_map.add(REFUSED[kind](number))

    refuse(range(50))
    gc.collect()
    tracemalloc.start()
    try:
        refuse(range(50, 250))
        gc.collect()
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 200 * len(TEXT) // 4
    assert url_map.bind("example.com").match("/a") == ("a", {})


@pytest.mark.parametrize(
    "refused",
    [
        Rule("/<int(min=17):a>/<none:b>"),
        Rule("/<int(min=17):a>/<a>"),
        Rule("/<int(min=17):a>", defaults={"a": "b"}),
        Rule("/<int(min=17):a>", redirect_to="/<b>"),
        Submount("", [Rule("/<int(min=17):a>"), Rule("/<none:a>")]),
    ],
    ids=["converter", "twice", "default", "target", "factory"],
)
def test_converters_of_refused_rules_are_not_kept(refused: Any) -> None:
    url_map = Map([Rule("/<int:a>", endpoint="a")])
    with pytest.raises((ValueError, LookupError)):
        url_map.add(refused)
    gc.collect()
    assert [
        converter
        for converter in gc.get_objects()
        if type(converter) is IntegerConverter and converter.map is url_map and converter.min == 17
    ] == []


def test_segment_of_a_refused_rule_is_read_anew() -> None:
    url_map = Map()
    with pytest.raises(LookupError):
        url_map.add(Rule("/a/<int:x>/<none:y>"))
    url_map.converters["int"] = url_map.converters["string"]
    url_map.add(Rule("/a/<int:x>", endpoint="e"))
    assert url_map.bind("example.com").match("/a/7") == ("e", {"x": "7"})


CHANGES: list[tuple[str, str, str, Any, str]] = [
    ("float", "<float:x>", "num_convert", Decimal, "1.5"),
    ("int", "<int:x>", "num_convert", Decimal, "7"),
    ("int", "<int(signed=True):x>", "signed_regex", property(lambda _: "7[0-9]"), "77"),
    ("int", "<int:x>", "to_python", lambda converter, text: f"<{text}>", "7"),
    ("int", "<int:x>", "regex", "7[0-9]", "77"),
    ("string", "<x>", "to_python", lambda converter, text: f"<{text}>", "7"),
    ("path", "<path:x>", "part_isolating", True, "a"),
]


@pytest.mark.parametrize("router", [trieroute, werkzeug.routing], ids=["ours", "werkzeugs"])
@pytest.mark.parametrize(("name", "variable", "attribute", "value", "text"), CHANGES)
def test_change_of_a_built_in_class_counts_for_the_rules_that_follow(
    router: Any,
    name: str,
    variable: str,
    attribute: str,
    value: Any,
    text: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url_map = router.Map([router.Rule(f"/a/{variable}", endpoint="a")])
    # The cache has looked at the class again.
    url_map.add(router.Rule(f"/b/{variable}", endpoint="b"))
    monkeypatch.setattr(router.Map.default_converters[name], attribute, value)
    url_map.add(router.Rule(f"/c/{variable}", endpoint="c"))
    fresh = router.Map([router.Rule(f"/c/{variable}", endpoint="c")])
    found = url_map.bind("h").match(f"/c/{text}")
    assert found == fresh.bind("h").match(f"/c/{text}")
    assert found[0] == "c"
    if attribute == "num_convert":
        assert type(found[1]["x"]) is Decimal


@pytest.mark.parametrize("router", [trieroute, werkzeug.routing], ids=["ours", "werkzeugs"])
def test_change_of_the_weight_of_a_built_in_class_counts_for_the_rules_that_follow(
    router: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    url_map = router.Map([router.Rule("/a/<int:x>"), router.Rule("/b/<string:x>")])
    monkeypatch.setattr(router.Map.default_converters["int"], "weight", 500)
    url_map.add(router.Rule("/c/<int:x>", endpoint="int"))
    url_map.add(router.Rule("/c/<string:x>", endpoint="string"))
    assert url_map.bind("h").match("/c/7")[0] == "string"


def test_segments_are_known_again_once_a_built_in_class_is_as_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url_map = Map([Rule("/a/<int:x>", endpoint="a")])
    (known,) = next(iter(url_map.iter_rules()))._converters.values()
    with monkeypatch.context() as context:
        context.setattr(IntegerConverter, "num_convert", Decimal)
        rule = Rule("/b/<int:x>", endpoint="b")
        url_map.add(rule)
        assert rule._converters["x"] is not known
    rule = Rule("/c/<int:x>", endpoint="c")
    url_map.add(rule)
    assert rule._converters["x"] is known
