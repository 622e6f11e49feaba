"""Running an application under a real server, in a process of its own, and talking to it."""

from __future__ import annotations

import asyncio
import queue
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import httpx
from websockets.sync.client import connect

SITES = Path(__file__).parent / "sites"

#: Seconds until a server must have started, answered, or ended.
PATIENCE = 60


class Response(NamedTuple):
    """What a server answers; of two servers it is equal, for Date is left out, and Expires with it.

    :param headers: names in lower case, and contents.
    """

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Site(NamedTuple):
    """A site that is being served.

    :param port: its port on 127.0.0.1.
    :param router: the package whose map the application has.
    """

    port: int
    router: str

    def request(
        self,
        target: str,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: str | None = None,
    ) -> Response:
        """Send a request on a connection of its own; the target is not touched."""
        with httpx.Client(timeout=PATIENCE, trust_env=False) as client:
            return _response(client.send(self._request(target, method, headers, body)))

    def on_one_connection(self, requests: Iterable[tuple[str, str]]) -> list[Response]:
        """Send requests, pairs of method and target, on one connection that is kept alive."""
        answers = []
        connections = set()
        with httpx.Client(timeout=PATIENCE, trust_env=False) as client:
            for method, target in requests:
                body = "x" if method in ("POST", "PUT") else None
                answer = client.send(self._request(target, method, None, body))
                stream = answer.extensions["network_stream"]
                connections.add(stream.get_extra_info("client_addr"))
                answers.append(_response(answer))
        assert len(connections) == 1
        return answers

    def at_once(self, requests: Iterable[tuple[str, str]]) -> list[Response]:
        """Send requests, pairs of target and host, all at once, a connection each."""

        async def exchange() -> list[httpx.Response]:
            limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
            transport = httpx.AsyncHTTPTransport(limits=limits, trust_env=False)
            async with httpx.AsyncClient(timeout=PATIENCE, transport=transport) as client:
                return await asyncio.gather(
                    *(
                        client.send(self._request(target, "GET", {"Host": host}, None))
                        for target, host in requests
                    )
                )

        return [_response(answer) for answer in asyncio.run(exchange())]

    def talk(
        self, path: str, texts: Iterable[str] = (), answers: int = 1, host: str = "site.example"
    ) -> list[str | bytes]:
        """Send texts over a WebSocket and return the first answers."""
        with connect(
            f"ws://{host}{path}",
            sock=socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE),
            proxy=None,
            open_timeout=PATIENCE,
            close_timeout=PATIENCE,
        ) as websocket:
            for text in texts:
                websocket.send(text)
            return [websocket.recv(timeout=PATIENCE) for _ in range(answers)]

    def _request(
        self, target: str, method: str, headers: Mapping[str, str] | None, body: str | None
    ) -> httpx.Request:
        # httpx would normalise a target that is part of the URL.
        return httpx.Request(
            method,
            f"http://127.0.0.1:{self.port}/",
            headers={"Host": "site.example", **(headers or {})},
            content=body,
            extensions={
                "target": target.encode(),
                "timeout": httpx.Timeout(PATIENCE).as_dict(),
            },
        )


def _response(answer: httpx.Response) -> Response:
    headers = sorted(
        # The methods of Allow are a set.
        (name, ", ".join(sorted(value.split(", "))) if name == "allow" else value)
        for name, value in answer.headers.multi_items()
        if name not in ("date", "expires")
    )
    return Response(answer.status_code, headers, answer.content)


def raw_request(port: int, target: str, method: str = "GET", host: str = "site.example") -> bytes:
    """Send a request whose target is not touched, and give all that comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(
            f"{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode(
                "latin-1"
            )
        )
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
        return b"".join(parts)


@contextmanager
def served(*arguments: str) -> Iterator[Site]:
    """Run ``python *arguments``, which prints its router and its port, while the block lasts."""
    with running(*arguments) as lines:
        router, port = next(lines, ""), next(lines, "")
        assert port.isdecimal(), "\n".join([router, port, *lines])
        yield Site(int(port), router)


@contextmanager
def running(*arguments: str, folder: Path | None = None) -> Iterator[Iterator[str]]:
    """Run ``python *arguments`` while the block lasts, and give the lines that it writes.

    :param folder: where it runs, ``None`` for the current folder.
    """
    with subprocess.Popen(
        [sys.executable, *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        lines: queue.Queue[str | None] = queue.Queue()
        reader = threading.Thread(target=_read, args=(process.stdout, lines), daemon=True)
        reader.start()
        try:
            yield iter(partial(lines.get, timeout=PATIENCE), None)
        finally:
            process.terminate()
            try:
                process.wait(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
            reader.join(timeout=PATIENCE)


def _read(stream: Iterator[str], lines: queue.Queue[str | None]) -> None:
    """Read all that a process writes, so that it never waits for a reader."""
    for line in stream:
        lines.put(line.strip())
    lines.put(None)
