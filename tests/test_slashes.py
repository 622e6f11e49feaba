"""Slashes: missing, too many, doubled, leading."""

from __future__ import annotations

from urllib.parse import quote

import pytest

import trieroute as tr
from outcomes import redirect_of, valid_methods_of
from trieroute import Map, NotFound, Rule

HOST = "http://example.com"


@pytest.mark.parametrize(
    ("rule", "path", "target"),
    [
        ("/a/", "/a", "/a/"),
        ("/a/b/", "/a/b", "/a/b/"),
        ("/<x>/", "/b", "/b/"),
        ("/a/<int:x>/", "/a/1", "/a/1/"),
        ("/<path:p>/", "/a/b", "/a/b/"),
        ("/<path:p>/edit/", "/a/b/edit", "/a/b/edit/"),
        ("/<x>.json/", "/b.json", "/b.json/"),
        ("/caf\xe9/", "/caf\xe9", "/caf%C3%A9/"),
        ("/<x>/", "/a b", "/a%20b/"),
        ("/<x>/", "/a?b", "/a%3Fb/"),
        ("/<x>/", "/a%2F", "/a%252F/"),
        ("/<x>/", "/!$&'()*+,:;=@", "/!$&'()*+,:;=@/"),
        ("/", "", "/"),
    ],
)
def test_missing_slash_of_a_branch_redirects(rule: str, path: str, target: str) -> None:
    adapter = Map([Rule(rule)]).bind("example.com")
    assert redirect_of(adapter, path) == HOST + target


@pytest.mark.parametrize(
    ("rule", "path", "values"),
    [
        ("/a/", "/a", {}),
        ("/<x>/", "/b", {"x": "b"}),
        ("/<path:p>/", "/a/b", {"p": "a/b"}),
        ("/<path:p>/edit/", "/a/edit", {"p": "a"}),
        ("/", "", {}),
        # and a slash too many of a leaf
        ("/a", "/a/", {}),
        ("/<x>", "/b/", {"x": "b"}),
        ("/<int:x>/c", "/1/c/", {"x": 1}),
    ],
)
def test_slash_does_not_matter_without_strict_slashes(
    rule: str, path: str, values: dict[str, object]
) -> None:
    adapter = Map([Rule(rule, endpoint="e")], strict_slashes=False).bind("example.com")
    assert adapter.match(path) == ("e", values)


@pytest.mark.parametrize(
    ("rule", "path"), [("/a", "/a/"), ("/<x>", "/b/"), ("/<int:x>/c", "/1/c/"), ("/a/b", "/a/b/")]
)
def test_leaf_refuses_a_slash_too_many(rule: str, path: str) -> None:
    with pytest.raises(NotFound):
        Map([Rule(rule)]).bind("example.com").match(path)


def test_leaf_tolerates_one_slash_only() -> None:
    url_map = Map([Rule("/a")], strict_slashes=False, merge_slashes=False)
    with pytest.raises(NotFound):
        url_map.bind("example.com").match("/a//")


def test_path_at_the_end_takes_the_slash_itself() -> None:
    for strict_slashes in (True, False):
        url_map = Map([Rule("/<path:p>", endpoint="e")], strict_slashes=strict_slashes)
        assert url_map.bind("example.com").match("/a/") == ("e", {"p": "a/"})


def test_rule_overrides_strict_slashes_of_the_map() -> None:
    rules = [Rule("/a/", endpoint="a", strict_slashes=False), Rule("/b/", endpoint="b")]
    adapter = Map(rules).bind("example.com")
    assert adapter.match("/a") == ("a", {})
    assert redirect_of(adapter, "/b") == f"{HOST}/b/"


def test_rule_may_be_strict_in_a_map_that_is_not() -> None:
    rules = [Rule("/a/", strict_slashes=True), Rule("/b", strict_slashes=True)]
    adapter = Map(rules, strict_slashes=False).bind("example.com")
    assert redirect_of(adapter, "/a") == f"{HOST}/a/"
    assert not adapter.test("/b/")


def test_missing_slash_wins_over_a_less_specific_rule() -> None:
    adapter = Map([Rule("/a/"), Rule("/<x>")]).bind("example.com")
    assert redirect_of(adapter, "/a") == f"{HOST}/a/"


def test_exact_leaf_wins_over_the_branch_whose_slash_is_missing() -> None:
    adapter = Map([Rule("/a/", endpoint=1), Rule("/a", endpoint=2)]).bind("example.com")
    assert adapter.match("/a") == (2, {})
    assert adapter.match("/a/") == (1, {})


def test_missing_slash_for_another_method_is_no_match() -> None:
    adapter = Map([Rule("/a/", methods=["GET"])]).bind("example.com")
    with pytest.raises(NotFound):
        adapter.match("/a", "POST")
    assert redirect_of(adapter, "/a", "GET") == f"{HOST}/a/"


def test_tolerated_slash_for_another_method_is_a_405() -> None:
    adapter = Map([Rule("/a", methods=["POST"])], strict_slashes=False).bind("example.com")
    assert valid_methods_of(adapter, "/a/", "GET") == ["POST"]


def test_rule_whose_converter_refuses_causes_no_slash_redirect() -> None:
    adapter = Map([Rule("/x/<int(max=5):n>/")]).bind("example.com")
    assert redirect_of(adapter, "/x/5") == f"{HOST}/x/5/"
    with pytest.raises(NotFound):
        adapter.match("/x/9")


def test_empty_last_variable_ends_with_the_slash() -> None:
    adapter = Map([Rule("/a/<string(minlength=0):x>", endpoint="e")]).bind("example.com")
    assert adapter.match("/a/") == ("e", {"x": ""})
    assert not adapter.test("/a")


# Merging


@pytest.mark.parametrize(
    ("rule", "path", "target"),
    [
        ("/a/b", "/a//b", "/a/b"),
        ("/a/b", "/a////b", "/a/b"),
        ("/a/b/", "/a//b//", "/a/b/"),
        ("/a/b/", "/a/b//", "/a/b/"),
        ("/a/b/", "/a//b", "/a/b/"),
        ("/a//b", "/a//b", "/a/b"),
        ("/<x>/b", "/a//b", "/a/b"),
        ("/<x>/<y>", "/a//b", "/a/b"),
        ("/caf\xe9/b", "/caf\xe9//b", "/caf%C3%A9/b"),
        # the value of a path variable keeps its slashes
        ("/x/<path:p>", "/x//a//b", "/x/a//b"),
        ("/x/<path:p>", "/x//a", "/x/a"),
        ("/x/<path:p>", "/x///a//", "/x/a//"),
        ("/x/<path:p>/edit", "/x//a//b//edit", "/x/a//b/edit"),
        ("/x/<path:p>/edit", "/x//a//b/edit", "/x/a//b/edit"),
        ("/x/<path:p>/", "/x/a//b//", "/x/a//b/"),
        ("/x/<path:p>/", "/x//a//b", "/x/a//b/"),
        ("/x/<path:p>/c/<path:q>", "/x//a//c//d//e", "/x/a/c/d//e"),
        ("/<x>/<path:p>", "/a///b//c", "/a/b//c"),
        ("/x/<path:p>-<int:n>/e", "/x//a//b-1//e", "/x/a//b-1/e"),
    ],
)
def test_doubled_slashes_of_the_rule_redirect(rule: str, path: str, target: str) -> None:
    adapter = Map([Rule(rule)]).bind("example.com")
    assert redirect_of(adapter, path) == HOST + target


def test_empty_value_keeps_its_slashes_in_the_rule_that_comes_first() -> None:
    rules = [Rule("/<path:id>/<letters:lang>/b/"), Rule("/a/<path:x>/<letters:lang>/b/")]
    adapter = Map(rules, converters=LETTERS).bind("example.com")
    assert redirect_of(adapter, "/a///a////b//") == f"{HOST}/a/a//b/"


def test_empty_value_keeps_its_slashes_where_the_rule_has_doubled_ones() -> None:
    adapter = Map([Rule("/<path:v>/a/<string(minlength=0):w>//a")]).bind("example.com")
    assert redirect_of(adapter, "/a/a///a") == f"{HOST}/a/a//a"


def test_empty_value_keeps_its_slashes_beside_defaults_and_a_domain() -> None:
    rule = Rule(
        "/z/<path:p>/<letters:q>/b", subdomain="<letters:d>", defaults={"page": 1}, endpoint="e"
    )
    adapter = Map([rule], converters=LETTERS).bind("example.com", subdomain="")
    assert redirect_of(adapter, "/z//x//b") == f"{HOST}/z/x//b"
    assert adapter.match("/z/x//b") == ("e", {"d": "", "p": "x", "q": "", "page": 1})


def test_empty_value_before_the_last_slash_of_a_tail_is_no_match() -> None:
    rule = Rule("/z/<tail_letters:p>/<letters:q>/")
    adapter = Map([rule], converters=LETTERS).bind("example.com")
    for path in ("/z///", "/z////", "/z/////", "/z/a//"):
        assert not adapter.test(path)


def test_leading_slashes_part_no_empty_value() -> None:
    adapter = Map([Rule("/<tail_letters:p>/b")], converters=LETTERS).bind("example.com")
    assert not adapter.test("//b")
    assert redirect_of(adapter, "//a//b") == f"{HOST}/a/b"


@pytest.mark.parametrize(
    ("rule", "path", "values"),
    [
        ("/<path:p>", "/a//b", {"p": "a//b"}),
        ("/<path:p>", "/a//", {"p": "a//"}),
        ("/x/<path:p>", "/x/a//b", {"p": "a//b"}),
        ("/x/<path:p>/edit", "/x/a//b/edit", {"p": "a//b"}),
        ("/x/<path:p>/edit", "/x/a//edit", {"p": "a/"}),
        ("/x/<path:p>/", "/x/a//b/", {"p": "a//b"}),
        ("/<path:p>/<path:q>", "/a//b", {"p": "a/", "q": "b"}),
        ("/a/<string(minlength=0):x>/b", "/a//b", {"x": ""}),
    ],
)
def test_doubled_slashes_in_a_value_are_the_values_own(
    rule: str, path: str, values: dict[str, str]
) -> None:
    adapter = Map([Rule(rule, endpoint="e")]).bind("example.com")
    assert adapter.match(path) == ("e", values)


class LettersConverter(tr.BaseConverter):
    """A value that may be empty."""

    regex = "[a-z]*"


class TailLettersConverter(LettersConverter):
    """The same at the beginning of a tail."""

    part_isolating = False


class TailAnyConverter(tr.AnyConverter):
    part_isolating = False


LETTERS = {
    "letters": LettersConverter,
    "tail_letters": TailLettersConverter,
    "tail_any": TailAnyConverter,
}


@pytest.mark.parametrize("text", ["x", "\xe9", "\u20ac", "\U0001f600"])
@pytest.mark.parametrize(
    ("rule", "path", "target"),
    [
        ("/z/<path:n>/<letters:p>/b", "/z//{}//b", "/z/{}//b"),
        ("/z/<path:n>/<letters:p>/b", "/z//{}////b", "/z/{}//b"),
        ("/z/<path:n>/<letters:p>/b/", "/z//{}//b", "/z/{}//b/"),
        ("/z/<path:n>/<letters:p>/b/", "/z//{}//b///", "/z/{}//b/"),
        ("/z/<path:n>/<string(minlength=0):p>/b", "/z//{}//b", "/z/{}//b"),
        ('/z/<path:n>/<any("", a):p>/b', "/z//{}//b", "/z/{}//b"),
        ('/z/<path:n>/<any("", a):p>/b', "/z//{}//a//b", "/z/{}/a/b"),
        ("/z/<path:n>/<letters:p><letters:q>/b", "/z//{}//b", "/z/{}//b"),
        ("/z/<path:n>/<letters:p>/<letters:q>/b", "/z//{}///b", "/z/{}///b"),
        ("/z/<path:n>/<letters:p>/<letters:q>/b", "/z//{}//a/b", "/z/{}//a/b"),
        ("/z/<path:n>/<letters:p>/<letters:q>/b", "/z//{}//a//b", "/z/{}/a//b"),
        # next to a text, nothing empty stands between two slashes
        ("/z/<path:n>/a<letters:p>/b", "/z//{}//a//b", "/z/{}/a/b"),
        # at the end of a tail
        ("/z/<path:n>/<letters:p>", "/z//{}//", "/z/{}/"),
        ("/z/<path:n>/y/<letters:p>", "/z//{}//y///", "/z/{}/y/"),
        # at the beginning of a tail
        ("/z/<tail_letters:p>/{}", "/z///{}", "/z//{}"),
        ("/z/<tail_letters:p>/{}", "//z////{}", "/z//{}"),
        ("/z/<tail_letters:p>/<letters:q>/{}", "/z/////{}", "/z///{}"),
        ("/z/<tail_letters:p>/<letters:q>/{}", "/z///a/{}", "/z//a/{}"),
        # a value that begins with a slash
        ('/z/<tail_any("/a"):o>/{}', "/z//a//{}", "/z//a/{}"),
    ],
)
def test_empty_value_in_a_tail_keeps_its_slashes(
    rule: str, path: str, target: str, text: str
) -> None:
    adapter = Map([Rule(rule.format(text), endpoint="e")], converters=LETTERS).bind("example.com")
    assert redirect_of(adapter, path.format(text)) == HOST + quote(target.format(text))
    assert adapter.match(target.format(text))[0] == "e"


def test_merged_redirect_leads_to_a_match() -> None:
    adapter = Map([Rule("/x/<path:p>/edit", endpoint="e")]).bind("example.com")
    target = redirect_of(adapter, "/x//a//b///edit")
    assert adapter.match(target.removeprefix(HOST)) == ("e", {"p": "a//b"})


def test_converter_sees_the_value_unmerged() -> None:
    class SingleSlashesConverter(tr.PathConverter):
        def to_python(self, value: str) -> str:
            if "//" in value:
                raise tr.ValidationError
            return value

    url_map = Map([Rule("/x/<single:p>")], converters={"single": SingleSlashesConverter})
    adapter = url_map.bind("example.com")
    assert redirect_of(adapter, "/x//a/b") == f"{HOST}/x/a/b"
    with pytest.raises(NotFound):
        adapter.match("/x//a//b")


def test_regex_must_match_the_value_unmerged() -> None:
    class ListedConverter(tr.BaseConverter):
        regex = "a(?:/a)*"

    url_map = Map([Rule("/x/<listed:p>")], converters={"listed": ListedConverter})
    adapter = url_map.bind("example.com")
    assert redirect_of(adapter, "/x//a/a") == f"{HOST}/x/a/a"
    assert not adapter.test("/x//a//a")


@pytest.mark.parametrize(
    ("rule", "path", "target"),
    [
        ("/<any_text:x>/x/<y>", "/q///x//b", "/q///x/b"),
        ("/<any_text:x>/x/<y>", "/\xe9///x//b", "/%C3%A9///x/b"),
        ("/<any_text:x>/<y>", "/a//b//c", None),
        ("/x/<any_text:x>", "/x//a//b", None),
    ],
)
def test_value_that_may_end_with_slashes_takes_as_many_as_its_regex_does(
    rule: str, path: str, target: str | None
) -> None:
    class AnyTextConverter(tr.BaseConverter):
        regex = ".+"
        part_isolating = False

    url_map = Map([Rule(rule)], converters={"any_text": AnyTextConverter})
    adapter = url_map.bind("example.com")
    if target is None:
        adapter.match(path)
    else:
        assert redirect_of(adapter, path) == HOST + target


def test_merging_may_be_off_for_the_map() -> None:
    adapter = Map([Rule("/a/b"), Rule("/c//d", endpoint="e")], merge_slashes=False).bind("h")
    with pytest.raises(NotFound):
        adapter.match("/a//b")
    assert adapter.match("/c//d") == ("e", {})
    assert not adapter.test("/c/d")


def test_merging_may_be_switched_off_later() -> None:
    url_map = Map([Rule("/a/b")])
    adapter = url_map.bind("example.com")
    assert redirect_of(adapter, "/a//b") == f"{HOST}/a/b"
    url_map.merge_slashes = False
    assert not adapter.test("/a//b")


def test_merging_may_be_off_for_a_rule() -> None:
    rules = [Rule("/a//b", endpoint=1, merge_slashes=False), Rule("/c/d", endpoint=2)]
    adapter = Map(rules).bind("example.com")
    assert adapter.match("/a//b") == (1, {})
    assert not adapter.test("/a/b")
    assert not adapter.test("/a///b")
    assert redirect_of(adapter, "/c//d") == "http://example.com/c/d"


def test_rule_without_merging_is_passed_over_when_slashes_are_merged() -> None:
    rules = [Rule("/a/b", merge_slashes=False), Rule("/<x>/b")]
    assert redirect_of(Map(rules).bind("example.com"), "/a//b") == f"{HOST}/a/b"


def test_rule_without_merging_adds_no_methods_when_slashes_are_merged() -> None:
    adapter = Map([Rule("/a/b", merge_slashes=False, methods=["POST"])]).bind("example.com")
    with pytest.raises(NotFound):
        adapter.match("/a//b", "GET")


def test_rule_with_merging_adds_its_methods_when_slashes_are_merged() -> None:
    adapter = Map([Rule("/a/b", methods=["POST"])]).bind("example.com")
    assert valid_methods_of(adapter, "/a//b", "GET") == ["POST"]


def test_path_as_it_stands_is_tried_with_all_rules_first() -> None:
    adapter = Map([Rule("/a/b"), Rule("/<path:p>", endpoint="e")]).bind("example.com")
    assert adapter.match("/a//b") == ("e", {"p": "a//b"})


def test_merged_and_tolerated_slash_redirects_to_the_path_with_its_slash() -> None:
    adapter = Map([Rule("/a/b")], strict_slashes=False).bind("example.com")
    assert redirect_of(adapter, "/a//b/") == f"{HOST}/a/b/"


def test_merged_path_of_a_branch_that_is_not_strict_gets_no_slash() -> None:
    adapter = Map([Rule("/a/b/")], strict_slashes=False).bind("example.com")
    assert redirect_of(adapter, "/a//b") == f"{HOST}/a/b"


def test_rule_whose_converter_refuses_causes_no_merged_redirect() -> None:
    adapter = Map([Rule("/x/<int(max=5):n>")]).bind("example.com")
    assert redirect_of(adapter, "/x//5") == f"{HOST}/x/5"
    with pytest.raises(NotFound):
        adapter.match("/x//9")


# Leading slashes


@pytest.mark.parametrize("path", ["a", "/a", "//a", "/////a"])
def test_leading_slashes_count_as_one(path: str) -> None:
    adapter = Map([Rule("/a", endpoint="e")]).bind("example.com")
    assert adapter.match(path) == ("e", {})


@pytest.mark.parametrize("path", ["/", "//", "///"])
def test_slashes_alone_are_the_root(path: str) -> None:
    adapter = Map([Rule("/", endpoint="e")]).bind("example.com")
    assert adapter.match(path) == ("e", {})


def test_path_without_a_text_is_not_found_where_there_is_no_root() -> None:
    with pytest.raises(NotFound):
        Map([Rule("/a")]).bind("example.com").match("")


def test_leading_slashes_are_no_part_of_a_path_variable() -> None:
    adapter = Map([Rule("/<path:p>", endpoint="e")]).bind("example.com")
    assert adapter.match("//a") == ("e", {"p": "a"})


def test_bound_path_is_taken_where_match_gets_none() -> None:
    adapter = Map([Rule("/a", endpoint="e")]).bind("example.com", path_info="/a")
    assert adapter.match() == ("e", {})


def test_none_set_on_a_bound_rule_stands_for_the_setting_of_the_map() -> None:
    rule = Rule("/a/", endpoint="e", strict_slashes=False)
    adapter = Map([rule]).bind("example.com")
    assert adapter.match("/a") == ("e", {})
    rule.strict_slashes = None
    assert redirect_of(adapter, "/a") == "http://example.com/a/"
