"""`MapAdapter.build` after rules were added or changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
import werkzeug.routing

import trieroute
from adapters import adapter_of
from trieroute import BuildError, Rule


def test_rules_added_after_a_build_are_seen() -> None:
    adapter = adapter_of(Rule("/<x>", endpoint="e"))
    assert adapter.build("e", {"x": 1, "y": 2}) == "/1?y=2"
    adapter.map.add(Rule("/<x>/<y>", endpoint="e"))
    assert adapter.build("e", {"x": 1, "y": 2}) == "/1/2"


def test_endpoints_added_after_a_failed_build_are_seen() -> None:
    adapter = adapter_of()
    with pytest.raises(BuildError):
        adapter.build("e")
    adapter.map.add(Rule("/", endpoint="e"))
    assert adapter.build("e") == "/"


def changed_methods() -> Iterable[Any]:
    def replaced(rule: Rule) -> None:
        rule.methods = {"POST"}

    def removed(rule: Rule) -> None:
        assert rule.methods is not None
        rule.methods.discard("GET")

    def cleared(rule: Rule) -> None:
        assert rule.methods is not None
        rule.methods.clear()

    return replaced, removed, cleared


@pytest.mark.parametrize("change", changed_methods())
def test_changed_methods_are_seen(change: Any) -> None:
    rule = Rule("/a", endpoint="e", methods=["GET"])
    adapter = adapter_of(rule, Rule("/b", endpoint="e"))
    assert adapter.build("e", method="GET") == "/a"
    change(rule)
    assert adapter.build("e", method="GET") == "/b"


def test_changed_defaults_are_seen_by_the_choice_of_a_rule() -> None:
    rule = Rule("/all", endpoint="e", defaults={"page": 1})
    adapter = adapter_of(rule)
    assert adapter.build("e", {"page": 1}) == "/all"
    rule.defaults = {"page": 2}
    assert adapter.build("e", {"page": 2}) == "/all"
    with pytest.raises(BuildError):
        adapter.build("e", {"page": 1})


@pytest.mark.parametrize("library", [trieroute, werkzeug.routing])
@pytest.mark.parametrize(
    ("text", "values", "other"), [("/all", {}, "/other"), ("/all/<n>", {"n": 1}, "/other/1")]
)
def test_argument_whose_default_is_gone_has_to_be_given(
    library: Any, text: str, values: dict[str, Any], other: str
) -> None:
    rule = library.Rule(text, endpoint="e", defaults={"page": 1})
    url_map = library.Map([rule, library.Rule(other.replace("1", "<n>"), endpoint="e")])
    adapter = url_map.bind("example.com")
    rule.defaults = None
    assert not rule.suitable_for(values)
    assert adapter.build("e", values) == other
    assert adapter.build("e", {**values, "page": 2}) == other.replace("other", "all")


@pytest.mark.parametrize("built_before", [True, False])
def test_changed_defaults_leave_the_url_as_it_was_compiled(built_before: bool) -> None:
    rule = Rule("/<x>", endpoint="e")
    adapter = adapter_of(rule)
    if built_before:
        adapter.build("e", {"x": 1})
    rule.defaults = {"y": 2}
    assert adapter.build("e", {"x": 1, "y": 2}) == "/1?y=2"


def test_refreshed_rule_is_seen() -> None:
    rule = Rule("/a/<x>", endpoint="e")
    adapter = adapter_of(rule)
    assert adapter.build("e", {"x": 1}) == "/a/1"
    rule.rule = "/b/<int(fixed_digits=2):x>"
    rule.refresh()
    assert adapter.build("e", {"x": 1}) == "/b/01"


def test_changed_alias_is_seen() -> None:
    rule = Rule("/a", endpoint="e")
    adapter = adapter_of(rule, Rule("/b", endpoint="e"))
    assert adapter.build("e") == "/a"
    rule.alias = True
    assert adapter.build("e") == "/b"


def test_changed_websocket_is_seen() -> None:
    rule = Rule("/a", endpoint="e")
    adapter = adapter_of(rule)
    assert adapter.build("e") == "/a"
    rule.websocket = True
    assert adapter.build("e") == "ws://example.com/a"
