"""The regex of a converter has to compile by itself, wherever its variable stands."""

from __future__ import annotations

from typing import Any

import pytest

from trieroute import BaseConverter, Map, NotFound, Rule

#: A rule whose variable x has the converter c, and the settings of the rule.
PLACES: dict[str, tuple[str, dict[str, Any]]] = {
    "segment": ("/<c:x>", {}),
    "segment with text": ("/a<c:x>b/", {}),
    "first of two in a segment": ("/<c:x>-<y>", {}),
    "last of two in a segment": ("/<y><c:x>", {}),
    "before a path": ("/<c:x>/<path:p>", {}),
    "tail": ("/<path:p>/<c:x>", {}),
    "tail with text": ("/<path:p>/a<c:x>b/<y>", {}),
    "subdomain": ("/a", {"subdomain": "<c:x>"}),
    "host": ("/a", {"host": "<c:x>.example"}),
    "host with another variable": ("/a", {"host": "<y>-<c:x>"}),
    "redirect_to": ("/<x>", {"redirect_to": "/to/<c:x>"}),
    "rule that is only built": ("/<c:x>/", {"build_only": True}),
}

FAULTY = [
    # Parentheses that match those which the rule puts around the regex.
    "a)|(b",
    "a)(?:b",
    "a)(b",
    ")(",
    "a)|(?P<n>b",
    "a#)|(b",
    "(?x:a)|b)|(c",
    # Parentheses that match nothing.
    "(a",
    "a)",
    "a(?",
    "(?:a|b",
    "(?P<n",
    # Sets that do not end, so that they take in what follows.
    "[a",
    "[^a)|(b",
    "[]",
    r"[a\]",
    "a])|([b",
    # Comments that do not end, or take in the end of a group.
    "(?#a",
    "a)|(?#b",
    "(?#a)|(b",
    "(?x:a#)|(b",
    # Escapes.
    "a\\",
    "[a\\",
    r"\Q",
    # Flags for the whole pattern, which would hold for the rest of the rule.
    "(?i)a",
    "a(?i)b",
    "a|(?i)b",
    "(?x) a # b",
    "a(?x)#)|(b",
    # References to groups of another regex.
    r"\1",
    "(?P=y)",
    "(?(1)a|b)",
    # Repetitions of nothing.
    "*a",
    "a**",
    "+",
]


def with_regex(regex: str) -> Any:
    """A maker of converters with this regex."""

    class Regex(BaseConverter):
        pass

    Regex.regex = regex
    return Regex


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("regex", FAULTY)
def test_regex_that_does_not_compile_by_itself_is_refused(regex: str, place: str) -> None:
    rule, settings = PLACES[place]
    url_map = Map(converters={"c": with_regex(regex)}, host_matching="host" in settings)
    with pytest.raises(ValueError) as caught:
        url_map.add(Rule(rule, endpoint="e", **settings))
    for named in (rule, "x", regex):
        assert repr(named) in str(caught.value)
    assert list(url_map.iter_rules()) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("(a", "b)"),
        ("a)|(", "b"),
        ("[a", "b]"),
        ("(?#a", "b)"),
        ("a\\", "b"),
        ("(a)", r"\1"),
        ("(?P<n>a)", "(?P=n)"),
    ],
)
@pytest.mark.parametrize("rule", ["/<c:x>-<d:y>", "/<path:p>/<c:x>/<d:y>"])
def test_regexes_that_compile_only_together_are_refused(first: str, second: str, rule: str) -> None:
    converters = {"c": with_regex(first), "d": with_regex(second)}
    with pytest.raises(ValueError, match=r"of variable '[xy]'"):
        Map([Rule(rule, endpoint="e")], converters=converters)


@pytest.mark.parametrize(
    ("regex", "text"),
    [
        ("[a)|(b]", ")"),
        ("[]a]", "]"),
        (r"[\]a]", "]"),
        (r"\(a", "(a"),
        (r"a\\", "a\\"),
        ("a(?#(()b", "ab"),
        ("(?x:a # (\n)b", "ab"),
        ("(?i:a)b", "Ab"),
        ("(a)|(b)", "b"),
        (r"(a)\1", "aa"),
        ("(a)?(?(1)b|c)", "ab"),
    ],
)
@pytest.mark.parametrize("rule", ["/<c:x>", "/<c:x>-", "/<path:p>/<c:x>", "/<y>.<c:x>"])
def test_regex_that_only_looks_unbalanced_is_taken(regex: str, text: str, rule: str) -> None:
    url_map = Map([Rule(rule, endpoint="e")], converters={"c": with_regex(regex)})
    path = rule.replace("<c:x>", text).replace("<path:p>", "p").replace("<y>", "y")
    assert url_map.bind("example.com").match(path)[1]["x"] == text


def test_map_goes_on_after_a_rule_whose_regex_was_refused() -> None:
    url_map = Map([Rule("/a", endpoint="a")], converters={"c": with_regex("a)|(b")})
    with pytest.raises(ValueError):
        url_map.add(Rule("/<c:x>", endpoint="e"))
    adapter = url_map.bind("example.com")
    assert adapter.match("/a") == ("a", {})
    with pytest.raises(NotFound):
        adapter.match("/b")
