"""Random maps and values: trieroute builds what Werkzeug builds, and matches what it has built.

Werkzeug gets the same rules with two of the differences written into them, by the names that
`routing_model` has for them: V9, rules are taken out of their factories by hand; V11, `any(1,2)`
has two items.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from decimal import Decimal
from types import ModuleType
from typing import Any, NamedTuple
from urllib.parse import quote, unquote, urlsplit

import pytest
from hypothesis import event, example, given, note
from hypothesis import strategies as st
from werkzeug import routing as werkzeug_routing
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadHost
from werkzeug.routing import BaseConverter, ValidationError

import trieroute
from adapters import Text
from routing_converters import CONVERTERS
from routing_model import (
    PATH_SAFE,
    MapSpec,
    RuleSpec,
    adjusted,
    outcome,
    route,
    without_duplicates,
    wrapped,
)
from routing_strategies import HOSTS_NEAR, SUBDOMAINS_NEAR, maps, maps_with_requests, variables_of
from trieroute._core.werkzeug_version import FLOAT_TO_URL

BUILD_SWITCHES = frozenset({"V9", "V11"})

# -- what is built, as data ----------------------------------------------------------------------


class Declining(BaseConverter):
    """Refuses what is no lower-case text."""

    def to_url(self, value: Any) -> str:
        if not isinstance(value, str) or value != value.lower():
            raise ValidationError
        return super().to_url(value)


class Failing(BaseConverter):
    """Fails but for one value."""

    def to_url(self, value: Any) -> str:
        return {"a": "a"}[value]


class QuotedUUID(werkzeug_routing.UUIDConverter):
    """Percent-encodes what is no UUID; Werkzeug writes any text as it is."""

    def to_url(self, value: Any) -> str:
        return quote(super().to_url(value), safe=PATH_SAFE)


class QuotedAny(werkzeug_routing.AnyConverter):
    """Percent-encodes the items, likewise."""

    def to_url(self, value: Any) -> str:
        return quote(super().to_url(value), safe=PATH_SAFE)


class Numbers(werkzeug_routing.AnyConverter):
    """V11: `any(1,2)`, whose items may be given as numbers too."""

    def __init__(self, map: Any) -> None:
        super().__init__(map, "1", "2")

    def to_url(self, value: Any) -> str:
        return super().to_url(str(value) if type(value) is int else value)


BUILD_CONVERTERS = {**CONVERTERS, "declining": Declining, "failing": Failing}


class Speaking:
    """An object with a text."""

    def __str__(self) -> str:
        return "a \xe9/b"

    def __repr__(self) -> str:
        return "Speaking()"


class MarkedSpeaking(Speaking):
    """An object whose text is none of Python's own."""

    def __str__(self) -> str:
        return Text("m n")

    def __repr__(self) -> str:
        return "MarkedSpeaking()"


class Octets(bytes):
    """Bytes that are none of Python's own."""


@dataclass(frozen=True)
class Call:
    """A call of `build`: `Map.bind`'s keyword arguments and `MapAdapter.build`'s."""

    endpoint: Any
    values: Any = None
    arguments: dict[str, Any] = field(default_factory=dict)
    binding: dict[str, Any] = field(default_factory=dict)


Outcome = tuple[Any, ...]


def make_build_map(routing: ModuleType, spec: MapSpec) -> Any:
    """The map of `spec`, made of `routing`'s classes; Werkzeug's with the differences in it."""
    converters = BUILD_CONVERTERS
    if routing is werkzeug_routing:
        spec = adjusted(spec, BUILD_SWITCHES)
        rules = tuple(
            RuleSpec(rule.rule.replace('any("1","2")', "numbers"), rule.settings)
            for rule in spec.rules
        )
        spec = MapSpec(rules, spec.settings)
        quoting = {"numbers": Numbers, "uuid": QuotedUUID, "any": QuotedAny}
        converters = {**BUILD_CONVERTERS, **quoting}
    url_map = routing.Map(converters=converters, **spec.settings)
    for rule in spec.rules:
        url_map.add(wrapped(routing, rule))
    return url_map


def built(url_map: Any, call: Call) -> Outcome:
    """What the call comes to, as a tuple that can be compared and printed."""
    try:
        adapter = url_map.bind(**{"server_name": "example.com", **call.binding})
    except BadHost:
        return ("bad host",)
    try:
        return "url", adapter.build(call.endpoint, call.values, **call.arguments)
    except werkzeug_routing.BuildError as error:
        return "build error", error.endpoint, error.values, error.method
    except Exception as error:
        return "error", type(error).__name__


# -- strategies ----------------------------------------------------------------------------------

# By the kind of variable, values that fit it.
FITTING: dict[str, list[Any]] = {
    "int": [1, 0, 12, 345, 10**20, "7", True],
    "float": [1.5, 0.25, 2, "1.5", 1e16],
    "any": ["a", "b", "aa", "a.b", "1", 1, 2],
    "uuid": [uuid.UUID(int=5), "12345678-1234-5678-1234-56781234ABCD"],
    "path": ["a", "a/b", "a//b", "/a", "\xe9/ ", "a/"],
    "failing": ["a"],
}
WILD: list[Any] = [
    None,
    "",
    "a",
    "a b",
    "A",
    "a/b",
    "/a",
    "//evil.example",
    "\xe9",
    "\u20ac\U0001f600",
    "%2F%",
    "a\nb?c#d&e=f+g",
    "\udc80",
    Text("a b"),
    Speaking(),
    MarkedSpeaking(),
    0,
    1,
    -3,
    2**63,
    -(2**63) - 1,
    True,
    False,
    1.0,
    -0.5,
    1e300,
    float("inf"),
    float("nan"),
    Decimal("1.50"),
    uuid.UUID(int=2**128 - 1),
    b"a b",
    b"\xff",
    Octets(b"a"),
    [],
    ["a"],
    ["a", "b c", None, 1],
    ("a",),
    {"a"},
    frozenset({"a"}),
    {"a": 1},
    [None],
    [["a"], ("b",)],
]
EXTRA_NAMES = ["page", "q", "x y", "\xe9", "self", "a&b", "", "v0", "v1", "v9", "d0"]
# Rules besides those that are drawn for matching: texts to quote, and converters that refuse.
EXTRA_RULES = [
    "/a b/<v0>",
    "/100%/<int(fixed_digits=3):v0>",
    "/\xe9\u20ac/",
    "/?#&=+;|\"'[]{}^`~!$*(),:@",
    "/<declining:v0>",
    "/<declining:v0>/<declining:v1>",
    "/<failing:v0>",
    "/<failing:v0>/b",
    "/<v0>/<v1>/<v2>",
    "//<v0>//a//",
    "/<float(signed=True):v0>-<int(signed=True, fixed_digits=4):v1>",
]


def wild() -> st.SearchStrategy[Any]:
    return st.sampled_from(WILD) | st.text(max_size=4) | st.integers() | st.binary(max_size=3)


@st.composite
def values_near(draw: st.DrawFn, rule: RuleSpec) -> dict[Any, Any]:
    """Values that the rule takes, or nearly."""
    domain = rule.settings.get("subdomain") or rule.settings.get("host") or ""
    values: dict[Any, Any] = {}
    for kind, name in variables_of(rule.rule + domain):
        choice = draw(st.integers(0, 9))
        if choice == 0:
            continue
        fitting = FITTING.get(kind.partition("(")[0].rstrip(":"), ["a", "b", "\xe9", "a b"])
        values[name] = draw(st.sampled_from(fitting) if choice < 8 else wild())
    defaults = rule.settings.get("defaults") or {}
    for name, default in defaults.items():
        if draw(st.booleans()):
            values[name] = draw(st.sampled_from([default, default, 2, "1", 1.0, True, None]))
    for name in draw(st.lists(st.sampled_from(EXTRA_NAMES), max_size=3)):
        values.setdefault(name, draw(wild()))
    if draw(st.integers(0, 40)) == 0:
        values[draw(st.sampled_from([1, None, ("a",)]))] = draw(st.sampled_from([1, None]))
    return values


def in_a_multi_dict(values: dict[Any, Any]) -> MultiDict[Any, Any]:
    result: MultiDict[Any, Any] = MultiDict()
    for name, value in values.items():
        result.setlist(name, value if isinstance(value, list) else [value])
    return result


SORT_KEYS: list[Any] = [
    None,
    None,
    lambda pair: pair[0][::-1],
    lambda pair: str(pair[1]),
]


@st.composite
def build_maps(draw: st.DrawFn) -> MapSpec:
    spec: MapSpec = draw(maps())
    rules = list(spec.rules)
    for rule in draw(st.lists(st.sampled_from(EXTRA_RULES), max_size=3)):
        settings: dict[str, Any] = {"endpoint": draw(st.sampled_from(["x", "y", None, ("t", 1)]))}
        like = draw(st.sampled_from(rules)).settings
        for name in "host", "subdomain", "methods", "alias":
            if name in like and draw(st.booleans()):
                settings[name] = like[name]
        if draw(st.integers(0, 4)) == 0:
            settings["defaults"] = draw(
                st.sampled_from([{"v1": 1}, {"v9": "a"}, {"page": 1}, {"page": 1, "q": None}, {}])
            )
            if "failing" in rule or "declining" in rule:
                settings["defaults"] = {"page": 1}
        rules.insert(draw(st.integers(0, len(rules))), RuleSpec(rule, settings))
    settings = dict(spec.settings)
    if draw(st.integers(0, 3)) == 0:
        settings["sort_parameters"] = True
        settings["sort_key"] = draw(st.sampled_from(SORT_KEYS))
    return without_duplicates(MapSpec(tuple(rules), settings), BUILD_CONVERTERS)


@st.composite
def calls(draw: st.DrawFn, spec: MapSpec) -> Call:
    near = draw(st.sampled_from(spec.rules))
    endpoint = near.settings.get("endpoint")
    if near.factory == "EndpointPrefix" and draw(st.integers(0, 9)):
        endpoint = f"pre.{endpoint}"
    if draw(st.integers(0, 30)) == 0:
        endpoint = draw(st.sampled_from(["nope", 1, None]))
    values: Any = draw(values_near(near))
    form = draw(st.integers(0, 9))
    if form == 0:
        values = in_a_multi_dict(values)
    elif form == 1:
        values = values or None
    arguments: dict[str, Any] = {}
    for name, options in {
        "method": [None, "GET", "POST", "HEAD", "PUT", "post"],
        "force_external": [True, False],
        "append_unknown": [True, False],
        "url_scheme": [None, "", "http", "https", "ws", "wss", "ftp"],
    }.items():
        if draw(st.integers(0, 2)) == 0:
            arguments[name] = draw(st.sampled_from(options))
    binding: dict[str, Any] = {}
    if spec.settings.get("host_matching"):
        binding["server_name"] = draw(st.sampled_from(HOSTS_NEAR[near.settings.get("host")]))
    else:
        subdomain = draw(st.sampled_from(SUBDOMAINS_NEAR[near.settings.get("subdomain")]))
        if subdomain is not None:
            binding["subdomain"] = subdomain
    for name, options in {
        "script_name": ["/app", "/app/", "", "/\xe9 ", "/a//"],
        "url_scheme": ["https", "", "ws", "wss", "ftp"],
        "default_method": ["POST", "put", "--"],
    }.items():
        if draw(st.integers(0, 3)) == 0:
            binding[name] = draw(st.sampled_from(options))
    return Call(endpoint, values, arguments, binding)


@st.composite
def maps_with_calls(draw: st.DrawFn) -> tuple[MapSpec, list[Call]]:
    """A map and some calls of `build` for it."""
    spec = draw(build_maps())
    return spec, draw(st.lists(calls(spec), min_size=1, max_size=6))


# -- the same as Werkzeug ------------------------------------------------------------------------


def as_here(url: str) -> str:
    """Without a host, Werkzeug's full URL would be read as one of another host."""
    return re.sub("^((https?|wss?):)?//(?=/)", "", url)


def differs_by_the_ends_of_the_host(ours: str, theirs: str) -> bool:
    """Werkzeug lets values end the host."""
    parts = re.fullmatch("([^/]*//[^/]+)(.*)", ours, re.DOTALL)
    if parts is None or not theirs.endswith(parts[2]):
        return False
    return unquote_ends(theirs.removesuffix(parts[2])) == unquote_ends(parts[1])


def unquote_ends(host: str) -> str:
    return re.sub("%(2F|3F|23|40|5C|3A)", lambda end: unquote(end[0]), host)


@given(maps_with_calls())
def test_trieroute_builds_what_werkzeug_builds(drawn: tuple[MapSpec, list[Call]]) -> None:
    spec, drawn_calls = drawn
    theirs, ours = make_build_map(werkzeug_routing, spec), make_build_map(trieroute, spec)
    for call in drawn_calls:
        expected = built(theirs, call)
        note(f"{call}: {expected}")
        outcome = built(ours, call)
        if expected[0] == outcome[0] == "url":
            ours_url, theirs_url = outcome[1], expected[1]
            assert ours_url == as_here(theirs_url) or differs_by_the_ends_of_the_host(
                ours_url, theirs_url
            )
            expected = outcome
        if expected == ("error", "TypeError") and not all(isinstance(n, str) for n in call.values):
            # Beside a name that is no text, a value may be at fault that is met first.
            assert outcome[0] == "error"
        else:
            assert outcome == expected
        event(f"outcome: {expected[0]}")


@given(maps_with_calls())
def test_each_rule_builds_what_werkzeugs_builds(drawn: tuple[MapSpec, list[Call]]) -> None:
    spec, drawn_calls = drawn
    theirs, ours = make_build_map(werkzeug_routing, spec), make_build_map(trieroute, spec)

    def parts(rule: Any, values: dict[Any, Any], append_unknown: bool) -> Outcome:
        try:
            return "parts", rule.build(values, append_unknown)
        except Exception as error:
            return "error", type(error).__name__

    pairs = zip(theirs.iter_rules(), ours.iter_rules(), strict=True)
    for their_rule, our_rule in pairs:
        for call in drawn_calls:
            values = dict(dict.items(call.values or {}))
            for append_unknown in True, False:
                expected = parts(their_rule, values, append_unknown)
                assert parts(our_rule, values, append_unknown) == expected
            for method in None, "GET", "POST":
                suitable = their_rule.suitable_for(values, method)
                assert our_rule.suitable_for(values, method) == suitable


@given(maps_with_calls())
def test_build_leaves_the_values_as_they_are(drawn: tuple[MapSpec, list[Call]]) -> None:
    spec, drawn_calls = drawn
    url_map = make_build_map(trieroute, spec)
    for call in drawn_calls:
        before = None if call.values is None else call.values.copy()
        built(url_map, call)
        assert call.values == before


def spec_of(*rules: RuleSpec, **settings: Any) -> MapSpec:
    return MapSpec(rules, settings)


def plainly_built(routing: ModuleType, spec: MapSpec, call: Call) -> Outcome:
    """What the call comes to on a map of just these rules, or the error of making it."""
    try:
        url_map = routing.Map(**spec.settings)
        for rule in spec.rules:
            url_map.add(wrapped(routing, rule))
    except Exception as error:
        return "error at add", type(error).__name__
    return built(url_map, call)


# name of the difference, map, call, what Werkzeug makes of it, what trieroute does
DIFFERENCES: list[tuple[str, MapSpec, Call, Outcome, Outcome]] = [
    (
        "V4: variable named twice",
        spec_of(RuleSpec("/<a>/<a>", {"endpoint": "e"})),
        Call("e", {"a": 1}),
        ("error at add", "SyntaxError"),
        ("error at add", "ValueError"),
    ),
    (
        "V4: converter argument",
        spec_of(RuleSpec("/<int(limit=1):a>", {"endpoint": "e"})),
        Call("e", {"a": 1}),
        ("error at add", "TypeError"),
        ("error at add", "ValueError"),
    ),
    (
        "V9: factories keep every setting",
        spec_of(RuleSpec("/b", {"endpoint": "e", "websocket": True}, "Submount")),
        Call("e"),
        ("url", "/a/b"),
        ("url", "ws://example.com/a/b"),
    ),
    (
        "V11: any(1,2) has two items",
        spec_of(RuleSpec("/<any(1,2):a>", {"endpoint": "e"})),
        Call("e", {"a": "2"}),
        ("error", "ValueError"),
        ("url", "/2"),
    ),
    (
        "V11: signed arguments",
        spec_of(RuleSpec("/<int(signed=True, min=-5):a>", {"endpoint": "e"})),
        Call("e", {"a": -5}),
        ("error at add", "ValueError"),
        ("url", "/-5"),
    ),
    (
        "variable with the name of a constant",
        spec_of(RuleSpec("/<None>", {"endpoint": "e"})),
        Call("e", {"None": 1}),
        ("error at add", "ValueError"),
        ("url", "/1"),
    ),
]


@pytest.mark.parametrize(
    ("name", "spec", "call", "theirs", "ours"), DIFFERENCES, ids=[d[0] for d in DIFFERENCES]
)
def test_each_difference(
    name: str, spec: MapSpec, call: Call, theirs: Outcome, ours: Outcome
) -> None:
    assert plainly_built(werkzeug_routing, spec, call) == theirs
    assert plainly_built(trieroute, spec, call) == ours


# -- there and back ------------------------------------------------------------------------------


def matched(
    url_map: Any, rules: list[Any], url: str, method: str | None, host: str = "example.com"
) -> Outcome:
    """What the request for a URL that `build` gave comes to, at a host if the URL has none."""
    parts = urlsplit(url)
    scheme, path = parts.scheme, unquote(parts.path)
    if scheme:
        host = parts.netloc
    binding: dict[str, Any] = {"server_name": host}
    if not url_map.host_matching:
        subdomain = host.removesuffix("example.com").removesuffix(".")
        binding = {"server_name": "example.com", "subdomain": unquote(subdomain)}
    adapter = url_map.bind(**binding, url_scheme=scheme or "http")
    return outcome(lambda: adapter.match(path, method, return_rule=True), rules)


TEXTS = st.text(st.characters(exclude_characters="/", exclude_categories=("Cs",)), min_size=1)
# Without what would be taken for the end of the variable.
WORDS = st.text(st.characters(categories=("L", "N")), min_size=1)
# Floats whose text has no exponent. Werkzeug 3.2 writes whole ones without zeros behind the point,
# as its own converter does not take them.
TENTHS = st.integers(0 if FLOAT_TO_URL is None else 1, 9)
FLOATS = st.integers(0, 10**15).flatmap(
    lambda whole: TENTHS.map(lambda tenth: float(f"{whole}.{tenth}"))
)
PATHS = st.builds(
    "{}{}".format,
    st.characters(exclude_characters="/", exclude_categories=("Cs",)),
    st.text(st.characters(exclude_characters="\n", exclude_categories=("Cs",))),
)
UUIDS = st.uuids()

# What each rule gives back, for all values that its strategies draw.
ROUND_TRIPS: list[tuple[str, dict[str, st.SearchStrategy[Any]]]] = [
    ("/", {}),
    ("/a b/100%/\xe9\u20ac\U0001f600/?#", {}),
    ("/<x>", {"x": TEXTS}),
    ("/<x>/", {"x": TEXTS}),
    ("/<x>/<y>/<z>", {"x": TEXTS, "y": TEXTS, "z": TEXTS}),
    ("/a<x>b", {"x": TEXTS}),
    ("/<x>-<y>.<z>", {"x": WORDS, "y": WORDS, "z": WORDS}),
    ("/<string(length=3):x>", {"x": TEXTS.map(lambda text: (text * 3)[:3])}),
    ("/<string(minlength=2, maxlength=4):x>", {"x": TEXTS.map(lambda text: (text * 2)[:4])}),
    ("/<int:n>", {"n": st.integers(min_value=0)}),
    ("/<int(signed=True):n>", {"n": st.integers()}),
    ("/<int(fixed_digits=4):n>", {"n": st.integers(0, 9999)}),
    ("/<int(min=2, max=12):n>", {"n": st.integers(2, 12)}),
    ("/<int:m>-<int:n>", {"m": st.integers(min_value=0), "n": st.integers(min_value=0)}),
    ("/<float:f>", {"f": FLOATS}),
    ("/<float(signed=True):f>", {"f": FLOATS | FLOATS.map(lambda number: -number)}),
    ('/<any(a, "b c", "\xe9", "a/b", aa):x>', {"x": st.sampled_from(["a", "b c", "\xe9", "aa"])}),
    ("/<uuid:u>", {"u": UUIDS}),
    ("/<uuid:u>/<uuid:v>", {"u": UUIDS, "v": UUIDS}),
    ("/<path:p>", {"p": PATHS}),
    ("/x/<path:p>", {"p": PATHS}),
    ("/<int:n>/<path:p>", {"n": st.integers(min_value=0), "p": PATHS}),
    ("/<path:p>/<int:n>", {"p": PATHS, "n": st.integers(min_value=0)}),
]


class RoundTrip(NamedTuple):
    rule: str
    values: dict[str, Any]


@st.composite
def round_trips(draw: st.DrawFn) -> RoundTrip:
    rule, strategies = draw(st.sampled_from(ROUND_TRIPS))
    return RoundTrip(rule, {name: draw(drawn) for name, drawn in strategies.items()})


@example(RoundTrip("/x/<path:p>", {"p": "a//b"}))
@example(RoundTrip("/<path:p>", {"p": "\na/"}))
@example(RoundTrip("/<x>", {"x": ".."}))
@example(RoundTrip("/<x>", {"x": "%2F"}))
@example(RoundTrip("/<x>/", {"x": "\n"}))
@example(RoundTrip("/<int:n>", {"n": 2**63}))
@example(RoundTrip("/<float(signed=True):f>", {"f": -0.0 if FLOAT_TO_URL is None else -0.5}))
@given(round_trips())
def test_values_come_back(trip: RoundTrip) -> None:
    rule = trieroute.Rule(trip.rule, endpoint="e")
    adapter = trieroute.Map([rule]).bind("example.com")
    url = adapter.build("e", trip.values)
    assert adapter.match(unquote(url)) == ("e", trip.values)


@given(round_trips(), st.sampled_from(["weights", "segments", "registration"]))
def test_values_come_back_below_a_script_root_on_another_host(trip: RoundTrip, order: str) -> None:
    rule = trieroute.Rule(trip.rule, endpoint="e", host="<sub>.example.org")
    url_map = trieroute.Map([rule], host_matching=True, match_order=order)
    url = url_map.bind("example.com", "/app").build("e", {"sub": "ann", **trip.values})
    prefix = "http://ann.example.org/app"
    assert url.startswith(prefix)
    result = url_map.bind("ann.example.org").match(unquote(url.removeprefix(prefix)))
    assert result == ("e", {"sub": "ann", **trip.values})


#: The URL of a float whose text has an exponent, and the one of a whole one.
LARGE = "/1e+16" if FLOAT_TO_URL is None else "/10000000000000000."

# why the values do not come back, rule, values, the URL, what the request for it comes to
NO_ROUND_TRIPS: list[tuple[str, str, dict[str, Any], str, Outcome]] = [
    ("slash in a string", "/<x>", {"x": "a/b"}, "/a/b", ("404",)),
    ("empty string", "/a/<x>", {"x": ""}, "/a/", ("404",)),
    ("empty string alone", "/<x>", {"x": ""}, "/", ("404",)),
    ("length", "/<string(maxlength=2):x>", {"x": "abc"}, "/abc", ("404",)),
    ("least value", "/<int(min=5):x>", {"x": 4}, "/4", ("404",)),
    ("greatest value", "/<int(max=5):x>", {"x": 6}, "/6", ("404",)),
    ("sign", "/<int:x>", {"x": -1}, "/-1", ("404",)),
    ("number of digits", "/<int(fixed_digits=2):x>", {"x": 123}, "/123", ("404",)),
    ("float with an exponent", "/<float:x>", {"x": 1e16}, LARGE, ("404",)),
    ("float that is no number", "/<float:x>", {"x": float("inf")}, "/inf", ("404",)),
    ("uuid that is none", "/<uuid:x>", {"x": "a"}, "/a", ("404",)),
    ("text in place of a number", "/<int:x>", {"x": "1"}, "/1", ("match", 0, [("x", "int", 1)])),
    ("number in place of text", "/<x>", {"x": 1}, "/1", ("match", 0, [("x", "str", "1")])),
    (
        "slash at the start of a path",
        "/x/<path:p>",
        {"p": "/a"},
        "/x//a",
        ("redirect", "http://example.com/x/a"),
    ),
    (
        "slash at the start of a path alone",
        "/<path:p>",
        {"p": "/a"},
        "/a",
        ("match", 0, [("p", "str", "a")]),
    ),
    (
        "slash at the end of a path in a branch",
        "/<path:p>/",
        {"p": "a/"},
        "/a//",
        ("redirect", "http://example.com/a/"),
    ),
    ("newline in a path", "/<path:p>", {"p": "a\nb"}, "/a%0Ab", ("404",)),
    (
        "text that ends a variable",
        "/<x>-<y>",
        {"x": "a", "y": "b-c"},
        "/a-b-c",
        ("match", 0, [("x", "str", "a-b"), ("y", "str", "c")]),
    ),
    (
        "variables side by side",
        "/<x><y>",
        {"x": "a", "y": "bc"},
        "/abc",
        ("match", 0, [("x", "str", "ab"), ("y", "str", "c")]),
    ),
    (
        "value in the query",
        "/<x>",
        {"x": "a", "y": "b"},
        "/a?y=b",
        ("match", 0, [("x", "str", "a")]),
    ),
]


@pytest.mark.parametrize(
    ("why", "rule", "values", "url", "result"), NO_ROUND_TRIPS, ids=[n[0] for n in NO_ROUND_TRIPS]
)
def test_values_that_do_not_come_back(
    why: str, rule: str, values: dict[str, Any], url: str, result: Outcome
) -> None:
    rules = [trieroute.Rule(rule, endpoint="e")]
    url_map = trieroute.Map(rules)
    assert url_map.bind("example.com").build("e", values) == url
    assert matched(url_map, rules, url, None) == result


def test_another_rule_may_take_the_url() -> None:
    rules = [trieroute.Rule("/<x>", endpoint="e"), trieroute.Rule("/a", endpoint="a")]
    url_map = trieroute.Map(rules)
    url = url_map.bind("example.com").build("e", {"x": "a"})
    assert matched(url_map, rules, url, None) == ("match", 1, [])


def test_alias_leads_to_another_rule() -> None:
    rules = [
        trieroute.Rule("/new/<x>", endpoint="e", methods=["PUT"]),
        trieroute.Rule("/old/<x>", endpoint="e", methods=["PUT", "GET"], alias=True),
    ]
    url_map = trieroute.Map(rules)
    url = url_map.bind("example.com").build("e", {"x": "a"})
    assert url == "/old/a"
    assert matched(url_map, rules, url, "PUT") == ("redirect", "http://example.com/new/a")


# -- what was matched can be built ---------------------------------------------------------------


def spoils_the_way_back(spec: RuleSpec, values: dict[str, Any]) -> str | None:
    """Why values that were matched may not come back, None if they have to."""
    for value in values.values():
        if isinstance(value, str) and any("\ud800" <= character <= "\udfff" for character in value):
            return "lone surrogate"
    domain = spec.settings.get("subdomain") or spec.settings.get("host") or ""
    if any(kind.startswith("any") for kind, _ in variables_of(domain)):
        return "item of any in another case"
    return None


@given(maps_with_requests())
def test_what_was_matched_can_be_built_and_matched_again(drawn: Any) -> None:
    spec, requests = drawn
    for request in requests:
        for rule_spec in spec.rules:
            alone = MapSpec((rule_spec,), spec.settings)
            url_map = make_build_map(trieroute, alone)
            [rule] = url_map.iter_rules()
            first = route(url_map, [rule], request)
            if first[0] != "match":
                continue
            values = {name: value for name, _, value in first[2]}
            reason = spoils_the_way_back(rule_spec, values)
            event(f"comes back: {reason is None}")
            if reason is not None:
                continue
            method = (request.method or request.binding.get("default_method", "GET")).upper()
            url = url_map.bind("example.com").build(
                rule.endpoint, values, method, force_external=True
            )
            note(f"{request}, {rule}: {first} {url}")
            # A rule without a host matches where a host is empty, which no full URL can say.
            host = request.binding.get("server_name", "example.com")
            assert matched(url_map, [rule], url, method, host) == first
