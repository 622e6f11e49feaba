"""The output on the page "Why did this request go there?" is what the commands write.

`TRIEROUTE_REGENERATE=1 python -m pytest tests/test_docs_explain.py` writes it anew.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner

from test_docs import python_blocks
from trieroute.commands.cli import cli

PAGE = Path(__file__).parent.parent / "docs" / "explain.md"


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    application = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[0]
    (tmp_path / "shop.py").write_text(application, encoding="utf-8")
    yield
    sys.modules.pop("shop", None)


def regenerated(page: str) -> str:
    """The page with the output of each command and of each session anew."""
    page = re.sub(r"(?<=```console\n)\$ trieroute (.*)\n[^`]*(?=```)", of_command, page)
    return re.sub(r"(?<=```pycon\n)((?:>>> .*\n)+)[^`]*(?=```)", of_session, page)


def of_command(found: re.Match[str]) -> str:
    result = CliRunner().invoke(cli, found[1].split())
    assert result.exit_code in (0, 1), result.output
    return f"$ trieroute {found[1]}\n{result.output.rstrip()}\n"


def of_session(found: re.Match[str]) -> str:
    output = StringIO()
    with redirect_stdout(output):
        exec(found[1].replace(">>> ", ""), {})
    return f"{found[1]}{output.getvalue()}"


def test_output_is_that_of_the_commands() -> None:
    page = PAGE.read_text(encoding="utf-8")
    real = regenerated(page)
    if os.environ.get("TRIEROUTE_REGENERATE"):
        PAGE.write_text(real, encoding="utf-8")
    else:
        assert page == real
    assert real.count("$ trieroute") == 6
    assert real.count(">>> ") == 3


def test_no_line_of_output_is_long() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for block in re.findall(r"```(?:console|pycon)\n(.*?)```", page, re.DOTALL):
        assert max(map(len, block.splitlines())) <= 100


def test_python_on_the_page_runs() -> None:
    script = python_blocks(PAGE.read_text(encoding="utf-8"))
    exec(compile(script, str(PAGE), "exec", dont_inherit=True), {"__name__": "explain_page"})
