"""`trieroute.patch`: it changes the whole process, so every test has a process of its own."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest


def run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        timeout=60,
    )


def check(program: str) -> None:
    """Run a program, which must end without an error."""
    result = run(program)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("module", ["werkzeug.routing", "werkzeug.routing.map"])
def test_maps_are_replaced(module: str) -> None:
    check(
        f"""
        import trieroute
        trieroute.patch()
        from {module} import Map, MapAdapter, Rule
        assert issubclass(Map, trieroute.Map) and issubclass(Rule, trieroute.Rule)
        assert MapAdapter is trieroute.MapAdapter
        url_map = Map([Rule("/<x>/b/c", endpoint="a"), Rule("/x/<y>/<z>", endpoint="b")])
        assert url_map.match_order == "segments"
        adapter = url_map.bind("example.com")
        assert isinstance(adapter, MapAdapter)
        assert adapter.match("/x/b/c") == ("b", {{"y": "b", "z": "c"}})
        assert Map(match_order="weights").match_order == "weights"
        """
    )


@pytest.mark.parametrize("module", ["werkzeug.routing", "werkzeug.routing.rules"])
def test_rules_and_factories_are_replaced(module: str) -> None:
    check(
        f"""
        import trieroute
        trieroute.patch()
        from werkzeug.routing import Map, RuleFactory
        from {module} import EndpointPrefix, Rule, RuleTemplate, Subdomain, Submount
        factories = [
            Submount("/a", [Rule("/1", endpoint="a1", websocket=True)]),
            EndpointPrefix("b/", [Rule("/b", endpoint="1")]),
            Subdomain("c", [Rule("/c", endpoint="c")]),
            RuleTemplate([Rule("/$name", endpoint="$name")])(name="d"),
        ]
        for factory in factories:
            assert isinstance(factory, RuleFactory)
            assert type(factory).__module__ == "trieroute._rules.factories"
        rules = list(Map(factories).iter_rules())
        assert [rule.endpoint for rule in rules] == ["a1", "b/1", "c", "d"]
        assert rules[0].websocket
        assert all(isinstance(rule, Rule) for rule in rules)
        """
    )


def test_exceptions_and_converters_stay() -> None:
    check(
        """
        import trieroute
        from werkzeug.routing import BaseConverter, BuildError, IntegerConverter, RequestRedirect
        trieroute.patch()
        import werkzeug.routing as routing
        assert routing.BuildError is BuildError and routing.BaseConverter is BaseConverter

        class Even(IntegerConverter):
            def to_python(self, value):
                number = super().to_python(value)
                if number % 2:
                    raise routing.ValidationError
                return number

        url_map = routing.Map(
            [routing.Rule("/<even:x>/", endpoint="a"), routing.Rule("/<int:x>", endpoint="b")],
            converters={"even": Even},
        )
        adapter = url_map.bind("example.com")
        assert adapter.match("/4/") == ("a", {"x": 4})
        assert adapter.match("/5") == ("b", {"x": 5})
        (rule,) = url_map.iter_rules("b")
        assert isinstance(rule._converters["x"], IntegerConverter)
        try:
            adapter.match("/4")
        except RequestRedirect as redirect:
            assert redirect.new_url == "http://example.com/4/"
        try:
            adapter.build("nope")
        except BuildError as error:
            assert error.suggested is not None
        """
    )


def test_subclasses_that_a_program_makes_afterwards() -> None:
    check(
        """
        import trieroute
        trieroute.patch()
        from werkzeug.routing import Map, Rule, RuleFactory

        class Host(RuleFactory):
            def __init__(self, host, rules):
                self.host, self.rules = host, rules

            def get_rules(self, map):
                for factory in self.rules:
                    for rule in factory.get_rules(map):
                        rule = rule.empty()
                        rule.host = self.host
                        yield rule

        class StrictRule(Rule):
            def __init__(self, string, method, **settings):
                super().__init__(string, methods=[method], **settings)
                self.methods = {method}

            def get_empty_kwargs(self):
                settings = super().get_empty_kwargs()
                (settings["method"],) = settings.pop("methods")
                return settings

        class HostMap(Map):
            def __init__(self, rules):
                super().__init__(rules, host_matching=True, strict_slashes=False)

        url_map = HostMap([Host("a.example", [StrictRule("/x/", "GET", endpoint="x")])])
        assert isinstance(url_map, trieroute.Map)
        assert url_map.bind("a.example").match("/x") == ("x", {})
        assert url_map.bind("a.example").allowed_methods("/x/") == ["GET"]
        """
    )


FLASK = """
app = flask.Flask("shop", static_folder=None)
app.add_url_rule("/<int:x>", "x", lambda x: {"x": x})
assert isinstance(app.url_map, trieroute.Map)
assert app.url_map.match_order == "segments"
assert isinstance(next(app.url_map.iter_rules()), trieroute.Rule)
assert app.test_client().get("/3").json == {"x": 3}
"""


@pytest.mark.parametrize(
    "imports",
    [
        "import trieroute\ntrieroute.patch()\nimport flask",
        "import flask, trieroute\ntrieroute.patch()",
        "import trieroute.flask, flask\ntrieroute.patch()",
    ],
)
def test_flask(imports: str) -> None:
    check(imports + FLASK)


QUART = """
import asyncio
from quart.routing import QuartMap, QuartRule
app = quart.Quart("shop", static_folder=None)

@app.get("/<int:x>")
async def x(x):
    return {"x": x}

@app.websocket("/<int:x>")
async def live(x):
    await quart.websocket.send_json({"live": x})

assert isinstance(app.url_map, trieroute.Map) and isinstance(app.url_map, QuartMap)
rule = next(app.url_map.iter_rules())
assert isinstance(rule, trieroute.Rule) and isinstance(rule, QuartRule)

async def main():
    response = await app.test_client().get("/3")
    assert await response.get_json() == {"x": 3}
    async with app.test_client().websocket("/4") as websocket:
        assert await asyncio.wait_for(websocket.receive_json(), 10) == {"live": 4}

asyncio.run(main())
"""


@pytest.mark.parametrize(
    "imports",
    [
        "import trieroute\ntrieroute.patch()\nimport quart",
        "import quart, trieroute\ntrieroute.patch()",
        "import trieroute\ntrieroute.patch()\nimport trieroute.quart, quart",
    ],
)
def test_quart(imports: str) -> None:
    check(imports + QUART)


@pytest.mark.parametrize(
    "imports",
    [
        "import trieroute\ntrieroute.patch()\nimport quart",
        "import quart, trieroute\ntrieroute.patch()",
    ],
)
def test_maps_and_rules_of_quart_that_a_program_makes(imports: str) -> None:
    check(
        imports
        + """
from quart.routing import QuartMap, QuartRule
url_map = QuartMap([QuartRule("/live", endpoint="live", websocket=True)])
assert isinstance(url_map, trieroute.Map) and url_map.match_order == "segments"
assert all(isinstance(rule, trieroute.Rule) for rule in url_map.iter_rules())
assert url_map.bind("example.com", url_scheme="ws").match("/live", websocket=True) == ("live", {})
"""
    )


def test_class_of_applications_that_names_a_class_of_its_own() -> None:
    check(
        """
        import flask, trieroute, werkzeug.routing

        class App(flask.Flask):
            url_rule_class = werkzeug.routing.Rule

        trieroute.patch()
        app = App("shop")
        assert isinstance(next(app.url_map.iter_rules()), trieroute.Rule)
        """
    )


def test_install_on_a_patched_application_changes_nothing() -> None:
    check(
        """
        import trieroute
        trieroute.patch()
        import flask, trieroute.flask
        app = flask.Flask("shop")
        url_map = app.url_map
        assert str(trieroute.flask.install(app)) == (
            "shop: trieroute matches 1 rule in the order 'segments'"
        )
        assert app.url_map is url_map
        """
    )


def test_second_call_changes_nothing() -> None:
    check(
        """
        import trieroute, werkzeug.routing
        trieroute.patch()
        before = dict(vars(werkzeug.routing))
        from werkzeug.routing import Map
        url_map = Map()
        trieroute.patch()
        assert vars(werkzeug.routing) == before
        """
    )


def test_patch_imports_no_framework() -> None:
    check(
        """
        import sys, trieroute
        trieroute.patch()
        assert not {"flask", "quart", "click"} & set(sys.modules)
        """
    )


@pytest.mark.parametrize(
    ("program", "holder"),
    [
        (
            """
            import sys, types
            early = types.ModuleType("early_extension")
            exec("from werkzeug.routing import Map as UrlMap", vars(early))
            sys.modules["early_extension"] = early
            """,
            "module early_extension has imported Map as UrlMap",
        ),
        (
            "from quart.routing import QuartMap",
            "module __main__ has imported QuartMap as QuartMap",
        ),
        (
            "from werkzeug.routing import Submount",
            "module __main__ has imported Submount as Submount",
        ),
        (
            """
            import werkzeug.routing
            class Api:
                rule_class = werkzeug.routing.Rule
            """,
            "module __main__ holds Rule in Api.rule_class",
        ),
        (
            """
            import werkzeug.routing
            class Api:
                @staticmethod
                def make(cls=werkzeug.routing.Rule): pass
            """,
            "module __main__ holds Rule in Api.make.__defaults__",
        ),
        (
            """
            import werkzeug.routing
            def make(*, cls=werkzeug.routing.Map): pass
            """,
            "module __main__ holds Map in make.__kwdefaults__[...]",
        ),
        (
            """
            import werkzeug.routing
            def maker(cls):
                return lambda: cls()
            make = maker(werkzeug.routing.Map)
            """,
            "module __main__ holds Map in make.__closure__",
        ),
        (
            """
            import functools, werkzeug.routing
            make = functools.partial(werkzeug.routing.Rule, methods=["GET"])
            """,
            "module __main__ holds Rule in make.func",
        ),
        (
            """
            import werkzeug.routing
            classes = {"rules": [werkzeug.routing.Rule]}
            """,
            "module __main__ holds Rule in classes[...][...]",
        ),
        (
            """
            import flask, werkzeug.routing
            class Mixin:
                url_rule_class = werkzeug.routing.Rule
            class App(Mixin, flask.Flask): pass
            """,
            "module __main__ holds Rule in Mixin.url_rule_class",
        ),
        (
            """
            import werkzeug.routing
            class OwnRule(werkzeug.routing.Rule): pass
            """,
            "class __main__.OwnRule derives from Rule",
        ),
        (
            """
            import flask
            app = flask.Flask("shop")
            """,
            "maps were made: 1 (an application is turned by trieroute.flask.install)",
        ),
    ],
)
def test_call_that_comes_too_late_is_refused(program: str, holder: str) -> None:
    result = run(
        textwrap.dedent(program)
        + textwrap.dedent(
            """
            import trieroute, werkzeug.routing
            before = tuple(vars(werkzeug.routing).items())
            try:
                trieroute.patch()
            except RuntimeError as error:
                print(error)
            assert tuple(vars(werkzeug.routing).items()) == before
            """
        )
    )
    assert result.stdout == (
        f"trieroute.patch() comes too late, Werkzeug's router is in use: {holder}. Call it before"
        " anything else is imported, or run the program by 'trieroute run'\n"
    ), result.stderr


@pytest.mark.parametrize(
    "program",
    [
        "import flask, quart, werkzeug.routing as routing; classes = {'app': flask.Flask}",
        "import werkzeug.routing; types = (str, werkzeug.routing.Rule)",
        "import werkzeug.routing; names = {werkzeug.routing.Rule: 'rule'}",
        "import werkzeug.routing\nrule: werkzeug.routing.Rule",
        "import werkzeug.routing\nclass Api:\n    rule: werkzeug.routing.Rule",
        "import werkzeug.routing\ndef add(rule: werkzeug.routing.Rule): pass",
        "import flask\nfrom werkzeug.local import LocalProxy\nnone_yet = flask.request",
        "class Equal(type):\n    def __eq__(self, other): 1 / 0\nclass Odd(metaclass=Equal): pass",
    ],
)
def test_what_makes_no_maps_and_rules_is_not_refused(program: str) -> None:
    check(f"{program}\nimport trieroute; trieroute.patch()")


def test_maps_that_are_garbage_do_not_count() -> None:
    check(
        """
        import gc, trieroute, werkzeug.routing
        gc.disable()
        url_map = werkzeug.routing.Map()
        url_map.itself = url_map
        del url_map
        trieroute.patch()
        """
    )
