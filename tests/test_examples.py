"""The examples run as they stand, by the commands that the documentation gives."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from websockets.sync.client import connect

from serving import PATIENCE, Site

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "routers.md"

COMMANDS = {
    "asgi_app": "uvicorn examples.asgi_app:app",
    "wsgi_app": "waitress-serve examples.wsgi_app:app",
}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        assert isinstance(port, int)
        return port


@contextmanager
def started(name: str) -> Iterator[Site]:
    """Run the command of an example, on a free port."""
    program, *arguments = COMMANDS[name].split()
    port = free_port()
    module = {"uvicorn": "uvicorn", "waitress-serve": "waitress"}[program]
    options = ["--host=127.0.0.1", f"--port={port}"]
    with subprocess.Popen(
        [sys.executable, "-m", module, *options, *arguments],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            deadline = time.monotonic() + PATIENCE
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()
                    break
                except ConnectionRefusedError:
                    assert process.poll() is None, f"{name}: the server has ended"
                    assert time.monotonic() < deadline, f"{name}: the server does not start"
                    time.sleep(0.05)
            yield Site(port, "trieroute")
        finally:
            process.terminate()
            try:
                process.wait(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()


@pytest.mark.parametrize("name", list(COMMANDS))
def test_example(name: str) -> None:
    with started(name) as site:
        assert site.request("/").body == b"/hello/Zo%C3%AB"
        assert site.request("/hello/Zo%C3%AB").body.decode() == "Hello, Zoë!"
        assert site.request("/hello/Zo%C3%AB", "HEAD").body == b""
        assert site.request("/nope").status == 404
        assert site.request("/", "POST").status == 405
        if name == "asgi_app":
            with connect(
                f"ws://127.0.0.1:{site.port}/echo",
                proxy=None,
                open_timeout=PATIENCE,
                close_timeout=PATIENCE,
            ) as websocket:
                websocket.send("again")
                assert websocket.recv(timeout=PATIENCE) == "again"


@pytest.mark.parametrize("name", list(COMMANDS))
def test_example_is_short_and_in_the_documentation(name: str) -> None:
    source = (ROOT / "examples" / f"{name}.py").read_text(encoding="utf-8")
    assert len(source.splitlines()) < 40
    page = PAGE.read_text(encoding="utf-8")
    assert f"\n{COMMANDS[name]}\n" in page
    shown = re.findall(r"```py\n(.*?)```", page, re.DOTALL)
    # The module's docstring is left out there.
    assert source.split("\n\n", 1)[1] in shown
