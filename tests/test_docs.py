"""The examples of the documentation run as they stand."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from trieroute import Map

DOCS = Path(__file__).parent.parent / "docs"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("index", "url_for("),
        ("switching", "match_order="),
        ("how_it_works", "Rule("),
        ("differences", "Map("),
        ("url_for", "url_for("),
        ("matching", "BaseConverter"),
        ("building", "BuildError"),
        ("hosts", "bind_to_scope"),
        ("websockets", "websocket=True"),
        ("flask", "install(app)"),
        ("routers", "Router(Map("),
        ("wsgi", "bind_to_environ(environ)"),
        ("starlette", "speedup(app)"),
    ],
)
def test_examples_run(name: str, text: str) -> None:
    page = DOCS / f"{name}.md"
    script = python_blocks(page.read_text(encoding="utf-8"))
    assert text in script
    code = compile(script, str(page), "exec", dont_inherit=True)
    exec(code, {"__name__": f"{name}_examples"})


def test_what_threads_may_do_is_told_in_the_same_words_by_the_page_and_by_the_class() -> None:
    page = (DOCS / "threads.md").read_text(encoding="utf-8")
    told = inspect.cleandoc(str(Map.__doc__))

    def words(text: str) -> list[str]:
        return text.replace("`", "").split()

    first, second = page.split("\n\n")[1:3]
    assert first.startswith("A map can be changed at any time")
    assert second.startswith("All methods that only read")
    assert words(first + " " + second) == words(" ".join(told.split("\n\n")[1:3]))


def python_blocks(page: str) -> str:
    """Return the Python blocks of a page as one script, every line at its place in the page."""
    script = []
    inside = False
    for line in page.splitlines():
        if line.startswith("```"):
            inside = line == "```python"
            script.append("")
        else:
            script.append(line if inside else "")
    return "\n".join(script)
