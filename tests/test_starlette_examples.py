"""The examples for Starlette and FastAPI, started by the commands that the documentation gives."""

from __future__ import annotations

import json
import queue
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.sync.client import connect

from serving import PATIENCE, Site

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
PAGE = ROOT / "docs" / "starlette.md"


@pytest.fixture(params=["starlette_app", "fastapi_app"])
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    name = request.param
    assert len((EXAMPLES / f"{name}.py").read_text(encoding="utf-8").splitlines()) < 40
    commands = re.findall(r"^uvicorn .*$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    (command,) = (command for command in commands if f"{name}:app" in command)
    with subprocess.Popen(
        [sys.executable, "-m", *shlex.split(command), "--port", "0", "--no-use-colors"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        ports: queue.Queue[str | None] = queue.Queue()
        reader = threading.Thread(target=_read, args=(process.stdout, ports), daemon=True)
        reader.start()
        try:
            port = ports.get(timeout=PATIENCE)
            assert port is not None, "the server has ended"
            yield Site(int(port), name)
        finally:
            process.terminate()
            try:
                process.wait(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
            reader.join(timeout=PATIENCE)


def _read(lines: Iterator[str], ports: queue.Queue[str | None]) -> None:
    """Read all that a server writes; put its port, or None when it ends without one."""
    for line in lines:
        found = re.search(r"running on http://127\.0\.0\.1:(\d+)", line)
        if found:
            ports.put(found[1])
    ports.put(None)


def test_example(site: Site) -> None:
    home = site.request("/")
    assert home.status == 200
    assert json.loads(home.body)["user"].endswith("/api/users/7")
    assert json.loads(site.request("/api/users/7").body) == {"id": 7}
    assert site.request("/api/users/7", "DELETE").status == 405
    assert site.request("/nope").status == 404
    with connect(
        f"ws://127.0.0.1:{site.port}/rooms/red", proxy=None, open_timeout=PATIENCE
    ) as websocket:
        websocket.send("hello")
        assert websocket.recv(timeout=PATIENCE) == "red: hello"
