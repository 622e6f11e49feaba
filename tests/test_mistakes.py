"""Small mistakes: each error, or warning, names the thing, the place and the way out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.local import LocalProxy
from werkzeug.routing import Map as WerkzeugMap
from werkzeug.routing import Rule as WerkzeugRule
from werkzeug.routing import Submount as WerkzeugSubmount

from trieroute import (
    BaseConverter,
    EndpointPrefix,
    Map,
    MapAdapter,
    Rule,
    RuleTemplate,
    Subdomain,
    Submount,
    asgi,
    tables,
    wsgi,
)


class OwnRegex(BaseConverter):
    def __init__(self, map: Map, regex: Any) -> None:
        super().__init__(map)
        self.regex = regex


def app(*given: Any) -> Any:
    """Stand for an application."""


class Giving:
    """A factory that gives what it is made with."""

    def __init__(self, given: Any) -> None:
        self.given = given

    def get_rules(self, map: Any) -> Any:
        return self.given


class Refusing(BaseConverter):
    """A converter that writes no value."""

    def to_url(self, value: Any) -> str:
        raise KeyError(value)


class Chained(BaseConverter):
    """A converter with an error that has a cause."""

    def to_url(self, value: Any) -> str:
        try:
            raise KeyError(value)
        except KeyError as error:
            raise ValueError("unknown") from error


CONVERTERS = {"refusing": Refusing, "chained": Chained}


def table(*lines: str) -> list[Rule]:
    return tables.parse_table(lines, "shop.txt")


def url_map() -> Map:
    return Map(
        [
            Rule("/x/<int:id>", endpoint="e"),
            Rule("/y/<any(a, b):k>/<float:f>", endpoint="f"),
            Rule("/", subdomain="<int:s>", endpoint="sub"),
            Rule("/r/<refusing:r>", endpoint="r"),
            Rule("/c/<chained:c>", endpoint="c"),
        ],
        converters=CONVERTERS,
    )


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    [
        # What is added to a map
        (lambda: Map(["/x"]), TypeError, "not '/x', write Rule('/x', endpoint=...)"),
        (lambda: Map([("/x", "y")]), TypeError, "write Rule('/x', endpoint=...)"),
        (lambda: Map("/x"), TypeError, "the rules of a map must be a list of rules and factories"),
        (lambda: Map(Rule("/x")), TypeError, "the rules of a map must be a list"),
        (lambda: Map(5), TypeError, "the rules of a map must be a list"),  # type: ignore[arg-type]
        (
            lambda: Map([None]),
            TypeError,
            "only rules and factories can be added to a map, not None",
        ),
        (lambda: Map([Rule]), TypeError, "which is a class: add objects of it"),
        (lambda: Map([[Rule("/x")]]), TypeError, "add its items one by one"),
        (lambda: Map([RuleTemplate([])]), TypeError, "add what a call of it returns"),
        (lambda: Map([Giving(["/x"])]), TypeError, "gives '/x', which is no rule"),
        (lambda: Map([Giving(None)]), TypeError, "what Giving.get_rules returns must be a list"),
        (lambda: Map(converters=["a"]), TypeError, "the converters of a map must be a dict"),
        (
            lambda: Map([Rule("/<a:x>")], converters={"a": 5}),
            ValueError,
            "rule '/<a:x>': converter 'a' of variable 'x' refuses its arguments: the map has 5 by",
        ),
        (
            lambda: Map([Rule("/<a:x>")], converters={"a": lambda map: None}),
            ValueError,
            "rule '/<a:x>': None, which was made for variable 'x', has no weight: a converter is an"
            " object of a class that derives from BaseConverter (position 1 of '/<a:x>')",
        ),
        # Rules
        (lambda: Rule(None), TypeError, "the text of a rule must be a str, not None"),
        (lambda: Rule(b"/x"), TypeError, "the text of a rule must be a str, not b'/x'"),
        (
            lambda: Rule("/x", methods=[1]),
            TypeError,
            "rule '/x': methods must be a list of strings, not [1]",
        ),
        (lambda: Rule("/x", methods=[None, "GET"]), TypeError, "rule '/x': methods must be"),
        (lambda: Rule("/x", methods=[b"GET"]), TypeError, "rule '/x': methods must be"),
        (lambda: Rule("/x", methods=5), TypeError, "rule '/x': methods must be"),
        (lambda: Rule("/x", methods=[["GET"]]), TypeError, "rule '/x': methods must be"),
        (lambda: Rule("/x", defaults=[1]), TypeError, "rule '/x': defaults must be a dict"),
        (lambda: Rule("/x", redirect_to=5), TypeError, "rule '/x': redirect_to must be a text or"),
        (
            lambda: Map([Rule("/x", redirect_to=lambda _: b"/y")]).bind("h").match("/x"),
            TypeError,
            "rule '/x': redirect_to returned b'/y', which is no str",
        ),
        (
            lambda: Map([Rule("/x", subdomain=5)]),
            TypeError,
            "rule '/x': its subdomain or host must",
        ),
        (
            lambda: Map([Rule("/x", host=5)], host_matching=True),
            TypeError,
            "rule '/x': its subdomain or host must",
        ),
        # Factories
        (lambda: Submount("a", []), ValueError, "the path 'a' of Submount must start with a slash"),
        (lambda: Submount("<x>/a", []), ValueError, "'<x>/a' of Submount must start with a slash"),
        (lambda: Submount(None, []), TypeError, "the path of Submount must be a str, not None"),
        (lambda: Subdomain(5, []), TypeError, "the subdomain of Subdomain must be a str, not 5"),
        (lambda: EndpointPrefix(5, []), TypeError, "the prefix of EndpointPrefix must be a str"),
        (
            lambda: Map([EndpointPrefix("a.", [Rule("/x", endpoint=5)])]),
            TypeError,
            "rule '/x': an endpoint that gets a prefix must be a str, not 5",
        ),
        (lambda: Map([Submount("/a", Rule("/x"))]), TypeError, "the rules of Submount must be a"),
        (lambda: Map([Submount("/a", ["/x"])]), TypeError, "not '/x', write Rule('/x'"),
        (lambda: RuleTemplate("/x"), TypeError, "the rules of RuleTemplate must be a list"),
        (
            lambda: Map([RuleTemplate([Rule("/$x/$y", endpoint="e")])(x=1)]),
            KeyError,
            "rule '/$x/$y': the template got no value for 'y'",
        ),
        (
            lambda: Map([RuleTemplate([Rule("/$", endpoint="e")])()]),
            ValueError,
            "rule '/$': Invalid placeholder",
        ),
        (
            lambda: Map([Rule("/<regex(5):x>")], converters={"regex": OwnRegex}),
            ValueError,
            "the regex of converter OwnRegex of variable 'x' is of type int, it must be a str",
        ),
        # Binding
        (lambda: Map().bind(None), TypeError, "server_name must be a str, not NoneType"),
        (
            lambda: MapAdapter({}, "h", "/", "", "http", "/", "GET"),
            TypeError,
            "an adapter needs a map of trieroute, not {}",
        ),
        (lambda: Map().bind(b"h"), TypeError, "server_name must be a str, not bytes"),
        (lambda: Map().bind("h", script_name=5), TypeError, "script_name must be a str, not int"),
        (lambda: Map().bind("h", subdomain=5), TypeError, "subdomain must be a str, not int"),
        (lambda: Map().bind("h", url_scheme=5), TypeError, "url_scheme must be a str, not int"),
        (lambda: Map().bind("h", path_info=5).match(), TypeError, "path_info must be a str, not"),
        (lambda: Map().bind("h", default_method=5).match(), TypeError, "method must be a str, not"),
        (lambda: Map().bind_to_environ({}, 5), TypeError, "server_name must be a str, not int"),
        (lambda: Map().bind_to_scope(None), TypeError, "scope must be that of an ASGI connection"),
        (lambda: Map().bind_to_scope({}, 5), TypeError, "server_name must be a str, not int"),
        (lambda: Map().bind_to_scope({}), ValueError, "'http' or 'websocket', not None"),
        # Tables
        (
            lambda: Map(table("# users", "GET /x/<nope:y>")),
            LookupError,
            "shop.txt, line 2: rule '/x/<nope:y>': the converter 'nope' does not exist",
        ),
        (
            lambda: Map([Submount("/a", table("GET /x/{y:nope}"))]),
            LookupError,
            "shop.txt, line 1: rule '/a/x/<nope:y>': the converter 'nope' does not exist",
        ),
        (
            lambda: Map(table("GET /", "GET /{y:int(maximum=3)}")),
            ValueError,
            "shop.txt, line 2: rule '/<int(maximum=3):y>': converter 'int' of variable 'y' refuses",
        ),
        (lambda: tables.parse_table("GET /x"), TypeError, "lines must be a list of lines"),
    ],
)
def test_mistake_with_a_map(make: Callable[[], Any], kind: type[Exception], message: str) -> None:
    with pytest.raises(kind) as caught:
        make()
    assert type(caught.value) is kind
    assert message in str(caught.value)


@pytest.mark.parametrize("router", [wsgi.Router, asgi.Router])
@pytest.mark.parametrize(
    ("given", "settings", "kind", "message"),
    [
        (5, {}, TypeError, "map must be a trieroute.Map, not int"),
        # Its name alone would be that of the class that is wanted.
        (WerkzeugMap(), {}, TypeError, "trieroute.Map, not werkzeug.routing.map.Map"),
        (Map(), {"server_name": 5}, TypeError, "server_name must be a str, not int"),
        # Each request would be a 404.
        (Map(), {"server_name": "a..b"}, ValueError, "server_name 'a..b' is no host name"),
        (Map(), {"server_name": ""}, ValueError, "server_name is empty: give None"),
        *(
            (Map(), {"server_name": name}, ValueError, f"server_name {name!r} is no host name")
            for name in (
                *("http://x", "x/y", "/x", " x", "x ", "x y", "x:y", "x:99999", ":80", "x:1:2"),
                *("u@x", "x?y", "x#y", "x\\y", ".x", ".", "x\n", "::1", "[x]", "<a>.x", "*.x"),
            )
        ),
    ],
)
def test_mistake_with_the_settings_of_a_router(
    router: Any, given: Any, settings: dict[str, Any], kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind) as caught:
        router(given, **settings)
    assert message in str(caught.value)


@pytest.mark.parametrize("router", [wsgi.Router, asgi.Router])
@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        *(
            (
                lambda router, name=name: getattr(router, name)(app),
                TypeError,
                f"a route needs its rule, a str: write @router.{name}('/app')",
            )
            for name in ("route", "get", "post", "put", "patch", "delete", "websocket")
        ),
        (
            lambda router: router.put(lambda: None),
            TypeError,
            "a route needs its rule, a str: write @router.put('/...')",
        ),
        (
            lambda router: router.route(5),
            TypeError,
            "a route needs its rule, a str, not 5: write @router.route('/...')",
        ),
        (
            lambda router: router.get("/x", methods=["PUT"]),
            TypeError,
            "rule '/x': @router.get says methods by itself: leave it out, or write"
            " @router.route('/x', methods=['PUT'])",
        ),
        (
            lambda router: router.websocket("/x", websocket=False),
            TypeError,
            "rule '/x': @router.websocket says websocket by itself",
        ),
        # No message names classes that a program does not know.
        (
            lambda router: router.route("/x", method="GET")(app),
            TypeError,
            "Rule.__init__() got an unexpected keyword argument 'method'",
        ),
        (
            lambda router: router.mount("/x", app, method="GET"),
            TypeError,
            "Rule.__init__() got an unexpected keyword argument 'method'",
        ),
        (
            lambda router: router.remove(asgi.Mount("/x", endpoint="e")),
            ValueError,
            "the router has no route Mount('/x', endpoint='e')",
        ),
        (
            lambda router: router.route("/x", endpoint="x")(5),
            TypeError,
            "rule '/x': 5 is no application, it can't be called",
        ),
        (
            lambda router: router.mount("/q", 5),
            TypeError,
            "mount '/q': 5 is no application, it can't be called",
        ),
        (
            lambda router: router.mount("/q", None, endpoint="q"),
            TypeError,
            "mount '/q': None is no",
        ),
        (
            lambda router: router.mount("q", app),
            ValueError,
            "the prefix 'q' of a mount must start with a slash",
        ),
        (
            lambda router: router.mount(5, app),
            TypeError,
            "the prefix of a mount must be a str, not 5",
        ),
        (lambda router: router.mount("/a/<path>", app), ValueError, "mount '/a/<path>': 'path' is"),
        (
            lambda router: router.mount("/a", app, subdomain="<path>"),
            ValueError,
            "mount '/a': 'path' is the name of what comes below the mount",
        ),
        (
            lambda router: router.mount("/a/<nope:x>", app),
            LookupError,
            "rule '/a/<nope:x>': the converter 'nope' does not exist",
        ),
        (
            lambda router: router.mount("/a/<x", app),
            ValueError,
            "malformed rule '/a/<x', position 3: '<' is not closed",
        ),
    ],
)
def test_mistake_with_a_router(
    router: Any, call: Callable[[Any], Any], kind: type[Exception], message: str
) -> None:
    routes = router(Map())
    with pytest.raises(kind) as caught:
        call(routes)
    assert type(caught.value) is kind
    assert message in str(caught.value)
    assert list(routes.map.iter_rules()) == []
    assert routes.handlers == {}


@pytest.mark.parametrize(
    ("endpoint", "values", "kind", "message"),
    [
        ("e", [3], TypeError, "values must be a dict of values by name, not list"),
        ("e", "ab", TypeError, "values must be a dict of values by name, not str"),
        (
            "e",
            {"id": "x"},
            ValueError,
            "endpoint 'e', rule '/x/<int:id>', variable 'id': invalid literal for int() with base"
            " 10: 'x'",
        ),
        (
            "sub",
            {"s": "x"},
            ValueError,
            "endpoint 'sub', rule '/', variable 's': invalid literal for int() with base 10: 'x'",
        ),
        ("c", {"c": 1}, ValueError, "endpoint 'c', rule '/c/<chained:c>', variable 'c': unknown"),
    ],
)
@pytest.mark.parametrize("add", [Rule, WerkzeugRule])
def test_value_that_is_not_written(
    add: Any, endpoint: str, values: Any, kind: type[Exception], message: str
) -> None:
    rules = [
        add(rule.rule, endpoint=rule.endpoint, subdomain=rule.subdomain)
        for rule in url_map().iter_rules()
    ]
    adapter = Map(rules, converters=CONVERTERS).bind("example.org")
    with pytest.raises(kind) as caught:
        adapter.build(endpoint, values)
    assert type(caught.value) is kind
    assert str(caught.value) == message


def test_cause_of_an_error_of_a_converter_stays() -> None:
    with pytest.raises(ValueError) as caught:
        url_map().bind("example.org").build("c", {"c": 1})
    assert isinstance(caught.value.__cause__, KeyError)


def test_message_of_a_refused_choice_is_werkzeugs_and_has_notes() -> None:
    with pytest.raises(ValueError) as caught:
        url_map().bind("example.org").build("f", {"k": "z", "f": 1})
    assert str(caught.value) == "'z' is not one of 'a', 'b'"
    assert caught.value.__notes__ == [
        "variable 'k'",
        "endpoint 'f', rule '/y/<any(a, b):k>/<float:f>'",
    ]


def test_error_of_a_converter_of_another_class_gets_notes() -> None:
    with pytest.raises(KeyError) as caught:
        url_map().bind("example.org").build("r", {"r": "x"})
    assert caught.value.args == ("x",)
    assert caught.value.__notes__ == ["variable 'r'", "endpoint 'r', rule '/r/<refusing:r>'"]


@pytest.mark.parametrize("rule_class", [Rule, WerkzeugRule])
def test_submount_of_werkzeugs_whose_path_lacks_the_slash(rule_class: Any) -> None:
    url_map = Map()
    with pytest.raises(ValueError, match="rule 'a/x' must start with a slash"):
        url_map.add(WerkzeugSubmount("a", [rule_class("/x", endpoint="e")]))
    assert list(url_map.iter_rules()) == []


@pytest.mark.parametrize("path", ["", "/", "/a", "/a/", "/<int:x>"])
def test_paths_of_a_submount(path: str) -> None:
    (rule,) = Map([Submount(path, [Rule("/x", endpoint="e")])]).iter_rules()
    assert rule.rule == f"{path.rstrip('/')}/x"


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("/users/{id}", "position 7: '{id}' is plain text; a variable is written '<id>'"),
        (
            "/<a>/{id:int}.json",
            "position 5: '{id:int}' is plain text; a variable is written '<int:",
        ),
        ("/{asset-id}", "position 1: '{asset-id}' is plain text"),
    ],
)
def test_braces_in_a_rule_are_warned_of(rule: str, message: str) -> None:
    with pytest.warns(UserWarning) as caught:
        assert Map([Rule(rule, endpoint="e")]).bind("h").build("e", {"a": "a"})
    assert message in str(caught[0].message)
    assert caught[0].filename == __file__


@pytest.mark.parametrize(
    "rule", ["/<regex('[a-z]{2}'):x>", "/{", "/{}", "/{2}", "/}{", '/<regex("{a}"):x>', "/${x}"]
)
def test_other_braces_are_not_warned_of(rule: str) -> None:
    Rule(rule, endpoint="e")


@pytest.mark.parametrize("router", [wsgi.Router, asgi.Router])
def test_braces_in_the_prefix_of_a_mount_are_warned_of_once(router: Any) -> None:
    with pytest.warns(UserWarning) as caught:
        router(Map()).mount("/shops/{id}", app)
    (warning,) = caught
    assert str(warning.message).startswith("rule '/shops/{id}', position 7: '{id}' is plain text")
    assert warning.filename == __file__


def test_braces_of_a_table_are_variables() -> None:
    assert Map(table("GET /users/{id:int}")).bind("h").match("/users/3")[1] == {"id": 3}


@pytest.mark.parametrize("given", [object(), Map(), LocalProxy(lambda: Map().bind("h"))])
@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        (MapAdapter.get_host, (None,)),
        (MapAdapter.make_redirect_url, ("/",)),
        (MapAdapter.get_default_redirect, (Rule("/"), "GET", {}, "")),
        (MapAdapter.make_alias_redirect_url, ("|/", "e", {}, "GET", "")),
        (MapAdapter._partial_build, ("e", {}, "GET", True)),
    ],
)
def test_method_of_adapters_that_the_class_is_asked_for_needs_an_adapter(
    method: Any, arguments: tuple[Any, ...], given: Any
) -> None:
    with pytest.raises(TypeError, match="a method of MapAdapter needs an adapter, not"):
        method(given, *arguments)


@pytest.mark.parametrize("given", [object(), "map", Map([]).bind("h")])
@pytest.mark.parametrize(
    ("method", "argument"),
    [
        (Map.bind, "example.org"),
        (Map.bind_to_environ, {"wsgi.url_scheme": "http", "REQUEST_METHOD": "GET"}),
        (Map.bind_to_scope, {"type": "http", "path": "/"}),
    ],
)
def test_method_of_maps_that_the_class_is_asked_for_needs_a_map(
    method: Any, argument: Any, given: Any
) -> None:
    with pytest.raises(TypeError, match="a method of Map needs a map, not"):
        method(given, argument)


@pytest.mark.parametrize("given", [object(), None, Map().bind("h")])
def test_block_of_an_adapter_is_left_by_itself(given: Any) -> None:
    block: Any = type(Map().bind("h").current())
    with pytest.raises(TypeError, match=r"a block of current\(\) is left by itself, not by"):
        block.__exit__(given, None, None, None)
