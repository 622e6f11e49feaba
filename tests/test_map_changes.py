"""Rules and settings that a program changes after they were bound."""

from __future__ import annotations

import copy
from threading import Event, Thread
from typing import Any

import pytest
import werkzeug.routing
from werkzeug.exceptions import HTTPException

import trieroute
from outcomes import redirect_of, valid_methods_of
from trieroute import BuildError, Map, Rule

# Attributes of rules and maps


def test_methods_of_a_bound_rule_may_be_changed() -> None:
    rule = Rule("/a", endpoint="e", methods=["GET"])
    adapter = Map([rule]).bind("example.com")
    assert valid_methods_of(adapter, "/a", "POST") == ["GET", "HEAD"]
    rule.methods = {"POST"}
    assert adapter.match("/a", "POST") == ("e", {})
    assert valid_methods_of(adapter, "/a", "GET") == ["POST"]
    rule.methods = None
    assert adapter.match("/a", "PUT") == ("e", {})


def test_methods_of_a_bound_rule_may_be_changed_in_place() -> None:
    rule = Rule("/a", endpoint="e", methods=["GET"])
    adapter = Map([rule]).bind("example.com")
    assert adapter.match("/a", "GET") == ("e", {})
    assert rule.methods is not None
    rule.methods.add("POST")
    assert adapter.match("/a", "POST") == ("e", {})


def test_strict_slashes_of_a_bound_rule_may_be_changed() -> None:
    rule = Rule("/a/", endpoint="e")
    adapter = Map([rule]).bind("example.com")
    assert redirect_of(adapter, "/a") == "http://example.com/a/"
    rule.strict_slashes = False
    assert adapter.match("/a") == ("e", {})


def test_merge_slashes_of_a_bound_rule_may_be_changed() -> None:
    rule = Rule("/a/b", endpoint="e")
    adapter = Map([rule]).bind("example.com")
    assert redirect_of(adapter, "/a//b") == "http://example.com/a/b"
    rule.merge_slashes = False
    assert not adapter.test("/a//b")


@pytest.mark.parametrize(
    ("name", "value", "result"),
    [
        ("endpoint", "other", ("other", {"x": "a"})),
        ("defaults", {"y": 1}, ("e", {"x": "a", "y": 1})),
        ("websocket", False, ("e", {"x": "a"})),
    ],
)
def test_attribute_of_a_bound_rule_may_be_changed(name: str, value: Any, result: Any) -> None:
    rule = Rule("/<x>", endpoint="e")
    adapter = Map([rule]).bind("example.com")
    assert adapter.match("/a") == ("e", {"x": "a"})
    setattr(rule, name, value)
    assert adapter.match("/a") == result


def test_redirect_to_of_a_bound_rule_may_be_changed() -> None:
    rule = Rule("/<x>", endpoint="e")
    adapter = Map([rule]).bind("example.com")
    assert adapter.match("/a") == ("e", {"x": "a"})
    rule.redirect_to = "new/<x>"
    assert redirect_of(adapter, "/a") == "http://example.com/new/a"
    rule.redirect_to = lambda adapter, x: f"newer/{x}"
    assert redirect_of(adapter, "/a") == "http://example.com/newer/a"
    rule.redirect_to = None
    assert adapter.match("/a") == ("e", {"x": "a"})


@pytest.mark.parametrize("library", [trieroute, werkzeug.routing])
@pytest.mark.parametrize("built_before", [True, False])
@pytest.mark.parametrize("in_place", [True, False])
def test_arguments_of_a_bound_rule_may_be_changed(
    library: Any, built_before: bool, in_place: bool
) -> None:
    rule = library.Rule("/<x>", endpoint="e", defaults={"y": 1})
    url_map = library.Map([rule])
    adapter = url_map.bind("example.com")
    assert rule.arguments == {"x", "y"}
    if built_before:
        assert adapter.build("e", {"x": "a"}) == "/a"
    if in_place:
        rule.arguments.add("z")
    else:
        rule.arguments = {"x", "y", "z"}
    assert url_map.is_endpoint_expecting("e", "z")
    assert not adapter.map.is_endpoint_expecting("e", "w")
    with pytest.raises(BuildError):
        adapter.build("e", {"x": "a"})
    assert adapter.build("e", {"x": "a", "z": 2}) == "/a?z=2"
    rule.arguments.discard("z")
    assert adapter.build("e", {"x": "a"}) == "/a"
    copied = rule.arguments.copy()
    copied.clear()
    assert rule.arguments == {"x", "y"}


@pytest.mark.parametrize("library", [trieroute, werkzeug.routing])
@pytest.mark.parametrize(
    ("text", "path"),
    [("/a", "/a"), ("/a/<int:n>", "/a/1"), ("/a/<n>", "/a/1"), ("/a/<path:n>", "/a/1")],
)
def test_argument_that_is_added_has_to_be_given(library: Any, text: str, path: str) -> None:
    rule = library.Rule(text, endpoint="e")
    adapter = library.Map([rule]).bind("example.com")
    rule.arguments.add("z")
    with pytest.raises(BuildError):
        adapter.build("e", {"n": 1})
    values = {"z": 2} if text == "/a" else {"n": 1, "z": 2}
    assert adapter.build("e", values) == f"{path}?z=2"


def test_rule_that_is_made_to_build_only_matches_no_more() -> None:
    # In Werkzeug it matches as before, and one that was for building alone does not begin to.
    rule = Rule("/a", endpoint="a")
    adapter = Map([rule]).bind("example.com")
    assert adapter.test("/a")
    rule.build_only = True
    assert not adapter.test("/a")
    assert adapter.build("a") == "/a"
    rule.build_only = False
    assert adapter.match("/a") == ("a", {})


def test_attributes_may_be_set_on_adapters() -> None:
    adapter = Map([Rule("/a/", subdomain="www")]).bind("example.com")
    adapter.subdomain = "www"
    adapter.url_scheme = "https"
    adapter.script_name = "/app/"
    adapter.note = "any other"
    assert redirect_of(adapter, "/a") == "https://www.example.com/app/a/"
    assert adapter.note == "any other"


# Rules by endpoint


def test_endpoint_that_a_program_takes_out_builds_no_more() -> None:
    url_map = Map([Rule("/a", endpoint="a"), Rule("/b", endpoint="b")])
    adapter = url_map.bind("example.com")
    assert adapter.build("a") == "/a"
    del url_map._rules_by_endpoint["a"]
    with pytest.raises(BuildError):
        adapter.build("a")


def test_rule_that_a_program_takes_out_of_its_endpoint_builds_no_more() -> None:
    url_map = Map([Rule("/a", endpoint="a"), Rule("/a/<int:x>", endpoint="a")])
    adapter = url_map.bind("example.com")
    assert adapter.build("a", {"x": 1}) == "/a/1"
    del url_map._rules_by_endpoint["a"][0]
    assert adapter.build("a", {"x": 1}) == "/a?x=1"


def test_rules_that_a_program_sets_for_an_endpoint_build() -> None:
    url_map = Map([Rule("/a", endpoint="a"), Rule("/b", endpoint="b")])
    adapter = url_map.bind("example.com")
    assert adapter.build("a") == "/a"
    url_map._rules_by_endpoint["a"] = url_map._rules_by_endpoint["b"]
    assert adapter.build("a") == "/b"


def test_copies_of_the_rules_by_endpoint_are_plain() -> None:
    url_map = Map([Rule("/a", endpoint="a")])
    copied = copy.copy(url_map._rules_by_endpoint)
    assert (type(copied), type(copy.copy(copied["a"]))) == (dict, list)


def test_rules_by_endpoint_may_be_a_dictionary_of_the_programs() -> None:
    url_map = Map([Rule("/a", endpoint="a")])
    url_map._rules_by_endpoint = dict(url_map._rules_by_endpoint)
    url_map.add(Rule("/b", endpoint="b"))
    adapter = url_map.bind("example.com")
    assert (adapter.match("/b"), adapter.build("b")) == (("b", {}), "/b")
    del url_map._rules_by_endpoint["b"]
    with pytest.raises(BuildError):
        adapter.build("b")


@pytest.mark.parametrize(
    ("change", "left"),
    [
        (lambda rules: rules.pop(0), ["/b", "/c"]),
        (lambda rules: rules.insert(0, rules[2]), ["/c", "/a", "/b", "/c"]),
    ],
)
def test_rules_that_are_taken_out_or_put_in_while_they_are_sorted(
    change: Any, left: list[str]
) -> None:
    changes = []

    class Changing(Rule):
        def build_compare_key(self) -> Any:
            if changes and self.rule == "/b":
                changes.pop()(url_map._rules_by_endpoint["e"])
            return super().build_compare_key()

    url_map = Map([Changing(path, endpoint="e") for path in ("/a", "/b", "/c")])
    changes.append(change)
    url_map.update()
    assert [rule.rule for rule in url_map.iter_rules("e")] == left


def test_map_that_keeps_its_rules_sorted_is_compiled_once() -> None:
    class Sorting(Map):
        def update(self) -> None:
            super().update()
            for rules in self._rules_by_endpoint.values():
                rules.sort(key=Rule.build_compare_key)

    url_map = Sorting([Rule("/a", endpoint="e"), Rule("/a/<b>", endpoint="e")])
    adapter = url_map.bind("example.com")
    adapter.match("/a")
    trie = url_map._state.trie
    adapter.match("/a")
    assert url_map._state.trie is trie


@pytest.mark.parametrize(
    ("change", "path", "before", "after"),
    [
        (lambda url_map, _: url_map.add(Rule("/new", endpoint="old")), "/new", "404", "old"),
        (lambda url_map, rule: url_map.remove(rule), "/old", "old", "404"),
        (lambda _, rule: setattr(rule, "endpoint", "renamed"), "/old", "old", "renamed"),
        (lambda _, rule: rule.methods.discard("GET"), "/old", "old", "405"),
        (lambda url_map, _: setattr(url_map, "merge_slashes", False), "/a//b", "308", "404"),
    ],
    ids=["add", "remove", "setting of a rule", "methods in place", "setting of the map"],
)
def test_requests_go_on_while_another_thread_compiles_a_change(
    change: Any, path: str, before: str, after: str
) -> None:
    compiling, may_go_on = Event(), Event()
    may_go_on.set()

    class Slow(Rule):
        def build_compare_key(self) -> Any:
            if not may_go_on.is_set():
                compiling.set()
                assert may_go_on.wait(20)
            return super().build_compare_key()

    rule = Slow("/old", endpoint="old", methods=["GET"])
    others = [Slow("/a", endpoint="old"), Slow("/a/<b>", endpoint="old")]
    url_map = Map([rule, *others])
    adapter = url_map.bind("example.com")

    def answer() -> str:
        try:
            return str(adapter.match(path, "GET")[0])
        except HTTPException as error:
            return str(error.code)

    assert answer() == before
    may_go_on.clear()
    writer = Thread(target=change, args=(url_map, rule))
    writer.start()
    assert compiling.wait(20)
    try:
        # This thread would wait for the other one for ever.
        assert answer() == before
    finally:
        may_go_on.set()
        writer.join(20)
    assert answer() == after


def test_change_that_cannot_be_compiled_is_what_the_next_request_raises() -> None:
    class Faulty(Rule):
        fails = False

        def build_compare_key(self) -> Any:
            if self.fails:
                raise LookupError("no key")
            return super().build_compare_key()

    url_map = Map([Faulty("/a", endpoint="e"), Rule("/a/<b>", endpoint="e")])
    adapter = url_map.bind("example.com")
    assert adapter.match("/a") == ("e", {})
    Faulty.fails = True
    url_map.redirect_defaults = False
    with pytest.raises(LookupError, match="no key"):
        adapter.match("/a")
    Faulty.fails = False
    assert adapter.match("/a") == ("e", {})
