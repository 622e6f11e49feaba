"""A page of one file: the tree of an application, and the walk of any request through it.

Nothing of a rule is written as HTML. The tree is embedded as JSON in which the characters that HTML
reads are escaped, and the page's own script makes text nodes of it. The page's policy lets nothing
run but the two scripts that it has, by their hashes, and lets it load nothing.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Any

from .application_map import check, routed
from .explained import rule_line
from .findings import Finding
from .map_check import Progress, silent
from .page_data import page_data
from .starlette_routes import is_starlette
from .tree import Tree, tree
from .value_text import json_text

__all__ = ["html_page"]

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "WebSocket")


def html_page(application: Any, name: str, progress: Progress = silent) -> str:
    """Make a page that shows the tree of an application and walks requests through it.

    :param application: as for :func:`.tree.tree`. Its converters are called for the findings.
    :param name: what the application is called.
    :param progress: as for :func:`.application_map.check`.
    :return: the text of an HTML file that needs no other one, and no network.
    :raise TargetError: the application has no map and no routes.
    """
    if not is_starlette(application):
        # Of a map of Werkzeug's, the rules of tree and findings must be the same objects.
        application = routed(application)
    found = tree(application)
    findings = [_finding(finding, found) for finding in check(application, progress)]
    style, walk, page = (
        files("trieroute._inspection").joinpath("page_files", file).read_text(encoding="utf-8")
        for file in ("page.css", "walk.js", "page.js")
    )
    embedded = json_text({**page_data(found), "findings": findings})
    for character in "<>&":
        embedded = embedded.replace(character, f"\\u{ord(character):04x}")
    scripts = " ".join(map(_hash, (walk, page)))
    policy = (
        f"default-src 'none'; script-src {scripts}; style-src {_hash(style)};"
        " base-uri 'none'; form-action 'none'"
    )
    named = {method for rule in found.shown for method in rule.methods or ()}
    methods = [*_METHODS, *sorted(set(map(str, named)) - {*_METHODS})]
    options = "".join(f"<option>{escape(method)}</option>" for method in methods)
    return _PAGE.format(
        policy=escape(policy),
        title=escape(name),
        heading=escape(found.heading),
        options=options,
        style=style,
        embedded=embedded,
        walk=walk,
        page=page,
    )


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _finding(finding: Finding, found: Tree) -> dict[str, Any]:
    numbers = [
        number
        for rule in finding.rules
        for number, known in enumerate(found.shown)
        if known is rule or (_is_route(rule) and known == rule)
    ]
    return {
        **finding.as_dict(),
        "rules": numbers,
        "lines": [*map(rule_line, finding.rules)],
    }


def _is_route(rule: Any) -> bool:
    """Tell whether a rule is a route of Starlette's, which is made anew each time."""
    return hasattr(rule, "convertors")


_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Routes of {title}</title>
<style>{style}</style>
</head>
<body>
<header>
<h1>Routes of {title}</h1>
<p>{heading}</p>
</header>
<form id="request" role="search" autocomplete="off">
<label class="verb">Method<select id="method">{options}</select></label>
<label class="path">Path<input id="path" type="text" inputmode="url" spellcheck="false"
 autocapitalize="off" placeholder="/a/path  (press / to come here)"></label>
<label id="domain-field"><span id="domain-name"></span><input id="domain" type="text"
 spellcheck="false" autocapitalize="off"></label>
<button type="submit">Walk</button>
</form>
<main>
<section id="result" aria-label="Result" hidden>
<output id="outcome" for="path method domain"></output>
<p id="doubt"></p>
<h2>Rules that came into question</h2>
<ol id="rules"></ol>
<p id="none"></p>
<div class="bar"><h2>Steps of the walk</h2><span id="place"></span>
<button id="previous" type="button" aria-label="Previous step">◀</button>
<button id="next" type="button" aria-label="Next step">▶</button></div>
<ol id="steps"></ol>
</section>
<section>
<div class="bar"><h2>The tree</h2>
<button id="open-all" type="button">Open all</button>
<button id="close-all" type="button">Close all</button></div>
<div id="tree" role="tree" aria-label="The tree"></div>
</section>
</main>
<section id="findings-section" class="lower"><h2>Likely mistakes</h2>
<ul id="findings"></ul></section>
<section id="left-out-section" class="lower"><h2>Not in the tree</h2>
<ul id="left-out"></ul></section>
<script id="trie" type="application/json">{embedded}</script>
<script>{walk}</script>
<script>{page}</script>
</body>
</html>
"""
