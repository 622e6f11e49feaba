"""Converters of a program's own, in a path and in a segment."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any, ClassVar
from unittest import mock

import flask
import pytest
import werkzeug.routing
from markupsafe import Markup
from werkzeug.exceptions import HTTPException
from werkzeug.routing.exceptions import NoMatch, RequestAliasRedirect, RequestPath

import trieroute as tr
import trieroute.flask
from outcomes import matched, redirect_of
from trieroute import BaseConverter, Map, Rule


@pytest.mark.parametrize("base", [tr.BaseConverter, werkzeug.routing.BaseConverter])
def test_own_converter(base: Any) -> None:
    class ListConverter(base):
        regex = r"\w+(?:,\w+)*"

        def to_python(self, value: str) -> list[str]:
            return value.split(",")

        def to_url(self, value: list[str]) -> str:
            return ",".join(super(ListConverter, self).to_url(item) for item in value)

    assert matched("/<list:x>", "/a,b", list=ListConverter) == {"x": ["a", "b"]}
    assert matched("/<list:x>", "/a,", list=ListConverter) is None


@pytest.mark.parametrize("module", [tr, werkzeug.routing])
def test_subclasses_of_the_built_in_converters(module: Any) -> None:
    class HexConverter(module.BaseConverter):
        regex = "[0-9a-f]+"

        def to_python(self, value: str) -> int:
            return int(value, 16)

    class EvenConverter(module.IntegerConverter):
        def to_python(self, value: str) -> int:
            number = super().to_python(value)
            if number % 2:
                raise module.ValidationError
            return number

    class UpperConverter(module.UnicodeConverter):
        def to_python(self, value: str) -> str:
            return value.upper()

    class LowPathConverter(module.PathConverter):
        weight = 20

    converters = {
        "hex": HexConverter,
        "even": EvenConverter,
        "upper": UpperConverter,
        "low": LowPathConverter,
    }
    assert matched("/<hex:x>", "/ff", **converters) == {"x": 255}
    assert matched("/<even(max=4):x>", "/4", **converters) == {"x": 4}
    assert matched("/<even(max=4):x>", "/3", **converters) is None
    assert matched("/<even(max=4):x>", "/6", **converters) is None
    assert matched("/<upper(length=2):x>", "/ab", **converters) == {"x": "AB"}
    assert matched("/<upper(length=2):x>", "/a", **converters) is None
    assert matched("/<low:x>", "/a/b", **converters) == {"x": "a/b"}


def test_number_converter_with_another_conversion() -> None:
    class StrangeConverter(tr.NumberConverter):
        regex = r"\d+"
        num_convert = staticmethod(lambda text: int(text) * 2)

    assert matched("/<n:x>", "/4", n=StrangeConverter) == {"x": 8}
    assert matched("/<n(max=6):x>", "/4", n=StrangeConverter) is None


def test_to_python_of_an_instance_is_called() -> None:
    class CountingConverter(tr.IntegerConverter):
        def __init__(self, map: Map) -> None:
            super().__init__(map)
            self.to_python = lambda value: f"<{value}>"  # type: ignore[method-assign]

    assert matched("/<n:x>", "/4", n=CountingConverter) == {"x": "<4>"}


def test_regex_of_an_instance_counts() -> None:
    class ChoiceConverter(tr.BaseConverter):
        def __init__(self, map: Map, regex: str) -> None:
            super().__init__(map)
            self.regex = regex

    assert matched('/<c("[ab]{2}"):x>', "/ab", c=ChoiceConverter) == {"x": "ab"}
    assert matched('/<c("[ab]{2}"):x>', "/ac", c=ChoiceConverter) is None


def test_regex_may_be_a_property() -> None:
    class PropertyConverter(tr.BaseConverter):
        part_isolating = True

        @property
        def regex(self) -> str:  # type: ignore[override]
            return "[ab]"

    assert matched("/<c:x>", "/b", c=PropertyConverter) == {"x": "b"}
    assert matched("/<c:x>", "/c", c=PropertyConverter) is None


def test_converter_needs_no_base_class() -> None:
    class Plain:
        regex = "[ab]"
        weight = 100
        part_isolating = True

        def __init__(self, map: Map) -> None:
            pass

        def to_python(self, value: str) -> str:
            return value * 2

    assert matched("/<c:x>", "/b", c=Plain) == {"x": "bb"}


def test_converter_may_be_a_function() -> None:
    def even(map: Map, **kwargs: Any) -> Any:
        return tr.IntegerConverter(map, fixed_digits=2)

    assert matched("/<c:x>", "/12", c=even) == {"x": 12}


def test_built_in_converter_may_be_replaced() -> None:
    class DashedConverter(tr.BaseConverter):
        regex = "[a-z-]+"

    assert matched("/<string:x>", "/a-b", string=DashedConverter) == {"x": "a-b"}
    assert matched("/<string:x>", "/1", string=DashedConverter) is None
    assert matched("/<x>", "/1", string=DashedConverter) == {"x": "1"}


# pallets/werkzeug#2481, pallets/werkzeug#2519
@pytest.mark.parametrize(
    ("regex", "rule", "path", "values"),
    [
        ("(a|b)", "/<c:x>", "/a", {"x": "a"}),
        ("(a|b)", "/<c:x>/<y>", "/a/c", {"x": "a", "y": "c"}),
        ("(a|b)", "/<y>/<c:x>", "/c/b", {"y": "c", "x": "b"}),
        ("(a|b)", "/<c:x>-<c:y>", "/a-b", {"x": "a", "y": "b"}),
        ("(a|b)(1|2)?", "/<c:x><c:y>", "/a1b", {"x": "a1", "y": "b"}),
        ("(a|b)", "/<c:x>/", "/a/", {"x": "a"}),
        ("((a)|(b))+", "/<path:p>/<c:x>/", "/c/ab/", {"p": "c", "x": "ab"}),
        ("(?P<name>a|b)", "/<c:x>-<c:y>", "/a-b", {"x": "a", "y": "b"}),
        ("(?P<x>a|b)", "/<c:x>", "/a", {"x": "a"}),
        (r"(a|b)\1", "/<c:x>", "/aa", {"x": "aa"}),
        (r"(a|b)\1", "/<c:x>-<c:y>", "/aa-bb", {"x": "aa", "y": "bb"}),
        (r"(a|b)\1", "/<c:x>-<c:y>", "/aa-ab", None),
        (r"(?P<l>a|b)(?P=l)", "/<c:x><c:y>", "/aabb", {"x": "aa", "y": "bb"}),
        ("(a)?(?(1)b|c)", "/<c:x>-<c:y>", "/ab-c", {"x": "ab", "y": "c"}),
        ("(a)?(?(1)b|c)", "/<c:x>-<c:y>", "/ab-b", None),
        (r"[(](a)\1[)\]]", "/<y>.<c:x>", "/b.(aa)", {"y": "b", "x": "(aa)"}),
        (r"\((a)\1", "/<y>.<c:x>", "/b.(aa", {"y": "b", "x": "(aa"}),
        ("(?:a|b)", "/<c:x>", "/b", {"x": "b"}),
        ("a|bc", "/<c:x>", "/bc", {"x": "bc"}),
        ("a|bc", "/<c:x>d", "/bcd", {"x": "bc"}),
        ("a|bc", "/1<c:x>", "/1a", {"x": "a"}),
        ("(?i:a)", "/<c:x>", "/A", {"x": "A"}),
        ("(?=ab).b", "/<c:x>", "/ab", {"x": "ab"}),
        ("a(?!c).", "/<c:x>", "/ac", None),
        (r"\bab\b", "/<c:x>", "/ab", {"x": "ab"}),
        (r"a\b", "/<c:x>.<y>", "/a.b", {"x": "a", "y": "b"}),
        ("^a$", "/<c:x>", "/a", {"x": "a"}),
        (r"a\Z", "/<y>/<c:x>", "/b/a", {"y": "b", "x": "a"}),
        ("a$", "/<c:x>", "/a\n", None),
        ("a?", "/<c:x>", "/", {"x": ""}),
        (".+", "/<c:x>", "/a", {"x": "a"}),
        (".+", "/<c:x>", "/a/b", None),
        ("a{2,3}", "/<c:x>", "/aaa", {"x": "aaa"}),
        ("(?!)", "/<c:x>", "/a", None),
        (r"[^\W\d_]+", "/<c:x>", "/\xe9\u4f60", {"x": "\xe9\u4f60"}),
    ],
)
def test_own_regex(regex: str, rule: str, path: str, values: dict[str, str] | None) -> None:
    class CustomConverter(tr.BaseConverter):
        part_isolating = True

    CustomConverter.regex = regex
    assert matched(rule, path, c=CustomConverter) == values


# pallets/werkzeug#2519
def test_capture_group_in_a_rule_whose_slash_is_missing() -> None:
    class LettersConverter(tr.BaseConverter):
        regex = "((a)|(b))"

    rules = [Rule("/<l:x>/"), Rule("/<path:p>/<l:y>/")]
    adapter = Map(rules, converters={"l": LettersConverter}).bind("example.com")
    assert redirect_of(adapter, "/a") == "http://example.com/a/"
    assert redirect_of(adapter, "/c/d/b") == "http://example.com/c/d/b/"


@pytest.mark.parametrize("base", [tr.BaseConverter, werkzeug.routing.BaseConverter])
@pytest.mark.parametrize(
    ("regex", "isolating"), [("[ab]+", True), ("[ab/]+", False), ("[^/]+", False), ("a/b", False)]
)
def test_regex_with_a_slash_is_not_part_isolating(base: Any, regex: str, isolating: bool) -> None:
    converter = type("Custom", (base,), {"regex": regex})
    assert converter.part_isolating is isolating


def test_part_isolating_that_is_set_counts() -> None:
    class IsolatingConverter(tr.BaseConverter):
        regex = "[^/]+"
        part_isolating = True

    class CrossingConverter(tr.BaseConverter):
        regex = "[a-z]+.[a-z]+"
        part_isolating = False

    assert IsolatingConverter.part_isolating is True
    assert matched("/<c:x>", "/a/b", c=CrossingConverter) == {"x": "a/b"}


def test_inherited_regex_does_not_change_part_isolating() -> None:
    class ChildConverter(tr.BaseConverter):
        pass

    class PathChildConverter(tr.PathConverter):
        pass

    assert ChildConverter.part_isolating is True
    assert PathChildConverter.part_isolating is False


@pytest.mark.parametrize(
    ("regex", "rule", "path", "values"),
    [
        ("[a/]+", "/<c:x>", "/a/a", {"x": "a/a"}),
        ("[a/]+", "/<c:x>", "/a/a/", {"x": "a/a/"}),
        ("[a/]+", "/<c:x>/b", "/a/a/b", {"x": "a/a"}),
        ("[a/]+", "/b<c:x>", "/b/a", {"x": "/a"}),
        ("a(?:/a)*", "/<c:x>/<y>", "/a/a/b", {"x": "a/a", "y": "b"}),
        ("[^/]+", "/<c:x>/b", "/a/b", {"x": "a"}),
        ("[^/]+", "/<c:x>/b", "/a/c/b", None),
        ("[^/]+", "/<c:x>/<c:y>", "/a/b", {"x": "a", "y": "b"}),
        ("(a|b)/(c)", "/<c:x>/<y>", "/a/c/d", {"x": "a/c", "y": "d"}),
        ("(?s:.+)", "/<c:x>/b", "/a\n/b", {"x": "a\n"}),
        (r"(a|b)/\1", "/<c:x>", "/a/a", {"x": "a/a"}),
    ],
)
def test_own_regex_over_slashes(
    regex: str, rule: str, path: str, values: dict[str, str] | None
) -> None:
    class CustomConverter(tr.BaseConverter):
        part_isolating = False

    CustomConverter.regex = regex
    assert matched(rule, path, c=CustomConverter) == values


@pytest.mark.usefixtures("equal_rules")
def test_own_path_converter_may_refuse() -> None:
    class DeepConverter(tr.PathConverter):
        def to_python(self, value: str) -> list[str]:
            if "/" not in value:
                raise tr.ValidationError
            return value.split("/")

    adapter = Map(
        [Rule("/<deep:p>", endpoint=1), Rule("/<path:p>", endpoint=2)],
        converters={"deep": DeepConverter},
    ).bind("example.com")
    assert adapter.match("/a/b") == (1, {"p": ["a", "b"]})
    assert adapter.match("/a") == (2, {"p": "a"})


def test_error_of_a_converter_that_is_no_refusal_reaches_the_caller() -> None:
    class BrokenConverter(tr.BaseConverter):
        def to_python(self, value: str) -> str:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        matched("/<c:x>", "/a", c=BrokenConverter)


def test_converters_of_a_rule_that_does_not_win_are_not_asked() -> None:
    class BrokenConverter(tr.BaseConverter):
        def to_python(self, value: str) -> str:
            raise ZeroDivisionError

    rules = [Rule("/a", endpoint="e"), Rule("/<c:x>")]
    adapter = Map(rules, converters={"c": BrokenConverter}).bind("example.com")
    assert adapter.match("/a") == ("e", {})


def test_converter_gets_the_map_and_its_arguments() -> None:
    class MapConverter(tr.BaseConverter):
        def __init__(self, map: Map, *items: str, flag: bool = False) -> None:
            super().__init__(map)
            self.regex = "|".join(items) if flag else "never"

    rule = Rule('/<c(a, "b c", flag=True):x>')
    url_map = Map([rule], converters={"c": MapConverter})
    assert rule._converters["x"].map is url_map
    assert url_map.bind("example.com").match("/b c")[1] == {"x": "b c"}


def test_regex_that_changes_while_it_is_read() -> None:
    class ChangingConverter(tr.FloatConverter):
        part_isolating = True
        reads = 0

        @property
        def regex(self) -> str:  # type: ignore[override]
            type(self).reads += 1
            return r"\d+" if self.reads <= 3 else r"\d+\.\d+"

    assert matched("/<x:v>", "/12345678", x=ChangingConverter) == {"v": 12345678.0}


@pytest.mark.parametrize("answers", [[False, True], [True, False], [False, True, False]])
def test_part_isolating_that_changes_while_it_is_read(answers: list[bool]) -> None:
    class Changing(BaseConverter):
        regex = "[a-z]+"
        said: ClassVar[list[bool]] = []

        @property
        def part_isolating(self) -> bool:  # type: ignore[override]
            self.said.append(answers[len(self.said) % len(answers)])
            return self.said[-1]

    rules = ["/x/<own:v>/<w>/<y>/<z>", "/x/q", "/<a>/<b>/<c>/<d>"]
    url_map = Map(
        [Rule(rule, endpoint=number) for number, rule in enumerate(rules)],
        converters={"own": Changing},
    )
    adapter = url_map.bind("example.com")
    assert not adapter.test("/x/aa")
    assert adapter.match("/x/q") == (1, {})
    assert adapter.match("/x/aa/b/c/d") == (0, {"v": "aa", "w": "b", "y": "c", "z": "d"})
    assert adapter.match("/y/1/2/3") == (2, {"a": "y", "b": "1", "c": "2", "d": "3"})


@pytest.mark.parametrize("rule", ["/<own:x>", "/<own:x>/edit", "/a-<own:x>"])
def test_what_makes_converters_needs_no_hash(rule: str) -> None:
    class Making:
        __hash__ = None  # type: ignore[assignment]

        def __call__(self, map: Any) -> Any:
            return tr.IntegerConverter(map)

    path = rule.replace("<own:x>", "7")
    assert matched(rule, path, own=Making()) == {"x": 7}


@pytest.mark.parametrize(
    ("rule", "path", "values"),
    [
        ("/<int(min=1.5):x>", "/2", {"x": 2}),
        ("/<int(min=1.5):x>", "/1", None),
        ("/<half:x>", "/0.5", {"x": 0.5}),
        ("/<half:x>", "/0.4", None),
    ],
)
def test_bounds_may_be_numbers_of_other_types(
    rule: str, path: str, values: dict[str, Any] | None
) -> None:
    class HalfConverter(tr.FloatConverter):
        def __init__(self, map: Map) -> None:
            super().__init__(map, min=Decimal("0.5"))  # type: ignore[arg-type]

    assert matched(rule, path, half=HalfConverter) == values


def test_get_converter_may_be_overridden() -> None:
    class IntRule(Rule):
        def get_converter(self, variable_name: str, *rest: Any) -> Any:
            return tr.IntegerConverter(self.map, fixed_digits=len(variable_name))

    adapter = Map([IntRule("/<abc>", endpoint="e")]).bind("example.com")
    assert adapter.match("/012") == ("e", {"abc": 12})
    assert not adapter.test("/12")


@pytest.mark.parametrize(
    "rule",
    [
        "/<string(minlength=99999999999999999999):a>",
        "/<string(maxlength=99999999999999999999):a>",
        "/<string(length=99999999999999999999):a>",
    ],
)
def test_length_beyond_any_text_is_refused_when_the_rule_is_added(rule: str) -> None:
    url_map = Map([Rule("/ok", endpoint="ok")])
    with pytest.raises(ValueError, match="rule "):
        url_map.add(Rule(rule))
    assert url_map.bind("example.com").match("/ok") == ("ok", {})


def test_parenthesis_in_a_comment_of_a_regex_is_no_group() -> None:
    class Commented(tr.BaseConverter):
        regex = r"\w+(?#a(b)"

    adapter = Map([Rule("/<c:x>-<c:y>", endpoint="e")], converters={"c": Commented}).bind(
        "example.com"
    )
    assert adapter.match("/a-b") == ("e", {"x": "a", "y": "b"})


def test_converter_of_a_program_is_made_once_for_each_variable() -> None:
    made: list[int] = []

    class Counting(BaseConverter):
        def __init__(self, map: Map, number: int) -> None:
            super().__init__(map)
            made.append(number)

    Map(
        [
            Rule("/<c(1):x>/<path:p>", endpoint="a"),
            Rule("/<c(2):x>/<c(3):y>", endpoint="b"),
            Rule("/<c(2):x>", endpoint="c"),
        ],
        converters={"c": Counting},
    )
    assert made == [1, 2, 3, 2]


def test_own_converter_that_refuses_its_arguments_is_named_with_its_place() -> None:
    class Refusing(BaseConverter):
        def __init__(self, map: Map) -> None:
            raise ValueError("not today")

    with pytest.raises(
        ValueError,
        match=r"rule '/a/<int:n>/<c:x>': converter 'c' of variable 'x' refuses its arguments:"
        r" not today \(position 11 of '/a/<int:n>/<c:x>'\)",
    ):
        Map([Rule("/a/<int:n>/<c:x>", endpoint="e")], converters={"c": Refusing})


def test_static_and_built_in_segments_around_an_own_tail() -> None:
    class Greedy(BaseConverter):
        regex = ".+"
        part_isolating = False

    adapter = Map(
        [
            Rule("/a/<int:n>/<g:rest>/b/<name>/", endpoint="e"),
            Rule("/a/<int:n>/<name>/b", endpoint="f"),
        ],
        converters={"g": Greedy},
    ).bind("example.com")
    assert adapter.match("/a/1/x/y/b/c/") == ("e", {"n": 1, "rest": "x/y", "name": "c"})
    assert adapter.match("/a/1/x/b") == ("f", {"n": 1, "name": "x"})


def test_constructor_sees_no_rule_that_is_added_together_with_its_own() -> None:
    seen = []

    class Looking(BaseConverter):
        def __init__(self, map: Any) -> None:
            super().__init__(map)
            seen.append({rule.rule for rule in map.iter_rules()})

    url_map = Map([Rule("/a"), Rule("/b/<c:x>")], converters={"c": Looking})
    url_map.add(tr.Submount("/s", [Rule("/a"), Rule("/<c:x>")]))
    assert seen == [set(), {"/a", "/b/<c:x>"}]


class Account(BaseConverter):
    """A converter whose methods programs replace in their tests."""

    def to_python(self, value: str) -> Any:
        return f"account {value}"

    def to_url(self, value: Any) -> str:
        return str(value)


class WerkzeugAccount(werkzeug.routing.BaseConverter):
    """The same for Werkzeug's own router, and for programs that keep its base."""

    def to_python(self, value: str) -> Any:
        return f"account {value}"

    def to_url(self, value: Any) -> str:
        return str(value)


@pytest.mark.parametrize(
    ("router", "converter"),
    [(tr, Account), (tr, WerkzeugAccount), (werkzeug.routing, WerkzeugAccount)],
)
def test_methods_of_a_converter_class_that_are_replaced_later_are_called(
    router: Any, converter: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Derived(converter):
        pass

    rules = [router.Rule("/<c:x>", endpoint="a"), router.Rule("/d/<d:x>/<c:y>", endpoint="d")]
    url_map = router.Map(rules, converters={"c": converter, "d": Derived})
    adapter = url_map.bind("example.org")
    assert adapter.match("/1") == ("a", {"x": "account 1"})
    assert adapter.build("a", {"x": 1}) == "/1"
    with mock.patch.object(converter, "to_python", return_value="mocked"):
        assert adapter.match("/1") == ("a", {"x": "mocked"})
        assert adapter.match("/d/1/2") == ("d", {"x": "mocked", "y": "mocked"})
    with mock.patch.object(converter, "to_url", return_value="u"):
        assert adapter.build("a", {"x": 1}) == "/u"
    assert adapter.match("/1") == ("a", {"x": "account 1"})
    monkeypatch.setattr(converter, "to_python", lambda self, value: [value])
    assert adapter.match("/d/1/2") == ("d", {"x": ["1"], "y": ["2"]})


@pytest.mark.parametrize("before", [True, False], ids=["installed before", "installed after"])
def test_method_of_a_converter_class_is_replaced_in_an_application(
    before: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = flask.Flask("shop", static_folder=None)
    if before:
        trieroute.flask.install(app)
    app.url_map.converters["account"] = WerkzeugAccount
    app.add_url_rule("/<account:x>", "a", lambda x: str(x))
    trieroute.flask.install(app)
    client = app.test_client()
    assert client.get("/1").text == "account 1"
    monkeypatch.setattr(WerkzeugAccount, "to_python", lambda self, value: f"mocked {value}")
    assert client.get("/1").text == "mocked 1"


@pytest.mark.parametrize("router", [tr, werkzeug.routing])
def test_method_that_is_set_on_a_converter_of_a_bound_rule_is_called(router: Any) -> None:
    class Own(router.BaseConverter):  # type: ignore[misc]
        def to_python(self, value: str) -> Any:
            return f"own {value}"

    rule = router.Rule("/<own:x>", endpoint="a")
    adapter = router.Map([rule], converters={"own": Own}).bind("example.org")
    assert adapter.match("/1") == ("a", {"x": "own 1"})
    rule._converters["x"].to_python = lambda value: f"set {value}"
    assert adapter.match("/1") == ("a", {"x": "set 1"})


def test_method_of_a_converter_in_a_domain_is_replaced() -> None:
    class Tenant(tr.AnyConverter):
        def to_python(self, value: str) -> Any:
            return f"tenant {value}"

    url_map = Map([Rule("/", endpoint="a", subdomain="<t(a, B):x>")], converters={"t": Tenant})
    adapter = url_map.bind("example.org", subdomain="b")
    assert adapter.match("/") == ("a", {"x": "tenant B"})
    with mock.patch.object(Tenant, "to_python", lambda self, value: [value]):
        assert adapter.match("/") == ("a", {"x": ["B"]})


@pytest.mark.parametrize("name", ["to_python", "regex"])
@pytest.mark.parametrize("cls", [tr.IntegerConverter, werkzeug.routing.IntegerConverter])
def test_what_is_replaced_on_a_built_in_converter_counts_for_rules_added_later(
    cls: Any, name: str
) -> None:
    url_map = Map([Rule("/old/<int:x>", endpoint="old")], converters={"int": cls})
    adapter = url_map.bind("example.org")
    assert adapter.match("/old/1") == ("old", {"x": 1})
    new: Any = {"to_python": lambda self, value: [value], "regex": "x[0-9]|1"}[name]
    with mock.patch.object(cls, name, new):
        url_map.add(Rule("/new/<int:x>", endpoint="new"))
        if name == "regex":
            assert not adapter.test("/new/2")
        else:
            assert adapter.match("/new/1") == ("new", {"x": ["1"]})
    assert adapter.match("/old/2") == ("old", {"x": 2})


@pytest.mark.parametrize("router", [tr, werkzeug.routing])
def test_converter_may_be_any_object_with_the_methods(router: Any) -> None:
    def make(map: Any) -> Any:
        methods = {"to_python": str.upper, "to_url": str.lower}
        return SimpleNamespace(regex="[a-z]+", weight=100, part_isolating=True, **methods)

    url_map = router.Map([router.Rule("/<c:x>/z", endpoint="a")], converters={"c": make})
    adapter = url_map.bind("example.org")
    assert adapter.match("/ab/z") == ("a", {"x": "AB"})
    assert adapter.build("a", {"x": "CD"}) == "/cd/z"


@pytest.mark.parametrize("lacking", ["to_python", "to_url"])
@pytest.mark.parametrize("router", [tr, werkzeug.routing])
def test_method_that_a_converter_lacks_is_missed_when_it_is_called(
    router: Any, lacking: str
) -> None:
    def make(map: Any) -> Any:
        methods = {"to_python": str.upper, "to_url": str.lower}
        del methods[lacking]
        return SimpleNamespace(regex="[a-z]+", weight=100, part_isolating=True, **methods)

    url_map = router.Map([router.Rule("/<c:x>", endpoint="a")], converters={"c": make})
    adapter = url_map.bind("example.org")
    if lacking == "to_python":
        assert adapter.build("a", {"x": "CD"}) == "/cd"
    else:
        assert adapter.match("/ab") == ("a", {"x": "AB"})
    with pytest.raises(AttributeError, match=lacking):
        adapter.match("/ab") if lacking == "to_python" else adapter.build("a", {"x": "CD"})


def test_install_takes_a_converter_that_is_any_object() -> None:
    app = flask.Flask("shop", static_folder=None)
    app.url_map.converters["c"] = lambda map: SimpleNamespace(
        regex="[a-z]+", weight=100, part_isolating=True, to_python=str.upper, to_url=str.lower
    )
    app.add_url_rule("/<c:x>", "a", lambda x: x + flask.url_for("a", x="ZZ"))
    trieroute.flask.install(app)
    assert app.test_client().get("/ab").text == "AB/zz"


@pytest.mark.parametrize("routing", [werkzeug.routing, tr], ids=["werkzeug", "trieroute"])
@pytest.mark.parametrize(
    ("told", "outcome", "is_match", "allowed"),
    [
        (RequestPath("/a b"), "http://example.org/app/a%20b?q=1", True, []),
        (
            RequestAliasRedirect({"x": "1"}, "canonical"),
            "http://example.org/app/canonical/1?q=1",
            True,
            [],
        ),
        (NoMatch({"PUT"}, True), "MethodNotAllowed", False, ["PUT"]),
        (NoMatch(set(), True), "WebsocketMismatch", False, []),
        (NoMatch(set(), False), "NotFound", False, []),
    ],
    ids=lambda value: type(value).__name__,
)
def test_converter_may_tell_what_a_matcher_tells(
    routing: Any, told: Exception, outcome: str, is_match: bool, allowed: list[str]
) -> None:
    class Telling(routing.BaseConverter):
        def to_python(self, value: str) -> str:
            raise told

    rules = [
        routing.Rule("/<telling:x>", endpoint="telling"),
        routing.Rule("/canonical/<x>", endpoint="canonical"),
    ]
    url_map = routing.Map(rules, converters={"telling": Telling})
    adapter = url_map.bind("example.org", "/app", query_args="q=1")
    with pytest.raises(HTTPException) as caught:
        adapter.match("/x")
    assert getattr(caught.value, "new_url", type(caught.value).__name__) == outcome
    assert caught.value.__suppress_context__
    assert adapter.test("/x") is is_match
    assert adapter.allowed_methods("/x") == allowed
    answer = adapter.dispatch(lambda *_: None, "/x", catch_http_exceptions=True)
    assert type(answer) is type(caught.value)


@pytest.mark.parametrize("routing", [werkzeug.routing, tr], ids=["werkzeug", "trieroute"])
def test_path_that_a_converter_tells_may_be_of_a_subclass(routing: Any) -> None:
    class Telling(routing.BaseConverter):
        def to_python(self, value: str) -> str:
            raise RequestPath(Markup("/a b"))

    url_map = routing.Map(
        [routing.Rule("/<telling:x>", endpoint="a")], converters={"telling": Telling}
    )
    assert redirect_of(url_map.bind("example.org"), "/x") == "http://example.org/a%20b"


@pytest.mark.parametrize("routing", [werkzeug.routing, tr], ids=["werkzeug", "trieroute"])
@pytest.mark.parametrize(
    "raised",
    [RequestPath("/x"), RequestAliasRedirect({}, "a"), NoMatch(set(), False)],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize("path", ["/to/1", "/branch", "/a//b", "/list/all"])
def test_what_raises_when_the_matching_is_done_passes_through(
    routing: Any, raised: Exception, path: str
) -> None:
    def raises(*_: Any, **__: Any) -> Any:
        raise raised

    class Adapter(routing.MapAdapter):
        make_redirect_url = get_default_redirect = raises

    class OwnMap(routing.Map):
        def bind(self, *arguments: Any, **settings: Any) -> Any:
            adapter = super().bind(*arguments, **settings)
            adapter.__class__ = Adapter
            return adapter

    url_map = OwnMap(
        [
            routing.Rule("/to/<x>", endpoint="to", redirect_to=raises),
            routing.Rule("/branch/", endpoint="branch"),
            routing.Rule("/a/b", endpoint="b"),
            routing.Rule("/list/", endpoint="list", defaults={"x": "all"}),
            routing.Rule("/list/<x>", endpoint="list"),
        ]
    )
    with pytest.raises(type(raised)) as caught:
        url_map.bind("example.org").match(path)
    assert caught.value is raised
