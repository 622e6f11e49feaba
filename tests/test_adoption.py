"""Werkzeug's rules and factories, and those that derive from them, in a map of trieroute."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import werkzeug.routing
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.routing import Rule as WerkzeugRule

import trieroute.flask
from trieroute import Map, Rule, Submount
from trieroute._core.changes import Changes
from trieroute._rules.foreign import adopt


class Factory(werkzeug.routing.RuleFactory):
    """Gives the rules themselves, not copies."""

    def __init__(self, rules: Any) -> None:
        self.rules = rules

    def get_rules(self, map: Any) -> Any:
        return self.rules


class VersionedRule(werkzeug.routing.Rule):
    """Takes one argument more, and overrides what makes the URL."""

    def __init__(self, string: str, version: int = 1, **settings: Any) -> None:
        super().__init__(string, **settings)
        self.version = version

    def get_empty_kwargs(self) -> dict[str, Any]:
        return {**super().get_empty_kwargs(), "version": self.version}

    def build(self, values: Any, append_unknown: bool = True) -> tuple[str, str] | None:
        return super().build({**values, "v": self.version}, append_unknown)

    @property
    def title(self) -> str:
        return f"{self.rule} of version {self.version}"


def test_rule_is_an_instance_of_both_classes() -> None:
    (rule,) = Map([werkzeug.routing.Rule("/a", endpoint="a")]).iter_rules()
    assert isinstance(rule, Rule)
    assert isinstance(rule, werkzeug.routing.Rule)
    assert repr(rule) == "<Rule '/a' -> a>"


def test_overridden_methods_are_called() -> None:
    adapter = Map([VersionedRule("/a/<x>", version=3, endpoint="a")]).bind("example.com")
    assert adapter.build("a", {"x": "b"}) == "/a/b?v=3"


def test_own_members_stay() -> None:
    (rule,) = Map([VersionedRule("/a", version=3, endpoint="a")]).iter_rules()
    assert isinstance(rule, VersionedRule)
    assert rule.title == "/a of version 3"
    assert type(rule).__name__ == "VersionedRule"


def test_own_arguments_stay_in_copies() -> None:
    (rule,) = Map([Submount("/x", [VersionedRule("/a", version=3, endpoint="a")])]).iter_rules()
    copy = rule.empty()
    assert isinstance(copy, VersionedRule)
    assert (copy.rule, copy.version, copy.map) == ("/x/a", 3, None)


def test_given_rule_is_the_rule_of_the_map() -> None:
    given = werkzeug.routing.Rule("/a/<x>", endpoint="a", methods=["GET"])
    url_map = Map([given])  # type: ignore[list-item]
    (rule,) = url_map.iter_rules()
    assert rule is given  # type: ignore[comparison-overlap]
    assert given.map is url_map  # type: ignore[comparison-overlap]
    assert given.build({"x": 1}) == ("", "/a/1")
    assert given.arguments == {"x"}
    assert repr(given) == "<Rule '/a/<x>' (GET, HEAD) -> a>"


def test_methods_that_are_changed_afterwards_count() -> None:
    given = werkzeug.routing.Rule("/a", endpoint="a", methods=["GET"])
    url_map = Map([given])
    assert given.methods is not None
    given.methods.add("PUT")
    assert url_map.bind("example.com").match("/a", "PUT") == ("a", {})


def test_slots_of_a_given_rule_stay() -> None:
    class Slotted(werkzeug.routing.Rule):
        __slots__ = ("tag",)

    given = Slotted("/a", endpoint="a")
    given.tag = "own"
    (rule,) = Map([given]).iter_rules()
    assert rule.tag == "own"  # type: ignore[attr-defined]


@pytest.mark.parametrize("together", [False, True])
def test_given_rule_is_what_it_was_when_it_is_not_added(together: bool) -> None:
    given = werkzeug.routing.Rule("/<nope:x>" if not together else "/a", methods=["GET"])
    attributes, before = vars(given), dict(vars(given))
    rules = [given, Rule("/<nope:x>")] if together else [given]
    with pytest.raises(LookupError):
        Map().add(Factory(rules))
    assert type(given) is werkzeug.routing.Rule
    assert vars(given) is attributes
    assert vars(given) == before


def test_override_that_would_never_be_called_is_refused() -> None:
    class Parsing(werkzeug.routing.Rule):
        def _parse_rule(self, rule: str) -> Any:
            return super()._parse_rule(rule)

    url_map = Map([Rule("/a", endpoint="a")])
    with pytest.raises(TypeError) as caught:
        url_map.add(Submount("/x", [Rule("/b", endpoint="b"), Parsing("/c", endpoint="c")]))
    assert "Parsing overrides _parse_rule, which trieroute never calls" in str(caught.value)
    assert "derive the class from trieroute.Rule" in str(caught.value)
    assert [rule.rule for rule in url_map.iter_rules()] == ["/a"]


class GlobalName(WerkzeugRule):
    def compile(self) -> None:
        WerkzeugRule.compile(self)


class ModuleName(werkzeug.routing.Rule):
    def compile(self) -> None:
        def compiled() -> None:
            werkzeug.routing.Rule.compile(self)

        compiled()


def class_with_a_closure() -> type[werkzeug.routing.Rule]:
    base = werkzeug.routing.Rule

    class Closure(base):  # type: ignore
        @property
        def compiled(self) -> Any:
            return base.compile(self)

    return Closure


@pytest.mark.parametrize("cls", [GlobalName, ModuleName])
def test_werkzeugs_compile_by_the_name_of_its_class_is_refused_when_it_is_called(cls: Any) -> None:
    rule = cls("/a", endpoint="a")
    with pytest.raises(TypeError) as caught:
        Map([rule])
    assert str(caught.value) == (
        f"rule '/a': class test_adoption.{cls.__name__} calls Werkzeug's method as Rule.compile,"
        " which can't compile a rule of trieroute: call super().compile, or derive the class from"
        " trieroute.Rule"
    )
    assert type(rule) is cls


def test_rule_that_werkzeugs_compile_was_called_for_is_what_it_was() -> None:
    url_map = Map([class_with_a_closure()("/a/<x>", endpoint="a")])  # type: ignore[list-item]
    (rule,) = url_map.iter_rules()
    with pytest.raises(TypeError, match=r"Closure calls Werkzeug's method as Rule\.compile"):
        rule.compiled  # type: ignore[attr-defined]  # noqa: B018
    url_map.add(Rule("/b", endpoint="b"))
    adapter = url_map.bind("example.com")
    assert adapter.match("/a/1") == ("a", {"x": "1"})
    assert adapter.build("a", {"x": "1"}) == "/a/1"


class OldStyle(WerkzeugRule):
    """Names its base where ``super()`` would do; what it calls there does no harm."""

    def __init__(self, string: str, **settings: Any) -> None:
        WerkzeugRule.__init__(self, string, **settings)
        self.tag = "own"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WerkzeugRule) and WerkzeugRule("/").rule != other.rule

    __hash__ = None  # type: ignore[assignment]

    def build(self, values: Any, append_unknown: bool = True) -> tuple[str, str] | None:
        return WerkzeugRule.build(self, {**values, "v": 3}, append_unknown)

    def _compile_builder(self, append_unknown: bool = True) -> Any:
        return WerkzeugRule._compile_builder(self, append_unknown)


@pytest.mark.usefixtures("equal_rules")
def test_class_that_names_its_base_without_harm() -> None:
    url_map = Map([OldStyle("/a/<x>", endpoint="a", methods=["GET"])])
    adapter = url_map.bind("example.com")
    assert adapter.build("a", {"x": 1}) == "/a/1?v=3"
    (rule,) = url_map.iter_rules()
    copy = rule.empty()
    url_map.add(copy)
    assert isinstance(copy, OldStyle)
    assert (copy.tag, copy.methods) == ("own", {"GET", "HEAD"})


def test_rule_that_is_bound_to_a_map_of_werkzeug_is_refused() -> None:
    rule = werkzeug.routing.Rule("/a", endpoint="a")
    werkzeug.routing.Map([rule])
    with pytest.raises(RuntimeError):
        Map([rule])
    assert type(rule) is werkzeug.routing.Rule
    assert rule.build({}) == ("", "/a")


class OwnRule(Rule):
    pass


@pytest.mark.parametrize("rule_class", [Rule, trieroute.flask.Rule, OwnRule])
@pytest.mark.parametrize("submount", [None, Submount, werkzeug.routing.Submount])
def test_rule_of_trieroute_in_a_map_of_werkzeug_is_refused(rule_class: Any, submount: Any) -> None:
    rule = rule_class("/a", endpoint="a")
    with pytest.raises(TypeError) as caught:
        werkzeug.routing.Map([submount("/", [rule]) if submount else rule])
    assert str(caught.value) == (
        "rule '/a' is a rule of trieroute, and a map of Werkzeug's can't take it: add it to a"
        " trieroute.Map, or call trieroute.patch() before the map is made"
    )
    Map([rule])


def test_rule_that_a_map_of_werkzeugs_has_is_left_alone() -> None:
    theirs = werkzeug.routing.Map()
    rule = werkzeug.routing.Rule("/<int:n>", endpoint="e")
    theirs.add(rule)
    with pytest.raises(RuntimeError, match="already bound"):
        Map().add(rule)
    assert type(rule) is werkzeug.routing.Rule
    assert theirs.bind("example.com").build("e", {"n": 3}) == "/3"


def test_rule_whose_class_refuses_attributes_is_made_what_it_was() -> None:
    class Refusing(werkzeug.routing.Rule):
        def __setattr__(self, name: str, value: Any) -> None:
            if name.startswith("__"):
                raise AttributeError(name)
            super().__setattr__(name, value)

    rule = Refusing("/<a>", endpoint="e", redirect_to="/<b>")
    with pytest.raises(ValueError, match="no variable 'b'"):
        Map().add(rule)
    assert type(rule) is Refusing


@pytest.mark.parametrize("base", [werkzeug.routing.Rule, Rule], ids=["werkzeugs", "ours"])
def test_rule_whose_class_sets_attributes_in_its_own_way_keeps_its_methods(base: Any) -> None:
    class Direct(base):
        def __setattr__(self, name: str, value: Any) -> None:
            self.__dict__[name] = value

    rule = Direct("/a", endpoint="e", methods=["POST"])
    url_map = Map([rule])
    assert rule.methods == {"POST"}
    adapter = url_map.bind("example.com")
    assert adapter.match("/a", "POST") == ("e", {})
    with pytest.raises(MethodNotAllowed):
        adapter.match("/a", "GET")
    rule.methods.add("PUT")
    assert adapter.match("/a", "PUT") == ("e", {})


def test_rule_that_another_thread_adds_meanwhile() -> None:
    others: list[Any] = []

    class Interrupted(werkzeug.routing.Rule):
        """Lets another thread add the rule when its methods are asked for the first time."""

        @property  # type: ignore[override]
        def methods(self) -> Any:
            if not others:
                others.append(Map())
                with ThreadPoolExecutor(1) as threads:
                    threads.submit(others[0].add, self).result()
            return self.__dict__["own_methods"]

        @methods.setter
        def methods(self, methods: Any) -> None:
            self.__dict__["own_methods"] = methods

    rule: Any = Interrupted("/a/<x>", endpoint="a")
    with pytest.raises(RuntimeError, match="rule '/a/<x>' is already bound to a map"):
        Map().add(rule)
    assert rule.map is others[0]
    assert others[0].bind("example.com").match("/a/1") == ("a", {"x": "1"})


def test_rule_that_another_thread_has_adopted_meanwhile() -> None:
    rule = werkzeug.routing.Rule("/a", endpoint="a")
    adoption = adopt(rule)
    assert adoption is not None
    Map([rule])
    assert adopt(rule) is None
    changes = Changes()
    adoption.add_to(changes)
    with pytest.raises(RuntimeError, match="rule '/a' is already bound to a map"):
        changes.make()
    assert isinstance(rule, Rule)


def test_rule_that_is_adopted_in_vain_is_what_it_was() -> None:
    rule = werkzeug.routing.Rule("/a", endpoint="a")
    attributes = dict(vars(rule))
    adoption = adopt(rule)
    assert adoption is not None
    changes = Changes()
    adoption.add_to(changes)
    changes.make()
    assert isinstance(rule, Rule)
    changes.undo()
    assert type(rule) is werkzeug.routing.Rule
    assert vars(rule) == attributes
    Map([rule])


DROPS_A_CLASS = """
import gc, weakref, werkzeug.routing
from trieroute import Map

def use_and_drop():
    class Dropped(werkzeug.routing.Rule):
        pass

    found = Map([Dropped("/a", endpoint="a")]).bind("example.com").match("/a")
    return found, weakref.ref(Dropped)

found, dropped = use_and_drop()
gc.collect()
print(found, dropped())
"""


def test_class_that_a_program_drops_is_freed() -> None:
    # CPython 3.13t keeps all classes for ever once a process has started a thread, as the process
    # of the tests may have done.
    command = [sys.executable, "-c", DROPS_A_CLASS]
    result = subprocess.run(command, capture_output=True, text=True)
    assert (result.stdout, result.stderr) == ("('a', {}) None\n", "")


def test_class_is_combined_once() -> None:
    rules = [VersionedRule(f"/{number}", endpoint=number) for number in range(2)]
    assert len({type(rule) for rule in Map(rules).iter_rules()}) == 1


@pytest.mark.usefixtures("equal_rules")
def test_classes_of_the_same_name_are_combined_each() -> None:
    classes: Any = [type("Same", (werkzeug.routing.Rule,), {"tag": tag}) for tag in "ab"]
    rules = Map([cls("/", endpoint=cls.tag) for cls in classes]).iter_rules()
    assert [rule.tag for rule in rules] == ["a", "b"]  # type: ignore[attr-defined]


def test_own_class_of_both_is_not_taken_for_the_combined_one() -> None:
    class Own(VersionedRule, trieroute.flask.Rule):  # type: ignore[misc]
        pass

    (rule,) = Map([VersionedRule("/a", endpoint="a")]).iter_rules()
    assert not isinstance(rule, Own)


def test_attribute_that_can_not_be_set_back_does_not_keep_the_others() -> None:
    class Stubborn:
        stubborn = False

        def __setattr__(self, name: str, value: Any) -> None:
            if name == "second" and self.stubborn:
                raise AttributeError(name)
            super().__setattr__(name, value)

    def fail() -> None:
        Stubborn.stubborn = True
        raise LookupError

    target: Any = Stubborn()
    target.first, target.second, target.third = 1, 2, 3
    changes = Changes()
    changes.assign(target, {"first": 4, "second": 5, "third": 6})
    changes.call(fail)
    with pytest.raises(LookupError):
        changes.make()
    assert vars(target) == {"first": 1, "second": 5, "third": 3}
