"""What `BuildError` says, and what it costs."""

from __future__ import annotations

from typing import Any

import pytest
import werkzeug.routing

from adapters import adapter_of
from trieroute import BaseConverter, BuildError, Map, MapAdapter, Rule, ValidationError, url_for


def error_of(adapter: MapAdapter, *args: Any, **kwargs: Any) -> BuildError:
    """The error of `adapter.build(...)`."""
    with pytest.raises(BuildError) as caught:
        adapter.build(*args, **kwargs)
    return caught.value


# What it holds


def test_error_is_werkzeugs() -> None:
    assert type(error_of(adapter_of(), "e")) is werkzeug.routing.BuildError


def test_error_is_a_lookup_error() -> None:
    assert isinstance(error_of(adapter_of(), "e"), LookupError)


def test_error_has_what_build_was_given() -> None:
    adapter = adapter_of(Rule("/", endpoint="e"))
    error = error_of(adapter, "f", {"x": 1}, "POST")
    assert (error.endpoint, error.values, error.method) == ("f", {"x": 1}, "POST")
    assert error.adapter is adapter


def test_error_without_values_and_method() -> None:
    error = error_of(adapter_of(), "e")
    assert (error.values, error.method) == ({}, None)


def test_error_has_the_values_without_those_that_are_none() -> None:
    assert error_of(adapter_of(), "e", {"x": 1, "y": None}).values == {"x": 1}


def test_error_has_a_copy_of_the_values() -> None:
    values = {"x": 1}
    error = error_of(adapter_of(), "e", values)
    values["y"] = 2
    assert error.values == {"x": 1}


def test_error_of_url_for_has_the_values_alone() -> None:
    with adapter_of().current(), pytest.raises(BuildError) as caught:
        url_for("e", _external=True, _anchor="a", x=1)
    assert caught.value.values == {"x": 1}


def test_error_keeps_the_object_that_is_the_endpoint() -> None:
    endpoint = object()
    assert error_of(adapter_of(), endpoint).endpoint is endpoint


# What it says


@pytest.mark.parametrize(
    ("rules", "arguments", "message"),
    [
        ([], ("e",), "Could not build url for endpoint 'e'."),
        ([], (("a", 1),), "Could not build url for endpoint ('a', 1)."),
        (
            [],
            ("e", {"y": 1, "x": 2}, "PUT"),
            "Could not build url for endpoint 'e' ('PUT') with values ['x', 'y'].",
        ),
        (
            [Rule("/", endpoint="home")],
            ("hom",),
            "Could not build url for endpoint 'hom'. Did you mean 'home' instead?",
        ),
        (
            [Rule("/<x>/<y>", endpoint="e")],
            ("e", {"x": 1}),
            "Could not build url for endpoint 'e' with values ['x']."
            " Did you forget to specify values ['y']?",
        ),
        (
            [Rule("/<x>", endpoint="e", subdomain="<user>")],
            ("e",),
            "Could not build url for endpoint 'e'. Did you forget to specify values ['user', 'x']?",
        ),
        (
            [Rule("/", endpoint="e", methods=["GET"])],
            ("e", None, "POST"),
            "Could not build url for endpoint 'e' ('POST')."
            " Did you mean to use methods ['GET', 'HEAD']?",
        ),
        (
            [Rule("/", endpoint="e", defaults={"page": 1})],
            ("e", {"page": 2}),
            "Could not build url for endpoint 'e' with values ['page'].",
        ),
    ],
    ids=["empty", "tuple", "all", "endpoint", "value", "subdomain", "methods", "default"],
)
def test_message(rules: list[Rule], arguments: tuple[Any, ...], message: str) -> None:
    adapter = adapter_of(*(rule.empty() for rule in rules))
    assert str(error_of(adapter, *arguments)) == message


def test_message_of_url_for_names_the_values_alone() -> None:
    with adapter_of().current(), pytest.raises(BuildError) as caught:
        url_for("e", _scheme="https", _external=True, x=1)
    assert str(caught.value) == "Could not build url for endpoint 'e' with values ['x']."


def test_value_that_a_converter_refuses() -> None:
    class Refusing(BaseConverter):
        def to_url(self, value: Any) -> str:
            raise ValidationError

    adapter = adapter_of(Rule("/<no:x>", endpoint="e"), converters={"no": Refusing})
    message = "Could not build url for endpoint 'e' with values ['x']."
    assert str(error_of(adapter, "e", {"x": 1})) == message


# What it suggests


@pytest.mark.parametrize(
    ("endpoint", "suggested"),
    [("users.lst", "/users/"), ("user.show", "/users/<int:id>"), ("index", "/")],
)
def test_rule_with_the_most_similar_endpoint_is_suggested(endpoint: str, suggested: str) -> None:
    rules = [
        Rule("/", endpoint="index", methods=["PUT"]),
        Rule("/users/", endpoint="users.list"),
        Rule("/users/<int:id>", endpoint="users.show"),
    ]
    error = error_of(adapter_of(*rules), endpoint, method="GET")
    assert error.suggested is not None
    assert error.suggested.rule == suggested


def test_endpoints_that_are_no_text_are_compared_by_their_text() -> None:
    rules = [Rule("/a", endpoint=("a", 1)), Rule("/b", endpoint=("b", 2))]
    suggested = error_of(adapter_of(*rules), ("b", 3)).suggested
    assert suggested is not None
    assert suggested.endpoint == ("b", 2)


@pytest.mark.usefixtures("equal_rules")
def test_rule_that_takes_the_values_is_suggested() -> None:
    rules = [Rule("/<x>/<y>", endpoint="e"), Rule("/<x>/<z>", endpoint="e")]
    suggested = error_of(adapter_of(*rules), "e", {"z": 1}).suggested
    assert suggested is rules[1]


def test_rule_that_takes_the_method_is_suggested() -> None:
    rules = [
        Rule("/a/<x>", endpoint="e", methods=["GET"]),
        Rule("/b/<x>", endpoint="e", methods=["POST"]),
    ]
    assert error_of(adapter_of(*rules), "e", method="POST").suggested is rules[1]


def test_nothing_is_suggested_for_an_empty_map() -> None:
    assert error_of(adapter_of(), "e").suggested is None


def test_suggestion_for_another_adapter() -> None:
    error = error_of(adapter_of(), "ex")
    other = adapter_of(Rule("/", endpoint="e"))
    closest = error.closest_rule(other)
    assert closest is not None
    assert closest.endpoint == "e"


# A failing build that is caught looks at no other rule: https://github.com/pallets/werkzeug/pull/835


class Counted:
    """An endpoint that counts how often its text is asked for."""

    asked = 0

    def __str__(self) -> str:
        type(self).asked += 1
        return "counted"


class WatchedMap(Map):
    """A map that counts how often all of its rules are asked for."""

    reads = 0

    @property
    def _rules(self) -> list[Rule]:
        self.reads += 1
        return super()._rules


def test_caught_error_does_not_look_at_other_rules() -> None:
    url_map = WatchedMap([Rule(f"/{n}/<x>", endpoint=n) for n in range(100)])
    adapter = url_map.bind("example.com")
    for endpoint in "nope", 5:
        error_of(adapter, endpoint)
    assert url_map.reads == 0


def test_caught_error_compares_no_endpoints() -> None:
    class Endpoint(Counted):
        asked = 0

    adapter = adapter_of(*(Rule(f"/{n}/<x>", endpoint=Endpoint()) for n in range(100)))
    error_of(adapter, "nope")
    assert Endpoint.asked == 0


def test_error_that_a_handler_of_url_for_takes_over_does_not_look_at_other_rules() -> None:
    url_map = WatchedMap([Rule(f"/{n}", endpoint=n) for n in range(100)])
    url_map.url_build_error_handlers.append(lambda error, endpoint, values: "/elsewhere")
    with url_map.bind("example.com").current():
        assert url_for("nope") == "/elsewhere"
    assert url_map.reads == 0


def test_message_looks_at_the_rules() -> None:
    class Endpoint(Counted):
        asked = 0

    url_map = WatchedMap([Rule(f"/{n}", endpoint=Endpoint()) for n in range(3)])
    str(error_of(url_map.bind("example.com"), "nope"))
    assert url_map.reads > 0
    assert Endpoint.asked >= 3


def test_suggestion_is_looked_for_once() -> None:
    url_map = WatchedMap([Rule("/", endpoint="e")])
    error = error_of(url_map.bind("example.com"), "nope")
    assert str(error) == str(error)
    reads = url_map.reads
    assert error.suggested is not None
    assert url_map.reads == reads
