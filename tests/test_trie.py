"""What the compiled form of a map must get right, whatever its size and the width of its texts."""

from __future__ import annotations

import pytest

from trieroute import Map, NotFound, Rule


@pytest.mark.parametrize("count", [1, 4, 5, 8, 9, 100, 1000])
def test_each_of_many_static_segments_is_found(count: int) -> None:
    names = [f"segment{number}" for number in range(count)]
    adapter = Map([Rule(f"/{name}/x", endpoint=name) for name in names]).bind("example.com")
    assert [adapter.match(f"/{name}/x")[0] for name in names] == names
    with pytest.raises(NotFound):
        adapter.match(f"/segment{count}/x")


@pytest.mark.parametrize("length", range(1, 40))
def test_static_segments_that_differ_in_one_character_are_told_apart(length: int) -> None:
    texts = ["a" * at + "b" + "a" * (length - at - 1) for at in range(length)]
    adapter = Map([Rule(f"/{text}", endpoint=text) for text in texts]).bind("example.com")
    assert [adapter.match(f"/{text}")[0] for text in texts] == texts
    for text in ("a" * length, "b" + "a" * length, "b" * (length + 1)):
        with pytest.raises(NotFound):
            adapter.match(f"/{text}")


# Pairs whose code points have the same low bytes.
ALIKE = [("\x01bc", "\u0101bc"), ("\u0161", "\U00010061"), ("ab", "\u0161\u0162"), ("é", "\u01e9")]


@pytest.mark.parametrize(("first", "second"), ALIKE)
@pytest.mark.parametrize("padding", ["", "-" * 6, "-" * 20])
def test_segments_with_the_same_low_bytes_are_told_apart(
    first: str, second: str, padding: str
) -> None:
    first, second = first + padding, second + padding
    only_first = Map([Rule(f"/{first}", endpoint="first")]).bind("example.com")
    assert only_first.match(f"/{first}") == ("first", {})
    with pytest.raises(NotFound):
        only_first.match(f"/{second}")
    only_second = Map([Rule(f"/{second}", endpoint="second")]).bind("example.com")
    assert only_second.match(f"/{second}") == ("second", {})
    with pytest.raises(NotFound):
        only_second.match(f"/{first}")


@pytest.mark.parametrize("wide", ["\u0142", "\u4e16", "\U0001f600"])
def test_narrow_segments_match_in_wide_paths(wide: str) -> None:
    adapter = Map(
        [Rule(f"/static{number}/<int:n>/<x>", endpoint=number) for number in range(20)]
    ).bind("example.com")
    assert adapter.match(f"/static7/12/{wide}") == (7, {"n": 12, "x": wide})
    assert adapter.match(f"/static19/34/{wide}{wide}") == (19, {"n": 34, "x": wide + wide})


def test_rule_with_more_segments_than_fit_on_the_stack() -> None:
    names = [f"v{number}" for number in range(60)]
    rule = "".join(f"/s{number}/<{name}>" for number, name in enumerate(names))
    adapter = Map([Rule(rule, endpoint="deep"), Rule("/s0/x", endpoint="shallow")]).bind("a.test")
    path = "".join(f"/s{number}/{number}" for number in range(60))
    assert adapter.match(path) == ("deep", {name: str(n) for n, name in enumerate(names)})
    with pytest.raises(NotFound):
        adapter.match(path + "/x")
    with pytest.raises(NotFound):
        adapter.match(path[: path.rindex("/")])


def test_segment_with_more_variables_than_fit_on_the_stack() -> None:
    names = [f"v{number}" for number in range(40)]
    rule = "/" + "-".join(f"<int(max=50):{name}>" for name in names)
    adapter = Map([Rule(rule, endpoint="wide")]).bind("example.com")
    path = "/" + "-".join(str(number) for number in range(40))
    assert adapter.match(path) == ("wide", {name: n for n, name in enumerate(names)})
    with pytest.raises(NotFound):
        adapter.match(path[:-2] + "51")


def test_every_subset_of_static_and_variable_segments_finds_its_rule() -> None:
    rules = []
    for choice in range(2**8):
        segments = ["a" if choice >> bit & 1 else f"<v{bit}>" for bit in range(8)]
        rules.append(Rule("/" + "/".join(segments), endpoint=choice))
    adapter = Map(rules).bind("example.com")
    for choice in range(2**8):
        path = "/" + "/".join("a" if choice >> bit & 1 else "b" for bit in range(8))
        assert adapter.match(path)[0] == choice
    with pytest.raises(NotFound):
        adapter.match("/a/a/a/a/a/a/a")


def test_a_trie_goes_on_with_what_it_was_made_of() -> None:
    url_map = Map([Rule("/a/<x>", endpoint="a")])
    url_map.update()
    before = url_map._state.trie
    url_map.add(Rule("/b", endpoint="b"))
    adapter = url_map.bind("example.com")
    assert adapter.match("/b") == ("b", {})
    assert url_map._state.trie is not before
    assert [target.rule.rule for target in before.targets] == ["/a/<x>"]
