"""The examples of the documentation run as they stand."""

from __future__ import annotations

from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"


def test_examples_of_url_for_run() -> None:
    page = DOCS / "url_for.md"
    script = python_blocks(page.read_text(encoding="utf-8"))
    assert "url_for(" in script
    code = compile(script, str(page), "exec", dont_inherit=True)
    exec(code, {"__name__": "url_for_examples"})


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
