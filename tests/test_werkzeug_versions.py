"""What differs between versions of Werkzeug: trieroute does as the one that is installed.

Each fact of :mod:`trieroute._core.werkzeug_version` has its expectations here, those for where it
is true and those for where it is not. Most tests ask Werkzeug's own class as well: it has to do the
same.
"""

from __future__ import annotations

import copy
import pickle
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import werkzeug.routing
from werkzeug.exceptions import BadRequest
from werkzeug.test import create_environ
from werkzeug.wrappers import Request

import trieroute
from trieroute._core import werkzeug_version
from trieroute._core.werkzeug_version import (
    BINDS_BY_OWN_METHOD,
    DUPLICATE_RULE_ERROR,
    EQUALS_OTHERS,
    FLOAT_TO_URL,
    SUBDOMAIN_MATCHING,
    TRUSTED_HOSTS,
    WRITES_RULES_AS_TEXT,
)
from trieroute._dropin.install import Map as DropInMap

#: Werkzeug's own classes, and ours by the two ways in.
MODULES = [werkzeug.routing, trieroute]
BOTH = pytest.mark.parametrize("routing", MODULES, ids=["werkzeug", "trieroute"])
NO_DOMAINS: dict[str, Any] = {"subdomain_matching": False} if SUBDOMAIN_MATCHING else {}


def rules_of(routing: Any, *rules: tuple[str, dict[str, Any]]) -> list[Any]:
    return [routing.Rule(text, **{"endpoint": text, **settings}) for text, settings in rules]


def adapter_of(url_map: Any, host: str, server_name: str | None = None, **more: Any) -> Any:
    """Bind a map to a request for a host; what is warned of does not matter here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return url_map.bind_to_environ(
            create_environ(base_url=f"http://{host}"), server_name, **more
        )


def error_of(call: Callable[[], Any]) -> str:
    """The name of the class of what a call raises."""
    try:
        call()
    except Exception as error:
        return type(error).__name__
    return ""


def test_every_fact_is_listed() -> None:
    facts = {name for name in vars(werkzeug_version) if name.isupper() and not name.startswith("_")}
    assert facts == set(werkzeug_version.__all__)


# subdomain_matching


@pytest.mark.parametrize("map_class", [werkzeug.routing.Map, trieroute.Map, DropInMap])
@pytest.mark.parametrize("value", [True, False])
def test_subdomain_matching_is_a_keyword(map_class: Any, value: bool) -> None:
    make = partial(map_class, subdomain_matching=value)
    if not SUBDOMAIN_MATCHING:
        assert error_of(make) == "TypeError"
        assert not hasattr(map_class(), "subdomain_matching")
        return
    assert make().subdomain_matching is value
    assert map_class().subdomain_matching is True
    assert make(host_matching=True).subdomain_matching is False


@pytest.mark.parametrize("map_class", [werkzeug.routing.Map, trieroute.Map])
def test_subdomain_matching_has_no_place(map_class: Any) -> None:
    settings = None, "", True, True, True, None, False, None, False
    map_class(*settings)
    with pytest.raises(TypeError):
        map_class(*settings, True)


@BOTH
@pytest.mark.parametrize(
    ("host", "path", "expected"),
    [
        ("app.test", "/", "/"),
        ("en.app.test", "/", "/"),
        ("other.test", "/", "/"),
        ("app.test", "/s", "/s"),
        ("en.app.test", "/s", "/s"),
        ("app.test", "/h", ""),
        ("a.h", "/h", ""),
    ],
)
def test_neither_subdomains_nor_hosts_are_matched(
    routing: Any, host: str, path: str, expected: str
) -> None:
    """A rule with a host matches nothing then: no request is for one."""
    url_map = routing.Map(
        rules_of(routing, ("/", {}), ("/s", {"subdomain": "en"}), ("/h", {"host": "a.h"})),
        **NO_DOMAINS,
    )
    adapter = adapter_of(url_map, host, "app.test")
    if SUBDOMAIN_MATCHING:
        assert (adapter.match(path)[0] if adapter.test(path) else "") == expected
        assert adapter.subdomain == ""
        assert adapter.server_name == "app.test"
    else:
        # The setting does not exist, so they are matched.
        assert adapter.test("/s") is (host == "en.app.test")


@BOTH
def test_setting_is_read_when_a_rule_is_bound_and_when_a_request_is_matched(routing: Any) -> None:
    url_map = routing.Map(rules_of(routing, ("/a", {"subdomain": "en"})))
    assert not url_map.bind("app.test").test("/a")
    url_map.subdomain_matching = False
    url_map.add(routing.Rule("/b", subdomain="en", endpoint="b"))
    there, elsewhere = url_map.bind("app.test", subdomain="en"), url_map.bind("app.test")
    assert there.test("/a") is not SUBDOMAIN_MATCHING
    assert there.test("/b")
    assert not elsewhere.test("/a")
    assert elsewhere.test("/b") is SUBDOMAIN_MATCHING


@pytest.mark.parametrize("external", [False, True])
@pytest.mark.parametrize("endpoint", ["/", "/h"])
def test_urls_where_neither_is_matched_are_werkzeugs(endpoint: str, external: bool) -> None:
    theirs, ours = (
        routing.Map(rules_of(routing, ("/", {}), ("/h", {"host": "a.h"})), **NO_DOMAINS)
        .bind("app.test", "/base")
        .build(endpoint, force_external=external)
        for routing in MODULES
    )
    assert ours == theirs
    if endpoint == "/" and not external:
        full = werkzeug_version.FULL_URLS_WITHOUT_DOMAINS
        assert ours == ("http://app.test/base/" if full else "/base/")


@BOTH
def test_redirects_stay_on_the_host_that_was_bound(routing: Any) -> None:
    url_map = routing.Map(rules_of(routing, ("/a/", {})), **NO_DOMAINS)
    with pytest.raises(trieroute.RequestRedirect) as caught:
        url_map.bind("app.test").match("/a")
    assert caught.value.new_url == "http://app.test/a/"


@BOTH
def test_host_outside_the_server_name(routing: Any) -> None:
    url_map = routing.Map(
        rules_of(routing, ("/", {}), ("/<word>", {"subdomain": "<lang>"})), default_subdomain="www"
    )
    environ = create_environ(base_url="http://static.other.test")
    with pytest.warns(UserWarning) as caught:
        adapter = url_map.bind_to_environ(environ, server_name="app.test")
    assert len(caught) == 1
    assert caught[0].filename == __file__
    text = str(caught[0].message)
    assert "'static.other.test'" in text and "'app.test'" in text
    if SUBDOMAIN_MATCHING:
        assert text.startswith("Couldn't determine current subdomain, ")
        assert "'www'" in text and "configured server name" in text
        assert adapter.subdomain == "www"
        assert adapter.match("/") == ("/", {})
        assert adapter.match("/word") == ("/<word>", {"lang": "www", "word": "word"})
    else:
        assert text.startswith("Current server name ")
        assert adapter.subdomain == "<invalid>"
        assert not adapter.test("/")
        assert adapter.match("/word") == ("/<word>", {"lang": "<invalid>", "word": "word"})


@BOTH
@pytest.mark.parametrize(
    ("host", "since", "before"),
    [
        ("a.app.test", "a", "a"),
        ("a.b.app.test", "a.b", "a.b"),
        ("app.test", "", ""),
        (".app.test", "", ""),
        ("a..app.test", "a.", "a"),
        ("..app.test", ".", ""),
    ],
)
def test_labels_in_front_of_the_server_name(
    routing: Any, host: str, since: str, before: str
) -> None:
    url_map = routing.Map()
    environ = {**create_environ(), "HTTP_HOST": host}
    adapter = url_map.bind_to_environ(environ, "app.test")
    assert adapter.subdomain == (since if SUBDOMAIN_MATCHING else before)


@BOTH
def test_server_name_where_hosts_are_matched(routing: Any) -> None:
    url_map = routing.Map(rules_of(routing, ("/", {"host": "a.test"})), host_matching=True)
    adapter = adapter_of(url_map, "a.test", "app.test")
    assert adapter.server_name == ("a.test" if SUBDOMAIN_MATCHING else "app.test")
    assert adapter.test("/") is SUBDOMAIN_MATCHING
    assert adapter_of(url_map, "app.test", "a.test").test("/") is not SUBDOMAIN_MATCHING
    with pytest.raises(RuntimeError):
        adapter_of(url_map, "a.test", subdomain="x")


@BOTH
def test_adapter_without_a_subdomain(routing: Any) -> None:
    url_map = routing.Map(rules_of(routing, ("/", {"host": "a.test"})), host_matching=True)
    empty = "" if SUBDOMAIN_MATCHING else None
    assert url_map.bind("a.test").subdomain == empty
    assert url_map.bind("a.test").test("/")
    by_hand = routing.MapAdapter(url_map, "a.test", "/", None, "http", "/", "GET")
    assert by_hand.subdomain == empty


@BOTH
def test_constructor_that_is_replaced_gets_what_werkzeug_gives(
    routing: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[tuple[int, list[str]]] = []

    def construct(adapter: Any, *values: Any, **named: Any) -> None:
        given.append((len(values), sorted(named)))

    monkeypatch.setattr(routing.MapAdapter, "__init__", construct)
    routing.Map().bind("example.org")
    names = "default_method map path_info query_args script_name server_name subdomain url_scheme"
    assert given == [(0, names.split()) if SUBDOMAIN_MATCHING else (8, [])]


def test_routers_of_trieroute_know_no_host_outside_whatever_is_installed() -> None:
    url_map = trieroute.Map(rules_of(trieroute, ("/", {}), ("/<w>", {"subdomain": "<s>"})))
    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": "/", "root_path": ""}
    scope["headers"] = [(b"host", b"other.test")]
    adapter = url_map.bind_to_scope(scope, "app.test")
    assert not adapter.test("/")
    assert not adapter.test("/w")


@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))]
)
def test_copy_of_a_map_has_the_setting(copied: Callable[[Any], Any]) -> None:
    url_map = copied(trieroute.Map(rules_of(trieroute, ("/", {"subdomain": "a"})), **NO_DOMAINS))
    assert url_map.bind("app.test").test("/") is SUBDOMAIN_MATCHING
    assert getattr(url_map, "subdomain_matching", None) is (False if SUBDOMAIN_MATCHING else None)


# Trusted hosts


@BOTH
@pytest.mark.parametrize(
    ("trusted", "since"), [(["other.test"], "SecurityError"), (["app.test"], ""), (None, "")]
)
def test_trusted_hosts_of_a_request(routing: Any, trusted: list[str] | None, since: str) -> None:
    request = Request(create_environ(base_url="http://app.test"))
    request.trusted_hosts = trusted
    url_map = routing.Map()
    assert error_of(lambda: url_map.bind_to_environ(request)) == (since if TRUSTED_HOSTS else "")
    # An environment alone does not say whom to trust.
    assert url_map.bind_to_environ(request.environ).server_name == "app.test"


def test_untrusted_host_is_a_bad_request() -> None:
    request = Request(create_environ(base_url="http://app.test"))
    request.trusted_hosts = ["other.test"]
    if TRUSTED_HOSTS:
        with pytest.raises(BadRequest, match=r"app\.test"):
            trieroute.Map().bind_to_environ(request)
    else:
        assert trieroute.Map().bind_to_environ(request).server_name == "app.test"


@BOTH
def test_host_that_a_class_of_requests_finds(routing: Any) -> None:
    class BehindProxy(Request):
        host = "public.test"

    request = BehindProxy(create_environ(base_url="http://app.test"))
    adapter = routing.Map().bind_to_environ(request)
    assert adapter.server_name == ("public.test" if TRUSTED_HOSTS else "app.test")


def test_object_with_an_environment_that_is_no_request() -> None:
    class Holder:
        environ = create_environ(base_url="http://app.test")

    assert trieroute.Map().bind_to_environ(Holder()).server_name == "app.test"


# Which `bind` is called


@BOTH
@pytest.mark.parametrize("on_class", [True, False])
def test_bind_that_a_program_overrides(routing: Any, on_class: bool) -> None:
    calls = []

    class OwnMap(routing.Map):
        pass

    def bind(*args: Any, **settings: Any) -> Any:
        calls.append(settings)
        return routing.Map.bind(url_map, **settings)

    url_map = OwnMap(rules_of(routing, ("/", {"subdomain": "en"})))
    assert url_map.bind_to_environ(create_environ()).server_name == "localhost"
    target: Any = OwnMap if on_class else url_map
    target.bind = bind
    environ = create_environ("/?a=b", base_url="https://en.app.test/base", method="POST")
    adapter = url_map.bind_to_environ(environ, "app.test")
    assert adapter.match("/") == ("/", {})
    expected = {
        "url_scheme": "https",
        "subdomain": "en",
        "server_name": "app.test",
        "default_method": "POST",
        "script_name": "/base",
        "path_info": "/",
        "query_args": "a=b",
    }
    assert calls == ([expected] if BINDS_BY_OWN_METHOD else [])


@BOTH
def test_bind_that_is_overridden_gets_no_subdomain_where_none_was_found(routing: Any) -> None:
    given = []

    class OwnMap(routing.Map):
        def bind(self, *args: Any, **settings: Any) -> Any:
            given.append(settings.get("subdomain", "none"))
            return super().bind(*args, **settings)

    adapter = adapter_of(OwnMap(default_subdomain="www"), "other.test", "app.test")
    assert given == ([None] if BINDS_BY_OWN_METHOD else [])
    assert adapter.subdomain == ("www" if SUBDOMAIN_MATCHING else "<invalid>")


# Duplicates

#: Two rules, the settings of their map, and whether Werkzeug since 3.2 refuses the second one.
PAIRS: list[tuple[tuple[str, dict[str, Any]], tuple[str, dict[str, Any]], dict[str, Any], bool]] = [
    (("/", {}), ("/", {}), {}, True),
    (("/a", {}), ("/b", {}), {}, False),
    (("/a", {}), ("/a/", {}), {}, False),
    (("/a/", {}), ("/a/", {"strict_slashes": False}), {}, True),
    (("/a//b", {}), ("/a/b", {}), {}, True),
    (("/a//b", {"merge_slashes": False}), ("/a/b", {}), {}, False),
    (("/<a>", {}), ("/<b>", {}), {}, True),
    (("/<a>", {}), ("/<default:b>", {}), {}, True),
    (("/<a>", {}), ("/<string(minlength=1):b>", {}), {}, True),
    (("/<a>", {}), ("/<string(minlength=2):b>", {}), {}, False),
    (("/<a>", {}), ("/<int:b>", {}), {}, False),
    (("/<int:a>", {}), ("/<int(max=5):b>", {}), {}, True),
    (("/<int:a>", {}), ("/<int(signed=True):b>", {}), {}, False),
    (("/<any(a, b):x>", {}), ("/<any(a, b):y>", {}), {}, True),
    (("/<any(a, b):x>", {}), ("/<any(b, a):y>", {}), {}, False),
    (("/<path:a>", {}), ("/<path:b>", {}), {}, True),
    (("/<path:a>/", {}), ("/<path:b>", {}), {}, False),
    (("/<path:a>/x", {}), ("/<path:b>/x", {}), {}, True),
    (("/<path:a>/<b>", {}), ("/<path:a>/<int:b>", {}), {}, False),
    (("/<a>.<b>", {}), ("/<b>.<a>", {}), {}, True),
    (("/<a>.<b>", {}), ("/<a>-<b>", {}), {}, False),
    (("/<a>x", {}), ("/x<a>", {}), {}, False),
    (("/<heavy:a>", {}), ("/<light:a>", {}), {}, False),
    (("/<light:a>", {}), ("/<light:b>", {}), {}, True),
    # Methods
    (("/", {"methods": ["GET"]}), ("/", {"methods": ["POST"]}), {}, False),
    (("/", {"methods": ["GET", "POST"]}), ("/", {"methods": ["POST", "PUT"]}), {}, True),
    (("/", {"methods": ["GET"]}), ("/", {}), {}, True),
    (("/", {}), ("/", {"methods": ["PUT"]}), {}, True),
    (("/", {"methods": ["GET", "OPTIONS"]}), ("/", {"methods": ["POST", "OPTIONS"]}), {}, False),
    (("/", {"methods": ["GET"]}), ("/", {"methods": ["HEAD"]}), {}, False),
    (("/", {"methods": ["OPTIONS"]}), ("/", {"methods": ["OPTIONS"]}), {}, True),
    (("/", {"methods": ["HEAD", "OPTIONS"]}), ("/", {"methods": ["OPTIONS"]}), {}, False),
    (("/", {"methods": []}), ("/", {"methods": []}), {}, True),
    (("/", {"methods": []}), ("/", {"methods": ["GET"]}), {}, False),
    # Domains
    (("/", {}), ("/", {"subdomain": "a"}), {}, False),
    (("/", {"subdomain": "a"}), ("/", {"subdomain": "a"}), {}, True),
    (("/", {"subdomain": "<a>"}), ("/", {"subdomain": "<b>"}), {}, True),
    (("/", {"subdomain": "<a>"}), ("/", {"subdomain": "<int:b>"}), {}, False),
    (("/", {"subdomain": "<a>.x"}), ("/", {"subdomain": "<a>.y"}), {}, False),
    # Case counts in Werkzeug; that both match is no reason to refuse what Werkzeug takes.
    (("/", {"subdomain": "a"}), ("/", {"subdomain": "A"}), {}, False),
    (("/", {"subdomain": "a.<x>"}), ("/", {"subdomain": "A.<x>"}), {}, False),
    (("/", {}), ("/", {"subdomain": "www"}), {"default_subdomain": "www"}, True),
    (("/", {"host": "a"}), ("/", {"host": "b"}), {}, True),
    (("/", {"host": "a"}), ("/", {"host": "b"}), {"host_matching": True}, False),
    (("/", {"host": "a"}), ("/", {"host": "a"}), {"host_matching": True}, True),
    (("/", {}), ("/", {"host": ""}), {"host_matching": True}, True),
    (("/", {}), ("/", {"subdomain": "a"}), NO_DOMAINS, SUBDOMAIN_MATCHING),
    # What does not count
    (("/", {"defaults": {"a": 1}}), ("/", {}), {}, True),
    (("/", {"alias": True}), ("/", {}), {}, True),
    (("/", {"redirect_to": "b"}), ("/", {}), {}, True),
    (("/", {"endpoint": "a"}), ("/", {"endpoint": "b"}), {}, True),
    (("/", {"build_only": True}), ("/", {}), {}, False),
    (("/", {}), ("/", {"build_only": True}), {}, False),
    (("/", {"websocket": True}), ("/", {}), {}, False),
    (("/", {"websocket": True}), ("/", {"websocket": True}), {}, True),
]


class LightConverter(werkzeug.routing.BaseConverter):
    regex = "[a-z]+"
    weight = 10


class HeavyConverter(LightConverter):
    weight = 20


CONVERTERS = {"light": LightConverter, "heavy": HeavyConverter}


@BOTH
@pytest.mark.parametrize(("first", "second", "settings", "refused"), PAIRS)
def test_duplicates(
    routing: Any,
    first: tuple[str, dict[str, Any]],
    second: tuple[str, dict[str, Any]],
    settings: dict[str, Any],
    refused: bool,
) -> None:
    url_map = routing.Map(converters=CONVERTERS, **settings)
    one, other = rules_of(routing, first, second)
    url_map.add(one)
    if DUPLICATE_RULE_ERROR is None or not refused:
        url_map.add(other)
        assert len(list(url_map.iter_rules())) == 2
        return
    with pytest.raises(DUPLICATE_RULE_ERROR) as caught:
        url_map.add(other)
    assert caught.value.existing is one
    assert caught.value.duplicate is other
    assert str(caught.value) == repr(one)


def add_all(url_map: Any, *rules: Any) -> Any:
    """Add rules in one factory; give what that raises, or `None`."""
    try:
        url_map.add(trieroute.Submount("/s", rules))
    except Exception as error:
        return error
    return None


def test_refused_rules_leave_nothing() -> None:
    url_map = trieroute.Map(rules_of(trieroute, ("/s/a", {})))
    url_map.bind("a").match("/s/a")
    rules = rules_of(trieroute, ("/b", {}), ("/a", {}), ("/c", {}))
    error = add_all(url_map, *rules)
    texts = [rule.rule for rule in url_map.iter_rules()]
    if DUPLICATE_RULE_ERROR is None:
        assert error is None
        assert sorted(texts) == ["/s/a", "/s/a", "/s/b", "/s/c"]
        return
    assert isinstance(error, DUPLICATE_RULE_ERROR)
    assert error.duplicate.map is None
    assert error.existing.map is url_map
    assert texts == ["/s/a"]
    assert not url_map.bind("a").test("/s/b")
    # The two that are none can be added afterwards, and the one that is one still can't.
    assert add_all(url_map, rules[0], rules[2]) is None
    assert isinstance(add_all(url_map, rules[1]), DUPLICATE_RULE_ERROR)
    assert url_map.bind("a").test("/s/b")


def test_rules_of_one_factory_are_duplicates_of_each_other() -> None:
    url_map = trieroute.Map()
    error = add_all(url_map, *rules_of(trieroute, ("/a", {}), ("/a", {})))
    assert (error is None) is (DUPLICATE_RULE_ERROR is None)
    assert len(list(url_map.iter_rules())) == (2 if DUPLICATE_RULE_ERROR is None else 0)


def test_rule_takes_the_place_of_one_that_was_removed() -> None:
    one, other = rules_of(trieroute, ("/<a>", {"endpoint": "a"}), ("/<b>", {"endpoint": "b"}))
    url_map = trieroute.Map([one])
    url_map.remove(one)
    url_map.add(other)
    assert url_map.bind("a").match("/x") == ("b", {"b": "x"})
    again = error_of(lambda: url_map.add(one))
    assert again == ("" if DUPLICATE_RULE_ERROR is None else "DuplicateRuleError")


def test_rule_that_a_program_left_out_of_a_matcher_is_in_nobodys_place() -> None:
    one, other = rules_of(trieroute, ("/a", {"endpoint": "a"}), ("/a", {"endpoint": "b"}))
    url_map = trieroute.Map([one])
    url_map._matcher = type(url_map._matcher)(url_map.merge_slashes)
    url_map.add(other)
    assert url_map.bind("a").match("/a")[0] == "b"


def test_methods_count_as_they_are_when_a_rule_is_added() -> None:
    one, other = rules_of(trieroute, ("/", {"methods": ["GET"]}), ("/", {"methods": ["POST"]}))
    url_map = trieroute.Map([one])
    assert one.methods is not None
    one.methods.add("POST")
    error = error_of(lambda: url_map.add(other))
    assert error == ("" if DUPLICATE_RULE_ERROR is None else "DuplicateRuleError")


def test_message_names_both_rules_and_the_way_out() -> None:
    rules = rules_of(trieroute, ("/<a>", {"endpoint": "one"}), ("/<b>", {"endpoint": "two"}))
    if DUPLICATE_RULE_ERROR is None:
        assert len(list(trieroute.Map(rules).iter_rules())) == 2
        return
    with pytest.raises(DUPLICATE_RULE_ERROR) as caught:
        trieroute.Map(rules)
    assert caught.value.__notes__ == [
        "rule '/<b>' of endpoint 'two' would take the requests of rule '/<a>' of endpoint 'one':"
        " leave one of them out, or give them different methods or domains"
    ]


@BOTH
def test_program_that_decides_itself_what_is_a_duplicate(routing: Any) -> None:
    class Override(routing.Rule):
        def is_duplicate(self, other: Any) -> bool:
            return False

    url_map = routing.Map([Override("/", endpoint="a"), Override("/", endpoint="b")])
    assert [rule.endpoint for rule in url_map.iter_rules()] == ["a", "b"]


def test_adding_takes_time_linear_in_the_number_of_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only rules of the same domain and path are compared."""
    asked = 0
    compare = trieroute.Rule.is_duplicate

    def count(self: Any, other: Any) -> bool:
        nonlocal asked
        asked += 1
        return compare(self, other)

    monkeypatch.setattr(trieroute.Rule, "is_duplicate", count)
    methods = ["GET", "POST", "PUT", "DELETE"]
    url_map = trieroute.Map()
    for number in range(500):
        for method in methods:
            url_map.add(trieroute.Rule(f"/<a>/{number}", methods=[method], endpoint=number))
    # Each one but the first of four is compared with those before it.
    assert asked == (0 if DUPLICATE_RULE_ERROR is None else 500 * (1 + 2 + 3))


# Floats


@pytest.mark.parametrize("value", [0.5, 1.25, 1e-5, 1e-7, 1e16, 1.5e20, 1.0, 0.1234567, -2.5])
def test_floats_are_written_as_by_werkzeug(value: float) -> None:
    for in_rule in ("float", "float(signed=True)"):
        theirs, ours = (
            routing.Map(rules_of(routing, (f"/<{in_rule}:x>", {"endpoint": "e"})))
            .bind("a")
            .build("e", {"x": value})
            for routing in MODULES
        )
        assert ours == theirs
        assert ("e" in ours) is (FLOAT_TO_URL is None and "e" in repr(value))


# Rules as texts and in comparisons


@BOTH
def test_text_of_a_rule(routing: Any) -> None:
    (rule,) = rules_of(routing, ("/a", {}))
    routing.Map([rule])
    assert str(rule) == ("/a" if WRITES_RULES_AS_TEXT else repr(rule))
    assert f"{rule}" == str(rule)


@BOTH
def test_rules_of_a_class_and_of_its_subclass(routing: Any) -> None:
    class Derived(routing.Rule):
        pass

    base, derived = routing.Rule("/a"), Derived("/a")
    for rule in (base, derived):
        routing.Map([rule])
    since = EQUALS_OTHERS is NotImplemented
    assert (base == derived) is since
    assert (derived == base) is since
    assert base != "/a"
    assert (base == Everything()) is since


class Everything:
    def __eq__(self, other: object) -> bool:
        return True
