"""`trieroute.inspection.compare`: one map under Werkzeug and under trieroute."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from werkzeug import routing
from werkzeug.exceptions import NotFound
from werkzeug.routing import BaseConverter, Map, Rule, ValidationError

import trieroute
from routing_model import MapSpec, Request, make_map, route
from routing_strategies import maps_with_requests
from trieroute._inspection.known_differences import Heading, encoded_alone
from trieroute._inspection.map_pair import map_pair
from trieroute._inspection.outcomes import Outcome, match_outcome, same
from trieroute._inspection.regex_samples import regex_samples
from trieroute.inspection import Comparison, Difference, compare
from trieroute.wsgi import Mount


class Twice(BaseConverter):
    regex = r"(\w)\1"


class Home(BaseConverter):
    """Gives another value in each library."""

    def to_python(self, value: str) -> Any:
        return type(self.map).__module__


class Ours(BaseConverter):
    """Refuses a map of Werkzeug's."""

    def __init__(self, map: Any) -> None:
        super().__init__(map)
        if not isinstance(map, trieroute.Map):
            raise ValueError("another map")


class UpToALongNumber(routing.IntegerConverter):
    """Names a number of more digits than Python writes."""

    LIMIT = 10**5000

    def to_python(self, value: str) -> Any:
        number = int(value)
        if number > self.LIMIT:
            raise ValidationError
        return number


class Nothing(BaseConverter):
    regex = r"a(?!a)a"


class Broken(BaseConverter):
    regex = "("


class Parsing(Rule):
    def _parse_rule(self, rule: str) -> Any:
        return super()._parse_rule(rule)


class OwnMatcher(Map):
    _matcher: Any = None


def found(*rules: Rule, order: str = "segments", **settings: Any) -> list[Difference]:
    return compare(Map(rules, **settings), order, rounds=0).differences


def test_map_without_a_difference() -> None:
    url_map = Map(
        [
            Rule("/", endpoint="index"),
            Rule("/docs/", endpoint="docs", methods=["GET"]),
            Rule("/docs/<page>", endpoint="page"),
            Rule("/users/<int:id>", endpoint="user", methods=["GET", "PUT"]),
            Rule("/users/<int:id>", endpoint="remove", methods=["DELETE"]),
            Rule("/list/", endpoint="list", defaults={"page": 1}),
            Rule("/list/<int:page>", endpoint="list"),
            Rule("/start", endpoint="index", alias=True),
            Rule("/old/<name>", redirect_to="new/<name>", endpoint="old"),
            Rule("/live", endpoint="live", websocket=True),
            Rule("/link/<uuid:id>", endpoint="link", build_only=True),
            Rule("/<lang>/about", endpoint="about", subdomain="<team>"),
            Rule("/any/<any(en, de):lang>", endpoint="lang", strict_slashes=False),
        ]
    )
    comparison = compare(url_map)
    assert comparison.differences == []
    assert bool(comparison)
    assert comparison.rules == 13
    assert comparison.requests > 150
    assert comparison.builds > 100
    assert comparison.untried == []
    assert comparison.match_ns is not None
    theirs, ours = comparison.match_ns
    assert theirs > ours > 0
    assert comparison.build_ns is not None


def test_hosts_without_a_difference() -> None:
    url_map = Map(
        [
            Rule("/", endpoint="index", host="example.com"),
            Rule("/", endpoint="team", host="<team>.example.com"),
            Rule("/<int:id>", endpoint="item", host="<team>.example.com"),
        ],
        host_matching=True,
    )
    assert compare(url_map, rounds=0).differences == []


def test_map_of_trieroute_is_compared_as_well() -> None:
    rules = [trieroute.Rule("/a/<int:x>", endpoint="a"), trieroute.Rule("/<y>/1", endpoint="b")]
    assert compare(trieroute.Map(rules), "weights", rounds=0).differences == []


@pytest.mark.parametrize(
    ("known", "url_map", "rules", "example", "theirs", "ours"),
    [
        (
            "The search goes on after a refused value",
            Map([Rule("/<int(max=10):x>", endpoint="small"), Rule("/<y>", endpoint="large")]),
            ["/<int(max=10):x> -> small", "/<y> -> large"],
            "GET /42",
            "404",
            "'large' with y='42'",
        ),
        (
            "A refused value causes no redirect and no 405",
            Map([Rule("/x/<int(max=5):n>/", endpoint="n")]),
            ["/x/<int(max=5):n>/ -> n"],
            "GET /x/6",
            "308 redirect to http://example.org/x/6/",
            "404",
        ),
        (
            "Slashes inside a value are never merged",
            Map([Rule("/x/<path:p>", endpoint="p")]),
            ["/x/<path:p> -> p"],
            "GET //x//a//b",
            "308 redirect to http://example.org/x/a/b",
            "308 redirect to http://example.org/x/a//b",
        ),
        (
            "Groups in a converter's regex are harmless",
            Map([Rule("/<twice:x>", endpoint="t")], converters={"twice": Twice}),
            ["/<twice:x> -> t"],
            "GET /",
            "re.error",
            "404",
        ),
        (
            "A rule that does not merge slashes is passed over",
            Map(
                [
                    Rule("/a/<x>", endpoint="kept", merge_slashes=False),
                    Rule("/<y>/<x>", endpoint="merged"),
                ]
            ),
            ["/a/<x> -> kept"],
            "GET /a//a",
            "404",
            "308 redirect to http://example.org/a/a",
        ),
        (
            "A rule that does not merge slashes is passed over",
            Map([Rule("/a/<x>", endpoint="kept", merge_slashes=False, methods=["POST"])]),
            ["/a/<x> (POST) -> kept"],
            "PURGE /a//a",
            "405",
            "404",
        ),
        (
            "A rule that does not merge slashes is passed over",
            Map([Rule("/a/<x>", endpoint="kept", merge_slashes=False, websocket=True)]),
            ["/a/<x> -> kept"],
            "GET /a//a",
            "400 WebSocket mismatch",
            "404",
        ),
        (
            "`redirect_to` takes rule syntax",
            Map([Rule("/old/<int:id>", endpoint="old", redirect_to="new/<int:id>")]),
            ["/old/<int:id> -> old"],
            "GET /old/1",
            "KeyError: 'int:id'",
            "308 redirect to http://example.org/new/1",
        ),
        (
            "`redirect_to` keeps its scheme and host",
            Map([Rule("/r/<path:p>", endpoint="r", redirect_to="//x<p>.example.org/")]),
            ["/r/<path:p> -> r"],
            "GET /r/a/",
            "308 redirect to http://xa/.example.org/",
            "404",
        ),
        (
            "Converter arguments are read by a grammar",
            trieroute.Map([trieroute.Rule("/<any(1,2):n>", endpoint="n")]),
            ["/<any(1,2):n> -> n"],
            "GET /1",
            "404",
            "'n' with n='1'",
        ),
        (
            "Hosts and subdomains are compared without regard to case",
            Map([Rule("/", endpoint="api", subdomain="API")]),
            ["API|/ -> api"],
            "GET / at api.example.org",
            "404",
            "'api'",
        ),
        (
            "An alias without a canonical rule matches",
            Map([Rule("/a", endpoint="a", alias=True)]),
            ["/a -> a"],
            "GET /a",
            "308 redirect to http://example.org/a",
            "'a'",
        ),
        (
            "A redirect by `defaults` never leads to the requested URL",
            Map(
                [
                    Rule("/<x>", endpoint="x", defaults={"x": "a"}),
                    Rule("/a", endpoint="x", defaults={"x": "a"}),
                ]
            ),
            ["/a -> x"],
            "GET /a",
            "308 redirect to http://example.org/a",
            "'x' with x='a'",
        ),
        (
            "A redirect that can't be built is none",
            Map(
                [
                    Rule("/old/<x>", endpoint="x", alias=True),
                    Rule("/new/<any(b, c):x>", endpoint="x"),
                ]
            ),
            ["/old/<x> -> x"],
            "GET /old/a",
            "ValueError",
            "'x' with x='a'",
        ),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else "",
)
def test_documented_difference_is_named(
    known: str, url_map: Any, rules: list[str], example: str, theirs: str, ours: str
) -> None:
    (difference,) = [d for d in compare(url_map, rounds=0).differences if d.known == known]
    assert difference.rules == rules
    assert difference.example == example
    assert difference.theirs.startswith(theirs)
    assert difference.ours.startswith(ours)


def test_slashes_around_an_empty_value_are_a_documented_difference() -> None:
    class Rest(BaseConverter):
        regex = ".*"
        part_isolating = False

    url_map = Map([Rule("/m/x/<rest:p>/y/<rest:q>/z", endpoint="z")], converters={"rest": Rest})
    # A seed with which an empty `q` is among the values.
    (difference,) = compare(url_map, "segments", seed=0, rounds=0).differences
    assert (difference.theirs, difference.ours) == (
        "404 Not Found",
        "308 redirect to http://example.org/m/x/1//y//z",
    )
    assert difference.known == "Slashes inside a value are never merged"


def test_orders_differ_in_each_pair_of_rules_apart() -> None:
    rules = [
        Rule("/<a>/b/c", endpoint="bc"),
        Rule("/x/<b>/<c>", endpoint="x"),
        Rule("/y/<b>/<c>", endpoint="y"),
    ]
    assert found(*[rule.empty() for rule in rules]) == []
    first, second = sorted(found(*rules, order="weights"), key=lambda d: d.example)
    assert first.known == second.known == "The default match order"
    assert first.rules == ["/x/<b>/<c> -> x", "/<a>/b/c -> bc"]
    assert second.rules == ["/y/<b>/<c> -> y", "/<a>/b/c -> bc"]
    assert (first.example, first.theirs, first.ours) == (
        "GET /x/b/c",
        "'x' with b='b', c='c'",
        "'bc' with a='x'",
    )


def test_what_no_documented_difference_explains_has_no_name() -> None:
    url_map = trieroute.Map(
        [trieroute.Rule("/<home:x>", endpoint="home")], converters={"home": Home}
    )
    (difference,) = compare(url_map, rounds=0).unexplained
    assert difference.known is None
    assert difference.rules == ["/<home:x> -> home"]
    assert difference.theirs == "'home' with x='werkzeug.routing.map'"
    assert difference.ours == "'home' with x='trieroute._map'"
    assert difference.count > 3


def test_redirects_to_different_targets_have_one_cause() -> None:
    rule = trieroute.Rule("/<x>", redirect_to=lambda adapter, x: f"{type(adapter).__module__}/{x}")
    (difference,) = compare(trieroute.Map([rule]), rounds=0).unexplained
    assert difference.theirs == "308 redirect to http://example.org/werkzeug.routing.map/a"
    assert difference.ours == "308 redirect to http://example.org/trieroute._core.map_adapter/a"
    assert difference.count > 3


def test_urls_are_compared() -> None:
    rule = trieroute.Rule("/<any(1,2):n>", endpoint="n", build_only=True)
    differences = compare(trieroute.Map([rule]), rounds=0).differences
    assert [(d.example, d.theirs, d.ours) for d in differences] == [
        ("build('n', {'n': '1'})", "ValueError: '1' is not one of '1,2'", "/1")
    ]


def test_rule_that_one_of_the_maps_refuses_is_left_out_and_told() -> None:
    rules = [trieroute.Rule("/<ours:x>", endpoint="x"), trieroute.Rule("/a", endpoint="a")]
    comparison = compare(trieroute.Map(rules, converters={"ours": Ours}), rounds=0)
    (difference,) = comparison.unexplained
    assert comparison.rules == 2
    assert difference.rules == ["/<ours:x> -> x"]
    assert difference.example == "adding the rule, which was left out of both maps"
    assert (difference.theirs, difference.ours) == ("ValueError: another map", "taken")


@pytest.mark.parametrize("websocket", [False, True])
def test_refused_value_is_tried_with_the_other_protocol(websocket: bool) -> None:
    url_map = Map([Rule("/<even:x>", endpoint="x", websocket=websocket)], converters={"even": Even})
    (difference,) = compare(url_map, rounds=0).differences
    assert difference.known == "A refused value causes no redirect and no 405"
    assert difference.example == ("GET /1" if websocket else "WebSocket /1")
    assert (difference.theirs, difference.ours) == ("400 WebSocket mismatch", "404 Not Found")


class Colour(Enum):
    RED = "crimson"


def is_odd(value: str) -> bool:
    return value == "odd"


def refusing(refuses: Callable[[Any, str], bool]) -> Any:
    class Refusing(BaseConverter):
        def to_python(self, value: str) -> Any:
            if refuses(self, value):
                raise ValidationError
            return value

        def is_even(self, value: str) -> bool:
            return value == "even"

    return Refusing


PATTERN = re.compile("x{3}y")


@pytest.mark.parametrize(
    ("refuses", "path"),
    [
        (lambda self, value: len(value) > 40, "/c/" + 41 * "a"),
        (lambda self, value: PATTERN.match(value) is not None, "/c/xxxy"),
        (lambda self, value: is_odd(value), "/c/odd"),
        (lambda self, value: self.is_even(value), "/c/even"),
        (lambda self, value: any(value == word for word in ("some", "word")), "/c/some"),
        (lambda self, value: value in [colour.value for colour in Colour], "/c/crimson"),
    ],
)
def test_value_that_only_what_a_converter_uses_names_is_tried(
    refuses: Callable[[Any, str], bool], path: str
) -> None:
    url_map = Map(
        [Rule("/c/<c:x>", endpoint="c"), Rule("/c/<x>", endpoint="x")],
        converters={"c": refusing(refuses)},
    )
    comparison = compare(url_map, rounds=0)
    (difference,) = comparison.differences
    assert difference.known == "The search goes on after a refused value"
    assert difference.example == f"GET {path}"


def test_rule_whose_variable_gets_no_text_is_named() -> None:
    url_map = Map(
        [Rule("/<nothing:x>", endpoint="x"), Rule("/a", endpoint="a")],
        converters={"nothing": Nothing},
    )
    comparison = compare(url_map, rounds=0)
    assert comparison.untried == ["/<nothing:x> -> x: no text was found for 'x'"]
    assert "compare them by hand:\n    /<nothing:x> -> x: no text" in str(comparison)
    assert "No difference in the other rules." in str(comparison)


class Even(BaseConverter):
    def to_python(self, value: str) -> Any:
        if value == "1":
            raise ValidationError
        return value


class Unready(BaseConverter):
    error: Exception = RuntimeError("no database")

    def to_python(self, value: str) -> Any:
        raise self.error


class Missing(Unready):
    # What matching itself may come to.
    error = NotFound()


@pytest.mark.parametrize(
    ("converter", "raised"),
    [
        (Unready, "the converter of 'x' raised RuntimeError: no database"),
        (Missing, "the converter of 'x' raised NotFound: 404 Not Found: The requested"),
    ],
)
@pytest.mark.parametrize("library", [routing, trieroute])
def test_rule_whose_converter_always_raises_is_not_compared(
    library: Any, converter: Any, raised: str
) -> None:
    rules = [library.Rule("/a/<unready:x>", endpoint="x"), library.Rule("/b", endpoint="b")]
    comparison = compare(library.Map(rules, converters={"unready": converter}), rounds=0)
    (untried,) = comparison.untried
    assert untried.startswith(f"/a/<unready:x> -> x: {raised}")
    assert comparison.unexplained == []
    assert not comparison.is_empty


def test_rule_whose_requests_always_raise_is_not_compared() -> None:
    def unready(adapter: Any, **values: Any) -> Any:
        raise LookupError("no table")

    url_map = Map([Rule("/a", endpoint="a", redirect_to=unready), Rule("/b", endpoint="b")])
    comparison = compare(url_map, rounds=0)
    assert comparison.untried == ["/a -> a: its requests raised LookupError: no table"]


def test_rule_whose_urls_always_raise_is_noted() -> None:
    class Unwritable(BaseConverter):
        def to_url(self, value: Any) -> str:
            return str(value.id)

    url_map = Map([Rule("/<w:x>", endpoint="x")], converters={"w": Unwritable})
    comparison = compare(url_map, rounds=0)
    assert (comparison.untried, comparison.differences) == ([], [])
    (note,) = comparison.notes
    assert note.startswith("rule '/<w:x>': its URLs were not compared, building them raised Attr")


def test_url_that_is_encoded_is_a_documented_difference() -> None:
    items = '"a b", "c?d", "e#f", "\u00e9", "g%2Fh", "x%zz", "a/b", "[x]"'
    url_map = Map(
        [
            Rule(f"/<any({items}):x>/<y>", endpoint="x"),
            Rule(f"/old/<any({items}):x>", endpoint="new", alias=True),
            Rule(f"/new/<any({items}):x>", endpoint="new"),
        ]
    )
    (difference,) = compare(url_map, "segments", rounds=0).differences
    assert difference.known == "Built URLs are percent-encoded, and begin with one slash"


def test_url_of_another_path_is_no_documented_difference() -> None:
    for theirs, ours in ("/a b", "/a%21b"), ("/ab", "/%61b"), ("/a b", "/a%20b/"), ("/a", "/A"):
        assert not encoded_alone(Outcome("url", detail=theirs), Outcome("url", detail=ours))


def test_encoded_url_of_many_hyphens_is_told_at_once() -> None:
    # A regex with two equal alternatives for each of them would never be done.
    for char in "-._~":
        theirs, ours = f"/{char * 60} ", f"/{char * 60}%20"
        assert encoded_alone(Outcome("url", detail=theirs), Outcome("url", detail=ours))
        assert not encoded_alone(Outcome("url", detail=theirs), Outcome("url", detail=ours + "!"))


@pytest.mark.parametrize(
    ("theirs", "ours", "alone"),
    [
        ("/%25" * 60, "/%25" * 60, True),
        ("/%25" * 60, "/%2525" * 60, True),
        ("/%%25", "/%25%25", True),
        ("/%" * 60 + "a", "/%25" * 60 + "b", False),
        ("", "", True),
        ("/a", "/a%20", False),
    ],
)
def test_percent_sign_may_be_encoded_or_not(theirs: str, ours: str, alone: bool) -> None:
    found = encoded_alone(Outcome("redirect", detail=theirs), Outcome("redirect", detail=ours))
    assert found is alone


def test_same_seed_gives_the_same_comparison() -> None:
    url_map = Map([Rule("/<int(max=10):x>"), Rule("/<y>"), Rule("/<float:z>/<w>")])
    assert compare(url_map, seed=1, rounds=0) == compare(url_map, seed=1, rounds=0)


def test_mounts_are_shown_as_they_were_written() -> None:
    class Refusing(BaseConverter):
        def to_python(self, value: str) -> str:
            if value != "a":
                raise ValidationError
            return value

    url_map = trieroute.Map(
        [
            trieroute.Rule("/r/<q>/", endpoint="rule"),
            trieroute.Submount("/r", [Mount("/<c:z>", endpoint="mount", bare="redirect")]),
        ],
        converters={"c": Refusing},
    )
    comparison = compare(url_map, "weights", rounds=0)
    shown = "\n".join(rule for found in comparison.differences for rule in found.rules)
    assert "/r/<c:z> -> mount" in shown
    assert "<everything:path>" not in shown
    assert comparison.notes == [
        "rule '/r/<c:z>': when its converter refuses a value, the other rules are tried; Werkzeug"
        " answers with a 404"
    ]


def test_unknown_order_is_refused() -> None:
    with pytest.raises(ValueError, match="weights, segments, registration, not 'none'"):
        compare(Map(), "none")


def test_map_without_rules_is_not_compared() -> None:
    comparison = compare(Map())
    assert str(comparison) == (
        "0 rules, match order weights: 0 requests and 0 URLs compared.\n\nNothing was compared."
    )
    assert comparison.is_empty


def test_map_stays_as_it_is() -> None:
    rules = [Rule("/<int:id>", endpoint="b"), Rule("/a", endpoint="a", methods=["PUT"])]
    url_map = Map(rules)
    before = [dict(vars(rule)) for rule in rules]
    compare(url_map, rounds=0)
    assert [dict(vars(rule)) for rule in rules] == before
    assert list(url_map.iter_rules()) == rules


def test_overridden_get_converter_is_asked() -> None:
    class Own(Rule):
        def get_converter(self, variable_name: str, *args: Any) -> Any:
            assert variable_name == "x"
            return Twice(self.map)

    (difference,) = found(Own("/<x>", endpoint="x"))
    assert difference.known == "Groups in a converter's regex are harmless"


def test_converter_that_was_replaced_is_compared_as_rules_have_it() -> None:
    url_map = Map([Rule("/<twice:x>", endpoint="t")], converters={"twice": Twice})
    url_map.converters["twice"] = Home
    (difference,) = compare(url_map, rounds=0).differences
    assert difference.known == "Groups in a converter's regex are harmless"


def test_what_a_class_of_rules_overrides_is_compared() -> None:
    class Tagged(Rule):
        def build(self, values: Any, append_unknown: bool = True) -> Any:
            # Another base in each library.
            return super().build({**values, "base": type(self).__base__.__name__}, append_unknown)

    comparison = compare(Map([Tagged("/a", endpoint="a")]), rounds=0)
    assert [(d.theirs, d.ours) for d in comparison.unexplained] == [
        ("/a?base=Rule", "/a?base=Tagged")
    ]


def test_what_a_class_of_maps_overrides_is_compared() -> None:
    class Adapting(Map):
        def bind_to_environ(self, *args: Any, **kwargs: Any) -> Any:
            bound = super().bind_to_environ(*args, **kwargs)
            return routing.MapAdapter(
                self, bound.server_name, "/", bound.subdomain, "http", "/", "GET"
            )

    comparison = compare(Adapting([Rule("/a", endpoint="a")]), rounds=0)
    assert comparison.differences == []


@pytest.mark.parametrize(
    ("url_map", "refusal"),
    [
        (
            Map([Rule("/a"), Rule("/<broken:x>")], converters={"broken": Broken}),
            "ValueError: rule '/<broken:x>': the regex '(' of variable 'x'",
        ),
        (Map([Parsing("/a")]), "TypeError: class test_comparison.Parsing overrides _parse_rule"),
        (
            OwnMatcher([Rule("/a")]),
            "TypeError: class test_comparison.OwnMatcher can't be combined with trieroute's: class"
            " test_comparison.OwnMatcher overrides _matcher, which trieroute never calls",
        ),
    ],
    ids=["converter", "rule", "map"],
)
def test_what_install_refuses_is_told(url_map: Map, refusal: str) -> None:
    comparison = compare(url_map)
    assert not comparison
    assert comparison.refusal is not None
    assert comparison.refusal.startswith(refusal)
    assert str(comparison) == (
        f"trieroute's install refuses this, nothing was compared:\n  {comparison.refusal}"
    )


def test_report_reads_well() -> None:
    comparison = Comparison(
        "segments",
        2,
        1_234,
        1,
        [
            Difference(
                ["/<int(max=10):x> -> small"],
                2,
                "GET /50",
                "404 Not Found",
                "'large' with y=50",
                "Name",
            )
        ],
        match_ns=(6000.0, 400.0),
        build_ns=(1_000.0, 1_500.0),
    )
    report = re.sub(r"(werkzeug|Werkzeug|trieroute) \d[\w.]*", r"\1 N", str(comparison))
    assert report == (
        "2 rules, match order segments: 1,234 requests and 1 URL compared.\n"
        "\n"
        "1 difference, none unexplained:\n"
        "\n"
        "Name (2 cases)\n"
        "    /<int(max=10):x> -> small\n"
        "  example    GET /50\n"
        "  werkzeug   404 Not Found\n"
        "  trieroute  'large' with y=50\n"
        "\n"
        'The headings are those of the page "Differences from Werkzeug".\n'
        "\n"
        "A match takes 6,000 ns in Werkzeug N and 400 ns in trieroute N: 15.0 times as fast,"
        " 5.6 \u00b5s saved.\n"
        "\n"
        "A URL takes 1,000 ns in Werkzeug N and 1,500 ns in trieroute N: 1.5 times as slow,"
        " 0.5 \u00b5s lost."
    )


def test_headings_are_those_of_the_page() -> None:
    page = Path(__file__).parent.parent / "docs" / "differences.md"
    headings = re.findall("^## (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(Heading) <= set(headings)


@given(maps_with_requests())
def test_copies_decide_as_the_map_itself(drawn: tuple[MapSpec, list[Request]]) -> None:
    spec, requests = drawn
    for library in routing, trieroute:
        url_map, rules = make_map(library, spec)
        order = getattr(url_map, "match_order", "segments")
        pair = map_pair(url_map, order)
        if pair.refusals:
            continue
        copy, copied = (
            (pair.theirs, pair.their_rules) if library is routing else (pair.ours, pair.our_rules)
        )
        for request in requests:
            first, second = route(url_map, rules, request), route(copy, copied, request)
            if first[0] == second[0] == "match":
                # Rules that are alike may stand at other places, where nothing depends on them.
                first = ("match", str(rules[first[1]]), rules[first[1]].endpoint, *first[2:])
                second = ("match", str(copied[second[1]]), copied[second[1]].endpoint, *second[2:])
            assert first == second


@pytest.mark.parametrize(
    "regex",
    [
        r"[^/]+",
        r"[^/].*?",
        r"\d{4}-\d\d",
        r"(\w)\1",
        r"(?P<a>x|y)(?P=a)?z",
        r"(a)?(?(1)b|c)",
        r"(?:[a-f]|[^\d/]|\W){3,5}",
        r"(?!x)[a-z]+\Z",
        r"@[\u0430-\u044f]+",
        r"(?i:ab)\.?",
    ],
)
def test_texts_match_their_regex(regex: str) -> None:
    texts = regex_samples(regex, Random(1), 3)
    assert texts
    assert all(re.fullmatch(regex, text) for text in texts)
    assert texts == regex_samples(regex, Random(1), 3)


def test_converter_that_names_a_number_too_long_to_be_written() -> None:
    rule = trieroute.Rule("/<long:x>/<y>", endpoint="e")
    url_map = trieroute.Map([rule], converters={"long": UpToALongNumber})
    comparison = compare(url_map, rounds=0)
    assert comparison.differences == comparison.untried == []
    assert comparison.requests > 10


@pytest.mark.parametrize("regex", ["a(?!a)a", r"x\by"])
def test_regex_that_nothing_is_found_for_gives_no_text(regex: str) -> None:
    assert regex_samples(regex, Random(1), 3) == []


@pytest.mark.parametrize("error", [RuntimeError, NotFound])
@pytest.mark.parametrize(
    "rule",
    [
        Rule("/x/<raising:p>/", endpoint="e"),
        Rule("/x/<raising:p>", endpoint="e", methods=["GET"]),
        Rule("/x/<raising:p>", endpoint="e", websocket=True),
    ],
)
def test_converter_that_runs_before_a_redirect_or_an_error(rule: Rule, error: Any) -> None:
    class Raising(BaseConverter):
        def to_python(self, value: str) -> Any:
            raise error

    differences = compare(
        Map([rule.empty()], converters={"raising": Raising}), rounds=0
    ).differences
    heading = "Converters run before a redirect, a 405 or a WebSocket mismatch"
    assert {difference.known for difference in differences} == {heading}


class NoNumbers(BaseConverter):
    """What is no number, alone and within other values, made anew by each match."""

    def to_python(self, value: str) -> Any:
        nan = float("nan")
        holder = Holder()
        holder.number, holder.holder = nan, holder
        return {
            "float": nan,
            "complex": complex(0, nan),
            "decimal": Decimal("NaN"),
            "list": [1, nan],
            "dict": {"a": (nan, Holder())},
            "holder": holder,
        }.get(value, value)


class Holder:
    number: Any
    holder: Any


def test_what_is_no_number_is_no_difference() -> None:
    maps = [
        router.Map([router.Rule("/<nan:x>", endpoint="a")], converters={"nan": NoNumbers})
        for router in (routing, trieroute)
    ]
    for text in ("float", "complex", "decimal", "list", "dict", "text"):
        outcomes = [match_outcome(each.bind("h"), f"/{text}", "GET") for each in maps]
        assert same(*outcomes), text
    # One that holds itself is looked into to a bound.
    assert not same(*(match_outcome(each.bind("h"), "/holder", "GET") for each in maps))
    listed, number = (match_outcome(maps[0].bind("h"), path, "GET") for path in ("/list", "/float"))
    assert not same(listed, number)


def test_float_that_is_no_number_is_no_difference_to_the_check() -> None:
    class Ratio(BaseConverter):
        regex = "[0-9]+"

        def to_python(self, value: str) -> float:
            return float("nan")

    url_map = Map([Rule("/<ratio:x>", endpoint="a")], converters={"ratio": Ratio})
    comparison = compare(url_map)
    assert comparison.differences == []
    assert comparison
