"""The module of `trieroute export --format ts`, type-checked and run under Node.

What it builds of drawn values is what `MapAdapter.build` builds of them.

    npm install --prefix DIRECTORY typescript@5
    PATH=DIRECTORY/node_modules/.bin:$PATH python -m pytest tests/web/module_in_node.py
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.routing import BuildError

import trieroute
from routing_model import MapSpec, make_map
from routing_strategies import maps
from trieroute import Map, Rule
from trieroute._inspection.typescript import typescript

TSC = ["tsc", "--strict", "--noUncheckedIndexedAccess", "--target", "es2022", "--module"]
RUN = """\
const cases = JSON.parse(require("node:fs").readFileSync(0, "utf-8"));
const answers = cases.map(([file, endpoint, values]) => {
  const { build, BuildError } = require(file);
  const given = Object.fromEntries(Object.entries(values).map(([name, value]) =>
    [name, value !== null && value.whole ? BigInt(value.whole) : value]));
  try {
    return build(endpoint, given);
  } catch (error) {
    return { error: error instanceof BuildError ? "BuildError" : "ValueError" };
  }
});
console.log(JSON.stringify(answers));
"""

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUES = {
    "number | bigint": st.integers(-(10**20), 10**20) | st.integers(-5, 1200),
    "number": st.floats(allow_nan=False, allow_infinity=False) | st.integers(-9, 9).map(float),
}


def values_of(url_map: Map) -> st.SearchStrategy[tuple[Any, dict[str, Any]]]:
    """An endpoint, and values for one of its rules, perhaps too few or too many."""
    from trieroute._inspection.variable_schemas import type_of

    def for_rule(rule: Any) -> st.SearchStrategy[tuple[Any, dict[str, Any]]]:
        fields: dict[str, Any] = {}
        for name, converter in rule._converters.items():
            kind, writing = type_of(converter) or ("string", ["text"])
            choices = st.sampled_from(writing[2] if len(writing) > 2 else ["a"])
            fields[name] = VALUES.get(kind, choices if not kind else TEXTS)
        for name, value in (rule.defaults or {}).items():
            fields[name] = st.sampled_from([value, 2])
        more = st.dictionaries(
            st.sampled_from(["q", "page", "\xe9 &"]),
            st.none() | TEXTS | st.booleans() | st.lists(TEXTS | st.none(), max_size=2),
            max_size=2,
        )
        some = st.fixed_dictionaries({}, optional=fields)
        given = st.one_of(st.fixed_dictionaries(fields), st.fixed_dictionaries(fields), some)
        return st.tuples(st.just(rule.endpoint), st.builds(lambda a, b: {**b, **a}, given, more))

    return st.one_of([for_rule(rule) for rule in url_map.iter_rules()])


def built(url_map: Map, endpoint: str, values: dict[str, Any]) -> Any:
    try:
        return url_map.bind("example.org").build(endpoint, values)
    except BuildError:
        return {"error": "BuildError"}
    except ValueError:
        return {"error": "ValueError"}


def sendable(value: Any) -> Any:
    return {"whole": str(value)} if type(value) is int and abs(value) > 2**53 else value


def compiled(directory: Path, modules: list[str]) -> None:
    for number, text in enumerate(modules):
        (directory / f"m{number}.ts").write_text(text, encoding="utf-8")
    files = [str(file) for file in directory.glob("*.ts")]
    done = subprocess.run([*TSC, "commonjs", *files], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def answers(directory: Path, cases: list[Any]) -> Any:
    (directory / "run.js").write_text(RUN, encoding="utf-8")
    done = subprocess.run(
        ["node", "run.js"],
        cwd=directory,
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_module_builds_what_the_map_builds(tmp_path: Path) -> None:
    drawn: list[tuple[Map, str, list[tuple[str, dict[str, Any]]]]] = []

    @settings(max_examples=120, suppress_health_check=[*HealthCheck])
    @given(spec=maps(), data=st.data())
    def draw(spec: MapSpec, data: st.DataObject) -> None:
        url_map, _ = make_map(trieroute, spec)
        if url_map.host_matching:
            return
        module = typescript(url_map, "drawn")
        requests = data.draw(st.lists(values_of(url_map), min_size=5, max_size=12))
        drawn.append((url_map, module, requests))

    draw()
    compiled(tmp_path, [module for _, module, _ in drawn])
    cases, expected = [], []
    for number, (url_map, module, requests) in enumerate(drawn):
        for endpoint, values in requests:
            # Where a rule of the endpoint is left out, it may be the one that Python builds.
            names = [line for line in module.splitlines() if line.startswith("// Left out")]
            if any(f"'{endpoint}'" in line or "query" in line for line in names):
                continue
            url = built(url_map, endpoint, values)
            if "?" in url and any(type(value) is float for value in values.values()):
                # In a query, a float is written as the language does: 1.0 is no other number than 1
                # in JavaScript.
                continue
            sent = {name: sendable(value) for name, value in values.items()}
            cases.append([f"./m{number}.js", endpoint, sent])
            expected.append(url)
    found = answers(tmp_path, cases)
    differing = [
        (case, one, other)
        for case, one, other in zip(cases, expected, found, strict=True)
        if one != other
    ]
    assert differing[:3] == []
    assert len(cases) > 200
    assert sum(isinstance(one, str) for one in expected) > 100


def shop() -> Map:
    return Map(
        [
            Rule("/a b/\xfc/<x>", endpoint="text"),
            Rule("/n/<int(fixed_digits=3):n>/<float:f>", endpoint="numbers"),
            Rule("/p/<path:p>/<any(a, 'b c'):k>", endpoint="path"),
            Rule("/<uuid:u>", endpoint="id"),
            Rule("/pages/", endpoint="pages", defaults={"page": 1}),
            Rule("/pages/<int:page>", endpoint="pages"),
            Rule("/made", endpoint="either", methods=["POST"]),
            Rule("/get/<a>", endpoint="either", methods=["GET"]),
            Rule("/", endpoint="</script>\u2028'\"\\"),
        ]
    )


#: Values, and how Python writes them.
LITERAL: list[tuple[str, dict[str, Any], str]] = [
    ("text", {"x": "\xe9/\U0001f600 ?"}, "/a%20b/%C3%BC/%C3%A9/%F0%9F%98%80%20%3F"),
    ("text", {"x": "1", "q": ["a b", None, "+"], "z": True}, "/a%20b/%C3%BC/1?q=a+b&q=%2B&z=True"),
    ("numbers", {"n": 7, "f": 2}, "/n/007/2.0"),
    ("numbers", {"n": -7, "f": 1e-7}, "/n/-07/1e-07"),
    ("numbers", {"n": 10**20, "f": 1.5e300}, "/n/100000000000000000000/1.5e+300"),
    ("numbers", {"n": 7, "f": 123456.75}, "/n/007/123456.75"),
    ("path", {"p": "x//y", "k": "b c"}, "/p/x//y/b%20c"),
    ("id", {"u": str(UUID(int=7))}, "/00000000-0000-0000-0000-000000000007"),
    ("pages", {}, "/pages/"),
    ("pages", {"page": 1}, "/pages/"),
    ("pages", {"page": 2}, "/pages/2"),
    ("either", {}, "/made"),
    ("either", {"a": "b"}, "/get/b"),
    ("</script>\u2028'\"\\", {}, "/"),
]


def test_values_and_their_texts(tmp_path: Path) -> None:
    compiled(tmp_path, [typescript(shop(), "shop\n*/")])
    cases = [
        ["./m0.js", endpoint, {name: sendable(value) for name, value in values.items()}]
        for endpoint, values, _ in LITERAL
    ]
    urls = [url for *_, url in LITERAL]
    assert [built(shop(), endpoint, values) for endpoint, values, _ in LITERAL] == urls
    assert answers(tmp_path, cases) == urls


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        ('build("nothing", {})', "is not assignable to parameter of type 'keyof Values'"),
        ('build("numbers", { n: 7 })', "Property 'f' is missing"),
        ('build("numbers", { n: "7", f: 1 })', "Type 'string' is not assignable to type 'number"),
        ('build("path", { p: "a", k: "c" })', 'is not assignable to type \'"a" | "b c"\''),
        ('build("text")', "Expected 2-3 arguments, but got 1"),
    ],
)
def test_types_refuse_what_could_not_be_built(tmp_path: Path, call: str, fault: str) -> None:
    (tmp_path / "m0.ts").write_text(typescript(shop(), "shop"), encoding="utf-8")
    (tmp_path / "use.ts").write_text(f'import {{ build }} from "./m0";\n{call};\n')
    done = subprocess.run(
        [*TSC, "commonjs", "--noEmit", str(tmp_path / "use.ts")], capture_output=True, text=True
    )
    assert done.returncode != 0
    assert fault in done.stdout
