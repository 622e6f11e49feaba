"""What a client, or a program that passes on what a client sent, can do to a router.

`TABLE` has cases by heading, `page` writes them with their outcomes in both libraries, and
`python tests/hostile.py` prints that page, which is `docs/hostile.md`.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple

from werkzeug import routing as werkzeug_routing
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BuildError, RequestRedirect
from werkzeug.test import create_environ

import trieroute


class Case(NamedTuple):
    """What is sent or passed, in words, and what does it to a map of either library."""

    shown: str
    attempt: Callable[[ModuleType], Any]


def plain(text: str) -> str:
    """The text with escapes for what is not printable ASCII."""
    return ascii(text)[1:-1]


def shortened(text: str) -> str:
    if len(text) <= 80:
        return f"`{text}`"
    return f"`{text[:30]}…` ({len(text):,} characters)"


def outcome(case: Case, routing: ModuleType) -> str:
    """What a case comes to, as one line of text."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = case.attempt(routing)
    except RequestRedirect as redirect:
        return f"redirect to {shortened(plain(redirect.new_url))}"
    except HTTPException as error:
        return f"{error.code}"
    except BuildError:
        return "`BuildError`"
    except Exception as error:
        return f"`{type(error).__name__}`"
    return shortened(plain(result) if isinstance(result, str) else ascii(result))


def make_map(routing: ModuleType) -> Any:
    rule = routing.Rule
    order = {} if routing is werkzeug_routing else {"match_order": "segments"}
    return routing.Map(
        [
            rule("/", endpoint="root"),
            rule("/branch/", endpoint="branch"),
            rule("/text/<x>", endpoint="text"),
            rule("/tail/<path:p>", endpoint="tail"),
            rule("/tails/<path:p>/x/<path:q>", endpoint="tails"),
            rule("/int/<int:n>", endpoint="int"),
            rule("/uuid/<uuid:u>", endpoint="uuid"),
            rule("/any/<any(a, 'b c'):x>", endpoint="any"),
            rule("/old/<path:p>", endpoint="old", redirect_to="/text/<p>"),
            rule("/out/<x>", endpoint="out", redirect_to="<x>"),
            rule("/to/<x>", endpoint="to", redirect_to="https://<x>.example.org/"),
            rule("/get", endpoint="get", methods=["GET"]),
        ],
        **order,
    )


def path(
    text: str, method: str = "GET", shown: str | None = None, method_shown: str | None = None
) -> Case:
    words = f"`{shown or plain(text)}`"
    if method != "GET":
        words += f" with the method `{method_shown or plain(method)}`"
    return Case(words, lambda routing: make_map(routing).bind("example.org").match(text, method))


def host(text: str, requested: str = "/branch", shown: str | None = None) -> Case:
    def attempt(routing: ModuleType) -> Any:
        environ = create_environ(requested)
        environ["HTTP_HOST"] = text
        return make_map(routing).bind_to_environ(environ).match()

    return Case(f"`Host: {shown or plain(text)}`, `{requested}`", attempt)


def root(text: str, requested: str = "/branch") -> Case:
    def attempt(routing: ModuleType) -> Any:
        environ = {**create_environ(requested), "SCRIPT_NAME": text}
        return make_map(routing).bind_to_environ(environ).match()

    return Case(f"`SCRIPT_NAME` is `{plain(text)}`, `{requested}`", attempt)


def root_built(text: str) -> Case:
    def attempt(routing: ModuleType) -> Any:
        environ = {**create_environ("/"), "SCRIPT_NAME": text}
        return make_map(routing).bind_to_environ(environ).build("branch")

    return Case(f"`SCRIPT_NAME` is `{plain(text)}`, the URL of `branch`", attempt)


def external(text: str, script_name: str = "") -> Case:
    def attempt(routing: ModuleType) -> Any:
        environ = {**create_environ("/"), "HTTP_HOST": text, "SCRIPT_NAME": script_name}
        adapter = make_map(routing).bind_to_environ(environ)
        return adapter.build("text", {"x": "a"}, force_external=True)

    below = f" and `SCRIPT_NAME` is `{plain(script_name)}`" if script_name else ""
    return Case(f"`Host: {plain(text)}`{below}, the full URL of `text`", attempt)


def query(text: Any, shown: str | None = None) -> Case:
    return Case(
        f"`{shown or ascii(text)}` on `/branch`",
        lambda routing: make_map(routing).bind("example.org").match("/branch", query_args=text),
    )


def value(endpoint: str, shown: str | None = None, **values: Any) -> Case:
    text = ", ".join(f"{name}={shown or ascii(value)}" for name, value in values.items())
    return Case(
        f"`build({endpoint!r})`, `{text}`",
        lambda routing: make_map(routing).bind("example.org").build(endpoint, values),
    )


def scheme(text: str) -> Case:
    return Case(
        f"`{plain(text) or '(none)'}` on `/branch`",
        lambda routing: make_map(routing).bind("example.org", url_scheme=text).match("/branch"),
    )


TABLE: dict[str, list[Case]] = {
    "Paths": [
        path("//evil.example"),
        path("/\\evil.example"),
        path("//evil.example/branch"),
        path("//branch"),
        path("/branch//"),
        path("///branch"),
        path("/.//branch"),
        path("/../branch"),
        path("/text/.."),
        path("/text/%2e%2e"),
        path("/text/a\x00b"),
        path("/text/a\r\nSet-Cookie: a=b"),
        path("/branch\r\nSet-Cookie: a=b"),
        path("/text/\ud800"),
        path("/tail//evil.example"),
        path("/tail/a//evil.example"),
        path("//tail//\ud800"),
        path("/int/\u0661"),
        path("/int/-1"),
        path("/int/" + "9" * 5_000, shown="/int/999… (5,000 digits)"),
        path("/text/" + "a" * 1_000_000, shown="/text/aaa… (1 MB)"),
        path("/a" * 100_000, shown="/a/a/a… (100,000 segments)"),
        path("/" * 100_000, shown="///… (100,000 slashes)"),
        path("/tails/" + "x/" * 200 + "y", shown="/tails/x/x/x… (200 segments)"),
        path("/get", "GET\r\nX: y"),
        path("/get", "get"),
        path("/get", "DELETE" * 10_000, shown="/get", method_shown="DELETEDELETE… (60 kB)"),
    ],
    "Redirects to what was sent": [
        path("/old/a"),
        path("/old//evil.example"),
        path("/out/evil.example"),
        path("/out/https:evil.example"),
        path("/out/javascript:alert(1)"),
        path("/out/\\\\evil.example"),
        path("/out/a\r\nSet-Cookie: a=b"),
        path("/out/\t"),
        path("/to/a"),
        path("/to/evil.example#"),
        path("/to/a@evil.example"),
        path("/to/evil.example?"),
        path("/to/a..b"),
        path("/to/.."),
        path("/to/" + "a" * 64, shown="/to/aaa… (64 characters)"),
    ],
    "Hosts": [
        host("example.org"),
        host(""),
        host("", "//evil.example/branch"),
        host("evil.example"),
        host("example.org@evil.example"),
        host("example.org/evil"),
        host("example.org\\evil"),
        host("example.org?evil"),
        host("example.org#evil"),
        host("example.org evil"),
        host("example.org\r\nSet-Cookie: a=b"),
        host("example.org:port"),
        host("example..org"),
        host("a" * 10_000 + ".org", shown="aaa….org (a label of 10,000 characters)"),
        host("[::1]"),
        host("[::1"),
        host("\xff.org"),
    ],
    "Roots": [
        root("/app"),
        root("//evil.example"),
        root("/\\evil.example"),
        root("/a\r\nSet-Cookie: a=b"),
        root("/a?b#c"),
        root("evil.example"),
        root("evil.example", "/old/a"),
        root_built("/app"),
        root_built("//evil.example"),
        root_built("/\\evil.example"),
        root_built("/a\r\nb"),
        root_built("evil.example"),
        root_built("http://evil.example"),
        root_built("\t//evil.example"),
        external("example.org", ".evil.example"),
        external("", "/evil.example"),
        external("example.org/evil"),
    ],
    "Queries of a redirect": [
        query("a=b"),
        query("a\r\nSet-Cookie: a=b"),
        query("a\0b"),
        query("a\tb"),
        query("#evil"),
        query({"a": "\r\n&#="}),
        query({"a": ["1", None, "2"]}),
        query("\ud800"),
        query("a" * 1_000_000, shown="'aaa…' (1 MB)"),
    ],
    "Values of built URLs": [
        value("text", x="a/b"),
        value("text", x=".."),
        value("text", x="//evil.example"),
        value("text", x="a\r\nb"),
        value("text", x="a?b#c%"),
        value("text", x="\ud800"),
        value("text", x=""),
        value("tail", p="/evil.example"),
        value("tail", p="../../x"),
        value("int", n="1/../x"),
        value("int", n=10**400, shown="10**400"),
        value("int", n=10**5_000, shown="10**5000"),
        value("int", n=float("nan")),
        value("uuid", u="a\r\nb"),
        value("uuid", u="/../x"),
        value("any", x="b c"),
        value("any", x="a\r\nb"),
        value("branch", q="\r\n&#"),
        value("branch", q="\ud800"),
    ],
    "Schemes": [
        scheme("https"),
        scheme(""),
        scheme("javascript"),
        scheme("a\r\nb"),
        scheme("http://evil.example/"),
    ],
}

HEAD = """\
# What a client may send

This page lists paths, hosts, roots, queries, values and schemes that somebody may send to do harm,
and what trieroute and the installed Werkzeug make of each. `tests/test_hostile.py` compares this
page with what happens, and `python tests/hostile.py` prints it anew. The rules are those of
`make_map` in [`tests/hostile.py`](../tests/hostile.py): `/`, `/branch/`, `/text/<x>`,
`/tail/<path:p>`, `/int/<int:n>` and a few more. A **bold** outcome is another one than Werkzeug's;
the page [Differences from Werkzeug](differences.md) has the reasons.
"""


def cell(text: str) -> str:
    return text.replace("|", "\\|")


def page() -> str:
    """The page of the documentation."""
    lines = [HEAD]
    for heading, cases in TABLE.items():
        lines += [f"## {heading}", "", "| sent | Werkzeug | trieroute |", "| --- | --- | --- |"]
        for case in cases:
            theirs, ours = outcome(case, werkzeug_routing), outcome(case, trieroute)
            shown = ours if ours == theirs else f"**{ours}**"
            lines.append(f"| {cell(case.shown)} | {cell(theirs)} | {cell(shown)} |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    print(page(), end="")
