"""The answer of a router in debug mode: a 404 or 405 that tells why no rule took the request."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from .._core.map_adapter import MapAdapter
from .explained import Explanation, rule_line
from .explaining import explain
from .value_text import shown

__all__ = ["debug_answer"]

#: The page loads nothing and runs nothing.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

_STYLE = """
:root { color-scheme: light dark; --line: light-dark(#d5dae1, #3a414d);
  --soft: light-dark(#5a6472, #a3adba); --mark: light-dark(#9a5b00, #f0b45b);
  --bad: light-dark(#b3261e, #ff8a80); --ground: light-dark(#f6f7f9, #1f242c); }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 56rem; margin: 0 auto; padding: 1.5rem 1rem;
  background: light-dark(#fff, #15191f); color: light-dark(#1b2028, #e8ecf1); }
h1 { font-size: 1.3rem; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1rem; margin: 2rem 0 .5rem; }
code { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
.outcome { color: var(--bad); font-weight: 600; margin: 0; overflow-wrap: anywhere; }
ol, ul { list-style: none; margin: 0; padding: 0; }
li { border: 1px solid var(--line); border-radius: .5rem; padding: .6rem .8rem; margin: .5rem 0;
  background: var(--ground); overflow-wrap: anywhere; }
li p { margin: .2rem 0 0; color: var(--soft); }
b { color: var(--mark); font-weight: 600; }
footer { margin-top: 2rem; color: var(--soft); font-size: .875rem; }
"""


def debug_answer(error: HTTPException, adapter: MapAdapter, accept: str) -> Response:
    """Make the response of an exception tell why no rule took the request.

    :param error: what ``adapter.match()`` has raised, a 404 or a 405.
    :param accept: the request's ``Accept`` header; a client that prefers HTML to plain text, as
        browsers do, gets a page, every other one plain text.
    :return: a response of the exception's status and headers, which no cache keeps.
    """
    # The router answers OPTIONS too, which the exception says and the map does not know.
    explanation = replace(explain(adapter), error=error)
    # Werkzeug 3.2 gave up its own function for that.
    accepted = Request({"HTTP_ACCEPT": accept or ""}).accept_mimetypes
    as_page = accepted["text/html"] > accepted["text/plain"]
    response = Response.from_app(error.get_response(), {"REQUEST_METHOD": "GET"})
    text = _page(error, explanation) if as_page else f"{explanation}\n"
    response.set_data(text.encode(errors="backslashreplace"))
    response.content_type = f"text/{'html' if as_page else 'plain'}; charset=utf-8"
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Accept"
    response.headers["X-Content-Type-Options"] = "nosniff"
    if as_page:
        response.headers["Content-Security-Policy"] = _POLICY
    return response


def _page(error: HTTPException, explanation: Explanation) -> str:
    asked = "WebSocket" if explanation.websocket else explanation.method
    title = f"{asked} {shown(explanation.path)}"
    at = f" at {explanation.domain}" if explanation.domain else ""
    body = [
        f"<h1><code>{escape(title)}</code>{escape(at)}</h1>",
        f'<p class="outcome">{escape(explanation.outcome)}</p>',
    ]
    if explanation.candidates:
        body += ["<h2>Rules that came into question</h2>", "<ol>"]
        for candidate in explanation.candidates:
            verdict = f"<b>{escape(candidate.verdict)}</b>"
            verdict += escape(f": {candidate.reason}" if candidate.reason else "")
            body.append(_item(candidate.rule, verdict))
        body.append("</ol>")
    if explanation.closest:
        body += ["<h2>No rule came into question. The closest ones:</h2>", "<ul>"]
        body += [_item(near.rule, escape(str(near))) for near in explanation.closest]
        body.append("</ul>")
    if explanation.hints:
        body.append("<h2>Hints</h2>")
        body += [f"<p>{escape(hint)}</p>" for hint in explanation.hints]
    return (
        "<!doctype html>\n"
        '<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{error.code} {escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n<footer>The router answers so because its debug mode is on, in the match order"
        f" {escape(explanation.match_order)}.</footer>\n</body>\n</html>\n"
    )


def _item(rule: Any, told: str) -> str:
    return f"<li><code>{escape(rule_line(rule))}</code><p>{told}</p></li>"
