"""`Map.check`: rules that are likely a mistake."""

from __future__ import annotations

import json
import re
from typing import Any

import flask
import pytest
import werkzeug.routing
from hypothesis import given, note

import trieroute
import trieroute.asgi
import trieroute.wsgi
from routing_model import MapSpec, Request, make_map
from routing_strategies import maps_with_requests
from trieroute import BaseConverter, Map, Rule, ValidationError
from trieroute._inspection.slow_regex import slow_text
from trieroute.inspection import Finding, Kind, check, check_map


def map_of(*rules: Rule | str, **settings: Any) -> Map:
    made = [Rule(rule, endpoint=rule) if isinstance(rule, str) else rule for rule in rules]
    return Map(made, **settings)


def told(url_map: Map, kind: Kind) -> list[tuple[list[str], str]]:
    """The rules and the example of each finding of a kind."""
    found = [finding for finding in url_map.check() if finding.kind is kind]
    return [([rule.rule for rule in finding.rules], finding.example) for finding in found]


def kinds(url_map: Map) -> list[str]:
    return [str(finding.kind) for finding in url_map.check()]


def test_plain_map_has_no_findings() -> None:
    assert (
        map_of("/", "/users", "/users/<int:id>", "/files/<path:p>", "/users/<int:id>/x").check()
        == []
    )


# -- Shadowed


@pytest.mark.parametrize(
    ("first", "second", "example"),
    [
        ("/<a>", "/b", "GET /b"),
        ("/<path:p>", "/a/b", "GET /a/b"),
        ("/<path:p>", "/a/<int:x>/", "GET /a/7/"),
        ("/x/<a>/y", "/x/<int:b>/y", "GET /x/7/y"),
    ],
)
def test_shadowed_rule(first: str, second: str, example: str) -> None:
    url_map = map_of(first, second, match_order="registration")
    assert told(url_map, Kind.SHADOWED) == [([second, first], example)]
    assert all(finding.certain for finding in url_map.check() if finding.kind is Kind.SHADOWED)
    assert told(map_of(second, first, match_order="registration"), Kind.SHADOWED) == []
    assert told(map_of(first, second), Kind.SHADOWED) == []


def test_shadowed_rule_of_equal_weight() -> None:
    url_map = map_of("/<any(a, b, c):x>", "/<any(b, a):y>")
    assert told(url_map, Kind.SHADOWED) == [(["/<any(b, a):y>", "/<any(a, b, c):x>"], "GET /a")]


def test_rule_may_be_shadowed_by_two_with_other_methods() -> None:
    url_map = map_of(
        Rule("/<a>", endpoint="get", methods=["GET"]),
        Rule("/<a>", endpoint="post", methods=["POST"]),
        Rule("/b", endpoint="b", methods=["GET", "POST"]),
        match_order="registration",
    )
    assert told(url_map, Kind.SHADOWED) == [(["/b", "/<a>", "/<a>"], "GET /b")]


@pytest.mark.usefixtures("equal_rules")
@pytest.mark.parametrize(
    ("first", "second"),
    [
        # A method is left over.
        (Rule("/<a>", endpoint="1", methods=["GET"]), Rule("/b", endpoint="2")),
        # So is WebSocket.
        (Rule("/<a>", endpoint="1"), Rule("/b", endpoint="2", websocket=True)),
        # So is another domain,
        (Rule("/<a>", endpoint="1", subdomain="a"), Rule("/b", endpoint="2")),
        # the path with a slash behind,
        (Rule("/<a>", endpoint="1"), Rule("/b", endpoint="2", strict_slashes=False)),
        (Rule("/<a>", endpoint="1"), Rule("/b/", endpoint="2")),
        # the path with two slashes in front of it,
        (Rule("/c/<a>", endpoint="1", merge_slashes=False), Rule("/c/b", endpoint="2")),
        # values that the converter refuses,
        (Rule("/<int(max=5):a>", endpoint="1"), Rule("/<int:a>", endpoint="2")),
        (Rule("/<int:a>", endpoint="1"), Rule("/<a>", endpoint="2")),
        (Rule("/<any(a, b):a>", endpoint="1"), Rule("/<any(a, b, c):a>", endpoint="2")),
        # and values that are empty.
        (Rule("/<a>", endpoint="1"), Rule("/<string(minlength=0):a>", endpoint="2")),
    ],
)
def test_rule_that_can_be_reached_is_not_shadowed(first: Rule, second: Rule) -> None:
    url_map = map_of(first, second, match_order="registration")
    assert told(url_map, Kind.SHADOWED) == []


class Picky(BaseConverter):
    def to_python(self, value: str) -> str:
        if value == "no":
            raise ValidationError
        return value


def test_rule_that_is_perhaps_shadowed_says_what_it_depends_on() -> None:
    url_map = map_of(
        "/a/<picky:x>",
        "/a/b",
        "/f/<path:p>",
        "/f/<x>",
        converters={"picky": Picky},
        match_order="registration",
    )
    found = [finding for finding in url_map.check() if finding.kind is Kind.SHADOWED]
    assert [(finding.certain, finding.message) for finding in found] == [
        (
            False,
            "no request can reach the rule, unless its Picky refuses the value: all go to",
        ),
        (
            False,
            "no request can reach the rule, unless a value has a line break in it, which a path"
            " does not take: all go to",
        ),
    ]


# -- Duplicates


@pytest.mark.usefixtures("equal_rules")
@pytest.mark.parametrize(
    ("second", "message"),
    [
        ({}, "so no request can reach this one"),
        ({"methods": ["GET"]}, "so no request can reach this one"),
    ],
)
def test_duplicate(second: dict[str, Any], message: str) -> None:
    url_map = map_of(Rule("/a/<b>", endpoint="1"), Rule("/a/<c>", endpoint="2", **second))
    (finding,) = url_map.check()
    assert finding.kind is Kind.DUPLICATE
    assert message in finding.message
    assert finding.example == "GET /a/value"


@pytest.mark.usefixtures("equal_rules")
def test_duplicate_for_some_methods() -> None:
    url_map = map_of(
        Rule("/a", endpoint="1", methods=["GET", "POST"]),
        Rule("/a", endpoint="2", methods=["PUT", "POST"]),
    )
    (finding,) = url_map.check()
    assert "so the first one wins" in finding.message


@pytest.mark.usefixtures("equal_rules")
@pytest.mark.parametrize(
    ("first", "second"),
    [
        # What frameworks add to each rule makes no duplicate,
        ({"methods": ["GET", "OPTIONS"]}, {"methods": ["POST", "OPTIONS"]}),
        # and a rule for all methods may stand behind one for some.
        ({"methods": ["GET"]}, {}),
        ({"subdomain": "a"}, {}),
        ({"websocket": True}, {}),
    ],
)
def test_no_duplicate(first: dict[str, Any], second: dict[str, Any]) -> None:
    rules = Rule("/a", endpoint="1", **first), Rule("/a", endpoint="2", **second)
    assert told(map_of(*rules), Kind.DUPLICATE) == []


# -- Two orders


@pytest.mark.parametrize("order", ["weights", "segments"])
def test_order_dependent(order: str) -> None:
    url_map = map_of("/<a>/b/c", "/x/<b>/<c>", match_order=order)
    first = "/<a>/b/c" if order == "weights" else "/x/<b>/<c>"
    ((rules, example),) = told(url_map, Kind.ORDER_DEPENDENT)
    assert rules[0] == first
    assert example == "GET /x/b/c"


def test_rules_for_other_methods_are_not_order_dependent() -> None:
    url_map = map_of(
        Rule("/<a>/b/c", endpoint="1", methods=["GET"]),
        Rule("/x/<b>/<c>", endpoint="2", methods=["POST"]),
    )
    assert url_map.check() == []


# -- Built URLs


def test_no_round_trip() -> None:
    # https://github.com/pallets/werkzeug/issues/3094
    url_map = map_of(Rule("/user/<id>", endpoint="user"), Rule("/user/current", endpoint="current"))
    assert told(url_map, Kind.NO_ROUND_TRIP) == [
        (
            ["/user/<id>", "/user/current"],
            "build('user', id='current') gives http://example.org/user/current",
        )
    ]


@pytest.mark.parametrize(
    ("other", "value"),
    [
        ("/f/<path:p>/edit", "value/edit"),
        ("/f/<path:p>/edit/", "value/edit/"),
        ("/f/<a>/edit/<int:b>", "value/edit/7"),
        ("/f/new", "new"),
    ],
)
def test_no_round_trip_out_of_a_tail(other: str, value: str) -> None:
    url_map = map_of(Rule("/f/<path:p>", endpoint="file"), other)
    assert told(url_map, Kind.NO_ROUND_TRIP) == [
        (["/f/<path:p>", other], f"build('file', p='{value}') gives http://example.org/f/{value}")
    ]


def test_no_round_trip_into_a_tail() -> None:
    url_map = map_of(Rule("/f/<path:p>", endpoint="f"), Rule("/f/a/b", endpoint="ab"))
    assert told(url_map, Kind.NO_ROUND_TRIP) == [
        (["/f/<path:p>", "/f/a/b"], "build('f', p='a/b') gives http://example.org/f/a/b")
    ]


def test_url_that_leads_nowhere() -> None:
    class Shouting(BaseConverter):
        regex = "[a-z]+"

        def to_url(self, value: str) -> str:
            return value.upper()

    url_map = map_of("/<loud:a>", converters={"loud": Shouting})
    (finding,) = url_map.check()
    assert finding.kind is Kind.NO_ROUND_TRIP
    assert finding.message == "a URL that is built for the endpoint leads nowhere: 404 Not Found"


@pytest.mark.parametrize(
    "rules",
    [
        [Rule("/u/<id>", endpoint="e"), Rule("/u/me", endpoint="e", defaults={"id": "me"})],
        [Rule("/u/<int:id>", endpoint="1"), Rule("/u/me", endpoint="2")],
        [
            Rule("/u/<id>", endpoint="1", methods=["GET"]),
            Rule("/u/me", endpoint="2", methods=["PUT"]),
        ],
        [Rule("/new/<x>", endpoint="e"), Rule("/old/<x>", endpoint="e", alias=True)],
        [Rule("/old/<x>", endpoint="1", redirect_to="/new"), Rule("/old/a", endpoint="2")],
    ],
)
def test_round_trip(rules: list[Rule]) -> None:
    assert told(map_of(*rules), Kind.NO_ROUND_TRIP) == []


def test_never_built() -> None:
    url_map = map_of(Rule("/", endpoint="i"), Rule("/index", endpoint="i"))
    assert told(url_map, Kind.NEVER_BUILT) == [(["/index", "/"], "build('i') gives /")]


@pytest.mark.parametrize(
    "second",
    [
        Rule("/index/<page>", endpoint="i"),
        Rule("/index", endpoint="i", alias=True),
        Rule("/index", endpoint="i", redirect_to="/"),
        Rule("/index", endpoint="i", defaults={"a": 1}),
        Rule("/index", endpoint="i", websocket=True),
        Rule("/index", endpoint="other"),
    ],
)
def test_rule_that_can_be_built_or_need_not(second: Rule) -> None:
    assert told(map_of(Rule("/", endpoint="i"), second), Kind.NEVER_BUILT) == []


def test_rules_for_other_methods_are_built() -> None:
    url_map = map_of(
        Rule("/a", endpoint="i", methods=["GET"]), Rule("/b", endpoint="i", methods=["POST"])
    )
    assert url_map.check() == []


# -- Settings


def test_unknown_method() -> None:
    (finding,) = map_of(Rule("/a", endpoint="a", methods=["GTE", "PURGE", "PROPFIND"])).check()
    assert (finding.kind, finding.message, finding.hint) == (
        Kind.UNKNOWN_METHOD,
        "'GTE' is no method of HTTP",
        "do you mean 'GET'?",
    )


def test_host_without_host_matching() -> None:
    rule = Rule("/a", endpoint="a", host="a.test")
    assert kinds(map_of(rule)) == ["host-without-host-matching"]
    assert kinds(map_of(rule.empty(), host_matching=True)) == []


def test_empty_methods() -> None:
    assert kinds(map_of(Rule("/a", endpoint="a", methods=[]))) == ["empty-methods"]


# -- Regexes


@pytest.mark.parametrize(
    "regex",
    [
        "(a+)+",
        "(?:a*)*",
        "(?:[a-z]+-?)+",
        r"(?:\w+\s?)*",
        "(a|b|ab)*",
        "(?:ab|a|b)+",
        "(?:x+x+)+y",
        "(?:a?b?)*",
        r"(?:[a-z0-9_]+\.?)+",
    ],
)
def test_slow_regex(regex: str) -> None:
    compiled = re.compile(f"(?:{regex})\\Z")
    text = slow_text(compiled)
    assert text is not None
    assert len(text) < 200


@pytest.mark.parametrize(
    "regex",
    [
        "[^/]+",
        r"\d{4}-\d{2}-\d{2}",
        "[a-z]+(?:-[a-z]+)*",
        r"\d+\d+",
        "(?:a{1,10}){1,10}",
        "(a|ab)(c|bcd)*",
        "[a-z]{2}(?:-[A-Z]{2})?",
        "(?:/[ab]+)*",
        "[^/].*?",
        "(?>a+)+",
        r"([ab])\1+",
    ],
)
def test_regex_that_is_not_slow(regex: str) -> None:
    assert slow_text(re.compile(f"(?:{regex})\\Z")) is None


def test_rule_with_a_slow_regex() -> None:
    class Slug(BaseConverter):
        regex = "(?:[a-z]+-?)+"

    url_map = map_of("/x/<int:n>/<slug:s>", converters={"slug": Slug})
    ((rules, example),) = told(url_map, Kind.SLOW_REGEX)
    assert rules == ["/x/<int:n>/<slug:s>"]
    assert re.fullmatch("GET /x/7/a+!", example)
    message = next(one.message for one in url_map.check() if one.kind is Kind.SLOW_REGEX)
    assert message == (
        "the regex of <s> takes a time that doubles with a few characters more: (?:[a-z]+-?)+"
    )


# -- All of it


def test_finding_as_text_and_as_json() -> None:
    (finding,) = map_of(Rule("/", endpoint="i"), Rule("/index", endpoint="i")).check()
    assert (
        str(finding)
        == """\
never-built: /index [all methods] 'i'
  no URL is built of the rule, since another one of its endpoint always goes before
    / [all methods] 'i'
  example: build('i') gives /
  hint: if this is meant, give the rule alias=True, which redirects it to the other one"""
    )
    assert json.loads(json.dumps(finding.as_dict())) == finding.as_dict()


def test_check_leaves_the_map_as_it_is() -> None:
    url_map = map_of("/<a>/b", "/a/<b>")
    before = [*url_map._inserted]
    url_map.check()
    assert url_map._inserted == before
    assert url_map.match_order == "weights"
    assert all(rule.map is url_map for rule in before)


def test_check_shows_how_far_it_has_come() -> None:
    seen: list[Any] = []

    def progress(rules: Any) -> Any:
        for rule in rules:
            seen.append(rule.rule)
            yield rule

    trieroute.inspection.check_map(map_of("/a", "/b"), progress)
    assert seen == ["/a", "/b"]


@pytest.mark.parametrize("order", ["weights", "segments", "registration"])
@given(drawn=maps_with_requests())
def test_no_request_reaches_a_rule_that_is_shadowed(
    order: str, drawn: tuple[MapSpec, list[Request]]
) -> None:
    """What is said to be proven is true of drawn requests; the check fails on none of the maps."""
    spec, requests = drawn
    url_map, _ = make_map(trieroute, spec, match_order=order)
    found: list[Finding] = url_map.check()
    hidden = [
        finding.rules[0]
        for finding in found
        if finding.certain
        and (
            finding.kind in (Kind.SHADOWED, Kind.EMPTY_METHODS)
            or "no request can reach this one" in finding.message
        )
    ]
    note("\n".join(map(str, found)))
    for request in requests:
        try:
            adapter = request.bind(url_map)
            rule, _ = adapter.match(
                request.path, request.method, return_rule=True, websocket=request.websocket
            )
        except Exception:
            continue
        assert all(rule is not other for other in hidden)


def test_check_of_applications() -> None:
    rules = Rule("/", endpoint="i"), Rule("/index", endpoint="i")
    app = flask.Flask("shop")
    app.add_url_rule("/", "i", lambda: "")
    app.add_url_rule("/index", "i")
    before = app.url_map
    router = trieroute.wsgi.Router(map_of(*(rule.empty() for rule in rules)))
    for application in (app, app.url_map, router, map_of(*rules)):
        found = check(application)
        assert [(one.kind, one.rules[0].rule) for one in found] == [(Kind.NEVER_BUILT, "/index")]
    assert app.url_map is before


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (werkzeug.routing.Map(), "werkzeug.routing.map.Map"),
        (trieroute.wsgi.Router(Map()), "trieroute.wsgi.Router"),
        (None, "NoneType"),
    ],
)
def test_check_of_what_is_no_map_names_it_and_what_takes_it(given: Any, kind: str) -> None:
    with pytest.raises(TypeError) as caught:
        check_map(given)
    assert str(caught.value) == (
        f"check_map takes a trieroute.Map, not {kind}: trieroute.inspection.check takes"
        " applications, routers, and Werkzeug's maps as well"
    )


# -- Mounts


async def mounted(scope: Any, receive: Any, send: Any) -> None: ...


def router() -> trieroute.asgi.Router:
    return trieroute.asgi.Router(Map())


def test_rules_beside_and_below_mounts_are_no_mistake() -> None:
    app = router()
    app.get("/", endpoint="index")(mounted)
    app.mount("/", mounted)
    app.get("/hello", endpoint="hello")(mounted)
    app.mount("/static", mounted, endpoint="static")
    app.get("/static/special", endpoint="special")(mounted)
    assert check(app) == []
    app.mount("/shops/<shop>", mounted, endpoint="shop")
    app.get("/shops/<shop>/about", endpoint="about")(mounted)
    # In the order segments, the mount has this path: that stays told.
    assert [found.kind for found in check(app)] == [Kind.ORDER_DEPENDENT]


def test_application_that_is_mounted_twice_without_a_name_is_no_mistake() -> None:
    app = router()
    app.mount("/a", mounted)
    app.mount("/b", mounted)
    app.mount("/c", mounted, bare="redirect")
    assert check(app) == []


def test_value_in_the_prefix_of_a_mount_that_leads_to_another_rule_is_found() -> None:
    app = router()
    app.mount("/<shop>", mounted, endpoint="shop")
    app.get("/about", endpoint="about")(mounted)
    (found,) = check(app)
    assert (found.kind, found.rules[1].rule) == (Kind.NO_ROUND_TRIP, "/about")
    assert found.example == "build('shop', shop='about', path='') gives http://example.org/about"


def test_mount_is_told_of_once_and_by_its_prefix() -> None:
    app = trieroute.asgi.Router(Map(match_order="registration"))
    app.mount("/a", mounted, endpoint="a")
    app.mount("/a/b", mounted, endpoint="b")
    (found,) = [finding for finding in check(app) if finding.kind is Kind.ORDER_DEPENDENT]
    first, _, second, *_ = str(found).splitlines()
    assert (first, second) == ("order-dependent: /a [mount] 'a'", "    /a/b [mount] 'b'")
