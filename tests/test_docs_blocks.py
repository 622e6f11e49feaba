"""No block of Python on a page is left out of the tests, and no link leads nowhere.

The blocks that are marked ``python`` run as scripts, in ``test_docs.py``, ``test_docs_explain.py``
and ``test_readme.py``. Those that are marked ``py`` need something around them: most are parts of
the programs in ``examples/``, which ``test_examples.py`` runs, and the others run here.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import inspect
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace

import flask
import pytest
from starlette.applications import Starlette
from werkzeug import routing

import test_docs
import trieroute.asgi
import trieroute.starlette
from trieroute import Map, Rule

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def blocks(page: Path, kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", page.read_text(encoding="utf-8"), re.M | re.S)


def alone() -> dict[str, str]:
    """Return the blocks that are marked ``py`` and are of no example, by their pages."""
    examples = "".join(file.read_text(encoding="utf-8") for file in ROOT.glob("examples/*.py"))
    return {
        page.stem: block
        for page in PAGES
        for block in blocks(page, "py")
        if block.strip() not in examples
    }


def test_every_page_with_a_script_runs() -> None:
    (run,) = (mark for mark in test_docs.test_examples_run.pytestmark if mark.name == "parametrize")
    pages = {page.stem for page in PAGES if blocks(page, "python")}

    assert pages == {*(name for name, _ in run.args[1]), "explain", "README"}


def test_the_parts_of_no_example_are_few() -> None:
    assert sorted(alone()) == ["README", "flask", "routers", "threads"]


def test_the_three_ways_in() -> None:
    for_flask, for_starlette, for_werkzeug = alone()["README"].splitlines()
    app, other, names = flask.Flask("shop"), Starlette(), {}

    exec(for_flask, {"app": app})
    exec(for_starlette, {"app": other})
    exec(for_werkzeug, names)

    assert isinstance(app.url_map, Map)
    assert isinstance(other.router.routes, trieroute.starlette.RouteList)
    assert (names["Map"], names["Rule"]) == (Map, Rule)


def test_patch_comes_before_the_application(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text("import flask\n\napp = flask.Flask('shop')\n")
    program = alone()["flask"] + "print(type(app.url_map).__mro__[1].__module__)\n"
    (tmp_path / "program.py").write_text(program)

    ran = subprocess.run(
        [sys.executable, "program.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert (ran.stdout, ran.stderr) == ("trieroute._map\n", "")


def test_a_lifespan_gives_a_state() -> None:
    @contextlib.asynccontextmanager
    async def open_pool() -> AsyncIterator[str]:
        yield "the pool"

    names = {
        "contextlib": contextlib,
        "open_pool": open_pool,
        "Router": trieroute.asgi.Router,
        "url_map": Map(),
    }
    exec(alone()["routers"], names)
    told, sent = iter(["startup", "shutdown"]), []

    async def receive() -> dict[str, str]:
        return {"type": f"lifespan.{next(told)}"}

    async def send(message: dict[str, str]) -> None:
        sent.append(message["type"])

    state: dict[str, str] = {}
    asyncio.run(names["app"]({"type": "lifespan", "state": state}, receive, send))

    assert state == {"pool": "the pool"}
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


def test_a_server_prepares_the_map() -> None:
    names: dict[str, object] = {}
    url_map = Map([Rule("/a", endpoint="a")])
    application = SimpleNamespace(url_map=url_map)
    exec(alone()["threads"], names)
    try:
        names["when_ready"](SimpleNamespace(app=SimpleNamespace(wsgi=lambda: application)))
    finally:
        gc.unfreeze()

    assert not url_map._remap


def anchors(page: Path) -> set[str]:
    """Return what Sphinx makes of the headings of a page."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    headings = re.findall(r"^#+ (.*)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", each.lower()).strip().replace(" ", "-") for each in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    lost = []
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"https://[\w.-]+\.\w+(/|$)|mailto:", link):
            continue
        file, _, anchor = link.partition("#")
        target = page.parent / file if file else page
        known = target.suffix != ".md" or not anchor or anchor in anchors(target)
        if not target.exists() or not known:
            lost.append(link)

    assert lost == []


def test_readme_has_no_relative_link() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")

    assert [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link] == []


def names_of_werkzeug() -> set[str]:
    """Return the public names of Werkzeug's routing, of their members and of their arguments."""
    exported = {name: each for name, each in vars(routing).items() if name[0] != "_"}
    found = set()
    for name, each in exported.items():
        if inspect.isclass(each):
            found |= {name, *(member for member in vars(each) if member[0] != "_")}
            if "__init__" in vars(each):
                found |= {*inspect.signature(each).parameters}
    return found - {"args", "kwargs"}


def test_the_table_has_every_name_of_werkzeug() -> None:
    table = (ROOT / "docs" / "features.md").read_text(encoding="utf-8")
    told = set(re.findall(r"\w+", " ".join(re.findall(r"`[^`]+`", table))))

    assert sorted(names_of_werkzeug() - told) == []
