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
    "json_service": "routers.md",
    "gateway": "routers.md",
    "wsgi_service": "wsgi.md",
    "starlette_app": "starlette.md",
    "fastapi_app": "starlette.md",
}
ROUTERS = ["json_service", "gateway", "wsgi_service"]


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
    assert len(source_of(name).splitlines()) < 70


@pytest.mark.parametrize("name", ROUTERS)
def test_example_is_in_the_documentation(name: str) -> None:
    # The parts that the page shows are those of the file, in its order.
    shown = re.findall(r"```py\n(.*?)```", page_of(name), re.DOTALL)
    parts = source_of(name).split("\n\n", 1)[1]
    told = "".join(part for part in shown if part.strip() in parts)
    assert [line for line in told.splitlines() if line] == [
        line for line in parts.splitlines() if line
    ]


def test_json_service() -> None:
    with started("json_service") as site:
        assert json.loads(site.request("/notes/").body) == ["/notes/1"]
        assert json.loads(site.request("/notes/1").body) == {"id": 1, "text": "buy milk"}
        written = site.request("/notes/2", "PUT", body='{"text": "water"}')
        assert json.loads(written.body) == {"id": 2, "text": "water"}
        assert json.loads(site.request("/notes/2").body)["text"] == "water"
        missing = site.request("/notes/9")
        assert (missing.status, json.loads(missing.body)) == (404, {"error": "There is no note 9."})
        assert json.loads(site.request("/nope").body)["error"].startswith("The requested URL was")
        refused = site.request("/notes/1", "DELETE")
        assert (refused.status, dict(refused.headers)["allow"]) == (405, "GET, HEAD, OPTIONS, PUT")
        assert dict(refused.headers)["content-type"] == "application/json"
        redirect = site.request("/notes")
        assert dict(redirect.headers)["location"] == "http://site.example/notes/"
        assert site.request("/notes/1", "HEAD").body == b""


def test_gateway() -> None:
    with started("gateway") as site:
        assert site.request("/shop/items/7").body == b"item 7 at /shop/items/7"
        assert site.request("/shop/nope").status == 404
        assert json.loads(site.request("/api/users/7").body) == {"id": 7}
        assert site.request("/api/users/x").status == 422
        assert dict(site.request("/api").headers)["location"] == "http://site.example/api/"
        assert site.request("/files/gateway.py").body == source_of("gateway").encode()
        assert site.request("/files/nope.py").status == 404
        assert site.request("/nope").status == 404


def test_wsgi_service() -> None:
    with started("wsgi_service") as site:
        assert site.request("/").body == b"/hello/Zo%C3%AB"
        assert site.request("/hello/Zo%C3%AB").body.decode() == "Hello, Zoë!"
        assert site.request("/hello/Zo%C3%AB", "HEAD").body == b""
        assert json.loads(site.request("/sums/20/22").body) == {"sum": 42}
        assert site.request("/sums/1/2", "DELETE").body == b"1 + 2 is forgotten"
        assert site.request("/sums/a/2").status == 404
        assert site.request("/sums/1/2", "POST").status == 405


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
