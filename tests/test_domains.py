"""Subdomains and hosts."""

from __future__ import annotations

import inspect
import tracemalloc
import warnings
from itertools import product

import pytest
from werkzeug.exceptions import BadHost
from werkzeug.test import create_environ
from werkzeug.wrappers import Request

import trieroute as tr
from outcomes import redirect_of, valid_methods_of
from trieroute import BaseConverter, Map, NotFound, Rule
from trieroute._core.werkzeug_version import BINDS_BY_OWN_METHOD, SUBDOMAIN_MATCHING

# Subdomains


def test_rule_belongs_to_its_subdomain() -> None:
    rules = [
        Rule("/", endpoint="none"),
        Rule("/", endpoint="www", subdomain="www"),
        Rule("/", endpoint="deep", subdomain="a.b"),
    ]
    url_map = Map(rules)
    assert url_map.bind("example.com").match("/") == ("none", {})
    assert url_map.bind("example.com", subdomain="").match("/") == ("none", {})
    assert url_map.bind("example.com", subdomain="www").match("/") == ("www", {})
    assert url_map.bind("example.com", subdomain="a.b").match("/") == ("deep", {})
    with pytest.raises(NotFound):
        url_map.bind("example.com", subdomain="a").match("/")


def test_rule_without_a_subdomain_has_the_maps_default() -> None:
    rules = [Rule("/", endpoint="www"), Rule("/", endpoint="none", subdomain="")]
    url_map = Map(rules, default_subdomain="www")
    assert url_map.bind("example.com").match("/") == ("www", {})
    assert url_map.bind("example.com", subdomain="www").match("/") == ("www", {})
    assert url_map.bind("example.com", subdomain="").match("/") == ("none", {})


@pytest.mark.parametrize(
    ("subdomain", "bound", "values"),
    [
        ("<user>", "ann", {"user": "ann"}),
        ("<user>", "a.b", {"user": "a.b"}),
        ("<user>.eu", "ann.eu", {"user": "ann"}),
        ("<user>-<int:n>", "ann-2", {"user": "ann", "n": 2}),
        ("<any(de, en):lang>", "de", {"lang": "de"}),
        ("<string(length=2):lang>.m", "de.m", {"lang": "de"}),
        ("<user>", "\xe9", {"user": "\xe9"}),
    ],
)
def test_variables_in_a_subdomain(subdomain: str, bound: str, values: dict[str, object]) -> None:
    adapter = Map([Rule("/", subdomain=subdomain, endpoint="e")]).bind("h", subdomain=bound)
    assert adapter.match("/") == ("e", values)


@pytest.mark.parametrize(
    ("subdomain", "bound"),
    [
        ("<user>", ""),
        ("<user>.eu", "ann.us"),
        ("<user>.eu", ".eu"),
        ("<int:n>", "ann"),
        ("<any(de, en):lang>", "fr"),
        ("www", "wwww"),
        ("www", "ww"),
        ("", "www"),
    ],
)
def test_subdomain_that_does_not_fit(subdomain: str, bound: str) -> None:
    with pytest.raises(NotFound):
        Map([Rule("/", subdomain=subdomain)]).bind("h", subdomain=bound).match("/")


def test_values_of_subdomain_and_path_come_together() -> None:
    rule = Rule("/<int:page>", subdomain="<user>", endpoint="e", defaults={"x": 1})
    adapter = Map([rule]).bind("example.com", subdomain="ann")
    endpoint, values = adapter.match("/3")
    assert (endpoint, list(values.items())) == ("e", [("user", "ann"), ("page", 3), ("x", 1)])


def test_static_subdomain_goes_before_one_with_variables() -> None:
    rules = [Rule("/", subdomain="<user>", endpoint=1), Rule("/", subdomain="www", endpoint=2)]
    url_map = Map(rules)
    assert url_map.bind("example.com", subdomain="www").match("/") == (2, {})
    assert url_map.bind("example.com", subdomain="ann").match("/") == (1, {"user": "ann"})


def test_rule_of_a_static_subdomain_that_leads_nowhere_is_passed_over() -> None:
    rules = [Rule("/a", subdomain="www"), Rule("/b", subdomain="<user>", endpoint="e")]
    adapter = Map(rules).bind("example.com", subdomain="www")
    assert adapter.match("/b") == ("e", {"user": "www"})


def test_converter_in_a_subdomain_may_refuse() -> None:
    rules = [Rule("/", subdomain="<int(max=5):n>", endpoint=1), Rule("/", subdomain="<x>")]
    adapter = Map(rules).bind("example.com", subdomain="9")
    assert adapter.match("/")[1] == {"x": "9"}


def test_405_is_that_of_the_bound_subdomain() -> None:
    rules = [Rule("/", subdomain="a", methods=["PUT"]), Rule("/", subdomain="b", methods=["POST"])]
    assert valid_methods_of(Map(rules).bind("h", subdomain="a"), "/", "GET") == ["PUT"]


def test_redirect_stays_on_the_bound_subdomain() -> None:
    adapter = Map([Rule("/a/", subdomain="<user>")]).bind("example.com", subdomain="ann")
    assert redirect_of(adapter, "/a") == "http://ann.example.com/a/"


@pytest.mark.parametrize("subdomain", ["<path:p>", "a/b", "a<path:p>"])
def test_subdomain_that_could_hold_a_slash_never_matches(subdomain: str) -> None:
    url_map = Map([Rule("/", subdomain=subdomain), Rule("/b", subdomain=subdomain)])
    for bound in "a", "a/b", "ab":
        for path in "/", "/b", "", "/a/b":
            assert not url_map.bind("example.com", subdomain=bound).test(path)


def test_empty_path_on_a_subdomain_redirects_to_its_root() -> None:
    adapter = Map([Rule("/", subdomain="www")]).bind("example.com", subdomain="www")
    assert redirect_of(adapter, "") == "http://www.example.com/"


# Case


@pytest.mark.parametrize(
    ("subdomain", "bound", "values"),
    [
        ("WWW", "www", {}),
        ("www", "WWW", {}),
        ("WwW", "wWw", {}),
        ("<user>.EU", "Ann.eu", {"user": "Ann"}),
        ("<user>.eu", "Ann.EU", {"user": "Ann"}),
        ("<any(De, en):lang>", "dE", {"lang": "De"}),
        ("<word:x>", "AB", {"x": "AB"}),
        ("a<word:x>c", "AbC", {"x": "b"}),
    ],
)
def test_case_of_a_subdomain_does_not_matter(
    subdomain: str, bound: str, values: dict[str, str]
) -> None:
    class WordConverter(tr.BaseConverter):
        regex = "[ab]+"

    rule = Rule("/", subdomain=subdomain, endpoint="e")
    adapter = Map([rule], converters={"word": WordConverter}).bind("h", subdomain=bound)
    assert adapter.match("/") == ("e", values)


@pytest.mark.parametrize(
    ("host", "bound", "values"),
    [
        ("Example.COM", "example.com", {}),
        ("example.com", "EXAMPLE.com", {}),
        ("<user>.Example.com", "Ann.example.COM", {"user": "ann"}),
    ],
)
def test_case_of_a_host_does_not_matter(host: str, bound: str, values: dict[str, str]) -> None:
    url_map = Map([Rule("/", host=host, endpoint="e")], host_matching=True)
    assert url_map.bind(bound).match("/") == ("e", values)


def test_case_of_a_path_matters() -> None:
    adapter = Map([Rule("/a", subdomain="www")]).bind("example.com", subdomain="www")
    with pytest.raises(NotFound):
        adapter.match("/A")


def test_rules_whose_domains_differ_by_case_alone_are_alike() -> None:
    rules = [Rule("/a", subdomain="WWW", endpoint=1), Rule("/<x>", subdomain="www", endpoint=2)]
    adapter = Map(rules).bind("example.com", subdomain="Www")
    assert adapter.match("/a") == (1, {})
    assert adapter.match("/b") == (2, {"x": "b"})


# Hosts


def hosts() -> Map:
    rules = [
        Rule("/", host="www.<domain>", endpoint="www"),
        Rule("/", host="files.<domain>", endpoint="files"),
        Rule("/", host="example.com:8080", endpoint="port"),
        Rule("/a/", host="example.com", endpoint="a"),
    ]
    return Map(rules, host_matching=True)


def test_rule_belongs_to_its_host() -> None:
    assert hosts().bind("www.example.com").match("/") == ("www", {"domain": "example.com"})
    assert hosts().bind("files.example.com").match("/") == ("files", {"domain": "example.com"})
    assert hosts().bind("example.com:8080").match("/") == ("port", {})
    with pytest.raises(NotFound):
        hosts().bind("example.com").match("/")


def test_redirect_stays_on_the_bound_host() -> None:
    assert redirect_of(hosts().bind("example.com"), "/a") == "http://example.com/a/"


def test_rule_without_a_host_matches_no_host() -> None:
    url_map = Map([Rule("/", endpoint="e")], host_matching=True)
    with pytest.raises(NotFound):
        url_map.bind("example.com").match("/")
    assert url_map.bind("").match("/") == ("e", {})


def test_host_of_a_rule_does_not_matter_without_host_matching() -> None:
    url_map = Map([Rule("/", host="other.example", endpoint="e")])
    assert url_map.bind("example.com").match("/") == ("e", {})


def test_subdomain_of_a_rule_does_not_matter_with_host_matching() -> None:
    rule = Rule("/", host="example.com", subdomain="www", endpoint="e")
    assert Map([rule], host_matching=True).bind("example.com").match("/") == ("e", {})


def test_host_matching_has_no_subdomain() -> None:
    with pytest.raises(RuntimeError, match="subdomain"):
        hosts().bind("example.com", subdomain="www")


def test_get_host() -> None:
    adapter = hosts().bind("example.com")
    assert adapter.get_host(None) == "example.com"
    assert adapter.get_host("www.example.com") == "www.example.com"
    adapter = Map().bind("example.com", subdomain="www")
    assert adapter.get_host(None) == "www.example.com"
    assert adapter.get_host("api") == "api.example.com"
    assert adapter.get_host("") == "example.com"


@pytest.mark.parametrize(
    "regex", ["[^.]+", "(a|b)[.](c|d)", r"(?P<name>x)?", "[^/]+", "(?!)", r"(a)\1"]
)
def test_custom_regexes_in_host_rules_are_harmless_to_other_rules(regex: str) -> None:
    class CustomConverter(tr.BaseConverter):
        pass

    CustomConverter.regex = regex
    rules = [
        Rule("/a/<int:n>", host="<custom:x>.<custom:y>.example.com", endpoint=1),
        Rule("/a/<int:n>", host="example.com", endpoint=2),
    ]
    url_map = Map(rules, host_matching=True, converters={"custom": CustomConverter})
    assert url_map.bind("example.com").match("/a/1") == (2, {"n": 1})


# Binding


def test_server_name_becomes_lower_case() -> None:
    assert Map().bind("EXAMPLE.com:80").server_name == "example.com:80"


def test_server_name_is_encoded() -> None:
    assert Map().bind("b\xfccher.example").server_name == "xn--bcher-kva.example"
    adapter = Map([Rule("/a/")]).bind("b\xfccher.example:8080")
    assert redirect_of(adapter, "/a") == "http://xn--bcher-kva.example:8080/a/"


@pytest.mark.parametrize(
    "server_name",
    [
        "a" * 64 + ".example",
        "a" * 10_000,
        "a..example",
        "\ud800.example",
        "\xad.example",
        ".example.com.\u2024",
    ],
)
def test_server_name_that_cannot_be_encoded_is_a_bad_host(server_name: str) -> None:
    with pytest.raises(BadHost):
        Map().bind(server_name)


@pytest.mark.parametrize("first", ["a", "Z9", "-_", "a" * 62, "a" * 63, "\xe9", ".", ":", "[", ""])
def test_server_names_are_what_the_codec_makes_of_them(first: str) -> None:
    for rest in product(["a", "B", "0", ".", ":", ":80", "a" * 63, "\xe9", "/", ""], repeat=3):
        given = first + "".join(rest)
        name, colon, port = given.lower().partition(":")
        try:
            wanted = name.encode("idna").decode("ascii") + colon + port
        except UnicodeError:
            with pytest.raises(BadHost):
                Map().bind(given)
        else:
            assert Map().bind(given).server_name == wanted


def test_long_port_is_no_part_of_a_label() -> None:
    server_name = "a" * 63 + ":" + "1" * 100
    assert Map().bind(server_name).server_name == server_name


@pytest.mark.parametrize("server_name", ["[::1]", "[::1]:8080", "127.0.0.1:80", "localhost", ""])
def test_server_name_may_be_an_address(server_name: str) -> None:
    assert Map().bind(server_name).server_name == server_name


def test_subdomain_of_a_request() -> None:
    url_map = Map([Rule("/", subdomain="a.b", endpoint="e")])
    environ = create_environ("/", "http://A.b.Example.com:8080")
    adapter = url_map.bind_to_environ(environ, server_name="example.COM:8080")
    assert adapter.subdomain == "a.b"
    assert adapter.match() == ("e", {})


def test_request_without_a_server_name_has_the_default_subdomain() -> None:
    environ = create_environ("/", "http://www.example.com")
    adapter = Map().bind_to_environ(environ)
    assert (adapter.server_name, adapter.subdomain) == ("www.example.com", "")


@pytest.mark.parametrize(
    ("url", "server_name"),
    [
        ("http://example.com", "example.com:80"),
        ("https://example.com", "example.com:443"),
        ("http://example.com:80", "example.com"),
    ],
)
def test_standard_port_makes_no_difference(url: str, server_name: str) -> None:
    adapter = Map().bind_to_environ(create_environ("/", url), server_name=server_name)
    assert (adapter.server_name, adapter.subdomain) == ("example.com", "")


def test_standard_port_is_left_out_once() -> None:
    environ = create_environ("/", "https://example.com")
    environ["HTTP_HOST"] = "example.com:443:443"
    assert Map().bind_to_environ(environ).server_name == "example.com:443"


def test_long_server_names_are_not_kept() -> None:
    def bind(number: int) -> None:
        Map().bind(".".join([str(number)] * 50_000))

    bind(0)
    tracemalloc.start()
    try:
        for number in range(1, 40):
            bind(number)
        assert tracemalloc.get_traced_memory()[0] < 1_000_000
    finally:
        tracemalloc.stop()


def test_request_for_another_server_matches_nothing_and_warns_the_caller() -> None:
    url_map = Map([Rule("/"), Rule("/", subdomain="www")])
    environ = create_environ("/", "http://127.0.0.1")
    with pytest.warns(
        UserWarning, match=r"Current server name .*127\.0\.0\.1.*example\.com"
    ) as caught:
        adapter = url_map.bind_to_environ(environ, server_name="example.com")
    frame = inspect.currentframe()
    assert frame is not None
    assert caught[0].filename == __file__
    assert 0 < frame.f_lineno - caught[0].lineno < 5
    assert adapter.subdomain == ("" if SUBDOMAIN_MATCHING else "<invalid>")
    assert adapter.test("/") is SUBDOMAIN_MATCHING


def test_request_for_another_server_needs_no_warning_where_the_subdomain_is_given() -> None:
    environ = create_environ("/", "http://127.0.0.1")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        adapter = Map().bind_to_environ(environ, server_name="example.com", subdomain="www")
    assert (adapter.server_name, adapter.subdomain) == ("example.com", "www")


def test_environment_gives_path_script_method_and_query() -> None:
    environ = create_environ("/a b/\xe9?q=1", "https://example.com/app", method="PUT")
    adapter = Map([Rule("/<x>/<y>/", methods=["PUT"])]).bind_to_environ(environ)
    assert (adapter.path_info, adapter.script_name) == ("/a b/\xe9", "/app/")
    assert (adapter.default_method, adapter.query_args) == ("PUT", "q=1")
    assert redirect_of(adapter) == "https://example.com/app/a%20b/%C3%A9/?q=1"


def test_bytes_that_are_no_utf8_are_replaced() -> None:
    environ = create_environ("/")
    environ["PATH_INFO"] = "/\xff"
    adapter = Map([Rule("/<x>", endpoint="e")]).bind_to_environ(environ)
    assert adapter.match() == ("e", {"x": "\ufffd"})


def test_request_object_can_be_bound() -> None:
    request = Request(create_environ("/a"))
    assert Map([Rule("/a", endpoint="e")]).bind_to_environ(request).match() == ("e", {})


def test_binding_to_an_environment_with_host_matching() -> None:
    environ = create_environ("/", "http://www.example.com")
    adapter = hosts().bind_to_environ(environ)
    assert adapter.subdomain == ("" if SUBDOMAIN_MATCHING else None)
    assert adapter.match() == ("www", {"domain": "example.com"})


def test_bind_to_environ_calls_bind_of_the_class() -> None:
    url_map = Map([Rule("/a", endpoint="e")])
    url_map.bind = lambda *_, **__: None  # type: ignore[method-assign]
    adapter = url_map.bind_to_environ(create_environ("/a"))
    assert (adapter is None) is BINDS_BY_OWN_METHOD
    assert adapter is None or adapter.match() == ("e", {})


@pytest.mark.parametrize("order", ["weights", "segments", "registration"])
@pytest.mark.parametrize(
    ("rule", "host", "value"),
    [
        ("<any(a,B):h>.org", "b.org", "B"),
        ("<any(a,B):h>.org", "a.org", "a"),
        ("<any(a,B):h>.org", "B.ORG", "B"),
        ("X<any(Ab,cD):h>.org", "xCD.org", "cD"),
        ("<any(B,b):h>.org", "b.org", "B"),
        ("<any(Ä,ö):h>.org", "xn--4ca.org", None),
    ],
)
def test_value_of_a_domain_is_spelled_as_the_rule_has_it(
    order: str, rule: str, host: str, value: str | None
) -> None:
    url_map = Map([Rule("/", endpoint="e", host=rule)], host_matching=True, match_order=order)
    adapter = url_map.bind(host)
    if value is None:
        assert not adapter.test("/")
        return
    assert adapter.match("/") == ("e", {"h": value})
    assert adapter.build("e", {"h": value}) is not None


def test_value_of_a_domain_beside_a_custom_converter_is_spelled_as_the_rule_has_it() -> None:
    class Word(BaseConverter):
        regex = "[a-z]+[0-9]"

    url_map = Map(
        [Rule("/", endpoint="e", subdomain="<any(A,bC):h>.<word:w>")], converters={"word": Word}
    )
    adapter = url_map.bind("example.org", subdomain="BC.x1")
    assert adapter.match("/") == ("e", {"h": "bC", "w": "x1"})


@pytest.mark.parametrize("order", ["weights", "segments"])
@pytest.mark.parametrize(
    ("first", "second", "bound"),
    [
        ("A.<s>", "a.<s>", "a.b"),
        ("<s>.A", "<s>.a", "b.a"),
        ("A", "a", "a"),
        ("<any(A,b):s>.X", "<any(a,B):s>.x", "b.x"),
    ],
)
def test_domains_that_differ_by_case_alone_are_one_place(
    order: str, first: str, second: str, bound: str
) -> None:
    url_map = Map(
        [
            Rule("/<path:p>", endpoint="first", subdomain=first),
            Rule("/x/<y>", endpoint="second", subdomain=second),
        ],
        match_order=order,
    )
    endpoint, _ = url_map.bind("example.org", subdomain=bound).match("/x/1")
    assert endpoint == "second"
    endpoint, _ = url_map.bind("example.org", subdomain=bound).match("/y/1")
    assert endpoint == "first"
