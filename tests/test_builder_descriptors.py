"""Builders of a rule that a program makes itself, perhaps as descriptors."""

from __future__ import annotations

from typing import Any

import pytest
import werkzeug.routing

import trieroute
import trieroute._dropin.install
from trieroute import Submount


class Lazy:
    """A builder that is compiled when the rule asks for it, as Odoo's."""

    def __init__(self, append_unknown: bool, log: list[Any]) -> None:
        self.append_unknown = append_unknown
        self.log = log

    def __get__(self, rule: Any, owner: Any = None) -> Any:
        self.log.append((self.append_unknown, rule.rule, owner))

        def build(**values: Any) -> tuple[str, str]:
            self.log.append(values)
            return "", f"/lazy/{values['x']}"

        return build


def lazy_rule(base: Any, log: list[Any]) -> Any:
    class LazyRule(base):  # type: ignore[misc]
        def _compile_builder(self, append_unknown: bool = True) -> Any:
            return Lazy(append_unknown, log)

    return LazyRule


BASES = [trieroute.Rule, werkzeug.routing.Rule, trieroute._dropin.install.Rule]


@pytest.mark.parametrize("order", ["weights", "segments", "registration"])
@pytest.mark.parametrize("base", BASES, ids=lambda base: base.__module__)
def test_builder_is_asked_for_once_when_the_rule_is_bound(base: Any, order: str) -> None:
    log: list[Any] = []
    rule = lazy_rule(base, log)("/a/<x>", endpoint="e")
    url_map = trieroute.Map([rule], match_order=order)
    assert log == [(False, "/a/<x>", None), (True, "/a/<x>", None)]
    del log[:]
    adapter = url_map.bind("example.org")
    assert adapter.build("e", {"x": "1", "q": "2"}) == "/lazy/1"
    assert adapter.build("e", {"x": "2"}, append_unknown=False) == "/lazy/2"
    assert log == [{"x": "1", "q": "2"}, {"x": "2"}]
    assert adapter.match("/a/1") == ("e", {"x": "1"})


def test_builder_of_a_rule_behind_a_factory_is_asked_for_once() -> None:
    log: list[Any] = []
    rule = lazy_rule(trieroute.Rule, log)("/a/<x>", endpoint="e")
    url_map = trieroute.Map([Submount("/b", [rule])])
    assert log == [(False, "/b/a/<x>", None), (True, "/b/a/<x>", None)]
    url_map.remove(next(url_map.iter_rules()))
    url_map.add(Submount("/c", [rule]))
    assert [entry[1] for entry in log] == ["/b/a/<x>", "/b/a/<x>", "/c/a/<x>", "/c/a/<x>"]


def test_builder_is_asked_for_again_when_the_rule_is_bound_again() -> None:
    log: list[Any] = []
    rule = lazy_rule(trieroute.Rule, log)("/a/<x>", endpoint="e")
    trieroute.Map([rule])
    rule.rule = "/b/<x>"
    rule.refresh()
    assert log[2:] == [(False, "/b/<x>", None), (True, "/b/<x>", None)]


@pytest.mark.parametrize("base", BASES, ids=lambda base: base.__module__)
def test_builder_that_is_a_function_is_a_method_of_the_rule(base: Any) -> None:
    class Own(base):  # type: ignore[misc]
        def _compile_builder(self, append_unknown: bool = True) -> Any:
            def build(rule: Any, **values: Any) -> tuple[str, str]:
                return "", f"/{rule.endpoint}/{append_unknown}/{values['x']}"

            return build

    adapter = trieroute.Map([Own("/<x>", endpoint="e")]).bind("example.org")
    assert adapter.build("e", {"x": "1"}) == "/e/True/1"
    assert adapter.build("e", {"x": "1"}, append_unknown=False) == "/e/False/1"


@pytest.mark.parametrize("base", BASES, ids=lambda base: base.__module__)
def test_builder_may_wrap_the_one_of_the_base_class(base: Any) -> None:
    class Own(base):  # type: ignore[misc]
        def _compile_builder(self, append_unknown: bool = True) -> Any:
            build = super()._compile_builder(append_unknown)
            return lambda rule, **values: ("", "/p" + build(rule, **values)[1])

    adapter = trieroute.Map([Own("/<x>", endpoint="e")]).bind("example.org")
    assert adapter.build("e", {"x": "1", "q": "2"}) == "/p/1?q=2"


def test_builder_that_cannot_be_made_leaves_the_map_as_it_was() -> None:
    class Own(trieroute.Rule):
        def _compile_builder(self, append_unknown: bool = True) -> Any:
            raise ValueError("no builder")

    url_map, rule = trieroute.Map(), Own("/<x>", endpoint="e")
    with pytest.raises(ValueError, match="no builder"):
        url_map.add(rule)
    assert list(url_map.iter_rules()) == []
    assert rule.map is None
