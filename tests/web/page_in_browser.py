"""The page of `trieroute tree --html`, in a headless Chromium.

The walk of the page's script is compared with `explain`: the outcome and what became of each rule
that ends where the path leads. What depends on Python code of a converter, no page can know; there
it says so, and is not compared.

    python -m pytest tests/web/page_in_browser.py
"""

from __future__ import annotations

import json
import os
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from starlette.applications import Starlette
from starlette.routing import Host, Mount, Route, WebSocketRoute
from tests.web.chromium import Page, chromium
from werkzeug.exceptions import BadHost

import trieroute.asgi
from routing_model import MapSpec, Request, make_map
from routing_strategies import maps_with_requests
from trieroute import Map, Rule
from trieroute._inspection.page_data import page_data
from trieroute.inspection import Explanation, Verdict, explain_starlette, html_page, tree
from trieroute.tables import github_rest_api

ORDERS = ["weights", "segments", "registration"]
#: The number of maps for each order; a map has some requests.
EXAMPLES = int(os.environ.get("TRIEROUTE_EXAMPLES", "100"))
#: What is told of a rule that ends where the path leads, whatever its variables are given.
TOLD = {
    Verdict.MATCHED,
    Verdict.OUTRANKED,
    Verdict.WRONG_METHOD,
    Verdict.WEBSOCKET_MISMATCH,
    Verdict.SLASH_MISSING,
}
HOSTILE = [
    "/</script><script>window.owned=1</script>",
    "/<!--<script>",
    "/\"'`${window.owned=1}\u2028\u2029&lt;b&gt;",
    "/<img src=x onerror=window.owned=1>",
    "/\x00\x1b[31m\u202e\ufeff",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Page]:
    with chromium() as page:
        yield page


def opened(browser: Page, application: Any, directory: Path) -> Page:
    file = directory / "page.html"
    file.write_text(html_page(application, "an application"), encoding="utf-8")
    browser.open(file)
    return browser


def asked(browser: Page, path: str, method: str = "GET", domain: str = "") -> str:
    """Ask for a request by the form; return the outcome that is shown."""
    given = json.dumps({"path": path, "method": method, "domain": domain})
    return str(
        browser.run(
            f"""(() => {{
                for (const [id, value] of Object.entries({given}))
                    document.getElementById(id).value = value;
                const submit = new Event("submit", {{ cancelable: true }});
                document.getElementById("request").dispatchEvent(submit);
                return document.getElementById("outcome").textContent;
            }})()"""
        )
    )


def texts(browser: Page, selector: str) -> list[str]:
    found = browser.run(
        f"[...document.querySelectorAll({selector!r})].map((each) => each.textContent)"
    )
    return [str(text) for text in found]


# -- It agrees with explain


def told(url_map: Map, explanation: Explanation) -> list[tuple[int, str]]:
    """What became of the rules, by their numbers in the tree."""
    rules = {id(rule): number for number, rule in enumerate(tree(url_map).rules)}
    return [
        (rules[id(one.rule)], str(one.verdict))
        for one in explanation.candidates
        if one.verdict in TOLD or "the client is sent to" in one.reason
    ]


def without_host(outcome: str) -> str:
    """An outcome without the URL of a redirect, of which a page knows the path alone."""
    return outcome.partition(" redirect")[0]


def assert_agrees(url_map: Map, explanation: Explanation, answer: Any) -> None:
    note(f"{explanation}\n{answer}")
    sent = [one for one in told(url_map, explanation) if one[1] == Verdict.SLASHES_MERGED]
    walked = [(rule, verdict) for rule, verdict in answer["told"]]
    kept = [each for each in walked if each[1] in {str(each) for each in TOLD} or each in sent]
    assert kept == told(url_map, explanation)
    outcome = answer["outcome"]
    if explanation.rule is not None:
        assert (outcome["kind"], outcome["text"]) == ("match", explanation.endpoint)
    elif outcome["kind"] == "match":
        # The rule is found, and leads to another one.
        assert outcome["leads"]
    else:
        assert without_host(outcome["text"]) == without_host(explanation.outcome)


@pytest.mark.parametrize("order", ORDERS)
def test_walk_agrees_with_explain(browser: Page, order: str, tmp_path: Path) -> None:
    opened(browser, Map(), tmp_path)
    compared = 0

    @settings(max_examples=EXAMPLES, suppress_health_check=[*HealthCheck])
    @given(drawn=maps_with_requests())
    def agree(drawn: tuple[MapSpec, list[Request]]) -> None:
        nonlocal compared
        spec, requests = drawn
        url_map, _ = make_map(trieroute, spec, match_order=order)
        explanations = []
        for request in requests:
            try:
                adapter = request.bind(url_map)
            except BadHost:
                continue
            explanations.append(adapter.explain(request.path, request.method, request.websocket))
        wanted = [one.as_dict()["request"] for one in explanations]
        given = json.dumps([page_data(tree(url_map)), wanted])
        answers = browser.run(
            f"""(() => {{
                const [trie, requests] = {given};
                return requests.map((request) => {{
                    const {{ outcome, doubt, told }} = walk(trie, request);
                    return {{ outcome, doubt, told: told.map((one) => [one.rule, one.verdict]) }};
                }});
            }})()"""
        )
        for explanation, answer in zip(explanations, answers, strict=True):
            # Without a host, there is no URL to redirect to.
            if not answer["doubt"] and "no URL can be made" not in str(explanation):
                assert_agrees(url_map, explanation, answer)
                compared += 1

    agree()
    assert compared > EXAMPLES


def test_form_agrees_with_explain_on_a_large_map(browser: Page, tmp_path: Path) -> None:
    url_map = Map(github_rest_api())
    adapter = url_map.bind("example.org")
    page = opened(browser, url_map, tmp_path)
    assert page.run("document.querySelectorAll('.rule').length") == 1225
    assert page.messages() == []
    for rule in [*url_map.iter_rules()][::5]:
        path = rule.rule.replace("<", "").replace(">", "")
        for method in (min(rule.methods), "DELETE"):
            explanation = adapter.explain(path, method)
            outcome = explanation.endpoint or explanation.outcome
            assert asked(page, path, method) == outcome
            verdicts = page.run(
                "[...document.querySelectorAll('#rules li')].map((each) => each.dataset.verdict)"
            )
            assert verdicts == [
                str(one.verdict)
                for one in explanation.candidates
                if one.verdict is not Verdict.REFUSED
            ]


async def view(request: Any) -> None: ...


def site() -> Starlette:
    inner = Starlette(
        routes=[
            Route("/a/", view, methods=["GET"], name="a"),
            Route("/{n:int}", view, methods=["POST"], name="n"),
            Mount("/deep", routes=[Route("/x", view, name="x")]),
        ]
    )
    return Starlette(
        routes=[
            Route("/", view, name="index"),
            Route("/{id:int}", view, methods=["GET"], name="item"),
            Route("/f/{x:float}", view, name="float"),
            Mount("/m", inner, name="m"),
            Mount("/m", Starlette(routes=[Route("/late", view, name="late")])),
            WebSocketRoute("/live", view, name="live"),
            Route("/files/{p:path}/raw", view, name="raw"),
            Mount("/static", view, name="static"),
            Route("/{slug}", view, methods=["PUT"], name="slug"),
        ]
    )


PATHS = [
    *("/", "//", "", "/7", "/7/", "/f/1.5", "/f/x", "/m", "/m/", "/m/a", "/m/a/", "/m/7", "/m/x"),
    *("/m/deep/x", "/m/deep/y", "/m/deep/x/", "/m/late", "/live", "/live/", "/files/a/b/raw"),
    *("/files//raw", "/files/raw", "/static", "/static/", "/static/a/b", "/word", "/word/", "//7"),
]


def test_routes_of_starlette(browser: Page, tmp_path: Path) -> None:
    app = site()
    page = opened(browser, app, tmp_path)
    for path in filter(None, PATHS):
        for method in ("GET", "POST", "PUT", "WebSocket"):
            socket = method == "WebSocket"
            explanation = explain_starlette(
                app, path, "GET" if socket else method, websocket=socket
            )
            outcome = asked(page, path, method)
            expected = explanation.route.endpoint if explanation.route else explanation.outcome
            if ", below the mount" in expected:
                expected, outcome = expected.partition(",")[0], outcome.partition(",")[0]
            assert (path, method, outcome) == (path, method, expected)


def test_hosts_of_starlette(browser: Page, tmp_path: Path) -> None:
    app = Starlette(
        routes=[
            Host("{user}.test", Starlette(routes=[Route("/x", view, name="x")])),
            Route("/y", view),
        ]
    )
    page = opened(browser, app, tmp_path)
    assert asked(page, "/x", domain="ann.test") == "x"
    assert asked(page, "/y", domain="example.org") == "view"
    assert asked(page, "/y", domain="ann.test").startswith("404 Not Found")


# -- Hostile text


def hostile() -> Map:
    rules = [Rule(f"/{n}", endpoint=text, methods=["<B>"]) for n, text in enumerate(HOSTILE)]
    texts = [text.replace("<", "(") for text in HOSTILE]
    rules += [Rule(f"{text}/<any('</script>', x):v>", endpoint="e") for text in texts]
    return Map(rules)


def test_hostile_text_is_text(browser: Page, tmp_path: Path) -> None:
    page = opened(browser, hostile(), tmp_path)
    for text in HOSTILE:
        asked(page, text)
    assert page.run("window.owned") is None
    assert page.messages() == []
    assert page.run("document.scripts.length") == 3
    assert page.run("document.querySelectorAll('img, b').length") == 0
    assert HOSTILE[0] in texts(page, ".endpoint")
    assert asked(page, "/0", "<B>") == HOSTILE[0]
    # What can't be seen is written with its number.
    assert asked(page, "/4", "<B>") == "/\\u{0}\\u{1b}[31m\\u{202e}\\u{feff}"


def test_hostile_name(browser: Page, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(html_page(Map(), "</title><script>window.owned=1</script>"), encoding="utf-8")
    browser.open(file)
    assert browser.run("window.owned") is None
    assert browser.run("document.title") == "Routes of </title><script>window.owned=1</script>"


def test_policy_lets_nothing_else_run_or_load(browser: Page, tmp_path: Path) -> None:
    page = opened(browser, hostile(), tmp_path)
    page.run(
        """(() => {
            const script = document.createElement("script");
            script.textContent = "window.owned = 1";
            document.body.append(script);
        })()"""
    )
    assert page.run("window.owned") is None
    assert page.run("fetch('data:text/plain,x').then(() => 'loaded', () => 'refused')") == "refused"


# -- Hands


def shop() -> Map:
    return Map(
        [
            Rule("/", endpoint="index"),
            Rule("/items/", endpoint="items", methods=["GET", "POST"]),
            Rule("/items/<int(max=99):id>", endpoint="item"),
            Rule("/items/<slug>", endpoint="slug"),
            Rule("/gone", endpoint="gone", methods=["GTE"]),
        ]
    )


def test_rows_and_findings(browser: Page, tmp_path: Path) -> None:
    page = opened(browser, shop(), tmp_path)
    assert texts(page, ".row > .label") == [
        "/",
        "/gone",
        "/items/",
        "/<int(max=99):id>",
        "/<slug>",
    ]
    assert texts(page, ".row .finding") == ["⚠ no-round-trip", "⚠ unknown-method"][::-1]
    assert [text.split("/")[0] for text in texts(page, "#findings li")] == [
        "no-round-trip",
        "unknown-method",
    ]


def test_each_mount_of_a_router_is_shown_once(browser: Page, tmp_path: Path) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None: ...

    router = trieroute.asgi.Router(Map())
    router.get("/static/own", endpoint="own")(app)
    router.mount("/static", app, endpoint="static")
    router.mount("/red", app, endpoint="red", bare="redirect")
    page = opened(browser, router, tmp_path)
    assert texts(page, ".row > .label") == ["/red/", "/static/own", "/static"]
    assert texts(page, ".row .method") == ["mount", "GET", "mount"]
    assert texts(page, ".row .rank") == ["#3", "#1", "#2"]
    for method in ("GET", "WebSocket"):
        assert asked(page, "/red/x", method) == "red"
        assert texts(page, "#rules li > code") == ["/red"]
        assert texts(page, ".row.winner > .label") == ["/red/"]
        assert asked(page, "/static/x", method) == "static"
        assert texts(page, "#rules li > code") == ["/static"]
    assert asked(page, "/red/") == "red"
    assert texts(page, "#rules li strong") == ["matched"]
    assert asked(page, "/static/own") == "own"
    assert texts(page, "#rules li strong") == ["matched", "outranked"]
    assert texts(page, "#steps li")[-1].startswith("the rest, “static/own”: static — ")


def test_steps(browser: Page, tmp_path: Path) -> None:
    page = opened(browser, shop(), tmp_path)
    assert asked(page, "/items/123") == "slug"
    assert texts(page, "#steps li") == [
        "The walk begins at the root.",
        "segment 1, “items”: items — taken",
        "segment 2, “123”: <int(max=99):id> — taken"
        "ends here: /items/<int(max=99):id> item: converter refused",
        "segment 2, “123”: <slug> — takenends here: /items/<slug> slug: matched",
    ]
    assert texts(page, ".row.winner > .label") == ["/<slug>"]
    assert texts(page, ".row.current > .label") == ["/<slug>"]
    page.run("document.getElementById('previous').click()")
    assert texts(page, ".row.current > .label") == ["/<int(max=99):id>"]
    assert texts(page, "#place") == ["3 of 4"]
    assert page.run("document.getElementById('next').disabled") is False


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/items/7", ""),
        ("/item/7", "None: nothing takes segment 1, “item”."),
        ("/items/7/more", "None: nothing takes segment 3, “more”."),
        ("/items/7/", "None: nothing takes segment 3, “”."),
    ],
)
def test_where_a_path_parts_from_all_rules(
    browser: Page, tmp_path: Path, path: str, told: str
) -> None:
    page = opened(browser, shop(), tmp_path)
    asked(page, path)
    assert texts(page, "#none") == [told]
    assert page.run("document.getElementById('none').hidden") is (told == "")


@pytest.mark.parametrize(
    ("typed", "outcome"),
    [
        ("https://example.org/items/7?a=b", "item"),
        ("/items/7#top", "item"),
        ("/items/%C3%BC", "slug"),
        ("/items/100%", "slug"),
        ("/items", "308 redirect to /items/"),
        ("//items//7", "308 redirect to /items/7"),
    ],
)
def test_what_people_paste(browser: Page, tmp_path: Path, typed: str, outcome: str) -> None:
    page = opened(browser, shop(), tmp_path)
    assert asked(page, typed) == outcome


def test_keyboard(browser: Page, tmp_path: Path) -> None:
    page = opened(browser, shop(), tmp_path)
    page.press("/")
    assert page.run("document.activeElement.id") == "path"
    page.type("/items/7")
    page.press("Enter")
    assert texts(page, "#outcome") == ["item"]
    page.run("document.querySelector('[role=treeitem][tabindex=\"0\"]').focus()")
    label = "document.activeElement.querySelector('.label').textContent"
    page.press("End")
    assert page.run(label) == "/<slug>"
    page.press("ArrowLeft")
    assert page.run(label) == "/items/"
    page.press("ArrowLeft")
    assert page.run("document.activeElement.getAttribute('aria-expanded')") == "false"
    assert page.run("document.querySelectorAll('.row:not([hidden])').length") == 3
    page.press("ArrowDown")
    assert page.run(label) == "/items/"
    page.press("ArrowRight")
    page.press("ArrowRight")
    assert page.run(label) == "/<int(max=99):id>"
    page.press("Home")
    assert page.run(label) == "/"


#: Times how long it takes from the Enter key to the frame that shows the answer, in milliseconds.
TIMER = """
window.painted = new Promise((done) => document.addEventListener("keydown", () => {
    const start = performance.now();
    requestAnimationFrame(() => {
        const behind = new MessageChannel();
        behind.port1.onmessage = () => done(performance.now() - start);
        behind.port2.postMessage(null);
    });
}, { capture: true, once: true })), 0
"""
#: Whether the middle of the row of the rule that wins can be seen, and is behind nothing, when the
#: page has come to rest.
SEEN = """
(async () => {
    for (let frame = 0; frame < 5; frame++) await new Promise(requestAnimationFrame);
    const row = document.querySelector(".row.winner");
    const { left, top, height } = row.getBoundingClientRect();
    return row.contains(document.elementFromPoint(left + 30, top + height / 2));
})()
"""


def test_winner_is_seen_at_once_among_many_rules(browser: Page, tmp_path: Path) -> None:
    browser.look(1280, 900, "light")
    page = opened(browser, Map(github_rest_api()), tmp_path)
    times = []
    for path in (
        *("/repos/a/b/issues/7", "/repos/a/b/issues/3/comments", "/user"),
        *("/orgs/x/actions/runners", "/repos/a/b/pulls/7/files", "/repos/a/b/contents/x", "/zen"),
    ):
        page.run("document.getElementById('path').value = ''")
        page.run("document.getElementById('path').focus()")
        page.run(TIMER)
        page.type(path)
        page.press("Enter")
        times.append(page.run("window.painted"))
        assert (path, page.run(SEEN)) == (path, True)
    # What takes less than 200 ms seems to most people to happen at once.
    assert statistics.median(times) < 200


def test_only_the_end_that_wins_is_marked_among_the_steps(browser: Page, tmp_path: Path) -> None:
    page = opened(browser, shop(), tmp_path)
    asked(page, "/items/123")
    assert texts(page, "#steps .ending") == [
        "ends here: /items/<int(max=99):id> item: converter refused",
        "ends here: /items/<slug> slug: matched",
    ]
    assert texts(page, "#steps .ending.winner") == ["ends here: /items/<slug> slug: matched"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_page_fits_its_window(browser: Page, tmp_path: Path, width: int, scheme: str) -> None:
    url_map = Map([*github_rest_api(), Rule("/" + "long" * 200 + "/<path:p>", endpoint="x" * 300)])
    browser.look(width, 844, scheme)
    page = opened(browser, url_map, tmp_path)
    asked(page, "/repos/octocat/hello-world/issues/7")
    page.run("document.getElementById('open-all').click()")
    assert page.run("document.documentElement.scrollWidth") <= width
    ground = page.run("getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 24, 30)"}[scheme]
