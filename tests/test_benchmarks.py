"""The benchmarks' workloads, how rows run, and how results are computed; no time is asserted."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from benchmarks import (
    bench_build,
    bench_parts,
    bench_requests,
    bench_worst_case,
    instructions,
    peers,
    results,
    runner,
    where,
)
from benchmarks.__main__ import main
from benchmarks.instructions import Counts
from benchmarks.report import as_markdown
from benchmarks.rows import Entry, Row, Target, at_least, at_most, made
from benchmarks.runner import SUITES
from benchmarks.workloads import (
    HOST,
    WORKLOADS,
    Variable,
    Workload,
    load,
    more_cases,
    pieces,
    random_rules,
)
from click.testing import CliRunner
from werkzeug.exceptions import HTTPException

ROOT = Path(__file__).parent.parent
PUBLISHED = ROOT / "benchmarks" / "results" / "published.json"
PAGE = ROOT / "docs" / "performance_results.md"

SMALL = [name for name in WORKLOADS if not name.startswith(("random-10000", "random-100000"))]
BUILDS = ["quoted-builds", "query-builds"]
MATCHES = [name for name in SMALL if name not in BUILDS]
#: Requests of a workload that are sent to each router.
REQUESTS = 200


@pytest.mark.parametrize("name", SMALL)
def test_workload_is_the_same_every_time(name: str) -> None:
    assert WORKLOADS[name]() == WORKLOADS[name]()


def test_workload_is_the_same_on_every_python() -> None:
    content = repr([WORKLOADS[name]() for name in ("github", "random-100", "converters", "hosts")])
    assert hashlib.sha256(content.encode()).hexdigest()[:16] == "33d8a9db777115ce"


@pytest.mark.parametrize("router", ["trieroute", "werkzeug"])
@pytest.mark.parametrize("name", MATCHES)
def test_expected_answers_are_those_of(router: str, name: str) -> None:
    workload = load(name)
    made = peers.PEERS[router](workload)
    made.build()
    for case in (*workload.misses, *workload.cases[:REQUESTS]):
        expected = peers.Answer(case.status)
        if case.status == 200:
            expected = peers.Answer(200, case.endpoint, case.values)
        assert made.answer(case) == expected


@pytest.mark.parametrize("name", MATCHES)
def test_spans_are_where_the_values_stand(name: str) -> None:
    for case in load(name).cases[:REQUESTS]:
        texts = {
            span.name: (case.host if span.in_host else case.path)[span.start : span.end]
            for span in case.spans
        }
        assert texts == {name: str(value) for name, value in case.values.items()}


@pytest.mark.parametrize("name", BUILDS)
def test_urls_are_those_of_werkzeug(name: str) -> None:
    ours = bench_build.adapter("trieroute", name)
    theirs = bench_build.adapter("werkzeug", name)
    for case in load(name).cases[:REQUESTS]:
        url = ours.build(case.endpoint, case.values)
        assert url == theirs.build(case.endpoint, case.values)


@pytest.mark.parametrize("plain", [False, True])
def test_random_rules_are_as_many_as_asked_for_and_two_thirds_static(plain: bool) -> None:
    specs = random_rules(1_000, plain).specs
    assert len(specs) == 1_000
    segments = [pieces(segment) for spec in specs for segment in spec.rule.split("/")[1:]]
    static = sum(not isinstance(segment[0], Variable) for segment in segments)
    assert 0.62 < static / len(segments) < 0.72


def test_plain_rules_have_the_shape_of_the_others() -> None:
    def shape(workload: Workload) -> list[int]:
        return sorted(spec.rule.count("/") for spec in workload.specs)

    assert shape(random_rules(100)) == shape(random_rules(100, plain=True))
    kinds = {
        piece.kind
        for spec in random_rules(100, plain=True).specs
        for piece in pieces(spec.rule)
        if isinstance(piece, Variable)
    }
    assert kinds == {"string"}


def test_hosts_are_800_rules_with_hosts() -> None:
    workload = load("hosts")
    assert len(workload.specs) == 800
    assert all(spec.host and "<regex(" in spec.host for spec in workload.specs)
    assert {case.host for case in workload.misses} == {HOST}


@pytest.mark.parametrize("router", ["trieroute", "werkzeug"])
@pytest.mark.parametrize(
    "make",
    [
        bench_worst_case.long_segment,
        bench_worst_case.long_value,
        bench_worst_case.slashes,
        bench_worst_case.three_paths_miss,
        bench_worst_case.three_paths_match,
    ],
)
def test_worst_request_is_answered_as_expected_by(router: str, make: Any) -> None:
    case = make(40)
    made = peers.PEERS[router](bench_worst_case.TABLE)
    made.build()
    if case.status == 200:
        assert made.match(case.path, "GET") == (case.endpoint, case.values)
    else:
        with pytest.raises(HTTPException) as caught:
            made.match(case.path, "GET")
        assert caught.value.code == case.status


@pytest.mark.parametrize(
    ("make", "contestant"),
    [
        (make, contestant)
        for make in (
            bench_requests.flask_app,
            bench_requests.quart_app,
            bench_requests.starlette_app,
            bench_requests.fastapi_app,
        )
        for contestant in ("plain", "trieroute")
    ]
    + [
        (bench_requests.flask_app, "trieroute.wsgi"),
        (bench_requests.starlette_app, "trieroute.asgi"),
    ],
)
def test_whole_requests_are_answered_as_expected(make: Any, contestant: str) -> None:
    entry = bench_requests.enter(make, "random-10-plain", contestant)
    assert (entry.checked, entry.wrong) == (200, 0)


@pytest.mark.parametrize(
    "enter", [bench_requests.enter_flask_page, bench_requests.enter_starlette_page]
)
@pytest.mark.parametrize("contestant", ["plain", "trieroute"])
def test_page_of_links_has_all_of_them(enter: Any, contestant: str) -> None:
    assert (enter(contestant).checked, enter(contestant).wrong) == (1, 0)


@pytest.mark.parametrize(("name", "count"), [("google-plus", 2048), ("static", 500)])
def test_more_requests_are_different_and_of_the_same_rules(name: str, count: int) -> None:
    cases = more_cases(load(name), 2048)
    assert len({(case.path, case.method) for case in cases}) == len(cases) == count
    router = made("trieroute", load(name))
    for case in cases[:REQUESTS]:
        assert router.match(case.path, case.method) == (case.endpoint, case.values)


def test_instructions_are_a_column_of_their_own() -> None:
    row = result([], floor=80, trieroute=100)
    row.figures[1].instructions = 1234.4
    page = as_markdown(results.Run.here({}, [row]))
    assert "| trieroute / floor | trieroute, instructions |" in page
    assert "| 1.25 | 1,234 |" in page


@pytest.mark.parametrize("suite", SUITES)
def test_suite_has_rows_with_names_of_their_own(suite: str) -> None:
    rows = import_module(f"benchmarks.bench_{suite}").ROWS
    assert rows
    assert len({row.name for row in rows}) == len(rows)
    for row in rows:
        for target in row.targets:
            assert target.subject in row.contestants
            assert target.than in (None, "others", *row.contestants)


def test_router_that_is_not_installed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers.Falcon, "package", "no-such-distribution")
    with pytest.raises(peers.Refusal, match="not installed"):
        peers.router_class("falcon")


def test_row_runs_by_the_timer_of_pytest_benchmark(tmp_path: Path) -> None:
    output = tmp_path / "benchmark.json"
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "benchmarks"]
    chosen = "google-plus-trieroute or import-trieroute"
    done = subprocess.run(
        [*command, "-k", chosen, f"--benchmark-json={output}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert "1 passed, 1 skipped" in done.stdout, done.stdout
    (measured,) = json.loads(output.read_text(encoding="utf-8"))["benchmarks"]
    assert measured["name"] == "bench_match[google-plus-trieroute]"
    assert measured["group"] == "google-plus: Google+ API, 13 rules, 200 times"
    assert measured["options"]["timer"] == "perf_counter"
    assert measured["extra_info"]["operations"] == 200
    assert measured["extra_info"]["wrong"] == 0
    assert measured["stats"]["min"] > 0


def test_row_runs_in_interleaved_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def enter(contestant: str) -> Entry:
        return Entry(lambda count: lambda: done.append(contestant), most_rounds=3)

    row = Row("row", "title", enter, ("trieroute", "werkzeug"))
    monkeypatch.setattr("benchmarks.bench_match.ROWS", (row,))
    (measured,) = runner.measured_suite("match", runner.QUICK, (), lambda text: None)
    assert done == ["trieroute", "werkzeug"] * 3
    assert [len(figure.rounds) for figure in measured.figures] == [3, 3]


def result(targets: list[Target], **medians: float | None) -> results.RowResult:
    figures = [
        results.Figure(name, rounds=[] if median is None else [median])
        for name, median in medians.items()
    ]
    return results.RowResult("suite", "row", "title", "ns", True, targets, figures)


@pytest.mark.parametrize(
    ("target", "value", "met"),
    [
        (at_most(1.3, "floor"), 1.25, True),
        (at_most(1.2, "floor"), 1.25, False),
        (at_least(25, "werkzeug"), 30, True),
        (at_least(31, "werkzeug"), 30, False),
        (at_least(1, "others"), 2, True),
        (at_most(100), 100, True),
        (at_most(99), 100, False),
        (at_most(2, "starlette"), None, None),
    ],
)
def test_target(target: Target, value: float | None, met: bool | None) -> None:
    row = result([target], floor=80, trieroute=100, werkzeug=3000, falcon=200, starlette=None)
    (verdict,) = row.verdicts()
    assert (verdict.value, verdict.met) == (value, met)


def test_wrong_router_is_not_the_fastest_other() -> None:
    row = result([], trieroute=100, falcon=50, werkzeug=3000)
    row.figures[1].wrong = 1
    fastest = row.fastest_other()
    assert fastest is not None
    assert fastest.contestant == "werkzeug"


def test_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    run = results.Run.here({"quick": True}, [result([at_most(1.3, "floor")], trieroute=100)])
    run.write(tmp_path / "run.json")
    assert results.Run.read(tmp_path / "run.json") == run


def test_file_that_is_no_run_is_named(tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    file.write_text("{}", encoding="utf-8")
    with pytest.raises(ValueError, match=r"run\.json"):
        results.Run.read(file)


def test_published_page_is_what_the_published_run_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == as_markdown(results.Run.read(PUBLISHED))


#: Texts with figures of the published run: the page, the text, and for each figure its row and
#: whose time it is, in µs, or the row and the two whose ratio it is.
QUOTED: list[tuple[str, str, list[tuple[str, ...]]]] = [
    *(
        (
            "README.md",
            f"| {title} | {{}} | {{}} | {{}} \u00d7 |",
            [(row, "plain"), (row, "trieroute"), (row, "plain", "trieroute")],
        )
        for title, row in [
            ("Flask, 200 rules", "flask-200"),
            ("Quart, 200 rules", "quart-200"),
            ("Starlette, 200 routes", "starlette-200"),
            ("FastAPI, 200 routes", "fastapi-200"),
            ("Starlette, 1,225 routes (GitHub's REST API)", "starlette-1225"),
            ("FastAPI, 1,225 routes", "fastapi-1225"),
        ]
    ),
    (
        "docs/faq.md",
        "a Flask application of 200 rules answers in {} µs in place of {}; a FastAPI application of"
        " 1,225 routes in {} µs in place of {};",
        [
            ("flask-200", "trieroute"),
            ("flask-200", "plain"),
            ("fastapi-1225", "trieroute"),
            ("fastapi-1225", "plain"),
        ],
    ),
    (
        "docs/starlette.md",
        "a path takes {} times as long in plain Starlette as in a sped-up application, and {} times"
        " in FastAPI; an absolute URL {} and {} times,",
        [
            ("starlette-urls-1225", "plain", "trieroute"),
            ("fastapi-urls-1225", "plain", "trieroute"),
            ("starlette-urls-1225-absolute", "plain", "trieroute"),
            ("fastapi-urls-1225-absolute", "plain", "trieroute"),
        ],
    ),
    *(
        (
            "docs/starlette.md",
            f"| {title} | {{}} | {{}} | {{}} | {{}} |",
            [
                (row, "starlette"),
                (row, "ffroute"),
                (row, "trieroute.starlette"),
                (row, "starlette", "trieroute.starlette"),
            ],
        )
        for title, row in [
            ("a route takes it", "starlette-call-1225"),
            ("404", "starlette-call-1225-404"),
            ("405", "starlette-call-1225-405"),
        ]
    ),
    (
        "docs/starlette.md",
        "With 10 routes, a route's call takes {}, {} and {} µs.",
        [
            ("starlette-call-10", "starlette"),
            ("starlette-call-10", "ffroute"),
            ("starlette-call-10", "trieroute.starlette"),
        ],
    ),
    *(
        (
            "docs/routers.md",
            f"| {title} | {{}} |",
            [(f"service-{kind}", other, f"trieroute.{kind}")],
        )
        for kind, other, title in [
            ("asgi", "falcon", "falcon"),
            (
                "asgi",
                "starlette-handlers",
                "`trieroute.asgi.Router` with Starlette's requests and responses",
            ),
            ("asgi", "starlette", "Starlette's `Router`"),
            ("wsgi", "falcon", "falcon"),
            ("wsgi", "flask", "Flask"),
        ]
    ),
]


@pytest.mark.parametrize(("page", "text", "figures"), QUOTED)
def test_page_has_the_figures_of_the_published_run(
    page: str, text: str, figures: list[tuple[str, ...]]
) -> None:
    rows = {row.name: row for row in results.Run.read(PUBLISHED).rows}
    shown = []
    for row, measured, *divisor in figures:
        value: Any = rows[row].median(measured)
        value /= rows[row].median(divisor[0]) if divisor else 1000
        shown.append(f"{value:,.0f}" if value >= 9.95 else f"{value:.1f}")
    content = " ".join((ROOT / page).read_text(encoding="utf-8").split())
    assert text.format(*shown) in content


# Instructions


def test_parts_of_a_request_do_what_they_are_called() -> None:
    for part in bench_parts.PARTS:
        bench_parts.enter(part).prepare(3)()
    url_map: Any = made("trieroute", load("github")).map
    environ = bench_parts.environ(bench_parts.path(7))
    scope = bench_parts.scope(bench_parts.path(7))
    wanted = {"owner": "octo17", "repo": "hello", "issue_number": "1007"}
    assert url_map.bind_to_environ(environ).match() == (bench_parts.ENDPOINT, wanted)
    assert url_map.bind_to_scope(scope).match() == (bench_parts.ENDPOINT, wanted)
    assert url_map.bind(HOST).build(*bench_parts.arguments(7)) == bench_parts.path(7)


def test_row_to_be_counted_is_a_part_a_row_or_a_contestant() -> None:
    assert instructions.chosen(["match", "github:werkzeug", "static"]) == [
        ("parts", "match"),
        ("github", "werkzeug"),
        ("static", "floor"),
        ("static", "trieroute"),
        ("static", "werkzeug"),
    ]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nothing", "no row 'nothing'; there are match, "),
        ("github:nothing", "row 'github' has no 'nothing'; it has floor, "),
    ],
)
def test_row_to_be_counted_that_is_unknown_is_named(name: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        instructions.chosen([name])


def test_each_row_to_be_counted_makes_four_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    marks: list[str] = []
    monkeypatch.setattr("os.getppid", lambda: marks.append("mark"))
    monkeypatch.setattr("gc.disable", lambda: None)
    instructions.perform([("parts", "bind"), ("google-plus", "trieroute")])
    assert marks == ["mark"] * 8


def test_counts_without_valgrind_tell_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(peers.Refusal, match="apt-get install valgrind"):
        instructions.counted([("parts", "match")])


#: A profile as callgrind writes it: a name stands there once, with a number.
PROFILE = """
ob=(1) /lib/libpython3.so
fn=(1) _PyEval_EvalFrameDefault
10 40
cob=(2) /src/trieroute/_core/adapter.so
cfn=(2) __pyx_pw_9trieroute_5_core_7adapter_7Adapter_1match
calls=1 12
10 130
ob=(2)
fn=(2)
12 30
cob=(1)
cfn=(3) PyTuple_New
calls=1 13
+1 20
cob=(3) /src/trieroute/_core/trie.so
cfn=(4) __pyx_f_9trieroute_5_core_4trie_4Trie_open
calls=1 14
* 50
* 30
ob=(3)
fn=(4)
14 50
ob=(1)
fn=(3)
13 20
"""


def test_run_that_is_to_count_needs_valgrind_before_it_measures(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "")
    result = CliRunner().invoke(main, ["--instructions", "--only", "match"])
    assert result.exit_code == 1
    assert result.output == (
        "Error: instructions are counted by valgrind; install it: apt-get install valgrind\n"
    )


def test_profile_is_told_by_part() -> None:
    parts, total = where.by_part(*where.read(PROFILE.splitlines()))
    assert total == 170
    assert parts == {
        "arguments, and the state": 60,
        "split the path": 50,
        where.RESULT: 20,
        where.REST: 40,
    }


def test_profile_without_symbols_tells_how_to_build_them() -> None:
    profile = PROFILE.replace("__pyx_f_9trieroute_5_core_4trie_4Trie_open", "0x000000000000d960")
    with pytest.raises(peers.Refusal, match="CFLAGS=-g"):
        where.by_part(*where.read(profile.splitlines()))


def test_caption_tells_of_other_programs() -> None:
    run = results.Run.here({"rounds": 5, "load": 7.2}, [])
    assert run.caption().endswith("; 5 rounds; other programs ran, 7 at a time when it began")


LANDED = Counts({"python": "CPython 3.11"}, {"match": 1000.0, "bind": 2000.0})


@pytest.mark.parametrize(
    ("match", "lines", "grown"),
    [
        (1050.0, ["match: 1,050, landed 1,000: +5.0%"], False),
        (1051.0, ["match: 1,051, landed 1,000: +5.1%, above +5%"], True),
        (500.0, ["match: 500, landed 1,000: -50.0%"], False),
    ],
)
def test_count_may_grow_by_a_twentieth(match: float, lines: list[str], grown: bool) -> None:
    now = Counts(LANDED.environment, {"match": match})
    assert instructions.compared(now, LANDED) == (lines, grown)


def test_count_that_never_landed_is_told() -> None:
    now = Counts(LANDED.environment, {"build": 3000.0})
    assert instructions.compared(now, LANDED) == (["build: 3,000, no count has landed"], False)


def test_counts_of_another_environment_are_not_compared() -> None:
    now = Counts({"python": "CPython 3.14"}, {"match": 5000.0})
    lines, grown = instructions.compared(now, LANDED)
    assert not grown
    assert "\n".join(lines) == (
        "NOT COMPARED: what the counts depend on is not what it was when they landed.\n"
        "  python: 'CPython 3.14'\n"
        "    landed: 'CPython 3.11'"
    )


def test_counts_are_read_as_they_were_written(tmp_path: Path) -> None:
    LANDED.write(tmp_path / "counts.json")
    assert Counts.read(tmp_path / "counts.json") == LANDED


def test_file_that_has_no_counts_is_named(tmp_path: Path) -> None:
    file = tmp_path / "counts.json"
    file.write_text('{"environment": {}}', encoding="utf-8")
    with pytest.raises(ValueError, match=r"counts\.json"):
        Counts.read(file)


def test_counts_that_landed_have_the_rows_that_are_checked() -> None:
    assert {"match", "bind_to_environ"} <= Counts.read(instructions.LANDED).instructions.keys()
