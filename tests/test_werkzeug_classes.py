"""Objects of trieroute's classes are objects of Werkzeug's, for code that asks."""

from __future__ import annotations

from typing import Any

import pytest
import werkzeug.routing
import werkzeug.routing.converters
import werkzeug.routing.rules
from werkzeug.routing import RuleFactory

import trieroute
import trieroute.flask
from trieroute import Map, Rule, Submount

NAMES = [
    "AnyConverter",
    "BaseConverter",
    "EndpointPrefix",
    "FloatConverter",
    "IntegerConverter",
    "Map",
    "MapAdapter",
    "PathConverter",
    "Rule",
    "RuleFactory",
    "RuleTemplate",
    "Subdomain",
    "Submount",
    "UUIDConverter",
    "UnicodeConverter",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_class_derives_from_the_one_of_its_name(name: str) -> None:
    assert issubclass(getattr(trieroute, name), getattr(werkzeug.routing, name))


def test_classes_that_werkzeug_routing_does_not_list() -> None:
    theirs: Any = werkzeug.routing.converters.NumberConverter
    assert issubclass(trieroute.NumberConverter, theirs)
    theirs = werkzeug.routing.rules.RuleTemplateFactory
    assert issubclass(trieroute.RuleTemplateFactory, theirs)


def test_objects_are_objects_of_werkzeugs_classes() -> None:
    url_map = Map([Submount("/a", [Rule("/<int:n>", endpoint="a")])])
    assert isinstance(url_map, werkzeug.routing.Map)
    assert isinstance(url_map.bind("example.org"), werkzeug.routing.MapAdapter)
    (rule,) = url_map.iter_rules()
    assert isinstance(rule, werkzeug.routing.Rule)
    assert isinstance(rule._converters["n"], werkzeug.routing.IntegerConverter)


@pytest.mark.parametrize("converter", sorted(set(trieroute.DEFAULT_CONVERTERS.values()), key=str))
def test_what_a_converter_does_is_trieroutes(converter: Any) -> None:
    for name in ("__init__", "to_python", "to_url", "regex", "weight", "part_isolating"):
        owner = next(cls for cls in converter.__mro__ if name in vars(cls))
        assert owner.__module__ == "trieroute._converters"


@pytest.mark.parametrize("ours", [trieroute.Map, trieroute.Rule, trieroute.MapAdapter], ids=str)
def test_no_method_of_werkzeugs_is_reached(ours: Any) -> None:
    inherited = set()
    # Python sets these for every class. What it keeps of annotations is there once it was read.
    pythons = {"__dict__", "__firstlineno__", "__static_attributes__", "__weakref__"}
    for name in {*dir(ours)} - pythons:
        if name.startswith("__annotat"):
            continue
        owner = next(cls for cls in ours.__mro__ if name in vars(cls))
        if owner.__module__.startswith("werkzeug") and owner is not RuleFactory:
            inherited.add(name)
    # Nothing calls it.
    assert inherited <= {"_get_func_code"}


def test_a_rule_that_calls_werkzeugs_compile_says_so() -> None:
    class Compiled(Rule):
        def compile(self) -> None:
            werkzeug.routing.Rule.compile(self)

    with pytest.raises(TypeError, match=r"rule '/a': class .*Compiled calls Werkzeug's method as"):
        Map([Compiled("/a", endpoint="a")])


def test_the_map_of_the_drop_in_is_trieroutes_with_werkzeugs_order() -> None:
    assert issubclass(trieroute.flask.Map, trieroute.Map)
    assert trieroute.flask.Map().match_order == "segments"
    assert trieroute.flask.Rule is trieroute.Rule
