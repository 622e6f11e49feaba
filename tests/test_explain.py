"""`MapAdapter.explain`: why a request went where it went."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any, ClassVar

import pytest
import werkzeug.routing
from hypothesis import given, note
from werkzeug.exceptions import BadHost, Forbidden

import trieroute
import trieroute.asgi
import trieroute.inspection
from adapters import adapter_of
from routing_model import MapSpec, Request, make_map
from routing_strategies import maps_with_requests
from trieroute import (
    BaseConverter,
    Map,
    MapAdapter,
    MethodNotAllowed,
    NotFound,
    RequestRedirect,
    Rule,
    ValidationError,
    WebsocketMismatch,
)
from trieroute.inspection import Candidate, Explanation, Verdict

#: The verdicts of the one rule that decides.
WINS = (Verdict.MATCHED, Verdict.SLASH_MISSING, Verdict.SLASHES_MERGED, Verdict.RAISED)


def verdicts(explanation: Explanation) -> list[tuple[str, str]]:
    return [(candidate.rule.rule, candidate.verdict) for candidate in explanation.candidates]


def only(explanation: Explanation) -> Candidate:
    (candidate,) = explanation.candidates
    return candidate


# -- It agrees with match


def assert_agrees(explanation: Explanation, adapter: MapAdapter, request: Request) -> None:
    """The candidates by themselves say what `match` says."""
    error: Exception | None = None
    rule, values = None, None
    try:
        rule, values = adapter.match(
            request.path, request.method, return_rule=True, websocket=request.websocket
        )
    except Exception as raised:
        error = raised
    candidates = explanation.candidates
    assert explanation.rule is rule
    assert repr(explanation.values) == repr(values)
    assert type(explanation.error) is type(error)
    matched = [one for one in candidates if one.verdict is Verdict.MATCHED]
    sent = [one for one in candidates if "the client is sent to" in one.reason]
    raised_by = [one for one in candidates if one.verdict is Verdict.RAISED]
    others = {
        method
        for one in candidates
        if one.verdict is Verdict.WRONG_METHOD
        for method in one.rule.methods or ()
    }
    mismatches = [one for one in candidates if one.verdict is Verdict.WEBSOCKET_MISMATCH]
    if rule is not None:
        assert [one.rule for one in matched] == [rule]
        assert repr(matched[0].values) == repr(values)
        assert not sent
    elif isinstance(error, RequestRedirect):
        assert isinstance(explanation.error, RequestRedirect)
        assert explanation.error.new_url == error.new_url
        assert len(matched) + len(sent) == 1
        assert error.new_url in matched[0].reason if matched else True
    elif isinstance(error, MethodNotAllowed):
        assert set(error.valid_methods or ()) == others
        assert not matched
        assert not sent
    elif isinstance(error, WebsocketMismatch):
        assert mismatches
        assert not others
        assert not matched
        assert not sent
    elif isinstance(error, NotFound):
        # A match whose redirect can't be built is none.
        assert not (others or mismatches) or matched
        assert not sent
        assert all(one.reason == "its redirect_to leads to no URL" for one in matched)
    else:
        assert matched or raised_by
    order = [one.verdict for one in candidates]
    if Verdict.OUTRANKED in order:
        assert any(verdict in WINS for verdict in order[: order.index(Verdict.OUTRANKED)])
    assert str(explanation)
    json.dumps(explanation.as_dict())


@pytest.mark.parametrize("order", ["weights", "segments", "registration"])
@given(drawn=maps_with_requests())
def test_explain_agrees_with_match(order: str, drawn: tuple[MapSpec, list[Request]]) -> None:
    spec, requests = drawn
    url_map, _ = make_map(trieroute, spec, match_order=order)
    for request in requests:
        try:
            adapter = request.bind(url_map)
        except BadHost:
            continue
        explanation = adapter.explain(request.path, request.method, request.websocket)
        note(str(explanation))
        assert_agrees(explanation, adapter, request)


def test_explain_agrees_with_match_below_a_host_that_is_none() -> None:
    scope = {"type": "http", "method": "GET", "path": "/a", "headers": [(b"host", b"other.test")]}
    adapter = Map([Rule("/a", endpoint="a")]).bind_to_scope(scope, server_name="example.com")
    explanation = adapter.explain()
    assert isinstance(explanation.error, NotFound)
    assert explanation.candidates == []
    assert explanation.hints == [
        "the host of the request is not within the server name, so no rule matches"
    ]


# -- Each verdict


def test_winner_and_what_it_outranks() -> None:
    explanation = adapter_of("/a/<b>", "/<a>/b", "/other").explain("/a/b")
    assert explanation.endpoint == "/a/<b>"
    assert explanation.values == {"b": "b"}
    assert explanation.error is None
    assert verdicts(explanation) == [("/a/<b>", "matched"), ("/<a>/b", "outranked")]
    loser = explanation.candidates[1]
    assert loser.values == {"a": "a"}
    assert loser.outranked_by is explanation.rule
    assert loser.reason == "by /a/<b> [all methods]"


@pytest.mark.parametrize(
    ("order", "first", "second"),
    [
        ("weights", "/<a>/b/c", "/x/<b>/<c>"),
        ("segments", "/x/<b>/<c>", "/<a>/b/c"),
        ("registration", "/<a>/b/c", "/x/<b>/<c>"),
    ],
)
def test_candidates_come_in_the_order_of_the_map(order: str, first: str, second: str) -> None:
    explanation = adapter_of("/<a>/b/c", "/x/<b>/<c>", match_order=order).explain("/x/b/c")
    assert verdicts(explanation) == [(first, "matched"), (second, "outranked")]
    assert explanation.match_order == order


def test_wrong_method() -> None:
    adapter = adapter_of(Rule("/a", endpoint="a", methods=["POST", "GET"]))
    explanation = adapter.explain("/a", "delete")
    assert explanation.outcome == "405 Method Not Allowed (allowed: GET, HEAD, POST)"
    assert explanation.method == "DELETE"
    assert only(explanation).verdict is Verdict.WRONG_METHOD
    assert only(explanation).reason == "the rule takes GET, POST, not DELETE"


@pytest.mark.parametrize(
    ("rule", "path", "variable", "text", "reason"),
    [
        ("/u/<int:id>", "/u/me", "id", "me", r"'me' does not match \d+, the regex of {int}"),
        ("/u/<int(max=5):id>", "/u/9", "id", "9", "{int} refuses '9' (max=5)"),
        ("/u/<int(fixed_digits=2):id>", "/u/9", "id", "9", "{int} refuses '9' (fixed_digits=2)"),
        ("/u/<name>", "/u/", "name", "", "<name> must not be empty"),
        ("/f/<path:p>", "/f/", "p", "", "<p> must not be empty"),
        ("/v<int:n>.json", "/vx.json", "n", "x", r"'x' does not match \d+, the regex of {int}"),
        ("/<a>-<int:n>/z", "/b-c/z", "n", "c", r"'c' does not match \d+, the regex of {int}"),
        ("/<picky:a>", "/b", "a", "b", "Picky refuses 'b': it must be an a"),
        ("/<path:p>/e/<int:n>", "/x/e/y", "n", "y", r"'y' does not match \d+, the regex of {int}"),
    ],
)
def test_refused_value(rule: str, path: str, variable: str, text: str, reason: str) -> None:
    class Picky(BaseConverter):
        def to_python(self, value: str) -> Any:
            if value != "a":
                raise ValidationError("it must be an a")
            return value

    candidate = only(adapter_of(rule, converters={"picky": Picky}).explain(path))
    assert candidate.verdict is Verdict.REFUSED
    assert (candidate.variable, candidate.text) == (variable, text)
    assert candidate.reason == reason.replace("{int}", "IntegerConverter")


def test_values_before_the_refused_one_are_told() -> None:
    candidate = only(adapter_of("/<a>/<int(max=5):b>").explain("/x/9"))
    assert candidate.values == {"a": "x"}


def test_converter_that_raises_something_else() -> None:
    class Failing(BaseConverter):
        def to_python(self, value: str) -> Any:
            raise KeyError(value)

    adapter = adapter_of("/<failing:a>", "/<path:p>", converters={"failing": Failing})
    explanation = adapter.explain("/x")
    assert isinstance(explanation.error, KeyError)
    assert verdicts(explanation) == [
        ("/<failing:a>", "converter raised"),
        ("/<path:p>", "outranked"),
    ]
    assert explanation.outcome == "KeyError: 'x'"


def test_missing_slash() -> None:
    explanation = adapter_of("/a/").explain("/a")
    assert explanation.outcome == "308 redirect to http://example.com/a/"
    assert only(explanation).verdict is Verdict.SLASH_MISSING
    assert only(explanation).reason == "the client is sent to /a/"


def test_missing_slash_of_a_rule_that_takes_another_method() -> None:
    explanation = adapter_of(Rule("/a/", endpoint="a", methods=["GET"])).explain("/a", "POST")
    assert isinstance(explanation.error, NotFound)
    assert only(explanation).verdict is Verdict.SLASH_MISSING
    assert only(explanation).reason == (
        "the path lacks the last slash, and the rule takes GET, not POST: no redirect, and no 405"
    )


def test_slash_too_many() -> None:
    explanation = adapter_of("/a").explain("/a/")
    assert isinstance(explanation.error, NotFound)
    assert verdicts(explanation) == [("/a", "slash too many")]


@pytest.mark.parametrize(
    ("rule", "path", "reason"),
    [
        ("/a", "/a/", "the rule is not strict and tolerates the last slash"),
        ("/a/", "/a", "the rule is not strict and does without its last slash"),
    ],
)
def test_rule_that_is_not_strict(rule: str, path: str, reason: str) -> None:
    explanation = adapter_of(rule, strict_slashes=False).explain(path)
    assert explanation.endpoint == rule
    assert (only(explanation).verdict, only(explanation).reason) == (Verdict.MATCHED, reason)


def test_merged_slashes() -> None:
    explanation = adapter_of("/a/<path:p>").explain("//a///b//c")
    assert explanation.outcome == "308 redirect to http://example.com/a/b//c"
    assert only(explanation).verdict is Verdict.SLASHES_MERGED
    assert only(explanation).reason == "the client is sent to /a/b//c"


def test_slashes_that_are_not_merged() -> None:
    for_rule = adapter_of(Rule("/a/b", endpoint="e", merge_slashes=False)).explain("/a//b")
    assert only(for_rule).reason == "the path has a run of slashes, which the rule does not merge"
    for_map = adapter_of("/a/b", merge_slashes=False).explain("/a//b")
    assert only(for_map).reason == "the path has a run of slashes, which the map does not merge"
    assert isinstance(for_rule.error, NotFound)
    assert isinstance(for_map.error, NotFound)


def test_websocket_mismatch() -> None:
    adapter = adapter_of(Rule("/ws", endpoint="ws", websocket=True))
    explanation = adapter.explain("/ws")
    assert explanation.outcome == "400 WebSocket mismatch"
    assert only(explanation).reason == "the rule takes WebSocket requests alone"
    assert adapter.explain("/ws", websocket=True).endpoint == "ws"


def test_another_domain() -> None:
    rules = [Rule("/a", endpoint="api", subdomain="api"), Rule("/a", endpoint="www")]
    explanation = Map(rules).bind("example.com", subdomain="api").explain("/a")
    assert verdicts(explanation) == [("/a", "matched"), ("/a", "domain differs")]
    assert explanation.endpoint == "api"
    assert explanation.candidates[1].reason == (
        "the rule is for no subdomain, the request for 'api'"
    )


def test_another_host() -> None:
    rules = [Rule("/a", endpoint="a", host="<n>.example.com")]
    adapter = Map(rules, host_matching=True).bind("example.org")
    assert only(adapter.explain("/a")).reason == (
        "the rule is for '<n>.example.com', the request for 'example.org'"
    )
    adapter = Map([rules[0].empty()], host_matching=True).bind("x.example.com")
    assert adapter.explain("/a").values == {"n": "x"}


@pytest.mark.parametrize(
    ("rules", "path", "reason"),
    [
        (
            [Rule("/new", endpoint="e"), Rule("/old", endpoint="e", alias=True)],
            "/old",
            "the rule is an alias and redirects to http://example.com/new",
        ),
        (
            [Rule("/old", endpoint="e", redirect_to="new")],
            "/old",
            "its redirect_to leads to http://example.com/new",
        ),
        (
            [
                Rule("/all", endpoint="e", defaults={"page": 1}),
                Rule("/all/<int:page>", endpoint="e"),
            ],
            "/all/1",
            "its values are the defaults of the canonical rule, which it leads to"
            " http://example.com/all",
        ),
    ],
)
def test_match_that_is_redirected(rules: list[Rule], path: str, reason: str) -> None:
    explanation = adapter_of(*rules).explain(path)
    assert isinstance(explanation.error, RequestRedirect)
    assert explanation.rule is None
    winner = next(one for one in explanation.candidates if one.rule.rule != "/new")
    assert (winner.verdict, winner.reason) == (Verdict.MATCHED, reason)


# -- When nothing came near


@pytest.mark.parametrize(
    ("path", "rule", "said"),
    [
        ("/user/3", "/users/<int:id>", "segment 1 is 'user', not 'users'"),
        ("/users/3/x", "/users/<int:id>", "the path goes on with segment 3, 'x'"),
        ("/shop/cart", "/shop/cart/items", "the path ends before segment 3, 'items'"),
        ("/files/a", "/files/v<n>", "segment 2 is 'a', not 'v<n>'"),
    ],
)
def test_closest_rule_and_where_it_parts(path: str, rule: str, said: str) -> None:
    adapter = adapter_of("/users/<int:id>", "/shop/cart/items", "/files/v<n>", "/<a>/b/c/d")
    explanation = adapter.explain(path)
    assert isinstance(explanation.error, NotFound)
    assert explanation.candidates == []
    assert (explanation.closest[0].rule.rule, str(explanation.closest[0])) == (rule, said)


def test_map_without_rules() -> None:
    explanation = adapter_of().explain("/a")
    assert (explanation.candidates, explanation.closest) == ([], [])
    assert str(explanation) == "GET /a\n  -> 404 Not Found"


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        (
            "https://example.com/a/b?c=d",
            "the path is a full URL; match takes the path alone, here /a/b, and bind the host",
        ),
        ("/a?c=d", "the path has a query, '?c=d'; match takes the path in front of it alone"),
        ("/a#top", "the path has a fragment, which a client does not send"),
        ("/a%20b", "the path is percent-encoded; match takes it decoded"),
        ("/app/x", "the path starts with '/app', where the map is bound; match takes what follows"),
    ],
)
def test_hints(path: str, hint: str) -> None:
    adapter = Map([Rule("/x", endpoint="x")]).bind("example.com", "/app")
    assert adapter.explain(path).hints[0] == hint


# -- The report


def test_report() -> None:
    adapter = adapter_of(
        Rule("/users/<int:id>", endpoint="user", methods=["GET"]),
        Rule("/users/<name>", endpoint="named", methods=["POST"]),
    )
    assert (
        str(adapter.explain("/users/7"))
        == """\
GET /users/7
  -> 'user' with id=7

Rules that came into question, in the order 'weights':
  1. /users/<int:id> [GET] 'user'
       matched
       values: id=7
  2. /users/<name> [POST] 'named'
       wrong method: the rule takes POST, not GET
       values: name='7'"""
    )


def test_report_of_many_rules_is_short() -> None:
    rules = [Rule("/", endpoint=number, subdomain=f"s{number}") for number in range(1000)]
    explanation = Map(rules).bind("example.com").explain("/")
    assert len(explanation.candidates) == 1000
    assert str(explanation).endswith("\n  and 980 more")


def test_explanation_as_json() -> None:
    adapter = adapter_of(Rule("/<uuid:id>", endpoint=("a", 1)))
    told = adapter.explain("/123e4567-e89b-12d3-a456-426614174000").as_dict()
    assert json.loads(json.dumps(told)) == told
    assert told["rule"]["endpoint"] == "('a', 1)"
    assert told["values"] == {"id": "UUID('123e4567-e89b-12d3-a456-426614174000')"}
    assert told["candidates"][0]["verdict"] == "matched"


# -- What it takes and changes


def test_explain_takes_what_was_given_at_binding() -> None:
    adapter = Map([Rule("/a", endpoint="a", methods=["POST"])]).bind(
        "example.com", path_info="/a", default_method="POST"
    )
    assert adapter.explain().endpoint == "a"
    assert adapter.explain(method="").endpoint == "a"


@pytest.mark.parametrize(("argument", "name"), [((b"/a",), "path_info"), (("/a", 1), "method")])
def test_explain_of_a_wrong_type_names_the_argument(argument: Any, name: str) -> None:
    with pytest.raises(TypeError, match=f"^{name} must be a str"):
        adapter_of("/a").explain(*argument)


def test_explain_sees_changes_of_the_map() -> None:
    rule = Rule("/<a>", endpoint="old")
    url_map = Map([rule])
    adapter = url_map.bind("example.com")
    assert adapter.explain("/x").endpoint == "old"
    url_map.add(Rule("/x", endpoint="new"))
    assert verdicts(adapter.explain("/x")) == [("/x", "matched"), ("/<a>", "outranked")]
    url_map.remove(rule)
    assert verdicts(adapter.explain("/x")) == [("/x", "matched")]


def test_explain_leaves_out_rules_that_are_only_built() -> None:
    adapter = adapter_of(Rule("/a", endpoint="built", build_only=True), Rule("/a", endpoint="a"))
    assert only(adapter.explain("/a")).rule.endpoint == "a"


def test_adapter_of_a_subclass_explains_what_it_gives() -> None:
    class Own(MapAdapter):
        def match(self, *args: Any, **kwargs: Any) -> Any:
            raise NotFound("closed")

    adapter = Own(Map([Rule("/a", endpoint="a")]), "example.com", "/", "", "http", "/", "GET")
    explanation = adapter.explain("/a")
    assert isinstance(explanation.error, NotFound)
    assert only(explanation).reason.endswith("Own.match raises NotFound")


def test_explain_of_an_application_after_install() -> None:
    script = """
import flask, trieroute.flask
app = flask.Flask("shop")
app.add_url_rule("/items/<int:id>", "item", methods=["GET"])
trieroute.flask.install(app)
print(app.url_map.bind("shop.test").explain("/items/x").candidates[0].verdict)
"""
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (result.stdout, result.stderr) == ("converter refused\n", "")


# -- Changes meanwhile


class Leaving(BaseConverter):
    """A converter that takes a rule out of the map when it is called."""

    leaving: ClassVar[list[Rule]] = []

    def to_python(self, value: str) -> str:
        while self.leaving:
            self.map.remove(self.leaving.pop())
        return value


def test_a_rule_that_is_removed_meanwhile_is_in_no_part_of_the_explanation() -> None:
    general, special = Rule("/<leaving:x>", endpoint="general"), Rule("/a", endpoint="special")
    url_map = Map([general, special], converters={"leaving": Leaving}, match_order="registration")
    Leaving.leaving.append(general)
    explanation = url_map.bind("example.com").explain("/a")
    assert explanation.rule is special
    assert verdicts(explanation) == [("/a", Verdict.MATCHED)]


@pytest.mark.parametrize("path", ["/a/1", "/a"])
def test_an_explanation_prints_after_its_rules_were_removed(path: str) -> None:
    rule = Rule("/a/<x>", endpoint="e", subdomain="s")
    url_map = Map([rule])
    explanation = url_map.bind("example.com", subdomain="s").explain(path)
    url_map.remove(rule)
    assert "/a/<x> [all methods] 'e' at s" in str(explanation)


def test_lack_of_memory_is_no_answer() -> None:
    """What the interpreter raises in a match says nothing of the rules."""
    failures: list[BaseException] = []

    class Failing(BaseConverter):
        def to_python(self, value: str) -> Any:
            if failures:
                raise failures.pop()
            return value

    adapter = Map([Rule("/<failing:x>", endpoint="x")], converters={"failing": Failing}).bind("h")
    for kind in (MemoryError, RecursionError):
        failures.append(kind())
        with pytest.raises(kind):
            adapter.explain("/a")
        assert adapter.explain("/a").values == {"x": "a"}


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (RuntimeError("boom"), "its redirect_to raises RuntimeError: boom"),
        (Forbidden(), "its redirect_to raises 403 Forbidden"),
        (NotFound(), "its redirect_to leads to no URL"),
        (None, "its redirect_to leads to no URL"),
    ],
)
def test_redirect_to_that_raises(error: Exception | None, reason: str) -> None:
    def target(adapter: Any) -> str:
        if error is not None:
            raise error
        return "http://[no-host/"

    explanation = Map([Rule("/r", redirect_to=target)]).bind("h").explain("/r")
    (candidate,) = explanation.candidates
    assert (str(candidate.verdict), candidate.reason) == ("matched", reason)


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (werkzeug.routing.Map().bind("h"), "werkzeug.routing.map.MapAdapter"),
        (None, "NoneType"),
    ],
)
def test_explain_of_what_is_no_adapter_names_it_and_the_way(given: Any, kind: str) -> None:
    with pytest.raises(TypeError) as caught:
        trieroute.inspection.explain(given, "/a")
    assert str(caught.value) == (
        f"explain takes an adapter of a trieroute.Map, not {kind}: bind the map that"
        " trieroute.inspection.routed(app) returns for an application, a router, or a map of"
        " Werkzeug's"
    )


def test_each_mount_is_told_once_by_its_prefix() -> None:
    app = trieroute.asgi.Router(Map())

    async def view(scope: Any, receive: Any, send: Any) -> None: ...

    app.mount("/red", view, endpoint="red", bare="redirect")
    app.mount("/ref", view, endpoint="ref", bare="refuse")
    app.get("/red/own", endpoint="own")(view)
    adapter = app.map.bind("h")

    def lines(path: str, websocket: bool = False) -> list[str]:
        return str(adapter.explain(path, websocket=websocket)).splitlines()[4:]

    hint = ["", "Hint: /red is a mount: the application there decides on what is below it"]
    taken = ["  1. /red [mount] 'red'", "       matched"]
    assert lines("/red/x") == [*taken, "       values: path='x'", *hint]
    assert lines("/red/x", True) == [*taken, "       values: path='x'", *hint]
    assert lines("/red/") == [*taken, *hint]
    assert lines("/red") == [
        "  1. /red [mount] 'red'",
        "       slash missing: the client is sent to /red/",
    ]
    assert lines("/red/own")[2:] == [
        "  2. /red [mount] 'red'",
        "       outranked: by /red/own [GET]",
        "       values: path='own'",
    ]
    assert lines("/ref")[:1] == ["  /ref [mount] 'ref'"]
    assert [str(near.rule.endpoint) for near in adapter.explain("/ref").closest].count("ref") == 1
    assert adapter.explain("/red/x").as_dict()["rule"] == {
        "rule": "/red",
        "methods": None,
        "endpoint": "red",
        "domain": "",
        "websocket": False,
        "mount": True,
    }
