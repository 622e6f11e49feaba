"""The output of commands in the documentation is what the commands write.

`TRIEROUTE_REGENERATE=1 python -m pytest tests/test_docs_explain.py` writes it anew.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner

from test_docs import python_blocks
from trieroute._commands.cli import cli

DOCS = Path(__file__).parent.parent / "docs"
#: The pages with output, and how often a command or a line of a session stands there.
PAGES = {"explain": (8, 3), "commands": (5, 0), "switching": (1, 0)}


def text_of(name: str) -> str:
    return (DOCS / f"{name}.md").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The files of the pages: the application of one, and what another one shows by `cat`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    application = re.findall(r"```python\n(.*?)```", text_of("explain"), re.DOTALL)[0]
    (tmp_path / "shop.py").write_text(application, encoding="utf-8")
    for name, content in re.findall(r"```console\n\$ cat (\S+)\n([^`]*)```", text_of("commands")):
        (tmp_path / name).write_text(content, encoding="utf-8")
    yield
    sys.modules.pop("shop", None)


def regenerated(page: str) -> str:
    """The page with the output of each command and of each session anew."""
    page = re.sub(r"(?<=```console\n)\$ trieroute (.*)\n[^`]*(?=```)", of_command, page)
    return re.sub(r"(?<=```pycon\n)((?:>>> .*\n)+)[^`]*(?=```)", of_session, page)


def of_command(found: re.Match[str]) -> str:
    result = CliRunner().invoke(cli, shlex.split(found[1]))
    assert result.exit_code in (0, 1), result.output
    return f"$ trieroute {found[1]}\n{result.output.rstrip()}\n"


def of_session(found: re.Match[str]) -> str:
    output = StringIO()
    with redirect_stdout(output):
        exec(found[1].replace(">>> ", ""), {})
    return f"{found[1]}{output.getvalue()}"


def without_measured(page: str) -> str:
    """The page without what differs between two runs and two machines: times, ratios, versions."""
    page = re.sub(r"(?m)^( *)Werkzeug +trieroute +ratio", "Werkzeug trieroute ratio", page)
    page = re.sub(r" +[\d.,]+ ns +[\d.,]+ ns +[\d.,]+ +", " (measured) ", page)
    return re.sub(
        r"(?m) [\d.,]+ (?=ns|µs|% times)|(?<=in Werkzeug )[^ ]+|(?<=in trieroute )[^ :]+"
        r"|[\d.]+(?= times as fast| %)",
        "(measured)",
        page,
    )


@pytest.mark.parametrize("name", PAGES)
def test_output_is_that_of_the_commands(name: str) -> None:
    page = text_of(name)
    real = regenerated(page)
    if os.environ.get("TRIEROUTE_REGENERATE"):
        (DOCS / f"{name}.md").write_text(real, encoding="utf-8")
    else:
        assert without_measured(page) == without_measured(real)
    assert (real.count("\n$ trieroute"), real.count(">>> ")) == PAGES[name]


def test_no_line_of_output_is_long() -> None:
    for block in re.findall(r"```(?:console|pycon)\n(.*?)```", text_of("explain"), re.DOTALL):
        assert max(map(len, block.splitlines())) <= 100


def test_python_on_the_page_runs() -> None:
    script = python_blocks(text_of("explain"))
    page = str(DOCS / "explain.md")
    exec(compile(script, page, "exec", dont_inherit=True), {"__name__": "explain_page"})
