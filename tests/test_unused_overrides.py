"""Overrides that would have no effect: they are refused, and the error says what to do instead."""

from __future__ import annotations

import copy
import functools
import re
from typing import Any

import flask
import pytest
import werkzeug.routing
from werkzeug.exceptions import NotFound
from werkzeug.routing import StateMachineMatcher

import trieroute
import trieroute.flask

NAMES = ["_parse_rule", "_get_func_code", "_regex"]


def own_rule(base: Any, name: str) -> Any:
    return type("Own", (base,), {"__module__": __name__, name: lambda *args: None})


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("base", [trieroute.Rule, trieroute.flask.Rule])
def test_rule_class_is_refused_when_it_is_made(base: Any, name: str) -> None:
    with pytest.raises(TypeError, match=f"Own overrides {name}, which trieroute never uses"):
        own_rule(base, name)
    mixin = type("Mixin", (), {"__module__": __name__, name: None})
    with pytest.raises(TypeError, match=f"Mixin overrides {name}"):
        type("Own", (mixin, base), {"__module__": __name__})


@pytest.mark.parametrize("name", NAMES)
def test_rule_class_of_werkzeugs_is_refused_when_a_rule_is_added(name: str) -> None:
    rule = own_rule(werkzeug.routing.Rule, name)("/a", endpoint="a")
    url_map = trieroute.Map()
    with pytest.raises(TypeError, match=f"overrides {name}"):
        url_map.add(rule)
    assert list(url_map.iter_rules()) == []


@pytest.mark.parametrize("base", [trieroute.Rule, trieroute.flask.Rule, werkzeug.routing.Rule])
@pytest.mark.parametrize("name", ["_regex", "_parts"])
def test_regex_that_is_set_in_compile_is_refused_when_the_rule_is_added(
    base: Any, name: str
) -> None:
    class Own(base):  # type: ignore[misc]
        def compile(self) -> None:
            super().compile()
            setattr(self, name, [re.compile("/b")])

    url_map = trieroute.Map()
    with pytest.raises(TypeError, match=f"rule '/a' overrides {name}"):
        url_map.add(Own("/a", endpoint="a"))
    assert list(url_map.iter_rules()) == []


def test_regex_that_is_set_in_compile_is_refused_by_install() -> None:
    class Own(werkzeug.routing.Rule):
        def compile(self) -> None:
            super().compile()
            self._regex = re.compile("/b")

    class App(flask.Flask):
        url_rule_class = Own

    app = App(__name__)
    before = app.url_map
    with pytest.raises(TypeError, match="overrides _regex"):
        trieroute.flask.install(app)
    assert app.url_map is before


class OwnMatcher(StateMachineMatcher):
    def match(self, *args: Any) -> Any:
        raise AssertionError


@pytest.mark.parametrize("base", [trieroute.Map, trieroute.flask.Map])
def test_matcher_of_a_program_is_refused(base: Any) -> None:
    url_map = base()
    with pytest.raises(TypeError, match=r"override MapAdapter\.match instead"):
        url_map._matcher = OwnMatcher(True)
    replaced = StateMachineMatcher(True)
    replaced.match = None  # type: ignore[method-assign, assignment]
    with pytest.raises(TypeError, match=r"override MapAdapter\.match instead"):
        url_map._matcher = replaced
    with pytest.raises(TypeError, match="Own overrides _matcher"):
        type("Own", (base,), {"__module__": __name__, "_matcher": None})


@pytest.mark.parametrize("base", [trieroute.Map, trieroute.flask.Map])
def test_what_is_set_on_the_matcher_of_a_map_is_not_lost(base: Any) -> None:
    url_map = base([trieroute.Rule("/a/<x>", endpoint="a")])
    for name in ("match", "add", "update", "_root"):
        with pytest.raises(TypeError, match=f"{name} that is set on the matcher of a map has no"):
            setattr(url_map._matcher, name, lambda *args: None)
    matcher = url_map._matcher
    matcher.merge_slashes = False
    assert matcher.merge_slashes is url_map.merge_slashes is url_map._matcher.merge_slashes is False
    with pytest.raises(NotFound):
        url_map.bind("example.org").match("/a//x")
    url_map.merge_slashes = True
    assert matcher.merge_slashes is True


@pytest.mark.parametrize(
    "change",
    [
        lambda converters: converters.update(x=None),
        lambda converters: converters.__setitem__("x", None),
        lambda converters: converters.pop("x"),
        lambda converters: converters.clear(),
    ],
    ids=["update", "set", "pop", "clear"],
)
def test_converters_of_a_bound_rule_are_not_changed_in_vain(change: Any) -> None:
    rule = trieroute.Rule("/<int:x>", endpoint="a")
    url_map = trieroute.Map([rule])
    with pytest.raises(TypeError, match=r"change the map's converters and call rule\.refresh"):
        change(rule._converters)
    assert type(rule._converters["x"]) is trieroute.IntegerConverter
    assert copy.copy(rule._converters).keys() == {"x"}
    url_map.converters["int"] = trieroute.UnicodeConverter
    rule.refresh()
    assert url_map.bind("example.org").match("/b") == ("a", {"x": "b"})


def test_text_of_a_rule_that_is_refreshed() -> None:
    rule = trieroute.Rule("/a/<int:x>", endpoint="a")
    adapter = trieroute.Map([rule]).bind("example.org")
    rule.rule = "/v1/a/<int:x>"
    assert adapter.match("/a/1") == ("a", {"x": 1})
    rule.refresh()
    assert adapter.match("/v1/a/1") == ("a", {"x": 1})
    assert adapter.build("a", {"x": 2}) == "/v1/a/2"
    with pytest.raises(trieroute.NotFound):
        adapter.match("/a/1")


def test_maximum_that_is_set_on_the_converter_of_a_bound_rule_is_not_read() -> None:
    rule = trieroute.Rule("/<int(max=5):x>", endpoint="a")
    adapter = trieroute.Map([rule]).bind("example.org")
    rule._converters["x"].max = 9
    with pytest.raises(trieroute.NotFound):
        adapter.match("/7")


@pytest.mark.parametrize("name", ["server_name", "script_name", "default_method", "url_scheme"])
@pytest.mark.parametrize("mixed_in", [True, False])
def test_property_in_the_place_of_a_field_of_adapters_is_refused(name: str, mixed_in: bool) -> None:
    field = property(lambda self: "/x/", lambda self, value: None)
    bases: tuple[Any, ...] = (trieroute.MapAdapter,)
    body: dict[str, Any] = {"__module__": __name__, name: field}
    owner = "Own"
    if mixed_in:
        bases, body, owner = (type("Mixin", (), body), *bases), {"__module__": __name__}, "Mixin"
    with pytest.raises(TypeError, match=rf"{owner} has a property {name}, .* set {name} on the"):
        type("Own", bases, body)


@pytest.mark.parametrize("router", [trieroute, werkzeug.routing])
def test_field_of_an_adapter_hides_the_attribute_of_its_class(router: Any) -> None:
    class Mixin:
        default_method = "PUT"

    class Own(Mixin, router.MapAdapter):  # type: ignore[misc]
        url_scheme = "https"

    class Derived(Own):
        server_name = "derived.example"

    url_map = router.Map([router.Rule("/a", endpoint="a", methods=["GET"])])
    adapter = Derived(url_map, "example.org", "/", "", "http", "/", "GET")
    assert (adapter.url_scheme, adapter.default_method) == ("http", "GET")
    assert adapter.match("/a") == ("a", {})
    assert adapter.build("a", force_external=True) == "http://example.org/a"
    adapter.url_scheme = "https"
    assert adapter.build("a", force_external=True) == "https://example.org/a"


def shop(router: Any) -> Any:
    return router.Map([router.Rule("/x", endpoint="x", subdomain="www", methods=["PUT"])])


@pytest.mark.parametrize("router", [trieroute, werkzeug.routing])
def test_class_attributes_may_be_arguments_of_the_constructor(router: Any) -> None:
    class Mixin:
        subdomain = "www"

    class Own(router.MapAdapter, Mixin):  # type: ignore[misc]
        url_scheme = "https"
        server_name = "shop.org"

        def default_method(self) -> str:
            return "PUT"

        def __init__(self, map: Any) -> None:
            super().__init__(
                map,
                self.server_name,
                "/",
                self.subdomain,
                self.url_scheme,
                "/x",
                self.default_method(),
            )

    class Derived(Own):
        server_name = "derived.example"

    assert (Own.url_scheme, Own.server_name, Own.subdomain) == ("https", "shop.org", "www")
    assert (Derived.server_name, Derived.default_method(None)) == ("derived.example", "PUT")
    for cls in (Own, Derived):
        adapter = cls(shop(router))
        assert adapter.match() == ("x", {})
        url = f"https://www.{cls.server_name}/x"
        assert adapter.build("x", force_external=True) == url
        assert adapter.default_method == "PUT"


@pytest.mark.parametrize("router", [trieroute, werkzeug.routing])
def test_class_attributes_stand_for_what_a_constructor_leaves_out(router: Any) -> None:
    class Own(router.MapAdapter):  # type: ignore[misc]
        server_name, script_name, subdomain, url_scheme = "shop.org", "/", "www", "https"
        path_info, default_method, query_args, websocket = "/x", "PUT", "q=1", False

        def __init__(self, map: Any) -> None:
            self.map = map

    class Derived(Own):
        server_name = "derived.example"

    for cls in (Own, Derived):
        adapter = cls(shop(router))
        assert adapter.match() == ("x", {})
        assert adapter.build("x", force_external=True) == f"https://www.{cls.server_name}/x"
        adapter.server_name = "other.org"
        assert adapter.build("x", force_external=True) == "https://www.other.org/x"
        assert (adapter.server_name, copy.copy(adapter).server_name) == ("other.org", "other.org")
        del adapter.server_name
        assert adapter.server_name == cls.server_name
        adapter.__dict__ = {"map": adapter.map, "url_scheme": "http"}
        assert adapter.build("x", force_external=True) == f"http://www.{cls.server_name}/x"


@pytest.mark.parametrize("router", [trieroute, werkzeug.routing])
def test_class_may_have_the_map_as_well(router: Any) -> None:
    class Own(router.MapAdapter):  # type: ignore[misc]
        map, server_name, subdomain, websocket = shop(router), "shop.org", "www", False

        def __init__(self) -> None:
            self.query_args = None

    class Other(Own):
        map = "no map"

    assert Own().test("/x", "PUT")
    assert Other.map == "no map"


@pytest.mark.parametrize("router", [trieroute, werkzeug.routing])
def test_method_under_the_name_of_a_field_that_the_constructor_reads(router: Any) -> None:
    class Own(router.MapAdapter):  # type: ignore[misc]
        @functools.cached_property
        def script_name(self) -> str:
            return "/app/"

        def __init__(self, map: Any) -> None:
            super().__init__(map, "shop.org", self.script_name, "www", "http", "/x", "PUT")

    adapter = Own(shop(router))
    assert adapter.build("x", force_external=True) == "http://www.shop.org/app/x"
    adapter.script_name = "/"
    assert adapter.script_name == "/"


@pytest.mark.parametrize("router", [trieroute, werkzeug.routing])
def test_class_of_an_adapter_may_lack_a_module(router: Any) -> None:
    cls = type("Own", (router.MapAdapter,), {"__module__": None, "url_scheme": "https"})
    further = type("Further", (cls,), {"server_name": "shop.org"})
    assert (further.url_scheme, further.server_name) == ("https", "shop.org")


@pytest.mark.parametrize("router", [trieroute, werkzeug.routing])
def test_metaclass_may_refuse_to_set_attributes_of_an_adapters_class(router: Any) -> None:
    class Sealed(type):
        def __setattr__(cls, name: str, value: Any) -> None:
            raise AttributeError(f"{cls.__name__} is sealed")

    class Own(router.MapAdapter, metaclass=Sealed):  # type: ignore[misc]
        url_scheme = "https"

    adapter = Own(shop(router), "shop.org", "/", "www", Own.url_scheme, "/x", "PUT")
    assert adapter.build("x", force_external=True) == "https://www.shop.org/x"


@pytest.mark.parametrize("router", [trieroute, werkzeug.routing])
def test_names_that_werkzeugs_adapters_lack_are_the_programs(router: Any) -> None:
    class Own(router.MapAdapter):  # type: ignore[misc]
        def outside(self) -> str:
            return f"outside {self.server_name}"

    adapter = Own(shop(router), "shop.org", "/", "www", "http", "/x", "PUT")
    assert adapter.outside() == "outside shop.org"
    adapter = shop(router).bind("shop.org", subdomain="www")
    public = {name for name in dir(adapter) if not name.startswith("_")}
    adapter.outside = "mine"
    assert adapter.match("/x", "PUT") == ("x", {})
    assert vars(adapter)["outside"] == copy.copy(adapter).outside == "mine"
    assert public - {*dir(werkzeug.routing.Map().bind("shop.org"))} <= {"current", "explain"}
