"""The examples run as they stand, each by the one command that the documentation gives."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from serving import Site, running

ROOT = Path(__file__).parent.parent

#: The page of each example.
PAGES = {
    "asgi_app": "routers.md",
    "wsgi_app": "routers.md",
    "starlette_app": "starlette.md",
    "fastapi_app": "starlette.md",
}


def source_of(name: str) -> str:
    return (ROOT / "examples" / f"{name}.py").read_text(encoding="utf-8")


def page_of(name: str) -> str:
    return (ROOT / "docs" / PAGES[name]).read_text(encoding="utf-8")


@contextmanager
def started(name: str) -> Iterator[Site]:
    """Run the command of an example, on a free port."""
    blocks = re.findall(r"```sh\n(.*)\n```", page_of(name))
    (command,) = (block for block in blocks if f" examples.{name}:app" in block)
    program, *arguments = shlex.split(command)
    module = {"uvicorn": "uvicorn", "waitress-serve": "waitress"}[program]
    options = ["--host=127.0.0.1", "--port=0"]
    with running("-m", module, *options, *arguments, folder=ROOT) as lines:
        for line in lines:
            if found := re.search(r"http://127\.0\.0\.1:(\d+)", line):
                yield Site(int(found[1]), name)
                return
        raise AssertionError(f"{name}: the server has ended")


@pytest.mark.parametrize("name", list(PAGES))
def test_example_is_short(name: str) -> None:
    assert len(source_of(name).splitlines()) < 40


@pytest.mark.parametrize("name", ["asgi_app", "wsgi_app"])
def test_example_is_in_the_documentation(name: str) -> None:
    shown = re.findall(r"```py\n(.*?)```", page_of(name), re.DOTALL)
    # The module's docstring is left out there.
    assert source_of(name).split("\n\n", 1)[1] in shown


@pytest.mark.parametrize("name", ["asgi_app", "wsgi_app"])
def test_example_of_a_router(name: str) -> None:
    with started(name) as site:
        assert site.request("/").body == b"/hello/Zo%C3%AB"
        assert site.request("/hello/Zo%C3%AB").body.decode() == "Hello, Zoë!"
        assert site.request("/hello/Zo%C3%AB", "HEAD").body == b""
        assert site.request("/nope").status == 404
        assert site.request("/", "POST").status == 405
        if name == "asgi_app":
            assert site.talk("/echo", ["again"]) == ["again"]


@pytest.mark.parametrize("name", ["starlette_app", "fastapi_app"])
def test_example_of_a_framework(name: str) -> None:
    with started(name) as site:
        home = site.request("/")
        assert home.status == 200
        assert json.loads(home.body)["user"].endswith("/api/users/7")
        assert json.loads(site.request("/api/users/7").body) == {"id": 7}
        assert site.request("/api/users/7", "DELETE").status == 405
        assert site.request("/nope").status == 404
        assert site.talk("/rooms/red", ["hello"]) == ["red: hello"]
