"""Where a match redirects to: defaults, aliases, `redirect_to`, and what every redirect keeps."""

from __future__ import annotations

from typing import Any

import pytest
import werkzeug.routing

import trieroute as tr
from outcomes import redirect_of
from trieroute import BaseConverter, Map, MapAdapter, NotFound, RequestRedirect, Rule

HOST = "http://example.com"


# What every redirect keeps


def test_redirect_is_a_permanent_one_that_keeps_the_method() -> None:
    with pytest.raises(RequestRedirect) as caught:
        Map([Rule("/a/")]).bind("example.com").match("/a", "POST")
    response = caught.value.get_response()
    assert response.status_code == 308
    assert response.headers["Location"] == f"{HOST}/a/"


@pytest.mark.parametrize(
    ("query_args", "target"),
    [
        ("", "/a/"),
        ({}, "/a/"),
        ("b=c", "/a/?b=c"),
        ("b=c&d", "/a/?b=c&d"),
        ("b=%C3%A9 \xe9", "/a/?b=%C3%A9 \xe9"),
        ({"b": "c"}, "/a/?b=c"),
        ({"b": "\xe9 &="}, "/a/?b=%C3%A9+%26%3D"),
        ({"b": ["c", "d"]}, "/a/?b=c&b=d"),
        ({"b": None, "c": "d"}, "/a/?c=d"),
        ({"b": 1}, "/a/?b=1"),
        ({"b": "/:?@"}, "/a/?b=/:?@"),
    ],
)
def test_redirect_keeps_the_query(query_args: Any, target: str) -> None:
    adapter = Map([Rule("/a/")]).bind("example.com")
    assert redirect_of(adapter, "/a", query_args=query_args) == HOST + target


def test_redirect_takes_the_bound_query_where_match_gets_none() -> None:
    adapter = Map([Rule("/a/")]).bind("example.com", query_args={"b": "c"})
    assert redirect_of(adapter, "/a") == f"{HOST}/a/?b=c"
    assert redirect_of(adapter, "/a", query_args="d=e") == f"{HOST}/a/?d=e"


@pytest.mark.parametrize(
    ("script_name", "target"),
    [
        (None, "/a/"),
        ("/", "/a/"),
        ("", "/a/"),
        ("/app", "/app/a/"),
        ("/app/", "/app/a/"),
        ("/app/v1", "/app/v1/a/"),
        ("app", "/app/a/"),
    ],
)
def test_redirect_starts_at_the_script_root(script_name: str | None, target: str) -> None:
    adapter = Map([Rule("/a/")]).bind("example.com", script_name)
    assert redirect_of(adapter, "/a") == HOST + target


@pytest.mark.parametrize(
    ("url_scheme", "target"),
    [
        ("http", "http://example.com/a/"),
        ("https", "https://example.com/a/"),
        ("", "http://example.com/a/"),
    ],
)
def test_redirect_keeps_the_scheme(url_scheme: str, target: str) -> None:
    adapter = Map([Rule("/a/")]).bind("example.com", url_scheme=url_scheme)
    assert redirect_of(adapter, "/a") == target


def test_redirect_keeps_port_and_subdomain() -> None:
    adapter = Map([Rule("/a/", subdomain="www")]).bind("example.com:8080", subdomain="www")
    assert redirect_of(adapter, "/a") == "http://www.example.com:8080/a/"


# Defaults


def pages() -> list[Rule]:
    return [
        Rule("/all/", defaults={"page": 1}, endpoint="all"),
        Rule("/all/page/<int:page>", endpoint="all"),
    ]


def test_values_that_equal_the_defaults_redirect_to_the_rule_with_defaults() -> None:
    adapter = Map(pages()).bind("example.com")
    assert redirect_of(adapter, "/all/page/1") == f"{HOST}/all/"


def test_rule_with_defaults_matches_with_them() -> None:
    adapter = Map(pages()).bind("example.com")
    assert adapter.match("/all/") == ("all", {"page": 1})


def test_other_values_match() -> None:
    adapter = Map(pages()).bind("example.com")
    assert adapter.match("/all/page/2") == ("all", {"page": 2})


def test_redirect_to_the_rule_with_defaults_keeps_query_and_script_root() -> None:
    adapter = Map(pages()).bind("example.com", "/app")
    assert redirect_of(adapter, "/all/page/1", query_args="q=1") == f"{HOST}/app/all/?q=1"


def test_order_of_the_rules_does_not_matter_to_defaults() -> None:
    adapter = Map(pages()[::-1]).bind("example.com")
    assert redirect_of(adapter, "/all/page/1") == f"{HOST}/all/"


def test_defaults_do_not_redirect_without_redirect_defaults() -> None:
    adapter = Map(pages(), redirect_defaults=False).bind("example.com")
    assert adapter.match("/all/page/1") == ("all", {"page": 1})


def test_redirect_defaults_may_be_switched_off_later() -> None:
    url_map = Map(pages())
    adapter = url_map.bind("example.com")
    assert redirect_of(adapter, "/all/page/1") == f"{HOST}/all/"
    url_map.redirect_defaults = False
    assert adapter.match("/all/page/1") == ("all", {"page": 1})


def test_defaults_of_another_endpoint_do_not_redirect() -> None:
    rules = [pages()[0], Rule("/all/page/<int:page>", endpoint="other")]
    assert Map(rules).bind("example.com").match("/all/page/1") == ("other", {"page": 1})


def test_defaults_of_a_rule_for_another_method_do_not_redirect() -> None:
    rules = [
        Rule("/all/", defaults={"page": 1}, endpoint="all", methods=["GET"]),
        Rule("/all/page/<int:page>", endpoint="all"),
    ]
    adapter = Map(rules).bind("example.com")
    assert redirect_of(adapter, "/all/page/1", "GET") == f"{HOST}/all/"
    assert adapter.match("/all/page/1", "POST") == ("all", {"page": 1})


def test_defaults_of_a_build_only_rule_do_not_redirect() -> None:
    rules = [
        Rule("/all/", defaults={"page": 1}, endpoint="all", build_only=True),
        Rule("/all/page/<int:page>", endpoint="all"),
    ]
    assert Map(rules).bind("example.com").match("/all/page/1") == ("all", {"page": 1})


def test_defaults_of_a_rule_with_other_arguments_do_not_redirect() -> None:
    rules = [
        Rule("/all/", defaults={"page": 1, "size": 2}, endpoint="all"),
        Rule("/all/page/<int:page>", endpoint="all"),
    ]
    assert Map(rules).bind("example.com").match("/all/page/1") == ("all", {"page": 1})


def test_defaults_redirect_with_the_other_values() -> None:
    rules = [
        Rule("/<user>/", defaults={"page": 1}, endpoint="user"),
        Rule("/<user>/<int:page>", endpoint="user"),
    ]
    adapter = Map(rules).bind("example.com")
    assert redirect_of(adapter, "/a b/1") == f"{HOST}/a%20b/"


def test_defaults_redirect_to_another_subdomain() -> None:
    rules = [
        Rule("/", defaults={"page": 1}, endpoint="e", subdomain="www"),
        Rule("/<int:page>", endpoint="e", subdomain="old"),
    ]
    adapter = Map(rules).bind("example.com", subdomain="old")
    assert redirect_of(adapter, "/1") == "http://www.example.com/"


def test_defaults_replace_matched_values() -> None:
    adapter = Map([Rule("/<x>", defaults={"x": 1}, endpoint="e")]).bind("example.com")
    assert adapter.match("/a") == ("e", {"x": 1})


def test_redirect_to_the_requested_url_itself_never_happens_by_defaults() -> None:
    rules = [
        Rule("/<x>", defaults={"x": "a"}, endpoint="e"),
        Rule("/a", defaults={"x": "a"}, endpoint="e"),
    ]
    adapter = Map(rules).bind("example.com")
    assert adapter.match("/a") == ("e", {"x": "a"})


# Aliases


def test_alias_redirects_to_the_canonical_rule() -> None:
    rules = [
        Rule("/index.html", endpoint="index", alias=True),
        Rule("/", endpoint="index"),
        Rule("/users/index.html", endpoint="users", alias=True),
        Rule("/users/", endpoint="users", defaults={"page": 1}),
        Rule("/users/page-<int:page>.html", endpoint="users", alias=True),
        Rule("/users/page/<int:page>", endpoint="users"),
    ]
    rules[2].defaults = {"page": 1}
    adapter = Map(rules).bind("example.com")
    assert redirect_of(adapter, "/index.html") == f"{HOST}/"
    assert redirect_of(adapter, "/users/index.html") == f"{HOST}/users/"
    assert redirect_of(adapter, "/users/page-1.html") == f"{HOST}/users/"
    assert redirect_of(adapter, "/users/page-2.html") == f"{HOST}/users/page/2"


def test_alias_keeps_query_and_script_root() -> None:
    rules = [Rule("/old/<x>", endpoint="e", alias=True), Rule("/new/<x>", endpoint="e")]
    adapter = Map(rules).bind("example.com", "/app")
    assert redirect_of(adapter, "/old/a b", query_args={"q": "1"}) == f"{HOST}/app/new/a%20b?q=1"


def test_alias_redirects_to_another_subdomain() -> None:
    rules = [
        Rule("/", endpoint="e", alias=True, subdomain="old"),
        Rule("/", endpoint="e", subdomain="new"),
    ]
    adapter = Map(rules).bind("example.com", subdomain="old")
    assert redirect_of(adapter, "/") == "http://new.example.com/"


def test_alias_redirects_to_a_canonical_rule_that_is_build_only() -> None:
    rules = [
        Rule("/old", endpoint="e", alias=True),
        Rule("/new", endpoint="e", subdomain="cdn", build_only=True),
    ]
    assert redirect_of(Map(rules).bind("example.com"), "/old") == "http://cdn.example.com/new"


def test_alias_matches_without_redirect_defaults() -> None:
    rules = [Rule("/old", endpoint="e", alias=True), Rule("/new", endpoint="e")]
    adapter = Map(rules, redirect_defaults=False).bind("example.com")
    assert adapter.match("/old") == ("e", {})


def test_alias_whose_slash_is_missing_gets_it_first() -> None:
    rules = [Rule("/old/", endpoint="e", alias=True), Rule("/new/", endpoint="e")]
    assert redirect_of(Map(rules).bind("example.com"), "/old") == f"{HOST}/old/"


def test_alias_without_a_canonical_rule_matches() -> None:
    adapter = Map([Rule("/old/<x>", endpoint="e", alias=True)]).bind("example.com")
    assert adapter.match("/old/a") == ("e", {"x": "a"})


def test_alias_whose_canonical_rule_lacks_values_matches() -> None:
    rules = [Rule("/old", endpoint="e", alias=True), Rule("/new/<x>", endpoint="e")]
    assert Map(rules).bind("example.com").match("/old") == ("e", {})


def test_alias_whose_canonical_rule_has_no_host_matches() -> None:
    rules = [
        Rule("/old", endpoint="e", alias=True, host="example.com"),
        Rule("/new", endpoint="e"),
    ]
    adapter = Map(rules, host_matching=True).bind("example.com")
    assert adapter.match("/old") == ("e", {})


def test_alias_whose_canonical_rule_is_for_another_method_matches() -> None:
    rules = [
        Rule("/old", endpoint="e", alias=True),
        Rule("/new", endpoint="e", methods=["POST"]),
    ]
    assert Map(rules).bind("example.com").match("/old", "GET") == ("e", {})


def test_alias_whose_canonical_rule_refuses_the_value_matches() -> None:
    rules = [Rule("/old/<x>", endpoint="e", alias=True), Rule("/<any(a, b):x>", endpoint="e")]
    adapter = Map(rules).bind("example.com")
    assert redirect_of(adapter, "/old/a") == f"{HOST}/a"
    assert adapter.match("/old/c") == ("e", {"x": "c"})


@pytest.mark.usefixtures("equal_rules")
def test_alias_of_the_requested_url_itself_matches() -> None:
    rules = [Rule("/a", endpoint="e", alias=True), Rule("/a", endpoint="e")]
    adapter = Map(rules, match_order="registration").bind("example.com")
    assert adapter.match("/a", return_rule=True) == (rules[0], {})


def test_alias_of_an_alias_is_no_canonical_rule() -> None:
    rules = [Rule("/a", endpoint="e", alias=True), Rule("/b", endpoint="e", alias=True)]
    adapter = Map(rules).bind("example.com")
    assert adapter.match("/a") == ("e", {})
    assert adapter.match("/b") == ("e", {})


# redirect_to


@pytest.mark.parametrize(
    ("rule", "target", "path", "url"),
    [
        ("/old", "new", "/old", "/new"),
        ("/old/", "new", "/old/", "/new"),
        ("/old", "/new", "/old", "/new"),
        ("/old", "", "/old", "/"),
        ("/old", "new?a=b", "/old", "/new?a=b"),
        ("/old", "new#a", "/old", "/new#a"),
        ("/old/<x>", "new/<x>", "/old/a", "/new/a"),
        ("/old/<x>", "new/<x>/<x>", "/old/a", "/new/a/a"),
        ("/old/<x>/<y>", "<y>/<x>/", "/old/a/b", "/b/a/"),
        ("/old/<x>", "new/<x>", "/old/a b?\xe9", "/new/a%20b%3F%C3%A9"),
        ("/old/<x>", "new?x=<x>", "/old/a", "/new?x=a"),
        ("/old/<int:x>", "new/<x>", "/old/007", "/new/7"),
        ("/old/<int(fixed_digits=3):x>", "new/<x>", "/old/007", "/new/007"),
        ("/old/<path:x>", "new/<x>", "/old/a/b", "/new/a/b"),
        # the reference: "a string with placeholders in rule syntax"
        ("/old/<int:x>", "new/<int:x>", "/old/7", "/new/7"),
        ("/old/<x>", "new/<string(length=1):x>", "/old/a", "/new/a"),
        ("/old/<int:x>", "new/<int(fixed_digits=3):x>", "/old/7", "/new/007"),
    ],
)
def test_redirect_to_text(rule: str, target: str, path: str, url: str) -> None:
    adapter = Map([Rule(rule, redirect_to=target)]).bind("example.com")
    assert redirect_of(adapter, path) == HOST + url


def test_redirect_to_is_joined_to_the_script_root() -> None:
    adapter = Map([Rule("/old", redirect_to="new")]).bind("example.com", "/app")
    assert redirect_of(adapter, "/old") == f"{HOST}/app/new"


def test_redirect_to_with_a_leading_slash_means_the_root_of_the_host() -> None:
    adapter = Map([Rule("/old", redirect_to="/new")]).bind("example.com", "/app")
    assert redirect_of(adapter, "/old") == f"{HOST}/new"


def test_redirect_to_keeps_the_subdomain() -> None:
    rule = Rule("/old", redirect_to="new", subdomain="www")
    adapter = Map([rule]).bind("example.com", subdomain="www", url_scheme="https")
    assert redirect_of(adapter, "/old") == "https://www.example.com/new"


def test_redirect_to_does_not_keep_the_query() -> None:
    adapter = Map([Rule("/old", redirect_to="new")]).bind("example.com", query_args="a=b")
    assert redirect_of(adapter, "/old") == f"{HOST}/new"


def test_redirect_to_text_may_name_another_host() -> None:
    adapter = Map([Rule("/old/<x>", redirect_to="https://new.example/<x>")]).bind("example.com")
    assert redirect_of(adapter, "/old/a") == "https://new.example/a"


def test_redirect_to_may_name_a_default() -> None:
    rule = Rule("/old", defaults={"page": 1}, redirect_to="new/<page>")
    assert redirect_of(Map([rule]).bind("example.com"), "/old") == f"{HOST}/new/1"


@pytest.mark.parametrize("routing", [werkzeug.routing, tr], ids=["werkzeug", "trieroute"])
@pytest.mark.parametrize(
    "url",
    [
        "mailto:help@example.org",
        "tel:+4912345",
        "myapp:open?id=1",
        "urn:isbn:1",
        "data:text/plain,x",
        "about:blank",
        "file:///x",
        "myapp://open",
    ],
)
def test_redirect_to_may_be_a_url_without_a_host(routing: Any, url: str) -> None:
    rules = [
        routing.Rule("/text", redirect_to=url),
        routing.Rule("/callable", redirect_to=lambda adapter: url),
        routing.Rule("/value/<x>", redirect_to=f"{url}<x>"),
    ]
    adapter = routing.Map(rules).bind("example.com")
    assert redirect_of(adapter, "/text") == url
    assert redirect_of(adapter, "/callable") == url
    assert redirect_of(adapter, "/value/1") == f"{url}1"


@pytest.mark.parametrize("url", ["http:///x", "HTTP:///x", "ws:///x"])
def test_redirect_to_a_url_that_needs_a_host_and_has_none_is_not_found(url: str) -> None:
    rules = [Rule("/text", redirect_to=url), Rule("/callable", redirect_to=lambda adapter: url)]
    adapter = Map(rules).bind("example.com", url_scheme="https")
    for path in ("/text", "/callable"):
        with pytest.raises(NotFound):
            adapter.match(path)


def test_redirect_to_callable_gets_adapter_and_values() -> None:
    def target(adapter: Any, **values: Any) -> str:
        assert adapter is bound
        return f"new/{values['x'] + 1}?{sorted(values)}"

    bound = Map([Rule("/old/<int:x>", defaults={"y": 2}, redirect_to=target)]).bind("example.com")
    assert redirect_of(bound, "/old/1") == f"{HOST}/new/2?['x', 'y']"


def test_redirect_to_callable_may_name_another_host() -> None:
    rule = Rule("/old", redirect_to=lambda adapter: "https://new.example/")
    assert redirect_of(Map([rule]).bind("example.com"), "/old") == "https://new.example/"


def test_redirect_to_callable_may_raise() -> None:
    def target(adapter: Any) -> str:
        raise NotFound

    with pytest.raises(NotFound):
        Map([Rule("/old", redirect_to=target)]).bind("example.com").match("/old")


def test_redirect_to_waits_for_the_missing_slash() -> None:
    adapter = Map([Rule("/old/", redirect_to="new")]).bind("example.com")
    assert redirect_of(adapter, "/old") == f"{HOST}/old/"


@pytest.mark.usefixtures("equal_rules")
def test_redirect_to_of_a_rule_for_another_method_does_nothing() -> None:
    rules = [Rule("/a", methods=["POST"], redirect_to="new"), Rule("/a", endpoint="e")]
    assert Map(rules).bind("example.com").match("/a", "GET") == ("e", {})


# Never to another host


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "//evil.example/%2e%2e",
        "http://evil.example",
        "//user@evil.example:80",
        "/\t/evil.example",
        "/\n/evil.example",
    ],
)
def test_slash_redirect_never_leaves_the_host(path: str) -> None:
    adapter = Map([Rule("/<x>/"), Rule("/<x>/<y>/"), Rule("/<path:p>/")]).bind("example.com")
    assert redirect_of(adapter, path).startswith(f"{HOST}/")


@pytest.mark.parametrize("path", ["//evil.example//a", "/\\evil.example//a", "////evil.example//a"])
def test_merged_redirect_never_leaves_the_host(path: str) -> None:
    adapter = Map([Rule("/<x>/a")]).bind("example.com")
    assert redirect_of(adapter, path).startswith(f"{HOST}/")


@pytest.mark.parametrize("target", ["<path:p>", "<p>", "/<p>", "/<p>?q=1", "<p>/a"])
@pytest.mark.parametrize(
    "path",
    [
        "/x/http://evil.example",
        "/x/https:evil.example",
        "/x/https:/evil.example",
        "/x/javascript:alert(1)",
        "/x/\\\\evil.example",
        "/x/\\/evil.example",
        "/x/a/../../../evil.example",
        "/x/ http://evil.example",
        "/x/\nhttp://evil.example",
    ],
)
def test_value_in_redirect_to_never_leads_to_another_host(target: str, path: str) -> None:
    adapter = Map([Rule("/x/<path:p>", redirect_to=target)]).bind("example.com")
    assert redirect_of(adapter, path).startswith(f"{HOST}/")


@pytest.mark.parametrize("target", ["<p>", "/<p>", "a/<p>", "./<p>"])
def test_value_that_starts_with_slashes_never_leads_to_another_host(target: str) -> None:
    class AnythingConverter(tr.BaseConverter):
        regex = ".*/.*"

    rule = Rule("/x<anything:p>", redirect_to=target)
    adapter = Map([rule], converters={"anything": AnythingConverter}).bind("example.com")
    assert redirect_of(adapter, "/x//evil.example/").startswith(f"{HOST}/")


def test_alias_never_leaves_the_host() -> None:
    rules = [
        Rule("/old<path:p>", endpoint="e", alias=True),
        Rule("/<path:p>", endpoint="e"),
    ]
    adapter = Map(rules, match_order="segments").bind("example.com")
    assert redirect_of(adapter, "/old\\/evil.example").startswith(f"{HOST}/")


# Redirects that cannot be built


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        (Rule("/<x>/"), "/\udc80"),
        (Rule("/a/<path:p>/"), "/a/b/\udc80"),
        (Rule("/<x>", redirect_to="new/<x>"), "/\udc80"),
    ],
)
def test_lone_surrogate_that_no_url_can_hold_is_not_found(rule: Rule, path: str) -> None:
    with pytest.raises(NotFound):
        Map([rule.empty()]).bind("example.com").match(path)


def test_lone_surrogate_in_a_merged_path_is_not_found() -> None:
    with pytest.raises(NotFound):
        Map([Rule("/a/<x>")]).bind("example.com").match("/a//\udc80")


def test_lone_surrogate_that_needs_no_redirect_matches() -> None:
    adapter = Map([Rule("/<x>", endpoint="e")]).bind("example.com")
    assert adapter.match("/\udc80") == ("e", {"x": "\udc80"})


# dispatch and test


def test_dispatch_returns_a_redirect() -> None:
    adapter = Map([Rule("/a/")]).bind("example.com")
    response = adapter.dispatch(lambda endpoint, values: None, "/a")
    assert isinstance(response, RequestRedirect)
    assert response.new_url == f"{HOST}/a/"


def test_dispatch_calls_the_view() -> None:
    adapter = Map([Rule("/<int:x>", endpoint="e")]).bind("example.com", path_info="/3")
    assert adapter.dispatch(lambda endpoint, values: (endpoint, values)) == ("e", {"x": 3})


def test_dispatch_raises_what_the_view_raises() -> None:
    def view(endpoint: Any, values: Any) -> Any:
        raise NotFound("gone")

    adapter = Map([Rule("/")]).bind("example.com")
    with pytest.raises(NotFound, match="gone"):
        adapter.dispatch(view)
    caught = adapter.dispatch(view, catch_http_exceptions=True)
    assert isinstance(caught, NotFound)


def test_dispatch_catches_a_404_if_told_to() -> None:
    adapter = Map([Rule("/")]).bind("example.com")
    with pytest.raises(NotFound):
        adapter.dispatch(lambda endpoint, values: None, "/a")
    assert isinstance(
        adapter.dispatch(lambda endpoint, values: None, "/a", catch_http_exceptions=True), NotFound
    )


def test_test_counts_a_redirect_as_a_match() -> None:
    adapter = Map([Rule("/a/"), Rule("/b", methods=["POST"])]).bind("example.com")
    assert adapter.test("/a")
    assert not adapter.test("/b")
    assert adapter.test("/b", "POST")
    assert not adapter.test("/c")


@pytest.mark.parametrize(
    ("rule", "target", "path"),
    [
        ("/r/<x>", "https://good.example:<x>/", "/r/1@evil.test"),
        ("/r/<x>", "https://good.<x>/", "/r/example@evil.test"),
        ("/r/<path:x>", "https://<x>.good.example/", "/r/evil.test/"),
    ],
)
def test_redirect_to_whose_value_would_end_the_host_is_not_found(
    rule: str, target: str, path: str
) -> None:
    adapter = Map([Rule(rule, redirect_to=target)], merge_slashes=False).bind("example.com")
    with pytest.raises(NotFound):
        adapter.match(path)


def test_redirect_to_may_have_a_variable_in_its_host() -> None:
    adapter = Map([Rule("/r/<x>", redirect_to="https://<x>.good.example/")]).bind("example.com")
    assert redirect_of(adapter, "/r/www") == "https://www.good.example/"


def test_scheme_that_starts_in_a_variable_is_none() -> None:
    adapter = Map([Rule("/w/<ns>/<t>", redirect_to="<ns>:<t>")]).bind("example.com")
    assert (
        redirect_of(adapter, "/w/javascript/alert(1)") == "http://example.com/javascript:alert(1)"
    )


def test_defaults_do_not_redirect_to_the_same_url_in_another_case_of_its_host() -> None:
    url_map = Map(
        [
            Rule("/<x>", defaults={"x": "a"}, endpoint="e", subdomain="API"),
            Rule("/a", defaults={"x": "a"}, endpoint="e", subdomain="API"),
        ]
    )
    assert url_map.bind("example.com", subdomain="api").match("/a") == ("e", {"x": "a"})


# Errors that tell of the interpreter


class Failing(BaseConverter):
    """Its URLs need more than the interpreter has, or are refused in another way."""

    error: type[Exception] = ValueError

    def to_url(self, value: Any) -> str:
        raise self.error


class OutOfMemory(Failing):
    error = MemoryError


class TooDeep(Failing):
    error = RecursionError


REDIRECTING = [
    pytest.param(
        [Rule("/all/<c:x>", endpoint="a", defaults={"p": 1}), Rule("/<int:p>/<c:x>", endpoint="a")],
        "/1/v",
        id="defaults",
    ),
    pytest.param(
        [Rule("/new/<c:x>", endpoint="a"), Rule("/old/<c:x>", endpoint="a", alias=True)],
        "/old/v",
        id="alias",
    ),
    pytest.param([Rule("/<c:x>", endpoint="a", redirect_to="to/<c:x>")], "/v", id="redirect_to"),
]


@pytest.mark.parametrize("converter", [OutOfMemory, TooDeep])
@pytest.mark.parametrize(("rules", "path"), REDIRECTING)
def test_redirect_does_not_hide_an_error_of_the_interpreter(
    rules: list[Rule], path: str, converter: type[Failing]
) -> None:
    url_map = Map([rule.empty() for rule in rules], converters={"c": converter})
    with pytest.raises(converter.error):
        url_map.bind("example.com").match(path)


@pytest.mark.parametrize(("rules", "path"), REDIRECTING[:2])
def test_redirect_whose_converter_raises_is_none(rules: list[Rule], path: str) -> None:
    url_map = Map([rule.empty() for rule in rules], converters={"c": Failing})
    assert url_map.bind("example.com").match(path)[0] == "a"


def test_redirect_to_whose_converter_raises_is_not_found() -> None:
    url_map = Map([Rule("/<c:x>", redirect_to="to/<c:x>")], converters={"c": Failing})
    with pytest.raises(NotFound):
        url_map.bind("example.com").match("/v")


@pytest.mark.parametrize("error", [MemoryError, RecursionError])
def test_alias_url_of_a_program_does_not_hide_an_error_of_the_interpreter(
    error: type[Exception],
) -> None:
    class Adapter(MapAdapter):
        def make_alias_redirect_url(self, *args: Any, **kwargs: Any) -> str:
            raise error

    url_map = Map([Rule("/new", endpoint="a"), Rule("/old", endpoint="a", alias=True)])
    with pytest.raises(error):
        Adapter(url_map, "example.com", "/", "", "http", "/", "GET").match("/old")


class Exhausting(BaseConverter):
    """The values that it makes need more memory than there is, while the method is wrong."""

    def to_python(self, value: str) -> Any:
        raise MemoryError


def test_reasons_of_a_miss_do_not_hide_an_error_of_the_interpreter() -> None:
    url_map = Map([Rule("/<c:x>", methods=["PUT"])], converters={"c": Exhausting})
    with pytest.raises(MemoryError):
        url_map.bind("example.com").match("/v")


class Tail(BaseConverter):
    """Takes a text that may begin with slashes, and writes it as it is."""

    regex = ".*"
    part_isolating = False

    def to_url(self, value: Any) -> str:
        return str(value)


@pytest.mark.parametrize("value", ["x", "/x", "//x", "/\\x"])
@pytest.mark.parametrize("script", [None, "/app", "/app/"])
@pytest.mark.parametrize("order", ["weights", "segments", "registration"])
def test_slash_of_redirect_to_leads_to_the_root(value: str, script: str | None, order: str) -> None:
    rules = [Rule("/r<tail:p>", redirect_to="/<p>", merge_slashes=False)]
    url_map = Map(rules, converters={"tail": Tail}, match_order=order)
    with pytest.raises(RequestRedirect) as caught:
        url_map.bind("example.org", script).match(f"/r{value}")
    assert caught.value.new_url == "http://example.org/x"


@pytest.mark.parametrize("routing", [werkzeug.routing, tr], ids=["werkzeug", "trieroute"])
@pytest.mark.parametrize("path", ["/old/1", "old/1", "//old/1"])
def test_own_redirect_of_an_alias_is_given_the_path_behind_the_domain(
    routing: Any, path: str
) -> None:
    given = []

    class Adapter(routing.MapAdapter):
        def make_alias_redirect_url(self, path: str, *arguments: Any) -> str:
            given.append(path)
            return "http://example.org/"

    url_map = routing.Map(
        [
            routing.Rule("/old/<x>", endpoint="e", alias=True),
            routing.Rule("/new/<x>", endpoint="e"),
        ]
    )
    adapter = url_map.bind("example.org")
    adapter.__class__ = Adapter
    assert redirect_of(adapter, path) == "http://example.org/"
    assert given == ["|/old/1"]
